//! The way of a document: opening, saving, closing, restoring and discarding as one machine of states.
//!
//! Work is lost where these meet: a file is opened while another is being written, the window closes in the frame
//! of a stroke, a restored document is refused after its recovery was removed. So one value decides all of it. It
//! receives events and returns effects; it knows no window, no disk and no thread, which is why every pair of state
//! and event can be tested in a table, and a thousand random sequences against a model of what the user must still
//! have.
//!
//! Four rules hold in every transition:
//! - What belongs to a document carries its number. An answer of a document that is no longer shown changes nothing
//!   of the one that is.
//! - A journal or a recovery is removed only after a file or another journal holds its work, or the user discarded it.
//! - What is read in place of the document may take long, so it is decided about its changes before. What was given up
//!   for one reading is lost for no other, and stays if nothing comes of it.
//! - While a document is being written, what comes next waits for the end of the write, and is decided by what is
//!   unsaved then. After a write that failed no window closes of itself: the user is to read it.

mod recoveries;
mod state;
mod transitions;
pub mod typed_path;

pub use state::{Arrival, Effect, Event, Facts, Next, Question, State, Then, UnsavedAnswer, Version, Wanted};

use recoveries::Recoveries;

/// Decides what becomes of the document shown. `D` is a document that was read, `R` work that was left behind.
#[derive(Clone, Debug)]
pub struct DocumentFlow<D, R> {
    state: State<D, R>,
    document: u64,
    last_job: u64,
    last_reading: u64,
    recoveries: Recoveries<R>,
}

impl<D, R> Default for DocumentFlow<D, R>
where
    R: Clone + PartialEq,
{
    fn default() -> Self {
        let recoveries = Recoveries::default();
        Self { state: State::Editing, document: 0, last_job: 0, last_reading: 0, recoveries }
    }
}

impl<D, R: Clone + PartialEq> DocumentFlow<D, R> {
    /// Number of the document shown; rises whenever another one is.
    pub fn document(&self) -> u64 {
        self.document
    }

    /// Where the document stands.
    pub fn state(&self) -> &State<D, R> {
        &self.state
    }

    /// What the user is to be asked now.
    pub fn question(&self) -> Option<Question<'_>> {
        match &self.state {
            State::Undecided { .. } => Some(Question::Unsaved),
            State::ChoosingPlace { next: Some(_) } => Some(Question::StillChoosing),
            State::Saving { path, then: Then::Decide(_) | Then::GoOn(_), .. } => {
                Some(Question::StillSaving(path))
            }
            State::Editing
            | State::Reading { .. }
            | State::ChoosingPlace { next: None }
            | State::Saving { then: Then::Stay, .. }
            | State::Closing { .. } => None,
        }
    }

    /// The work left behind that is on offer.
    pub fn offer(&self) -> Option<&R> {
        self.recoveries.offer()
    }

    /// Whether changes go to the journal: not once they were discarded.
    pub fn keeps_journal(&self) -> bool {
        !matches!(self.state, State::Closing { discards: true })
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod table_tests;
