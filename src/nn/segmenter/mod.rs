//! Networks that label scans: from a grey picture to one score a class and pixel.
//!
//! All of them take `[batch, 1, height, width]` in [-1, 1] and give `[batch, classes, height, width]` of scores before
//! any softmax, sides in multiples of [`SegmenterConfig::side_multiple`]. So one trainer, one loss and one way to
//! label serve the small network of this program and the published ones it is compared with.

mod batch_norm;
mod double_convolution;
pub mod fourier;
pub mod gdnet;
pub mod relaynet;
pub mod small;
pub mod unet32;
pub mod ynet;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

pub use gdnet::{GdNet, GdNetConfig};
pub use relaynet::{ReLayNet, ReLayNetConfig};
pub use small::{SmallConfig, SmallSegmenter};
pub use unet32::UNet32;
pub use ynet::{Merge, YNet, YNetConfig};

/// Which network, by the name that the command line and configuration files use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum SegmenterKind {
    /// This program's own, for a CPU
    #[default]
    Small,
    /// U-Net of 32 to 512 channels
    Unet,
    /// YNet (Farshad et al. 2022)
    Ynet,
    /// ReLayNet (Roy et al. 2017)
    Relaynet,
    /// GDNet (Cao et al. 2024), a reconstruction from its abstract
    Gdnet,
}

impl SegmenterKind {
    /// As the command line and configuration files call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Unet => "unet",
            Self::Ynet => "ynet",
            Self::Relaynet => "relaynet",
            Self::Gdnet => "gdnet",
        }
    }
}

/// A network's shape, without the number of classes, which the labels decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SegmenterConfig {
    /// The small network that is bundled.
    Small(SmallConfig),
    /// A plain U-Net.
    Unet,
    /// YNet: a second encoder in the frequency domain.
    Ynet(YNetConfig),
    /// ReLayNet.
    Relaynet(ReLayNetConfig),
    /// GDNet, a reconstruction: graph convolution between encoders and decoder.
    Gdnet(GdNetConfig),
}

/// A network that labels scans.
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant, reason = "few exist at a time, and a module holds its layers itself")]
pub enum Segmenter {
    /// The small network that is bundled.
    Small(SmallSegmenter),
    /// A plain U-Net.
    Unet(UNet32),
    /// YNet.
    Ynet(YNet),
    /// ReLayNet.
    Relaynet(ReLayNet),
    /// GDNet.
    Gdnet(GdNet),
}

/// Fewest and most classes of a segmenter: what a description may ask memory for.
const CLASSES: std::ops::RangeInclusive<usize> = 2..=64;

impl SegmenterConfig {
    /// The usual shape of a kind.
    pub fn of(kind: SegmenterKind) -> Self {
        match kind {
            SegmenterKind::Small => Self::Small(SmallConfig::default()),
            SegmenterKind::Unet => Self::Unet,
            SegmenterKind::Ynet => Self::Ynet(YNetConfig::default()),
            SegmenterKind::Relaynet => Self::Relaynet(ReLayNetConfig::default()),
            SegmenterKind::Gdnet => Self::Gdnet(GdNetConfig::default()),
        }
    }

    /// Which network it is.
    pub fn kind(&self) -> SegmenterKind {
        match self {
            Self::Small(_) => SegmenterKind::Small,
            Self::Unet => SegmenterKind::Unet,
            Self::Ynet(_) => SegmenterKind::Ynet,
            Self::Relaynet(_) => SegmenterKind::Relaynet,
            Self::Gdnet(_) => SegmenterKind::Gdnet,
        }
    }

    /// A network with fresh weights.
    ///
    /// # Panics
    /// If [`SegmenterConfig::check`] would refuse.
    pub fn init(&self, classes: usize, device: &Device) -> Segmenter {
        if let Err(reason) = self.check(classes) {
            panic!("no such segmenter: {reason}");
        }
        match self {
            Self::Small(config) => Segmenter::Small(SmallSegmenter::new(config, classes, device)),
            Self::Unet => Segmenter::Unet(UNet32::new(classes, device)),
            Self::Ynet(config) => Segmenter::Ynet(YNet::new(config, classes, device)),
            Self::Relaynet(config) => Segmenter::Relaynet(ReLayNet::new(config, classes, device)),
            Self::Gdnet(config) => Segmenter::Gdnet(GdNet::new(config, classes, device)),
        }
    }

    /// Both sides of a picture must be multiples of this.
    pub fn side_multiple(&self) -> usize {
        match self {
            Self::Small(config) => config.side_multiple(),
            // Quarters of the innermost map but one are transformed, so its sides are even.
            Self::Unet | Self::Ynet(_) | Self::Gdnet(_) => 16,
            Self::Relaynet(_) => 8,
        }
    }

    /// Whether the network can be built, in bounds that keep a hostile file from asking for unbounded memory.
    ///
    /// # Errors
    /// If the classes are too few or too many, or a number of the network is out of its range.
    pub fn check(&self, classes: usize) -> Result<(), String> {
        if !CLASSES.contains(&classes) {
            return Err(format!("{classes} classes, expected {} to {}", CLASSES.start(), CLASSES.end()));
        }
        match self {
            Self::Small(config) => config.check(),
            Self::Gdnet(config) => config.check(),
            Self::Relaynet(config) => config.check(),
            Self::Unet | Self::Ynet(_) => Ok(()),
        }
    }
}

impl Segmenter {
    /// Whether [`Segmenter::features`] gives any.
    pub fn has_features(&self) -> bool {
        matches!(self, Self::Small(_))
    }

    /// What the innermost map holds of pictures, a mean a channel: `[batch, channels]`. Features of networks that were
    /// published for labels alone are not taken: `None`.
    pub fn features(&self, pictures: Tensor<4>) -> Option<Tensor<2>> {
        match self {
            Self::Small(network) => Some(network.features(pictures)),
            Self::Unet(_) | Self::Ynet(_) | Self::Relaynet(_) | Self::Gdnet(_) => None,
        }
    }

    /// Scores `[batch, classes, height, width]` of pictures `[batch, 1, height, width]` in [-1, 1].
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Small(network) => network.forward(pictures),
            Self::Unet(network) => network.forward(pictures),
            Self::Ynet(network) => network.forward(pictures),
            Self::Relaynet(network) => network.forward(pictures),
            Self::Gdnet(network) => network.forward(pictures),
        }
    }
}
