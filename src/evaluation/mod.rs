//! Experiments that are made of the rooms below: what a model is worth, measured by what it is for.

pub mod downstream;
pub mod experiment;
pub mod features;
mod standing;

pub use standing::{RunStanding, Standing};
