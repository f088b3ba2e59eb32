//! Designed cases: a recipe becomes a mask that meets it, with what was asked and what was measured in sight; the
//! [`quiz`], which asks about them; and the [`kiosk`], which shows them to passers-by.
//!
//! All are values: they own their state, draw themselves and return what the user asked for.

mod action;
mod case_form;
mod case_form_retina;
mod case_reading;
pub(in crate::studio) mod case_words;
mod cases_page;
mod findings;
pub mod kiosk;
pub mod quiz;
mod scan_queue;
mod solving;

pub use action::CasesAction;
pub use cases_page::CasesPage;
pub use scan_queue::{ScanQueue, StageScan};

/// Whether a file is one for the page of cases, by its name: a shared case, or the page of a quiz.
pub(in crate::studio) fn is_for_cases(path: &std::path::Path) -> bool {
    let is_case =
        |ending: &std::ffi::OsStr| ending.eq_ignore_ascii_case(crate::formats::case_file::CASE_ENDING);
    path.extension().is_some_and(is_case) || quiz::is_quiz_page(path)
}
