//! The blocks of [`Retree`](super::Retree): double convolutions with their group norms, the ways down and up, and the
//! transformer with locality self-attention.

use burn::module::{Initializer, Module, Param};
use burn::nn::conv::Conv2d;
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::module::{interpolate, max_pool2d};
use burn::tensor::ops::{InterpolateMode, InterpolateOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, activation};

use super::attention::{OwnPosition, attend};
use crate::nn::fast_cpu;
use crate::nn::norm_act::NormAct;
use crate::nn::residual::conv_3x3;

/// Added to the variance in every group norm.
const EPSILON: f64 = 1e-5;
/// Both sides shrink by this in a step down.
pub(super) const POOL: usize = 4;
/// The transformer's hidden layer over its width.
const MLP_RATIO: usize = 4;

/// 3x3 convolution without bias and a norm over all of its channels.
#[derive(Module, Debug)]
pub struct NormedConvolution {
    conv: Conv2d,
    norm: NormAct,
}

impl NormedConvolution {
    pub(super) fn new(channels_in: usize, channels_out: usize, device: &Device) -> Self {
        Self {
            conv: conv_3x3(channels_in, channels_out).with_bias(false).init(device),
            norm: NormAct::new(channels_out, 1, EPSILON, device),
        }
    }

    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.norm.forward_linear(fast_cpu::forward(&self.conv, x))
    }
}

/// Convolution, norm, GELU, convolution, norm.
#[derive(Module, Debug)]
pub struct TwoConvolutions {
    first: NormedConvolution,
    second: NormedConvolution,
}

impl TwoConvolutions {
    pub(super) fn new(channels_in: usize, middle: usize, channels_out: usize, device: &Device) -> Self {
        Self {
            first: NormedConvolution::new(channels_in, middle, device),
            second: NormedConvolution::new(middle, channels_out, device),
        }
    }

    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.second.forward(activation::gelu(self.first.forward(x)))
    }

    /// GELU of the input and what it becomes.
    fn forward_residual(&self, x: Tensor<4>) -> Tensor<4> {
        activation::gelu(x.clone() + self.forward(x))
    }
}

/// A level: a residual block, a block that changes the channels, and the time.
#[derive(Module, Debug)]
pub struct Level {
    residual: TwoConvolutions,
    change: TwoConvolutions,
    time: Linear,
}

impl Level {
    /// A level of the way down.
    pub(super) fn down(channels_in: usize, channels_out: usize, time: usize, device: &Device) -> Self {
        Self::new(channels_in, channels_out, channels_out, time, device)
    }

    /// A level of the way up, `channels_in` with everything that is joined to it.
    pub(super) fn up(channels_in: usize, channels_out: usize, time: usize, device: &Device) -> Self {
        Self::new(channels_in, (channels_in / 2).max(1), channels_out, time, device)
    }

    fn new(channels_in: usize, middle: usize, channels_out: usize, time: usize, device: &Device) -> Self {
        Self {
            residual: TwoConvolutions::new(channels_in, channels_in, channels_in, device),
            change: TwoConvolutions::new(channels_in, middle, channels_out, device),
            time: LinearConfig::new(time, channels_out).init(device),
        }
    }

    /// `time`: `[batch or 1, time_channels]`, after its SiLU.
    fn forward(&self, x: Tensor<4>, time: Tensor<2>) -> Tensor<4> {
        let hidden = self.change.forward(self.residual.forward_residual(x));
        let time = self.time.forward(time);
        let [rows, channels] = time.dims();
        hidden + time.reshape([rows, channels, 1, 1])
    }

    /// To a quarter of both sides.
    pub(super) fn forward_down(&self, x: Tensor<4>, time: Tensor<2>) -> Tensor<4> {
        self.forward(max_pool2d(x, MaxPoolOptions::new([POOL; 2])), time)
    }

    /// To twice both sides, with maps of that size joined before it.
    pub(super) fn forward_up(&self, x: Tensor<4>, joined: Vec<Tensor<4>>, time: Tensor<2>) -> Tensor<4> {
        let [_, _, height, width] = x.dims();
        let options = InterpolateOptions::new(InterpolateMode::Bilinear)
            .with_align_corners(true)
            .with_output_size([2 * height, 2 * width]);
        let mut parts = joined;
        parts.push(interpolate(x, options));
        self.forward(Tensor::cat(parts, 1), time)
    }
}

/// A transformer layer over the positions of a map: locality self-attention, then a hidden layer, each before a
/// residual connection and after a layer norm.
#[derive(Module, Debug)]
pub struct Transformer {
    norm_1: LayerNorm,
    /// Query, key and value beside each other, without bias.
    projection: Linear,
    /// Logarithm of what scores are multiplied by, learned.
    temperature: Param<Tensor<1>>,
    output: Linear,
    norm_2: LayerNorm,
    hidden: Linear,
    last: Linear,
    heads: usize,
    head_channels: usize,
}

impl Transformer {
    pub(super) fn new(channels: usize, heads: usize, head_channels: usize, device: &Device) -> Self {
        let inner = heads * head_channels;
        let temperature = Initializer::Constant { value: (head_channels as f64).sqrt().recip().ln() };
        Self {
            norm_1: LayerNormConfig::new(channels).init(device),
            projection: LinearConfig::new(channels, 3 * inner).with_bias(false).init(device),
            temperature: temperature.init([1], device),
            output: LinearConfig::new(inner, channels).init(device),
            norm_2: LayerNormConfig::new(channels).init(device),
            hidden: LinearConfig::new(channels, MLP_RATIO * channels).init(device),
            last: LinearConfig::new(MLP_RATIO * channels, channels).init(device),
            heads,
            head_channels,
        }
    }

    /// `[batch, channels, height, width]`, same shape out.
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let positions = height * width;
        let tokens = x.reshape([batch, channels, positions]).swap_dims(1, 2);
        let tokens = tokens.clone() + self.attention(self.norm_1.forward(tokens));
        let hidden = activation::gelu(self.hidden.forward(self.norm_2.forward(tokens.clone())));
        let tokens = tokens + self.last.forward(hidden);
        tokens.swap_dims(1, 2).reshape([batch, channels, height, width])
    }

    fn attention(&self, tokens: Tensor<3>) -> Tensor<3> {
        let [batch, positions, _] = tokens.dims();
        let inner = self.heads * self.head_channels;
        let projected = self.projection.forward(tokens);
        let part = |index: usize| {
            let part = projected.clone().narrow(2, index * inner, inner);
            part.reshape([batch, positions, self.heads, self.head_channels]).swap_dims(1, 2)
        };
        let scale = self.temperature.val().exp().reshape([1, 1, 1, 1]);
        let mixed = attend(part(0) * scale, part(1), part(2), OwnPosition::Hidden);
        self.output.forward(mixed.swap_dims(1, 2).reshape([batch, positions, inner]))
    }
}
