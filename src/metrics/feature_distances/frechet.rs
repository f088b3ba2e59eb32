//! Fréchet distance of the normal distributions that two sets of features suggest (Dowson & Landau 1982; FID of
//! Heusel et al. 2017 on Inception features).
//!
//! |m1 - m2|² + tr S1 + tr S2 - 2 tr (S1 S2)^½. With the centred features A / (n1 - 1)^½ and B / (n2 - 1)^½ the last
//! trace is the nuclear norm of A Bᵀ, exactly: no square root of a matrix, no imaginary part, and n1 x n2 values
//! however many features there are. The other way, by the eigenvalues of S1^½ S2 S1^½, is for few features and many
//! pictures.

use super::orthogonal::{singular_values, square_root};
use super::{FeatureError, Features, dot};

/// The Fréchet distance, by the cheaper of the two ways.
///
/// # Errors
/// If the sets have features of different networks.
pub fn frechet(first: &Features, second: &Features) -> Result<f64, FeatureError> {
    if first.count().min(second.count()) <= first.dimension() {
        frechet_by_nuclear_norm(first, second)
    } else {
        frechet_by_covariances(first, second)
    }
}

/// By the nuclear norm of the product of the centred features.
///
/// # Errors
/// If the sets have features of different networks.
pub fn frechet_by_nuclear_norm(first: &Features, second: &Features) -> Result<f64, FeatureError> {
    first.check_like(second)?;
    // Rows are rotated, so the smaller set makes them.
    let (few, many) = if first.count() <= second.count() { (first, second) } else { (second, first) };
    let (few_rows, many_rows) = (centred(few), centred(many));
    let product =
        few_rows.iter().map(|row| many_rows.iter().map(|other| dot(row, other)).collect()).collect();
    let nuclear_norm: f64 = singular_values(product).iter().sum();
    let trace = |rows: &[Vec<f64>]| rows.iter().map(|row| dot(row, row)).sum::<f64>();
    Ok(between_means(first, second) + trace(&few_rows) + trace(&many_rows) - 2.0 * nuclear_norm)
}

/// By the eigenvalues of the covariances.
///
/// # Errors
/// If the sets have features of different networks.
pub fn frechet_by_covariances(first: &Features, second: &Features) -> Result<f64, FeatureError> {
    first.check_like(second)?;
    let (first_covariance, second_covariance) = (covariance(first), covariance(second));
    let root = square_root(&first_covariance);
    // S1^½ S2 S1^½; all three are symmetric, so rows serve as columns.
    let half = multiplied(&root, &second_covariance);
    let eigenvalues = singular_values(multiplied(&half, &root));
    let root_trace: f64 = eigenvalues.iter().map(|value| value.max(0.0).sqrt()).sum();
    let trace = |matrix: &[Vec<f64>]| (0..matrix.len()).map(|i| matrix[i][i]).sum::<f64>();
    Ok(between_means(first, second) + trace(&first_covariance) + trace(&second_covariance) - 2.0 * root_trace)
}

fn between_means(first: &Features, second: &Features) -> f64 {
    first.mean().iter().zip(second.mean()).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// Features less their mean, over the root of one less than their number.
fn centred(features: &Features) -> Vec<Vec<f64>> {
    let (mean, scale) = (features.mean(), 1.0 / ((features.count() - 1) as f64).sqrt());
    let centred = |row: &[f64]| row.iter().zip(&mean).map(|(value, mean)| (value - mean) * scale).collect();
    features.rows().map(centred).collect()
}

fn covariance(features: &Features) -> Vec<Vec<f64>> {
    let mut covariance = vec![vec![0.0; features.dimension()]; features.dimension()];
    for row in centred(features) {
        for (out, &left) in covariance.iter_mut().zip(&row) {
            out.iter_mut().zip(&row).for_each(|(sum, right)| *sum += left * right);
        }
    }
    covariance
}

/// The product of two matrices, the second of which is symmetric.
fn multiplied(left: &[Vec<f64>], symmetric: &[Vec<f64>]) -> Vec<Vec<f64>> {
    left.iter().map(|row| symmetric.iter().map(|column| dot(row, column)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::noise::Rng;

    fn random(count: usize, dimension: usize, seed: u64) -> Features {
        let mut rng = Rng::new(seed, 0, 0);
        Features::new(count, dimension, (0..count * dimension).map(|_| rng.uniform()).collect()).unwrap()
    }

    #[test]
    fn a_set_has_no_distance_from_itself_and_the_two_ways_agree() {
        let (few, many) = (random(7, 12, 1), random(40, 12, 2));
        for set in [&few, &many] {
            assert!(frechet(set, set).unwrap().abs() < 1e-12);
        }
        for (a, b) in [(&few, &many), (&many, &few), (&many, &random(25, 12, 3))] {
            let (by_norm, by_covariance) =
                (frechet_by_nuclear_norm(a, b).unwrap(), frechet_by_covariances(a, b).unwrap());
            assert!((by_norm - by_covariance).abs() < 1e-7 * by_norm, "{by_norm}, {by_covariance}");
        }
    }

    #[test]
    fn one_feature_has_the_closed_form() {
        let (a, b) = (random(30, 1, 4), random(50, 1, 5));
        let deviation = |set: &Features| covariance(set)[0][0].sqrt();
        let expected = (a.mean()[0] - b.mean()[0]).powi(2) + (deviation(&a) - deviation(&b)).powi(2);
        assert!((frechet(&a, &b).unwrap() - expected).abs() < 1e-12);
    }

    #[test]
    fn turning_both_sets_alike_changes_nothing() {
        let turned = |set: &Features| {
            let (sin, cos) = 1.1_f64.sin_cos();
            let rows =
                set.rows().flat_map(|row| [cos * row[0] - sin * row[1], sin * row[0] + cos * row[1], row[2]]);
            Features::new(set.count(), 3, rows.collect()).unwrap()
        };
        let (a, b) = (random(20, 3, 6), random(15, 3, 7));
        let (before, after) = (frechet(&a, &b).unwrap(), frechet(&turned(&a), &turned(&b)).unwrap());
        assert!((before - after).abs() < 1e-12, "{before}, {after}");
    }
}
