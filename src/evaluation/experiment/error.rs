//! Why a run of an experiment cannot be done.

use std::path::{Path, PathBuf};

use crate::diffusion::model_file::ModelFileError;
use crate::evaluation::downstream::DownstreamError;
use crate::evaluation::features::FeatureNetworkError;
use crate::formats::FormatError;
use crate::training::TrainingError;

/// An experiment that cannot begin or go on. Messages name the file, the place and the remedy.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum ExperimentError {
    /// The plan is at fault: trying again does not help.
    #[error("{place}: {problem}; make another plan with `retidiff experiment plan`")]
    Plan { place: String, problem: String },
    #[error("{place}: {problem}; {remedy}")]
    Refused { place: String, problem: String, remedy: String },
    #[error(transparent)]
    Data(#[from] FormatError),
    #[error(transparent)]
    Training(#[from] TrainingError),
    #[error(transparent)]
    Model(#[from] ModelFileError),
    #[error(transparent)]
    Comparison(#[from] DownstreamError),
    #[error(transparent)]
    Features(#[from] FeatureNetworkError),
    #[error("{}: {doing} failed: {source}; check the folder's space and permissions", path.display())]
    Io { path: PathBuf, doing: &'static str, source: std::io::Error },
}

impl ExperimentError {
    /// An operating system error at a path.
    pub fn io(path: &Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), doing, source }
    }

    /// What is wrong with a plan.
    pub fn plan(place: impl std::fmt::Display, problem: impl Into<String>) -> Self {
        Self::Plan { place: place.to_string(), problem: problem.into() }
    }

    /// What was found somewhere, and what helps.
    pub fn refused(
        place: impl std::fmt::Display,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::Refused { place: place.to_string(), problem: problem.into(), remedy: remedy.into() }
    }

    /// Whether the plan is at fault, so that trying again does not help.
    pub fn is_bad_plan(&self) -> bool {
        matches!(self, Self::Plan { .. } | Self::Refused { .. })
    }
}
