//! `retidiff case series`: one eye over time, between two recipes.

use std::path::PathBuf;

use anyhow::Context;

use super::reading::read_case;
use crate::cases::visits::{Course, Figures, Placement};
#[cfg(feature = "cpu")]
use crate::formats::case_file::CasePicture;
use crate::formats::course_files::{CourseFile, visit_png};
use crate::formats::figure::FigureFormat;
use crate::formats::write_file;
use crate::scan::GreyImage;

/// What is written beside the masks.
const FILES: [(CourseFile, &str); 6] = [
    (CourseFile::Table, "series.csv"),
    (CourseFile::Strip(FigureFormat::Svg), "strip.svg"),
    (CourseFile::Strip(FigureFormat::Png), "strip.png"),
    (CourseFile::Poster(FigureFormat::Png), "poster.png"),
    (CourseFile::Poster(FigureFormat::Pdf), "poster.pdf"),
    (CourseFile::Film, "film.png"),
];

/// Makes visits of one eye between two designed cases: masks, synthetic scans, a table, a strip, a poster, a film.
///
/// Both recipes are built with one seed, so that they are of one eye. Thickness and the area of each fluid go from
/// the first to the last in proportion to time; the table tells what was asked for and what each mask measures. The
/// noise of the scans is the same at every visit while the retina keeps its place, so that only the disease changes, and
/// new where it is placed anew. A designed course, never a forecast of a patient.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  \
    retidiff case series dme-severe dme-mild --visits 0,1,3,6,12 --out course")]
pub struct SeriesArgs {
    /// The first visit: a recipe (TOML or JSON), or the name of a template
    #[arg(value_name = "RECIPE_A")]
    first: PathBuf,
    /// The last visit
    #[arg(value_name = "RECIPE_B")]
    last: PathBuf,
    /// Months of the visits, ascending
    #[arg(long, value_name = "MONTHS", value_delimiter = ',', default_value = "0,1,3,6,12")]
    visits: Vec<f64>,
    /// Where masks, scans, series.csv, strip.png, strip.svg, poster.png, poster.pdf and film.png (animated) go
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Whether the retina and the noise stay as they are, or the retina is placed and tilted anew at every visit, with new
    /// noise
    #[arg(long, value_enum, default_value_t)]
    placement: PlacementChoice,
    /// Of the eye and of its placement; the first recipe's unless said here
    #[arg(long)]
    seed: Option<u64>,
    #[cfg(feature = "cpu")]
    #[command(flatten)]
    scan: super::scan::ScanOptions,
}

/// Where the retina lies at each visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum PlacementChoice {
    /// Only the disease changes.
    #[default]
    Locked,
    /// Up or down, and tilted, as in the clinic.
    Fresh,
}

/// Runs the subcommand.
///
/// # Errors
/// If a recipe cannot be read or met, the two are not of one scan, or a file cannot be written.
pub fn run(args: SeriesArgs) -> anyhow::Result<()> {
    let (first, first_base) = read_case(&args.first)?;
    let (last, last_base) = read_case(&args.last)?;
    let seed = args.seed.unwrap_or(first.seed);
    let bases = [first_base, last_base];
    let placement = match args.placement {
        PlacementChoice::Locked => Placement::Locked,
        PlacementChoice::Fresh => Placement::Fresh,
    };
    let bases = bases.each_ref().map(Option::as_ref);
    let course = Course::between([&first, &last], bases, &args.visits, placement, seed)
        .with_context(|| format!("{} to {}", args.first.display(), args.last.display()))?;
    write(&args, &course)?;
    for visit in &course.visits {
        let Figures { central_um, .. } = visit.measured;
        println!(
            "month {:>5}: central {central_um:.1} um (requested {:.1}), fluid {:.4} mm2 (requested {:.4})",
            visit.month,
            visit.requested.central_um,
            visit.measured.fluid_mm2(),
            visit.requested.fluid_mm2()
        );
    }
    Ok(())
}

fn write(args: &SeriesArgs, course: &Course) -> anyhow::Result<()> {
    for (number, visit) in course.visits.iter().enumerate() {
        let png = visit_png(visit, course.seed)?;
        write_file(&args.out.join(format!("visit-{number:02}.png")), &png)?;
    }
    let scans = scans(args, course)?;
    for (kind, file) in FILES {
        write_file(&args.out.join(file), &kind.encoded(course, &scans)?)?;
    }
    Ok(())
}

/// Draws and writes the scan of every visit; none where masks alone are wanted.
#[cfg(feature = "cpu")]
fn scans(args: &SeriesArgs, course: &Course) -> anyhow::Result<Vec<GreyImage>> {
    let Some(renderer) = args.scan.renderer()? else { return Ok(Vec::new()) };
    let spacing = course.frame.spacing();
    let drawn = course.visits.iter().enumerate().map(|(number, visit)| {
        let picture = CasePicture { seed: course.noise_seed(number), steps: args.scan.steps() };
        let out = args.out.join(format!("visit-{number:02}-scan.png"));
        renderer.render(&out, &visit.mask, spacing, picture)
    });
    drawn.collect()
}

#[cfg(not(feature = "cpu"))]
fn scans(_args: &SeriesArgs, _course: &Course) -> anyhow::Result<Vec<GreyImage>> {
    Ok(Vec::new())
}
