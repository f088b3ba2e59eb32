//! Painting: both panes with the pointer on them, the tools, the panels of labels and figures, the row of B-scans.

pub mod calibration;
pub mod canvas;
pub mod comparison;
pub mod en_face;
pub mod filmstrip;
pub mod fovea;
pub mod label_editor;
pub mod labels;
pub mod localizer_view;
pub mod look;
pub mod measure_panel;
pub mod measuring;
pub mod page;
pub mod panes;
pub mod profile;
pub mod session;
pub mod slices;
pub mod step_list;
pub mod thumbnails;
pub mod tool_options;
pub mod tool_strip;
pub mod tools;
pub mod trace_state;
pub mod tracing;
pub mod view_panel;
pub mod volume_panel;
mod volume_tracing;
