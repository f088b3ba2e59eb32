//! Curves over columns, made of additions, products and square roots alone: those are exact to the last bit
//! on every machine, which sines and powers are not, and a seed must give the same bytes everywhere.

use std::collections::VecDeque;

use crate::mask::random::SeededRandom;

/// Over which lost layers thin out, on either side.
pub const LOSS_EDGE_UM: f64 = 400.0;

/// 1 at 0, 0 from 1 on, smooth at both: `(1 - u^2)^2`.
pub fn bump(u: f64) -> f64 {
    let s = 1.0 - u * u;
    if s > 0.0 { s * s } else { 0.0 }
}

/// From 0 to 1 without a kink.
pub fn smooth_step(t: f64) -> f64 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// 1 up to `half` from the middle, 0 from `half + edge` on.
pub fn plateau(away: f64, half: f64, edge: f64) -> f64 {
    1.0 - smooth_step((away.abs() - half) / edge.max(1e-9))
}

/// A smooth random curve: values between -1 and 1, one every `step` columns.
pub fn undulation(random: &mut SeededRandom, columns: usize, step: f64) -> Vec<f64> {
    let step = step.max(2.0);
    let knots: Vec<f64> = (0..(columns as f64 / step) as usize + 3).map(|_| random.about_zero()).collect();
    (0..columns)
        .map(|x| {
            let at = x as f64 / step;
            let k = at as usize;
            knots[k] + (knots[k + 1] - knots[k]) * smooth_step(at - k as f64)
        })
        .collect()
}

/// A smooth curve that is nowhere below `needed` and ends `radius` columns beyond it. Its slope is at most
/// the largest need / radius.
pub fn cover(needed: &[f64], radius: usize) -> Vec<f64> {
    if radius == 0 || needed.iter().all(|&need| need <= 0.0) {
        return needed.iter().map(|need| need.max(0.0)).collect();
    }
    let widened = largest_near(needed, radius);
    // Two means over half the width each: together they reach no farther than the widening.
    let half = radius / 2;
    mean_filter(&mean_filter(&widened, half), half)
}

/// The largest value within `radius` columns, 0 at least. The candidates are kept in falling order, so that the
/// cost does not grow with the radius.
fn largest_near(values: &[f64], radius: usize) -> Vec<f64> {
    let mut candidates: VecDeque<usize> = VecDeque::new();
    let mut next = 0;
    (0..values.len())
        .map(|x| {
            while next < (x + radius + 1).min(values.len()) {
                while candidates.back().is_some_and(|&last| values[last] <= values[next]) {
                    candidates.pop_back();
                }
                candidates.push_back(next);
                next += 1;
            }
            while candidates.front().is_some_and(|&first| first + radius < x) {
                candidates.pop_front();
            }
            candidates.front().map_or(0.0, |&first| values[first].max(0.0))
        })
        .collect()
}

/// The mean over `2 * half + 1` columns, the outermost value held beyond the ends.
pub fn mean_filter(values: &[f64], half: usize) -> Vec<f64> {
    let (Some(&first), Some(&last)) = (values.first(), values.last()) else { return Vec::new() };
    // Sums of all values before each, the held ones among them.
    let held = |value: f64| std::iter::repeat_n(value, half);
    let mut sum = 0.0;
    let mut sums = vec![sum];
    for value in held(first).chain(values.iter().copied()).chain(held(last)) {
        sum += value;
        sums.push(sum);
    }
    let count = (2 * half + 1) as f64;
    (0..values.len()).map(|x| (sums[x + 2 * half + 1] - sums[x]) / count).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shapes_begin_and_end_where_they_say() {
        assert_eq!((bump(0.0), bump(1.0), bump(-3.0)), (1.0, 0.0, 0.0));
        assert_eq!((plateau(9.0, 10.0, 5.0), plateau(-15.0, 10.0, 5.0)), (1.0, 0.0));
        assert_eq!(plateau(12.5, 10.0, 5.0), 0.5);
        assert_eq!(mean_filter(&[1.0, 4.0, 7.0], 1), [2.0, 4.0, 6.0]);
        let curve = undulation(&mut SeededRandom::new(3), 500, 40.0);
        assert!(curve.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 2.0 * 1.5 / 40.0 + 1e-9));
    }

    proptest! {
        #[test]
        fn the_largest_near_is_the_largest_near(
            values in prop::collection::vec(-20.0_f64..90.0, 0..60), radius in 0_usize..20,
        ) {
            for (x, found) in largest_near(&values, radius).into_iter().enumerate() {
                let near = &values[x.saturating_sub(radius)..(x + radius + 1).min(values.len())];
                prop_assert_eq!(found, near.iter().copied().fold(0.0, f64::max));
            }
        }

        #[test]
        fn a_cover_leaves_nothing_bare(
            needed in prop::collection::vec(-20.0_f64..90.0, 1..120), radius in 0_usize..20,
        ) {
            let covered = cover(&needed, radius);
            for (cover, need) in covered.iter().zip(&needed) {
                prop_assert!(cover + 1e-9 >= *need && *cover >= 0.0);
            }
            if radius > 2 {
                let most = needed.iter().copied().fold(0.0, f64::max);
                let steepest = covered.windows(2).map(|p| (p[1] - p[0]).abs()).fold(0.0, f64::max);
                prop_assert!(steepest <= most / (2 * (radius / 2) + 1) as f64 + 1e-9);
            }
        }
    }
}
