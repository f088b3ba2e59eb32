//! The scans that segmenters are measured on, and that no training set may hold.

use std::path::PathBuf;

use rayon::prelude::*;

use super::error::DownstreamError;
use crate::dataset::manifest::{MANIFEST_FILE, SYNTHETIC};
use crate::dataset::samples::LabelledScan;
use crate::dataset::split::are_one_eye;
use crate::dataset::{Manifest, ManifestEntry};
use crate::formats::FormatError;

/// Graded scans of eyes that nobody trains on.
#[derive(Clone, Debug)]
pub struct TestSet {
    /// Folder of the data set that they are of.
    pub dir: PathBuf,
    /// Whose scans they are.
    pub subjects: Vec<String>,
    /// With their labels.
    pub scans: Vec<LabelledScan>,
}

impl TestSet {
    /// The graded scans of some subjects.
    ///
    /// # Errors
    /// If one cannot be read or is a synthetic pair, or there is none.
    pub fn read(manifest: &Manifest, entries: &[&ManifestEntry]) -> Result<Self, DownstreamError> {
        entries.iter().try_for_each(|entry| check_real(manifest, entry, "name another --test-data"))?;
        let scans: Vec<LabelledScan> = entries
            .par_iter()
            .map(|entry| LabelledScan::load(manifest, entry))
            .collect::<Result<_, FormatError>>()?;
        if scans.is_empty() {
            let problem = "it holds no scan that a grader labelled of the eyes to measure";
            return Err(DownstreamError::refused(
                manifest.dir.display(),
                problem,
                "name another --test-data",
            ));
        }
        let mut subjects: Vec<String> = scans.iter().map(|scan| scan.entry.subject.clone()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        Ok(Self { dir: manifest.dir.clone(), subjects, scans })
    }

    /// Refuses a training scan of an eye that is measured, under whatever name it was imported.
    ///
    /// # Errors
    /// Names the data set, the scan and the subject.
    pub fn check_unseen(&self, manifest: &Manifest, entry: &ManifestEntry) -> Result<(), DownstreamError> {
        if !self.subjects.iter().any(|subject| are_one_eye(subject, &entry.subject)) {
            return Ok(());
        }
        Err(DownstreamError::refused(
            manifest.dir.join(MANIFEST_FILE).display(),
            format!(
                "\"{}\" shows {}, an eye that is measured, and would be trained on",
                entry.id, entry.subject
            ),
            "take it out of the training data, or measure other subjects",
        ))
    }
}

/// What helps where a pair is among the scans that graders labelled.
pub(in crate::evaluation) const TAKE_OUT: &str = "take it out, for pairs are drawn or given on their own";

/// Refuses a synthetic pair among the scans of graders: its labels are its own mask, which no grader drew.
///
/// # Errors
/// Names the data set and the pair.
pub(in crate::evaluation) fn check_real(
    manifest: &Manifest,
    entry: &ManifestEntry,
    remedy: &str,
) -> Result<(), DownstreamError> {
    if entry.source != SYNTHETIC {
        return Ok(());
    }
    let place = manifest.dir.join(MANIFEST_FILE);
    let problem = format!("\"{}\" is a synthetic pair, whose labels no grader drew", entry.id);
    Err(DownstreamError::refused(place.display(), problem, remedy))
}
