//! A network with a description of its kind in one file: how every kind of model is written and read.
//!
//! What differs between kinds is what their descriptions say; what is the same is that a description is stamped with
//! the hash of the tensor bytes, that its version and kind are looked at before the rest is believed, and that every
//! tensor is checked.

use std::path::Path;

use burn::module::Module;
use burn::tensor::Device;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::tensor_file::{self, ModelFileError, Precision};
use crate::formats::atomic::write_atomically;

/// Everything about a network of some kind that its weights do not say.
pub trait Description: Serialize + DeserializeOwned {
    /// The network described.
    type Network: Module;
    /// What descriptions of this kind call themselves.
    const KINDS: &'static [&'static str];
    /// The newest version that is read.
    const READS: u32;

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// What does not, in words.
    fn check(&self) -> Result<(), String>;

    /// The same with the version that is written and the hash of the tensor bytes.
    fn stamped(&self, tensors_sha256: String) -> Self;

    /// SHA-256 of the tensor bytes, lower-case hexadecimal.
    fn tensors_sha256(&self) -> &str;

    /// The network without its weights: nothing is allocated before tensors are first used.
    fn network(&self, device: &Device) -> Self::Network;
}

/// The bytes of a model file; the same network and description give the same bytes.
///
/// # Panics
/// If the description is not one of this network.
pub fn encode<D: Description>(network: &D::Network, info: &D, precision: Precision) -> Vec<u8> {
    if let Err(reason) = info.check() {
        panic!("a model that no program could read: {reason}");
    }
    tensor_file::encode(network, precision, |tensors_sha256| {
        serde_json::to_string(&info.stamped(tensors_sha256)).expect("a model's description is plain data")
    })
}

/// Writes a model file: [`encode`] to a temporary file beside `path`, synced, renamed.
///
/// # Errors
/// If it cannot be written.
pub fn save<D: Description>(
    path: &Path,
    network: &D::Network,
    info: &D,
    precision: Precision,
) -> Result<(), ModelFileError> {
    write_atomically(path, &encode(network, info, precision))
        .map_err(|reason| ModelFileError::Write { file: path.display().to_string(), reason })
}

/// What a description says, checked. `file` is its name for messages.
///
/// # Errors
/// If it is of another kind, newer, unreadable, or contradicts itself.
pub fn described<D: Description>(description: &str, file: &str) -> Result<D, ModelFileError> {
    tensor_file::check_start(description, file, D::KINDS, D::READS)?;
    let info: D = serde_json::from_str(description)
        .map_err(|reason| ModelFileError::Description { file: file.to_owned(), reason })?;
    info.check().map_err(|reason| ModelFileError::Contradiction { file: file.to_owned(), reason })?;
    Ok(info)
}

/// What a file says of its model, without touching its weights. `file` is its name for messages.
///
/// # Errors
/// If it is no file of this kind, a newer one, or damaged.
pub fn read_info<D: Description>(bytes: &[u8], file: &str) -> Result<D, ModelFileError> {
    described(&tensor_file::description(bytes, file)?.0, file)
}

/// The network of a file on a device, every tensor checked. `file` is its name for messages.
///
/// # Errors
/// If it is no file of this kind, a newer one, or damaged.
pub fn load<D: Description>(
    bytes: &[u8],
    file: &str,
    device: &Device,
) -> Result<(D::Network, D), ModelFileError> {
    let (description, data_start) = tensor_file::description(bytes, file)?;
    let info: D = described(&description, file)?;
    let contents = tensor_file::Contents { bytes, data_start, sha256: info.tensors_sha256() };
    Ok((contents.load_into(info.network(device), file)?, info))
}
