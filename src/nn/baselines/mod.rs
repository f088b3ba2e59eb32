//! The methods that the paper's Table 1 compares with: latent diffusion (LDM) and ReTree.
//!
//! Each is as its authors published it, in one network type, so that the trainer that trains our models trains them.

pub mod attention;
mod autoencoder;
mod autoencoder_blocks;
mod discriminator;
mod latent_diffusion;
mod retree;
mod retree_blocks;

use burn::module::Module;
use burn::tensor::Device;
use serde::{Deserialize, Serialize};

pub use autoencoder::{Autoencoder, AutoencoderConfig, Posterior};
pub use discriminator::{Discriminator, DiscriminatorConfig, hinge_loss, verdict_loss};
pub use latent_diffusion::{LatentDiffusion, LatentDiffusionConfig};
pub use retree::{Retree, RetreeConfig};

/// A network of a compared method, as a value that model files carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaselineConfig {
    /// ReTree.
    Retree(RetreeConfig),
    /// The first stage of latent diffusion.
    Autoencoder(AutoencoderConfig),
    /// The second, with the first in it.
    LatentDiffusion(Box<LatentDiffusionConfig>),
}

/// A network of a compared method.
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant, reason = "few exist at a time, and a module holds its layers itself")]
pub enum Baseline {
    /// ReTree.
    Retree(Retree),
    /// The first stage of latent diffusion.
    Autoencoder(Autoencoder),
    /// Both stages.
    LatentDiffusion(LatentDiffusion),
}

impl BaselineConfig {
    /// As shown to the user.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Retree(_) => "Retree",
            Self::Autoencoder(_) => "LDM autoencoder",
            Self::LatentDiffusion(_) => "LDM",
        }
    }

    /// Planes of the mask that it is shown; `None` for one that is shown none.
    pub fn condition_channels(&self) -> Option<usize> {
        match self {
            Self::Retree(config) => Some(config.condition_channels),
            Self::Autoencoder(_) => None,
            Self::LatentDiffusion(config) => Some(config.condition_channels),
        }
    }

    /// Both sides of a picture must be multiples of this.
    pub fn side_multiple(&self) -> usize {
        match self {
            Self::Retree(config) => config.side_multiple(),
            Self::Autoencoder(config) => config.factor(),
            Self::LatentDiffusion(config) => config.side_multiple(),
        }
    }

    /// Whether the network can be built.
    ///
    /// # Errors
    /// What is wrong with the network of its kind.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Retree(config) => config.check(),
            Self::Autoencoder(config) => config.check(),
            Self::LatentDiffusion(config) => config.check(),
        }
    }

    /// A network with fresh weights.
    ///
    /// # Panics
    /// If [`BaselineConfig::check`] would refuse.
    pub fn init(&self, device: &Device) -> Baseline {
        match self {
            Self::Retree(config) => Baseline::Retree(config.init(device)),
            Self::Autoencoder(config) => Baseline::Autoencoder(config.init(device)),
            Self::LatentDiffusion(config) => Baseline::LatentDiffusion(config.init(device)),
        }
    }
}
