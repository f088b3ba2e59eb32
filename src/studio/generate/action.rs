//! What the page asks for, as one value: its buttons, its keys and the tests all end here.

use std::path::PathBuf;

use super::place::GeneratePlace;
use crate::worker::GenerationRequest;

/// What the page's buttons ask for.
#[derive(Clone, Debug)]
pub enum GenerateAction {
    /// Shows the page, or the editor again.
    Toggle,
    /// Shows the generation in a folder.
    Select(PathBuf),
    /// Opens the form of a new generation.
    New,
    /// Opens the form with these settings.
    NewWith(Box<GenerationRequest>),
    /// Opens the form with the settings of the selected generation.
    NewLikeThis,
    /// Forgets the form.
    CloseForm,
    /// Asks for a path.
    Choose(GeneratePlace),
    /// A path was chosen.
    Use(GeneratePlace, PathBuf),
    /// Measures two pairs.
    Measure,
    /// Starts what the form describes.
    Start,
    /// Stops the process of the selected generation; it can go on.
    Pause,
    /// Goes on with the selected generation.
    Resume,
    /// Adds the generation in a folder to the list.
    Add(PathBuf),
    /// Shows the labels of the sheet, or hides them.
    ToggleLabels,
    /// Measures how much the masks of the selected generation repeat each other.
    MeasureCoverage,
    /// Opens a folder in the system's file manager.
    ShowFolder(PathBuf),
    /// Reviews the pairs in a folder.
    OpenReview(PathBuf),
    /// Opens a pair in the editor: its scan and its labels.
    OpenPair(Vec<PathBuf>),
}
