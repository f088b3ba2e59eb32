//! The model file of a segmenter: the container of every model file, with a description of its own.

use std::path::Path;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::diffusion::described::{self, Description};
use crate::diffusion::model_file::{ModelFileError, Normalisation, Precision};
use crate::diffusion::training_summary::TrainingSummary;
use crate::encoding::labels::Coding;
use crate::encoding::{LabelScheme, Mapping};
use crate::nn::{Segmenter, SegmenterConfig};

/// The version this program writes and the newest it reads.
pub const SEGMENTER_FILE_VERSION: u32 = 1;

/// What sets the description of a segmenter apart from those of models that draw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmenterTag {
    /// A segmenter.
    #[default]
    Segmenter,
}

/// Everything about a segmenter that its weights do not say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmenterInfo {
    /// [`SEGMENTER_FILE_VERSION`]. Written by [`encode`], whatever it holds.
    pub version: u32,
    /// What it is.
    pub kind: SegmenterTag,
    /// As shown to the user.
    pub name: String,
    /// Its shape.
    pub network: SegmenterConfig,
    /// The classes it tells apart, each with its composite codes; the first code of a class is what it is written as.
    pub labels: LabelScheme,
    /// How a scan lies on the network's grid.
    pub mapping: Mapping,
    /// How grey values become network values.
    pub normalisation: Normalisation,
    /// What the training says of itself: data, steps, figures.
    pub training: TrainingSummary,
    /// SHA-256 of the tensor bytes, lower-case hexadecimal. Written by [`encode`], whatever it holds.
    pub tensors_sha256: String,
}

impl SegmenterInfo {
    /// Of a network that nobody trained, with the classes of every segmenter.
    pub fn untrained(name: impl Into<String>, network: SegmenterConfig, mapping: Mapping) -> Self {
        Self {
            version: SEGMENTER_FILE_VERSION,
            kind: SegmenterTag::Segmenter,
            name: name.into(),
            network,
            labels: LabelScheme::segmenter(),
            mapping,
            normalisation: Normalisation::MinusOneToOne,
            training: TrainingSummary::default(),
            tensors_sha256: String::new(),
        }
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// What does not, in words.
    pub fn check(&self) -> Result<(), String> {
        check_parts(&self.network, &self.labels, &self.mapping)
    }
}

impl Description for SegmenterInfo {
    type Network = Segmenter;
    const KINDS: &'static [&'static str] = &["segmenter"];
    const READS: u32 = SEGMENTER_FILE_VERSION;

    fn check(&self) -> Result<(), String> {
        self.check()
    }

    fn stamped(&self, tensors_sha256: String) -> Self {
        Self { version: SEGMENTER_FILE_VERSION, tensors_sha256, ..self.clone() }
    }

    fn tensors_sha256(&self) -> &str {
        &self.tensors_sha256
    }

    fn network(&self, device: &Device) -> Segmenter {
        self.network.init(self.labels.classes.len(), device)
    }
}

/// Whether a network, its classes and its grid fit together.
///
/// # Errors
/// What does not fit: the classes, the network, or a grid in other multiples.
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
    described::encode(network, info, precision)
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
    described::save(path, network, info, precision)
}

/// What a segmenter's file says of its network, without touching its weights. `file` is its name for messages.
///
/// # Errors
/// If it is another file, a newer one, or damaged.
pub fn read_info(bytes: &[u8], file: &str) -> Result<SegmenterInfo, ModelFileError> {
    described::read_info(bytes, file)
}

/// The network of a segmenter's file on a device, every tensor checked. `file` is its name for messages.
///
/// # Errors
/// If it is another file, a newer one, or damaged.
pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<(Segmenter, SegmenterInfo), ModelFileError> {
    described::load(bytes, file, device)
}
