//! The folder of a run, which is the truth about it: configuration, figures, checkpoints, pictures, model.
//!
//! ```text
//! config.json               the configuration, as resolved
//! metrics.jsonl             one line a step, one a validation
//! checkpoints/step-NNNNNNNN everything a run needs to go on, the newest two
//! samples/step-NNNNNNNN.png mask, real scan and synthetic scan of validation scans
//! model.safetensors         the averaged network of the newest checkpoint, as the program loads it
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::config::RunConfig;
use super::error::TrainingError;
use super::report::Event;
use crate::formats::atomic::write_atomically;

const CONFIG_FILE: &str = "config.json";
const METRICS_FILE: &str = "metrics.jsonl";
/// Name of the model file in a run's folder.
pub const MODEL_FILE: &str = "model.safetensors";
const CHECKPOINTS: &str = "checkpoints";
const SAMPLES: &str = "samples";

/// A run's folder, open for writing.
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
    metrics: BufWriter<File>,
}

impl RunDirectory {
    /// A new run; the folder is made.
    ///
    /// # Errors
    /// If the folder holds a run already, or cannot be written.
    pub fn create(path: &Path, config: &RunConfig) -> Result<Self, TrainingError> {
        if path.join(CONFIG_FILE).exists() {
            return Err(TrainingError::RunExists { path: path.to_owned() });
        }
        for folder in [CHECKPOINTS, SAMPLES] {
            let folder = path.join(folder);
            fs::create_dir_all(&folder).map_err(TrainingError::io(&folder, "making the folder"))?;
        }
        Self::write_config(path, config)?;
        Self::open_metrics(path)
    }

    /// The configuration of the run in a folder.
    ///
    /// # Errors
    /// If there is no run, or its configuration is not readable.
    pub fn read_config(path: &Path) -> Result<RunConfig, TrainingError> {
        let file = path.join(CONFIG_FILE);
        if !file.exists() {
            return Err(TrainingError::NoRun { path: path.to_owned() });
        }
        read_config_file(&file)
    }

    /// Continues a run from a step: figures after it are dropped, for they will be computed again, and the
    /// configuration (whose number of steps may have been raised) is written anew.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn resume(path: &Path, config: &RunConfig, step: u64) -> Result<Self, TrainingError> {
        let file = path.join(METRICS_FILE);
        if file.exists() {
            let text = fs::read_to_string(&file).map_err(TrainingError::io(&file, "reading"))?;
            let kept: String = text
                .split_inclusive('\n')
                .filter(|line| serde_json::from_str::<Event>(line).is_ok_and(|event| event.step() <= step))
                .collect();
            if kept.len() != text.len() {
                write_atomically(&file, kept.as_bytes()).map_err(TrainingError::io(&file, "writing"))?;
            }
        }
        Self::write_config(path, config)?;
        Self::open_metrics(path)
    }

    fn write_config(path: &Path, config: &RunConfig) -> Result<(), TrainingError> {
        let file = path.join(CONFIG_FILE);
        let json = serde_json::to_vec_pretty(config).expect("a configuration is plain data");
        write_atomically(&file, &json).map_err(TrainingError::io(&file, "writing"))
    }

    fn open_metrics(path: &Path) -> Result<Self, TrainingError> {
        let file = path.join(METRICS_FILE);
        let metrics = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&file)
            .map_err(TrainingError::io(&file, "opening"))?;
        Ok(Self { path: path.to_owned(), metrics: BufWriter::new(metrics) })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where checkpoints lie.
    pub fn checkpoints(&self) -> PathBuf {
        self.path.join(CHECKPOINTS)
    }

    /// The file of the sample pictures of a step, relative to the folder.
    pub fn sample_file(step: u64) -> String {
        format!("{SAMPLES}/step-{step:08}.png")
    }

    /// Appends a figure; [`RunDirectory::flush`] brings it to the disk.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn record(&mut self, event: &Event) -> Result<(), TrainingError> {
        writeln!(self.metrics, "{}", event.to_json())
            .map_err(TrainingError::io(&self.path.join(METRICS_FILE), "appending"))
    }

    /// Writes buffered figures.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn flush(&mut self) -> Result<(), TrainingError> {
        self.metrics.flush().map_err(TrainingError::io(&self.path.join(METRICS_FILE), "appending"))
    }
}

/// Reads a configuration file; what it leaves out is as in the `live` preset.
///
/// # Errors
/// If it is not readable or makes no sense.
pub fn read_config_file(file: &Path) -> Result<RunConfig, TrainingError> {
    let refuse = |reason: String| TrainingError::Config { path: file.to_owned(), reason };
    let text = fs::read_to_string(file).map_err(TrainingError::io(file, "reading"))?;
    let config: RunConfig = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
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
        let config = RunConfig::live();
        assert!(matches!(RunDirectory::read_config(&path), Err(TrainingError::NoRun { .. })));
        let mut run = RunDirectory::create(&path, &config).unwrap();
        for step in 1..=5 {
            run.record(&Event::Validation { step, loss: 0.5 }).unwrap();
        }
        run.flush().unwrap();
        assert!(matches!(RunDirectory::create(&path, &config), Err(TrainingError::RunExists { .. })));
        assert_eq!(RunDirectory::read_config(&path).unwrap(), config);
        let longer = RunConfig { steps: 99, ..config };
        RunDirectory::resume(&path, &longer, 3).unwrap();
        assert_eq!(RunDirectory::read_config(&path).unwrap().steps, 99);
        let metrics = fs::read_to_string(path.join(METRICS_FILE)).unwrap();
        assert_eq!(metrics.lines().count(), 3);
    }
}
