//! The scans that segmenters are measured on, and that no training set may hold.

use std::path::PathBuf;

use rayon::prelude::*;

use super::error::DownstreamError;
use crate::dataset::samples::LabelledScan;
use crate::dataset::split::eye_of;
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
    /// If one cannot be read, or there is none.
    pub fn read(manifest: &Manifest, entries: &[&ManifestEntry]) -> Result<Self, DownstreamError> {
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
        if !self.subjects.iter().any(|subject| eye_of(subject) == eye_of(&entry.subject)) {
            return Ok(());
        }
        Err(DownstreamError::refused(
            manifest.dir.join(crate::dataset::manifest::MANIFEST_FILE).display(),
            format!(
                "\"{}\" shows {}, an eye that is measured, and would be trained on",
                entry.id, entry.subject
            ),
            "take it out of the training data, or measure other subjects",
        ))
    }
}
