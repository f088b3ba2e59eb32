//! A batch on the device, and what a network's answer to it costs.

use burn::tensor::{Device, Tensor, TensorData};

use super::batches::Batch;
use super::config::{RunConfig, Stage};
use super::distill;
use crate::diffusion::{NoiseLevel, loss};
use crate::nn::UNet;

/// A batch on the device.
pub(super) struct BatchTensors<'a> {
    image: Tensor<4>,
    condition: Tensor<4>,
    /// `[strips, style_channels]`
    style: Option<Tensor<2>>,
    loss_weights: Tensor<4>,
    noise: Tensor<4>,
    levels: &'a [NoiseLevel],
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
            style: (!batch.style.is_empty()).then(|| {
                let shape = [batch.strips, batch.style.len() / batch.strips];
                Tensor::<2>::from_data(TensorData::new(batch.style.clone(), shape), device)
            }),
            loss_weights: tensor(&batch.loss_weights, 1),
            noise: tensor(&batch.noise, batch.channels),
            levels: &batch.levels,
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
            return self.student_loss(network, teacher, config, purpose);
        }
        let weights = self.weights(config);
        let loss_weights = self.loss_weights.clone();
        let (output, target) = self.answered(network, config);
        loss::weighted_mse(output, target, &weights, Some(loss_weights))
    }

    /// What `network`'s answer costs strip by strip; of a student the same for all of the batch.
    pub(super) fn strip_losses(self, network: &UNet, teacher: Option<&UNet>, config: &RunConfig) -> Vec<f64> {
        if config.stage == Stage::Distill {
            let strips = self.levels.len();
            let loss = self.student_loss(network, teacher, config, Use::Validation).into_scalar::<f32>();
            return vec![f64::from(loss); strips];
        }
        let weights = self.weights(config);
        let loss_weights = self.loss_weights.clone();
        let (output, target) = self.answered(network, config);
        let losses = loss::mse_of_samples(output, target, Some(loss_weights)).into_data();
        losses.iter::<f32>().zip(weights).map(|(loss, weight)| f64::from(loss) * weight).collect()
    }

    /// What the error of each strip counts.
    fn weights(&self, config: &RunConfig) -> Vec<f64> {
        match config.min_snr_gamma {
            Some(gamma) => loss::min_snr_weights(config.prediction, self.levels, gamma),
            None => vec![1.0; self.levels.len()],
        }
    }

    fn student_loss(
        self,
        network: &UNet,
        teacher: Option<&UNet>,
        config: &RunConfig,
        purpose: Use,
    ) -> Tensor<1> {
        let Self { image, condition, style, loss_weights, noise, step, .. } = self;
        let shown = distill::Shown { image, condition, style, loss_weights, noise };
        let step = (purpose == Use::Training).then_some(step);
        distill::TeacherAndStudent { learner: network, teacher, config, step }.loss(shown)
    }

    /// What the network answers, and what it should have.
    fn answered(self, network: &UNet, config: &RunConfig) -> (Tensor<4>, Tensor<4>) {
        let device = self.image.device();
        let x_t = loss::q_sample(self.image.clone(), self.noise.clone(), self.levels);
        let target = loss::target(config.prediction, self.image, self.noise, self.levels);
        let shown = loss::shown(config.prediction, x_t, self.levels);
        let mut features = network.condition_features(self.condition);
        if let Some(style) = self.style {
            features = network.with_style(features, style);
        }
        (network.forward_with(shown, &features, loss::times(self.levels, &device)), target)
    }
}
