//! What the page of cases asks the window for.

use crate::formats::course_files::CourseFile;

/// What the user asks of the window.
#[derive(Clone, Debug)]
pub enum CasesAction {
    /// Shows the page, or the editor again.
    Toggle,
    /// Opens the case as a document without a scan.
    Open,
    /// Puts its mask onto the B-scan in the editor, as one step that can be undone.
    PutOnBScan,
    /// Asks for a file for one eye over time.
    ExportCourse(CourseFile),
    /// Puts the recipe on the clipboard as a text card.
    CopyRecipe,
}
