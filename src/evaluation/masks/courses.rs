//! How far the lines of drawn masks step, and how much they bend, beside those that graders drew.
//!
//! Thickness and distance do not notice waves. Graders' lines are measured as they are, not through the model's grid,
//! which smooths them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::real_masks::RealMasks;
use super::report::CourseReport;
use crate::dataset::split::eye_of;
use crate::metrics::curvature::{LineCourse, LineCourses, line_names};
use crate::metrics::masks::{median, wasserstein};

/// A figure of a line: its name, its unit, how it is read.
type Figure = (&'static str, &'static str, fn(&LineCourse) -> f64);

const FIGURES: [Figure; 3] = [
    ("largest step", "µm", |course| course.largest_step_um),
    ("curvature", "µm/mm²", |course| course.curvature),
    ("curvature, sharpest tenth", "µm/mm²", |course| course.sharp_curvature),
];

/// With fewer training eyes nobody knows how far eyes lie apart.
const LEAST_EYES: usize = 3;
/// Steps are whole rows: equal ones must not differ by their arithmetic.
const ROUNDING: f64 = 1e-6;

/// One figure of one line over the masks in which the line is known.
fn values<'a>(
    masks: impl Iterator<Item = &'a LineCourses>,
    line: usize,
    of: fn(&LineCourse) -> f64,
) -> Vec<f64> {
    masks.filter_map(|courses| courses[line].as_ref().map(of)).collect()
}

/// Every figure of every line over drawn masks beside those over real ones. Medians of drawn masks pass where they lie
/// among the medians of the training eyes, their distribution where it is as near to that of all training masks as the
/// eye that lies farthest is to the other eyes.
pub(super) fn course_reports(drawn: &[LineCourses], real: &RealMasks) -> Vec<CourseReport> {
    let lines = line_names().into_iter().enumerate();
    lines
        .flat_map(|(line, name)| {
            FIGURES.map(|(figure, unit, of)| {
                let eyes = by_eye(&real.compared_courses, line, of);
                let are_enough = eyes.len() >= LEAST_EYES;
                let drawn = values(drawn.iter(), line, of);
                let training = eyes.concat();
                let median_drawn = median(&drawn);
                let allowed = are_enough.then(|| range_of_medians(&eyes));
                let is_within =
                    |[low, high]: [f64; 2]| median_drawn >= low - ROUNDING && median_drawn <= high + ROUNDING;
                let distance_drawn =
                    (!drawn.is_empty() && !training.is_empty()).then(|| wasserstein(&drawn, &training));
                let distance_allowed = are_enough.then(|| farthest_eye(&eyes));
                let is_near = |allowed: f64| distance_drawn.is_some_and(|drawn| drawn <= allowed + ROUNDING);
                CourseReport {
                    line: name,
                    figure,
                    unit,
                    median_drawn,
                    median_training: median(&training),
                    median_measured: median(&values(real.measured_courses.iter(), line, of)),
                    allowed,
                    passes: allowed.map(is_within),
                    distance_drawn,
                    distance_allowed,
                    distribution_passes: distance_allowed.map(is_near),
                }
            })
        })
        .collect()
}

/// One figure of one line, eye by eye, whatever names an eye has.
fn by_eye(courses: &[(String, LineCourses)], line: usize, of: fn(&LineCourse) -> f64) -> Vec<Vec<f64>> {
    let mut by_eye: BTreeMap<Cow<str>, Vec<f64>> = BTreeMap::new();
    for (subject, courses) in courses {
        if let Some(course) = &courses[line] {
            by_eye.entry(eye_of(subject)).or_default().push(of(course));
        }
    }
    by_eye.into_values().collect()
}

/// The least and the largest median of an eye.
fn range_of_medians(eyes: &[Vec<f64>]) -> [f64; 2] {
    let medians = || eyes.iter().map(|values| median(values));
    [medians().fold(f64::INFINITY, f64::min), medians().fold(f64::NEG_INFINITY, f64::max)]
}

/// How far the eye that lies farthest is from all others together.
fn farthest_eye(eyes: &[Vec<f64>]) -> f64 {
    let distances = eyes.iter().enumerate().map(|(eye, values)| {
        let others = [&eyes[..eye], &eyes[eye + 1..]].concat().concat();
        wasserstein(values, &others)
    });
    distances.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn courses(curvature: f64) -> LineCourses {
        [Some(LineCourse { largest_step_um: 3.87, curvature, sharp_curvature: 2.5 * curvature }); 9]
    }

    fn real(eyes: &[(&str, f64)]) -> RealMasks {
        RealMasks {
            compared_courses: eyes
                .iter()
                .map(|&(subject, curvature)| (subject.to_owned(), courses(curvature)))
                .collect(),
            measured_courses: vec![courses(70.0)],
            ..RealMasks::default()
        }
    }

    /// Where the curvature of BM stands.
    const BM: usize = 7 * 3 + 1;

    #[test]
    fn drawn_lines_pass_among_the_training_eyes_and_fail_beyond() {
        let eyes = real(&[("a", 50.0), ("b", 80.0), ("b", 90.0), ("b", 500.0), ("c", 60.0)]);
        for (curvature, passes, is_near) in [
            (49.0, false, true),
            (50.0, true, true),
            (90.0, true, true),
            (180.0, false, true),
            (400.0, false, false),
        ] {
            let reports = course_reports(&[courses(curvature)], &eyes);
            assert_eq!(reports.len(), 27);
            assert_eq!((reports[0].figure, reports[0].passes), ("largest step", Some(true)));
            assert_eq!((reports[0].distance_drawn, reports[0].distribution_passes), (Some(0.0), Some(true)));
            let bm = &reports[BM];
            assert_eq!((bm.line, bm.figure, bm.allowed), ("BM", "curvature", Some([50.0, 90.0])));
            // b against the others: a third each of 80, 90, 500 from a half each of 50, 60.
            let far = (30.0 + (40.0 + 30.0) / 2.0 + 440.0) / 3.0;
            assert!((bm.distance_allowed.unwrap() - far).abs() < 1e-9, "{:?}", bm.distance_allowed);
            assert_eq!((bm.passes, bm.distribution_passes), (Some(passes), Some(is_near)), "{curvature}");
            assert_eq!((bm.median_training, bm.median_measured), (80.0, 70.0));
        }
        let nothing = &course_reports(&[], &eyes)[BM];
        assert_eq!(nothing.distance_drawn, None);
        assert_eq!((nothing.passes, nothing.distribution_passes), (Some(false), Some(false)), "unmeasured");
        // Two eyes, one under two names.
        let few = real(&[("tian-1", 50.0), ("tian-8", 80.0), ("b", 80.0)]);
        let few = &course_reports(&[courses(60.0)], &few)[BM];
        assert_eq!((few.passes, few.distribution_passes, few.distance_allowed), (None, None, None));
        assert!((few.distance_drawn.unwrap() - 50.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_line_that_is_unknown_in_a_mask_is_left_out_there_alone() {
        let mut partly = courses(400.0);
        partly[7] = None;
        let reports = course_reports(&[courses(60.0), partly], &real(&[("a", 50.0), ("b", 80.0)]));
        assert_eq!((reports[BM].median_drawn, reports[BM - 3].median_drawn), (60.0, 230.0));
    }
}
