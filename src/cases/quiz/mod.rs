//! A quiz that knows the truth: questions made from a mask, and how answers to them are graded.
//!
//! A teacher's quiz asks what somebody wrote down; here the answer is the mask itself, so that drawing can be asked
//! for as well as choosing: the ILM is graded in um, fluid by Dice and by the cysts that were missed. Questions and
//! grades are values, and so is a [`Round`] of them; the page that asks them, in a window or in a browser, is made elsewhere.

mod grading;
mod questions;
mod round;

pub use grading::{FluidGrade, GOOD_LINE_UM, LineGrade, grade_fluid, grade_line};
pub use questions::{Answer, QUESTION_IDS, QuestionFacts, QuizQuestion, YES_OR_NO, questions};
pub use round::{AnswerLine, AnswerOutcome, Round, Sheet};
