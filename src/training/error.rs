//! Why a run did not start or stopped.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::diffusion::model_file::ModelFileError;
use crate::formats::FormatError;

/// A training run that cannot start or go on. Messages name the file and the remedy.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum TrainingError {
    #[error(transparent)]
    Data(#[from] FormatError),
    #[error(transparent)]
    Model(#[from] ModelFileError),
    #[error("{}: {doing} failed: {source}; {}", path.display(), remedy(source))]
    Io { path: PathBuf, doing: &'static str, source: std::io::Error },
    #[error("{}: {reason}", path.display())]
    Config { path: PathBuf, reason: String },
    #[error("{}: {reason}; delete this checkpoint to continue from the one before", path.display())]
    Checkpoint { path: PathBuf, reason: String },
    #[error("{} holds a run already: continue it with --resume, or name another folder", path.display())]
    RunExists { path: PathBuf },
    #[error(
        "{} is being trained by another process{}: stop that one first",
        path.display(),
        process.map_or_else(String::new, |number| format!(" ({number})"))
    )]
    RunBusy { path: PathBuf, process: Option<u32> },
    #[error("{} holds no run to resume: leave --resume out to start one", path.display())]
    NoRun { path: PathBuf },
    #[error("{}: a run cannot start from it: {reason}; start from a model of the same network", path.display())]
    Start { path: PathBuf, reason: String },
    #[error("{}: {reason}", path.display())]
    NoSamples { path: PathBuf, reason: String },
    #[error(
        "the loss was not finite in {steps} steps in a row (step {step}): the newest checkpoint is whole; \
         continue from it with --resume and a lower --learning-rate"
    )]
    Diverged { step: u64, steps: u32 },
    #[error(
        "the trainer broke off: {reason}; the newest checkpoint is whole: continue with --resume. If memory ran \
         out: {}",
        super::memory::TRAINING_REMEDY
    )]
    Panicked { reason: String },
    #[error("the thread that prepares the batches ended early: {0}")]
    Batches(String),
}

/// What helps against an error of the disk.
fn remedy(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "free some space, then continue with --resume: the newest checkpoint is whole"
        }
        _ => "check the folder's space and permissions",
    }
}

impl TrainingError {
    /// An operating system error at a path.
    pub fn io(path: &Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), doing, source }
    }
}
