//! One dialog for everything that leaves the program: what for, a preview of every file with its size, what stays
//! behind, which fields of identity do not go along, and the question about files that are there already.
//!
//! The preview is the export: the files are made on a thread of their own, shown, and written as they were shown.

mod action;
mod choosing;
mod dialog;
mod plan;
mod view;

pub use choosing::ExportAction;
pub use dialog::ExportDialog;
pub use plan::{ExportKind, ExportPlan, ExportWish, PlanOrder, PlannedFile, write_files};
pub use view::show;
