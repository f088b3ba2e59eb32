//! What a comparison found out in short, read back from its report: for a table beside which the report itself stands.

use std::path::Path;

use serde::Deserialize;

use super::files::REPORT_FILE;
use crate::formats::{FormatError, read_file};

/// The report in short. What else it holds is left where it is, so reports of other programs are read, too.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Summary {
    /// What was done.
    pub plan: SummaryPlan,
    /// One for every arm.
    pub arms: Vec<ArmSummary>,
    /// In plain words.
    pub says: String,
}

/// What the figures are of.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SummaryPlan {
    /// Seeds of each arm.
    pub seeds: u64,
    /// Optimiser steps of every run.
    pub steps: u64,
    /// Eyes that are measured.
    pub test_subjects: Vec<String>,
    /// Their labelled scans.
    pub test_scans: usize,
}

/// What an arm came to.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ArmSummary {
    /// As it is written: `real+syn250`.
    pub arm: String,
    /// Scans it was shown.
    pub training_scans: usize,
    /// Pooled Dice of each class.
    pub class_dice: Vec<Option<SummaryFigure>>,
    /// Mean of the classes that are not background.
    pub mean_dice: Option<SummaryFigure>,
    /// Of that mean, by resampled seeds, then eyes, then images.
    pub mean_dice_interval: Option<SummaryInterval>,
}

/// A figure over the seeds.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct SummaryFigure {
    /// Over seeds.
    pub mean: f64,
    /// Sample standard deviation; `None` of one seed.
    pub deviation: Option<f64>,
}

/// The ends of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct SummaryInterval {
    /// The 2.5th percentile of the resamples.
    pub low: f64,
    /// The 97.5th.
    pub high: f64,
}

impl Summary {
    /// Of the comparison in a folder; `None` while it has no report.
    ///
    /// # Errors
    /// If the report cannot be read.
    pub fn read(comparison: &Path) -> Result<Option<Self>, FormatError> {
        let file = comparison.join(REPORT_FILE);
        if !file.is_file() {
            return Ok(None);
        }
        serde_json::from_slice(&read_file(&file)?).map(Some).map_err(|error| {
            let remedy = "continue the comparison, which writes the report anew";
            FormatError::malformed(&file.display().to_string(), "the report", error.to_string(), remedy)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::write_file;

    #[test]
    fn a_report_is_read_in_short_and_a_damaged_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Summary::read(folder.path()).unwrap(), None);
        let report = r#"{"version": 1, "says": "So.", "comparisons": [],
            "plan": {"version": 1, "seeds": 3, "steps": 300, "test_subjects": ["duke-7"], "test_scans": 11},
            "arms": [{"arm": "real+syn250", "training_scans": 386, "pixel_accuracy": null,
                "class_dice": [null, {"mean": 0.9, "deviation": 0.01, "seeds": [0.9]}],
                "mean_dice": {"mean": 0.83, "deviation": null, "seeds": [0.83]},
                "mean_dice_interval": {"estimate": 0.83, "low": 0.8, "high": 0.86, "resamples": 1000}}]}"#;
        let file = folder.path().join(REPORT_FILE);
        write_file(&file, report.as_bytes()).unwrap();
        let summary = Summary::read(folder.path()).unwrap().unwrap();
        assert_eq!((summary.plan.test_scans, summary.arms.len()), (11, 1));
        let arm = &summary.arms[0];
        assert_eq!(arm.mean_dice_interval, Some(SummaryInterval { low: 0.8, high: 0.86 }));
        assert_eq!(arm.class_dice, [None, Some(SummaryFigure { mean: 0.9, deviation: Some(0.01) })]);
        write_file(&file, b"{}").unwrap();
        let message = Summary::read(folder.path()).unwrap_err().to_string();
        assert!(message.contains("report.json") && message.contains("writes the report anew"), "{message}");
    }
}
