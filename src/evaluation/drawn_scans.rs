//! A model that is measured, and the scans that it draws of real ones' masks.

use std::ops::ControlFlow;

use burn::tensor::Device;

use super::{EvaluationError, SeenEyes};
use crate::dataset::samples::{LabelledScan, Sample, SampleOptions};
use crate::diffusion::model_file::{self, ModelKind};
use crate::diffusion::synthesizer::{SamplingSettings, Synthesizer};
use crate::diffusion::{Emphasis, Look};
use crate::encoding::outer_bands;
use crate::scan::GreyImage;

/// A model and its student, ready to draw.
#[derive(Debug)]
pub struct ModelAndStudent {
    /// Draws in as many steps as are asked for.
    pub model: Synthesizer,
    /// Draws in few; `None` where there is none.
    pub student: Option<Synthesizer>,
    /// Whether they were taken although they saw who is measured, or may have.
    pub seen: SeenEyes,
}

impl ModelAndStudent {
    /// Name and tensor hash of the model.
    pub(super) fn named(&self) -> (String, String) {
        named(&self.model)
    }

    /// Name and tensor hash of the student, where there is one.
    pub(super) fn student_named(&self) -> Option<(String, String)> {
        self.student.as_ref().map(named)
    }
}

fn named(synthesizer: &Synthesizer) -> (String, String) {
    (synthesizer.info().name.clone(), synthesizer.info().tensors_sha256.clone())
}

/// A network of a model file's bytes, ready to draw.
///
/// # Errors
/// If it is no model file of an image model.
pub fn load(
    (bytes, file): &(impl AsRef<[u8]>, String),
    device: &Device,
) -> Result<Synthesizer, EvaluationError> {
    let (unet, info) = model_file::load(bytes.as_ref(), file, device)?;
    match info.kind {
        ModelKind::Image => Ok(Synthesizer::new(unet, info, device.clone())),
        ModelKind::Mask => Err(EvaluationError::Refused(format!(
            "{file}: this model draws masks, not scans; choose an image model"
        ))),
    }
}

/// The synthetic scan of a real one's mask. Columns that the network is not shown repeat the last one beside
/// them.
pub(super) fn synthesize(
    synthesizer: &Synthesizer,
    scan: &LabelledScan,
    settings: SamplingSettings,
    seed: u64,
) -> GreyImage {
    synthesize_emphasised(synthesizer, scan, settings, Emphasis::default(), seed)
}

/// [`synthesize`] with an emphasis on parts of the mask.
pub(super) fn synthesize_emphasised(
    synthesizer: &Synthesizer,
    scan: &LabelledScan,
    settings: SamplingSettings,
    emphasis: Emphasis,
    seed: u64,
) -> GreyImage {
    synthesize_looking(synthesizer, scan, settings, (emphasis, LooksOf::Model), seed)
}

/// Whose style and vessel shadows a measured picture has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LooksOf {
    /// The model's own, when nothing is asked.
    #[default]
    Model,
    /// Those of the real scan, measured in it.
    Scan,
}

/// [`synthesize`] with an emphasis, and with looks.
pub(super) fn synthesize_looking(
    synthesizer: &Synthesizer,
    scan: &LabelledScan,
    settings: SamplingSettings,
    (emphasis, looks): (Emphasis, LooksOf),
    seed: u64,
) -> GreyImage {
    let mapping = &synthesizer.info().mapping;
    let shown = scan.shown_columns(mapping);
    if shown.len() < scan.image.width as usize {
        let cropped = scan.cropped(shown.clone());
        let part = synthesize_looking(synthesizer, &cropped, settings, (emphasis, looks), seed);
        let columns =
            (0..scan.image.width as usize).map(|x| x.clamp(shown.start, shown.end - 1) - shown.start);
        let row = |y: u32| columns.clone().map(move |x| (x as u32, y));
        let pixels: Vec<u8> = (0..part.height).flat_map(row).map(|(x, y)| part.get(x, y)).collect();
        return GreyImage::new(scan.image.width, part.height, pixels);
    }
    let plan = mapping.plan(scan.image.width, scan.image.height, scan.entry.spacing);
    let look = match looks {
        LooksOf::Model => Look::default(),
        LooksOf::Scan => look_of_scan(synthesizer, scan),
    };
    let labels = plan.labels_to_grid(&scan.labels);
    let scene = synthesizer.scene_with_look(&labels, &plan, emphasis, &look, None);
    let noise = synthesizer.noise(seed, &plan);
    let goes_on = |_| ControlFlow::Continue(());
    match synthesizer.synthesize(&scene, &noise, settings, None, goes_on) {
        ControlFlow::Continue(grid) => plan.grid_to_image(&grid),
        ControlFlow::Break(()) => unreachable!("nothing breaks this synthesis off"),
    }
}

/// Style, outer bands and vessel shadows of a real scan on the grid of the model, as far as the model knows them.
fn look_of_scan(synthesizer: &Synthesizer, scan: &LabelledScan) -> Look {
    let info = synthesizer.info();
    let style_components = info.style.as_ref().map_or(0, |style| style.components());
    let options = SampleOptions { style_components, shadow: info.shadow, ..SampleOptions::default() };
    let sample = Sample::with_options(scan, &info.mapping, options);
    let style = info.style.as_ref().zip(sample.figures).map(|(style, figures)| style.style(&figures));
    let width = scan.image.width as usize;
    let band_contrast = outer_bands::contrast(width, &scan.image.pixels, &scan.labels, &scan.scanned);
    Look { style, shadow: sample.shadow.into(), band_contrast }
}
