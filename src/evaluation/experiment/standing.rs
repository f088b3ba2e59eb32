//! How far the runs of an experiment are, from its folder alone.

use std::path::Path;

use super::done::{folder_of, is_marked};
use super::plan::{ExperimentPlan, PlannedRun};
use crate::evaluation::standing::RunStanding;
use crate::training::run_lock;

/// How the runs of a plan stand in its folder, in the order of the plan.
pub fn standings(experiment: &Path, plan: &ExperimentPlan) -> Vec<RunStanding> {
    let of_run = |run: &PlannedRun| {
        let is_at_work = || run_lock::is_alive(&folder_of(experiment, &run.name));
        RunStanding::new(run.name.clone(), run.task.kind(), is_marked(experiment, &run.name), is_at_work)
    };
    plan.runs.iter().map(of_run).collect()
}
