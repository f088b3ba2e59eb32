//! Which axis of an array runs down, across and from B-scan to B-scan.
//!
//! MATLAB shows rows, columns, B-scans. Python's arrays count the B-scans first and keep that order when they are saved,
//! and some people's pictures lie on their side. Every device's scan is dark above and below the retina, so brightness
//! changes most along the depth: where that speaks clearly against MATLAB's order, the order is changed, with a note.

use super::reader::Numbers;
use crate::scan::MAX_SIDE_PX;

/// A side shorter than this is no side of a B-scan.
const MIN_SIDE_PX: usize = 16;
/// Brightness changes along the depth at least so many times as much as along another axis.
const CLEAR_RATIO: f64 = 2.0;
/// Places looked at along the axis that is judged, and along each of the others.
const LOOKED_AT: [usize; 2] = [256, 48];

/// How an array lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axes {
    pub rows: usize,
    pub columns: usize,
    pub b_scans: usize,
    /// How far apart in the array neighbours are: down, across, from B-scan to B-scan.
    strides: [usize; 3],
}

impl Axes {
    /// In the order in which MATLAB shows images.
    pub fn of_matlab(rows: usize, columns: usize, b_scans: usize) -> Self {
        Self { rows, columns, b_scans, strides: [1, rows, rows * columns] }
    }

    /// The same of an array's dimensions, those of one element left out; `None` unless two or three are left of which
    /// the first two can be sides of a B-scan, in this order or with the B-scans first.
    pub fn of(dimensions: &[usize]) -> Option<Self> {
        let sides: Vec<usize> = dimensions.iter().copied().filter(|side| *side != 1).collect();
        let axes = match sides[..] {
            [rows, columns] => Self::of_matlab(rows, columns, 1),
            [rows, columns, b_scans] => Self::of_matlab(rows, columns, b_scans),
            _ => return None,
        };
        (axes.can_be() || axes.b_scans_first().can_be()).then_some(axes)
    }

    /// Whether its rows and columns can be those of a B-scan.
    fn can_be(self) -> bool {
        let is_side = |side: usize| (MIN_SIDE_PX..=MAX_SIDE_PX as usize).contains(&side);
        is_side(self.rows) && is_side(self.columns) && self.b_scans > 0
    }

    /// The same array with the B-scans along its first axis.
    fn b_scans_first(self) -> Self {
        let [first, second, third] = self.strides;
        Self {
            b_scans: self.rows,
            rows: self.columns,
            columns: self.b_scans,
            strides: [second, third, first],
        }
    }

    /// The same array with rows and columns in each other's place.
    fn turned(self) -> Self {
        let [down, across, between] = self.strides;
        Self { rows: self.columns, columns: self.rows, strides: [across, down, between], ..self }
    }

    /// The axes that brightness speaks for, in words, too.
    pub fn judged(self, numbers: &Numbers) -> (Self, &'static str) {
        let first = self.b_scans_first();
        let is_fewest = self.rows * 2 <= self.columns && self.rows * 2 <= self.b_scans;
        let is_first = !self.can_be()
            || is_fewest
                && first.can_be()
                && first.contrast(numbers, 0).max(first.contrast(numbers, 1))
                    > CLEAR_RATIO * first.contrast(numbers, 2);
        let axes = if is_first { first } else { self };
        let is_turned = axes.contrast(numbers, 1) > CLEAR_RATIO * axes.contrast(numbers, 0);
        let way = match (is_first, is_turned) {
            (false, false) => "rows x columns x B-scans",
            (false, true) => "columns x rows x B-scans, for brightness changes most along the second axis",
            (true, false) => "B-scans x rows x columns, the order of Python's arrays",
            (true, true) => "B-scans x columns x rows, for brightness changes most along the third axis",
        };
        (if is_turned { axes.turned() } else { axes }, way)
    }

    /// How much the mean brightness differs along an axis: 0 down, 1 across, 2 from B-scan to B-scan.
    fn contrast(&self, numbers: &Numbers, axis: usize) -> f64 {
        let sides = [self.rows, self.columns, self.b_scans];
        let places = |axis: usize, most: usize| {
            let step = sides[axis].div_ceil(most).max(1);
            (0..sides[axis]).step_by(step).map(move |at| at * self.strides[axis])
        };
        let others = [(axis + 1) % 3, (axis + 2) % 3];
        let mean = |at: usize| {
            let grid = places(others[0], LOOKED_AT[1])
                .flat_map(|one| places(others[1], LOOKED_AT[1]).map(move |other| at + one + other));
            let values = grid.map(|place| numbers.at(place)).filter(|value| value.abs() < 1e30);
            let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
            if count == 0 { 0.0 } else { sum / f64::from(count) }
        };
        let means: Vec<f64> = places(axis, LOOKED_AT[0]).map(mean).collect();
        let centre = means.iter().sum::<f64>() / means.len().max(1) as f64;
        means.iter().map(|mean| (mean - centre).powi(2)).sum::<f64>() / means.len().max(1) as f64
    }

    /// Where the pixels of a B-scan stand in the array, row by row.
    pub fn places(self, b_scan: usize) -> impl Iterator<Item = usize> {
        let [down, across, between] = self.strides;
        let start = b_scan * between;
        (0..self.rows).flat_map(move |y| (0..self.columns).map(move |x| start + y * down + x * across))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_of_one_do_not_count_and_small_ones_are_no_sides() {
        let of_matlab = Axes::of_matlab(48, 64, 3);
        assert_eq!(Axes::of(&[48, 64, 3]), Some(of_matlab));
        assert_eq!(Axes::of(&[48, 64, 3, 1]), Some(of_matlab));
        assert_eq!(Axes::of(&[1, 48, 64, 3]), Some(of_matlab));
        assert_eq!(Axes::of(&[48, 64]).map(|axes| axes.b_scans), Some(1));
        assert_eq!(
            Axes::of(&[5, 64, 48]).map(|axes| axes.b_scans_first()),
            Some(Axes { rows: 64, columns: 48, b_scans: 5, strides: [5, 320, 1] })
        );
        for sides in [&[][..], &[1], &[1, 1], &[900], &[3, 4], &[9000, 20], &[48, 64, 3, 2], &[48, 64, 0]] {
            assert_eq!(Axes::of(sides), None, "{sides:?}");
        }
    }

    #[test]
    fn places_run_along_rows() {
        let axes = Axes::of_matlab(2, 3, 2);
        assert_eq!(axes.places(1).collect::<Vec<_>>(), [6, 8, 10, 7, 9, 11]);
        assert_eq!(axes.turned().places(0).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(axes.b_scans_first().places(1).collect::<Vec<_>>(), [1, 7, 3, 9, 5, 11]);
    }
}
