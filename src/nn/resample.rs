//! Changes of size between the levels: a strided convolution down, nearest neighbour and a convolution up.

use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};
use burn::tensor::{Device, Tensor};

use super::fast_cpu;
use super::residual::conv_3x3;

/// Halves both sides: 3x3 convolution of stride two.
#[derive(Module, Debug)]
pub struct Downsample {
    conv: Conv2d,
}

impl Downsample {
    /// With fresh weights.
    pub fn new(channels: usize, device: &Device) -> Self {
        Self { conv: conv_3x3(channels, channels).with_stride([2, 2]).init(device) }
    }

    /// `[batch, channels, height, width]` to half of both sides, which must be even.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        fast_cpu::forward(&self.conv, x)
    }
}

/// Doubles both sides: nearest neighbour, then a 3x3 convolution.
#[derive(Module, Debug)]
pub struct Upsample {
    conv: Conv2d,
    /// Whether results may differ from the convolution of the doubled picture by rounding, for a third of its time.
    #[module(skip)]
    may_fold: bool,
}

impl Upsample {
    /// With fresh weights.
    pub fn new(channels: usize, device: &Device) -> Self {
        Self { conv: conv_3x3(channels, channels).init(device), may_fold: false }
    }

    /// The same for drawing, see [`UNet::for_drawing`](super::UNet::for_drawing).
    pub fn for_drawing(self) -> Self {
        Self { may_fold: true, ..self }
    }

    /// `[batch, channels, height, width]` to twice both sides.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let folded = self.may_fold.then(|| fast_cpu::convolve_doubled(&self.conv, &x)).flatten();
        if let Some(folded) = folded {
            return folded;
        }
        let [_, _, height, width] = x.dims();
        let options = InterpolateOptions::new(InterpolateMode::Nearest)
            .with_align_corners(false)
            .with_output_size([2 * height, 2 * width]);
        fast_cpu::forward(&self.conv, interpolate(x, options))
    }
}

/// Blocks of `factor` x `factor` pixels become channels: `[b, c, h, w]` to `[b, c f f, h / f, w / f]`, in
/// PyTorch's channel order. The inverse of [`pixel_shuffle`].
pub fn pixel_unshuffle(x: Tensor<4>, factor: usize) -> Tensor<4> {
    if factor == 1 {
        return x;
    }
    let [batch, channels, height, width] = x.dims();
    let (rows, columns) = (height / factor, width / factor);
    x.reshape([batch, channels, rows, factor, columns, factor]).permute([0, 1, 3, 5, 2, 4]).reshape([
        batch,
        channels * factor * factor,
        rows,
        columns,
    ])
}

/// Channels become blocks of `factor` x `factor` pixels: `[b, c f f, h, w]` to `[b, c, h f, w f]`.
pub fn pixel_shuffle(x: Tensor<4>, factor: usize) -> Tensor<4> {
    if factor == 1 {
        return x;
    }
    let [batch, channels, height, width] = x.dims();
    let channels = channels / (factor * factor);
    x.reshape([batch, channels, factor, factor, height, width]).permute([0, 1, 4, 2, 5, 3]).reshape([
        batch,
        channels,
        height * factor,
        width * factor,
    ])
}
