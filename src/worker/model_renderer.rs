//! The renderer that is a model: burn tensors in, pictures out.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use burn::module::Module;

use super::models::ModelSource;
use super::protocol::{FromScan, LoadedModel, PictureImage, Recipe};
use super::renderer::{BetweenSteps, Destination, Edit, Failure, RenderScene, Renderer};
use super::size_classes::{Sample, SizeClasses};
use super::sizes_on_device::{LoadOntoCpu, SizesOnDevice};
use crate::dataset::samples::fill_unscanned;
use crate::device::self_tests::{GridSizeClass, Verdict};
use crate::device::{self, DeviceInfo, Picked};
use crate::diffusion;
use crate::diffusion::model_file::{self, ModelKind};
use crate::diffusion::synthesizer::{self, Guide, NoiseField, SamplingSettings, Synthesizer};
use crate::diffusion::{Emphasis, Look};
use crate::document::Appearance;
use crate::encoding::mapping::GridPlan;
use crate::nn::{Arithmetic, pacing};
use crate::scan::{GreyImage, Spacing};

/// Which network draws; without a student the model draws everything.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Model,
    Student,
}

/// A model on its device, with the student that draws its drafts where there is one.
pub struct ModelRenderer {
    synthesizer: Synthesizer,
    student: Option<Synthesizer>,
    model: LoadedModel,
    parameters: usize,
    info: DeviceInfo,
    arithmetic: Arithmetic,
    picked: Picked,
    /// Set once a better renderer can be made.
    successor: Option<Arc<AtomicBool>>,
    /// Which sizes the device may draw; without it, all.
    sizes: Option<SizesOnDevice<Self>>,
    #[cfg(feature = "gpu")]
    presenter: Option<super::present::Presenter>,
    /// Of the last frame: drafts and refinements of one mask share its labels, all masks its noise.
    prepared: RefCell<Option<Prepared>>,
}

/// What does not depend on the steps.
#[derive(Clone)]
struct Prepared {
    spacing: Option<Spacing>,
    plan: GridPlan,
    /// The mask as the model sees it, and as its student does; made when first drawn.
    encoded: Option<EncodedMask>,
    encoded_for_student: Option<EncodedMask>,
    noise: NoiseField,
    /// The real scan to start from, and the same on the grid.
    scan: Option<(FromScan, Arc<[f32]>)>,
}

/// A mask as a network sees it, and which one that was.
#[derive(Clone)]
struct EncodedMask {
    labels: Arc<[u8]>,
    emphasis: Emphasis,
    appearance: Arc<Appearance>,
    scene: diffusion::EncodedScene,
}

impl Prepared {
    fn guide(&self) -> Option<Guide<'_>> {
        let strength = |scan: &FromScan| scan.strength.clamp(LEAST_STRENGTH, 1.0);
        self.scan.as_ref().map(|(scan, grid)| Guide { grid, strength: strength(scan) })
    }
}

/// Largest difference from the CPU's picture that a precision explains, in grey levels. Half precision rounds a
/// picture's values to a quarter of a grey level, and the weights before them.
fn max_difference(arithmetic: Arithmetic) -> u8 {
    match arithmetic {
        Arithmetic::F32 => 3,
        Arithmetic::F16 | Arithmetic::Bf16 => 5,
    }
}

impl ModelRenderer {
    /// Loads a model file onto a device. `file` is its name for messages.
    ///
    /// # Errors
    /// When the file is refused.
    pub fn load(bytes: &[u8], file: &str, picked: &Picked) -> Result<Self, Failure> {
        Self::load_in(Arithmetic::F32, bytes, file, picked)
    }

    /// [`ModelRenderer::load`], to compute in a precision that the device has.
    ///
    /// # Errors
    /// When the file is refused.
    pub fn load_in(
        arithmetic: Arithmetic,
        bytes: &[u8],
        file: &str,
        picked: &Picked,
    ) -> Result<Self, Failure> {
        let (unet, info) = model_file::load(bytes, file, &picked.device)?;
        if info.kind != ModelKind::Image {
            return Err(format!("{file}: this model draws masks, not scans; choose an image model").into());
        }
        let parameters = unet.num_params();
        let model = LoadedModel {
            name: info.name.clone(),
            preset: info.preset.clone(),
            sha256: info.tensors_sha256.clone(),
            takes_guidance: info.mask_dropout() > 0.0,
            student: None,
            style: info.style.clone().map(Arc::new),
            takes_shadows: info.shadow,
        };
        Ok(Self {
            synthesizer: Synthesizer::new(arithmetic.cast(unet), info, picked.device.clone()),
            student: None,
            model,
            parameters,
            info: picked.info.computing_in(arithmetic),
            arithmetic,
            picked: picked.clone(),
            successor: None,
            sizes: None,
            #[cfg(feature = "gpu")]
            presenter: picked.shared.as_ref().map(super::present::Presenter::new),
            prepared: RefCell::new(None),
        })
    }

    /// Lets a student of this very model draw the drafts from now on; answers whether it is one.
    ///
    /// # Errors
    /// When the file is refused.
    pub fn take_student(&mut self, bytes: &[u8], file: &str) -> Result<bool, Failure> {
        let (unet, info) = model_file::load(bytes, file, &self.picked.device)?;
        let teacher = self.synthesizer.info();
        let is_its_student = info.teacher_sha256() == Some(&teacher.tensors_sha256)
            && (&info.labels, &info.mapping) == (&teacher.labels, &teacher.mapping);
        if is_its_student {
            self.model.student = Some((info.name.clone(), info.tensors_sha256.clone()));
            let unet = self.arithmetic.cast(unet);
            self.student = Some(Synthesizer::new(unet, info, self.picked.device.clone()));
        }
        Ok(is_its_student)
    }

    /// Draws until `ready` is set, when [`Renderer::is_outdated`] tells that another can be made.
    pub(super) fn stand_in_until(mut self, ready: Arc<AtomicBool>) -> Self {
        self.successor = Some(ready);
        self.info.is_stand_in = true;
        self
    }

    /// Leaves to the CPU what the device has not been tested for.
    pub(super) fn test_sizes(mut self, classes: SizeClasses, load: LoadOntoCpu<Self>) -> Self {
        self.sizes = Some(SizesOnDevice::new(classes, load));
        self
    }

    /// What is drawn of a picture of this size on the grid.
    pub(super) fn sample(&self, width: u32, height: u32, spacing: Option<Spacing>) -> Sample {
        let plan = self.synthesizer.info().mapping.plan(width, height, spacing);
        let class = GridSizeClass::of(plan.grid_width, plan.grid_height);
        Sample { width, height, spacing, class }
    }

    /// The model it was loaded from.
    pub(super) fn loaded_model(&self) -> LoadedModel {
        self.model.clone()
    }

    /// One step on this device against the CPU's, and how both take: kernels are compiled and tuned in a first one.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn test_against(&self, on_cpu: &Self, sample: Sample) -> Result<Verdict, Failure> {
        let Sample { width, height, spacing, .. } = sample;
        let scene = RenderScene { spacing, ..striped_scene(width, height) };
        self.step_of(&scene)?;
        let (measured, blocks) = pacing::timed_blocks(|| self.step_of(&scene));
        measured?;
        let timed = |renderer: &Self| -> Result<(GreyImage, f64), Failure> {
            let started = Instant::now();
            let picture = renderer.step_of(&scene)?;
            Ok((picture, started.elapsed().as_secs_f64() * 1e3))
        };
        let ((here, device_ms), (there, cpu_ms)) = (timed(self)?, timed(on_cpu)?);
        let allowed = max_difference(self.arithmetic);
        let between_waits = pacing::blocks_within(pacing::LONGEST_QUEUE, &blocks);
        let off = greatest_difference(&here, &there);
        self.unless_lost(Verdict::of(off, allowed, [device_ms, cpu_ms], between_waits))
    }

    fn step_of(&self, scene: &RenderScene) -> Result<GreyImage, Failure> {
        let picture = self.grey(scene, 1, Who::Model, &mut |_, _| ControlFlow::Continue(()))?;
        picture.ok_or_else(|| "the self-test was abandoned".into())
    }

    /// Number of the network's parameters.
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// [`ModelRenderer::load`] on the device of choice, a GPU in half precision where it has that. A GPU whose
    /// pictures differ from the CPU's (a kernel tuned wrongly, a broken driver) is left for the CPU.
    ///
    /// # Errors
    /// When the file is refused.
    pub fn load_checked(bytes: &[u8], file: &str, picked: &Picked) -> Result<Self, Failure> {
        Self::load_checked_in(None, bytes, file, picked)
    }

    /// [`ModelRenderer::load_checked`], on a GPU in the precision that is named and in no other. (The CPU computes in
    /// single precision.)
    ///
    /// # Errors
    /// When the file is refused.
    pub fn load_checked_in(
        wanted: Option<Arithmetic>,
        bytes: &[u8],
        file: &str,
        picked: &Picked,
    ) -> Result<Self, Failure> {
        if !picked.info.is_gpu {
            return Self::load(bytes, file, picked);
        }
        let reference = Self::load(bytes, file, &device::cpu(None))?;
        let mut why_not = String::new();
        for arithmetic in wanted.map_or_else(|| vec![Arithmetic::F16, Arithmetic::F32], |one| vec![one]) {
            if arithmetic != Arithmetic::F32 && !arithmetic.is_supported_by(&picked.device) {
                why_not = format!("{} does not compute in {}", picked.info.name, arithmetic.word());
                continue;
            }
            arithmetic.choose_kernels(&picked.device);
            let renderer = Self::load_in(arithmetic, bytes, file, picked)?;
            let difference = renderer.largest_difference(&reference)?;
            if difference <= max_difference(arithmetic) {
                return Ok(renderer);
            }
            why_not = format!(
                "{} computes this model wrongly (off by {difference} grey levels in the self-test)",
                picked.info.name
            );
        }
        Self::load(bytes, file, &device::cpu(Some(why_not)))
    }

    /// Whether it draws on a GPU.
    pub(super) fn computes_on_gpu(&self) -> bool {
        self.info.is_gpu
    }

    /// What it computes in.
    pub(super) fn arithmetic(&self) -> Arithmetic {
        self.arithmetic
    }

    /// Why it does not draw on the device that was asked for.
    pub(super) fn note(&self) -> Option<String> {
        self.info.note.clone()
    }

    /// Draws once what is drawn live, so that its kernels are compiled and tuned.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn warm_up(&self) -> Result<(), Failure> {
        let (width, height) = WARM_UP_SIZE_PX;
        let scene = striped_scene(width, height);
        self.grey(&scene, 2, Who::Model, &mut |_, _| ControlFlow::Continue(()))?;
        Ok(())
    }

    /// Largest difference in grey levels between the one-step pictures of a small striped mask.
    fn largest_difference(&self, other: &Self) -> Result<u8, Failure> {
        let side = self.synthesizer.info().mapping.multiple.max(SELF_TEST_SIDE_PX);
        let scene = striped_scene(side, side);
        Ok(greatest_difference(&self.step_of(&scene)?, &other.step_of(&scene)?))
    }

    /// What a frame of `who` needs, with what the last frame left.
    fn prepare(&self, scene: &RenderScene, who: Who) -> Prepared {
        let mut kept = self.prepared.borrow_mut();
        let emphasis = Emphasis {
            guidance: self.guidance_of(&scene.recipe),
            lesions: scene.recipe.lesions,
            lesion_contrast: scene.recipe.lesion_contrast,
        };
        let mapping = &self.synthesizer.info().mapping;
        let plan = mapping.plan_of(&scene.labels, [scene.width, scene.height], scene.spacing);
        let is_same_plan = |old: &Prepared| (&old.plan, old.spacing) == (&plan, scene.spacing);
        let mut prepared = kept.take().filter(is_same_plan).unwrap_or_else(|| Prepared {
            spacing: scene.spacing,
            encoded: None,
            encoded_for_student: None,
            noise: self.synthesizer.noise(scene.seed, &plan),
            scan: None,
            plan: plan.clone(),
        });
        if prepared.noise.seed != scene.seed {
            prepared.noise = self.synthesizer.noise(scene.seed, &prepared.plan);
        }
        prepared.scan = match (prepared.scan, &scene.recipe.from_scan) {
            (Some((known, grid)), Some(scan)) if known.image == scan.image => Some((scan.clone(), grid)),
            (_, scan) => scan.as_ref().map(|scan| (scan.clone(), grid_of(scan, &prepared.plan))),
        };
        let (network, emphasis, encoded) = match (who, &self.student) {
            (Who::Student, Some(student)) => {
                (student, Emphasis { guidance: 1.0, ..emphasis }, &mut prepared.encoded_for_student)
            }
            _ => (&self.synthesizer, emphasis, &mut prepared.encoded),
        };
        let appearance = &scene.recipe.appearance;
        let is_current = |encoded: &EncodedMask| {
            encoded.emphasis == emphasis
                && encoded.appearance == *appearance
                && encoded.labels == scene.labels
        };
        if !encoded.as_ref().is_some_and(is_current) {
            let on_grid = prepared.plan.labels_to_grid(&scene.labels);
            let before = encoded.as_ref().map(|encoded| &encoded.scene);
            let look = Look::of(appearance, &prepared.plan);
            *encoded = Some(EncodedMask {
                scene: network.scene_with_look(&on_grid, &prepared.plan, emphasis, &look, before),
                labels: Arc::clone(&scene.labels),
                emphasis,
                appearance: Arc::clone(appearance),
            });
        }
        *kept = Some(prepared.clone());
        prepared
    }

    /// The network that draws, and the mask as it sees it.
    fn drawer<'a>(
        &'a self,
        prepared: &'a Prepared,
        who: Who,
    ) -> (&'a Synthesizer, &'a diffusion::EncodedScene) {
        let (network, encoded) = match (who, &self.student) {
            (Who::Student, Some(student)) => (student, &prepared.encoded_for_student),
            _ => (&self.synthesizer, &prepared.encoded),
        };
        (network, &encoded.as_ref().expect("the frame was prepared for who draws it").scene)
    }

    /// What a recipe asks for; 1 from a model that was never trained without masks.
    fn guidance_of(&self, recipe: &Recipe) -> f64 {
        if self.model.takes_guidance { recipe.guidance } else { 1.0 }
    }

    /// The whole frame in memory.
    fn grey(
        &self,
        scene: &RenderScene,
        steps: u32,
        who: Who,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<GreyImage>, Failure> {
        let prepared = self.prepare(scene, who);
        let settings =
            SamplingSettings { sampler: scene.recipe.sampler, spacing: scene.recipe.spacing, steps };
        let on_step = self.on_step(between_steps);
        let (network, encoded) = self.drawer(&prepared, who);
        match network.synthesize(encoded, &prepared.noise, settings, prepared.guide(), on_step) {
            ControlFlow::Continue(grid) => Ok(Some(prepared.plan.grid_to_image(&grid))),
            ControlFlow::Break(()) => Ok(None),
        }
    }

    /// Whole pictures of several scenes in memory, made at once, in their order; `None` where `between_steps` abandons
    /// them. The sampler is the first scene's.
    ///
    /// # Errors
    /// When the device fails.
    pub fn render_together(
        &self,
        scenes: &[RenderScene],
        steps: u32,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<Vec<GreyImage>>, Failure> {
        let Some(RenderScene { recipe, .. }) = scenes.first() else { return Ok(Some(Vec::new())) };
        let settings = SamplingSettings { sampler: recipe.sampler, spacing: recipe.spacing, steps };
        self.on_device(|| {
            let prepared: Vec<Prepared> =
                scenes.iter().map(|scene| self.prepare(scene, Who::Model)).collect();
            let pictures: Vec<_> = prepared
                .iter()
                .map(|prepared| (self.drawer(prepared, Who::Model).1, &prepared.noise))
                .collect();
            let drawn = self.synthesizer.synthesize_batch(&pictures, settings, self.on_step(between_steps));
            Ok(match drawn {
                ControlFlow::Continue(grids) => {
                    let images = prepared.iter().zip(grids);
                    Some(images.map(|(prepared, grid)| prepared.plan.grid_to_image(&grid)).collect())
                }
                ControlFlow::Break(()) => None,
            })
        })
    }

    fn draw(
        &self,
        scene: &RenderScene,
        steps: u32,
        who: Who,
        edit: Option<Edit<'_>>,
        destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        if let Some(sizes) = &self.sizes {
            let sample = self.sample(scene.width, scene.height, scene.spacing);
            if let Some(on_cpu) = sizes.left_to_cpu(sample, &self.info, &self.model)? {
                // A picture that lies on the device is no ground for one in memory.
                let edit = edit.filter(|edit| !edit.base.is_on_device());
                return on_cpu.draw(scene, steps, who, edit, destination, between_steps);
            }
        }
        #[cfg(feature = "gpu")]
        if let (Some(presenter), Destination::Screen) = (&self.presenter, destination) {
            let prepared = self.prepare(scene, who);
            let settings =
                SamplingSettings { sampler: scene.recipe.sampler, spacing: scene.recipe.spacing, steps };
            let on_step = self.on_step(between_steps);
            let (network, encoded) = self.drawer(&prepared, who);
            let drawn =
                network.synthesize_tensor(encoded, &prepared.noise, settings, prepared.guide(), on_step);
            return match drawn {
                ControlFlow::Continue(grid) => {
                    // Nor the other way round, after the CPU has stood in.
                    let edit = edit.filter(|edit| edit.base.is_on_device());
                    let texture = presenter.present(grid, &prepared.plan, edit)?;
                    let (width, height) = (scene.width, scene.height);
                    Ok(Some(PictureImage::Gpu { texture, width, height }))
                }
                ControlFlow::Break(()) => Ok(None),
            };
        }
        let _ = destination;
        let Some(rendered) = self.grey(scene, steps, who, between_steps)? else {
            return Ok(None);
        };
        let image = match edit {
            Some(Edit { base: PictureImage::Cpu(base), halo }) => halo.compose(base, &rendered),
            #[cfg(feature = "gpu")]
            Some(Edit { base: PictureImage::Gpu { .. }, .. }) => {
                return Err("the picture on screen lies on a device that this model does not use".into());
            }
            None => rendered,
        };
        Ok(Some(PictureImage::Cpu(image)))
    }

    /// What was drawn, unless the device went meanwhile or its memory was full: calls on a lost device do nothing and
    /// do not fail.
    fn unless_lost<T>(&self, drawn: T) -> Result<T, Failure> {
        match self.picked.failure() {
            Some(why) => Err(why.into()),
            None => Ok(drawn),
        }
    }

    /// What `draw` returns; where the device has failed, a panic in it is that failure.
    fn on_device<T>(&self, draw: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        match catch_unwind(AssertUnwindSafe(draw)) {
            Ok(drawn) => self.unless_lost(drawn?),
            Err(panic) => match self.picked.failure() {
                Some(why) => Err(why.into()),
                None => resume_unwind(panic),
            },
        }
    }

    fn on_step<'a>(
        &'a self,
        between_steps: BetweenSteps<'a>,
    ) -> impl FnMut(synthesizer::StepDone) -> ControlFlow<()> + 'a {
        let mut last = 0;
        move |step| {
            let is_within_step = std::mem::replace(&mut last, step.done) == step.done;
            // A GPU runs behind: without a wait, all steps are queued before the first can be broken off. What failed
            // shows itself when the picture is read. The windows of a step are queued at once all the same.
            if self.info.is_gpu && (is_within_step || self.synthesizer.device().sync().is_err()) {
                return ControlFlow::Continue(());
            }
            between_steps(step.done as u32, step.of as u32)
        }
    }
}

/// A synthesis has to start somewhere above no noise at all.
const LEAST_STRENGTH: f64 = 1e-3;
/// The usual size of a macular B-scan.
const WARM_UP_SIZE_PX: (u32, u32) = (768, 496);
const SELF_TEST_SIDE_PX: u32 = 64;

impl Renderer for ModelRenderer {
    fn device(&self) -> DeviceInfo {
        self.sizes.as_ref().and_then(SizesOnDevice::drawn_by).unwrap_or_else(|| self.info.clone())
    }

    fn model(&self) -> LoadedModel {
        self.model.clone()
    }

    fn render(
        &self,
        scene: &RenderScene,
        steps: u32,
        edit: Option<Edit<'_>>,
        destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        self.on_device(|| self.draw(scene, steps, Who::Model, edit, destination, between_steps))
    }

    fn breakable_draft(
        &self,
        scene: &RenderScene,
        edit: Option<Edit<'_>>,
        destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        self.on_device(|| self.draw(scene, 1, Who::Student, edit, destination, between_steps))
    }

    fn grid_pixels(&self, width: u32, height: u32, spacing: Option<Spacing>) -> usize {
        self.synthesizer.info().mapping.plan(width, height, spacing).grid_len()
    }

    fn with_model(&self, source: &ModelSource) -> Result<Self, Failure> {
        let (bytes, file) = source.read()?;
        Self::load(&bytes, &file, &self.picked)
    }

    fn is_outdated(&self) -> bool {
        self.picked.failure().is_some()
            || self.successor.as_ref().is_some_and(|ready| ready.load(Ordering::Acquire))
    }
}

fn greatest_difference(a: &GreyImage, b: &GreyImage) -> u8 {
    a.pixels.iter().zip(b.pixels.iter()).map(|(&a, &b)| a.abs_diff(b)).max().unwrap_or(0)
}

/// Nine bands of layers.
fn striped_scene(width: u32, height: u32) -> RenderScene {
    RenderScene {
        labels: (0..width * height).map(|i| (i / width * 9 / height) as u8).collect(),
        width,
        height,
        spacing: None,
        seed: 1,
        recipe: Recipe::default(),
    }
}

/// A real scan on the grid; what was not scanned takes the texture beside it.
fn grid_of(scan: &FromScan, plan: &GridPlan) -> Arc<[f32]> {
    let mut image = scan.image.clone();
    if let Some(area) = &scan.scanned_area {
        let mut pixels = image.pixels.to_vec();
        let scanned: Vec<bool> = area.iter().map(|&value| value != 0).collect();
        fill_unscanned(&mut pixels, &scanned, image.width as usize);
        image = GreyImage::new(image.width, image.height, pixels);
    }
    plan.image_to_grid(&image).into()
}
