//! Counter-based random numbers: a value depends on its seed, stream and place, never on what was
//! drawn before it.
//!
//! So the noise under a synthetic scan is the same on every device, for every batch and tiling, and
//! an interrupted training run continues with exactly the draws it would have made.
//! Generator: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).

use std::f64::consts::TAU;

use crate::scan::Rect;

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: u32 = 10;

/// Streams of [`fill_gaussian`] and [`Rng`], one per purpose, so that no two purposes share numbers.
pub mod stream {
    /// The field a synthesis starts from.
    pub const START: u32 = 0;
    /// Noise a sampler adds at step `k` (ancestral sampling) is stream `STEP + k`.
    pub const STEP: u32 = 1;
    /// Which sample, strip and augmentation a training batch takes.
    pub const TRAINING_CHOICE: u32 = 1 << 16;
    /// The noise a training batch is corrupted with.
    pub const TRAINING_NOISE: u32 = 2 << 16;
    /// The draws of dynamic region masking.
    pub const TRAINING_DRM: u32 = 3 << 16;
    /// Noise and diffusion times of the validation loss.
    pub const VALIDATION: u32 = 4 << 16;
    /// The fields a mask starts from: plane `k` is stream `MASK_START + k`.
    pub const MASK_START: u32 = 5 << 16;
    /// Noise a sampler adds to plane `k` of a mask at step `s` is stream `MASK_STEP + 64 s + k`.
    pub const MASK_STEP: u32 = 6 << 16;
    /// Which conditions a training batch leaves out, or strips it shows without their mask.
    pub const TRAINING_DROPOUT: u32 = 8 << 16;
    /// Which scans of a stream a training batch reads.
    pub const TRAINING_STREAM: u32 = 9 << 16;
    /// The noise levels a student compares.
    pub const TRAINING_PAIRS: u32 = 10 << 16;
    /// The weights a network starts with: event `k` is its tensor `k`.
    pub const FRESH_WEIGHTS: u32 = 11 << 16;
    /// The speckle that augmentation lays on a strip.
    pub const TRAINING_SPECKLE: u32 = 12 << 16;
    /// Which lumens are pasted into a strip, and where.
    pub const TRAINING_LUMENS: u32 = 13 << 16;
    /// The style and the vessels of a pair that is generated.
    pub const APPEARANCE: u32 = 15 << 16;
    /// Of which strips the style is left out.
    pub const TRAINING_STYLE: u32 = 14 << 16;
    /// Where cysts are stamped into a mask to be measured: event `k` is width `k`.
    pub const STAMPED_LESIONS: u32 = 40 << 16;
    /// Subjects and images of a bootstrap: event `k` is resample `k`.
    pub const BOOTSTRAP: u32 = 41 << 16;
    /// The noise of pictures painted without a network: event or seed is the scan's number.
    pub const PAINTER: u32 = 42 << 16;
    /// Subsets of a kernel distance.
    pub const SUBSETS: u32 = 43 << 16;
    /// Which mask is bent for a generated pair, and how.
    pub const WARPED_MASKS: u32 = 44 << 16;
    /// Which pictures of a set are compared with which.
    pub const PICTURE_PAIRS: u32 = 45 << 16;
    /// The weights a discriminator starts with: tensor `k` is stream `FRESH_DISCRIMINATOR + k`.
    pub const FRESH_DISCRIMINATOR: u32 = 46 << 16;
    /// Which cysts a bent mask gets, and where.
    pub const WARPED_CYSTS: u32 = 47 << 16;
}

/// Philox4x32-10: four random words from a counter and a key.
pub fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for round in 0..ROUNDS {
        if round > 0 {
            key = [key[0].wrapping_add(KEY_STEPS[0]), key[1].wrapping_add(KEY_STEPS[1])];
        }
        let product_0 = u64::from(MULTIPLIERS[0]) * u64::from(counter[0]);
        let product_1 = u64::from(MULTIPLIERS[1]) * u64::from(counter[2]);
        counter = [
            (product_1 >> 32) as u32 ^ counter[1] ^ key[0],
            product_1 as u32,
            (product_0 >> 32) as u32 ^ counter[3] ^ key[1],
            product_0 as u32,
        ];
    }
    counter
}

fn key_of(seed: u64) -> [u32; 2] {
    [seed as u32, (seed >> 32) as u32]
}

/// A word as a number in the open interval (0, 1).
fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) * (1.0 / 4_294_967_296.0)
}

/// Four standard normal values from four words (Box & Muller 1958).
fn normals(words: [u32; 4]) -> [f32; 4] {
    let mut values = [0.0; 4];
    for pair in 0..2 {
        let radius = (-2.0 * unit(words[2 * pair]).ln()).sqrt();
        let (sin, cos) = (TAU * unit(words[2 * pair + 1])).sin_cos();
        values[2 * pair] = (radius * cos) as f32;
        values[2 * pair + 1] = (radius * sin) as f32;
    }
    values
}

/// Fills `out` (row-major, the size of `rect`) with the standard normal field of `seed` and `stream`.
///
/// The value at a grid place is the same whichever rectangle asks for it.
///
/// # Panics
/// If `out` has not the size of `rect`.
pub fn fill_gaussian(seed: u64, stream: u32, rect: Rect, out: &mut [f32]) {
    assert_eq!(out.len(), rect.width() as usize * rect.height() as usize, "noise of {rect:?}");
    if rect.is_empty() {
        return;
    }
    let key = key_of(seed);
    for (y, row) in (rect.y0..rect.y1).zip(out.chunks_exact_mut(rect.width() as usize)) {
        let mut x = rect.x0;
        while x < rect.x1 {
            let values = normals(philox([x / 4, y, stream, 0], key));
            let end = ((x / 4 + 1) * 4).min(rect.x1);
            for at in x..end {
                row[(at - rect.x0) as usize] = values[(at % 4) as usize];
            }
            x = end;
        }
    }
}

/// A short sequence of draws for one event (a batch element of a training step, say).
#[derive(Clone, Debug)]
pub struct Rng {
    key: [u32; 2],
    event: u64,
    stream: u32,
    position: u32,
    words: [u32; 4],
}

impl Rng {
    /// The draws of event number `event` in a stream; equal arguments give equal draws.
    pub fn new(seed: u64, stream: u32, event: u64) -> Self {
        Self { key: key_of(seed), event, stream, position: 0, words: [0; 4] }
    }

    /// The next 32 random bits.
    pub fn word(&mut self) -> u32 {
        let lane = (self.position % 4) as usize;
        if lane == 0 {
            // The high bit of the stream word keeps these counters apart from those of the fields.
            let counter =
                [self.position / 4, self.event as u32, self.stream | 1 << 31, (self.event >> 32) as u32];
            self.words = philox(counter, self.key);
        }
        self.position += 1;
        self.words[lane]
    }

    /// A number in (0, 1).
    pub fn uniform(&mut self) -> f64 {
        unit(self.word())
    }

    /// A whole number below `bound`, or 0 where `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        ((self.uniform() * bound as f64) as usize).min(bound.saturating_sub(1))
    }

    /// True with a probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Puts items into an order of its own (Fisher & Yates), each order as likely.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known-answer vectors that come with the authors' Random123 library.
    #[test]
    fn philox_gives_the_published_answers() {
        let answers = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, expected) in answers {
            assert_eq!(philox(counter, key), expected);
        }
    }

    #[test]
    fn a_part_of_the_field_is_the_same_part() {
        let whole = Rect::new(0, 0, 37, 11);
        let mut field = vec![0.0; 37 * 11];
        fill_gaussian(42, 3, whole, &mut field);
        let part = Rect::new(6, 2, 33, 9);
        let mut cut = vec![0.0; 27 * 7];
        fill_gaussian(42, 3, part, &mut cut);
        for y in part.y0..part.y1 {
            for x in part.x0..part.x1 {
                let inside = ((y - part.y0) * 27 + x - part.x0) as usize;
                assert_eq!(cut[inside], field[(y * 37 + x) as usize]);
            }
        }
    }

    #[test]
    fn the_field_is_standard_normal_and_seeds_and_streams_differ() {
        let rect = Rect::new(0, 0, 256, 256);
        let field = |seed, stream| {
            let mut values = vec![0.0f32; 256 * 256];
            fill_gaussian(seed, stream, rect, &mut values);
            values
        };
        let a = field(1, 0);
        let count = a.len() as f64;
        let moment = |k: i32| a.iter().map(|&v| f64::from(v).powi(k)).sum::<f64>() / count;
        // Four standard errors of the moments of 65,536 normal values.
        assert!(moment(1).abs() < 0.016, "mean {}", moment(1));
        assert!((moment(2) - 1.0).abs() < 0.022, "variance {}", moment(2));
        assert!((moment(4) - 3.0).abs() < 0.16, "fourth moment {}", moment(4));
        for other in [field(2, 0), field(1, 1), field(1 << 32 | 1, 0)] {
            let correlation =
                a.iter().zip(&other).map(|(&p, &q)| f64::from(p) * f64::from(q)).sum::<f64>() / count;
            assert!(correlation.abs() < 0.016, "correlation {correlation}");
        }
    }

    #[test]
    fn draws_depend_on_the_event_alone() {
        let take = |seed, stream, event| {
            let mut rng = Rng::new(seed, stream, event);
            (0..9).map(|_| rng.word()).collect::<Vec<_>>()
        };
        assert_eq!(take(5, 1, 77), take(5, 1, 77));
        assert_ne!(take(5, 1, 77), take(5, 1, 78));
        assert_ne!(take(5, 1, 77), take(5, 2, 77));
        let mut rng = Rng::new(0, 0, 0);
        assert!((0..1000).all(|_| rng.below(7) < 7));
        assert_eq!(rng.below(0), 0);
    }
}
