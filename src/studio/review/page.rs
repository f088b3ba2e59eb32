//! The page: which set is open, what is being opened, and what a thread reports.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use eframe::egui::{CentralPanel, Context, Frame, Label, Margin, Ui};

use super::actions::{ReviewAction, ReviewPlace};
use super::editing::{self, EditedPair, HandedBack};
use super::jobs::{Jobs, News};
use super::looker::Reference;
use super::open_review::{OpenReview, View, open_set_of};
use super::picture_cache::{MAX_BYTES, PictureCache};
use crate::formats::provenance::Provenance;
use crate::mask::Mask;
use crate::scan::GreyImage;
use crate::segmentation::{Labeller, segmenter_file};
use crate::studio::flow::Version;
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, text_button};
use crate::studio::widgets::empty_state::{in_the_middle, quiet_lines};
use crate::studio::widgets::theme;
use crate::worker::ModelSource;
use crate::worker::models::{SEGMENTER_NAME, has_segmenter};

/// Folder of small pictures, in that of the program.
const SMALL_PICTURES: &str = "small-pictures";

/// What the page may read of the window.
pub(in crate::studio) struct ReviewContext<'a> {
    /// Sets opened before, the latest first.
    pub recent: &'a [PathBuf],
    /// Whether the keys are meant for the page.
    pub has_keys: bool,
}

enum Stage {
    Nothing,
    Opening(PathBuf),
    Failed(PathBuf, String),
    Open(Box<OpenReview>),
}

/// A pair in the editor, and how far it has come.
struct Editing {
    pair: EditedPair,
    /// When its mask was handed back to be synthesised, and what was done to it.
    handed_back: Option<HandedBack>,
    /// The mask that is being written.
    written: Option<Mask>,
}

/// The page.
pub struct ReviewPage {
    stage: Stage,
    jobs: Jobs,
    context: Context,
    /// Number of the opening that is awaited.
    ticket: u64,
    reviewer: String,
    /// Small pictures on the disk, of all sets.
    cache: Option<Arc<PictureCache>>,
    editing: Option<Editing>,
    /// What looks at the pairs of a set that is opened.
    segmenter: ModelSource,
    /// Whether a segmenter is being read.
    reads_segmenter: bool,
}

impl ReviewPage {
    /// A page without a set; small pictures are kept in the folder of the program's own files.
    pub(in crate::studio) fn new(context: Context, reviewer: String, data_folder: Option<&Path>) -> Self {
        let cache = data_folder.map(|folder| PictureCache::new(folder.join(SMALL_PICTURES), MAX_BYTES));
        Self {
            cache: cache.map(Arc::new),
            stage: Stage::Nothing,
            jobs: Jobs::new(context.clone()),
            context,
            ticket: 0,
            reviewer,
            editing: None,
            segmenter: ModelSource::Bundled(SEGMENTER_NAME.to_owned()),
            reads_segmenter: false,
        }
    }

    /// Opens a set in place of the one shown.
    pub(in crate::studio) fn open(&mut self, dir: PathBuf) {
        self.ticket += 1;
        if let Stage::Open(review) = &self.stage
            && review.open.dir == dir
        {
            review.refresh(&self.jobs);
            return;
        }
        open_set_of(&self.jobs, dir.clone(), None, self.ticket);
        self.stage = Stage::Opening(dir);
    }

    /// Folder of the set that is open.
    pub fn folder(&self) -> Option<&Path> {
        match &self.stage {
            Stage::Open(review) => Some(&review.open.dir),
            _ => None,
        }
    }

    /// Names of the pairs shown, in their order.
    pub fn names(&self) -> Vec<String> {
        let Stage::Open(review) = &self.stage else { return Vec::new() };
        let open = &review.open;
        open.order.iter().map(|&row| open.set.id(row).to_owned()).collect()
    }

    /// Name of the pair one stands at.
    pub fn name_in_view(&self) -> Option<&str> {
        let Stage::Open(review) = &self.stage else { return None };
        review.open.row().map(|row| review.open.set.id(row))
    }

    /// Whether one pair is shown in full.
    pub fn is_pair_shown(&self) -> bool {
        matches!(&self.stage, Stage::Open(review) if review.view == View::Pair)
    }

    /// Whether what is shown is complete, and every decision on the disk.
    pub fn is_settled(&self) -> bool {
        match &self.stage {
            Stage::Open(review) => review.is_settled() && !self.reads_segmenter,
            Stage::Opening(_) => false,
            Stage::Nothing | Stage::Failed(..) => true,
        }
    }

    /// Whether the pairs ahead of the one in view are in memory.
    pub fn is_prefetched(&self) -> bool {
        matches!(&self.stage, Stage::Open(review) if review.is_prefetched())
    }

    /// Whether the pair one stands at is in memory.
    pub fn is_in_memory(&self) -> bool {
        matches!(&self.stage, Stage::Open(review) if review.is_in_memory())
    }

    /// Undecided, accepted, rejected and flagged pairs, when all reviewers are heard.
    pub fn standing(&self) -> [usize; 4] {
        match &self.stage {
            Stage::Open(review) => review.open.counts.standing,
            _ => [0; 4],
        }
    }

    /// Pictures lie on a graphics device that is gone.
    pub(in crate::studio) fn forget_pictures(&mut self) {
        if let Stage::Open(review) = &mut self.stage {
            review.forget_pictures();
        }
    }

    /// Takes what threads report. Returns what the window is to do.
    pub(in crate::studio) fn follow(&mut self) -> Vec<ReviewAction> {
        let news = self.jobs.news();
        news.into_iter().flat_map(|news| self.take(news)).collect()
    }

    fn take(&mut self, news: News) -> Vec<ReviewAction> {
        self.reads_segmenter &= !matches!(news, News::Segmenter(_));
        match (news, &mut self.stage) {
            (News::Opened { ticket, dir, outcome }, _) => self.take_opened(ticket, dir, outcome),
            (News::Edited { id, document, version, outcome }, _) => {
                let kept = ReviewAction::EditKept { document, version };
                self.take_edited(&id, outcome.map(|facts| (facts, kept)))
            }
            (News::Referenced { dir, outcome }, Stage::Open(review)) => match outcome {
                Ok(reference) => {
                    let count = reference.scans.scans.len();
                    let left_out = reference.scans.problems.len();
                    review.use_reference(reference);
                    let text = text!("review-references-read", count, folder = %dir.display(), left_out);
                    vec![ReviewAction::Tell(text)]
                }
                Err(message) => vec![ReviewAction::Complain(message)],
            },
            (News::Segmenter(outcome), Stage::Open(review)) => match outcome {
                Ok((name, segmenter)) => {
                    review.use_segmenter(name, segmenter);
                    Vec::new()
                }
                Err(message) => vec![ReviewAction::Complain(message)],
            },
            (News::Written(outcome), _) => vec![match outcome {
                Ok(text) => ReviewAction::Tell(text),
                Err(message) => ReviewAction::Complain(message),
            }],
            (news, Stage::Open(review)) => review.take(news, &self.jobs).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn take_opened(
        &mut self,
        ticket: u64,
        dir: PathBuf,
        outcome: Result<Box<super::jobs::ReadSet>, String>,
    ) -> Vec<ReviewAction> {
        let is_same = self.folder() == Some(&dir);
        match (outcome, &mut self.stage) {
            (Ok(read), Stage::Open(review)) if is_same => {
                review.read_anew(*read, &self.context).err().map(ReviewAction::Complain).into_iter().collect()
            }
            // The set that is shown stays as it is.
            (Err(message), Stage::Open(_)) if is_same => vec![ReviewAction::Complain(message)],
            (outcome, Stage::Opening(_)) if ticket == self.ticket => {
                let opened = outcome.and_then(|read| {
                    OpenReview::new(*read, &self.reviewer, &self.context, self.cache.clone())
                });
                match opened {
                    Ok(review) => {
                        self.stage = Stage::Open(Box::new(review));
                        let is_own = matches!(self.segmenter, ModelSource::File(_));
                        if is_own || has_segmenter() {
                            self.read_segmenter(self.segmenter.clone());
                        }
                        vec![ReviewAction::Opened(dir)]
                    }
                    Err(message) => {
                        self.stage = Stage::Failed(dir, message);
                        Vec::new()
                    }
                }
            }
            _ => Vec::new(),
        }
    }

    /// A path was chosen for something.
    pub(in crate::studio) fn use_place(&mut self, place: ReviewPlace, path: PathBuf) {
        let jobs = &self.jobs;
        match (place, &mut self.stage) {
            (ReviewPlace::Set, _) => self.open(path),
            (ReviewPlace::Reference, _) => {
                let of_failure = path.clone();
                let work = move || {
                    let outcome = Reference::load(&path).map(Arc::new);
                    News::Referenced { dir: path, outcome }
                };
                jobs.run(work, move |why| News::Referenced { dir: of_failure, outcome: Err(why) });
            }
            (ReviewPlace::Segmenter, _) => self.read_segmenter(ModelSource::File(path)),
            (ReviewPlace::Export, Stage::Open(review)) => review.export_to(path),
            (ReviewPlace::RealScans, Stage::Open(review)) => review.use_real_scans(path, jobs),
            (ReviewPlace::BlindTable, Stage::Open(review)) => review.write_blind_table(path, jobs),
            _ => {}
        }
    }

    /// Shows a pair in full, where the set that is open holds it.
    pub(in crate::studio) fn show_pair(&mut self, id: &str) {
        if let Stage::Open(review) = &mut self.stage {
            review.show_row_of(id);
        }
    }

    /// What looks at the pairs of a set that is opened.
    pub fn segmenter(&self) -> &ModelSource {
        &self.segmenter
    }

    /// Looks with another segmenter: at the set that is open, and at all that are opened from now on.
    pub(in crate::studio) fn use_segmenter(&mut self, source: ModelSource) {
        self.segmenter = source;
        if matches!(self.stage, Stage::Open(_)) {
            self.read_segmenter(self.segmenter.clone());
        }
    }

    fn read_segmenter(&mut self, source: ModelSource) {
        self.reads_segmenter = true;
        let work = move || News::Segmenter(load_segmenter(&source));
        self.jobs.run(work, |why| News::Segmenter(Err(why)));
    }

    /// Somebody else decides from now on.
    pub(in crate::studio) fn change_reviewer(&mut self, name: String) {
        self.reviewer = name;
    }

    /// The pair in view as a document, to be edited.
    ///
    /// # Errors
    /// In words, if it cannot be edited.
    pub(in crate::studio) fn edit(&mut self) -> Result<Option<EditedPair>, String> {
        let Stage::Open(review) = &mut self.stage else { return Ok(None) };
        let Some(pair) = review.edited_pair()? else { return Ok(None) };
        self.editing = Some(Editing { pair: pair.clone(), handed_back: None, written: None });
        Ok(Some(pair))
    }

    /// The pair that is in the editor, if its document is the one from that file.
    pub(in crate::studio) fn edited(&self, opened_from: Option<&Path>) -> Option<&EditedPair> {
        let pair = &self.editing.as_ref()?.pair;
        // Pairs of two sets may have one name.
        let is_of_set = self.folder().is_some_and(|dir| pair.path.starts_with(dir));
        (is_of_set && opened_from == Some(&pair.path)).then_some(pair)
    }

    /// Takes an edited mask; a recorded pair's is written at once, another one's when its scan is synthesised.
    /// It is that of a moment of the document of a number.
    pub(in crate::studio) fn hand_back(
        &mut self,
        mask: Mask,
        steps: Vec<String>,
        document: u64,
        version: Version,
    ) {
        let who = self.reviewer.trim().to_owned();
        let Some(editing) = &mut self.editing else { return };
        let when = crate::review::edits::now();
        let id = editing.pair.id.clone();
        editing.handed_back = Some(HandedBack { id, who, when, mask, scan: None, steps, document, version });
        if editing.pair.is_recorded {
            self.write_edit(None);
        }
    }

    /// Takes the scan of the mask that was handed back.
    pub(in crate::studio) fn take_synthesised(&mut self, image: GreyImage, provenance: Provenance) {
        self.write_edit(Some((image, provenance)));
    }

    fn write_edit(&mut self, scan: Option<(GreyImage, Provenance)>) {
        let back = self.editing.as_mut().and_then(|editing| {
            let back = editing.handed_back.take()?;
            editing.written = Some(back.mask.clone());
            Some(back)
        });
        if let (Some(back), Stage::Open(review)) = (back, &self.stage) {
            editing::write(&review.open.set, HandedBack { scan, ..back }, &self.jobs);
        }
    }

    fn take_edited(
        &mut self,
        id: &str,
        outcome: Result<(crate::review::edits::EditFacts, ReviewAction), String>,
    ) -> Vec<ReviewAction> {
        match (outcome, &mut self.stage) {
            (Ok((facts, kept)), Stage::Open(review)) => {
                review.refresh(&self.jobs);
                review.show_row_of(id);
                if let Some(editing) = &mut self.editing
                    && let Some(mask) = editing.written.take()
                {
                    editing.pair.document.pages[0].mask = mask;
                }
                let text = text!("review-edit-kept", id, number = %facts.number);
                vec![kept, ReviewAction::Tell(text)]
            }
            (Ok((_, kept)), _) => vec![kept],
            (Err(message), _) => {
                vec![ReviewAction::Complain(text!("review-edit-not-kept", id, message))]
            }
        }
    }

    /// Draws the page in the middle of the window.
    pub(in crate::studio) fn show(&mut self, ui: &mut Ui, context: &ReviewContext<'_>) -> Vec<ReviewAction> {
        match &mut self.stage {
            Stage::Open(review) => review.show(ui, &self.jobs, context.has_keys),
            other => {
                let frame = Frame::new().fill(theme::CANVAS).inner_margin(Margin::symmetric(18, 14));
                CentralPanel::default()
                    .frame(frame)
                    .show(ui, |ui| show_empty(ui, other, context.recent))
                    .inner
            }
        }
    }
}

fn load_segmenter(source: &ModelSource) -> Result<(String, Arc<Mutex<Labeller>>), String> {
    let (bytes, file) = source.read().map_err(|error| error.to_string())?;
    let device = crate::device::cpu(None).device;
    let (network, info) = segmenter_file::load(&bytes, &file, &device).map_err(|error| error.to_string())?;
    let name = info.name.clone();
    Ok((name, Arc::new(Mutex::new(Labeller::new(network, info, device)))))
}

/// Nothing is open: what to do, or what went wrong.
fn show_empty(ui: &mut Ui, stage: &Stage, recent: &[PathBuf]) -> Vec<ReviewAction> {
    let mut actions = Vec::new();
    in_the_middle(ui, 0.3, |ui| {
        match stage {
            Stage::Opening(dir) => {
                ui.add(BusyMark::new(22.0, theme::ACCENT));
                ui.label(theme::weak(text!("review-reading", folder = %dir.display())));
                return;
            }
            Stage::Failed(dir, message) => {
                ui.label(theme::heading(text!("review-failed", folder = %dir.display())));
                ui.add(Label::new(theme::weak(message.as_str())).wrap());
            }
            _ => {
                ui.label(theme::heading(text!("review-title")));
                quiet_lines(ui, text!("review-how"));
            }
        }
        ui.add_space(10.0);
        let hint = text!("review-open-about");
        if text_button(
            ui,
            text!("review-open"),
            110.0,
            text!("review-open-set"),
            hint,
            ButtonState::selected_if(true),
        )
        .clicked()
        {
            actions.push(ReviewAction::Choose(ReviewPlace::Set));
        }
        ui.add_space(10.0);
        for dir in recent {
            let name = dir.file_name().unwrap_or(dir.as_os_str()).to_string_lossy().into_owned();
            if ui.button(name).on_hover_text(dir.display().to_string()).clicked() {
                actions.push(ReviewAction::Use(ReviewPlace::Set, dir.clone()));
            }
        }
    });
    actions
}
