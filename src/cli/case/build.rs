//! `retidiff case build`: the masks of a recipe.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, ensure};
use serde::Serialize;

use super::reading::read_case;
use crate::cases::{CaseRecipe, DrawnCyst, Finding, MAX_SEED, SolvedCase, solve};
#[cfg(feature = "cpu")]
use crate::formats::case_file::CasePicture;
use crate::formats::provenance::{Made, Provenance, SOFTWARE, borrowed};
use crate::formats::{label_png, write_file};
use crate::mask::Mask;

/// Version of `case.json`: what was requested stood under another key in the first.
const CASE_VERSION: u32 = 2;

/// Makes the masks of a recipe, one for each seed.
///
/// Written are `mask.png` (a label PNG), `case.json` (what was asked and what the mask measures) and, where this
/// program has its networks, `scan.png`, a synthetic B-scan of the mask; with --seeds above 1 each in a folder
/// `seed-N`. A recipe that cannot be met writes nothing and says which wish conflicts with which. The same recipe
/// and seed give the same mask on every machine.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    retidiff case build dme-moderate --out case\n  \
    retidiff case build my-case.toml --out cases --seeds 10 --no-scan")]
pub struct BuildArgs {
    /// A recipe (TOML or JSON), a shared case, or the name of a template
    #[arg(value_name = "RECIPE")]
    recipe: PathBuf,
    /// Where the case goes
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many variants, with seeds counted upwards from the recipe's
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    seeds: u64,
    #[cfg(feature = "cpu")]
    #[command(flatten)]
    scan: super::scan::ScanOptions,
}

/// What is written beside a mask.
#[derive(Debug, Serialize)]
struct CaseFile<'a> {
    version: u32,
    synthetic: bool,
    software: &'static str,
    recipe: &'a CaseRecipe,
    width: u32,
    height: u32,
    /// Size of a pixel in um: down, across.
    pixel_um: [f64; 2],
    /// In image coordinates.
    fovea_column: f64,
    /// Whether the mask's layers show the fovea, or the recipe says where it is.
    fovea_from: &'a str,
    met: bool,
    findings: &'a [Finding],
    /// The cysts as they were drawn.
    cysts: &'a [DrawnCyst],
}

/// Runs the subcommand.
///
/// # Errors
/// If the recipe cannot be read or met, or a file cannot be written.
pub fn run(args: BuildArgs) -> anyhow::Result<()> {
    let (recipe, base) = read_case(&args.recipe)?;
    let last = recipe.seed.checked_add(args.seeds - 1).filter(|&last| last <= MAX_SEED);
    ensure!(last.is_some(), "the recipe's seed {} leaves no room for --seeds {}", recipe.seed, args.seeds);
    #[cfg(feature = "cpu")]
    let scan_renderer = args.scan.renderer()?;
    for number in 0..args.seeds {
        let recipe = recipe.with_seed(recipe.seed + number);
        let began = Instant::now();
        let solved = solve(&recipe, base.as_ref())
            .with_context(|| format!("{}, seed {}", args.recipe.display(), recipe.seed))?;
        let secs = began.elapsed().as_secs_f64();
        let folder = match args.seeds {
            1 => args.out.clone(),
            _ => args.out.join(format!("seed-{}", recipe.seed)),
        };
        write_case(&folder, &recipe, &solved)?;
        #[cfg(feature = "cpu")]
        if let Some(scan_renderer) = &scan_renderer {
            let picture = CasePicture { seed: recipe.seed, steps: args.scan.steps() };
            let spacing = solved.frame.spacing();
            scan_renderer.render(&folder.join("scan.png"), &solved.mask, spacing, picture)?;
        }
        println!(
            "{}: seed {}, {} wishes met, {secs:.2} s",
            folder.display(),
            recipe.seed,
            solved.report.findings.len()
        );
    }
    Ok(())
}

fn write_case(folder: &Path, recipe: &CaseRecipe, solved: &SolvedCase) -> anyhow::Result<()> {
    let SolvedCase { mask, frame, cysts, report } = solved;
    write_file(&folder.join("mask.png"), &mask_png(recipe, mask)?)?;
    let case = CaseFile {
        version: CASE_VERSION,
        synthetic: true,
        software: SOFTWARE,
        recipe,
        width: mask.width(),
        height: mask.height(),
        pixel_um: [frame.axial_um, frame.lateral_um],
        fovea_column: report.fovea_column,
        fovea_from: report.fovea_from,
        met: report.is_met(),
        findings: &report.findings,
        cysts,
    };
    let mut json = serde_json::to_string_pretty(&case)?;
    json.push('\n');
    write_file(&folder.join("case.json"), json.as_bytes())?;
    Ok(())
}

/// A label PNG that says what it is. No date and no path: the same case is the same file.
fn mask_png(recipe: &CaseRecipe, mask: &Mask) -> anyhow::Result<Vec<u8>> {
    let provenance = Provenance { made: Made::DesignedMask, seed: recipe.seed, ..Provenance::default() };
    let name: String = recipe.name.chars().filter(char::is_ascii).collect();
    let written = provenance.text();
    let mut text = borrowed(&written);
    text.push(("Title", name.as_str()));
    Ok(label_png::write(mask.width(), mask.height(), &mask.composite_pixels(), &text)?)
}
