//! The desktop application: the only room that knows egui.
//!
//! A frame reads the state ([`shell::app`]), draws the panels and the canvas, and gathers what the user asked for as
//! [`shell::action::Action`]s, which [`shell::perform`] carries out after the drawing. The document changes only
//! through its [`crate::document::Editor`]. Files, journal and synthesis live on threads of their own and leave their
//! results in mailboxes: nothing here waits. What is saved, shown, closed, kept and removed is decided in one place,
//! the [`flow`]. What the window says stands in the table of [`texts`], in every language.

pub mod course;
pub mod editor;
pub mod export;
pub mod files;
pub mod flow;
pub mod generate;
pub mod label_mapping;
pub mod offscreen;
pub mod review;
pub mod shell;
pub mod stage;
pub mod synthesis;
pub mod texts;
pub mod training;
pub mod widgets;

pub use editor::panes::{editor_pane, synthetic_pane};
pub use shell::window::{StudioOptions, TriedLoss, run, run_with, synthesis_source};
