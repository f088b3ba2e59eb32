//! The work of one machine on the runs of a plan.

use std::path::Path;
use std::time::Instant;

use super::context::{FIGURES_FILE, Worker, WorkerStep};
use super::done::{self, folder_of};
use super::error::ExperimentError;
use super::pairs::{PaintTask, PairTask};
use super::pictures::PictureTask;
use super::plan::{ExperimentPlan, PlannedRun, Task};
use crate::formats::write_file;
use crate::training::run_lock::RunLock;
use crate::training::{Control, TrainingError};

/// How the work on a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkOutcome {
    /// Every run is done.
    Made,
    /// Somebody had done it.
    WasThere,
    /// Somebody works on it.
    Busy,
    /// A run that it needs is not done.
    Waits,
    /// Somebody asked it to stop.
    Stopped,
}

impl Worker<'_> {
    /// Names of the runs that are not done, in order.
    ///
    /// # Errors
    /// If a mark cannot be read or belongs to another plan.
    pub fn missing(&self) -> Result<Vec<&str>, ExperimentError> {
        missing(self.plan, self.folder)
    }

    /// Does a run, or what is left of it.
    ///
    /// # Errors
    /// Whatever keeps it from being done; no mark is left then, and the next worker goes on.
    pub fn work_on(
        &self,
        run: &PlannedRun,
        control: &Control,
        on_step: &mut dyn FnMut(WorkerStep),
    ) -> Result<WorkOutcome, ExperimentError> {
        let plan_sha256 = self.plan.sha256();
        let is_done = |name: &str| done::read(self.folder, &plan_sha256, name).map(|done| done.is_some());
        if is_done(&run.name)? {
            return Ok(WorkOutcome::WasThere);
        }
        for need in run.task.needs() {
            if !is_done(need)? {
                return Ok(WorkOutcome::Waits);
            }
        }
        let folder = folder_of(self.folder, &run.name);
        std::fs::create_dir_all(&folder).map_err(ExperimentError::io(&folder, "making the folder"))?;
        let _lock = match RunLock::take(&folder) {
            Ok(lock) => lock,
            Err(TrainingError::RunBusy { .. }) => return Ok(WorkOutcome::Busy),
            Err(error) => return Err(error.into()),
        };
        // Whoever held the lock before may have finished it.
        if is_done(&run.name)? {
            return Ok(WorkOutcome::WasThere);
        }
        let began = Instant::now();
        if !self.carry_out(run, control, on_step)? {
            return Ok(WorkOutcome::Stopped);
        }
        let secs = began.elapsed().as_secs_f64();
        done::mark(self.folder, &plan_sha256, &run.name, &self.device_name, secs)?;
        Ok(WorkOutcome::Made)
    }

    /// `false` if it was stopped before its end.
    fn carry_out(
        &self,
        run: &PlannedRun,
        control: &Control,
        on_step: &mut dyn FnMut(WorkerStep),
    ) -> Result<bool, ExperimentError> {
        match &run.task {
            Task::Train(training) => {
                self.train(&run.name, training, control, &mut |event| on_step(WorkerStep::Training(event)))
            }
            Task::Pairs { image, masks, count, steps } => {
                let task = PairTask { image, masks, count: *count, steps: *steps };
                self.draw_pairs(&run.name, &task, control, &mut |index| on_step(WorkerStep::Picture(index)))
            }
            Task::Painted { pairs, count, split } => {
                let task = PaintTask { pairs, count: *count, split };
                self.paint_pairs(&run.name, &task, control, &mut |index| on_step(WorkerStep::Picture(index)))
            }
            Task::Segmenter { file, sha256, .. } => {
                self.take_segmenter(&run.name, file, sha256)?;
                Ok(true)
            }
            Task::Pictures { image, pairs, segmenter, measured, steps, split, .. } => {
                let split = split.as_ref();
                let task = PictureTask { image, pairs, segmenter, measured, steps: *steps, split };
                let figures = self
                    .measure_pictures(&run.name, &task, &mut |index| on_step(WorkerStep::Picture(index)))?;
                self.keep(&run.name, &figures)?;
                Ok(true)
            }
            Task::Labels { segmenter, measured, .. } => {
                let figures = self.measure_labels(segmenter, measured)?;
                self.keep(&run.name, &figures)?;
                Ok(true)
            }
        }
    }

    fn keep(&self, name: &str, figures: &impl serde::Serialize) -> Result<(), ExperimentError> {
        let file = folder_of(self.folder, name).join(FIGURES_FILE);
        write_file(&file, &serde_json::to_vec(figures).expect("figures are plain data"))?;
        Ok(())
    }
}

/// Names of the runs of a plan that are not done, in order.
///
/// # Errors
/// If a mark cannot be read or belongs to another plan.
pub fn missing<'a>(plan: &'a ExperimentPlan, folder: &Path) -> Result<Vec<&'a str>, ExperimentError> {
    let plan_sha256 = plan.sha256();
    let mut missing = Vec::new();
    for run in &plan.runs {
        if done::read(folder, &plan_sha256, &run.name)?.is_none() {
            missing.push(run.name.as_str());
        }
    }
    Ok(missing)
}
