//! The spline through knots that never overshoots: piecewise cubic Hermite interpolation after Fritsch &
//! Carlson, SIAM J. Numer. Anal. 17(2): 238 (1980). Between two knots the curve stays between their rows,
//! so a dragged knot cannot throw an interface across its neighbours elsewhere.

/// A curve over columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Pchip {
    knots: Vec<[f32; 2]>,
    slopes: Vec<f32>,
}

impl Pchip {
    /// The curve through knots (column, row). `None` unless there is a knot and the columns rise strictly.
    pub fn through(knots: &[[f32; 2]]) -> Option<Self> {
        let rising = knots.windows(2).all(|pair| pair[0][0] < pair[1][0]);
        let finite = knots.iter().flatten().all(|value| value.is_finite());
        (!knots.is_empty() && rising && finite).then(|| Self { knots: knots.to_vec(), slopes: slopes(knots) })
    }

    /// The row at a column; that of the outermost knot beyond it.
    pub fn at(&self, x: f32) -> f32 {
        let after = self.knots.partition_point(|knot| knot[0] <= x);
        if after == 0 || after == self.knots.len() {
            return self.knots[after.saturating_sub(1)][1];
        }
        let ([x0, y0], [x1, y1]) = (self.knots[after - 1], self.knots[after]);
        let (width, t) = (x1 - x0, (x - x0) / (x1 - x0));
        let (from, to) = (self.slopes[after - 1] * width, self.slopes[after] * width);
        let u = 1.0 - t;
        y0 * (1.0 + 2.0 * t) * u * u + from * t * u * u + y1 * t * t * (3.0 - 2.0 * t) - to * t * t * u
    }
}

/// Slope at each knot.
fn slopes(knots: &[[f32; 2]]) -> Vec<f32> {
    let widths: Vec<f32> = knots.windows(2).map(|pair| pair[1][0] - pair[0][0]).collect();
    let rises: Vec<f32> =
        knots.windows(2).zip(&widths).map(|(pair, width)| (pair[1][1] - pair[0][1]) / width).collect();
    if rises.len() < 2 {
        return vec![rises.first().copied().unwrap_or(0.0); knots.len()];
    }
    let mut slopes = vec![end_slope(widths[0], widths[1], rises[0], rises[1])];
    for (width, rise) in widths.windows(2).zip(rises.windows(2)) {
        slopes.push(if rise[0] * rise[1] <= 0.0 {
            0.0
        } else {
            let (left, right) = (2.0 * width[1] + width[0], width[1] + 2.0 * width[0]);
            (left + right) / (left / rise[0] + right / rise[1])
        });
    }
    let last = rises.len() - 1;
    slopes.push(end_slope(widths[last], widths[last - 1], rises[last], rises[last - 1]));
    slopes
}

/// Three-point slope at an end, held back so that the curve keeps the direction of its last piece.
fn end_slope(width: f32, next_width: f32, rise: f32, next_rise: f32) -> f32 {
    let slope = ((2.0 * width + next_width) * rise - width * next_rise) / (width + next_width);
    if slope * rise <= 0.0 {
        0.0
    } else if rise * next_rise <= 0.0 && slope.abs() > 3.0 * rise.abs() {
        3.0 * rise
    } else {
        slope
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SCIPY: [(f32, f32); 6] =
        [(0.5, 1.025997), (1.5, 1.240385), (3.3, 2.749769), (3.8, 4.710154), (6.0, 5.000000), (8.6, 2.624)];

    #[test]
    fn it_is_the_curve_scipy_draws() {
        // scipy.interpolate.PchipInterpolator([0, 3, 4, 8, 9], [1, 2, 5, 5, 0])
        let curve = Pchip::through(&[[0.0, 1.0], [3.0, 2.0], [4.0, 5.0], [8.0, 5.0], [9.0, 0.0]]).unwrap();
        for (x, y) in SCIPY {
            assert!((curve.at(x) - y).abs() < 1e-4, "{x}: {} for {y}", curve.at(x));
        }
        assert_eq!((curve.at(-2.0), curve.at(11.0)), (1.0, 0.0));
    }

    #[test]
    fn knots_must_rise() {
        assert!(Pchip::through(&[]).is_none());
        assert!(Pchip::through(&[[1.0, 0.0], [1.0, 2.0]]).is_none());
        assert!(Pchip::through(&[[1.0, f32::NAN]]).is_none());
        assert_eq!(Pchip::through(&[[1.0, 7.0]]).map(|curve| curve.at(50.0)), Some(7.0));
    }

    proptest! {
        #[test]
        fn it_stays_between_its_knots(rows in prop::collection::vec(0.0_f32..100.0, 2..12), t in 0.0_f32..1.0) {
            let knots: Vec<[f32; 2]> = rows.iter().enumerate().map(|(i, &y)| [(i * i) as f32 + i as f32, y]).collect();
            let curve = Pchip::through(&knots).unwrap();
            for pair in knots.windows(2) {
                let y = curve.at(pair[0][0] + t * (pair[1][0] - pair[0][0]));
                let (low, high) = (pair[0][1].min(pair[1][1]), pair[0][1].max(pair[1][1]));
                prop_assert!((low - 1e-3..=high + 1e-3).contains(&y));
            }
        }
    }
}
