//! Review of a set of pairs: a grid, one pair in full, and what is decided about them by single keys.
//!
//! The page is a value: it owns its state, draws itself and returns what it asks of the window. What takes longer than a
//! frame is done on threads that leave their results in mailboxes: sets are opened, rows ordered and files looked at by
//! jobs, pairs are read by loaders (those ahead before they are asked for), and decisions go to the disk
//! through a writer that is never waited for. What a review is, is in [`crate::review`]; here it has a window.

mod actions;
mod audit_view;
mod blind_pictures;
mod blind_view;
mod counts;
mod editing;
mod export_dialog;
mod filter_bar;
mod filter_form;
mod grid;
mod heat_strip;
mod jobs;
mod keys;
mod loader;
mod loading;
mod log_writer;
mod looker;
mod map_view;
mod marks;
mod open_review;
mod open_set;
mod page;
mod pair_facts;
mod pair_view;
mod picture_cache;
mod ring;
mod scoring;
mod set_panel;
mod small_pair;
mod small_pictures;

pub use actions::{ReviewAction, ReviewPlace};
pub(in crate::studio) use page::ReviewContext;
pub use page::ReviewPage;
