//! The list of generations at the left of the page.

use std::path::Path;

use eframe::egui::{
    Align, Align2, Button, Color32, Layout, Rect, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, vec2,
};

use super::action::GenerateAction;
use super::place::GeneratePlace;
use super::state::Generation;
use crate::generation::record::{GenerationRecord, GenerationState};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::theme;

/// Height of a row.
const ROW_HEIGHT: f32 = 48.0;

/// The state in one word.
pub(super) fn state_word(state: &GenerationState) -> &'static str {
    match state {
        GenerationState::Starting => text!("generate-state-starting"),
        GenerationState::Running => text!("generate-state-running"),
        GenerationState::Stopping => text!("generate-state-pausing"),
        GenerationState::Stopped => text!("generate-state-paused"),
        GenerationState::Finished => text!("generate-state-finished"),
        GenerationState::Failed(_) => text!("generate-state-broke-off"),
    }
}

/// The colour of a state.
pub(super) fn state_color(state: &GenerationState) -> Color32 {
    match state {
        GenerationState::Starting | GenerationState::Running => theme::ACCENT,
        GenerationState::Stopping | GenerationState::Stopped => theme::WARNING,
        GenerationState::Finished => theme::GOOD,
        GenerationState::Failed(_) => theme::ERROR,
    }
}

/// Draws the list.
pub(super) fn show(
    ui: &mut Ui,
    generations: &[Generation],
    selected: Option<&Path>,
    is_looking: bool,
    actions: &mut Vec<GenerateAction>,
) {
    ui.horizontal(|ui| {
        ui.label(theme::heading(text!("generate-list")));
        if is_looking {
            ui.add(BusyMark::new(12.0, theme::TEXT_WEAK));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let new = Button::new(RichText::new(text!("generate-list-new")).color(theme::ON_ACCENT))
                .fill(theme::ACCENT);
            let new = ui.add(new.min_size(vec2(60.0, 26.0))).on_hover_text(text!("generate-list-new-about"));
            if new.accessible_name(text!("generate-new")).clicked() {
                actions.push(GenerateAction::New);
            }
            let add = ui.add(Button::new(text!("generate-add")).min_size(vec2(50.0, 26.0)));
            let hint = text!("generate-add-about");
            if add.on_hover_text(hint).accessible_name(text!("generate-add-spoken")).clicked() {
                actions.push(GenerateAction::Choose(GeneratePlace::Generation));
            }
        });
    });
    ui.add_space(4.0);
    if generations.is_empty() && !is_looking {
        ui.label(theme::weak(text!("generate-none")));
        return;
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for generation in generations {
            let record = generation.record.as_ref();
            row(ui, record, selected == Some(record.path.as_path()), actions);
        }
    });
}

fn row(ui: &mut Ui, record: &GenerationRecord, is_selected: bool, actions: &mut Vec<GenerateAction>) {
    let name = record.name();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let spoken = text!("generate-generation-spoken", name = name.as_str());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_selected, &spoken));
    let fill = match (is_selected, response.hovered()) {
        (true, _) => theme::ACCENT_DIM,
        (false, true) => theme::HOVER,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.0, theme::ACCENT), StrokeKind::Inside);
    }
    ui.painter().circle_filled(rect.left_center() + vec2(12.0, 0.0), 4.0, state_color(&record.state));
    let painter = ui.painter().with_clip_rect(rect.shrink2(vec2(4.0, 0.0)));
    let upper = rect.left_top() + vec2(26.0, 15.0);
    painter.text(upper, Align2::LEFT_CENTER, &name, theme::body(), theme::TEXT_STRONG);
    let lower = rect.left_top() + vec2(26.0, 33.0);
    let facts =
        text!("generate-row", state = state_word(&record.state), made = record.made, pairs = record.pairs);
    painter.text(lower, Align2::LEFT_CENTER, facts, theme::small(), theme::TEXT_WEAK);
    if record.state.is_alive() && record.pairs > 0 {
        let rail = Rect::from_min_size(rect.left_bottom() - vec2(-26.0, 5.0), vec2(rect.width() - 36.0, 2.0));
        bar(ui, rail, record);
    }
    if response.clicked() {
        actions.push(GenerateAction::Select(record.path.clone()));
    }
}

/// How far a generation has come, as a bar.
pub(super) fn bar(ui: &Ui, rail: Rect, record: &GenerationRecord) {
    let share = (record.made as f32 / record.pairs.max(1) as f32).clamp(0.0, 1.0);
    ui.painter().rect_filled(rail, 1.0, theme::PRESSED);
    let done = Rect::from_min_size(rail.min, vec2(rail.width() * share, rail.height()));
    ui.painter().rect_filled(done, 1.0, state_color(&record.state));
}
