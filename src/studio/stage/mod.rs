//! Designed cases: a recipe becomes a mask that meets it, with what was asked and what was measured in sight.
//!
//! The page is a value: it owns its state, draws itself and returns what the user asked for.

mod case_form;
mod cases_page;
mod solving;

pub use cases_page::{CasesAction, CasesPage};
