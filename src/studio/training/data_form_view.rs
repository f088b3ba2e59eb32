//! How the form of a data set is drawn. Every line has its place from the start: what is said late shifts nothing.

use eframe::egui::{
    Align, Button, ComboBox, DragValue, Label, Layout, ProgressBar, RichText, ScrollArea, TextEdit, Ui, vec2,
};

use super::data_form::{DataForm, DataWork};
use super::data_making::in_words;
use super::orders::TrainingAction;
use super::place::TrainingPlace;
use crate::formats::label_mapping::SchemeKind;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{row, rule, switch};
use crate::studio::widgets::form_lines::folder_row;
use crate::studio::widgets::theme;

const INPUTS_HEIGHT: f32 = 132.0;
/// What was left out, how far it is, what is missing, and the buttons.
const FOOT_HEIGHT: f32 = 216.0;
const SAID_HEIGHT: f32 = 52.0;
const SKIPPED_HEIGHT: f32 = 76.0;

const SCHEMES: [SchemeKind; 7] = [
    SchemeKind::Studio,
    SchemeKind::Paper,
    SchemeKind::Retouch,
    SchemeKind::Aroi,
    SchemeKind::Steps,
    SchemeKind::Binary,
    SchemeKind::Voc,
];

/// Draws the form.
pub(super) fn show(ui: &mut Ui, form: &mut DataForm, actions: &mut Vec<TrainingAction>) {
    let title = RichText::new(text!("data-title")).font(theme::semibold(16.0)).color(theme::TEXT_STRONG);
    ui.label(title);
    let height = (ui.available_height() - FOOT_HEIGHT).max(120.0);
    let is_busy = form.is_busy();
    ScrollArea::vertical().max_height(height).auto_shrink([false, false]).show(ui, |ui| {
        ui.add_enabled_ui(!is_busy, |ui| {
            show_inputs(ui, form, actions);
            rule(ui);
            show_fields(ui, form, actions);
        });
    });
    rule(ui);
    show_skipped(ui, form);
    show_said(ui, form);
    show_buttons(ui, form, actions);
}

fn show_inputs(ui: &mut Ui, form: &DataForm, actions: &mut Vec<TrainingAction>) {
    ui.horizontal(|ui| {
        ui.label(theme::heading(text!("data-inputs")));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let files = Button::new(text!("data-add-files")).min_size(vec2(76.0, 24.0));
            if ui.add(files).on_hover_text(text!("data-add-files-about")).clicked() {
                actions.push(TrainingAction::Choose(TrainingPlace::InputFiles));
            }
            let folder = Button::new(text!("data-add-folder")).min_size(vec2(76.0, 24.0));
            if ui.add(folder).on_hover_text(text!("data-add-folder-about")).clicked() {
                actions.push(TrainingAction::Choose(TrainingPlace::InputFolders));
            }
        });
    });
    ui.allocate_ui(vec2(ui.available_width(), INPUTS_HEIGHT), |ui| {
        ui.set_min_height(INPUTS_HEIGHT);
        if form.inputs.is_empty() {
            ui.add(Label::new(theme::caption(text!("data-inputs-about"))).wrap());
            return;
        }
        ScrollArea::vertical().id_salt("inputs").auto_shrink([false, false]).show(ui, |ui| {
            for (index, input) in form.inputs.iter().enumerate() {
                ui.horizontal(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let name = text!("data-remove", input = %input.path.display());
                        if ui.small_button("×").accessible_name(name).clicked() {
                            actions.push(TrainingAction::RemoveInput(index));
                        }
                        let name = input.path.file_name().unwrap_or(input.path.as_os_str());
                        let words = format!("{}   {}", name.to_string_lossy(), input.what);
                        let color = if input.is_usable { theme::TEXT } else { theme::WARNING };
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                            let label = Label::new(RichText::new(words).color(color)).truncate();
                            ui.add(label).on_hover_text(input.path.display().to_string());
                        });
                    });
                });
            }
        });
    });
}

fn show_fields(ui: &mut Ui, form: &mut DataForm, actions: &mut Vec<TrainingAction>) {
    row(ui, text!("data-name"), |ui| {
        ui.add(TextEdit::singleline(&mut form.name).desired_width(f32::INFINITY));
    });
    let spoken = text!("data-choose-parent");
    if folder_row(ui, text!("data-keep-in"), &mut form.parent, spoken).is_chosen {
        actions.push(TrainingAction::Choose(TrainingPlace::DataParent));
    }
    row(ui, text!("data-labels"), |ui| {
        let chosen = form.scheme.map_or(text!("data-labels-own"), scheme_name);
        let width = ui.available_width() - 8.0;
        ComboBox::from_id_salt("labels").width(width).selected_text(chosen).truncate().show_ui(ui, |ui| {
            ui.selectable_value(&mut form.scheme, None, text!("data-labels-own"));
            for scheme in SCHEMES {
                ui.selectable_value(&mut form.scheme, Some(scheme), scheme_name(scheme));
            }
        });
    });
    row(ui, text!("data-subject"), |ui| {
        let field = TextEdit::singleline(&mut form.separator).desired_width(28.0);
        ui.add(field).accessible_name(text!("data-subject"));
        ui.add(Label::new(theme::caption(text!("data-subject-about"))).wrap());
    });
    row(ui, text!("data-validate"), |ui| {
        ui.add(DragValue::new(&mut form.folds).range(2..=20)).on_hover_text(text!("data-validate-about"));
        ui.label(theme::caption(text!("data-validate-unit")));
    });
    if switch(ui, form.unlabelled, text!("data-unlabelled"), text!("data-unlabelled-about")) {
        form.unlabelled = !form.unlabelled;
    }
    if switch(ui, form.with_text, text!("data-with-text"), text!("data-with-text-about")) {
        form.with_text = !form.with_text;
    }
}

/// What the numbers of label pictures are called.
fn scheme_name(scheme: SchemeKind) -> &'static str {
    match scheme {
        SchemeKind::Studio => text!("data-scheme-studio"),
        SchemeKind::Paper => text!("data-scheme-paper"),
        SchemeKind::Retouch => text!("data-scheme-retouch"),
        SchemeKind::Aroi => text!("data-scheme-aroi"),
        SchemeKind::Steps => text!("data-scheme-steps"),
        SchemeKind::Binary => text!("data-scheme-binary"),
        SchemeKind::Voc => text!("data-scheme-voc"),
    }
}

fn show_skipped(ui: &mut Ui, form: &DataForm) {
    ui.allocate_ui(vec2(ui.available_width(), SKIPPED_HEIGHT), |ui| {
        ui.set_min_height(SKIPPED_HEIGHT);
        let (DataWork::Making { making, .. } | DataWork::Ended { making, .. }) = &form.work else { return };
        let (reasons, count) = making.skipped();
        if count == 0 {
            return;
        }
        ui.label(theme::caption(text!("data-skipped", count)).color(theme::WARNING));
        let scroll = ScrollArea::vertical().id_salt("skipped").auto_shrink([false, false]);
        scroll.min_scrolled_height(0.0).show(ui, |ui| {
            for reason in reasons {
                ui.add(Label::new(theme::caption(reason)).wrap());
            }
        });
    });
}

/// One place for all that is said: how far it is, what came of it, what is missing.
fn show_said(ui: &mut Ui, form: &DataForm) {
    ui.allocate_ui(vec2(ui.available_width(), SAID_HEIGHT), |ui| {
        ui.set_min_height(SAID_HEIGHT);
        let (words, color) = match &form.work {
            DataWork::Making { making, .. } => {
                let progress = making.progress();
                let share = progress.map_or(0.0, |now| now.done as f32 / now.of.unwrap_or(0).max(1) as f32);
                ui.add(ProgressBar::new(share.min(1.0)).desired_height(6.0));
                let words =
                    if making.is_stopping() { text!("data-stopping").to_owned() } else { in_words(progress) };
                (words, theme::TEXT)
            }
            DataWork::Ended { outcome: Err(message), .. } => (message.clone(), theme::ERROR),
            DataWork::Ended { outcome: Ok(made), .. } if made.copies > 0 => {
                let copies = text!("data-copies", count = made.copies);
                (format!("{} {copies}", made.words), theme::WARNING)
            }
            DataWork::Ended { outcome: Ok(made), .. } => (made.words.clone(), theme::GOOD),
            DataWork::Nothing => (form.problem().unwrap_or_default(), theme::WARNING),
        };
        let scroll = ScrollArea::vertical().id_salt("said").auto_shrink([false, false]);
        scroll.min_scrolled_height(0.0).show(ui, |ui| {
            ui.add(Label::new(RichText::new(words).font(theme::small()).color(color)).wrap());
        });
    });
}

fn show_buttons(ui: &mut Ui, form: &DataForm, actions: &mut Vec<TrainingAction>) {
    let is_made = matches!(form.work, DataWork::Ended { outcome: Ok(_), .. });
    // In a line of its own: at the upper end of the rest a button's word stands above its middle.
    let line = vec2(ui.available_width(), 30.0);
    ui.allocate_ui_with_layout(line, Layout::right_to_left(Align::Center), |ui| match &form.work {
        DataWork::Making { making, .. } => {
            let stop = Button::new(text!("shell-cancel")).min_size(vec2(80.0, 30.0));
            let hint = text!("data-cancel-about");
            if ui.add_enabled(!making.is_stopping(), stop).on_hover_text(hint).clicked() {
                making.stop();
            }
        }
        _ => {
            let make = Button::new(RichText::new(text!("data-make")).color(theme::ON_ACCENT));
            let make = make.fill(theme::ACCENT).min_size(vec2(120.0, 30.0));
            if ui.add_enabled(!is_made && form.problem().is_none(), make).clicked() {
                actions.push(TrainingAction::StartMaking);
            }
            let close = if is_made { text!("shell-close") } else { text!("shell-cancel") };
            if ui.add(Button::new(close).min_size(vec2(80.0, 30.0))).clicked() {
                actions.push(TrainingAction::CloseDataForm);
            }
        }
    });
}
