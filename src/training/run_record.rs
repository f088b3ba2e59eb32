//! What is known of a run, folded from its events: for whoever watches it, compares it or finds it again.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::config::RunConfig;
use super::curve::Curve;
use super::error::TrainingError;
use super::report::Event;
use super::run_directory::{EVENTS_FILE, LOG_FILE, LaunchNote, METRICS_FILE, RunDirectory, checkpoint_steps};
use super::run_lock;
use crate::formats::growing_lines::GrowingLines;

/// Warnings that are kept, the newest.
const MAX_WARNINGS: usize = 8;
/// Weight of the newest step in the pace.
const PACE_SHARE: f64 = 0.1;
/// Bytes of a log's end that are looked at.
const LOG_TAIL_BYTES: u64 = 4096;

/// How a run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Its process reads data and builds the network.
    Starting,
    /// It trains.
    Running,
    /// It waits.
    Paused,
    /// It was told to end and saved; it can go on.
    Stopped,
    /// All its steps are done.
    Finished,
    /// It ended otherwise, and why; it can go on from its newest checkpoint.
    Failed(String),
}

impl RunState {
    /// Whether a process works on it.
    pub fn is_alive(&self) -> bool {
        matches!(self, RunState::Starting | RunState::Running | RunState::Paused)
    }
}

/// Distances to the nearest training scan at a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearness {
    /// Steps done.
    pub step: u64,
    /// Distance of sample pictures to the nearest training scan.
    pub synthetic: f64,
    /// The same of validation scans.
    pub held_out: f64,
}

/// What is known of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// Folder of the run.
    pub path: PathBuf,
    /// `None` while its folder holds none yet.
    pub config: Option<RunConfig>,
    /// Folder of its data set.
    pub data: Option<PathBuf>,
    /// The command that reaches its machine, where that is another one.
    pub remote: Option<String>,
    /// How it stands.
    pub state: RunState,
    /// What computes, for people.
    pub device: String,
    /// Of the network.
    pub parameters: u64,
    /// Scans it trains on.
    pub training_scans: usize,
    /// Scans it validates on.
    pub validation_scans: usize,
    /// Steps done.
    pub step: u64,
    /// Steps in all.
    pub steps: u64,
    /// Of every step.
    pub loss: Curve,
    /// Loss of validation scans.
    pub validation: Curve,
    /// To training scans, step by step.
    pub nearness: Vec<Nearness>,
    /// Step and file, relative to the folder, of every sheet of samples.
    pub samples: Vec<(u64, String)>,
    /// Steps it can go on from.
    pub checkpoints: Vec<u64>,
    /// Of the last step.
    pub learning_rate: Option<f64>,
    /// Of the last steps.
    pub secs_per_step: Option<f64>,
    /// Until it is done.
    pub eta_secs: Option<f64>,
    /// In use now.
    pub memory_bytes: Option<u64>,
    /// Steps that changed nothing, for their loss or gradient was not finite.
    pub skipped_steps: u64,
    /// The newest, oldest first.
    pub warnings: Vec<String>,
}

impl RunRecord {
    /// Nothing known yet.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            config: None,
            data: None,
            remote: None,
            state: RunState::Starting,
            device: String::new(),
            parameters: 0,
            training_scans: 0,
            validation_scans: 0,
            step: 0,
            steps: 0,
            loss: Curve::default(),
            validation: Curve::default(),
            nearness: Vec::new(),
            samples: Vec::new(),
            checkpoints: Vec::new(),
            learning_rate: None,
            secs_per_step: None,
            eta_secs: None,
            memory_bytes: None,
            skipped_steps: 0,
            warnings: Vec::new(),
        }
    }

    /// The run's name: that of its folder.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// What a folder tells of its run.
    ///
    /// # Errors
    /// If there is no run in it, or its configuration cannot be read.
    pub fn read(path: &Path) -> Result<Self, TrainingError> {
        Ok(Follower::begin(path)?.record)
    }

    /// Learns of an event.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Started { device, parameters, training_scans, validation_scans, step, steps, .. } => {
                self.device.clone_from(device);
                (self.parameters, self.step, self.steps) = (*parameters, *step, *steps);
                (self.training_scans, self.validation_scans) = (*training_scans, *validation_scans);
                self.forget_after(*step);
                self.warnings.clear();
                self.state = RunState::Running;
            }
            Event::Step {
                step, loss, learning_rate, secs, eta_secs, memory_bytes, skipped_steps, ..
            } => {
                self.step = *step;
                self.loss.push(*step, *loss);
                self.learning_rate = Some(*learning_rate);
                self.secs_per_step =
                    Some(self.secs_per_step.map_or(*secs, |pace| pace + PACE_SHARE * (secs - pace)));
                (self.eta_secs, self.memory_bytes) = (Some(*eta_secs), *memory_bytes);
                self.skipped_steps = *skipped_steps;
            }
            Event::Validation { step, loss, .. } => self.validation.push(*step, *loss),
            Event::Memorisation { step, synthetic, held_out, .. } => {
                self.nearness.push(Nearness { step: *step, synthetic: *synthetic, held_out: *held_out });
            }
            Event::Samples { step, file } => {
                self.samples.retain(|(known, _)| known < step);
                self.samples.push((*step, file.clone()));
            }
            // The figures are in the run's files; the curve that a page shows is the loss.
            Event::Dice { .. } => {}
            Event::Checkpoint { .. } => self.know_checkpoints(),
            Event::Paused { .. } => self.state = RunState::Paused,
            Event::Resumed { .. } => self.state = RunState::Running,
            Event::Warning { step, message } => {
                if self.warnings.len() == MAX_WARNINGS {
                    self.warnings.remove(0);
                }
                self.warnings.push(format!("Step {step}: {message}"));
            }
            Event::Error { message, .. } => self.state = RunState::Failed(message.clone()),
            Event::Stopped { step } => {
                (self.step, self.state) = (*step, RunState::Stopped);
            }
            Event::Finished { step, .. } => {
                (self.step, self.state) = (*step, RunState::Finished);
            }
        }
    }

    /// Its process is gone: if it said nothing of an end, `reason` is why.
    pub fn end(&mut self, reason: String) {
        if self.state.is_alive() {
            // Runs of before events were kept say nothing, but their figures are whole.
            let is_done = self.steps > 0 && self.step >= self.steps;
            self.state = if is_done { RunState::Finished } else { RunState::Failed(reason) };
        }
        self.know_checkpoints();
    }

    /// Looks which checkpoints there are.
    pub fn know_checkpoints(&mut self) {
        self.checkpoints = checkpoint_steps(&self.path).unwrap_or_default();
    }

    fn forget_after(&mut self, step: u64) {
        self.loss.truncate_after(step);
        self.validation.truncate_after(step);
        self.nearness.retain(|nearness| nearness.step <= step);
        self.samples.retain(|(known, _)| *known <= step);
    }
}

/// Follows the files of a run whose process belongs to somebody else.
#[derive(Debug)]
pub struct Follower {
    /// What is known.
    pub record: RunRecord,
    metrics: GrowingLines,
    events: GrowingLines,
}

impl Follower {
    /// Reads what there is.
    ///
    /// # Errors
    /// If there is no run in the folder, or its configuration cannot be read.
    pub fn begin(path: &Path) -> Result<Self, TrainingError> {
        let config = RunDirectory::read_config(path)?;
        let mut record = RunRecord::new(path);
        record.steps = config.steps;
        record.config = Some(config);
        if let Ok(note) = LaunchNote::read(path) {
            (record.data, record.remote) = (Some(note.data), note.remote);
        }
        let metrics = GrowingLines::new(path.join(METRICS_FILE));
        let mut follower = Self { record, metrics, events: GrowingLines::new(path.join(EVENTS_FILE)) };
        follower.follow();
        follower.record.know_checkpoints();
        Ok(follower)
    }

    /// Reads what was added; answers whether anything was. The end of the process is seen, too.
    pub fn follow(&mut self) -> bool {
        // Asked first: what the process wrote before it ended is then read below.
        let is_alive = run_lock::is_alive(&self.record.path);
        let before = self.record.state.clone();
        let (events, metrics) = (all_new(&mut self.events), all_new(&mut self.metrics));
        // Events first, for a start drops what will be computed again: the file of figures has none of it.
        for event in events.iter().chain(&metrics).filter_map(|line| Event::of_line(line).ok()) {
            self.record.take(&event);
        }
        if !is_alive {
            let reason = last_words(&self.record.path);
            self.record.end(reason);
        }
        !events.is_empty() || !metrics.is_empty() || self.record.state != before
    }
}

/// All lines that were added, however many looks that takes.
fn all_new(lines: &mut GrowingLines) -> Vec<String> {
    let mut added = Vec::new();
    loop {
        let more = lines.next_lines();
        if more.is_empty() {
            return added;
        }
        added.extend(more);
    }
}

/// What the runtime says when a program gets no memory.
pub const NO_MEMORY: &str = "memory allocation of";

/// Why a process may have ended without a word: what it wrote last to its standard error, if anything.
pub fn last_words(run: &Path) -> String {
    let said = (|| {
        let mut file = File::open(run.join(LOG_FILE)).ok()?;
        let length = file.metadata().ok()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL_BYTES))).ok()?;
        let mut bytes = Vec::new();
        file.take(LOG_TAIL_BYTES).read_to_end(&mut bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // Hints of the runtime and of ourselves are no last words, nor is the way a lack of memory took.
        let mut lines = text.lines().rev().map(str::trim);
        let lack = text.lines().find(|line| line.contains(NO_MEMORY));
        lack.or_else(|| lines.find(|line| !line.is_empty() && !line.starts_with("note:"))).map(str::to_owned)
    })();
    match said {
        Some(line) => format!("The trainer ended without saving; its last words: {line}"),
        None => "The trainer ended without a word: it was killed, or the machine went down.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Manifest;

    fn step(step: u64, loss: f64) -> Event {
        Event::Step {
            step,
            loss,
            gradient_norm: 1.0,
            learning_rate: 1e-4,
            secs: 2.0,
            batch_wait_secs: 0.0,
            eta_secs: 60.0,
            memory_bytes: Some(1 << 30),
            skipped_steps: 1,
        }
    }

    fn started(step: u64) -> Event {
        Event::Started {
            version: 2,
            run: "run".to_owned(),
            device: "CPU".to_owned(),
            parameters: 10,
            training_scans: 3,
            validation_scans: 1,
            pseudo_labelled_scans: 0,
            takes_pseudo_labelled: false,
            step,
            steps: 20,
        }
    }

    #[test]
    fn a_run_is_followed_through_a_kill_and_a_resume() {
        let folder = tempfile::tempdir().unwrap();
        let config = RunConfig { steps: 20, ..RunConfig::live() };
        assert!(Follower::begin(folder.path()).is_err());
        let data = Manifest { dir: folder.path().to_owned(), entries: Vec::new() };
        let mut directory = RunDirectory::create(folder.path(), &config, &data).unwrap();
        directory.record(&started(0)).unwrap();
        let mut follower = Follower::begin(folder.path()).unwrap();
        assert_eq!(follower.record.state, RunState::Running);
        for at in 1..=9 {
            directory.record(&step(at, 1.0 / at as f64)).unwrap();
        }
        directory.record(&Event::Samples { step: 8, file: "samples/step-8.png".to_owned() }).unwrap();
        assert!(follower.follow());
        assert!(!follower.follow());
        assert_eq!((follower.record.step, follower.record.loss.points().len()), (9, 9));
        drop(directory);
        assert!(follower.follow());
        assert!(matches!(&follower.record.state, RunState::Failed(reason) if reason.contains("killed")));

        let mut directory = RunDirectory::resume(folder.path(), &config, &data, 4).unwrap();
        directory.record(&started(4)).unwrap();
        directory.record(&step(5, 0.5)).unwrap();
        directory.record(&Event::Stopped { step: 5 }).unwrap();
        drop(directory);
        let record = RunRecord::read(folder.path()).unwrap();
        assert_eq!(record.state, RunState::Stopped);
        assert_eq!((record.step, record.loss.points().len(), record.samples.len()), (5, 5, 0));
        assert_eq!((record.memory_bytes, record.skipped_steps), (Some(1 << 30), 1));
    }

    #[test]
    fn last_words_are_the_last_line_that_says_something() {
        let folder = tempfile::tempdir().unwrap();
        assert!(last_words(folder.path()).contains("without a word"));
        let log =
            "loading\nmemory allocation of 12 bytes failed\nstack backtrace:\n  0: main\nnote: some\n\n";
        crate::formats::write_atomically(&folder.path().join(LOG_FILE), log.as_bytes()).unwrap();
        assert!(last_words(folder.path()).ends_with("memory allocation of 12 bytes failed"));
    }
}
