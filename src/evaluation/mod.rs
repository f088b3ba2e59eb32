//! Experiments that are made of the rooms below: what a model is worth, measured by what it is for.
//!
//! A file or folder each is what one command of `retidiff evaluate` measures, decides and reports; beside them stands what
//! several share: whom they measure, which models may be measured there, and how the scan of a mask is drawn. What holds
//! pictures, labels and features of elsewhere against each other needs no networks, and is there without them.

#[cfg(feature = "cpu")]
pub mod ablation;
pub mod auto_trace;
pub mod distances;
#[cfg(feature = "cpu")]
pub mod downstream;
#[cfg(feature = "cpu")]
pub mod drawn_scans;
mod error;
#[cfg(feature = "cpu")]
pub mod experiment;
#[cfg(feature = "cpu")]
pub mod features;
pub mod fidelity;
#[cfg(feature = "cpu")]
mod leak_guard;
#[cfg(feature = "cpu")]
pub mod lesions;
#[cfg(feature = "cpu")]
pub mod masks;
#[cfg(feature = "cpu")]
pub mod memorisation;
#[cfg(feature = "cpu")]
pub mod pair_makers;
#[cfg(feature = "cpu")]
mod patches;
#[cfg(feature = "cpu")]
mod picked;
#[cfg(feature = "cpu")]
mod scan_done;
mod seen;
#[cfg(feature = "cpu")]
mod standing;
#[cfg(feature = "cpu")]
pub mod steps;
mod subjects;
pub mod tolerances;

pub use error::EvaluationError;
#[cfg(feature = "cpu")]
pub use leak_guard::LeakGuard;
#[cfg(feature = "cpu")]
pub use scan_done::ScanDone;
pub use seen::SeenEyes;
#[cfg(feature = "cpu")]
pub use standing::{RunStanding, Standing};
pub use subjects::Subjects;
