//! `retidiff case series`: one eye over time, between two recipes.

use std::path::PathBuf;

use anyhow::{Context, ensure};

use super::{read_base, read_recipe};
use crate::cases::visits::{Figures, Placement, Visit, series};
use crate::cases::{CaseRecipe, Frame, solve};
use crate::document::LabelTable;
use crate::formats::figure::{Figure, FigureFormat, LabelStyle, Panel, PanelLabels, Proportions};
use crate::formats::{label_png, write_file};

/// Width of the strip as PNG.
const STRIP_PX: u32 = 2400;
/// Pictures in a row of the strip.
const STRIP_COLUMNS: usize = 3;

/// Makes visits of one eye between two designed cases: masks, a table, a strip.
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
    /// Where masks, series.csv, strip.png and strip.svg go
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
    let build = |recipe: &CaseRecipe, folder: &PathBuf, path: &PathBuf| {
        let base = read_base(recipe, folder)?;
        solve(&recipe.with_seed(seed), base.as_ref()).with_context(|| path.display().to_string())
    };
    let (from, to) = (build(&first, &first_folder, &args.first)?, build(&last, &last_folder, &args.last)?);
    let sizes = [from.frame, to.frame].map(|frame| (frame.axial_um, frame.lateral_um));
    ensure!(
        sizes[0] == sizes[1] && first.eye == last.eye,
        "{} and {} are of different scans: give both recipes the same scan and eye",
        args.first.display(),
        args.last.display()
    );
    let placement = match args.placement {
        PlacementChoice::Locked => Placement::Locked,
        PlacementChoice::Fresh => Placement::Fresh,
    };
    let visits = series(&from.mask, &to.mask, &from.frame, &args.visits, placement, seed)?;
    write(&args, &visits, &from.frame, seed)?;
    for visit in &visits {
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

fn write(args: &SeriesArgs, visits: &[Visit], frame: &Frame, seed: u64) -> anyhow::Result<()> {
    let seed_text = seed.to_string();
    let text = [
        ("Comment", "SYNTHETIC labels: designed from two recipes, of no eye that exists"),
        ("Synthetic", "true"),
        ("Software", concat!("RetiDiff Studio ", env!("CARGO_PKG_VERSION"))),
        ("Seed", &seed_text),
    ];
    for (number, visit) in visits.iter().enumerate() {
        let mask = &visit.mask;
        let png = label_png::write(mask.width(), mask.height(), &mask.composite_pixels(), &text)?;
        write_file(&args.out.join(format!("visit-{number:02}.png")), &png)?;
    }
    write_file(&args.out.join("series.csv"), table(visits).as_bytes())?;
    let labels = LabelTable::default();
    let strip = strip(visits, frame, &labels, seed).drawn();
    for (format, file) in [(FigureFormat::Svg, "strip.svg"), (FigureFormat::Png, "strip.png")] {
        write_file(&args.out.join(file), &strip.encoded(format, STRIP_PX)?)?;
    }
    Ok(())
}

/// One line a visit, asked and measured.
fn table(visits: &[Visit]) -> String {
    let mut table =
        "visit,month,share,central_um_asked,central_um,irf_mm2_asked,irf_mm2,srf_mm2_asked,srf_mm2,\
         ped_mm2_asked,ped_mm2\n"
            .to_owned();
    for (number, visit) in visits.iter().enumerate() {
        let (asked, measured) = (&visit.asked, &visit.measured);
        table += &format!(
            "{number},{},{:.4},{:.2},{:.2},{:.5},{:.5},{:.5},{:.5},{:.5},{:.5}\n",
            visit.month,
            visit.share,
            asked.central_um,
            measured.central_um,
            asked.irf_mm2,
            measured.irf_mm2,
            asked.srf_mm2,
            measured.srf_mm2,
            asked.ped_mm2,
            measured.ped_mm2
        );
    }
    table
}

/// The visits beside each other.
fn strip<'a>(visits: &'a [Visit], frame: &Frame, table: &'a LabelTable, seed: u64) -> Figure<'a> {
    let panel = |(number, visit): (usize, &'a Visit)| Panel {
        heading: format!("Month {} · {:.0} µm", visit.month, visit.measured.central_um),
        size: [visit.mask.width(), visit.mask.height()],
        labels: Some(PanelLabels { mask: &visit.mask, style: LabelStyle::Filled }),
        spacing: Some(frame.spacing()),
        proportions: Proportions::Pixels,
        has_scale_bars: number == 0,
        ..Panel::default()
    };
    Figure {
        panels: visits.iter().enumerate().map(panel).collect(),
        columns: STRIP_COLUMNS.min(visits.len()),
        table,
        caption: format!(
            "A designed course, no patient's. Thickness over the central millimetre · seed {seed}"
        ),
        synthetic: true,
    }
}
