//! Why there are no features.

use crate::diffusion::model_file::ModelFileError;
use crate::formats::FormatError;
use crate::metrics::feature_distances::FeatureError;

/// A network or pictures that cannot be taken. Messages name the file, the place and the remedy.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum FeatureNetworkError {
    #[error(transparent)]
    Model(#[from] ModelFileError),
    #[error(transparent)]
    File(#[from] FormatError),
    #[error("{place}: {reason}")]
    Features { place: String, reason: FeatureError },
}
