//! Several ways to train, each with several seeds, measured the same way.

mod arms;
mod figures;
mod measure;
mod report;

pub use arms::{AblationArm, MeasuredRun};
pub use measure::{Ablation, RunMeasurement};
pub use report::AblationReport;
