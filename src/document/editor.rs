//! The one way to change a document: commands, gathered into steps that can be undone by name.
//!
//! One pointer-down-to-up is one step: `begin`, any number of `apply`, then `commit` or `abort`. A
//! command outside a step is a step of its own, and a step that changes nothing leaves no trace.

use super::history::{History, Step};
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
    noise_seed: u64,
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
        let noise_seed = self.document.noise_seed;
        self.open = Some(OpenStep { name: name.into(), before: Vec::new(), noise_seed });
    }

    /// Applies a command, within the open step or as a step of its own.
    ///
    /// # Errors
    /// If the command does not fit the document, which is then unchanged.
    pub fn apply(&mut self, command: Command) -> Result<Change, CommandError> {
        command.check(&self.document)?;
        if self.open.is_none() {
            self.begin(command.name());
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
        let (seed, page) = (self.document.noise_seed, command.page());
        // The mask is not held: a snapshot of it would make every segment of a stroke copy its tiles.
        let beside = |document: &Document| {
            page.map(|page| {
                let page = &document.pages[page];
                (page.synthesis.clone(), page.second_grader.clone())
            })
        };
        let before = beside(&self.document);
        let change = command.perform(&mut self.document);
        let other_beside = beside(&self.document) != before;
        if !change.dirty.is_empty() || seed != self.document.noise_seed || other_beside {
            self.revision += 1;
        }
        change
    }

    /// Closes the open step and puts it into the history, unless it changed nothing.
    pub fn commit(&mut self) {
        let Some(step) = self.open.take() else { return };
        let back = Step::back_to(step.name, &self.document, &step.before, step.noise_seed, self.state);
        if let Some(back) = back {
            self.history.push(back);
            self.state = self.next_state;
            self.next_state += 1;
        }
    }

    /// Takes the open step back. `None` when no step was open or it had changed nothing.
    pub fn abort(&mut self) -> Option<Change> {
        let step = self.open.take()?;
        let mut change = (self.document.noise_seed != step.noise_seed)
            .then_some(Change { page: step.before.first().map_or(0, |(page, _)| *page), dirty: Rect::EMPTY });
        self.document.noise_seed = step.noise_seed;
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
            None => self.history.undo_names().next(),
        }
    }

    /// Name of the step [`Editor::redo`] would make again.
    pub fn redo_name(&self) -> Option<&str> {
        self.history.redo_names().next()
    }

    /// Names of the steps that can be undone, the latest first.
    pub fn undo_names(&self) -> Vec<&str> {
        self.history.undo_names().collect()
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
                step.noise_seed != self.document.noise_seed || step.before.iter().any(changed)
            })
    }
}
