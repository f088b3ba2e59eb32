//! One file per format, reading and writing: bytes in, values out.
//!
//! Every reader treats its input as hostile: a size is checked against the bytes that are there before
//! anything of that size is allocated, and a truncated or lying file gives an error that names the file,
//! the place, what is wrong and what to do about it; never a panic.

pub mod atomic;
mod document_parts;
pub mod duke;
mod error;
pub mod folder;
mod history_log;
pub mod journal;
pub mod journal_removal;
pub mod label_png;
pub mod measurement_csv;
pub mod open;
pub mod retidiff;
pub mod scan_image;
pub mod scanned_area;
pub mod tian;
mod tiff_directory;
pub mod undo_history;
pub mod vol;

pub use atomic::write_atomically;
pub use error::{FormatError, MAX_FILE_BYTES, read_file, write_file};
pub use journal::{Journal, Recovery, recoverable};
pub use retidiff::{DocumentError, read_document, write_document};
