//! Why nothing was measured.

use std::path::{Path, PathBuf};

use crate::formats::FormatError;
use crate::mask::trace::TraceError;
use crate::metrics::feature_distances::FeatureError;

/// A measurement that cannot begin or go on. Messages name the file, the place and the remedy.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum EvaluationError {
    #[error(transparent)]
    Data(#[from] FormatError),
    #[error(transparent)]
    Trace(#[from] TraceError),
    #[cfg(feature = "cpu")]
    #[error(transparent)]
    Model(#[from] crate::diffusion::model_file::ModelFileError),
    #[cfg(feature = "cpu")]
    #[error(transparent)]
    Network(#[from] super::features::FeatureNetworkError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// Features that are none, or two sets that do not go together; why is the cause.
    #[error("{place}")]
    Features { place: String, source: FeatureError },
    /// The operating system refused; why is the cause.
    #[error("{doing} {}", path.display())]
    Io { path: PathBuf, doing: &'static str, source: std::io::Error },
    /// What was found where, and what helps.
    #[error("{0}")]
    Refused(String),
}

impl EvaluationError {
    /// An operating system error at a path.
    pub fn io(path: &Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), doing, source }
    }

    /// What is wrong with features, and where.
    pub fn features(place: String) -> impl FnOnce(FeatureError) -> Self {
        move |source| Self::Features { place, source }
    }
}
