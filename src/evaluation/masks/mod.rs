//! What each way of turning drawn values into labels does to the same masks, drawn against real masks as distributions, how their
//! lines step and bend, and distance to the nearest training mask.

mod courses;
mod distributions;
mod measure;
mod modes;
mod plots;
mod real_masks;
mod report;

pub use measure::{MaskMeasurement, MeasuredMasks};
pub use report::MaskReport;
