//! The quiz in the window: designed cases are asked about, answers are drawn as well as chosen, and the mask grades them.
//!
//! What is asked and how it is graded is [`crate::cases::quiz`]; here scans come together ([`preparing`]), are shown and drawn
//! on ([`canvas`]), and what is said stands in the language of the window ([`words`]).

mod answering;
mod canvas;
mod page;
mod preparing;
mod words;

pub use page::QuizPage;
pub use preparing::QuizSource;
pub(in crate::studio) use preparing::is_quiz_page;
