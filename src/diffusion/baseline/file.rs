//! The model file of a compared method: the container of every model file, with a description of its own, so that no
//! program takes it for one of our models.

use std::path::Path;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::diffusion::Schedule;
use crate::diffusion::described::{self, Description};
use crate::diffusion::model_file::{ModelFileError, Normalisation, Precision};
use crate::diffusion::tensor_file;
use crate::diffusion::training_summary::TrainingSummary;
use crate::encoding::{LabelScheme, Mapping};
use crate::nn::{Baseline, BaselineConfig};

/// The version this program writes and the newest it reads.
pub const BASELINE_FILE_VERSION: u32 = 1;
/// What the description of these files calls itself.
pub const BASELINE_KIND: &str = "baseline";

/// What sets the description of a compared method apart from those of other models.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaselineTag {
    /// A compared method.
    #[default]
    Baseline,
}

/// Everything about a compared method's network that its weights do not say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaselineInfo {
    /// [`BASELINE_FILE_VERSION`]. Written by [`encode`], whatever it holds.
    pub version: u32,
    /// What it is.
    pub kind: BaselineTag,
    /// As shown to the user.
    pub name: String,
    /// `retree-small`, ...
    pub preset: String,
    /// Its shape.
    pub network: BaselineConfig,
    /// How labels become condition planes.
    pub labels: LabelScheme,
    /// How a scan lies on the network's grid.
    pub mapping: Mapping,
    /// How grey values become network values.
    pub normalisation: Normalisation,
    /// The noise levels it was trained on.
    pub schedule: Schedule,
    /// What the training says of itself: data, steps, figures.
    pub training: TrainingSummary,
    /// SHA-256 of the tensor bytes, lower-case hexadecimal. Written by [`encode`], whatever it holds.
    pub tensors_sha256: String,
}

impl BaselineInfo {
    /// Whether the parts fit together.
    ///
    /// # Errors
    /// What does not, in words.
    pub fn check(&self) -> Result<(), String> {
        self.schedule.check()?;
        check_parts(&self.network, &self.labels, &self.mapping)?;
        match self.schedule.discrete_steps() {
            Some(_) if !self.schedule.ends_at_pure_noise() => Ok(()),
            _ => Err("its schedule is not one of steps that leave a trace of the picture".to_owned()),
        }
    }
}

impl Description for BaselineInfo {
    type Network = Baseline;
    const KINDS: &'static [&'static str] = &[BASELINE_KIND];
    const READS: u32 = BASELINE_FILE_VERSION;

    fn check(&self) -> Result<(), String> {
        self.check()
    }

    fn stamped(&self, tensors_sha256: String) -> Self {
        Self { version: BASELINE_FILE_VERSION, tensors_sha256, ..self.clone() }
    }

    fn tensors_sha256(&self) -> &str {
        &self.tensors_sha256
    }

    fn network(&self, device: &Device) -> Baseline {
        self.network.init(device)
    }
}

/// Whether a network, its label planes and its grid fit together.
///
/// # Errors
/// What does not fit: the network alone, its planes, or a grid without a fixed size or in other multiples.
pub fn check_parts(network: &BaselineConfig, labels: &LabelScheme, mapping: &Mapping) -> Result<(), String> {
    network.check()?;
    labels.check()?;
    if let Some(channels) = network.condition_channels()
        && channels != labels.plane_count()
    {
        return Err(format!(
            "{} condition planes for a network with {channels} condition channels",
            labels.plane_count()
        ));
    }
    if mapping.fixed_size.is_none() {
        return Err("its grid has no fixed size, which these networks need".to_owned());
    }
    let multiple = mapping.multiple as usize;
    if multiple == 0 || !multiple.is_multiple_of(network.side_multiple()) {
        return Err(format!(
            "a grid in multiples of {multiple} for a network in multiples of {}",
            network.side_multiple()
        ));
    }
    mapping.check()
}

/// Whether the bytes are a model file of a compared method.
pub fn is_baseline(bytes: &[u8], file: &str) -> bool {
    #[derive(Deserialize)]
    struct Start {
        #[serde(default)]
        kind: String,
    }
    tensor_file::description(bytes, file)
        .ok()
        .and_then(|(description, _)| serde_json::from_str::<Start>(&description).ok())
        .is_some_and(|start| start.kind == BASELINE_KIND)
}

/// The bytes of a compared method's file; the same network and info give the same bytes.
///
/// # Panics
/// If `info` does not describe this network.
pub fn encode(network: &Baseline, info: &BaselineInfo, precision: Precision) -> Vec<u8> {
    described::encode(network, info, precision)
}

/// Writes a compared method's file: [`encode`] to a temporary file beside `path`, synced, renamed.
///
/// # Errors
/// If it cannot be written.
pub fn save(
    path: &Path,
    network: &Baseline,
    info: &BaselineInfo,
    precision: Precision,
) -> Result<(), ModelFileError> {
    described::save(path, network, info, precision)
}

/// The network of a compared method's file on a device, every tensor checked. `file` is its name for messages.
///
/// # Errors
/// If it is another file, a newer one, or damaged.
pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<(Baseline, BaselineInfo), ModelFileError> {
    described::load(bytes, file, device)
}
