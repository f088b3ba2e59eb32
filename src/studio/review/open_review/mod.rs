//! The review of a set that is open: which view is shown, what the keys do in it, and what it has done elsewhere.

mod keyboard;
mod reports;

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use eframe::egui::{CentralPanel, Context, Frame, Id, Key, Margin, Panel, Ui};

use crate::review::kappa::Kappa;
use crate::review::sheet::agreements;
use crate::segmentation::Labeller;
use crate::studio::review::actions::ReviewAction;
use crate::studio::review::audit_view::{AuditEvent, AuditView};
use crate::studio::review::blind_view::{BlindEvent, BlindView};
use crate::studio::review::editing::{self, EditedPair};
use crate::studio::review::export_dialog::{ExportDialog, ExportEvent};
use crate::studio::review::filter_bar;
use crate::studio::review::filter_form::Picked;
use crate::studio::review::grid::{self, GridEvent, GridLook};
use crate::studio::review::jobs::{Jobs, News, Progress, ReadSet};
use crate::studio::review::keys::REASONS;
use crate::studio::review::looker::{Looker, Reference};
use crate::studio::review::map_view::{MapEvent, MapView};
use crate::studio::review::open_set::{LogOutcome, OpenSet, ordered};
use crate::studio::review::pair_facts::{self, FactsEvent};
use crate::studio::review::pair_view::{self, PairShown, PairTextures};
use crate::studio::review::picture_cache::PictureCache;
use crate::studio::review::ring::PairRing;
use crate::studio::review::scoring;
use crate::studio::review::set_panel::{self, Beside, PanelEvent};
use crate::studio::review::small_pictures::SmallPictures;
use crate::studio::shell::typing;
use crate::studio::texts::text;
use crate::studio::widgets::empty_state::{USUAL_TOP, in_the_middle};
use crate::studio::widgets::theme;

/// Width of the panel at the right.
const PANEL_WIDTH: f32 = 292.0;

/// What the middle of the page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum View {
    #[default]
    Grid,
    Pair,
    Audit,
    Blind,
    Map,
}

/// What pairs are looked at with.
#[derive(Default)]
pub(super) struct Means {
    pub reference: Option<Arc<Reference>>,
    pub segmenter: Option<(String, Arc<Mutex<Labeller>>)>,
}

/// The review of a set.
pub(super) struct OpenReview {
    pub open: OpenSet,
    pub view: View,
    grid: GridLook,
    pictures: SmallPictures,
    ring: PairRing,
    looker: Looker,
    textures: PairTextures,
    pub means: Means,
    /// What generated the set, where it says so.
    job: Option<Progress>,
    /// Number of the selection that is being made, and whether one is.
    ordering: (u64, bool),
    /// Agreement of every two reviewers, and after how many decisions.
    agreements: (Option<u64>, Vec<(String, String, Kappa)>),
    go_to: Option<String>,
    takes_focus: bool,
    /// Whether the pair in view is to be edited once it is in memory.
    wants_edit: bool,
    audit: AuditView,
    blind: BlindView,
    map: MapView,
    export: Option<ExportDialog>,
}

impl OpenReview {
    /// A set that was read.
    ///
    /// # Errors
    /// When the system grants no thread for its decisions.
    pub fn new(
        read: ReadSet,
        reviewer: &str,
        context: &Context,
        cache: Option<Arc<PictureCache>>,
    ) -> Result<Self, String> {
        let open = OpenSet::new(read, reviewer, context)?;
        let mut review = Self {
            view: View::Grid,
            grid: GridLook::default(),
            pictures: SmallPictures::new(context, cache),
            ring: PairRing::new(context),
            looker: Looker::new(context),
            textures: PairTextures::default(),
            means: Means::default(),
            job: None,
            ordering: (0, false),
            agreements: (None, Vec::new()),
            go_to: None,
            takes_focus: false,
            wants_edit: false,
            audit: AuditView::default(),
            blind: BlindView::default(),
            map: MapView::default(),
            export: None,
            open,
        };
        review.use_set(None);
        Ok(review)
    }

    /// Goes on with the same set, read anew.
    ///
    /// # Errors
    /// As [`OpenReview::new`].
    pub fn read_anew(&mut self, read: ReadSet, context: &Context) -> Result<(), String> {
        let changed = read.changed.clone();
        let reviewer = self.open.reviewer.clone();
        let open = OpenSet::new(read, &reviewer, context)?;
        let before = std::mem::replace(&mut self.open, open);
        self.open.go_on_from(before);
        self.use_set(changed.as_deref());
        self.agreements.0 = None;
        self.map = MapView::default();
        Ok(())
    }

    fn use_set(&mut self, changed: Option<&[u32]>) {
        let set = &self.open.set;
        self.pictures.use_set(Arc::clone(set), changed);
        self.ring.use_set(Arc::clone(set), changed);
        self.looker.use_set(Arc::clone(set));
    }

    /// Pictures lie on a graphics device that is gone.
    pub fn forget_pictures(&mut self) {
        self.pictures.forget();
        self.textures = PairTextures::default();
        self.map.forget_pictures();
        self.blind.forget_pictures();
    }

    /// Whether what is shown is complete.
    pub fn is_settled(&self) -> bool {
        let is_there = match self.view {
            View::Grid => !self.pictures.are_waiting(),
            View::Pair => {
                self.open.row().is_none_or(|row| self.ring.pair(row).is_some()) && !self.looker.is_busy()
            }
            View::Audit => !self.audit.is_busy(),
            View::Map => !self.map.is_busy(),
            View::Blind => true,
        };
        is_there && !self.ordering.1 && self.job.is_none() && self.open.pending() == 0
    }

    /// Whether the pairs ahead are in memory.
    pub fn is_prefetched(&self) -> bool {
        !self.ring.is_busy() && self.ring.len() > 0
    }

    /// Whether the pair one stands at is in memory.
    pub fn is_in_memory(&self) -> bool {
        self.open.row().is_some_and(|row| self.ring.pair(row).is_some())
    }

    /// Looks with another segmenter.
    pub fn use_segmenter(&mut self, name: String, segmenter: Arc<Mutex<Labeller>>) {
        self.looker.use_segmenter(Arc::clone(&segmenter), Arc::clone(&self.open.set));
        self.means.segmenter = Some((name, segmenter));
    }

    /// Compares with other reference scans.
    pub fn use_reference(&mut self, reference: Arc<Reference>) {
        self.looker.use_reference(Arc::clone(&reference), Arc::clone(&self.open.set));
        self.means.reference = Some(reference);
    }

    /// Draws the page and does what is asked of it. Returns what it asks of the window.
    pub fn show(&mut self, ui: &mut Ui, jobs: &Jobs, has_keys: bool) -> Vec<ReviewAction> {
        let mut actions = Vec::new();
        for outcome in self.open.take_log() {
            match outcome {
                LogOutcome::Nothing => {}
                LogOutcome::Undone(text) => actions.push(ReviewAction::Tell(text)),
                LogOutcome::NothingToUndo => {
                    actions.push(ReviewAction::Tell(text!("review-nothing-to-undo").to_owned()));
                }
                LogOutcome::NotWritten(text) => {
                    actions.push(ReviewAction::Complain(text));
                    self.refresh(jobs);
                }
                LogOutcome::Unreadable(text) => actions.push(ReviewAction::Complain(text)),
            }
        }
        if has_keys {
            self.take_keys(ui, jobs, &mut actions);
        }
        let panel = Frame::new().fill(theme::CHROME).inner_margin(theme::PANEL_MARGIN);
        Panel::right("review facts").exact_size(PANEL_WIDTH).resizable(false).frame(panel).show(ui, |ui| {
            self.show_panel(ui, jobs, &mut actions);
        });
        if matches!(self.view, View::Grid | View::Pair) {
            let bar = Frame::new().fill(theme::CHROME).inner_margin(Margin::symmetric(10, 5));
            Panel::top("review bar").resizable(false).frame(bar).show(ui, |ui| {
                self.show_bar(ui, jobs, &mut actions);
            });
        }
        let foot = Frame::new().fill(theme::CHROME).inner_margin(Margin::symmetric(12, 0));
        Panel::bottom("review keys").exact_size(theme::STATUS_HEIGHT).resizable(false).frame(foot).show(
            ui,
            |ui| {
                ui.horizontal_centered(|ui| ui.label(theme::caption(self.hint())));
            },
        );
        let middle = Frame::new().fill(theme::CANVAS).inner_margin(Margin::symmetric(12, 10));
        CentralPanel::default().frame(middle).show(ui, |ui| self.show_middle(ui, jobs, &mut actions));
        self.show_export(ui.ctx(), jobs, &mut actions);
        actions
    }

    /// The keys of the view, for its foot.
    fn hint(&self) -> &'static str {
        match self.view {
            View::Grid => {
                text!("review-keys-grid")
            }
            View::Pair => {
                text!("review-keys-pair")
            }
            View::Audit | View::Map => text!("review-keys-back"),
            View::Blind => text!("review-keys-blind"),
        }
    }

    fn show_bar(&mut self, ui: &mut Ui, jobs: &Jobs, actions: &mut Vec<ReviewAction>) {
        if let Some(text) = &mut self.go_to {
            if let Some(answer) = filter_bar::show_go_to(ui, text) {
                self.go_to = None;
                if let Some(text) = answer
                    && let Err(message) = self.open.go_to(&text)
                {
                    actions.push(ReviewAction::Complain(message));
                }
            }
            return;
        }
        let takes_focus = std::mem::take(&mut self.takes_focus);
        let event = filter_bar::show(ui, &mut self.open, self.ordering.1, takes_focus);
        if event.is_changed {
            self.order_anew(jobs);
        }
        if event.is_refreshed {
            self.refresh(jobs);
        }
        actions.extend(event.action);
    }

    fn show_panel(&mut self, ui: &mut Ui, jobs: &Jobs, actions: &mut Vec<ReviewAction>) {
        if self.view == View::Pair && self.open.row().is_some() {
            let (pair, look) = self.look_at_pair();
            let Some(row) = self.open.row() else { return };
            let shown = PairShown {
                open: &self.open,
                row,
                pair: pair.as_deref(),
                look: look.as_deref(),
                is_looking: false,
                overlay_shown: self.grid.overlay_shown,
                nearest_shown: false,
            };
            let is_edited = self.open.set.edited_at(row).is_some();
            match pair_facts::show(ui, &shown, is_edited) {
                Some(FactsEvent::Decide(decision, reason)) => {
                    let reason = reason.and_then(|number| REASONS.get(number).copied());
                    let outcome = self.open.decide(decision, reason);
                    actions.extend(outcome.err().map(ReviewAction::Complain));
                }
                Some(FactsEvent::Action(action)) => actions.push(action),
                None => {}
            }
            return;
        }
        self.count_agreement();
        let reference_name = self.means.reference.as_ref().map(|reference| {
            let name = reference.dir.file_name().unwrap_or(reference.dir.as_os_str()).to_string_lossy();
            (name.into_owned(), reference.scans.scans.len())
        });
        let beside = Beside {
            reference: reference_name.as_ref().map(|(name, count)| (name.as_str(), *count)),
            segmenter: self.means.segmenter.as_ref().map(|(name, _)| name.as_str()),
            job: self.job.as_ref(),
            agreements: &self.agreements.1,
        };
        if let Some(event) = set_panel::show(ui, &mut self.open, &beside) {
            self.take_panel(event, jobs, actions);
        }
    }

    /// Agreement is counted when something was decided, not in every frame.
    fn count_agreement(&mut self) {
        if self.agreements.0 != Some(self.open.decisions) {
            self.agreements = (Some(self.open.decisions), agreements(&self.open.verdicts));
        }
    }

    fn take_panel(&mut self, event: PanelEvent, jobs: &Jobs, actions: &mut Vec<ReviewAction>) {
        match event {
            PanelEvent::ShowAudit => {
                self.view = View::Audit;
                self.audit.start(&self.open, jobs);
            }
            PanelEvent::ShowBlind => {
                self.view = View::Blind;
                self.blind.open(&self.open.dir, jobs);
            }
            PanelEvent::ShowMap => {
                self.view = View::Map;
                self.map.start(&self.open, jobs);
            }
            PanelEvent::ShowExport => self.export = Some(ExportDialog::default()),
            PanelEvent::CheckFiles => self.check_files(jobs),
            PanelEvent::ScoreNearest => {
                if let Some(reference) = self.means.reference.clone() {
                    self.job = Some(scoring::nearest(&self.open.set, reference, jobs));
                }
            }
            PanelEvent::ScoreDoubt => {
                if let Some((_, segmenter)) = self.means.segmenter.clone() {
                    self.job = Some(scoring::doubt(&self.open.set, segmenter, jobs));
                }
            }
            PanelEvent::StopJob => {
                if let Some(job) = &self.job {
                    job.stop.store(true, Ordering::Relaxed);
                }
            }
            PanelEvent::Action(action) => actions.push(action),
        }
    }

    fn show_middle(&mut self, ui: &mut Ui, jobs: &Jobs, actions: &mut Vec<ReviewAction>) {
        match self.view {
            View::Grid => self.show_grid(ui),
            View::Pair => self.show_pair(ui, actions),
            View::Audit => match self.audit.show(ui, &self.open, jobs) {
                Some(AuditEvent::Close) => self.view = View::Grid,
                Some(AuditEvent::Look(picked)) => self.pick(picked, jobs),
                None => {}
            },
            View::Blind => match self.blind.show(ui, &self.open, jobs) {
                Some(BlindEvent::Close) => self.view = View::Grid,
                Some(BlindEvent::Action(action)) => actions.push(action),
                None => {}
            },
            View::Map => match self.map.show(ui, &self.open) {
                Some(MapEvent::Close) => self.view = View::Grid,
                Some(MapEvent::Pick(rows)) => self
                    .pick(Picked { by: text!("review-drawn-around").to_owned(), rows: Arc::new(rows) }, jobs),
                None => {}
            },
        }
    }

    fn show_grid(&mut self, ui: &mut Ui) {
        self.hold_keyboard(ui);
        if self.open.order.is_empty() {
            in_the_middle(ui, USUAL_TOP, |ui| {
                ui.label(theme::heading(text!("review-none-pass")));
                ui.label(theme::weak(text!("review-none-pass-about")));
            });
            return;
        }
        let event = grid::show(ui, &self.open, &mut self.pictures, &mut self.grid);
        self.open.troubles.extend(self.pictures.new_troubles());
        match event {
            Some(GridEvent::Chosen(place)) => self.open.look(place),
            Some(GridEvent::Opened(place)) => {
                self.open.look(place);
                self.view = View::Pair;
            }
            None => {}
        }
    }

    fn show_pair(&mut self, ui: &mut Ui, actions: &mut Vec<ReviewAction>) {
        self.hold_keyboard(ui);
        let Some(row) = self.open.row() else {
            self.view = View::Grid;
            return;
        };
        let (pair, look) = self.look_at_pair();
        if pair.is_some() && std::mem::take(&mut self.wants_edit) {
            actions.push(ReviewAction::Edit);
        }
        let nearest_shown = ui.input(|input| input.key_down(Key::N)) && !typing::belongs_to_field(ui.ctx());
        let shown = PairShown {
            open: &self.open,
            row,
            pair: pair.as_deref(),
            look: look.as_deref(),
            is_looking: self.looker.is_busy(),
            overlay_shown: self.grid.overlay_shown,
            nearest_shown,
        };
        pair_view::show(ui, &shown, &mut self.textures);
    }

    /// The pair in view as far as it is in memory, and the second look at it.
    fn look_at_pair(
        &mut self,
    ) -> (
        Option<Arc<crate::studio::review::loading::LoadedPair>>,
        Option<Arc<crate::studio::review::looker::SecondLook>>,
    ) {
        self.ring.look_at(&self.open.order, self.open.place, self.open.steps);
        let Some(row) = self.open.row() else { return (None, None) };
        let pair = self.ring.pair(row);
        if let Some(trouble) = pair.as_ref().and_then(|pair| pair.trouble) {
            self.open.troubles.insert(row, trouble);
        }
        (pair, self.looker.look_at(row))
    }

    /// Shows rows that were picked elsewhere.
    fn pick(&mut self, picked: Picked, jobs: &Jobs) {
        self.open.form.picked = Some(picked);
        self.view = View::Grid;
        self.order_anew(jobs);
    }

    /// Selects the pairs anew, on a thread.
    fn order_anew(&mut self, jobs: &Jobs) {
        self.ordering = (self.ordering.0 + 1, true);
        let ticket = self.ordering.0;
        let (set, verdicts) = (Arc::clone(&self.open.set), self.open.verdicts.clone());
        let form = self.open.form.clone();
        jobs.run(
            move || News::Ordered { ticket, order: ordered(&set, &verdicts, &form) },
            move |_| News::Ordered { ticket, order: Vec::new() },
        );
    }

    /// Takes an order that was made, unless another was asked for since.
    pub fn take_order(&mut self, ticket: u64, order: Vec<u32>) {
        if ticket == self.ordering.0 {
            self.ordering.1 = false;
            self.open.take_order(order);
        }
    }

    /// Reads the set anew.
    pub fn refresh(&self, jobs: &Jobs) {
        open_set_of(jobs, self.open.dir.clone(), Some(Arc::clone(&self.open.set)), 0);
    }

    fn show_export(&mut self, context: &Context, jobs: &Jobs, actions: &mut Vec<ReviewAction>) {
        let Some(dialog) = &mut self.export else { return };
        match dialog.show(context, &self.open) {
            Some(ExportEvent::Close) => self.export = None,
            Some(ExportEvent::Start) => {
                actions.push(ReviewAction::Exporting(dialog.folder()));
                dialog.start(&self.open, jobs);
            }
            Some(ExportEvent::Choose) => {
                actions.push(ReviewAction::Choose(crate::studio::review::actions::ReviewPlace::Export));
            }
            None => {}
        }
    }

    /// A folder was chosen for the export.
    pub fn export_to(&mut self, path: PathBuf) {
        self.export.get_or_insert_with(ExportDialog::default).out = path.display().to_string();
    }

    /// A folder of real scans was chosen for the blind test.
    pub fn use_real_scans(&mut self, dir: PathBuf, jobs: &Jobs) {
        self.blind.read(dir, jobs);
    }

    /// A file was chosen for the answers of the blind test.
    pub fn write_blind_table(&self, path: PathBuf, jobs: &Jobs) {
        self.blind.write_table(path, &self.open.dir, jobs);
    }

    /// The pair in view as a document; `None` while it is being read, and then it is asked for again.
    ///
    /// # Errors
    /// In words, if it has no mask.
    pub fn edited_pair(&mut self) -> Result<Option<EditedPair>, String> {
        let Some(row) = self.open.row() else { return Err(text!("review-no-pair-in-view").to_owned()) };
        self.view = View::Pair;
        let Some(pair) = self.ring.pair(row) else {
            self.wants_edit = true;
            return Ok(None);
        };
        editing::edited_pair(&self.open, &pair).map(Some)
    }

    /// Shows a pair in full.
    pub fn show_row_of(&mut self, id: &str) {
        if let Some(place) = self.open.set.row_of(id).and_then(|row| self.open.place_of(row)) {
            self.open.look(place);
        }
        self.view = View::Pair;
    }
}

/// What has the keyboard while pairs are looked at.
fn area_id() -> Id {
    Id::unique("pairs under review")
}

/// Has a set read; `before` is the same set as it is shown.
pub(super) fn open_set_of(
    jobs: &Jobs,
    dir: PathBuf,
    before: Option<Arc<crate::review::ReviewSet>>,
    ticket: u64,
) {
    let of_failure = dir.clone();
    let work = move || {
        let outcome = crate::studio::review::jobs::read_set(&dir, before.as_deref()).map(Box::new);
        News::Opened { ticket, dir, outcome }
    };
    jobs.run(work, move |why| News::Opened { ticket, dir: of_failure, outcome: Err(why) });
}
