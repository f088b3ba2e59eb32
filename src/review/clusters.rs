//! Pairs of like content in groups: what is drawn from a group at random then speaks for the group.

use super::row::Row;
use super::set::ReviewSet;

/// Figures that a pair is grouped by.
pub const FEATURES: usize = 7;
/// Rounds after which groups that still change are taken as they are.
const MAX_ROUNDS: usize = 50;
/// Most groups.
pub const MAX_CLUSTERS: usize = 64;

/// The content of a pair; what is not known counts as the mean.
fn features(row: &Row) -> [f32; FEATURES] {
    let count = |count: u8| f32::from(count.min(12)).sqrt();
    [
        // Areas span decades: a root brings small lesions and large ones onto one scale.
        row.fluid_mm2.max(0.0).sqrt(),
        count(row.lesions[0]),
        count(row.lesions[1]),
        count(row.lesions[2]),
        row.central_um,
        row.retina_um,
        f32::from(row.columns_out_of_order).sqrt(),
    ]
}

/// The group of each of `rows`, numbered from the largest group down; at most `count` of them. K-means with the
/// farthest point as the next centre, so that the same rows give the same groups: no chance is in it.
///
/// # Panics
/// If no group or more than [`MAX_CLUSTERS`] are asked for.
pub fn clusters(set: &ReviewSet, rows: &[u32], count: usize) -> Vec<u8> {
    assert!((1..=MAX_CLUSTERS).contains(&count), "{count} groups");
    if rows.is_empty() {
        return Vec::new();
    }
    let points = standardised(rows.iter().map(|&row| features(&set.rows[row as usize])).collect());
    let mut centres = spread_centres(&points, count);
    let mut assigned = vec![0_u8; points.len()];
    for round in 0..MAX_ROUNDS {
        let mut changed = false;
        for (group, point) in assigned.iter_mut().zip(&points) {
            let nearest = nearest(point, &centres);
            changed |= *group != nearest;
            *group = nearest;
        }
        if !changed && round > 0 {
            break;
        }
        centres = means(&points, &assigned, &centres);
    }
    by_size(&mut assigned, centres.len());
    assigned
}

/// Every figure with mean 0 and deviation 1.
fn standardised(mut points: Vec<[f32; FEATURES]>) -> Vec<[f32; FEATURES]> {
    for feature in 0..FEATURES {
        let known: Vec<f64> =
            points.iter().map(|point| f64::from(point[feature])).filter(|value| value.is_finite()).collect();
        let count = known.len().max(1) as f64;
        let mean = known.iter().sum::<f64>() / count;
        let deviation = (known.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        for point in &mut points {
            let value = f64::from(point[feature]);
            let is_known = value.is_finite() && deviation > 1e-9;
            point[feature] = if is_known { ((value - mean) / deviation) as f32 } else { 0.0 };
        }
    }
    points
}

fn squared(a: &[f32; FEATURES], b: &[f32; FEATURES]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// The first point, then always the one farthest from those chosen; fewer where points repeat.
fn spread_centres(points: &[[f32; FEATURES]], count: usize) -> Vec<[f32; FEATURES]> {
    let mut centres = vec![points[0]];
    let mut away: Vec<f32> = points.iter().map(|point| squared(point, &centres[0])).collect();
    while centres.len() < count {
        let farthest = (0..away.len()).max_by(|&a, &b| away[a].total_cmp(&away[b]).then(b.cmp(&a)));
        let Some(farthest) = farthest.filter(|&at| away[at] > 0.0) else { break };
        let centre = points[farthest];
        for (away, point) in away.iter_mut().zip(points) {
            *away = away.min(squared(point, &centre));
        }
        centres.push(centre);
    }
    centres
}

fn nearest(point: &[f32; FEATURES], centres: &[[f32; FEATURES]]) -> u8 {
    let mut best = (f32::INFINITY, 0);
    for (number, centre) in (0..).zip(centres) {
        let away = squared(point, centre);
        if away < best.0 {
            best = (away, number);
        }
    }
    best.1
}

/// The middle of each group; a group that lost its last point keeps its centre.
fn means(points: &[[f32; FEATURES]], assigned: &[u8], before: &[[f32; FEATURES]]) -> Vec<[f32; FEATURES]> {
    let mut sums = vec![([0.0_f64; FEATURES], 0_usize); before.len()];
    for (point, &group) in points.iter().zip(assigned) {
        let (sum, count) = &mut sums[usize::from(group)];
        sum.iter_mut().zip(point).for_each(|(sum, &value)| *sum += f64::from(value));
        *count += 1;
    }
    let mean = |((sum, count), before): (([f64; FEATURES], usize), &[f32; FEATURES])| match count {
        0 => *before,
        _ => sum.map(|sum| (sum / count as f64) as f32),
    };
    sums.into_iter().zip(before).map(mean).collect()
}

fn by_size(assigned: &mut [u8], groups: usize) {
    let mut sizes = vec![0_usize; groups];
    assigned.iter().for_each(|&group| sizes[usize::from(group)] += 1);
    let mut order: Vec<usize> = (0..groups).collect();
    order.sort_by_key(|&group| (std::cmp::Reverse(sizes[group]), group));
    let mut rank = vec![0_u8; groups];
    for (place, &group) in (0..).zip(&order) {
        rank[group] = place;
    }
    assigned.iter_mut().for_each(|group| *group = rank[usize::from(*group)]);
}

#[cfg(test)]
mod tests {
    use super::super::set::tests::set;
    use super::*;

    #[test]
    fn like_pairs_come_together_and_always_the_same_way() {
        let mut set = set(90);
        for (number, row) in set.rows.iter_mut().enumerate() {
            // Three kinds: healthy, with cysts, with domes and a thick retina.
            let kind = if number < 50 {
                0
            } else if number < 80 {
                1
            } else {
                2
            };
            row.columns_out_of_order = 0;
            row.lesions = [[0, 0, 0], [6, 0, 0], [0, 2, 1]][kind];
            row.fluid_mm2 = [0.0, 0.1, 0.4][kind] + (number % 3) as f32 * 0.001;
            row.central_um = [280.0, 380.0, 520.0][kind] + (number % 5) as f32;
            row.retina_um = f32::NAN;
        }
        let rows: Vec<u32> = (0..90).collect();
        let found = clusters(&set, &rows, 3);
        assert!(found[..50].iter().all(|&group| group == 0), "the largest is the first");
        assert!(found[50..80].iter().all(|&group| group == 1));
        assert!(found[80..].iter().all(|&group| group == 2));
        assert_eq!(clusters(&set, &rows, 3), found);
        assert_eq!(clusters(&set, &rows[..1], 5), [0]);
        assert!(clusters(&set, &[], 2).is_empty());
    }
}
