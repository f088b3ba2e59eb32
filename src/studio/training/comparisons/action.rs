//! What the comparisons ask for, as one value: their buttons and the tests all end here.

use std::path::PathBuf;

use super::super::place::TrainingPlace;
use crate::worker::ComparisonKind;

/// What the buttons ask for.
#[derive(Clone, Debug)]
pub enum ComparisonAction {
    /// Counts what the chosen data set has to train on and to measure.
    LookAtData,
    /// Looks what the paper's tables are to be made of.
    LookAtSource,
    /// Looks at what is in the folder that the form names.
    LookAtFolder(ComparisonKind),
    /// Asks for a path.
    Choose(TrainingPlace),
    /// Starts what the form describes, or goes on with it.
    Start(ComparisonKind),
    /// Stops it; it can go on.
    Stop(ComparisonKind),
    /// Shows a report in the system's browser.
    OpenReport(PathBuf),
}
