//! Singular values by one-sided Jacobi rotations (Hestenes 1958).
//!
//! Rows are rotated against each other until all are orthogonal; their lengths are then the singular values. It is
//! slower than bidiagonalisation but short, and small singular values come out as exactly as large ones (Demmel &
//! Veselić 1992). The cost is rows² times columns for each of about ten sweeps: 66 rows of 1000 take a tenth of a
//! second, 1000 of 1000 minutes.

use super::dot;

/// Rotations stop once no two rows are less orthogonal than this, as the cosine of their angle.
const ORTHOGONAL: f64 = 1e-14;
const MAX_SWEEPS: usize = 60;

/// Rotates the rows until they are orthogonal. The same rotations are applied to `along`, which has as many rows.
pub(super) fn orthogonalise(rows: &mut [Vec<f64>], along: &mut [Vec<f64>]) {
    for _ in 0..MAX_SWEEPS {
        let mut is_done = true;
        for second in 1..rows.len() {
            for first in 0..second {
                let product = dot(&rows[first], &rows[second]);
                let (a, b) = (dot(&rows[first], &rows[first]), dot(&rows[second], &rows[second]));
                if product.abs() <= ORTHOGONAL * (a * b).sqrt() || product == 0.0 {
                    continue;
                }
                is_done = false;
                let slope = (b - a) / (2.0 * product);
                let tangent = slope.signum() / (slope.abs() + (1.0 + slope * slope).sqrt());
                let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
                rotate(rows, first, second, cosine, cosine * tangent);
                if !along.is_empty() {
                    rotate(along, first, second, cosine, cosine * tangent);
                }
            }
        }
        if is_done {
            return;
        }
    }
}

fn rotate(rows: &mut [Vec<f64>], first: usize, second: usize, cosine: f64, sine: f64) {
    let (before, after) = rows.split_at_mut(second);
    for (a, b) in before[first].iter_mut().zip(&mut after[0]) {
        (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
    }
}

/// The singular values of a matrix given by its rows, in no order.
pub(super) fn singular_values(mut rows: Vec<Vec<f64>>) -> Vec<f64> {
    orthogonalise(&mut rows, &mut []);
    rows.iter().map(|row| dot(row, row).sqrt()).collect()
}

/// The square root of a symmetric matrix without negative eigenvalues, given by its rows.
pub(super) fn square_root(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let size = matrix.len();
    let mut rows = matrix.to_vec();
    // Rotating the rows of a symmetric matrix until they are orthogonal diagonalises it: the rotations are the
    // eigenvectors, the lengths the eigenvalues.
    let mut vectors: Vec<Vec<f64>> =
        (0..size).map(|i| (0..size).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    orthogonalise(&mut rows, &mut vectors);
    let mut root = vec![vec![0.0; size]; size];
    for (row, vector) in rows.iter().zip(&vectors) {
        let scale = dot(row, row).sqrt().sqrt();
        for (out, &left) in root.iter_mut().zip(vector) {
            out.iter_mut().zip(vector).for_each(|(sum, right)| *sum += scale * left * right);
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotated_diagonal_has_its_entries_as_singular_values() {
        let (sin, cos) = 0.7_f64.sin_cos();
        let mut found =
            singular_values(vec![vec![3.0 * cos, 3.0 * sin, 0.0], vec![-1e-9 * sin, 1e-9 * cos, 0.0]]);
        found.sort_by(f64::total_cmp);
        assert!((found[0] / 1e-9 - 1.0).abs() < 1e-9 && (found[1] - 3.0).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn a_square_root_squared_is_the_matrix() {
        let matrix = vec![vec![4.0, 1.0, 0.5], vec![1.0, 3.0, 0.2], vec![0.5, 0.2, 2.0]];
        let root = square_root(&matrix);
        for (i, row) in matrix.iter().enumerate() {
            for (j, expected) in row.iter().enumerate() {
                assert!((dot(&root[i], &root[j]) - expected).abs() < 1e-12);
            }
        }
        let nothing = square_root(&[vec![0.0; 2], vec![0.0; 2]]);
        assert_eq!(nothing, [[0.0; 2], [0.0; 2]]);
    }
}
