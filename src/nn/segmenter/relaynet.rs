//! ReLayNet (Roy et al. 2017): three levels of 64 channels with tall kernels, and unpooling that puts every value back
//! where its maximum stood. 777,424 parameters with nine classes.
//!
//! Arranged as the authors' PyTorch port (ai-med/relaynet_pytorch): PReLU with one slope a block, the skip before the
//! unpooled map. The kernels are 7 high and 3 wide as in the paper, unless those of the port's notebook are asked for.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PRelu, PReluConfig, PaddingConfig2d};
use burn::tensor::{Device, Int, Tensor};
use serde::{Deserialize, Serialize};

use super::batch_norm::normed;
use crate::nn::fast_cpu;

/// Channels of every level.
const WIDTH: usize = 64;
const LEVELS: usize = 3;

/// The shape of a [`ReLayNet`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReLayNetConfig {
    /// Rows and columns of a kernel: 7 and 3 as published; 3 and 7 in the notebook of the authors' PyTorch port.
    pub kernel: [usize; 2],
}

impl Default for ReLayNetConfig {
    fn default() -> Self {
        Self { kernel: [7, 3] }
    }
}

impl ReLayNetConfig {
    /// Whether the network is of bounded size, and keeps a picture's.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.kernel.iter().all(|side| side % 2 == 1 && *side < 16) {
            true => Ok(()),
            false => Err(format!("kernel is {:?}, expected odd sides of 1 to 15", self.kernel)),
        }
    }
}

/// Convolution, batch norm, PReLU.
#[derive(Module, Debug)]
pub struct ReLayBlock {
    conv: Conv2d,
    norm: BatchNorm,
    activation: PRelu,
}

impl ReLayBlock {
    fn new(channels_in: usize, kernel: [usize; 2], device: &Device) -> Self {
        let [rows, columns] = kernel.map(|side| side / 2);
        Self {
            conv: Conv2dConfig::new([channels_in, WIDTH], kernel)
                .with_padding(PaddingConfig2d::Explicit(rows, columns, rows, columns))
                .init(device),
            norm: BatchNormConfig::new(WIDTH).init(device),
            activation: PReluConfig::new().init(device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.activation.forward(normed(&self.norm, self.conv.forward(x)))
    }
}

/// The network.
#[derive(Module, Debug)]
pub struct ReLayNet {
    down: Vec<ReLayBlock>,
    middle: ReLayBlock,
    /// From the innermost level outwards.
    up: Vec<ReLayBlock>,
    head: Conv2d,
}

impl ReLayNet {
    /// A network with fresh weights.
    pub fn new(config: &ReLayNetConfig, classes: usize, device: &Device) -> Self {
        let block = |channels_in| ReLayBlock::new(channels_in, config.kernel, device);
        Self {
            down: (0..LEVELS).map(|level| block(if level == 0 { 1 } else { WIDTH })).collect(),
            middle: block(WIDTH),
            up: (0..LEVELS).map(|_| block(2 * WIDTH)).collect(),
            head: Conv2dConfig::new([WIDTH, classes], [1, 1]).init(device),
        }
    }

    /// See [`Segmenter::forward`](super::Segmenter::forward).
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<4> {
        let mut kept = Vec::with_capacity(LEVELS);
        let mut hidden = pictures;
        for block in &self.down {
            let seen = block.forward(hidden);
            let pooled = Pooled::of(seen.clone());
            hidden = pooled.largest.clone();
            kept.push((seen, pooled));
        }
        hidden = self.middle.forward(hidden);
        for block in &self.up {
            let (skip, pooled) = kept.pop().expect("the way up mirrors the way down");
            hidden = block.forward(Tensor::cat(vec![skip, pooled.put_back(hidden)], 1));
        }
        fast_cpu::forward(&self.head, hidden)
    }
}

/// The largest of each 2 x 2 pixels, and where it stood.
struct Pooled {
    /// `[batch, channels, height / 2, width / 2]`
    largest: Tensor<4>,
    /// 1 at the first largest of the four, `[batch, channels, height / 2, width / 2, 4]`
    place: Tensor<5>,
}

impl Pooled {
    fn of(x: Tensor<4>) -> Self {
        let [batch, channels, height, width] = x.dims();
        let (rows, columns) = (height / 2, width / 2);
        let windows: Tensor<5> = x
            .reshape([batch, channels, rows, 2, columns, 2])
            .permute([0, 1, 2, 4, 3, 5])
            .reshape([batch, channels, rows, columns, 4]);
        let four = Tensor::<1, Int>::arange(0..4, &windows.device()).reshape([1, 1, 1, 1, 4]);
        let first = windows.clone().argmax(4);
        let place = first
            .expand([batch, channels, rows, columns, 4])
            .equal(four.expand([batch, channels, rows, columns, 4]));
        Self { largest: windows.max_dim(4).reshape([batch, channels, rows, columns]), place: place.float() }
    }

    /// Values at the places of the maxima, zeros elsewhere: `[batch, channels, height, width]`.
    fn put_back(self, values: Tensor<4>) -> Tensor<4> {
        let [batch, channels, rows, columns] = values.dims();
        let spread: Tensor<5> = values.reshape([batch, channels, rows, columns, 1]) * self.place;
        spread.reshape([batch, channels, rows, columns, 2, 2]).permute([0, 1, 2, 4, 3, 5]).reshape([
            batch,
            channels,
            2 * rows,
            2 * columns,
        ])
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;

    #[test]
    fn values_go_back_to_where_their_maxima_stood() {
        let device = Device::flex();
        let picture = TensorData::new(vec![1.0_f32, 5.0, 2.0, 2.0, 3.0, 4.0, 2.0, 1.0], [1, 1, 2, 4]);
        let pooled = Pooled::of(Tensor::from_data(picture, &device));
        let values = |tensor: Tensor<4>| tensor.into_data_as::<f32>().iter::<f32>().collect::<Vec<f32>>();
        assert_eq!(values(pooled.largest.clone()), [5.0, 2.0]);
        let back =
            pooled.put_back(Tensor::from_data(TensorData::new(vec![7.0_f32, 8.0], [1, 1, 1, 2]), &device));
        assert_eq!(values(back), [0.0, 7.0, 8.0, 0.0, 0.0, 0.0, 0.0, 0.0], "the first of equals");
    }
}
