//! One integration binary: one link, one start.

#[cfg(feature = "cpu")]
mod golden_diffusion;
#[cfg(feature = "cpu")]
mod golden_nn;
#[cfg(feature = "cpu")]
mod model_file;
#[cfg(feature = "cpu")]
mod synthesis;
mod tidy;
