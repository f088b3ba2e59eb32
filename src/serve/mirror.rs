//! A folder of this machine that shows a run of another one: figures, sheets and models as they come, and the orders
//! that somebody leaves in it.
//!
//! So whatever knows folders of runs (the window's page, `--resume`) knows runs elsewhere, too.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::command_line::CommandLine;
use super::connect::ConnectError;
use super::remote_run::RemoteRun;
use crate::formats::{FormatError, write_file};
use crate::training::run_directory::{
    LAUNCH_FILE, LaunchNote, MODEL_FILE, RunDirectory, checkpoint_folder, checkpoint_steps,
};
use crate::training::{Event, Order, RunConfig, TrainingError};

/// Checkpoints whose models are kept, the newest: as many as the run itself keeps.
const KEPT_MODELS: usize = 2;

/// Why a folder cannot show a run.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// It holds a run of this machine, somebody else follows it, or it cannot be written.
    #[error(transparent)]
    Folder(#[from] TrainingError),
    /// A file that came cannot be kept.
    #[error(transparent)]
    File(#[from] FormatError),
    /// The connection.
    #[error(transparent)]
    Connection(#[from] ConnectError),
}

/// The folder, open for writing by this process alone.
pub struct Mirror {
    directory: RunDirectory,
    /// Files of the run that were named and have not come.
    wanted: VecDeque<Wanted>,
}

enum Wanted {
    /// As the trainer uses it, which it has written by the time it says that it begins.
    Config,
    Sheet(u64),
    Model(u64),
}

/// The command that reaches the run which a folder shows; `None` where it shows none.
pub fn command_of(folder: &Path) -> Option<CommandLine> {
    CommandLine::parse(&LaunchNote::read(folder).ok()?.remote?).ok()
}

impl Mirror {
    /// Shows a run from its first event on; what the folder showed before is written anew.
    ///
    /// # Errors
    /// If the folder holds a run of this machine, another process follows it, or it cannot be written.
    pub fn begin(
        folder: &Path,
        config: &RunConfig,
        data: &str,
        command: &CommandLine,
    ) -> Result<Self, MirrorError> {
        let directory = RunDirectory::of_remote(folder, config, data, &command.text())?;
        Ok(Self { directory, wanted: VecDeque::new() })
    }

    /// Keeps what a run has said, and notes which files that names: by their step, never by the name that came.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn take(&mut self, events: &[Event]) -> Result<(), MirrorError> {
        let is_model = |event: &&Event| matches!(event, Event::Checkpoint { .. });
        let with_models: Vec<u64> =
            events.iter().rev().filter(is_model).take(KEPT_MODELS).map(Event::step).collect();
        for event in events {
            match event {
                Event::Started { .. } => self.wanted.push_back(Wanted::Config),
                Event::Samples { step, .. } => self.wanted.push_back(Wanted::Sheet(*step)),
                Event::Checkpoint { step, .. } if with_models.contains(step) => {
                    self.wanted.push_back(Wanted::Model(*step));
                }
                _ => {}
            }
            self.directory.record(event)?;
        }
        Ok(self.directory.flush()?)
    }

    /// Fetches the files that were named; what does not come is fetched by the next call.
    ///
    /// # Errors
    /// If the connection is cut, or something cannot be written.
    pub fn fetch_wanted(&mut self, remote: &RemoteRun) -> Result<(), MirrorError> {
        while let Some(wanted) = self.wanted.front() {
            match wanted {
                Wanted::Config => self.directory.rewrite_config(&remote.config_of_this()?)?,
                Wanted::Sheet(step) => self.fetch(&RunDirectory::sample_file(*step), remote)?,
                Wanted::Model(step) => {
                    self.fetch(&model_of(*step), remote)?;
                    self.forget_old_models()?;
                }
            }
            self.wanted.pop_front();
        }
        Ok(())
    }

    /// Notes something of this end, such as a cut connection.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn note(&mut self, event: &Event) -> Result<(), MirrorError> {
        Ok(self.directory.record(event)?)
    }

    /// Passes on the order that somebody left in the folder; it stays there until the run has it.
    ///
    /// # Errors
    /// If the connection is cut, or the folder cannot be written.
    pub fn pass_order(&self, remote: &RemoteRun) -> Result<(), MirrorError> {
        let run = self.directory.path();
        let Some(order) = Order::take_left(run) else { return Ok(()) };
        if let Err(error) = remote.order(order) {
            order.leave(run).map_err(FormatError::io(run, "keeping an order in"))?;
            return Err(error.into());
        }
        Ok(())
    }

    /// Keeps the model of the run's end.
    ///
    /// # Errors
    /// If it cannot be fetched or written.
    pub fn fetch_model(&self, remote: &RemoteRun) -> Result<(PathBuf, usize), MirrorError> {
        let to = self.directory.path().join(MODEL_FILE);
        let bytes = remote.fetch(MODEL_FILE, &to)?;
        Ok((to, bytes))
    }

    /// Copies a file of the run, unless it is here; one that the run keeps no more is left out.
    fn fetch(&self, file: &str, remote: &RemoteRun) -> Result<(), MirrorError> {
        let to = self.directory.path().join(file);
        if to.is_file() {
            return Ok(());
        }
        let bytes = remote.read(file)?;
        match bytes.is_empty() {
            true => Ok(()),
            false => Ok(write_file(&to, &bytes)?),
        }
    }

    fn forget_old_models(&self) -> Result<(), MirrorError> {
        let run = self.directory.path();
        let steps = checkpoint_steps(run)?;
        for step in &steps[..steps.len().saturating_sub(KEPT_MODELS)] {
            let folder = checkpoint_folder(run, *step);
            std::fs::remove_dir_all(&folder).map_err(FormatError::io(&folder, "removing"))?;
        }
        Ok(())
    }
}

/// The model of a checkpoint, as a server names it.
fn model_of(step: u64) -> String {
    let folder = checkpoint_folder(Path::new(""), step);
    let parts = folder.iter().map(|part| part.to_string_lossy());
    parts.chain([MODEL_FILE.into()]).collect::<Vec<_>>().join("/")
}

/// What the data set of a run is called at its server.
///
/// # Errors
/// If the connection is cut.
pub fn data_of(remote: &RemoteRun, run: &str) -> Result<String, ConnectError> {
    let note = remote.read_of(run, LAUNCH_FILE)?;
    let note = serde_json::from_slice::<LaunchNote>(&note).ok();
    let name = note.as_ref().and_then(|note| note.data.file_name());
    Ok(name.unwrap_or_default().to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Manifest;

    #[test]
    fn a_folder_with_a_run_of_this_machine_shows_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let command = CommandLine::parse("ssh gpu retidiff serve --stdio").unwrap();
        let (own, shown) = (folder.path().join("own"), folder.path().join("shown"));
        let data = Manifest { dir: folder.path().to_owned(), entries: Vec::new() };
        drop(RunDirectory::create(&own, &RunConfig::live(), &data).unwrap());
        assert!(Mirror::begin(&own, &RunConfig::live(), "eyes", &command).is_err());
        assert_eq!(command_of(&own), None);

        let mut mirror = Mirror::begin(&shown, &RunConfig::live(), "eyes", &command).unwrap();
        mirror.note(&Event::Paused { step: 1 }).unwrap();
        assert!(
            Mirror::begin(&shown, &RunConfig::live(), "eyes", &command).is_err(),
            "one process follows it"
        );
        drop(mirror);
        assert_eq!(command_of(&shown), Some(command.clone()));
        drop(Mirror::begin(&shown, &RunConfig::live(), "eyes", &command).unwrap());
        let events = std::fs::read(shown.join("events.jsonl")).unwrap();
        assert!(events.is_empty(), "it is written anew");
        assert_eq!(model_of(7), "checkpoints/step-00000007/model.safetensors");
    }
}
