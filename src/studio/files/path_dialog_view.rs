//! Asks for a path in the window, and whether a file that is there is to be replaced.

use std::path::Path;

use eframe::egui::{Align, Context, Key, Label, Layout, Margin, TextEdit, Ui};

use crate::studio::files::path_dialog::{PathAnswer, PathQuestion, PathStanding};
use crate::studio::shell::action::Action;
use crate::studio::shell::questions::{ButtonRank, button, dialog, title};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::theme;

/// Draws the question where it stands.
pub fn show(context: &Context, question: &mut PathQuestion, actions: &mut Vec<Action>) {
    let mut answer = |answer| actions.push(Action::AnswerPath(answer));
    let response = dialog("path").show(context, |ui| {
        ui.set_width(560.0);
        title(ui, question.purpose.title());
        match &question.standing {
            PathStanding::Occupied(path) => ask_to_replace(ui, path, &mut answer),
            PathStanding::Typing | PathStanding::Looking | PathStanding::Unfit(_) => {
                ask_to_type(ui, question, &mut answer)
            }
        }
    });
    if response.should_close() {
        answer(PathAnswer::Cancel);
    }
}

fn ask_to_replace(ui: &mut Ui, path: &Path, answer: &mut impl FnMut(PathAnswer)) {
    let text = text!("path-replace-it", path = %path.display());
    ui.add(Label::new(theme::weak(text)).wrap());
    ui.add_space(14.0);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if button(ui, text!("path-replace"), ButtonRank::Other) {
            answer(PathAnswer::Replace);
        }
        if button(ui, text!("path-another"), ButtonRank::Main) {
            answer(PathAnswer::TypeAgain);
        }
        if button(ui, text!("shell-cancel"), ButtonRank::Other) {
            answer(PathAnswer::Cancel);
        }
    });
}

fn ask_to_type(ui: &mut Ui, question: &mut PathQuestion, answer: &mut impl FnMut(PathAnswer)) {
    let (name, about) = match question.purpose.is_folder() {
        true => (text!("path-folder"), text!("path-type-folder")),
        false => (text!("path-file"), text!("path-type-file")),
    };
    ui.label(theme::weak(about));
    ui.add_space(8.0);
    let field = TextEdit::singleline(&mut question.text)
        .hint_text(name)
        .desired_width(f32::INFINITY)
        .margin(Margin::symmetric(8, 6));
    let response = ui.add(field).accessible_name(name);
    if !response.has_focus() && !response.lost_focus() {
        response.request_focus();
    }
    if let PathStanding::Unfit(why) = &question.standing {
        ui.add_space(6.0);
        ui.add(Label::new(theme::weak(why.as_str()).color(theme::ERROR)).wrap());
    }
    let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    ui.add_space(14.0);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if question.standing == PathStanding::Looking {
            ui.add(BusyMark::new(14.0, theme::ACCENT));
        } else {
            let verb = if question.purpose.reads() { text!("path-open") } else { text!("shell-save") };
            if (button(ui, verb, ButtonRank::Main) || is_entered) && !question.text.trim().is_empty() {
                answer(PathAnswer::Typed(question.text.clone()));
            }
        }
        if button(ui, text!("shell-cancel"), ButtonRank::Other) {
            answer(PathAnswer::Cancel);
        }
    });
}
