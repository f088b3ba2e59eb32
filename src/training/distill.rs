//! The stage `distill`: a model learns to draw in one step what it draws in twenty (see
//! [`consistency`](crate::diffusion::consistency)).
//!
//! The student begins with its teacher's weights and is its own target: the same network, without gradient,
//! at less noise, with the same mask (dimmed alike) and the same noise field.

use burn::module::Module;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::config::RunConfig;
use crate::dataset::noise::{Draws, stream};
use crate::diffusion::consistency::{self, ConsistencyTuning, Pair};
use crate::diffusion::{Node, Schedule, loss};
use crate::nn::UNet;

/// How a student is taught.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distillation {
    pub tuning: ConsistencyTuning,
    /// Stage the run begins with: 0 is diffusion at little noise, which a trained model knows already.
    pub first_stage: u32,
    /// Steps after which the compared noise levels come closer.
    pub stage_steps: u64,
}

impl Default for Distillation {
    fn default() -> Self {
        Self { tuning: ConsistencyTuning::default(), first_stage: 1, stage_steps: 375 }
    }
}

/// Gaps beyond this stage are lost in the rounding of `f32`.
const LAST_STAGE: u32 = 12;

impl Distillation {
    /// Whether the numbers make sense together; the message says which do not.
    pub fn check(&self, schedule: &Schedule) -> Result<(), String> {
        self.tuning.check()?;
        if schedule.node_of_noise(1.0).is_none() {
            return Err("a student needs a teacher with a continuous noise schedule".to_owned());
        }
        if self.stage_steps == 0 || self.first_stage > LAST_STAGE {
            return Err(format!("stages of {} steps from stage {}", self.stage_steps, self.first_stage));
        }
        Ok(())
    }

    /// The stage of a step (0-based).
    pub fn stage_at(&self, step: u64) -> u32 {
        let passed = u32::try_from(step / self.stage_steps.max(1)).unwrap_or(LAST_STAGE);
        self.first_stage.saturating_add(passed).min(LAST_STAGE)
    }

    /// The noise levels of a training step, one pair a strip, spread evenly over their distribution.
    pub fn pairs(&self, config: &RunConfig, step: u64, strips: usize) -> Vec<Pair> {
        let mut draws = Draws::new(config.seed, stream::TRAINING_PAIRS, step);
        let places = (0..strips).map(|strip| (strip as f64 + draws.uniform()) / strips as f64);
        self.pairs_at(&config.schedule, self.stage_at(step), places)
    }

    /// The pairs of a validation batch: always the same, of the run's last stage.
    pub fn validation_pairs(&self, config: &RunConfig, strips: usize) -> Vec<Pair> {
        let places = (0..strips).map(|strip| (strip as f64 + 0.5) / strips as f64);
        self.pairs_at(&config.schedule, self.stage_at(config.steps.saturating_sub(1)), places)
    }

    fn pairs_at(&self, schedule: &Schedule, stage: u32, places: impl Iterator<Item = f64>) -> Vec<Pair> {
        let node_of = |noise| schedule.node_of_noise(noise).expect("the schedule was checked");
        places.map(|place| self.tuning.pair(self.tuning.noise_at(place), stage, node_of)).collect()
    }
}

/// What a batch shows both branches; on the device of the network that learns.
pub(super) struct Shown {
    pub image: Tensor<4>,
    pub condition: Tensor<4>,
    pub counted: Tensor<4>,
    pub noise: Tensor<4>,
}

/// The distance between what the network sees at both levels of every pair, `[1]`.
///
/// `target` draws the cleaner level without gradient; the tensors it needs are `inner` where the network that
/// learns lies on an autodiff device.
pub(super) fn loss(
    learner: &UNet,
    shown: Shown,
    pairs: &[Pair],
    config: &RunConfig,
    is_training: bool,
) -> Tensor<1> {
    let Shown { image, condition, counted, noise } = shown;
    let estimate =
        |network: &UNet, image: Tensor<4>, condition: Tensor<4>, noise: Tensor<4>, nodes: &[Node]| {
            let device = image.device();
            let x = loss::q_sample(image, noise, nodes);
            let output = network.forward(x.clone(), condition, loss::times(nodes, &device));
            consistency::picture(config.prediction, x, output, nodes)
        };
    let cleaner: Vec<Node> = pairs.iter().map(|pair| pair.cleaner).collect();
    let noisy: Vec<Node> = pairs.iter().map(|pair| pair.noisy).collect();
    let target = if is_training {
        let (image, condition, noise) =
            (image.clone().inner(), condition.clone().inner(), noise.clone().inner());
        Tensor::from_inner(estimate(&learner.clone().valid(), image, condition, noise, &cleaner))
    } else {
        estimate(learner, image.clone(), condition.clone(), noise.clone(), &cleaner)
    };
    let learns = estimate(learner, image, condition, noise, &noisy);
    let weights: Vec<f64> = pairs.iter().map(|pair| pair.weight).collect();
    consistency::distance(learns, target, &weights, counted, config.distillation.tuning.huber)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_come_closer_and_pairs_depend_on_the_step_alone() {
        let distillation = Distillation::default();
        assert_eq!([0, 374, 375, 1500].map(|step| distillation.stage_at(step)), [1, 1, 2, 5]);
        assert_eq!(distillation.stage_at(u64::MAX), LAST_STAGE);
        let config = RunConfig::live();
        assert_eq!(distillation.check(&config.schedule), Ok(()));
        assert!(distillation.check(&Schedule::paper()).is_err());
        let pairs = distillation.pairs(&config, 7, 4);
        assert_eq!(pairs, distillation.pairs(&config, 7, 4));
        assert_ne!(pairs, distillation.pairs(&config, 8, 4));
        assert!(pairs.windows(2).all(|pair| pair[0].noisy.sigma < pair[1].noisy.sigma), "spread evenly");
    }
}
