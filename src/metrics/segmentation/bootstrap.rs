//! Intervals by a bootstrap that draws subjects first, then images of each; and where networks were trained with several
//! seeds, seeds before those.
//!
//! Images of one eye are alike, so drawing images alone would make intervals far too narrow. With two subjects the
//! intervals are wide; that is what two subjects can say. A network that is trained anew differs as well, so an interval
//! for one seed's mean over eyes says nothing of the next training.

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

/// What two sets of trainings come to on an image, seed by seed, as many on every image: `None` where it is undefined.
pub type SeedsOfImage = [Vec<Option<f64>>; 2];

/// A figure of images grouped by subject, with its interval. `statistic` is handed images in any number and order; it
/// may be undefined (`None`) for some. `None` where it is undefined for the images themselves, or there are none.
pub fn cluster_bootstrap<T>(
    subjects: &[Vec<T>],
    seed: u64,
    statistic: impl Fn(&[&T]) -> Option<f64>,
) -> Option<Interval> {
    Some(resampled(subjects, seed, (), |_| (), &|_, images| statistic(images))?.0)
}

/// As [`cluster_bootstrap`] for trainings of `seeds` seeds: each resample first draws as many of them, with replacement.
/// `statistic` is handed their numbers, too.
pub fn seeded_bootstrap<T>(
    seeds: usize,
    subjects: &[Vec<T>],
    seed: u64,
    statistic: impl Fn(&[usize], &[&T]) -> Option<f64>,
) -> Option<Interval> {
    let every: Vec<usize> = (0..seeds).collect();
    let draw = |rng: &mut Rng| drawn_seeds(seeds, rng);
    Some(resampled(subjects, seed, every, draw, &|seeds, images| statistic(seeds, images))?.0)
}

/// Compares two sets of trainings image by image, the mean over the second's seeds less that over the first's: each resample
/// draws the seeds of either by themselves, then subjects, then images. An image that is undefined in all seeds of one is
/// left out. `None` of no image.
pub fn seeded_difference(subjects: &[Vec<SeedsOfImage>], seed: u64) -> Option<PairedDifference> {
    let has_both = |image: &&SeedsOfImage| image.iter().all(|seeds| seeds.iter().any(Option::is_some));
    let subjects: Vec<Vec<&SeedsOfImage>> =
        subjects.iter().map(|images| images.iter().filter(has_both).collect()).collect();
    let counts = subjects.iter().flatten().next()?.each_ref().map(Vec::len);
    let difference = |seeds: &[Vec<usize>; 2], images: &[&&SeedsOfImage]| {
        let of_image = |image: &&&SeedsOfImage| {
            let side = |side: usize| {
                let values: Vec<f64> = seeds[side].iter().filter_map(|&at| image[side][at]).collect();
                mean(&values)
            };
            Some(side(1)? - side(0)?)
        };
        mean(&images.iter().filter_map(of_image).collect::<Vec<_>>())
    };
    let every: [Vec<usize>; 2] = counts.map(|count| (0..count).collect());
    let draw = |rng: &mut Rng| counts.map(|count| drawn_seeds(count, rng));
    let (difference, drawn) = resampled(&subjects, seed, every, draw, &difference)?;
    Some(PairedDifference { difference, share_above_zero: share_above_zero(&drawn) })
}

/// Compares two segmenters image by image: `(first, second)` by subject. `None` of no image.
pub fn paired_difference(subjects: &[Vec<(f64, f64)>], seed: u64) -> Option<PairedDifference> {
    let difference = |images: &[&(f64, f64)]| {
        mean(&images.iter().map(|(first, second)| second - first).collect::<Vec<_>>())
    };
    let (difference, drawn) = resampled(subjects, seed, (), |_| (), &|_, images| difference(images))?;
    Some(PairedDifference { difference, share_above_zero: share_above_zero(&drawn) })
}

fn share_above_zero(drawn: &[f64]) -> f64 {
    drawn.iter().filter(|value| **value > 0.0).count() as f64 / drawn.len() as f64
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

/// `every` is what `draw` draws from before the images, such as all seeds.
fn resampled<T, S>(
    subjects: &[Vec<T>],
    seed: u64,
    every: S,
    draw: impl Fn(&mut Rng) -> S,
    statistic: &impl Fn(&S, &[&T]) -> Option<f64>,
) -> Option<(Interval, Vec<f64>)> {
    let subjects = with_images(subjects);
    let estimate = statistic(&every, &all_images(&subjects))?;
    let drawn: Vec<f64> = (0..RESAMPLES as u64)
        .filter_map(|resample| {
            let mut rng = Rng::new(seed, stream::BOOTSTRAP, resample);
            let before = draw(&mut rng);
            statistic(&before, &drawn_images(&subjects, &mut rng))
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

fn drawn_seeds(count: usize, rng: &mut Rng) -> Vec<usize> {
    (0..count).map(|_| rng.below(count)).collect()
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
    fn a_gain_that_a_training_has_by_chance_is_not_shown() {
        // Every image gains in the mean over seeds, and loses in one of three.
        let image = || [vec![Some(1.0); 3], vec![Some(1.6), Some(1.5), Some(0.7)]];
        let subjects: Vec<Vec<SeedsOfImage>> = (0..9).map(|_| vec![image(), image()]).collect();
        let found = seeded_difference(&subjects, 1).unwrap();
        assert!((found.difference.estimate - 0.8 / 3.0).abs() < 1e-12, "{found:?}");
        assert!(found.difference.low < 0.0 && found.difference.high > 0.55, "{found:?}");
        let mean_of_seeds = |seeds: &[usize], _: &[&SeedsOfImage]| {
            mean(&seeds.iter().map(|&seed| [1.6, 1.5, 0.7][seed]).collect::<Vec<_>>())
        };
        let own = seeded_bootstrap(3, &subjects, 1, mean_of_seeds).unwrap();
        assert!((own.estimate - 3.8 / 3.0).abs() < 1e-12 && own.low < 1.0 && own.high > 1.55, "{own:?}");
        // An image that one side never has is none, and one that it has in some seeds counts in those.
        let some = [vec![None, Some(2.0)], vec![Some(2.5)]];
        let found = seeded_difference(&[vec![some, [vec![None; 2], vec![Some(9.0)]]]], 1).unwrap();
        assert_eq!((found.difference.estimate, found.share_above_zero), (0.5, 1.0));
        assert!(found.difference.resamples < RESAMPLES, "{found:?}");
        assert_eq!(seeded_difference(&[], 1), None);
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
