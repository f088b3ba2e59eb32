//! The convolutions of AlexNet (Krizhevsky 2014, one column) and VGG16 (Simonyan & Zisserman 2015), as torchvision has
//! them, down to the last map that LPIPS looks at.

use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Device, Tensor, activation};

use crate::nn::fast_cpu;

/// Which network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrunkKind {
    /// AlexNet: the usual one of LPIPS.
    Alex,
    /// VGG16.
    Vgg,
}

/// A convolution with its ReLU, and what is around it.
struct Layer {
    /// Its number in torchvision's list of layers.
    place: usize,
    channels: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
    /// Side of the pooling before it, at stride 2.
    pooled: Option<usize>,
    /// Whether its map is looked at.
    is_seen: bool,
}

const fn layer(place: usize, channels: usize) -> Layer {
    Layer { place, channels, kernel: 3, stride: 1, padding: 1, pooled: None, is_seen: false }
}

const ALEX: [Layer; 5] = [
    Layer { kernel: 11, stride: 4, padding: 2, is_seen: true, ..layer(0, 64) },
    Layer { kernel: 5, padding: 2, pooled: Some(3), is_seen: true, ..layer(3, 192) },
    Layer { pooled: Some(3), is_seen: true, ..layer(6, 384) },
    Layer { is_seen: true, ..layer(8, 256) },
    Layer { is_seen: true, ..layer(10, 256) },
];
const VGG: [Layer; 13] = [
    layer(0, 64),
    Layer { is_seen: true, ..layer(2, 64) },
    Layer { pooled: Some(2), ..layer(5, 128) },
    Layer { is_seen: true, ..layer(7, 128) },
    Layer { pooled: Some(2), ..layer(10, 256) },
    layer(12, 256),
    Layer { is_seen: true, ..layer(14, 256) },
    Layer { pooled: Some(2), ..layer(17, 512) },
    layer(19, 512),
    Layer { is_seen: true, ..layer(21, 512) },
    Layer { pooled: Some(2), ..layer(24, 512) },
    layer(26, 512),
    Layer { is_seen: true, ..layer(28, 512) },
];

impl TrunkKind {
    fn layers(self) -> &'static [Layer] {
        match self {
            Self::Alex => &ALEX,
            Self::Vgg => &VGG,
        }
    }

    /// As shown to the user.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alex => "AlexNet",
            Self::Vgg => "VGG16",
        }
    }

    /// Channels of the maps that are looked at, outermost first.
    pub fn channels(self) -> Vec<usize> {
        self.layers().iter().filter(|layer| layer.is_seen).map(|layer| layer.channels).collect()
    }

    /// Both sides of a picture must be at least this, or nothing is left of it.
    pub fn least_side(self) -> u32 {
        32
    }
}

/// The network.
#[derive(Module, Debug)]
pub struct Trunk {
    conv: Vec<Conv2d>,
    #[module(skip)]
    kind: TrunkKind,
}

impl Trunk {
    /// A network with fresh weights.
    pub fn new(kind: TrunkKind, device: &Device) -> Self {
        let layers = kind.layers();
        let inputs = std::iter::once(3).chain(layers.iter().map(|layer| layer.channels));
        let conv = inputs.zip(layers).map(|(from, layer)| {
            let padding = layer.padding;
            Conv2dConfig::new([from, layer.channels], [layer.kernel; 2])
                .with_stride([layer.stride; 2])
                .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
                .init(device)
        });
        Self { conv: conv.collect(), kind }
    }

    /// The maps that are looked at, outermost first, of `[batch, 3, height, width]`.
    pub fn forward(&self, pictures: Tensor<4>) -> Vec<Tensor<4>> {
        let mut seen = Vec::new();
        let mut hidden = pictures;
        for (conv, layer) in self.conv.iter().zip(self.kind.layers()) {
            if let Some(side) = layer.pooled {
                hidden = max_pool2d(hidden, MaxPoolOptions::new([side; 2]).with_stride([2, 2]));
            }
            hidden = activation::relu(fast_cpu::forward(conv, hidden));
            if layer.is_seen {
                seen.push(hidden.clone());
            }
        }
        seen
    }

    /// The names of a layer's weight or bias: as LPIPS saves them, as torchvision does.
    pub(super) fn published_names(&self, layer: usize, part: &str) -> Vec<String> {
        let layers = self.kind.layers();
        let slice = 1 + layers[..layer].iter().filter(|before| before.is_seen).count();
        let place = layers[layer].place;
        vec![format!("net.slice{slice}.{place}.{part}"), format!("features.{place}.{part}")]
    }
}
