//! The model file of a compared method: the container of every model file, with a description of its own, so that no
//! program takes it for one of our models.

use std::path::Path;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::diffusion::Schedule;
use crate::diffusion::model_file::{ModelFileError, Normalisation, Precision};
use crate::diffusion::tensor_file;
use crate::encoding::{LabelScheme, Mapping};
use crate::formats::atomic::write_atomically;
use crate::nn::{Baseline, BaselineConfig};

/// The version this program writes and the newest it reads.
pub const BASELINE_FILE_VERSION: u32 = 1;
/// What the description of these files calls itself.
pub const BASELINE_KIND: &str = "baseline";

/// What sets the description of a compared method apart from those of other models.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaselineTag {
    #[default]
    Baseline,
}

/// Everything about a compared method's network that its weights do not say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaselineInfo {
    pub version: u32,
    pub kind: BaselineTag,
    /// As shown to the user.
    pub name: String,
    pub preset: String,
    pub network: BaselineConfig,
    /// How labels become condition planes.
    pub labels: LabelScheme,
    /// How a scan lies on the network's grid.
    pub mapping: Mapping,
    pub normalisation: Normalisation,
    pub schedule: Schedule,
    /// What the training says of itself: data, steps, figures.
    pub training: serde_json::Value,
    /// SHA-256 of the tensor bytes, lower-case hexadecimal. Written by [`encode`], whatever it holds.
    pub tensors_sha256: String,
}

impl BaselineInfo {
    /// Whether the parts fit together; the message says what does not.
    pub fn check(&self) -> Result<(), String> {
        self.schedule.check()?;
        check_parts(&self.network, &self.labels, &self.mapping)?;
        match self.schedule.discrete_steps() {
            Some(_) if !self.schedule.ends_at_pure_noise() => Ok(()),
            _ => Err("its schedule is not one of steps that leave a trace of the picture".to_owned()),
        }
    }
}

/// Whether a network, its label planes and its grid fit together; the message says what does not.
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

/// The bytes of a compared method's file; the same network and info give the same bytes.
///
/// # Panics
/// If `info` does not describe this network.
pub fn encode(network: &Baseline, info: &BaselineInfo, precision: Precision) -> Vec<u8> {
    if let Err(reason) = info.check() {
        panic!("a model that no program could read: {reason}");
    }
    tensor_file::encode(network, precision, |tensors_sha256| {
        let info = BaselineInfo { version: BASELINE_FILE_VERSION, tensors_sha256, ..info.clone() };
        serde_json::to_string(&info).expect("a model's description is plain data")
    })
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
    write_atomically(path, &encode(network, info, precision))
        .map_err(|reason| ModelFileError::Write { file: path.display().to_string(), reason })
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

/// The network of a file on a device, every tensor checked.
///
/// # Errors
/// If it is no file of a compared method, a newer one, or damaged.
pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<(Baseline, BaselineInfo), ModelFileError> {
    let (description, data_start) = tensor_file::description(bytes, file)?;
    tensor_file::check_start(&description, file, &[BASELINE_KIND], BASELINE_FILE_VERSION)?;
    let info: BaselineInfo = serde_json::from_str(&description)
        .map_err(|reason| ModelFileError::Description { file: file.to_owned(), reason })?;
    info.check().map_err(|reason| ModelFileError::Contradiction { file: file.to_owned(), reason })?;
    let contents = tensor_file::Contents { bytes, data_start, sha256: &info.tensors_sha256 };
    Ok((contents.load_into(info.network.init(device), file)?, info))
}
