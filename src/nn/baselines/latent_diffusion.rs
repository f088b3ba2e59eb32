//! The second stage of latent diffusion (Rombach et al. 2022; CompVis/latent-diffusion, "semantic synthesis"): a U-Net
//! over the codes of an autoencoder that stays as it is, shown the mask beside them.
//!
//! Its U-Net is [`UNet`] in another configuration: the arrangement is the same, as the golden values show.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::autoencoder::{Autoencoder, AutoencoderConfig};
use crate::nn::fast_cpu;
use crate::nn::unet_config::TimeConditioning;
use crate::nn::{UNet, UNetConfig};

/// The shape of a [`LatentDiffusion`], and what codes are multiplied by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatentDiffusionConfig {
    /// Makes latents of pictures and pictures of latents.
    pub autoencoder: AutoencoderConfig,
    /// Draws latents.
    pub unet: UNetConfig,
    /// Planes of the mask.
    pub condition_channels: usize,
    /// One over the standard deviation of the codes of the first batch, so that they have the noise's.
    pub latent_scale: f64,
}

impl LatentDiffusionConfig {
    /// The published configuration for semantic synthesis (215.23 M parameters in its U-Net) on KL-f4.
    pub fn paper(condition_channels: usize) -> Self {
        let unet = UNetConfig {
            widths: vec![128, 512, 1024],
            blocks_per_level: 2,
            attention: vec![false; 3],
            // Eight heads in the middle.
            head_channels: 128,
            groups: 32,
            sinusoid_channels: 128,
            time_channels: 512,
            ..Self::latent_unet()
        };
        Self { autoencoder: AutoencoderConfig::paper(), unet, condition_channels, latent_scale: 1.0 }
    }

    /// A fraction of it: trains on a CPU.
    pub fn small(condition_channels: usize) -> Self {
        let unet = UNetConfig {
            widths: vec![48, 96, 192],
            blocks_per_level: 1,
            attention: vec![false; 3],
            head_channels: 24,
            groups: 8,
            sinusoid_channels: 64,
            time_channels: 128,
            ..Self::latent_unet()
        };
        Self { autoencoder: AutoencoderConfig::small(), unet, condition_channels, latent_scale: 1.0 }
    }

    /// What both have in common.
    fn latent_unet() -> UNetConfig {
        UNetConfig {
            image_channels: 3,
            condition_channels: 3,
            out_channels: 3,
            unshuffle: 1,
            middle_blocks: 2,
            middle_attention: true,
            norm_epsilon: 1e-5,
            time_conditioning: TimeConditioning::Add,
            zero_second_convolution: true,
            detail_filters: 0,
            style_channels: 0,
            ..UNetConfig::paper()
        }
    }

    /// Both sides of a picture must be multiples of this.
    pub fn side_multiple(&self) -> usize {
        self.autoencoder.factor() * self.unet.side_multiple()
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// If a part cannot be built, or their channels do not fit; the message says what.
    pub fn check(&self) -> Result<(), String> {
        self.autoencoder.check()?;
        self.unet.check()?;
        if !(1..=64).contains(&self.condition_channels) {
            return Err(format!("condition_channels is {}, expected 1 to 64", self.condition_channels));
        }
        let latents = self.autoencoder.latent_channels;
        if (self.unet.image_channels, self.unet.out_channels) != (latents, latents)
            || self.unet.condition_channels == 0
        {
            return Err(format!(
                "a U-Net with {} channels, {} planes and {} channels out over codes of {latents} channels",
                self.unet.image_channels, self.unet.condition_channels, self.unet.out_channels
            ));
        }
        match self.latent_scale.is_finite() && self.latent_scale > 0.0 {
            true => Ok(()),
            false => Err(format!("latent_scale is {}, expected more than 0", self.latent_scale)),
        }
    }

    /// A network with fresh weights.
    ///
    /// # Panics
    /// If [`LatentDiffusionConfig::check`] would refuse.
    pub fn init(&self, device: &Device) -> LatentDiffusion {
        if let Err(reason) = self.check() {
            panic!("no such network: {reason}");
        }
        LatentDiffusion {
            autoencoder: self.autoencoder.init(device).no_grad(),
            mask: Conv2dConfig::new([self.condition_channels, self.unet.condition_channels], [1, 1])
                .with_bias(false)
                .init(device),
            unet: self.unet.init(device),
            factor: self.autoencoder.factor(),
            latent_channels: self.autoencoder.latent_channels,
            latent_scale: self.latent_scale,
        }
    }
}

/// The network; see the module's text. Built by [`LatentDiffusionConfig::init`].
#[derive(Module, Debug)]
pub struct LatentDiffusion {
    /// Trained before and kept as it is.
    pub autoencoder: Autoencoder,
    /// From the planes of a mask to those that the U-Net is shown.
    mask: Conv2d,
    unet: UNet,
    factor: usize,
    latent_channels: usize,
    latent_scale: f64,
}

impl LatentDiffusion {
    /// The codes of pictures, scaled, without gradient: `noise` is standard normal, of their shape.
    pub fn latents(&self, pictures: Tensor<4>, noise: Tensor<4>) -> Tensor<4> {
        self.autoencoder.encode(pictures).sample(noise).mul_scalar(self.latent_scale).detach()
    }

    /// The pictures of scaled codes.
    pub fn pictures(&self, latents: Tensor<4>) -> Tensor<4> {
        self.autoencoder.decode(latents.div_scalar(self.latent_scale))
    }

    /// The mask at the size of the codes. Halving it bilinearly again and again is a mean over squares.
    ///
    /// `condition`: `[batch, condition_channels, height, width]`.
    pub fn shown_mask(&self, condition: Tensor<4>) -> Tensor<4> {
        let options = AvgPoolOptions::new([self.factor; 2]);
        fast_cpu::forward(&self.mask, avg_pool2d(condition, options))
    }

    /// The noise in codes: `x` their shape, `mask` from [`LatentDiffusion::shown_mask`], `time` `[batch or 1]`.
    pub fn forward(&self, x: Tensor<4>, mask: Tensor<4>, time: Tensor<1>) -> Tensor<4> {
        self.unet.forward(x, mask, time)
    }

    /// Channels of the codes.
    pub fn latent_channels(&self) -> usize {
        self.latent_channels
    }

    /// Rows and columns of the codes of pictures of a size.
    pub fn latent_shape(&self, [height, width]: [usize; 2]) -> [usize; 2] {
        [height / self.factor, width / self.factor]
    }
}
