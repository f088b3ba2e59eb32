//! The upper part of the panel at the right: labels, overlay.

use eframe::egui::{
    Align, Align2, Color32, Layout, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::anatomy::{IRF, LABELS, Label};
use crate::studio::shell::action::{Action, ViewAction, WindowAction};
use crate::studio::shell::commands::keymap::{key_cap, with_each_key};
use crate::studio::shell::settings::{OverlayStyle, PanelSettings};
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, icon_button_sized, row, segments, slider, switch};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::label_words::{label_about, label_name};
use crate::studio::widgets::theme;

const ROW_HEIGHT: f32 = 25.0;

/// Draws the list of labels.
pub fn show_list(ui: &mut Ui, settings: &mut PanelSettings, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.label(theme::heading(text!("labels-layers")));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let text = eframe::egui::RichText::new(text!("labels-edit"))
                .font(theme::small())
                .color(theme::TEXT_WEAK);
            let button = ui.add(eframe::egui::Button::new(text).frame(false));
            button.widget_info(|| WidgetInfo::labeled(Role::Button, true, text!("labels-edit-spoken")));
            if button.on_hover_text(text!("labels-edit-about")).clicked() {
                actions.push(Action::Window(WindowAction::ToggleLabelEditor));
            }
        });
    });
    ui.spacing_mut().item_spacing.y = 1.0;
    for (index, label) in LABELS.iter().enumerate() {
        if label.code == IRF {
            ui.add_space(8.0);
            ui.label(theme::heading(text!("labels-lesions")));
            ui.add_space(2.0);
        }
        label_row(ui, label, index, settings, actions);
    }
}

fn label_row(
    ui: &mut Ui,
    label: &Label,
    index: usize,
    settings: &mut PanelSettings,
    actions: &mut Vec<Action>,
) {
    let table = settings.table.clone();
    let name = label_name(&table, label.code);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    let icons_width = 52.0;
    let hit = Rect::from_min_max(rect.min, pos2(rect.max.x - icons_width, rect.max.y));
    let response = ui.interact(hit, ui.scope_id().with(("label", label.code)), Sense::click());
    let chosen = settings.label == label.code && settings.tool.uses_label();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, name));
    let state = settings.labels[index];
    let over = ui.rect_contains_pointer(rect);
    let fill = match (chosen, over) {
        (true, _) => theme::ACCENT_DIM,
        (false, true) => theme::RAISED,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    let dim = |color: Color32| if state.visible { color } else { color.gamma_multiply(0.55) };
    let key = key_cap(ui, &format!("label.{}", label.code));
    let key_at = rect.left_center() + vec2(13.0, 0.0);
    ui.painter().text(key_at, Align2::CENTER_CENTER, key, theme::small(), theme::TEXT_WEAK);
    let swatch = Rect::from_center_size(rect.left_center() + vec2(33.0, 0.0), vec2(13.0, 13.0));
    let color = theme::swatch_color(label.code);
    if state.visible {
        ui.painter().rect_filled(swatch, 3.0, color);
    } else {
        ui.painter().rect_stroke(swatch, 3.0, Stroke::new(1.5, color), StrokeKind::Inside);
    }
    let text_color = if chosen { theme::TEXT_STRONG } else { theme::TEXT };
    let name_at = rect.left_center() + vec2(50.0, 0.0);
    ui.painter().text(name_at, Align2::LEFT_CENTER, name, theme::body(), dim(text_color));
    if response.on_hover_text(label_about(label)).clicked() {
        actions.push(Action::SelectLabel(label.code));
    }

    let side = vec2(24.0, ROW_HEIGHT - 1.0);
    let eye = Rect::from_min_size(pos2(rect.max.x - 50.0, rect.min.y), side);
    let lock = Rect::from_min_size(pos2(rect.max.x - 26.0, rect.min.y), side);
    let quiet = over || chosen;
    let state = &mut settings.labels[index];
    let (icon, words) = match state.visible {
        true => (Icon::Eye, text!("labels-hide", name)),
        false => (Icon::EyeOff, text!("labels-show", name)),
    };
    let alone = ui.input(|input| input.modifiers.shift);
    if toggle(ui, eye, icon, &words, !state.visible || quiet) {
        if alone {
            actions.extend([Action::SelectLabel(label.code), Action::View(ViewAction::Solo)]);
        } else {
            state.visible = !state.visible;
        }
    }
    let (icon, words) = match state.locked {
        true => (Icon::Lock, text!("labels-unlock", name)),
        false => (Icon::Unlock, text!("labels-lock", name)),
    };
    if toggle(ui, lock, icon, &words, state.locked || quiet) {
        state.locked = !state.locked;
    }
}

/// A small icon that is drawn faintly unless it says something.
fn toggle(ui: &mut Ui, rect: Rect, icon: Icon, name: &str, strong: bool) -> bool {
    let mut child = ui.new_child(eframe::egui::UiBuilder::new().max_rect(rect));
    if !strong {
        child.set_opacity(0.35);
    }
    icon_button_sized(&mut child, rect.size(), 15.0, icon, name, name, ButtonState::READY).clicked()
}

/// Draws the overlay's controls.
pub fn show_overlay(ui: &mut Ui, settings: &mut PanelSettings) {
    ui.label(theme::heading(text!("labels-overlay")));
    row(ui, text!("labels-style"), |ui| {
        let styles = [OverlayStyle::Fill, OverlayStyle::Outline, OverlayStyle::Both];
        let chosen = styles.iter().position(|style| *style == settings.overlay_style).unwrap_or(0);
        let choices = [
            (text!("labels-fill"), text!("labels-fill")),
            (text!("labels-outline"), text!("labels-outline")),
            (text!("labels-both"), text!("labels-both-spoken")),
        ];
        if let Some(index) = segments(ui, ui.available_width(), &choices, chosen) {
            settings.overlay_style = styles[index];
            settings.overlay_shown = true;
        }
    });
    row(ui, text!("labels-opacity"), |ui| {
        let shown = format!("{:.0} %", settings.overlay_opacity * 100.0);
        let ways = [
            ("view.overlay_fainter", text!("labels-fainter")),
            ("view.overlay_stronger", text!("labels-stronger")),
        ];
        let hint = with_each_key(ui, text!("labels-opacity-about"), &ways);
        slider(ui, &mut settings.overlay_opacity, 0.0..=1.0, &shown).on_hover_text(hint);
    });
    let hint = text!("labels-outlines-about");
    if switch(ui, settings.outline_on_synthetic, text!("labels-outlines"), hint) {
        settings.outline_on_synthetic = !settings.outline_on_synthetic;
    }
}
