//! What an ablation compares: the measured runs of every way to train.

use serde::{Deserialize, Serialize};

use super::figures::Figures;
use crate::diffusion::{Stage, TrainingSummary};
use crate::evaluation::SeenEyes;

/// Under which conditions figures can be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Conditions {
    pub version: u32,
    pub subjects: Vec<String>,
    pub scans: Vec<String>,
    pub sampler: String,
    pub steps: u32,
    pub seed: u64,
}

/// What a run was, as its model file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Trained {
    pub name: String,
    /// `None` where the file names none that this program knows.
    pub stage: Option<Stage>,
    /// Name of the model whose weights it began with.
    pub from: Option<String>,
    pub steps: u64,
    pub of_steps: u64,
    pub batch: u64,
    pub seed: u64,
    /// Share of the strips whose lesions were dimmed; `None` where the stage knows no DRM.
    pub drm_apply_probability: Option<f64>,
    pub training_scans: u64,
}

impl Trained {
    /// What the training summary of a model of this name says.
    pub fn of(name: &str, training: &TrainingSummary) -> Self {
        Self {
            name: name.to_owned(),
            stage: training.stage.copied(),
            from: training.from.known().cloned(),
            steps: training.steps.copied().unwrap_or_default(),
            of_steps: training.of_steps.copied().unwrap_or_default(),
            batch: training.batch.copied().unwrap_or_default() as u64,
            seed: training.seed.copied().unwrap_or_default(),
            drm_apply_probability: training.drm.known().map(|drm| drm.apply_probability),
            training_scans: training.training_scans.copied().unwrap_or_default() as u64,
        }
    }
}

/// A run with its figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredRun {
    pub(super) conditions: Conditions,
    pub(super) tensors_sha256: String,
    pub(super) trained: Trained,
    /// Whether it was taken although it saw who is measured, or may have.
    #[serde(default)]
    pub(super) seen: SeenEyes,
    pub(super) secs_per_scan: f64,
    pub(super) figures: Figures,
}

/// The measured runs of an arm.
#[derive(Debug, Serialize)]
pub struct AblationArm {
    /// As the user calls this way to train.
    pub name: String,
    /// One a seed.
    pub runs: Vec<MeasuredRun>,
}
