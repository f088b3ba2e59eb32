//! The facts of a run and what can be done with it, at the right of the page.

use eframe::egui::{Align, Button, Color32, Label, Layout, RichText, ScrollArea, TextEdit, Ui, vec2};

use super::orders::TrainingAction;
use super::runs::{state_color, state_word};
use crate::serve::CommandLine;
use crate::studio::texts::text;
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
        // The open mask does not travel.
        let draws_it = record.config.as_ref().is_none_or(|config| config.stage.draws_live_sample());
        if record.state.is_alive() && record.remote.is_none() && draws_it {
            let hint = text!("training-watch-about");
            if switch(ui, live, text!("training-watch"), hint) {
                actions.push(TrainingAction::ToggleLiveSample);
            }
            rule(ui);
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
                button(
                    ui,
                    text!("training-stop"),
                    text!("training-end-it"),
                    TrainingAction::Order(Order::Stop),
                );
            }
            RunState::Running | RunState::Paused => {
                if record.state == RunState::Paused {
                    button(
                        ui,
                        text!("training-go-on"),
                        text!("training-train-on"),
                        TrainingAction::Order(Order::Resume),
                    );
                } else {
                    button(
                        ui,
                        text!("training-pause"),
                        text!("training-pause-about"),
                        TrainingAction::Order(Order::Pause),
                    );
                }
                let hint = text!("training-checkpoint-about");
                button(ui, text!("training-checkpoint"), hint, TrainingAction::Order(Order::Checkpoint));
                button(
                    ui,
                    text!("training-stop"),
                    text!("training-stop-about"),
                    TrainingAction::Order(Order::Stop),
                );
            }
            RunState::Stopped | RunState::Finished | RunState::Failed(_) => {
                let hint = text!("training-resume-about");
                button(ui, text!("training-resume-run"), hint, TrainingAction::ResumeRun);
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
    fact(text!("training-step"), text!("training-of", step = %record.step, steps = %record.steps));
    if let Some(loss) = record.loss.smoothed(25.0).last() {
        fact(text!("training-loss"), format!("{:.4}", loss[1]));
    }
    if let Some(loss) = record.validation.points().last() {
        fact(
            text!("training-validation-loss"),
            text!("training-loss-at", loss = format!("{:.4}", loss[1]), step = format!("{:.0}", loss[0])),
        );
    }
    if let Some(nearness) = record.nearness.last() {
        let share = 100.0 * nearness.synthetic / nearness.held_out.max(1e-9);
        fact(text!("training-nearest"), text!("training-nearest-share", share = format!("{share:.0}")));
    }
    if let Some(secs) = record.secs_per_step.filter(|secs| *secs > 0.0) {
        fact(
            text!("training-pace"),
            if secs < 1.0 {
                text!("training-steps-a-second", steps = format!("{:.2}", 1.0 / secs))
            } else {
                text!("training-seconds-a-step", secs = format!("{secs:.1}"))
            },
        );
    }
    if let (Some(secs), RunState::Running) = (record.eta_secs, &record.state) {
        fact(text!("training-time-left"), duration(secs));
    }
    if let Some(bytes) = record.memory_bytes {
        fact(text!("training-memory"), format!("{:.2} GB", bytes as f64 / 1e9));
    }
    if let Some(rate) = record.learning_rate {
        fact(text!("training-learning-rate"), format!("{rate:.2e}"));
    }
    if let Some(command) = record.remote.as_deref().and_then(|text| CommandLine::parse(text).ok()) {
        fact(text!("training-computer"), command.host());
    }
    if !record.device.is_empty() {
        fact(text!("training-device"), record.device.clone());
        fact(
            text!("training-weights"),
            text!("training-millions", millions = format!("{:.2}", record.parameters as f64 / 1e6)),
        );
        let scans = text!(
            "training-scan-counts",
            training = %record.training_scans,
            validation = %record.validation_scans
        );
        fact(text!("training-scans-name"), scans);
    }
}

fn checkpoints(
    ui: &mut Ui,
    record: &RunRecord,
    publish_name: &mut String,
    actions: &mut Vec<TrainingAction>,
) {
    ui.add_space(4.0);
    ui.label(theme::heading(text!("training-checkpoints")));
    if record.checkpoints.is_empty() {
        ui.label(theme::caption(text!("training-none-yet")));
        return;
    }
    if publish_name.is_empty() {
        *publish_name = record.name();
    }
    for &step in record.checkpoints.iter().rev() {
        ui.horizontal(|ui| {
            ui.label(text!("training-step-number", %step));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let button = |text: &str| Button::new(text).min_size(vec2(66.0, 24.0));
                let hint = text!("training-add-about");
                if ui
                    .add(Button::new(text!("training-add")).min_size(vec2(104.0, 24.0)))
                    .on_hover_text(hint)
                    .clicked()
                {
                    actions.push(TrainingAction::Publish { step, name: publish_name.clone() });
                }
                if ui
                    .add(button(text!("training-branch")))
                    .on_hover_text(text!("training-branch-about"))
                    .clicked()
                {
                    actions.push(TrainingAction::BranchRun(step));
                }
            });
        });
    }
    ui.horizontal(|ui| {
        ui.label(theme::weak(text!("training-added-as")));
        let field = TextEdit::singleline(publish_name).desired_width(f32::INFINITY);
        ui.add(field).accessible_name(text!("training-added-as-spoken"));
    });
}
