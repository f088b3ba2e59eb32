//! Whether pictures are new or remembered: how near each lies to the nearest training scan.
//!
//! The measure is relative. Scans that nobody trained on lie at some distance from their nearest training
//! scan; pictures that lie much nearer than those were not invented but recalled. Distances are taken
//! between small, normalised copies, in which anatomy counts and speckle does not, the mirror image
//! included, because training mirrors its scans.

use rayon::prelude::*;

use crate::scan::GreyImage;

/// Side of the small copies.
const SIDE: usize = 32;

/// A small copy of a scan with mean 0 and deviation 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Fingerprint(Vec<f32>);

impl Fingerprint {
    /// Of a scan or picture of any size.
    pub fn of(image: &GreyImage) -> Self {
        let (width, height) = (image.width as usize, image.height as usize);
        let mut small = vec![0.0_f32; SIDE * SIDE];
        for (row, line) in small.chunks_exact_mut(SIDE).enumerate() {
            let (top, bottom) = span(row, height);
            for (column, pixel) in line.iter_mut().enumerate() {
                let (left, right) = span(column, width);
                let sum: u32 = (top..bottom)
                    .map(|y| {
                        image.pixels[y * width + left..y * width + right]
                            .iter()
                            .map(|&grey| u32::from(grey))
                            .sum::<u32>()
                    })
                    .sum();
                *pixel = sum as f32 / ((bottom - top) * (right - left)) as f32;
            }
        }
        let mean = small.iter().sum::<f32>() / small.len() as f32;
        let variance = small.iter().map(|pixel| (pixel - mean).powi(2)).sum::<f32>() / small.len() as f32;
        let scale = 1.0 / variance.sqrt().max(1e-3);
        small.iter_mut().for_each(|pixel| *pixel = (*pixel - mean) * scale);
        Self(small)
    }

    /// Mean squared difference, of the mirror image if that is smaller: 0 for copies, about 2 for strangers.
    pub fn distance(&self, other: &Self) -> f64 {
        let squared = |mirrored: bool| {
            let sum: f32 = self
                .0
                .chunks_exact(SIDE)
                .zip(other.0.chunks_exact(SIDE))
                .flat_map(|(a, b)| (0..SIDE).map(move |x| a[x] - b[if mirrored { SIDE - 1 - x } else { x }]))
                .map(|difference| difference * difference)
                .sum();
            f64::from(sum) / (SIDE * SIDE) as f64
        };
        squared(false).min(squared(true))
    }

    /// Distance to the nearest of a set; `None` if the set is empty.
    pub fn nearest(&self, set: &[Self]) -> Option<f64> {
        set.par_iter().map(|other| self.distance(other)).min_by(f64::total_cmp)
    }
}

/// The pixels of the image, never none, that make a pixel of the small copy.
fn span(pixel: usize, side: usize) -> (usize, usize) {
    let start = (pixel * side / SIDE).min(side - 1);
    (start, ((pixel + 1) * side / SIDE).max(start + 1))
}

/// The median distance of `pictures` to their nearest of `training`; `None` where either is empty.
pub fn nearest_training_distance(pictures: &[Fingerprint], training: &[Fingerprint]) -> Option<f64> {
    let mut distances: Vec<f64> = pictures.iter().filter_map(|picture| picture.nearest(training)).collect();
    distances.sort_unstable_by(f64::total_cmp);
    distances.get(distances.len() / 2).copied()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::encoding::noise::Rng;

    /// Bands whose places depend on `number`, with speckle of their own.
    pub(crate) fn scan(number: u64, speckle: u64) -> GreyImage {
        let (width, height) = (96_u32, 80_u32);
        let mut places = Rng::new(number, 0, 0);
        let (top, slope) = (10 + places.below(30) as i64, places.below(40) as i64 - 20);
        let mut noise = Rng::new(speckle, 1, 0);
        let pixels = (0..width * height).map(|at| {
            let (x, y) = (i64::from(at % width), i64::from(at / width));
            let inside = (0..18).contains(&(y - top - slope * x / i64::from(width)));
            (if inside { 150 } else { 30 }) + noise.below(40) as u8
        });
        GreyImage::new(width, height, pixels.collect::<Vec<u8>>())
    }

    #[test]
    fn a_recalled_scan_is_near_and_a_new_one_is_not() {
        let prints = |numbers: std::ops::Range<u64>, speckle: u64| -> Vec<Fingerprint> {
            numbers.map(|number| Fingerprint::of(&scan(number, number + speckle))).collect()
        };
        let training = prints(0..12, 0);
        let held_out = nearest_training_distance(&prints(100..112, 0), &training).unwrap();
        let recalled = nearest_training_distance(&prints(0..12, 50), &training).unwrap();
        let fresh = nearest_training_distance(&prints(200..212, 0), &training).unwrap();
        assert!(recalled < 0.3 * held_out, "{recalled} {held_out}");
        assert!(fresh > 0.5 * held_out, "{fresh} {held_out}");
        assert_eq!(nearest_training_distance(&training, &training), Some(0.0));
        assert_eq!(nearest_training_distance(&training, &[]), None);
    }

    /// Values of tests/reference/compared_losses.py, sides that are no multiples of the copy's and shorter ones among them.
    #[test]
    fn distances_are_those_of_an_independent_reference() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/reference/compared_losses.json")).unwrap();
        let print = |number: u32, width: u32, height: u32, is_mirrored: bool| {
            let pixels = (0..width * height).map(|at| {
                let (x, y) = (if is_mirrored { width - 1 - at % width } else { at % width }, at / width);
                (((3 + number) * x * x + 7 * y + number * x * y) % 251) as u8
            });
            Fingerprint::of(&GreyImage::new(width, height, pixels.collect::<Vec<u8>>()))
        };
        let first = print(1, 70, 50, false);
        let others = [print(2, 40, 90, false), print(5, 24, 20, false), print(1, 70, 50, true)];
        let expected: [f64; 3] = serde_json::from_value(golden["copies"].clone()).unwrap();
        for (other, expected) in others.iter().zip(expected) {
            let found = first.distance(other);
            assert!((found - expected).abs() < 1e-5, "{found}, not {expected}");
        }
        let nearest = expected.into_iter().fold(f64::INFINITY, f64::min);
        assert!((first.nearest(&others).unwrap() - nearest).abs() < 1e-5);
    }

    #[test]
    fn the_mirror_image_counts_as_the_scan() {
        let image = scan(3, 3);
        let mirrored: Vec<u8> =
            image.pixels.chunks(image.width as usize).flat_map(|row| row.iter().rev().copied()).collect();
        let mirrored = GreyImage::new(image.width, image.height, mirrored);
        assert!(Fingerprint::of(&image).distance(&Fingerprint::of(&mirrored)) < 1e-9);
        let brighter: Vec<u8> = image.pixels.iter().map(|grey| grey + 20).collect();
        let brighter = GreyImage::new(image.width, image.height, brighter);
        assert!(Fingerprint::of(&image).distance(&Fingerprint::of(&brighter)) < 1e-6);
    }
}
