//! The folder of a run, which is the truth about it: configuration, figures, checkpoints, pictures, model.
//!
//! ```text
//! config.json               the configuration, as resolved
//! launch.json               where its data lies, and its hash
//! metrics.jsonl             one line a step, one a validation
//! events.jsonl              everything else that happened, in order
//! checkpoints/step-NNNNNNNN everything a run needs to go on, the newest two
//! samples/step-NNNNNNNN.png mask, real scan and synthetic scan of validation scans
//! model.safetensors         the averaged network of the newest checkpoint, as the program loads it
//! teacher.safetensors       the model that teaches a student
//! lineage.json              the models that went into it, and whose scans they had seen
//! live.retidiff             a document whose first B-scan is drawn at the top of every sheet, if there
//! trainer.log               what the process wrote to its standard error, when the studio started it
//! lock, process, order      who works on it, and what that process is told
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::checkpoint;
use super::config::RunConfig;
use super::error::TrainingError;
use super::lineage::LINEAGE_FILE;
use super::report::Event;
use super::run_lock::RunLock;
use crate::dataset::Manifest;
use crate::dataset::contents::data_sha256;
use crate::formats::atomic::write_atomically;

/// Name of the configuration in a run's folder.
pub const CONFIG_FILE: &str = "config.json";
/// Name of the file of figures in a run's folder.
pub const METRICS_FILE: &str = "metrics.jsonl";
/// Name of the file of other events in a run's folder.
pub const EVENTS_FILE: &str = "events.jsonl";
/// Name of the note in a run's folder of where its data lie.
pub const LAUNCH_FILE: &str = "launch.json";
/// Name of the document in a run's folder whose first B-scan is drawn on every sheet.
pub const LIVE_SAMPLE_FILE: &str = "live.retidiff";
/// Name of the file in a run's folder that holds the trainer's standard error.
pub const LOG_FILE: &str = "trainer.log";
/// Name of the model file in a run's folder.
pub const MODEL_FILE: &str = "model.safetensors";
/// Name of the file in a run's folder that holds a student's teacher.
pub const TEACHER_FILE: &str = "teacher.safetensors";
/// Name of the file in a run's folder that holds the LPIPS by which it learns.
pub const LPIPS_FILE: &str = "lpips.safetensors";
/// Name of the folder of checkpoints in a run's folder.
pub const CHECKPOINTS: &str = "checkpoints";
const SAMPLES: &str = "samples";

/// Figures wait no longer than this for the disk.
const FLUSH_INTERVAL: Duration = Duration::from_millis(500);

const LAUNCH_VERSION: u32 = 1;

/// What a run needs to know of its machine to go on: it is not part of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchNote {
    version: u32,
    /// Folder of the data set; of a run of another machine its name there.
    pub data: PathBuf,
    /// The command that reaches the machine whose run the folder shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// Of what it trains on, where a program that keeps this began it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data_sha256: Option<String>,
}

impl LaunchNote {
    /// Whether the run in a folder goes on with the scans that it began with, wherever they lie now. One that was begun
    /// before they were kept, or is just branched off, takes any.
    ///
    /// # Errors
    /// If these are others, or the note cannot be read.
    pub(super) fn check_goes_on_with(run: &Path, data: &Manifest) -> Result<(), TrainingError> {
        if !run.join(LAUNCH_FILE).exists() {
            return Ok(());
        }
        let (note, now) = (Self::read(run)?, data_sha256(data));
        let Some(began) = note.data_sha256.filter(|began| *began != now) else { return Ok(()) };
        let reason = format!(
            "it trains on the data set of {} ({began:.8}), and that of {} ({now:.8}) is another; name its own with \
             --data, wherever it lies now, or begin a run of its own with --branch",
            note.data.display(),
            data.dir.display()
        );
        Err(TrainingError::Config { path: run.to_owned(), reason })
    }

    /// The note of the run in a folder.
    ///
    /// # Errors
    /// If there is none, or it cannot be read.
    pub fn read(run: &Path) -> Result<Self, TrainingError> {
        let file = run.join(LAUNCH_FILE);
        let text = fs::read_to_string(&file).map_err(TrainingError::io(&file, "reading"))?;
        let note: Self = serde_json::from_str(&text)
            .map_err(|error| TrainingError::Config { path: file.clone(), reason: error.to_string() })?;
        if note.version > LAUNCH_VERSION {
            let reason = format!("it has version {}, this program reads {LAUNCH_VERSION}", note.version);
            return Err(TrainingError::Config { path: file, reason });
        }
        Ok(note)
    }

    fn write(run: &Path, data: &Manifest) -> Result<(), TrainingError> {
        let folder = data.dir.canonicalize().unwrap_or_else(|_| data.dir.clone());
        let data_sha256 = Some(data_sha256(data));
        Self { version: LAUNCH_VERSION, data: folder, remote: None, data_sha256 }.keep(run)
    }

    fn keep(&self, run: &Path) -> Result<(), TrainingError> {
        let json = serde_json::to_vec_pretty(self).expect("a note is plain data");
        let file = run.join(LAUNCH_FILE);
        write_atomically(&file, &json).map_err(TrainingError::io(&file, "writing"))
    }
}

/// A run's folder, open for writing by this process alone.
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
    metrics: BufWriter<File>,
    flushed: Instant,
    events: File,
    skipped_steps: u64,
    _lock: RunLock,
}

impl RunDirectory {
    /// A new run; the folder is made.
    ///
    /// # Errors
    /// If the folder holds a run already, or cannot be written.
    pub fn create(path: &Path, config: &RunConfig, data: &Manifest) -> Result<Self, TrainingError> {
        Self::refuse_a_run_in(path)?;
        for folder in [CHECKPOINTS, SAMPLES] {
            let folder = path.join(folder);
            fs::create_dir_all(&folder).map_err(TrainingError::io(&folder, "making the folder"))?;
        }
        let lock = RunLock::take(path)?;
        Self::write_config(path, config)?;
        LaunchNote::write(path, data)?;
        Self::open(path, lock)
    }

    /// A folder that shows a run of another machine, reached by a command; what it showed before is written anew.
    ///
    /// # Errors
    /// If the folder holds a run of this machine, another process follows it, or it cannot be written.
    pub fn of_remote(
        path: &Path,
        config: &RunConfig,
        data: &str,
        remote: &str,
    ) -> Result<Self, TrainingError> {
        if Self::is_run(path) && LaunchNote::read(path)?.remote.is_none() {
            return Err(TrainingError::RunExists { path: path.to_owned() });
        }
        for folder in [CHECKPOINTS, SAMPLES] {
            let folder = path.join(folder);
            fs::create_dir_all(&folder).map_err(TrainingError::io(&folder, "making the folder"))?;
        }
        let lock = RunLock::take(path)?;
        for name in [EVENTS_FILE, METRICS_FILE] {
            let file = path.join(name);
            write_atomically(&file, b"").map_err(TrainingError::io(&file, "writing"))?;
        }
        // Before the configuration, which makes it a run.
        let remote = Some(remote.to_owned());
        LaunchNote { version: LAUNCH_VERSION, data: data.into(), remote, data_sha256: None }.keep(path)?;
        Self::write_config(path, config)?;
        Self::open(path, lock)
    }

    /// Writes a configuration in place of the one of before.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn rewrite_config(&self, config: &RunConfig) -> Result<(), TrainingError> {
        Self::write_config(&self.path, config)
    }

    fn refuse_a_run_in(path: &Path) -> Result<(), TrainingError> {
        match path.join(CONFIG_FILE).exists() {
            true => Err(TrainingError::RunExists { path: path.to_owned() }),
            false => Ok(()),
        }
    }

    /// Whether a folder holds a run.
    pub fn is_run(path: &Path) -> bool {
        path.join(CONFIG_FILE).is_file()
    }

    /// Makes a run at `path` that begins at a checkpoint of another one, to be resumed: its configuration,
    /// its figures up to there, the checkpoint.
    ///
    /// # Errors
    /// If the folder holds a run already, the other one has no such checkpoint, or something cannot be
    /// copied.
    pub fn branch(from: &Path, step: u64, path: &Path, config: &RunConfig) -> Result<(), TrainingError> {
        Self::refuse_a_run_in(path)?;
        let source = from.join(CHECKPOINTS).join(checkpoint::folder_name(step));
        if !source.is_dir() {
            let reason = "this checkpoint is not there (the newest two of a run are kept)".to_owned();
            return Err(TrainingError::Checkpoint { path: source, reason });
        }
        let target = path.join(CHECKPOINTS).join(checkpoint::folder_name(step));
        let samples = path.join(SAMPLES);
        for folder in [&target, &samples] {
            fs::create_dir_all(folder).map_err(TrainingError::io(folder, "making the folder"))?;
        }
        for entry in fs::read_dir(&source).map_err(TrainingError::io(&source, "reading the folder"))? {
            let entry = entry.map_err(TrainingError::io(&source, "reading the folder"))?;
            let copy = target.join(entry.file_name());
            fs::copy(entry.path(), &copy).map_err(TrainingError::io(&copy, "copying"))?;
        }
        let teacher = path.join(TEACHER_FILE);
        if config.has_teacher_beside() {
            fs::copy(from.join(TEACHER_FILE), &teacher).map_err(TrainingError::io(&teacher, "copying"))?;
        }
        for name in [LINEAGE_FILE, LPIPS_FILE] {
            if from.join(name).is_file() {
                let copy = path.join(name);
                fs::copy(from.join(name), &copy).map_err(TrainingError::io(&copy, "copying"))?;
            }
        }
        let metrics = path.join(METRICS_FILE);
        let kept = figures_up_to(&from.join(METRICS_FILE), step)?;
        write_atomically(&metrics, kept.as_bytes()).map_err(TrainingError::io(&metrics, "writing"))?;
        // A branch may be given other data.
        LaunchNote { remote: None, data_sha256: None, ..LaunchNote::read(from)? }.keep(path)?;
        // Last: from here on it is a run.
        Self::write_config(path, config)
    }

    /// The configuration of the run in a folder, as [`RunConfig::from_record`] says.
    ///
    /// # Errors
    /// If there is no run, or its configuration is not readable.
    pub fn read_config(path: &Path) -> Result<RunConfig, TrainingError> {
        let file = path.join(CONFIG_FILE);
        if !file.exists() {
            return Err(TrainingError::NoRun { path: path.to_owned() });
        }
        read_as(&file, RunConfig::from_record)
    }

    /// Continues a run from a step: figures after it are dropped, for they will be computed again, and the
    /// configuration (whose number of steps may have been raised) is written anew.
    ///
    /// # Errors
    /// If another process works on it, or the folder cannot be written.
    pub fn resume(
        path: &Path,
        config: &RunConfig,
        data: &Manifest,
        step: u64,
    ) -> Result<Self, TrainingError> {
        let lock = RunLock::take(path)?;
        let file = path.join(METRICS_FILE);
        let mut skipped_steps = 0;
        if file.exists() {
            let kept = figures_up_to(&file, step)?;
            skipped_steps = skipped_in(&kept);
            let length = fs::metadata(&file).map_err(TrainingError::io(&file, "reading"))?.len();
            if kept.len() as u64 != length {
                write_atomically(&file, kept.as_bytes()).map_err(TrainingError::io(&file, "writing"))?;
            }
        }
        Self::write_config(path, config)?;
        LaunchNote::write(path, data)?;
        Ok(Self { skipped_steps, ..Self::open(path, lock)? })
    }

    fn write_config(path: &Path, config: &RunConfig) -> Result<(), TrainingError> {
        let file = path.join(CONFIG_FILE);
        let json = serde_json::to_vec_pretty(config).expect("a configuration is plain data");
        write_atomically(&file, &json).map_err(TrainingError::io(&file, "writing"))
    }

    fn open(path: &Path, lock: RunLock) -> Result<Self, TrainingError> {
        let append = |name: &str| {
            let file = path.join(name);
            let mut options = OpenOptions::new();
            options.create(true).append(true).open(&file).map_err(TrainingError::io(&file, "opening"))
        };
        Ok(Self {
            metrics: BufWriter::new(append(METRICS_FILE)?),
            flushed: Instant::now(),
            events: append(EVENTS_FILE)?,
            skipped_steps: 0,
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Steps up to the one that it was continued from that changed nothing, for their loss or gradient was not finite.
    pub fn skipped_steps(&self) -> u64 {
        self.skipped_steps
    }

    /// Where checkpoints lie.
    pub fn checkpoints(&self) -> PathBuf {
        self.path.join(CHECKPOINTS)
    }

    /// The file of the sample pictures of a step, relative to the folder.
    pub fn sample_file(step: u64) -> String {
        format!("{SAMPLES}/step-{step:08}.png")
    }

    /// Keeps an event: figures in one file, brought to the disk twice a second at most; the rest in the
    /// other, at once.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn record(&mut self, event: &Event) -> Result<(), TrainingError> {
        let line = event.to_json() + "\n";
        if !event.is_metric() {
            self.flush()?;
            let file = self.path.join(EVENTS_FILE);
            return self.events.write_all(line.as_bytes()).map_err(TrainingError::io(&file, "appending"));
        }
        let file = self.path.join(METRICS_FILE);
        self.metrics.write_all(line.as_bytes()).map_err(TrainingError::io(&file, "appending"))?;
        // A person may be watching the file.
        if self.flushed.elapsed() >= FLUSH_INTERVAL { self.flush() } else { Ok(()) }
    }

    /// Writes buffered figures.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn flush(&mut self) -> Result<(), TrainingError> {
        self.flushed = Instant::now();
        self.metrics.flush().map_err(TrainingError::io(&self.path.join(METRICS_FILE), "appending"))
    }
}

/// The steps a run in a folder can go on from, ascending.
///
/// # Errors
/// If its folder of checkpoints cannot be read.
pub fn checkpoint_steps(run: &Path) -> Result<Vec<u64>, TrainingError> {
    checkpoint::steps_of(&run.join(CHECKPOINTS))
}

/// The folder of a run's checkpoint.
pub fn checkpoint_folder(run: &Path, step: u64) -> PathBuf {
    run.join(CHECKPOINTS).join(checkpoint::folder_name(step))
}

/// The figures of a file up to a step; lines that cannot be read are left out.
fn figures_up_to(file: &Path, step: u64) -> Result<String, TrainingError> {
    let text = fs::read(file).map_err(TrainingError::io(file, "reading"))?;
    let text = String::from_utf8_lossy(&text);
    Ok(text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .filter(|line| Event::of_line(line).is_ok_and(|event| event.step() <= step))
        .collect())
}

/// Steps among figures whose loss or gradient was not finite, which a line has no number for. Runs of before counted them
/// nowhere else.
fn skipped_in(figures: &str) -> u64 {
    let is_skipped = |line: &&str| match Event::of_line(line) {
        Ok(Event::Step { loss, gradient_norm, .. }) => !(loss.is_finite() && gradient_norm.is_finite()),
        _ => false,
    };
    figures.lines().filter(|line| line.contains("null")).filter(is_skipped).count() as u64
}

/// Reads a configuration file of a person; what it leaves out is as [`RunConfig::from_json`] says.
///
/// # Errors
/// If it is not readable or makes no sense.
pub fn read_config_file(file: &Path) -> Result<RunConfig, TrainingError> {
    read_as(file, RunConfig::from_json)
}

fn read_as(file: &Path, read: fn(&str) -> Result<RunConfig, String>) -> Result<RunConfig, TrainingError> {
    let refuse = |reason: String| TrainingError::Config { path: file.to_owned(), reason };
    let text = fs::read_to_string(file).map_err(TrainingError::io(file, "reading"))?;
    let config = read(&text).map_err(refuse)?;
    config.check().map_err(refuse)?;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_made_once_and_continues_without_what_it_will_compute_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let data = &Manifest { dir: folder.path().to_owned(), entries: Vec::new() };
        let config = RunConfig::live();
        assert!(matches!(RunDirectory::read_config(&path), Err(TrainingError::NoRun { .. })));
        let mut run = RunDirectory::create(&path, &config, data).unwrap();
        for step in 1..=5 {
            run.record(&Event::Validation { step, loss: 0.5, strata: Vec::new() }).unwrap();
        }
        run.flush().unwrap();
        assert!(matches!(RunDirectory::create(&path, &config, data), Err(TrainingError::RunExists { .. })));
        let busy = RunDirectory::resume(&path, &config, data, 3);
        assert!(matches!(busy, Err(TrainingError::RunBusy { .. })));
        drop(run);
        assert_eq!(RunDirectory::read_config(&path).unwrap(), config);
        // A process that was killed in the middle of a line.
        let mut metrics = OpenOptions::new().append(true).open(path.join(METRICS_FILE)).unwrap();
        metrics.write_all(br#"{"v":2,"event":"val"#).unwrap();
        let longer = RunConfig { steps: 99, ..config };
        RunDirectory::resume(&path, &longer, data, 3).unwrap();
        assert_eq!(RunDirectory::read_config(&path).unwrap().steps, 99);
        assert_eq!(LaunchNote::read(&path).unwrap().data, data.dir.canonicalize().unwrap());
        let metrics = fs::read_to_string(path.join(METRICS_FILE)).unwrap();
        assert_eq!(metrics.lines().count(), 3);
    }

    #[test]
    fn a_runs_own_settings_are_of_its_time_and_a_persons_file_is_of_today() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(CONFIG_FILE);
        write_atomically(&file, br#"{"version": 1, "preset": "live", "steps": 7}"#).unwrap();
        let (own, persons) =
            (RunDirectory::read_config(folder.path()).unwrap(), read_config_file(&file).unwrap());
        assert_eq!((own.steps, own.lesion_weight, own.validation_levels), (7, 1.0, 0));
        assert_eq!(persons, RunConfig { steps: 7, ..RunConfig::live() });
        write_atomically(&file, br#"{"version": 1, "steps": "many"}"#).unwrap();
        for wrong in [RunDirectory::read_config(folder.path()), read_config_file(&file)] {
            let message = wrong.unwrap_err().to_string();
            assert!(
                message.contains("config.json: steps: found string \"many\", expected a whole number"),
                "{message}"
            );
        }
    }
}
