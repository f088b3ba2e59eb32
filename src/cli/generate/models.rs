//! The models behind the traits of generation: masks from the mask model, scans from the image model.

use std::ops::ControlFlow;
use std::sync::Arc;

use anyhow::{anyhow, ensure};
use burn::tensor::Device;

use super::names::{spacing_of, value_of};
use crate::device::Picked;
use crate::diffusion::NoiseSpacing;
use crate::diffusion::mask_generator::{MaskGenerator, MaskSettings};
use crate::diffusion::model_file;
use crate::diffusion::samplers::Sampler;
use crate::document::Appearance;
use crate::encoding::dmc::{DmcMode, Histogram};
use crate::encoding::masks::{DrawnMask, MaskConditions, MaskPlan};
use crate::formats::provenance::{Made, NamedModel, Provenance};
use crate::generation::pair::{MaskToScan, Unmade};
use crate::generation::{
    Conditions, MaskPlanning, MaskSource, PlannedLooks, RequestedConditions, ScanPlanning, ScanSource,
    SourcedMask,
};
use crate::mask::Mask;
use crate::scan::{GreyImage, Spacing};
use crate::worker::model_renderer::ModelRenderer;
use crate::worker::models::ModelSource;
use crate::worker::renderer::{Destination, RenderScene, Renderer};
use crate::worker::{PictureImage, Recipe, marking};

/// Masks of a mask model.
pub struct ModelMasks {
    generator: MaskGenerator,
    plan: MaskPlan,
    sampler: Sampler,
    spacing: NoiseSpacing,
    steps: u32,
    guidance: f64,
    conditions: Conditions,
}

impl ModelMasks {
    /// Loads the model of a plan.
    ///
    /// # Errors
    /// If it cannot be loaded, or is another one than the plan names.
    pub fn load(source: &ModelSource, planning: &MaskPlanning, device: Device) -> anyhow::Result<Self> {
        let MaskPlanning::Model {
            sha256,
            sampler,
            noise_levels,
            steps,
            guidance,
            conditions,
            width,
            height,
            pixel_um,
            ..
        } = planning
        else {
            return Err(anyhow!("the plan takes its masks from elsewhere"));
        };
        let (bytes, file) = source.read()?;
        let (unet, info) = model_file::load(&bytes, &file, &device)?;
        check_model(&file, &info.tensors_sha256, sha256)?;
        let generator =
            MaskGenerator::new(unet, info, device).map_err(|reason| anyhow!("{file}: {reason}"))?;
        let plan = generator.plan(*width, *height, Spacing::checked(pixel_um[0], pixel_um[1]));
        let (sampler, spacing) = (value_of(sampler)?, spacing_of(noise_levels.as_deref())?);
        let (steps, guidance, conditions) = (*steps, *guidance, *conditions);
        Ok(Self { generator, plan, sampler, spacing, steps, guidance, conditions })
    }
}

fn check_model(file: &str, found: &str, wanted: &str) -> anyhow::Result<()> {
    ensure!(
        found == wanted,
        "{file} is another model than the plan was made with: its hash is {found}, the plan's {wanted}"
    );
    Ok(())
}

impl ModelMasks {
    fn settings(&self, requested: RequestedConditions, seed: u64) -> MaskSettings {
        let RequestedConditions { fluid_mm2, cysts, thickness_um } = requested;
        MaskSettings {
            conditions: MaskConditions { fluid_mm2, cysts, thickness_um },
            guidance: self.guidance,
            sampler: self.sampler,
            spacing: self.spacing,
            steps: self.steps,
            seed,
        }
    }

    fn sourced(&self, drawn: &DrawnMask, requested: RequestedConditions) -> SourcedMask {
        let info = self.generator.info();
        SourcedMask {
            width: self.plan.width,
            height: self.plan.height,
            codes: drawn.codes(DmcMode::Quantise, &Histogram::default()),
            pixel_um: self.plan.pixel_um,
            eye: None,
            outlines_of: None,
            made: Made::DrawnMask,
            model: Some(NamedModel { name: info.name.clone(), sha256: info.tensors_sha256.clone() }),
            needs_cleaning: true,
            requested,
        }
    }
}

impl MaskSource for ModelMasks {
    fn mask(&mut self, seed: u64, is_stopped: &dyn Fn() -> bool) -> Result<SourcedMask, Unmade> {
        let requested = self.conditions.drawn(seed);
        let settings = self.settings(requested, seed);
        match self.generator.draw(&self.plan, &settings, None, |_| go_on_unless(is_stopped)) {
            ControlFlow::Continue(drawn) => Ok(self.sourced(&drawn, requested)),
            ControlFlow::Break(()) => Err(Unmade::Stopped),
        }
    }

    fn masks(&mut self, seeds: &[u64], is_stopped: &dyn Fn() -> bool) -> Vec<Result<SourcedMask, Unmade>> {
        if let &[seed] = seeds {
            return vec![self.mask(seed, is_stopped)];
        }
        let requested: Vec<RequestedConditions> =
            seeds.iter().map(|&seed| self.conditions.drawn(seed)).collect();
        let settings: Vec<MaskSettings> =
            requested.iter().zip(seeds).map(|(&requested, &seed)| self.settings(requested, seed)).collect();
        match self.generator.draw_batch(&self.plan, &settings, |_| go_on_unless(is_stopped)) {
            ControlFlow::Continue(drawn) => drawn
                .iter()
                .zip(requested)
                .map(|(drawn, requested)| Ok(self.sourced(drawn, requested)))
                .collect(),
            ControlFlow::Break(()) => seeds.iter().map(|_| Err(Unmade::Stopped)).collect(),
        }
    }
}

fn go_on_unless(is_stopped: &dyn Fn() -> bool) -> ControlFlow<()> {
    match is_stopped() {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    }
}

/// Scans of an image model.
pub struct ModelScans {
    renderer: ModelRenderer,
    recipe: Recipe,
    steps: u32,
    looks: PlannedLooks,
}

impl ModelScans {
    /// Loads the model of a plan onto a device.
    ///
    /// # Errors
    /// As [`ModelMasks::load`].
    pub fn load(source: &ModelSource, planning: &ScanPlanning, picked: &Picked) -> anyhow::Result<Self> {
        let (bytes, file) = source.read()?;
        let renderer =
            ModelRenderer::load_checked(&bytes, &file, picked).map_err(|failure| anyhow!(failure))?;
        check_model(&file, &renderer.model().sha256, &planning.sha256)?;
        let recipe = Recipe {
            sampler: value_of(&planning.sampler)?,
            spacing: spacing_of(planning.noise_levels.as_deref())?,
            ..Recipe::default()
        };
        Ok(Self { renderer, recipe, steps: planning.steps, looks: planning.looks })
    }
}

/// Pairs that a GPU makes at once: a single picture fills a fifth of a large one, and the largest network takes some
/// 2 GB for so many.
const TOGETHER_ON_A_GPU: usize = 8;

impl ModelScans {
    fn scene(&self, mask: &Mask, pixel_um: [f32; 2], seed: u64) -> RenderScene {
        let spacing = Spacing::checked(pixel_um[0], pixel_um[1]);
        let appearance = match self.looks {
            PlannedLooks::Plain => Appearance::default(),
            PlannedLooks::Drawn => self.renderer.model().drawn_appearance(mask.width(), spacing, seed),
        };
        RenderScene {
            labels: mask.composite_pixels().into(),
            width: mask.width(),
            height: mask.height(),
            spacing,
            seed,
            recipe: Recipe { appearance: Arc::new(appearance), ..self.recipe.clone() },
        }
    }

    fn marked(&self, scene: &RenderScene, image: GreyImage) -> (GreyImage, Provenance) {
        let provenance =
            marking::of_scene(scene, self.steps, &self.renderer.model(), &self.renderer.device());
        (image, provenance)
    }
}

impl ScanSource for ModelScans {
    fn scan(
        &mut self,
        mask: &Mask,
        pixel_um: [f32; 2],
        seed: u64,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<(GreyImage, Provenance), Unmade> {
        let scene = self.scene(mask, pixel_um, seed);
        let mut between = |_: u32, _: u32| go_on_unless(is_stopped);
        let picture = self
            .renderer
            .render(&scene, self.steps, None, Destination::Memory, &mut between)
            .map_err(|failure| Unmade::Broken(failure.to_string()))?;
        match picture {
            None => Err(Unmade::Stopped),
            Some(PictureImage::Cpu(image)) => Ok(self.marked(&scene, image)),
            #[cfg(feature = "gpu")]
            Some(PictureImage::Gpu { .. }) => {
                Err(Unmade::Broken("the picture stayed on the graphics device".to_owned()))
            }
        }
    }

    fn scans(
        &mut self,
        masks: &[MaskToScan],
        is_stopped: &dyn Fn() -> bool,
    ) -> Vec<Result<(GreyImage, Provenance), Unmade>> {
        if masks.len() < 2 {
            return masks
                .iter()
                .map(|to_scan| self.scan(&to_scan.mask, to_scan.pixel_um, to_scan.seed, is_stopped))
                .collect();
        }
        let scene = |to_scan: &MaskToScan| self.scene(&to_scan.mask, to_scan.pixel_um, to_scan.seed);
        let scenes: Vec<RenderScene> = masks.iter().map(scene).collect();
        let mut between = |_: u32, _: u32| go_on_unless(is_stopped);
        let all = |unmade: &dyn Fn() -> Unmade| masks.iter().map(|_| Err(unmade())).collect();
        match self.renderer.render_together(&scenes, self.steps, &mut between) {
            Ok(Some(images)) => {
                scenes.iter().zip(images).map(|(scene, image)| Ok(self.marked(scene, image))).collect()
            }
            Ok(None) => all(&|| Unmade::Stopped),
            Err(failure) => all(&|| Unmade::Broken(failure.to_string())),
        }
    }

    fn together(&self) -> usize {
        if self.renderer.device().is_gpu { TOGETHER_ON_A_GPU } else { 1 }
    }
}
