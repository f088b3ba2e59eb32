//! The compared methods in the trainer's hands: the loss that each was published with.

use burn::tensor::{Device, Tensor, TensorData};

use crate::diffusion::{NoiseLevel, Schedule, loss};
use crate::nn::Baseline;
use crate::nn::baselines::{Autoencoder, LatentDiffusion, Posterior, Retree};
use crate::training::batches::Batch;
use crate::training::config::RunConfig;
use crate::training::learner::{Company, Faced, Learner, Validated};

/// What the divergence of the codes from the standard normal counts (CompVis' `kl_weight`).
const DIVERGENCE_WEIGHT: f64 = 1e-6;

impl Learner for Baseline {
    fn fresh(config: &RunConfig, device: &Device) -> Self {
        let task = config.baseline.as_ref().expect("a run of a compared method");
        task.network.init(device)
    }

    fn loss(&self, batch: &Batch, _: Option<&Self>, config: &RunConfig, device: &Device) -> Tensor<1> {
        strip_losses(self, batch, config, device).mean()
    }

    fn validate(&self, batch: &Batch, _: Option<&Self>, config: &RunConfig, device: &Device) -> Validated {
        let losses = strip_losses(self, batch, config, device).into_data();
        Validated { losses: losses.iter::<f32>().map(f64::from).collect(), confusion: None }
    }

    fn face(&self, company: &Company, batch: &Batch, config: &RunConfig, device: &Device) -> Option<Faced> {
        match self {
            Self::Autoencoder(network) if company.opponent.is_some() || company.lpips.is_some() => {
                Some(Shown { batch, device }.faced(network, company, config))
            }
            _ => None,
        }
    }
}

/// The loss of every strip, `[strips, 1]`.
fn strip_losses(network: &Baseline, batch: &Batch, config: &RunConfig, device: &Device) -> Tensor<2> {
    let shown = Shown { batch, device };
    match network {
        Baseline::Retree(network) => shown.retree(network, config),
        Baseline::Autoencoder(network) => shown.autoencoder(network),
        Baseline::LatentDiffusion(network) => shown.latent_diffusion(network),
    }
}

/// A batch, and where it is computed.
pub(super) struct Shown<'a> {
    pub(super) batch: &'a Batch,
    pub(super) device: &'a Device,
}

impl Shown<'_> {
    /// Squared and unsigned error of the noise, added.
    fn retree(&self, network: &Retree, config: &RunConfig) -> Tensor<2> {
        let levels = without_the_first(&self.batch.levels, &config.schedule);
        let noise = self.planes(&self.batch.noise, 1);
        let x_t = loss::q_sample(self.planes(&self.batch.image, 1), noise.clone(), &levels);
        let condition = self.planes(&self.batch.condition, self.batch.planes);
        let predicted = network.forward(x_t, condition, loss::times(&levels, self.device));
        let valid = || Some(self.planes(&self.batch.loss_weights, 1));
        loss::mse_of_samples(predicted.clone(), noise.clone(), valid())
            + loss::l1_of_samples(predicted, noise, valid())
    }

    /// Negative log-likelihood of the pixels under a Laplace distribution with a learned width, and the divergence of
    /// the codes; a mean over pixels where the published code has a sum, which the optimiser does not see.
    pub(super) fn autoencoder(&self, network: &Autoencoder) -> Tensor<2> {
        let pictures = self.pictures();
        let posterior = self.posterior_of(network, &pictures);
        let missed = self.missed(network.decode(self.codes_of(&posterior)), pictures);
        likelihood(missed, network.output_log_variance()) + self.divergence(&posterior)
    }

    /// The strips, `[strips, 1, rows, columns]`.
    pub(super) fn pictures(&self) -> Tensor<4> {
        self.planes(&self.batch.image, 1)
    }

    /// Pixels of a strip.
    pub(super) fn pixels(&self) -> f64 {
        (self.batch.rows * self.batch.columns) as f64
    }

    /// What an autoencoder makes of the strips.
    pub(super) fn posterior_of(&self, network: &Autoencoder, pictures: &Tensor<4>) -> Posterior {
        network.encode(pictures.clone())
    }

    /// Codes drawn with the batch's noise.
    pub(super) fn codes_of(&self, posterior: &Posterior) -> Tensor<4> {
        posterior.sample(self.latent_noise(posterior.mean.dims(), 0))
    }

    /// The mean unsigned error of a strip's pixels, `[strips, 1]`.
    pub(super) fn missed(&self, made: Tensor<4>, pictures: Tensor<4>) -> Tensor<2> {
        loss::l1_of_samples(made, pictures, Some(self.planes(&self.batch.loss_weights, 1)))
    }

    /// The second part of the autoencoder's loss.
    pub(super) fn divergence(&self, posterior: &Posterior) -> Tensor<2> {
        posterior.divergence().mul_scalar(DIVERGENCE_WEIGHT / self.pixels())
    }

    /// Unsigned error of the noise in the codes.
    fn latent_diffusion(&self, network: &LatentDiffusion) -> Tensor<2> {
        let Batch { strips, rows, columns, .. } = *self.batch;
        let [height, width] = network.latent_shape([rows, columns]);
        let shape = [strips, network.latent_channels(), height, width];
        let latents = network.latents(self.planes(&self.batch.image, 1), self.latent_noise(shape, 0));
        let noise = self.latent_noise(shape, 1);
        let x_t = loss::q_sample(latents, noise.clone(), &self.batch.levels);
        let mask = network.shown_mask(self.planes(&self.batch.condition, self.batch.planes));
        let predicted = network.forward(x_t, mask, loss::times(&self.batch.levels, self.device));
        loss::l1_of_samples(predicted, noise, None)
    }

    /// `[strips, planes, rows, columns]`
    fn planes(&self, values: &[f32], planes: usize) -> Tensor<4> {
        let shape = [self.batch.strips, planes, self.batch.rows, self.batch.columns];
        Tensor::from_data(TensorData::new(values.to_vec(), shape), self.device)
    }

    /// Part `part` of each strip's noise as noise of codes, which have far fewer numbers than pixels.
    fn latent_noise(&self, [strips, channels, height, width]: [usize; 4], part: usize) -> Tensor<4> {
        let count = channels * height * width;
        let values: Vec<f32> = self
            .batch
            .noise
            .chunks_exact(self.batch.rows * self.batch.columns)
            .flat_map(|noise| &noise[part * count..(part + 1) * count])
            .copied()
            .collect();
        Tensor::from_data(TensorData::new(values, [strips, channels, height, width]), self.device)
    }
}

/// The first part of the autoencoder's loss, from the error of each strip and the logarithm `[1]` of the distribution's
/// width: `[strips, 1]`.
pub(super) fn likelihood(missed: Tensor<2>, log_variance: Tensor<1>) -> Tensor<2> {
    let log_variance = log_variance.reshape([1, 1]);
    missed / log_variance.clone().exp() + log_variance
}

/// Noise levels as ReTree draws them: never the schedule's first step.
fn without_the_first(levels: &[NoiseLevel], schedule: &Schedule) -> Vec<NoiseLevel> {
    let later = |level: &NoiseLevel| if level.time == 0.0 { schedule.noise_level_at_step(1) } else { *level };
    levels.iter().map(later).collect()
}
