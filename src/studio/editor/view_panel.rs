//! The panel's tab of looking: greys of the scan, labels over it, the synthetic scan against it.

use eframe::egui::{Ui, vec2};

use super::labels;
use crate::studio::editor::look::{Comparison, GAMMA_RANGE, LEVEL_RANGE, Tone, WINDOW_RANGE};
use crate::studio::shell::action::{Action, ViewAction};
use crate::studio::shell::commands::keymap::hint;
use crate::studio::shell::settings::PanelSettings;
use crate::studio::synthesis::compare_panel;
use crate::studio::synthesis::recent::Recent;
use crate::studio::synthesis::thread::Synthesis;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{
    ButtonState, heading_row, logarithmic_slider, row, rule, segments, slider, switch, text_button,
};
use crate::studio::widgets::theme;

/// Draws the tab.
pub fn show(
    ui: &mut Ui,
    settings: &mut PanelSettings,
    synthesis: &Synthesis,
    recent: &Recent,
    actions: &mut Vec<Action>,
) {
    show_tone(ui, &mut settings.look.tone, actions);
    rule(ui);
    labels::show_overlay(ui, settings);
    rule(ui);
    show_comparison(ui, settings);
    if switch(ui, settings.look.wheel_turns_pages, text!("view-wheel"), text!("view-wheel-about")) {
        settings.look.wheel_turns_pages = !settings.look.wheel_turns_pages;
    }
    ui.add_space(2.0);
    ui.scope(|ui| compare_panel::show_choice(ui, synthesis, recent, settings.steps, actions));
    rule(ui);
    ui.scope(|ui| compare_panel::show_recent(ui, recent, actions));
}

fn show_tone(ui: &mut Ui, tone: &mut Tone, actions: &mut Vec<Action>) {
    heading_row(ui, text!("view-scan"), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let state = ButtonState::enabled_if(*tone != Tone::default());
        let tip = hint(ui, "view.reset_greys");
        if text_button(ui, text!("view-reset"), 46.0, text!("view-reset-spoken"), &tip, state).clicked() {
            *tone = Tone::default();
        }
        let tip = hint(ui, "view.fit_greys");
        if text_button(ui, text!("view-auto"), 42.0, text!("view-auto-spoken"), &tip, ButtonState::READY)
            .clicked()
        {
            actions.push(Action::View(ViewAction::FitGreys));
        }
    });
    row(ui, text!("view-window"), |ui| {
        let shown = format!("{:.0}", tone.window);
        slider(ui, &mut tone.window, WINDOW_RANGE, &shown).on_hover_text(text!("view-window-about"));
    });
    row(ui, text!("view-level"), |ui| {
        let shown = format!("{:.0}", tone.level);
        slider(ui, &mut tone.level, LEVEL_RANGE, &shown).on_hover_text(text!("view-level-about"));
    });
    row(ui, text!("view-gamma"), |ui| {
        let shown = format!("{:.2}", tone.gamma);
        logarithmic_slider(ui, &mut tone.gamma, GAMMA_RANGE, &shown).on_hover_text(text!("view-gamma-about"));
    });
    if switch(ui, tone.inverted, text!("view-invert"), text!("view-invert-about")) {
        tone.inverted = !tone.inverted;
    }
    ui.label(theme::caption(text!("view-for-looking")));
}

fn show_comparison(ui: &mut Ui, settings: &mut PanelSettings) {
    ui.label(theme::heading(text!("view-comparison")));
    ui.allocate_space(vec2(0.0, 1.0));
    let choices = [Comparison::Beside, Comparison::Alone, Comparison::Wipe, Comparison::Flicker];
    let chosen = choices.iter().position(|choice| *choice == settings.look.comparison).unwrap_or(0);
    let names = [
        (text!("view-beside"), text!("view-beside-spoken")),
        (text!("view-alone"), text!("view-alone-spoken")),
        (text!("view-wipe"), text!("view-wipe-spoken")),
        (text!("view-flicker"), text!("view-flicker-spoken")),
    ];
    if let Some(index) = segments(ui, ui.available_width(), &names, chosen) {
        settings.look.compare(choices[index]);
    }
    let what = match settings.look.comparison {
        Comparison::Beside => text!("view-beside-about"),
        Comparison::Alone => text!("view-alone-about"),
        Comparison::Wipe => text!("view-wipe-about"),
        Comparison::Flicker => text!("view-flicker-about"),
    };
    ui.label(theme::caption(what));
}
