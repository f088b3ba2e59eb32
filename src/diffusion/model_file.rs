//! Model files: safetensors with everything the program must know about the network beside the weights.
//!
//! One JSON string under the metadata key `retidiff` holds a versioned [`ModelInfo`], with the SHA-256 of the
//! tensor bytes. A file is input like any other: nothing in it is believed before it was checked, and nothing
//! is allocated by its word.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::Path;

use burn::tensor::Device;
use half::f16;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Prediction, Schedule};
use crate::dataset::labels::LabelScheme;
use crate::dataset::mapping::Mapping;
use crate::dataset::masks::{DIAL_PLANES, MaskCoding, MaskGrid};
use crate::dataset::style::StyleModel;
use crate::formats::atomic::write_atomically;
use crate::nn::weights::{self, NamedTensor};
use crate::nn::{UNet, UNetConfig};

/// The newest version this program reads.
///
/// 2: style, vessel shadows and a mean that is taken off, each of which an older program would silently leave out.
pub const MODEL_FILE_VERSION: u32 = 2;
/// The version of a model without any of these, which older programs draw rightly.
const PLAIN_MODEL_VERSION: u32 = 1;
/// The metadata key of the JSON string.
pub const METADATA_KEY: &str = "retidiff";
/// Bytes before a safetensors header: its length.
const HEADER_LENGTH_BYTES: usize = 8;
/// The longest header that is read for its description alone: those of this program have some ten kilobytes.
const MOST_HEADER_BYTES: u64 = 16 << 20;

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
        let is_plain = self.network.style_channels == 0 && !self.shadow && self.prediction.mean() == 0.0;
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
        if self.mapping.max_window.iter().any(|&side| {
            !(1..=8192).contains(&side)
                || !side.is_multiple_of(self.mapping.multiple)
                || u64::from(side) <= 2 * u64::from(self.mapping.overlap)
        }) {
            return Err(format!("windows of {:?} pixels", self.mapping.max_window));
        }
        self.mapping.check_fixed_size()?;
        let scales = [self.mapping.axial_um_per_px, self.mapping.lateral_um_per_px];
        let tolerances = [self.mapping.axial_tolerance, self.mapping.lateral_tolerance];
        if !scales.iter().all(|scale| (0.05..=1000.0).contains(scale))
            || !tolerances.iter().all(|tolerance| (0.0..1.0).contains(tolerance))
        {
            return Err(format!("a grid of {scales:?} um per pixel with tolerances {tolerances:?}"));
        }
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

/// How weights are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Exact.
    F32,
    /// Half the size, eleven bits.
    F16,
}

/// Why a model file was refused or not written. Every message names the file and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum ModelFileError {
    #[error("{file}: no safetensors file ({reason}); copy or download it again")]
    Malformed { file: String, reason: SafeTensorError },
    #[error("{file}: not a RetiDiff model (no `{METADATA_KEY}` entry in its metadata); choose another file")]
    NotAModel { file: String },
    #[error(
        "{file}: written by a newer RetiDiff (model version {found}, this one reads {MODEL_FILE_VERSION}); \
             update RetiDiff"
    )]
    TooNew { file: String, found: u64 },
    #[error("{file}: its description is unreadable ({reason}); export the model again")]
    Description { file: String, reason: serde_json::Error },
    #[error("{file}: its description contradicts itself: {reason}; export the model again")]
    Contradiction { file: String, reason: String },
    #[error(
        "{file}: its weights are damaged (SHA-256 {found}, expected {expected}); copy or download it again"
    )]
    Damaged { file: String, expected: String, found: String },
    #[error("{file}: tensor `{tensor}` {reason}; export the model again")]
    Tensor { file: String, tensor: String, reason: String },
    #[error("{file}: cannot be read ({reason}); check that it is there and may be read")]
    Read { file: String, reason: std::io::Error },
    #[error("{file}: cannot be written ({reason}); check the folder's space and permissions")]
    Write { file: String, reason: std::io::Error },
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
    let mut tensors = weights::collect(unet);
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    let tensors: Vec<(NamedTensor, Vec<u8>)> = tensors
        .into_iter()
        .map(|tensor| {
            let bytes = match precision {
                Precision::F32 => tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect(),
                Precision::F16 => {
                    tensor.values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect()
                }
            };
            (tensor, bytes)
        })
        .collect();

    let mut hasher = Sha256::new();
    // safetensors lays tensors of one type out by name, which is the order here.
    for (_, bytes) in &tensors {
        hasher.update(bytes);
    }
    let info = ModelInfo {
        version: info.needed_version(),
        tensors_sha256: hexadecimal(&hasher.finalize()),
        ..info.clone()
    };
    let description = serde_json::to_string(&info).expect("a model's description is plain data");

    let dtype = match precision {
        Precision::F32 => Dtype::F32,
        Precision::F16 => Dtype::F16,
    };
    let views = tensors.iter().map(|(tensor, bytes)| {
        let view = TensorView::new(dtype, tensor.shape.clone(), bytes).expect("bytes of the tensor's shape");
        (tensor.name.as_str(), view)
    });
    let metadata = HashMap::from([(METADATA_KEY.to_owned(), description)]);
    safetensors::serialize(views, Some(metadata)).expect("a network's header is small")
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
    /// The part of the header that describes the model; the tensors are left alone.
    #[derive(Deserialize)]
    struct Header {
        #[serde(rename = "__metadata__", default)]
        metadata: HashMap<String, String>,
    }
    let name = path.display().to_string();
    let unreadable = |reason| ModelFileError::Read { file: name.clone(), reason };
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let mut length = [0; HEADER_LENGTH_BYTES];
    file.read_exact(&mut length).map_err(|_| malformed(&name, SafeTensorError::HeaderTooSmall))?;
    let length = u64::from_le_bytes(length);
    if length > MOST_HEADER_BYTES {
        return Err(malformed(&name, SafeTensorError::HeaderTooLarge));
    }
    let mut header = Vec::new();
    file.take(length).read_to_end(&mut header).map_err(unreadable)?;
    if header.len() as u64 != length {
        return Err(malformed(&name, SafeTensorError::InvalidHeaderLength));
    }
    let header: Header = serde_json::from_slice(&header)
        .map_err(|reason| malformed(&name, SafeTensorError::InvalidHeaderDeserialization(reason)))?;
    let description =
        header.metadata.get(METADATA_KEY).ok_or_else(|| ModelFileError::NotAModel { file: name.clone() })?;
    described(description, &name)
}

/// The network of a model file on a device, every tensor checked. `file` is its name for messages.
pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<(UNet, ModelInfo), ModelFileError> {
    let (info, data_start) = read_header(bytes, file)?;
    let found = hexadecimal(&Sha256::digest(&bytes[data_start..]));
    if found != info.tensors_sha256 {
        let expected = info.tensors_sha256;
        return Err(ModelFileError::Damaged { file: file.to_owned(), expected, found });
    }
    let tensors = SafeTensors::deserialize(bytes).map_err(|reason| malformed(file, reason))?;

    // Building a network allocates no weights: tensors come into being when they are first used.
    let unet = info.network.init(device);
    let shapes = weights::shapes(&unet);
    let tensor_error = |tensor: &str, reason: String| ModelFileError::Tensor {
        file: file.to_owned(),
        tensor: tensor.to_owned(),
        reason,
    };
    if let Some(unknown) = tensors.names().into_iter().find(|name| !shapes.contains_key(*name)) {
        return Err(tensor_error(unknown, "is no part of the network it describes".to_owned()));
    }
    for (name, shape) in &shapes {
        let view = tensors.tensor(name).map_err(|_| tensor_error(name, "is missing".to_owned()))?;
        if view.shape() != shape.as_slice() {
            let reason = format!("has shape {:?}, the network needs {shape:?}", view.shape());
            return Err(tensor_error(name, reason));
        }
    }
    let mut values = BTreeMap::new();
    for name in shapes.into_keys() {
        let view = tensors.tensor(&name).map_err(|_| tensor_error(&name, "is missing".to_owned()))?;
        let decoded = decode(&view).map_err(|reason| tensor_error(&name, reason))?;
        values.insert(name, decoded);
    }
    Ok((weights::assign(unet, values), info))
}

/// The checked description and where the tensor bytes start.
fn read_header(bytes: &[u8], file: &str) -> Result<(ModelInfo, usize), ModelFileError> {
    let (header_length, header) =
        SafeTensors::read_metadata(bytes).map_err(|reason| malformed(file, reason))?;
    let description = header
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get(METADATA_KEY))
        .ok_or_else(|| ModelFileError::NotAModel { file: file.to_owned() })?;
    Ok((described(description, file)?, HEADER_LENGTH_BYTES + header_length))
}

/// What a description says, checked.
fn described(description: &str, file: &str) -> Result<ModelInfo, ModelFileError> {
    let unreadable = |reason| ModelFileError::Description { file: file.to_owned(), reason };
    /// The one field every version has; the rest may mean anything in a newer one.
    #[derive(Deserialize)]
    struct Versioned {
        version: u64,
    }
    let Versioned { version } = serde_json::from_str(description).map_err(unreadable)?;
    if version > u64::from(MODEL_FILE_VERSION) {
        return Err(ModelFileError::TooNew { file: file.to_owned(), found: version });
    }
    let info: ModelInfo = serde_json::from_str(description).map_err(unreadable)?;
    info.check().map_err(|reason| ModelFileError::Contradiction { file: file.to_owned(), reason })?;
    Ok(info)
}

fn malformed(file: &str, reason: SafeTensorError) -> ModelFileError {
    ModelFileError::Malformed { file: file.to_owned(), reason }
}

fn decode(view: &TensorView<'_>) -> Result<Vec<f32>, String> {
    let values: Vec<f32> = match view.dtype() {
        Dtype::F32 => {
            view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
        }
        Dtype::F16 => {
            view.data().chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
        }
        other => return Err(format!("has type {other:?}, expected F32 or F16")),
    };
    if values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err("holds a value that is no finite number".to_owned())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
