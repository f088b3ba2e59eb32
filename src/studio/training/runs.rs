//! The list of runs at the left of the page.

use std::collections::BTreeSet;
use std::path::Path;

use eframe::egui::{
    Align, Align2, Button, Color32, Layout, Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2,
    vec2,
};

use super::Run;
use super::orders::TrainingAction;
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, icon_button_sized};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;
use crate::training::run_record::{RunRecord, RunState};

/// Height of a run's row.
const ROW_HEIGHT: f32 = 48.0;

/// Draws the list.
pub(super) fn show(
    ui: &mut Ui,
    runs: &[Run],
    selected: Option<&Path>,
    compared: &BTreeSet<std::path::PathBuf>,
    is_looking: bool,
    actions: &mut Vec<TrainingAction>,
) {
    ui.horizontal(|ui| {
        ui.label(theme::heading(text!("training-runs")));
        if is_looking {
            ui.add(BusyMark::new(12.0, theme::TEXT_WEAK));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let new = Button::new(RichText::new(text!("training-new-run")).color(theme::ON_ACCENT))
                .fill(theme::ACCENT);
            if ui.add(new.min_size(vec2(84.0, 26.0))).on_hover_text(text!("training-train-a-model")).clicked()
            {
                actions.push(TrainingAction::NewRun);
            }
        });
    });
    ui.add_space(4.0);
    if runs.is_empty() && !is_looking {
        ui.label(theme::weak(text!("training-no-run")));
        return;
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let mut series = 1;
        for run in runs {
            let record = run.record.as_ref();
            let is_selected = selected == Some(record.path.as_path());
            let color = match (is_selected, compared.contains(&record.path)) {
                (true, _) => Some(theme::series_color(0)),
                (false, true) => {
                    series += 1;
                    Some(theme::series_color(series - 1))
                }
                (false, false) => None,
            };
            row(ui, record, is_selected, color, actions);
        }
    });
}

fn row(
    ui: &mut Ui,
    record: &RunRecord,
    is_selected: bool,
    color: Option<Color32>,
    actions: &mut Vec<TrainingAction>,
) {
    let name = record.name();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(Role::RadioButton, true, is_selected, text!("training-run-spoken", %name))
    });
    let fill = match (is_selected, response.hovered()) {
        (true, _) => theme::ACCENT_DIM,
        (false, true) => theme::HOVER,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    if response.clicked() {
        actions.push(TrainingAction::Select(record.path.clone()));
    }
    let mark = rect.left_center() + vec2(12.0, 0.0);
    ui.painter().circle_filled(mark, 4.0, state_color(&record.state));
    let painter =
        ui.painter().with_clip_rect(Rect::from_min_max(rect.min, pos2(rect.max.x - 34.0, rect.max.y)));
    let upper = rect.left_top() + vec2(26.0, 15.0);
    painter.text(upper, Align2::LEFT_CENTER, &name, theme::body(), theme::TEXT_STRONG);
    let lower = rect.left_top() + vec2(26.0, 33.0);
    let facts = text!(
        "training-run-facts",
        state = %state_word(&record.state),
        step = %record.step,
        steps = %record.steps
    );
    painter.text(lower, Align2::LEFT_CENTER, facts, theme::small(), theme::TEXT_WEAK);
    if record.state.is_alive() && record.steps > 0 {
        let share = (record.step as f32 / record.steps as f32).clamp(0.0, 1.0);
        let rail = Rect::from_min_size(rect.left_bottom() - vec2(-26.0, 5.0), vec2(rect.width() - 66.0, 2.0));
        ui.painter().rect_filled(rail, 1.0, theme::PRESSED);
        let done = Rect::from_min_size(rail.min, vec2(rail.width() * share, 2.0));
        ui.painter().rect_filled(done, 1.0, theme::ACCENT);
    }
    if is_selected {
        return;
    }
    let place = Rect::from_center_size(rect.right_center() - vec2(18.0, 0.0), vec2(24.0, 24.0));
    ui.scope_builder(eframe::egui::UiBuilder::new().max_rect(place), |ui| {
        let icon = if color.is_some() { Icon::Eye } else { Icon::EyeOff };
        let hint = text!("training-compare-about");
        let state = ButtonState::selected_if(color.is_some());
        let name = text!("training-compare", %name);
        if icon_button_sized(ui, vec2(24.0, 24.0), 15.0, icon, &name, hint, state).clicked() {
            actions.push(TrainingAction::Compare(record.path.clone()));
        }
    });
}

/// One word for how a run stands.
pub(super) fn state_word(state: &RunState) -> &'static str {
    match state {
        RunState::Starting => text!("training-starting"),
        RunState::Running => text!("training-running"),
        RunState::Paused => text!("training-paused"),
        RunState::Stopped => text!("training-stopped"),
        RunState::Finished => text!("training-finished"),
        RunState::Failed(_) => text!("training-broke-off"),
    }
}

/// The colour of that word.
pub(super) fn state_color(state: &RunState) -> Color32 {
    match state {
        RunState::Starting | RunState::Running => theme::ACCENT,
        RunState::Paused => theme::WARNING,
        RunState::Stopped => theme::TEXT_WEAK,
        RunState::Finished => theme::GOOD,
        RunState::Failed(_) => theme::ERROR,
    }
}
