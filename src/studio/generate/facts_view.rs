//! The facts of a generation and what can be done with it, at the right of the page.

use eframe::egui::{Align, Button, Label, Layout, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::action::GenerateAction;
use super::form_parts::{bytes_in_words, fact};
use super::list::{bar, state_color, state_word};
use super::state::{CoverageState, data_of};
use crate::generation::record::{GenerationRecord, GenerationState, Range};
use crate::generation::{Filters, MaskPlanning, PairChoice, PlannedLooks, Spread};
use crate::studio::stage::case_words::case_name;
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{badge, rule};
use crate::studio::widgets::form_lines::small;
use crate::studio::widgets::theme;
use crate::training::report::duration;

/// Draws the panel.
pub(super) fn show(
    ui: &mut Ui,
    record: &GenerationRecord,
    coverage: Option<&CoverageState>,
    actions: &mut Vec<GenerateAction>,
) {
    ui.horizontal(|ui| {
        let name = RichText::new(record.name()).font(theme::semibold(16.0)).color(theme::TEXT_STRONG);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            badge(ui, &state_word(&record.state).to_uppercase(), state_color(&record.state));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.add(Label::new(name).truncate()));
        });
    });
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        show_progress(ui, record);
        if let GenerationState::Failed(message) = &record.state {
            small(ui, message.as_str(), theme::ERROR);
        }
        if let Some(problem) = &record.problem {
            small(ui, problem.as_str(), theme::WARNING);
        }
        show_orders(ui, record, actions);
        rule(ui);
        show_facts(ui, record);
        rule(ui);
        show_recipe(ui, record);
        rule(ui);
        show_coverage(ui, record, coverage, actions);
    });
}

fn show_progress(ui: &mut Ui, record: &GenerationRecord) {
    ui.add_space(6.0);
    let (rail, response) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), Sense::hover());
    bar(ui, rail, record);
    let spoken = text!("generate-pairs-made", made = record.made, pairs = record.pairs);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &spoken));
    ui.add_space(2.0);
}

fn show_orders(ui: &mut Ui, record: &GenerationRecord, actions: &mut Vec<GenerateAction>) {
    ui.add_space(6.0);
    ui.horizontal_wrapped(|ui| {
        let mut button = |ui: &mut Ui, text: &str, hint: &str, is_enabled: bool, action: GenerateAction| {
            let button = Button::new(text).min_size(vec2(72.0, 28.0));
            if ui.add_enabled(is_enabled, button).on_hover_text(hint).clicked() {
                actions.push(action);
            }
        };
        match &record.state {
            GenerationState::Starting | GenerationState::Running => {
                let hint = text!("generate-pause-about");
                button(ui, text!("generate-pause"), hint, true, GenerateAction::Pause);
            }
            GenerationState::Stopping => {
                ui.add(BusyMark::new(14.0, theme::ACCENT));
                ui.label(theme::weak(text!("generate-stopping")));
            }
            GenerationState::Stopped | GenerationState::Failed(_) => {
                let can = record.places.is_some();
                let hint = match can {
                    true => text!("generate-resume-about"),
                    false => text!("generate-resume-elsewhere"),
                };
                button(ui, text!("generate-resume"), hint, can, GenerateAction::Resume);
            }
            GenerationState::Finished => {}
        }
        let (folder, has_pairs) = (record.path.clone(), record.made > 0);
        let hint = text!("generate-review-about");
        button(ui, text!("generate-review"), hint, has_pairs, GenerateAction::OpenReview(folder.clone()));
        let hint = text!("generate-show-folder-about");
        button(ui, text!("generate-show-folder"), hint, true, GenerateAction::ShowFolder(folder));
        let hint = text!("generate-like-about");
        button(ui, text!("generate-like"), hint, record.plan.is_some(), GenerateAction::NewLikeThis);
    });
}

fn show_facts(ui: &mut Ui, record: &GenerationRecord) {
    let made = text!("generate-made-of", made = record.made, pairs = record.pairs);
    fact(ui, text!("generate-pairs"), made);
    if let Some(secs) = record.secs_per_pair.filter(|secs| *secs > 0.0) {
        let pace = match secs < 1.0 {
            true => text!("generate-pairs-a-second", pairs = format!("{:.1}", 1.0 / secs)),
            false => text!("generate-seconds-a-pair", secs = format!("{secs:.1}")),
        };
        fact(ui, text!("generate-rate"), pace);
    }
    if let (Some(secs), true) = (record.secs_left, record.state.is_alive()) {
        fact(ui, text!("generate-time-left"), duration(secs));
    }
    fact(ui, text!("generate-on-disk"), bytes_in_words(record.disk_bytes as f64));
    if record.made > 0 && record.made < record.pairs {
        let whole = record.disk_bytes as f64 * record.pairs as f64 / record.made as f64;
        fact(ui, text!("generate-on-disk-when-done"), text!("generate-about", bytes = bytes_in_words(whole)));
    }
    fact(ui, text!("generate-masks-rejected"), record.rejections().to_string());
    for (reason, count) in &record.rejected {
        small(ui, text!("generate-rejected-by", %count, reason = reason.as_str()), theme::TEXT_WEAK);
    }
    if record.made > 0 {
        ui.add_space(4.0);
        ui.label(theme::heading(text!("generate-measured-so-far")));
        let measured = &record.measured;
        fact(ui, text!("generate-fluid"), range(&measured.fluid_mm2, 3, " mm²"));
        fact(ui, text!("generate-lesions"), range(&measured.lesions, 0, ""));
        fact(ui, text!("generate-central-thickness"), range(&measured.thickness_um, 0, " µm"));
        if measured.unmet > 0 {
            fact(ui, text!("generate-unmet"), measured.unmet.to_string());
        }
    }
}

fn range(range: &Range, decimals: usize, unit: &str) -> String {
    match range.count {
        0 => "–".to_owned(),
        _ => {
            let number = |value: f64| format!("{value:.decimals$}");
            let (low, high, mean) = (number(range.low), number(range.high), number(range.mean()));
            text!("generate-range", low, high, unit, mean)
        }
    }
}

fn show_recipe(ui: &mut Ui, record: &GenerationRecord) {
    ui.label(theme::heading(text!("generate-asked")));
    let Some(plan) = &record.plan else {
        small(ui, text!("generate-plan-being-written"), theme::TEXT_WEAK);
        return;
    };
    show_masks(ui, record, &plan.masks);
    show_filters(ui, &plan.filters);
    if let Some(judge) = &plan.judge {
        show_choice(ui, judge.choice());
    }
    let scans = &plan.scans;
    let scans = text!("generate-name-steps", name = scans.name.as_str(), steps = %scans.steps);
    fact(ui, text!("generate-scans"), scans);
    if plan.scans.looks == PlannedLooks::Drawn {
        small(ui, text!("generate-looks"), theme::TEXT_WEAK);
    }
    fact(ui, text!("generate-seed"), plan.seed.to_string());
    small(ui, record.path.display().to_string(), theme::TEXT_WEAK);
}

fn range_text(range: [f64; 2], decimals: usize, unit: &str) -> String {
    format!("{:.decimals$} – {:.decimals$}{unit}", range[0], range[1])
}

/// How the masks are made, and on what they are conditioned.
fn show_masks(ui: &mut Ui, record: &GenerationRecord, masks: &MaskPlanning) {
    let conditions = match masks {
        MaskPlanning::Model { name, steps, width, height, conditions, .. } => {
            fact(
                ui,
                text!("generate-masks"),
                text!("generate-name-steps", name = name.as_str(), steps = %steps),
            );
            fact(ui, text!("generate-size"), format!("{width} x {height} px"));
            Some(conditions)
        }
        MaskPlanning::Warp { width, height, .. } => {
            let data = data_of(record)
                .map_or_else(|| text!("generate-a-data-set").to_owned(), |data| data.display().to_string());
            fact(ui, text!("generate-masks"), text!("generate-bent-of", data));
            fact(ui, text!("generate-size"), format!("{width} x {height} px"));
            None
        }
        MaskPlanning::Recipe { recipe, conditions, .. } => {
            fact(ui, text!("generate-masks"), text!("generate-case-of", name = case_name(&recipe.name)));
            Some(conditions)
        }
    };
    if let Some(conditions) = conditions {
        let lines = [
            (text!("generate-fluid"), conditions.fluid_mm2.map(|range| range_text(range, 3, " mm²"))),
            (text!("generate-cysts"), conditions.cysts.map(|range| range_text(range, 0, ""))),
            (
                text!("generate-central-thickness"),
                conditions.thickness_um.map(|range| range_text(range, 0, " µm")),
            ),
            (
                text!("generate-without-fluid"),
                conditions
                    .without_fluid
                    .map(|part| text!("generate-of-the-pairs", percent = format!("{:.0}", 100.0 * part))),
            ),
        ];
        for (name, value) in lines {
            value.into_iter().for_each(|value| fact(ui, name, value));
        }
        if conditions.spread == Spread::SmallOften {
            small(ui, text!("generate-small-often"), theme::TEXT_WEAK);
        }
    }
}

/// Which of the masks are kept.
fn show_filters(ui: &mut Ui, filters: &Filters) {
    let kept = [
        (text!("generate-keep-fluid"), filters.fluid_mm2.map(|range| range_text(range, 3, " mm²"))),
        (text!("generate-keep-lesions"), filters.lesions.map(|range| range_text(range, 0, ""))),
        (text!("generate-keep-thickness"), filters.thickness_um.map(|range| range_text(range, 0, " µm"))),
        (
            text!("generate-cleaning-at-most"),
            filters
                .max_cleaned_percent
                .map(|percent| text!("generate-of-the-pixels", percent = format!("{percent:.1}"))),
        ),
    ];
    for (name, value) in kept {
        value.into_iter().for_each(|value| fact(ui, name, value));
    }
}

/// Which of the pairs are kept, and whose rims of fluid are believed.
fn show_choice(ui: &mut Ui, choice: PairChoice) {
    if let Some(best) = choice.best {
        let share = text!("generate-of-those-drawn", percent = format!("{:.0}", 100.0 * best.share()));
        fact(ui, text!("generate-keep-best"), share);
    }
    if let Some(dice) = choice.least_dice {
        fact(ui, text!("generate-least-agreement"), text!("generate-dice", dice = format!("{dice:.2}")));
    }
    if choice.relabel {
        small(ui, text!("generate-relabel"), theme::TEXT_WEAK);
    }
}

fn show_coverage(
    ui: &mut Ui,
    record: &GenerationRecord,
    coverage: Option<&CoverageState>,
    actions: &mut Vec<GenerateAction>,
) {
    let is_measuring = matches!(coverage, Some(CoverageState::Measuring));
    ui.horizontal(|ui| {
        ui.label(theme::heading(text!("generate-coverage")));
        if is_measuring {
            ui.add(BusyMark::new(12.0, theme::ACCENT));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let button = Button::new(text!("generate-measure")).min_size(vec2(76.0, 24.0));
            let hint = text!("generate-coverage-about");
            let button = ui.add_enabled(record.made > 1 && !is_measuring, button).on_hover_text(hint);
            if button.accessible_name(text!("generate-measure-coverage")).clicked() {
                actions.push(GenerateAction::MeasureCoverage);
            }
        });
    });
    match coverage {
        None => small(ui, text!("generate-coverage-from-two"), theme::TEXT_WEAK),
        Some(CoverageState::Measuring) => small(ui, text!("generate-comparing"), theme::TEXT_WEAK),
        Some(CoverageState::Known(Ok(words))) => small(ui, words.as_str(), theme::TEXT),
        Some(CoverageState::Known(Err(message))) => small(ui, message.as_str(), theme::ERROR),
    }
}
