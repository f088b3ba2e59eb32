//! A 3x3 convolution of a picture whose sides were doubled by nearest neighbour, without doubling it.
//!
//! The nine taps of such a convolution fall on four pixels of the small picture, which four depends on whether row
//! and column of the output are even or odd. So four convolutions of 2x2, whose weights are sums of those of the
//! 3x3, do the same with 16 products where there were 36. Equal but for the rounding of those sums.

use rayon::prelude::*;

use super::convolution::{Layout, MIN_WIDTH, Packed, Shape, pad, stored_row};
use super::lanes::Unit;

/// The taps of a 3x3 kernel along one side that fall on the first and the second small pixel, for even and for odd
/// places of the output.
const FOLDED: [[&[usize]; 2]; 2] = [[&[0], &[1, 2]], [&[0, 1], &[2]]];
const TAPS: usize = 9;
const FOLDED_TAPS: usize = 4;

/// Whether [`convolve`] can do it; `shape` is that of the small picture.
pub fn is_supported(shape: Shape) -> bool {
    shape.kernel == 3 && shape.stride == 1 && shape.width >= MIN_WIDTH && shape.height > 0
}

/// Convolves pictures, `[batch, channels_in, height, width]`, to `[batch, channels_out, 2 height, 2 width]`;
/// `shape` is that of the small picture, `weight` `[channels_out, channels_in, 3, 3]`.
///
/// # Panics
/// If the shape is not supported or a slice has not its size.
pub fn convolve(shape: Shape, weight: &[f32], bias: Option<&[f32]>, pictures: &[f32]) -> Vec<f32> {
    convolve_on(Unit::widest(), shape, weight, bias, pictures)
}

fn convolve_on(unit: Unit, shape: Shape, weight: &[f32], bias: Option<&[f32]>, pictures: &[f32]) -> Vec<f32> {
    assert!(is_supported(shape), "{shape:?}");
    assert_eq!(weight.len(), shape.weights(), "weight of {shape:?}");
    let Shape { channels_in, channels_out, height, width, .. } = shape;
    let (inputs, pixels) = (channels_in * height * width, height * width);
    assert!(pictures.len().is_multiple_of(inputs), "input of {shape:?}");
    let parts: [[Packed; 2]; 2] = [0, 1].map(|row| {
        [0, 1].map(|column| {
            let folded = fold(weight, [row, column]);
            Packed::new(unit, [channels_out, channels_in, FOLDED_TAPS], &folded, bias)
        })
    });
    let stored = stored_row(shape);
    let mut output = Vec::with_capacity(pictures.len() / inputs * channels_out * 4 * pixels);
    for picture in pictures.chunks_exact(inputs) {
        let padded = pad(shape, picture);
        let planes = [0, 1].map(|row| {
            [0, 1].map(|column| {
                let taps = [0, 1].into_iter().flat_map(|y| [0, 1].map(|x| (row + y) * stored + column + x));
                let layout = Layout { plane: stored * (height + 2), row: stored, taps: taps.collect() };
                let mut sums = vec![0.0; channels_out * pixels];
                parts[row][column].run(&padded, &layout, height, width, &mut sums);
                sums
            })
        });
        let start = output.len();
        output.resize(start + channels_out * 4 * pixels, 0.0);
        interleave(&planes, width, &mut output[start..]);
    }
    output
}

/// `[channels_out, channels_in, 3, 3]` to `[channels_out, channels_in, 2, 2]` for one parity of row and column.
fn fold(weight: &[f32], [row, column]: [usize; 2]) -> Vec<f32> {
    let mut folded = Vec::with_capacity(weight.len() / TAPS * FOLDED_TAPS);
    for kernel in weight.chunks_exact(TAPS) {
        for rows in FOLDED[row] {
            for columns in FOLDED[column] {
                let taps = rows.iter().flat_map(|y| columns.iter().map(move |x| kernel[3 * y + x]));
                folded.push(taps.sum());
            }
        }
    }
    folded
}

/// Puts the four parities of all channels into their places.
fn interleave(planes: &[[Vec<f32>; 2]; 2], width: usize, output: &mut [f32]) {
    output.par_chunks_exact_mut(4 * width).enumerate().for_each(|(row, output)| {
        for (output, [even, odd]) in output.chunks_exact_mut(2 * width).zip(planes) {
            let columns = even[row * width..][..width].iter().zip(&odd[row * width..][..width]);
            for (to, (&even, &odd)) in output.chunks_exact_mut(2).zip(columns) {
                to.copy_from_slice(&[even, odd]);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::convolution::Convolution;
    use super::super::convolution::tests::values;
    use super::*;

    #[test]
    fn equals_the_convolution_of_the_doubled_picture_on_every_unit() {
        for (batch, channels_in, channels_out, height, width) in
            [(1, 1, 1, 1, 16), (2, 3, 5, 7, 33), (1, 20, 9, 12, 30)]
        {
            let shape = Shape { channels_in, channels_out, height, width, kernel: 3, stride: 1 };
            let pictures = values(batch * channels_in * height * width, 1);
            let doubled: Vec<f32> = pictures
                .chunks_exact(width)
                .flat_map(|row| [row, row])
                .flat_map(|row| row.iter().flat_map(|&value| [value, value]))
                .collect();
            let (weight, bias) = (values(shape.weights(), 2), values(channels_out, 3));
            let large = Shape { height: 2 * height, width: 2 * width, ..shape };
            let expected = Convolution::new(large, &weight, Some(&bias)).apply(&doubled);
            for unit in Unit::available() {
                let found = convolve_on(unit, shape, &weight, Some(&bias), &pictures);
                assert_eq!(found.len(), expected.len());
                for (found, expected) in found.iter().zip(&expected) {
                    assert!((found - expected).abs() < 2e-5, "{unit:?}, {shape:?}: {found}, {expected}");
                }
            }
        }
    }
}
