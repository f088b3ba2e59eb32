//! What a run will cost, told before it starts: an estimate from the shapes, in operations and bytes.
//!
//! Convolutions and attention are counted, which is nearly all of it. The time of a step is the operations
//! divided by a pace, and the pace of a machine is only known from a run on it.

use super::config::{RunConfig, Stage};
use crate::nn::UNetConfig;

/// The backward pass costs twice the forward pass.
const PASSES: f64 = 3.0;
/// Network, gradient, both moments of the optimiser and the average, of four bytes each.
const BYTES_PER_WEIGHT: f64 = 4.0 * 5.0;
/// The same while the optimiser replaces them, when the values between the layers are gone.
const STEPPING_BYTES_PER_WEIGHT: f64 = 4.0 * 6.0;
/// Bytes that a value between two layers takes until the backward pass has used it. Measured: the peak of
/// `retidiff bench --train live --set batch=N` grows by 40.9 MiB a strip, the count of values by 4.04 million.
const BYTES_PER_VALUE: f64 = 10.6;
/// The same with gradient checkpointing, measured alike (21.8 MiB a strip).
const BYTES_PER_CHECKPOINTED_VALUE: f64 = 5.6;
/// The program itself (0.06 GB) and some hundred labelled scans.
const BASE_BYTES: f64 = 0.2e9;

/// Figures of one configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Weights of the network.
    pub parameters: f64,
    /// Multiplications and additions of a step, forward and backward.
    pub step_operations: f64,
    /// Memory a run needs, roughly.
    pub memory_bytes: f64,
}

impl Cost {
    /// The cost of a run's steps where it can be told beforehand: of networks that draw. Segmenters and the methods that
    /// are compared with have other shapes, which nobody counted.
    pub fn known(config: &RunConfig) -> Option<Self> {
        (config.stage != Stage::Segment && config.baseline.is_none()).then(|| Self::of(config))
    }

    /// The cost of a run's steps, if its network is one that draws.
    pub fn of(config: &RunConfig) -> Self {
        let pixels = match config.stage {
            Stage::Masks => config.masks.grid.latents.iter().map(|&side| side as usize).product(),
            _ => config.crop_rows * config.crop_columns,
        };
        let tally = Tally::of(&config.network, pixels as f64);
        let batch = config.batch as f64;
        let batches = config.accumulation.max(1) as f64;
        let bytes_per_value =
            if config.gradient_checkpointing { BYTES_PER_CHECKPOINTED_VALUE } else { BYTES_PER_VALUE };
        Self {
            parameters: tally.weights,
            step_operations: PASSES * tally.operations * batch * batches,
            memory_bytes: BASE_BYTES
                + (BYTES_PER_WEIGHT * tally.weights + bytes_per_value * tally.values * batch)
                    .max(STEPPING_BYTES_PER_WEIGHT * tally.weights),
        }
    }
}

/// One forward pass, layer by layer.
#[derive(Default)]
struct Tally {
    weights: f64,
    operations: f64,
    /// Numbers that layers hand on.
    values: f64,
}

impl Tally {
    /// Of a picture of so many pixels.
    fn of(network: &UNetConfig, pixels: f64) -> Self {
        let mut tally = Self::default();
        let area = network.unshuffle * network.unshuffle;
        let entrance = pixels / area as f64;
        let first = network.widths[0];
        let inputs = (network.image_channels + network.condition_channels) * area;
        tally.linear(network.sinusoid_channels, network.time_channels);
        tally.linear(network.time_channels, network.time_channels);
        tally.convolution(inputs, first, 9, entrance);
        let last = network.widths.len() - 1;
        let at = |level: usize| entrance / 4_f64.powi(level as i32);
        let (mut channels, mut kept) = (first, vec![first]);
        for (level, &width) in network.widths.iter().enumerate() {
            for _ in 0..network.blocks_per_level {
                tally.block(network, channels, width, at(level));
                tally.attention(width, at(level), network.attention[level]);
                channels = width;
                kept.push(width);
            }
            if level < last {
                tally.convolution(width, width, 9, at(level + 1));
                kept.push(width);
            }
        }
        for _ in 0..network.middle_blocks {
            tally.block(network, channels, channels, at(last));
        }
        tally.attention(channels, at(last), network.middle_attention);
        for (level, &width) in network.widths.iter().enumerate().rev() {
            for _ in 0..=network.blocks_per_level {
                let joined = channels + kept.pop().unwrap_or(width);
                tally.block(network, joined, width, at(level));
                tally.attention(width, at(level), network.attention[level]);
                channels = width;
            }
            if level > 0 {
                tally.convolution(width, width, 9, at(level - 1));
            }
        }
        tally.norm(first);
        tally.convolution(first, network.out_channels * area, 9, entrance);
        if network.detail_filters > 0 {
            let filtered = network.detail_filters * network.image_channels * area;
            tally.convolution(network.condition_channels * area, first, 9, entrance);
            tally.convolution(first, first, 1, entrance);
            tally.linear(network.time_channels, first);
            tally.convolution(first, filtered, 1, entrance);
            tally.convolution(filtered, network.image_channels * area, 9, entrance);
            tally.convolution(first, network.image_channels * area, 1, entrance);
        }
        tally
    }

    fn norm(&mut self, channels: usize) {
        self.weights += 2.0 * channels as f64;
    }

    fn linear(&mut self, inputs: usize, outputs: usize) {
        self.weights += ((inputs + 1) * outputs) as f64;
    }

    fn convolution(&mut self, inputs: usize, outputs: usize, taps: usize, pixels: f64) {
        self.weights += ((inputs * taps + 1) * outputs) as f64;
        self.operations += 2.0 * (inputs * taps * outputs) as f64 * pixels;
        self.values += outputs as f64 * pixels;
    }

    fn block(&mut self, network: &UNetConfig, inputs: usize, outputs: usize, pixels: f64) {
        // Norms hand on as much as the convolutions after them take in.
        self.values += (inputs + outputs) as f64 * pixels;
        self.norm(inputs + outputs);
        self.convolution(inputs, outputs, 9, pixels);
        self.convolution(outputs, outputs, 9, pixels);
        let scale_and_shift = match network.time_conditioning {
            crate::nn::unet_config::TimeConditioning::Add => 1,
            crate::nn::unet_config::TimeConditioning::ScaleShift => 2,
        };
        self.linear(network.time_channels, scale_and_shift * outputs);
        if inputs != outputs {
            self.convolution(inputs, outputs, 1, pixels);
        }
    }

    fn attention(&mut self, channels: usize, pixels: f64, is_there: bool) {
        if is_there {
            self.norm(channels);
            for _ in 0..4 {
                self.convolution(channels, channels, 1, pixels);
            }
            self.operations += 4.0 * pixels * pixels * channels as f64;
            self.values += pixels * pixels;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Preset;
    use super::*;
    use burn::module::Module;
    use burn::tensor::Device;

    #[test]
    fn the_count_is_that_of_the_network() {
        let small = UNetConfig { widths: vec![32, 64], attention: vec![false, true], ..UNetConfig::live() };
        for network in [UNetConfig::live(), small] {
            let estimated = Tally::of(&network, 512.0 * 512.0).weights;
            let real = network.init(&Device::flex()).num_params() as f64;
            assert_eq!(estimated, real);
        }
        // Too large to build here; the figures are those of algorithms 1.5, for scans and for masks.
        let of_paper = |stage| Cost::of(&RunConfig::of(Preset::Paper, stage)).parameters;
        assert_eq!(of_paper(Stage::Finetune), 113_669_761.0);
        assert_eq!(of_paper(Stage::Masks), 113_668_609.0);
    }

    /// Peaks of `retidiff bench --train` on the CPU (burn-flex 0.22, one thread, x86-64 Linux), in MiB: what was set
    /// beside the preset. The bench holds one phantom where a run holds a data set.
    #[test]
    fn the_memory_is_about_what_was_measured() {
        let live = RunConfig::live();
        let paper = RunConfig { batch: 1, ..RunConfig::paper() };
        let square = |side: usize| RunConfig { crop_rows: side, crop_columns: side, ..paper.clone() };
        let measured = [
            (RunConfig { batch: 1, ..live.clone() }, 181.0),
            (RunConfig { batch: 4, ..live.clone() }, 304.0),
            (RunConfig { batch: 8, ..live.clone() }, 467.0),
            (RunConfig { batch: 4, gradient_checkpointing: true, ..live }, 227.0),
            // First steps, before the optimiser has moments.
            (square(96), 1997.0),
            (square(192), 2440.0),
        ];
        for (config, mib) in measured {
            let estimated = Cost::of(&config).memory_bytes / f64::from(1 << 20);
            assert!((1.0..1.9).contains(&(estimated / mib)), "{estimated:.0} estimated, {mib} measured");
        }
    }

    #[test]
    fn no_cost_is_told_of_a_network_that_is_not_counted() {
        assert_eq!(Cost::known(&RunConfig::live()), Some(Cost::of(&RunConfig::live())));
        for config in [
            RunConfig::of(Preset::Live, Stage::Segment),
            RunConfig::preset(Preset::RetreeSmall),
            RunConfig::preset(Preset::LdmSmall),
        ] {
            assert_eq!(Cost::known(&config), None);
        }
    }

    #[test]
    fn a_step_costs_in_proportion_to_its_pixels() {
        let live = Cost::of(&RunConfig::live());
        let wider = Cost::of(&RunConfig { crop_columns: 192, ..RunConfig::live() });
        assert!((wider.step_operations / live.step_operations - 2.0).abs() < 1e-9);
        let paper = Cost::of(&RunConfig::paper());
        assert!(paper.step_operations > 100.0 * live.step_operations);
        assert!(paper.memory_bytes > live.memory_bytes);
    }
}
