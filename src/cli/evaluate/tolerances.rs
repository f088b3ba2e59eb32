//! `retidiff evaluate tolerances`: how near real eyes come to each other in the figures of fidelity.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use rayon::prelude::*;
use serde::Serialize;

use super::subjects::SubjectArgs;
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry};
use crate::metrics::fidelity::{LeaveOneOut, Mask, PictureSet, leave_one_eye_out};

/// Hold every training eye against the other training eyes, in every figure that `evaluate fidelity` compares.
///
/// The largest factor is the tolerance of that figure. Subjects that are measured or held out are not looked at.
#[derive(Debug, Args)]
pub struct TolerancesArgs {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    subjects: SubjectArgs,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    eyes: Vec<String>,
    scans: usize,
    lines: Vec<LeaveOneOut>,
}

/// Runs the subcommand.
///
/// # Errors
/// If a scan cannot be read, or there are fewer than three training eyes.
pub fn run(args: &TolerancesArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.data)?;
    let who = args.subjects.read(&args.data)?;
    let training = who.training_scans(&manifest, &who.scans(&manifest)?);
    let mut by_eye: BTreeMap<&str, Vec<&ManifestEntry>> = BTreeMap::new();
    for entry in &training {
        by_eye.entry(&entry.subject).or_default().push(entry);
    }
    let eyes: Vec<PictureSet> = by_eye
        .par_iter()
        .map(|(_, entries)| {
            let mut set = PictureSet::default();
            for entry in entries {
                let scan = LabelledScan::load(&manifest, entry)?;
                let counted = scan.counted_pixels();
                set.add(
                    &scan.image,
                    Mask { labels: &scan.labels, scanned: &scan.scanned, counted: &counted },
                );
            }
            Ok(set)
        })
        .collect::<anyhow::Result<_>>()?;
    let names: Vec<String> = by_eye.keys().map(|&eye| eye.to_owned()).collect();
    let lines = leave_one_eye_out(&eyes).with_context(|| {
        format!(
            "{} has {} training eyes with labels in the source that is measured; three are needed",
            args.data.display(),
            eyes.len()
        )
    })?;
    let report = Report { eyes: names, scans: training.len(), lines };
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", table(&report));
    }
    Ok(())
}

fn table(report: &Report) -> String {
    let mut text = format!("{} scans of {}\n\n", report.scans, report.eyes.join(", "));
    for found in &report.lines {
        text += &format!("{:<50} {:>6.3}", found.line.name(), found.largest);
        text += &format!("  ({} {})\n", report.eyes[found.eye], found.of);
        if found.figures.len() > 1 {
            let figures: Vec<String> =
                found.figures.iter().map(|(name, factor)| format!("{name} {factor:.2}")).collect();
            text += &format!("    {}\n", figures.join(", "));
        }
    }
    text
}
