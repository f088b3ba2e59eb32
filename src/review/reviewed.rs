//! A data set with all that was said of it: what a command or a window opens.

use std::path::Path;

use super::audit_log::{AcceptedGroup, audited_rows, read as read_audits};
use super::edits::{self, EditProblems};
use super::{DecisionLog, ReviewError, ReviewSet, Verdicts, doubt, nearest};

/// A data set with all that was said of it.
#[derive(Debug)]
pub struct Reviewed {
    /// The pairs.
    pub set: ReviewSet,
    /// What was decided of them.
    pub log: DecisionLog,
    /// Where each pair stands by that.
    pub verdicts: Verdicts,
    /// Groups that were accepted by their samples.
    pub audits: Vec<AcceptedGroup>,
    /// By row: whether an audit accepts it.
    pub audited: Vec<bool>,
    /// Audits that no longer speak for the pairs, and lines of audits that cannot be read.
    pub void_audits: usize,
    /// Edited masks that cannot be read.
    pub edit_problems: EditProblems,
}

impl Reviewed {
    /// Opens the set of a folder with its decisions, edits, audits, verdicts of a segmenter and nearest references.
    ///
    /// # Errors
    /// If the manifest or one of the files beside it cannot be read.
    pub fn load(dir: &Path) -> Result<Self, ReviewError> {
        let mut set = ReviewSet::load(dir)?;
        let edit_problems = edits::attach(&mut set)?;
        nearest::attach(&mut set)?;
        doubt::attach(&mut set)?;
        let log = DecisionLog::open(dir)?;
        let verdicts = Verdicts::of(&set, &log.events);
        let (audits, unreadable) = read_audits(dir)?;
        let (audited, changed) = audited_rows(&set, &audits);
        Ok(Self { set, log, verdicts, audits, audited, void_audits: unreadable + changed, edit_problems })
    }

    /// What could not be read, for people.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let set = &self.set.problems;
        if set.lines > 0 {
            notes.push(format!("{} lines of the manifest cannot be read and are left out", set.lines));
            notes.extend(set.named.iter().take(3).map(|(line, problem)| format!("line {line}: {problem}")));
        }
        if set.torn_bytes > 0 {
            notes.push(format!("the manifest's last line is cut off ({} bytes)", set.torn_bytes));
        }
        let log = &self.log.problems;
        if log.lines > 0 || log.torn_bytes > 0 {
            let torn = if log.torn_bytes > 0 { ", and its last line is cut off" } else { "" };
            notes.push(format!("{} lines of the decisions cannot be read{torn}", log.lines));
        }
        let with_counts = [
            (self.verdicts.strangers, "decisions are on pairs that the set does not hold"),
            (self.verdicts.outdated, "decisions are on masks that were changed since"),
            (self.void_audits, "audits no longer speak for the pairs they were made on"),
            (self.edit_problems.lines, "lines of the edits cannot be read"),
            (self.edit_problems.strangers, "edits are of pairs that the set does not hold"),
        ];
        let with_counts = with_counts.into_iter().filter(|(count, _)| *count > 0);
        notes.extend(with_counts.map(|(count, what)| format!("{count} {what}")));
        notes
    }
}
