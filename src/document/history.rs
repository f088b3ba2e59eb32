//! Undo and redo: the tiles each step changed, bounded by bytes.
//!
//! A step keeps the other side of the change: undoing exchanges it with the document's, which makes the
//! same step the redo. Steps that are some way back are run-length coded.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Change, Document, Page, Synthesis};
use crate::mask::{Mask, PlaneDelta};
use crate::scan::Rect;

/// How much memory the history may hold unless told otherwise.
pub const DEFAULT_HISTORY_BYTES: usize = 256 << 20;

/// Steps that stay unpacked: those a user is likely to go back and forth over.
const RECENT_STEPS: usize = 8;

/// The other side of one step.
#[derive(Debug)]
pub(super) struct Step {
    pub name: String,
    pages: Vec<PageDelta>,
    noise_seed: u64,
    /// Identity of the document's state on the other side.
    state: u64,
}

#[derive(Debug)]
struct PageDelta {
    page: usize,
    layers: PlaneDelta,
    lesions: PlaneDelta,
    synthesis: Option<Arc<Synthesis>>,
    second_grader: Option<Arc<Mask>>,
}

impl Step {
    /// What leads from `document` back to the pages and the seed before; `None` if nothing changed.
    pub fn back_to(
        name: String,
        document: &Document,
        before: &[(usize, Page)],
        noise_seed: u64,
        state: u64,
    ) -> Option<Self> {
        let mut pages = Vec::new();
        for (page, old) in before {
            let now = &document.pages[*page];
            let layers = PlaneDelta::between(&now.mask.layers, &old.mask.layers);
            let lesions = PlaneDelta::between(&now.mask.lesions, &old.mask.lesions);
            if !layers.is_empty() || !lesions.is_empty() || now.differs_beside_mask(old) {
                let (synthesis, second_grader) = (old.synthesis.clone(), old.second_grader.clone());
                pages.push(PageDelta { page: *page, layers, lesions, synthesis, second_grader });
            }
        }
        let changed = !pages.is_empty() || noise_seed != document.noise_seed;
        changed.then_some(Self { name, pages, noise_seed, state })
    }

    /// Exchanges the step's side with the document's. The rectangle is that of the first page it changed.
    fn swap(&mut self, document: &mut Document, state: &mut u64) -> Change {
        std::mem::swap(&mut self.noise_seed, &mut document.noise_seed);
        std::mem::swap(&mut self.state, state);
        let mut change: Option<Change> = None;
        for delta in &mut self.pages {
            let page = &mut document.pages[delta.page];
            let layers = delta.layers.swap(&mut page.mask.layers);
            let lesions = delta.lesions.swap(&mut page.mask.lesions);
            std::mem::swap(&mut delta.synthesis, &mut page.synthesis);
            std::mem::swap(&mut delta.second_grader, &mut page.second_grader);
            change.get_or_insert(Change { page: delta.page, dirty: layers.union(lesions) });
        }
        change.unwrap_or(Change { page: 0, dirty: Rect::EMPTY })
    }

    fn pack(&mut self) {
        for delta in &mut self.pages {
            delta.layers.pack();
            delta.lesions.pack();
        }
    }

    fn bytes(&self) -> usize {
        let pages = self.pages.iter().map(|delta| {
            let synthesis = delta.synthesis.as_ref().map_or(0, |synthesis| synthesis.image.pixels.len());
            delta.layers.bytes() + delta.lesions.bytes() + synthesis + size_of::<PageDelta>()
        });
        self.name.len() + size_of::<Self>() + pages.sum::<usize>()
    }
}

/// The steps behind and ahead of the document's state.
#[derive(Debug)]
pub(super) struct History {
    undo: VecDeque<Step>,
    redo: Vec<Step>,
    limit_bytes: usize,
}

impl History {
    pub fn new(limit_bytes: usize) -> Self {
        Self { undo: VecDeque::new(), redo: Vec::new(), limit_bytes }
    }

    /// Adds a step that has just been made; what had been undone is forgotten, and the oldest steps too
    /// as far as the bound asks for it.
    pub fn push(&mut self, step: Step) {
        self.redo.clear();
        self.undo.push_back(step);
        self.pack_past_recent();
        let mut bytes = self.bytes();
        while bytes > self.limit_bytes
            && let Some(oldest) = self.undo.pop_front()
        {
            bytes -= oldest.bytes();
        }
    }

    fn pack_past_recent(&mut self) {
        if let Some(past_recent) = self.undo.len().checked_sub(RECENT_STEPS + 1) {
            self.undo[past_recent].pack();
        }
    }

    pub fn undo(&mut self, document: &mut Document, state: &mut u64) -> Option<Change> {
        let mut step = self.undo.pop_back()?;
        let change = step.swap(document, state);
        self.redo.push(step);
        if let Some(past_recent) = self.redo.len().checked_sub(RECENT_STEPS + 1) {
            self.redo[past_recent].pack();
        }
        Some(change)
    }

    pub fn redo(&mut self, document: &mut Document, state: &mut u64) -> Option<Change> {
        let mut step = self.redo.pop()?;
        let change = step.swap(document, state);
        self.undo.push_back(step);
        self.pack_past_recent();
        Some(change)
    }

    pub fn undo_names(&self) -> impl Iterator<Item = &str> {
        self.undo.iter().rev().map(|step| step.name.as_str())
    }

    pub fn redo_names(&self) -> impl Iterator<Item = &str> {
        self.redo.iter().rev().map(|step| step.name.as_str())
    }

    pub fn bytes(&self) -> usize {
        self.undo.iter().chain(&self.redo).map(Step::bytes).sum()
    }
}
