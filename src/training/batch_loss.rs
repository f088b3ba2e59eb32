//! A batch on the device, and what a network's answer to it costs.

use burn::tensor::{Device, Tensor, TensorData};

use super::batches::Batch;
use super::config::{RunConfig, Stage};
use super::distill;
use crate::diffusion::{Node, loss};
use crate::nn::UNet;

/// A batch on the device.
pub(super) struct BatchTensors<'a> {
    image: Tensor<4>,
    condition: Tensor<4>,
    counted: Tensor<4>,
    noise: Tensor<4>,
    nodes: &'a [Node],
    step: u64,
}

/// What a loss is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Training,
    Validation,
}

impl<'a> BatchTensors<'a> {
    pub(super) fn new(batch: &'a Batch, device: &Device) -> Self {
        let tensor = |values: &[f32], channels: usize| {
            let shape = [batch.strips, channels, batch.rows, batch.columns];
            Tensor::<4>::from_data(TensorData::new(values.to_vec(), shape), device)
        };
        Self {
            image: tensor(&batch.image, batch.channels),
            condition: tensor(&batch.condition, batch.planes),
            counted: tensor(&batch.counted, 1),
            noise: tensor(&batch.noise, batch.channels),
            nodes: &batch.nodes,
            step: batch.step,
        }
    }

    /// What `network`'s answer costs; a student may have a teacher beside it.
    pub(super) fn loss(
        self,
        network: &UNet,
        teacher: Option<&UNet>,
        config: &RunConfig,
        purpose: Use,
    ) -> Tensor<1> {
        if config.stage == Stage::Distill {
            let Self { image, condition, counted, noise, step, .. } = self;
            let shown = distill::Shown { image, condition, counted, noise };
            let step = (purpose == Use::Training).then_some(step);
            return distill::Classroom { learner: network, teacher, config, step }.loss(shown);
        }
        let device = self.image.device();
        let x_t = loss::q_sample(self.image.clone(), self.noise.clone(), self.nodes);
        let target = loss::target(config.prediction, self.image, self.noise, self.nodes);
        let output = network.forward(x_t, self.condition, loss::times(self.nodes, &device));
        let weights = match config.min_snr_gamma {
            Some(gamma) => loss::min_snr_weights(config.prediction, self.nodes, gamma),
            None => vec![1.0; self.nodes.len()],
        };
        loss::weighted_mse(output, target, &weights, Some(self.counted))
    }
}
