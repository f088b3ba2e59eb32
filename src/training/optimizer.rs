//! Clipping the gradient of a whole network by its norm; burn clips parameter by parameter, which changes
//! the direction of the step.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

/// Norm of the whole gradient times `factor`, and that gradient scaled so that it is at most `largest` (0 for no
/// limit).
///
/// The norm is read from the device, which waits for the backward pass. A norm that is not finite leaves
/// the gradient as it is: the caller must not step with it.
pub fn clip_by_global_norm<M: Module>(
    network: &M,
    mut gradients: GradientsParams,
    factor: f64,
    largest: f64,
) -> (f64, GradientsParams) {
    let mut norm = SquaredNorm { gradients: &gradients, sum: None };
    network.visit(&mut norm);
    let norm = factor * norm.sum.map_or(0.0, |sum| f64::from(sum.into_scalar::<f32>())).sqrt();
    let is_clipped = largest > 0.0 && norm.is_finite() && norm > largest;
    let factor = if is_clipped { factor * largest / norm } else { factor };
    if factor != 1.0 {
        network.visit(&mut Scale { gradients: &mut gradients, factor });
    }
    (norm, gradients)
}

struct SquaredNorm<'a> {
    gradients: &'a GradientsParams,
    sum: Option<Tensor<1>>,
}

impl ModuleVisitor for SquaredNorm<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            let squares = gradient.square().sum();
            self.sum = Some(match self.sum.take() {
                Some(sum) => sum + squares,
                None => squares,
            });
        }
    }
}

struct Scale<'a> {
    gradients: &'a mut GradientsParams,
    factor: f64,
}

impl ModuleVisitor for Scale<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(param.id) {
            self.gradients.register(param.id, gradient.mul_scalar(self.factor));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::nn::LinearConfig;
    use burn::tensor::Device;

    #[test]
    fn the_whole_gradient_is_scaled_by_one_factor() {
        let device = Device::flex().autodiff();
        let layer = LinearConfig::new(2, 1).init(&device);
        let gradients = || {
            let input = Tensor::<2>::from_floats([[3.0, 4.0]], &device);
            GradientsParams::from_grads(layer.forward(input).sum().backward(), &layer)
        };
        // d(loss) / d(weight) = (3, 4), d / d(bias) = 1.
        let (norm, same) = clip_by_global_norm(&layer, gradients(), 1.0, 0.0);
        assert!((norm - 26f64.sqrt()).abs() < 1e-5);
        let weight = |gradients: &GradientsParams| {
            gradients.get::<2>(layer.weight.id).unwrap().into_data().try_to_vec::<f32>().unwrap()
        };
        assert_eq!(weight(&same), [3.0, 4.0]);
        let (_, clipped) = clip_by_global_norm(&layer, gradients(), 1.0, 1.0);
        assert!((weight(&clipped)[0] - 3.0 / 26f32.sqrt()).abs() < 1e-6);
        let (after, _) = clip_by_global_norm(&layer, clipped, 1.0, 1.0);
        assert!((after - 1.0).abs() < 1e-5);
        let (norm, halved) = clip_by_global_norm(&layer, gradients(), 0.5, 0.0);
        assert!((norm - 26f64.sqrt() / 2.0).abs() < 1e-5);
        assert_eq!(weight(&halved), [1.5, 2.0]);
    }
}
