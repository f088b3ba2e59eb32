//! Whether an image model draws new scans or those it was trained on.

mod distances;
mod loss_gap;
mod measure;
mod report;

pub use measure::Memorisation;
pub use report::MemorisationReport;
