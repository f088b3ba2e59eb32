//! How far the lines of drawn masks step, and how much they bend, beside those that graders drew.
//!
//! Thickness and distance do not notice waves. Graders' lines are measured as they are, not through the model's grid,
//! which smooths them.

use std::collections::BTreeMap;

use super::real_masks::RealMasks;
use super::report::CourseReport;
use crate::metrics::curvature::{LineCourse, LineCourses, MEASURED_LINES};
use crate::metrics::masks::median;

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

/// One figure of one line over masks.
fn values<'a>(
    masks: impl Iterator<Item = &'a LineCourses>,
    line: usize,
    of: fn(&LineCourse) -> f64,
) -> Vec<f64> {
    masks.map(|courses| of(&courses[line])).collect()
}

/// Every figure of every line over drawn masks beside those over real ones. Medians of drawn masks pass where they lie
/// among the medians of the training eyes.
pub(super) fn course_reports(drawn: &[LineCourses], real: &RealMasks) -> Vec<CourseReport> {
    let lines = MEASURED_LINES.into_iter().enumerate();
    lines
        .flat_map(|(line, name)| {
            FIGURES.map(|(figure, unit, of)| {
                let mut by_eye: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
                for (subject, courses) in &real.compared_courses {
                    by_eye.entry(subject).or_default().push(of(&courses[line]));
                }
                let eyes: Vec<f64> = by_eye.values().map(|values| median(values)).collect();
                let allowed = (eyes.len() >= LEAST_EYES).then(|| {
                    let least = eyes.iter().copied().fold(f64::INFINITY, f64::min);
                    [least, eyes.iter().copied().fold(f64::NEG_INFINITY, f64::max)]
                });
                let median_drawn = median(&values(drawn.iter(), line, of));
                let is_within =
                    |[low, high]: [f64; 2]| median_drawn >= low - ROUNDING && median_drawn <= high + ROUNDING;
                CourseReport {
                    line: name,
                    figure,
                    unit,
                    median_drawn,
                    median_training: median(&values(
                        real.compared_courses.iter().map(|(_, courses)| courses),
                        line,
                        of,
                    )),
                    median_measured: median(&values(real.measured_courses.iter(), line, of)),
                    allowed,
                    passes: allowed.map(is_within),
                }
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn courses(curvature: f64) -> LineCourses {
        [LineCourse { largest_step_um: 3.87, curvature, sharp_curvature: 2.5 * curvature }; 3]
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

    #[test]
    fn drawn_lines_pass_among_the_training_eyes_and_fail_beyond() {
        let eyes = real(&[("a", 50.0), ("b", 80.0), ("b", 90.0), ("b", 500.0), ("c", 60.0)]);
        for (curvature, passes) in [(49.0, false), (50.0, true), (90.0, true), (180.0, false)] {
            let reports = course_reports(&[courses(curvature)], &eyes);
            assert_eq!(reports.len(), 9);
            assert_eq!((reports[0].figure, reports[0].passes), ("largest step", Some(true)));
            assert_eq!((reports[4].line, reports[4].allowed), ("BM", Some([50.0, 90.0])));
            assert_eq!(reports[4].passes, Some(passes), "{curvature}");
            assert_eq!((reports[4].median_training, reports[4].median_measured), (80.0, 70.0));
        }
        assert_eq!(course_reports(&[], &eyes)[4].passes, Some(false), "nothing passes unmeasured");
        assert_eq!(course_reports(&[courses(60.0)], &real(&[("a", 50.0), ("b", 80.0)]))[4].passes, None);
    }
}
