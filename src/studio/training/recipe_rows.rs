//! The first lines of a new run's form: which training, and the preset or the network whose recipe it begins with.

use eframe::egui::Ui;

use super::form::Form;
use super::orders::TrainingAction;
use crate::nn::SegmenterKind;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{row, segments};
use crate::training::Preset;
use crate::training::config::Stage;

/// A value that can be chosen, its word, and what a screen reader says.
type Choice<T> = (T, &'static str, &'static str);

/// Draws the lines.
pub(super) fn show(ui: &mut Ui, form: &Form, actions: &mut Vec<TrainingAction>) {
    let stages = [
        (Stage::Pretrain, text!("training-stage-pretrain"), text!("training-stage-pretrain-spoken")),
        (Stage::Masks, text!("training-stage-masks"), text!("training-stage-masks-spoken")),
        (Stage::Finetune, text!("training-stage-finetune"), text!("training-stage-finetune-spoken")),
        (Stage::Distill, text!("training-stage-distill"), text!("training-stage-distill-spoken")),
        (Stage::Segment, text!("training-stage-segment"), text!("training-stage-segment-spoken")),
    ];
    if let Some(stage) = chosen(ui, text!("training-stage"), &stages, form.stage()) {
        actions.push(TrainingAction::UsePreset(form.preset().unwrap_or(Preset::Live), stage));
    }
    // A segmenter's recipe goes with its network; presets are of what draws.
    if form.stage() == Some(Stage::Segment) {
        network_row(ui, form, actions);
    } else {
        preset_row(ui, form, actions);
    }
}

fn preset_row(ui: &mut Ui, form: &Form, actions: &mut Vec<TrainingAction>) {
    let presets = [
        (Preset::Live, text!("training-preset-live"), text!("training-preset-live-spoken")),
        (Preset::Teacher, text!("training-preset-teacher"), text!("training-preset-teacher-spoken")),
        (Preset::Paper, text!("training-preset-paper"), text!("training-preset-paper-spoken")),
    ];
    if let Some(preset) = chosen(ui, text!("training-preset"), &presets, form.preset()) {
        actions.push(TrainingAction::UsePreset(preset, form.stage().unwrap_or_default()));
    }
}

fn network_row(ui: &mut Ui, form: &Form, actions: &mut Vec<TrainingAction>) {
    let networks = [
        (SegmenterKind::Small, text!("training-network-small"), text!("training-network-small-spoken")),
        (SegmenterKind::Unet, text!("training-network-unet"), text!("training-network-unet-spoken")),
        (SegmenterKind::Ynet, text!("training-network-ynet"), text!("training-network-ynet-spoken")),
        (
            SegmenterKind::Relaynet,
            text!("training-network-relaynet"),
            text!("training-network-relaynet-spoken"),
        ),
        (SegmenterKind::Gdnet, text!("training-network-gdnet"), text!("training-network-gdnet-spoken")),
    ];
    if let Some(network) = chosen(ui, text!("training-network"), &networks, form.network()) {
        actions.push(TrainingAction::UseNetwork(network));
    }
}

/// A line of values of which one is lit; the one that was pressed. Word and value stand together, so that no button can
/// mean another one's value.
fn chosen<T: Copy + PartialEq>(ui: &mut Ui, name: &str, choices: &[Choice<T>], lit: Option<T>) -> Option<T> {
    row(ui, name, |ui| {
        let words: Vec<(&str, &str)> = choices.iter().map(|&(_, word, spoken)| (word, spoken)).collect();
        let lit = choices.iter().position(|&(value, ..)| Some(value) == lit);
        let pressed = segments(ui, ui.available_width(), &words, lit)?;
        choices.get(pressed).map(|&(value, ..)| value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Split;
    use crate::studio::training::form::FormStart;
    use crate::training::RunConfig;

    #[test]
    fn a_segmenter_is_the_recipe_of_its_network_and_begins_with_fresh_weights() {
        let split = Split { validation: vec!["a".to_owned()], held_out: Vec::new() };
        let mut form = Form::new(FormStart::New, "run-1".to_owned(), String::new());
        form.values["split"] = serde_json::to_value(&split).unwrap();
        form.from = "live".to_owned();
        form.values["batch"] = 0.into();
        form.use_preset(Preset::Paper, Stage::Segment);
        let recipe = |kind| RunConfig { split: split.clone(), ..RunConfig::segmenter(kind) };
        assert_eq!(form.config(), Ok(recipe(SegmenterKind::Small)), "the split outlives a wrong setting");
        for kind in [
            SegmenterKind::Unet,
            SegmenterKind::Ynet,
            SegmenterKind::Relaynet,
            SegmenterKind::Gdnet,
            SegmenterKind::Small,
        ] {
            form.use_network(kind);
            assert_eq!((form.config(), form.network()), (Ok(recipe(kind)), Some(kind)));
            form.values["steps"] = 7.into();
            form.use_preset(Preset::Live, Stage::Segment);
            assert_eq!(form.config(), Ok(recipe(kind)), "the stage again is the same network's recipe");
        }
        assert_eq!((form.start_model(), form.can_watch()), (None, false));
        form.use_preset(Preset::Live, Stage::Finetune);
        assert_eq!((form.start_model(), form.can_watch()), (Some("live"), true));
    }
}
