//! Features of pictures by a network: what distances between sets of pictures are taken on, and how pictures of a set
//! differ from each other.

mod error;
mod network;
mod perceptual;
mod photographic;
mod pictures;
mod segmenter;

pub use crate::diffusion::published::{CONVERSION, PublishedFile};
pub use error::FeatureNetworkError;
pub use network::FeatureNetwork;
pub use perceptual::PerceptualDistance;
pub use photographic::PhotographicFeatures;
pub use pictures::PictureFolder;
pub use segmenter::SegmenterFeatures;
