//! What comes back from the threads that read and write files.

use std::path::PathBuf;

use super::choosing::{Place, Purpose};
use super::opened_file::OpenedFile;
use super::suspected_labels::SuspectedLabels;
use crate::document::Editor;
use crate::formats::journal::Recovery;
use crate::mask::Mask;
use crate::studio::export::{ExportPlan, ExportWish};
use crate::studio::flow::Version;
use crate::studio::label_mapping::{TriedMapping, UnmappedLabels};
use crate::studio::shell::notices::Topic;

/// What a thread reports, and the number of the document that was shown when it began.
pub struct FileEvent {
    /// Number of that document.
    pub document: u64,
    /// Number of the reading that ends with this.
    pub reading: Option<u64>,
    /// What the thread reports.
    pub news: FileNews,
}

/// What came of it.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
pub enum FileNews {
    /// A path was chosen for something, or several where it takes them.
    Chosen { purpose: Purpose, paths: Vec<PathBuf> },
    /// What is at a place that was typed, or that the chooser does not know of.
    PlaceSeen { purpose: Purpose, place: Place, is_typed: bool },
    /// The chooser was closed without a choice.
    NotChosen { purpose: Purpose },
    /// No chooser could be shown: the window asks for the path itself.
    NoChooser { purpose: Purpose, suggestion: PathBuf },
    /// A file was read to be shown, or why it was not.
    Opened { path: PathBuf, outcome: Result<Box<OpenedFile>, String> },
    /// A label image was read for the page shown under a view number.
    LabelsRead { path: PathBuf, view_number: u64, outcome: Result<(Mask, Vec<String>), String> },
    /// An image was read for the page shown under a view number that may be labels for it.
    LabelsSuspected { path: PathBuf, view_number: u64, suspected: Box<SuspectedLabels> },
    /// A label file was read for the page shown under a view number, whose values nobody can know but the user.
    LabelsUnmapped { path: PathBuf, view_number: u64, unmapped: Box<UnmappedLabels> },
    /// Labels were made of a file's values as they were mapped at a revision of the answers.
    MappingTried { path: PathBuf, revision: u64, outcome: Result<TriedMapping, String> },
    /// Another grader's label image was read for the page shown under a view number.
    SecondGraderRead { path: PathBuf, view_number: u64, outcome: Result<(Mask, Vec<String>), String> },
    /// A document was written, or why it was not.
    Saved {
        job: u64,
        path: PathBuf,
        version: Version,
        /// What is to be told beside it where it went well.
        outcome: Result<Option<String>, String>,
    },
    /// What is no document was written, or why it was not.
    Exported { path: PathBuf, outcome: Result<(), String> },
    /// The files of an export were made, none is written.
    ExportPlanned { wish: ExportWish, outcome: Result<ExportPlan, String> },
    /// Work that earlier processes left behind, the latest first.
    Recoverable(Vec<Recovery>),
    /// Work that was left behind was read, or why it was not.
    Recovered { recovery: Recovery, outcome: Result<(Box<Editor>, Vec<String>), String> },
    /// Work that was left behind was removed, or not.
    Removed { outcome: Result<(), String> },
    /// There is nothing to be said about it.
    Done,
    /// Something else went wrong.
    Failed { topic: Topic, message: String },
}
