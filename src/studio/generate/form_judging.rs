//! Which pairs are kept once their scans are drawn, and whose rims of fluid are believed.

use eframe::egui::Ui;

use super::form::Form;
use crate::generation::BestOf;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{row, slider, switch};
use crate::studio::widgets::form_lines::small;
use crate::studio::widgets::theme;

/// What the share begins with when it is switched on: the best six of ten.
const USUAL_SHARE: f64 = 0.6;
/// What the agreement begins with.
const USUAL_DICE: f64 = 0.6;

/// Draws the heading and the three switches.
pub(super) fn show(ui: &mut Ui, form: &mut Form) {
    ui.label(theme::heading(text!("generate-judging")));
    small(ui, text!("generate-judging-says"), theme::TEXT_WEAK);
    show_best(ui, &mut form.settings.choice.best);
    show_least(ui, &mut form.settings.choice.least_dice);
    let is_on = form.settings.choice.relabel;
    if switch(ui, is_on, text!("generate-relabel"), text!("generate-relabel-about")) {
        form.settings.choice.relabel = !is_on;
    }
}

fn show_best(ui: &mut Ui, best: &mut Option<BestOf>) {
    let is_on = best.is_some();
    if switch(ui, is_on, text!("generate-keep-best"), text!("generate-keep-best-about")) {
        *best = if is_on { None } else { BestOf::of_share(USUAL_SHARE).ok() };
    }
    let Some(kept) = best.as_mut() else { return };
    let mut percent = (kept.share() * 100.0) as f32;
    row(ui, text!("generate-part"), |ui| {
        let response = slider(ui, &mut percent, 10.0..=90.0, &format!("{:.0} %", kept.share() * 100.0));
        response.accessible_name(text!("generate-keep-best-spoken"));
    });
    let tenths = (f64::from(percent) / 10.0).round();
    *kept = BestOf::of_share(tenths / 10.0).unwrap_or(*kept);
}

fn show_least(ui: &mut Ui, least: &mut Option<f64>) {
    let is_on = least.is_some();
    if switch(ui, is_on, text!("generate-least-agreement"), text!("generate-least-agreement-about")) {
        *least = if is_on { None } else { Some(USUAL_DICE) };
    }
    let Some(dice) = least.as_mut() else { return };
    let mut shown = *dice as f32;
    row(ui, text!("generate-at-least"), |ui| {
        let response = slider(ui, &mut shown, 0.0..=1.0, &format!("{dice:.2}"));
        response.accessible_name(text!("generate-least-agreement-spoken"));
    });
    *dice = (f64::from(shown) * 100.0).round() / 100.0;
}
