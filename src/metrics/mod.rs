//! Figures of fidelity: pure functions of pictures and masks.

pub mod boundaries;
pub mod edges;
pub mod fidelity;
pub mod lesions;
pub mod masks;
pub mod memorisation;
pub mod quantile;
pub mod regions;
pub mod segmentation;
pub mod sliced_wasserstein;
pub mod texture;
