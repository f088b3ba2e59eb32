//! The synthetic B-scan beside a designed mask.

use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Context, anyhow, bail};

use super::super::compute::refuse_other_device;
use super::super::synthesize::synthetic_png;
use crate::cases::SolvedCase;
use crate::device::{self, DeviceChoice};
use crate::formats::write_file;
use crate::worker::marking;
use crate::worker::model_renderer::ModelRenderer;
use crate::worker::models::ModelSource;
use crate::worker::renderer::{Destination, Renderer, Scene};
use crate::worker::{PictureImage, Recipe};

/// How scans are drawn.
#[derive(Debug, clap::Args)]
pub struct ScanOptions {
    /// Write masks alone
    #[arg(long)]
    no_scan: bool,
    /// A bundled model's name or a model file; the bundled live model unless said here
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "no_scan")]
    model: Option<String>,
    /// Denoising steps
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    steps: u32,
    /// Where to compute
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
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
        let source = self.model.as_deref().map_or(ModelSource::Default, ModelSource::named);
        let (bytes, file) = source.read()?;
        let picked = device::pick(self.device, None);
        refuse_other_device(self.device, &picked.info)?;
        let renderer = ModelRenderer::load_checked(&bytes, &file, &picked)
            .map_err(|failure| anyhow!(failure))
            .context("loading the model; --no-scan writes masks alone")?;
        Ok(Some(ScanRenderer { renderer, steps: self.steps }))
    }
}

/// A model that is ready to synthesise scans.
pub struct ScanRenderer {
    renderer: ModelRenderer,
    steps: u32,
}

impl ScanRenderer {
    /// Writes the synthetic B-scan of a case: the seed of the mask is that of the noise, too.
    ///
    /// # Errors
    /// If the device fails, or the file cannot be written.
    pub fn render(&self, out: &Path, solved: &SolvedCase, seed: u64) -> anyhow::Result<()> {
        let mask = &solved.mask;
        let labels = mask.composite_pixels();
        let scene = Scene {
            labels: labels.into(),
            width: mask.width(),
            height: mask.height(),
            spacing: Some(solved.frame.spacing()),
            seed,
            recipe: Recipe::default(),
        };
        let mut go_on = |_: u32, _: u32| ControlFlow::Continue(());
        let picture = self
            .renderer
            .render(&scene, self.steps, None, Destination::Memory, &mut go_on)
            .map_err(|failure| anyhow!(failure))?;
        let Some(PictureImage::Cpu(image)) = picture else {
            bail!("{}: no picture came back from the device", out.display());
        };
        let renderer = &self.renderer;
        let provenance = marking::of_scene(&scene, self.steps, &renderer.model(), &renderer.device());
        let png = synthetic_png(&image, &provenance)?;
        write_file(out, &png)?;
        Ok(())
    }
}
