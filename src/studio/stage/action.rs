//! What the page of cases asks of the window.

use std::path::PathBuf;

use super::scan_queue::StageScan;
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
    /// Asks for a file for the case, to be sent.
    Share,
    /// Takes shared cases and pages of quizzes: one case into the form, others are played.
    Take(Vec<PathBuf>),
    /// Opens a file as any other.
    OpenFile(PathBuf),
    /// Shows the quiz.
    Quiz,
    /// Plays cases of the gallery with other seeds.
    PlayGallery,
    /// Plays the case in the form.
    PlayCase,
    /// Plays pages of quizzes and shared cases.
    PlayFiles(Vec<PathBuf>),
    /// Asks for a page of a quiz or a shared case to play.
    ChooseQuiz,
    /// Asks for a file for the answers.
    SaveQuiz,
    /// Has a scan drawn.
    Synthesise(Box<StageScan>),
    /// Says what went wrong.
    Complain(String),
}
