//! Masks that did not exist: the stage-2 model with its conditions, classifier-free guidance, and SDEdit on
//! masks.

use std::ops::ControlFlow;

use burn::tensor::{Device, Tensor, TensorData};

use super::model_file::{MaskModel, ModelInfo, ModelKind};
use super::noise_spacing::NoiseSpacing;
use super::samplers::{self, Sampler};
use super::schedule::NoiseLevel;
use super::synthesizer::StepDone;
use crate::encoding::masks::{DrawnMask, MaskConditions, MaskPlan};
use crate::encoding::noise::{fill_gaussian, stream};
use crate::nn::UNet;
use crate::nn::unet::ConditionFeatures;
use crate::scan::{Rect, Spacing};

/// Streams kept for the planes of one step.
const STREAMS_A_STEP: u32 = 64;

/// A mask model on its device. Use it from one thread.
#[derive(Clone, Debug)]
pub struct MaskGenerator {
    unet: UNet,
    info: ModelInfo,
    mask: MaskModel,
    device: Device,
}

/// How a mask is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaskSettings {
    /// What is requested of the mask.
    pub conditions: MaskConditions,
    /// How far the conditions are followed beyond what the model would do by itself: 1 is its own answer.
    pub guidance: f64,
    /// How it is drawn.
    pub sampler: Sampler,
    /// Where the steps lie in the schedule.
    pub spacing: NoiseSpacing,
    /// Network evaluations.
    pub steps: u32,
    /// Of the noise; the same gives the same mask.
    pub seed: u64,
}

impl Default for MaskSettings {
    fn default() -> Self {
        Self {
            conditions: MaskConditions::default(),
            guidance: 2.0,
            sampler: Sampler::Ddim,
            spacing: NoiseSpacing::Time,
            steps: 24,
            seed: 0,
        }
    }
}

/// A mask to vary.
#[derive(Clone, Copy, Debug)]
pub struct MaskGuide<'a> {
    /// Planes on the grid ([`MaskPlan::encode`]).
    pub planes: &'a [f32],
    /// How far from it: above 0 (the mask itself) to 1 (another mask).
    pub strength: f64,
}

impl MaskGenerator {
    /// From a loaded model; the network must be on `device`.
    ///
    /// # Errors
    /// If it is no mask model.
    pub fn new(unet: UNet, info: ModelInfo, device: Device) -> Result<Self, String> {
        match (info.kind, info.mask) {
            (ModelKind::Mask, Some(mask)) => Ok(Self { unet: unet.for_drawing(), info, mask, device }),
            _ => Err(format!("\"{}\" draws scans, not masks; choose a mask model", info.name)),
        }
    }

    /// The model's description.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// What its planes mean.
    pub fn mask(&self) -> MaskModel {
        self.mask
    }

    /// Whether it was trained with conditions.
    pub fn takes_conditions(&self) -> bool {
        self.info.network.condition_channels > 0
    }

    /// How a document lies on its grid.
    pub fn plan(&self, width: u32, height: u32, spacing: Option<Spacing>) -> MaskPlan {
        self.mask.grid.plan(self.mask.coding, &self.info.mapping, width, height, spacing)
    }

    /// Draws a mask; `Break` as soon as `on_step` says so.
    ///
    /// # Panics
    /// If the guide's planes are not the plan's.
    pub fn draw(
        &self,
        plan: &MaskPlan,
        settings: &MaskSettings,
        guide: Option<MaskGuide<'_>>,
        on_step: impl FnMut(StepDone) -> ControlFlow<()>,
    ) -> ControlFlow<(), DrawnMask> {
        let planes = self.draw_planes(plan, settings, guide, on_step)?;
        ControlFlow::Continue(DrawnMask::meeting(self.mask.coding, &planes, plan, &settings.conditions))
    }

    /// [`MaskGenerator::draw`] before it is resampled to the document: `[plane][row][column]`.
    ///
    /// # Panics
    /// If the guide's planes are not the plan's.
    pub fn draw_planes(
        &self,
        plan: &MaskPlan,
        settings: &MaskSettings,
        guide: Option<MaskGuide<'_>>,
        mut on_step: impl FnMut(StepDone) -> ControlFlow<()>,
    ) -> ControlFlow<(), Vec<f32>> {
        let strength = guide.map_or(1.0, |guide| guide.strength.clamp(0.01, 1.0));
        let levels =
            self.info.schedule.spaced_noise_levels(settings.spacing, strength, settings.steps.max(1));
        let noise = self.gaussian(settings.seed, stream::MASK_START, plan);
        let start = match guide {
            Some(guide) => {
                let planes = self.tensor(guide.planes.to_vec(), self.mask.coding.planes(), plan);
                planes.mul_scalar(levels[0].alpha) + noise.mul_scalar(levels[0].sigma)
            }
            None => noise,
        };
        let condition = self.features(&settings.conditions, plan);
        let is_guided =
            !settings.conditions.is_empty() && settings.guidance != 1.0 && self.takes_conditions();
        let unconditional = is_guided.then(|| self.features(&MaskConditions::default(), plan));
        let picture = samplers::run(
            &settings.sampler.steps(&levels),
            start,
            |x, level| self.estimate(x, level, &condition, unconditional.as_ref(), settings),
            |step| self.gaussian(settings.seed, stream::MASK_STEP + STREAMS_A_STEP * step as u32, plan),
            |progress| on_step(StepDone { done: progress.done, of: progress.of }),
        )?;
        let picture = settings.sampler.finished(picture);
        ControlFlow::Continue(picture.into_data_as::<f32>().iter::<f32>().collect())
    }

    /// [`MaskGenerator::draw`] of several masks at once, in their order: seeds and conditions of their own, all else as
    /// the first has it. On the CPU every mask is the one that it is alone, to the byte.
    pub fn draw_batch(
        &self,
        plan: &MaskPlan,
        settings: &[MaskSettings],
        mut on_step: impl FnMut(StepDone) -> ControlFlow<()>,
    ) -> ControlFlow<(), Vec<DrawnMask>> {
        let Some(first @ &MaskSettings { sampler, spacing, steps, guidance, .. }) = settings.first() else {
            return ControlFlow::Continue(Vec::new());
        };
        let noise = |stream: u32| {
            let of = |settings: &MaskSettings| self.gaussian(settings.seed, stream, plan);
            Tensor::cat(settings.iter().map(of).collect(), 0)
        };
        let condition: Vec<_> =
            settings.iter().map(|settings| self.features(&settings.conditions, plan)).collect();
        let condition = ConditionFeatures::joined(&condition.iter().collect::<Vec<_>>());
        // Where nothing is requested, both estimates are the same and guidance changes nothing.
        let is_conditional = settings.iter().any(|settings| !settings.conditions.is_empty());
        let is_guided = is_conditional && guidance != 1.0 && self.takes_conditions();
        let unconditional = is_guided.then(|| self.features(&MaskConditions::default(), plan));
        let unconditional = unconditional.map(|one| ConditionFeatures::joined(&vec![&one; settings.len()]));
        let levels = self.info.schedule.spaced_noise_levels(spacing, 1.0, steps.max(1));
        let drawn = samplers::run(
            &sampler.steps(&levels),
            noise(stream::MASK_START),
            |x, level| self.estimate(x, level, &condition, unconditional.as_ref(), first),
            |step| noise(stream::MASK_STEP + STREAMS_A_STEP * step as u32),
            |progress| on_step(StepDone { done: progress.done, of: progress.of }),
        )?;
        let values: Vec<f32> = sampler.finished(drawn).into_data_as::<f32>().iter::<f32>().collect();
        let masks = values.chunks_exact(values.len() / settings.len()).zip(settings);
        let masks = masks
            .map(|(planes, of_mask)| DrawnMask::meeting(self.mask.coding, planes, plan, &of_mask.conditions));
        ControlFlow::Continue(masks.collect())
    }

    fn estimate(
        &self,
        x: Tensor<4>,
        level: NoiseLevel,
        condition: &ConditionFeatures,
        unconditional: Option<&ConditionFeatures>,
        &MaskSettings { sampler, guidance, .. }: &MaskSettings,
    ) -> Tensor<4> {
        let time = Tensor::<1>::from_floats([level.time as f32], &self.device);
        let shown = self.info.prediction.shown(x.clone(), level);
        let mut output = self.unet.forward_with(shown.clone(), condition, time.clone());
        if let Some(unconditional) = unconditional {
            let without = self.unet.forward_with(shown, unconditional, time);
            output = without.clone() + (output - without).mul_scalar(guidance);
        }
        self.info.prediction.picture_for(sampler, x, output, level)
    }

    fn features(&self, conditions: &MaskConditions, plan: &MaskPlan) -> ConditionFeatures {
        let values = if self.takes_conditions() { conditions.plane_values().to_vec() } else { Vec::new() };
        let planes: Vec<f32> =
            values.iter().flat_map(|&value| std::iter::repeat_n(value, plan.latents())).collect();
        self.unet.condition_features(self.tensor(planes, values.len(), plan))
    }

    fn gaussian(&self, seed: u64, first_stream: u32, plan: &MaskPlan) -> Tensor<4> {
        let count = self.mask.coding.planes();
        let mut values = vec![0.0; count * plan.latents()];
        for (plane, values) in values.chunks_exact_mut(plan.latents()).enumerate() {
            let area = Rect::new(0, 0, plan.columns, plan.rows);
            fill_gaussian(seed, first_stream + plane as u32, area, values);
        }
        self.tensor(values, count, plan)
    }

    fn tensor(&self, values: Vec<f32>, channels: usize, plan: &MaskPlan) -> Tensor<4> {
        let shape = [1, channels, plan.rows as usize, plan.columns as usize];
        Tensor::from_data(TensorData::new(values, shape), &self.device)
    }
}
