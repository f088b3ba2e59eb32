//! `retidiff case share`: a case as one small file.

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};

use super::super::import::parse_spacing;
use super::reading::{read_case, read_mask};
use crate::anatomy::UNANNOTATED;
use crate::cases::{Frame, MAX_SEED};
use crate::formats::case_file::{CASE_ENDING, CaseContent, CaseFile, CasePicture, USUAL_STEPS};
use crate::formats::write_file;
use crate::mask::Mask;
use crate::mask::fovea::certain_fovea;
use crate::scan::{Laterality, Spacing};

/// Writes a case as one small file, to be sent: it opens in the studio, in a quiz and in the demo mode.
///
/// SOURCE is a recipe (TOML or JSON), the name of a template, or a label PNG that was painted. The file holds recipe or
/// mask, seed, words and how the synthetic scan is drawn: whoever opens it gets the same labels. No path and no
/// file's name is in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    retidiff case share dme-moderate --out dme.retidiff-case\n  \
    retidiff case share painted.png --spacing 3.87x11.3 --title \"Two cysts\" --out two.retidiff-case")]
pub struct ShareArgs {
    /// A recipe, the name of a template, a shared case or a label PNG
    #[arg(value_name = "SOURCE")]
    source: PathBuf,
    /// The file to write; its name ends in .retidiff-case
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What the case is called; the recipe's name unless said here
    #[arg(long)]
    title: Option<String>,
    /// Words about it
    #[arg(long)]
    about: Option<String>,
    /// Of the eye and of the noise of its scan; the recipe's unless said here
    #[arg(long, value_parser = clap::value_parser!(u64).range(0..=MAX_SEED))]
    seed: Option<u64>,
    /// Denoising steps of its scan
    #[arg(long, default_value_t = USUAL_STEPS, value_parser = clap::value_parser!(u32).range(1..=1000))]
    steps: u32,
    /// Size of a pixel of a label PNG in um, down and across
    #[arg(long, value_name = "AXIALxLATERAL", value_parser = parse_spacing)]
    spacing: Option<Spacing>,
}

/// Runs the subcommand.
///
/// # Errors
/// If the source cannot be read or met, or the file cannot be written.
pub fn run(args: ShareArgs) -> anyhow::Result<()> {
    let is_named_so = args.out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(CASE_ENDING));
    ensure!(is_named_so, "{}: end the name in .{CASE_ENDING}: by it the file is known", args.out.display());
    let is_picture =
        args.source.is_file() && args.source.extension().is_some_and(|it| it.eq_ignore_ascii_case("png"));
    let mut case = if is_picture { of_mask(&args)? } else { of_recipe(&args)? };
    case.picture.steps = args.steps;
    if let Some(title) = args.title {
        case.title = title;
    }
    if let Some(about) = args.about {
        case.about = about;
    }
    let text = case.to_text()?;
    // What is sent opens elsewhere: it is read once as it will be there.
    let made = CaseFile::read(text.as_bytes(), &args.out.display().to_string())?
        .made()
        .with_context(|| args.source.display().to_string())?;
    write_file(&args.out, text.as_bytes())?;
    let (width, height) = (made.mask.width(), made.mask.height());
    println!("{}: {}, {width}x{height} px, {} bytes", args.out.display(), made.title, text.len());
    Ok(())
}

fn of_recipe(args: &ShareArgs) -> anyhow::Result<CaseFile> {
    if args.spacing.is_some() {
        bail!(
            "--spacing is for a label PNG; a recipe has its own scan.axial_um_per_px and lateral_um_per_px"
        );
    }
    let (recipe, base) = read_case(&args.source)?;
    let recipe = args.seed.map_or_else(|| recipe.clone(), |seed| recipe.with_seed(seed));
    Ok(CaseFile::of_recipe(&recipe, base))
}

fn of_mask(args: &ShareArgs) -> anyhow::Result<CaseFile> {
    let source = &args.source;
    let Some(spacing) = args.spacing else {
        bail!("{}: a label PNG does not say how large a pixel is; say it with --spacing", source.display());
    };
    let mask = read_mask(source)?;
    ensure!(!mask.layers.holds_only(|code| code == UNANNOTATED), "{}: no labels", source.display());
    let frame = frame_of(&mask, spacing);
    let seed = args.seed.unwrap_or(1);
    Ok(CaseFile {
        // A name of a file may be that of a patient: it is no title.
        title: "Painted case".to_owned(),
        about: String::new(),
        picture: CasePicture { seed, steps: args.steps },
        content: CaseContent::Mask { mask, frame },
    })
}

/// The fovea where the layers show it, else the middle.
fn frame_of(mask: &Mask, spacing: Spacing) -> Frame {
    let found = certain_fovea(mask, spacing).map(|fovea| f64::from(fovea.column));
    Frame {
        columns: mask.width(),
        rows: mask.height(),
        axial_um: f64::from(spacing.axial_um_per_px),
        lateral_um: f64::from(spacing.lateral_um_per_px),
        fovea_column: found.unwrap_or(f64::from(mask.width()) / 2.0),
        from_fovea_um: 0.0,
        eye: Laterality::Right,
    }
}
