//! Batch norm as the published segmenters train with it.
//!
//! burn's own keeps the biased variance of a batch where PyTorch, which their authors trained with, keeps the unbiased one;
//! and what it counted is to be seen a batch later only, so a checkpoint or an average of the weights would lack the last.

use burn::nn::BatchNorm;
use burn::tensor::Tensor;
use burn::tensor::module::batch_norm_train;

/// The norm of `[batch, channels, height, width]`: on a device with gradients by the batch itself, whose figures are kept, else by
/// those that were kept.
pub(super) fn normed(norm: &BatchNorm, x: Tensor<4>) -> Tensor<4> {
    let device = x.device();
    if !(device.is_autodiff() && norm.training.is_enabled()) {
        return norm.forward(x);
    }
    let dims = x.dims();
    let values = (dims.iter().product::<usize>() / dims[1].max(1)) as f64;
    let batch = batch_norm_train(x, norm.gamma.val(), norm.beta.val(), norm.epsilon);
    let unbiased = batch.variance.mul_scalar(values / (values - 1.0).max(1.0));
    for (kept, new) in [(&norm.running_mean, batch.mean), (&norm.running_var, unbiased)] {
        let old = kept.value_sync().to_device(&device);
        let new = old.mul_scalar(1.0 - norm.momentum) + new.detach().mul_scalar(norm.momentum);
        kept.update(new.detach());
        // Asked for again, it is there for whoever reads the weights.
        let _now = kept.value_sync();
    }
    batch.output
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use burn::nn::BatchNormConfig;
    use burn::tensor::{Device, TensorData};

    use super::*;
    use crate::nn::weights;

    const SHAPE: [usize; 4] = [2, 3, 3, 4];

    fn wave(step: f32) -> Vec<f32> {
        (0..SHAPE.iter().product::<usize>()).map(|at| (at as f32 * step).sin()).collect()
    }

    /// The norm, its input and a cost of its output, from input, gains and offsets.
    fn costly(values: &[Vec<f32>; 3]) -> (BatchNorm, Tensor<4>, Tensor<1>) {
        let device = Device::flex().autodiff();
        let [x, gamma, beta] = values.clone();
        let named = BTreeMap::from([("gamma".to_owned(), gamma), ("beta".to_owned(), beta)]);
        let norm = weights::assign(BatchNormConfig::new(SHAPE[1]).init(&device), named);
        let x = Tensor::<4>::from_data(TensorData::new(x, SHAPE), &device).require_grad();
        let share = Tensor::<4>::from_data(TensorData::new(wave(2.3), SHAPE), &device);
        let cost = (normed(&norm, x.clone()) * share).sum();
        (norm, x, cost)
    }

    #[test]
    fn a_gradient_passes_through_the_figures_of_the_batch() {
        let values = [wave(0.7), vec![1.2, 0.8, -0.5], vec![0.1, -0.3, 0.2]];
        let (norm, x, cost) = costly(&values);
        let gradients = cost.backward();
        let numbers =
            |tensor: Option<TensorData>| -> Vec<f32> { tensor.expect("a gradient").iter::<f32>().collect() };
        let found = [
            numbers(x.grad(&gradients).map(|gradient| gradient.into_data())),
            numbers(norm.gamma.val().grad(&gradients).map(|gradient| gradient.into_data())),
            numbers(norm.beta.val().grad(&gradients).map(|gradient| gradient.into_data())),
        ];
        for (part, gradient) in found.iter().enumerate() {
            for (at, &gradient) in gradient.iter().enumerate() {
                let cost_at = |step: f32| {
                    let mut moved = values.clone();
                    moved[part][at] += step;
                    costly(&moved).2.into_scalar::<f32>()
                };
                let measured = (cost_at(1e-2) - cost_at(-1e-2)) / 2e-2;
                assert!(
                    (measured - gradient).abs() < 2e-3 * gradient.abs().max(1.0),
                    "{part}, {at}: {gradient}"
                );
            }
        }
        let of_input = found[0].iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        assert!(of_input > 0.1, "a gradient that is nowhere would pass, too: {of_input}");
    }
}
