//! How the lines of a mask run: how far they jump from a column to the next, and how much they bend.
//!
//! Distances of masks and the thickness of layers say nothing of waves: a mask may have every thickness of a real one and
//! a Bruch's membrane that nobody has. The bend is the second derivative of the parabola that fits the line best over
//! half a millimetre, in um per mm^2: a pixel's rounding is gone over so many columns, a wave of a millimetre is not.

use std::ops::Range;

use super::quantile::quantile;
use crate::anatomy::{INTERFACE_COUNT, Interface};
use crate::mask::Interfaces;

/// Width over which a parabola is fitted.
const WINDOW_UM: f64 = 500.0;
/// The share of columns that bend less than the sharp ones.
const SHARP_SHARE: f64 = 0.9;

/// The lines that are measured: every interface, and the thickness from the first to the last.
pub const LINE_COUNT: usize = INTERFACE_COUNT + 1;

/// The names of the lines that are measured.
pub fn line_names() -> [&'static str; LINE_COUNT] {
    std::array::from_fn(|line| Interface::ALL.get(line).map_or("ILM to BM", |interface| interface.name()))
}

/// How one line runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineCourse {
    /// The largest difference between neighbouring columns, in um.
    pub largest_step_um: f64,
    /// Median over the columns of the amount of curvature, in um per mm^2.
    pub curvature: f64,
    /// What nine tenths of the columns stay below, in the same unit.
    pub sharp_curvature: f64,
}

/// The courses of the lines of one mask, by [`line_names`]; `None` where no half millimetre of a line is known.
pub type LineCourses = [Option<LineCourse>; LINE_COUNT];

impl LineCourse {
    /// Of a line in um, column by column, NaN where it is unknown; `None` where no half millimetre of it is known.
    pub fn of(line_um: &[f64], column_um: f64) -> Option<Self> {
        let amounts: Vec<f64> = curvatures(line_um, column_um).into_iter().map(f64::abs).collect();
        Some(Self {
            largest_step_um: largest_step(line_um)?,
            curvature: quantile(&amounts, 0.5)?,
            sharp_curvature: quantile(&amounts, SHARP_SHARE)?,
        })
    }

    /// The courses of the lines over some columns of a mask; `pixel_um` is the size of a pixel down and across.
    ///
    /// # Panics
    /// If the columns are not those of the lines.
    pub fn of_lines(lines: &Interfaces, columns: Range<usize>, pixel_um: [f32; 2]) -> LineCourses {
        let [axial, lateral] = pixel_um.map(f64::from);
        let rows = |line: usize| &lines.rows[line][columns.clone()];
        std::array::from_fn(|line| {
            let line_um: Vec<f64> = match line {
                ..INTERFACE_COUNT => rows(line).iter().map(|&row| f64::from(row) * axial).collect(),
                _ => {
                    let pairs = rows(0).iter().zip(rows(INTERFACE_COUNT - 1));
                    pairs.map(|(&ilm, &bm)| f64::from(bm - ilm) * axial).collect()
                }
            };
            Self::of(&line_um, lateral)
        })
    }
}

/// Curvature in um per mm^2 about every column whose half millimetre is known, from left to right.
pub fn curvatures(line_um: &[f64], column_um: f64) -> Vec<f64> {
    let half = ((0.5 * WINDOW_UM / column_um).round() as usize).max(1);
    // About the middle of an even window the parabola's second derivative is a weighted sum of the rows.
    let square = |at: usize| (at as f64 - half as f64).powi(2);
    let count = 2 * half + 1;
    let mean = (0..count).map(square).sum::<f64>() / count as f64;
    let weights: Vec<f64> = (0..count).map(|at| square(at) - mean).collect();
    let norm: f64 = weights.iter().map(|weight| weight * weight).sum::<f64>() * (column_um / 1000.0).powi(2);
    line_um
        .windows(count)
        .map(|rows| 2.0 * rows.iter().zip(&weights).map(|(row, weight)| row * weight).sum::<f64>() / norm)
        .filter(|curvature| curvature.is_finite())
        .collect()
}

/// The largest difference between neighbouring columns that are both known, in the unit of the line.
pub fn largest_step(line_um: &[f64]) -> Option<f64> {
    let steps = line_um.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    steps.filter(|step| step.is_finite()).max_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parabola_has_its_curvature_and_a_line_has_none() {
        let at = |x: usize| 0.0113 * x as f64;
        let bowed: Vec<f64> = (0..200).map(|x| 40.0 * at(x) * at(x) - 3.0 * at(x)).collect();
        let found = curvatures(&bowed, 11.3);
        assert_eq!(found.len(), 200 - 44);
        assert!(found.iter().all(|curvature| (curvature - 80.0).abs() < 1e-6));
        let course = LineCourse::of(&bowed, 11.3).unwrap();
        assert!((course.curvature - 80.0).abs() < 1e-6 && (course.sharp_curvature - 80.0).abs() < 1e-6);
        let straight: Vec<f64> = (0..60).map(|x| 3.87 * x as f64).collect();
        assert!(LineCourse::of(&straight, 11.3).unwrap().curvature < 1e-6);
        assert_eq!(LineCourse::of(&straight[..30], 11.3), None, "too short to bend");
    }

    #[test]
    fn what_is_unknown_neither_steps_nor_bends() {
        let mut line = vec![10.0; 120];
        line[60] = f64::NAN;
        line[20] = 17.0;
        assert_eq!(largest_step(&line), Some(7.0));
        assert_eq!(curvatures(&line, 11.3).len(), (60 - 44) + (59 - 44));
        assert_eq!(largest_step(&[f64::NAN; 4]), None);
    }

    #[test]
    fn lines_of_a_mask_are_measured_in_um() {
        let mut lines = Interfaces::unknown(100);
        for (k, line) in lines.rows.iter_mut().enumerate() {
            line.fill(10.0 + 8.0 * k as f32);
        }
        lines.rows[0][50..].fill(8.0);
        // An inner line that is known in too few columns is left out, and no other.
        lines.rows[3][40..].fill(f32::NAN);
        let courses = LineCourse::of_lines(&lines, 0..100, [4.0, 11.3]);
        let step = |name: &str| {
            let line = line_names().iter().position(|&line| line == name).unwrap();
            courses[line].map(|course| course.largest_step_um)
        };
        assert_eq!((step("ILM"), step("BM"), step("ILM to BM")), (Some(8.0), Some(0.0), Some(8.0)));
        assert_eq!((step("IPL/INL"), step("INL/OPL")), (Some(0.0), None));
        assert_eq!(LineCourse::of_lines(&lines, 0..20, [4.0, 11.3]), [None; LINE_COUNT]);
    }
}
