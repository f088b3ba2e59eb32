//! Pictures for slides are drawn and written on a thread.

use std::path::PathBuf;

pub use super::figure_order::{FigureOf, FigureOrder};
use super::{FileNews, Files, guarded, write};
use crate::studio::shell::notices::Topic;

impl Files {
    /// Draws a figure and writes it.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn export_figure(&mut self, document: u64, order: FigureOrder, path: PathBuf) -> Result<(), String> {
        self.run_to_its_end(document, Topic::Export, move || {
            let outcome = guarded(|| order.encoded()).and_then(|bytes| write(&path, &bytes?));
            FileNews::Exported { path, outcome }
        })
    }
}
