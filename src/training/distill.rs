//! The stage `distill`: a model learns to draw in one step what it draws in twenty.
//!
//! The student begins with its teacher's weights, sees the same mask (dimmed alike) and the same noise field. It
//! learns from the end of its teacher's own path, which is slow to walk but says at once what is right (Luhman and
//! Luhman 2021, "Knowledge distillation in iterative generative models", arXiv 2101.02388), or from itself at less
//! noise (see [`consistency`](crate::diffusion::consistency)).

use std::ops::ControlFlow;

use burn::module::Module;
use burn::tensor::{Tensor, TensorData};

use super::config::RunConfig;
use super::distillation::Distillation;
use crate::diffusion::consistency::{self, Pair};
use crate::diffusion::samplers::{self, Sampler};
use crate::diffusion::{NoiseLevel, Schedule, loss};
use crate::encoding::noise::{Rng, stream};
use crate::nn::{ConditionFeatures, UNet};

impl Distillation {
    /// The noise levels of a training step, one pair a strip, spread evenly over their distribution.
    pub fn pairs(&self, config: &RunConfig, step: u64, strips: usize) -> Vec<Pair> {
        self.pairs_at(&config.schedule, self.stage_at(step), training_places(config, step, strips))
    }

    /// The pairs of a validation batch: always the same, of the run's last stage.
    pub fn validation_pairs(&self, config: &RunConfig, strips: usize) -> Vec<Pair> {
        self.pairs_at(
            &config.schedule,
            self.stage_at(config.steps.saturating_sub(1)),
            validation_places(strips),
        )
    }

    fn pairs_at(&self, schedule: &Schedule, stage: u32, places: impl Iterator<Item = f64>) -> Vec<Pair> {
        let noise_level_of = |noise| schedule.noise_level_of_ratio(noise).expect("the schedule was checked");
        places.map(|place| self.tuning.pair(self.tuning.noise_at(place), stage, noise_level_of)).collect()
    }
}

/// A place in (0, 1) for each strip of a training step, spread evenly.
fn training_places(config: &RunConfig, step: u64, strips: usize) -> impl Iterator<Item = f64> {
    let mut rng = Rng::new(config.seed, stream::TRAINING_PAIRS, step);
    (0..strips).map(move |strip| (strip as f64 + rng.uniform()) / strips as f64)
}

/// The places of a validation batch: always the same.
fn validation_places(strips: usize) -> impl Iterator<Item = f64> {
    (0..strips).map(move |strip| (strip as f64 + 0.5) / strips as f64)
}

/// What a batch shows both branches; on the device of the network that learns.
pub(super) struct Shown {
    pub image: Tensor<4>,
    pub condition: Tensor<4>,
    /// `[strips, style_channels]`
    pub style: Option<Tensor<2>>,
    pub loss_weights: Tensor<4>,
    pub noise: Tensor<4>,
}

/// Who learns, from whom, and what for.
pub(super) struct TeacherAndStudent<'a> {
    pub learner: &'a UNet,
    /// Without gradient; without one the student learns from itself.
    pub teacher: Option<&'a UNet>,
    pub config: &'a RunConfig,
    /// The training step; `None` measures, without gradient.
    pub step: Option<u64>,
}

impl TeacherAndStudent<'_> {
    /// The distance between the student's estimates and what they should be, `[1]`.
    pub(super) fn loss(&self, shown: Shown) -> Tensor<1> {
        match self.teacher {
            Some(teacher) => self.path_loss(teacher, shown),
            None => self.consistency_loss(shown),
        }
    }

    /// The distance between what the network sees at both levels of every pair.
    ///
    /// Its own target draws the cleaner level without gradient, on the device below the autodiff device.
    fn consistency_loss(&self, shown: Shown) -> Tensor<1> {
        let Shown { image, condition, style, loss_weights, noise } = shown;
        let (config, strips) = (self.config, image.dims()[0]);
        let pairs = match self.step {
            Some(step) => config.distillation.pairs(config, step, strips),
            None => config.distillation.validation_pairs(config, strips),
        };
        let estimate = |network: &UNet,
                        image: Tensor<4>,
                        condition: Tensor<4>,
                        noise: Tensor<4>,
                        levels: &[NoiseLevel]| {
            let features = shown_features(network, condition, None);
            self.estimate(network, loss::q_sample(image, noise, levels), &features, levels)
        };
        assert!(style.is_none(), "a student that learns from itself knows no style");
        let cleaner: Vec<NoiseLevel> = pairs.iter().map(|pair| pair.cleaner).collect();
        let noisy: Vec<NoiseLevel> = pairs.iter().map(|pair| pair.noisy).collect();
        let target = if self.step.is_some() {
            let (image, condition, noise) =
                (image.clone().inner(), condition.clone().inner(), noise.clone().inner());
            Tensor::from_inner(estimate(&self.learner.clone().valid(), image, condition, noise, &cleaner))
        } else {
            estimate(self.learner, image.clone(), condition.clone(), noise.clone(), &cleaner)
        };
        let learns = estimate(self.learner, image, condition, noise, &noisy);
        let weights: Vec<f64> = pairs.iter().map(|pair| pair.weight).collect();
        consistency::distance(learns, target, &weights, loss_weights, config.distillation.tuning.huber)
    }

    /// The distance from the end of the teacher's path, which every strip is on at a step of its own.
    fn path_loss(&self, teacher: &UNet, shown: Shown) -> Tensor<1> {
        // The scan itself is not looked at: its mask is drawn.
        let Shown { condition, style, loss_weights, noise, .. } = shown;
        let (config, strips) = (self.config, noise.dims()[0]);
        let path = config.distillation.path;
        let places: Vec<f64> = match self.step {
            Some(step) => training_places(config, step, strips).collect(),
            None => validation_places(strips).collect(),
        };
        let seen_at: Vec<u32> = places.into_iter().map(|place| path.step_at(place)).collect();
        let is_training = self.step.is_some();
        let below = |tensor: &Tensor<4>| if is_training { tensor.clone().inner() } else { tensor.clone() };
        let start = below(&noise);
        let style_below =
            style.as_ref().map(|style| if is_training { style.clone().inner() } else { style.clone() });
        let of_teacher = shown_features(teacher, below(&condition), style_below);
        let levels = config.schedule.sampling_noise_levels(path.steps);
        let device = start.device();
        let mut seen = start.zeros_like();
        let mut passed = 0;
        let walked = samplers::run(
            &Sampler::DpmSolverPp2m.steps(&levels),
            start,
            |x, level| {
                let is_here: Vec<f32> = seen_at.iter().map(|&at| f32::from(at == passed)).collect();
                let is_here = Tensor::<4>::from_data(TensorData::new(is_here, [strips, 1, 1, 1]), &device);
                seen = seen.clone() + x.clone() * is_here;
                passed += 1;
                let times = loss::times(&vec![level; strips], &device);
                let shown = config.prediction.shown(x.clone(), level);
                let output = teacher.forward_with(shown, &of_teacher, times);
                config.prediction.picture(x, output, level)
            },
            |_| unreachable!("this sampler adds no noise"),
            |_| ControlFlow::Continue(()),
        );
        let ControlFlow::Continue(target) = walked else { unreachable!("nothing stops it") };
        let above = |tensor: Tensor<4>| if is_training { Tensor::from_inner(tensor) } else { tensor };
        let stands_at: Vec<NoiseLevel> = seen_at.iter().map(|&at| levels[at as usize]).collect();
        let of_learner = shown_features(self.learner, condition, style);
        let learns = self.estimate(self.learner, above(seen), &of_learner, &stands_at);
        let weights = vec![1.0; strips];
        consistency::distance(learns, above(target), &weights, loss_weights, config.distillation.tuning.huber)
    }

    fn estimate(
        &self,
        network: &UNet,
        x: Tensor<4>,
        features: &ConditionFeatures,
        levels: &[NoiseLevel],
    ) -> Tensor<4> {
        let device = x.device();
        let shown = loss::shown(self.config.prediction, x.clone(), levels);
        let output = network.forward_with(shown, features, loss::times(levels, &device));
        consistency::picture(self.config.prediction, x, output, levels)
    }
}

/// What a network makes of a mask and a style, the same at every noise level.
fn shown_features(network: &UNet, condition: Tensor<4>, style: Option<Tensor<2>>) -> ConditionFeatures {
    let features = network.condition_features(condition);
    match style {
        Some(style) => network.with_style(features, style),
        None => features,
    }
}

#[cfg(test)]
mod tests {
    use super::super::distillation::{LAST_STAGE, TeacherPath};
    use super::*;
    use crate::nn::{UNetConfig, fresh_weights};

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

    #[test]
    fn at_the_last_step_of_the_path_a_student_is_right_as_long_as_it_is_its_teacher() {
        let device = burn::tensor::Device::flex();
        let base = RunConfig::live();
        let network = UNetConfig {
            unshuffle: 2,
            widths: vec![8],
            attention: vec![false],
            groups: 4,
            sinusoid_channels: 8,
            time_channels: 16,
            ..base.network.clone()
        };
        let teacher = fresh_weights::drawn(network.init(&device), 3);
        let loss = |path: TeacherPath| {
            let distillation = Distillation { path, ..Distillation::default() };
            let config = RunConfig { network: network.clone(), distillation, ..base.clone() };
            let plane = |channels| Tensor::<4>::zeros([2, channels, 16, 16], &device);
            let noise: Vec<f32> = (0..512).map(|at| (at as f32 * 2.399).sin() * 1.4).collect();
            let shown = Shown {
                image: plane(1),
                condition: plane(network.condition_channels),
                style: None,
                loss_weights: plane(1).ones_like(),
                noise: Tensor::from_data(TensorData::new(noise, [2, 1, 16, 16]), &device),
            };
            let room =
                TeacherAndStudent { learner: &teacher, teacher: Some(&teacher), config: &config, step: None };
            f64::from(room.loss(shown).into_scalar::<f32>())
        };
        let at_the_end = loss(TeacherPath { steps: 2, pure_noise: 0.0 });
        let at_the_beginning = loss(TeacherPath { steps: 2, pure_noise: 1.0 });
        // What the teacher clamps, its student is not told to.
        assert!(at_the_end < 0.02, "{at_the_end}");
        assert!(at_the_beginning > 5.0 * at_the_end.max(1e-3), "{at_the_beginning} and {at_the_end}");
    }
}
