//! The panel's tab of looking: greys of the scan, labels over it, the synthetic scan against it.

use eframe::egui::{Ui, vec2};

use super::labels;
use crate::studio::editor::look::{Comparison, GAMMA_RANGE, LEVEL_RANGE, Tone, WINDOW_RANGE};
use crate::studio::shell::action::Action;
use crate::studio::shell::commands::keymap::hint;
use crate::studio::shell::settings::Settings;
use crate::studio::synthesis::compare_panel;
use crate::studio::synthesis::recent::Recent;
use crate::studio::synthesis::thread::Synthesis;
use crate::studio::widgets::controls::{
    ButtonState, heading_row, row, rule, segments, slider, switch, text_button,
};
use crate::studio::widgets::theme;

/// Draws the tab.
pub fn show(
    ui: &mut Ui,
    settings: &mut Settings,
    synthesis: &Synthesis,
    recent: &Recent,
    actions: &mut Vec<Action>,
) {
    show_tone(ui, &mut settings.look.tone, actions);
    rule(ui);
    labels::show_overlay(ui, settings);
    rule(ui);
    show_comparison(ui, settings);
    let hint = "In a volume the wheel goes from B-scan to B-scan, and zooms with Ctrl; otherwise the other way round";
    if switch(ui, settings.look.wheel_turns_pages, "Wheel turns B-scans", hint) {
        settings.look.wheel_turns_pages = !settings.look.wheel_turns_pages;
    }
    ui.add_space(2.0);
    ui.scope(|ui| compare_panel::show_choice(ui, synthesis, recent, settings.steps, actions));
    rule(ui);
    ui.scope(|ui| compare_panel::show_recent(ui, recent, actions));
}

fn show_tone(ui: &mut Ui, tone: &mut Tone, actions: &mut Vec<Action>) {
    heading_row(ui, "Scan", |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let state = ButtonState::enabled_if(*tone != Tone::default());
        let tip = hint(ui, "view.reset_greys");
        if text_button(ui, "Reset", 46.0, "Reset greys", &tip, state).clicked() {
            *tone = Tone::default();
        }
        let tip = hint(ui, "view.fit_greys");
        if text_button(ui, "Auto", 42.0, "Automatic greys", &tip, ButtonState::READY).clicked() {
            actions.push(Action::FitGreys);
        }
    });
    row(ui, "Window", |ui| {
        let shown = format!("{:.0}", tone.window);
        slider(ui, &mut tone.window, WINDOW_RANGE, false, &shown)
            .on_hover_text("Greys from black to white: a narrower window has more contrast");
    });
    row(ui, "Level", |ui| {
        let shown = format!("{:.0}", tone.level);
        slider(ui, &mut tone.level, LEVEL_RANGE, false, &shown)
            .on_hover_text("Grey in the middle of the window: a lower level is brighter");
    });
    row(ui, "Gamma", |ui| {
        let shown = format!("{:.2}", tone.gamma);
        slider(ui, &mut tone.gamma, GAMMA_RANGE, true, &shown).on_hover_text("Above 1 lifts what is dark");
    });
    if switch(ui, tone.inverted, "Invert", "Dark becomes bright, on both panes") {
        tone.inverted = !tone.inverted;
    }
    ui.label(theme::caption("For looking only: files keep the greys as they are."));
}

fn show_comparison(ui: &mut Ui, settings: &mut Settings) {
    ui.label(theme::heading("Comparison"));
    ui.allocate_space(vec2(0.0, 1.0));
    let choices = [Comparison::Beside, Comparison::Alone, Comparison::Wipe, Comparison::Flicker];
    let chosen = choices.iter().position(|choice| *choice == settings.look.comparison).unwrap_or(0);
    let names = [
        ("Beside", "Compare side by side"),
        ("Alone", "Show the scan alone"),
        ("Wipe", "Compare by wiping"),
        ("Flicker", "Compare by flickering"),
    ];
    if let Some(index) = segments(ui, ui.available_width(), &names, chosen) {
        settings.look.comparison = choices[index];
    }
    let what = match settings.look.comparison {
        Comparison::Beside => "Each in its own pane; zoom and pan are linked.",
        Comparison::Alone => "Labels in the whole window; no synthetic scan is made meanwhile.",
        Comparison::Wipe => "Drag the line over the scan. Right of it the synthetic scan shows.",
        Comparison::Flicker => "Both by turns, twice a second.",
    };
    ui.label(theme::caption(what));
}
