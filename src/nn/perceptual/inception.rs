//! Inception-v3 as FID is defined by it (Szegedy et al. 2016, the TensorFlow graph of 2015-12-05): the convolutions of
//! torchvision's network, but that average pooling does not count the padding, and that the last block pools by the
//! largest. Features are the means of the last 2048 maps ("pool3").

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::module::{avg_pool2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, activation};

use super::{Published, means_of};
use crate::nn::fast_cpu;

/// Added to the variance in every norm.
const NORM_EPSILON: f64 = 1e-3;

/// What a convolution looks at: rows and columns of its kernel, its stride.
#[derive(Clone, Copy)]
struct Window {
    kernel: [usize; 2],
    stride: usize,
    /// Whether the borders are padded, so that the map keeps its size.
    is_padded: bool,
}

const fn window(rows: usize, columns: usize) -> Window {
    Window { kernel: [rows, columns], stride: 1, is_padded: true }
}

const ONE: Window = window(1, 1);
const THREE: Window = window(3, 3);
const FIVE: Window = window(5, 5);
const WIDE_3: Window = window(1, 3);
const TALL_3: Window = window(3, 1);
const WIDE_7: Window = window(1, 7);
const TALL_7: Window = window(7, 1);
const CUT: Window = Window { is_padded: false, ..THREE };
const HALVING: Window = Window { stride: 2, ..CUT };

/// Convolution without bias, batch norm, ReLU.
#[derive(Module, Debug)]
pub struct ConvNorm {
    conv: Conv2d,
    bn: BatchNorm,
}

impl ConvNorm {
    fn new(from: usize, to: usize, window: Window, device: &Device) -> Self {
        let [rows, columns] = window.kernel.map(|side| if window.is_padded { side / 2 } else { 0 });
        Self {
            conv: Conv2dConfig::new([from, to], window.kernel)
                .with_stride([window.stride; 2])
                .with_padding(PaddingConfig2d::Explicit(rows, columns, rows, columns))
                .with_bias(false)
                .init(device),
            bn: BatchNormConfig::new(to).with_epsilon(NORM_EPSILON).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        activation::relu(self.bn.forward(fast_cpu::forward(&self.conv, x)))
    }
}

/// One after another, each with its channels.
fn chain(from: usize, layers: &[(usize, Window)], device: &Device) -> Vec<ConvNorm> {
    let inputs = std::iter::once(from).chain(layers.iter().map(|(to, _)| *to));
    inputs.zip(layers).map(|(from, (to, window))| ConvNorm::new(from, *to, *window, device)).collect()
}

fn through(chain: &[ConvNorm], x: Tensor<4>) -> Tensor<4> {
    chain.iter().fold(x, |hidden, layer| layer.forward(hidden))
}

/// The mean of 3 x 3 places, as far as they lie on the map.
fn smoothed(x: Tensor<4>) -> Tensor<4> {
    let options = AvgPoolOptions::new([3, 3]).with_stride([1, 1]).with_padding([1, 1]);
    avg_pool2d(x, options.with_count_include_pad(false))
}

/// The largest of 3 x 3 places, at every second place.
fn halved(x: Tensor<4>) -> Tensor<4> {
    max_pool2d(x, MaxPoolOptions::new([3, 3]).with_stride([2, 2]))
}

/// Block A: 35 x 35 places.
#[derive(Module, Debug)]
pub struct BlockA {
    branch1x1: ConvNorm,
    branch5x5: Vec<ConvNorm>,
    branch3x3dbl: Vec<ConvNorm>,
    branch_pool: ConvNorm,
}

impl BlockA {
    fn new(from: usize, pooled: usize, device: &Device) -> Self {
        Self {
            branch1x1: ConvNorm::new(from, 64, ONE, device),
            branch5x5: chain(from, &[(48, ONE), (64, FIVE)], device),
            branch3x3dbl: chain(from, &[(64, ONE), (96, THREE), (96, THREE)], device),
            branch_pool: ConvNorm::new(from, pooled, ONE, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let branches = vec![
            self.branch1x1.forward(x.clone()),
            through(&self.branch5x5, x.clone()),
            through(&self.branch3x3dbl, x.clone()),
            self.branch_pool.forward(smoothed(x)),
        ];
        Tensor::cat(branches, 1)
    }
}

/// Block B: to 17 x 17 places.
#[derive(Module, Debug)]
pub struct BlockB {
    branch3x3: ConvNorm,
    branch3x3dbl: Vec<ConvNorm>,
}

impl BlockB {
    fn new(from: usize, device: &Device) -> Self {
        Self {
            branch3x3: ConvNorm::new(from, 384, HALVING, device),
            branch3x3dbl: chain(from, &[(64, ONE), (96, THREE), (96, HALVING)], device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let branches =
            vec![self.branch3x3.forward(x.clone()), through(&self.branch3x3dbl, x.clone()), halved(x)];
        Tensor::cat(branches, 1)
    }
}

/// Block C: 17 x 17 places, kernels of 7 along one side each.
#[derive(Module, Debug)]
pub struct BlockC {
    branch1x1: ConvNorm,
    branch7x7: Vec<ConvNorm>,
    branch7x7dbl: Vec<ConvNorm>,
    branch_pool: ConvNorm,
}

impl BlockC {
    fn new(from: usize, inner: usize, device: &Device) -> Self {
        let double = [(inner, ONE), (inner, TALL_7), (inner, WIDE_7), (inner, TALL_7), (192, WIDE_7)];
        Self {
            branch1x1: ConvNorm::new(from, 192, ONE, device),
            branch7x7: chain(from, &[(inner, ONE), (inner, WIDE_7), (192, TALL_7)], device),
            branch7x7dbl: chain(from, &double, device),
            branch_pool: ConvNorm::new(from, 192, ONE, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let branches = vec![
            self.branch1x1.forward(x.clone()),
            through(&self.branch7x7, x.clone()),
            through(&self.branch7x7dbl, x.clone()),
            self.branch_pool.forward(smoothed(x)),
        ];
        Tensor::cat(branches, 1)
    }
}

/// Block D: to 8 x 8 places.
#[derive(Module, Debug)]
pub struct BlockD {
    branch3x3: Vec<ConvNorm>,
    branch7x7x3: Vec<ConvNorm>,
}

impl BlockD {
    fn new(from: usize, device: &Device) -> Self {
        let long = [(192, ONE), (192, WIDE_7), (192, TALL_7), (192, HALVING)];
        Self {
            branch3x3: chain(from, &[(192, ONE), (320, HALVING)], device),
            branch7x7x3: chain(from, &long, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let branches =
            vec![through(&self.branch3x3, x.clone()), through(&self.branch7x7x3, x.clone()), halved(x)];
        Tensor::cat(branches, 1)
    }
}

/// Block E: 8 x 8 places, branches that fork.
#[derive(Module, Debug)]
pub struct BlockE {
    branch1x1: ConvNorm,
    branch3x3_1: ConvNorm,
    branch3x3_2a: ConvNorm,
    branch3x3_2b: ConvNorm,
    branch3x3dbl_1: ConvNorm,
    branch3x3dbl_2: ConvNorm,
    branch3x3dbl_3a: ConvNorm,
    branch3x3dbl_3b: ConvNorm,
    branch_pool: ConvNorm,
}

impl BlockE {
    fn new(from: usize, device: &Device) -> Self {
        let layer = |from, to, window| ConvNorm::new(from, to, window, device);
        Self {
            branch1x1: layer(from, 320, ONE),
            branch3x3_1: layer(from, 384, ONE),
            branch3x3_2a: layer(384, 384, WIDE_3),
            branch3x3_2b: layer(384, 384, TALL_3),
            branch3x3dbl_1: layer(from, 448, ONE),
            branch3x3dbl_2: layer(448, 384, THREE),
            branch3x3dbl_3a: layer(384, 384, WIDE_3),
            branch3x3dbl_3b: layer(384, 384, TALL_3),
            branch_pool: layer(from, 192, ONE),
        }
    }

    /// `pooled` is the input, pooled in the way of the block.
    fn forward(&self, x: Tensor<4>, pooled: Tensor<4>) -> Tensor<4> {
        let single = self.branch3x3_1.forward(x.clone());
        let double = self.branch3x3dbl_2.forward(self.branch3x3dbl_1.forward(x.clone()));
        let branches = vec![
            self.branch1x1.forward(x),
            self.branch3x3_2a.forward(single.clone()),
            self.branch3x3_2b.forward(single),
            self.branch3x3dbl_3a.forward(double.clone()),
            self.branch3x3dbl_3b.forward(double),
            self.branch_pool.forward(pooled),
        ];
        Tensor::cat(branches, 1)
    }
}

/// The network, up to its features.
#[derive(Module, Debug)]
pub struct Inception {
    conv2d_1a_3x3: ConvNorm,
    conv2d_2a_3x3: ConvNorm,
    conv2d_2b_3x3: ConvNorm,
    conv2d_3b_1x1: ConvNorm,
    conv2d_4a_3x3: ConvNorm,
    mixed_5b: BlockA,
    mixed_5c: BlockA,
    mixed_5d: BlockA,
    mixed_6a: BlockB,
    mixed_6b: BlockC,
    mixed_6c: BlockC,
    mixed_6d: BlockC,
    mixed_6e: BlockC,
    mixed_7a: BlockD,
    mixed_7b: BlockE,
    mixed_7c: BlockE,
}

impl Inception {
    /// Both sides of the pictures that it was trained on.
    pub const SIDE: usize = 299;

    /// A network with fresh weights.
    pub fn new(device: &Device) -> Self {
        Self {
            conv2d_1a_3x3: ConvNorm::new(3, 32, HALVING, device),
            conv2d_2a_3x3: ConvNorm::new(32, 32, CUT, device),
            conv2d_2b_3x3: ConvNorm::new(32, 64, THREE, device),
            conv2d_3b_1x1: ConvNorm::new(64, 80, ONE, device),
            conv2d_4a_3x3: ConvNorm::new(80, 192, CUT, device),
            mixed_5b: BlockA::new(192, 32, device),
            mixed_5c: BlockA::new(256, 64, device),
            mixed_5d: BlockA::new(288, 64, device),
            mixed_6a: BlockB::new(288, device),
            mixed_6b: BlockC::new(768, 128, device),
            mixed_6c: BlockC::new(768, 160, device),
            mixed_6d: BlockC::new(768, 160, device),
            mixed_6e: BlockC::new(768, 192, device),
            mixed_7a: BlockD::new(768, device),
            mixed_7b: BlockE::new(1280, device),
            mixed_7c: BlockE::new(2048, device),
        }
    }

    /// Features `[batch, 2048]` of pictures `[batch, 3, 299, 299]` in [-1, 1].
    pub fn features(&self, pictures: Tensor<4>) -> Tensor<2> {
        let hidden = self.conv2d_2a_3x3.forward(self.conv2d_1a_3x3.forward(pictures));
        let hidden = halved(self.conv2d_2b_3x3.forward(hidden));
        let hidden = halved(self.conv2d_4a_3x3.forward(self.conv2d_3b_1x1.forward(hidden)));
        let hidden = [&self.mixed_5b, &self.mixed_5c, &self.mixed_5d]
            .into_iter()
            .fold(hidden, |hidden, block| block.forward(hidden));
        let hidden = [&self.mixed_6b, &self.mixed_6c, &self.mixed_6d, &self.mixed_6e]
            .into_iter()
            .fold(self.mixed_6a.forward(hidden), |hidden, block| block.forward(hidden));
        let hidden = self.mixed_7a.forward(hidden);
        let hidden = self.mixed_7b.forward(hidden.clone(), smoothed(hidden));
        let largest = MaxPoolOptions::new([3, 3]).with_stride([1, 1]).with_padding([1, 1]);
        means_of(self.mixed_7c.forward(hidden.clone(), max_pool2d(hidden, largest)))
    }
}

impl Published for Inception {
    // Behind the features torchvision has classifiers, and counters beside the norms.
    const UNNEEDED: &'static [&'static str] = &["num_batches_tracked", "fc.", "AuxLogits."];

    /// As torchvision calls them: `mixed_5b.branch5x5.0.bn.gamma` is `Mixed_5b.branch5x5_1.bn.weight`.
    fn published_names(&self, name: &str) -> Vec<String> {
        let mut published = String::new();
        for (index, part) in name.split('.').enumerate() {
            match (index, part, part.parse::<usize>()) {
                (0, ..) => {
                    let (first, rest) = part.split_at(1);
                    published += &format!("{}{rest}", first.to_uppercase());
                }
                (_, _, Ok(number)) => published += &format!("_{}", number + 1),
                (_, "gamma", _) => published += ".weight",
                (_, "beta", _) => published += ".bias",
                (_, part, _) => published += &format!(".{part}"),
            }
        }
        vec![published]
    }
}
