//! The denoising network: a U-Net over a noisy picture and its condition planes.
//!
//! Down: residual blocks and strided convolutions, every intermediate kept; middle; up: residual blocks over
//! the kept maps, newest first. It is diffusers' `UNet2DModel` arrangement (one residual block more per level
//! on the way up), optionally behind a pixel unshuffle.
//!
//! The first convolution is linear, so its image part and its condition part are computed apart and added:
//! a synthesis of many steps pays for the condition once ([`UNet::condition_features`]).

use std::ops::Range;

use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{DType, Device, Tensor};

use super::attention::AttentionBlock;
use super::detail::{Detail, DetailFeatures};
use super::fast_cpu::{self, one_hot::OneHot};
use super::kernels;
use super::norm_act::NormAct;
use super::pacing;
use super::resample::{Downsample, Upsample, pixel_shuffle, pixel_unshuffle};
use super::residual::{ResidualBlock, conv_3x3};
use super::time_embedding::TimeEmbedding;
use super::unet_config::UNetConfig;

/// One level of the way down.
#[derive(Module, Debug)]
pub struct DownLevel {
    blocks: Vec<ResidualBlock>,
    /// One per block, or none at all.
    attentions: Vec<AttentionBlock>,
    downsample: Option<Downsample>,
}

/// What lies between the two ways.
#[derive(Module, Debug)]
pub struct Middle {
    blocks: Vec<ResidualBlock>,
    /// After the first block.
    attention: Option<AttentionBlock>,
}

/// One level of the way up.
#[derive(Module, Debug)]
pub struct UpLevel {
    blocks: Vec<ResidualBlock>,
    /// One per block, or none at all.
    attentions: Vec<AttentionBlock>,
    upsample: Option<Upsample>,
}

/// The network; see the module's text. Built by [`UNetConfig::init`].
#[derive(Module, Debug)]
pub struct UNet {
    conv_in: Conv2d,
    time_embedding: TimeEmbedding,
    down: Vec<DownLevel>,
    middle: Middle,
    up: Vec<UpLevel>,
    norm_out: NormAct,
    conv_out: Conv2d,
    /// Pixels past the narrow first level, see [`Detail`].
    detail: Option<Detail>,
    image_channels: usize,
    condition_channels: usize,
    unshuffle: usize,
    side_multiple: usize,
}

/// What the condition contributes to every step of a synthesis.
#[derive(Clone, Debug)]
pub struct ConditionFeatures {
    /// Its share of the first convolution (with its bias), `[batch or 1, width, h / f, w / f]`.
    first: Tensor<4>,
    detail: Option<DetailFeatures>,
    /// What the style adds to the time, `[batch or 1, time_channels]`.
    style: Option<Tensor<2>>,
}

impl ConditionFeatures {
    /// Those of several pictures of one size as one batch, in their order.
    ///
    /// # Panics
    /// Without any, or if they are of different networks.
    pub fn joined(parts: &[&Self]) -> Self {
        let details: Option<Vec<&DetailFeatures>> = parts.iter().map(|part| part.detail.as_ref()).collect();
        let styles: Option<Vec<Tensor<2>>> = parts.iter().map(|part| part.style.clone()).collect();
        Self {
            first: Tensor::cat(parts.iter().map(|part| part.first.clone()).collect(), 0),
            detail: details.map(DetailFeatures::joined),
            style: styles.map(|styles| Tensor::cat(styles, 0)),
        }
    }
}

impl UNetConfig {
    /// A network with fresh weights, drawn from the device's generator (`device.seed`).
    ///
    /// # Panics
    /// If [`UNetConfig::check`] would refuse.
    pub fn init(&self, device: &Device) -> UNet {
        if let Err(reason) = self.check() {
            panic!("no such network: {reason}");
        }
        let area = self.unshuffle * self.unshuffle;
        let (first, deepest) = (self.widths[0], self.widths[self.widths.len() - 1]);
        // Weights are drawn one after the other: another order gives another network for the same seed.
        let conv_in = conv_3x3((self.image_channels + self.condition_channels) * area, first).init(device);
        let (down, kept) = self.way_down(device);
        let middle = Middle {
            blocks: (0..self.middle_blocks)
                .map(|_| ResidualBlock::new(self, deepest, deepest, device))
                .collect(),
            attention: self.middle_attention.then(|| AttentionBlock::new(self, deepest, device)),
        };
        let up = self.way_up(kept, device);
        UNet {
            conv_in,
            time_embedding: TimeEmbedding::new(
                self.sinusoid_channels,
                self.time_channels,
                self.style_channels,
                device,
            ),
            down,
            middle,
            up,
            norm_out: NormAct::new(first, self.groups, self.norm_epsilon, device),
            conv_out: conv_3x3(first, self.out_channels * area).init(device),
            detail: (self.detail_filters > 0).then(|| Detail::new(self, device)),
            image_channels: self.image_channels,
            condition_channels: self.condition_channels,
            unshuffle: self.unshuffle,
            side_multiple: self.side_multiple(),
        }
    }

    /// The levels of the way down, and the channels of the maps that are kept on it, the oldest first.
    fn way_down(&self, device: &Device) -> (Vec<DownLevel>, Vec<usize>) {
        let levels = self.widths.len();
        let mut channels = self.widths[0];
        let mut kept = vec![channels];
        let mut down = Vec::with_capacity(levels);
        for (level, &width) in self.widths.iter().enumerate() {
            let mut blocks = Vec::with_capacity(self.blocks_per_level);
            for _ in 0..self.blocks_per_level {
                blocks.push(ResidualBlock::new(self, channels, width, device));
                channels = width;
                kept.push(width);
            }
            let downsample = (level + 1 < levels).then(|| Downsample::new(width, device));
            if downsample.is_some() {
                kept.push(width);
            }
            down.push(DownLevel {
                attentions: self.attentions(level, blocks.len(), device),
                blocks,
                downsample,
            });
        }
        (down, kept)
    }

    /// The levels of the way up, the deepest first, over the channels of the maps that were kept.
    fn way_up(&self, mut kept: Vec<usize>, device: &Device) -> Vec<UpLevel> {
        let levels = self.widths.len();
        let mut channels = self.widths[levels - 1];
        let mut up = Vec::with_capacity(levels);
        for (level, &width) in self.widths.iter().enumerate().rev() {
            let mut blocks = Vec::with_capacity(self.blocks_per_level + 1);
            for _ in 0..=self.blocks_per_level {
                let joined = channels + kept.pop().expect("the way up mirrors the way down");
                blocks.push(ResidualBlock::new(self, joined, width, device));
                channels = width;
            }
            up.push(UpLevel {
                attentions: self.attentions(level, blocks.len(), device),
                blocks,
                upsample: (level > 0).then(|| Upsample::new(width, device)),
            });
        }
        up
    }

    fn attentions(&self, level: usize, count: usize, device: &Device) -> Vec<AttentionBlock> {
        let count = if self.attention[level] { count } else { 0 };
        (0..count).map(|_| AttentionBlock::new(self, self.widths[level], device)).collect()
    }
}

impl UNet {
    /// The prediction for a noisy picture.
    ///
    /// - `x`: `[batch, image_channels, height, width]`, sides in multiples of [`UNetConfig::side_multiple`]
    /// - `condition`: `[batch or 1, condition_channels, height, width]`
    /// - `time`: `[batch or 1]`, in `0..=1000`
    /// - returns `[batch, out_channels, height, width]`
    ///
    /// All of them in single precision, whatever the weights are in.
    pub fn forward(&self, x: Tensor<4>, condition: Tensor<4>, time: Tensor<1>) -> Tensor<4> {
        let features = self.condition_features(condition);
        self.forward_with(x, &features, time)
    }

    /// What the condition contributes, the same for every step of a synthesis.
    pub fn condition_features(&self, condition: Tensor<4>) -> ConditionFeatures {
        let [_, channels, height, width] = condition.dims();
        assert_eq!(channels, self.condition_channels, "condition planes");
        self.assert_sides(height, width);
        let first = self.image_channels * self.unshuffle * self.unshuffle;
        let inputs = self.condition_channels * self.unshuffle * self.unshuffle;
        let bias = self.conv_in.bias.as_ref().map(|bias| bias.val());
        if inputs == 0 {
            let bias = bias.expect("the first convolution has a bias");
            let width = bias.dims()[0];
            return ConditionFeatures { first: bias.reshape([1, width, 1, 1]), detail: None, style: None };
        }
        let weight = self.conv_in.weight.val().narrow(1, first, inputs);
        let planes = pixel_unshuffle(condition.cast(weight.dtype()), self.unshuffle);
        ConditionFeatures {
            detail: self.detail.as_ref().map(|detail| detail.condition_features(planes.clone())),
            first: convolve(planes, weight, bias),
            style: None,
        }
    }

    /// [`UNet::condition_features`] of one-hot planes, the same to the bit, in a fraction of its time; `None` where
    /// only the general way is known (another device, half precision, planes beside the one-hot ones). `before`: the
    /// features of a mask that differs from this one in the given rows and columns of pixels only.
    ///
    /// # Panics
    /// If a number names a plane that does not exist or the planes have not the network's sides.
    pub fn one_hot_features(
        &self,
        plane_of: &[u8],
        [height, width]: [usize; 2],
        values: &[f32],
        before: Option<(&ConditionFeatures, &[Range<usize>; 2])>,
    ) -> Option<ConditionFeatures> {
        if values.len() != self.condition_channels || values.is_empty() {
            return None;
        }
        self.assert_sides(height, width);
        let one_hot = OneHot { plane_of, height, width, block: self.unshuffle, values };
        let image = self.image_channels * self.unshuffle * self.unshuffle;
        let inputs = self.condition_channels * self.unshuffle * self.unshuffle;
        let weight = self.conv_in.weight.val().narrow(1, image, inputs);
        let bias = self.conv_in.bias.as_ref().map(|bias| bias.val());
        let known = before.map(|(features, changed)| (&features.first, changed));
        let first = fast_cpu::convolve_one_hot(&one_hot, weight, bias, known)?;
        let detail = match &self.detail {
            Some(detail) => {
                let known = before.and_then(|(known, changed)| Some((known.detail.as_ref()?, changed)));
                Some(detail.one_hot_features(&one_hot, known)?)
            }
            None => None,
        };
        Some(ConditionFeatures { first, detail, style: None })
    }

    /// The same network for drawing only: on a CPU it may take ways whose results differ by rounding. A training,
    /// which must go on to the bit, never takes them, not even for its teacher.
    pub fn for_drawing(mut self) -> Self {
        for level in &mut self.up {
            level.upsample = level.upsample.take().map(Upsample::for_drawing);
        }
        self
    }

    /// The same condition with a style, `[batch or 1, style_channels]`; zeros are no style at all.
    ///
    /// # Panics
    /// If the network knows no style.
    pub fn with_style(&self, features: ConditionFeatures, style: Tensor<2>) -> ConditionFeatures {
        ConditionFeatures { style: Some(self.time_embedding.style_features(style)), ..features }
    }

    /// [`UNet::forward`] with the condition's share computed before.
    pub fn forward_with(&self, x: Tensor<4>, features: &ConditionFeatures, time: Tensor<1>) -> Tensor<4> {
        let [_, channels, height, width] = x.dims();
        assert_eq!(channels, self.image_channels, "image channels");
        self.assert_sides(height, width);
        let time = self.time_embedding.forward(time, features.style.as_ref());

        let inputs = self.image_channels * self.unshuffle * self.unshuffle;
        let weight = self.conv_in.weight.val().narrow(1, 0, inputs);
        let pixels = pixel_unshuffle(x.cast(weight.dtype()), self.unshuffle);
        let mut hidden = convolve(pixels.clone(), weight, None) + features.first.clone();

        let mut kept = vec![hidden.clone()];
        for level in &self.down {
            for (index, block) in level.blocks.iter().enumerate() {
                hidden = block.forward(hidden, time.clone());
                if let Some(attention) = level.attentions.get(index) {
                    hidden = attention.forward(hidden);
                }
                pacing::after_block(&hidden);
                kept.push(hidden.clone());
            }
            if let Some(downsample) = &level.downsample {
                hidden = downsample.forward(hidden);
                kept.push(hidden.clone());
            }
        }

        for (index, block) in self.middle.blocks.iter().enumerate() {
            hidden = block.forward(hidden, time.clone());
            if let (0, Some(attention)) = (index, &self.middle.attention) {
                hidden = attention.forward(hidden);
            }
            pacing::after_block(&hidden);
        }

        for level in &self.up {
            for (index, block) in level.blocks.iter().enumerate() {
                let skip = kept.pop().expect("the way up mirrors the way down");
                hidden = block.forward(Tensor::cat(vec![hidden, skip], 1), time.clone());
                if let Some(attention) = level.attentions.get(index) {
                    hidden = attention.forward(hidden);
                }
                pacing::after_block(&hidden);
            }
            if let Some(upsample) = &level.upsample {
                hidden = upsample.forward(hidden);
            }
        }

        let hidden = self.norm_out.forward(hidden);
        let mut blocks = fast_cpu::forward(&self.conv_out, hidden.clone());
        if let (Some(detail), Some(features)) = (&self.detail, &features.detail) {
            blocks = blocks + detail.forward(pixels, hidden, features, time);
        }
        pixel_shuffle(blocks, self.unshuffle).cast(DType::F32)
    }

    /// Both sides of a picture must be multiples of this.
    pub fn side_multiple(&self) -> usize {
        self.side_multiple
    }

    fn assert_sides(&self, height: usize, width: usize) {
        let multiple = self.side_multiple;
        assert!(
            height.is_multiple_of(multiple) && width.is_multiple_of(multiple),
            "{height}x{width} is no multiple of {multiple}"
        );
    }
}

/// A 3x3 convolution that keeps the size, with a part of a layer's weights.
fn convolve(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    fast_cpu::convolve(&x, weight.clone(), bias.clone(), 1)
        .or_else(|| kernels::convolve(&x, weight.clone(), bias.clone(), 1))
        .unwrap_or_else(|| conv2d(x, weight, bias, ConvOptions::new([1, 1], [1, 1], [1, 1], 1)))
}
