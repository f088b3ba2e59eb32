//! What a run of a compared method trains, as the configuration keeps it.

use serde::{Deserialize, Serialize};

use crate::nn::BaselineConfig;

/// What a run of a compared method trains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineTask {
    /// What is trained.
    pub network: BaselineConfig,
    /// Optimiser steps on one batch (ReTree's repetitive training): at most, or always as many.
    pub repeats: u64,
    /// Whether a batch is left as soon as its loss is below the best mean of an epoch, as ReTree does; runs that were
    /// begun before there was a choice never do.
    #[serde(default)]
    pub leaves_early: bool,
}

impl BaselineTask {
    /// Every step sees a batch of its own.
    pub fn new(network: BaselineConfig) -> Self {
        Self { network, repeats: 1, leaves_early: false }
    }
}
