//! EfficientNet-Lite0 (Tan & Le 2019, without squeeze and excitation, with ReLU6): a small network of free licence, whose
//! last 1280 maps serve as features where those of Inception cannot be had.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::{Device, Tensor};

use super::{Published, means_of};
use crate::nn::fast_cpu;

/// Added to the variance in every norm.
const NORM_EPSILON: f64 = 1e-3;
const STEM: usize = 32;
const HEAD: usize = 1280;

/// Blocks of one width.
struct Stage {
    blocks: usize,
    kernel: usize,
    /// Of the first of them.
    stride: usize,
    /// How many times wider a block is within.
    expansion: usize,
    channels: usize,
}

const fn stage(blocks: usize, kernel: usize, stride: usize, expansion: usize, channels: usize) -> Stage {
    Stage { blocks, kernel, stride, expansion, channels }
}

const STAGES: [Stage; 7] = [
    stage(1, 3, 1, 1, 16),
    stage(2, 3, 2, 6, 24),
    stage(2, 5, 2, 6, 40),
    stage(3, 3, 2, 6, 80),
    stage(3, 5, 1, 6, 112),
    stage(4, 5, 2, 6, 192),
    stage(1, 3, 1, 6, 320),
];

/// A convolution without bias, padded as TensorFlow does: what does not go evenly into two goes to the end.
fn convolution(channels: [usize; 2], kernel: usize, stride: usize, groups: usize, device: &Device) -> Conv2d {
    let padding = if kernel == 1 { PaddingConfig2d::Valid } else { PaddingConfig2d::Same };
    Conv2dConfig::new(channels, [kernel; 2])
        .with_stride([stride; 2])
        .with_groups(groups)
        .with_padding(padding)
        .with_bias(false)
        .init(device)
}

fn norm(channels: usize, device: &Device) -> BatchNorm {
    BatchNormConfig::new(channels).with_epsilon(NORM_EPSILON).init(device)
}

fn relu6(x: Tensor<4>) -> Tensor<4> {
    x.clamp(0.0, 6.0)
}

/// Wider, place by place; across places, channel by channel; narrower again.
#[derive(Module, Debug)]
pub struct Block {
    expand_conv: Option<Conv2d>,
    bn0: Option<BatchNorm>,
    depthwise_conv: Conv2d,
    bn1: BatchNorm,
    project_conv: Conv2d,
    bn2: BatchNorm,
    #[module(skip)]
    has_skip: bool,
}

impl Block {
    fn new(from: usize, stage: &Stage, stride: usize, device: &Device) -> Self {
        let inner = from * stage.expansion;
        let is_wider = stage.expansion > 1;
        Self {
            expand_conv: is_wider.then(|| convolution([from, inner], 1, 1, 1, device)),
            bn0: is_wider.then(|| norm(inner, device)),
            depthwise_conv: convolution([inner, inner], stage.kernel, stride, inner, device),
            bn1: norm(inner, device),
            project_conv: convolution([inner, stage.channels], 1, 1, 1, device),
            bn2: norm(stage.channels, device),
            has_skip: stride == 1 && from == stage.channels,
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let mut hidden = x.clone();
        if let (Some(conv), Some(norm)) = (&self.expand_conv, &self.bn0) {
            hidden = relu6(norm.forward(fast_cpu::forward(conv, hidden)));
        }
        hidden = relu6(self.bn1.forward(self.depthwise_conv.forward(hidden)));
        hidden = self.bn2.forward(fast_cpu::forward(&self.project_conv, hidden));
        if self.has_skip { hidden + x } else { hidden }
    }
}

/// The network, up to its features.
#[derive(Module, Debug)]
pub struct EfficientNetLite0 {
    conv_stem: Conv2d,
    bn0: BatchNorm,
    blocks: Vec<Block>,
    conv_head: Conv2d,
    bn1: BatchNorm,
}

impl EfficientNetLite0 {
    /// Both sides of the pictures that it was trained on.
    pub const SIDE: usize = 224;

    /// A network with fresh weights.
    pub fn new(device: &Device) -> Self {
        let mut blocks = Vec::new();
        let mut from = STEM;
        for stage in &STAGES {
            for index in 0..stage.blocks {
                let stride = if index == 0 { stage.stride } else { 1 };
                blocks.push(Block::new(from, stage, stride, device));
                from = stage.channels;
            }
        }
        Self {
            conv_stem: convolution([3, STEM], 3, 2, 1, device),
            bn0: norm(STEM, device),
            blocks,
            conv_head: convolution([from, HEAD], 1, 1, 1, device),
            bn1: norm(HEAD, device),
        }
    }

    /// Features `[batch, 1280]` of pictures `[batch, 3, 224, 224]` in [-1, 1].
    pub fn features(&self, pictures: Tensor<4>) -> Tensor<2> {
        let mut hidden = relu6(self.bn0.forward(self.conv_stem.forward(pictures)));
        for block in &self.blocks {
            hidden = block.forward(hidden);
        }
        means_of(relu6(self.bn1.forward(fast_cpu::forward(&self.conv_head, hidden))))
    }
}

impl Published for EfficientNetLite0 {
    // Behind the features is a classifier, and counters are beside the norms.
    const UNNEEDED: &'static [&'static str] = &["num_batches_tracked", "_fc."];

    /// As the package `efficientnet_lite_pytorch` calls them: `blocks.3.bn1.gamma` is `_blocks.3._bn1.weight`.
    fn published_names(&self, name: &str) -> Vec<String> {
        let parts = name.split('.').map(|part| match part {
            "gamma" => "weight".to_owned(),
            "beta" => "bias".to_owned(),
            "weight" | "running_mean" | "running_var" => part.to_owned(),
            number if number.parse::<usize>().is_ok() => number.to_owned(),
            module => format!("_{module}"),
        });
        vec![parts.collect::<Vec<_>>().join(".")]
    }
}
