//! How near pictures and scans of one source lie to the scans that a model was trained on.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::dataset::samples::LabelledScan;
use crate::dataset::split::eye_of;
use crate::metrics::memorisation::Fingerprint;
use crate::metrics::quantile::quantile;
use crate::metrics::segmentation::bootstrap::{Interval, cluster_bootstrap, difference_between_groups};

/// A real scan as a small copy, and whose it is.
#[derive(Clone, Debug)]
pub(super) struct Real {
    pub subject: String,
    pub source: String,
    /// Whether a grader labelled it; the others were seen in stage 1, if at all.
    pub is_graded: bool,
    pub print: Fingerprint,
}

/// A picture as a small copy, and that of the scan whose mask it was drawn from.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    pub subject: String,
    pub print: Fingerprint,
    pub own: Fingerprint,
}

/// The pictures of one kind of masks.
#[derive(Debug, Serialize)]
pub(super) struct Drawn {
    pub pictures: usize,
    /// Eyes the masks are of.
    pub subjects: usize,
    /// Median distance to the nearest training scan, of any source; `None` without pictures.
    pub nearest: Option<Interval>,
    /// Median distance to the real scan that the mask was drawn on.
    pub own: Option<Interval>,
    /// Share of the pictures nearer to a training scan than any unseen scan of the source is.
    pub nearer_than_any_unseen: Option<f64>,
}

/// Distances within one source: medians, with intervals that draw eyes, then scans of each.
#[derive(Debug, Serialize)]
pub(super) struct Distances {
    /// Scans of the source that the model may have seen, labelled or not.
    pub training_scans: usize,
    /// Of these, the ones that no grader labelled.
    pub ungraded_training_scans: usize,
    /// Pictures of masks that trained.
    pub trained: Drawn,
    /// Pictures of masks of eyes that did not train.
    pub unseen: Drawn,
    /// The distance to the own scan, of unseen masks less that of trained ones: above 0 where scans are recalled.
    pub own_difference: Option<Interval>,
    /// Real scans of eyes that did not train, to the nearest training scan of any source.
    pub unseen_scans: Option<Interval>,
    /// Real training scans with a grader's labels, to the nearest training scan of another eye.
    pub across_subjects: Option<Interval>,
}

impl Real {
    /// Of a scan. Unscanned wedges hold the texture beside them, as the network saw them.
    pub fn of(scan: &LabelledScan) -> Self {
        let entry = &scan.entry;
        Self {
            subject: entry.subject.clone(),
            source: entry.source.clone(),
            is_graded: entry.is_graded(),
            print: Fingerprint::of(&scan.filled_image()),
        }
    }
}

impl Distances {
    /// Of a source. `training` and `unseen` are the real scans of all sources; `trained_pictures` and
    /// `unseen_pictures` were drawn from masks of this source alone.
    pub fn of(
        source: &str,
        [training, unseen]: [&[Real]; 2],
        [trained_pictures, unseen_pictures]: [&[Picture]; 2],
        seed: u64,
    ) -> Self {
        let prints: Vec<Fingerprint> = training.iter().map(|real| real.print.clone()).collect();
        let is_own_source = |real: &&Real| real.source == source;
        let near: Vec<(&str, f64)> = unseen
            .iter()
            .filter(is_own_source)
            .filter_map(|real| Some((real.subject.as_str(), real.print.nearest(&prints)?)))
            .collect();
        let least = near.iter().map(|&(_, distance)| distance).fold(f64::INFINITY, f64::min);
        let across = training.iter().filter(is_own_source).filter(|real| real.is_graded).filter_map(|real| {
            let others = training.iter().filter(|other| eye_of(&other.subject) != eye_of(&real.subject));
            let nearest = others.map(|other| real.print.distance(&other.print)).min_by(f64::total_cmp)?;
            Some((real.subject.as_str(), nearest))
        });
        let own = [trained_pictures, unseen_pictures].map(own_distances);
        Self {
            training_scans: training.iter().filter(is_own_source).count(),
            ungraded_training_scans: training
                .iter()
                .filter(is_own_source)
                .filter(|real| !real.is_graded)
                .count(),
            own_difference: difference_between_groups(&own[0], &own[1], seed, middle),
            trained: Drawn::of(trained_pictures, &prints, least, seed),
            unseen: Drawn::of(unseen_pictures, &prints, least, seed),
            across_subjects: cluster_bootstrap(&by_subject(across), seed, middle),
            unseen_scans: cluster_bootstrap(&by_subject(near), seed, middle),
        }
    }
}

impl Drawn {
    /// `prints` are all training scans, `least` is the smallest distance of an unseen scan to them.
    fn of(pictures: &[Picture], prints: &[Fingerprint], least: f64, seed: u64) -> Self {
        let nearest: Vec<(&str, f64)> = pictures
            .iter()
            .filter_map(|picture| Some((picture.subject.as_str(), picture.print.nearest(prints)?)))
            .collect();
        let nearer = nearest.iter().filter(|&&(_, distance)| distance < least).count();
        let own = own_distances(pictures);
        Self {
            pictures: pictures.len(),
            subjects: own.len(),
            nearer_than_any_unseen: (!nearest.is_empty() && least.is_finite())
                .then(|| nearer as f64 / nearest.len() as f64),
            nearest: cluster_bootstrap(&by_subject(nearest), seed, middle),
            own: cluster_bootstrap(&own, seed, middle),
        }
    }
}

fn own_distances(pictures: &[Picture]) -> Vec<Vec<f64>> {
    by_subject(
        pictures.iter().map(|picture| (picture.subject.as_str(), picture.print.distance(&picture.own))),
    )
}

/// Values by whose eye they are of, whatever names it has.
pub(super) fn by_subject<'a>(values: impl IntoIterator<Item = (&'a str, f64)>) -> Vec<Vec<f64>> {
    let mut groups: BTreeMap<Cow<'_, str>, Vec<f64>> = BTreeMap::new();
    for (subject, value) in values {
        groups.entry(eye_of(subject)).or_default().push(value);
    }
    groups.into_values().collect()
}

/// The median.
fn middle(values: &[&f64]) -> Option<f64> {
    quantile(&values.iter().map(|&&value| value).collect::<Vec<_>>(), 0.5)
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::metrics::memorisation::tests::scan as phantom;

    fn print(number: u64, speckle: u64) -> Fingerprint {
        Fingerprint::of(&phantom(number, speckle))
    }

    /// Three scans an eye.
    fn eye(number: u64) -> String {
        format!("eye-{}", number / 3)
    }

    fn real(source: &str, numbers: Range<u64>) -> Vec<Real> {
        let of = |number: u64| Real {
            subject: eye(number),
            source: source.to_owned(),
            is_graded: true,
            print: print(number, number),
        };
        numbers.map(of).collect()
    }

    /// Pictures whose anatomy is that of the scans `shows`, of the masks of the scans `own`.
    fn pictures(own: Range<u64>, shows: Range<u64>) -> Vec<Picture> {
        own.zip(shows)
            .map(|(own, shown)| Picture {
                subject: eye(own),
                print: print(shown, 5000 + shown),
                own: print(own, own),
            })
            .collect()
    }

    fn value(interval: Option<Interval>) -> f64 {
        interval.expect("it was measured").estimate
    }

    #[test]
    fn copied_pictures_are_found_and_new_ones_are_not() {
        let (training, unseen) = (real("a", 0..12), real("a", 100..112));
        let (copies, fresh) = (pictures(0..12, 0..12), pictures(100..112, 200..212));
        let found = Distances::of("a", [&training, &unseen], [&copies, &fresh], 1);
        let scale = value(found.unseen_scans);
        assert!(value(found.trained.nearest) < 0.3 * scale, "{found:?}");
        assert!(value(found.trained.own) < 0.3 * value(found.unseen.own), "{found:?}");
        assert!(found.trained.nearer_than_any_unseen.unwrap() > 0.9, "{found:?}");
        assert!(value(found.unseen.nearest) > 0.5 * scale, "{found:?}");
        assert!(found.unseen.nearer_than_any_unseen.unwrap() < 0.3, "{found:?}");
        assert!(found.own_difference.unwrap().low > 0.0, "the mask brings its scan back: {found:?}");
        assert!(value(found.across_subjects) > value(found.trained.nearest));
        assert_eq!((found.trained.subjects, found.trained.pictures), (4, 12));
    }

    #[test]
    fn a_copy_of_a_scan_without_labels_is_found_and_one_of_another_scan_is_not_near_its_own() {
        let (training, unseen) = (real("a", 0..12), real("a", 100..112));
        let stage_1: Vec<Real> =
            real("a", 30..42).into_iter().map(|r| Real { is_graded: false, ..r }).collect();
        let all: Vec<Real> = training.iter().cloned().chain(stage_1).collect();
        let recalled = pictures(100..112, 30..42);
        let found = Distances::of("a", [&all, &unseen], [&pictures(0..6, 6..12), &recalled], 1);
        assert!(found.unseen.nearer_than_any_unseen.unwrap() > 0.9, "{found:?}");
        assert_eq!((found.training_scans, found.ungraded_training_scans), (24, 12));
        assert!(value(found.trained.own) > 3.0 * value(found.trained.nearest), "{found:?}");
        let graded_alone = Distances::of("a", [&training, &unseen], [&[], &recalled], 1);
        assert!(graded_alone.unseen.nearer_than_any_unseen.unwrap() < 0.3, "{graded_alone:?}");
        assert!(graded_alone.trained.own.is_none() && graded_alone.own_difference.is_none());
        let alone = Distances::of("a", [&real("a", 0..3), &unseen], [&[], &[]], 1);
        assert!(alone.across_subjects.is_none(), "one eye has no other");
    }

    /// Six scans of Tian's eighth subject are pixel by pixel scans of the first.
    #[test]
    fn an_eye_under_two_names_is_not_another_eye() {
        let named = |subject: &str, number: u64| Real {
            subject: subject.to_owned(),
            ..real("a", number..number + 1).remove(0)
        };
        let training = [named("tian-1", 0), named("tian-8", 0), named("tian-2", 3)];
        let found = Distances::of("a", [&training, &[]], [&[], &[]], 1);
        let across = found.across_subjects.expect("two eyes");
        assert!(across.low > 0.0, "a copy under the eye's other name is no other eye: {across:?}");
        assert_eq!(
            by_subject([("tian-1", 1.0), ("tian-2", 2.0), ("mine_tian-8", 3.0)]),
            [vec![1.0, 3.0], vec![2.0]]
        );
    }

    #[test]
    fn a_mixture_of_sources_is_no_recall() {
        // Pictures of one source lie nearer to their scans than those of another, whether the scans trained or not.
        let easy = |own: Range<u64>| -> Vec<Picture> {
            own.map(|own| Picture { subject: eye(own), print: print(own, 1), own: print(own, own) }).collect()
        };
        let hard = |own: Range<u64>| pictures(own.clone(), own.start + 500..own.end + 500);
        let pooled = |one: Vec<Picture>, other: Vec<Picture>| own_distances(&[one, other].concat());
        let mixed = difference_between_groups(
            &pooled(easy(0..36), hard(60..63)),
            &pooled(easy(0..3), hard(60..96)),
            1,
            middle,
        );
        assert!(mixed.unwrap().low > 0.0, "pooled, it looks like recall: {mixed:?}");
        let scans = real("easy", 0..3);
        for pictures in [easy(0..36), hard(60..96)] {
            let found = Distances::of("easy", [&scans, &scans], [&pictures, &pictures], 1);
            let difference = found.own_difference.unwrap();
            assert!(difference.low <= 0.0 && 0.0 <= difference.high, "{difference:?}");
        }
    }
}
