//! What the innermost map of a segmenter holds: features that know retinas, not photographs.

use burn::tensor::{Device, Tensor, TensorData};

use super::FeatureNetworkError;
use crate::dataset::samples::LabelledScan;
use crate::formats::FormatError;
use crate::nn::Segmenter;
use crate::scan::{GreyImage, Spacing};
use crate::segmentation::{SegmenterInfo, segmenter_file};

/// A segmenter on its device, of which the features are taken.
#[derive(Debug)]
pub struct SegmenterFeatures {
    network: Segmenter,
    info: SegmenterInfo,
    device: Device,
}

impl SegmenterFeatures {
    /// From the bytes of a model file; `file` is its name for messages.
    ///
    /// # Errors
    /// If it is no segmenter, damaged, or one whose features are not taken.
    pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<Self, FeatureNetworkError> {
        let (network, info) = segmenter_file::load(bytes, file, device)?;
        if !network.has_features() {
            let problem = "features of a segmenter of this kind are not taken";
            let remedy = "choose the bundled segmenter or one of the kind `small`";
            return Err(FormatError::malformed(file, "the network", problem, remedy).into());
        }
        Ok(Self::new(network, info, device.clone()))
    }

    /// From a loaded segmenter, which must be on `device`.
    ///
    /// # Panics
    /// If the network has no features.
    pub fn new(network: Segmenter, info: SegmenterInfo, device: Device) -> Self {
        assert!(network.has_features(), "features of this segmenter are not taken");
        Self { network, info, device }
    }

    /// The segmenter's description.
    pub fn info(&self) -> &SegmenterInfo {
        &self.info
    }

    /// Features of a picture, taken pixel by pixel: a number a channel.
    pub fn of(&self, image: &GreyImage) -> Vec<f64> {
        self.of_spaced(image, None)
    }

    /// The same at the network's own scale, where it is known how large a pixel is.
    pub fn of_spaced(&self, image: &GreyImage, spacing: Option<Spacing>) -> Vec<f64> {
        let plan = self.info.mapping.plan(image.width, image.height, spacing);
        let shape = [1, 1, plan.grid_height as usize, plan.grid_width as usize];
        let values = TensorData::new(plan.image_to_grid(image), shape);
        let features = self.network.features(Tensor::from_data(values, &self.device));
        let features = features.expect("a network that has features");
        features.into_data_as::<f32>().iter::<f32>().map(f64::from).collect()
    }

    /// Features of a scan of a data set, in the columns that networks are shown.
    pub fn of_scan(&self, scan: &LabelledScan) -> Vec<f64> {
        self.of(&scan.cropped(scan.shown_columns(&self.info.mapping)).filled_image())
    }
}
