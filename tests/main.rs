//! One integration binary: one link, one start.

#[cfg(feature = "cpu")]
mod golden_diffusion;
#[cfg(feature = "cpu")]
mod golden_nn;
mod tidy;
