//! How differently two pictures look by LPIPS, and how much the pictures of a set differ from each other.

use burn::tensor::{Device, Tensor, TensorData};

use super::{FeatureNetworkError, PictureFolder};
use crate::diffusion::lpips_file;
use crate::formats::FormatError;
use crate::formats::provenance::sha256_hex;
use crate::metrics::feature_distances::{Diversity, picture_pairs};
use crate::nn::perceptual::{Lpips, TrunkKind};
use crate::scan::GreyImage;

/// LPIPS on its device.
#[derive(Debug)]
pub struct PerceptualDistance {
    network: Lpips,
    kind: TrunkKind,
    sha256: String,
    device: Device,
}

impl PerceptualDistance {
    /// From the bytes of a file with the weights of AlexNet or VGG16 and those of LPIPS's linear layers, version 0.1;
    /// `file` is its name for messages.
    ///
    /// # Errors
    /// If it is no such file, or damaged.
    pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<Self, FormatError> {
        let (network, kind) = lpips_file::load(bytes, file, device)?;
        Ok(Self { network, kind, sha256: sha256_hex(bytes), device: device.clone() })
    }

    /// As shown to the user.
    pub fn name(&self) -> String {
        format!("LPIPS ({})", self.kind.name())
    }

    /// SHA-256 of the file, lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// What each map adds to the distance of two pictures of one size; their sum is the distance.
    pub fn parts(&self, first: &GreyImage, second: &GreyImage) -> Vec<f64> {
        self.parts_of_maps(&self.maps(first), &self.maps(second))
    }

    fn maps(&self, image: &GreyImage) -> Vec<Tensor<4>> {
        let plane: Vec<f32> = image.pixels.iter().map(|&grey| f32::from(grey) / 127.5 - 1.0).collect();
        let shape = [1, 3, image.height as usize, image.width as usize];
        self.network.maps(Tensor::from_data(TensorData::new(plane.repeat(3), shape), &self.device))
    }

    fn parts_of_maps(&self, first: &[Tensor<4>], second: &[Tensor<4>]) -> Vec<f64> {
        let parts = self.network.parts(first, second).into_iter();
        parts
            .flat_map(|part| part.into_data_as::<f32>().iter::<f32>().map(f64::from).collect::<Vec<_>>())
            .collect()
    }

    /// The mean distance over at most `most` random pairs of a set's pictures. `on_pair` is told the number of each before
    /// its turn.
    ///
    /// # Errors
    /// If a picture cannot be read, is too small or of another size than the others, or there are fewer than two.
    pub fn diversity(
        &self,
        pictures: &PictureFolder,
        most: usize,
        seed: u64,
        on_pair: &mut dyn FnMut(usize),
    ) -> Result<Diversity, FeatureNetworkError> {
        let mut distances: Vec<f64> = Vec::new();
        // Pairs come in the order of their first pictures, each of which is looked at once.
        let mut first: Option<(usize, Seen)> = None;
        for (number, [one, other]) in picture_pairs(pictures.count(), most, seed).into_iter().enumerate() {
            on_pair(number);
            let of_one = match first.take() {
                Some((index, seen)) if index == one => seen,
                _ => self.see(pictures, one)?,
            };
            let of_other = self.see(pictures, other)?;
            if of_one.size != of_other.size {
                let [a, b] = [of_one.size, of_other.size].map(|[width, height]| format!("{width}x{height}"));
                let problem = format!("pictures of {a} and of {b} pixels");
                let remedy = "bring them to one size: LPIPS compares place by place";
                return Err(FormatError::malformed(&pictures.name(), "the pictures", problem, remedy).into());
            }
            distances.push(self.parts_of_maps(&of_one.maps, &of_other.maps).iter().sum());
            first = Some((one, of_one));
        }
        Diversity::of(&distances).ok_or_else(|| {
            let remedy = "name a folder with at least two";
            FormatError::malformed(&pictures.name(), "the pictures", "there is only one", remedy).into()
        })
    }

    fn see(&self, pictures: &PictureFolder, index: usize) -> Result<Seen, FormatError> {
        let image = pictures.picture(index)?;
        let least = self.kind.least_side();
        if image.width.min(image.height) < least {
            let problem = format!("picture {} has {}x{} pixels", index + 1, image.width, image.height);
            let remedy = format!("take pictures of at least {least}x{least}");
            return Err(FormatError::malformed(&pictures.name(), "the pictures", problem, remedy));
        }
        Ok(Seen { size: [image.width, image.height], maps: self.maps(&image) })
    }
}

/// A picture as the network sees it.
struct Seen {
    size: [u32; 2],
    maps: Vec<Tensor<4>>,
}
