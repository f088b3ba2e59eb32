//! The gradient of a whole network, and its norm: clipping parameter by parameter, as burn does, changes the direction
//! of the step.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use super::weights::Weight;

/// The gradient of a network, with its weights.
pub struct Gradient {
    /// In the network's order.
    pub(super) weights: Vec<Weight>,
    squares: Option<Tensor<1>>,
}

impl Gradient {
    /// Of a network; weights may be without.
    pub fn of<N: Module>(network: &N, gradients: GradientsParams) -> Self {
        let mut gathering = Gathering { gradients, path: Vec::new(), weights: Vec::new(), squares: None };
        network.visit(&mut gathering);
        Self { weights: gathering.weights, squares: gathering.squares }
    }

    /// The squared norm, still on its device; `None` without any gradient.
    pub fn squared_norm(&self) -> Option<Tensor<1>> {
        self.squares.clone()
    }
}

/// The weights alone.
pub(super) fn weights_of<N: Module>(network: &N) -> Vec<Weight> {
    Gradient::of(network, GradientsParams::new()).weights
}

struct Gathering {
    gradients: GradientsParams,
    path: Vec<String>,
    weights: Vec<Weight>,
    squares: Option<Tensor<1>>,
}

impl ModuleVisitor for Gathering {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val().inner();
        let shape = value.dims().to_vec();
        let count = shape.iter().product::<usize>();
        let gradient = self.gradients.remove::<D>(param.id);
        if let Some(gradient) = &gradient {
            let squares = gradient.clone().square().sum();
            self.squares = Some(match self.squares.take() {
                Some(sum) => sum + squares,
                None => squares,
            });
        }
        self.weights.push(Weight {
            id: param.id.val(),
            path: self.path.join("."),
            shape,
            value: value.reshape([count]),
            gradient: gradient.map(|gradient| gradient.reshape([count])),
        });
    }
}
