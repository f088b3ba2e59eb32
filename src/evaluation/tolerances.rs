//! How near real eyes come to each other in the figures of fidelity.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::{EvaluationError, Subjects};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry};
use crate::formats::FormatError;
use crate::metrics::fidelity::{LeaveOneOut, Mask, PictureSet, leave_one_eye_out};

/// How far each training eye is from the others, line by line.
#[derive(Debug, Serialize)]
pub struct TolerancesReport {
    eyes: Vec<String>,
    scans: usize,
    lines: Vec<LeaveOneOut>,
}

/// Holds every training eye of the sources that are measured against the others.
///
/// # Errors
/// If a scan cannot be read, or there are fewer than three training eyes.
pub fn tolerances(manifest: &Manifest, who: &Subjects) -> Result<TolerancesReport, EvaluationError> {
    let training = who.training_scans(manifest, &who.scans(manifest)?);
    let mut by_eye: BTreeMap<&str, Vec<&ManifestEntry>> = BTreeMap::new();
    for entry in &training {
        by_eye.entry(&entry.subject).or_default().push(entry);
    }
    let eyes: Vec<PictureSet> = by_eye
        .par_iter()
        .map(|(_, entries)| {
            let mut set = PictureSet::default();
            for entry in entries {
                let scan = LabelledScan::load(manifest, entry)?;
                let valid = scan.valid_pixels();
                set.add(&scan.image, Mask { labels: &scan.labels, scanned: &scan.scanned, valid: &valid });
            }
            Ok(set)
        })
        .collect::<Result<_, FormatError>>()?;
    let names: Vec<String> = by_eye.keys().map(|&eye| eye.to_owned()).collect();
    let lines = leave_one_eye_out(&eyes).ok_or_else(|| {
        EvaluationError::Refused(format!(
            "{} has {} training eyes with labels in the source that is measured; three are needed",
            manifest.dir.display(),
            eyes.len()
        ))
    })?;
    Ok(TolerancesReport { eyes: names, scans: training.len(), lines })
}

impl TolerancesReport {
    /// The report for people.
    pub fn table(&self) -> String {
        let mut text = format!("{} scans of {}\n\n", self.scans, self.eyes.join(", "));
        for found in &self.lines {
            text += &format!("{:<50} {:>6.3}", found.line.name(), found.largest);
            text += &format!("  ({} {})\n", self.eyes[found.eye], found.of);
            if found.figures.len() > 1 {
                let figures: Vec<String> =
                    found.figures.iter().map(|(name, factor)| format!("{name} {factor:.2}")).collect();
                text += &format!("    {}\n", figures.join(", "));
            }
        }
        text
    }
}
