//! What a run is given beside its configuration.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use burn::tensor::Device;

use super::error::TrainingError;

/// A model file, read.
#[derive(Clone, Debug)]
pub struct StartModel {
    /// Its path, or another name for messages.
    pub name: String,
    /// Of its file.
    pub bytes: Cow<'static, [u8]>,
}

impl StartModel {
    /// The model in a file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(path: &Path) -> Result<Self, TrainingError> {
        let bytes = std::fs::read(path).map_err(TrainingError::io(path, "reading"))?;
        Ok(Self { name: path.display().to_string(), bytes: bytes.into() })
    }

    pub(super) fn refused(&self, reason: String) -> TrainingError {
        TrainingError::Start { path: PathBuf::from(&self.name), reason }
    }
}

/// Where a run reads and writes, and on what it computes.
#[derive(Debug)]
pub struct Run<'a> {
    /// Folder of an imported data set.
    pub data: &'a Path,
    /// Folder of the run.
    pub path: &'a Path,
    /// Whether the run goes on from its newest checkpoint.
    pub resume: bool,
    /// A model whose weights a new run starts with.
    pub from: Option<&'a StartModel>,
    /// What a student begins with in place of its teacher's weights: a student of an earlier teacher, which draws
    /// in one step already.
    pub student: Option<&'a StartModel>,
    /// A file of LPIPS's weights, by which the autoencoder of latent diffusion is to learn, too; a run that goes on has its
    /// own.
    pub lpips: Option<&'a StartModel>,
    /// A device without autodiff.
    pub device: Device,
    /// As shown to the user.
    pub device_name: String,
    /// Bytes of memory that the device has free, where that is known.
    pub free_memory: Option<u64>,
}
