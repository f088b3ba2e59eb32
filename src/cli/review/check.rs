//! `retidiff review check`: files that are missing or changed, texts that are burnt into scans.

use std::path::PathBuf;

use clap::Args;

use super::notes::print_notes;
use crate::review::Reviewed;
use crate::review::files::{FileTrouble, check, with_text_in_a_corner};

/// Looks at every file of a data set: is it there, is it the one that was scored, does text stand in a corner of a scan.
///
/// Text in a corner may be a name: such a scan must be seen by a person before it goes into a data set.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Folder of the data set
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If the data set cannot be read.
pub fn run(args: CheckArgs) -> anyhow::Result<()> {
    let reviewed = Reviewed::load(&args.dir)?;
    let set = &reviewed.set;
    let rows: Vec<u32> = (0..set.len() as u32).collect();
    let troubled = check(set, &rows)?;
    let with_text = with_text_in_a_corner(set, &rows)?;
    let texts: Vec<&str> = with_text.iter().map(|&row| set.id(row)).collect();
    let of = |trouble: FileTrouble| -> Vec<&str> {
        troubled.iter().filter(|file| file.trouble == trouble).map(|file| file.file.as_str()).collect()
    };
    let (missing, changed) = (of(FileTrouble::Missing), of(FileTrouble::Changed));
    if args.json {
        let report = serde_json::json!({
            "version": 1, "pairs": set.len(), "missing": missing, "changed": changed, "text_in_a_corner": texts,
            "notes": reviewed.notes()
        });
        println!("{report}");
        return Ok(());
    }
    print_notes(&reviewed);
    println!("{} pairs: {} files missing, {} changed", set.len(), missing.len(), changed.len());
    missing.iter().for_each(|file| println!("missing: {file}"));
    changed.iter().for_each(|file| println!("changed since it was scored: {file}"));
    texts.iter().for_each(|id| println!("text in a corner, look at it: {id}"));
    Ok(())
}
