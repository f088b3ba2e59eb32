//! The exponential moving average of a network's weights: what is sampled from and shipped.

use std::any::Any;
use std::collections::VecDeque;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::Tensor;

/// `average * decay + network * (1 - decay)`, parameter by parameter.
///
/// `average` lies outside autodiff ([`Module::valid`]); both must be the same kind of network.
///
/// # Panics
/// If the networks have different parameters.
pub fn average_step<M: Module>(average: M, network: &M, decay: f64) -> M {
    let mut collector = Collector { weights: VecDeque::new() };
    network.visit(&mut collector);
    average.map(&mut Averager { weights: collector.weights, decay })
}

/// The weights of a network in the order of its traversal.
struct Collector {
    weights: VecDeque<Box<dyn Any>>,
}

impl ModuleVisitor for Collector {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.weights.push_back(Box::new(param.val().inner()));
    }
}

struct Averager {
    weights: VecDeque<Box<dyn Any>>,
    decay: f64,
}

impl ModuleMapper for Averager {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let weight = self.weights.pop_front().and_then(|weight| weight.downcast::<Tensor<D>>().ok());
        let weight = *weight.expect("the average has the parameters of the network");
        let decay = self.decay;
        param.map(|average| average.mul_scalar(decay) + weight.mul_scalar(1.0 - decay))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::nn::{Linear, LinearConfig};
    use burn::tensor::Device;

    #[test]
    fn the_average_follows_the_network() {
        let device = Device::flex().autodiff();
        let layer = || -> Linear { LinearConfig::new(3, 2).init(&device) };
        let (old, new) = (layer().valid(), layer());
        let values = |layer: &Linear| layer.weight.val().into_data().try_to_vec::<f32>().unwrap();
        let (before, target) = (values(&old), values(&new));
        let after = values(&average_step(old, &new, 0.75));
        for ((before, target), after) in before.iter().zip(&target).zip(&after) {
            assert!((0.75 * before + 0.25 * target - after).abs() < 1e-6);
        }
    }
}
