//! What the quiz asks and answers, in the language of the window. A page from a file brings its English along, which is
//! shown where a question is not known here.

use crate::cases::quiz::{AnswerOutcome, QuestionFacts, QuizQuestion, YES_OR_NO};
use crate::studio::texts::text;

/// The question.
pub(super) fn question_text(question: &QuizQuestion) -> String {
    match question.id {
        "irf" => text!("quiz-irf").to_owned(),
        "srf" => text!("quiz-srf").to_owned(),
        "ped" => text!("quiz-ped").to_owned(),
        "cyst_layer" => text!("quiz-cyst-layer").to_owned(),
        "central_over_300" => text!("quiz-central").to_owned(),
        "draw_ilm" => text!("quiz-draw-ilm").to_owned(),
        "mark_fluid" => text!("quiz-mark-fluid").to_owned(),
        _ => question.text.clone(),
    }
}

/// An answer to choose.
pub(super) fn option(option: &str) -> String {
    match YES_OR_NO.iter().position(|known| *known == option) {
        Some(0) => text!("quiz-yes").to_owned(),
        Some(_) => text!("quiz-no").to_owned(),
        None => option.to_owned(),
    }
}

/// How the answer was.
pub(super) fn verdict(outcome: AnswerOutcome) -> String {
    match outcome {
        AnswerOutcome::Choice { chosen, correct } if chosen == correct => text!("quiz-right").to_owned(),
        AnswerOutcome::Choice { .. } => text!("quiz-wrong").to_owned(),
        AnswerOutcome::Line(grade) => {
            let (um, drawn) = (format!("{:.1}", grade.mean_um), format!("{:.0}", grade.drawn * 100.0));
            text!("quiz-line", %um, %drawn)
        }
        AnswerOutcome::Fluid(grade) => {
            let dice = format!("{:.2}", grade.dice);
            text!("quiz-fluid", %dice, missed = grade.missed, lesions = grade.lesions)
        }
    }
}

/// What the mask says.
pub(super) fn truth(question: &QuizQuestion) -> String {
    match question.facts {
        Some(QuestionFacts::Lesions { count: 0, .. }) => text!("quiz-truth-none").to_owned(),
        Some(QuestionFacts::Lesions { count, area_mm2 }) => {
            text!("quiz-truth-regions-area", count, area = %format!("{area_mm2:.3}"))
        }
        Some(QuestionFacts::CystLayer { percent }) => {
            text!("quiz-truth-layer", percent = %format!("{percent:.0}"))
        }
        Some(QuestionFacts::Central { um }) => text!("quiz-truth-central", um = %format!("{um:.0}")),
        Some(QuestionFacts::Line) => text!("quiz-truth-line").to_owned(),
        Some(QuestionFacts::Regions { count }) => text!("quiz-truth-regions", count),
        None => question.explanation.clone(),
    }
}
