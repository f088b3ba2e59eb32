//! The regions of the window. Each reads the state and adds the actions the user asked for.

pub mod calibration;
pub mod compare;
pub mod keymap_dialog;
pub mod keys_page;
pub mod label_editor;
pub mod labels;
pub mod measure;
pub mod new_eye;
pub mod notice_bar;
pub mod palette;
pub mod path_dialog;
pub mod questions;
pub mod status_line;
pub mod step_list;
pub mod synthesis;
pub mod tool_options;
pub mod tool_strip;
pub mod top_bar;
pub mod trace_state;
pub mod view;
pub mod volume;
