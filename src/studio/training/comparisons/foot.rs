//! The foot of a form: what is missing, and the buttons that start, stop and go on.

use eframe::egui::{Align, Button, Layout, RichText, ScrollArea, Ui, vec2};

use super::action::ComparisonAction;
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::rule;
use crate::studio::widgets::form_lines::small;
use crate::studio::widgets::theme;
use crate::worker::{ComparisonKind, ComparisonRecord, ComparisonState};

/// With the rule above it.
pub(super) const FOOT_HEIGHT: f32 = 120.0;
const PROBLEMS_HEIGHT: f32 = 56.0;

/// Draws it.
pub(super) fn show(
    ui: &mut Ui,
    kind: ComparisonKind,
    record: Option<&ComparisonRecord>,
    problems: &[String],
    actions: &mut Vec<ComparisonAction>,
) {
    rule(ui);
    // Has its place whether there is a problem or not: what is found late must not move the buttons under the hand.
    ui.allocate_ui(vec2(ui.available_width(), PROBLEMS_HEIGHT), |ui| {
        ui.set_min_height(PROBLEMS_HEIGHT);
        ScrollArea::vertical().id_salt("problems").auto_shrink([false, false]).show(ui, |ui| {
            problems.iter().for_each(|problem| small(ui, problem.as_str(), theme::WARNING));
        });
    });
    let line = vec2(ui.available_width(), 30.0);
    ui.allocate_ui_with_layout(line, Layout::right_to_left(Align::Center), |ui| {
        match record.map(|record| &record.state) {
            Some(ComparisonState::Running) => {
                let cancel = Button::new(text!("shell-cancel")).min_size(vec2(100.0, 30.0));
                if ui.add(cancel).on_hover_text(text!("comparisons-cancel-about")).clicked() {
                    actions.push(ComparisonAction::Stop(kind));
                }
            }
            Some(ComparisonState::Stopping) => {
                ui.label(theme::weak(text!("comparisons-stopping-about")));
                ui.add(BusyMark::new(14.0, theme::ACCENT));
            }
            state => {
                let (verb, hint) = match state {
                    Some(ComparisonState::Stopped | ComparisonState::Failed(_)) => {
                        (text!("comparisons-continue"), text!("comparisons-continue-about"))
                    }
                    _ => (text!("comparisons-start"), text!("comparisons-start-about")),
                };
                let is_ready = problems.is_empty() && state.is_some_and(|it| *it != ComparisonState::Looking);
                let start = Button::new(RichText::new(verb).color(theme::ON_ACCENT)).fill(theme::ACCENT);
                let start = ui.add_enabled(is_ready, start.min_size(vec2(120.0, 30.0)));
                if start.on_hover_text(hint).clicked() {
                    actions.push(ComparisonAction::Start(kind));
                }
            }
        }
    });
}
