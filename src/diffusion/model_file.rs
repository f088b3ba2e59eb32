//! Model files: safetensors with everything the program must know about the network beside the weights.
//!
//! One JSON string under the metadata key `retidiff` holds a versioned [`ModelInfo`], with the SHA-256 of the
//! tensor bytes. A file is input like any other: nothing in it is believed before it was checked, and nothing
//! is allocated by its word.

use std::path::Path;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

pub use super::tensor_file::{METADATA_KEY, ModelFileError, Precision};
use super::{Prediction, Schedule, tensor_file};
use crate::encoding::labels::LabelScheme;
use crate::encoding::mapping::Mapping;
use crate::encoding::masks::{DIAL_PLANES, MaskCoding, MaskGrid};
use crate::encoding::style::StyleModel;
use crate::formats::atomic::write_atomically;
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
    pub coding: MaskCoding,
    pub grid: MaskGrid,
}

/// Everything about a network that its weights do not say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// The oldest [`MODEL_FILE_VERSION`] that draws it rightly. Written by [`encode`], whatever it holds.
    pub version: u32,
    /// As shown to the user.
    pub name: String,
    pub kind: ModelKind,
    /// `live`, `paper`, ...
    pub preset: String,
    pub network: UNetConfig,
    /// How labels become condition planes; labels of no class (255 among them) are 0 in all.
    pub labels: LabelScheme,
    /// How a document lies on the network's grid.
    pub mapping: Mapping,
    pub normalisation: Normalisation,
    pub schedule: Schedule,
    pub prediction: Prediction,
    /// What the network is told of a scan's style, where it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<StyleModel>,
    /// Whether the last condition plane holds vessel shadows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
    /// Of a mask model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<MaskModel>,
    /// What the training says of itself: data, steps, figures.
    pub training: serde_json::Value,
    /// SHA-256 of the tensor bytes, lower-case hexadecimal. Written by [`encode`], whatever it holds.
    pub tensors_sha256: String,
}

impl ModelInfo {
    /// Tensor hash of the model that taught this one to draw in one step; `None` for a model that is no student.
    pub fn teacher_sha256(&self) -> Option<&str> {
        self.training.get("teacher_sha256").and_then(serde_json::Value::as_str)
    }

    /// Share of the training strips that were shown without their mask; class guidance needs some.
    pub fn mask_dropout(&self) -> f64 {
        self.training.get("mask_dropout").and_then(serde_json::Value::as_f64).unwrap_or(0.0)
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

    /// Whether the parts fit together; the message says what does not.
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
                    || ![0, DIAL_PLANES].contains(&self.network.condition_channels)
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
    /// A pretrained network may have style channels that nobody told it anything by yet.
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

/// The bytes of a model file; the same network and info give the same bytes.
///
/// `info.version` and `info.tensors_sha256` are replaced by what is true of the file.
///
/// # Panics
/// If `info` does not describe this network ([`ModelInfo::check`], tensor shapes).
pub fn encode(unet: &UNet, info: &ModelInfo, precision: Precision) -> Vec<u8> {
    if let Err(reason) = info.check() {
        panic!("a model that no program could read: {reason}");
    }
    tensor_file::encode(unet, precision, |tensors_sha256| {
        let info = ModelInfo { version: info.needed_version(), tensors_sha256, ..info.clone() };
        serde_json::to_string(&info).expect("a model's description is plain data")
    })
}

/// Writes a model file: [`encode`] to a temporary file beside `path`, synced, renamed.
pub fn save(path: &Path, unet: &UNet, info: &ModelInfo, precision: Precision) -> Result<(), ModelFileError> {
    write_atomically(path, &encode(unet, info, precision))
        .map_err(|reason| ModelFileError::Write { file: path.display().to_string(), reason })
}

/// The description of a model file, without touching its weights. `file` is its name for messages.
pub fn read_info(bytes: &[u8], file: &str) -> Result<ModelInfo, ModelFileError> {
    read_header(bytes, file).map(|(info, _)| info)
}

/// [`read_info`] of a file on the disk, of which no more than the header is read.
pub fn read_info_of(path: &Path) -> Result<ModelInfo, ModelFileError> {
    described(&tensor_file::description_of(path)?, &path.display().to_string())
}

/// The network of a model file on a device, every tensor checked. `file` is its name for messages.
pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<(UNet, ModelInfo), ModelFileError> {
    let (info, data_start) = read_header(bytes, file)?;
    // Building a network allocates no weights: tensors come into being when they are first used.
    let contents = tensor_file::Contents { bytes, data_start, sha256: &info.tensors_sha256 };
    let unet = contents.load_into(info.network.init(device), file)?;
    Ok((unet, info))
}

/// The checked description and where the tensor bytes start.
fn read_header(bytes: &[u8], file: &str) -> Result<(ModelInfo, usize), ModelFileError> {
    let (description, data_start) = tensor_file::description(bytes, file)?;
    Ok((described(&description, file)?, data_start))
}

/// What a description says, checked.
fn described(description: &str, file: &str) -> Result<ModelInfo, ModelFileError> {
    let unreadable = |reason| ModelFileError::Description { file: file.to_owned(), reason };
    tensor_file::check_start(description, file, &["image", "mask"], MODEL_FILE_VERSION)?;
    let info: ModelInfo = serde_json::from_str(description).map_err(unreadable)?;
    info.check().map_err(|reason| ModelFileError::Contradiction { file: file.to_owned(), reason })?;
    Ok(info)
}
