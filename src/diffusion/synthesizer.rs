//! From a mask to a scan: the network, its schedule and a sampler over the whole grid.
//!
//! What does not change between steps or syntheses is computed once and kept by the caller: a [`EncodedScene`] per
//! mask, a [`NoiseField`] per seed. Draft and refinements of
//! one mask share both.
//!
//! A grid too large for one run of the network is denoised as one picture: in every step the estimates of the
//! overlapping windows are blended, so neighbours agree on their speckle (Bar-Tal et al. 2023, MultiDiffusion).

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use burn::tensor::{Device, Tensor, TensorData};

use super::look::Look;
use super::model_file::ModelInfo;
use super::noise_spacing::NoiseSpacing;
use super::samplers::{self, Sampler};
use super::scene::{Emphasis, EncodedScene, SceneEncoder};
use super::schedule::NoiseLevel;
use crate::encoding::mapping::GridPlan;
use crate::encoding::noise::{fill_gaussian, stream};
use crate::nn::UNet;
use crate::scan::Rect;

/// A network ready to draw, on its device. Use it from one thread.
#[derive(Clone, Debug)]
pub struct Synthesizer {
    unet: UNet,
    info: ModelInfo,
    device: Device,
}

/// The noise a synthesis starts from, locked to grid coordinates by its seed.
#[derive(Clone, Debug)]
pub struct NoiseField {
    /// The same gives the same noise at the same place.
    pub seed: u64,
    grid: Rect,
    /// `[1, 1, height, width]`
    start: Tensor<4>,
}

/// Which path a synthesis takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SamplingSettings {
    /// How the picture is drawn.
    pub sampler: Sampler,
    /// Where the steps lie in the schedule.
    pub spacing: NoiseSpacing,
    /// Network evaluations.
    pub steps: u32,
}

impl SamplingSettings {
    /// One step: anatomy without speckle.
    pub const DRAFT: SamplingSettings =
        SamplingSettings { sampler: Sampler::Ddim, spacing: NoiseSpacing::Time, steps: 1 };
}

/// A real scan to start from instead of pure noise (Meng et al. 2022, SDEdit).
#[derive(Clone, Copy, Debug)]
pub struct Guide<'a> {
    /// The scan on the grid, row-major, in `[-1, 1]`.
    pub grid: &'a [f32],
    /// How far from it the synthesis may go, above 0 (the scan itself) to 1 (pure noise).
    pub strength: f64,
}

/// How far a synthesis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepDone {
    /// Steps done: from 1, or from 0 where it is asked between the windows of a step, too.
    pub done: usize,
    /// All steps.
    pub of: usize,
}

/// Who is asked whether a synthesis goes on: after every step, and between the windows of one.
struct StepObserver<F> {
    on_step: RefCell<F>,
    done: Cell<usize>,
    of: usize,
}

impl<F: FnMut(StepDone) -> ControlFlow<()>> StepObserver<F> {
    fn new(of: usize, on_step: F) -> Self {
        Self { on_step: RefCell::new(on_step), done: Cell::new(0), of }
    }

    fn after_step(&self, done: usize) -> ControlFlow<()> {
        self.done.set(done);
        self.between_windows()
    }

    fn between_windows(&self) -> ControlFlow<()> {
        let mut on_step = self.on_step.borrow_mut();
        (*on_step)(StepDone { done: self.done.get(), of: self.of })
    }
}

impl Synthesizer {
    /// From a loaded model; the network must be on `device`.
    pub fn new(unet: UNet, info: ModelInfo, device: Device) -> Self {
        Self { unet: unet.for_drawing(), info, device }
    }

    /// The model's description.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// The device every tensor lives on.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Prepares a mask: composite codes on the grid ([`GridPlan::labels_to_grid`]), row-major.
    ///
    /// # Panics
    /// If the codes are not the grid's size.
    pub fn scene(&self, labels_on_grid: &[u8], plan: &GridPlan) -> EncodedScene {
        self.guided_scene(labels_on_grid, plan, 1.0, None)
    }

    /// [`Synthesizer::scene`] with its estimates at `unmasked + guidance * (masked - unmasked)`, which costs
    /// two runs of the network a step unless `guidance` is 1; `before` is an earlier scene of this network and
    /// plan, of which only what changed is encoded anew.
    pub fn guided_scene(
        &self,
        labels_on_grid: &[u8],
        plan: &GridPlan,
        guidance: f64,
        before: Option<&EncodedScene>,
    ) -> EncodedScene {
        self.emphasised_scene(labels_on_grid, plan, Emphasis { guidance, ..Emphasis::default() }, before)
    }

    /// [`Synthesizer::guided_scene`] with its lesions given more faintly, too.
    pub fn emphasised_scene(
        &self,
        labels_on_grid: &[u8],
        plan: &GridPlan,
        emphasis: Emphasis,
        before: Option<&EncodedScene>,
    ) -> EncodedScene {
        self.scene_with_look(labels_on_grid, plan, emphasis, &Look::default(), before)
    }

    /// [`Synthesizer::emphasised_scene`] with a style and vessel shadows, as far as the network knows them.
    pub fn scene_with_look(
        &self,
        labels_on_grid: &[u8],
        plan: &GridPlan,
        emphasis: Emphasis,
        look: &Look,
        before: Option<&EncodedScene>,
    ) -> EncodedScene {
        let encoder = SceneEncoder {
            unet: &self.unet,
            scheme: &self.info.labels,
            device: &self.device,
            emphasis,
            look,
            has_shadow: self.info.shadow,
            style_channels: self.info.network.style_channels,
            styles: self.info.style.as_ref(),
        };
        encoder.encode(labels_on_grid, plan, before)
    }

    /// The noise field of a seed over a plan's grid.
    pub fn noise(&self, seed: u64, plan: &GridPlan) -> NoiseField {
        let grid = Rect::new(0, 0, plan.grid_width, plan.grid_height);
        NoiseField { seed, grid, start: self.gaussian(seed, stream::START, grid) }
    }

    /// Draws the scene: grid values in `[-1, 1]`, row-major; `Break` as soon as `on_step` says so, which is asked after
    /// every step and between the windows of one.
    pub fn synthesize(
        &self,
        scene: &EncodedScene,
        noise: &NoiseField,
        settings: SamplingSettings,
        guide: Option<Guide<'_>>,
        on_step: impl FnMut(StepDone) -> ControlFlow<()>,
    ) -> ControlFlow<(), Vec<f32>> {
        let picture = self.synthesize_tensor(scene, noise, settings, guide, on_step)?;
        ControlFlow::Continue(picture.into_data_as::<f32>().iter::<f32>().collect())
    }

    /// [`Synthesizer::synthesize`] without the read-back: `[1, 1, grid height, grid width]` on the device.
    ///
    /// # Panics
    /// If `noise` or `guide` belongs to a grid of another size.
    pub fn synthesize_tensor(
        &self,
        scene: &EncodedScene,
        noise: &NoiseField,
        settings: SamplingSettings,
        guide: Option<Guide<'_>>,
        on_step: impl FnMut(StepDone) -> ControlFlow<()>,
    ) -> ControlFlow<(), Tensor<4>> {
        assert_eq!(
            (noise.grid.x1, noise.grid.y1),
            (scene.grid_width, scene.grid_height),
            "noise of the grid"
        );
        let levels = self.info.schedule.spaced_noise_levels(
            settings.spacing,
            guide.map_or(1.0, |guide| guide.strength),
            settings.steps,
        );
        let start = match guide {
            Some(guide) => {
                let scan = self.grid_tensor(guide.grid.to_vec(), noise.grid);
                scan.mul_scalar(levels[0].alpha) + noise.start.clone().mul_scalar(levels[0].sigma)
            }
            None => noise.start.clone(),
        };
        let steps = settings.sampler.steps(&levels);
        let observer = StepObserver::new(steps.len(), on_step);
        let between_windows = || observer.between_windows();
        let drawn = samplers::run_breakable(
            &steps,
            start,
            |x, level| self.estimate(scene, settings.sampler, x, level, &between_windows),
            |step| self.gaussian(noise.seed, stream::STEP + step as u32, noise.grid),
            |progress| observer.after_step(progress.done),
        )?;
        let drawn = settings.sampler.finished(drawn);
        ControlFlow::Continue(scene.with_greys(drawn, guide.map_or(1.0, |guide| guide.strength)))
    }

    /// [`Synthesizer::synthesize`] of several scenes at once, each from its own noise and in their order: one run of the
    /// network a step serves them all, which fills a large GPU. Scenes that do not lie alike are drawn one by one.
    /// On the CPU every picture is the one that it is alone, to the byte. `on_step` is asked after every step alone: a
    /// GPU has the windows of one queued at once.
    ///
    /// # Panics
    /// If a noise belongs to a grid of another size.
    pub fn synthesize_batch(
        &self,
        pictures: &[(&EncodedScene, &NoiseField)],
        settings: SamplingSettings,
        mut on_step: impl FnMut(StepDone) -> ControlFlow<()>,
    ) -> ControlFlow<(), Vec<Vec<f32>>> {
        let scenes: Vec<&EncodedScene> = pictures.iter().map(|(scene, _)| *scene).collect();
        let Some(scene) = EncodedScene::joined(&scenes).filter(|_| pictures.len() > 1) else {
            let drawn = pictures
                .iter()
                .map(|(scene, noise)| self.synthesize(scene, noise, settings, None, &mut on_step))
                .map(|drawn| match drawn {
                    ControlFlow::Continue(picture) => Some(picture),
                    ControlFlow::Break(()) => None,
                })
                .collect::<Option<Vec<_>>>();
            return drawn.map_or(ControlFlow::Break(()), ControlFlow::Continue);
        };
        let grid = pictures[0].1.grid;
        assert!(pictures.iter().all(|(_, noise)| noise.grid == grid), "noise of the grid");
        assert_eq!((grid.x1, grid.y1), (scene.grid_width, scene.grid_height), "noise of the grid");
        let levels = self.info.schedule.spaced_noise_levels(settings.spacing, 1.0, settings.steps);
        let fresh = |step: usize| {
            let noise = |(_, noise): &(&EncodedScene, &NoiseField)| {
                self.gaussian(noise.seed, stream::STEP + step as u32, grid)
            };
            Tensor::cat(pictures.iter().map(noise).collect(), 0)
        };
        let never = || -> ControlFlow<()> { ControlFlow::Continue(()) };
        let drawn = samplers::run_breakable(
            &settings.sampler.steps(&levels),
            Tensor::cat(pictures.iter().map(|(_, noise)| noise.start.clone()).collect(), 0),
            |x, level| self.estimate(&scene, settings.sampler, x, level, &never),
            fresh,
            |progress| on_step(StepDone { done: progress.done, of: progress.of }),
        )?;
        let drawn = scene.with_greys(settings.sampler.finished(drawn), 1.0);
        let values: Vec<f32> = drawn.into_data_as::<f32>().iter::<f32>().collect();
        ControlFlow::Continue(
            values.chunks_exact(values.len() / pictures.len()).map(<[f32]>::to_vec).collect(),
        )
    }

    /// [`Synthesizer::synthesize`] from condition planes `[plane][row][column]` that no labels say, such as a sampled
    /// mask before it has any.
    ///
    /// # Panics
    /// If the planes are not those of the network and the noise's grid, or the network knows a style or shadows.
    pub fn synthesize_planes(
        &self,
        planes: Vec<f32>,
        noise: &NoiseField,
        settings: SamplingSettings,
    ) -> Vec<f32> {
        let (rows, columns) = (noise.grid.height() as usize, noise.grid.width() as usize);
        let count = self.info.network.condition_channels;
        assert!(self.info.network.style_channels == 0 && !self.info.shadow, "a network of a mask alone");
        assert_eq!(planes.len(), count * rows * columns, "condition planes of the grid");
        let planes = Tensor::from_data(TensorData::new(planes, [1, count, rows, columns]), &self.device);
        let features = self.unet.condition_features(planes);
        let levels = self.info.schedule.spaced_noise_levels(settings.spacing, 1.0, settings.steps);
        let drawn = samplers::run(
            &settings.sampler.steps(&levels),
            noise.start.clone(),
            |x, level| {
                let time = Tensor::<1>::from_floats([level.time as f32], &self.device);
                let shown = self.info.prediction.shown(x.clone(), level);
                let output = self.unet.forward_with(shown, &features, time);
                self.info.prediction.picture_for(settings.sampler, x, output, level)
            },
            |step| self.gaussian(noise.seed, stream::STEP + step as u32, noise.grid),
            |_| ControlFlow::Continue(()),
        );
        match drawn {
            ControlFlow::Continue(picture) => {
                settings.sampler.finished(picture).into_data_as::<f32>().iter::<f32>().collect()
            }
            ControlFlow::Break(()) => unreachable!("nothing breaks this off"),
        }
    }

    /// The picture the network sees in `x`, as a sampler takes it, blended over the windows; `Break` as soon as
    /// `between_windows` says so.
    fn estimate(
        &self,
        scene: &EncodedScene,
        sampler: Sampler,
        x: Tensor<4>,
        level: NoiseLevel,
        between_windows: &dyn Fn() -> ControlFlow<()>,
    ) -> ControlFlow<(), Tensor<4>> {
        let time = Tensor::<1>::from_floats([level.time as f32], &self.device);
        let mut blended: Option<Tensor<4>> = None;
        for (index, window) in scene.windows.iter().enumerate() {
            if index > 0 {
                between_windows()?;
            }
            let seen = match window.weights {
                Some(_) => x.clone().slice(ranges(&x, window.rect)),
                None => x.clone(),
            };
            let shown = self.info.prediction.shown(seen.clone(), level);
            let answered = self.unet.forward_with(shown.clone(), &window.features, time.clone());
            let output = match &window.guide {
                Some(guide) => {
                    let without = self.unet.forward_with(shown, &guide.features, time.clone());
                    answered.clone() + (answered - without).mul_scalar(guide.by)
                }
                None => answered,
            };
            let picture = self.info.prediction.picture_for(sampler, seen, output, level);
            let Some(weights) = &window.weights else { return ControlFlow::Continue(picture) };
            let share = picture * weights.clone();
            let sum = blended.unwrap_or_else(|| x.zeros_like());
            let place = ranges(&sum, window.rect);
            let under = sum.clone().slice(place.clone());
            blended = Some(sum.slice_assign(place, under + share));
        }
        ControlFlow::Continue(blended.expect("a plan has at least one window"))
    }

    fn gaussian(&self, seed: u64, stream: u32, rect: Rect) -> Tensor<4> {
        let mut values = vec![0.0; rect.width() as usize * rect.height() as usize];
        fill_gaussian(seed, stream, rect, &mut values);
        self.grid_tensor(values, rect)
    }

    fn grid_tensor(&self, values: Vec<f32>, rect: Rect) -> Tensor<4> {
        let shape = [1, 1, rect.height() as usize, rect.width() as usize];
        Tensor::from_data(TensorData::new(values, shape), &self.device)
    }
}

/// A window of every picture of a batch.
fn ranges(x: &Tensor<4>, rect: Rect) -> [std::ops::Range<usize>; 4] {
    [0..x.dims()[0], 0..1, rect.y0 as usize..rect.y1 as usize, rect.x0 as usize..rect.x1 as usize]
}
