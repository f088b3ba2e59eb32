//! What the dialog of an export asks the window for.

use super::plan::ExportWish;

/// What the dialog asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportAction {
    /// Opens the dialog, or closes it.
    Toggle,
    /// Makes a plan of a wish.
    Plan(ExportWish),
    /// Asks for the folder.
    Choose,
    /// Writes what is previewed.
    Start,
}
