//! The first stage of latent diffusion (Rombach et al. 2022; CompVis/latent-diffusion): an autoencoder whose code is a
//! small map of Gaussians ("KL-f4": three numbers for each 4x4 pixels).

use burn::module::{Initializer, Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::module::conv2d_weight_backward;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::autoencoder_blocks::{Down, EPSILON, Middle, Up};
use crate::nn::fast_cpu;
use crate::nn::norm_act::NormAct;
use crate::nn::residual::{PlainBlock, conv_3x3};

/// Logarithms of variances stay within these.
const LOG_VARIANCE: (f32, f32) = (-30.0, 20.0);

/// The shape of an [`Autoencoder`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoencoderConfig {
    /// Channels of a picture.
    pub image_channels: usize,
    /// Channels of the outermost level.
    pub channels: usize,
    /// Of each level, in these.
    pub multipliers: Vec<usize>,
    /// Residual blocks of a level; the decoder has one more.
    pub blocks_per_level: usize,
    /// Channels of the code.
    pub latent_channels: usize,
    /// Whether the innermost map attends to itself.
    pub middle_attention: bool,
    /// Groups of every group norm.
    pub groups: usize,
}

impl AutoencoderConfig {
    /// KL-f4 of the published configurations; 55.32 M parameters with three channels.
    pub fn paper() -> Self {
        Self {
            image_channels: 1,
            channels: 128,
            multipliers: vec![1, 2, 4],
            blocks_per_level: 2,
            latent_channels: 3,
            middle_attention: true,
            groups: 32,
        }
    }

    /// A fraction of it, without attention: trains on a CPU.
    pub fn small() -> Self {
        Self { channels: 16, groups: 8, blocks_per_level: 1, middle_attention: false, ..Self::paper() }
    }

    /// Pixels along a side that become one number of each latent channel.
    pub fn factor(&self) -> usize {
        1 << self.multipliers.len().saturating_sub(1)
    }

    /// Whether the network can be built, in bounds that keep a hostile file from asking for unbounded memory.
    ///
    /// # Errors
    /// If a number is out of its range, or the channels of a level no multiple of the groups; the message says which.
    pub fn check(&self) -> Result<(), String> {
        let within = [
            ("image_channels", self.image_channels, 1..=16),
            ("channels", self.channels, 1..=512),
            ("number of levels", self.multipliers.len(), 1..=6),
            ("blocks_per_level", self.blocks_per_level, 1..=8),
            ("latent_channels", self.latent_channels, 1..=64),
            ("groups", self.groups, 1..=512),
        ];
        if let Some((name, value, range)) = within.iter().find(|(_, value, range)| !range.contains(value)) {
            return Err(format!("{name} is {value}, expected {} to {}", range.start(), range.end()));
        }
        for &multiplier in &self.multipliers {
            let width = multiplier.saturating_mul(self.channels);
            if !(1..=4096).contains(&width) || !width.is_multiple_of(self.groups) {
                return Err(format!(
                    "a level of {width} channels, expected a multiple of {} groups to 4096",
                    self.groups
                ));
            }
        }
        Ok(())
    }

    /// A network with fresh weights.
    ///
    /// # Panics
    /// If [`AutoencoderConfig::check`] would refuse.
    pub fn init(&self, device: &Device) -> Autoencoder {
        if let Err(reason) = self.check() {
            panic!("no such autoencoder: {reason}");
        }
        let moments = 2 * self.latent_channels;
        let between = |channels: usize| Conv2dConfig::new([channels; 2], [1, 1]).init(device);
        Autoencoder {
            encoder: Encoder::new(self, device),
            moments: between(moments),
            latent: between(self.latent_channels),
            decoder: Decoder::new(self, device),
            log_variance: Initializer::Zeros.init([1], device),
        }
    }

    fn widths(&self) -> Vec<usize> {
        self.multipliers.iter().map(|multiplier| multiplier * self.channels).collect()
    }
}

/// Pictures to the moments of their codes.
#[derive(Module, Debug)]
pub struct Encoder {
    conv_in: Conv2d,
    down: Vec<Down>,
    middle: Middle,
    norm_out: NormAct,
    conv_out: Conv2d,
}

impl Encoder {
    fn new(config: &AutoencoderConfig, device: &Device) -> Self {
        let widths = config.widths();
        let innermost = widths[widths.len() - 1];
        let mut channels = config.channels;
        let level = |(index, &width): (usize, &usize)| {
            let blocks = (0..config.blocks_per_level)
                .map(|block| {
                    let from = if block == 0 { channels } else { width };
                    PlainBlock::new(from, width, config.groups, EPSILON, device)
                })
                .collect();
            channels = width;
            Down::new(blocks, (index + 1 < widths.len()).then_some(width), device)
        };
        let down = widths.iter().enumerate().map(level).collect();
        Self {
            conv_in: conv_3x3(config.image_channels, config.channels).init(device),
            down,
            middle: Middle::new(innermost, config.groups, config.middle_attention, device),
            norm_out: NormAct::new(innermost, config.groups, EPSILON, device),
            conv_out: conv_3x3(innermost, 2 * config.latent_channels).init(device),
        }
    }

    fn forward(&self, pictures: Tensor<4>) -> Tensor<4> {
        let entrance = fast_cpu::forward(&self.conv_in, pictures);
        let hidden = self.down.iter().fold(entrance, |hidden, level| level.forward(hidden));
        fast_cpu::forward(&self.conv_out, self.norm_out.forward(self.middle.forward(hidden)))
    }
}

/// Codes to pictures.
#[derive(Module, Debug)]
pub struct Decoder {
    conv_in: Conv2d,
    middle: Middle,
    /// From the innermost level outwards.
    up: Vec<Up>,
    norm_out: NormAct,
    conv_out: Conv2d,
}

impl Decoder {
    fn new(config: &AutoencoderConfig, device: &Device) -> Self {
        let widths = config.widths();
        let innermost = widths[widths.len() - 1];
        let mut channels = innermost;
        let level = |(index, &width): (usize, &usize)| {
            let blocks = (0..=config.blocks_per_level)
                .map(|block| {
                    let from = if block == 0 { channels } else { width };
                    PlainBlock::new(from, width, config.groups, EPSILON, device)
                })
                .collect();
            channels = width;
            Up::new(blocks, (index > 0).then_some(width), device)
        };
        let up = widths.iter().enumerate().rev().map(level).collect();
        Self {
            conv_in: conv_3x3(config.latent_channels, innermost).init(device),
            middle: Middle::new(innermost, config.groups, config.middle_attention, device),
            up,
            norm_out: NormAct::new(config.widths()[0], config.groups, EPSILON, device),
            conv_out: conv_3x3(config.widths()[0], config.image_channels).init(device),
        }
    }

    /// What the last convolution makes a picture of.
    fn features(&self, latents: Tensor<4>) -> Tensor<4> {
        let entrance = self.middle.forward(fast_cpu::forward(&self.conv_in, latents));
        let hidden = self.up.iter().fold(entrance, |hidden, level| level.forward(hidden));
        self.norm_out.forward(hidden)
    }
}

/// The network; see the module's text. Built by [`AutoencoderConfig::init`].
#[derive(Module, Debug)]
pub struct Autoencoder {
    encoder: Encoder,
    moments: Conv2d,
    latent: Conv2d,
    decoder: Decoder,
    /// Of what the decoder misses, for all pixels alike, learned: what the error of a pixel counts.
    log_variance: Param<Tensor<1>>,
}

/// The Gaussian that a picture's code is drawn from, `[batch, latent_channels, height / f, width / f]` each.
#[derive(Clone, Debug)]
pub struct Posterior {
    /// `[batch, latent channels, height, width]`.
    pub mean: Tensor<4>,
    /// Of the same shape.
    pub log_variance: Tensor<4>,
}

impl Posterior {
    /// A code: `noise` is standard normal, of its shape.
    pub fn sample(&self, noise: Tensor<4>) -> Tensor<4> {
        self.mean.clone() + self.log_variance.clone().mul_scalar(0.5).exp() * noise
    }

    /// The divergence from the standard normal, summed over each code: `[batch, 1]`.
    pub fn divergence(&self) -> Tensor<2> {
        let [batch, channels, height, width] = self.mean.dims();
        let each = self.mean.clone().square() + self.log_variance.clone().exp() - self.log_variance.clone();
        let each = each.sub_scalar(1.0).mul_scalar(0.5);
        each.reshape([batch, channels * height * width]).sum_dim(1)
    }
}

impl Autoencoder {
    /// The codes of pictures `[batch, image_channels, height, width]` in [-1, 1], sides in multiples of
    /// [`AutoencoderConfig::factor`].
    pub fn encode(&self, pictures: Tensor<4>) -> Posterior {
        let moments = fast_cpu::forward(&self.moments, self.encoder.forward(pictures));
        let channels = moments.dims()[1] / 2;
        let log_variance = moments.clone().narrow(1, channels, channels);
        Posterior {
            mean: moments.narrow(1, 0, channels),
            log_variance: log_variance.clamp(LOG_VARIANCE.0, LOG_VARIANCE.1),
        }
    }

    /// The pictures of codes.
    pub fn decode(&self, latents: Tensor<4>) -> Tensor<4> {
        self.picture_of(self.features(latents))
    }

    /// The maps of codes that the decoder's last convolution makes pictures of, `[batch, channels, height, width]`.
    pub fn features(&self, latents: Tensor<4>) -> Tensor<4> {
        self.decoder.features(fast_cpu::forward(&self.latent, latents))
    }

    /// The pictures of [`Autoencoder::features`].
    pub fn picture_of(&self, features: Tensor<4>) -> Tensor<4> {
        fast_cpu::forward(&self.decoder.conv_out, features)
    }

    /// The gradient in the weights of the decoder's last convolution that a gradient in its pictures becomes, outside of
    /// autodiff.
    pub fn last_gradient(&self, features: Tensor<4>, of_pictures: Tensor<4>) -> Tensor<4> {
        let weight = self.decoder.conv_out.weight.val().inner();
        let options = ConvOptions::new([1, 1], [1, 1], [1, 1], 1);
        conv2d_weight_backward(features.inner(), weight, of_pictures.inner(), options)
    }

    /// Logarithm of the variance of what the decoder misses, `[1]`.
    pub fn output_log_variance(&self) -> Tensor<1> {
        self.log_variance.val()
    }
}
