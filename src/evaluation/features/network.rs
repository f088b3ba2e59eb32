//! Which network makes the features.

use burn::tensor::Device;

use super::{FeatureNetworkError, PhotographicFeatures, PublishedFile, SegmenterFeatures};
use crate::dataset::samples::LabelledScan;
use crate::diffusion::model_file::ModelFileError;
use crate::diffusion::tensor_file;
use crate::scan::GreyImage;

/// A network on its device, of which features are taken.
#[derive(Debug)]
pub enum FeatureNetwork {
    /// A segmenter of this program.
    Segmenter(Box<SegmenterFeatures>),
    /// A network that was trained on photographs.
    Photographic(PhotographicFeatures),
}

impl FeatureNetwork {
    /// The network of a file, known by what the file holds; `file` is its name for messages.
    ///
    /// # Errors
    /// If it is no network whose features are taken, or damaged.
    pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<Self, FeatureNetworkError> {
        // Says what to do about files of torch, which are no models of this program either.
        PublishedFile::open(bytes, file)?;
        match tensor_file::description(bytes, file) {
            Err(ModelFileError::NotAModel { .. }) => {
                Ok(Self::Photographic(PhotographicFeatures::load(bytes, file, device)?))
            }
            _ => Ok(Self::Segmenter(Box::new(SegmenterFeatures::load(bytes, file, device)?))),
        }
    }

    /// As shown to the user.
    pub fn name(&self) -> String {
        match self {
            Self::Segmenter(features) => features.info().name.clone(),
            Self::Photographic(features) => features.name().to_owned(),
        }
    }

    /// Whether its Fréchet distance is the FID.
    pub fn is_inception(&self) -> bool {
        match self {
            Self::Segmenter(_) => false,
            Self::Photographic(features) => features.is_inception(),
        }
    }

    /// Whether its Fréchet distance is the FD-EffNet.
    pub fn is_efficientnet(&self) -> bool {
        match self {
            Self::Segmenter(_) => false,
            Self::Photographic(features) => features.is_efficientnet(),
        }
    }

    /// SHA-256 of what it computes with, lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        match self {
            Self::Segmenter(features) => &features.info().tensors_sha256,
            Self::Photographic(features) => features.sha256(),
        }
    }

    /// Features of a picture.
    pub fn of(&self, image: &GreyImage) -> Vec<f64> {
        match self {
            Self::Segmenter(features) => features.of(image),
            Self::Photographic(features) => features.of(image),
        }
    }

    /// Features of a scan of a data set.
    pub fn of_scan(&self, scan: &LabelledScan) -> Vec<f64> {
        match self {
            Self::Segmenter(features) => features.of_scan(scan),
            Self::Photographic(features) => features.of(&scan.filled_image()),
        }
    }
}
