//! `retidiff origin`: which generated scan a picture is, after it lost its texts, was compressed or made smaller.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use crate::formats::provenance::{Provenance, is_marked_synthetic};
use crate::formats::{read_file, scan_image};
use crate::review::origin::OriginSearch;

/// Finds the generated scan that a picture was, however it was saved since.
///
/// What the file says of itself is told first. Then its perceptual hash is compared with every scan of the data sets;
/// exit code 0 only if one is found.
#[derive(Debug, Args)]
pub struct OriginArgs {
    /// The picture
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Data sets to search
    #[arg(long = "in", value_name = "DIR", required = true)]
    dirs: Vec<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If a file cannot be read, or no scan is near enough.
pub fn run(args: OriginArgs) -> anyhow::Result<()> {
    let name = args.file.display().to_string();
    let bytes = read_file(&args.file)?;
    let image = scan_image::read(&bytes, &name)?;
    // Of files of other formats only the mark is read.
    let says = Provenance::of_png(&bytes, &name).ok().flatten();
    let is_marked = says.is_some() || is_marked_synthetic(&bytes);
    let mut search = OriginSearch::new(&image);
    for dir in &args.dirs {
        let unreadable = search.search(dir).with_context(|| format!("searching {}", dir.display()))?;
        if unreadable > 0 {
            eprintln!("note: {unreadable} scans of {} cannot be read", dir.display());
        }
    }
    let origin = search.origin();
    if args.json {
        let found = origin.map(|origin| {
            serde_json::json!({
                "data_set": origin.dir, "id": origin.id, "different_bits": origin.different_bits
            })
        });
        let next = search.found.get(1).map(|next| next.different_bits);
        let seed = says.as_ref().map(|says| says.seed);
        println!(
            "{}",
            serde_json::json!({
                "version": 1, "found": found, "next_different_bits": next, "says_synthetic": is_marked,
                "says_seed": seed
            })
        );
    } else {
        match &says {
            Some(says) => println!("{name} says that it is synthetic, seed {}, {}", says.seed, says.software),
            None if is_marked => println!("{name} is marked as made by a model, and says no more"),
            None => println!("{name} says nothing of its origin"),
        }
        if let Some(origin) = origin {
            let (id, dir) = (&origin.id, origin.dir.display());
            println!("it is {id} of {dir} ({} of 256 bits differ)", origin.different_bits);
        }
    }
    match origin {
        Some(_) => Ok(()),
        None => {
            let compared = search.found.len();
            bail!("{name}: none of {compared} scans is near enough; name other data sets with --in")
        }
    }
}
