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

/// What the window does with files.
pub(in crate::studio) struct Documents {
    pub files: Files,
    /// Decides about saving, closing, opening and restoring.
    pub flow: DocumentFlow<Box<Arrived>, Recovery>,
    pub journal: Option<Journal>,
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
            path_question: None,
            label_questions: Vec::new(),
            mapping_questions: Vec::new(),
            export: None,
        }
    }
}
