//! The compared methods at work: their samplers, their model file, and scans drawn from masks with them.

mod drawer;
pub mod file;
pub mod sampling;

pub use drawer::BaselineDrawer;
pub use file::BaselineInfo;
