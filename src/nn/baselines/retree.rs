//! ReTree's denoising network (Alimanov and Islam 2023, arXiv 2308.08339; its published code, AAleka/ReTree): a U-Net
//! with two wide steps of four down, a transformer with locality self-attention after each, and four steps of two up.
//!
//! What the RetiDiff paper calls its "multi-stage conditional concatenation" is not in the published code, which joins
//! the mask once, to the noisy picture. [`RetreeConfig::multi_stage_concatenation`] joins it before every step up as
//! well.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::module::adaptive_avg_pool2d;
use burn::tensor::{Device, Tensor, activation};
use serde::{Deserialize, Serialize};

use super::retree_blocks::{Level, NormedConvolution, POOL, Transformer, TwoConvolutions};
use crate::nn::fast_cpu;
use crate::nn::time_embedding::sinusoid;

/// The published network's widths are shares of this.
const PUBLISHED_DIMENSION: usize = 4096;

/// The shape of a [`Retree`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetreeConfig {
    /// Channels of the noisy picture and of the answer.
    pub image_channels: usize,
    /// Condition planes beside it.
    pub condition_channels: usize,
    /// Widths are a 32nd, an 8th, a quarter and half of this.
    pub dimension: usize,
    /// Of the attention.
    pub heads: usize,
    /// Channels of a head.
    pub head_channels: usize,
    /// Channels of the sinusoid of the time.
    pub time_channels: usize,
    /// Whether the mask is joined before every step up as well.
    pub multi_stage_concatenation: bool,
}

impl RetreeConfig {
    /// The published shape: 249.30 M parameters for three channels and one plane.
    pub fn paper() -> Self {
        Self {
            image_channels: 1,
            condition_channels: 1,
            dimension: PUBLISHED_DIMENSION,
            heads: 4,
            head_channels: 64,
            time_channels: 256,
            multi_stage_concatenation: false,
        }
    }

    /// An eighth of the published widths: trains on a CPU.
    pub fn small() -> Self {
        Self { dimension: PUBLISHED_DIMENSION / 8, head_channels: 16, time_channels: 64, ..Self::paper() }
    }

    /// Both sides of a picture must be multiples of this.
    pub fn side_multiple(&self) -> usize {
        POOL * POOL
    }

    /// Whether the network can be built, in bounds that keep a hostile file from asking for unbounded memory.
    ///
    /// # Errors
    /// If a number is out of its range, or no multiple of what it must be of; the message says which.
    pub fn check(&self) -> Result<(), String> {
        let within = [
            ("image_channels", self.image_channels, 1..=16),
            ("condition_channels", self.condition_channels, 0..=64),
            ("dimension", self.dimension, 32..=8192),
            ("heads", self.heads, 1..=64),
            ("head_channels", self.head_channels, 1..=256),
            ("time_channels", self.time_channels, 2..=2048),
        ];
        if let Some((name, value, range)) = within.iter().find(|(_, value, range)| !range.contains(value)) {
            return Err(format!("{name} is {value}, expected {} to {}", range.start(), range.end()));
        }
        match (self.dimension.is_multiple_of(32), self.time_channels.is_multiple_of(2)) {
            (true, true) => Ok(()),
            (false, _) => Err(format!("dimension is {}, expected a multiple of 32", self.dimension)),
            (_, false) => Err(format!("time_channels is {}, expected an even number", self.time_channels)),
        }
    }

    /// A network with fresh weights.
    ///
    /// # Panics
    /// If [`RetreeConfig::check`] would refuse.
    pub fn init(&self, device: &Device) -> Retree {
        if let Err(reason) = self.check() {
            panic!("no such network: {reason}");
        }
        let [first, second, third, fourth, widest] = [32, 16, 8, 4, 2].map(|share| self.dimension / share);
        let time = self.time_channels;
        let joined = if self.multi_stage_concatenation { self.condition_channels } else { 0 };
        let transformer = |channels| Transformer::new(channels, self.heads, self.head_channels, device);
        let bottleneck = |from: usize, to: usize| TwoConvolutions::new(from, to, to, device);
        let up = |from: usize, to: usize| Level::up(from + joined, to, time, device);
        Retree {
            stem: NormedConvolution::new(self.image_channels + self.condition_channels, first, device),
            down: vec![Level::down(first, third, time, device), Level::down(third, fourth, time, device)],
            transformers: vec![transformer(third), transformer(fourth)],
            bottleneck: vec![
                bottleneck(fourth, widest),
                bottleneck(widest, widest),
                bottleneck(widest, fourth),
            ],
            up: vec![up(fourth, third), up(2 * third, second), up(second, first), up(2 * first, first)],
            head: Conv2dConfig::new([first, self.image_channels], [1, 1]).init(device),
            time_channels: time,
            multi_stage_concatenation: self.multi_stage_concatenation,
        }
    }
}

/// The network; see the module's text. Built by [`RetreeConfig::init`].
#[derive(Module, Debug)]
pub struct Retree {
    stem: NormedConvolution,
    down: Vec<Level>,
    /// One after each step down.
    transformers: Vec<Transformer>,
    bottleneck: Vec<TwoConvolutions>,
    up: Vec<Level>,
    head: Conv2d,
    time_channels: usize,
    multi_stage_concatenation: bool,
}

impl Retree {
    /// The noise in a picture.
    ///
    /// - `x`: `[batch, image_channels, height, width]`, sides in multiples of 16
    /// - `condition`: `[batch or 1, condition_channels, height, width]`
    /// - `time`: `[batch or 1]`, the step of the schedule
    /// - returns `x`'s shape
    pub fn forward(&self, x: Tensor<4>, condition: Tensor<4>, time: Tensor<1>) -> Tensor<4> {
        let [batch, _, height, width] = x.dims();
        let [rows, planes, ..] = condition.dims();
        let condition =
            if rows == batch { condition } else { condition.expand([batch, planes, height, width]) };
        let time = activation::silu(sines_first(sinusoid(time, self.time_channels)));
        let stem = activation::gelu(self.stem.forward(Tensor::cat(vec![x, condition.clone()], 1)));
        let [outer, inner] = [&self.down[0], &self.down[1]];
        let quarter = self.transformers[0].forward(outer.forward_down(stem.clone(), time.clone()));
        let mut hidden = self.transformers[1].forward(inner.forward_down(quarter.clone(), time.clone()));
        for block in &self.bottleneck {
            hidden = block.forward(hidden);
        }
        let mut skips = [None, Some(quarter), None, Some(stem)];
        for (level, skip) in self.up.iter().zip(&mut skips) {
            let [_, _, rows, columns] = hidden.dims();
            let mask = self
                .multi_stage_concatenation
                .then(|| adaptive_avg_pool2d(condition.clone(), [2 * rows, 2 * columns]));
            hidden = level.forward_up(hidden, skip.take().into_iter().chain(mask).collect(), time.clone());
        }
        fast_cpu::forward(&self.head, hidden)
    }
}

/// The sinusoid with its sines first, as this network was published; `[batch, channels]`.
fn sines_first(cosines_first: Tensor<2>) -> Tensor<2> {
    let half = cosines_first.dims()[1] / 2;
    let cosines = cosines_first.clone().narrow(1, 0, half);
    Tensor::cat(vec![cosines_first.narrow(1, half, half), cosines], 1)
}
