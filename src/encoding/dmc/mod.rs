//! DMC: from a mask as a diffusion model draws it (smooth values) to labels (codes).
//!
//! The paper clusters the values of one mask with K-means, K being the number of classes, and gives the
//! clusters their labels in ascending order ([`DmcMode::PaperSorted`]). That fails whenever a class is
//! absent: the K clusters are then spent on the classes that are there, and every label above the absent
//! one is wrong. The other modes differ in how little they trust the clusters (algorithms 1.4); the default
//! does not cluster at all.
//!
//! Values are intensities: class `k` of `C` stands at `k / (C - 1)`. What lies outside `0..=1` counts as
//! the nearer end; a value that is no number counts nowhere and becomes class 0. Ties go to the lower
//! class.

pub mod kmeans;
pub mod repair;

use serde::{Deserialize, Serialize};

pub use kmeans::{BINS, Histogram, centroids};
pub use repair::{Repair, RepairReport, repair};

/// How intensities become labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum DmcMode {
    /// The paper to the letter: K-means on this mask, clusters in ascending order are the labels
    PaperSorted,
    /// K-means on this mask, every cluster is the class whose intensity is nearest; clusters may merge
    Snap,
    /// K-means once on all sampled masks together, then as in snap
    Pooled,
    /// The class whose intensity is nearest
    #[default]
    Quantise,
    /// The strongest of one plane per class
    Onehot,
}

impl DmcMode {
    /// All modes, the paper's first.
    pub const ALL: [DmcMode; 5] =
        [DmcMode::PaperSorted, DmcMode::Snap, DmcMode::Pooled, DmcMode::Quantise, DmcMode::Onehot];

    /// As in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            DmcMode::PaperSorted => "paper_sorted",
            DmcMode::Snap => "snap",
            DmcMode::Pooled => "pooled",
            DmcMode::Quantise => "quantise",
            DmcMode::Onehot => "onehot",
        }
    }
}

/// Intervals of intensity and the class each stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Codebook {
    /// Ascending intensities between the intervals, one less than `classes`.
    borders: Vec<f64>,
    /// The class of each interval.
    classes: Vec<u8>,
}

impl Codebook {
    /// Every intensity is the nearest of `classes` classes.
    ///
    /// # Panics
    /// If there are fewer than 2 or more than 255 classes.
    pub fn quantising(classes: usize) -> Self {
        let levels: Vec<f64> = (0..classes).map(|class| level(class, classes)).collect();
        Self { borders: middles(&levels), classes: (0..classes as u8).collect() }
    }

    /// Clusters in ascending order are the classes 0, 1, 2 ...: the paper's rule.
    ///
    /// # Panics
    /// If there are fewer than 2 or more than 255 classes.
    pub fn sorted(histogram: &Histogram, classes: usize) -> Self {
        assert!((2..=255).contains(&classes), "{classes} classes");
        let centroids = centroids(histogram, classes);
        let names = (0..centroids.len().max(1) as u8).collect();
        Self { borders: middles(&centroids), classes: names }
    }

    /// Clusters are the classes whose intensity is nearest to their centre.
    ///
    /// # Panics
    /// If there are fewer than 2 or more than 255 classes.
    pub fn snapped(histogram: &Histogram, classes: usize) -> Self {
        let nearest = Self::quantising(classes);
        let centroids = centroids(histogram, classes);
        let mut names: Vec<u8> = centroids.iter().map(|&centre| nearest.class_of(centre)).collect();
        names.resize(centroids.len().max(1), 0);
        Self { borders: middles(&centroids), classes: names }
    }

    /// The codebook of a mode for one mask; `pooled` is the histogram of all masks.
    ///
    /// # Panics
    /// For [`DmcMode::Onehot`], which has no intensities; see [`strongest_plane`].
    pub fn of_mode(mode: DmcMode, own: &[f32], pooled: &Histogram, classes: usize) -> Self {
        match mode {
            DmcMode::PaperSorted => Self::sorted(&Histogram::of(own), classes),
            DmcMode::Snap => Self::snapped(&Histogram::of(own), classes),
            DmcMode::Pooled => Self::snapped(pooled, classes),
            DmcMode::Quantise => Self::quantising(classes),
            DmcMode::Onehot => panic!("one plane per class has no intensities"),
        }
    }

    /// The class of an intensity.
    fn class_of(&self, value: f64) -> u8 {
        self.classes[self.borders.partition_point(|&border| border < value)]
    }

    /// The classes of intensities.
    pub fn decode(&self, values: &[f32]) -> Vec<u8> {
        values
            .iter()
            .map(|&value| if value.is_nan() { 0 } else { self.class_of(f64::from(value.clamp(0.0, 1.0))) })
            .collect()
    }
}

/// The intensity of a class.
///
/// # Panics
/// If there are fewer than 2 or more than 255 classes, or the class is none of them.
pub fn level(class: usize, classes: usize) -> f64 {
    assert!((2..=255).contains(&classes) && class < classes, "class {class} of {classes}");
    class as f64 / (classes - 1) as f64
}

/// For every pixel the plane with the largest value; `planes` is `[class][pixel]`. A pixel where no plane
/// holds a number is class 0.
///
/// # Panics
/// If the planes are not whole or more than 255.
pub fn strongest_plane(planes: &[f32], pixels: usize) -> Vec<u8> {
    assert!(pixels > 0 && planes.len().is_multiple_of(pixels), "planes of {pixels} pixels");
    assert!(planes.len() / pixels <= 255, "{} planes", planes.len() / pixels);
    let mut best = vec![f32::NEG_INFINITY; pixels];
    let mut classes = vec![0; pixels];
    for (class, plane) in planes.chunks_exact(pixels).enumerate() {
        for ((value, best), found) in plane.iter().zip(&mut best).zip(&mut classes) {
            if value > best {
                (*best, *found) = (*value, class as u8);
            }
        }
    }
    classes
}

fn middles(ascending: &[f64]) -> Vec<f64> {
    ascending.windows(2).map(|pair| 0.5 * (pair[0] + pair[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five classes at 0, .25, .5, .75, 1, so many values of each.
    fn values(counts: [usize; 5]) -> Vec<f32> {
        let run = |(class, &count): (usize, &usize)| vec![level(class, 5) as f32; count];
        counts.iter().enumerate().flat_map(run).collect()
    }

    fn decode(mode: DmcMode, values: &[f32]) -> Vec<u8> {
        Codebook::of_mode(mode, values, &Histogram::of(values), 5).decode(values)
    }

    fn truth(counts: [usize; 5]) -> Vec<u8> {
        counts.iter().enumerate().flat_map(|(class, &count)| vec![class as u8; count]).collect()
    }

    #[test]
    fn all_modes_agree_where_every_class_is_there() {
        let counts = [50, 4, 9, 3, 7];
        for mode in [DmcMode::PaperSorted, DmcMode::Snap, DmcMode::Pooled, DmcMode::Quantise] {
            assert_eq!(decode(mode, &values(counts)), truth(counts), "{mode:?}");
        }
    }

    #[test]
    fn an_absent_class_ruins_the_papers_rule_alone() {
        let counts = [50, 0, 9, 3, 7];
        let literal = decode(DmcMode::PaperSorted, &values(counts));
        assert_eq!(literal, truth([50, 9, 3, 7, 0]), "every class above the absent one slides down");
        for mode in [DmcMode::Snap, DmcMode::Pooled, DmcMode::Quantise] {
            assert_eq!(decode(mode, &values(counts)), truth(counts), "{mode:?}");
        }
    }

    #[test]
    fn a_constant_mask_is_one_class() {
        let flat = vec![0.5; 40];
        assert_eq!(decode(DmcMode::PaperSorted, &flat), vec![0; 40], "the literal rule calls it the lowest");
        for mode in [DmcMode::Snap, DmcMode::Pooled, DmcMode::Quantise] {
            assert_eq!(decode(mode, &flat), vec![2; 40], "{mode:?}");
        }
        assert_eq!(decode(DmcMode::Snap, &[]), Vec::<u8>::new());
    }

    #[test]
    fn ties_go_to_the_lower_class_and_no_number_is_class_zero() {
        for mode in [DmcMode::PaperSorted, DmcMode::Snap, DmcMode::Pooled, DmcMode::Quantise] {
            let found = decode(mode, &[f32::NAN, 1.0, f32::INFINITY, f32::NEG_INFINITY]);
            assert_eq!((found[0], found[3]), (0, 0), "{mode:?}");
            assert_eq!(found[1], found[2], "{mode:?}");
        }
        assert_eq!(Codebook::quantising(5).decode(&[0.125, 0.126, 0.875, -3.0]), [0, 1, 3, 0]);
        assert_eq!(decode(DmcMode::Snap, &[f32::NAN; 3]), [0; 3]);
        assert_eq!(strongest_plane(&[0.5, f32::NAN, 0.5, f32::NAN, 0.7, 0.1], 2), [2, 2]);
        assert_eq!(strongest_plane(&[0.5, f32::NAN, 0.5, f32::NAN], 2), [0, 0]);
    }
}
