//! The facts of a run and what can be done with it, at the right of the page.

use eframe::egui::{Align, Button, Color32, Label, Layout, RichText, ScrollArea, TextEdit, Ui, vec2};

use super::orders::TrainingAction;
use super::runs::{state_color, state_word};
use crate::studio::widgets::controls::{badge, rule, switch};
use crate::studio::widgets::theme;
use crate::training::Order;
use crate::training::report::duration;
use crate::training::run_record::{RunRecord, RunState};

/// Draws the panel. `live` says whether the open mask is drawn on this run's sheets.
pub(super) fn show(
    ui: &mut Ui,
    record: &RunRecord,
    live: bool,
    publish_name: &mut String,
    actions: &mut Vec<TrainingAction>,
) {
    ui.horizontal(|ui| {
        let name = RichText::new(record.name()).font(theme::semibold(16.0)).color(theme::TEXT_STRONG);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            badge(ui, &state_word(&record.state).to_uppercase(), state_color(&record.state));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.add(Label::new(name).truncate()));
        });
    });
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        if let RunState::Failed(message) = &record.state {
            line_of(ui, message, theme::ERROR);
        }
        orders(ui, record, actions);
        rule(ui);
        facts(ui, record);
        rule(ui);
        if record.state.is_alive() {
            let hint = "The open scan and mask, drawn at the top of every sheet of samples";
            if switch(ui, live, "Watch the open mask", hint) {
                actions.push(TrainingAction::ToggleLiveSample);
            }
        }
        checkpoints(ui, record, publish_name, actions);
        for warning in record.warnings.iter().rev() {
            line_of(ui, warning, theme::WARNING);
        }
    });
}

fn line_of(ui: &mut Ui, text: &str, color: Color32) {
    ui.add_space(4.0);
    let mut letters = text.chars();
    let text: String =
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    ui.add(Label::new(RichText::new(text).font(theme::small()).color(color)).wrap());
}

fn orders(ui: &mut Ui, record: &RunRecord, actions: &mut Vec<TrainingAction>) {
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        let mut button = |ui: &mut Ui, text: &str, hint: &str, action: TrainingAction| {
            if ui.add(Button::new(text).min_size(vec2(72.0, 28.0))).on_hover_text(hint).clicked() {
                actions.push(action);
            }
        };
        match &record.state {
            RunState::Starting => {
                button(ui, "Stop", "End it", TrainingAction::Order(Order::Stop));
            }
            RunState::Running | RunState::Paused => {
                if record.state == RunState::Paused {
                    button(ui, "Go on", "Train on", TrainingAction::Order(Order::Resume));
                } else {
                    button(ui, "Pause", "Wait before the next step", TrainingAction::Order(Order::Pause));
                }
                let hint = "Save a checkpoint after this step";
                button(ui, "Checkpoint", hint, TrainingAction::Order(Order::Checkpoint));
                button(ui, "Stop", "Save a checkpoint and end", TrainingAction::Order(Order::Stop));
            }
            RunState::Stopped | RunState::Finished | RunState::Failed(_) => {
                let hint = "Go on from the newest checkpoint, with more steps or another rate if you like";
                button(ui, "Resume…", hint, TrainingAction::ResumeRun);
            }
        }
    });
}

fn facts(ui: &mut Ui, record: &RunRecord) {
    let mut fact = |name: &str, value: String| {
        ui.horizontal(|ui| {
            ui.label(theme::weak(name));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(value).color(theme::TEXT_STRONG)).truncate());
            });
        });
    };
    fact("Step", format!("{} of {}", record.step, record.steps));
    if let Some(loss) = record.loss.smoothed(25.0).last() {
        fact("Loss", format!("{:.4}", loss[1]));
    }
    if let Some(loss) = record.validation.points().last() {
        fact("Validation loss", format!("{:.4} at step {:.0}", loss[1], loss[0]));
    }
    if let Some(nearness) = record.nearness.last() {
        let share = 100.0 * nearness.synthetic / nearness.held_out.max(1e-9);
        fact("Nearest training scan", format!("{share:.0} % of a new scan's"));
    }
    if let Some(secs) = record.secs_per_step.filter(|secs| *secs > 0.0) {
        fact(
            "Pace",
            if secs < 1.0 { format!("{:.2} steps/s", 1.0 / secs) } else { format!("{secs:.1} s/step") },
        );
    }
    if let (Some(secs), RunState::Running) = (record.eta_secs, &record.state) {
        fact("Time left", duration(secs));
    }
    if let Some(bytes) = record.memory_bytes {
        fact("Memory", format!("{:.2} GB", bytes as f64 / 1e9));
    }
    if let Some(rate) = record.learning_rate {
        fact("Learning rate", format!("{rate:.2e}"));
    }
    if !record.device.is_empty() {
        fact("Device", record.device.clone());
        fact("Weights", format!("{:.2} million", record.parameters as f64 / 1e6));
        let scans = format!("{} training, {} validation", record.training_scans, record.validation_scans);
        fact("Scans", scans);
    }
}

fn checkpoints(
    ui: &mut Ui,
    record: &RunRecord,
    publish_name: &mut String,
    actions: &mut Vec<TrainingAction>,
) {
    ui.add_space(4.0);
    ui.label(theme::heading("Checkpoints"));
    if record.checkpoints.is_empty() {
        ui.label(theme::caption("None yet."));
        return;
    }
    if publish_name.is_empty() {
        *publish_name = record.name();
    }
    for &step in record.checkpoints.iter().rev() {
        ui.horizontal(|ui| {
            ui.label(format!("Step {step}"));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let button = |text: &str| Button::new(text).min_size(vec2(66.0, 24.0));
                let hint = "Adds its model to the list of models under the name below";
                if ui
                    .add(Button::new("Add to models").min_size(vec2(104.0, 24.0)))
                    .on_hover_text(hint)
                    .clicked()
                {
                    actions.push(TrainingAction::Publish { step, name: publish_name.clone() });
                }
                if ui.add(button("Branch…")).on_hover_text("Begin another run here").clicked() {
                    actions.push(TrainingAction::BranchRun(step));
                }
            });
        });
    }
    ui.horizontal(|ui| {
        ui.label(theme::weak("Added as"));
        let field = TextEdit::singleline(publish_name).desired_width(f32::INFINITY);
        ui.add(field).accessible_name("Name of the published model");
    });
}
