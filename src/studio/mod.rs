//! The desktop application: the only room that knows egui.
//!
//! A frame reads the state ([`app`]), draws the panels and the canvas, and gathers what the user asked
//! for as [`command::Action`]s, which [`act`](self) carries out after the drawing. The document changes
//! only through its [`crate::document::Editor`]. Files, journal and synthesis live on threads of their
//! own and leave their results in mailboxes: nothing here waits. What is saved, shown, closed, kept and
//! removed is decided in one place, the [`flow`].

mod act;
pub mod app;
mod busy_mark;
pub mod canvas;
pub mod choosing;
pub mod command;
pub mod commands;
mod comparison;
mod controls;
mod dialogs;
mod en_face;
mod file_events;
mod files;
pub mod film;
mod filmstrip;
pub mod flow;
pub mod frame_times;
mod icons;
mod keys;
pub mod look;
mod measuring;
pub mod new_eye;
mod notices;
mod opening;
mod panels;
pub mod path_dialog;
mod picture_requests;
pub mod preferences;
mod profile;
mod recent;
mod regions;
pub mod reopening;
mod rival;
mod safety;
pub mod samples;
pub mod screenshot;
pub mod session;
pub mod settings;
mod side_panel;
mod slices;
mod stage;
pub mod synthesis;
pub mod theme;
mod thumbnails;
mod tools;
mod tracing;
pub mod training;
mod window;

pub use stage::{EDITOR_PANE, SYNTHETIC_PANE};
pub use window::{StudioOptions, TriedLoss, run, run_with, synthesis_source};
