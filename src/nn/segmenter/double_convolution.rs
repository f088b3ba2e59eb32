//! Twice convolution, batch norm, ReLU: the block of the published U-Nets.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Device, Tensor, activation};

use super::batch_norm::normed;
use crate::nn::fast_cpu;

/// Two 3x3 convolutions without bias, each with its batch norm and ReLU.
#[derive(Module, Debug)]
pub struct DoubleConvolution {
    conv_1: Conv2d,
    norm_1: BatchNorm,
    conv_2: Conv2d,
    norm_2: BatchNorm,
}

impl DoubleConvolution {
    /// From `channels_in` to `channels_out`.
    pub fn new(channels_in: usize, channels_out: usize, device: &Device) -> Self {
        let conv = |from: usize| {
            Conv2dConfig::new([from, channels_out], [3, 3])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .with_bias(false)
                .init(device)
        };
        let norm = || BatchNormConfig::new(channels_out).init(device);
        Self { conv_1: conv(channels_in), norm_1: norm(), conv_2: conv(channels_out), norm_2: norm() }
    }

    /// `[batch, channels_in, height, width]` to `[batch, channels_out, height, width]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let hidden = activation::relu(normed(&self.norm_1, fast_cpu::forward(&self.conv_1, x)));
        activation::relu(normed(&self.norm_2, fast_cpu::forward(&self.conv_2, hidden)))
    }
}

/// The largest of each 2 x 2 pixels.
pub fn pool(x: Tensor<4>) -> Tensor<4> {
    pool_by(x, 2)
}

/// The largest of each `side` x `side` pixels; what is left over at the ends is dropped.
pub fn pool_by(x: Tensor<4>, side: usize) -> Tensor<4> {
    match side {
        1 => x,
        _ => max_pool2d(x, MaxPoolOptions::new([side; 2])),
    }
}

/// A transposed convolution to twice both sides.
pub fn double_sides(channels_in: usize, channels_out: usize, device: &Device) -> ConvTranspose2d {
    ConvTranspose2dConfig::new([channels_in, channels_out], [2, 2]).with_stride([2, 2]).init(device)
}
