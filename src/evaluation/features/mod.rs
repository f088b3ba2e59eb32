//! Features of pictures by a network: what distances between sets of pictures are taken on.

mod error;
mod network;
mod pictures;
mod segmenter;

pub use error::FeatureNetworkError;
pub use network::FeatureNetwork;
pub use pictures::PictureFolder;
pub use segmenter::SegmenterFeatures;
