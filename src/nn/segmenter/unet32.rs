//! The U-Net that published retinal segmenters are compared with: four levels of 32 to 256 channels, 512 between them,
//! 7,762,729 parameters with nine classes. Its public form is `UNet` of azadef/ynet; the softmax at its end belongs to
//! the loss here.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d};
use burn::tensor::{Device, Tensor};

use super::double_convolution::{DoubleConvolution, double_sides, pool};
use crate::nn::fast_cpu;

/// Channels of the levels, outermost first.
const WIDTHS: [usize; 4] = [32, 64, 128, 256];
/// Channels between the two ways.
const MIDDLE: usize = 512;

/// The network.
#[derive(Module, Debug)]
pub struct UNet32 {
    down: Vec<DoubleConvolution>,
    middle: DoubleConvolution,
    /// From the innermost level outwards.
    upsample: Vec<ConvTranspose2d>,
    up: Vec<DoubleConvolution>,
    head: Conv2d,
}

impl UNet32 {
    /// A network with fresh weights.
    pub fn new(classes: usize, device: &Device) -> Self {
        let inputs = [1, WIDTHS[0], WIDTHS[1], WIDTHS[2]];
        let below = [WIDTHS[1], WIDTHS[2], WIDTHS[3], MIDDLE];
        Self {
            down: inputs.into_iter().zip(WIDTHS).map(|(a, b)| DoubleConvolution::new(a, b, device)).collect(),
            middle: DoubleConvolution::new(WIDTHS[3], MIDDLE, device),
            upsample: below.into_iter().zip(WIDTHS).rev().map(|(a, b)| double_sides(a, b, device)).collect(),
            up: WIDTHS.into_iter().rev().map(|w| DoubleConvolution::new(2 * w, w, device)).collect(),
            head: Conv2dConfig::new([WIDTHS[0], classes], [1, 1]).init(device),
        }
    }

    /// See [`Segmenter::forward`](super::Segmenter::forward).
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<4> {
        let mut kept = Vec::with_capacity(self.down.len());
        let mut hidden = pictures;
        for block in &self.down {
            let seen = block.forward(hidden);
            hidden = pool(seen.clone());
            kept.push(seen);
        }
        hidden = self.middle.forward(hidden);
        for (upsample, block) in self.upsample.iter().zip(&self.up) {
            let skip = kept.pop().expect("the way up mirrors the way down");
            hidden = block.forward(Tensor::cat(vec![upsample.forward(hidden), skip], 1));
        }
        fast_cpu::forward(&self.head, hidden)
    }
}
