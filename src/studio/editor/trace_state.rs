//! The auto-trace on the window: its offer on a bare scan, its progress, and what it was not sure of.

use eframe::egui::{Align, Button, Layout, Rect, RichText, Stroke, StrokeKind, Ui, UiBuilder, Vec2, vec2};

use crate::studio::editor::session::EditorSession;
use crate::studio::editor::tracing::Tracing;
use crate::studio::shell::action::{Action, TraceAction};
use crate::studio::shell::commands::command;
use crate::studio::shell::commands::keymap::{hint, with_keys};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, badge_button, icon_button_sized};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

/// Size of the card on a bare scan.
pub const CARD: Vec2 = vec2(340.0, 96.0);

/// What to do with a scan that nobody annotated.
pub fn show_bare_card(ui: &mut Ui, card: Rect, tracing: &Tracing, actions: &mut Vec<Action>) {
    ui.painter().rect(card, 8.0, theme::CHROME, Stroke::new(1.0, theme::LINE), StrokeKind::Inside);
    let inside = card.shrink(14.0);
    let mut child = ui.new_child(UiBuilder::new().max_rect(inside).layout(Layout::top_down(Align::Center)));
    let title = RichText::new(text!("trace-no-labels"));
    child.label(title.font(theme::semibold(13.0)).color(theme::TEXT_STRONG));
    child.label(theme::caption(text!("trace-begin")));
    let (high, gap) = (26.0, 8.0);
    let wide = ((inside.width() - gap) / 2.0).min(112.0);
    let row =
        Rect::from_center_size(inside.center_bottom() - vec2(0.0, high / 2.0), vec2(2.0 * wide + gap, high));
    let mut row_ui =
        ui.new_child(UiBuilder::new().max_rect(row).layout(Layout::left_to_right(Align::Center)));
    row_ui.spacing_mut().item_spacing.x = gap;
    if tracing.is_busy() {
        show_progress(&mut row_ui, actions);
        return;
    }
    let trace = Button::new(RichText::new(text!("trace-layers")).color(theme::ON_ACCENT)).fill(theme::ACCENT);
    let tip = hint(&row_ui, "edit.trace");
    if row_ui.add(trace.min_size(vec2(wide, high))).on_hover_text(tip).clicked() {
        actions.push(Action::Trace(TraceAction::TraceLayers));
    }
    let tip = hint(&row_ui, "edit.start_annotating");
    if row_ui
        .add(Button::new(text!("trace-begin-empty")).min_size(vec2(wide, high)))
        .on_hover_text(tip)
        .clicked()
    {
        actions.push(Action::StartAnnotating);
    }
}

/// In the caption of the mask: progress, or what the last trace was not sure of.
pub fn show_in_caption(ui: &mut Ui, tracing: &Tracing, session: &EditorSession, actions: &mut Vec<Action>) {
    if tracing.is_busy() {
        show_progress(ui, actions);
    } else if tracing.shows_doubts(session) {
        let size = Vec2::splat(22.0);
        let tip = text!("trace-hide-about");
        if icon_button_sized(ui, size, 13.0, Icon::Close, text!("trace-hide"), tip, ButtonState::READY)
            .clicked()
        {
            actions.push(Action::Trace(TraceAction::ForgetDoubts));
        }
        let tip = text!("trace-next-about");
        let tip = with_keys(ui, tip, command("edit.trace_next"));
        let words = tracing.doubts_in_words().unwrap_or_default();
        let bands = badge_button(ui, &words, text!("trace-next"), theme::WARNING);
        if bands.on_hover_text(tip).clicked() {
            actions.push(Action::Trace(TraceAction::NextDoubt));
        }
    }
}

fn show_progress(ui: &mut Ui, actions: &mut Vec<Action>) {
    let size = Vec2::splat(22.0);
    let tip = text!("trace-stop");
    if icon_button_sized(ui, size, 13.0, Icon::Close, text!("trace-stop"), tip, ButtonState::READY).clicked()
    {
        actions.push(Action::Trace(TraceAction::StopTrace));
    }
    ui.label(theme::caption(text!("trace-busy")));
    ui.add(BusyMark::new(12.0, theme::ACCENT));
}
