//! A file that was read, and the undo history that was kept of it.

use std::path::Path;

use crate::document::Editor;
use crate::formats::open::{FileKind, Opened};
use crate::formats::undo_history;

/// A file that was read, with the undo history that was kept of it.
pub struct OpenedFile {
    pub editor: Editor,
    pub kind: FileKind,
    /// What the reader assumed, repaired or skipped.
    pub warnings: Vec<String>,
}

/// The undo history is looked for where a document was read; any other file begins without one.
pub(in crate::studio) fn with_history(opened: Opened, folder: Option<&Path>) -> OpenedFile {
    let Opened { document, kind, mut warnings, .. } = opened;
    let folder = folder.filter(|_| kind == FileKind::Document);
    let found = folder.map_or(Ok(None), |folder| undo_history::find(folder, &document));
    let history = found.unwrap_or_else(|error| {
        warnings.push(error.to_string());
        None
    });
    OpenedFile { editor: Editor::with_history(document, history.unwrap_or_default()), kind, warnings }
}
