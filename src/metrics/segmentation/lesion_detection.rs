//! How many lesions were found, whatever their outline: what a reader asks before asking for overlap.

use super::{FLUID, LabelledPair, class_of};
use crate::anatomy::IRF;
use crate::metrics::lesions::{MIN_LESION_PX, lesion_regions};

/// A lesion counts as found, and a predicted one as right, if at least this share of it is lesion on the other side.
pub const OVERLAP_SHARE: f64 = 0.25;

/// Lesions over any number of images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LesionDetection {
    /// Lesions in the truth, of at least 20 px.
    pub lesions: usize,
    /// Those of them that were found.
    pub found: usize,
    /// Lesions in the prediction, of at least 20 px.
    pub predicted: usize,
    /// Those of them that are lesions.
    pub right: usize,
}

impl LesionDetection {
    /// The lesions of one image. All lesion classes are one; pixels that touch at a corner are connected.
    ///
    /// # Panics
    /// If its planes have different sizes.
    pub fn of(pair: &LabelledPair) -> Self {
        pair.check();
        let fluid = |codes: &[u8]| -> Vec<u8> {
            let is_fluid = |pixel: usize| pair.is_judged(pixel) && class_of(codes[pixel]) == Some(FLUID);
            (0..codes.len()).map(|pixel| if is_fluid(pixel) { IRF } else { 0 }).collect()
        };
        let (truth, predicted) = (fluid(pair.truth), fluid(pair.predicted));
        let (lesions, found) = overlapping(pair.size, &truth, &predicted);
        let (drawn, right) = overlapping(pair.size, &predicted, &truth);
        Self { lesions, found, predicted: drawn, right }
    }

    /// The lesions of both.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        Self {
            lesions: self.lesions + other.lesions,
            found: self.found + other.found,
            predicted: self.predicted + other.predicted,
            right: self.right + other.right,
        }
    }

    /// Share of the lesions that were found; `None` where there is none.
    pub fn recall(&self) -> Option<f64> {
        (self.lesions > 0).then(|| self.found as f64 / self.lesions as f64)
    }

    /// Share of the predicted lesions that are right; `None` where none was predicted.
    pub fn precision(&self) -> Option<f64> {
        (self.predicted > 0).then(|| self.right as f64 / self.predicted as f64)
    }

    /// Harmonic mean of the two: 0 where one side has no lesion, `None` where neither has.
    pub fn f1(&self) -> Option<f64> {
        if self.lesions + self.predicted == 0 {
            return None;
        }
        let (recall, precision) = (self.recall().unwrap_or(0.0), self.precision().unwrap_or(0.0));
        Some(if recall + precision > 0.0 { 2.0 * recall * precision / (recall + precision) } else { 0.0 })
    }
}

/// How many lesions of one side there are, and how many overlap the other side.
fn overlapping(size: [u32; 2], lesions: &[u8], other: &[u8]) -> (usize, usize) {
    let regions = lesion_regions(size, lesions);
    let large = regions.iter().filter(|region| region.pixel_count() >= MIN_LESION_PX);
    large.fold((0, 0), |(count, overlapping), region| {
        let covered: usize = region
            .runs()
            .iter()
            .map(|&(y, x0, x1)| {
                let row = y as usize * size[0] as usize;
                other[row + x0 as usize..row + x1 as usize].iter().filter(|code| **code != 0).count()
            })
            .sum();
        let overlaps = covered as f64 >= OVERLAP_SHARE * region.pixel_count() as f64;
        (count + 1, overlapping + usize::from(overlaps))
    })
}
