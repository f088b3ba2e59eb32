//! What the network predicts, and how a picture follows from it.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::samplers::Sampler;
use super::schedule::NoiseLevel;

/// The network's output.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prediction {
    /// The noise (Ho et al. 2020).
    Epsilon,
    /// `v = alpha eps - sigma x_0` (Salimans and Ho 2022): says something at every signal-to-noise ratio.
    V,
    /// What is left of the picture after the best linear guess from the noisy one, for pictures whose
    /// values deviate by `deviation` (Karras et al. 2022, "preconditioning", in variance-preserving terms):
    /// `x_0 = c_skip x + c_out F` with `c_skip = alpha s^2 / (alpha^2 s^2 + sigma^2)` and
    /// `c_out = -sigma s / sqrt(alpha^2 s^2 + sigma^2)`. With `s = 1` this is [`Prediction::V`]; a smaller
    /// `s` spares the network from copying noise that is far stronger than the picture.
    ///
    /// All of it is said of pictures without their `mean` `m`: the network is shown `x - alpha m` and predicts what
    /// is left of `x_0 - m`. Scans are mostly dark, so without it most of what the network sees is the same number.
    Residual {
        /// Standard deviation of the pictures, `s`.
        deviation: f64,
        /// Their mean, `m`.
        #[serde(default, skip_serializing_if = "is_zero")]
        mean: f64,
    },
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

impl Prediction {
    /// Mean of the pictures, which the network does not see; 0 where they are taken as they are.
    pub fn mean(self) -> f64 {
        match self {
            Prediction::Epsilon | Prediction::V => 0.0,
            Prediction::Residual { mean, .. } => mean,
        }
    }

    /// What the network is shown of a noisy picture: `x + shown_offset`.
    pub fn shown_offset(self, level: NoiseLevel) -> f64 {
        -level.alpha * self.mean()
    }

    /// [`Prediction::shown_offset`] applied; the tensor itself where there is no mean.
    pub fn shown(self, x: Tensor<4>, level: NoiseLevel) -> Tensor<4> {
        let offset = self.shown_offset(level);
        if offset == 0.0 { x } else { x.add_scalar(offset) }
    }

    /// The picture estimated at `level` is `x * x_factor + output * output_factor + offset`.
    ///
    /// # Panics
    /// For [`Prediction::Epsilon`] at a noise level of pure noise, where no picture follows.
    pub fn picture_factors(self, level: NoiseLevel) -> PictureFactors {
        match self {
            Prediction::Epsilon => {
                assert!(level.alpha > 0.0, "noise prediction says nothing about the picture at pure noise");
                PictureFactors { x: 1.0 / level.alpha, output: -level.sigma / level.alpha, offset: 0.0 }
            }
            Prediction::V => PictureFactors { x: level.alpha, output: -level.sigma, offset: 0.0 },
            Prediction::Residual { deviation, mean } => {
                let variance = deviation * deviation;
                let total = level.alpha * level.alpha * variance + level.sigma * level.sigma;
                PictureFactors {
                    x: level.alpha * variance / total,
                    output: -level.sigma * deviation / total.sqrt(),
                    offset: mean * level.sigma * level.sigma / total,
                }
            }
        }
    }

    /// The target is `x_0 * picture + eps * noise + offset`.
    pub fn target_factors(self, level: NoiseLevel) -> TargetFactors {
        match self {
            Prediction::Epsilon => TargetFactors { picture: 0.0, noise: 1.0, offset: 0.0 },
            Prediction::V => TargetFactors { picture: -level.sigma, noise: level.alpha, offset: 0.0 },
            Prediction::Residual { deviation, mean } => {
                // (x_0 - c_skip x) / c_out with x = alpha x_0 + sigma eps, the common sigma cancelled.
                let variance = deviation * deviation;
                let root = (level.alpha * level.alpha * variance + level.sigma * level.sigma).sqrt();
                let picture = -level.sigma / (deviation * root);
                TargetFactors { picture, noise: level.alpha * deviation / root, offset: -mean * picture }
            }
        }
    }

    /// The picture estimated from a noisy one and the network's output, clamped to `[-1, 1]`.
    pub fn picture(self, x: Tensor<4>, output: Tensor<4>, level: NoiseLevel) -> Tensor<4> {
        self.unclamped_picture(x, output, level).clamp(-1.0, 1.0)
    }

    /// [`Prediction::picture`] as it comes.
    pub fn unclamped_picture(self, x: Tensor<4>, output: Tensor<4>, level: NoiseLevel) -> Tensor<4> {
        let factors = self.picture_factors(level);
        let picture = x.mul_scalar(factors.x) + output.mul_scalar(factors.output);
        if factors.offset == 0.0 { picture } else { picture.add_scalar(factors.offset) }
    }

    /// [`Prediction::picture`] for a sampler, which may leave the clamp to the end.
    pub fn picture_for(
        self,
        sampler: Sampler,
        x: Tensor<4>,
        output: Tensor<4>,
        level: NoiseLevel,
    ) -> Tensor<4> {
        match sampler.is_clamped() {
            true => self.picture(x, output, level),
            false => self.unclamped_picture(x, output, level),
        }
    }

    /// Weight of a sample's squared error under min-SNR weighting with this `gamma` (Hang et al. 2023):
    /// `min(SNR, gamma)` on the picture's error, expressed for what is predicted. Infinite `gamma` means
    /// the plain loss for [`Prediction::Epsilon`].
    pub fn min_snr_weight(self, level: NoiseLevel, gamma: f64) -> f64 {
        let snr = level.signal_to_noise();
        match self {
            // min(SNR, gamma) / SNR without a quotient of zeros or infinities.
            Prediction::Epsilon if snr <= gamma => 1.0,
            Prediction::Epsilon => gamma / snr,
            Prediction::V if snr <= gamma => snr / (snr + 1.0),
            Prediction::V => gamma / (snr + 1.0),
            // The error of x_0 is c_out^2 that of F, and 1 / c_out^2 = snr + 1 / deviation^2.
            Prediction::Residual { .. } if snr == f64::INFINITY => 0.0,
            Prediction::Residual { deviation, .. } => snr.min(gamma) / (snr + deviation.powi(-2)),
        }
    }
}

/// See [`Prediction::picture_factors`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureFactors {
    /// Of the noisy picture.
    pub x: f64,
    /// Of the network's output.
    pub output: f64,
    /// Added to both.
    pub offset: f64,
}

/// See [`Prediction::target_factors`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetFactors {
    /// Of the clean picture.
    pub picture: f64,
    /// Of the noise.
    pub noise: f64,
    /// Added to both.
    pub offset: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::Schedule;

    #[test]
    fn picture_and_target_are_inverse() {
        let (picture, noise) = (0.3, -1.7);
        for t in [0.01, 0.3, 0.77, 1.0] {
            let level = Schedule::live().noise_level(t);
            let x = level.alpha * picture + level.sigma * noise;
            for prediction in [
                Prediction::V,
                Prediction::Epsilon,
                Prediction::Residual { deviation: 0.35, mean: 0.0 },
                Prediction::Residual { deviation: 0.25, mean: -0.72 },
            ] {
                if level.alpha == 0.0 && prediction == Prediction::Epsilon {
                    continue;
                }
                let target = prediction.target_factors(level);
                let output = target.picture * picture + target.noise * noise + target.offset;
                let back = prediction.picture_factors(level);
                assert!((back.x * x + back.output * output + back.offset - picture).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn residual_prediction_of_unit_pictures_is_v_and_its_target_has_unit_variance() {
        for t in [0.01, 0.3, 0.77, 1.0] {
            let level = Schedule::live().noise_level(t);
            let unit = Prediction::Residual { deviation: 1.0, mean: 0.0 };
            let (a, b) = (unit.target_factors(level), Prediction::V.target_factors(level));
            assert!((a.picture - b.picture).abs() < 1e-12 && (a.noise - b.noise).abs() < 1e-12);
            let target = Prediction::Residual { deviation: 0.35, mean: 0.0 }.target_factors(level);
            let variance = (0.35 * target.picture).powi(2) + target.noise.powi(2);
            assert!((variance - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_mean_is_taken_off_what_is_shown_and_off_the_target() {
        let plain = Prediction::Residual { deviation: 0.25, mean: 0.0 };
        let centred = Prediction::Residual { deviation: 0.25, mean: -0.72 };
        let json = serde_json::to_string(&plain).unwrap();
        assert_eq!(json, r#"{"residual":{"deviation":0.25}}"#, "files of before stay as they were");
        assert_eq!(serde_json::from_str::<Prediction>(&json).unwrap(), plain);
        for t in [0.01, 0.3, 0.77, 1.0] {
            let level = Schedule::live().noise_level(t);
            let (picture, noise) = (-0.5, 0.7);
            let target = |prediction: Prediction, picture: f64| {
                let factors = prediction.target_factors(level);
                factors.picture * picture + factors.noise * noise + factors.offset
            };
            // As if every picture had been shifted beforehand.
            assert!((target(centred, picture) - target(plain, picture + 0.72)).abs() < 1e-12);
            let x = level.alpha * picture + level.sigma * noise;
            let shifted = level.alpha * (picture + 0.72) + level.sigma * noise;
            assert!((x + centred.shown_offset(level) - shifted).abs() < 1e-12);
        }
    }

    #[test]
    fn min_snr_weights_at_the_ends() {
        let noise = Schedule::live().noise_level(1.0);
        assert_eq!(Prediction::V.min_snr_weight(noise, 5.0), 0.0);
        assert_eq!(Prediction::Epsilon.min_snr_weight(noise, 5.0), 1.0);
        assert_eq!(Prediction::V.min_snr_weight(NoiseLevel::CLEAN, 5.0), 0.0);
        assert_eq!(Prediction::Epsilon.min_snr_weight(NoiseLevel::CLEAN, 5.0), 0.0);
        let even = NoiseLevel { time: 500.0, alpha: 0.5_f64.sqrt(), sigma: 0.5_f64.sqrt() };
        assert!((Prediction::V.min_snr_weight(even, 5.0) - 0.5).abs() < 1e-12);
    }
}
