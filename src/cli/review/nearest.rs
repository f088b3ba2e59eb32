//! `retidiff review nearest`: whether synthetic scans repeat those they were learned from.

use std::path::PathBuf;

use clap::Args;

use crate::review::Reviewed;
use crate::review::nearest::{References, keep, nearest_of_rows};
use crate::review::sheet::Quantiles;

/// Looks for the nearest reference scan of every pair and keeps its distance in nearest.jsonl.
///
/// Pairs that lie nearer than scans of different eyes lie to each other are flagged, and stay out of exports.
#[derive(Debug, Args)]
pub struct NearestArgs {
    /// Folder of the data set
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Scans to compare with, best those the model was trained on: a data set, or a folder of images
    #[arg(long, value_name = "DIR")]
    reference: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If the data set or the references cannot be read.
pub fn run(args: NearestArgs) -> anyhow::Result<()> {
    let reviewed = Reviewed::load(&args.dir)?;
    let references = References::load(&args.reference)?;
    let rows: Vec<u32> = (0..reviewed.set.len() as u32).collect();
    let (lines, problems) = nearest_of_rows(&reviewed.set, &rows, &references)?;
    keep(&args.dir, &lines)?;
    let flagged: Vec<&str> = lines.iter().filter(|line| line.flagged).map(|line| line.id.as_str()).collect();
    let distances = Quantiles::of(lines.iter().map(|line| line.distance as f32));
    if args.json {
        let report = serde_json::json!({
            "version": 1, "pairs": lines.len(), "references": references.scans.len(),
            "threshold": references.threshold(), "distances": distances, "flagged": flagged,
            "unreadable": problems.len() + references.problems.len()
        });
        println!("{report}");
        return Ok(());
    }
    references.problems.iter().chain(&problems).take(5).for_each(|problem| eprintln!("note: {problem}"));
    println!("{} pairs against {} scans", lines.len(), references.scans.len());
    match references.threshold() {
        Some(threshold) => println!("threshold {threshold:.3}: strangers lie farther apart"),
        None => println!("no threshold: all reference scans are of one subject"),
    }
    if let Some(Quantiles(distances)) = distances {
        let [least, _, middle, _, most] = distances;
        println!("distances: middle {middle:.3}, from {least:.3} to {most:.3}");
    }
    flagged.iter().for_each(|id| println!("too near: {id}"));
    Ok(())
}
