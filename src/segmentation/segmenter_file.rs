//! The model file of a segmenter: the container of every model file, with a description of its own.

use std::path::Path;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::diffusion::model_file::{ModelFileError, Normalisation, Precision};
use crate::diffusion::tensor_file;
use crate::encoding::labels::Coding;
use crate::encoding::{LabelScheme, Mapping};
use crate::formats::atomic::write_atomically;
use crate::nn::{Segmenter, SegmenterConfig};

/// The version this program writes and the newest it reads.
pub const SEGMENTER_FILE_VERSION: u32 = 1;

/// What sets the description of a segmenter apart from those of models that draw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmenterTag {
    #[default]
    Segmenter,
}

/// Everything about a segmenter that its weights do not say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmenterInfo {
    pub version: u32,
    pub kind: SegmenterTag,
    /// As shown to the user.
    pub name: String,
    pub network: SegmenterConfig,
    /// The classes it tells apart, each with its composite codes; the first code of a class is what it is written as.
    pub labels: LabelScheme,
    /// How a scan lies on the network's grid.
    pub mapping: Mapping,
    pub normalisation: Normalisation,
    /// What the training says of itself: data, steps, figures.
    pub training: serde_json::Value,
    /// SHA-256 of the tensor bytes, lower-case hexadecimal. Written by [`encode`], whatever it holds.
    pub tensors_sha256: String,
}

impl SegmenterInfo {
    /// Whether the parts fit together; the message says what does not.
    pub fn check(&self) -> Result<(), String> {
        check_parts(&self.network, &self.labels, &self.mapping)
    }
}

/// Whether a network, its classes and its grid fit together; the message says what does not.
pub fn check_parts(network: &SegmenterConfig, labels: &LabelScheme, mapping: &Mapping) -> Result<(), String> {
    labels.check()?;
    if labels.coding != Coding::OneHot || labels.classes.iter().any(Vec::is_empty) {
        return Err("its classes are not told apart one by one".to_owned());
    }
    network.check(labels.classes.len())?;
    let multiple = mapping.multiple as usize;
    if multiple == 0 || !multiple.is_multiple_of(network.side_multiple()) {
        return Err(format!(
            "a grid in multiples of {multiple} for a network in multiples of {}",
            network.side_multiple()
        ));
    }
    mapping.check()
}

/// The bytes of a segmenter's file; the same network and info give the same bytes.
///
/// # Panics
/// If `info` does not describe this network.
pub fn encode(network: &Segmenter, info: &SegmenterInfo, precision: Precision) -> Vec<u8> {
    if let Err(reason) = info.check() {
        panic!("a segmenter that no program could read: {reason}");
    }
    tensor_file::encode(network, precision, |tensors_sha256| {
        let info = SegmenterInfo { version: SEGMENTER_FILE_VERSION, tensors_sha256, ..info.clone() };
        serde_json::to_string(&info).expect("a model's description is plain data")
    })
}

/// Writes a segmenter's file: [`encode`] to a temporary file beside `path`, synced, renamed.
///
/// # Errors
/// If it cannot be written.
pub fn save(
    path: &Path,
    network: &Segmenter,
    info: &SegmenterInfo,
    precision: Precision,
) -> Result<(), ModelFileError> {
    write_atomically(path, &encode(network, info, precision))
        .map_err(|reason| ModelFileError::Write { file: path.display().to_string(), reason })
}

/// What a file says of its segmenter, without its weights. `file` is its name for messages.
///
/// # Errors
/// If it is no file of a segmenter, a newer one, or damaged.
pub fn read_info(bytes: &[u8], file: &str) -> Result<SegmenterInfo, ModelFileError> {
    let (description, _) = tensor_file::description(bytes, file)?;
    tensor_file::check_start(&description, file, &["segmenter"], SEGMENTER_FILE_VERSION)?;
    let info: SegmenterInfo = serde_json::from_str(&description)
        .map_err(|reason| ModelFileError::Description { file: file.to_owned(), reason })?;
    info.check().map_err(|reason| ModelFileError::Contradiction { file: file.to_owned(), reason })?;
    Ok(info)
}

/// The segmenter of a file on a device, every tensor checked. `file` is its name for messages.
///
/// # Errors
/// If it is no file of a segmenter, a newer one, or damaged.
pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<(Segmenter, SegmenterInfo), ModelFileError> {
    let (_, data_start) = tensor_file::description(bytes, file)?;
    let info = read_info(bytes, file)?;
    let network = info.network.init(info.labels.classes.len(), device);
    let contents = tensor_file::Contents { bytes, data_start, sha256: &info.tensors_sha256 };
    Ok((contents.load_into(network, file)?, info))
}
