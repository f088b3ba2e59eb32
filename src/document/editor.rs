//! The one way to change a document: commands, gathered into steps that can be undone by name.
//!
//! One pointer-down-to-up is one step: `begin`, any number of `apply`, then `commit` or `abort`. A
//! command outside a step is a step of its own, and a step that changes nothing leaves no trace.

use std::sync::Arc;

use super::history::{BesidePages, History, HistorySnapshot, UndoStep};
use super::{Change, Command, CommandError, DEFAULT_HISTORY_BYTES, Document, Page};
use crate::scan::Rect;

/// A document being edited, with its history.
#[derive(Debug)]
pub struct Editor {
    document: Document,
    history: History,
    open: Option<OpenStep>,
    revision: u64,
    /// Identity of the committed state; undo and redo return to earlier identities.
    state: u64,
    next_state: u64,
    saved_state: Option<u64>,
}

#[derive(Debug)]
struct OpenStep {
    name: String,
    /// The pages the step has touched, as they were before it.
    before: Vec<(usize, Page)>,
    beside_pages: BesidePages,
    /// Where it changed the first page it touched.
    changed: Rect,
}

impl Editor {
    /// An editor of a document as it was opened: nothing to undo, nothing unsaved.
    pub fn new(document: Document) -> Self {
        Self::with_history_bytes(document, DEFAULT_HISTORY_BYTES)
    }

    /// [`Editor::new`] with another bound of the history.
    pub fn with_history_bytes(document: Document, limit_bytes: usize) -> Self {
        assert!(!document.pages.is_empty(), "a document without pages");
        Self {
            document,
            history: History::new(limit_bytes),
            open: None,
            revision: 0,
            state: 0,
            next_state: 1,
            saved_state: Some(0),
        }
    }

    /// An editor of a document with the history that was kept of it. The state it was opened in is the
    /// saved one.
    pub fn with_history(document: Document, history: HistorySnapshot) -> Self {
        let mut editor = Self::new(document);
        let ahead = history.redo.len() as u64;
        let (history, state) = History::restored(history, DEFAULT_HISTORY_BYTES);
        editor.history = history;
        editor.state = state;
        editor.next_state = state + ahead + 1;
        editor.saved_state = Some(state);
        editor
    }

    /// The history as it can be kept on disk: pointers.
    /// A step that is still open counts as one to undo.
    pub fn history_snapshot(&self) -> HistorySnapshot {
        let mut history = self.history.snapshot();
        if let Some(step) = &self.open
            && let Some(back) = self.step_back(step)
        {
            history.undo.push(Arc::new(back));
            history.redo.clear();
        }
        history
    }

    /// What would take an open step back.
    fn step_back(&self, step: &OpenStep) -> Option<UndoStep> {
        let (name, beside_pages) = (step.name.clone(), step.beside_pages.clone());
        UndoStep::back_to(name, &self.document, &step.before, beside_pages, step.changed, self.state)
    }

    /// The document as it is now, an open step included.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Rises with every visible change, undo and redo among them.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Opens a step; one that is still open is committed first.
    pub fn begin(&mut self, name: impl Into<String>) {
        self.commit();
        let beside_pages = BesidePages::of(&self.document);
        let (before, changed) = (Vec::new(), Rect::EMPTY);
        self.open = Some(OpenStep { name: name.into(), before, beside_pages, changed });
    }

    /// Applies a command, within the open step or as a step of its own.
    ///
    /// # Errors
    /// If the command does not fit the document, which is then unchanged.
    pub fn apply(&mut self, command: Command) -> Result<Change, CommandError> {
        command.check(&self.document)?;
        if self.open.is_none() {
            self.begin(command.name(&self.document.labels));
            let change = self.perform(command);
            self.commit();
            return Ok(change);
        }
        Ok(self.perform(command))
    }

    fn perform(&mut self, command: Command) -> Change {
        if let (Some(step), Some(page)) = (&mut self.open, command.page())
            && step.before.iter().all(|(known, _)| *known != page)
        {
            step.before.push((page, self.document.pages[page].clone()));
        }
        let (beside_pages, page) = (BesidePages::of(&self.document), command.page());
        // The mask is not held: a snapshot of it would make every segment of a stroke copy its tiles.
        let beside = |document: &Document| {
            page.map(|page| {
                let page = &document.pages[page];
                (
                    page.synthesis.clone(),
                    page.second_grader.clone(),
                    page.scan.calibration(),
                    page.label_origin,
                    page.appearance.clone(),
                )
            })
        };
        let before = beside(&self.document);
        let change = command.perform(&mut self.document);
        let other_beside = beside(&self.document) != before;
        let other_beside_pages = beside_pages != BesidePages::of(&self.document);
        if !change.dirty.is_empty() || other_beside || other_beside_pages {
            self.revision += 1;
        }
        if let Some(step) = &mut self.open
            && step.before.first().is_some_and(|(page, _)| *page == change.page)
        {
            step.changed = step.changed.union(change.dirty);
        }
        change
    }

    /// Closes the open step and puts it into the history, unless it changed nothing.
    pub fn commit(&mut self) {
        let Some(step) = self.open.take() else { return };
        if let Some(back) = self.step_back(&step) {
            self.history.push(back);
            self.state = self.next_state;
            self.next_state += 1;
        }
    }

    /// Takes the open step back. `None` when no step was open or it had changed nothing.
    pub fn abort(&mut self) -> Option<Change> {
        let step = self.open.take()?;
        let differs = step.beside_pages != BesidePages::of(&self.document);
        let mut change = differs
            .then_some(Change { page: step.before.first().map_or(0, |(page, _)| *page), dirty: Rect::EMPTY });
        step.beside_pages.clone().swap(&mut self.document);
        for (index, old) in step.before {
            let page = &mut self.document.pages[index];
            let dirty = page.mask.difference(&old.mask);
            if !dirty.is_empty() || page.differs_beside_mask(&old) {
                let change = change.get_or_insert(Change { page: index, dirty: Rect::EMPTY });
                if change.page == index {
                    change.dirty = dirty;
                }
            }
            *page = old;
        }
        self.revision += u64::from(change.is_some());
        change
    }

    /// Takes the last step back; while a step is open, that one. Where a step changed several pages, the
    /// change is that of the first.
    pub fn undo(&mut self) -> Option<Change> {
        if self.open.is_some() {
            return self.abort();
        }
        let change = self.history.undo(&mut self.document, &mut self.state);
        self.revision += u64::from(change.is_some());
        change
    }

    /// Makes the step that was last taken back again; an open step is committed first, after which
    /// nothing remains to redo unless it changed nothing.
    pub fn redo(&mut self) -> Option<Change> {
        self.commit();
        let change = self.history.redo(&mut self.document, &mut self.state);
        self.revision += u64::from(change.is_some());
        change
    }

    /// Name of the step [`Editor::undo`] would take back.
    pub fn undo_name(&self) -> Option<&str> {
        match &self.open {
            Some(step) => Some(&step.name),
            None => self.undo_steps().next().map(|step| step.name.as_str()),
        }
    }

    /// Name of the step [`Editor::redo`] would make again.
    pub fn redo_name(&self) -> Option<&str> {
        self.redo_steps().next().map(|step| step.name.as_str())
    }

    /// Names of the steps that can be undone, the latest first.
    pub fn undo_names(&self) -> Vec<&str> {
        self.undo_steps().map(|step| step.name.as_str()).collect()
    }

    /// The steps that can be undone, the latest first; an open one is not among them.
    pub fn undo_steps(&self) -> impl ExactSizeIterator<Item = &UndoStep> {
        self.history.undo_steps()
    }

    /// The steps that can be made again, the next one first.
    pub fn redo_steps(&self) -> impl ExactSizeIterator<Item = &UndoStep> {
        self.history.redo_steps()
    }

    /// Memory the history holds on to.
    pub fn history_bytes(&self) -> usize {
        self.history.bytes()
    }

    /// Whether a step is open.
    pub fn is_step_open(&self) -> bool {
        self.open.is_some()
    }

    /// Declares the committed state to be the one on disk.
    pub fn mark_saved(&mut self) {
        self.saved_state = Some(self.state);
    }

    /// Identity of the committed state: undo and redo come back to earlier ones. To be handed to
    /// [`Editor::mark_saved_as`] once what was written then is on disk.
    pub fn state(&self) -> u64 {
        self.state
    }

    /// Declares that a state which may be an earlier one by now is the one on disk.
    pub fn mark_saved_as(&mut self, state: u64) {
        self.saved_state = Some(state);
    }

    /// Declares that the state is on disk nowhere: a recovered or a generated document.
    pub fn mark_unsaved(&mut self) {
        self.saved_state = None;
    }

    /// Whether closing would lose work. Undoing back to the saved state leaves nothing unsaved.
    pub fn has_unsaved_changes(&self) -> bool {
        self.saved_state != Some(self.state)
            || self.open.as_ref().is_some_and(|step| {
                let changed = |(page, old): &(usize, Page)| {
                    let page = &self.document.pages[*page];
                    page.mask != old.mask || page.differs_beside_mask(old)
                };
                step.beside_pages != BesidePages::of(&self.document) || step.before.iter().any(changed)
            })
    }
}
