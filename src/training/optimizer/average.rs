//! The exponential moving average of a network's weights: what is sampled from and shipped.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::Tensor;

use super::weights::Weight;

/// The weights of a network in the order of its traversal, each as a row of numbers.
pub(super) fn weights<N: Module>(network: &N) -> Vec<Tensor<1>> {
    let mut rows = Rows(Vec::new());
    network.visit(&mut rows);
    rows.0
}

struct Rows(Vec<Tensor<1>>);

impl ModuleVisitor for Rows {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        let count = value.dims().iter().product::<usize>();
        self.0.push(value.reshape([count]));
    }
}

/// `average * decay + network * (1 - decay)`, weight by weight. `made`: those averages that are computed already, by the
/// weights' numbers; `weights`: all of the network, of which the others are made, in its order.
///
/// # Panics
/// If the networks have different weights.
pub(super) fn averaged<N: Module>(
    average: N,
    weights: &[Weight],
    made: BTreeMap<u64, Tensor<1>>,
    decay: f64,
) -> N {
    average.map(&mut Averages { weights: weights.iter(), made, decay })
}

struct Averages<'a> {
    weights: std::slice::Iter<'a, Weight>,
    made: BTreeMap<u64, Tensor<1>>,
    decay: f64,
}

impl ModuleMapper for Averages<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let weight = self.weights.next().expect("the average has the weights of the network");
        let (made, decay) = (self.made.remove(&weight.id), self.decay);
        param.map(|average| match made {
            Some(made) => made.reshape(average.dims()),
            // A weight without gradient, which has not moved.
            None => {
                let weight = weight.value.clone().reshape(average.dims());
                average.mul_scalar(decay) + weight.mul_scalar(1.0 - decay)
            }
        })
    }
}
