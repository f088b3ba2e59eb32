//! Intervals by a bootstrap that draws subjects first, then images of each.
//!
//! Images of one eye are alike, so drawing images alone would make intervals far too narrow. With two subjects the
//! intervals are wide; that is what two subjects can say.

use super::mean;
use crate::encoding::noise::{Rng, stream};
use crate::metrics::quantile::quantile;

/// Resamples that are drawn.
pub const RESAMPLES: usize = 2000;
/// The interval holds this share of them.
const COVERAGE: f64 = 0.95;

/// A figure with its interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Interval {
    /// Of all subjects.
    pub estimate: f64,
    /// The 2.5th and the 97.5th percentile of the resamples.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Resamples for which the figure was defined.
    pub resamples: usize,
}

/// A difference between two segmenters on the same images.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct PairedDifference {
    /// Of the mean of the second less that of the first.
    pub difference: Interval,
    /// Share of the resamples in which the second is better by more than nothing.
    pub share_above_zero: f64,
}

/// A figure of images grouped by subject, with its interval. `statistic` is handed images in any number and order; it
/// may be undefined (`None`) for some. `None` where it is undefined for the images themselves, or there are none.
pub fn cluster_bootstrap<T>(
    subjects: &[Vec<T>],
    seed: u64,
    statistic: impl Fn(&[&T]) -> Option<f64>,
) -> Option<Interval> {
    Some(resampled(subjects, seed, &statistic)?.0)
}

/// Compares two segmenters image by image: `(first, second)` by subject. `None` of no image.
pub fn paired_difference(subjects: &[Vec<(f64, f64)>], seed: u64) -> Option<PairedDifference> {
    let difference = |images: &[&(f64, f64)]| {
        mean(&images.iter().map(|(first, second)| second - first).collect::<Vec<_>>())
    };
    let (difference, drawn) = resampled(subjects, seed, &difference)?;
    let above = drawn.iter().filter(|value| **value > 0.0).count();
    Some(PairedDifference { difference, share_above_zero: above as f64 / drawn.len() as f64 })
}

/// The figure of a second group of subjects less that of a first, with its interval: each group is drawn anew by itself,
/// so every resample has as many subjects of either as there are. `None` where the figure of a group is undefined.
pub fn difference_between_groups<T>(
    first: &[Vec<T>],
    second: &[Vec<T>],
    seed: u64,
    statistic: impl Fn(&[&T]) -> Option<f64>,
) -> Option<Interval> {
    let (first, second) = (with_images(first), with_images(second));
    let difference = |first: &[&T], second: &[&T]| Some(statistic(second)? - statistic(first)?);
    let estimate = difference(&all_images(&first), &all_images(&second))?;
    let drawn: Vec<f64> = (0..RESAMPLES as u64)
        .filter_map(|resample| {
            let mut rng = Rng::new(seed, stream::BOOTSTRAP, resample);
            let of_first = drawn_images(&first, &mut rng);
            difference(&of_first, &drawn_images(&second, &mut rng))
        })
        .collect();
    interval(estimate, &drawn)
}

fn resampled<T>(
    subjects: &[Vec<T>],
    seed: u64,
    statistic: &impl Fn(&[&T]) -> Option<f64>,
) -> Option<(Interval, Vec<f64>)> {
    let subjects = with_images(subjects);
    let estimate = statistic(&all_images(&subjects))?;
    let drawn: Vec<f64> = (0..RESAMPLES as u64)
        .filter_map(|resample| {
            statistic(&drawn_images(&subjects, &mut Rng::new(seed, stream::BOOTSTRAP, resample)))
        })
        .collect();
    Some((interval(estimate, &drawn)?, drawn))
}

fn with_images<T>(subjects: &[Vec<T>]) -> Vec<&[T]> {
    subjects.iter().map(Vec::as_slice).filter(|images| !images.is_empty()).collect()
}

fn all_images<'a, T>(subjects: &[&'a [T]]) -> Vec<&'a T> {
    subjects.iter().copied().flatten().collect()
}

/// As many subjects as there are, drawn with replacement, and of each as many images as it has.
fn drawn_images<'a, T>(subjects: &[&'a [T]], rng: &mut Rng) -> Vec<&'a T> {
    let mut images = Vec::new();
    for _ in 0..subjects.len() {
        let subject: &'a [T] = subjects[rng.below(subjects.len())];
        images.extend((0..subject.len()).map(|_| &subject[rng.below(subject.len())]));
    }
    images
}

fn interval(estimate: f64, drawn: &[f64]) -> Option<Interval> {
    let tail = (1.0 - COVERAGE) / 2.0;
    let (low, high) = (quantile(drawn, tail)?, quantile(drawn, 1.0 - tail)?);
    Some(Interval { estimate, low, high, resamples: drawn.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_of(images: &[&f64]) -> Option<f64> {
        mean(&images.iter().map(|value| **value).collect::<Vec<_>>())
    }

    #[test]
    fn images_of_one_subject_count_as_one() {
        // Two eyes, each alike within itself: whichever is drawn twice decides.
        let subjects = [vec![1.0; 50], vec![3.0; 50]];
        let interval = cluster_bootstrap(&subjects, 7, mean_of).unwrap();
        assert_eq!((interval.estimate, interval.low, interval.high), (2.0, 1.0, 3.0));
        assert_eq!(interval.resamples, RESAMPLES);
        assert_eq!(interval, cluster_bootstrap(&subjects, 7, mean_of).unwrap());
    }

    #[test]
    fn the_interval_of_a_mean_is_that_of_its_standard_error() {
        // Each image its own subject: subjects are drawn 64 times from 64, the usual bootstrap.
        let subjects: Vec<Vec<f64>> = (0..64).map(|i| vec![f64::from(i)]).collect();
        let interval = cluster_bootstrap(&subjects, 3, mean_of).unwrap();
        let standard_error = ((64.0_f64.powi(2) - 1.0) / 12.0 / 64.0).sqrt();
        for (found, expected) in
            [(interval.low, 31.5 - 1.96 * standard_error), (interval.high, 31.5 + 1.96 * standard_error)]
        {
            assert!((found - expected).abs() < 0.1 * standard_error, "{interval:?}, expected {expected}");
        }
    }

    #[test]
    fn a_steady_gain_is_seen_though_images_differ_far_more() {
        let subjects: Vec<Vec<(f64, f64)>> = (0..4)
            .map(|s| (0..5).map(|i| f64::from(s * 5 + i)).map(|level| (level, level + 0.5)).collect())
            .collect();
        let found = paired_difference(&subjects, 1).unwrap();
        assert_eq!((found.difference.estimate, found.difference.low), (0.5, 0.5));
        assert_eq!(found.share_above_zero, 1.0);
        assert_eq!(paired_difference(&[], 1), None);
        assert_eq!(cluster_bootstrap(&[vec![1.0]], 1, |_| None), None);
    }

    #[test]
    fn groups_are_drawn_by_themselves() {
        // One eye against two: the one is in every resample, and whichever of the two is drawn twice decides.
        let (first, second) = ([vec![1.0; 5]], [vec![2.0; 9], vec![4.0; 9]]);
        let found = difference_between_groups(&first, &second, 7, mean_of).unwrap();
        assert_eq!((found.estimate, found.low, found.high), (2.0, 1.0, 3.0));
        assert_eq!(found.resamples, RESAMPLES);
        assert_eq!(difference_between_groups(&first, &[], 7, mean_of), None);
        assert_eq!(difference_between_groups(&[Vec::new()], &second, 7, mean_of), None);
    }
}
