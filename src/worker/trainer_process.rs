//! A trainer in a process of its own: started here, or found alive in its run's folder.
//!
//! A process of its own, because a run must outlive the window and its end must not be the window's. The
//! folder of the run is the truth; what the window sees is a [`RunRecord`] that a thread folds from the
//! trainer's lines, or from its files when another process started it. The newest record waits in a mailbox,
//! so a window that sleeps neither fills memory nor holds up the trainer. Orders are left in the folder,
//! which reaches a trainer whoever started it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;

use super::watched::{Following, Watch, Watched, follow_lines, start_child, watch_folder};
use crate::background::{Wake, start_thread};
use crate::device::processor_share::{self, Work};
use crate::device::{DeviceChoice, chosen_gpu_for};
use crate::document::Page;
use crate::formats::atomic::write_atomically;
use crate::platform;
use crate::training::memory::WHAT_TAKES_LESS;
use crate::training::run_directory::LOG_FILE;
use crate::training::run_record::{Follower, NO_MEMORY, RunRecord, RunState, last_words};
use crate::training::{Event, Order, RunConfig, live_sample};

/// Name of the file in a run's folder that carries the configuration to the trainer.
const REQUESTED_FILE: &str = "requested.json";

/// What to start.
#[derive(Clone, Debug)]
pub enum Start {
    /// From fresh weights, or those of a model.
    New {
        /// Folder of the data set.
        data: PathBuf,
        /// Name or file of the model whose weights it begins with.
        from: Option<String>,
    },
    /// Goes on with the run in its folder.
    Resume,
    /// From a checkpoint of another run.
    Branch {
        /// Folder of that run.
        from: PathBuf,
        /// A checkpoint of that run.
        step: u64,
    },
}

/// How to start it.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The program, which is `retidiff`.
    pub program: PathBuf,
    /// Folder of the run.
    pub run: PathBuf,
    /// How it begins.
    pub start: Start,
    /// Everything that decides what it computes.
    pub config: RunConfig,
    /// Where it is computed.
    pub device: DeviceChoice,
    /// The command that reaches the machine which trains, where that is another one: `data` is then a name there. A run
    /// that is resumed or branched from knows its own.
    pub remote: Option<String>,
    /// A page to draw on every sheet of samples.
    pub live: Option<Page>,
}

/// A trainer at work, or one that has ended. Dropping it leaves the trainer alone.
pub struct TrainerProcess {
    run: PathBuf,
    watch: Watch<RunRecord>,
}

impl TrainerProcess {
    /// Starts a trainer; how that goes is in [`TrainerProcess::record`]. `wake` is called whenever
    /// that changes, and must not block.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn launch(launch: Launch, wake: Wake) -> std::io::Result<Self> {
        let mut record = RunRecord::new(&launch.run);
        record.steps = launch.config.steps;
        record.config = Some(launch.config.clone());
        record.remote.clone_from(&launch.remote);
        if let Start::New { data, .. } = &launch.start {
            record.data = Some(data.clone());
        }
        Self::watched(record, wake, move |shared| watch_child(&launch, shared))
    }

    /// Watches the run in a folder, which another process may be working on.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn attach(record: RunRecord, wake: Wake) -> std::io::Result<Self> {
        let run = record.path.clone();
        Self::watched(record, wake, move |shared| match Follower::begin(&run) {
            Ok(follower) => watch_folder(follower, shared),
            Err(error) => {
                let mut record = RunRecord::new(&run);
                record.state = RunState::Failed(error.to_string());
                shared.publish(record);
            }
        })
    }

    fn watched(
        record: RunRecord,
        wake: Wake,
        watch: impl FnOnce(&Watched<RunRecord>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let run = record.path.clone();
        Ok(Self { run, watch: Watch::start("trainer-watch", record, wake, watch)? })
    }

    /// What is known of the run now.
    pub fn record(&self) -> Arc<RunRecord> {
        self.watch.record()
    }

    /// Tells the trainer something; it obeys before its next step. Never blocks.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn order(&self, order: Order) -> std::io::Result<()> {
        let shared = self.watch.shared();
        let run = self.run.clone();
        let leave = move || {
            if let Err(error) = order.leave(&run) {
                let mut record = RunRecord::clone(&shared.newest());
                record.warnings.push(format!("The order “{}” did not reach it: {error}", order.word()));
                shared.publish(record);
            }
        };
        start_thread("trainer-order", leave).map(|_| ())
    }
}

impl Following for Follower {
    type Record = RunRecord;

    fn record(&self) -> &RunRecord {
        &self.record
    }

    fn is_alive(&self) -> bool {
        self.record.state.is_alive()
    }

    fn follow(&mut self) -> bool {
        Follower::follow(self)
    }
}

fn watch_child(launch: &Launch, shared: &Watched<RunRecord>) {
    let mut record = RunRecord::clone(&shared.newest());
    // This thread only watches; the trainer inherits from it.
    processor_share::step_back(Work::Training);
    let mut child = match spawn(launch) {
        Ok(child) => child,
        Err(message) => {
            record.state = RunState::Failed(message);
            return shared.publish(record);
        }
    };
    follow_lines(&mut child, |line, is_due| {
        let Ok(event) = Event::of_line(line) else { return false };
        if matches!(event, Event::Started { .. })
            && let Ok(from_file) = RunRecord::read(&launch.run)
        {
            record = from_file;
        }
        record.take(&event);
        let is_seen = is_due || !event.is_metric();
        if is_seen {
            shared.publish(record.clone());
        }
        is_seen
    });
    record.end(match child.wait() {
        Ok(status) => why_it_ended(status, &launch.run),
        Err(error) => format!("The trainer's end could not be seen: {error}"),
    });
    shared.publish(record);
}

fn spawn(launch: &Launch) -> Result<Child, String> {
    const REMEDY: &str = ". Check the folder's space and permissions.";
    let problem = |path: &Path, error: std::io::Error| format!("{}: {error}{REMEDY}", path.display());
    let run = &launch.run;
    fs::create_dir_all(run).map_err(|error| problem(run, error))?;
    let requested = run.join(REQUESTED_FILE);
    let json = serde_json::to_vec_pretty(&launch.config).map_err(|error| error.to_string())?;
    write_atomically(&requested, &json).map_err(|error| problem(&requested, error))?;
    if let Some(page) = &launch.live {
        live_sample::place(run, page).map_err(|error| problem(run, error))?;
    }
    let mut command = Command::new(&launch.program);
    command.arg("train").arg("--events").arg("--run").arg(run).arg("--config").arg(&requested);
    command.args(["--device", launch.device.word()]).args(chosen_gpu_for(launch.device));
    command.args(launch.remote.iter().flat_map(|remote| ["--remote", remote.as_str()]));
    match &launch.start {
        Start::New { data, from } => {
            command.args(from.iter().flat_map(|from| ["--from", from.as_str()])).arg("--data").arg(data)
        }
        Start::Resume => command.arg("--resume"),
        Start::Branch { from, step } => command.arg("--branch").arg(from).arg("--at").arg(step.to_string()),
    };
    start_child(&mut command, &run.join(LOG_FILE), REMEDY)
}

/// What to tell of a process that ended without saying why.
fn why_it_ended(status: ExitStatus, run: &Path) -> String {
    if let Some(signal) = platform::signal(status) {
        const HINT: &str = "Resume goes on from the newest checkpoint.";
        let words = last_words(run);
        return match signal {
            platform::KILLED => {
                format!("The trainer was killed; if nobody did, memory ran out. {WHAT_TAKES_LESS}. {HINT}")
            }
            // How the runtime ends a program that gets no memory.
            _ if words.contains(NO_MEMORY) => format!("Memory ran out. {WHAT_TAKES_LESS}. {HINT} ({words})"),
            signal => format!("{words} (signal {signal}). {HINT}"),
        };
    }
    match status.code() {
        Some(0) => "The trainer ended without saying that it was done.".to_owned(),
        _ => last_words(run),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_killed_trainer_is_told_from_one_that_broke_off() {
        let folder = tempfile::tempdir().unwrap();
        let ended = |script: &str| {
            let status = Command::new("sh").args(["-c", script]).status().unwrap();
            why_it_ended(status, folder.path())
        };
        assert!(ended("kill -9 $$").contains("memory ran out"));
        assert!(ended("exit 3").contains("without a word"));
        write_atomically(&folder.path().join(LOG_FILE), b"memory allocation of 9 bytes failed\n").unwrap();
        let message = ended("kill -6 $$");
        assert!(message.starts_with("Memory ran out") && message.contains("9 bytes failed"), "{message}");
        assert!(message.contains("smaller batch") && message.contains("Resume"), "{message}");
        write_atomically(&folder.path().join(LOG_FILE), b"something else\n").unwrap();
        assert!(ended("kill -6 $$").contains("something else (signal 6)"));
    }
}
