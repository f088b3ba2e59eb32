//! Vessels at random, for the shadows of synthetic scans.
//!
//! How many, how wide and how dark was measured with [`column_shadows`](super::shadow::column_shadows) in the 136
//! annotated B-scans of training subjects (Duke 1-6, Tian 1-6 and 8; 879 mm), counting runs of columns that are
//! darker by a quarter at least: 0.25 a millimetre; width 44, 66, 89, 121, 203 um and depth 0.26, 0.29, 0.33, 0.40,
//! 0.55 at the 5th, 25th, 50th, 75th and 95th of a hundred.

use super::noise::Rng;
use crate::document::Appearance;

const VESSELS_PER_MM: f64 = 0.25;
const MEDIAN_WIDTH_UM: f64 = 89.0;
/// Deviation of the logarithm of the width: its quartiles.
const LOG_WIDTH_DEVIATION: f64 = 0.45;
const WIDTHS_UM: (f64, f64) = (40.0, 220.0);
const LEAST_DEPTH: f64 = 0.25;
/// Mean of the depth beyond the least, which is spread exponentially.
const MEAN_DEPTH_BEYOND: f64 = 0.11;
const MAX_DEPTH: f64 = 0.6;
/// Columns of scans whose size is not known are taken as wide as in the training data.
const USUAL_COLUMN_UM: f64 = 11.3;

/// The shadow of every column, as [`Appearance::shadows`] holds them, of vessels at random places; empty if there is
/// none.
pub fn drawn_shadows(width: u32, lateral_um_per_px: Option<f32>, rng: &mut Rng) -> Vec<u8> {
    let column_um = lateral_um_per_px.map_or(USUAL_COLUMN_UM, f64::from);
    let mean = VESSELS_PER_MM * f64::from(width) * column_um / 1000.0;
    let mut appearance = Appearance::default();
    for _ in 0..poisson(mean, rng) {
        let column = rng.uniform() * f64::from(width);
        let width_um = MEDIAN_WIDTH_UM * (LOG_WIDTH_DEVIATION * normal(rng)).exp();
        let radius_px = width_um.clamp(WIDTHS_UM.0, WIDTHS_UM.1) / 2.0 / column_um;
        let depth = (LEAST_DEPTH - MEAN_DEPTH_BEYOND * rng.uniform().ln()).min(MAX_DEPTH);
        appearance = appearance.with_shadow(width, column as f32, radius_px as f32, depth as f32);
    }
    appearance.shadows
}

/// A count with a mean, by Knuth's product of uniform numbers.
fn poisson(mean: f64, rng: &mut Rng) -> usize {
    let limit = (-mean.min(50.0)).exp();
    let (mut count, mut product) = (0, rng.uniform());
    while product > limit {
        count += 1;
        product *= rng.uniform();
    }
    count
}

/// A number of the normal distribution (Box and Muller).
fn normal(rng: &mut Rng) -> f64 {
    let (radius, angle) = (rng.uniform(), rng.uniform());
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

#[cfg(test)]
mod tests {
    use super::super::noise::stream;
    use super::*;

    #[test]
    fn vessels_are_as_many_as_wide_and_as_dark_as_in_the_training_scans() {
        let (mut columns, mut depths) = (Vec::new(), Vec::new());
        for event in 0..2000 {
            let mut rng = Rng::new(7, stream::APPEARANCE, event);
            let shadows = drawn_shadows(531, Some(11.3), &mut rng);
            assert!(shadows.is_empty() || shadows.len() == 531);
            for run in shadows.chunk_by(|a, b| (*a > 0) == (*b > 0)).filter(|run| run[0] > 0) {
                columns.push(run.len() as f64 * 11.3);
                depths.push(f64::from(*run.iter().max().unwrap()) / 255.0);
            }
        }
        // 6 mm a scan; vessels that meet count as one.
        let per_mm = columns.len() as f64 / (2000.0 * 6.0);
        assert!((0.22..0.26).contains(&per_mm), "{per_mm} a millimetre");
        let median = |values: &mut Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let (width, depth) = (median(&mut columns), median(&mut depths));
        assert!((75.0..110.0).contains(&width), "{width} um");
        assert!((0.28..0.38).contains(&depth), "{depth}");
    }

    #[test]
    fn the_same_draws_give_the_same_vessels_on_any_width() {
        let drawn = |width, um| drawn_shadows(width, um, &mut Rng::new(3, stream::APPEARANCE, 5));
        assert_eq!(drawn(768, Some(5.8)), drawn(768, Some(5.8)));
        assert!(drawn(0, None).is_empty());
        assert!(drawn(1, Some(f32::MAX)).len() <= 1, "a size that is no eye's ends, too");
    }
}
