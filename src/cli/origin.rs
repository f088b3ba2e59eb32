//! `retidiff origin`: which generated scan a picture is, after it lost its texts, was compressed or made smaller.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use rayon::prelude::*;

use crate::dataset::duplicates::DifferenceHash;
use crate::formats::provenance::{Provenance, is_marked_synthetic};
use crate::formats::{read_file, scan_image};
use crate::review::ReviewSet;

/// Bits of 256 in which a re-compressed or resized copy may differ. Strangers differ in about half of them, and pairs
/// of one generation in dozens.
const MAX_DIFFERENT_BITS: u32 = 32;

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

/// A scan that may be the picture.
struct Candidate {
    dir: PathBuf,
    id: String,
    bits: u32,
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
    let hashes = DifferenceHash::of(&image);
    let mut found: Vec<Candidate> = Vec::new();
    for dir in &args.dirs {
        found.extend(candidates(dir, &hashes).with_context(|| format!("searching {}", dir.display()))?);
    }
    found.sort_by_key(|candidate| candidate.bits);
    let best = found.first().filter(|candidate| candidate.bits <= MAX_DIFFERENT_BITS);
    if args.json {
        let best = best.map(
            |best| serde_json::json!({ "data_set": best.dir, "id": best.id, "different_bits": best.bits }),
        );
        let next = found.get(1).map(|next| next.bits);
        let seed = says.as_ref().map(|says| says.seed);
        println!(
            "{}",
            serde_json::json!({
                "version": 1, "found": best, "next_different_bits": next, "says_synthetic": is_marked,
                "says_seed": seed
            })
        );
    } else {
        match &says {
            Some(says) => println!("{name} says that it is synthetic, seed {}, {}", says.seed, says.software),
            None if is_marked => println!("{name} is marked as made by a model, and says no more"),
            None => println!("{name} says nothing of its origin"),
        }
        if let Some(best) = best {
            println!("it is {} of {} ({} of 256 bits differ)", best.id, best.dir.display(), best.bits);
        }
    }
    match best {
        Some(_) => Ok(()),
        None => bail!("{name}: none of {} scans is near enough; name other data sets with --in", found.len()),
    }
}

/// The scans of a data set with their distance; scans that cannot be read are left out and counted.
fn candidates(dir: &Path, hashes: &[DifferenceHash; 2]) -> anyhow::Result<Vec<Candidate>> {
    let set = ReviewSet::load(dir)?;
    let rows: Vec<u32> = (0..set.len() as u32).collect();
    let found: Vec<Option<Candidate>> = set
        .lines(&rows)?
        .par_iter()
        .map(|line| {
            let bytes = read_file(&dir.join(&line.image)).ok()?;
            let image = scan_image::read(&bytes, &line.image).ok()?;
            let own = &DifferenceHash::of(&image)[0];
            let bits = hashes.iter().map(|hash| hash.difference(own)).min()?;
            Some(Candidate { dir: dir.to_owned(), id: line.id.clone(), bits })
        })
        .collect();
    let unreadable = found.iter().filter(|candidate| candidate.is_none()).count();
    if unreadable > 0 {
        eprintln!("note: {unreadable} scans of {} cannot be read", dir.display());
    }
    Ok(found.into_iter().flatten().collect())
}
