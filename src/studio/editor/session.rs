//! The open document with what the window adds to it: its file, the page shown, the stroke under way.

use std::path::PathBuf;

use super::device_lines::DeviceLines;
use crate::anatomy::{UNANNOTATED, label};
use crate::document::{Change, Document, Editor, Page};
use crate::scan::Rect;

/// One open document.
pub struct EditorSession {
    /// The document and its history.
    pub editor: Editor,
    /// The `.retidiff` file it is saved to; `None` until it has one.
    pub path: Option<PathBuf>,
    /// What was opened, a plain image too: new files are suggested beside it.
    pub opened_from: Option<PathBuf>,
    /// What the device traced of the scans, where that was not all.
    pub device_lines: DeviceLines,
    /// A label file that came with the document, to be asked about once it is shown.
    pub labels_to_ask_about: Option<PathBuf>,
    page: usize,
    /// Rises whenever another document or another page is shown: the textures must be made anew.
    view_number: u64,
    /// Of the flow, which rises whenever another document is shown.
    document_number: u64,
}

/// Another step of the history than the present one, by how many steps away it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryStep {
    /// Undone to.
    Back(usize),
    /// Redone to.
    Forward(usize),
}

/// What lies under the pointer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probe {
    /// Column of the pixel.
    pub x: u32,
    /// Row of the pixel.
    pub y: u32,
    /// Composite code.
    pub code: u8,
    /// Run of this code along the A-scan, in pixels; `None` where a layer has no thickness to speak of.
    pub thickness_px: Option<u32>,
}

impl EditorSession {
    /// Opens a document as it was read.
    pub fn new(document: Document, path: Option<PathBuf>) -> Self {
        let mut editor = Editor::new(document);
        editor.mark_saved();
        Self::of(editor, path)
    }

    /// Opens a document with its history.
    pub fn of(editor: Editor, path: Option<PathBuf>) -> Self {
        Self {
            editor,
            path,
            opened_from: None,
            device_lines: DeviceLines::default(),
            labels_to_ask_about: None,
            page: 0,
            view_number: 0,
            document_number: 0,
        }
    }

    /// Index of the page shown.
    pub fn page_index(&self) -> usize {
        self.page
    }

    /// The page shown.
    pub fn page(&self) -> &Page {
        &self.editor.document().pages[self.page]
    }

    /// Number of pages.
    pub fn page_count(&self) -> usize {
        self.editor.document().pages.len()
    }

    /// Changes when another page or document is to be shown.
    pub fn view_number(&self) -> u64 {
        self.view_number
    }

    /// Changes when another document is shown.
    pub fn document_number(&self) -> u64 {
        self.document_number
    }

    /// Shows another document in place of this one, under its number.
    pub fn replace(&mut self, mut other: EditorSession, document_number: u64) {
        other.view_number = self.view_number + 1;
        other.document_number = document_number;
        *self = other;
    }

    /// Goes to another page, by so many.
    pub fn turn_page(&mut self, by: isize) {
        let last = self.page_count() - 1;
        self.show_page(self.page.saturating_add_signed(by).min(last));
    }

    /// Goes to a page of the document.
    pub fn show_page(&mut self, page: usize) {
        if page != self.page && page < self.page_count() {
            self.editor.commit();
            self.page = page;
            self.view_number += 1;
        }
    }

    /// Undoes a step and shows the page it changed. Returns what to redraw of the page shown.
    pub fn undo(&mut self) -> Rect {
        let change = self.editor.undo();
        self.follow(change)
    }

    /// Redoes a step and shows the page it changed. Returns what to redraw of the page shown.
    pub fn redo(&mut self) -> Rect {
        let change = self.editor.redo();
        self.follow(change)
    }

    /// Goes to another step of the history. Returns what to redraw of the page shown.
    pub fn go_to_step(&mut self, step: HistoryStep) -> Rect {
        let none = Rect::EMPTY;
        match step {
            HistoryStep::Back(count) => (0..count).fold(none, |dirty, _| dirty.union(self.undo())),
            HistoryStep::Forward(count) => (0..count).fold(none, |dirty, _| dirty.union(self.redo())),
        }
    }

    /// Ends the stroke under way without a trace. Returns what to redraw.
    pub fn abort(&mut self) -> Rect {
        let change = self.editor.abort();
        self.follow(change)
    }

    fn follow(&mut self, change: Option<Change>) -> Rect {
        let Some(change) = change else { return Rect::EMPTY };
        if !change.dirty.is_empty() {
            self.show_page(change.page);
        }
        change.dirty
    }

    /// The pixel of the page shown at image coordinates.
    pub fn pixel_at(&self, point_in_image: [f32; 2]) -> Option<(u32, u32)> {
        let mask = &self.page().mask;
        let [x, y] = point_in_image;
        let inside = x >= 0.0 && y >= 0.0 && x < mask.width() as f32 && y < mask.height() as f32;
        inside.then_some((x as u32, y as u32))
    }

    /// What lies under image coordinates.
    pub fn probe(&self, point_in_image: [f32; 2]) -> Option<Probe> {
        let mask = &self.page().mask;
        let (x, y) = self.pixel_at(point_in_image)?;
        let code = mask.composite(x, y);
        let has_thickness =
            label(code).is_some() && (1..=7).contains(&code) || crate::anatomy::is_lesion(code);
        let thickness_px = has_thickness.then(|| {
            let above = (0..y).rev().take_while(|&row| mask.composite(x, row) == code).count();
            let below = (y + 1..mask.height()).take_while(|&row| mask.composite(x, row) == code).count();
            (above + 1 + below) as u32
        });
        Some(Probe { x, y, code, thickness_px })
    }

    /// Whether nothing of the page shown is annotated, so that no brush can paint.
    pub fn is_bare(&self) -> bool {
        let layers = &self.page().mask.layers;
        (0..layers.height()).all(|y| {
            let row = Rect::new(0, y, layers.width(), y + 1);
            layers.read_rect(row).iter().all(|code| *code == UNANNOTATED)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Command;
    use crate::mask::Mask;
    use crate::scan::BScan;

    #[test]
    fn the_history_is_gone_back_and_forward_by_steps() {
        let mask = Mask::unannotated(32, 32);
        let document = Document::from_scan(BScan::placeholder(32, 32, "scan"), mask.clone());
        let mut session = EditorSession::new(document, None);
        for row in 0..3 {
            let mut next = session.page().mask.clone();
            next.layers.fill_run(row, 0, 32, 0);
            let command = Command::ReplaceMask { page: 0, mask: next, name: format!("row {row}") };
            session.editor.apply(command).expect("a mask of the scan's size");
        }
        let whole = session.page().mask.clone();
        let ways =
            |session: &EditorSession| (session.editor.undo_steps().len(), session.editor.redo_steps().len());
        assert!(!session.go_to_step(HistoryStep::Back(2)).is_empty(), "something is drawn anew");
        assert_eq!(ways(&session), (1, 2));
        session.go_to_step(HistoryStep::Back(1));
        assert_eq!((ways(&session), &session.page().mask), ((0, 3), &mask));
        session.go_to_step(HistoryStep::Forward(3));
        assert_eq!((ways(&session), &session.page().mask), ((3, 0), &whole));
        assert_eq!(session.go_to_step(HistoryStep::Forward(1)), Rect::EMPTY, "there is nothing ahead");
    }
}
