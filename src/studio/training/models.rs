//! The models the studio can use: those of the program and those the user published.

use std::path::Path;

use eframe::egui::{Align, Button, Label, Layout, Response, RichText, ScrollArea, Ui, vec2};

use super::orders::TrainingAction;
use crate::studio::texts::text;
use crate::studio::widgets::controls::rule;
use crate::studio::widgets::theme;
use crate::worker::ModelSource;
use crate::worker::models::{
    ModelPurpose, SEGMENTER_NAME, UserModel, has_segmenter, image_models, mask_models,
};

/// Which models answer, as they were asked for here.
#[derive(Clone, Copy, Debug)]
pub struct InUse<'a> {
    /// Name of the one that draws scans.
    pub scans: &'a str,
    /// Its file, where it is not bundled.
    pub file: Option<&'a Path>,
    /// The student of the user's choice that draws its drafts.
    pub drafts: Option<&'a Path>,
    /// Where the one comes from that draws masks.
    pub masks: &'a ModelSource,
    /// Where the one comes from that looks at pairs under review.
    pub labels: &'a ModelSource,
}

impl<'a> InUse<'a> {
    /// File of the model that draws scans, where it lies elsewhere than those that are listed: named at the start.
    fn elsewhere(&self, models: &[UserModel]) -> Option<&'a Path> {
        let is_listed =
            |file: &Path| models.iter().any(|model| model.path == file || model.name == self.scans);
        self.file.filter(|file| !is_listed(file))
    }
}

/// How many models are listed.
pub(super) fn count(models: &[UserModel], in_use: InUse) -> usize {
    image_models().len()
        + usize::from(in_use.elsewhere(models).is_some())
        + listed_mask_models(models).len()
        + usize::from(lists_segmenter(models))
        + models.len()
}

/// Bundled models that draw masks: there is nothing to choose while the user has none.
fn listed_mask_models(models: &[UserModel]) -> Vec<&'static str> {
    match models.iter().any(|model| model.purpose == ModelPurpose::Masks) {
        true => mask_models(),
        false => Vec::new(),
    }
}

/// Whether the bundled segmenter is listed: as there.
fn lists_segmenter(models: &[UserModel]) -> bool {
    has_segmenter() && models.iter().any(|model| model.purpose == ModelPurpose::Labels)
}

/// Draws the list.
pub(super) fn show(ui: &mut Ui, models: &[UserModel], in_use: InUse, actions: &mut Vec<TrainingAction>) {
    rule(ui);
    ui.label(theme::heading(text!("training-models")));
    ScrollArea::vertical().id_salt("models").auto_shrink([false, false]).show(ui, |ui| {
        for (name, _) in image_models() {
            let is_used = in_use.scans == *name && in_use.file.is_none();
            let action = TrainingAction::UseModel(ModelSource::Bundled((*name).to_owned()));
            let choice = Choice::unless(is_used, text!("training-use-scans"), action);
            row(ui, name, text!("training-bundled"), choice, actions);
        }
        if let Some(file) = in_use.elsewhere(models) {
            let line = row(ui, in_use.scans, text!("training-from-file"), Choice::InUse, actions);
            line.on_hover_text(file.display().to_string());
        }
        for name in listed_mask_models(models) {
            let source = ModelSource::Bundled(name.to_owned());
            let is_used = *in_use.masks == source;
            let action = TrainingAction::UseMasks(source);
            let choice = Choice::unless(is_used, text!("training-use-masks"), action);
            row(ui, name, text!("training-bundled-masks"), choice, actions);
        }
        if lists_segmenter(models) {
            let source = ModelSource::Bundled(SEGMENTER_NAME.to_owned());
            let is_used = *in_use.labels == source;
            let action = TrainingAction::UseSegmenter(source);
            let choice = Choice::unless(is_used, text!("training-use-segmenter"), action);
            row(ui, SEGMENTER_NAME, text!("training-bundled-segmenter"), choice, actions);
        }
        for model in models {
            user_row(ui, model, in_use, actions);
        }
    });
}

fn user_row(ui: &mut Ui, model: &UserModel, in_use: InUse, actions: &mut Vec<TrainingAction>) {
    let source = ModelSource::File(model.path.clone());
    let (origin, choice) = match &model.purpose {
        ModelPurpose::Scans => {
            let (is_used, action) = (in_use.scans == model.name, TrainingAction::UseModel(source));
            (text!("training-yours"), Choice::unless(is_used, text!("training-use-scans"), action))
        }
        ModelPurpose::Masks => {
            let (is_used, action) = (*in_use.masks == source, TrainingAction::UseMasks(source));
            (text!("training-yours-masks"), Choice::unless(is_used, text!("training-use-masks"), action))
        }
        ModelPurpose::Labels => {
            let (is_used, action) = (*in_use.labels == source, TrainingAction::UseSegmenter(source));
            let choice = Choice::unless(is_used, text!("training-use-segmenter"), action);
            (text!("training-yours-segmenter"), choice)
        }
        ModelPurpose::Drafts { .. } => {
            let is_used = in_use.drafts == Some(model.path.as_path());
            let action = TrainingAction::UseStudent(model.clone());
            (text!("training-yours-student"), Choice::unless(is_used, text!("training-use-drafts"), action))
        }
        ModelPurpose::Nothing(why) => {
            row(ui, &model.name, text!("training-unreadable"), Choice::Impossible, actions)
                .on_hover_text(why.as_str());
            return;
        }
    };
    row(ui, &model.name, origin, choice, actions);
}

/// What can be done with a model of the list.
enum Choice {
    /// It answers already.
    InUse,
    /// To use it: what the button says of itself, and what it asks for.
    Offered(&'static str, TrainingAction),
    Impossible,
}

impl Choice {
    fn unless(is_used: bool, hint: &'static str, action: TrainingAction) -> Self {
        if is_used { Self::InUse } else { Self::Offered(hint, action) }
    }
}

fn row(ui: &mut Ui, name: &str, origin: &str, choice: Choice, actions: &mut Vec<TrainingAction>) -> Response {
    let whole = ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            match choice {
                Choice::InUse => {
                    let said = RichText::new(text!("training-in-use"));
                    ui.label(said.font(theme::small()).color(theme::GOOD));
                }
                Choice::Offered(hint, action) => {
                    let button = ui.add(Button::new(text!("training-use")).min_size(vec2(46.0, 24.0)));
                    let button = button.on_hover_text(hint);
                    if button.accessible_name(text!("training-use-spoken", %name)).clicked() {
                        actions.push(action);
                    }
                }
                Choice::Impossible => {}
            }
            ui.label(theme::caption(origin));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(name).color(theme::TEXT)).truncate());
            });
        });
    });
    whole.response
}
