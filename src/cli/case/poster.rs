//! `retidiff case poster`: a case, or one eye over time, on one page.

use std::path::PathBuf;

use anyhow::{Context, bail};

use super::reading::read_case;
use crate::cases::solve;
use crate::cases::visits::{Course, Placement};
#[cfg(feature = "cpu")]
use crate::formats::case_file::CasePicture;
use crate::formats::course_files::CourseFile;
use crate::formats::figure::FigureFormat;
use crate::formats::write_file;
use crate::scan::GreyImage;

/// Makes a poster of a case: scan and labels, thickness across the fovea; with a second recipe several visits of one eye
/// with their curves. PNG, SVG or PDF, marked as synthetic.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    retidiff case poster csc --out csc.pdf\n  \
    retidiff case poster dme-severe dme-mild --visits 0,1,3,6,12 --out course.png")]
pub struct PosterArgs {
    /// A recipe (TOML or JSON), a shared case, or the name of a template
    #[arg(value_name = "RECIPE")]
    first: PathBuf,
    /// The last visit, where there are several
    #[arg(value_name = "RECIPE_B")]
    last: Option<PathBuf>,
    /// The picture to write; its ending (.png, .svg, .pdf) says which kind
    #[arg(long, value_name = "POSTER")]
    out: PathBuf,
    /// Months of the visits, ascending
    #[arg(long, value_name = "MONTHS", value_delimiter = ',', default_value = "0,1,3,6,12")]
    visits: Vec<f64>,
    /// Of the eye and of its noise; the first recipe's unless said here
    #[arg(long)]
    seed: Option<u64>,
    #[cfg(feature = "cpu")]
    #[command(flatten)]
    scan: super::scan::ScanOptions,
}

/// Runs the subcommand.
///
/// # Errors
/// If a recipe cannot be read or met, or the file cannot be written.
pub fn run(args: PosterArgs) -> anyhow::Result<()> {
    let Some(format) = FigureFormat::of(&args.out) else {
        bail!("{}: end the name in .png, .svg or .pdf: it says what is written", args.out.display());
    };
    let course = course(&args)?;
    let scans = scans(&args, &course)?;
    let bytes = CourseFile::Poster(format).encoded(&course, &scans)?;
    write_file(&args.out, &bytes)?;
    let (visits, kb) = (course.visits.len(), bytes.len().div_ceil(1000));
    println!("{}: {}, {visits} visits, {kb} KB", args.out.display(), course.name);
    Ok(())
}

fn course(args: &PosterArgs) -> anyhow::Result<Course> {
    let (first, base) = read_case(&args.first)?;
    let seed = args.seed.unwrap_or(first.seed);
    let Some(second) = &args.last else {
        let recipe = first.with_seed(seed);
        let solved = solve(&recipe, base.as_ref()).with_context(|| args.first.display().to_string())?;
        return Ok(Course::of_case(&recipe, &solved));
    };
    let (last, last_base) = read_case(second)?;
    let bases = [base.as_ref(), last_base.as_ref()];
    Course::between([&first, &last], bases, &args.visits, Placement::Locked, seed)
        .with_context(|| format!("{} to {}", args.first.display(), second.display()))
}

#[cfg(feature = "cpu")]
fn scans(args: &PosterArgs, course: &Course) -> anyhow::Result<Vec<GreyImage>> {
    let Some(renderer) = args.scan.renderer()? else { return Ok(Vec::new()) };
    let drawn = course.visits.iter().enumerate().map(|(number, visit)| {
        let picture = CasePicture { seed: course.noise_seed(number), steps: args.scan.steps() };
        renderer.image(&visit.mask, course.frame.spacing(), picture).map(|(image, _)| image)
    });
    drawn.collect()
}

#[cfg(not(feature = "cpu"))]
fn scans(_args: &PosterArgs, _course: &Course) -> anyhow::Result<Vec<GreyImage>> {
    Ok(Vec::new())
}
