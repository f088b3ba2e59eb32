//! `retidiff evaluate masks`: DMC modes side by side on the same drawn masks, drawn against real masks as
//! distributions, and distance to the nearest training mask.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::guard::GuardArgs;
use super::subjects::SubjectArgs;
use super::writing::write;
use crate::cli::masks::MaskDrawingArgs;
use crate::dataset::Manifest;
use crate::evaluation::masks::MaskMeasurement;

/// Masks between two lines that say how far it is.
const PROGRESS_EVERY: u32 = 20;

/// Measures a mask model: what each way of turning drawn values into labels does to the same masks, how thickness
/// and fluid of drawn masks are distributed beside real ones, how far lines step and how much they bend, how ragged
/// cysts are, and whether masks are copies.
///
/// Real masks pass through the model's grid too, so that only the drawing differs. The measured eyes validate
/// unless others are named: recipes were chosen by looking at them. The Dice with the drawn planes is circular, for
/// the labels were taken from those planes: it shows what labelling and repair change, not whether masks are right.
/// How every interface and the thickness from ILM to BM step from column to column, and how they bend over half a
/// millimetre, is measured on graders' lines as they are; a median of drawn masks passes among the medians of the
/// training eyes, a distribution where it is as near to that of the training masks as the eye that lies farthest is
/// to the other eyes. The outline of a cyst is perimeter² over 4π times area: 1 is round, an ellipse of 4 to 1 has
/// 1.86. Intervals are 95 % bootstrap intervals over masks; masks of one eye are alike, so they are rather too
/// narrow.
#[derive(Debug, Args)]
pub struct MaskEvaluation {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Masks to draw
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    count: u32,
    #[command(flatten)]
    drawing: MaskDrawingArgs,
    #[command(flatten)]
    subjects: SubjectArgs,
    #[command(flatten)]
    guard: GuardArgs,
    /// Compare distributions with training masks of these sources only (the measured ones' own unless said
    /// here); copies are looked for among all training masks
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    sources: Option<Vec<String>>,
    /// Write drawn masks: by the default labels above, by the paper's below
    #[arg(long, value_name = "FILE.png")]
    sheet: Option<PathBuf>,
    /// Write the distributions as curves
    #[arg(long, value_name = "FILE.svg")]
    plots: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the evaluation.
///
/// # Errors
/// If something cannot be read or written.
pub fn run(args: &MaskEvaluation) -> anyhow::Result<()> {
    let (generator, device) = args.drawing.generator()?;
    let manifest = Manifest::read(&args.data)?;
    let who = args.subjects.read(&args.data)?;
    let measurement = MaskMeasurement {
        generator: &generator,
        device,
        settings: args.drawing.settings(0),
        count: args.count,
        manifest: &manifest,
        who: &who,
        sources: args.sources.as_deref(),
        guard: args.guard.guard(),
    };
    let measured = measurement.measure(&mut |count, secs| {
        if !args.json && count.is_multiple_of(PROGRESS_EVERY) {
            eprintln!("{count} of {} masks, {secs:.0} s", args.count);
        }
    })?;
    if let Some(path) = &args.sheet {
        write(path, &measured.sheet().context("encoding the sheet")?)?;
    }
    if let Some(path) = &args.plots {
        write(path, measured.plots().as_bytes())?;
    }
    match args.json {
        true => println!("{}", serde_json::to_string(&measured.report)?),
        false => print!("{}", measured.report.table()),
    }
    Ok(())
}
