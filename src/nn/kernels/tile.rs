//! How a convolution is cut into tiles: plain arithmetic, so that what fits into a workgroup's memory, and what a tile
//! is worth, can be read and tested without a device.

/// Output pixels of a tile, across.
pub const TILE_WIDTH: usize = 16;
/// Output pixels of a tile, down.
pub const TILE_HEIGHT: usize = 8;
/// Output channels of a tile.
pub const TILE_CHANNELS: usize = 32;
/// Pixels in a row whose sums one unit keeps.
pub const UNIT_PIXELS: usize = 4;
/// Channels whose sums one unit keeps.
pub const UNIT_CHANNELS: usize = 4;
/// Units of a workgroup: one for each 4 x 4 of a tile's sums, as many as WebGPU promises.
pub const UNITS: usize = TILE_WIDTH * TILE_HEIGHT * TILE_CHANNELS / (UNIT_PIXELS * UNIT_CHANNELS);
/// Memory of a workgroup that WebGPU promises.
pub const WORKGROUP_BYTES: usize = 16_384;

/// A tile of a convolution with a square kernel, padded by half of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tile {
    /// Side of the kernel, in pixels.
    pub kernel: usize,
    /// Input pixels from one output pixel to the next, across and down.
    pub stride: usize,
    /// Input channels that are in the workgroup's memory at once.
    pub chunk: usize,
}

impl Tile {
    /// For a kernel and a stride; `None` where ours does not know them.
    pub fn of(kernel: usize, stride: usize) -> Option<Self> {
        let chunk = match (kernel, stride) {
            (1, 1) => 16,
            (3, 1) => 8,
            (3, 2) => 4,
            _ => return None,
        };
        Some(Self { kernel, stride, chunk })
    }

    /// Input pixels that a tile reads, across and down.
    pub fn halo(self) -> [usize; 2] {
        [TILE_WIDTH, TILE_HEIGHT].map(|side| (side - 1) * self.stride + self.kernel)
    }

    /// Numbers from one row of a tile to the next in the workgroup's memory: odd, so that the eight rows of units that
    /// read at once meet in a bank at most by twos.
    pub fn pitch(self) -> usize {
        self.halo()[0] | 1
    }

    /// Numbers from one channel to the next in the workgroup's memory.
    pub fn plane(self) -> usize {
        self.pitch() * self.halo()[1]
    }

    /// Elements of the kernel.
    pub fn taps(self) -> usize {
        self.kernel * self.kernel
    }

    /// Pixels of a row that one unit reads.
    pub fn reach(self) -> usize {
        (UNIT_PIXELS - 1) * self.stride + self.kernel
    }

    /// Numbers of a chunk that are read from the device's memory: pixels and weights.
    pub fn numbers_read(self) -> [usize; 2] {
        let [width, height] = self.halo();
        [self.chunk * width * height, self.chunk * self.taps() * TILE_CHANNELS]
    }

    /// Numbers in the workgroup's memory: pixels and weights of a chunk.
    pub fn shared_numbers(self) -> [usize; 2] {
        [self.chunk * self.plane(), self.chunk * self.taps() * TILE_CHANNELS]
    }

    /// Multiply-adds of a chunk for each number that it reads from the device's memory.
    pub fn products_per_number_read(self) -> f64 {
        let products = TILE_WIDTH * TILE_HEIGHT * TILE_CHANNELS * self.chunk * self.taps();
        products as f64 / self.numbers_read().iter().sum::<usize>() as f64
    }

    /// Multiply-adds of a unit for each number that it reads from the workgroup's memory: a row of pixels serves all
    /// taps of the kernel's row, a weight all pixels.
    pub fn products_per_shared_read(self) -> f64 {
        let products = UNIT_PIXELS * UNIT_CHANNELS * self.kernel;
        products as f64 / (self.reach() + UNIT_CHANNELS * self.kernel) as f64
    }
}

/// Rows or columns of the output for those of the input.
pub fn side_out(side: usize, kernel: usize, stride: usize) -> usize {
    (side + 2 * (kernel / 2) - kernel) / stride + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tile_fits_into_what_every_device_has() {
        assert_eq!(UNITS, 256);
        for (kernel, stride) in [(1, 1), (3, 1), (3, 2)] {
            let tile = Tile::of(kernel, stride).unwrap();
            let bytes = 4 * tile.shared_numbers().iter().sum::<usize>();
            assert!(bytes <= WORKGROUP_BYTES, "{tile:?} takes {bytes} bytes");
        }
        assert_eq!(Tile::of(5, 1), None);
        assert_eq!(Tile::of(1, 2), None);
    }

    /// The figures of docs/gpu.md.
    #[test]
    fn a_tile_computes_much_for_what_it_reads() {
        let of = |kernel, stride| Tile::of(kernel, stride).unwrap().products_per_number_read();
        assert!((of(3, 1) - 78.8).abs() < 0.05, "{}", of(3, 1));
        assert!((of(3, 2) - 43.4).abs() < 0.05, "{}", of(3, 2));
        assert!((of(1, 1) - 25.6).abs() < 0.05, "{}", of(1, 1));
        let shared = |kernel, stride| Tile::of(kernel, stride).unwrap().products_per_shared_read();
        assert!((shared(3, 1) - 2.67).abs() < 0.005, "{}", shared(3, 1));
        assert!((shared(3, 2) - 2.29).abs() < 0.005, "{}", shared(3, 2));
        assert_eq!(shared(1, 1), 2.0);
    }

    /// Lanes of a wave of 32: all of them compute the same channels, four groups of pixels in each of eight rows.
    #[test]
    fn units_that_read_at_once_meet_in_a_bank_by_twos_at_most() {
        for (kernel, stride) in [(1, 1), (3, 1), (3, 2)] {
            let tile = Tile::of(kernel, stride).unwrap();
            let groups = TILE_WIDTH / UNIT_PIXELS;
            let mut banks = [0; 32];
            for lane in 0..32 {
                let (row, column) = (lane / groups, lane % groups * UNIT_PIXELS);
                banks[(row * stride * tile.pitch() + column * stride) % 32] += 1;
            }
            assert_eq!(banks.iter().max(), Some(&2), "{tile:?}");
        }
    }

    #[test]
    fn sides_of_the_output_are_those_of_a_padded_convolution() {
        assert_eq!([side_out(37, 3, 1), side_out(37, 1, 1)], [37, 37]);
        assert_eq!([side_out(36, 3, 2), side_out(37, 3, 2)], [18, 19]);
    }
}
