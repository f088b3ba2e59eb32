//! What the window does with files: which document is open and what is owed to it, what is being read and written, and
//! the questions about it.

use std::path::PathBuf;

use super::Files;
use super::keeping::Arrived;
use super::opening::LabelQuestion;
use super::path_dialog::PathQuestion;
use crate::formats::journal::{Journal, Recovery};
use crate::studio::export::ExportDialog;
use crate::studio::flow::DocumentFlow;
use crate::studio::label_mapping::MappingQuestion;

/// Whether changes may be lost for what is to be opened: asked before it is read, and before a folder is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::studio) enum Consent {
    #[default]
    Unasked,
    Asking(Wanted),
    /// They are saved first.
    AfterSaving(Wanted),
    /// Those of this revision are given up.
    GivenUp {
        revision: u64,
    },
}

/// What is to be opened once it is said what happens to unsaved changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::studio) enum Wanted {
    /// A folder that is still to be chosen.
    Folder,
    Paths(Vec<PathBuf>),
}

impl Consent {
    /// Whether the question stands.
    pub fn is_asking(&self) -> bool {
        matches!(self, Self::Asking(_))
    }

    /// Forgets what was given up: what it was given up for has come, or does not come.
    pub fn expire(&mut self) {
        if matches!(self, Self::GivenUp { .. }) {
            *self = Self::Unasked;
        }
    }
}

/// What the window does with files.
pub(in crate::studio) struct Documents {
    pub files: Files,
    /// Decides about saving, closing, opening and restoring.
    pub flow: DocumentFlow<Box<Arrived>, Recovery>,
    pub journal: Option<Journal>,
    pub path_question: Option<PathQuestion>,
    /// Given before something is read in place of the document shown.
    pub consent: Consent,
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
            consent: Consent::default(),
            label_questions: Vec::new(),
            mapping_questions: Vec::new(),
            export: None,
        }
    }
}
