//! A document on its way into the window.

use crate::studio::editor::session::EditorSession;

/// A document that was read, or made, and is to be shown.
pub struct Arrived {
    /// The document, with the file it came from where there is one.
    pub session: EditorSession,
    /// What its reader assumed, repaired or skipped.
    pub warnings: Vec<String>,
}
