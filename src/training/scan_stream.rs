//! Scans read from the disk when a batch needs them: stage 1 trains on more than memory holds.
//!
//! What was read is kept as long as there is room, so that small sets are read once; which scans are kept
//! changes no batch.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::batches::Batch;
use super::config::RunConfig;
use super::error::TrainingError;
use crate::dataset::manifest::{Manifest, ManifestEntry};
use crate::dataset::samples::{LabelledScan, Sample};
use crate::dataset::split::Role;
use crate::encoding::noise::{Rng, stream};
use crate::formats::folder::FolderKind;
use crate::formats::scanned_area;

/// Room for scans that were read, in bytes.
const ROOM_BYTES: usize = 256 << 20;
/// Validation scans that are looked at: a fixed few, spread over all; ...
const MAX_VALIDATION_SCANS: usize = 64;
/// ... and fewer where each is seen at many noise levels.
const MAX_VALIDATION_STRIPS: usize = 128;

/// The scans of a data set, labelled or not, their labels unread.
pub struct ScanStream {
    manifest: Arc<Manifest>,
    training: Vec<usize>,
    validation: Vec<usize>,
    most_validation_scans: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    scans: HashMap<usize, Arc<Sample>>,
    bytes: usize,
}

impl ScanStream {
    /// The scans of training and of validation subjects. Reads nothing.
    pub fn new(manifest: Arc<Manifest>, config: &RunConfig) -> Self {
        let of_role = |role: Role| -> Vec<usize> {
            let entries = manifest.entries.iter().enumerate();
            entries
                .filter(|(_, entry)| config.split.role(&entry.subject) == role)
                .map(|(index, _)| index)
                .collect()
        };
        let (training, validation) = (of_role(Role::Training), of_role(Role::Validation));
        let most = (MAX_VALIDATION_STRIPS / config.validation_levels.max(1)).clamp(1, MAX_VALIDATION_SCANS);
        Self { manifest, training, validation, most_validation_scans: most, kept: Mutex::default() }
    }

    /// Scans to train on and to validate on.
    pub fn counts(&self) -> (usize, usize) {
        (self.training.len(), self.validation.len().min(self.most_validation_scans))
    }

    /// Their ids.
    pub fn ids(&self) -> (Vec<&str>, Vec<&str>) {
        let ids = |indices: &[usize]| -> Vec<&str> {
            indices.iter().map(|&index| self.manifest.entries[index].id.as_str()).collect()
        };
        (ids(&self.training), ids(&self.validation))
    }

    /// The batch of number `part`.
    ///
    /// # Errors
    /// If a scan cannot be read.
    pub fn training_batch(&self, config: &RunConfig, part: u64) -> Result<Batch, TrainingError> {
        let mut rng = Rng::new(config.seed, stream::TRAINING_STREAM, part);
        let scans: Vec<Sample> = (0..config.batch)
            .map(|_| Ok((*self.scan(self.training[rng.below(self.training.len())], config)?).clone()))
            .collect::<Result<_, TrainingError>>()?;
        Ok(Batch::for_training(config, &scans, part))
    }

    /// The validation scans, a fixed few of them.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn validation_scans(&self, config: &RunConfig) -> Result<Vec<Sample>, TrainingError> {
        let count = self.counts().1;
        (0..count)
            .map(|index| self.validation[(2 * index + 1) * self.validation.len() / (2 * count)])
            .map(|index| Ok((*self.scan(index, config)?).clone()))
            .collect()
    }

    fn scan(&self, index: usize, config: &RunConfig) -> Result<Arc<Sample>, TrainingError> {
        let known = self.kept.lock().unwrap_or_else(PoisonError::into_inner).scans.get(&index).cloned();
        if let Some(scan) = known {
            return Ok(scan);
        }
        // The labels stay unread: this stage must not know them.
        let entry = ManifestEntry { label: None, ..self.manifest.entries[index].clone() };
        let mut read = LabelledScan::load(&self.manifest, &entry)?;
        if entry.scanned_area.is_none()
            && entry.source == FolderKind::Oct2017.source()
            && let Some(area) = scanned_area::detect(&read.image)
        {
            // Scans of a tree that is read in place were not looked at before.
            read.scanned = area.iter().map(|&inside| inside != 0).collect();
        }
        let scan = Arc::new(Sample::new(&read, &config.mapping));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = scan.image.len() + scan.labels.len() + scan.valid.len();
        if kept.bytes + bytes <= ROOM_BYTES {
            kept.bytes += bytes;
            kept.scans.insert(index, scan.clone());
        }
        Ok(scan)
    }
}
