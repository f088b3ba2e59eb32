//! Audited acceptance: groups of like pairs, the sample of each, and what may be said of the rest.

use std::sync::Arc;

use eframe::egui::{DragValue, Label, ProgressBar, ScrollArea, Ui};

use super::filter_form::Picked;
use super::jobs::{Jobs, News};
use super::open_set::OpenSet;
use crate::review::audit::{Audit, AuditGroup, AuditTerms, GroupState, audit};
use crate::review::audit_log::{record, unrecorded};
use crate::review::clusters::MAX_CLUSTERS;
use crate::review::proportion::sample_for;
use crate::review::{ReviewSet, Verdicts};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, flush_button, row, rule, text_button};
use crate::studio::widgets::form_lines::aligned;
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
    requested: Option<(u64, AuditTerms)>,
    /// Accepted groups that are not recorded yet, by how many recorded ones were known then.
    unrecorded: Option<(usize, usize)>,
}

impl AuditView {
    /// Makes the audit anew, on a thread.
    pub fn start(&mut self, open: &OpenSet, jobs: &Jobs) {
        self.ticket += 1;
        self.requested = Some((open.decisions, self.terms));
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
            && let Some((decisions, _)) = self.requested.take()
        {
            self.found = Some((audit, decisions));
            self.unrecorded = None;
        }
    }

    /// Whether it is being made.
    pub fn is_busy(&self) -> bool {
        self.requested.is_some()
    }

    /// Draws the view.
    pub fn show(&mut self, ui: &mut Ui, open: &OpenSet, jobs: &Jobs) -> Option<AuditEvent> {
        let is_behind = self.found.as_ref().is_none_or(|(found, decisions)| {
            *decisions != open.decisions
                || found.terms != self.terms
                || found.reviewer != open.reviewer.trim()
        });
        if is_behind && self.requested.is_none() {
            self.start(open, jobs);
        }
        let mut event = None;
        ui.horizontal(|ui| {
            ui.set_min_height(theme::ICON_BUTTON);
            ui.label(theme::heading(text!("review-audit-title")));
            if self.is_busy() {
                ui.add(BusyMark::new(14.0, theme::ACCENT));
            }
            if text_button(ui, text!("review-back"), 118.0, text!("review-back"), "Esc", ButtonState::READY)
                .clicked()
            {
                event = Some(AuditEvent::Close);
            }
        });
        ui.add(Label::new(theme::weak(self.in_words())).wrap());
        aligned(ui, &[text!("review-audit-bad")], |ui| self.show_terms(ui));
        rule(ui);
        let Some((found, _)) = &self.found else { return event };
        if let Some(picked) = show_groups(ui, found) {
            event = Some(AuditEvent::Look(picked));
        }
        // Counted once: names of a hundred thousand pairs are hashed for it.
        let recorded = open.audits.len();
        let remembered = self.unrecorded.filter(|(known, _)| *known == recorded);
        let (_, accepted) =
            remembered.unwrap_or_else(|| (recorded, unrecorded(&open.set, found, &open.audits).count()));
        self.unrecorded = Some((recorded, accepted));
        ui.add_space(8.0);
        let hint = text!("review-audit-record-about");
        let state = ButtonState::enabled_if(accepted > 0 && self.requested.is_none());
        let text = text!("review-audit-record", accepted);
        if flush_button(ui, &text, 190.0, text!("review-audit-record-spoken"), hint, state).clicked() {
            let (set, found) = (Arc::clone(&open.set), found.clone());
            let work = move || News::Recorded(record(&set, &found).map_err(|error| error.to_string()));
            jobs.run(work, |why| News::Recorded(Err(why)));
        }
        event
    }

    fn in_words(&self) -> String {
        let AuditTerms { bad_share, confidence, .. } = self.terms;
        text!(
            "review-audit-about",
            sample = %sample_for(bad_share, confidence),
            bad = format!("{:.1}", 100.0 * bad_share),
            confidence = format!("{:.0}", 100.0 * confidence)
        )
    }

    fn show_terms(&mut self, ui: &mut Ui) {
        let terms = &mut self.terms;
        row(ui, text!("review-audit-bad"), |ui| {
            let mut percent = 100.0 * terms.bad_share;
            let drag = DragValue::new(&mut percent).range(0.1..=50.0).speed(0.1).max_decimals(1).suffix(" %");
            ui.add(drag).accessible_name(text!("review-audit-bad-spoken"));
            terms.bad_share = percent / 100.0;
        });
        row(ui, text!("review-audit-confidence"), |ui| {
            let mut percent = 100.0 * terms.confidence;
            let drag =
                DragValue::new(&mut percent).range(50.0..=99.9).speed(0.1).max_decimals(1).suffix(" %");
            ui.add(drag).accessible_name(text!("review-audit-confidence"));
            terms.confidence = percent / 100.0;
        });
        row(ui, text!("review-audit-groups"), |ui| {
            ui.add(DragValue::new(&mut terms.clusters).range(1..=MAX_CLUSTERS))
                .accessible_name(text!("review-audit-groups"));
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
                    ui.set_min_height(theme::ICON_BUTTON);
                    let (words, color) = in_words(group);
                    let cells = [
                        (72.0, theme::heading(text!("review-audit-group", number))),
                        (92.0, theme::weak(text!("review-pairs", count = group.rows.len()))),
                        (272.0, theme::weak(words).color(color)),
                    ];
                    for (width, text) in cells {
                        let next = ui.cursor().left() + width;
                        ui.label(text);
                        ui.add_space((next - ui.cursor().left()).max(0.0));
                    }
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
    let name = text!("review-audit-sample-spoken", number);
    let hint = text!("review-audit-sample-about");
    let text = text!("review-audit-look", count = group.sample.len());
    if flush_button(ui, &text, 96.0, &name, hint, ButtonState::READY).clicked() {
        let by = text!("review-audit-sample", number);
        return Some(Picked { by, rows: Arc::new(group.sample.clone()) });
    }
    if group.state != GroupState::Refused {
        return None;
    }
    let name = text!("review-audit-all-spoken", number);
    let hint = text!("review-audit-all-about");
    let pressed =
        flush_button(ui, text!("review-audit-all"), 84.0, &name, hint, ButtonState::READY).clicked();
    pressed.then(|| Picked { by: text!("review-audit-group", number), rows: Arc::new(group.rows.clone()) })
}

fn in_words(group: &AuditGroup) -> (String, eframe::egui::Color32) {
    match (group.state, group.bound) {
        (GroupState::Accepted, Some(bound)) if bound > 0.0 => {
            (text!("review-audit-accepted", bad = format!("{:.1}", 100.0 * bound)), theme::GOOD)
        }
        (GroupState::Accepted, _) => (text!("review-audit-all-seen").to_owned(), theme::GOOD),
        (GroupState::Refused, _) => (text!("review-audit-refused", bad = group.bad), theme::ERROR),
        (GroupState::Open, _) => (text!("review-audit-open", count = group.open.len()), theme::TEXT_WEAK),
    }
}
