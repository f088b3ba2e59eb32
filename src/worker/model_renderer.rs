//! The renderer that is a model: burn tensors in, pictures out.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::Arc;

use burn::module::Module;

use super::device::{self, DeviceChoice, DeviceInfo, Picked, SharedGpu};
use super::models::ModelSource;
use super::protocol::{Event, FromScan, LoadedModel, PictureImage, Recipe};
use super::renderer::{BetweenSteps, Destination, Edit, Failure, MakeRenderer, Renderer, Scene};
use super::slot::Exchange;
use crate::dataset::mapping::Plan;
use crate::dataset::samples::fill_unscanned;
use crate::diffusion::model_file;
use crate::diffusion::synthesizer::{self, Guide, NoiseField, Settings, Synthesizer};
use crate::scan::{GreyImage, Spacing};

/// A model on its device.
pub struct ModelRenderer {
    synthesizer: Synthesizer,
    model: LoadedModel,
    parameters: usize,
    info: DeviceInfo,
    #[cfg(feature = "gpu")]
    presenter: Option<super::present::Presenter>,
    /// Of the last frame: drafts and refinements of one mask share its labels, all masks its noise.
    prepared: RefCell<Option<Prepared>>,
}

/// What does not depend on the steps.
#[derive(Clone)]
struct Prepared {
    labels: Arc<[u8]>,
    spacing: Option<Spacing>,
    plan: Plan,
    scene: synthesizer::Scene,
    guidance: f64,
    noise: NoiseField,
    /// The real scan to start from, and the same on the grid.
    scan: Option<(FromScan, Arc<[f32]>)>,
}

impl Prepared {
    fn guide(&self) -> Option<Guide<'_>> {
        let strength = |scan: &FromScan| scan.strength.clamp(LEAST_STRENGTH, 1.0);
        self.scan.as_ref().map(|(scan, grid)| Guide { grid, strength: strength(scan) })
    }
}

impl ModelRenderer {
    /// Loads a model file onto a device. `file` is its name for messages.
    ///
    /// # Errors
    /// When the file is refused.
    pub fn load(bytes: &[u8], file: &str, picked: &Picked) -> Result<Self, Failure> {
        let (unet, info) = model_file::load(bytes, file, &picked.device)?;
        let parameters = unet.num_params();
        let model = LoadedModel {
            name: info.name.clone(),
            preset: info.preset.clone(),
            sha256: info.tensors_sha256.clone(),
            takes_guidance: info.mask_dropout() > 0.0,
        };
        Ok(Self {
            synthesizer: Synthesizer::new(unet, info, picked.device.clone()),
            model,
            parameters,
            info: picked.info.clone(),
            #[cfg(feature = "gpu")]
            presenter: picked.shared.as_ref().map(super::present::Presenter::new),
            prepared: RefCell::new(None),
        })
    }

    /// Number of the network's parameters.
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// [`ModelRenderer::load`] on the device of choice. A GPU whose pictures differ from the CPU's (a
    /// kernel tuned wrongly, a broken driver) is left for the CPU.
    ///
    /// # Errors
    /// When the file is refused.
    pub fn load_checked(bytes: &[u8], file: &str, picked: &Picked) -> Result<Self, Failure> {
        let renderer = Self::load(bytes, file, picked)?;
        if !picked.info.is_gpu {
            return Ok(renderer);
        }
        let reference = Self::load(bytes, file, &device::cpu(None))?;
        let difference = renderer.largest_difference(&reference)?;
        if difference <= MAX_SELF_TEST_DIFFERENCE {
            return Ok(renderer);
        }
        let note = format!(
            "{} computes this model wrongly (off by {difference} grey levels in the self-test)",
            picked.info.name
        );
        Self::load(bytes, file, &device::cpu(Some(note)))
    }

    /// Largest difference in grey levels between the one-step pictures of a small striped mask.
    fn largest_difference(&self, other: &Self) -> Result<u8, Failure> {
        let side = self.synthesizer.info().mapping.multiple.max(SELF_TEST_SIDE_PX);
        let scene = Scene {
            labels: (0..side * side).map(|i| (i / side * 9 / side) as u8).collect(),
            width: side,
            height: side,
            spacing: None,
            seed: 1,
            recipe: Recipe::default(),
        };
        let picture = |renderer: &Self| -> Result<GreyImage, Failure> {
            let picture = renderer.grey(&scene, 1, &mut |_, _| ControlFlow::Continue(()))?;
            picture.ok_or_else(|| "the self-test was abandoned".into())
        };
        let (a, b) = (picture(self)?, picture(other)?);
        Ok(a.pixels.iter().zip(b.pixels.iter()).map(|(&a, &b)| a.abs_diff(b)).max().unwrap_or(0))
    }

    /// The scene laid on the grid, with what the last frame left.
    fn prepare(&self, scene: &Scene) -> Prepared {
        let mut kept = self.prepared.borrow_mut();
        let is_same_plan = |old: &Prepared| {
            (old.plan.width, old.plan.height, old.spacing) == (scene.width, scene.height, scene.spacing)
        };
        let prepared = match kept.take().filter(is_same_plan) {
            Some(mut old) => {
                let guidance = self.guidance_of(&scene.recipe);
                if old.labels != scene.labels || old.guidance != guidance {
                    old.scene = self.lay(&scene.labels, &old.plan, guidance);
                    old.labels = Arc::clone(&scene.labels);
                    old.guidance = guidance;
                }
                if old.noise.seed != scene.seed {
                    old.noise = self.synthesizer.noise(scene.seed, &old.plan);
                }
                old.scan = match (old.scan, &scene.recipe.from_scan) {
                    (Some((known, grid)), Some(scan)) if known.image == scan.image => {
                        Some((scan.clone(), grid))
                    }
                    (_, scan) => scan.as_ref().map(|scan| (scan.clone(), grid_of(scan, &old.plan))),
                };
                old
            }
            None => {
                let mapping = &self.synthesizer.info().mapping;
                let plan = mapping.plan(scene.width, scene.height, scene.spacing);
                let guidance = self.guidance_of(&scene.recipe);
                let scan = scene.recipe.from_scan.as_ref();
                Prepared {
                    labels: Arc::clone(&scene.labels),
                    spacing: scene.spacing,
                    scene: self.lay(&scene.labels, &plan, guidance),
                    guidance,
                    noise: self.synthesizer.noise(scene.seed, &plan),
                    scan: scan.map(|scan| (scan.clone(), grid_of(scan, &plan))),
                    plan,
                }
            }
        };
        *kept = Some(prepared.clone());
        prepared
    }

    fn lay(&self, labels: &[u8], plan: &Plan, guidance: f64) -> synthesizer::Scene {
        self.synthesizer.guided_scene(&plan.labels_to_grid(labels), plan, guidance)
    }

    /// What a recipe asks for; 1 from a model that was never trained without masks.
    fn guidance_of(&self, recipe: &Recipe) -> f64 {
        if self.model.takes_guidance { recipe.guidance } else { 1.0 }
    }

    /// The whole frame in memory.
    fn grey(
        &self,
        scene: &Scene,
        steps: u32,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<GreyImage>, Failure> {
        let prepared = self.prepare(scene);
        let settings = Settings { sampler: scene.recipe.sampler, steps };
        let on_step = self.on_step(between_steps);
        let guide = prepared.guide();
        match self.synthesizer.synthesize(&prepared.scene, &prepared.noise, settings, guide, on_step) {
            ControlFlow::Continue(grid) => Ok(Some(prepared.plan.grid_to_image(&grid))),
            ControlFlow::Break(()) => Ok(None),
        }
    }

    fn on_step<'a>(
        &'a self,
        between_steps: BetweenSteps<'a>,
    ) -> impl FnMut(synthesizer::StepDone) -> ControlFlow<()> + 'a {
        move |step| {
            if self.info.is_gpu && self.synthesizer.device().sync().is_err() {
                // A GPU runs behind: without this, all steps are queued before the first can be broken
                // off. What failed shows itself when the picture is read.
                return ControlFlow::Continue(());
            }
            between_steps(step.done as u32, step.of as u32)
        }
    }
}

/// A synthesis has to start somewhere above no noise at all.
const LEAST_STRENGTH: f64 = 1e-3;
const SELF_TEST_SIDE_PX: u32 = 64;
const MAX_SELF_TEST_DIFFERENCE: u8 = 3;

impl Renderer for ModelRenderer {
    fn device(&self) -> DeviceInfo {
        self.info.clone()
    }

    fn model(&self) -> LoadedModel {
        self.model.clone()
    }

    fn render(
        &self,
        scene: &Scene,
        steps: u32,
        edit: Option<Edit<'_>>,
        destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        #[cfg(feature = "gpu")]
        if let (Some(presenter), Destination::Screen) = (&self.presenter, destination) {
            let prepared = self.prepare(scene);
            let settings = Settings { sampler: scene.recipe.sampler, steps };
            let on_step = self.on_step(between_steps);
            let drawn = self.synthesizer.synthesize_tensor(
                &prepared.scene,
                &prepared.noise,
                settings,
                prepared.guide(),
                on_step,
            );
            return match drawn {
                ControlFlow::Continue(grid) => {
                    let texture = presenter.present(grid, &prepared.plan, edit)?;
                    let (width, height) = (scene.width, scene.height);
                    Ok(Some(PictureImage::Gpu { texture, width, height }))
                }
                ControlFlow::Break(()) => Ok(None),
            };
        }
        let _ = destination;
        let Some(rendered) = self.grey(scene, steps, between_steps)? else {
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
}

/// A real scan on the grid; what was not scanned takes the texture beside it.
fn grid_of(scan: &FromScan, plan: &Plan) -> Arc<[f32]> {
    let mut image = scan.image.clone();
    if let Some(area) = &scan.scanned_area {
        let mut pixels = image.pixels.to_vec();
        let scanned: Vec<bool> = area.iter().map(|&value| value != 0).collect();
        fill_unscanned(&mut pixels, &scanned, image.width as usize);
        image = GreyImage::new(image.width, image.height, pixels);
    }
    plan.image_to_grid(&image).into()
}

/// The maker that [`super::SynthesisWorker`] uses: the device is picked once, and given up for the CPU
/// when it is lost.
pub(super) fn maker(
    source: ModelSource,
    choice: DeviceChoice,
    shared: Option<SharedGpu>,
    exchange: Arc<Exchange>,
) -> MakeRenderer<ModelRenderer> {
    let mut kept: Option<Picked> = None;
    Box::new(move || {
        if kept.as_ref().is_some_and(is_lost) {
            exchange.report(Event::DeviceLost);
            kept = Some(device::cpu(Some("the graphics device was lost".into())));
        }
        let picked = kept.get_or_insert_with(|| device::pick(choice, shared.as_ref()));
        let (bytes, file) = source.read()?;
        ModelRenderer::load_checked(&bytes, &file, picked)
    })
}

#[cfg(feature = "gpu")]
fn is_lost(picked: &Picked) -> bool {
    picked.shared.as_ref().is_some_and(SharedGpu::is_lost)
}

#[cfg(not(feature = "gpu"))]
fn is_lost(_picked: &Picked) -> bool {
    false
}
