//! The discriminator that the first stage of latent diffusion is trained against ("PatchGAN": Isola et al. 2017; Esser et
//! al. 2021, CompVis/taming-transformers, `NLayerDiscriminator`): convolutions that say of overlapping patches of a
//! picture whether they are real, and the hinge loss that they learn by.
//!
//! Its norms take mean and variance of the batch at hand, as the published ones do in training; it serves for nothing
//! else, so running means are not kept.

use std::collections::BTreeMap;

use burn::module::{Initializer, Module, Param};
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Tensor, activation};
use serde::{Deserialize, Serialize};

use crate::encoding::noise::{fill_gaussian, stream};
use crate::nn::{fresh_weights, weights};
use crate::scan::Rect;

/// Of what is below zero, how much passes.
const SLOPE: f64 = 0.2;
/// Added to the variance in every norm.
const EPSILON: f64 = 1e-5;
/// Sides of every kernel.
const KERNEL: usize = 4;
/// Deviation of fresh weights, and of fresh gains from one.
const DEVIATION: f32 = 0.02;
/// The widest map over the first.
const MAX_WIDENING: usize = 8;

/// The shape of a [`Discriminator`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscriminatorConfig {
    /// Channels of a picture.
    pub image_channels: usize,
    /// Channels of the first map (`ndf`).
    pub channels: usize,
    /// Convolutions that halve the sides (`n_layers`).
    pub layers: usize,
}

impl DiscriminatorConfig {
    /// The published shape: 2.76 M parameters, patches of 70 pixels.
    pub fn paper() -> Self {
        Self { image_channels: 1, channels: 64, layers: 3 }
    }

    /// The smallest side of a picture of which it says anything.
    pub fn least_side(&self) -> usize {
        3 << self.layers
    }

    /// Whether the network can be built, in bounds that keep a hostile file from asking for unbounded memory.
    ///
    /// # Errors
    /// If a number is out of its range; the message says which.
    pub fn check(&self) -> Result<(), String> {
        let within = [
            ("image_channels", self.image_channels, 1..=16),
            ("channels", self.channels, 1..=512),
            ("layers", self.layers, 1..=6),
        ];
        match within.iter().find(|(_, value, range)| !range.contains(value)) {
            Some((name, value, range)) => {
                Err(format!("{name} is {value}, expected {} to {}", range.start(), range.end()))
            }
            None => Ok(()),
        }
    }

    /// A network with the fresh weights of a seed, as published: normal with a deviation of .02, gains about one.
    ///
    /// # Panics
    /// If [`DiscriminatorConfig::check`] would refuse.
    pub fn init(&self, seed: u64, device: &Device) -> Discriminator {
        if let Err(reason) = self.check() {
            panic!("no such discriminator: {reason}");
        }
        let width = |layer: usize| self.channels * (1_usize << layer).min(MAX_WIDENING);
        let convolution = |from: usize, to: usize, stride: usize, has_bias: bool| {
            Conv2dConfig::new([from, to], [KERNEL; 2])
                .with_stride([stride; 2])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .with_bias(has_bias)
                .init(device)
        };
        let mut convolutions = vec![convolution(self.image_channels, self.channels, 2, true)];
        for layer in 1..=self.layers {
            let stride = if layer < self.layers { 2 } else { 1 };
            convolutions.push(convolution(width(layer - 1), width(layer), stride, false));
        }
        convolutions.push(convolution(width(self.layers), 1, 1, true));
        let norms = (1..=self.layers).map(|layer| BatchStatistics::new(width(layer), device)).collect();
        // Biases stay as any fresh convolution's are.
        let network = fresh_weights::drawn(Discriminator { convolutions, norms }, seed);
        let mut drawn = BTreeMap::new();
        for (index, tensor) in (0_u32..).zip(weights::collect(&network)) {
            let mean = match tensor.name.rsplit('.').next() {
                Some("weight") => 0.0,
                Some("gamma") => 1.0,
                _ => continue,
            };
            let mut values = vec![0.0; tensor.values.len()];
            let area = Rect::new(0, 0, values.len() as u32, 1);
            fill_gaussian(seed, stream::FRESH_DISCRIMINATOR + index, area, &mut values);
            values.iter_mut().for_each(|value| *value = mean + DEVIATION * *value);
            drawn.insert(tensor.name, values);
        }
        weights::assign(network, drawn)
    }
}

/// The network; see the module's text. Built by [`DiscriminatorConfig::init`].
#[derive(Module, Debug)]
pub struct Discriminator {
    convolutions: Vec<Conv2d>,
    /// Of all but the first and the last convolution.
    norms: Vec<BatchStatistics>,
}

impl Discriminator {
    /// How real the patches of pictures `[batch, image_channels, height, width]` look, each by a number without bounds:
    /// `[batch, 1, height / 2^layers - 2, width / 2^layers - 2]`.
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<4> {
        let last = self.convolutions.len() - 1;
        let mut hidden = activation::leaky_relu(self.convolutions[0].forward(pictures), SLOPE);
        for (convolution, norm) in self.convolutions[1..last].iter().zip(&self.norms) {
            hidden = activation::leaky_relu(norm.forward(convolution.forward(hidden)), SLOPE);
        }
        self.convolutions[last].forward(hidden)
    }
}

/// Normalisation of each channel by the batch at hand.
#[derive(Module, Debug)]
pub struct BatchStatistics {
    gamma: Param<Tensor<1>>,
    beta: Param<Tensor<1>>,
}

impl BatchStatistics {
    fn new(channels: usize, device: &Device) -> Self {
        Self {
            gamma: Initializer::Ones.init([channels], device),
            beta: Initializer::Zeros.init([channels], device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let of_channel = |values: Tensor<2>| -> Tensor<4> { values.reshape([1, channels, 1, 1]) };
        let rows =
            |x: Tensor<4>| -> Tensor<2> { x.swap_dims(0, 1).reshape([channels, batch * height * width]) };
        let apart = x.clone() - of_channel(rows(x).mean_dim(1));
        let variance = of_channel(rows(apart.clone().square()).mean_dim(1));
        let gain: Tensor<4> = self.gamma.val().reshape([1, channels, 1, 1]);
        let offset: Tensor<4> = self.beta.val().reshape([1, channels, 1, 1]);
        apart / variance.add_scalar(EPSILON).sqrt() * gain + offset
    }
}

/// What a discriminator loses by its verdicts on real pictures and on made ones: it is to be above 1 on the former and below
/// -1 on the latter.
pub fn hinge_loss(of_real: Tensor<4>, of_made: Tensor<4>) -> Tensor<1> {
    let real = activation::relu(of_real.mul_scalar(-1.0).add_scalar(1.0)).mean();
    let made = activation::relu(of_made.add_scalar(1.0)).mean();
    (real + made).mul_scalar(0.5)
}

/// What whoever makes pictures loses by the verdicts on them.
pub fn verdict_loss(of_made: Tensor<4>) -> Tensor<1> {
    of_made.mean().mul_scalar(-1.0)
}
