//! Group norm, modulation and SiLU in two passes over the values instead of nine.

use rayon::prelude::*;

use super::lanes::{Kernel, Lanes, Unit};

/// Independent sums, so that additions need not wait for one another; also what rounds less.
const SUMS: usize = 32;

/// What each channel of the picture is scaled by and moved by after its group was normalised.
pub struct Affine<'a> {
    /// `[channels]`
    pub factor: &'a [f32],
    /// `[channels]`
    pub offset: &'a [f32],
}

/// `act((x - mean) / sqrt(variance + epsilon) * factor + offset)` over groups of channels; `act` is SiLU or
/// nothing. `x` and `output`: `[channels, pixels]`.
///
/// # Panics
/// If the channels do not form whole groups or a slice has not its size.
pub fn group_norm_act(
    x: &[f32],
    groups: usize,
    epsilon: f32,
    affine: &Affine,
    silu: bool,
    output: &mut [f32],
) {
    let (per_group, pixels) = parts(x, groups, affine);
    assert_eq!(output.len(), x.len(), "output");
    if pixels == 0 {
        return;
    }
    let unit = Unit::widest();
    let factors = affine.factor.par_chunks(per_group).zip(affine.offset.par_chunks(per_group));
    let values = x.par_chunks(per_group * pixels).zip(output.par_chunks_mut(per_group * pixels));
    values.zip(factors).for_each(|((x, output), (factor, offset))| {
        unit.run(Group { x, output, epsilon, factor, offset, silu, bordered: None })
    });
}

/// [`group_norm_act`] with SiLU, each plane of `output` with a border of one pixel around it, which is left as it is.
/// `x`: `[channels, height, width]`, `output`: `[channels, height + 2, width + 2]`.
///
/// # Panics
/// As [`group_norm_act`].
pub fn group_norm_silu_bordered(
    x: &[f32],
    [height, width]: [usize; 2],
    groups: usize,
    epsilon: f32,
    affine: &Affine,
    output: &mut [f32],
) {
    let (per_group, pixels) = parts(x, groups, affine);
    let plane = (height + 2) * (width + 2);
    assert_eq!((pixels, output.len()), (height * width, plane * affine.factor.len()), "planes");
    if pixels == 0 {
        return;
    }
    let unit = Unit::widest();
    let factors = affine.factor.par_chunks(per_group).zip(affine.offset.par_chunks(per_group));
    let values = x.par_chunks(per_group * pixels).zip(output.par_chunks_mut(per_group * plane));
    values.zip(factors).for_each(|((x, output), (factor, offset))| {
        unit.run(Group { x, output, epsilon, factor, offset, silu: true, bordered: Some(width) })
    });
}

/// Channels of a group and values of a channel.
fn parts(x: &[f32], groups: usize, affine: &Affine) -> (usize, usize) {
    let channels = affine.factor.len();
    assert_eq!(affine.offset.len(), channels, "offsets");
    assert!(groups > 0 && channels.is_multiple_of(groups), "{channels} channels in {groups} groups");
    assert!(x.len().is_multiple_of(channels), "whole planes");
    (channels / groups, x.len() / channels)
}

/// One group.
struct Group<'a> {
    x: &'a [f32],
    output: &'a mut [f32],
    epsilon: f32,
    factor: &'a [f32],
    offset: &'a [f32],
    silu: bool,
    /// Columns of a row, where planes of the output have a border of one pixel.
    bordered: Option<usize>,
}

impl Kernel for Group<'_> {
    // Plain loops: they are compiled with the vector unit of the caller.
    #[inline(always)]
    unsafe fn run<L: Lanes, const ROWS: usize, const VECTORS: usize>(self) {
        let (mean, inverse_deviation) = moments(self.x, self.epsilon);
        let pixels = self.x.len() / self.factor.len();
        let plane = self.output.len() / self.factor.len();
        let planes = self.x.chunks_exact(pixels).zip(self.output.chunks_exact_mut(plane));
        for ((x, output), (&factor, &offset)) in planes.zip(self.factor.iter().zip(self.offset)) {
            let factor = inverse_deviation * factor;
            if let Some(width) = self.bordered {
                let stored = width + 2;
                let rows = output[stored..].chunks_exact_mut(stored).zip(x.chunks_exact(width));
                for (output, x) in rows {
                    for (output, &x) in output[1..=width].iter_mut().zip(x) {
                        *output = silu((x - mean) * factor + offset);
                    }
                }
            } else if self.silu {
                for (output, &x) in output.iter_mut().zip(x) {
                    *output = silu((x - mean) * factor + offset);
                }
            } else {
                for (output, &x) in output.iter_mut().zip(x) {
                    *output = (x - mean) * factor + offset;
                }
            }
        }
    }
}

/// What the values of a picture, its factors and its offsets have to do with the error.
pub struct Gradients<'a> {
    /// `[channels, pixels]`
    pub x: &'a mut [f32],
    /// `[channels]`
    pub factor: &'a mut [f32],
    /// `[channels]`
    pub offset: &'a mut [f32],
}

/// Writes the gradients of [`group_norm_act`] from that of its output, `[channels, pixels]`.
///
/// # Panics
/// As [`group_norm_act`].
pub fn gradients(
    x: &[f32],
    gradient: &[f32],
    groups: usize,
    epsilon: f32,
    affine: &Affine,
    silu: bool,
    found: Gradients,
) {
    let (per_group, pixels) = parts(x, groups, affine);
    assert!(gradient.len() == x.len() && found.x.len() == x.len(), "gradients");
    assert!(found.factor.len() == affine.factor.len() && found.offset.len() == affine.offset.len());
    if pixels == 0 {
        return;
    }
    let unit = Unit::widest();
    let given = x.par_chunks(per_group * pixels).zip(gradient.par_chunks(per_group * pixels));
    let affines = affine.factor.par_chunks(per_group).zip(affine.offset.par_chunks(per_group));
    let of_affine = found.factor.par_chunks_mut(per_group).zip(found.offset.par_chunks_mut(per_group));
    let of_x = found.x.par_chunks_mut(per_group * pixels);
    given.zip(affines).zip(of_x.zip(of_affine)).for_each(
        |(((x, gradient), (factor, offset)), (of_x, (of_factor, of_offset)))| {
            unit.run(GroupBackwards {
                x,
                gradient,
                epsilon,
                affine: Affine { factor, offset },
                silu,
                of_x,
                of_factor,
                of_offset,
            });
        },
    );
}

/// The gradients of one group.
struct GroupBackwards<'a> {
    x: &'a [f32],
    gradient: &'a [f32],
    epsilon: f32,
    affine: Affine<'a>,
    silu: bool,
    of_x: &'a mut [f32],
    of_factor: &'a mut [f32],
    of_offset: &'a mut [f32],
}

impl Kernel for GroupBackwards<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes, const ROWS: usize, const VECTORS: usize>(self) {
        let (mean, inverse_deviation) = moments(self.x, self.epsilon);
        let pixels = self.x.len() / self.affine.factor.len();
        // First what goes through the activation, and the sums over the group of that and of its product with
        // the normal values, which mean and deviation depend on.
        let (mut sum, mut product) = (0.0, 0.0);
        let planes = self.x.chunks_exact(pixels).zip(self.gradient.chunks_exact(pixels));
        for (channel, ((x, gradient), of_x)) in planes.zip(self.of_x.chunks_exact_mut(pixels)).enumerate() {
            let (factor, offset) = (self.affine.factor[channel], self.affine.offset[channel]);
            let scale = inverse_deviation * factor;
            if self.silu {
                for ((of_x, &x), &gradient) in of_x.iter_mut().zip(x).zip(gradient) {
                    *of_x = gradient * silu_slope((x - mean) * scale + offset);
                }
            } else {
                of_x.copy_from_slice(gradient);
            }
            let of_offset = sum_of(of_x, |value| value);
            let of_factor = sum_of_products(of_x, x, mean) * inverse_deviation;
            self.of_offset[channel] = of_offset;
            self.of_factor[channel] = of_factor;
            sum += factor * of_offset;
            product += factor * of_factor;
        }
        let count = self.x.len() as f32;
        let (sum, product) = (inverse_deviation * sum / count, inverse_deviation * product / count);
        let planes = self.x.chunks_exact(pixels).zip(self.of_x.chunks_exact_mut(pixels));
        for ((x, of_x), &factor) in planes.zip(self.affine.factor) {
            let scale = inverse_deviation * factor;
            for (of_x, &x) in of_x.iter_mut().zip(x) {
                *of_x = scale * *of_x - sum - (x - mean) * inverse_deviation * product;
            }
        }
    }
}

/// Mean and reciprocal of the standard deviation (biased, with `epsilon` on the variance).
#[inline(always)]
fn moments(values: &[f32], epsilon: f32) -> (f32, f32) {
    let count = values.len() as f32;
    let mean = sum_of(values, |value| value) / count;
    let variance = sum_of(values, |value| (value - mean) * (value - mean)) / count;
    (mean, 1.0 / (variance + epsilon).sqrt())
}

/// The sum of `weight * (value - mean)`.
#[inline(always)]
fn sum_of_products(weights: &[f32], values: &[f32], mean: f32) -> f32 {
    let mut total = 0.0f64;
    for (weights, values) in weights.chunks(BLOCK).zip(values.chunks(BLOCK)) {
        let mut sums = [0.0f32; SUMS];
        let (whole, rest) = (weights.chunks_exact(SUMS), weights.chunks_exact(SUMS).remainder());
        let values_rest = &values[values.len() - rest.len()..];
        for (weights, values) in whole.zip(values.chunks_exact(SUMS)) {
            for ((sum, &weight), &value) in sums.iter_mut().zip(weights).zip(values) {
                *sum += weight * (value - mean);
            }
        }
        let rest: f32 = rest.iter().zip(values_rest).map(|(&weight, &value)| weight * (value - mean)).sum();
        total += f64::from(sums.iter().sum::<f32>()) + f64::from(rest);
    }
    total as f32
}

/// Blocks keep partial sums short: a plane has more values than f32 has digits.
const BLOCK: usize = 64 * SUMS;

/// The sum of `f` over all values.
#[inline(always)]
pub(super) fn sum_of(values: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut total = 0.0f64;
    for block in values.chunks(BLOCK) {
        let mut sums = [0.0f32; SUMS];
        let chunks = block.chunks_exact(SUMS);
        let rest = chunks.remainder();
        for chunk in chunks {
            for (sum, &value) in sums.iter_mut().zip(chunk) {
                *sum += f(value);
            }
        }
        total +=
            f64::from(sums.iter().sum::<f32>()) + f64::from(rest.iter().map(|&value| f(value)).sum::<f32>());
    }
    total as f32
}

/// `x / (1 + exp(-x))`.
#[inline(always)]
fn silu(x: f32) -> f32 {
    x / (1.0 + exponential(-x))
}

/// The derivative of [`silu`].
#[inline(always)]
fn silu_slope(x: f32) -> f32 {
    let sigmoid = 1.0 / (1.0 + exponential(-x));
    sigmoid * (1.0 + x * (1.0 - sigmoid))
}

/// `exp(x)` to two units in the last place, without a call or a branch, so that a loop of it becomes
/// vectors: `2^n exp(r)` with `|r| <= ln 2 / 2` and a polynomial for `exp(r)` (Cephes, `expf`).
#[inline(always)]
fn exponential(x: f32) -> f32 {
    /// Adding it rounds to the nearest integer, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    // Beyond these the result is zero or infinite to all practical ends; inside, n + 127 is an exponent.
    let x = x.clamp(-87.0, 88.0);
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = x - n * LN_2_HIGH - n * LN_2_LOW;
    let mut p = 1.987_569_1e-4;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = p * r + coefficient;
    }
    let fraction = p * r * r + r + 1.0;
    let exponent = rounded.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    fraction * f32::from_bits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_exact_to_rounding() {
        for i in -87_000..88_000 {
            let x = i as f32 / 1000.0;
            let expected = f64::from(x).exp();
            let error = (f64::from(exponential(x)) - expected).abs() / expected;
            assert!(error < 2.5e-7, "exp({x}) is off by {error}");
        }
        assert!(silu(-1e9).abs() < 1e-25 && silu(1e9) == 1e9 && silu(0.0) == 0.0);
        assert!(silu(f32::NAN).is_nan());
    }

    #[test]
    fn normalises_by_group() {
        let (channels, pixels, groups) = (6, 1234, 3);
        let x: Vec<f32> = (0..channels * pixels).map(|i| ((i * 7919) % 1009) as f32 / 100.0 + 50.0).collect();
        let factor: Vec<f32> = (0..channels).map(|c| 1.0 + c as f32).collect();
        let offset: Vec<f32> = (0..channels).map(|c| c as f32 - 2.0).collect();
        let affine = Affine { factor: &factor, offset: &offset };
        let normalised = |silu| {
            let mut output = vec![0.0; x.len()];
            group_norm_act(&x, groups, 1e-5, &affine, silu, &mut output);
            output
        };
        let found = normalised(false);
        let per_group = channels / groups * pixels;
        for (group, values) in x.chunks_exact(per_group).enumerate() {
            let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / per_group as f64;
            let variance =
                values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / per_group as f64;
            for (i, &value) in values.iter().enumerate() {
                let channel = group * channels / groups + i / pixels;
                let normal = (f64::from(value) - mean) / (variance + 1e-5).sqrt();
                let expected = normal * f64::from(factor[channel]) + f64::from(offset[channel]);
                let found = f64::from(found[group * per_group + i]);
                assert!((found - expected).abs() < 2e-4, "{found} for {expected}");
            }
        }
        let activated = normalised(true);
        for (&plain, &activated) in found.iter().zip(&activated) {
            assert!((activated - plain / (1.0 + (-plain).exp())).abs() < 1e-5);
        }
    }
}
