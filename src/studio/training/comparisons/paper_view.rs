//! The form that reproduces the paper, as it is drawn.

use eframe::egui::{Label, TextEdit, Ui};

use super::super::place::TrainingPlace;
use super::action::ComparisonAction;
use super::folder_field::FolderState;
use super::form_rows::device_row;
use super::paper_form::{PaperForm, PaperSource};
use crate::evaluation::experiment::Budget;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{number_row, row, rule, segments};
use crate::studio::widgets::form_lines::{FolderRow, aligned, folder_row, small};
use crate::studio::widgets::theme;
use crate::worker::ComparisonKind;

/// Draws it. `knows_folder` says whether somebody has looked what is in the folder that it names.
pub(super) fn show(
    ui: &mut Ui,
    form: &mut PaperForm,
    knows_folder: bool,
    actions: &mut Vec<ComparisonAction>,
) {
    let names = [
        text!("comparisons-source"),
        text!("comparisons-oct2017"),
        text!("comparisons-budget"),
        text!("comparisons-seeds"),
        text!("comparisons-subjects"),
        text!("training-compute-on"),
        text!("comparisons-keep-in"),
    ];
    aligned(ui, &names, |ui| show_lines(ui, form, knows_folder, actions));
}

fn show_lines(ui: &mut Ui, form: &mut PaperForm, knows_folder: bool, actions: &mut Vec<ComparisonAction>) {
    let spoken = text!("comparisons-choose-source");
    let FolderRow { is_chosen, is_typed_in } =
        folder_row(ui, text!("comparisons-source"), &mut form.source.text, spoken);
    if is_chosen {
        actions.push(ComparisonAction::Choose(TrainingPlace::PaperSource));
    }
    if !is_typed_in && form.source.needs_a_look() {
        actions.push(ComparisonAction::LookAtSource);
    }
    let said = match form.source.state() {
        // The line has its place before there is something to say.
        FolderState::Empty | FolderState::Wrong(_) => String::new(),
        FolderState::Looking => text!("comparisons-looking").to_owned(),
        FolderState::Known(PaperSource::DataSet(scans)) => text!("comparisons-source-data", count = *scans),
        FolderState::Known(PaperSource::Files(files)) => text!("comparisons-source-files", count = *files),
    };
    ui.add(Label::new(theme::caption(said)).truncate());
    let spoken = text!("comparisons-choose-oct2017");
    if folder_row(ui, text!("comparisons-oct2017"), &mut form.scans, spoken).is_chosen {
        actions.push(ComparisonAction::Choose(TrainingPlace::PaperScans));
    }
    ui.add(Label::new(theme::caption(text!("comparisons-oct2017-about"))).wrap());
    rule(ui);
    budget_row(ui, form);
    let hint = text!("comparisons-repetitions-about");
    number_row(ui, text!("comparisons-seeds"), hint, &mut form.seeds, 1..=100);
    row(ui, text!("comparisons-subjects"), |ui| {
        let field = TextEdit::singleline(&mut form.subjects).desired_width(f32::INFINITY);
        ui.add(field).on_hover_text(text!("comparisons-subjects-about"));
    });
    device_row(ui, &mut form.device);
    rule(ui);
    let spoken = text!("comparisons-choose-out");
    let FolderRow { is_chosen, is_typed_in } =
        folder_row(ui, text!("comparisons-keep-in"), &mut form.out, spoken);
    if is_chosen {
        actions.push(ComparisonAction::Choose(TrainingPlace::PaperOut));
    }
    if !is_typed_in && !knows_folder {
        actions.push(ComparisonAction::LookAtFolder(ComparisonKind::Paper));
    }
}

fn budget_row(ui: &mut Ui, form: &mut PaperForm) {
    row(ui, text!("comparisons-budget"), |ui| {
        let budgets = [Budget::Tiny, Budget::Small, Budget::Paper];
        let choices = [
            (text!("comparisons-budget-tiny"), text!("comparisons-budget-tiny-spoken")),
            (text!("comparisons-budget-small"), text!("comparisons-budget-small-spoken")),
            (text!("comparisons-budget-paper"), text!("comparisons-budget-paper-spoken")),
        ];
        let chosen = budgets.iter().position(|budget| *budget == form.budget).unwrap_or(0);
        if let Some(index) = segments(ui, ui.available_width(), &choices, chosen) {
            form.budget = budgets[index];
        }
    });
    let about = match form.budget {
        Budget::Tiny => text!("comparisons-budget-tiny-about"),
        Budget::Small => text!("comparisons-budget-small-about"),
        Budget::Paper => text!("comparisons-budget-paper-about"),
    };
    small(ui, about, theme::TEXT_WEAK);
}
