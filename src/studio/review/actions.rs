//! What the page asks of the window.

use std::path::PathBuf;

use crate::studio::flow::Version;
use crate::studio::texts::text;

/// A place that the page needs a path for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewPlace {
    /// Folder of the set to review.
    Set,
    /// Folder of real scans to compare with.
    Reference,
    /// File of a segmenter.
    Segmenter,
    /// Folder that an export is written into.
    Export,
    /// Folder of real scans for the blind test.
    RealScans,
    /// File of the blind test's answers.
    BlindTable,
}

impl ReviewPlace {
    /// As the title of a chooser.
    pub fn title(self) -> &'static str {
        match self {
            Self::Set => text!("review-choose-set"),
            Self::Reference => text!("review-choose-reference"),
            Self::Segmenter => text!("review-choose-segmenter"),
            Self::Export => text!("review-choose-export"),
            Self::RealScans => text!("review-choose-real"),
            Self::BlindTable => text!("review-choose-answers"),
        }
    }

    /// Whether it is a folder.
    pub fn is_folder(self) -> bool {
        !matches!(self, Self::Segmenter | Self::BlindTable)
    }

    /// How a file that is written there ends; `None` where it is a folder, or something is read.
    pub fn extension(self) -> Option<&'static str> {
        (self == Self::BlindTable).then_some("csv")
    }
}

/// What the page asks of the window.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
pub enum ReviewAction {
    /// Shows the page, or the editor again.
    Toggle,
    /// Asks for a path.
    Choose(ReviewPlace),
    /// A path was chosen.
    Use(ReviewPlace, PathBuf),
    /// Shows a pair in full, by its name.
    Show(String),
    /// Opens the pair in view as a document.
    Edit,
    /// Synthesises the edited mask anew, scores it, and goes back to the page.
    Back,
    /// The set keeps the edited mask of a document, as it was at a moment.
    EditKept { document: u64, version: Version },
    /// Something the user should hear.
    Tell(String),
    /// Something that went wrong, with the remedy.
    Complain(String),
    /// A set was opened.
    Opened(PathBuf),
    /// An export into a folder begins.
    Exporting(PathBuf),
    /// The name that decides.
    Reviewer(String),
}
