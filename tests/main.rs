//! One integration binary: one link, one start.

#[cfg(feature = "cpu")]
#[cfg(feature = "cpu")]
#[cfg(feature = "cpu")]
#[cfg(feature = "cpu")]

mod document;
mod golden_diffusion;
mod golden_nn;
mod journal;
mod model_file;
mod strokes;
mod synthesis;
mod tidy;
