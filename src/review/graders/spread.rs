//! How far values spread, and how far two methods differ.

use serde::Serialize;

use crate::metrics::quantile::quantile;

/// Half the width of an interval that holds 95 % of a normal distribution, in standard deviations.
const Z: f64 = 1.959_963_984_540_054;
/// Whiskers reach to the last value within so many boxes beyond the box (Tukey 1977).
const WHISKER: f64 = 1.5;

/// Whiskers, quartiles, median, and what lies beyond them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FiveNumbers {
    /// How many values there are.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// End of the lower whisker, lower quartile, median, upper quartile, end of the upper whisker.
    pub five: [f64; 5],
    /// Values past the whiskers.
    pub outliers: Vec<f64>,
}

impl FiveNumbers {
    /// Of some values; `None` of none. Quartiles lie between values as their rank does.
    pub fn of(values: &[f64]) -> Option<Self> {
        let [first, median, third] =
            [quantile(values, 0.25)?, quantile(values, 0.5)?, quantile(values, 0.75)?];
        let reach = WHISKER * (third - first);
        let is_inside = |value: &&f64| (first - reach..=third + reach).contains(*value);
        let low = values.iter().filter(is_inside).copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().filter(is_inside).copied().fold(f64::NEG_INFINITY, f64::max);
        let mut outliers: Vec<f64> = values.iter().filter(|value| !is_inside(value)).copied().collect();
        outliers.sort_by(f64::total_cmp);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Some(Self { count: values.len(), mean, five: [low, first, median, third, high], outliers })
    }
}

/// Differences of two methods against their means (Bland & Altman 1986, Lancet 327:307).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BlandAltman {
    /// Mean of the differences, first less second.
    pub bias: f64,
    /// Their standard deviation; `None` of a single one.
    pub deviation: Option<f64>,
    /// Between which 95 % of differences are to be expected.
    pub limits: Option<[f64; 2]>,
    /// Mean and difference of every scan.
    pub points: Vec<[f64; 2]>,
}

impl BlandAltman {
    /// Of pairs of measurements; `None` of none.
    pub fn of(pairs: &[[f64; 2]]) -> Option<Self> {
        let points: Vec<[f64; 2]> = pairs.iter().map(|[a, b]| [(a + b) / 2.0, a - b]).collect();
        if points.is_empty() {
            return None;
        }
        let count = points.len() as f64;
        let bias = points.iter().map(|point| point[1]).sum::<f64>() / count;
        let squares = points.iter().map(|point| (point[1] - bias).powi(2)).sum::<f64>();
        let deviation = (points.len() > 1).then(|| (squares / (count - 1.0)).sqrt());
        let limits = deviation.map(|deviation| [bias - Z * deviation, bias + Z * deviation]);
        Some(Self { bias, deviation, limits, points })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_far_away_is_beyond_the_whiskers() {
        let found = FiveNumbers::of(&[3.0, 1.0, 2.0, 4.0, 30.0]).expect("values");
        assert_eq!((found.five, &found.outliers[..]), ([1.0, 2.0, 3.0, 4.0, 4.0], &[30.0][..]));
        assert_eq!((found.count, found.mean), (5, 8.0));
        assert_eq!(FiveNumbers::of(&[]), None);
        assert_eq!(FiveNumbers::of(&[2.5]).map(|one| one.five), Some([2.5; 5]));
    }

    #[test]
    fn methods_that_agree_have_no_bias() {
        let same = BlandAltman::of(&[[3.0, 3.0], [5.0, 5.0]]).expect("pairs");
        assert_eq!((same.bias, same.deviation, same.limits), (0.0, Some(0.0), Some([0.0, 0.0])));
        let one = BlandAltman::of(&[[3.0, 1.0]]).expect("a pair");
        assert_eq!((one.bias, one.deviation, one.points), (2.0, None, vec![[2.0, 2.0]]));
        assert_eq!(BlandAltman::of(&[]), None);
    }
}
