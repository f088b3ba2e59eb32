//! The first convolution of a mask: sums of weight rows, and only where the mask changed.
//!
//! Of the one-hot planes of a mask exactly one, or none, is lit at a pixel, so the products of a convolution over all
//! of them are a tenth of them weights and the rest zeros. Here each output value is the sum of the weights that are
//! lit, in the order of the convolution by products, so the result is the same to the bit. Inside a layer all
//! neighbourhoods are alike and their sum is kept. And a brush changes a few pixels: all others are copied.

use std::ops::Range;

use rayon::prelude::*;

use super::lanes::{Kernel, Lanes, MAX_LANES, Unit};

/// Sides of the kernel and of the neighbourhood of an output value in blocks.
const SIDE: usize = 3;
const TAPS: usize = SIDE * SIDE;
/// What [`OneHot::plane_of`] holds where no plane is lit.
pub const NO_PLANE: u8 = u8::MAX;

/// One-hot planes behind a pixel unshuffle, as the plane that is lit at each pixel.
pub struct OneHot<'a> {
    /// Row-major, [`NO_PLANE`] where all planes are zero.
    pub plane_of: &'a [u8],
    /// In pixels, in multiples of `block`.
    pub height: usize,
    /// In pixels, in multiples of `block`.
    pub width: usize,
    /// Side of the blocks of pixels that an unshuffle makes channels of.
    pub block: usize,
    /// What each plane holds where it is lit; nearly always 1.
    pub values: &'a [f32],
}

/// What was computed of a mask before it changed.
pub struct Before<'a> {
    /// `[channels_out, height / block, width / block]`
    pub output: &'a [f32],
    /// The rows and columns, in pixels, beyond which nothing changed.
    pub changed: [Range<usize>; 2],
}

/// The 3x3 convolution of unshuffled one-hot planes, padded by one block, to `[channels_out, height / block, width /
/// block]`; `weight`: `[channels_out, planes * block * block, 3, 3]`.
///
/// # Panics
/// If a slice has not its size or a lit plane does not exist.
pub fn convolve(one_hot: &OneHot, weight: &[f32], bias: Option<&[f32]>, before: Option<Before>) -> Vec<f32> {
    let OneHot { height, width, block, values, .. } = *one_hot;
    assert!(block > 0 && height.is_multiple_of(block) && width.is_multiple_of(block), "whole blocks");
    assert_eq!(one_hot.plane_of.len(), height * width, "a number a pixel");
    let known = |&plane: &u8| plane == NO_PLANE || usize::from(plane) < values.len();
    assert!(one_hot.plane_of.iter().all(known), "a plane that does not exist");
    let per_channel = values.len() * block * block * TAPS;
    assert!(per_channel > 0 && weight.len().is_multiple_of(per_channel), "weight");
    let channels_out = weight.len() / per_channel;
    let weights = Rows::new(weight, per_channel, bias, channels_out);
    let (rows, columns) = (height / block, width / block);
    let mut output = vec![0.0; channels_out * rows * columns];
    let place = match &before {
        Some(before) => {
            output.copy_from_slice(before.output);
            around(&before.changed, block, [rows, columns])
        }
        None => [0..rows, 0..columns],
    };
    let plane_of_blocks = plane_of_blocks(one_hot);
    let uniform = weights.sums_of_planes(one_hot);
    let mut places: Vec<Vec<&mut [f32]>> = (0..rows).map(|_| Vec::with_capacity(channels_out)).collect();
    for plane in output.chunks_exact_mut(rows * columns) {
        for (row, values) in plane.chunks_exact_mut(columns).enumerate() {
            places[row].push(values);
        }
    }
    let [in_rows, in_columns] = place;
    places[in_rows.clone()].par_iter_mut().zip(in_rows).for_each(|(output, row)| {
        let mut sums = vec![0.0; weights.stored];
        let mut lit = Lit::new(one_hot);
        for column in in_columns.clone() {
            let sums: &[f32] = match plane_around(&plane_of_blocks, [rows, columns], [row, column]) {
                Some(plane) => uniform.get(usize::from(plane)).map_or(&weights.biases, |sums| sums),
                None => {
                    lit.collect(one_hot, [row, column]);
                    weights.sum(&lit, values, &mut sums);
                    &sums
                }
            };
            for (output, &sum) in output.iter_mut().zip(sums) {
                output[column] = sum;
            }
        }
    });
    output
}

/// The outputs, in blocks, that see pixels of a box.
fn around(
    [rows, columns]: &[Range<usize>; 2],
    block: usize,
    [height, width]: [usize; 2],
) -> [Range<usize>; 2] {
    let side = |range: &Range<usize>, end: usize| {
        (range.start / block).saturating_sub(1).min(end)..(range.end.div_ceil(block) + 1).min(end)
    };
    [side(rows, height), side(columns, width)]
}

/// The plane that is lit in all of each block ([`NO_PLANE`] if none is in any); `None` where they differ.
fn plane_of_blocks(one_hot: &OneHot) -> Vec<Option<u8>> {
    let OneHot { plane_of, width, block, .. } = *one_hot;
    let mut plane_of_blocks = Vec::with_capacity(plane_of.len() / (block * block));
    for strip in plane_of.chunks_exact(block * width) {
        for column in (0..width).step_by(block) {
            let first = strip[column];
            let alike =
                strip.chunks_exact(width).all(|row| row[column..][..block].iter().all(|&p| p == first));
            plane_of_blocks.push(alike.then_some(first));
        }
    }
    plane_of_blocks
}

/// The plane that is lit in the whole neighbourhood of an output, which must not reach over the edge.
fn plane_around(
    plane_of_blocks: &[Option<u8>],
    [height, width]: [usize; 2],
    [row, column]: [usize; 2],
) -> Option<u8> {
    let inside = row > 0 && column > 0 && row + 1 < height && column + 1 < width;
    let plane = inside.then(|| plane_of_blocks[row * width + column]).flatten()?;
    let mut rows = (row - 1..=row + 1).map(|row| &plane_of_blocks[row * width + column - 1..][..SIDE]);
    rows.all(|row| row.iter().all(|&plane_of_block| plane_of_block == Some(plane))).then_some(plane)
}

/// The weight rows that are lit in a neighbourhood, plane by plane, each in the order of channels and taps.
struct Lit {
    /// Indices of rows of [`Rows`], the planes one behind the other.
    rows: Vec<usize>,
    /// How many of them each plane has.
    counts: Vec<usize>,
    /// Plane and offset within its rows, as found.
    found: Vec<(u8, usize)>,
}

impl Lit {
    fn new(one_hot: &OneHot) -> Self {
        let most = one_hot.block * one_hot.block * TAPS;
        Self {
            rows: Vec::with_capacity(most),
            counts: vec![0; one_hot.values.len()],
            found: Vec::with_capacity(most),
        }
    }

    fn collect(&mut self, one_hot: &OneHot, [row, column]: [usize; 2]) {
        let OneHot { plane_of, height, width, block, .. } = *one_hot;
        self.found.clear();
        self.counts.fill(0);
        let mut offset = 0;
        for (y, x) in (0..block).flat_map(|y| (0..block).map(move |x| (y, x))) {
            for (tap_row, tap_column) in (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (y, x))) {
                // Padded by one block, so that nothing is negative.
                let (py, px) = ((row + tap_row) * block + y, (column + tap_column) * block + x);
                let inside = (block..block + height).contains(&py) && (block..block + width).contains(&px);
                if inside {
                    let plane = plane_of[(py - block) * width + px - block];
                    if plane != NO_PLANE {
                        self.found.push((plane, offset));
                        self.counts[usize::from(plane)] += 1;
                    }
                }
                offset += 1;
            }
        }
        self.rows.clear();
        for (plane, &count) in self.counts.iter().enumerate() {
            if count > 0 {
                let of_plane = self.found.iter().filter(|(found, _)| usize::from(*found) == plane);
                self.rows.extend(of_plane.map(|(_, row)| plane * offset + row));
            }
        }
    }
}

/// The weights with the channels of the output side by side.
struct Rows {
    /// `[plane, place in the block, tap][stored]`
    weights: Vec<f32>,
    biases: Vec<f32>,
    /// Channels of the output and zeros up to whole vectors.
    stored: usize,
}

impl Rows {
    fn new(weight: &[f32], per_channel: usize, bias: Option<&[f32]>, channels_out: usize) -> Self {
        let stored = channels_out.next_multiple_of(MAX_LANES);
        let mut weights = vec![0.0; per_channel * stored];
        for (channel, weight) in weight.chunks_exact(per_channel).enumerate() {
            for (row, &value) in weights.chunks_exact_mut(stored).zip(weight) {
                row[channel] = value;
            }
        }
        let mut biases = vec![0.0; stored];
        if let Some(bias) = bias {
            biases[..channels_out].copy_from_slice(bias);
        }
        Self { weights, biases, stored }
    }

    /// The output where one plane is lit all around.
    fn sums_of_planes(&self, one_hot: &OneHot) -> Vec<Vec<f32>> {
        let per_plane = one_hot.block * one_hot.block * TAPS;
        let planes = 0..one_hot.values.len();
        planes
            .map(|plane| {
                let mut counts = vec![0; one_hot.values.len()];
                counts[plane] = per_plane;
                let rows = (plane * per_plane..(plane + 1) * per_plane).collect();
                let mut sums = vec![0.0; self.stored];
                self.sum(&Lit { rows, counts, found: Vec::new() }, one_hot.values, &mut sums);
                sums
            })
            .collect()
    }

    /// Bias and lit rows, each times what its plane holds.
    fn sum(&self, lit: &Lit, values: &[f32], sums: &mut [f32]) {
        Unit::widest().run(Sum { rows: self, lit, values, sums });
    }
}

struct Sum<'a> {
    rows: &'a Rows,
    lit: &'a Lit,
    values: &'a [f32],
    sums: &'a mut [f32],
}

impl Kernel for Sum<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes, const ROWS: usize, const VECTORS: usize>(self) {
        let Rows { weights, biases, stored } = self.rows;
        for start in (0..*stored).step_by(L::COUNT) {
            // SAFETY: the caller vouches for the unit; slices of one vector's length are what is read and written.
            unsafe {
                let mut sum = L::load(biases[start..][..L::COUNT].as_ptr());
                let mut rows = self.lit.rows.iter();
                for (&count, &value) in self.lit.counts.iter().zip(self.values) {
                    let value = L::splat(value);
                    for &row in rows.by_ref().take(count) {
                        let weight = L::load(weights[row * stored + start..][..L::COUNT].as_ptr());
                        sum = value.mul_add(weight, sum);
                    }
                }
                sum.store(self.sums[start..][..L::COUNT].as_mut_ptr());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::convolution::tests::values;
    use super::super::convolution::{Convolution, Shape};
    use super::*;

    const PLANES: usize = 5;
    const BLOCK: usize = 4;

    /// Layers with a lesion, and a corner of which nothing is known.
    fn mask(height: usize, width: usize) -> Vec<u8> {
        let plane = |y: usize, x: usize| match (y, x) {
            _ if y < 9 && x < 14 => NO_PLANE,
            _ if (20..31).contains(&y) && (30..57).contains(&x) => 4,
            _ => ((y + x / 9) * 4 / (height + width / 9)) as u8,
        };
        (0..height).flat_map(|y| (0..width).map(move |x| plane(y, x))).collect()
    }

    /// By products over all planes.
    fn by_products(one_hot: &OneHot, weight: &[f32], bias: &[f32]) -> Vec<f32> {
        let (rows, columns) = (one_hot.height / BLOCK, one_hot.width / BLOCK);
        let mut planes = Vec::new();
        for plane in 0..PLANES {
            for (y, x) in (0..BLOCK).flat_map(|y| (0..BLOCK).map(move |x| (y, x))) {
                for (row, column) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
                    let at = (row * BLOCK + y) * one_hot.width + column * BLOCK + x;
                    let is_lit = usize::from(one_hot.plane_of[at]) == plane;
                    planes.push(if is_lit { one_hot.values[plane] } else { 0.0 });
                }
            }
        }
        let shape = Shape {
            channels_in: PLANES * BLOCK * BLOCK,
            channels_out: bias.len(),
            height: rows,
            width: columns,
            kernel: 3,
            stride: 1,
        };
        Convolution::new(shape, weight, Some(bias)).apply(&planes)
    }

    #[test]
    fn sums_of_rows_are_the_products_to_the_bit_and_a_box_of_them_the_whole() {
        let (height, width, channels_out) = (64, 96, 21);
        let weight = values(channels_out * PLANES * BLOCK * BLOCK * TAPS, 5);
        let bias = values(channels_out, 6);
        let first = mask(height, width);
        let mut painted = first.clone();
        for y in 40..47 {
            painted[y * width + 3..y * width + 13].fill(4);
        }
        for lesion in [1.0, 0.3] {
            let levels = [1.0, 1.0, 1.0, 1.0, lesion];
            let of = |plane_of| OneHot { plane_of, height, width, block: BLOCK, values: &levels };
            let expected = by_products(&of(&first), &weight, &bias);
            let found = convolve(&of(&first), &weight, Some(&bias), None);
            assert_eq!(found, expected);
            let changed = [40..47, 3..13];
            let before = Before { output: &found, changed };
            let after = convolve(&of(&painted), &weight, Some(&bias), Some(before));
            assert_ne!(after, found);
            assert_eq!(after, by_products(&of(&painted), &weight, &bias));
        }
    }

    #[test]
    fn the_box_reaches_one_block_further_and_stays_inside() {
        assert_eq!(around(&[4..5, 0..8], 4, [10, 2]), [0..3, 0..2]);
        assert_eq!(around(&[39..40, 5..6], 4, [10, 5]), [8..10, 0..3]);
    }
}
