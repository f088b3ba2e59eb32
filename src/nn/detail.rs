//! The detail head: pixels and mask edges on a way of their own.
//!
//! Behind a pixel unshuffle a network as narrow as its blocks have pixels cannot carry every pixel through its
//! norms and activations: what it leaves undecided comes out as white noise in the speckle, and lesions have
//! soft rims. Here the noisy pixels go to the output through a small bank of linear filters which the network
//! mixes at every place, and the mask reaches the output at its full resolution. Denoising a texture of known
//! spectrum *is* linear filtering (Wiener), and which filter depends on tissue and noise level: that is the mix.

use std::ops::Range;

use burn::module::{Initializer, Module};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor, activation};

use super::fast_cpu::{self, one_hot::OneHot};
use super::residual::conv_3x3;
use super::unet_config::UNetConfig;

/// See the module's text. Starts as zero, so that it can be added to a trained network.
#[derive(Module, Debug)]
pub struct Detail {
    /// The condition at full resolution, into the context.
    condition: Conv2d,
    /// The network's last features, into the context.
    features: Conv2d,
    /// The time, into the context.
    time: Linear,
    /// From the context, how much of every pixel each filter sees.
    gates: Conv2d,
    /// The filters.
    filters: Conv2d,
    /// From the context straight to the output.
    direct: Conv2d,
    filter_count: usize,
}

/// What the condition contributes to the context, `[batch or 1, width, h / f, w / f]`.
#[derive(Clone, Debug)]
pub struct DetailFeatures(Tensor<4>);

impl DetailFeatures {
    /// Those of several pictures as one batch.
    pub(super) fn joined(parts: Vec<&Self>) -> Self {
        Self(Tensor::cat(parts.into_iter().map(|part| part.0.clone()).collect(), 0))
    }
}

impl Detail {
    /// A head for a network of `config`.
    pub fn new(config: &UNetConfig, device: &Device) -> Self {
        let area = config.unshuffle * config.unshuffle;
        let (width, count) = (config.widths[0], config.detail_filters);
        let pixels = config.image_channels * area;
        let point = |inputs, outputs| Conv2dConfig::new([inputs, outputs], [1, 1]);
        Self {
            condition: conv_3x3(config.condition_channels * area, width).init(device),
            features: point(width, width).init(device),
            time: LinearConfig::new(config.time_channels, width).init(device),
            gates: point(width, count * pixels).init(device),
            filters: conv_3x3(count * pixels, pixels).with_initializer(Initializer::Zeros).init(device),
            direct: point(width, pixels).with_initializer(Initializer::Zeros).init(device),
            filter_count: count,
        }
    }

    /// `planes`: `[batch or 1, condition_channels f f, h / f, w / f]`; the same for every step of a synthesis.
    pub fn condition_features(&self, planes: Tensor<4>) -> DetailFeatures {
        DetailFeatures(fast_cpu::forward(&self.condition, planes))
    }

    /// [`Detail::condition_features`] of one-hot planes, where [`fast_cpu::convolve_one_hot`] applies.
    pub(super) fn one_hot_features(
        &self,
        one_hot: &OneHot,
        before: Option<(&DetailFeatures, &[Range<usize>; 2])>,
    ) -> Option<DetailFeatures> {
        let bias = self.condition.bias.as_ref().map(|bias| bias.val());
        let before = before.map(|(features, changed)| (&features.0, changed));
        fast_cpu::convolve_one_hot(one_hot, self.condition.weight.val(), bias, before).map(DetailFeatures)
    }

    /// What to add to the output.
    ///
    /// - `pixels`: the noisy picture in blocks, `[batch, image_channels f f, h / f, w / f]`
    /// - `hidden`: the network's last features, `[batch, width, h / f, w / f]`
    /// - `time`: `[batch or 1, time_channels]` after its SiLU
    pub fn forward(
        &self,
        pixels: Tensor<4>,
        hidden: Tensor<4>,
        condition: &DetailFeatures,
        time: Tensor<2>,
    ) -> Tensor<4> {
        let [batch, channels, height, width] = pixels.dims();
        let time = self.time.forward(time);
        let [rows, context_width] = time.dims();
        let context = fast_cpu::forward(&self.features, hidden)
            + condition.0.clone()
            + time.reshape([rows, context_width, 1, 1]);
        let context = activation::silu(context);
        let gates = fast_cpu::forward(&self.gates, context.clone());
        let seen = gates.reshape([batch, self.filter_count, channels, height * width])
            * pixels.reshape([batch, 1, channels, height * width]);
        let seen = seen.reshape([batch, self.filter_count * channels, height, width]);
        fast_cpu::forward(&self.filters, seen) + fast_cpu::forward(&self.direct, context)
    }
}
