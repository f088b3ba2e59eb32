//! YNet (Farshad et al., MICCAI 2022): a U-Net with a second encoder in the frequency domain; 6,925,353 parameters with
//! nine classes. As `y_net_gen_ffc` of azadef/ynet; the softmax at its end belongs to the loss here.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d};
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::double_convolution::{DoubleConvolution, double_sides, pool};
use super::fourier::{Channels, FourierConvolution};
use crate::nn::fast_cpu;

/// Channels of the encoders' levels, outermost first.
const ENCODER: [usize; 4] = [32, 64, 128, 128];
/// Channels of the decoder's levels, outermost first.
const DECODER: [usize; 4] = [32, 64, 128, 256];
/// Channels of both encoders together.
pub const MERGED: usize = 2 * ENCODER[3];
/// Channels between the two ways.
const MIDDLE: usize = 512;

/// How the two encoders meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Merge {
    /// Channels beside each other, which is what the paper's text says.
    #[default]
    Concat,
    /// As the published code does (algorithms 4.2): the flattened maps alternate number by number and are read as
    /// twice the channels, which scrambles rows and columns. Published weights need it.
    Ynet,
}

/// The shape of a [`YNet`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct YNetConfig {
    /// How the two encoders come together.
    pub merge: Merge,
}

/// Both encoders: what GDNet takes over from YNet.
#[derive(Module, Debug)]
pub struct Encoders {
    spatial: Vec<DoubleConvolution>,
    spectral: Vec<FourierConvolution>,
    #[module(skip)]
    merge: Merge,
}

/// What the encoders made of pictures.
pub struct Encoded {
    /// The spatial maps of the levels, outermost first.
    pub kept: Vec<Tensor<4>>,
    /// Both encoders, merged at a sixteenth of the sides: 256 channels.
    pub merged: Tensor<4>,
}

impl Encoders {
    /// Encoders with fresh weights.
    pub fn new(merge: Merge, device: &Device) -> Self {
        let inputs = [1, ENCODER[0], ENCODER[1], ENCODER[2]];
        let pairs = || inputs.into_iter().zip(ENCODER);
        Self {
            spatial: pairs().map(|(from, to)| DoubleConvolution::new(from, to, device)).collect(),
            spectral: pairs()
                .map(|(from, to)| match from {
                    1 => FourierConvolution::first(from, to, device),
                    _ => FourierConvolution::new(from, to, device),
                })
                .collect(),
            merge,
        }
    }

    /// Encodes `[batch, 1, height, width]`, sides in multiples of 16.
    pub fn forward(&self, pictures: Tensor<4>) -> Encoded {
        let mut kept = Vec::with_capacity(self.spatial.len());
        let mut hidden = pictures.clone();
        for block in &self.spatial {
            let seen = block.forward(hidden);
            hidden = pool(seen.clone());
            kept.push(seen);
        }
        let mut channels = Channels { local: pictures, global: None };
        for block in &self.spectral {
            let Channels { local, global } = block.forward(channels);
            channels = Channels { local: pool(local), global: global.map(pool) };
        }
        let spectral = std::iter::once(channels.local).chain(channels.global).collect();
        Encoded { kept, merged: merged(self.merge, hidden, Tensor::cat(spectral, 1)) }
    }
}

fn merged(merge: Merge, spatial: Tensor<4>, spectral: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = spatial.dims();
    match merge {
        Merge::Concat => Tensor::cat(vec![spatial, spectral], 1),
        Merge::Ynet => {
            let numbers = batch * channels * height * width;
            let columns = vec![spatial.reshape([numbers, 1]), spectral.reshape([numbers, 1])];
            Tensor::cat(columns, 1).reshape([batch, 2 * channels, height, width])
        }
    }
}

/// The way up, over the spatial maps alone.
#[derive(Module, Debug)]
pub struct Decoder {
    /// From the innermost level outwards.
    upsample: Vec<ConvTranspose2d>,
    up: Vec<DoubleConvolution>,
    head: Conv2d,
}

impl Decoder {
    /// A decoder with fresh weights.
    pub fn new(classes: usize, device: &Device) -> Self {
        let below = [DECODER[1], DECODER[2], DECODER[3], MIDDLE];
        let skips = DECODER.into_iter().zip(ENCODER).rev();
        Self {
            upsample: below.into_iter().zip(DECODER).rev().map(|(a, b)| double_sides(a, b, device)).collect(),
            up: skips.map(|(own, skip)| DoubleConvolution::new(own + skip, own, device)).collect(),
            head: Conv2dConfig::new([DECODER[0], classes], [1, 1]).init(device),
        }
    }

    /// Scores of what lies between the ways (512 channels) and the kept maps.
    pub fn forward(&self, middle: Tensor<4>, mut kept: Vec<Tensor<4>>) -> Tensor<4> {
        let mut hidden = middle;
        for (upsample, block) in self.upsample.iter().zip(&self.up) {
            let skip = kept.pop().expect("the way up mirrors the way down");
            hidden = block.forward(Tensor::cat(vec![upsample.forward(hidden), skip], 1));
        }
        fast_cpu::forward(&self.head, hidden)
    }
}

/// The network.
#[derive(Module, Debug)]
pub struct YNet {
    encoders: Encoders,
    middle: DoubleConvolution,
    decoder: Decoder,
}

impl YNet {
    /// A network with fresh weights.
    pub fn new(config: &YNetConfig, classes: usize, device: &Device) -> Self {
        Self {
            encoders: Encoders::new(config.merge, device),
            middle: middle(device),
            decoder: Decoder::new(classes, device),
        }
    }

    /// See [`Segmenter::forward`](super::Segmenter::forward).
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<4> {
        let Encoded { kept, merged } = self.encoders.forward(pictures);
        self.decoder.forward(self.middle.forward(merged), kept)
    }
}

/// The block between encoders and decoder.
pub fn middle(device: &Device) -> DoubleConvolution {
    DoubleConvolution::new(MERGED, MIDDLE, device)
}
