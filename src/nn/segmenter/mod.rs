//! Networks that label scans: from a grey picture to one score a class and pixel.
//!
//! All of them take `[batch, 1, height, width]` in [-1, 1] and give `[batch, classes, height, width]` of scores before
//! any softmax, sides in multiples of [`SegmenterConfig::side_multiple`]. So one trainer, one loss and one way to
//! label serve the small network of this program and the published ones it is compared with.

pub mod small;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

pub use small::{SmallConfig, SmallSegmenter};

/// Which network, by the name that the command line and configuration files use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum SegmenterKind {
    /// This program's own, for a CPU
    #[default]
    Small,
}

impl SegmenterKind {
    /// As the command line and configuration files call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Small => "small",
        }
    }
}

/// A network's shape, without the number of classes, which the labels decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SegmenterConfig {
    Small(SmallConfig),
}

/// A network that labels scans.
#[derive(Module, Debug)]
pub enum Segmenter {
    Small(SmallSegmenter),
}

/// Fewest and most classes of a segmenter: what a description may ask memory for.
const CLASSES: std::ops::RangeInclusive<usize> = 2..=64;

impl SegmenterConfig {
    /// The usual shape of a kind.
    pub fn of(kind: SegmenterKind) -> Self {
        match kind {
            SegmenterKind::Small => Self::Small(SmallConfig::default()),
        }
    }

    /// Which network it is.
    pub fn kind(&self) -> SegmenterKind {
        match self {
            Self::Small(_) => SegmenterKind::Small,
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
        }
    }

    /// Both sides of a picture must be multiples of this.
    pub fn side_multiple(&self) -> usize {
        match self {
            Self::Small(config) => config.side_multiple(),
        }
    }

    /// Whether the network can be built, in bounds that keep a hostile file from asking for unbounded memory; the
    /// message says what is wrong.
    pub fn check(&self, classes: usize) -> Result<(), String> {
        if !CLASSES.contains(&classes) {
            return Err(format!("{classes} classes, expected {} to {}", CLASSES.start(), CLASSES.end()));
        }
        match self {
            Self::Small(config) => config.check(),
        }
    }
}

impl Segmenter {
    /// Scores `[batch, classes, height, width]` of pictures `[batch, 1, height, width]` in [-1, 1].
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Small(network) => network.forward(pictures),
        }
    }
}
