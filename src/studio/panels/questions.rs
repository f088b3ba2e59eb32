//! The questions the window may ask: about unsaved changes, whether an image is labels, and for a path where no
//! chooser is.

use std::path::PathBuf;

use eframe::egui::{
    Align, Button, Context, Frame, Id, Key, Layout, Margin, Modal, RichText, Stroke, TextEdit, Ui, vec2,
};

use crate::document::LabelTable;
use crate::formats::label_png::CodeScheme;
use crate::studio::command::{Action, LabelAnswer, UnsavedAnswer};
use crate::studio::files::Purpose;
use crate::studio::opening::LabelQuestion;
use crate::studio::theme;

/// Asks what to do with unsaved changes.
pub fn ask_unsaved(context: &Context, name: &str, actions: &mut Vec<Action>) {
    let response = dialog("unsaved changes").show(context, |ui| {
        ui.set_width(400.0);
        title(ui, "Save changes first?");
        ui.label(theme::weak(format!("{name} has changes that are in no file yet.")));
        ui.add_space(14.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (text, answer, primary) in [
                ("Save", UnsavedAnswer::Save, true),
                ("Discard", UnsavedAnswer::Discard, false),
                ("Cancel", UnsavedAnswer::Cancel, false),
            ] {
                if button(ui, text, primary) {
                    actions.push(Action::Answer(answer));
                }
            }
        });
    });
    if response.should_close() {
        actions.push(Action::Answer(UnsavedAnswer::Cancel));
    }
}

/// Asks whether an image is labels of the page shown.
pub fn ask_labels(
    context: &Context,
    question: &LabelQuestion,
    table: &LabelTable,
    actions: &mut Vec<Action>,
) {
    let suspected = &question.suspected;
    let name = question.path.file_name().unwrap_or(question.path.as_os_str()).to_string_lossy();
    let held: Vec<&str> = suspected.codes.iter().map(|code| table.name(*code)).collect();
    let scheme = match suspected.scheme {
        CodeScheme::Studio => "label codes",
        CodeScheme::Paper => "the paper's nine classes, where 0 is background on both sides and 8 is fluid",
    };
    let heading = if suspected.as_scan.is_some() { "Labels or a scan?" } else { "Load these labels?" };
    let response = dialog("labels or scan").show(context, |ui| {
        ui.set_width(480.0);
        title(ui, heading);
        ui.label(theme::weak(format!("The values of {name} can be read as {scheme}: {}.", held.join(", "))));
        ui.add_space(4.0);
        ui.label(theme::weak("Labels take the place of those on this B-scan; it can be undone."));
        ui.add_space(14.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button(ui, "Load as labels", true) {
                actions.push(Action::AnswerLabels(LabelAnswer::Load));
            }
            if suspected.as_scan.is_some() && button(ui, "Open as scan", false) {
                actions.push(Action::AnswerLabels(LabelAnswer::OpenAsScan));
            }
            if button(ui, "Cancel", false) {
                actions.push(Action::AnswerLabels(LabelAnswer::Cancel));
            }
        });
    });
    if response.should_close() {
        actions.push(Action::AnswerLabels(LabelAnswer::Cancel));
    }
}

/// A path that is being typed because the system shows no chooser.
pub struct PathQuestion {
    pub purpose: Purpose,
    pub text: String,
}

/// Asks for a path.
pub fn ask_path(context: &Context, question: &mut PathQuestion, actions: &mut Vec<Action>) {
    let response = dialog("path").show(context, |ui| {
        ui.set_width(560.0);
        title(ui, question.purpose.title());
        let name = match question.purpose {
            Purpose::OpenFolder => "Path of the folder",
            _ => "Path of the file",
        };
        let what = name.to_lowercase();
        ui.label(theme::weak(format!("This system shows no file chooser. Type the {what}.")));
        ui.add_space(8.0);
        let field = TextEdit::singleline(&mut question.text)
            .hint_text(name)
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(8, 6));
        let response = ui.add(field).accessible_name(name);
        if !response.has_focus() && !response.lost_focus() {
            response.request_focus();
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        ui.add_space(14.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let verb = if question.purpose.reads() { "Open" } else { "Save" };
            if (button(ui, verb, true) || entered) && !question.text.trim().is_empty() {
                actions.push(Action::PathEntered(PathBuf::from(question.text.trim())));
            }
            if button(ui, "Cancel", false) {
                actions.push(Action::PathCancelled);
            }
        });
    });
    if response.should_close() {
        actions.push(Action::PathCancelled);
    }
}

fn dialog(name: &'static str) -> Modal {
    let frame = Frame::new()
        .fill(theme::CHROME)
        .stroke(Stroke::new(1.0, theme::LINE))
        .corner_radius(10.0)
        .inner_margin(Margin::symmetric(22, 20));
    Modal::new(Id::unique(name)).frame(frame).backdrop_color(theme::BACKDROP)
}

fn title(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(theme::semibold(16.0)).color(theme::TEXT_STRONG));
    ui.add_space(2.0);
}

fn button(ui: &mut Ui, text: &str, primary: bool) -> bool {
    let button = if primary {
        Button::new(RichText::new(text).color(theme::ON_ACCENT)).fill(theme::ACCENT)
    } else {
        Button::new(text)
    };
    ui.add(button.min_size(vec2(88.0, 30.0))).clicked()
}
