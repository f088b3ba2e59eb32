//! Interpolated interfaces drawn to the edges of their own scan, where the trace finds one near by.
//!
//! Between two labelled B-scans an interface lies roughly where both suggest, and exactly where its own scan shows it.
//! The trace alone may follow another edge; so it is believed only near the interpolation and where it is sure.

use super::Trace;
use crate::mask::Interfaces;

/// How far from the interpolation a traced edge is believed, in µm; 12 rows where the size of a row is unknown.
const REACH_UM: f32 = 45.0;
const REACH_ROWS: f32 = 12.0;
/// Least confidence of the trace.
const LEAST_CONFIDENCE: f32 = 0.45;
/// Columns on either side over which belief comes and goes, so that a line does not jump.
const EASE_COLUMNS: usize = 8;

/// The interpolation with every line moved onto its edge where the trace shows one. `axial_um_per_px` where known.
///
/// # Panics
/// If the two have different widths.
pub fn snapped(interpolated: &Interfaces, trace: &Trace, axial_um_per_px: Option<f32>) -> Interfaces {
    assert_eq!(interpolated.width(), trace.interfaces.width(), "lines of one scan");
    let reach = axial_um_per_px.map_or(REACH_ROWS, |um| REACH_UM / um);
    let mut lines = interpolated.clone();
    for (k, line) in lines.rows.iter_mut().enumerate() {
        let traced = &trace.interfaces.rows[k];
        let offsets: Vec<f32> = line.iter().zip(traced).map(|(row, traced)| traced - row).collect();
        let believed: Vec<f32> = offsets
            .iter()
            .zip(&trace.confidence[k])
            .map(|(offset, sure)| f32::from(offset.abs() <= reach && *sure >= LEAST_CONFIDENCE))
            .collect();
        for (x, row) in line.iter_mut().enumerate().filter(|(_, row)| row.is_finite()) {
            let around = x.saturating_sub(EASE_COLUMNS)..(x + EASE_COLUMNS + 1).min(believed.len());
            let share = believed[around.clone()].iter().sum::<f32>() / around.len() as f32;
            // Where the column's own edge is not believed, its neighbours' carry on fading.
            let offset =
                if believed[x] > 0.0 { offsets[x] } else { mean_believed(&offsets, &believed, around) };
            *row += share * offset;
        }
    }
    lines.repair();
    lines
}

fn mean_believed(offsets: &[f32], believed: &[f32], around: std::ops::Range<usize>) -> f32 {
    let kept = around.filter(|&x| believed[x] > 0.0).map(|x| offsets[x]);
    let (sum, count) = kept.fold((0.0, 0.0), |(sum, count), offset| (sum + offset, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(row: f32) -> Interfaces {
        let mut lines = Interfaces::unknown(60);
        for (k, line) in lines.rows.iter_mut().enumerate() {
            line.fill(row + 20.0 * k as f32);
        }
        lines
    }

    #[test]
    fn near_edges_are_taken_and_far_or_unsure_ones_are_not() {
        let mut traced = flat(14.0);
        traced.rows[2].fill(10.0 + 40.0 + 15.0);
        let mut confidence: [Vec<f32>; 8] = std::array::from_fn(|_| vec![0.9; 60]);
        confidence[4].fill(0.1);
        let trace = Trace { interfaces: traced, confidence };
        let found = snapped(&flat(10.0), &trace, None);
        assert!(found.rows[0].iter().all(|&row| (row - 14.0).abs() < 1e-3), "taken");
        assert!(found.rows[2].iter().all(|&row| (row - 50.0).abs() < 1e-3), "too far");
        assert!(found.rows[4].iter().all(|&row| (row - 90.0).abs() < 1e-3), "not sure");
    }

    #[test]
    fn belief_comes_and_goes_without_a_jump() {
        let mut confidence: [Vec<f32>; 8] = std::array::from_fn(|_| vec![0.9; 60]);
        confidence[0][30..].fill(0.0);
        let trace = Trace { interfaces: flat(18.0), confidence };
        let found = snapped(&flat(10.0), &trace, None);
        let line = &found.rows[0];
        assert!((line[0] - 18.0).abs() < 1e-3 && (line[59] - 10.0).abs() < 1e-3, "{line:?}");
        assert!(line.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 1.0), "{line:?}");
    }
}
