//! What leaves the program for other programs, by what it is for: the name and the bytes of every file before anything
//! is written, what stays behind and what is lacking.

mod facts;
mod files;
mod preset;

pub use facts::{Lacking, LeftOut, lacking, left_out};
pub use files::{ExportOrder, coco_file, files, picture_name, plain_name};
pub use preset::ExportPreset;
