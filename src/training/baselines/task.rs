//! What a run of a compared method trains, as the configuration keeps it.

use serde::{Deserialize, Serialize};

use crate::nn::BaselineConfig;
use crate::nn::baselines::DiscriminatorConfig;

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
    /// What an autoencoder is trained against, where it is; runs that were begun before there was a choice have none.
    #[serde(default)]
    pub adversary: Option<Adversary>,
    /// Whether an autoencoder learns by LPIPS, too; runs that were begun before there was a choice do not.
    #[serde(default)]
    pub perceptual: Option<PerceptualTerm>,
}

/// LPIPS in the loss of an autoencoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerceptualTerm {
    /// SHA-256 of the file of its weights, lower-case hexadecimal; the run keeps a copy.
    pub sha256: String,
    /// What it counts beside the unsigned error of a pixel.
    pub weight: f64,
}

/// A discriminator that an autoencoder is trained against, each with an optimiser of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adversary {
    /// Its shape.
    pub network: DiscriminatorConfig,
    /// Steps before it begins.
    pub start: u64,
    /// How long the gradient of its verdict is over that of the likelihood, in the decoder's last convolution.
    pub weight: f64,
}

impl Adversary {
    /// As published.
    pub fn paper() -> Self {
        Self { network: DiscriminatorConfig::paper(), start: 50_001, weight: 0.5 }
    }
}

impl BaselineTask {
    /// Every step sees a batch of its own.
    pub fn new(network: BaselineConfig) -> Self {
        Self { network, repeats: 1, leaves_early: false, adversary: None, perceptual: None }
    }
}
