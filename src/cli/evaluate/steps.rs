//! `retidiff evaluate steps`: what few steps cost in quality, of a model and of its student.

use std::path::PathBuf;

use clap::Args;

use super::super::compute::ComputeDevice;
use super::measured::{MeasuredArgs, print_report, say_done};
use super::writing::write;
use crate::dataset::Manifest;
use crate::diffusion::NoiseSpacing;
use crate::diffusion::samplers::Sampler;
use crate::evaluation::steps::{Steps, StepsReport};

/// Measures pictures of few steps against the same model's at 20, on the masks of labelled scans.
///
/// The noise is the same for all of them. Printed are the time of a scan; the largest and the mean difference of
/// the classes' mean grey; the height of the edges at ILM and BM; the classes' speckle contrast and autocorrelation
/// widths, as mean ratios to the reference; and the sliced Wasserstein distance of 7 x 7 patches, in grey levels,
/// from the reference and from the real scans. Of the student, where there is one, pictures of more than one step
/// are drawn with fresh noise between them. Where nobody is named and Duke 7-8, who are measured by the program's
/// own split, are not there, everybody with a grader's labels is.
#[derive(Debug, Args)]
pub struct StepsArgs {
    #[command(flatten)]
    measured: MeasuredArgs,
    /// Its student's model file; the one beside the model unless said here
    #[arg(long, value_name = "FILE")]
    student: Option<PathBuf>,
    /// At most so many scans, spread evenly
    #[arg(long, value_name = "N", default_value_t = 22, value_parser = clap::value_parser!(u32).range(1..))]
    scans: u32,
    /// Step counts to measure
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', default_values_t = [1, 2, 4, 8],
        value_parser = clap::value_parser!(u32).range(1..=100))]
    steps: Vec<u32>,
    /// The model's path from noise to scan
    #[arg(long, value_enum, default_value_t)]
    sampler: Sampler,
    /// How the model's noise levels of more than one step are spaced; a student has its own
    #[arg(long, value_enum, default_value_t = NoiseSpacing::USUAL)]
    noise_levels: NoiseSpacing,
    /// Seed of the first scan's noise; the others follow
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[arg(long, value_enum, default_value = "auto")]
    device: ComputeDevice,
    /// Write the pictures of four scans beside each other: the real scan, the reference, the measured ones
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read or written.
pub fn run(args: &StepsArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.measured.data)?;
    let who = args.measured.subjects(&manifest)?;
    let scans = who.scans(&manifest)?;
    let (device, device_name) = args.device.pick()?;
    let models = args.measured.load_with_student(args.student.as_ref(), &who, &device)?;
    let steps = Steps {
        manifest: &manifest,
        who: &who,
        scans: &scans,
        most: args.scans as usize,
        models: &models,
        device: device_name,
        counts: &args.steps,
        sampler: args.sampler,
        noise_levels: args.noise_levels,
        seed: args.seed,
    };
    let (report, sheet) = steps.measure(&mut |done| say_done(args.json, done))?;
    if let Some(path) = &args.sheet {
        write(path, &sheet.encode()?)?;
    }
    print_report(args.json, &report, StepsReport::table)
}
