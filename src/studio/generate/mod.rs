//! The page of batch generation: generations, what they have made so far, and the form that begins one.
//!
//! The page makes no pair itself: a generation is a process of its own, the same as `retidiff generate local`, and its
//! folder is the truth. Folders are looked at on threads of their own. The page is a value: it owns its state, draws
//! itself from a read-only context and returns what the user asked for.

mod action;
mod background;
mod facts_view;
mod form;
mod form_advanced;
mod form_judging;
mod form_parts;
mod form_view;
mod known_folders;
mod list;
mod orders;
mod page;
mod place;
mod sheet;
mod sheet_pictures;
mod state;

pub use action::GenerateAction;
pub use place::GeneratePlace;
pub use state::{GenerateContext, GeneratePage, GenerationPlaces};
