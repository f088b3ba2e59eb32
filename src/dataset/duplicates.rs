//! Near-copies of a scan by a hash of its gradients: scans that must not lie on both sides of a split.

use crate::encoding::resampling::resample;
use crate::scan::GreyImage;

/// Side of the grid whose neighbours are compared; as many bits squared.
const SIDE: u32 = 16;
/// Bits in which two hashes of 256 may differ and still be called the same picture. Strangers differ in
/// about half of them, neighbouring B-scans in some dozens.
pub const MAX_DIFFERENT_BITS: u32 = 10;

/// Which of two neighbours is brighter, over the whole scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DifferenceHash([u64; 4]);

impl DifferenceHash {
    /// The hash of a scan, and of its mirror image.
    pub fn of(image: &GreyImage) -> [Self; 2] {
        let values: Vec<f32> = image.pixels.iter().map(|&grey| f32::from(grey)).collect();
        let small = resample(&values, (image.width, image.height), (SIDE + 1, SIDE));
        let hash = |mirrored: bool| {
            let mut bits = [0_u64; 4];
            for bit in 0..(SIDE * SIDE) as usize {
                let (row, column) = (bit / SIDE as usize, bit % SIDE as usize);
                let at = |column: usize| {
                    let column = if mirrored { SIDE as usize - column } else { column };
                    small[row * (SIDE as usize + 1) + column]
                };
                bits[bit / 64] |= u64::from(at(column) < at(column + 1)) << (bit % 64);
            }
            Self(bits)
        };
        [hash(false), hash(true)]
    }

    /// Bits in which two hashes differ.
    pub fn difference(&self, other: &Self) -> u32 {
        self.0.iter().zip(other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }
}

/// The hashes of a scan with its name.
#[derive(Clone, Debug)]
pub struct Hashed {
    /// Name of the scan.
    pub id: String,
    /// Of the scan, and of its mirror image.
    pub hashes: [DifferenceHash; 2],
}

/// Pairs of near-copies, one of each list, mirror images included.
pub fn across(a: &[Hashed], b: &[Hashed]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for one in a {
        for other in b {
            let near = other.hashes.iter().any(|hash| one.hashes[0].difference(hash) <= MAX_DIFFERENT_BITS);
            if near {
                pairs.push((one.id.clone(), other.id.clone()));
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::noise::Rng;

    fn scan(event: u64, noise: usize, mirrored: bool) -> Hashed {
        let mut rng = Rng::new(1, 0, event);
        let waves: Vec<f64> = (0..12).map(|_| rng.uniform() * 6.0).collect();
        let mut speckle = Rng::new(2, 0, event + 100);
        let pixels: Vec<u8> = (0..120 * 80)
            .map(|pixel| {
                let column = if mirrored { 119 - pixel % 120 } else { pixel % 120 };
                let (x, y) = (column as f64 / 120.0, (pixel / 120) as f64 / 80.0);
                let sum: f64 = waves
                    .chunks_exact(3)
                    .map(|wave| (wave[0] * 4.0 * x + wave[1] * 3.0 * y + wave[2]).sin())
                    .sum();
                (120.0 + 25.0 * sum) as u8 + speckle.below(noise + 1) as u8
            })
            .collect();
        Hashed { id: format!("{event}"), hashes: DifferenceHash::of(&GreyImage::new(120, 80, pixels)) }
    }

    #[test]
    fn copies_are_found_mirrored_too_and_strangers_are_not() {
        let originals: Vec<Hashed> = (0..12).map(|event| scan(event, 0, false)).collect();
        assert_eq!(across(&originals[..6], &originals[6..]), []);
        assert_eq!(across(&originals, &[scan(3, 6, false)]), [("3".to_owned(), "3".to_owned())]);
        assert_eq!(across(&originals, &[scan(5, 0, true)]), [("5".to_owned(), "5".to_owned())]);
    }
}
