//! Which scans and which model an evaluation measures, and how it draws the scan of a mask.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use burn::tensor::Device;
use clap::Args;

use super::super::compute::ComputeDevice;
use super::leak_guard::LeakGuard;
use super::subjects::{SubjectArgs, Subjects};
use crate::dataset::samples::{LabelledScan, Sample, SampleOptions};
use crate::diffusion::model_file::{self, ModelKind};
use crate::diffusion::samplers::Sampler;
use crate::diffusion::synthesizer::{Settings, Synthesizer};
use crate::diffusion::{Emphasis, Look, NoiseSpacing};
use crate::scan::GreyImage;
use crate::worker::models::ModelSource;

/// The options that every evaluation of an image model has.
#[derive(Debug, Args)]
pub(super) struct MeasuredArgs {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// A bundled model's name or a model file; the bundled live model unless said here
    #[arg(long, value_name = "NAME|FILE")]
    pub model: Option<String>,
    #[command(flatten)]
    pub subjects: SubjectArgs,
    #[command(flatten)]
    pub guard: LeakGuard,
}

impl MeasuredArgs {
    /// Whose scans are measured.
    ///
    /// # Errors
    /// If the split cannot be read.
    pub fn subjects(&self) -> anyhow::Result<Subjects> {
        self.subjects.read(&self.data)
    }

    /// Where the model comes from.
    pub fn model_source(&self) -> ModelSource {
        self.model.as_deref().map_or(ModelSource::Default, ModelSource::named)
    }
}

/// A model and its student, ready to draw.
pub(super) struct ModelAndStudent {
    pub model: Synthesizer,
    pub student: Option<Synthesizer>,
}

impl MeasuredArgs {
    /// The model and its student: that of a file, else the one beside the model, if there is one.
    ///
    /// # Errors
    /// If one of them is no image model, or may have seen the measured eyes and nobody allowed it.
    pub fn load_with_student(
        &self,
        student: Option<&PathBuf>,
        who: &Subjects,
        device: &Device,
    ) -> anyhow::Result<ModelAndStudent> {
        let source = self.model_source();
        let load_unseen = |file: &(_, String)| -> anyhow::Result<Synthesizer> {
            let model = load(file, device)?;
            self.guard.check(Path::new(&file.1), &model.info().training, &who.measured)?;
            Ok(model)
        };
        let model = load_unseen(&source.read()?)?;
        let student = match student {
            Some(path) => Some(ModelSource::File(path.clone()).read()?),
            None => source.read_student(),
        };
        Ok(ModelAndStudent { model, student: student.map(|file| load_unseen(&file)).transpose()? })
    }
}

/// How the scans of masks are drawn, with one number of steps.
#[derive(Debug, Args)]
pub(super) struct DrawingArgs {
    /// Network evaluations of a synthesis
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub steps: u32,
    #[arg(long, value_enum, default_value_t)]
    pub sampler: Sampler,
    /// How the noise levels of a synthesis are spaced
    #[arg(long, value_enum, default_value_t)]
    pub noise_levels: NoiseSpacing,
    /// Seed of the first scan's noise; the others follow
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    #[arg(long, value_enum, default_value = "auto")]
    pub device: ComputeDevice,
}

impl DrawingArgs {
    /// The path from noise to scan.
    pub fn settings(&self) -> Settings {
        Settings { sampler: self.sampler, spacing: self.noise_levels, steps: self.steps }
    }
}

/// Side of the patches whose distance is taken, in pixels, how many a scan, and along how many directions.
pub(super) const PATCH_SIDE: u32 = 7;
pub(super) const PATCHES_A_SCAN: usize = 1500;
pub(super) const DIRECTIONS: usize = 128;

/// At most `most` of a list, spread evenly.
pub(super) fn spread<T: Copy>(all: &[T], most: usize) -> Vec<T> {
    let count = all.len().min(most);
    (0..count).map(|index| all[(2 * index + 1) * all.len() / (2 * count)]).collect()
}

/// A network of a model file's bytes, ready to draw.
///
/// # Errors
/// If it is no model file of an image model.
pub(super) fn load(
    (bytes, file): &(impl AsRef<[u8]>, String),
    device: &Device,
) -> anyhow::Result<Synthesizer> {
    let (unet, info) = model_file::load(bytes.as_ref(), file, device)?;
    ensure!(
        info.kind == ModelKind::Image,
        "{file}: this model draws masks, not scans; choose an image model"
    );
    Ok(Synthesizer::new(unet, info, device.clone()))
}

/// The synthetic scan of a real one's mask. Columns that the network is not shown repeat the last one beside
/// them.
pub(super) fn synthesize(
    synthesizer: &Synthesizer,
    scan: &LabelledScan,
    settings: Settings,
    seed: u64,
) -> GreyImage {
    synthesize_emphasised(synthesizer, scan, settings, Emphasis::default(), seed)
}

/// [`synthesize`] with an emphasis on parts of the mask.
pub(super) fn synthesize_emphasised(
    synthesizer: &Synthesizer,
    scan: &LabelledScan,
    settings: Settings,
    emphasis: Emphasis,
    seed: u64,
) -> GreyImage {
    synthesize_looking(synthesizer, scan, settings, (emphasis, LooksOf::Model), seed)
}

/// Whose style and vessel shadows a measured picture has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum LooksOf {
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
    settings: Settings,
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

/// Style and vessel shadows of a real scan on the grid of the model, as far as the model knows them.
fn look_of_scan(synthesizer: &Synthesizer, scan: &LabelledScan) -> Look {
    let info = synthesizer.info();
    let style_components = info.style.as_ref().map_or(0, |style| style.components());
    let options = SampleOptions { style_components, shadow: info.shadow, ..SampleOptions::default() };
    let sample = Sample::with_options(scan, &info.mapping, options);
    let style = info.style.as_ref().zip(sample.figures).map(|(style, figures)| style.style(&figures));
    Look { style, shadow: sample.shadow.into() }
}
