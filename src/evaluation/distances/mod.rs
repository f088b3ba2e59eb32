//! How far a set of drawn pictures is from a set of real ones, by their features.

mod perceptual;
mod report;
mod sets;

pub use perceptual::Perceptual;
pub use report::DistancesReport;
pub use sets::{FeatureSet, FeatureSets};
