//! A set that is open: its rows in their order, where one stands among them, and what was decided.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::Context;

use super::counts::Counts;
use super::filter_form::FilterForm;
use super::jobs::ReadSet;
use super::log_writer::{LogNews, LogWriter};
use super::marks;
use crate::review::audit_log::AcceptedGroup;
use crate::review::files::FileTrouble;
use crate::review::select::{Direction, next_undecided, select};
use crate::review::{Decision, DecisionEvent, ReviewSet, SortKey, Verdicts};
use crate::studio::texts::text;

/// Places that can be gone back to.
const MAX_TRAIL: usize = 1000;

/// What the user must hear of the log.
pub(super) enum LogOutcome {
    Nothing,
    /// A decision was taken back.
    Undone(String),
    NothingToUndo,
    /// A decision was not written: what is shown must be read anew.
    NotWritten(String),
    Unreadable(String),
}

/// A set that is open.
pub(super) struct OpenSet {
    pub dir: PathBuf,
    pub set: Arc<ReviewSet>,
    pub verdicts: Verdicts,
    pub counts: Counts,
    pub audits: Vec<AcceptedGroup>,
    /// By row.
    pub audited: Vec<bool>,
    /// What could not be read, for people.
    pub notes: Vec<String>,
    /// Rows that are shown, in their order.
    pub order: Vec<u32>,
    /// Where one stands among them.
    pub place: usize,
    /// Direction of travel.
    pub steps: isize,
    /// Rows looked at before, the last one last.
    trail: Vec<u32>,
    pub form: FilterForm,
    /// Whether the manifest has grown since it was read.
    pub has_grown: bool,
    /// Rows whose files are missing or changed, as far as they were looked at.
    pub troubles: BTreeMap<u32, FileTrouble>,
    /// Whether the files of all rows were looked at.
    pub is_checked: bool,
    /// Rises with every decision: what depends on them is made anew.
    pub decisions: u64,
    writer: LogWriter,
    /// Decisions on their way to the disk.
    pending: VecDeque<DecisionEvent>,
    pub reviewer: String,
}

impl OpenSet {
    /// A set that was read, in the order of its manifest, or the most doubtful first where a segmenter has looked.
    ///
    /// # Errors
    /// When the system grants no thread for the log.
    pub fn new(read: ReadSet, reviewer: &str, context: &Context) -> Result<Self, String> {
        let ReadSet { reviewed, manifest_bytes, .. } = read;
        let notes = reviewed.notes();
        let set = Arc::new(reviewed.set);
        let counts = Counts::of(&set, &reviewed.verdicts, reviewer.trim());
        let writer = LogWriter::start(reviewed.log, &set.dir, manifest_bytes, context)
            .map_err(|error| text!("review-no-log-thread", %error))?;
        let mut form = FilterForm::default();
        if set.rows.iter().any(|row| !row.agreement.is_nan()) {
            (form.sort, form.direction) = (SortKey::Doubt, Direction::Falling);
        }
        let order = ordered(&set, &reviewed.verdicts, &form);
        Ok(Self {
            dir: set.dir.clone(),
            counts,
            verdicts: reviewed.verdicts,
            audits: reviewed.audits,
            audited: reviewed.audited,
            notes,
            order,
            place: 0,
            steps: 1,
            trail: Vec::new(),
            form,
            has_grown: false,
            troubles: BTreeMap::new(),
            is_checked: false,
            decisions: 0,
            writer,
            pending: VecDeque::new(),
            reviewer: reviewer.to_owned(),
            set,
        })
    }

    /// Takes the place of a set that was read before: filters, order and place stay as far as they can.
    pub fn go_on_from(&mut self, before: Self) {
        let row = before.row();
        self.form = before.form;
        self.trail = before.trail;
        self.steps = before.steps;
        self.troubles = before.troubles;
        let known = self.set.len();
        self.trail.retain(|row| (*row as usize) < known);
        self.order = ordered(&self.set, &self.verdicts, &self.form);
        self.place = row.and_then(|row| self.place_of(row)).unwrap_or(0);
        for event in before.pending {
            self.counts.apply(&self.set, &mut self.verdicts, &event, self.reviewer.trim());
        }
    }

    /// The row one stands at.
    pub fn row(&self) -> Option<u32> {
        self.order.get(self.place).copied()
    }

    /// The place of a row.
    pub fn place_of(&self, row: u32) -> Option<usize> {
        self.order.iter().position(|other| *other == row)
    }

    /// Decisions that are not on the disk yet.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Somebody else decides from now on.
    pub fn change_reviewer(&mut self, name: &str) {
        name.clone_into(&mut self.reviewer);
        self.counts = Counts::of(&self.set, &self.verdicts, name.trim());
    }

    /// Shows rows in an order that was made, and stays at the row one stands at where it is among them.
    pub fn take_order(&mut self, order: Vec<u32>) {
        let row = self.row();
        self.order = order;
        self.place = row.and_then(|row| self.place_of(row)).unwrap_or(0);
    }

    /// Goes to a place.
    pub fn look(&mut self, place: usize) {
        if place == self.place || place >= self.order.len() {
            return;
        }
        self.trail.extend(self.row());
        if self.trail.len() > MAX_TRAIL {
            self.trail.remove(0);
        }
        self.steps = if place > self.place { 1 } else { -1 };
        self.place = place;
    }

    /// Goes by so many pairs, as far as there are any.
    pub fn look_by(&mut self, by: isize) {
        let last = self.order.len().saturating_sub(1) as isize;
        self.look((self.place as isize + by).clamp(0, last) as usize);
    }

    /// Goes back to the pair looked at before.
    pub fn back(&mut self) {
        while let Some(row) = self.trail.pop() {
            if let Some(place) = self.place_of(row) {
                self.place = place;
                self.steps = 1;
                return;
            }
        }
        self.place = self.place.saturating_sub(1);
    }

    /// Goes to the next pair that the reviewer has not decided, round the end. Returns whether there is one.
    pub fn next_undecided(&mut self) -> bool {
        let reviewer = self.verdicts.reviewer(self.reviewer.trim());
        let next = next_undecided(&self.order, self.place, &self.verdicts, reviewer);
        if let Some(place) = next {
            self.look(place);
        }
        next.is_some()
    }

    /// Goes to a pair by its number from 1 in the order, or by its name.
    ///
    /// # Errors
    /// If there is none.
    pub fn go_to(&mut self, text: &str) -> Result<(), String> {
        let text = text.trim();
        if let Ok(number) = text.parse::<usize>() {
            if !(1..=self.order.len()).contains(&number) {
                return Err(text!("review-pairs-in-order", count = self.order.len()));
            }
            self.look(number - 1);
            return Ok(());
        }
        let row = self.set.row_of(text).ok_or_else(|| text!("review-no-such-pair", name = text))?;
        let place = self.place_of(row).ok_or_else(|| text!("review-hidden-pair", name = text))?;
        self.look(place);
        Ok(())
    }

    /// Decides about the pair one stands at, and goes on to the next.
    ///
    /// # Errors
    /// In words, if nobody has said who decides, or decisions cannot be written so fast.
    pub fn decide(&mut self, decision: Decision, reason: Option<&str>) -> Result<(), String> {
        let Some(row) = self.row() else { return Ok(()) };
        let who = self.reviewer.trim();
        if who.is_empty() {
            return Err(text!("review-needs-name").to_owned());
        }
        let event = DecisionEvent::now(who, self.set.id(row), decision, reason);
        if !self.writer.append(event.clone()) {
            return Err(text!("review-disk-slow").to_owned());
        }
        self.counts.apply(&self.set, &mut self.verdicts, &event, self.reviewer.trim());
        self.decisions += 1;
        self.pending.push_back(event);
        if self.place + 1 < self.order.len() {
            self.look(self.place + 1);
        }
        Ok(())
    }

    /// Takes back the reviewer's last decision; what comes of it is reported later.
    pub fn undo(&mut self) {
        self.writer.undo(self.reviewer.trim());
    }

    /// Takes what the log reports.
    pub fn take_log(&mut self) -> Vec<LogOutcome> {
        let mut outcomes = Vec::new();
        for news in self.writer.news() {
            outcomes.push(self.take(news));
        }
        outcomes
    }

    /// Counts decisions that stand in the log; one's own were counted when the key was pressed.
    fn count_decisions(&mut self, events: Vec<DecisionEvent>) {
        for event in events {
            if self.pending.front() == Some(&event) {
                self.pending.pop_front();
                continue;
            }
            self.counts.apply(&self.set, &mut self.verdicts, &event, self.reviewer.trim());
            self.decisions += 1;
        }
        // What is on its way is the last word.
        for event in &self.pending {
            self.counts.apply(&self.set, &mut self.verdicts, event, self.reviewer.trim());
        }
    }

    fn take(&mut self, news: LogNews) -> LogOutcome {
        match news {
            LogNews::Read(events) => {
                self.count_decisions(events);
                LogOutcome::Nothing
            }
            LogNews::Undone { read, undo } => {
                self.count_decisions(read);
                let Some(undo) = undo else { return LogOutcome::NothingToUndo };
                if let Some(place) = self.set.row_of(&undo.pair).and_then(|row| self.place_of(row)) {
                    self.look(place);
                }
                let decision = marks::decision_name(undo.decision);
                LogOutcome::Undone(text!("review-again", pair = undo.pair.as_str(), decision))
            }
            LogNews::NotWritten(event, why) => {
                self.pending.retain(|pending| *pending != event);
                LogOutcome::NotWritten(text!("review-not-written", pair = event.pair.as_str(), why))
            }
            LogNews::Unreadable(why) => LogOutcome::Unreadable(why),
            LogNews::Grown => {
                self.has_grown = true;
                LogOutcome::Nothing
            }
        }
    }
}

/// The rows that a form shows, in its order.
pub(super) fn ordered(set: &ReviewSet, verdicts: &Verdicts, form: &FilterForm) -> Vec<u32> {
    let Some(filter) = form.filter(verdicts) else { return Vec::new() };
    let mut order = select(set, verdicts, &filter, form.sort, form.direction);
    if form.sharing.is_some() || form.reason.is_some() || form.only_near {
        order.retain(|&row| form.passes(row, &set.rows[row as usize], verdicts));
    }
    order
}
