//! The window as a whole: the order of a frame, what the user can ask for and what becomes of it, keys, dialogs,
//! notices, preferences.

pub mod action;
pub mod app;
mod casing;
pub mod chrome;
pub mod commands;
pub mod dialogs;
mod fitting;
pub(in crate::studio) mod frame_pace;
pub(in crate::studio) mod graphics;
pub(in crate::studio) mod jobs;
pub mod keymap_dialog;
pub mod keys;
pub mod keys_page;
pub mod notice_bar;
pub mod notices;
pub mod open_dialogs;
pub mod page;
mod pages;
pub mod palette;
pub mod perform;
mod preferences;
pub mod questions;
pub mod regions;
pub mod reopening;
mod review_page;
pub mod settings;
mod staging;
pub mod status_line;
pub mod top_bar;
mod training_page;
pub(in crate::studio) mod typing;
pub mod window;
pub mod window_graphics;
