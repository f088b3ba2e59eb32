//! How far a drawn answer is from the truth.

use serde::Serialize;

/// A line this near to the truth, in the mean, has all points: about what graders differ by.
pub const GOOD_LINE_UM: f64 = 8.0;
/// A line this far away has none.
const BAD_LINE_UM: f64 = 48.0;
/// Columns that were not drawn count as this far away.
const NOT_DRAWN_UM: f64 = BAD_LINE_UM;
/// A lesion is found when so large a share of it is marked.
const FOUND_SHARE: f64 = 0.25;

/// A line against the true one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LineGrade {
    /// Mean distance over all columns in which the true line is known.
    pub mean_um: f64,
    /// Share of those columns that were drawn.
    pub drawn: f64,
    /// 0 to 1.
    pub points: f64,
}

/// Fluid that was marked against that which is there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FluidGrade {
    /// 0 to 1; 1 where nothing is there and nothing was marked.
    pub dice: f64,
    /// Lesions of which less than a quarter was marked.
    pub missed: usize,
    /// Lesions that are there.
    pub lesions: usize,
    /// 0 to 1: Dice, less the share of lesions that were missed.
    pub points: f64,
}

/// Grades a line; rows are `None` where it was not drawn, or is not known. A row is `axial_um` high.
pub fn grade_line(drawn: &[Option<f32>], truth: &[Option<f32>], axial_um: f64) -> LineGrade {
    let (mut sum, mut columns, mut drawn_columns) = (0.0, 0_usize, 0_usize);
    for (drawn, truth) in drawn.iter().copied().chain(std::iter::repeat(None)).zip(truth) {
        let Some(truth) = truth else { continue };
        columns += 1;
        sum += match drawn {
            Some(row) => f64::from((row - truth).abs()) * axial_um,
            None => NOT_DRAWN_UM,
        };
        drawn_columns += usize::from(drawn.is_some());
    }
    let count = columns.max(1) as f64;
    let mean_um = sum / count;
    let points = ((BAD_LINE_UM - mean_um) / (BAD_LINE_UM - GOOD_LINE_UM)).clamp(0.0, 1.0);
    LineGrade { mean_um, drawn: drawn_columns as f64 / count, points }
}

/// Grades marked pixels (row-major, `width` a row) against lesions given as runs (row, first column, end).
pub fn grade_fluid(marked: &[bool], width: u32, lesions: &[Vec<(u32, u32, u32)>]) -> FluidGrade {
    let is_marked = |y: u32, x: u32| marked.get(y as usize * width as usize + x as usize) == Some(&true);
    let (mut area, mut hit, mut missed) = (0_usize, 0_usize, 0_usize);
    for lesion in lesions {
        let pixels = lesion.iter().flat_map(|&(y, x0, x1)| (x0..x1).map(move |x| (y, x)));
        let (own, own_hit) =
            pixels.fold((0, 0), |(own, hit), (y, x)| (own + 1, hit + usize::from(is_marked(y, x))));
        area += own;
        hit += own_hit;
        missed += usize::from((own_hit as f64) < FOUND_SHARE * own as f64);
    }
    let both = area + marked.iter().filter(|marked| **marked).count();
    let dice = if both == 0 { 1.0 } else { 2.0 * hit as f64 / both as f64 };
    let share_missed = missed as f64 / lesions.len().max(1) as f64;
    FluidGrade { dice, missed, lesions: lesions.len(), points: (dice - share_missed).max(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_graded_in_um() {
        let truth = [Some(10.0), Some(12.0), None, Some(14.0), Some(10.0)];
        let same = grade_line(&truth, &truth, 4.0);
        assert_eq!((same.mean_um, same.drawn, same.points), (0.0, 1.0, 1.0));
        let off: Vec<Option<f32>> = truth.iter().map(|row| row.map(|row| row + 3.0)).collect();
        let grade = grade_line(&off, &truth, 4.0);
        assert_eq!((grade.mean_um, grade.points), (12.0, 0.9));
        // Half of it drawn: the rest counts as far away.
        let half = grade_line(&truth[..2], &truth, 4.0);
        assert_eq!((half.mean_um, half.drawn), (24.0, 0.5));
        assert_eq!(grade_line(&[], &truth, 4.0).points, 0.0);
    }

    #[test]
    fn fluid_is_graded_by_dice_and_by_what_was_missed() {
        let lesions = vec![vec![(0, 0, 4)], vec![(2, 1, 3)]];
        let mut marked = vec![false; 15];
        (0..4).for_each(|x| marked[x] = true);
        let grade = grade_fluid(&marked, 5, &lesions);
        assert_eq!((grade.missed, grade.lesions), (1, 2));
        assert!((grade.dice - 0.8).abs() < 1e-12 && (grade.points - 0.3).abs() < 1e-12);
        marked[11] = true;
        marked[12] = true;
        assert_eq!(grade_fluid(&marked, 5, &lesions).points, 1.0);
        assert_eq!(grade_fluid(&[false; 4], 2, &[]).dice, 1.0);
        assert_eq!(grade_fluid(&[true; 4], 2, &[]).dice, 0.0);
    }
}
