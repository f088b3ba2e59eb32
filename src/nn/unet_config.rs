//! The shape of a [`UNet`](super::UNet) as a value that model files carry.

use serde::{Deserialize, Serialize};

/// How the time embedding enters a residual block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeConditioning {
    /// Added to the map before the second norm.
    Add,
    /// Scale and shift of the second norm.
    ScaleShift,
}

/// Everything that decides the tensors of a [`UNet`](super::UNet), outermost level first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UNetConfig {
    /// Channels of the noisy picture.
    pub image_channels: usize,
    /// Condition planes beside it.
    pub condition_channels: usize,
    /// Channels of the prediction.
    pub out_channels: usize,
    /// Side of the pixel blocks that become channels at the entrance (1 = none).
    pub unshuffle: usize,
    /// Channels of each level.
    pub widths: Vec<usize>,
    /// Residual blocks of each level on the way down; one more on the way up.
    pub blocks_per_level: usize,
    /// Whether a level attends, per level.
    pub attention: Vec<bool>,
    /// Residual blocks between the two ways.
    pub middle_blocks: usize,
    /// Whether the middle attends after its first block.
    pub middle_attention: bool,
    /// Channels of an attention head.
    pub head_channels: usize,
    /// Groups of every group norm.
    pub groups: usize,
    /// Added to the variance in every norm.
    pub norm_epsilon: f64,
    /// Channels of the sinusoid of the time.
    pub sinusoid_channels: usize,
    /// Channels of the time embedding.
    pub time_channels: usize,
    /// How a block is conditioned on the timestep.
    pub time_conditioning: TimeConditioning,
    /// Whether every residual block starts as the identity.
    pub zero_second_convolution: bool,
    /// Filters of the [detail head](super::detail::Detail); 0 for none. Needs an unshuffle and a condition.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub detail_filters: usize,
    /// Numbers that tell the style of a scan (brightness of its layers, its noise); 0 for a network without.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub style_channels: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(value: &usize) -> bool {
    *value == 0
}

impl UNetConfig {
    /// The network that follows the brush: 2,713,008 parameters, sides in multiples of 16.
    ///
    /// All its work happens at a quarter of the picture's side, which is why it is quick on a CPU.
    pub fn live() -> Self {
        Self {
            image_channels: 1,
            condition_channels: 10,
            out_channels: 1,
            unshuffle: 4,
            widths: vec![32, 64, 128],
            blocks_per_level: 1,
            attention: vec![false; 3],
            middle_blocks: 2,
            middle_attention: false,
            head_channels: 8,
            groups: 8,
            norm_epsilon: 1e-5,
            sinusoid_channels: 32,
            time_channels: 128,
            time_conditioning: TimeConditioning::ScaleShift,
            zero_second_convolution: true,
            detail_filters: 6,
            style_channels: 0,
        }
    }

    /// The network that students learn from: half the picture's side instead of a quarter, so that the wall of a cyst
    /// and the inner layers are decided two pixels at a time; about 3.6 M parameters and 2.5 times the work of
    /// [`UNetConfig::live`], sides in multiples of 16.
    pub fn teacher(condition_channels: usize, style_channels: usize) -> Self {
        Self {
            condition_channels,
            unshuffle: 2,
            widths: vec![32, 64, 96, 128],
            attention: vec![false; 4],
            style_channels,
            ..Self::live()
        }
    }

    /// The network of the paper as this project reads it: diffusers' `UNet2DModel` of the authors' lineage
    /// (113,669,761 parameters with one condition channel), sides in multiples of 32.
    ///
    /// The paper does not state its network; algorithms 1.5 weighs the candidates.
    pub fn paper() -> Self {
        Self {
            image_channels: 1,
            condition_channels: 1,
            out_channels: 1,
            unshuffle: 1,
            widths: vec![128, 128, 256, 256, 512, 512],
            blocks_per_level: 2,
            attention: vec![false, false, false, false, true, false],
            middle_blocks: 2,
            middle_attention: true,
            head_channels: 8,
            groups: 32,
            norm_epsilon: 1e-5,
            sinusoid_channels: 128,
            time_channels: 512,
            time_conditioning: TimeConditioning::Add,
            zero_second_convolution: false,
            detail_filters: 0,
            style_channels: 0,
        }
    }

    /// Both sides of a picture must be multiples of this.
    pub fn side_multiple(&self) -> usize {
        self.unshuffle << self.widths.len().saturating_sub(1)
    }

    /// Whether the numbers describe a network that can be built, in bounds that keep a hostile model file
    /// from asking for unbounded memory.
    ///
    /// # Errors
    /// If a number is out of its range or does not fit another; the message says which.
    pub fn check(&self) -> Result<(), String> {
        fn within(name: &str, value: usize, low: usize, high: usize) -> Result<(), String> {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(format!("{name} is {value}, expected {low} to {high}"))
            }
        }
        within("image_channels", self.image_channels, 1, 64)?;
        within("condition_channels", self.condition_channels, 0, 64)?;
        within("out_channels", self.out_channels, 1, 64)?;
        within("unshuffle", self.unshuffle, 1, 8)?;
        within("number of levels", self.widths.len(), 1, 8)?;
        within("blocks_per_level", self.blocks_per_level, 1, 8)?;
        within("middle_blocks", self.middle_blocks, 1, 8)?;
        within("detail_filters", self.detail_filters, 0, 32)?;
        within("style_channels", self.style_channels, 0, 64)?;
        if self.detail_filters > 0
            && (self.condition_channels == 0 || self.image_channels != self.out_channels)
        {
            return Err("a detail head needs condition channels, and as many channels out as in".to_owned());
        }
        within("groups", self.groups, 1, 1024)?;
        within("sinusoid_channels", self.sinusoid_channels, 2, 2048)?;
        within("time_channels", self.time_channels, 1, 4096)?;
        within("head_channels", self.head_channels, 1, 1024)?;
        if !self.sinusoid_channels.is_multiple_of(2) {
            return Err(format!("sinusoid_channels is {}, expected an even number", self.sinusoid_channels));
        }
        if !(self.norm_epsilon > 0.0 && self.norm_epsilon < 1.0) {
            return Err(format!("norm_epsilon is {}, expected 0 to 1", self.norm_epsilon));
        }
        if self.attention.len() != self.widths.len() {
            return Err(format!(
                "attention has {} values and widths {}: give both one for each level",
                self.attention.len(),
                self.widths.len()
            ));
        }
        for (level, &width) in self.widths.iter().enumerate() {
            within("a level's width", width, 1, 1024)?;
            if !width.is_multiple_of(self.groups) {
                return Err(format!(
                    "width {width} of level {level} is no multiple of {} groups",
                    self.groups
                ));
            }
            let last = level + 1 == self.widths.len();
            let attends = self.attention[level] || (last && self.middle_attention);
            if attends && !width.is_multiple_of(self.head_channels) {
                return Err(format!("width {width} of level {level} is no multiple of the head size"));
            }
        }
        Ok(())
    }
}
