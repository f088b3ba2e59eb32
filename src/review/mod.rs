//! Review of a data set: which of its pairs may be used, who says so, and on what grounds.
//!
//! Nobody looks at a hundred thousand pairs one by one, and nobody should believe a set that nobody looked at. So rows
//! load in seconds ([`set`]), filters and orders are arrays of indices ([`select`]), every decision is a line that is
//! never changed ([`log`]), and what was not looked at is accepted by a sample with a stated bound ([`audit`]). Two
//! reviewers are kept apart and compared ([`kappa`]), and so are graders who drew ([`graders`]); [`nearest`] finds pairs that repeat a training scan, [`files`]
//! finds what was changed or lost since, [`origin`] which pair a picture was, [`blind`] asks whether anybody can tell. [`doubt`] shows where a segmenter does
//! not find the mask again, [`edits`] keeps masks that were changed, [`embedding`] makes a map of all pairs. A reviewed
//! set leaves through [`export`].
//!
//! The room is pure: no window, no network. A page or a command drives it with values and indices.

mod appending;
pub mod audit;
pub mod audit_log;
pub mod blind;
pub mod clusters;
pub mod doubt;
pub mod edits;
pub mod embedding;
pub mod export;
pub mod files;
pub mod graders;
pub mod kappa;
mod lines;
pub mod log;
pub mod made_rows;
pub mod nearest;
pub mod origin;
pub mod proportion;
pub mod reviewed;
pub mod row;
pub mod select;
pub mod set;
pub mod sheet;
pub mod time;
pub mod trail;
pub mod verdicts;

pub use log::{Decision, DecisionEvent, DecisionLog};
pub use reviewed::Reviewed;
pub use row::Row;
pub use select::{Filter, SortKey, select};
pub use set::ReviewSet;
pub use verdicts::{PairStanding, Verdicts};

use std::io::ErrorKind;

use crate::formats::FormatError;

/// Why a set cannot be reviewed. Every message names the remedy.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum ReviewError {
    #[error("{0}{remedy}", remedy = remedy_of(.0))]
    File(#[from] FormatError),
    /// What was asked for cannot be done.
    #[error("{problem}; {remedy}")]
    Refused { problem: String, remedy: String },
}

/// What helps where a disk is full or a folder cannot be written.
fn remedy_of(error: &FormatError) -> &'static str {
    let FormatError::Io { source, .. } = error else { return "" };
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "; free some space and do it again: what was written before is whole"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "; make the folder writable, or copy the set to one that is"
        }
        _ => "",
    }
}

impl ReviewError {
    /// A request that cannot be met.
    pub fn refused(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Refused { problem: problem.into(), remedy: remedy.into() }
    }
}
