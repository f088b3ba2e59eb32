//! `retidiff case templates`: recipes to start from.

use std::path::PathBuf;

use anyhow::ensure;

use crate::cases::TEMPLATES;
use crate::formats::write_file;

/// Lists the bundled recipes, or writes them as files to be changed.
#[derive(Debug, clap::Args)]
pub struct TemplatesArgs {
    /// Write each as a TOML file into this folder; files that are there stay
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
}

/// Runs the subcommand.
///
/// # Errors
/// If a file cannot be written, or is there already.
pub fn run(args: TemplatesArgs) -> anyhow::Result<()> {
    if let Some(folder) = &args.write {
        let taken = TEMPLATES.iter().map(|template| folder.join(format!("{}.toml", template.key)));
        let taken: Vec<String> =
            taken.filter(|path| path.exists()).map(|path| path.display().to_string()).collect();
        ensure!(taken.is_empty(), "{}: there already; name another folder", taken.join(", "));
    }
    for template in &TEMPLATES {
        let recipe = template.recipe()?;
        println!("{:<24} {}: {}", template.key, recipe.name, recipe.about);
        if let Some(folder) = &args.write {
            write_file(&folder.join(format!("{}.toml", template.key)), template.text.as_bytes())?;
        }
    }
    Ok(())
}
