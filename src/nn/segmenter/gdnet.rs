//! GDNet (Cao et al., BSPC 98:106702, 2024): **a reconstruction**. The paper is behind a paywall and no code is public;
//! known from its abstract are a U shape, a Fourier encoder beside the spatial one, and multi-scale graph convolution
//! between encoders and decoder. So encoders and decoder are YNet's here, and the graph module is that of MGU-Net
//! (algorithms 4.4). Figures of it are no figures of the published network.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};
use burn::tensor::{Device, Tensor, activation};
use serde::{Deserialize, Serialize};

use super::batch_norm::normed;
use super::double_convolution::{DoubleConvolution, pool_by};
use super::ynet::{Decoder, Encoded, Encoders, MERGED, Merge, middle};
use crate::nn::fast_cpu;

/// Sides of the pooling of each branch.
const POOLS: [usize; 4] = [1, 2, 3, 5];
/// Of a branch, one after the other.
const GRAPH_CONVOLUTIONS: usize = 2;
/// Slope of the graph convolution's activation below zero.
const NEGATIVE_SLOPE: f64 = 0.2;

/// The shape of a [`GdNet`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GdNetConfig {
    /// Channels of a branch of the graph module.
    pub branch_channels: usize,
}

impl Default for GdNetConfig {
    fn default() -> Self {
        Self { branch_channels: 128 }
    }
}

impl GdNetConfig {
    /// Whether the network is of bounded size.
    ///
    /// # Errors
    /// If the channels of a branch are too few, too many, or odd.
    pub fn check(&self) -> Result<(), String> {
        match self.branch_channels {
            channels @ 2..=512 if channels.is_multiple_of(2) => Ok(()),
            channels => Err(format!("branch_channels is {channels}, expected an even number of 2 to 512")),
        }
    }
}

/// A convolution of one pixel, batch norm, ReLU.
#[derive(Module, Debug)]
pub struct Projection {
    conv: Conv2d,
    norm: BatchNorm,
}

impl Projection {
    fn new(channels_in: usize, channels_out: usize, device: &Device) -> Self {
        Self {
            conv: Conv2dConfig::new([channels_in, channels_out], [1, 1]).init(device),
            norm: BatchNormConfig::new(channels_out).init(device),
        }
    }

    /// `[batch, channels_out, height * width]`
    fn forward(&self, x: Tensor<4>) -> Tensor<3> {
        let projected = activation::relu(normed(&self.norm, fast_cpu::forward(&self.conv, x)));
        let [batch, channels, height, width] = projected.dims();
        projected.reshape([batch, channels, height * width])
    }
}

/// A convolution over a graph: its nodes speak to each other, then the states of every node to each other.
#[derive(Module, Debug)]
pub struct GraphConvolution {
    between_nodes: Conv2d,
    between_states: Conv2d,
}

impl GraphConvolution {
    fn new(states: usize, nodes: usize, device: &Device) -> Self {
        Self {
            between_nodes: Conv2dConfig::new([nodes; 2], [1, 1]).init(device),
            between_states: Conv2dConfig::new([states; 2], [1, 1]).with_bias(false).init(device),
        }
    }

    /// `[batch, states, nodes]` to the same.
    fn forward(&self, graph: Tensor<3>) -> Tensor<3> {
        let [batch, states, nodes] = graph.dims();
        let by_node = graph.clone().swap_dims(1, 2).reshape([batch, nodes, states, 1]);
        let spoken = self.between_nodes.forward(by_node).reshape([batch, nodes, states]).swap_dims(1, 2);
        let mixed = activation::leaky_relu(graph + spoken, NEGATIVE_SLOPE);
        self.between_states.forward(mixed.reshape([batch, states, nodes, 1])).reshape([batch, states, nodes])
    }
}

/// Global reasoning (Chen et al. 2019): pixels are gathered into the nodes of a graph, which speak to each other, and
/// are spread over the map again.
#[derive(Module, Debug)]
pub struct GraphReasoning {
    state: Projection,
    gather: Projection,
    spread: Projection,
    convolutions: Vec<GraphConvolution>,
    back: Conv2d,
    norm: BatchNorm,
}

impl GraphReasoning {
    fn new(channels: usize, nodes: usize, device: &Device) -> Self {
        let states = 2 * nodes;
        Self {
            state: Projection::new(channels, states, device),
            gather: Projection::new(channels, nodes, device),
            spread: Projection::new(channels, nodes, device),
            convolutions: (0..GRAPH_CONVOLUTIONS)
                .map(|_| GraphConvolution::new(states, nodes, device))
                .collect(),
            back: Conv2dConfig::new([states, channels], [1, 1]).with_bias(false).init(device),
            norm: BatchNormConfig::new(channels).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [batch, _, height, width] = x.dims();
        let (state, gather, spread) =
            (self.state.forward(x.clone()), self.gather.forward(x.clone()), self.spread.forward(x.clone()));
        // [batch, states, nodes]
        let gathered = state.matmul(gather.swap_dims(1, 2)).div_scalar((height * width) as f64);
        let graph = self.convolutions.iter().fold(gathered, |graph, convolution| convolution.forward(graph));
        let states = graph.dims()[1];
        let map = graph.matmul(spread).reshape([batch, states, height, width]);
        x + normed(&self.norm, fast_cpu::forward(&self.back, map))
    }
}

/// A scale of the graph module.
#[derive(Module, Debug)]
pub struct Branch {
    conv_1: Conv2d,
    /// Of the pooled map; the branch that pools nothing has none.
    conv_2: Option<Conv2d>,
    graph: GraphReasoning,
    pooled_by: usize,
}

impl Branch {
    fn new(channels_in: usize, channels: usize, nodes: usize, pooled_by: usize, device: &Device) -> Self {
        let conv = |channels_in: usize| {
            Conv2dConfig::new([channels_in, channels], [3, 3])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(device)
        };
        Self {
            conv_1: conv(channels_in),
            conv_2: (pooled_by > 1).then(|| conv(channels)),
            graph: GraphReasoning::new(channels, nodes, device),
            pooled_by,
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = x.dims();
        let seen = activation::relu(fast_cpu::forward(&self.conv_1, x));
        let Some(conv_2) = &self.conv_2 else { return self.graph.forward(seen) };
        // A map smaller than the window is one window.
        let pooled = pool_by(seen, self.pooled_by.min(height).min(width));
        let seen = self.graph.forward(activation::relu(fast_cpu::forward(conv_2, pooled)));
        let options = InterpolateOptions::new(InterpolateMode::Bilinear)
            .with_align_corners(true)
            .with_output_size([height, width]);
        interpolate(seen, options)
    }
}

/// The network.
#[derive(Module, Debug)]
pub struct GdNet {
    encoders: Encoders,
    branches: Vec<Branch>,
    joined: Conv2d,
    middle: DoubleConvolution,
    decoder: Decoder,
}

impl GdNet {
    /// A network with fresh weights.
    pub fn new(config: &GdNetConfig, classes: usize, device: &Device) -> Self {
        let channels = config.branch_channels;
        let branch = |(at, pooled_by): (usize, usize)| {
            let nodes = if at < 2 { channels } else { channels / 2 };
            Branch::new(MERGED, channels, nodes, pooled_by, device)
        };
        Self {
            encoders: Encoders::new(Merge::Concat, device),
            branches: POOLS.into_iter().enumerate().map(branch).collect(),
            joined: Conv2dConfig::new([POOLS.len() * channels, MERGED], [1, 1]).init(device),
            middle: middle(device),
            decoder: Decoder::new(classes, device),
        }
    }

    /// See [`Segmenter::forward`](super::Segmenter::forward).
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<4> {
        let Encoded { kept, merged } = self.encoders.forward(pictures);
        let scales = self.branches.iter().map(|branch| branch.forward(merged.clone())).collect();
        let reasoned = activation::relu(fast_cpu::forward(&self.joined, Tensor::cat(scales, 1)));
        self.decoder.forward(self.middle.forward(reasoned), kept)
    }
}
