//! `retidiff evaluate lesions`: whether a cyst that is painted is seen.

use std::path::PathBuf;

use clap::Args;

use super::super::compute::ComputeDevice;
use super::super::synthesize::parse_lesion_contrast;
use super::measured::{MeasuredArgs, print_report, say_done};
use crate::dataset::Manifest;
use crate::diffusion::NoiseSpacing;
use crate::diffusion::samplers::Sampler;
use crate::evaluation::lesions::{LesionReport, Lesions};

/// Stamps cysts of 60, 120, 200 and 350 µm into the masks of labelled scans, draws them, and measures how well they
/// are seen, in one step (the student's, where there is one) and in several.
///
/// Every mask is drawn twice from the same noise, with the cysts and without. Measured are the grey inside over
/// that of the layers around, how many pixels the wall takes from 10 to 90 % of the step, how far from the painted
/// edge it stands, and how much darker it is beyond. Beside them stand the cysts that graders drew in the same
/// scans. A line passes where the painted cysts are not brighter than the darker quarter of the real ones of Duke
/// 1-8, the wall is within 4 px and 1 px of the painted edge, and nothing beyond it is darker by more than a
/// twentieth. Where nobody is named and Duke 7-8, who are measured by the program's own split, are not there,
/// everybody with a grader's labels is.
#[derive(Debug, Args)]
pub struct LesionsArgs {
    #[command(flatten)]
    measured: MeasuredArgs,
    /// Its student's model file; the one beside the model unless said here
    #[arg(long, value_name = "FILE")]
    student: Option<PathBuf>,
    /// At most so many scans, spread evenly
    #[arg(long, value_name = "N", default_value_t = 22, value_parser = clap::value_parser!(u32).range(1..))]
    scans: u32,
    /// Step counts of the model
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', default_values_t = [1, 8],
        value_parser = clap::value_parser!(u32).range(1..=100))]
    steps: Vec<u32>,
    /// The model's path from noise to scan
    #[arg(long, value_enum, default_value_t)]
    sampler: Sampler,
    /// Multiply the contrast of lesions, of the model's and of its student's; 1 is as in scans
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = parse_lesion_contrast)]
    lesion_contrast: f64,
    /// How the noise levels of more than one step are spaced
    #[arg(long, value_enum, default_value_t = NoiseSpacing::USUAL)]
    noise_levels: NoiseSpacing,
    /// Seed of the first scan's noise and cysts; the others follow
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[arg(long, value_enum, default_value = "auto")]
    device: ComputeDevice,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read, or a scan's pixel size is not known.
pub fn run(args: &LesionsArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.measured.data)?;
    let who = args.measured.subjects(&manifest)?;
    let scans = who.scans(&manifest)?;
    let (device, device_name) = args.device.pick()?;
    let models = args.measured.load_with_student(args.student.as_ref(), &who, &device)?;
    let lesions = Lesions {
        manifest: &manifest,
        who: &who,
        scans: &scans,
        most: args.scans as usize,
        models: &models,
        device: device_name,
        counts: &args.steps,
        sampler: args.sampler,
        noise_levels: args.noise_levels,
        lesion_contrast: args.lesion_contrast,
        seed: args.seed,
    };
    let report = lesions.measure(&mut |done| say_done(args.json, done))?;
    print_report(args.json, &report, LesionReport::table)
}
