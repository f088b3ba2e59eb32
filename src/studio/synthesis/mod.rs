//! The synthetic scan in the window: which picture belongs to what is shown, what it is compared with, the pictures
//! before it, and new masks from the mask model.

pub mod compare_panel;
pub mod comparison_picture;
pub mod looks;
pub mod new_mask;
mod new_mask_actions;
pub mod new_mask_strip;
pub mod pane;
pub mod panel;
pub mod picture_requests;
pub mod quality;
pub mod recent;
pub mod remote_dialog;
pub mod setup;
mod synthesis_actions;
pub mod thread;

#[cfg(test)]
mod newest_picture_tests;
