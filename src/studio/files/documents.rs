//! What the window does with files: which document is open and what is owed to it, what is being read and written, and
//! the questions about it.

use super::Files;
use super::keeping::Arrived;
use super::opening::LabelQuestion;
use super::path_dialog::PathQuestion;
use crate::formats::journal::{Journal, Recovery};
use crate::studio::export::ExportDialog;
use crate::studio::flow::DocumentFlow;
use crate::studio::label_mapping::MappingQuestion;
use crate::studio::shell::notices::{Notices, Topic};
use crate::studio::texts::text;

/// What the window does with files.
pub(in crate::studio) struct Documents {
    pub files: Files,
    /// Decides about saving, closing, opening and restoring.
    pub flow: DocumentFlow<Box<Arrived>, Recovery>,
    pub journal: Option<Journal>,
    /// Why the journal could not write, as it was said last.
    journal_trouble: Option<String>,
    pub path_question: Option<PathQuestion>,
    /// Images of which the user is asked whether they are labels, the oldest first.
    pub label_questions: Vec<LabelQuestion>,
    /// Label files of which the user is asked what their values are, the oldest first.
    pub mapping_questions: Vec<MappingQuestion>,
    /// The dialog of an export, while it is open.
    pub export: Option<ExportDialog>,
}

impl Documents {
    /// Nothing is open yet.
    pub fn new(files: Files) -> Self {
        Self {
            files,
            flow: DocumentFlow::default(),
            journal: None,
            journal_trouble: None,
            path_question: None,
            label_questions: Vec::new(),
            mapping_questions: Vec::new(),
            export: None,
        }
    }

    /// Shows why unsaved work is not kept, until it is again or nothing is unsaved. A reason is given once, so that it
    /// can be dismissed. Returns whether something changed.
    pub fn tell_of_journal(&mut self, is_unsaved: bool, notices: &mut Notices) -> bool {
        let trouble = self.journal.as_ref().filter(|_| is_unsaved).and_then(Journal::last_error);
        if trouble == self.journal_trouble {
            return false;
        }
        notices.succeed(Topic::Journal);
        if let Some(error) = &trouble {
            notices.fail(Topic::Journal, text!("keep-journal-fails", %error));
        }
        self.journal_trouble = trouble;
        true
    }
}
