//! Undo and redo: the tiles each step changed, bounded by bytes.
//!
//! A step keeps the other side of the change: undoing exchanges it with the document's, which makes the
//! same step the redo. Steps that are some way back are run-length coded.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Appearance, Change, Document, KeptSynthesis, LabelOrigin, LabelTable, Page, Thumbnail};
use crate::mask::{Mask, PlaneDelta};
use crate::scan::{Calibration, Rect};

/// How much memory the history may hold unless told otherwise.
pub const DEFAULT_HISTORY_BYTES: usize = 256 << 20;

/// Steps that stay unpacked: those a user is likely to go back and forth over.
const RECENT_STEPS: usize = 8;

/// The other side of one step.
#[derive(Clone, Debug)]
pub struct UndoStep {
    /// As in "Undo brush: IRF".
    pub name: String,
    /// What it changed of pages.
    pub pages: Vec<PageDelta>,
    /// What it replaced of the document beside its pages.
    pub beside_pages: BesidePages,
    /// What the step did.
    pub thumbnail: Option<Thumbnail>,
    /// Two steps with one serial hold the same, however they are packed: what the journal knows them by.
    serial: u64,
    /// Identity of the document's state on the other side.
    state: u64,
}

/// The other side of one page.
#[derive(Clone, Debug)]
pub struct PageDelta {
    /// Index of the page.
    pub page: usize,
    /// What changed in the layer plane.
    pub layers: PlaneDelta,
    /// What changed in the lesion plane.
    pub lesions: PlaneDelta,
    /// What is kept beside the mask, where the step changed it.
    pub beside: Option<Beside>,
}

/// What a page keeps beside its mask.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// The kept synthesis.
    pub synthesis: Option<Arc<KeptSynthesis>>,
    /// The other grader's mask.
    pub second_grader: Option<Arc<Mask>>,
    /// Of its scan.
    pub calibration: Calibration,
    /// How its labels came about.
    pub label_origin: Option<LabelOrigin>,
    /// Style and vessel shadows of its synthetic scan.
    pub appearance: Arc<Appearance>,
}

/// What a document keeps beside its pages and can be undone.
#[derive(Clone, Debug, PartialEq)]
pub struct BesidePages {
    /// Of the noise that synthetic scans begin with.
    pub noise_seed: u64,
    /// Names and colours of the labels.
    pub labels: Arc<LabelTable>,
    /// Between neighbouring B-scans, where known.
    pub b_scan_distance_um: Option<f32>,
}

impl BesidePages {
    /// Of a document.
    pub fn of(document: &Document) -> Self {
        Self {
            noise_seed: document.noise_seed,
            labels: document.labels.clone(),
            b_scan_distance_um: document.b_scan_distance_um,
        }
    }

    /// Whether a document looks the same beside its pages: which labels are shown does not count.
    fn looks_like(&self, document: &Document) -> bool {
        self.noise_seed == document.noise_seed
            && self.labels.looks_like(&document.labels)
            && self.b_scan_distance_um == document.b_scan_distance_um
    }

    /// Exchanges this with a document's.
    pub(super) fn swap(&mut self, document: &mut Document) {
        let before = std::mem::replace(self, Self::of(document));
        document.noise_seed = before.noise_seed;
        document.labels = before.labels;
        document.b_scan_distance_um = before.b_scan_distance_um;
    }
}

/// The steps behind and ahead of a document, as they can be kept on disk. A copy is pointers.
#[derive(Clone, Debug, Default)]
pub struct HistorySnapshot {
    /// The oldest first.
    pub undo: Vec<Arc<UndoStep>>,
    /// The one that would be redone next comes last.
    pub redo: Vec<Arc<UndoStep>>,
}

impl HistorySnapshot {
    /// Whether there is nothing to undo or redo.
    pub fn is_empty(&self) -> bool {
        self.undo.is_empty() && self.redo.is_empty()
    }
}

fn new_serial() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl UndoStep {
    /// What leads from `document` back to the pages and the seed before; `None` if nothing changed.
    pub fn back_to(
        name: String,
        document: &Document,
        before: &[(usize, Page)],
        beside_pages: BesidePages,
        changed: Rect,
        state: u64,
    ) -> Option<Self> {
        let mut pages = Vec::new();
        for (page, old) in before {
            let now = &document.pages[*page];
            let layers = PlaneDelta::between(&now.mask.layers, &old.mask.layers);
            let lesions = PlaneDelta::between(&now.mask.lesions, &old.mask.lesions);
            let beside = now.differs_beside_mask(old).then(|| Beside {
                synthesis: old.synthesis.clone(),
                second_grader: old.second_grader.clone(),
                calibration: old.scan.calibration(),
                label_origin: old.label_origin,
                appearance: old.appearance.clone(),
            });
            if !layers.is_empty() || !lesions.is_empty() || beside.is_some() {
                pages.push(PageDelta { page: *page, layers, lesions, beside });
            }
        }
        let differs = !pages.is_empty() || !beside_pages.looks_like(document);
        differs.then(|| {
            let thumbnail = pages
                .first()
                .map(|delta: &PageDelta| Thumbnail::of(&document.pages[delta.page].mask, changed));
            Self { name, pages, beside_pages, thumbnail, serial: new_serial(), state }
        })
    }

    /// A step as it was kept on disk.
    pub fn kept(
        name: String,
        pages: Vec<PageDelta>,
        beside_pages: BesidePages,
        thumbnail: Option<Thumbnail>,
    ) -> Self {
        Self { name, pages, beside_pages, thumbnail, serial: new_serial(), state: 0 }
    }

    /// What tells the step from every other of this process.
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// Exchanges the step's side with the document's. The rectangle is that of the first page it changed.
    fn swap(&mut self, document: &mut Document, state: &mut u64) -> Change {
        self.serial = new_serial();
        self.beside_pages.swap(document);
        std::mem::swap(&mut self.state, state);
        let mut change: Option<Change> = None;
        for delta in &mut self.pages {
            let page = &mut document.pages[delta.page];
            let layers = delta.layers.swap(&mut page.mask.layers);
            let lesions = delta.lesions.swap(&mut page.mask.lesions);
            if let Some(beside) = &mut delta.beside {
                std::mem::swap(&mut beside.synthesis, &mut page.synthesis);
                std::mem::swap(&mut beside.second_grader, &mut page.second_grader);
                std::mem::swap(&mut beside.label_origin, &mut page.label_origin);
                std::mem::swap(&mut beside.appearance, &mut page.appearance);
                let now = page.scan.calibration();
                if now != beside.calibration {
                    page.scan = Arc::new(page.scan.with_calibration(beside.calibration));
                    beside.calibration = now;
                }
            }
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

    /// What the kept steps take in memory, about.
    fn bytes(&self) -> usize {
        let pages = self.pages.iter().map(|delta| {
            let beside = delta.beside.as_ref().map_or(0, Beside::bytes);
            delta.layers.bytes() + delta.lesions.bytes() + beside + size_of::<PageDelta>()
        });
        let thumbnail = self.thumbnail.as_ref().map_or(0, |thumbnail| thumbnail.codes().len());
        self.name.len() + thumbnail + size_of::<Self>() + pages.sum::<usize>()
    }
}

impl Beside {
    fn bytes(&self) -> usize {
        let synthesis = self.synthesis.as_ref().map_or(0, |synthesis| synthesis.image.pixels.len());
        let grader = |mask: &Arc<Mask>| 2 * mask.width() as usize * mask.height() as usize;
        synthesis + self.second_grader.as_ref().map_or(0, grader)
    }
}

/// The steps behind and ahead of the document's state.
#[derive(Debug)]
pub(super) struct History {
    undo: VecDeque<Arc<UndoStep>>,
    redo: Vec<Arc<UndoStep>>,
    limit_bytes: usize,
}

impl History {
    /// An empty history that drops its oldest steps when it holds more than so many bytes.
    pub fn new(limit_bytes: usize) -> Self {
        Self { undo: VecDeque::new(), redo: Vec::new(), limit_bytes }
    }

    /// The history kept on disk, behind and ahead of a state that gets the identity it returns.
    pub fn restored(snapshot: HistorySnapshot, limit_bytes: usize) -> (Self, u64) {
        let mut history = Self::new(limit_bytes);
        let with_state = |step: Arc<UndoStep>, state: u64| {
            let mut step = Arc::unwrap_or_clone(step);
            step.state = state;
            step.pack();
            Arc::new(step)
        };
        let here = snapshot.undo.len() as u64;
        let ahead = snapshot.redo.len() as u64;
        let undo = snapshot.undo.into_iter().enumerate();
        history.undo = undo.map(|(index, step)| with_state(step, index as u64)).collect();
        let redo = snapshot.redo.into_iter().enumerate();
        history.redo = redo.map(|(index, step)| with_state(step, here + ahead - index as u64)).collect();
        history.forget_past_limit();
        (history, here)
    }

    /// The steps as they can be kept on disk.
    pub fn snapshot(&self) -> HistorySnapshot {
        HistorySnapshot { undo: self.undo.iter().cloned().collect(), redo: self.redo.clone() }
    }

    /// Adds a step that has just been made; what had been undone is forgotten, and the oldest steps too
    /// as far as the bound asks for it.
    pub fn push(&mut self, step: UndoStep) {
        self.redo.clear();
        self.undo.push_back(Arc::new(step));
        self.pack_past_recent();
        self.forget_past_limit();
    }

    fn forget_past_limit(&mut self) {
        let mut bytes = self.bytes();
        while bytes > self.limit_bytes
            && let Some(oldest) = self.undo.pop_front()
        {
            bytes -= oldest.bytes();
        }
    }

    fn pack_past_recent(&mut self) {
        if let Some(past_recent) = self.undo.len().checked_sub(RECENT_STEPS + 1) {
            Arc::make_mut(&mut self.undo[past_recent]).pack();
        }
    }

    pub fn undo(&mut self, document: &mut Document, state: &mut u64) -> Option<Change> {
        let mut step = self.undo.pop_back()?;
        let change = Arc::make_mut(&mut step).swap(document, state);
        self.redo.push(step);
        if let Some(past_recent) = self.redo.len().checked_sub(RECENT_STEPS + 1) {
            Arc::make_mut(&mut self.redo[past_recent]).pack();
        }
        Some(change)
    }

    pub fn redo(&mut self, document: &mut Document, state: &mut u64) -> Option<Change> {
        let mut step = self.redo.pop()?;
        let change = Arc::make_mut(&mut step).swap(document, state);
        self.undo.push_back(step);
        self.pack_past_recent();
        Some(change)
    }

    /// The latest first.
    pub fn undo_steps(&self) -> impl ExactSizeIterator<Item = &UndoStep> {
        self.undo.iter().rev().map(Arc::as_ref)
    }

    /// The one that would be redone next first.
    pub fn redo_steps(&self) -> impl ExactSizeIterator<Item = &UndoStep> {
        self.redo.iter().rev().map(Arc::as_ref)
    }

    pub fn bytes(&self) -> usize {
        self.undo.iter().chain(&self.redo).map(|step| step.bytes()).sum()
    }
}
