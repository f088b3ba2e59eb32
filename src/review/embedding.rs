//! A map of a set: every pair as a point, like pairs near each other, so that a group can be drawn around.
//!
//! The two axes are the first principal components of what the lines say of each pair. Where a segmenter has looked,
//! its figures are among it; else it is the areas of the labels and the thicknesses of the layers alone.

use rayon::prelude::*;

use super::ReviewError;
use super::set::{PairLine, ReviewSet};
use crate::anatomy::{LABELS, LAYER_COUNT};
use crate::generation::scores::Scores;

/// Areas, thicknesses, whole and central thickness, and the two figures of a segmenter.
const FEATURES: usize = LABELS.len() + LAYER_COUNT + 2 + 2;
/// Rounds of the power iteration: far more than two components of well separated variance need.
const ROUNDS: usize = 200;
/// Lines that are read at once.
const LINES_AT_ONCE: usize = 4096;

/// Every pair of a set as a point.
#[derive(Clone, Debug, PartialEq)]
pub struct SetMap {
    /// Rows whose figures are known, ascending.
    pub rows: Vec<u32>,
    /// Their places on the first two components; each axis has the standard deviation of its component.
    pub points: Vec<[f32; 2]>,
    /// Shares of the variance that the two axes show.
    pub shown: [f64; 2],
    /// Whether figures of a segmenter are among the features.
    pub has_segmenter: bool,
}

/// The map of a set; `go_on` is asked now and then, with the number of pairs read, and `None` comes when it says no.
///
/// # Errors
/// If the manifest was changed since it was loaded.
pub fn map_of(set: &ReviewSet, go_on: &dyn Fn(usize) -> bool) -> Result<Option<SetMap>, ReviewError> {
    let all: Vec<u32> = (0..set.len() as u32).collect();
    let (mut rows, mut features) = (Vec::new(), Vec::new());
    for part in all.chunks(LINES_AT_ONCE) {
        if !go_on(part[0] as usize) {
            return Ok(None);
        }
        for (&row, line) in part.iter().zip(set.lines(part)?) {
            if let Some(found) = features_of(&line, set, row) {
                rows.push(row);
                features.push(found);
            }
        }
    }
    let has_segmenter = rows.iter().any(|&row| !set.rows[row as usize].agreement.is_nan());
    let (points, shown) = principal(standardised(features));
    Ok(Some(SetMap { rows, points, shown, has_segmenter }))
}

fn features_of(line: &PairLine, set: &ReviewSet, row: u32) -> Option<[f32; FEATURES]> {
    let scores: &Scores = line.generated.as_ref()?.scores.as_ref()?;
    let known = |value: Option<f64>| value.map_or(f32::NAN, |value| value as f32);
    let mut features = [f32::NAN; FEATURES];
    let row = &set.rows[row as usize];
    let values = scores
        .area_mm2
        .iter()
        // Areas span decades: a root brings small lesions and large ones onto one scale.
        .map(|area| area.max(0.0).sqrt() as f32)
        .chain(scores.layers_um.iter().map(|um| *um as f32))
        .chain([known(scores.retina_um), known(scores.central_um), row.agreement, row.boundary_um]);
    features.iter_mut().zip(values).for_each(|(feature, value)| *feature = value);
    Some(features)
}

/// Every feature with mean 0 and deviation 1; what is not known counts as the mean.
fn standardised(mut points: Vec<[f32; FEATURES]>) -> Vec<[f32; FEATURES]> {
    for feature in 0..FEATURES {
        let (mut count, mut sum, mut squares) = (0.0_f64, 0.0_f64, 0.0_f64);
        for value in points.iter().map(|point| f64::from(point[feature])).filter(|value| value.is_finite()) {
            count += 1.0;
            sum += value;
            squares += value * value;
        }
        let mean = sum / f64::max(count, 1.0);
        let deviation = (squares / f64::max(count, 1.0) - mean * mean).max(0.0).sqrt();
        for point in &mut points {
            let value = f64::from(point[feature]);
            let is_known = value.is_finite() && deviation > 1e-6 * (1.0 + mean.abs());
            point[feature] = if is_known { ((value - mean) / deviation) as f32 } else { 0.0 };
        }
    }
    points
}

/// Places on the first two principal components, and the shares of the variance that those show (power iteration with
/// deflation on the covariance).
fn principal(points: Vec<[f32; FEATURES]>) -> (Vec<[f32; 2]>, [f64; 2]) {
    let count = points.len().max(1) as f64;
    let mut covariance = [[0.0_f64; FEATURES]; FEATURES];
    for point in &points {
        for (i, row) in covariance.iter_mut().enumerate() {
            row.iter_mut()
                .zip(point)
                .for_each(|(sum, b)| *sum += f64::from(point[i]) * f64::from(*b) / count);
        }
    }
    let whole: f64 = (0..FEATURES).map(|i| covariance[i][i]).sum();
    let mut axes = [[0.0_f64; FEATURES]; 2];
    let mut shown = [0.0; 2];
    for (axis, shown) in axes.iter_mut().zip(&mut shown) {
        let value = strongest(&covariance, axis);
        for (i, row) in covariance.iter_mut().enumerate() {
            row.iter_mut().zip(&*axis).for_each(|(entry, b)| *entry -= value * axis[i] * b);
        }
        *shown = if whole > 0.0 { value / whole } else { 0.0 };
    }
    let place = |point: &[f32; FEATURES]| {
        axes.map(|axis| point.iter().zip(axis).map(|(a, b)| f64::from(*a) * b).sum::<f64>() as f32)
    };
    (points.par_iter().map(place).collect(), shown)
}

/// The eigenvector of the largest eigenvalue, its largest part positive so that the same set gives the same map; the
/// eigenvalue.
fn strongest(matrix: &[[f64; FEATURES]; FEATURES], vector: &mut [f64; FEATURES]) -> f64 {
    // No two parts alike: no eigenvector of a real set is orthogonal to it.
    *vector = std::array::from_fn(|i| 1.0 + i as f64 / FEATURES as f64);
    let mut value = 0.0;
    for _ in 0..ROUNDS {
        let mut next = [0.0; FEATURES];
        for (next, row) in next.iter_mut().zip(matrix) {
            *next = row.iter().zip(&*vector).map(|(a, b)| a * b).sum();
        }
        value = next.iter().map(|part| part * part).sum::<f64>().sqrt();
        if value < 1e-12 {
            return 0.0;
        }
        *vector = next.map(|part| part / value);
    }
    let largest = vector.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(1.0);
    if largest < 0.0 {
        vector.iter_mut().for_each(|part| *part = -*part);
    }
    value
}

/// Rows of a map that lie within a polygon drawn on it, ascending (even-odd rule).
pub fn within(map: &SetMap, polygon: &[[f32; 2]]) -> Vec<u32> {
    let inside = |[x, y]: [f32; 2]| {
        let mut is_inside = false;
        let mut before = polygon.len() - 1;
        for (at, &[ax, ay]) in polygon.iter().enumerate() {
            let [bx, by] = polygon[before];
            if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
                is_inside = !is_inside;
            }
            before = at;
        }
        is_inside
    };
    if polygon.len() < 3 {
        return Vec::new();
    }
    map.rows.iter().zip(&map.points).filter(|(_, point)| inside(**point)).map(|(row, _)| *row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::write_file;

    #[test]
    fn the_axes_are_the_principal_components() {
        // A plane in the space of features, one direction thrice as wide as the other; the rest is nothing.
        let directions = [[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]];
        let points: Vec<[f32; FEATURES]> = (0..400)
            .map(|number| {
                let angle = number as f32 * 0.7;
                let (a, b) =
                    (3.0 * angle.sin() * std::f32::consts::SQRT_2, angle.cos() * std::f32::consts::SQRT_2);
                let mut point = [0.0; FEATURES];
                for (at, value) in point.iter_mut().take(3).enumerate() {
                    *value = a * directions[0][at] + b * directions[1][at];
                }
                point
            })
            .collect();
        let (places, shown) = principal(points.clone());
        assert!((shown[0] - 0.9).abs() < 0.01 && (shown[1] - 0.1).abs() < 0.01, "{shown:?}");
        for (place, point) in places.iter().zip(&points) {
            let first = 0.6 * point[0] + 0.8 * point[1];
            assert!((place[0] - first).abs() < 0.1 && (place[1].abs() - point[2].abs()).abs() < 0.1);
        }
    }

    #[test]
    fn a_set_is_mapped_and_a_lasso_takes_what_lies_within() {
        let folder = tempfile::tempdir().unwrap();
        let text: String = (0..60).map(|number| super::super::set::tests::line(number, "a")).collect();
        write_file(&folder.path().join("manifest.jsonl"), text.as_bytes()).unwrap();
        let set = ReviewSet::load(folder.path()).unwrap();
        let map = map_of(&set, &|_| true).unwrap().unwrap();
        assert_eq!((map.rows.len(), map.points.len(), map.has_segmenter), (60, 60, false));
        assert!(map.shown[0] >= map.shown[1] && map.shown[0] + map.shown[1] <= 1.0 + 1e-9);
        assert_eq!(map_of(&set, &|_| true).unwrap().unwrap(), map, "the same set gives the same map");
        assert_eq!(map_of(&set, &|_| false).unwrap(), None);
        let all = [[-99.0, -99.0], [99.0, -99.0], [99.0, 99.0], [-99.0, 99.0]];
        assert_eq!(within(&map, &all), map.rows);
        let right = [[0.0, -99.0], [99.0, -99.0], [99.0, 99.0], [0.0, 99.0]];
        let expected: Vec<u32> =
            map.rows.iter().zip(&map.points).filter(|(_, p)| p[0] > 0.0).map(|(row, _)| *row).collect();
        assert_eq!(within(&map, &right), expected);
        assert!(within(&map, &all[..2]).is_empty());
    }
}
