//! `retidiff experiment`: a list of runs that several machines share, such as the paper's tables.

mod plan_file;
mod planning;
mod reporting;
mod working;

use clap::{Args, Subcommand};

/// Plans, does and reports a list of runs: the paper's Tables 1 and 2, or any other.
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
