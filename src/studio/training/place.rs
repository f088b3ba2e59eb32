//! The places that the page needs a path for. The window asks for them: by the system's chooser, or by itself where the
//! system shows none.

use crate::studio::texts::text;

/// A place that the page needs a path for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainingPlace {
    /// Folder of the data set of a run.
    Data,
    /// Folders of scans, for a data set that is to be made.
    InputFolders,
    /// Files of scans, for the same.
    InputFiles,
    /// Folder that the data set's own folder is made in.
    DataParent,
    /// File of a split.
    Split,
    /// File of the model that a run begins with.
    Start,
    /// Folder of the data set of a comparison.
    ComparisonData,
    /// Folder of the data set that a comparison measures on.
    ComparisonTestData,
    /// Folder of the pairs that a comparison takes.
    ComparisonPairs,
    /// File of the model that draws the pairs of a comparison.
    ComparisonDrawer,
    /// Folder that a comparison is kept in.
    ComparisonOut,
    /// Folder that the paper's tables are made of.
    PaperSource,
    /// Folder of OCT2017.
    PaperScans,
    /// Folder that the paper's tables are kept in.
    PaperOut,
}

impl TrainingPlace {
    /// As the title of a chooser.
    pub fn title(self) -> &'static str {
        match self {
            Self::Data | Self::ComparisonData => text!("training-folder-of-data"),
            Self::InputFolders => text!("data-choose-folders"),
            Self::InputFiles => text!("data-choose-files"),
            Self::DataParent => text!("data-choose-parent"),
            Self::Split => text!("training-split-file"),
            Self::Start => text!("training-model-file"),
            Self::PaperSource => text!("comparisons-choose-source"),
            Self::PaperScans => text!("comparisons-choose-oct2017"),
            Self::ComparisonTestData => text!("comparisons-choose-test-data"),
            Self::ComparisonPairs => text!("comparisons-choose-pairs"),
            Self::ComparisonDrawer => text!("comparisons-choose-model"),
            Self::ComparisonOut | Self::PaperOut => text!("comparisons-choose-out"),
        }
    }

    /// Whether it is a folder.
    pub fn is_folder(self) -> bool {
        matches!(self, Self::Data | Self::InputFolders | Self::DataParent)
            || (self.is_of_comparison() && self != Self::ComparisonDrawer)
    }

    /// Whether a comparison asks for it.
    pub fn is_of_comparison(self) -> bool {
        matches!(
            self,
            Self::ComparisonData
                | Self::ComparisonTestData
                | Self::ComparisonPairs
                | Self::ComparisonDrawer
                | Self::ComparisonOut
                | Self::PaperSource
                | Self::PaperScans
                | Self::PaperOut
        )
    }
}
