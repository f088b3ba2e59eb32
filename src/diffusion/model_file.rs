//! Model files: safetensors with everything the program must know about the network beside the weights.
//!
//! One JSON string under the metadata key `retidiff` holds a versioned [`ModelInfo`], with the SHA-256 of the
//! tensor bytes. A file is input like any other: nothing in it is believed before it was checked, and nothing
//! is allocated by its word.

use std::path::Path;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::described::{self, Description};
pub use super::tensor_file::{METADATA_KEY, ModelFileError, Precision};
use super::training_summary::TrainingSummary;
use super::{Prediction, Schedule, tensor_file};
use crate::encoding::labels::LabelScheme;
use crate::encoding::mapping::Mapping;
use crate::encoding::masks::{MASK_CONDITION_PLANES, MaskCoding, MaskGrid};
use crate::encoding::style::StyleModel;
use crate::nn::{UNet, UNetConfig};

/// The newest version this program reads.
///
/// 2: style, vessel shadows and a mean that is taken off, each of which an older program would silently leave out.
pub const MODEL_FILE_VERSION: u32 = 2;
/// The version of a model without any of these, which older programs draw rightly.
const PLAIN_MODEL_VERSION: u32 = 1;

/// What a network draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Scans from masks.
    Image,
    /// Masks.
    Mask,
}

/// How grey values become network values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalisation {
    /// `grey / 127.5 - 1`.
    #[default]
    MinusOneToOne,
}

/// What the planes of a mask model mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaskModel {
    /// How labels become planes.
    pub coding: MaskCoding,
    /// How a mask lies on the network's grid.
    pub grid: MaskGrid,
}

/// Everything about a network that its weights do not say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// The oldest [`MODEL_FILE_VERSION`] that draws it rightly. Written by [`encode`], whatever it holds.
    pub version: u32,
    /// As shown to the user.
    pub name: String,
    /// What it draws.
    pub kind: ModelKind,
    /// `live`, `paper`, ...
    pub preset: String,
    /// Its shape.
    pub network: UNetConfig,
    /// How labels become condition planes; labels of no class (255 among them) are 0 in all.
    pub labels: LabelScheme,
    /// How a document lies on the network's grid.
    pub mapping: Mapping,
    /// How grey values become network values.
    pub normalisation: Normalisation,
    /// The noise levels it was trained on.
    pub schedule: Schedule,
    /// What the network's output means.
    pub prediction: Prediction,
    /// The styles that the network is conditioned on, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<StyleModel>,
    /// Whether the last condition plane holds vessel shadows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
    /// Of a mask model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<MaskModel>,
    /// What the training says of itself: data, steps, figures.
    pub training: TrainingSummary,
    /// SHA-256 of the tensor bytes, lower-case hexadecimal. Written by [`encode`], whatever it holds.
    pub tensors_sha256: String,
}

impl ModelInfo {
    /// Tensor hash of the model that taught this one to draw in one step; `None` for a model that is no student.
    pub fn teacher_sha256(&self) -> Option<&str> {
        self.training.teacher_sha256.known().map(String::as_str)
    }

    /// Share of the training strips that were shown without their mask; class guidance needs some.
    pub fn mask_dropout(&self) -> f64 {
        self.training.mask_dropout.copied().unwrap_or(0.0)
    }

    /// Planes of the condition of an image model.
    pub fn condition_planes(&self) -> usize {
        self.labels.plane_count() + usize::from(self.shadow)
    }

    /// The oldest version of this program's model files that holds everything it says.
    fn needed_version(&self) -> u32 {
        let is_flattened = self.mask.is_some_and(|mask| mask.coding == MaskCoding::Flattened);
        let is_plain = self.network.style_channels == 0
            && !self.shadow
            && self.prediction.mean() == 0.0
            && !is_flattened;
        if is_plain { PLAIN_MODEL_VERSION } else { MODEL_FILE_VERSION }
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// What does not, in words.
    pub fn check(&self) -> Result<(), String> {
        self.check_style()?;
        self.network.check()?;
        self.schedule.check()?;
        self.labels.check()?;
        match (self.kind, &self.mask) {
            (ModelKind::Image, _) if self.condition_planes() != self.network.condition_channels => {
                return Err(format!(
                    "{} condition planes for a network with {} condition channels",
                    self.condition_planes(),
                    self.network.condition_channels
                ));
            }
            (ModelKind::Image, _) => {}
            (ModelKind::Mask, None) => return Err("it does not say what its mask planes mean".to_owned()),
            (ModelKind::Mask, Some(mask)) => {
                mask.grid.check()?;
                let is_multiple = (mask.grid.multiple as usize).is_multiple_of(self.network.side_multiple());
                if self.network.image_channels != mask.coding.planes()
                    || ![0, MASK_CONDITION_PLANES].contains(&self.network.condition_channels)
                    || !is_multiple
                {
                    return Err("its mask planes do not fit its network".to_owned());
                }
            }
        }
        if self.network.image_channels != self.network.out_channels {
            return Err(format!(
                "{} channels in and {} out",
                self.network.image_channels, self.network.out_channels
            ));
        }
        let multiple = self.mapping.multiple as usize;
        if multiple == 0 || !multiple.is_multiple_of(self.network.side_multiple()) {
            return Err(format!(
                "a grid in multiples of {multiple} for a network in multiples of {}",
                self.network.side_multiple()
            ));
        }
        self.mapping.check()?;
        if let Prediction::Residual { deviation, mean } = self.prediction {
            if !(1e-3..=1e3).contains(&deviation) {
                return Err(format!("a data deviation of {deviation}, expected 0.001 to 1000"));
            }
            if !(-1.0..=1.0).contains(&mean) {
                return Err(format!("a data mean of {mean}, expected -1 to 1"));
            }
        }
        if self.prediction == Prediction::Epsilon && self.schedule.ends_at_pure_noise() {
            return Err("noise prediction on a schedule that ends at pure noise".to_owned());
        }
        Ok(())
    }
}

impl ModelInfo {
    /// A pretrained network may have style channels that were never given anything yet.
    fn check_style(&self) -> Result<(), String> {
        let Some(style) = &self.style else { return Ok(()) };
        style.check()?;
        match style.channels() == self.network.style_channels {
            true => Ok(()),
            false => Err(format!(
                "{} numbers of a style for a network with {} style channels",
                style.channels(),
                self.network.style_channels
            )),
        }
    }
}

impl Description for ModelInfo {
    type Network = UNet;
    const KINDS: &'static [&'static str] = &["image", "mask"];
    const READS: u32 = MODEL_FILE_VERSION;

    fn stamped(&self, tensors_sha256: String) -> Self {
        Self { version: self.needed_version(), tensors_sha256, ..self.clone() }
    }

    fn tensors_sha256(&self) -> &str {
        &self.tensors_sha256
    }

    fn network(&self, device: &Device) -> UNet {
        self.network.init(device)
    }

    fn check(&self) -> Result<(), String> {
        self.check()
    }
}

/// The bytes of a model file; the same network and info give the same bytes.
///
/// # Panics
/// If `info` does not describe this network.
pub fn encode(network: &UNet, info: &ModelInfo, precision: Precision) -> Vec<u8> {
    described::encode(network, info, precision)
}

/// Writes a model file: [`encode`] to a temporary file beside `path`, synced, renamed.
///
/// # Errors
/// If it cannot be written.
pub fn save(
    path: &Path,
    network: &UNet,
    info: &ModelInfo,
    precision: Precision,
) -> Result<(), ModelFileError> {
    described::save(path, network, info, precision)
}

/// What a model file says of its network, without touching its weights. `file` is its name for messages.
///
/// # Errors
/// If it is another file, a newer one, or damaged.
pub fn read_info(bytes: &[u8], file: &str) -> Result<ModelInfo, ModelFileError> {
    described::read_info(bytes, file)
}

/// The network of a model file on a device, every tensor checked. `file` is its name for messages.
///
/// # Errors
/// If it is another file, a newer one, or damaged.
pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<(UNet, ModelInfo), ModelFileError> {
    described::load(bytes, file, device)
}

/// [`read_info`] of a file on the disk, of which no more than the header is read.
///
/// # Errors
/// If it cannot be read, or is no model that draws.
pub fn read_info_of(path: &Path) -> Result<ModelInfo, ModelFileError> {
    described::described(&tensor_file::description_of(path)?, &path.display().to_string())
}
