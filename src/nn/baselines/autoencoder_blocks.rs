//! The blocks of the [`Autoencoder`](super::Autoencoder): residual blocks without a time, and the changes of size as
//! they were published (zeros to the right and below before a strided convolution).

use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Tensor};

use super::attention::{OwnPosition, attend};
use crate::nn::fast_cpu;
use crate::nn::norm_act::NormAct;
use crate::nn::resample::Upsample;
use crate::nn::residual::PlainBlock;

/// Added to the variance in every norm.
pub(super) const EPSILON: f64 = 1e-6;

/// One level of the encoder.
#[derive(Module, Debug)]
pub struct Down {
    blocks: Vec<PlainBlock>,
    halve: Option<Conv2d>,
}

impl Down {
    /// A level that halves the sides of its `halved` channels, if it does.
    pub(super) fn new(blocks: Vec<PlainBlock>, halved: Option<usize>, device: &Device) -> Self {
        let halve = |width: usize| {
            Conv2dConfig::new([width; 2], [3, 3])
                .with_stride([2, 2])
                .with_padding(PaddingConfig2d::Valid)
                .init(device)
        };
        Self { blocks, halve: halved.map(halve) }
    }

    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let hidden = self.blocks.iter().fold(x, |hidden, block| block.forward(hidden));
        match &self.halve {
            Some(halve) => halve.forward(hidden.pad([(0, 1), (0, 1)], 0.0)),
            None => hidden,
        }
    }
}

/// One level of the decoder.
#[derive(Module, Debug)]
pub struct Up {
    blocks: Vec<PlainBlock>,
    double: Option<Upsample>,
}

impl Up {
    /// A level that doubles the sides of its `doubled` channels, if it does.
    pub(super) fn new(blocks: Vec<PlainBlock>, doubled: Option<usize>, device: &Device) -> Self {
        Self { blocks, double: doubled.map(|width| Upsample::new(width, device)) }
    }

    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let hidden = self.blocks.iter().fold(x, |hidden, block| block.forward(hidden));
        match &self.double {
            Some(double) => double.forward(hidden),
            None => hidden,
        }
    }
}

/// Two residual blocks, and attention with one head between them.
#[derive(Module, Debug)]
pub struct Middle {
    block_1: PlainBlock,
    attention: Option<OneHead>,
    block_2: PlainBlock,
}

impl Middle {
    pub(super) fn new(channels: usize, groups: usize, attends: bool, device: &Device) -> Self {
        let block = || PlainBlock::new(channels, channels, groups, EPSILON, device);
        Self {
            block_1: block(),
            attention: attends.then(|| OneHead::new(channels, groups, device)),
            block_2: block(),
        }
    }

    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let hidden = self.block_1.forward(x);
        let hidden = match &self.attention {
            Some(attention) => attention.forward(hidden),
            None => hidden,
        };
        self.block_2.forward(hidden)
    }
}

/// Attention of every position to every other, with one head as wide as the map.
#[derive(Module, Debug)]
pub struct OneHead {
    norm: NormAct,
    query: Conv2d,
    key: Conv2d,
    value: Conv2d,
    output: Conv2d,
}

impl OneHead {
    fn new(channels: usize, groups: usize, device: &Device) -> Self {
        let conv = || Conv2dConfig::new([channels; 2], [1, 1]).init(device);
        Self {
            norm: NormAct::new(channels, groups, EPSILON, device),
            query: conv(),
            key: conv(),
            value: conv(),
            output: conv(),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let seen = self.norm.forward_linear(x.clone());
        let part = |conv: &Conv2d| {
            let part = fast_cpu::forward(conv, seen.clone());
            part.reshape([batch, 1, channels, height * width]).swap_dims(2, 3)
        };
        let query = part(&self.query).div_scalar((channels as f64).sqrt());
        let mixed = attend(query, part(&self.key), part(&self.value), OwnPosition::Seen);
        let mixed = mixed.swap_dims(2, 3).reshape([batch, channels, height, width]);
        x + fast_cpu::forward(&self.output, mixed)
    }
}
