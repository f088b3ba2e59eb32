//! The synthetic B-scan beside a designed mask.

use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Context, anyhow, bail};

use super::super::compute::refuse_other_device;
use super::super::synthesize::synthetic_png;
use crate::device::{self, DeviceChoice};
use crate::formats::case_file::{CasePicture, USUAL_STEPS};
use crate::formats::provenance::Provenance;
use crate::formats::write_file;
use crate::mask::Mask;
use crate::scan::{GreyImage, Spacing};
use crate::worker::marking;
use crate::worker::model_renderer::ModelRenderer;
use crate::worker::models::ModelSource;
use crate::worker::renderer::{Destination, RenderScene, Renderer};
use crate::worker::{PictureImage, Recipe};

/// Which model draws, and where.
#[derive(Debug, clap::Args)]
pub struct ModelOptions {
    /// A bundled model's name or a model file; the bundled live model unless said here
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<String>,
    /// Where to compute
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
}

/// How scans are drawn, if they are.
#[derive(Debug, clap::Args)]
pub struct ScanOptions {
    /// Write masks alone
    #[arg(long, conflicts_with = "model")]
    no_scan: bool,
    /// Denoising steps
    #[arg(long, default_value_t = USUAL_STEPS, value_parser = clap::value_parser!(u32).range(1..=1000))]
    steps: u32,
    #[command(flatten)]
    model: ModelOptions,
}

impl ScanOptions {
    /// The model on its device; `None` where masks alone are wanted.
    ///
    /// # Errors
    /// If the model cannot be read, or the device is not there.
    pub fn renderer(&self) -> anyhow::Result<Option<ScanRenderer>> {
        if self.no_scan {
            return Ok(None);
        }
        self.model.renderer().context("--no-scan writes masks alone").map(Some)
    }

    /// Denoising steps.
    pub fn steps(&self) -> u32 {
        self.steps
    }
}

impl ModelOptions {
    /// The model on its device.
    ///
    /// # Errors
    /// If the model cannot be read, or the device is not there.
    pub fn renderer(&self) -> anyhow::Result<ScanRenderer> {
        let source = self.model.as_deref().map_or(ModelSource::Default, ModelSource::named);
        let (bytes, file) = source.read()?;
        let picked = device::pick(self.device, None);
        refuse_other_device(self.device, &picked.info)?;
        let renderer = ModelRenderer::load_checked(&bytes, &file, &picked)
            .map_err(|failure| anyhow!(failure))
            .context("loading the model")?;
        Ok(ScanRenderer { renderer })
    }
}

/// A model that is ready to synthesise scans.
pub struct ScanRenderer {
    renderer: ModelRenderer,
}

impl ScanRenderer {
    /// The synthetic B-scan of a mask, and what it says of its making.
    ///
    /// # Errors
    /// If the device fails.
    pub fn image(
        &self,
        mask: &Mask,
        spacing: Spacing,
        picture: CasePicture,
    ) -> anyhow::Result<(GreyImage, Provenance)> {
        let CasePicture { seed, steps } = picture;
        let scene = RenderScene {
            labels: mask.composite_pixels().into(),
            width: mask.width(),
            height: mask.height(),
            spacing: Some(spacing),
            seed,
            recipe: Recipe::usual(),
        };
        let mut go_on = |_: u32, _: u32| ControlFlow::Continue(());
        let drawn = self
            .renderer
            .render(&scene, steps, None, Destination::Memory, &mut go_on)
            .map_err(|failure| anyhow!(failure))?;
        let Some(PictureImage::Cpu(image)) = drawn else {
            bail!("no picture came back from the device");
        };
        let provenance = marking::of_scene(&scene, steps, &self.renderer.model(), &self.renderer.device());
        Ok((image, provenance))
    }

    /// Writes the synthetic B-scan of a mask.
    ///
    /// # Errors
    /// If the device fails, or the file cannot be written.
    pub fn render(
        &self,
        out: &Path,
        mask: &Mask,
        spacing: Spacing,
        picture: CasePicture,
    ) -> anyhow::Result<GreyImage> {
        let (image, provenance) =
            self.image(mask, spacing, picture).with_context(|| out.display().to_string())?;
        write_file(out, &synthetic_png(&image, &provenance)?)?;
        Ok(image)
    }
}
