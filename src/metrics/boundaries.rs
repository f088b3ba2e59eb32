//! How far traced interfaces are from those a grader drew.

use crate::anatomy::{INTERFACE_COUNT, UNANNOTATED, is_lesion};
use crate::dataset::samples::LabelledScan;
use crate::mask::{Interfaces, Mask};

/// The interfaces a grader drew: NaN in columns that do not count, and where a lesion covers both sides,
/// so that the row in the labels is an interpolation.
pub fn drawn_interfaces(labelled: &LabelledScan) -> Interfaces {
    let (width, height) = (labelled.image.width, labelled.image.height);
    let (mask, _) = Mask::from_composite(width, height, &labelled.labels);
    let mut interfaces = Interfaces::from_layers(&mask.layers);
    let code = |x: usize, y: usize| labelled.labels[y * width as usize + x];
    for x in 0..width as usize {
        let is_valid = labelled.is_column_valid(x as u32);
        for line in &mut interfaces.rows {
            let row = line[x];
            let drawn = row.is_finite() && row >= 1.0 && (row as u32) < height && {
                let (above, below) = (code(x, row as usize - 1), code(x, row as usize));
                !(is_lesion(above) && is_lesion(below)) && above != UNANNOTATED && below != UNANNOTATED
            };
            if !is_valid || !drawn {
                line[x] = f32::NAN;
            }
        }
    }
    interfaces
}

/// Errors of every interface over any number of scans.
#[derive(Clone, Debug, Default)]
pub struct BoundaryErrors {
    /// Signed error (px, positive below) and confidence of every column that counts.
    columns: [Vec<(f32, f32)>; INTERFACE_COUNT],
}

impl BoundaryErrors {
    /// The errors of one scan, where both have a line.
    pub fn between(
        drawn: &Interfaces,
        traced: &Interfaces,
        confidence: &[Vec<f32>; INTERFACE_COUNT],
    ) -> Self {
        let columns = std::array::from_fn(|k| {
            let lines = drawn.rows[k].iter().zip(&traced.rows[k]).zip(&confidence[k]);
            lines
                .map(|((drawn, traced), sure)| (traced - drawn, *sure))
                .filter(|(error, _)| error.is_finite())
                .collect()
        });
        Self { columns }
    }

    /// Adds another scan's errors.
    pub fn add(&mut self, other: &Self) {
        for (columns, other) in self.columns.iter_mut().zip(&other.columns) {
            columns.extend_from_slice(other);
        }
    }

    /// Columns that count for an interface.
    pub fn columns(&self, k: usize) -> usize {
        self.columns[k].len()
    }

    fn mean_of(&self, k: usize, value: impl Fn(f64, f64) -> f64) -> f64 {
        let sum: f64 = self.columns[k].iter().map(|&(e, c)| value(f64::from(e), f64::from(c))).sum();
        sum / self.columns(k) as f64
    }

    /// Mean unsigned error in px.
    pub fn mean(&self, k: usize) -> f64 {
        self.mean_of(k, |error, _| error.abs())
    }

    /// Mean signed error in px, positive where the trace lies below.
    pub fn bias(&self, k: usize) -> f64 {
        self.mean_of(k, |error, _| error)
    }

    /// The unsigned error that a share of the columns does not exceed.
    pub fn percentile(&self, k: usize, share: f64) -> f64 {
        let mut errors: Vec<f32> = self.columns[k].iter().map(|(error, _)| error.abs()).collect();
        errors.sort_unstable_by(f32::total_cmp);
        errors.get((errors.len().saturating_sub(1) as f64 * share) as usize).map_or(f64::NAN, |&e| e.into())
    }

    /// Pearson correlation of confidence and unsigned error (cut at 10 px).
    pub fn confidence_correlation(&self, k: usize) -> f64 {
        let cut = |error: f64| error.abs().min(10.0);
        let (mean_error, mean_sure) = (self.mean_of(k, |e, _| cut(e)), self.mean_of(k, |_, c| c));
        let product = self.mean_of(k, |e, c| (cut(e) - mean_error) * (c - mean_sure));
        let spread = self.mean_of(k, |e, _| (cut(e) - mean_error).powi(2))
            * self.mean_of(k, |_, c| (c - mean_sure).powi(2));
        if spread > 0.0 { product / spread.sqrt() } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_of_the_columns_both_know() {
        let mut drawn = Interfaces::unknown(3);
        let mut traced = Interfaces::unknown(3);
        drawn.rows[0] = vec![10.0, 10.0, f32::NAN];
        traced.rows[0] = vec![9.0, 13.0, 50.0];
        let errors = BoundaryErrors::between(&drawn, &traced, &std::array::from_fn(|_| vec![1.0, 0.0, 0.5]));
        assert_eq!((errors.columns(0), errors.mean(0), errors.bias(0)), (2, 2.0, 1.0));
        assert_eq!(errors.percentile(0, 1.0), 3.0);
        assert!((errors.confidence_correlation(0) + 1.0).abs() < 1e-9);
        assert_eq!(errors.columns(1), 0);
    }
}
