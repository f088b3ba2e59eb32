//! `retidiff case`: masks designed from a recipe, measured, and the recipes to start from.

mod build;
mod check;
mod hand_out;
mod poster;
mod quiz;
#[cfg(feature = "cpu")]
mod scan;
mod series;
mod share;
mod study;
mod templates;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};

use crate::cases::{CaseRecipe, CaseReport, MAX_RECIPE_BYTES, Template};
use crate::formats::case_file::{CASE_ENDING, CaseContent, CaseFile};
use crate::formats::label_png::{self, CodeScheme};
use crate::formats::read_file;
use crate::mask::Mask;

/// Designs cases: a recipe says what an eye shall look like, and the mask measures so.
///
/// A recipe is a small text card (TOML or JSON): central thickness, cysts, subretinal fluid, detachments, layers
/// that are thick or lost. `templates` has a dozen to start from. What is made is synthetic and belongs to no
/// patient.
#[derive(Debug, Args)]
pub struct CaseArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Build(build::BuildArgs),
    Check(check::CheckArgs),
    Series(series::SeriesArgs),
    HandOut(hand_out::HandOutArgs),
    Poster(poster::PosterArgs),
    Quiz(quiz::QuizArgs),
    Share(share::ShareArgs),
    Study(study::StudyArgs),
    Templates(templates::TemplatesArgs),
}

/// Runs the subcommand.
///
/// # Errors
/// If a recipe cannot be read or met, a mask does not meet it, or a file cannot be read or written.
pub fn run(args: CaseArgs) -> anyhow::Result<()> {
    match args.action {
        Action::Build(args) => build::run(args),
        Action::Check(args) => check::run(args),
        Action::Series(args) => series::run(args),
        Action::HandOut(args) => hand_out::run(args),
        Action::Poster(args) => poster::run(args),
        Action::Quiz(args) => quiz::run(args),
        Action::Share(args) => share::run(args),
        Action::Study(args) => study::run(args),
        Action::Templates(args) => templates::run(args),
    }
}

/// A recipe from a file or, where no such file is there, the template of that name; and the folder its paths are
/// relative to.
pub(super) fn read_recipe(path: &Path) -> anyhow::Result<(CaseRecipe, PathBuf)> {
    let name = path.display().to_string();
    if is_shared(path) {
        let (recipe, base) = read_shared(path)?;
        ensure!(base.is_none(), "{name}: it builds on a mask within it, which only `retidiff case` takes");
        return Ok((recipe, PathBuf::from(".")));
    }
    // A folder of a template's name is no recipe.
    if !path.is_file()
        && let Some(template) = Template::named(&name)
    {
        return Ok((template.recipe()?, PathBuf::from(".")));
    }
    let bytes = read_file(path)
        .context("a recipe is a file, or one of the names that `retidiff case templates` lists")?;
    if bytes.len() > MAX_RECIPE_BYTES {
        bail!("{name}: {} bytes are no recipe, which is a card of a few lines", bytes.len());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        anyhow::anyhow!(
            "{name}: byte {} is no UTF-8 text; a recipe is a text file",
            error.utf8_error().valid_up_to()
        )
    })?;
    Ok((CaseRecipe::read(&text, &name)?, path.parent().unwrap_or(Path::new(".")).to_owned()))
}

/// A recipe with the mask that it builds on: a file or a template as [`read_recipe`] takes them, or a shared case.
fn read_case(path: &Path) -> anyhow::Result<(CaseRecipe, Option<Mask>)> {
    if is_shared(path) {
        return read_shared(path);
    }
    let (recipe, folder) = read_recipe(path)?;
    let base = read_base(&recipe, &folder)?;
    Ok((recipe, base))
}

/// Whether a file is a shared case, by its name.
fn is_shared(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(CASE_ENDING))
}

fn read_shared(path: &Path) -> anyhow::Result<(CaseRecipe, Option<Mask>)> {
    match CaseFile::read(&read_file(path)?, &path.display().to_string())?.content {
        CaseContent::Recipe { recipe, base } => Ok((*recipe, base)),
        CaseContent::Mask { .. } => bail!(
            "{}: this case is a mask without a recipe; open it in the studio, or name one that was designed",
            path.display()
        ),
    }
}

/// A label PNG as a mask; what its reader assumed goes to stderr.
fn read_mask(path: &Path) -> anyhow::Result<Mask> {
    let labels = label_png::read(&read_file(path)?, &path.display().to_string(), CodeScheme::Studio)?;
    let (mask, warnings) = Mask::from_composite(labels.width, labels.height, &labels.codes);
    for warning in labels.warnings.iter().chain(&warnings) {
        eprintln!("note: {}: {warning}", path.display());
    }
    Ok(mask)
}

/// The base mask that a recipe names, beside its file.
pub(super) fn read_base(recipe: &CaseRecipe, folder: &Path) -> anyhow::Result<Option<Mask>> {
    let Some(name) = &recipe.base.mask else { return Ok(None) };
    let mask = read_mask(&folder.join(name)).context("reading base.mask")?;
    if mask.lesions.holds_only(|code| code == 0) {
        return Ok(Some(mask));
    }
    eprintln!("note: {name}: its lesions are left out; a recipe names all lesions of its case");
    Ok(Some(mask))
}

/// Name of the scan and path of every PNG of a folder.
fn png_files(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| folder.display().to_string())?.path();
        if !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png")) {
            continue;
        }
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) else {
            bail!("{}: a name that is no text; rename it", path.display());
        };
        found.push((name.to_owned(), path.clone()));
    }
    Ok(found)
}

/// A table of wishes, for people.
fn table(report: &CaseReport) -> String {
    report
        .findings
        .iter()
        .map(|finding| {
            let mark = if finding.met { "met   " } else { "NOT MET" };
            format!("{mark:<8}{:<24} {}: {}\n", finding.wish, finding.what, finding.in_words())
        })
        .collect()
}
