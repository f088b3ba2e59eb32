//! The container of every model file: tensors by name and one description, as safetensors.
//!
//! What the description says is for the kind of model to know; here is what all of them share: the key it stands
//! under, the SHA-256 of the tensor bytes, and that nothing is allocated by the word of a header.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::Path;

use burn::module::Module;
use half::f16;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::formats::provenance::{hexadecimal, sha256_hex};
use crate::nn::weights::{self, NamedTensor};

/// The metadata key of the JSON string.
pub const METADATA_KEY: &str = "retidiff";
/// Bytes before a safetensors header: its length.
const HEADER_LENGTH_BYTES: usize = 8;
/// The folder beside the model of a run that holds what the run goes on from.
const CHECKPOINTS_OF_A_RUN: &str = "checkpoints";
/// The longest header that is read for its description alone: those of this program have some ten kilobytes.
const MAX_HEADER_BYTES: u64 = 16 << 20;

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
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum ModelFileError {
    #[error("{file}: no safetensors file ({reason}); {remedy}")]
    Malformed { file: String, reason: SafeTensorError, remedy: &'static str },
    #[error("{file}: not a RetiDiff model (no `{METADATA_KEY}` entry in its metadata); choose another file")]
    NotAModel { file: String },
    #[error(
        "{file}: written by a newer RetiDiff (model version {found}, this one reads {reads}); update RetiDiff"
    )]
    TooNew { file: String, found: u64, reads: u32 },
    #[error("{file}: it {does}; {remedy}")]
    OtherKind { file: String, does: &'static str, remedy: &'static str },
    #[error("{file}: its description is unreadable ({reason}); export the model again")]
    Description { file: String, reason: serde_json::Error },
    #[error("{file}: its description contradicts itself: {reason}; export the model again")]
    Contradiction { file: String, reason: String },
    #[error("{file}: its weights are damaged (SHA-256 {found}, expected {expected}); {remedy}")]
    Damaged { file: String, expected: String, found: String, remedy: &'static str },
    #[error("{file}: tensor `{tensor}` {reason}; export the model again")]
    Tensor { file: String, tensor: String, reason: String },
    #[error("{file}: cannot be read ({reason}); check that it is there and may be read")]
    Read { file: String, reason: std::io::Error },
    #[error("{file}: cannot be written ({reason}); check the folder's space and permissions")]
    Write { file: String, reason: std::io::Error },
}

/// The bytes of a file with the tensors of a network and the description that `describe` makes of their SHA-256
/// (lower-case hexadecimal). The same network and description give the same bytes.
pub fn encode(
    network: &impl Module,
    precision: Precision,
    describe: impl FnOnce(String) -> String,
) -> Vec<u8> {
    let mut tensors = weights::collect(network);
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
    let description = describe(hexadecimal(&hasher.finalize()));

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

/// The description of a file and where its tensor bytes start. `file` is its name for messages.
///
/// # Errors
/// If the bytes are no safetensors file with a description.
pub fn description(bytes: &[u8], file: &str) -> Result<(String, usize), ModelFileError> {
    let (header_length, header) =
        SafeTensors::read_metadata(bytes).map_err(|reason| malformed(file, reason))?;
    let description = header
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get(METADATA_KEY))
        .ok_or_else(|| ModelFileError::NotAModel { file: file.to_owned() })?;
    Ok((description.clone(), HEADER_LENGTH_BYTES + header_length))
}

/// The description of a file on the disk, of which no more than the header is read.
///
/// # Errors
/// If it cannot be read, or is no safetensors file with a description.
pub fn description_of(path: &Path) -> Result<String, ModelFileError> {
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
    if length > MAX_HEADER_BYTES {
        return Err(malformed(&name, SafeTensorError::HeaderTooLarge));
    }
    let mut header = Vec::new();
    file.take(length).read_to_end(&mut header).map_err(unreadable)?;
    if header.len() as u64 != length {
        return Err(malformed(&name, SafeTensorError::InvalidHeaderLength));
    }
    let mut header: Header = serde_json::from_slice(&header)
        .map_err(|reason| malformed(&name, SafeTensorError::InvalidHeaderDeserialization(reason)))?;
    header.metadata.remove(METADATA_KEY).ok_or(ModelFileError::NotAModel { file: name })
}

/// Checks what every version of every kind of model has, before the rest of a description is believed: its version
/// is at most `reads`, and its kind one of `kinds` (a file without one has another error).
///
/// # Errors
/// If it is newer, or a model of another kind.
pub fn check_start(description: &str, file: &str, kinds: &[&str], reads: u32) -> Result<(), ModelFileError> {
    #[derive(Deserialize)]
    struct Start {
        version: u64,
        #[serde(default)]
        kind: serde_json::Value,
    }
    let Start { version, kind } = serde_json::from_str(description)
        .map_err(|reason| ModelFileError::Description { file: file.to_owned(), reason })?;
    let does = match kind.as_str() {
        Some(kind) if kinds.contains(&kind) => None,
        Some("image") => Some("draws scans from masks"),
        Some("mask") => Some("draws masks"),
        Some("segmenter") => Some("labels scans"),
        Some("baseline") => Some("is of a method that is only compared with"),
        _ => None,
    };
    if let Some(does) = does {
        let remedy = match kinds {
            ["baseline"] => {
                "choose a model of Retree or LDM (`retidiff train --preset retree_small` makes one)"
            }
            ["segmenter"] => "choose a segmenter (`retidiff train --stage segment` makes one)",
            _ => "choose a model that draws",
        };
        return Err(ModelFileError::OtherKind { file: file.to_owned(), does, remedy });
    }
    match version > u64::from(reads) {
        true => Err(ModelFileError::TooNew { file: file.to_owned(), found: version, reads }),
        false => Ok(()),
    }
}

/// A file's bytes, where its tensors start, and the hash that its description gives them.
#[derive(Clone, Copy, Debug)]
pub struct Contents<'a> {
    /// Of the file.
    pub bytes: &'a [u8],
    /// Where its tensors begin.
    pub data_start: usize,
    /// Of the tensor bytes, as the description says.
    pub sha256: &'a str,
}

impl Contents<'_> {
    /// The network with the file's tensors, every one checked. `file` is its name for messages.
    ///
    /// # Errors
    /// If the bytes are damaged, or a tensor is missing, foreign, of another shape or not finite.
    pub fn load_into<M: Module>(self, network: M, file: &str) -> Result<M, ModelFileError> {
        let found = sha256_hex(&self.bytes[self.data_start..]);
        if found != self.sha256 {
            let expected = self.sha256.to_owned();
            let remedy = remedy_for(file);
            return Err(ModelFileError::Damaged { file: file.to_owned(), expected, found, remedy });
        }
        let tensors = SafeTensors::deserialize(self.bytes).map_err(|reason| malformed(file, reason))?;
        let shapes = weights::shapes(&network);
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
        Ok(weights::assign(network, values))
    }
}

fn malformed(file: &str, reason: SafeTensorError) -> ModelFileError {
    ModelFileError::Malformed { file: file.to_owned(), reason, remedy: remedy_for(file) }
}

/// What helps against a file that was cut off or damaged: nobody else has that of a run, but its checkpoints do.
fn remedy_for(file: &str) -> &'static str {
    match Path::new(file).parent().is_some_and(|folder| folder.join(CHECKPOINTS_OF_A_RUN).is_dir()) {
        true => {
            "train on (`retidiff train --resume`), which writes it anew from its checkpoints, or take an earlier checkpoint \
             (`--branch`)"
        }
        false => "copy or download it again",
    }
}

/// The numbers of a tensor.
///
/// # Errors
/// In words, if they are of another type than 32 or 16 bits, or one of them is not finite.
pub fn decode(view: &TensorView<'_>) -> Result<Vec<f32>, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_off_model_of_a_run_is_written_anew_and_another_copied_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("model.safetensors").display().to_string();
        let said = || description(b"cut", &file).unwrap_err().to_string();
        assert!(said().ends_with("; copy or download it again"), "{}", said());
        std::fs::create_dir_all(folder.path().join(CHECKPOINTS_OF_A_RUN)).unwrap();
        assert!(said().contains("--resume") && said().contains("take an earlier checkpoint"), "{}", said());
        assert!(!said().contains("download"), "{}", said());
    }
}
