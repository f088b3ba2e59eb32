//! `retidiff experiment`: a list of runs that several machines share, such as the paper's tables.

mod planning;
mod reporting;
mod working;

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};

use crate::evaluation::experiment::ExperimentPlan;
use crate::formats::read_file;

/// Plan, do and report a list of runs: the paper's Tables 1 and 2, or any other.
///
/// A plan never changes and holds no path. Workers share its folder: each takes the first run that can be done and
/// that nobody works on, and marks it with a `.done` file; one that was stopped goes on where it was.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff experiment plan --table 1 --budget small --data data --out exp\n  \
    retidiff experiment run --plan exp/plan.json --data data        (on as many machines as there are)\n  \
    retidiff experiment report --plan exp/plan.json --data data")]
pub struct ExperimentArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Plan(planning::PlanArgs),
    Run(working::RunArgs),
    Report(reporting::ReportArgs),
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read, trained or written; `run` has exit codes of its own.
pub fn run(args: ExperimentArgs) -> anyhow::Result<()> {
    match args.action {
        Action::Plan(args) => planning::plan(&args),
        Action::Run(args) => working::run(&args),
        Action::Report(args) => reporting::report(&args),
    }
}

/// A plan and the folder of its runs.
fn read_plan(path: &Path) -> anyhow::Result<(ExperimentPlan, PathBuf)> {
    let plan = ExperimentPlan::read(&read_file(path)?, &path.display().to_string())?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok((plan, folder.unwrap_or(Path::new(".")).to_owned()))
}

/// The number that an engine gives its task.
fn number_from(engine: &str) -> anyhow::Result<usize> {
    let variable = match engine {
        "slurm" => "SLURM_ARRAY_TASK_ID",
        "k8s" => "JOB_COMPLETION_INDEX",
        other => other
            .strip_prefix("env:")
            .ok_or_else(|| anyhow!("--run-from {other} is not slurm, k8s or env:NAME"))?,
    };
    let text = std::env::var(variable)
        .with_context(|| format!("{variable} is not set: is this a task of an array?"))?;
    text.trim().parse().with_context(|| format!("{variable} is \"{text}\", not the number of a run"))
}
