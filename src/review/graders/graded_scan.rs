//! A scan with the labels of all its graders.

use crate::mask::Mask;

/// A scan with what each grader drew; `None` where one drew nothing.
#[derive(Clone, Debug)]
pub struct GradedScan {
    /// What the grader is called in the report.
    pub name: String,
    /// One a grader, in one order for all scans.
    pub masks: Vec<Option<Mask>>,
}
