//! Figures of pictures, masks and segmenters: pure functions.

pub mod boundaries;
pub mod columns;
pub mod curvature;
pub mod cyst_outline;
pub mod edges;
pub mod feature_distances;
pub mod fidelity;
pub mod lesions;
pub mod masks;
pub mod memorisation;
pub mod painter;
pub mod quantile;
pub mod regions;
pub mod segmentation;
pub mod sliced_wasserstein;
pub mod texture;
