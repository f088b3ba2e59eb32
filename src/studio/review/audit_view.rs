//! Audited acceptance: groups of like pairs, the sample of each, and what may be said of the rest.

use std::sync::Arc;

use eframe::egui::{DragValue, Label, ProgressBar, ScrollArea, Ui};

use super::filter_form::Picked;
use super::jobs::{Jobs, News};
use super::open_set::OpenSet;
use crate::review::audit::{Audit, AuditGroup, AuditTerms, GroupState, audit};
use crate::review::audit_log::record;
use crate::review::clusters::MAX_CLUSTERS;
use crate::review::proportion::sample_for;
use crate::review::{ReviewSet, Verdicts};
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, row, rule, text_button};
use crate::studio::widgets::theme;

/// What the view asks for.
pub(super) enum AuditEvent {
    Close,
    /// Shows these rows in the grid.
    Look(Picked),
}

/// The state of the view.
#[derive(Default)]
pub(super) struct AuditView {
    terms: AuditTerms,
    /// The audit as it stands after so many decisions.
    found: Option<(Audit, u64)>,
    ticket: u64,
    /// Decisions and terms of the audit that is being made.
    asked: Option<(u64, AuditTerms)>,
}

impl AuditView {
    /// Makes the audit anew, on a thread.
    pub fn start(&mut self, open: &OpenSet, jobs: &Jobs) {
        self.ticket += 1;
        self.asked = Some((open.decisions, self.terms));
        let (ticket, terms) = (self.ticket, self.terms);
        let (set, verdicts) = (Arc::clone(&open.set), open.verdicts.clone());
        let reviewer = open.reviewer.trim().to_owned();
        let make = move |set: &ReviewSet, verdicts: &Verdicts, reviewer: &str| {
            let rows: Vec<u32> = (0..set.len() as u32).collect();
            News::Audited { ticket, audit: Box::new(audit(set, verdicts, reviewer, &rows, terms)) }
        };
        jobs.run(move || make(&set, &verdicts, &reviewer), |why| News::Recorded(Err(why)));
    }

    /// Takes an audit that was made.
    pub fn take(&mut self, ticket: u64, audit: Audit) {
        if ticket == self.ticket
            && let Some((decisions, _)) = self.asked.take()
        {
            self.found = Some((audit, decisions));
        }
    }

    /// Whether it is being made.
    pub fn is_busy(&self) -> bool {
        self.asked.is_some()
    }

    /// Draws the view.
    pub fn show(&mut self, ui: &mut Ui, open: &OpenSet, jobs: &Jobs) -> Option<AuditEvent> {
        let is_behind = self.found.as_ref().is_none_or(|(found, decisions)| {
            *decisions != open.decisions
                || found.terms != self.terms
                || found.reviewer != open.reviewer.trim()
        });
        if is_behind && self.asked.is_none() {
            self.start(open, jobs);
        }
        let mut event = None;
        ui.horizontal(|ui| {
            ui.label(theme::heading("Audited acceptance"));
            if self.is_busy() {
                ui.add(BusyMark::new(14.0, theme::ACCENT));
            }
            if text_button(ui, "Back to the pairs", 118.0, "Back to the pairs", "Esc", ButtonState::READY)
                .clicked()
            {
                event = Some(AuditEvent::Close);
            }
        });
        ui.add(Label::new(theme::weak(self.in_words())).wrap());
        self.show_terms(ui);
        rule(ui);
        let Some((found, _)) = &self.found else { return event };
        if let Some(picked) = show_groups(ui, found) {
            event = Some(AuditEvent::Look(picked));
        }
        let accepted = found.groups.iter().filter(|group| group.state == GroupState::Accepted).count();
        ui.add_space(8.0);
        let hint = "Write down who accepted them, on what sample and with what bound: exports then take them";
        let state = ButtonState::enabled_if(accepted > 0 && !self.is_busy());
        let text = format!("Record {accepted} accepted groups");
        if text_button(ui, &text, 190.0, "Record accepted groups", hint, state).clicked() {
            let (set, found) = (Arc::clone(&open.set), found.clone());
            let work = move || News::Recorded(record(&set, &found).map_err(|error| error.to_string()));
            jobs.run(work, |why| News::Recorded(Err(why)));
        }
        event
    }

    fn in_words(&self) -> String {
        let AuditTerms { bad_share, confidence, .. } = self.terms;
        format!(
            "Of each group of like pairs, {} at random are looked at. If none of them is bad, fewer than {:.1} % of the \
             group are bad with {:.0} % confidence. One bad pair, and the group is divided further or looked at in full.",
            sample_for(bad_share, confidence),
            100.0 * bad_share,
            100.0 * confidence
        )
    }

    fn show_terms(&mut self, ui: &mut Ui) {
        let terms = &mut self.terms;
        row(ui, "Bad, at most", |ui| {
            let mut percent = 100.0 * terms.bad_share;
            let drag = DragValue::new(&mut percent).range(0.1..=50.0).speed(0.1).max_decimals(1).suffix(" %");
            ui.add(drag).accessible_name("Bad pairs at most");
            terms.bad_share = percent / 100.0;
        });
        row(ui, "Confidence", |ui| {
            let mut percent = 100.0 * terms.confidence;
            let drag =
                DragValue::new(&mut percent).range(50.0..=99.9).speed(0.1).max_decimals(1).suffix(" %");
            ui.add(drag).accessible_name("Confidence");
            terms.confidence = percent / 100.0;
        });
        row(ui, "Groups", |ui| {
            ui.add(DragValue::new(&mut terms.clusters).range(1..=MAX_CLUSTERS)).accessible_name("Groups");
        });
    }
}

/// Draws the groups. Returns pairs that are to be looked at.
fn show_groups(ui: &mut Ui, found: &Audit) -> Option<Picked> {
    let mut picked = None;
    let height = (ui.available_height() - 50.0).max(60.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        for (number, group) in (1..).zip(&found.groups) {
            ui.push_id(number, |ui| {
                ui.horizontal(|ui| {
                    let (words, color) = in_words(group);
                    ui.label(theme::heading(format!("Group {number}")));
                    ui.label(theme::weak(format!("{} pairs", group.rows.len())));
                    ui.label(theme::weak(words).color(color));
                    picked = show_looks(ui, number, group).or(picked.take());
                });
                let done = group.sample.len() - group.open.len();
                let share = done as f32 / group.sample.len().max(1) as f32;
                ui.add(ProgressBar::new(share).desired_height(5.0).desired_width(420.0));
                ui.add_space(8.0);
            });
        }
    });
    picked
}

/// The sample of a group, and all of one that was refused.
fn show_looks(ui: &mut Ui, number: usize, group: &AuditGroup) -> Option<Picked> {
    let name = format!("Look at the sample of group {number}");
    let hint = "Shows its pairs in the grid; decide there and come back";
    let text = format!("Look at {}", group.sample.len());
    if text_button(ui, &text, 96.0, &name, hint, ButtonState::READY).clicked() {
        let by = format!("Sample of group {number}");
        return Some(Picked { by, rows: Arc::new(group.sample.clone()) });
    }
    if group.state != GroupState::Refused {
        return None;
    }
    let name = format!("Look at all of group {number}");
    let hint = "A refused group is looked at in full, or divided: raise the number of groups";
    let pressed = text_button(ui, "Look at all", 84.0, &name, hint, ButtonState::READY).clicked();
    pressed.then(|| Picked { by: format!("Group {number}"), rows: Arc::new(group.rows.clone()) })
}

fn in_words(group: &AuditGroup) -> (String, eframe::egui::Color32) {
    match (group.state, group.bound) {
        (GroupState::Accepted, Some(bound)) if bound > 0.0 => {
            (format!("accepted: fewer than {:.1} % bad", 100.0 * bound), theme::GOOD)
        }
        (GroupState::Accepted, _) => ("accepted: all were looked at".to_owned(), theme::GOOD),
        (GroupState::Refused, _) => (format!("refused: {} of the sample are bad", group.bad), theme::ERROR),
        (GroupState::Open, _) => (format!("{} still to look at", group.open.len()), theme::TEXT_WEAK),
    }
}
