//! A question on the screen: the scan, the answers, the verdict and the truth. Everything by pointer and by keys.

use eframe::egui::{Key, Label, Ui, vec2};

use super::canvas::Canvas;
use super::words;
use crate::cases::quiz::{Answer, AnswerOutcome, QuizQuestion, Round};
use crate::scan::GreyImage;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, badge, heading_row, text_button};
use crate::studio::widgets::theme;

/// Room beneath the scan for answers, verdict and help.
const BENEATH: f32 = 132.0;
const DIGITS: [Key; 9] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

/// What the page is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answered {
    Nothing,
    /// To the next question, or to the results.
    GoOn,
    Leave,
}

/// Draws the question that is asked. `wants_focus`: whether what is to be used next takes the keyboard.
pub(super) fn show(
    ui: &mut Ui,
    scan: &GreyImage,
    is_synthetic: bool,
    round: &mut Round,
    canvas: &mut Canvas,
    wants_focus: &mut bool,
) -> Answered {
    let Some((sheet, question)) = round.task() else { return Answered::Nothing };
    let (case, question) = (sheet.name.clone(), question.clone());
    let [number, of] = round.progress();
    let leaves = heading_row(ui, &words::question_text(&question), |ui| {
        let leaves = text_button(ui, text!("quiz-leave"), 96.0, text!("quiz-leave"), "", ButtonState::READY);
        if is_synthetic {
            badge(ui, text!("quiz-synthetic"), theme::WARNING);
        }
        ui.label(theme::caption(text!("quiz-progress", number, of, %case)));
        leaves.clicked()
    });
    ui.add_space(6.0);
    let room = vec2(ui.available_width(), (ui.available_height() - BENEATH).max(80.0));
    let response = canvas.show(ui, room, scan, round);
    let is_drawn = !matches!(question.answer, Answer::Choice { .. });
    if *wants_focus && is_drawn && round.outcome().is_none() {
        response.request_focus();
        *wants_focus = false;
    }
    ui.add_space(8.0);
    let has_button_focus = ui.memory(|memory| memory.focused().is_some_and(|focused| focused != response.id));
    let was_answered = round.outcome().is_some();
    let mut goes_on = false;
    ui.horizontal_wrapped(|ui| match &question.answer {
        Answer::Choice { options, correct } => show_options(ui, options, *correct, round, wants_focus),
        _ => show_drawing(ui, &question, round, canvas),
    });
    if let Some(outcome) = round.outcome() {
        *wants_focus |= !was_answered;
        goes_on = show_verdict(ui, outcome, &question, number == of, wants_focus);
    } else {
        ui.add(Label::new(theme::caption(help(&question))).wrap());
    }
    let enter = ui.input(|input| input.key_pressed(Key::Enter)) && !has_button_focus;
    if enter && was_answered {
        goes_on = true;
    } else if enter && is_drawn && !was_answered {
        round.check();
        *wants_focus = true;
    }
    match (leaves, goes_on) {
        (true, _) => Answered::Leave,
        (_, true) => Answered::GoOn,
        _ => Answered::Nothing,
    }
}

fn show_options(ui: &mut Ui, options: &[String], correct: usize, round: &mut Round, wants_focus: &mut bool) {
    let outcome = round.outcome();
    let mut chosen = None;
    for (index, option) in options.iter().enumerate() {
        let shown = words::option(option);
        // A sign beside the colour: which was right, and which was taken for it.
        let sign = match outcome {
            Some(_) if index == correct => "→ ",
            Some(AnswerOutcome::Choice { chosen, .. }) if chosen == index => "× ",
            _ => "",
        };
        let text = format!("{sign}{} {shown}", index + 1);
        let state =
            ButtonState { enabled: outcome.is_none(), selected: outcome.is_some() && index == correct };
        let button = text_button(ui, &text, 110.0, &shown, "", state);
        if index == 0 && outcome.is_none() && std::mem::take(wants_focus) {
            button.request_focus();
        }
        if button.clicked() {
            chosen = Some(index);
        }
    }
    let pressed = ui.input(|input| DIGITS.iter().position(|digit| input.key_pressed(*digit)));
    if let Some(index) = chosen.or(pressed) {
        round.choose(index);
    }
}

fn show_drawing(ui: &mut Ui, question: &QuizQuestion, round: &mut Round, canvas: &mut Canvas) {
    let state = ButtonState::enabled_if(round.outcome().is_none());
    if text_button(ui, text!("quiz-done"), 110.0, text!("quiz-done"), text!("quiz-done-about"), state)
        .clicked()
    {
        round.check();
    }
    if matches!(question.answer, Answer::Fluid { .. }) {
        let state = ButtonState { selected: canvas.erases, ..state };
        let (name, about) = (text!("quiz-erase"), text!("quiz-erase-about"));
        if text_button(ui, name, 110.0, name, about, state).clicked() {
            canvas.erases = !canvas.erases;
        }
    }
}

/// Says how the answer was. Returns whether to go on.
fn show_verdict(
    ui: &mut Ui,
    outcome: AnswerOutcome,
    question: &QuizQuestion,
    is_last: bool,
    wants_focus: &mut bool,
) -> bool {
    let points = format!("{:.2}", outcome.points());
    let said = text!(
        "quiz-verdict",
        verdict = %words::verdict(outcome),
        truth = %words::truth(question),
        %points
    );
    ui.add_space(4.0);
    ui.add(Label::new(said).wrap());
    ui.add_space(4.0);
    let name = if is_last { text!("quiz-results") } else { text!("quiz-next") };
    let button = text_button(ui, name, 110.0, name, "", ButtonState::selected_if(true));
    if std::mem::take(wants_focus) {
        button.request_focus();
    }
    button.clicked()
}

fn help(question: &QuizQuestion) -> &'static str {
    match question.answer {
        Answer::Choice { .. } => text!("quiz-help-choice"),
        Answer::Line { .. } => text!("quiz-help-line"),
        Answer::Fluid { .. } => text!("quiz-help-fluid"),
    }
}

/// A question in a table of results.
pub(super) fn short_name(id: &str) -> &str {
    match id {
        "irf" => text!("quiz-short-irf"),
        "srf" => text!("quiz-short-srf"),
        "ped" => text!("quiz-short-ped"),
        "cyst_layer" => text!("quiz-short-cyst-layer"),
        "central_over_300" => text!("quiz-short-central"),
        "draw_ilm" => text!("quiz-short-draw-ilm"),
        "mark_fluid" => text!("quiz-short-mark-fluid"),
        other => other,
    }
}
