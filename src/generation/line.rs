//! What the manifest says of a generated pair beyond what it says of every scan.

use serde::{Deserialize, Serialize};

use super::conditions::RequestedConditions;
use super::filters::Rejections;
use super::relabelling::Relabelled;
use super::scores::Scores;
use crate::dataset::manifest::ManifestEntry;

/// A line of the manifest of generated pairs: the entry of any data set, and what is known beyond.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneratedLine {
    /// What every reader of a data set knows of a scan.
    #[serde(flatten)]
    pub entry: ManifestEntry,
    /// What generation adds to it.
    pub generated: GeneratedFacts,
}

/// How a pair came about, and what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneratedFacts {
    /// Always true; for readers who know nothing else of the file.
    pub synthetic: bool,
    /// Of the plan it is part of.
    pub plan_sha256: String,
    /// Number of the pair in its plan, from 0.
    pub index: u64,
    /// Number among all that were drawn, where the best are kept: the seed is of it, not of the pair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<u64>,
    /// Attempts that failed before.
    pub attempt: u32,
    /// Of the mask and of the noise.
    pub seed: u64,
    /// Of the mask's size and codes.
    pub mask_sha256: String,
    /// Of the files' bytes: what was changed since is found by them.
    pub image_file_sha256: String,
    /// Of the label's file.
    pub label_file_sha256: String,
    /// Of the model that made the scan.
    pub model_sha256: String,
    /// What computed, as far as it decides about the last bit.
    #[serde(default)]
    pub arithmetic: Option<String>,
    /// What was requested of the mask; what it measures is in the scores. (The key stays: later programs add to a folder,
    /// and equal plans make equal bytes.)
    #[serde(default, rename = "asked", skip_serializing_if = "RequestedConditions::is_nothing")]
    pub requested: RequestedConditions,
    /// Masks that were drawn before and not kept.
    #[serde(default, skip_serializing_if = "Rejections::is_empty")]
    pub rejected: Rejections,
    /// That the rims of its fluid follow the scan, where it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relabelled: Option<Relabelled>,
    /// How the scan and its mask were judged.
    pub scores: Scores,
}
