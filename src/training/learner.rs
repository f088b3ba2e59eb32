//! What the trainer asks of a network: how a fresh one is made, and what its answers cost.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::batch_loss::{BatchTensors, Use};
use super::batches::Batch;
use super::config::RunConfig;
use crate::metrics::segmentation::confusion::Confusion;
use crate::nn::UNet;
use crate::nn::baselines::Discriminator;
use crate::nn::perceptual::Lpips;

/// A network that can be trained.
pub trait Learner: Module + Sized {
    /// A network of the configuration's shape.
    fn fresh(config: &RunConfig, device: &Device) -> Self;

    /// What its answer to a training batch costs, one value; a student may have a teacher beside it.
    fn loss(&self, batch: &Batch, teacher: Option<&Self>, config: &RunConfig, device: &Device) -> Tensor<1>;

    /// What it loses by a training batch in the company of other networks, and its opponent by that, where it learns by any
    /// of them.
    fn face(
        &self,
        _company: &Company,
        _batch: &Batch,
        _config: &RunConfig,
        _device: &Device,
    ) -> Option<Faced> {
        None
    }

    /// What it makes of a batch that it does not learn from.
    fn validate(
        &self,
        batch: &Batch,
        teacher: Option<&Self>,
        config: &RunConfig,
        device: &Device,
    ) -> Validated;
}

/// Networks that another one learns by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Company<'a> {
    /// Learns to tell what it makes from what is real.
    pub opponent: Option<&'a Discriminator>,
    /// Says how differently pictures look; learns nothing.
    pub lpips: Option<&'a Lpips>,
}

/// What a network and its opponent lose by a batch, one value each.
#[derive(Clone, Debug)]
pub struct Faced {
    /// The network's own cost and that of the verdict on what it made.
    pub loss: Tensor<1>,
    /// The opponent's, where there is one.
    pub opponents: Option<Tensor<1>>,
}

/// What a network made of strips that it does not learn from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Validated {
    /// Strip by strip.
    pub losses: Vec<f64>,
    /// Of a segmenter: which class it took for which, over all strips.
    pub confusion: Option<Confusion>,
}

impl Validated {
    /// The strips of both.
    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        self.losses.extend(other.losses);
        self.confusion = match (self.confusion, other.confusion) {
            (Some(one), Some(other)) => Some(one.joined(&other)),
            (one, other) => one.or(other),
        };
        self
    }
}

impl Learner for UNet {
    fn fresh(config: &RunConfig, device: &Device) -> Self {
        config.network.init(device)
    }

    fn loss(&self, batch: &Batch, teacher: Option<&Self>, config: &RunConfig, device: &Device) -> Tensor<1> {
        BatchTensors::new(batch, device).loss(self, teacher, config, Use::Training)
    }

    fn validate(
        &self,
        batch: &Batch,
        teacher: Option<&Self>,
        config: &RunConfig,
        device: &Device,
    ) -> Validated {
        let losses = BatchTensors::new(batch, device).strip_losses(self, teacher, config);
        Validated { losses, confusion: None }
    }
}
