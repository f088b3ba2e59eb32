//! Consistency tuning: pairs of noise levels, their weights and the distance of what a network sees in both
//! (Geng et al. 2024, "Consistency models made easy", arXiv 2406.14548: ECT).
//!
//! A network whose picture estimate is the same along the whole path from noise to picture draws in one step.
//! ECT starts from a diffusion model, asks for equal estimates at a noise level `t` and a lower one `r`, and
//! lets `r` come closer stage by stage; at `r = 0` the loss is that of diffusion. The paper counts noise as
//! `t = sigma / alpha`; the noisy picture of a [`NoiseLevel`] is the paper's, times `alpha`.

use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::prediction::Prediction;
use super::schedule::NoiseLevel;

/// Noise levels beyond this are all the same to a network.
const MAX_NOISE: f64 = 200.0;

/// Which pairs are compared, and how. The names in brackets are the paper's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyTuning {
    /// Mean of `ln t` (P_mean).
    pub log_noise_mean: f64,
    /// Standard deviation of `ln t` (P_std).
    pub log_noise_deviation: f64,
    /// By which factor the gap between the levels shrinks from stage to stage (q).
    pub base: f64,
    /// How much wider gaps are at little noise (k) ...
    pub widening: f64,
    /// ... and how soon that ends with rising noise (b).
    pub widening_slope: f64,
    /// Root mean square difference below which the distance is that of squares, in network values; the
    /// paper's `c / sqrt(d)`.
    pub huber: f64,
}

impl Default for ConsistencyTuning {
    /// The paper's values, with the mean noise of pictures of 480 pixels (their speckle is averaged away at
    /// 64 pixels, so more noise is needed before nothing of it is left).
    fn default() -> Self {
        Self {
            log_noise_mean: 0.4,
            log_noise_deviation: 2.0,
            base: 2.0,
            widening: 8.0,
            widening_slope: 1.0,
            huber: 0.000_54,
        }
    }
}

/// Two noise levels at which a network should see the same picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The one that learns.
    pub noisy: NoiseLevel,
    /// The one it learns from.
    pub cleaner: NoiseLevel,
    /// `1 / (t - r)`.
    pub weight: f64,
}

impl ConsistencyTuning {
    /// Whether the numbers make sense.
    ///
    /// # Errors
    /// If a number is out of its range; the message says which.
    pub fn check(&self) -> Result<(), String> {
        let all = [self.log_noise_mean, self.log_noise_deviation, self.widening, self.widening_slope];
        if !all.iter().all(|value| value.is_finite() && value.abs() <= 100.0)
            || self.log_noise_deviation <= 0.0
        {
            return Err("the noise levels of consistency tuning are out of range".to_owned());
        }
        if !(self.base > 1.0 && self.base <= 64.0) {
            return Err(format!(
                "the base of consistency tuning is {}, expected above 1 up to 64",
                self.base
            ));
        }
        if !(self.huber > 0.0 && self.huber <= 1.0) {
            return Err(format!("the huber width is {}, expected above 0 up to 1", self.huber));
        }
        Ok(())
    }

    /// The noise level `t` at a place of its distribution, `place` in (0, 1).
    pub fn noise_at(&self, place: f64) -> f64 {
        (self.log_noise_mean + self.log_noise_deviation * normal_quantile(place)).exp().min(MAX_NOISE)
    }

    /// The lower level `r` of a stage (from 0): `max(0, t (1 - q^-(stage + 1) (1 + k / (1 + e^(b t)))))`.
    pub fn cleaner_noise(&self, noise: f64, stage: u32) -> f64 {
        let widening = 1.0 + self.widening / (1.0 + (self.widening_slope * noise).exp());
        let gap = self.base.powi(-(stage as i32 + 1)) * widening;
        (noise * (1.0 - gap)).max(0.0)
    }

    /// The pair of a noise level; `noise_level_of` finds the schedule's.
    pub fn pair(&self, noise: f64, stage: u32, noise_level_of: impl Fn(f64) -> NoiseLevel) -> Pair {
        let cleaner = self.cleaner_noise(noise, stage);
        Pair {
            noisy: noise_level_of(noise),
            cleaner: noise_level_of(cleaner),
            weight: 1.0 / (noise - cleaner),
        }
    }
}

/// The picture estimate of every sample at its noise level, not clamped: a clamp has no slope to learn from.
///
/// - `x`, `output`: the noisy pictures and what the network answered, `[batch, channels, height, width]`
pub fn picture(prediction: Prediction, x: Tensor<4>, output: Tensor<4>, levels: &[NoiseLevel]) -> Tensor<4> {
    let device = x.device();
    let factors: Vec<_> = levels.iter().map(|&level| prediction.picture_factors(level)).collect();
    let of_x: Vec<f32> = factors.iter().map(|factors| factors.x as f32).collect();
    let of_output: Vec<f32> = factors.iter().map(|factors| factors.output as f32).collect();
    let picture = x * per_sample(&of_x, &device) + output * per_sample(&of_output, &device);
    if prediction.mean() == 0.0 {
        return picture;
    }
    let offsets: Vec<f32> = factors.iter().map(|factors| factors.offset as f32).collect();
    picture + per_sample(&offsets, &device)
}

/// Mean over the batch of `weight (sqrt(m + c^2) - c)`, `m` being the mean squared difference over a sample's
/// valid pixels (the paper's pseudo-Huber distance over `sqrt(d)`), `[1]`.
///
/// - `learns`, `target`: picture estimates, `[batch, channels, height, width]`; no gradient flows into `target`
/// - `valid`: how much every pixel counts, `[batch, 1, height, width]`
pub fn distance(
    learns: Tensor<4>,
    target: Tensor<4>,
    weights: &[f64],
    valid: Tensor<4>,
    huber: f64,
) -> Tensor<1> {
    let [batch, channels, height, width] = learns.dims();
    assert_eq!(weights.len(), batch, "one weight per sample");
    let device = learns.device();
    let pixels = valid.clone().reshape([batch, height * width]).sum_dim(1).mul_scalar(channels as f64);
    let squares = ((learns - target.detach()).square() * valid).reshape([batch, channels * height * width]);
    let mean = squares.sum_dim(1) / pixels.clamp_min(1.0);
    let distance = mean.add_scalar(huber * huber).sqrt().sub_scalar(huber);
    let weights: Vec<f32> = weights.iter().map(|&weight| weight as f32).collect();
    (distance * Tensor::<1>::from_floats(weights.as_slice(), &device).reshape([batch, 1])).mean()
}

fn per_sample(factors: &[f32], device: &Device) -> Tensor<4> {
    Tensor::<1>::from_floats(factors, device).reshape([factors.len(), 1, 1, 1])
}

/// The standard normal value below which a share `p` in (0, 1) lies (Acklam's rational approximation,
/// relative error below 1.2e-9).
fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -39.696_830_286_653_76,
        220.946_098_424_520_5,
        -275.928_510_446_968_7,
        138.357_751_867_269,
        -30.664_798_066_147_16,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -54.476_098_798_224_06,
        161.585_836_858_040_9,
        -155.698_979_859_886_6,
        66.801_311_887_719_72,
        -13.280_681_552_885_72,
    ];
    const C: [f64; 6] = [
        -0.007_784_894_002_430_293,
        -0.322_396_458_041_136_5,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] =
        [0.007_784_695_709_041_462, 0.322_467_129_070_039_8, 2.445_134_137_142_996, 3.754_408_661_907_416];
    let polynomial = |factors: &[f64], x: f64| factors.iter().fold(0.0, |sum, factor| sum * x + factor);
    let tail = |p: f64| {
        let q = (-2.0 * p.ln()).sqrt();
        polynomial(&C, q) / (polynomial(&D, q) * q + 1.0)
    };
    assert!(p > 0.0 && p < 1.0, "a share inside (0, 1), not {p}");
    if p < 0.024_25 {
        tail(p)
    } else if p > 1.0 - 0.024_25 {
        -tail(1.0 - p)
    } else {
        let (q, r) = (p - 0.5, (p - 0.5) * (p - 0.5));
        polynomial(&A, r) * q / (polynomial(&B, r) * r + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::Schedule;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (p, expected) in [
            (0.5, 0.0),
            (0.841_344_746_068_543, 1.0),
            (0.01, -2.326_347_874_040_841),
            (0.999, 3.090_232_306_167_813),
        ] {
            assert!((normal_quantile(p) - expected).abs() < 1e-8, "{p}: {}", normal_quantile(p));
        }
    }

    #[test]
    fn gaps_shrink_with_the_stage_and_the_first_stage_is_diffusion_at_little_noise() {
        let tuning = ConsistencyTuning::default();
        assert_eq!(tuning.cleaner_noise(0.1, 0), 0.0);
        for noise in [0.01, 0.3, 2.0, 50.0] {
            let gap = |stage| noise - tuning.cleaner_noise(noise, stage);
            assert!((0..8).all(|stage| gap(stage + 1) <= gap(stage) && gap(stage) > 0.0));
        }
        assert!((tuning.cleaner_noise(50.0, 3) - 50.0 * 15.0 / 16.0).abs() < 1e-9);
    }

    #[test]
    fn a_pair_lies_on_the_schedule_and_ends_at_the_picture() {
        let schedule = Schedule::CosineShifted { log_snr_shift: 2.1 };
        let noise_level_of = |noise| schedule.noise_level_of_ratio(noise).unwrap();
        let tuning = ConsistencyTuning::default();
        let pair = tuning.pair(3.0, 4, noise_level_of);
        assert!((pair.noisy.sigma / pair.noisy.alpha - 3.0).abs() < 1e-9);
        let same = schedule.noise_level(pair.noisy.time / 1000.0);
        assert!((same.alpha - pair.noisy.alpha).abs() < 1e-9);
        assert!(pair.cleaner.sigma < pair.noisy.sigma && pair.weight > 0.0);
        assert_eq!(tuning.pair(0.1, 0, noise_level_of).cleaner, NoiseLevel::CLEAN);
    }
}
