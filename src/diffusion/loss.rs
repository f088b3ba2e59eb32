//! The training side: noisy pictures, targets, weighted error.

use burn::tensor::{Device, Tensor};

use super::prediction::Prediction;
use super::schedule::Node;

/// Gamma of the min-SNR weight.
pub const MIN_SNR_GAMMA: f64 = 5.0;

/// `x_t = alpha x_0 + sigma eps`, one node per sample. `x_0`, `noise`: `[batch, channels, height, width]`.
pub fn q_sample(x_0: Tensor<4>, noise: Tensor<4>, nodes: &[Node]) -> Tensor<4> {
    let device = x_0.device();
    x_0 * per_sample(nodes.iter().map(|node| node.alpha), &device)
        + noise * per_sample(nodes.iter().map(|node| node.sigma), &device)
}

/// What the network should answer for [`q_sample`]'s pictures, same shape.
pub fn target(prediction: Prediction, x_0: Tensor<4>, noise: Tensor<4>, nodes: &[Node]) -> Tensor<4> {
    match prediction {
        Prediction::Epsilon => noise,
        Prediction::V | Prediction::Residual { .. } => {
            let device = x_0.device();
            let factors = nodes.iter().map(|&node| prediction.target_factors(node));
            let target = x_0 * per_sample(factors.clone().map(|factor| factor.picture), &device)
                + noise * per_sample(factors.clone().map(|factor| factor.noise), &device);
            match prediction.mean() {
                0.0 => target,
                _ => target + per_sample(factors.map(|factor| factor.offset), &device),
            }
        }
    }
}

/// What the network is shown of noisy pictures, one node per sample ([`Prediction::shown_offset`]).
pub fn shown(prediction: Prediction, x_t: Tensor<4>, nodes: &[Node]) -> Tensor<4> {
    if prediction.mean() == 0.0 {
        return x_t;
    }
    let device = x_t.device();
    x_t + per_sample(nodes.iter().map(|&node| prediction.shown_offset(node)), &device)
}

/// The times the network is told, `[batch]`.
pub fn times(nodes: &[Node], device: &Device) -> Tensor<1> {
    let times: Vec<f32> = nodes.iter().map(|node| node.time as f32).collect();
    Tensor::from_floats(times.as_slice(), device)
}

/// Min-SNR weights, one per sample.
pub fn min_snr_weights(prediction: Prediction, nodes: &[Node], gamma: f64) -> Vec<f64> {
    nodes.iter().map(|&node| prediction.min_snr_weight(node, gamma)).collect()
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
            let counted =
                valid.clone().reshape([batch, height * width]).sum_dim(1).mul_scalar(channels as f64);
            let sum = (errors * valid).reshape([batch, pixels]).sum_dim(1);
            sum / counted.clamp_min(1.0)
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
