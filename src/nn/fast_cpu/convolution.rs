//! Convolution of planes in place, without the matrices of the general way.
//!
//! burn's CPU backend convolves by im2col and matrix product, and reorders the picture to NHWC and back on
//! one thread. Here a tile of output, some channels by three vectors of a row, stays in registers while
//! every input value that reaches it is read once per tap; all that is copied is the border.

use rayon::prelude::*;

use super::lanes::{Kernel, Lanes, Unit};

/// Vectors of output pixels that a tile holds.
const TILE_VECTORS: usize = 3;
/// Narrower rows are left to burn: a vector must fit into one.
pub const MIN_WIDTH: usize = 16;
/// Input that a task goes through again for every block of output channels: it should stay in the cache
/// of one core.
const STRIP_BYTES: usize = 512 << 10;

/// A convolution with a square kernel of side 1 or 3, padded so that stride one keeps the size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub channels_in: usize,
    pub channels_out: usize,
    /// Of the input.
    pub height: usize,
    /// Of the input.
    pub width: usize,
    /// 1 or 3.
    pub kernel: usize,
    /// 1, or 2 with a kernel of 3.
    pub stride: usize,
}

impl Shape {
    /// Whether [`convolve`] can do it.
    pub fn is_supported(&self) -> bool {
        matches!((self.kernel, self.stride), (1, 1) | (3, 1) | (3, 2)) && self.width_out() >= MIN_WIDTH
    }

    /// Rows of the output.
    pub fn height_out(&self) -> usize {
        self.height.div_ceil(self.stride)
    }

    /// Columns of the output.
    pub fn width_out(&self) -> usize {
        self.width.div_ceil(self.stride)
    }
}

/// `input`: `[channels_in, height, width]`; `weight`: `[channels_out, channels_in, kernel, kernel]`; `bias`:
/// `[channels_out]`; returns `[channels_out, height_out, width_out]`.
///
/// # Panics
/// If the shape is not supported or a slice has not its size.
pub fn convolve(shape: Shape, input: &[f32], weight: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
    convolve_on(Unit::widest(), shape, input, weight, bias)
}

fn convolve_on(unit: Unit, shape: Shape, input: &[f32], weight: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
    assert!(shape.is_supported(), "{shape:?}");
    let Shape { channels_in, channels_out, height, width, kernel, .. } = shape;
    assert_eq!(input.len(), channels_in * height * width, "input of {shape:?}");
    assert_eq!(weight.len(), channels_out * channels_in * kernel * kernel, "weight of {shape:?}");
    assert!(bias.is_none_or(|bias| bias.len() == channels_out), "bias of {shape:?}");

    let block = unit.rows();
    let padded;
    let (layout, planes) = match kernel {
        1 => (Layout { plane: height * width, row: width, taps: vec![0] }, input),
        _ => {
            padded = pad(shape, input);
            (Layout::of_padded(shape), padded.as_slice())
        }
    };
    let weights = pack(shape, weight, block);
    let mut biases = vec![0.0; channels_out.next_multiple_of(block)];
    if let Some(bias) = bias {
        biases[..channels_out].copy_from_slice(bias);
    }

    let (rows, columns) = (shape.height_out(), shape.width_out());
    let strip_rows = (STRIP_BYTES / (4 * channels_in * layout.row)).clamp(1, rows);
    let mut output = vec![0.0; channels_out * rows * columns];
    let mut tasks: Vec<Task> = Vec::new();
    for (index, planes_out) in output.chunks_mut(block * rows * columns).enumerate() {
        let mut strips: Vec<Vec<&mut [f32]>> = Vec::new();
        for plane in planes_out.chunks_mut(rows * columns) {
            for (strip, part) in plane.chunks_mut(strip_rows * columns).enumerate() {
                if strips.len() == strip {
                    strips.push(Vec::with_capacity(block));
                }
                strips[strip].push(part);
            }
        }
        tasks.extend(strips.into_iter().enumerate().map(|(strip, outputs)| Task {
            planes,
            layout: &layout,
            channels_in,
            weights: &weights[index * block * channels_in * layout.taps.len()..],
            biases: &biases[index * block..][..block],
            first_row: strip * strip_rows,
            columns,
            outputs,
        }));
    }
    // Strips first: neighbouring tasks then share their input.
    tasks.sort_by_key(|task| task.first_row);
    tasks.into_par_iter().for_each(|task| unit.run(task));
    output
}

/// Where the input of an output pixel lies.
struct Layout {
    /// Values from one input channel to the next.
    plane: usize,
    /// Values from the input of one output row to that of the next.
    row: usize,
    /// Offset of each kernel element, row-major.
    taps: Vec<usize>,
}

impl Layout {
    /// Of what [`pad`] returns.
    fn of_padded(shape: Shape) -> Self {
        let stored = stored_row(shape);
        let columns: [usize; 3] = match shape.stride {
            1 => [0, 1, 2],
            // Even columns first, then the odd ones.
            _ => [0, stored / 2, 1],
        };
        let taps = (0..3).flat_map(|y| columns.map(|column| y * stored + column)).collect();
        Self { plane: stored * (shape.height + 2), row: stored * shape.stride, taps }
    }
}

/// Values of a padded row.
fn stored_row(shape: Shape) -> usize {
    (shape.width + 2).next_multiple_of(shape.stride)
}

/// The input with a border of zeros; for stride two, each row as its even columns and then its odd ones, so
/// that neighbouring output pixels read neighbouring values.
fn pad(shape: Shape, input: &[f32]) -> Vec<f32> {
    let (width, stored) = (shape.width, stored_row(shape));
    let plane = stored * (shape.height + 2);
    let mut padded = vec![0.0; shape.channels_in * plane];
    padded.par_chunks_mut(plane).zip(input.par_chunks(shape.height * width)).for_each(|(padded, input)| {
        for (to, from) in padded[stored..].chunks_exact_mut(stored).zip(input.chunks_exact(width)) {
            if shape.stride == 1 {
                to[1..=width].copy_from_slice(from);
            } else {
                // Padded column x is input column x - 1.
                let (even, odd) = to.split_at_mut(stored / 2);
                for (to, from) in odd.iter_mut().zip(from.iter().step_by(2)) {
                    *to = *from;
                }
                for (to, from) in even[1..].iter_mut().zip(from.iter().skip(1).step_by(2)) {
                    *to = *from;
                }
            }
        }
    });
    padded
}

/// `[blocks of output channels][input channel][tap][channel of the block]`, missing channels zero.
fn pack(shape: Shape, weight: &[f32], block: usize) -> Vec<f32> {
    let taps = shape.kernel * shape.kernel;
    let per_channel = shape.channels_in * taps;
    let mut packed = vec![0.0; shape.channels_out.next_multiple_of(block) * per_channel];
    for (channel, weights) in weight.chunks_exact(per_channel).enumerate() {
        let start = channel / block * block * per_channel + channel % block;
        for (to, &from) in packed[start..].iter_mut().step_by(block).zip(weights) {
            *to = from;
        }
    }
    packed
}

/// Some rows of a block of output channels.
struct Task<'a> {
    planes: &'a [f32],
    layout: &'a Layout,
    channels_in: usize,
    weights: &'a [f32],
    biases: &'a [f32],
    first_row: usize,
    columns: usize,
    /// The rows of each channel of the block that exists.
    outputs: Vec<&'a mut [f32]>,
}

impl Kernel for Task<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes, const ROWS: usize>(mut self) {
        let Layout { plane, row, ref taps } = *self.layout;
        let rows = self.outputs[0].len() / self.columns;
        let vectors_per_row = self.columns.div_ceil(L::COUNT);
        // The last vector of a row ends with the row, over pixels that its neighbour computed too.
        let place = |vector: usize| {
            let (y, x) = (vector / vectors_per_row, vector % vectors_per_row * L::COUNT);
            (y, x.min(self.columns - L::COUNT))
        };
        let count = rows * vectors_per_row;

        // Every load below stays inside, for the farthest tile:
        let last_row = self.first_row + rows - 1;
        let farthest_tap = taps.iter().copied().max().unwrap_or(0);
        let end = (self.channels_in - 1) * plane + last_row * row + self.columns + farthest_tap;
        assert!(end <= self.planes.len() && self.columns >= L::COUNT && self.biases.len() == ROWS);
        assert!(self.weights.len() >= self.channels_in * taps.len() * ROWS);

        for first in (0..count).step_by(TILE_VECTORS) {
            let places: [(usize, usize); TILE_VECTORS] =
                std::array::from_fn(|vector| place((first + vector).min(count - 1)));
            // SAFETY: the processor has the unit of `L` by this function's own requirement; the loads stay
            // inside by the assertions above, the stores because a vector ends within its row.
            unsafe {
                let inputs: [*const f32; TILE_VECTORS] =
                    places.map(|(y, x)| self.planes.as_ptr().add((self.first_row + y) * row + x));
                let sums = tile::<L, ROWS>(inputs, &self);
                for (output, sums) in self.outputs.iter_mut().zip(&sums) {
                    for (&(y, x), sum) in places.iter().zip(sums) {
                        sum.store(output[y * self.columns + x..][..L::COUNT].as_mut_ptr());
                    }
                }
            }
        }
    }
}

/// The sums of a tile, from the first value under each of its vectors. A function of its own, so that the
/// compiler sees that nothing but the loop touches the sums and keeps them in registers.
///
/// # Safety
/// The processor has the unit of `L`, and all inputs and weights that the task's layout names exist.
#[inline(always)]
unsafe fn tile<L: Lanes, const ROWS: usize>(
    inputs: [*const f32; TILE_VECTORS],
    task: &Task<'_>,
) -> [[L; TILE_VECTORS]; ROWS] {
    let mut weights = task.weights.as_ptr();
    // SAFETY: the caller vouches for it.
    unsafe {
        let mut sums: [[L; TILE_VECTORS]; ROWS] =
            std::array::from_fn(|row| [L::splat(task.biases[row]); TILE_VECTORS]);
        for channel in 0..task.channels_in {
            for &tap in &task.layout.taps {
                let offset = channel * task.layout.plane + tap;
                let values: [L; TILE_VECTORS] =
                    std::array::from_fn(|vector| L::load(inputs[vector].add(offset)));
                sums = std::array::from_fn(|row| {
                    let weight = L::splat(*weights.add(row));
                    let sums = sums[row];
                    std::array::from_fn(|vector| values[vector].mul_add(weight, sums[vector]))
                });
                weights = weights.add(ROWS);
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definition, in double precision.
    fn reference(shape: Shape, input: &[f32], weight: &[f32], bias: &[f32]) -> Vec<f32> {
        let (rows, columns) = (shape.height_out(), shape.width_out());
        let pad = (shape.kernel / 2) as isize;
        let mut output = Vec::new();
        for (out, &bias) in bias.iter().enumerate() {
            for y in 0..rows {
                for x in 0..columns {
                    let mut sum = f64::from(bias);
                    for channel in 0..shape.channels_in {
                        for ky in 0..shape.kernel {
                            for kx in 0..shape.kernel {
                                let iy = (y * shape.stride + ky) as isize - pad;
                                let ix = (x * shape.stride + kx) as isize - pad;
                                let inside = (0..shape.height as isize).contains(&iy)
                                    && (0..shape.width as isize).contains(&ix);
                                if inside {
                                    let at =
                                        (channel * shape.height + iy as usize) * shape.width + ix as usize;
                                    let tap = ((out * shape.channels_in + channel) * shape.kernel + ky)
                                        * shape.kernel
                                        + kx;
                                    sum += f64::from(input[at]) * f64::from(weight[tap]);
                                }
                            }
                        }
                    }
                    output.push(sum as f32);
                }
            }
        }
        output
    }

    fn values(count: usize, seed: u32) -> Vec<f32> {
        (0..count as u32)
            .map(|i| ((i ^ seed).wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 23) as f32 - 1.0)
            .collect()
    }

    #[test]
    fn equals_the_definition_on_every_unit_for_every_kernel_stride_and_odd_size() {
        for (kernel, stride) in [(1, 1), (3, 1), (3, 2)] {
            for (channels_in, channels_out, height, width) in
                [(1, 1, 1, 32), (3, 5, 7, 33), (4, 16, 6, 48), (2, 9, 5, 47), (7, 8, 40, 64)]
            {
                let shape = Shape { channels_in, channels_out, height, width, kernel, stride };
                let input = values(channels_in * height * width, 1);
                let weight = values(channels_out * channels_in * kernel * kernel, 2);
                let bias = values(channels_out, 3);
                let expected = reference(shape, &input, &weight, &bias);
                for unit in Unit::available() {
                    let found = convolve_on(unit, shape, &input, &weight, Some(&bias));
                    assert_eq!(found.len(), expected.len());
                    for (found, expected) in found.iter().zip(&expected) {
                        assert!((found - expected).abs() < 1e-5, "{unit:?}, {shape:?}: {found}, {expected}");
                    }
                }
            }
        }
    }
}
