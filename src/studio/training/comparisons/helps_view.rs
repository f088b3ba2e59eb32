//! The form that asks whether synthetic pairs make segmenters better, as it is drawn.

use eframe::egui::{Label, Ui};

use super::super::place::TrainingPlace;
use super::action::ComparisonAction;
use super::folder_field::FolderState;
use super::form_rows::device_row;
use super::helps_form::{ArmChoice, HelpsForm};
use crate::nn::SegmenterKind;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{number_row, row, rule, segments, switch};
use crate::studio::widgets::form_lines::{FolderRow, aligned, folder_row, path_row};
use crate::studio::widgets::theme;
use crate::worker::ComparisonKind;

/// Draws it. `knows_folder` says whether somebody has looked what is in the folder that it names.
pub(super) fn show(
    ui: &mut Ui,
    form: &mut HelpsForm,
    knows_folder: bool,
    actions: &mut Vec<ComparisonAction>,
) {
    let names = [
        text!("training-data-set"),
        text!("comparisons-test-data"),
        text!("comparisons-pairs"),
        text!("comparisons-masks"),
        text!("comparisons-pairs-from"),
        text!("comparisons-model"),
        text!("comparisons-network"),
        text!("comparisons-side"),
        text!("comparisons-steps"),
        text!("comparisons-seeds"),
        text!("training-compute-on"),
        text!("comparisons-keep-in"),
    ];
    aligned(ui, &names, |ui| show_lines(ui, form, knows_folder, actions));
}

fn show_lines(ui: &mut Ui, form: &mut HelpsForm, knows_folder: bool, actions: &mut Vec<ComparisonAction>) {
    let spoken = text!("comparisons-choose-data");
    let FolderRow { is_chosen, is_typed_in } =
        folder_row(ui, text!("training-data-set"), &mut form.data.text, spoken);
    if is_chosen {
        actions.push(ComparisonAction::Choose(TrainingPlace::ComparisonData));
    }
    if !is_typed_in && form.data.needs_a_look() {
        actions.push(ComparisonAction::LookAtData);
    }
    let said = match form.data.state() {
        // The line has its place before there is something to say.
        FolderState::Empty | FolderState::Wrong(_) => String::new(),
        FolderState::Looking => text!("comparisons-looking").to_owned(),
        FolderState::Known(facts) if !form.test_data.trim().is_empty() => {
            text!("comparisons-scans-elsewhere", training = facts.training)
        }
        FolderState::Known(facts) => {
            text!("comparisons-scans", training = facts.training, measured = facts.measured)
        }
    };
    ui.add(Label::new(theme::caption(said)).truncate());
    let spoken = text!("comparisons-choose-test-data");
    if folder_row(ui, text!("comparisons-test-data"), &mut form.test_data, spoken).is_chosen {
        actions.push(ComparisonAction::Choose(TrainingPlace::ComparisonTestData));
    }
    rule(ui);
    show_arms(ui, form);
    show_pairs(ui, form, actions);
    rule(ui);
    show_runs(ui, form);
    rule(ui);
    let spoken = text!("comparisons-choose-out");
    let FolderRow { is_chosen, is_typed_in } =
        folder_row(ui, text!("comparisons-keep-in"), &mut form.out, spoken);
    if is_chosen {
        actions.push(ComparisonAction::Choose(TrainingPlace::ComparisonOut));
    }
    if !is_typed_in && !knows_folder {
        actions.push(ComparisonAction::LookAtFolder(ComparisonKind::Downstream));
    }
}

fn show_arms(ui: &mut Ui, form: &mut HelpsForm) {
    ui.label(theme::heading(text!("comparisons-arms")));
    for (index, choice) in ArmChoice::ALL.into_iter().enumerate() {
        let (name, about) = (form.arm(choice).to_string(), choice.about());
        if switch(ui, form.chosen[index], &name, about) {
            form.chosen[index] = !form.chosen[index];
        }
        ui.add(Label::new(theme::caption(about)).wrap());
    }
    ui.add_space(4.0);
    let hint = text!("comparisons-pairs-about");
    number_row(ui, text!("comparisons-pairs"), hint, &mut form.pairs, 1..=100_000);
    let hint = text!("comparisons-masks-about");
    number_row(ui, text!("comparisons-masks"), hint, &mut form.masks, 1..=100_000);
}

/// Where pairs come from.
fn show_pairs(ui: &mut Ui, form: &mut HelpsForm, actions: &mut Vec<ComparisonAction>) {
    let spoken = text!("comparisons-choose-pairs");
    if folder_row(ui, text!("comparisons-pairs-from"), &mut form.pairs_folder, spoken).is_chosen {
        actions.push(ComparisonAction::Choose(TrainingPlace::ComparisonPairs));
    }
    let (hint, spoken) = (text!("comparisons-model-hint"), text!("comparisons-choose-model"));
    if path_row(ui, text!("comparisons-model"), &mut form.model, hint, spoken).is_chosen {
        actions.push(ComparisonAction::Choose(TrainingPlace::ComparisonDrawer));
    }
    ui.add(Label::new(theme::caption(text!("comparisons-places-about"))).wrap());
}

fn show_runs(ui: &mut Ui, form: &mut HelpsForm) {
    row(ui, text!("comparisons-network"), |ui| {
        let kinds = [
            SegmenterKind::Small,
            SegmenterKind::Unet,
            SegmenterKind::Ynet,
            SegmenterKind::Relaynet,
            SegmenterKind::Gdnet,
        ];
        let choices = kinds.map(|kind| (kind.word(), kind.word()));
        let chosen = kinds.iter().position(|kind| *kind == form.network).unwrap_or(0);
        if let Some(index) = segments(ui, ui.available_width(), &choices, chosen) {
            form.use_network(kinds[index]);
        }
    });
    let hint = text!("comparisons-side-about");
    number_row(ui, text!("comparisons-side"), hint, &mut form.size, 0..=1024);
    let hint = text!("comparisons-steps-about");
    number_row(ui, text!("comparisons-steps"), hint, &mut form.steps, 1..=1_000_000);
    let hint = text!("comparisons-seeds-about");
    number_row(ui, text!("comparisons-seeds"), hint, &mut form.seeds, 1..=100);
    device_row(ui, &mut form.device);
}
