//! One file per format, reading and writing: bytes in, values out.
//!
//! Every reader treats its input as hostile: a size is checked against the bytes that are there before
//! anything of that size is allocated, and a truncated or lying file gives an error that names the file,
//! the place, what is wrong and what to do about it; never a panic.

pub mod atomic;
pub mod clinical;
pub mod coco;
mod coco_runs;
pub mod dicom;
pub mod dicom_writer;
mod document_parts;
pub mod duke;
mod error;
pub mod figure;
pub mod folder;
mod folder_document;
mod folder_kind;
mod format;
pub mod grey_range;
pub mod growing_lines;
pub mod heyex;
mod history_log;
pub mod identity;
mod image_document;
mod image_identity;
mod image_pages;
pub mod journal;
pub mod journal_removal;
mod label_document;
pub mod label_mapping;
pub mod label_picture;
pub mod label_png;
pub mod label_volume;
pub mod markup;
pub mod mat;
pub mod measurement_csv;
mod metaimage;
mod metaimage_header;
pub mod metaimage_writer;
mod nifti;
mod nifti_header;
pub mod nifti_writer;
pub mod npz;
pub mod octexplorer;
pub mod open;
pub mod opened;
pub mod pixel_size;
mod plain_words;
pub mod provenance;
pub mod quiz_page;
pub mod registry;
pub mod retidiff;
mod sample_values;
pub mod scan_image;
pub mod scanned_area;
pub mod tian;
mod tiff_directory;
mod tiff_pages;
mod tiff_refusals;
mod tiff_samples;
mod tiff_scan;
mod tiff_text;
pub mod tiff_writer;
mod traced;
pub mod training_folder;
pub mod undo_history;
pub mod vol;
pub mod volume_export;
mod voxel_document;
mod voxel_volume;
pub mod xml;

pub use atomic::write_atomically;
pub use error::{FormatError, MAX_FILE_BYTES, read_file, write_file};
pub use journal::{Journal, Recovery, recoverable};
pub use plain_words::in_plain_words;
pub use retidiff::{DocumentError, read_document, write_document};
