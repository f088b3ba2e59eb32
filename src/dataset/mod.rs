//! Scans with labels as training data: the document-to-network mapping, noise, split, samples.

pub mod labels;
pub mod manifest;
pub mod mapping;
pub mod noise;
mod resampling;
