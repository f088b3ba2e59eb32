//! The models the studio can synthesise with: those of the program and those the user published.

use eframe::egui::{Align, Button, Label, Layout, RichText, ScrollArea, Ui, vec2};

use super::orders::TrainingAction;
use crate::studio::controls::rule;
use crate::studio::theme;
use crate::worker::ModelSource;
use crate::worker::models::{UserModel, image_models};

/// How many models there are.
pub(super) fn count(models: &[UserModel]) -> usize {
    image_models().len() + models.len()
}

/// Draws the list; `in_use` is the file or name of the model that answers, as it was asked for here.
pub(super) fn show(
    ui: &mut Ui,
    models: &[UserModel],
    in_use: Option<&str>,
    actions: &mut Vec<TrainingAction>,
) {
    rule(ui);
    ui.label(theme::heading("Models"));
    ScrollArea::vertical().id_salt("models").auto_shrink([false, false]).show(ui, |ui| {
        for (name, _) in image_models() {
            row(ui, name, "bundled", in_use, ModelSource::Bundled((*name).to_owned()), actions);
        }
        for model in models {
            row(ui, &model.name, "yours", in_use, ModelSource::File(model.path.clone()), actions);
        }
    });
}

fn row(
    ui: &mut Ui,
    name: &str,
    origin: &str,
    in_use: Option<&str>,
    source: ModelSource,
    actions: &mut Vec<TrainingAction>,
) {
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if in_use == Some(name) {
                ui.label(RichText::new("in use").font(theme::small()).color(theme::GOOD));
            } else {
                let hint = "Synthesise with this model from now on";
                let button = ui.add(Button::new("Use").min_size(vec2(46.0, 24.0))).on_hover_text(hint);
                if button.accessible_name(format!("Use {name}")).clicked() {
                    actions.push(TrainingAction::UseModel(source));
                }
            }
            ui.label(theme::caption(origin));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(name).color(theme::TEXT)).truncate());
            });
        });
    });
}
