//! Comparisons on the page of trainings: does it help a segmenter, and the paper's tables.
//!
//! The page compares nothing itself: `retidiff evaluate downstream`, or `import` and `experiment plan`, `run` and
//! `report`, are processes of their own, and the folder that they write is the truth. So a comparison that the command
//! line began is shown as well. What the form asks for lies in that folder, too, and fills the form again.

mod action;
mod background;
mod folder_field;
mod foot;
mod form_rows;
mod helps_form;
mod helps_view;
mod page;
mod paper_form;
mod paper_view;
mod results;
mod runs_view;
mod state;

pub use action::ComparisonAction;
pub(super) use state::Comparisons;
