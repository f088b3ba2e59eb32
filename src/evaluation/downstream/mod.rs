//! Do synthetic pairs make segmenters better? The paper's claim, measured (its Table 2).
//!
//! An *arm* is a training set: real scans, synthetic ones, or both. Every arm trains the same network for the same
//! number of steps, with several seeds, and is measured on eyes that nobody trained on. The paper's own comparison
//! gives 1000 synthetic pairs fifteen times the steps of 66 real ones and has no arm with classical augmentation; here
//! the steps are equal and that arm is there. The painter's arms say whether it is the masks that help or the pictures.
//!
//! ```text
//! OUT/plan.json                      what is compared, so that nothing else is ever mixed in
//! OUT/pairs/{syn,synmask,painter}    synthetic pairs, a data set each
//! OUT/data/ARM                       the training set of an arm
//! OUT/runs/ARM/seed-K                a run as any other, with downstream.json when it is measured
//! OUT/report.{json,md,html}          what came out
//! ```

mod arm;
mod arm_data;
mod contents;
mod copies;
mod error;
mod figures;
mod files;
mod html;
mod markdown;
mod measure;
mod pairs;
mod plan;
mod report;
mod runs;
mod setting_up;
mod spread;
mod standing;
mod summary;
mod tables;
mod test_set;
mod undefined;

pub use arm::Arm;
pub(in crate::evaluation) use arm_data::{ArmPart, assemble};
pub(in crate::evaluation) use copies::MeasuredPictures;
pub use error::DownstreamError;
pub(in crate::evaluation) use figures::{ArmComparison, ArmFigures};
pub(in crate::evaluation) use html::{STYLE, figure, shown};
pub(in crate::evaluation) use measure::{RunFigures, labels_of, measured};
pub(in crate::evaluation) use pairs::{Pair, fill, painted, painter_of};
pub use pairs::{PairModels, Pairs};
pub use plan::{MaskOrder, Plan};
pub use report::Report;
pub use runs::{DownstreamProgress, Experiment};
pub use setting_up::ComparisonSetup;
pub(in crate::evaluation) use spread::MeanAndDeviation;
pub use standing::standings;
pub use summary::{ArmSummary, Summary, SummaryFigure, SummaryInterval, SummaryPlan};
pub(in crate::evaluation) use tables::{DISTANCES, PAPER_CLASSES, ReportTable, cell, interval, mean_recall};
pub use test_set::TestSet;
pub(super) use test_set::{TAKE_OUT, check_real};
pub use undefined::{UndefinedCount, UndefinedCounts};

#[cfg(test)]
pub(in crate::evaluation) use undefined::tests::blind_to_fluid;
