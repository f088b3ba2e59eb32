//! What a run of a compared method trains, as the configuration keeps it.

use serde::{Deserialize, Serialize};

use crate::nn::BaselineConfig;

/// What a run of a compared method trains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineTask {
    /// What is trained.
    pub network: BaselineConfig,
    /// Optimiser steps on one batch (ReTree's repetitive training, which takes up to five; here always as many, so that
    /// a run that is resumed sees the same).
    pub repeats: u64,
}

impl BaselineTask {
    /// Every step sees a batch of its own.
    pub fn new(network: BaselineConfig) -> Self {
        Self { network, repeats: 1 }
    }
}
