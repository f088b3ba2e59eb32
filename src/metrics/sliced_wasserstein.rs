//! How far apart two sets of pictures are as textures: the sliced Wasserstein distance of their patches.
//!
//! Small square patches are points of a space with one axis a pixel. Projected onto a direction, two sets of
//! points are two sorted lists, whose mean distance is the Wasserstein distance of one dimension; its mean
//! over many random directions is the sliced distance (Rabin et al. 2012; on patches of pictures Karras et
//! al. 2018). Blur, white speckle and wrong contrast all move it, and it needs no network.

use crate::encoding::noise::{Rng, fill_gaussian};
use crate::scan::{GreyImage, Rect};

/// Random numbers of this file have streams of their own.
const DIRECTION_STREAM: u32 = 7 << 16;
const PLACE_STREAM: u32 = 8 << 16;

/// Patches of one side length, in grey levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Patches {
    side: usize,
    /// `side * side` values a patch, row-major.
    values: Vec<f32>,
}

impl Patches {
    /// No patches yet.
    pub fn new(side: usize) -> Self {
        assert!(side > 0, "patches have pixels");
        Self { side, values: Vec::new() }
    }

    /// Adds the patches of an image whose upper left corners (x, y) are given.
    ///
    /// # Panics
    /// If a patch leaves the image.
    pub fn add(&mut self, image: &GreyImage, corners: &[[u32; 2]]) {
        let side = self.side as u32;
        for &[x, y] in corners {
            assert!(x + side <= image.width && y + side <= image.height, "a patch inside the image");
            for row in y..y + side {
                let start = row as usize * image.width as usize + x as usize;
                self.values
                    .extend(image.pixels[start..start + self.side].iter().map(|&grey| f32::from(grey)));
            }
        }
    }

    /// Number of patches.
    pub fn count(&self) -> usize {
        self.values.len() / (self.side * self.side)
    }

    /// `count` of the patches, spread evenly over all.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn spread(&self, count: usize) -> Self {
        let all = self.count();
        assert!(count <= all, "{count} of {all} patches");
        let size = self.side * self.side;
        let values = (0..count)
            .flat_map(|index| &self.values[index * all / count * size..][..size])
            .copied()
            .collect();
        Self { side: self.side, values }
    }

    /// Every patch's length along `direction`, ascending.
    fn projected(&self, direction: &[f32]) -> Vec<f64> {
        let mut lengths: Vec<f64> = self
            .values
            .chunks_exact(direction.len())
            .map(|patch| patch.iter().zip(direction).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum())
            .collect();
        lengths.sort_unstable_by(f64::total_cmp);
        lengths
    }
}

/// `count` directions of unit length in a space of `dimension` axes, one after the other; always the same.
pub fn directions(dimension: usize, count: usize) -> Vec<f32> {
    let mut values = vec![0.0; dimension * count];
    fill_gaussian(0, DIRECTION_STREAM, Rect::new(0, 0, dimension as u32, count as u32), &mut values);
    for direction in values.chunks_exact_mut(dimension) {
        let length = direction.iter().map(|value| value * value).sum::<f32>().sqrt();
        direction.iter_mut().for_each(|value| *value /= length);
    }
    values
}

/// Up to `count` random corners of patches that lie wholly where `valid`; `number` is the picture's, so
/// that every picture has places of its own and two sets of the same pictures have the same.
pub fn corners(valid: &[bool], width: u32, side: u32, count: usize, number: u64) -> Vec<[u32; 2]> {
    let height = (valid.len() / width.max(1) as usize) as u32;
    if width < side || height < side {
        return Vec::new();
    }
    let mut rng = Rng::new(0, PLACE_STREAM, number);
    let is_valid = |[x, y]: &[u32; 2]| {
        (*y..y + side).all(|row| {
            let start = (row * width + x) as usize;
            valid[start..start + side as usize].iter().all(|&valid| valid)
        })
    };
    // Twenty draws a patch find a place wherever a twentieth of the picture has one.
    (0..20 * count)
        .map(|_| {
            let x = rng.below((width - side + 1) as usize) as u32;
            [x, rng.below((height - side + 1) as usize) as u32]
        })
        .filter(is_valid)
        .take(count)
        .collect()
}

/// The sliced Wasserstein-1 distance of two sets of equally many patches, in grey levels, over directions
/// as [`directions`] gives them; `None` for empty sets.
///
/// # Panics
/// If the sets differ in number or in the side of their patches, or the directions do not fit them.
pub fn sliced_wasserstein(a: &Patches, b: &Patches, directions: &[f32]) -> Option<f64> {
    assert_eq!((a.side, a.count()), (b.side, b.count()), "sets of equally many patches of one size");
    let dimension = a.side * a.side;
    assert!(!directions.is_empty() && directions.len().is_multiple_of(dimension), "directions of patches");
    if a.count() == 0 {
        return None;
    }
    let count = directions.len() / dimension;
    let sum: f64 = directions
        .chunks_exact(dimension)
        .map(|direction| {
            let (a, b) = (a.projected(direction), b.projected(direction));
            a.iter().zip(&b).map(|(a, b)| (a - b).abs()).sum::<f64>() / a.len() as f64
        })
        .sum();
    Some(sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(grey: impl FnMut(u32) -> u8) -> GreyImage {
        GreyImage::new(40, 30, (0..1200).map(grey).collect::<Vec<u8>>())
    }

    fn distance(a: &GreyImage, b: &GreyImage) -> f64 {
        let corners = corners(&[true; 1200], 40, 5, 300, 0);
        let mut sets = [Patches::new(5), Patches::new(5)];
        sets[0].add(a, &corners);
        sets[1].add(b, &corners);
        sliced_wasserstein(&sets[0], &sets[1], &directions(25, 64)).unwrap()
    }

    #[test]
    fn it_is_zero_for_the_same_and_grows_with_blur_and_noise() {
        let mut rng = Rng::new(3, 0, 0);
        let speckle = picture(|_| 100 + rng.below(40) as u8);
        assert_eq!(distance(&speckle, &speckle), 0.0);
        let flat = picture(|_| 120);
        let mut rng = Rng::new(4, 0, 0);
        let other_speckle = picture(|_| 100 + rng.below(40) as u8);
        assert!(distance(&speckle, &other_speckle) < 0.25 * distance(&speckle, &flat));
    }

    #[test]
    fn some_patches_stand_for_all() {
        let image = picture(|pixel| (pixel % 250) as u8);
        let mut patches = Patches::new(5);
        patches.add(&image, &corners(&[true; 1200], 40, 5, 10, 0));
        assert_eq!(patches.spread(10), patches);
        let some = patches.spread(5);
        assert_eq!((some.count(), &some.values[..25]), (5, &patches.values[..25]));
        assert_eq!(some.values[25..50], patches.values[50..75]);
        assert_eq!(patches.spread(0).count(), 0);
    }

    #[test]
    fn directions_have_unit_length_and_patches_stay_where_it_counts() {
        for direction in directions(49, 8).chunks_exact(49) {
            assert!((direction.iter().map(|value| value * value).sum::<f32>() - 1.0).abs() < 1e-5);
        }
        let valid: Vec<bool> = (0..1200).map(|at| at % 40 >= 20).collect();
        let places = corners(&valid, 40, 5, 50, 1);
        assert_eq!(places.len(), 50);
        assert!(places.iter().all(|[x, y]| (20..=35).contains(x) && *y <= 25));
        assert!(corners(&[false; 1200], 40, 5, 50, 1).is_empty());
    }
}
