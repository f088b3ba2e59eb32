//! A segmenter ready to label scans: its model file, and from a scan to labels with a confidence.

pub mod labeller;
pub mod segmenter_file;

pub use labeller::{Labeller, Labelling};
pub use segmenter_file::SegmenterInfo;
