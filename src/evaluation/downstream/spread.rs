//! A figure over several seeds.

use serde::Serialize;

use crate::metrics::segmentation::mean;

/// Mean and spread of a figure over the seeds of an arm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeanAndDeviation {
    /// Over seeds.
    pub mean: f64,
    /// Sample standard deviation; `None` of one seed.
    pub deviation: Option<f64>,
    /// In the order of the seeds; those for which the figure is undefined are left out.
    pub seeds: Vec<f64>,
}

impl MeanAndDeviation {
    /// Of the seeds for which the figure is defined; `None` of none.
    pub fn of(values: impl IntoIterator<Item = Option<f64>>) -> Option<Self> {
        let seeds: Vec<f64> = values.into_iter().flatten().collect();
        let mean = mean(&seeds)?;
        let squares: f64 = seeds.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = (seeds.len() > 1).then(|| (squares / (seeds.len() - 1) as f64).sqrt());
        Some(Self { mean, deviation, seeds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_without_the_figure_are_left_out() {
        let spread = MeanAndDeviation::of([Some(1.0), None, Some(3.0)]).unwrap();
        assert_eq!((spread.mean, spread.seeds.len()), (2.0, 2));
        assert!((spread.deviation.unwrap() - 2f64.sqrt()).abs() < 1e-12);
        assert_eq!(MeanAndDeviation::of([Some(1.0)]).unwrap().deviation, None);
        assert_eq!(MeanAndDeviation::of([None]), None);
    }
}
