//! A batch generation in a process of its own: started here, or found at work in its folder.
//!
//! It is the command line's `generate local` and nothing else. The folder is the truth, so the window may be closed and
//! opened again and finds every generation, whoever started it; what the window sees is a [`GenerationRecord`] that a
//! thread folds from the folder, and from the events of a process of its own. To pause is to stop the process, which loses
//! the pair that it was at; to resume is to start it again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;

use super::generation_request::GenerationRequest;
use super::last_words::{last_words, without_prefix};
use super::watched::{Following, LOOK, Watch, Watched, follow_lines, start_child, watch_folder};
use crate::background::{Wake, start_thread};
use crate::device::chosen_gpu_for;
use crate::device::processor_share::{self, Work};
use crate::generation::event::GenerationEvent;
use crate::generation::record::{Follower, GenerationRecord, GenerationState};
use crate::generation::stop_order;
use crate::platform;

/// What the process wrote to its standard error.
const LOG_FILE: &str = "generation.log";
/// Exit code of a run that was stopped or may be tried again.
const TRY_AGAIN: i32 = 75;

/// What to start.
#[derive(Clone, Debug)]
pub enum GenerationStart {
    /// Begins one.
    New(Box<GenerationRequest>),
    /// Goes on with what is in the folder.
    Resume,
}

/// How to start it.
#[derive(Clone, Debug)]
pub struct GenerationLaunch {
    /// The program, which is `retidiff`.
    pub program: PathBuf,
    /// Where pairs are kept.
    pub folder: PathBuf,
    /// A new one, or one that goes on.
    pub start: GenerationStart,
}

/// A generation at work, or one that has ended. Dropping it leaves its process alone.
pub struct GenerationProcess {
    folder: PathBuf,
    watch: Watch<GenerationRecord>,
}

impl GenerationProcess {
    /// Starts a generation, or goes on with one; how that goes is in [`GenerationProcess::record`]. `wake` is called
    /// whenever that changes, and must not block.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn launch(launch: GenerationLaunch, wake: Wake) -> std::io::Result<Self> {
        let pairs = match &launch.start {
            GenerationStart::New(request) => request.pairs,
            GenerationStart::Resume => 0,
        };
        let record = GenerationRecord::new(&launch.folder, pairs);
        Self::watched(record, wake, move |shared| watch_child(&launch, shared))
    }

    /// Watches the generation in a folder, which another process may be working on.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn attach(record: GenerationRecord, wake: Wake) -> std::io::Result<Self> {
        let folder = record.path.clone();
        Self::watched(record, wake, move |shared| match Follower::begin(&folder) {
            Ok(follower) => watch_folder(follower, shared),
            Err(error) => {
                let mut record = GenerationRecord::clone(&shared.newest());
                record.state = GenerationState::Failed(error.to_string());
                shared.publish(record);
            }
        })
    }

    fn watched(
        record: GenerationRecord,
        wake: Wake,
        watch: impl FnOnce(&Watched<GenerationRecord>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let folder = record.path.clone();
        Ok(Self { folder, watch: Watch::start("generation-watch", record, wake, watch)? })
    }

    /// What is known of the generation now.
    pub fn record(&self) -> Arc<GenerationRecord> {
        self.watch.record()
    }

    /// Tells it to stop; never blocks. A process that is still starting takes an order back that it finds, for it may be
    /// an old one, so the order is left again until the process is gone.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn stop(&self) -> std::io::Result<()> {
        let (shared, folder) = (self.watch.shared(), self.folder.clone());
        let order = move || {
            while shared.newest().state.is_alive() && !shared.is_given_up() {
                if !stop_order::is_left(&folder)
                    && let Err(error) = stop_order::leave(&folder)
                {
                    let mut record = GenerationRecord::clone(&shared.newest());
                    record.problem = Some(format!("The order to stop did not reach it: {error}"));
                    return shared.publish(record);
                }
                std::thread::sleep(LOOK);
            }
            stop_order::take_back(&folder);
        };
        start_thread("generation-stop", order).map(|_| ())
    }
}

impl Following for Follower {
    type Record = GenerationRecord;

    fn record(&self) -> &GenerationRecord {
        &self.record
    }

    fn is_alive(&self) -> bool {
        self.record.state.is_alive()
    }

    fn follow(&mut self) -> bool {
        Follower::follow(self)
    }
}

fn watch_child(launch: &GenerationLaunch, shared: &Watched<GenerationRecord>) {
    let mut follower = Follower::of(GenerationRecord::clone(&shared.newest()));
    // What is there already of a generation that goes on.
    follower.follow_pairs();
    // This thread only watches; the process inherits from it.
    processor_share::step_back(Work::Training);
    let mut child = match spawn(launch) {
        Ok(child) => child,
        Err(message) => {
            follower.record.state = GenerationState::Failed(message);
            return shared.publish(follower.record);
        }
    };
    shared.publish(follower.record.clone());
    follow_lines(&mut child, |line, is_due| {
        let Some(event) = GenerationEvent::of_line(line) else { return false };
        let is_seen = is_due || event.is_kept();
        if is_seen {
            follower.follow_pairs();
        }
        follower.record.take(&event);
        if is_seen {
            shared.publish(follower.record.clone());
        }
        is_seen
    });
    let reason = match child.wait() {
        Ok(status) => why_it_ended(status, &launch.folder),
        Err(error) => format!("Its end could not be seen: {error}. Resume goes on."),
    };
    follower.follow_pairs();
    follower.record.end(&reason);
    shared.publish(follower.record);
}

fn spawn(launch: &GenerationLaunch) -> Result<Child, String> {
    let folder = &launch.folder;
    const REMEDY: &str = "; check the folder's space and permissions, or keep the pairs elsewhere";
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}{REMEDY}", folder.display()))?;
    let mut command = Command::new(&launch.program);
    command.args(["generate", "local", "--json", "--out"]).arg(folder);
    match &launch.start {
        GenerationStart::New(request) => {
            command.args(request.arguments()).args(chosen_gpu_for(request.device))
        }
        GenerationStart::Resume => command.arg("--resume"),
    };
    start_child(&mut command, &folder.join(LOG_FILE), REMEDY)
}

/// What to tell of a process that ended without saying why.
fn why_it_ended(status: ExitStatus, folder: &Path) -> String {
    const HINT: &str = "Resume goes on: what was made is whole.";
    let log = folder.join(LOG_FILE);
    if let Some(signal) = platform::signal(status) {
        return match (signal, last_words(&log)) {
            (platform::KILLED, _) => format!("It was killed; if nobody did, memory ran out. {HINT}"),
            (signal, Some(words)) => format!("{words} (signal {signal}). {HINT}"),
            (signal, None) => format!("It was ended by signal {signal}. {HINT}"),
        };
    }
    match (status.code(), last_words(&log)) {
        (Some(TRY_AGAIN), _) => format!("It was stopped. {HINT}"),
        (_, Some(words)) => format!("{words}. {HINT}"),
        (_, None) => format!("It ended without a word. {HINT}"),
    }
}

/// What a generation will take, and what that was measured on.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
pub struct GenerationEstimate {
    /// Time of a pair.
    pub secs_per_pair: f64,
    /// Of its files.
    pub bytes_per_pair: u64,
}

/// Has two pairs made by a process of its own, which writes nothing, and measures them. Blocks for as long as that takes:
/// for a thread beside the window.
///
/// # Errors
/// What the process says of why they cannot be made.
pub fn estimate(program: &Path, request: &GenerationRequest) -> Result<GenerationEstimate, String> {
    processor_share::step_back(Work::Training);
    let mut command = Command::new(program);
    command.args(["generate", "local", "--estimate", "--json", "--out", "."]).args(request.arguments());
    command.args(chosen_gpu_for(request.device));
    platform::apart_from_terminal(&mut command);
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{} could not be started: {error}", program.display()))?;
    if output.status.success() {
        return serde_json::from_slice(&output.stdout).map_err(|error| {
            format!("the estimate could not be read ({error}): is this the same version of the program?")
        });
    }
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    let said: Vec<&str> =
        words.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("note:")).collect();
    Err(match said.is_empty() {
        true => format!("the estimate ended without a word ({})", output.status),
        false => without_prefix(&said.join(" ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn an_end_without_a_word_is_explained() {
        let folder = tempfile::tempdir().unwrap();
        let ended = |script: &str| {
            let status = Command::new("sh").args(["-c", script]).status().unwrap();
            why_it_ended(status, folder.path())
        };
        assert!(ended("kill -9 $$").contains("memory ran out"));
        assert!(ended("exit 3").contains("without a word"));
        assert!(ended("exit 75").contains("was stopped"));
        let log = b"note: something\nretidiff: the device is gone\n\n";
        crate::formats::write_file(&folder.path().join(LOG_FILE), log).unwrap();
        assert!(ended("exit 1").starts_with("the device is gone. Resume"));
        assert!(ended("kill -6 $$").contains("the device is gone (signal 6)"));
    }
}
