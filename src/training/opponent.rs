//! What a run's own network is trained against: a discriminator, with an optimiser of its own.
//!
//! A step moves both: the network by its own cost and by the opponent's verdict, the opponent by the hinge loss of what is
//! real and what the network made of it before it moved. (The published code makes it once more with the moved network:
//! one more pass for the same expectation.)

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::Device;

use super::baselines::Adversary;
use super::optimizer::{Gradient, Optimizer, Update};
use crate::nn::baselines::Discriminator;

/// How much of their moments the optimisers of both keep in a step, as in most adversarial training.
pub(super) const BETAS: [f32; 2] = [0.5, 0.9];

/// A discriminator in training.
#[derive(Clone)]
pub struct Opponent {
    /// With gradients.
    pub network: Discriminator,
    /// Its moments.
    pub optimizer: Optimizer,
}

impl Opponent {
    /// One with the fresh weights of a seed; `device` has autodiff.
    pub fn fresh(task: &Adversary, seed: u64, device: &Device) -> Self {
        Self { network: task.network.init(seed, device), optimizer: Optimizer::new(0.0).with_betas(BETAS) }
    }

    /// Moves it along the gradients of a step; none, or one that is not finite, leaves it as it is.
    pub fn learn(&mut self, gradients: GradientsParams, learning_rate: f64) {
        let gradient = Gradient::of(&self.network, gradients);
        let Some(squares) = gradient.squared_norm() else { return };
        if !squares.into_scalar::<f32>().is_finite() {
            return;
        }
        let update = Update { learning_rate, scale: 1.0, average_decay: None };
        let (network, plain) = (self.network.clone(), self.network.valid());
        (self.network, _) = self.optimizer.step(network, plain, gradient, update);
    }
}
