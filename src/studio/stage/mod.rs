//! Designed cases: a recipe becomes a mask that meets it, with what was asked and what was measured in sight; and the
//! [`kiosk`], which shows them to passers-by.
//!
//! Both are values: they own their state, draw themselves and return what the user asked for.

mod action;
mod case_form;
mod cases_page;
pub mod kiosk;
mod solving;

pub use action::CasesAction;
pub use cases_page::CasesPage;
