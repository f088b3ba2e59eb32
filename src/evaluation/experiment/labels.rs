//! A trained segmenter on the measured eyes.

use super::context::Worker;
use super::error::ExperimentError;
use super::training::run_of;
use crate::dataset::ManifestEntry;
use crate::evaluation::downstream::{RunFigures, TestSet, measured};

impl Worker<'_> {
    /// The graded scans of some subjects.
    pub(super) fn test_set(&self, subjects: &[String]) -> Result<TestSet, ExperimentError> {
        let is_measured = |entry: &&ManifestEntry| entry.is_graded() && subjects.contains(&entry.subject);
        let entries: Vec<&ManifestEntry> = self.data.entries.iter().filter(is_measured).collect();
        Ok(TestSet::read(self.data, &entries)?)
    }

    /// The figures of a segmenter that an experiment trained.
    pub(super) fn measure_labels(
        &self,
        segmenter: &str,
        subjects: &[String],
    ) -> Result<RunFigures, ExperimentError> {
        let test = self.test_set(subjects)?;
        Ok(measured(&run_of(self.folder, segmenter), &test, &self.device)?)
    }
}
