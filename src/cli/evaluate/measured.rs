//! The options that say which scans and which model an evaluation measures, and how it draws the scan of a mask.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use clap::Args;
use serde::Serialize;

use super::super::compute::ComputeDevice;
use super::guard::GuardArgs;
use super::subjects::SubjectArgs;
use crate::dataset::Manifest;
use crate::diffusion::NoiseSpacing;
use crate::diffusion::samplers::Sampler;
use crate::diffusion::synthesizer::{SamplingSettings, Synthesizer};
use crate::evaluation::drawn_scans::{ModelAndStudent, load};
use crate::evaluation::{ScanDone, SeenEyes, Subjects};
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
    pub guard: GuardArgs,
}

impl MeasuredArgs {
    /// Whose scans are measured.
    ///
    /// # Errors
    /// If the split cannot be read.
    pub fn subjects(&self, manifest: &Manifest) -> anyhow::Result<Subjects> {
        self.subjects.read_or_all(manifest)
    }

    /// Where the model comes from.
    pub fn model_source(&self) -> ModelSource {
        self.model.as_deref().map_or(ModelSource::Default, ModelSource::named)
    }

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
        let mut seen = SeenEyes::default();
        let mut load_unseen = |file: &(_, String)| -> anyhow::Result<Synthesizer> {
            let model = load(file, device)?;
            seen.join(self.guard.guard().check(Path::new(&file.1), &model.info().training, &who.measured)?);
            Ok(model)
        };
        let model = load_unseen(&source.read()?)?;
        let student = match student {
            Some(path) => Some(ModelSource::File(path.clone()).read()?),
            None => source.read_student(),
        };
        let student = student.map(|file| load_unseen(&file)).transpose()?;
        Ok(ModelAndStudent { model, student, seen })
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
    #[arg(long, value_enum, default_value_t = NoiseSpacing::USUAL)]
    pub noise_levels: NoiseSpacing,
    /// Seed of the first scan's noise; the others follow
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    #[arg(long, value_enum, default_value = "auto")]
    pub device: ComputeDevice,
}

impl DrawingArgs {
    /// The path from noise to scan.
    pub fn settings(&self) -> SamplingSettings {
        SamplingSettings { sampler: self.sampler, spacing: self.noise_levels, steps: self.steps }
    }
}

/// Says on stderr which scan was measured, unless the report is for programs.
pub(super) fn say_done(is_for_programs: bool, done: &ScanDone) {
    if !is_for_programs {
        eprintln!("{} ({} of {})", done.entry.id, done.index + 1, done.count);
    }
}

/// Prints a report as JSON for programs, as its table otherwise.
///
/// # Errors
/// If it cannot be written as JSON.
pub(super) fn print_report<R: Serialize>(
    is_for_programs: bool,
    report: &R,
    table: impl FnOnce(&R) -> String,
) -> anyhow::Result<()> {
    match is_for_programs {
        true => println!("{}", serde_json::to_string_pretty(report)?),
        false => print!("{}", table(report)),
    }
    Ok(())
}
