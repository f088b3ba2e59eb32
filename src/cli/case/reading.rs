//! What the subcommands read: recipes, shared cases, masks as label PNGs.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use crate::cases::{CaseRecipe, MAX_RECIPE_BYTES, Template};
use crate::formats::case_file::{CASE_ENDING, CaseContent, CaseFile};
use crate::formats::label_png::{self, CodeScheme};
use crate::formats::read_file;
use crate::mask::Mask;

/// A recipe from a file or, where no such file is there, the template of that name; and the folder its paths are
/// relative to.
pub(in crate::cli) fn read_recipe(path: &Path) -> anyhow::Result<(CaseRecipe, PathBuf)> {
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
pub(super) fn read_case(path: &Path) -> anyhow::Result<(CaseRecipe, Option<Mask>)> {
    if is_shared(path) {
        return read_shared(path);
    }
    let (recipe, folder) = read_recipe(path)?;
    let base = read_base(&recipe, &folder)?;
    Ok((recipe, base))
}

/// Whether a file is a shared case, by its name.
pub(super) fn is_shared(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(CASE_ENDING))
}

/// The recipe of a shared case, and the mask that it builds on.
pub(super) fn read_shared(path: &Path) -> anyhow::Result<(CaseRecipe, Option<Mask>)> {
    match CaseFile::read(&read_file(path)?, &path.display().to_string())?.content {
        CaseContent::Recipe { recipe, base } => Ok((*recipe, base)),
        CaseContent::Mask { .. } => bail!(
            "{}: this case is a mask without a recipe; open it in the studio, or name one that was designed",
            path.display()
        ),
    }
}

/// A label PNG as a mask; what its reader assumed goes to stderr.
pub(super) fn read_mask(path: &Path) -> anyhow::Result<Mask> {
    let labels = label_png::read(&read_file(path)?, &path.display().to_string(), CodeScheme::Studio)?;
    let (mask, warnings) = Mask::from_composite(labels.width, labels.height, &labels.codes);
    for warning in labels.warnings.iter().chain(&warnings) {
        eprintln!("note: {}: {warning}", path.display());
    }
    Ok(mask)
}

/// The base mask that a recipe names, beside its file.
pub(in crate::cli) fn read_base(recipe: &CaseRecipe, folder: &Path) -> anyhow::Result<Option<Mask>> {
    let Some(name) = &recipe.base.mask else { return Ok(None) };
    let mask = read_mask(&folder.join(name)).context("reading base.mask")?;
    if mask.lesions.holds_only(|code| code == 0) {
        return Ok(Some(mask));
    }
    eprintln!("note: {name}: its lesions are left out; a recipe names all lesions of its case");
    Ok(Some(mask))
}

/// Name of the scan and path of every PNG of a folder.
pub(super) fn png_files(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
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
