//! Whoever has a data set made hears how far it is and what cannot be used, and may stop it: a terminal prints it, a
//! window shows it beside its form.

use std::path::Path;

/// What is done with the scans at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// They are read and written into a data set.
    Importing,
    /// They are framed, looked through for copies and put into a training set.
    Framing,
}

/// How far the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub work: Work,
    /// Scans that are done.
    pub done: usize,
    /// All of them, where it is known beforehand.
    pub of: Option<usize>,
}

/// What an input gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// What the manifest calls the source.
    pub source: String,
    /// Scans with labels.
    pub labelled: usize,
    /// By the auto-trace.
    pub pseudo_labelled: usize,
    /// Scans without.
    pub unlabelled: usize,
    /// Scans that are left out because nobody labelled them; of a folder only where it gave nothing else.
    pub without_labels: usize,
    /// Scans that were in the set before.
    pub already_there: usize,
    /// What could not be read, and what stays out until somebody has looked at it.
    pub unreadable: usize,
    /// Of these, scans in whose corners text seems to stand.
    pub with_text: usize,
}

impl Tally {
    /// Whether there is nothing to train on in it.
    pub fn is_empty(&self) -> bool {
        self.labelled + self.pseudo_labelled + self.unlabelled + self.already_there == 0
    }
}

/// Who has a data set made.
pub trait Watch {
    /// Something worth knowing; nothing is left out because of it.
    fn note(&mut self, text: &str);
    /// Something that is left out, and why.
    fn skipped(&mut self, text: &str);
    /// An input is done.
    fn imported(&mut self, input: &Path, tally: &Tally);
    /// Hears how far it is; answers whether it is to go on.
    fn goes_on(&mut self, progress: Progress) -> bool;
}
