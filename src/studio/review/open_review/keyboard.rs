//! What the keys do in a set that is open.

use eframe::egui::{EventFilter, Sense, Ui};

use super::{OpenReview, View, area_id};
use crate::review::Decision;
use crate::studio::review::actions::ReviewAction;
use crate::studio::review::jobs::Jobs;
use crate::studio::review::keys::{self, REASONS, ReviewKey};
use crate::studio::shell::typing;
use crate::studio::texts::text;

impl OpenReview {
    /// Pairs have the keyboard unless a control was given it: then Tab is the next undecided and arrows look.
    pub(super) fn hold_keyboard(&self, ui: &mut Ui) {
        let id = area_id();
        let response = ui.interact(ui.max_rect(), id, Sense::focusable_noninteractive());
        let is_free = ui.memory(|memory| memory.focused().is_none());
        if is_free && self.go_to.is_none() {
            response.request_focus();
        }
        let filter = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    }

    pub(super) fn take_keys(&mut self, ui: &Ui, jobs: &Jobs, actions: &mut Vec<ReviewAction>) {
        if typing::belongs_to_field(ui.ctx()) || self.export.is_some() {
            return;
        }
        let focused = ui.memory(|memory| memory.focused());
        let is_held = focused.is_some_and(|focused| focused != area_id());
        let pressed = keys::pressed(ui, is_held);
        match self.view {
            View::Grid | View::Pair => {
                for key in pressed {
                    if let Err(message) = self.press(ui, key, jobs, actions) {
                        actions.push(ReviewAction::Complain(message));
                    }
                }
            }
            View::Audit | View::Map => {
                if pressed.contains(&ReviewKey::Close) {
                    self.view = View::Grid;
                }
            }
            View::Blind => self.blind.press(ui, &self.open, jobs, actions),
        }
    }

    fn press(
        &mut self,
        ui: &Ui,
        key: ReviewKey,
        jobs: &Jobs,
        actions: &mut Vec<ReviewAction>,
    ) -> Result<(), String> {
        let open = &mut self.open;
        match key {
            ReviewKey::Decide(decision) => open.decide(decision, None)?,
            ReviewKey::Reason(number) => {
                open.decide(Decision::Reject, REASONS.get(number).copied())?;
            }
            ReviewKey::Back => open.back(),
            ReviewKey::Look(by) => open.look_by(by),
            ReviewKey::LookRows(rows) => {
                let columns = if self.view == View::Grid { self.grid.columns.max(1) } else { 1 };
                open.look_by(rows * columns as isize);
            }
            ReviewKey::First => open.look(0),
            ReviewKey::Last => open.look(open.order.len().saturating_sub(1)),
            ReviewKey::NextUndecided => {
                if !open.next_undecided() {
                    actions.push(ReviewAction::Tell(text!("review-all-decided").to_owned()));
                }
            }
            ReviewKey::GoTo => self.go_to = Some(String::new()),
            ReviewKey::Open => self.view = View::Pair,
            // Escape gives pairs the keyboard back before it leaves them.
            ReviewKey::Close
                if self.view == View::Grid && ui.memory(|memory| memory.focused()) == Some(area_id()) =>
            {
                actions.push(ReviewAction::Toggle);
            }
            ReviewKey::Close => {
                self.view = View::Grid;
                ui.memory_mut(|memory| memory.request_focus(area_id()));
            }
            ReviewKey::Undo => open.undo(),
            ReviewKey::Blink => self.grid.overlay_shown = !self.grid.overlay_shown,
            ReviewKey::Edit => actions.push(ReviewAction::Edit),
            ReviewKey::Refresh => self.refresh(jobs),
            ReviewKey::Controls => {
                let focused = ui.memory(|memory| memory.focused());
                match focused == Some(area_id()) {
                    true => self.takes_focus = true,
                    false => ui.memory_mut(|memory| memory.request_focus(area_id())),
                }
            }
        }
        Ok(())
    }
}
