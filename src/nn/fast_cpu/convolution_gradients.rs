//! What a convolution's input and weights have to do with its error.
//!
//! The gradient of the input is a convolution of the output's gradient, with the kernels turned around. The
//! gradient of a weight is the product of two pictures, summed: with both in rows of the padded width, and zeros
//! where the border lies, one long sum of products, of which a tile (some output channels by some inputs and
//! taps) stays in registers.

use rayon::prelude::*;

use super::convolution::{Convolution, Shape};
use super::lanes::{Kernel, Lanes, MAX_LANES, Unit};
use super::normalisation::sum_of;

/// Inputs and taps of a task: whole tiles, whatever the unit.
const TASK_COLUMNS: usize = 96;

/// The gradient of the input, `[batch, channels_in, height, width]`, from that of the output.
///
/// # Panics
/// If [`is_supported`] says no, or a slice has not its size.
pub fn of_input(shape: Shape, weight: &[f32], gradient: &[f32]) -> Vec<f32> {
    let Shape { channels_in, channels_out, kernel, .. } = shape;
    let taps = kernel * kernel;
    let mut turned = vec![0.0; weight.len()];
    for (at, &value) in weight.iter().enumerate() {
        let (out, input, tap) = (at / taps / channels_in, at / taps % channels_in, at % taps);
        turned[(input * channels_out + out) * taps + taps - 1 - tap] = value;
    }
    let spread;
    let gradient = if shape.stride == 1 {
        gradient
    } else {
        spread = spread_out(shape, gradient);
        &spread
    };
    Convolution::new(turned_around(shape), &turned, None).apply(gradient)
}

/// Whether [`of_input`] and [`of_weight`] can do it.
pub fn is_supported(shape: Shape) -> bool {
    shape.is_supported() && turned_around(shape).is_supported()
}

fn turned_around(shape: Shape) -> Shape {
    Shape { channels_in: shape.channels_out, channels_out: shape.channels_in, stride: 1, ..shape }
}

/// Zeros between the values of a coarse picture, so that it is as large as the input was.
fn spread_out(shape: Shape, coarse: &[f32]) -> Vec<f32> {
    let (rows, columns) = (shape.height_out(), shape.width_out());
    let planes = coarse.len() / (rows * columns);
    let mut fine = vec![0.0; planes * shape.height * shape.width];
    let pairs = fine.par_chunks_mut(shape.height * shape.width).zip(coarse.par_chunks(rows * columns));
    pairs.for_each(|(fine, coarse)| {
        let every = fine.chunks_mut(shape.stride * shape.width);
        for (fine, coarse) in every.zip(coarse.chunks_exact(columns)) {
            for (fine, &value) in fine[..shape.width].iter_mut().step_by(shape.stride).zip(coarse) {
                *fine = value;
            }
        }
    });
    fine
}

/// The gradient of the weights, `[channels_out, channels_in, kernel, kernel]`, summed over the batch.
///
/// `pictures`: `[batch, channels_in, height, width]`; `gradient`: of the output.
///
/// # Panics
/// If [`is_supported`] says no, or a slice has not its size.
pub fn of_weight(shape: Shape, pictures: &[f32], gradient: &[f32]) -> Vec<f32> {
    of_weight_on(Unit::widest(), shape, pictures, gradient)
}

fn of_weight_on(unit: Unit, shape: Shape, pictures: &[f32], gradient: &[f32]) -> Vec<f32> {
    assert!(is_supported(shape), "{shape:?}");
    let Shape { channels_in, channels_out, height, width, kernel, stride } = shape;
    let batch = pictures.len() / (channels_in * height * width);
    let values_out = channels_out * shape.height_out() * shape.width_out();
    assert_eq!(pictures.len(), batch * channels_in * height * width, "input of {shape:?}");
    assert_eq!(gradient.len(), batch * values_out, "gradient of {shape:?}");
    let spread;
    let gradient = if stride == 1 {
        gradient
    } else {
        spread = spread_out(shape, gradient);
        &spread
    };

    let border = kernel / 2;
    let stored = width + 2 * border;
    // Whole vectors, whatever the unit.
    let length = (height * stored).next_multiple_of(MAX_LANES);
    // The farthest tap reads on past the picture; there the gradient is zero.
    let input_plane = length + 2 * border * (stored + 1);
    let inputs = in_rows(pictures, (height, width), stored, border * (stored + 1), input_plane);
    let gradients = in_rows(gradient, (height, width), stored, 0, length);

    let columns: Vec<usize> = (0..channels_in)
        .flat_map(|input| (0..kernel * kernel).map(move |tap| (input, tap)))
        .map(|(input, tap)| input * input_plane + tap / kernel * stored + tap % kernel)
        .collect();
    let block = unit.rows();
    let tasks: Vec<(usize, usize)> = (0..channels_out)
        .step_by(block)
        .flat_map(|first| (0..columns.len()).step_by(TASK_COLUMNS).map(move |at| (first, at)))
        .collect();
    let sums: Vec<Vec<f32>> = tasks
        .par_iter()
        .map(|&(first, at)| {
            let columns = &columns[at..columns.len().min(at + TASK_COLUMNS)];
            let mut sums = vec![0.0; columns.len() * block];
            unit.run(Products {
                inputs: &inputs,
                gradients: &gradients,
                batch,
                input_plane,
                length,
                channels_in,
                channels_out,
                first,
                columns,
                sums: &mut sums,
            });
            sums
        })
        .collect();
    let mut weights = vec![0.0; shape.weights()];
    for ((first, at), sums) in tasks.into_iter().zip(sums) {
        for (column, sums) in sums.chunks_exact(block).enumerate() {
            for (out, &sum) in (first..channels_out).zip(sums) {
                weights[out * columns.len() + at + column] = sum;
            }
        }
    }
    weights
}

/// The gradient of the biases, `[channels_out]`, from that of the output, summed over the batch.
pub fn of_bias(shape: Shape, gradient: &[f32]) -> Vec<f32> {
    let plane = shape.height_out() * shape.width_out();
    let mut biases = vec![0.0; shape.channels_out];
    for picture in gradient.chunks_exact(shape.channels_out * plane) {
        for (bias, plane) in biases.iter_mut().zip(picture.chunks_exact(plane)) {
            *bias += sum_of(plane, |value| value);
        }
    }
    biases
}

/// Planes with rows `stored` apart, beginning at `start` of `plane` values each; zeros elsewhere.
fn in_rows(
    planes: &[f32],
    (height, width): (usize, usize),
    stored: usize,
    start: usize,
    plane: usize,
) -> Vec<f32> {
    let mut spread = vec![0.0; planes.len() / (height * width) * plane];
    spread.par_chunks_mut(plane).zip(planes.par_chunks(height * width)).for_each(|(to, from)| {
        for (to, from) in to[start..].chunks_mut(stored).zip(from.chunks_exact(width)) {
            to[..width].copy_from_slice(from);
        }
    });
    spread
}

/// Sums of products of a block of output channels with some inputs and taps.
struct Products<'a> {
    /// `[batch][channels_in][input_plane]`
    inputs: &'a [f32],
    /// `[batch][channels_out][length]`
    gradients: &'a [f32],
    batch: usize,
    input_plane: usize,
    length: usize,
    channels_in: usize,
    channels_out: usize,
    /// Of the block.
    first: usize,
    /// Where in a picture each input and tap begins.
    columns: &'a [usize],
    /// `[column][channel of the block]`
    sums: &'a mut [f32],
}

impl Kernel for Products<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes, const ROWS: usize, const VECTORS: usize>(self) {
        let Self { batch, length, channels_in, channels_out, .. } = self;
        let picture = channels_in * self.input_plane;
        // Every load below stays inside: the farthest column of the last picture, and the last channel.
        let farthest = self.columns.iter().copied().max().unwrap_or(0);
        assert!(length.is_multiple_of(L::COUNT) && batch * picture <= self.inputs.len());
        assert!(farthest + length <= picture && batch * channels_out * length <= self.gradients.len());
        assert!(self.sums.len() == self.columns.len() * ROWS && self.first < channels_out);

        let columns = self.columns.chunks(VECTORS);
        for (columns, results) in columns.zip(self.sums.chunks_mut(VECTORS * ROWS)) {
            let last = columns.len() - 1;
            // SAFETY: the processor has the unit of `L` by this function's own requirement, and the loads stay
            // inside by the assertions above: a block's missing channels read the last one again.
            unsafe {
                let mut sums = [[L::splat(0.0); VECTORS]; ROWS];
                for index in 0..batch {
                    let inputs: [*const f32; VECTORS] = std::array::from_fn(|column| {
                        self.inputs.as_ptr().add(index * picture + columns[column.min(last)])
                    });
                    let gradients: [*const f32; ROWS] = std::array::from_fn(|row| {
                        let channel = (self.first + row).min(channels_out - 1);
                        self.gradients.as_ptr().add((index * channels_out + channel) * length)
                    });
                    sums = tile::<L, ROWS, VECTORS>(inputs, gradients, length, sums);
                }
                for (column, results) in results.chunks_exact_mut(ROWS).enumerate() {
                    for (row, result) in results.iter_mut().enumerate() {
                        *result = sums[row][column].total();
                    }
                }
            }
        }
    }
}

/// Adds the products of some gradients with some inputs to their sums.
///
/// # Safety
/// The processor has the unit of `L`, and all pointers point to `length` values.
#[inline(always)]
unsafe fn tile<L: Lanes, const ROWS: usize, const VECTORS: usize>(
    inputs: [*const f32; VECTORS],
    gradients: [*const f32; ROWS],
    length: usize,
    mut sums: [[L; VECTORS]; ROWS],
) -> [[L; VECTORS]; ROWS] {
    for at in (0..length).step_by(L::COUNT) {
        // SAFETY: the caller vouches for it.
        unsafe {
            let values: [L; VECTORS] = std::array::from_fn(|column| L::load(inputs[column].add(at)));
            sums = std::array::from_fn(|row| {
                let gradient = L::load(gradients[row].add(at));
                std::array::from_fn(|column| values[column].mul_add(gradient, sums[row][column]))
            });
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::fast_cpu::convolution::tests::values;

    /// By the definition, in double precision: what each weight and each input adds to the error.
    fn reference(shape: Shape, x: &[f32], weight: &[f32], gradient: &[f32]) -> (Vec<f64>, Vec<f64>) {
        let Shape { channels_in, channels_out, height, width, kernel, stride } = shape;
        let (rows, columns) = (shape.height_out(), shape.width_out());
        let (mut of_x, mut of_weight) = (vec![0.0; x.len()], vec![0.0; weight.len()]);
        for (at, &g) in gradient.iter().enumerate() {
            let (picture, out) = (at / (channels_out * rows * columns), at / (rows * columns) % channels_out);
            let (y, column) = (at / columns % rows, at % columns);
            for (index, _) in of_weight.clone().iter().enumerate() {
                let (o, input) =
                    (index / (channels_in * kernel * kernel), index / (kernel * kernel) % channels_in);
                let (ky, kx) = (index / kernel % kernel, index % kernel);
                let (iy, ix) = (y * stride + ky, column * stride + kx);
                let border = kernel / 2;
                let inside = iy >= border && ix >= border && iy - border < height && ix - border < width;
                if o == out && inside {
                    let from = ((picture * channels_in + input) * height + iy - border) * width + ix - border;
                    of_weight[index] += f64::from(g) * f64::from(x[from]);
                    of_x[from] += f64::from(g) * f64::from(weight[index]);
                }
            }
        }
        (of_x, of_weight)
    }

    #[test]
    fn gradients_equal_the_definition_on_every_unit_for_every_shape() {
        for (kernel, stride) in [(1, 1), (3, 1), (3, 2)] {
            for (channels_in, channels_out, height, width) in
                [(1, 1, 4, 9), (3, 9, 7, 6), (4, 5, 6, 33), (2, 11, 5, 12)]
            {
                let shape = Shape { channels_in, channels_out, height, width, kernel, stride };
                let batch = 2;
                let x = values(batch * channels_in * height * width, 1);
                let weight = values(shape.weights(), 2);
                let gradient = values(batch * channels_out * shape.height_out() * shape.width_out(), 3);
                let (of_x, expected) = reference(shape, &x, &weight, &gradient);
                for unit in Unit::available() {
                    let found = of_weight_on(unit, shape, &x, &gradient);
                    for (found, expected) in found.iter().zip(&expected) {
                        assert!((f64::from(*found) - expected).abs() < 1e-4, "{unit:?}, {shape:?}");
                    }
                }
                let found = of_input(shape, &weight, &gradient);
                assert_eq!(found.len(), of_x.len());
                for (found, expected) in found.iter().zip(&of_x) {
                    assert!((f64::from(*found) - expected).abs() < 1e-4, "{shape:?}");
                }
            }
        }
    }
}
