//! Any list of runs as one experiment that several machines share: trainings, pairs drawn with what they made, figures
//! of those, and a report in the shape of the paper's Tables 1 and 2.
//!
//! The protocol is that of bulk generation: a plan that never changes and has a hash of its own, a mark (`.done`) for
//! each run that is never replaced, and nothing else that workers tell each other. A worker takes the first run whose
//! needs are met, nobody works on and nobody has finished; one that was stopped goes on where it was.
//!
//! ```text
//! OUT/plan.json              what is run; holds no path and no date
//! OUT/judge.safetensors      the segmenter that judges, where one was given
//! OUT/runs/NAME/run          a training, as any other
//! OUT/runs/NAME/data         the training set of an arm
//! OUT/runs/NAME/pairs        pairs, a data set
//! OUT/runs/NAME/figures.json what was measured
//! OUT/runs/NAME/published.json FID, FD-EffNet and LPIPS, where their weights were given
//! OUT/runs/NAME.done         the run is whole
//! OUT/report.{json,md,html}  what came out
//! ```

mod budget;
mod context;
mod done;
mod drawing;
mod error;
mod files;
mod html;
mod judge;
mod labels;
mod markdown;
mod pairs;
mod pictures;
mod plan;
mod published;
mod report;
mod shown_pictures;
mod standing;
mod table_1;
mod table_2;
mod training;
mod worker;

pub use budget::{Budget, Sizes};
pub use context::{Worker, WorkerStep};
pub use drawing::{Condition, ScanDrawer};
pub use error::ExperimentError;
pub use judge::GivenJudge;
pub use plan::{
    ArmRow, ExperimentPlan, MaskOrigin, MethodRow, PLAN_FILE, PlannedRun, Task, Training, TrainingSet,
    needed_by_rows,
};
pub use published::PublishedNetworks;
pub use report::ExperimentReport;
pub use standing::standings;
pub use table_1::Repetition;
pub use worker::WorkOutcome;
