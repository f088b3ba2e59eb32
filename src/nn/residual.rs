//! The residual block: norm, convolution, time, norm, convolution, plus a skip.

use burn::module::{Initializer, Module};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::{Device, Tensor};

use super::fast_cpu;
use super::norm_act::{Modulation, NormAct};
use super::unet_config::{TimeConditioning, UNetConfig};

/// A residual block in the arrangement of Ho et al. (2020), with the time either added before the second
/// norm or as its scale and shift (Dhariwal and Nichol 2021).
#[derive(Module, Debug)]
pub struct ResidualBlock {
    norm_1: NormAct,
    conv_1: Conv2d,
    time_projection: Linear,
    norm_2: NormAct,
    conv_2: Conv2d,
    /// 1x1, where the channel count changes.
    skip: Option<Conv2d>,
    #[module(skip)]
    conditioning: TimeConditioning,
}

impl ResidualBlock {
    /// A block from `channels_in` to `channels_out` with the norms and the time of `config`.
    pub fn new(config: &UNetConfig, channels_in: usize, channels_out: usize, device: &Device) -> Self {
        let time_outputs = match config.time_conditioning {
            TimeConditioning::Add => channels_out,
            TimeConditioning::ScaleShift => 2 * channels_out,
        };
        let mut second = conv_3x3(channels_out, channels_out);
        if config.zero_second_convolution {
            second = second.with_initializer(Initializer::Zeros);
        }
        Self {
            norm_1: NormAct::new(channels_in, config.groups, config.norm_epsilon, device),
            conv_1: conv_3x3(channels_in, channels_out).init(device),
            time_projection: LinearConfig::new(config.time_channels, time_outputs).init(device),
            norm_2: NormAct::new(channels_out, config.groups, config.norm_epsilon, device),
            conv_2: second.init(device),
            skip: (channels_in != channels_out)
                .then(|| Conv2dConfig::new([channels_in, channels_out], [1, 1]).init(device)),
            conditioning: config.time_conditioning,
        }
    }

    /// `x`: `[batch, channels_in, height, width]`; `time`: `[batch or 1, time_channels]` after its SiLU.
    pub fn forward(&self, x: Tensor<4>, time: Tensor<2>) -> Tensor<4> {
        let hidden = self.norm_1.forward_into(&self.conv_1, x.clone(), None);
        let projected = self.time_projection.forward(time);
        let hidden = match self.conditioning {
            TimeConditioning::Add => {
                let [rows, channels] = projected.dims();
                let hidden = hidden + projected.reshape([rows, channels, 1, 1]);
                self.norm_2.forward_into(&self.conv_2, hidden, None)
            }
            TimeConditioning::ScaleShift => {
                let channels = projected.dims()[1] / 2;
                let scale = projected.clone().narrow(1, 0, channels);
                let shift = projected.narrow(1, channels, channels);
                self.norm_2.forward_into(&self.conv_2, hidden, Some(Modulation { scale, shift }))
            }
        };
        hidden
            + match &self.skip {
                Some(skip) => fast_cpu::forward(skip, x),
                None => x,
            }
    }
}

/// The same without a time.
#[derive(Module, Debug)]
pub struct PlainBlock {
    norm_1: NormAct,
    conv_1: Conv2d,
    norm_2: NormAct,
    conv_2: Conv2d,
    /// 1x1, where the channel count changes.
    skip: Option<Conv2d>,
}

impl PlainBlock {
    /// A block from `channels_in` to `channels_out`; `epsilon` is added to the variance in its norms.
    pub fn new(
        channels_in: usize,
        channels_out: usize,
        groups: usize,
        epsilon: f64,
        device: &Device,
    ) -> Self {
        Self {
            norm_1: NormAct::new(channels_in, groups, epsilon, device),
            conv_1: conv_3x3(channels_in, channels_out).init(device),
            norm_2: NormAct::new(channels_out, groups, epsilon, device),
            conv_2: conv_3x3(channels_out, channels_out).init(device),
            skip: (channels_in != channels_out)
                .then(|| Conv2dConfig::new([channels_in, channels_out], [1, 1]).init(device)),
        }
    }

    /// `x`: `[batch, channels_in, height, width]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let hidden = fast_cpu::forward(&self.conv_1, self.norm_1.forward(x.clone()));
        let hidden = fast_cpu::forward(&self.conv_2, self.norm_2.forward(hidden));
        hidden
            + match &self.skip {
                Some(skip) => fast_cpu::forward(skip, x),
                None => x,
            }
    }
}

/// A 3x3 convolution that keeps the size.
pub(super) fn conv_3x3(channels_in: usize, channels_out: usize) -> Conv2dConfig {
    Conv2dConfig::new([channels_in, channels_out], [3, 3]).with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
}
