//! `retidiff experiment run`: one worker.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;

use super::super::array_task::number_from;
use super::super::compute::ComputeDevice;
use super::super::exit::Exit;
use super::super::stop_file::StopFile;
use super::plan_file::read_plan;
use crate::dataset::{Manifest, read_scans};
use crate::evaluation::experiment::{PlannedRun, WorkOutcome, Worker, WorkerStep};
use crate::training::Control;
use crate::training::report::Narrator;

/// Does the runs of a plan that nobody has done and nobody works on, until none is left.
///
/// Exit code 0: every run is done (or the one that was named); 75: try again (stopped, a device or a disk failed, or
/// others still work on what is left); 65: the plan cannot be used, or not with these data. A stopped run goes on where
/// it was.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The plan
    #[arg(long, value_name = "PLAN.json")]
    plan: PathBuf,
    /// Folder of the data set that the plan was made for
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The scans for stage 1 that the plan was made for
    #[arg(long, value_name = "DIR")]
    pretrain_data: Option<PathBuf>,
    /// Does only the run of this number, from 0
    #[arg(long, value_name = "N", conflicts_with = "run_from")]
    run: Option<usize>,
    /// Takes the number from the engine: slurm, k8s or env:NAME
    #[arg(long, value_name = "ENGINE")]
    run_from: Option<String>,
    #[command(flatten)]
    stop: StopFile,
    /// What to compute on
    #[arg(long, value_enum, default_value = "auto")]
    device: ComputeDevice,
}

/// `experiment run`.
///
/// # Errors
/// With the exit codes that the help names.
pub fn run(args: &RunArgs) -> anyhow::Result<()> {
    let (plan, folder) = read_plan(&args.plan).context(Exit::BadPlan)?;
    let number = match &args.run_from {
        Some(engine) => Some(number_from("--run-from", engine, "a run")?),
        None => args.run,
    };
    if let Some(number) = number {
        let runs = plan.runs.len();
        ensure!(
            number < runs,
            anyhow::anyhow!("the plan has {runs} runs, there is no number {number}").context(Exit::BadPlan)
        );
    }
    let data = Manifest::read(&args.data).context(Exit::BadPlan)?;
    let pretraining = args.pretrain_data.as_deref().map(read_scans).transpose().context(Exit::BadPlan)?;
    let (device, device_name) = args.device.pick()?;
    let pretraining = pretraining.as_ref().map(|(scans, _)| scans);
    let worker = Worker { plan: &plan, folder: &folder, data: &data, pretraining, device, device_name };
    for note in worker.check().context(Exit::BadPlan)? {
        eprintln!("note: {note}");
    }
    let control = args.stop.control()?;
    match number {
        Some(number) => match work_on(&worker, &plan.runs[number], &control)? {
            WorkOutcome::Made | WorkOutcome::WasThere => Ok(()),
            WorkOutcome::Busy | WorkOutcome::Waits | WorkOutcome::Stopped => Err(Exit::TryAgain.into()),
        },
        None => work_on_all(&worker, &control),
    }
}

/// Goes through the runs again and again, as long as one of them could be done.
fn work_on_all(worker: &Worker, control: &Control) -> anyhow::Result<()> {
    loop {
        let (mut made, mut left) = (0, 0);
        for run in &worker.plan.runs {
            match work_on(worker, run, control)? {
                WorkOutcome::Made => made += 1,
                WorkOutcome::WasThere => {}
                WorkOutcome::Busy | WorkOutcome::Waits => left += 1,
                WorkOutcome::Stopped => return Err(Exit::TryAgain.into()),
            }
        }
        match (left, made) {
            (0, _) => return Ok(()),
            (_, 0) => {
                eprintln!("note: {left} runs wait for those that others work on; run it again");
                return Err(Exit::TryAgain.into());
            }
            _ => {}
        }
    }
}

fn work_on(worker: &Worker, run: &PlannedRun, control: &Control) -> anyhow::Result<WorkOutcome> {
    let mut narrator = Narrator::default();
    let mut on_step = |step: WorkerStep| match step {
        WorkerStep::Training(event) => {
            if let Some(line) = narrator.line(event) {
                eprintln!("{}: {line}", run.name);
            }
        }
        WorkerStep::Picture(index) => eprintln!("{}: picture {}", run.name, index + 1),
    };
    let outcome = worker.work_on(run, control, &mut on_step).map_err(|error| {
        let exit = if error.is_bad_plan() { Exit::BadPlan } else { Exit::TryAgain };
        anyhow::Error::from(error).context(format!("the run \"{}\"", run.name)).context(exit)
    })?;
    match outcome {
        WorkOutcome::Made => println!("{}: done", run.name),
        WorkOutcome::Busy => println!("{}: somebody works on it", run.name),
        WorkOutcome::WasThere | WorkOutcome::Waits | WorkOutcome::Stopped => {}
    }
    Ok(outcome)
}
