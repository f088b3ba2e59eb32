//! Why a comparison cannot be made.

use std::path::{Path, PathBuf};

use crate::formats::FormatError;
use crate::training::TrainingError;

/// A comparison that cannot begin or go on. Messages name the file, the place and the remedy.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum DownstreamError {
    #[error(transparent)]
    Data(#[from] FormatError),
    #[error(transparent)]
    Training(#[from] TrainingError),
    #[error(transparent)]
    Model(#[from] crate::diffusion::model_file::ModelFileError),
    #[error("{}: {doing} failed: {source}; check the folder's space and permissions", path.display())]
    Io { path: PathBuf, doing: &'static str, source: std::io::Error },
    #[error("{place}: {problem}; {remedy}")]
    Refused { place: String, problem: String, remedy: String },
    /// A stop was asked for; what is done is kept.
    #[error("stopped; the same command goes on from here")]
    Stopped,
}

impl DownstreamError {
    /// An operating system error at a path.
    pub fn io(path: &Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), doing, source }
    }

    /// What was found somewhere, and what helps.
    pub fn refused(
        place: impl std::fmt::Display,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::Refused { place: place.to_string(), problem: problem.into(), remedy: remedy.into() }
    }
}
