//! Which network makes the features.

use burn::tensor::Device;

use super::{FeatureNetworkError, SegmenterFeatures};
use crate::dataset::samples::LabelledScan;
use crate::scan::GreyImage;

/// A network on its device, of which features are taken.
#[derive(Debug)]
pub enum FeatureNetwork {
    /// A segmenter of this program.
    Segmenter(SegmenterFeatures),
}

impl FeatureNetwork {
    /// The network of a file, known by what the file holds; `file` is its name for messages.
    ///
    /// # Errors
    /// If it is no network whose features are taken, or damaged.
    pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<Self, FeatureNetworkError> {
        SegmenterFeatures::load(bytes, file, device).map(Self::Segmenter)
    }

    /// As shown to the user.
    pub fn name(&self) -> String {
        match self {
            Self::Segmenter(features) => features.info().name.clone(),
        }
    }

    /// SHA-256 of what it computes with, lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        match self {
            Self::Segmenter(features) => &features.info().tensors_sha256,
        }
    }

    /// Features of a picture.
    pub fn of(&self, image: &GreyImage) -> Vec<f64> {
        match self {
            Self::Segmenter(features) => features.of(image),
        }
    }

    /// Features of a scan of a data set.
    pub fn of_scan(&self, scan: &LabelledScan) -> Vec<f64> {
        match self {
            Self::Segmenter(features) => features.of_scan(scan),
        }
    }
}
