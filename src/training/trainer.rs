//! Network, average and optimiser, and one step of them.

use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::{Device, Tensor, Transaction};

use super::batches::Batch;
use super::checkpoint::State;
use super::config::RunConfig;
use super::learner::{Company, Faced, Learner, Validated};
use super::loss_scale::LossScale;
use super::opponent::{self, Opponent};
use super::optimizer::{Gradient, Optimizer, Update, clipped};
use crate::nn::perceptual::Lpips;
use crate::nn::{UNet, fresh_weights};

/// Network, average and optimiser, and one step of them.
pub struct Trainer<N = UNet> {
    /// What a checkpoint holds.
    pub state: State<N>,
    /// Of whom a student learns that does not learn from itself, without gradient.
    pub(super) teacher: Option<N>,
    /// By which an autoencoder learns how pictures look, without gradient.
    pub(super) lpips: Option<Lpips>,
    pub(super) device: Device,
    autodiff: Device,
    loss_scale: LossScale,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepResult {
    /// Of the batches.
    pub loss: f64,
    /// Before it was clipped.
    pub gradient_norm: f64,
    /// Whether the loss or the gradient was not finite, so that nothing was learned.
    pub is_skipped: bool,
}

impl Trainer {
    /// [`Trainer::fresh`] of a network that draws.
    pub fn new(config: &RunConfig, device: &Device) -> Self {
        Self::fresh(config, device)
    }
}

impl<N: Learner> Trainer<N> {
    /// A fresh network, its weights drawn from the configuration's seed.
    pub fn fresh(config: &RunConfig, device: &Device) -> Self {
        let mut autodiff = device.clone().autodiff();
        if config.gradient_checkpointing {
            autodiff = autodiff.gradient_checkpointing();
        }
        let network = fresh_weights::drawn(N::fresh(config, &autodiff), config.seed);
        let optimizer = Optimizer::new(config.weight_decay);
        let (optimizer, opponent) = match config.adversary() {
            Some(task) => {
                let opponent = Opponent::fresh(task, config.seed, &autodiff);
                (optimizer.with_betas(opponent::BETAS), Some(opponent))
            }
            None => (optimizer, None),
        };
        let average = network.clone().valid();
        let state = State { step: 0, average, network, optimizer, opponent, place: None };
        let teacher = config.has_teacher_beside().then(|| state.average.clone());
        let loss_scale = LossScale::of(config.arithmetic);
        Self { state, teacher, lpips: None, device: device.clone(), autodiff, loss_scale }
    }

    /// Number of weights.
    pub fn parameters(&self) -> u64 {
        self.state.network.num_params() as u64
    }

    /// One optimiser step over the mean gradient of batches. A loss or gradient that is not finite changes
    /// nothing but the step count.
    ///
    /// # Panics
    /// If there are no batches.
    pub fn step(&mut self, config: &RunConfig, batches: &[Batch]) -> StepResult {
        assert!(!batches.is_empty(), "a step needs a batch");
        let share = 1.0 / batches.len() as f64;
        let loss_scale = self.loss_scale.factor();
        let network = config.arithmetic.cast(self.state.network.clone());
        let teacher = self.teacher.clone().map(|teacher| config.arithmetic.cast(teacher));
        let mut losses = Vec::with_capacity(batches.len());
        let mut gathered = GradientsAccumulator::new();
        let opponent = self.state.opponent.as_ref().filter(|_| config.is_faced_at(self.state.step));
        let company =
            Company { opponent: opponent.map(|opponent| &opponent.network), lpips: self.lpips.as_ref() };
        let mut of_opponent = GradientsAccumulator::new();
        for batch in batches {
            let loss = match network.face(&company, batch, config, &self.autodiff) {
                Some(Faced { loss, opponents }) => {
                    if let (Some(opponent), Some(cost)) = (company.opponent, opponents) {
                        let gradients = cost.mul_scalar(share).backward();
                        of_opponent.accumulate(opponent, GradientsParams::from_grads(gradients, opponent));
                    }
                    loss
                }
                None => network.loss(batch, teacher.as_ref(), config, &self.autodiff),
            };
            losses.push(loss.clone().inner());
            let scale = share * loss_scale;
            let loss = if scale == 1.0 { loss } else { loss.mul_scalar(scale) };
            let gradients = GradientsParams::from_grads(loss.backward(), &self.state.network);
            gathered.accumulate(&self.state.network, gradients);
        }
        let gradient = Gradient::of(&self.state.network, gathered.grads());
        let [losses, norms] = read([losses, gradient.squared_norm().into_iter().collect()]);
        let value = losses.iter().map(|loss| share * loss).sum::<f64>();
        let gradient_norm = norms.iter().sum::<f64>().sqrt() / loss_scale;
        let step = self.state.step;
        self.state.step += 1;
        let is_skipped = !(value.is_finite() && gradient_norm.is_finite());
        self.loss_scale.after_step(is_skipped);
        if !is_skipped {
            let update = Update {
                learning_rate: config.learning_rate_at(step),
                scale: clipped(gradient_norm, 1.0 / loss_scale, config.gradient_clip),
                average_decay: (config.ema_decay > 0.0).then(|| config.ema_decay_at(step)),
            };
            let (network, average) = (self.state.network.clone(), self.state.average.clone());
            (self.state.network, self.state.average) =
                self.state.optimizer.step(network, average, gradient, update);
            if let Some(opponent) = &mut self.state.opponent {
                opponent.learn(of_opponent.grads(), update.learning_rate);
            }
        }
        StepResult { loss: value, gradient_norm, is_skipped }
    }

    /// The mean loss of the averaged network over batches.
    pub fn validation_loss(&self, config: &RunConfig, batches: &[Batch]) -> f64 {
        mean(&self.strip_losses(config, batches))
    }

    /// The loss of the averaged network on every strip of batches in turn.
    pub fn strip_losses(&self, config: &RunConfig, batches: &[Batch]) -> Vec<f64> {
        self.validate(config, batches).losses
    }

    /// What the averaged network makes of batches.
    pub fn validate(&self, config: &RunConfig, batches: &[Batch]) -> Validated {
        let of_batch =
            |batch| self.state.average.validate(batch, self.teacher.as_ref(), config, &self.device);
        batches.iter().map(of_batch).fold(Validated::default(), Validated::joined)
    }
}

/// Single numbers on a device, read in one go: each wait for a GPU costs more than a number.
fn read<const N: usize>(tensors: [Vec<Tensor<1>>; N]) -> [Vec<f64>; N] {
    let counts = tensors.each_ref().map(Vec::len);
    let all = tensors.into_iter().flatten().fold(Transaction::default(), |all, tensor| all.register(tensor));
    let mut values = all.execute().into_iter().map(|data| f64::from(data.iter::<f32>().sum::<f32>()));
    counts.map(|count| values.by_ref().take(count).collect())
}

/// The mean of strip losses; 0 of none.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
