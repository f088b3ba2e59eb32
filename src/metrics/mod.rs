//! Figures of fidelity: pure functions of pictures and masks.

pub mod boundaries;
pub mod edges;
pub mod fidelity;
pub mod masks;
pub mod memorisation;
pub mod regions;
pub mod sliced_wasserstein;
pub mod texture;
