//! The training side: noisy pictures, targets, weighted error.

use burn::tensor::{Device, Tensor};

use super::prediction::Prediction;
use super::schedule::NoiseLevel;

/// Gamma of the min-SNR weight.
pub const MIN_SNR_GAMMA: f64 = 5.0;

/// `x_t = alpha x_0 + sigma eps`, one noise level per sample. `x_0`, `noise`: `[batch, channels, height, width]`.
pub fn q_sample(x_0: Tensor<4>, noise: Tensor<4>, levels: &[NoiseLevel]) -> Tensor<4> {
    let device = x_0.device();
    x_0 * per_sample(levels.iter().map(|level| level.alpha), &device)
        + noise * per_sample(levels.iter().map(|level| level.sigma), &device)
}

/// What the network should answer for [`q_sample`]'s pictures, same shape.
pub fn target(prediction: Prediction, x_0: Tensor<4>, noise: Tensor<4>, levels: &[NoiseLevel]) -> Tensor<4> {
    match prediction {
        Prediction::Epsilon => noise,
        Prediction::V | Prediction::Residual { .. } => {
            let device = x_0.device();
            let factors = levels.iter().map(|&level| prediction.target_factors(level));
            let target = x_0 * per_sample(factors.clone().map(|factor| factor.picture), &device)
                + noise * per_sample(factors.clone().map(|factor| factor.noise), &device);
            match prediction.mean() {
                0.0 => target,
                _ => target + per_sample(factors.map(|factor| factor.offset), &device),
            }
        }
    }
}

/// What the network is shown of noisy pictures, one noise level per sample ([`Prediction::shown_offset`]).
pub fn shown(prediction: Prediction, x_t: Tensor<4>, levels: &[NoiseLevel]) -> Tensor<4> {
    if prediction.mean() == 0.0 {
        return x_t;
    }
    let device = x_t.device();
    x_t + per_sample(levels.iter().map(|&level| prediction.shown_offset(level)), &device)
}

/// The timesteps that the network is given, `[batch]`.
pub fn times(levels: &[NoiseLevel], device: &Device) -> Tensor<1> {
    let times: Vec<f32> = levels.iter().map(|level| level.time as f32).collect();
    Tensor::from_floats(times.as_slice(), device)
}

/// Min-SNR weights, one per sample.
pub fn min_snr_weights(prediction: Prediction, levels: &[NoiseLevel], gamma: f64) -> Vec<f64> {
    levels.iter().map(|&level| prediction.min_snr_weight(level, gamma)).collect()
}

/// Mean over the batch of `weight * mean squared error over the sample's valid pixels`, `[1]`; `valid` as in
/// [`mse_of_samples`].
pub fn weighted_mse(
    output: Tensor<4>,
    target: Tensor<4>,
    weights: &[f64],
    valid: Option<Tensor<4>>,
) -> Tensor<1> {
    let batch = output.dims()[0];
    assert_eq!(weights.len(), batch, "one weight per sample");
    let device = output.device();
    let weights: Vec<f32> = weights.iter().map(|&weight| weight as f32).collect();
    let weights = Tensor::<1>::from_floats(weights.as_slice(), &device).reshape([batch, 1]);
    (mse_of_samples(output, target, valid) * weights).mean()
}

/// The mean squared error over every sample's valid pixels, `[batch, 1]`.
///
/// `valid` is 1 where a pixel was scanned and annotated, 0 where it must not count, `[batch, 1, height,
/// width]`; a sample without a valid pixel contributes nothing.
pub fn mse_of_samples(output: Tensor<4>, target: Tensor<4>, valid: Option<Tensor<4>>) -> Tensor<2> {
    mean_of_samples((output - target).square(), valid)
}

/// The mean unsigned error over every sample's valid pixels, as [`mse_of_samples`] takes the squared one.
pub fn l1_of_samples(output: Tensor<4>, target: Tensor<4>, valid: Option<Tensor<4>>) -> Tensor<2> {
    mean_of_samples((output - target).abs(), valid)
}

/// The mean of errors over every sample's valid pixels, `[batch, 1]`.
fn mean_of_samples(errors: Tensor<4>, valid: Option<Tensor<4>>) -> Tensor<2> {
    let [batch, channels, height, width] = errors.dims();
    let pixels = channels * height * width;
    match valid {
        Some(valid) => {
            let valid_count =
                valid.clone().reshape([batch, height * width]).sum_dim(1).mul_scalar(channels as f64);
            let sum = (errors * valid).reshape([batch, pixels]).sum_dim(1);
            sum / valid_count.clamp_min(1.0)
        }
        None => errors.reshape([batch, pixels]).mean_dim(1),
    }
}

/// One factor per sample, `[batch, 1, 1, 1]`.
fn per_sample(factors: impl ExactSizeIterator<Item = f64>, device: &Device) -> Tensor<4> {
    let batch = factors.len();
    let factors: Vec<f32> = factors.map(|factor| factor as f32).collect();
    Tensor::<1>::from_floats(factors.as_slice(), device).reshape([batch, 1, 1, 1])
}
