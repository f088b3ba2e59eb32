//! Bounds the work that waits on a GPU, so that a frame of the window never waits behind a whole step.
//!
//! There is one queue: up to 512 kernels of the network may stand in it before burn waits, and what the window draws
//! stands behind them. So the thread that draws waits for the device after every few blocks of the network; how many is
//! measured for each size of picture ([`timed_blocks`], [`blocks_within`]). Without a number nothing waits, as in
//! training and on the CPU.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use burn::tensor::Tensor;

/// As much as may be queued before the window's frame.
pub const LONGEST_QUEUE: Duration = Duration::from_millis(8);

thread_local! {
    /// Blocks between two waits of this thread; 0 for none.
    static BETWEEN_WAITS: Cell<usize> = const { Cell::new(0) };
    static SINCE_WAIT: Cell<usize> = const { Cell::new(0) };
    static MEASURED: RefCell<Option<Measurement>> = const { RefCell::new(None) };
}

struct Measurement {
    block_began: Instant,
    blocks: Vec<Duration>,
}

/// Lets this thread wait for the device after every so many blocks from now on; 0 for never.
pub fn wait_after(blocks: usize) {
    BETWEEN_WAITS.set(blocks);
    SINCE_WAIT.set(0);
}

/// What `work` returns, and how long each block of the network took in it, each waited for.
pub fn timed_blocks<T>(work: impl FnOnce() -> T) -> (T, Vec<Duration>) {
    MEASURED.set(Some(Measurement { block_began: Instant::now(), blocks: Vec::new() }));
    let result = work();
    let measured = MEASURED.take();
    (result, measured.map(|measured| measured.blocks).unwrap_or_default())
}

/// How many blocks of these durations are done within a time; at least one.
pub fn blocks_within(limit: Duration, blocks: &[Duration]) -> usize {
    let Some(longest) = blocks.iter().max().filter(|longest| !longest.is_zero()) else { return 1 };
    ((limit.as_secs_f64() / longest.as_secs_f64()) as usize).clamp(1, blocks.len().max(1))
}

/// To be called with each block's output.
pub(super) fn after_block(output: &Tensor<4>) {
    let is_measured = MEASURED.with_borrow_mut(|measured| {
        let Some(measured) = measured else { return false };
        wait(output);
        measured.blocks.push(measured.block_began.elapsed());
        measured.block_began = Instant::now();
        true
    });
    let between = BETWEEN_WAITS.get();
    if is_measured || between == 0 {
        return;
    }
    SINCE_WAIT.set(SINCE_WAIT.get() + 1);
    if SINCE_WAIT.get() >= between {
        SINCE_WAIT.set(0);
        wait(output);
    }
}

fn wait(output: &Tensor<4>) {
    // What failed shows itself when the picture is read.
    let _ = output.device().sync();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::UNetConfig;
    use burn::tensor::{Device, Tensor};

    #[test]
    fn as_many_blocks_as_fit_into_the_time() {
        let ms = Duration::from_millis;
        assert_eq!(blocks_within(ms(8), &[ms(1), ms(2), ms(1), ms(1), ms(1)]), 4);
        assert_eq!(blocks_within(ms(8), &[ms(20), ms(1)]), 1);
        assert_eq!(blocks_within(ms(8), &[ms(1), ms(1)]), 2, "no more than there are");
        assert_eq!(blocks_within(ms(8), &[]), 1);
    }

    #[test]
    fn every_block_of_the_network_is_measured_and_the_picture_is_the_same() {
        let device = Device::flex();
        let config = UNetConfig::live();
        let unet = config.init(&device);
        let side = unet.side_multiple();
        let draw = || {
            let x = Tensor::ones([1, config.image_channels, side, side], &device);
            let condition = Tensor::zeros([1, config.condition_channels, side, side], &device);
            let time = Tensor::full([1], 500.0, &device);
            unet.forward(x, condition, time).into_data()
        };
        let plain = draw();
        let (measured, blocks) = timed_blocks(draw);
        let levels = config.widths.len();
        let expected =
            levels * config.blocks_per_level + config.middle_blocks + levels * (config.blocks_per_level + 1);
        assert_eq!(blocks.len(), expected);
        assert_eq!(plain, measured);
        wait_after(2);
        assert_eq!(plain, draw());
        wait_after(0);
    }
}
