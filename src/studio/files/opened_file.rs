//! A file that was read, and the undo history that was kept of it.

use std::path::{Path, PathBuf};

use crate::anatomy::UNANNOTATED;
use crate::document::{Editor, Page};
use crate::formats::open::{FileKind, Opened};
use crate::formats::traced::TRACING_KEEPS_THEM;
use crate::formats::undo_history;
use crate::studio::editor::device_lines::DeviceLines;
use crate::studio::texts::text;

/// A file that was read, with the undo history that was kept of it.
pub struct OpenedFile {
    /// The document with its history, where one was kept.
    pub editor: Editor,
    /// What the file was known to be.
    pub kind: FileKind,
    /// What the reader assumed, repaired or skipped.
    pub warnings: Vec<String>,
    /// What the device traced, where that was not all.
    pub device_lines: DeviceLines,
    /// A label file that came with it, whose values are to be asked about once it is shown.
    pub labels_to_ask_about: Option<PathBuf>,
}

/// The undo history is looked for where a document was read; any other file begins without one.
pub(in crate::studio) fn with_history(opened: Opened, folder: Option<&Path>) -> OpenedFile {
    let Opened { document, kind, mut warnings, partly_traced, .. } = opened;
    let folder = folder.filter(|_| kind == FileKind::Document);
    let found = folder.map_or(Ok(None), |folder| undo_history::find(folder, &document));
    let history = found.unwrap_or_else(|error| {
        warnings.push(error.to_string());
        None
    });
    // All B-scans at once are traced where they have no labels at all.
    let is_bare = |page: &Page| page.mask.layers.holds_only(|code| code == UNANNOTATED);
    let is_volume = document.pages.len() > 1 && document.pages.iter().any(is_bare);
    for note in warnings.iter_mut().filter(|note| note.ends_with(TRACING_KEEPS_THEM)) {
        note.push_str(if is_volume { text!("open-trace-the-volume") } else { text!("open-trace-the-rest") });
    }
    OpenedFile {
        editor: Editor::with_history(document, history.unwrap_or_default()),
        kind,
        warnings,
        device_lines: DeviceLines::new(partly_traced),
        labels_to_ask_about: None,
    }
}
