//! The questions the window may ask: about unsaved changes, and whether an image is labels.

use std::path::Path;

use eframe::egui::{
    Align, Button, Context, Frame, Id, Label, Layout, Margin, Modal, RichText, Stroke, Ui, vec2,
};

use crate::document::LabelTable;
use crate::formats::label_png::CodeScheme;
use crate::studio::files::opening::LabelQuestion;
use crate::studio::flow::Question;
use crate::studio::shell::action::{Action, LabelAnswer, UnsavedAnswer};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::label_words::label_name;
use crate::studio::widgets::theme;

/// Asks what to do with unsaved changes, or whether to wait for their being saved.
pub fn ask_unsaved(context: &Context, question: Question<'_>, name: &str, actions: &mut Vec<Action>) {
    let response = dialog("unsaved changes").show(context, |ui| {
        ui.set_width(400.0);
        let offers_to_save = match question {
            Question::Unsaved => {
                title(ui, text!("question-save-first"));
                ui.label(theme::weak(text!("question-unsaved", %name)));
                true
            }
            Question::StillSaving(path) => {
                title(ui, text!("question-saving"));
                wait_for(ui, &text!("question-being-written", file = %shown(path)));
                false
            }
            Question::StillChoosing => {
                title(ui, text!("question-save-first"));
                wait_for(ui, &text!("question-choosing", %name));
                false
            }
        };
        ui.add_space(14.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if offers_to_save && button(ui, text!("shell-save"), ButtonRank::Main) {
                actions.push(Action::Answer(UnsavedAnswer::Save));
            }
            for (text, answer) in [
                (text!("shell-discard"), UnsavedAnswer::Discard),
                (text!("shell-cancel"), UnsavedAnswer::Cancel),
            ] {
                if button(ui, text, ButtonRank::Other) {
                    actions.push(Action::Answer(answer));
                }
            }
        });
    });
    if response.should_close() {
        actions.push(Action::Answer(UnsavedAnswer::Cancel));
    }
}

fn wait_for(ui: &mut Ui, what: &str) {
    ui.horizontal(|ui| {
        ui.add(BusyMark::new(14.0, theme::ACCENT));
        ui.add(Label::new(theme::weak(what)).wrap());
    });
}

fn shown(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
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
    let held: Vec<&str> = suspected.codes.iter().map(|code| label_name(table, *code)).collect();
    let scheme = match suspected.scheme {
        CodeScheme::Studio => text!("question-label-codes"),
        CodeScheme::Paper => text!("question-paper-classes"),
    };
    let response = dialog("labels or scan").show(context, |ui| {
        ui.set_width(480.0);
        title(ui, text!("question-labels-or-scan"));
        ui.label(theme::weak(text!("question-values", %name, scheme, labels = held.join(", "))));
        ui.add_space(4.0);
        ui.label(theme::weak(text!("question-labels-replace")));
        ui.add_space(14.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button(ui, text!("question-load-as-labels"), ButtonRank::Main) {
                actions.push(Action::AnswerLabels(LabelAnswer::Load));
            }
            if button(ui, text!("question-open-as-scan"), ButtonRank::Other) {
                actions.push(Action::AnswerLabels(LabelAnswer::OpenAsScan));
            }
            if button(ui, text!("shell-cancel"), ButtonRank::Other) {
                actions.push(Action::AnswerLabels(LabelAnswer::Cancel));
            }
        });
    });
    if response.should_close() {
        actions.push(Action::AnswerLabels(LabelAnswer::Cancel));
    }
}

pub(in crate::studio) fn dialog(name: &'static str) -> Modal {
    let frame = Frame::new()
        .fill(theme::CHROME)
        .stroke(Stroke::new(1.0, theme::LINE))
        .corner_radius(10.0)
        .inner_margin(Margin::symmetric(22, 20));
    Modal::new(Id::unique(name)).frame(frame).backdrop_color(theme::BACKDROP)
}

pub(in crate::studio) fn title(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(theme::semibold(16.0)).color(theme::TEXT_STRONG));
    ui.add_space(2.0);
}

/// What a button of a dialog is among the others.
#[derive(Clone, Copy)]
pub(in crate::studio) enum ButtonRank {
    /// What is most likely wanted: in the colour of the accent.
    Main,
    Other,
}

pub(in crate::studio) fn button(ui: &mut Ui, text: &str, rank: ButtonRank) -> bool {
    let button = match rank {
        ButtonRank::Main => Button::new(RichText::new(text).color(theme::ON_ACCENT)).fill(theme::ACCENT),
        ButtonRank::Other => Button::new(text),
    };
    ui.add(button.min_size(vec2(88.0, 30.0))).clicked()
}
