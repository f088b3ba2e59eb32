//! `retidiff case series`: one eye over time, between two recipes.

use std::path::PathBuf;

use anyhow::Context;

use super::{read_base, read_recipe};
use crate::cases::visits::{Course, Figures, Placement};
use crate::formats::course_files::{CourseFile, visit_png};
use crate::formats::figure::FigureFormat;
use crate::formats::write_file;

/// What is written beside the masks.
const FILES: [(CourseFile, &str); 4] = [
    (CourseFile::Table, "series.csv"),
    (CourseFile::Strip(FigureFormat::Svg), "strip.svg"),
    (CourseFile::Strip(FigureFormat::Png), "strip.png"),
    (CourseFile::Film, "film.png"),
];

/// Makes visits of one eye between two designed cases: masks, a table, a strip, a film.
///
/// Both recipes are built with one seed, so that they are of one eye. Thickness and the area of each fluid go from
/// the first to the last in proportion to time; the table tells what was asked for and what each mask measures. A
/// designed course, never a forecast of a patient.
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
    /// Where masks, series.csv, strip.png, strip.svg and film.png (animated) go
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Whether the retina stays in its place, or is placed and tilted anew at every visit
    #[arg(long, value_enum, default_value_t)]
    placement: PlacementChoice,
    /// Of the eye and of its placement; the first recipe's unless said here
    #[arg(long)]
    seed: Option<u64>,
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
    let (first, first_folder) = read_recipe(&args.first)?;
    let (last, last_folder) = read_recipe(&args.last)?;
    let seed = args.seed.unwrap_or(first.seed);
    let bases = [read_base(&first, &first_folder)?, read_base(&last, &last_folder)?];
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
            "month {:>5}: central {central_um:.1} um (asked {:.1}), fluid {:.4} mm2 (asked {:.4})",
            visit.month,
            visit.asked.central_um,
            visit.measured.fluid_mm2(),
            visit.asked.fluid_mm2()
        );
    }
    Ok(())
}

fn write(args: &SeriesArgs, course: &Course) -> anyhow::Result<()> {
    for (number, visit) in course.visits.iter().enumerate() {
        let png = visit_png(visit, course.seed)?;
        write_file(&args.out.join(format!("visit-{number:02}.png")), &png)?;
    }
    for (kind, file) in FILES {
        write_file(&args.out.join(file), &kind.encoded(course)?)?;
    }
    Ok(())
}
