//! How the form is drawn.

use eframe::egui::{Align, Button, ComboBox, DragValue, Layout, RichText, ScrollArea, TextEdit, Ui, vec2};

use super::action::GenerateAction;
use super::form::{Estimate, Form, Source};
use super::form_advanced;
use super::form_judging;
use super::form_parts::{RangeLine, bytes_in_words};
use super::place::GeneratePlace;
use super::state::GenerateContext;
use crate::cases::TEMPLATES;
use crate::generation::plan::MAX_PAIRS;
use crate::generation::{PlannedLooks, Spread};
use crate::studio::shell::settings::QUALITIES;
use crate::studio::stage::case_words::template_name;
use crate::studio::texts::{self, text};
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{
    logarithmic_slider, number_row, row, rule, segments, segments_about, slider, switch,
};
use crate::studio::widgets::form_lines::{folder_row, small};
use crate::studio::widgets::theme;
use crate::training::report::duration;
use crate::worker::models::{ModelPurpose, UserModel, image_models, mask_models};

/// Seeds stay below this, so that they can be read and typed.
const MAX_SEED: u64 = 999_999;

const BUTTON_HEIGHT: f32 = 30.0;

/// Draws the form.
pub(super) fn show(
    ui: &mut Ui,
    form: &mut Form,
    estimate: &Estimate,
    context: GenerateContext,
    actions: &mut Vec<GenerateAction>,
) {
    let title = RichText::new(text!("generate-new")).font(theme::semibold(16.0)).color(theme::TEXT_STRONG);
    ui.label(title);
    let footer = 150.0;
    let height = (ui.available_height() - footer).max(120.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, false]).show(ui, |ui| {
        show_place(ui, form, actions);
        rule(ui);
        show_masks(ui, form, context.models, actions);
        if form.source != Source::Data {
            rule(ui);
            show_conditions(ui, form);
        }
        rule(ui);
        show_scans(ui, form, context.models);
        rule(ui);
        show_filters(ui, form);
        rule(ui);
        form_judging::show(ui, form);
        rule(ui);
        form_advanced::show(ui, form);
    });
    rule(ui);
    show_estimate(ui, form, estimate, actions);
    if let Some(problem) = form.problems().first() {
        small(ui, problem.as_str(), theme::WARNING);
    }
    // What is said above comes and goes: the buttons stay where the hand is.
    let room = ui.max_rect().bottom() - BUTTON_HEIGHT - ui.cursor().top();
    ui.add_space(room.max(4.0));
    show_buttons(ui, form, actions);
}

fn show_place(ui: &mut Ui, form: &mut Form, actions: &mut Vec<GenerateAction>) {
    row(ui, text!("generate-name"), |ui| {
        ui.add(TextEdit::singleline(&mut form.name).desired_width(f32::INFINITY))
    });
    let spoken = text!("generate-choose-parent-spoken");
    if folder_row(ui, text!("generate-keep-in"), &mut form.parent, spoken).is_chosen {
        actions.push(GenerateAction::Choose(GeneratePlace::Parent));
    }
    number_row(
        ui,
        text!("generate-pairs"),
        text!("generate-pairs-about"),
        &mut form.settings.pairs,
        1..=MAX_PAIRS,
    );
}

fn show_masks(ui: &mut Ui, form: &mut Form, models: &[UserModel], actions: &mut Vec<GenerateAction>) {
    ui.label(theme::heading(text!("generate-masks")));
    row(ui, text!("generate-masks-from"), |ui| {
        let sources = [Source::Model, Source::Data, Source::Case];
        let choices = [
            (text!("generate-from-model"), text!("generate-from-model-spoken")),
            (text!("generate-from-data"), text!("generate-from-data-spoken")),
            (text!("generate-from-case"), text!("generate-from-case-spoken")),
        ];
        let chosen = sources.iter().position(|source| *source == form.source).unwrap_or(0);
        if let Some(index) = segments(ui, ui.available_width(), &choices, chosen) {
            form.source = sources[index];
        }
    });
    match form.source {
        Source::Model => {
            let bundled = mask_models();
            model_row(
                ui,
                text!("generate-model"),
                &mut form.settings.mask_model,
                &bundled,
                models,
                &ModelPurpose::Masks,
            );
        }
        Source::Data => {
            let spoken = text!("generate-choose-data-spoken");
            if folder_row(ui, text!("generate-data-set"), &mut form.data, spoken).is_chosen {
                actions.push(GenerateAction::Choose(GeneratePlace::Data));
            }
        }
        Source::Case => show_case(ui, form, actions),
    }
    if form.source != Source::Case {
        row(ui, text!("generate-size"), |ui| {
            let [width, height] = &mut form.settings.size;
            for (value, name) in [(width, text!("generate-columns")), (height, text!("generate-rows"))] {
                let drag = DragValue::new(value)
                    .range(32..=4096)
                    .speed(1.0)
                    .suffix(" px")
                    .update_while_editing(false);
                ui.add(drag).accessible_name(name).on_hover_text(name);
            }
        });
    }
}

fn show_case(ui: &mut Ui, form: &mut Form, actions: &mut Vec<GenerateAction>) {
    row(ui, text!("generate-case"), |ui| {
        let width = ui.available_width() - 86.0;
        let shown = match form.recipe.trim() {
            "" => text!("generate-choose-case").to_owned(),
            recipe => {
                let file = || std::path::Path::new(recipe).file_name().unwrap_or_default().to_string_lossy();
                template_name(recipe).map_or_else(|| file().into_owned(), str::to_owned)
            }
        };
        ComboBox::from_id_salt("case").width(width).selected_text(shown).truncate().show_ui(ui, |ui| {
            for template in TEMPLATES {
                let name = template_name(template.key).unwrap_or(template.key);
                ui.selectable_value(&mut form.recipe, template.key.to_owned(), name);
            }
        });
        let button = ui.add(Button::new(text!("generate-file")).min_size(vec2(76.0, 24.0)));
        if button.accessible_name(text!("generate-choose-recipe-spoken")).clicked() {
            actions.push(GenerateAction::Choose(GeneratePlace::Recipe));
        }
    });
}

fn show_conditions(ui: &mut Ui, form: &mut Form) {
    ui.label(theme::heading(text!("generate-conditions")));
    let how = match form.source {
        Source::Model => {
            text!("generate-conditions-model")
        }
        _ => text!("generate-conditions-case"),
    };
    small(ui, how, theme::TEXT_WEAK);
    let conditions = &mut form.settings.conditions;
    RangeLine::fluid(text!("generate-fluid"), text!("generate-fluid-about"), [0.02, 0.3])
        .show(ui, &mut conditions.fluid_mm2);
    RangeLine::count(text!("generate-cysts"), text!("generate-cysts-about"), [1.0, 8.0], 40.0)
        .show(ui, &mut conditions.cysts);
    RangeLine::thickness(
        text!("generate-central-thickness"),
        text!("generate-central-about"),
        [250.0, 420.0],
        100.0..=1000.0,
    )
    .show(ui, &mut conditions.thickness_um);
    if conditions.fluid_mm2.is_some() || conditions.cysts.is_some() {
        let is_on = conditions.spread == Spread::SmallOften;
        let hint = text!("generate-small-about");
        if switch(ui, is_on, text!("generate-small"), hint) {
            conditions.spread = if is_on { Spread::Even } else { Spread::SmallOften };
        }
    }
    let is_on = conditions.without_fluid.is_some();
    if switch(ui, is_on, text!("generate-some-without"), text!("generate-some-without-about")) {
        conditions.without_fluid = if is_on { None } else { Some(0.3) };
    }
    if let Some(part) = &mut conditions.without_fluid {
        let mut percent = (*part * 100.0) as f32;
        row(ui, text!("generate-part"), |ui| {
            slider(ui, &mut percent, 0.0..=100.0, &format!("{:.0} %", *part * 100.0))
        });
        *part = f64::from(percent.round()) / 100.0;
    }
}

fn show_scans(ui: &mut Ui, form: &mut Form, models: &[UserModel]) {
    ui.label(theme::heading(text!("generate-scans")));
    let bundled: Vec<&str> = image_models().iter().map(|(name, _)| *name).collect();
    model_row(
        ui,
        text!("generate-drawn-by"),
        &mut form.settings.model,
        &bundled,
        models,
        &ModelPurpose::Scans,
    );
    row(ui, text!("synthesis-quality"), |ui| {
        let choices = QUALITIES.map(|(shown, spoken, _)| (texts::plain(shown), texts::plain(spoken)));
        let chosen = QUALITIES.iter().position(|(.., steps)| *steps == form.settings.steps);
        let about = text!("synthesis-quality-about");
        if let Some(index) = segments_about(ui, ui.available_width(), &choices, chosen, about) {
            form.settings.steps = QUALITIES[index].2;
        }
    });
    let is_on = form.settings.looks == PlannedLooks::Drawn;
    if switch(ui, is_on, text!("generate-looks"), text!("generate-looks-about")) {
        form.settings.looks = if is_on { PlannedLooks::Plain } else { PlannedLooks::Drawn };
    }
    let hint = text!("generate-seed-about");
    number_row(ui, text!("generate-seed"), hint, &mut form.settings.seed, 0..=MAX_SEED);
}

fn show_filters(ui: &mut Ui, form: &mut Form) {
    ui.label(theme::heading(text!("generate-filters")));
    small(ui, text!("generate-filters-about"), theme::TEXT_WEAK);
    let filters = &mut form.settings.filters;
    RangeLine::fluid(text!("generate-keep-fluid"), text!("generate-keep-fluid-about"), [0.01, 0.5])
        .show(ui, &mut filters.fluid_mm2);
    RangeLine::count(
        text!("generate-keep-lesions"),
        text!("generate-keep-lesions-about"),
        [1.0, 12.0],
        200.0,
    )
    .show(ui, &mut filters.lesions);
    RangeLine::thickness(
        text!("generate-keep-thickness"),
        text!("generate-keep-thickness-about"),
        [220.0, 500.0],
        50.0..=1500.0,
    )
    .show(ui, &mut filters.thickness_um);
    let is_on = filters.max_cleaned_percent.is_some();
    let hint = text!("generate-cleaning-about");
    if switch(ui, is_on, text!("generate-cleaning"), hint) {
        filters.max_cleaned_percent = if is_on { None } else { Some(1.0) };
    }
    if let Some(percent) = &mut filters.max_cleaned_percent {
        let mut shown = *percent as f32;
        row(ui, text!("generate-at-most"), |ui| {
            logarithmic_slider(ui, &mut shown, 0.1..=10.0, &format!("{percent:.1} %"))
        });
        *percent = f64::from((shown * 10.0).round() / 10.0);
    }
}

/// The bundled models and the user's own of a purpose; the first bundled one is the usual choice.
fn model_row(
    ui: &mut Ui,
    name: &str,
    chosen: &mut Option<String>,
    bundled: &[&str],
    models: &[UserModel],
    purpose: &ModelPurpose,
) {
    row(ui, name, |ui| {
        let usual = bundled.first().copied().unwrap_or_default();
        let shown = match chosen.as_deref() {
            None => text!("generate-bundled", name = usual),
            Some(file) => {
                std::path::Path::new(file).file_stem().unwrap_or_default().to_string_lossy().into_owned()
            }
        };
        let width = ui.available_width() - 8.0;
        ComboBox::from_id_salt(("model", name)).width(width).selected_text(shown).truncate().show_ui(
            ui,
            |ui| {
                ui.selectable_value(chosen, None, text!("generate-bundled", name = usual));
                for other in bundled.iter().skip(1) {
                    ui.selectable_value(
                        chosen,
                        Some((*other).to_owned()),
                        text!("generate-bundled", name = *other),
                    );
                }
                for model in models.iter().filter(|model| model.purpose == *purpose) {
                    ui.selectable_value(chosen, Some(model.path.display().to_string()), &model.name);
                }
            },
        );
    });
}

fn show_estimate(ui: &mut Ui, form: &Form, estimate: &Estimate, actions: &mut Vec<GenerateAction>) {
    ui.horizontal(|ui| {
        ui.label(theme::heading(text!("generate-estimate")));
        if *estimate == Estimate::Measuring {
            ui.add(BusyMark::new(12.0, theme::ACCENT));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let can = *estimate != Estimate::Measuring && form.problems().is_empty();
            let button = Button::new(text!("generate-measure")).min_size(vec2(76.0, 24.0));
            let hint = text!("generate-measure-about");
            if ui.add_enabled(can, button).on_hover_text(hint).clicked() {
                actions.push(GenerateAction::Measure);
            }
        });
    });
    let pairs = form.settings.pairs;
    match estimate {
        Estimate::Unknown => {
            small(ui, text!("generate-unknown"), theme::TEXT_WEAK);
        }
        Estimate::Measuring => small(ui, text!("generate-measuring"), theme::TEXT_WEAK),
        Estimate::Failed(message) => small(ui, message.as_str(), theme::ERROR),
        Estimate::Known { secs_per_pair, bytes_per_pair, basis } => {
            let (secs, bytes) = (secs_per_pair * pairs as f64, bytes_per_pair * pairs as f64);
            let text = text!("generate-takes", time = duration(secs), bytes = bytes_in_words(bytes), pairs);
            ui.label(RichText::new(text).color(theme::TEXT_STRONG));
            let each = text!(
                "generate-each-takes",
                secs = format!("{secs_per_pair:.1}"),
                bytes = bytes_in_words(*bytes_per_pair),
                basis = basis.as_str()
            );
            small(ui, each, theme::TEXT_WEAK);
        }
    }
}

fn show_buttons(ui: &mut Ui, form: &Form, actions: &mut Vec<GenerateAction>) {
    let line = vec2(ui.available_width(), BUTTON_HEIGHT);
    ui.allocate_ui_with_layout(line, Layout::right_to_left(Align::Center), |ui| {
        let start =
            Button::new(RichText::new(text!("generate-start")).color(theme::ON_ACCENT)).fill(theme::ACCENT);
        if ui.add_enabled(form.problems().is_empty(), start.min_size(vec2(140.0, BUTTON_HEIGHT))).clicked() {
            actions.push(GenerateAction::Start);
        }
        if ui.add(Button::new(text!("shell-cancel")).min_size(vec2(80.0, BUTTON_HEIGHT))).clicked() {
            actions.push(GenerateAction::CloseForm);
        }
    });
}
