//! The small segmenter, for a CPU: the blocks of this program's [`UNet`](crate::nn::UNet) without condition and time.
//!
//! Its first level sees blocks of 2 x 2 pixels as channels, so that nothing is computed at full size; group norms
//! instead of batch norms let it learn from a few strips at a time and label a scan of any width. 1,340,932 parameters with
//! nine classes.

use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::nn::fast_cpu;
use crate::nn::norm_act::NormAct;
use crate::nn::resample::{Downsample, Upsample, pixel_shuffle, pixel_unshuffle};
use crate::nn::residual::{PlainBlock, conv_3x3};

/// Added to the variance in every norm.
const NORM_EPSILON: f64 = 1e-5;

/// The shape of a [`SmallSegmenter`], outermost level first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmallConfig {
    /// Side of the pixel blocks that become channels at the entrance (1 = none).
    pub unshuffle: usize,
    /// Channels of each level.
    pub widths: Vec<usize>,
    /// Residual blocks between the two ways.
    pub middle_blocks: usize,
    /// Groups of every group norm.
    pub groups: usize,
}

impl Default for SmallConfig {
    fn default() -> Self {
        Self { unshuffle: 2, widths: vec![32, 64, 128], middle_blocks: 2, groups: 8 }
    }
}

impl SmallConfig {
    /// Both sides of a picture must be multiples of this.
    pub fn side_multiple(&self) -> usize {
        self.unshuffle << self.widths.len().saturating_sub(1)
    }

    /// Whether the numbers describe a network of bounded size.
    ///
    /// # Errors
    /// If a number is out of its range, or a width no multiple of the groups; the message says which.
    pub fn check(&self) -> Result<(), String> {
        let within = |name: &str, value: usize, low: usize, high: usize| {
            let refuse = || Err(format!("{name} is {value}, expected {low} to {high}"));
            if (low..=high).contains(&value) { Ok(()) } else { refuse() }
        };
        within("unshuffle", self.unshuffle, 1, 8)?;
        within("number of levels", self.widths.len(), 1, 6)?;
        within("middle_blocks", self.middle_blocks, 1, 8)?;
        within("groups", self.groups, 1, 64)?;
        for &width in &self.widths {
            within("a level's width", width, 1, 512)?;
            if !width.is_multiple_of(self.groups) {
                return Err(format!("width {width} is no multiple of {} groups", self.groups));
            }
        }
        Ok(())
    }
}

/// The network; see the module's text.
#[derive(Module, Debug)]
pub struct SmallSegmenter {
    conv_in: Conv2d,
    /// A block a level.
    down: Vec<PlainBlock>,
    /// Between the levels.
    downsample: Vec<Downsample>,
    middle: Vec<PlainBlock>,
    /// From the innermost level outwards, all but the innermost.
    upsample: Vec<Upsample>,
    up: Vec<PlainBlock>,
    norm_out: NormAct,
    conv_out: Conv2d,
    unshuffle: usize,
}

impl SmallSegmenter {
    /// A network with fresh weights.
    pub fn new(config: &SmallConfig, classes: usize, device: &Device) -> Self {
        let (widths, groups) = (&config.widths, config.groups);
        let area = config.unshuffle * config.unshuffle;
        let (first, last) = (widths[0], widths[widths.len() - 1]);
        let outer = || widths.windows(2).rev();
        let block = |from, to| PlainBlock::new(from, to, groups, NORM_EPSILON, device);
        Self {
            conv_in: conv_3x3(area, first).init(device),
            down: std::iter::once(&first)
                .chain(widths)
                .zip(widths)
                .map(|(&from, &to)| block(from, to))
                .collect(),
            downsample: widths[..widths.len() - 1].iter().map(|&w| Downsample::new(w, device)).collect(),
            middle: (0..config.middle_blocks).map(|_| block(last, last)).collect(),
            upsample: outer().map(|pair| Upsample::new(pair[1], device)).collect(),
            up: outer().map(|pair| block(pair[1] + pair[0], pair[0])).collect(),
            norm_out: NormAct::new(first, groups, NORM_EPSILON, device),
            conv_out: conv_3x3(first, classes * area).init(device),
            unshuffle: config.unshuffle,
        }
    }

    /// See [`Segmenter::features`](super::Segmenter::features).
    pub fn features(&self, pictures: Tensor<4>) -> Tensor<2> {
        let (innermost, _) = self.down(pictures);
        let [batch, channels, height, width] = innermost.dims();
        innermost.reshape([batch, channels, height * width]).mean_dim(2).reshape([batch, channels])
    }

    /// The innermost map, and what is kept of the levels before it.
    fn down(&self, pictures: Tensor<4>) -> (Tensor<4>, Vec<Tensor<4>>) {
        let mut hidden = fast_cpu::forward(&self.conv_in, pixel_unshuffle(pictures, self.unshuffle));
        let mut kept = Vec::with_capacity(self.down.len());
        for (level, block) in self.down.iter().enumerate() {
            hidden = block.forward(hidden);
            if let Some(downsample) = self.downsample.get(level) {
                kept.push(hidden.clone());
                hidden = downsample.forward(hidden);
            }
        }
        for block in &self.middle {
            hidden = block.forward(hidden);
        }
        (hidden, kept)
    }

    /// See [`Segmenter::forward`](super::Segmenter::forward).
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<4> {
        let (mut hidden, mut kept) = self.down(pictures);
        for (upsample, block) in self.upsample.iter().zip(&self.up) {
            let skip = kept.pop().expect("the way up mirrors the way down");
            hidden = block.forward(Tensor::cat(vec![upsample.forward(hidden), skip], 1));
        }
        let scores = fast_cpu::forward(&self.conv_out, self.norm_out.forward(hidden));
        pixel_shuffle(scores, self.unshuffle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_have_the_size_of_the_picture() {
        let device = Device::flex();
        let config = SmallConfig { widths: vec![8, 16], ..SmallConfig::default() };
        let network = SmallSegmenter::new(&config, 9, &device);
        let scores = network.forward(Tensor::<4>::zeros([2, 1, 24, 40], &device));
        assert_eq!(scores.dims(), [2, 9, 24, 40]);
        assert_eq!((config.side_multiple(), SmallConfig::default().side_multiple()), (4, 8));
    }

    #[test]
    fn the_usual_shape_fits_into_four_mebibytes_of_half_precision() {
        let network = SmallSegmenter::new(&SmallConfig::default(), 9, &Device::flex());
        let weights = network.num_params();
        assert_eq!(weights, 1_340_932);
        assert!(2 * weights < 4 << 20, "{weights} weights");
        assert_eq!(SmallConfig::default().check(), Ok(()));
        let wrong = SmallConfig { widths: vec![30], ..SmallConfig::default() };
        assert!(wrong.check().unwrap_err().contains("no multiple of 8 groups"));
    }
}
