//! Convolution of planes in place, without the matrices of the general way.
//!
//! burn's CPU backend convolves by im2col and matrix product, and reorders the picture to NHWC and back on
//! one thread. Here a tile of output, some channels by two or three vectors of a row, stays in registers while
//! every input value that reaches it is read once per tap; all that is copied is the border.

use rayon::prelude::*;

use super::lanes::{Kernel, Lanes, Unit};

/// Fewer values in a row are left to burn: a vector must fit into one.
pub const MIN_WIDTH: usize = 16;
/// Input that a task goes through again for every block of output channels: it should stay in the cache
/// of one core.
const STRIP_BYTES: usize = 128 << 10;

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
    /// Whether [`Convolution`] can do it.
    pub fn is_supported(&self) -> bool {
        matches!((self.kernel, self.stride), (1, 1) | (3, 1) | (3, 2))
            && match self.form() {
                Form::Rows => true,
                Form::OneRow | Form::EverySecond => self.one_row() >= MIN_WIDTH,
            }
    }

    /// Whether planes with a border of one pixel of zeros are what its input is copied into.
    pub fn takes_border(&self) -> bool {
        (self.kernel, self.stride) == (3, 1) && self.form() == Form::Rows
    }

    /// Rows of the output.
    pub fn height_out(&self) -> usize {
        self.height.div_ceil(self.stride)
    }

    /// Columns of the output.
    pub fn width_out(&self) -> usize {
        self.width.div_ceil(self.stride)
    }

    /// Values of a weight.
    pub fn weights(&self) -> usize {
        self.channels_out * self.channels_in * self.kernel * self.kernel
    }

    fn form(&self) -> Form {
        if self.kernel == 1 {
            Form::OneRow
        } else if self.width_out() >= MIN_WIDTH {
            Form::Rows
        } else if self.stride == 1 {
            Form::OneRow
        } else {
            Form::EverySecond
        }
    }

    /// Output values of the plane taken as one row, at stride one: between the rows of a padded picture lies the
    /// border, whose sums mean nothing.
    fn one_row(&self) -> usize {
        match self.kernel {
            1 => self.height * self.width,
            _ => (self.height * (self.width + 2)).saturating_sub(2),
        }
    }
}

/// How the output is gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Row by row.
    Rows,
    /// The whole plane as one row: of narrow pictures, and where there is no border.
    OneRow,
    /// At stride one, of which every second value of every second row is kept: narrow pictures at stride two.
    EverySecond,
}

/// A convolution whose weights lie ready.
pub struct Convolution {
    shape: Shape,
    packed: Packed,
}

/// Weights and biases in the order in which a vector unit reads them.
pub(super) struct Packed {
    unit: Unit,
    channels_in: usize,
    /// As [`pack`] returns them.
    weights: Vec<f32>,
    biases: Vec<f32>,
}

impl Convolution {
    /// `weight`: `[channels_out, channels_in, kernel, kernel]`; `bias`: `[channels_out]`.
    ///
    /// # Panics
    /// If the shape is not supported or a slice has not its size.
    pub fn new(shape: Shape, weight: &[f32], bias: Option<&[f32]>) -> Self {
        Self::on(Unit::widest(), shape, weight, bias)
    }

    fn on(unit: Unit, shape: Shape, weight: &[f32], bias: Option<&[f32]>) -> Self {
        assert!(shape.is_supported(), "{shape:?}");
        assert_eq!(weight.len(), shape.weights(), "weight of {shape:?}");
        assert!(bias.is_none_or(|bias| bias.len() == shape.channels_out), "bias of {shape:?}");
        let taps = shape.kernel * shape.kernel;
        Self { shape, packed: Packed::new(unit, [shape.channels_out, shape.channels_in, taps], weight, bias) }
    }

    /// Convolves pictures, `[batch, channels_in, height, width]`, to `[batch, channels_out, height_out,
    /// width_out]`.
    ///
    /// # Panics
    /// If the slice does not hold whole pictures.
    pub fn apply(&self, pictures: &[f32]) -> Vec<f32> {
        let Shape { channels_in, channels_out, height, width, .. } = self.shape;
        let (inputs, outputs) =
            (channels_in * height * width, channels_out * self.shape.height_out() * self.shape.width_out());
        assert!(pictures.len().is_multiple_of(inputs), "input of {:?}", self.shape);
        let mut output = vec![0.0; pictures.len() / inputs * outputs];
        output
            .par_chunks_mut(outputs)
            .zip(pictures.par_chunks(inputs))
            .for_each(|(output, picture)| self.apply_to(picture, output));
        output
    }

    /// Convolves planes with a border of one pixel of zeros, `[channels_in, height + 2, width + 2]`.
    ///
    /// # Panics
    /// If the shape does not [take a border](Shape::takes_border) or a slice has not its size.
    pub fn apply_to_bordered(&self, planes: &[f32], output: &mut [f32]) {
        let Shape { channels_in, channels_out, height, width, .. } = self.shape;
        assert!(self.shape.takes_border(), "{:?}", self.shape);
        assert_eq!(planes.len(), channels_in * (height + 2) * (width + 2), "planes of {:?}", self.shape);
        assert_eq!(output.len(), channels_out * height * width, "output of {:?}", self.shape);
        self.packed.run(planes, &Layout::of_padded(self.shape), height, width, output);
    }

    fn apply_to(&self, picture: &[f32], output: &mut [f32]) {
        let Shape { height, width, kernel, .. } = self.shape;
        let (rows, columns) = (self.shape.height_out(), self.shape.width_out());
        match (self.shape.form(), kernel) {
            (Form::OneRow, 1) => {
                let plane = height * width;
                let layout = Layout { plane, row: plane, taps: vec![0] };
                self.packed.run(picture, &layout, 1, plane, output);
            }
            (Form::Rows, _) => {
                let padded = pad(self.shape, picture);
                self.packed.run(&padded, &Layout::of_padded(self.shape), rows, columns, output);
            }
            (form, _) => {
                let fine = Shape { stride: 1, ..self.shape };
                let (stored, length, step) = (stored_row(fine), fine.one_row(), self.shape.stride);
                debug_assert!((form == Form::OneRow) == (step == 1), "{:?}", self.shape);
                let mut sums = vec![0.0; self.shape.channels_out * length];
                self.packed.run(&pad(fine, picture), &Layout::of_padded(fine), 1, length, &mut sums);
                for (output, sums) in output.chunks_exact_mut(rows * columns).zip(sums.chunks_exact(length)) {
                    for (output, sums) in output.chunks_exact_mut(columns).zip(sums.chunks(step * stored)) {
                        for (output, sum) in output.iter_mut().zip(sums.iter().step_by(step)) {
                            *output = *sum;
                        }
                    }
                }
            }
        }
    }
}

impl Packed {
    /// `weight`: `[channels_out, channels_in, taps]`; `bias`: `[channels_out]`.
    pub(super) fn new(
        unit: Unit,
        [channels_out, channels_in, taps]: [usize; 3],
        weight: &[f32],
        bias: Option<&[f32]>,
    ) -> Self {
        let block = unit.rows();
        let mut biases = vec![0.0; channels_out.next_multiple_of(block)];
        if let Some(bias) = bias {
            biases[..channels_out].copy_from_slice(bias);
        }
        Self { unit, channels_in, weights: pack(weight, channels_in * taps, block), biases }
    }

    /// Convolves planes that lie as `layout` says to `rows` x `columns` values a channel.
    pub(super) fn run(
        &self,
        planes: &[f32],
        layout: &Layout,
        rows: usize,
        columns: usize,
        output: &mut [f32],
    ) {
        let (block, channels_in) = (self.unit.rows(), self.channels_in);
        let strip_rows = (STRIP_BYTES / (4 * channels_in * layout.row)).clamp(1, rows);
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
                layout,
                channels_in,
                weights: &self.weights[index * block * channels_in * layout.taps.len()..],
                biases: &self.biases[index * block..][..block],
                first_row: strip * strip_rows,
                columns,
                outputs,
            }));
        }
        // Strips first: neighbouring tasks then share their input.
        tasks.sort_by_key(|task| task.first_row);
        tasks.into_par_iter().for_each(|task| self.unit.run(task));
    }
}

/// Where the input of an output pixel lies.
pub(super) struct Layout {
    /// Values from one input channel to the next.
    pub plane: usize,
    /// Values from the input of one output row to that of the next.
    pub row: usize,
    /// Offset of each kernel element, row-major: one, four or nine.
    pub taps: Vec<usize>,
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
pub(super) fn stored_row(shape: Shape) -> usize {
    (shape.width + 2).next_multiple_of(shape.stride)
}

/// The input with a border of zeros; for stride two, each row as its even columns and then its odd ones, so
/// that neighbouring output pixels read neighbouring values.
pub(super) fn pad(shape: Shape, input: &[f32]) -> Vec<f32> {
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
fn pack(weight: &[f32], per_channel: usize, block: usize) -> Vec<f32> {
    let channels_out = weight.len() / per_channel;
    let mut packed = vec![0.0; channels_out.next_multiple_of(block) * per_channel];
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
    unsafe fn run<L: Lanes, const ROWS: usize, const VECTORS: usize>(self) {
        let layout = self.layout;
        // SAFETY: this function's own requirement.
        unsafe {
            match *layout.taps.as_slice() {
                [tap] => self.run_taps::<L, ROWS, VECTORS, 1>(&[tap]),
                [a, b, c, d] => self.run_taps::<L, ROWS, VECTORS, 4>(&[a, b, c, d]),
                ref taps => self.run_taps::<L, ROWS, VECTORS, 9>(taps.try_into().expect("1, 4 or 9 taps")),
            }
        }
    }
}

impl Task<'_> {
    /// [`Kernel::run`] for a known number of taps, which the compiler unrolls.
    ///
    /// # Safety
    /// The processor has the vector unit of `L`.
    #[inline(always)]
    unsafe fn run_taps<L: Lanes, const ROWS: usize, const VECTORS: usize, const TAPS: usize>(
        mut self,
        taps: &[usize; TAPS],
    ) {
        let Layout { plane, row, .. } = *self.layout;
        let columns = self.columns;
        let rows = self.outputs[0].len() / columns;
        let vectors_per_row = columns.div_ceil(L::COUNT);
        // The last vector of a row ends with the row, over pixels that its neighbour computed too.
        let place = |vector: usize| {
            let (y, x) = (vector / vectors_per_row, vector % vectors_per_row * L::COUNT);
            (y, x.min(columns - L::COUNT))
        };
        let count = rows * vectors_per_row;

        // Every load below stays inside, for the farthest tile:
        let last_row = self.first_row + rows - 1;
        let farthest_tap = taps.iter().copied().max().unwrap_or(0);
        let end = (self.channels_in - 1) * plane + last_row * row + columns + farthest_tap;
        assert!(end <= self.planes.len() && columns >= L::COUNT && self.biases.len() == ROWS);
        assert!(self.weights.len() >= self.channels_in * TAPS * ROWS);

        for first in (0..count).step_by(VECTORS) {
            let places: [(usize, usize); VECTORS] =
                std::array::from_fn(|vector| place((first + vector).min(count - 1)));
            // SAFETY: the processor has the unit of `L` by this function's own requirement; the loads stay
            // inside by the assertions above, the stores because a vector ends within its row.
            unsafe {
                let inputs: [*const f32; VECTORS] =
                    places.map(|(y, x)| self.planes.as_ptr().add((self.first_row + y) * row + x));
                let sums = tile::<L, ROWS, VECTORS, TAPS>(inputs, taps, &self);
                for (output, sums) in self.outputs.iter_mut().zip(&sums) {
                    for (&(y, x), sum) in places.iter().zip(sums) {
                        sum.store(output[y * columns + x..][..L::COUNT].as_mut_ptr());
                    }
                }
            }
        }
    }
}

/// The sums of a tile, from the first value under each of its vectors. A function of its own, so that the
/// compiler sees that nothing but the loop touches the sums and keeps them in registers; pointers advance by
/// themselves, for checked sums of offsets would cost as much as the arithmetic.
///
/// # Safety
/// The processor has the unit of `L`, and all inputs and weights that the task's layout names exist.
#[inline(always)]
unsafe fn tile<L: Lanes, const ROWS: usize, const VECTORS: usize, const TAPS: usize>(
    mut inputs: [*const f32; VECTORS],
    taps: &[usize; TAPS],
    task: &Task<'_>,
) -> [[L; VECTORS]; ROWS] {
    let mut weights = task.weights.as_ptr();
    // SAFETY: the caller vouches for it.
    unsafe {
        let mut sums: [[L; VECTORS]; ROWS] = std::array::from_fn(|row| [L::splat(task.biases[row]); VECTORS]);
        for _ in 0..task.channels_in {
            for &tap in taps {
                let values: [L; VECTORS] = std::array::from_fn(|vector| L::load(inputs[vector].add(tap)));
                for (row, sums) in sums.iter_mut().enumerate() {
                    let weight = L::splat(*weights.add(row));
                    for (sum, value) in sums.iter_mut().zip(values) {
                        *sum = value.mul_add(weight, *sum);
                    }
                }
                weights = weights.add(ROWS);
            }
            // Past the last channel it points beyond the planes, and is not read.
            inputs = inputs.map(|input| input.wrapping_add(task.layout.plane));
        }
        sums
    }
}

#[cfg(test)]
pub(super) mod tests {
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

    pub(in crate::nn::fast_cpu) fn values(count: usize, seed: u32) -> Vec<f32> {
        (0..count as u32)
            .map(|i| ((i ^ seed).wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 23) as f32 - 1.0)
            .collect()
    }

    #[test]
    fn equals_the_definition_on_every_unit_for_every_kernel_stride_and_odd_size() {
        for (kernel, stride) in [(1, 1), (3, 1), (3, 2)] {
            for (channels_in, channels_out, height, width) in [
                (1, 1, 1, 32),
                (3, 5, 7, 33),
                (4, 16, 6, 48),
                (2, 9, 5, 47),
                (7, 8, 40, 64),
                (3, 9, 12, 6),
                (2, 8, 7, 5),
            ] {
                let shape = Shape { channels_in, channels_out, height, width, kernel, stride };
                let input = values(channels_in * height * width, 1);
                let weight = values(channels_out * channels_in * kernel * kernel, 2);
                let bias = values(channels_out, 3);
                let expected = reference(shape, &input, &weight, &bias);
                for unit in Unit::available() {
                    let found = Convolution::on(unit, shape, &weight, Some(&bias)).apply(&input);
                    assert_eq!(found.len(), expected.len());
                    for (found, expected) in found.iter().zip(&expected) {
                        assert!((found - expected).abs() < 1e-5, "{unit:?}, {shape:?}: {found}, {expected}");
                    }
                }
            }
        }
    }
}
