//! A training of an experiment: begun, gone on with, or already whole.

use std::fs;
use std::path::{Path, PathBuf};

use super::context::{EventSink, Worker};
use super::done::folder_of;
use super::error::ExperimentError;
use super::plan::{Training, TrainingSet};
use crate::dataset::{Manifest, ManifestEntry, Role, Split};
use crate::evaluation::downstream::{ArmPart, assemble};
use crate::formats::provenance::sha256_hex;
use crate::formats::{read_file, write_file};
use crate::training::run_directory::{MODEL_FILE, RunDirectory, checkpoint_steps};
use crate::training::run_record::{RunRecord, RunState};
use crate::training::{self, Control, Event, Run, StartModel};

/// The model of a training that is done.
pub(super) fn model_of(experiment: &Path, run: &str) -> PathBuf {
    run_of(experiment, run).join(MODEL_FILE)
}

/// The run directory of a training.
pub(super) fn run_of(experiment: &Path, run: &str) -> PathBuf {
    folder_of(experiment, run).join("run")
}

/// The pairs of a run that draws them.
pub(super) fn pairs_of(experiment: &Path, run: &str) -> PathBuf {
    folder_of(experiment, run).join("pairs")
}

/// Graded scans of subjects that train.
pub(super) fn training_scans<'a>(data: &'a Manifest, split: &Split) -> Vec<&'a ManifestEntry> {
    let trains = |entry: &&ManifestEntry| split.role(&entry.subject) == Role::Training;
    data.entries.iter().filter(|entry| entry.is_graded()).filter(trains).collect()
}

impl Worker<'_> {
    /// Takes the segmenter that lies beside the plan as the model of a run.
    pub(super) fn take_segmenter(&self, name: &str, file: &str, sha256: &str) -> Result<(), ExperimentError> {
        let path = self.folder.join(file);
        let bytes = read_file(&path)?;
        if sha256_hex(&bytes) != sha256 {
            let problem = "this is not the segmenter that the plan was made with";
            let remedy = "bring back the file that `retidiff experiment plan` put there";
            return Err(ExperimentError::refused(path.display(), problem, remedy));
        }
        Ok(write_file(&model_of(self.folder, name), &bytes)?)
    }

    /// Brings a training to its last step; `false` if it was stopped before.
    pub(super) fn train(
        &self,
        name: &str,
        training: &Training,
        control: &Control,
        report: EventSink<'_>,
    ) -> Result<bool, ExperimentError> {
        let path = run_of(self.folder, name);
        let mut resume = RunDirectory::is_run(&path);
        if resume && RunRecord::read(&path)?.state == RunState::Finished {
            return Ok(true);
        }
        if resume && checkpoint_steps(&path)?.is_empty() {
            // Ended before its first checkpoint: it would go on without the model that it began with.
            fs::remove_dir_all(&path).map_err(ExperimentError::io(&path, "deleting an empty run"))?;
            resume = false;
        }
        let data = self.training_data(name, &training.on)?;
        let from = match &training.from {
            Some(from) if !resume => Some(StartModel::read(&model_of(self.folder, from))?),
            _ => None,
        };
        let run = Run {
            data: &data,
            path: &path,
            resume,
            from: from.as_ref(),
            student: None,
            lpips: None,
            device: self.device.clone(),
            device_name: self.device_name.clone(),
            free_memory: None,
        };
        let mut is_finished = false;
        let mut on_event = |event: &Event| {
            is_finished |= matches!(event, Event::Finished { .. });
            report(event);
        };
        training::run((*training.config).clone(), &run, control, &mut on_event)?;
        Ok(is_finished)
    }

    /// The folder that a training reads.
    fn training_data(&self, name: &str, on: &TrainingSet) -> Result<PathBuf, ExperimentError> {
        match on {
            TrainingSet::Data => Ok(self.data.dir.clone()),
            TrainingSet::Pretraining => Ok(self.pretraining.map_or(&self.data.dir, |data| &data.dir).clone()),
            TrainingSet::Arm { arm, sampled, of_masks, painted, split } => {
                let folder = folder_of(self.folder, name).join("data");
                let read = |pairs: &Option<String>, count: usize| -> Result<_, ExperimentError> {
                    match pairs {
                        Some(pairs) if count > 0 => {
                            let manifest = Manifest::read(&pairs_of(self.folder, pairs))?;
                            if manifest.entries.len() < count {
                                return Err(ExperimentError::plan(
                                    format!("the run {pairs}"),
                                    format!(
                                        "{} pairs where the arm {arm} takes {count}",
                                        manifest.entries.len()
                                    ),
                                ));
                            }
                            Ok(Some((manifest, count)))
                        }
                        _ => Ok(None),
                    }
                };
                let sets = [
                    read(of_masks, arm.of_training_masks)?,
                    read(sampled, arm.synthetic)?,
                    read(painted, arm.painted)?,
                ];
                let real = arm
                    .real
                    .then(|| ArmPart { manifest: self.data, entries: training_scans(self.data, split) });
                let synthetic = sets.iter().flatten().map(|(manifest, count)| ArmPart {
                    manifest,
                    entries: manifest.entries[..*count].iter().collect(),
                });
                assemble(&folder, &real.into_iter().chain(synthetic).collect::<Vec<_>>())?;
                Ok(folder)
            }
        }
    }
}
