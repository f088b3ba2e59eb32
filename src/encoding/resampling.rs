//! Resampling of grey values on a regular grid, pixel centres at half-integers.

/// For each of `to` places the index of the nearest of `from` pixels over the same extent.
pub fn nearest_indices(from: u32, to: u32) -> Vec<u32> {
    (0..u64::from(to))
        .map(|at| (((2 * at + 1) * u64::from(from) / (2 * u64::from(to))) as u32).min(from - 1))
        .collect()
}

/// Weights of one output place: first input index and the weights from there on, which sum to one.
type Taps = (usize, Vec<f32>);

/// Triangle filter, widened by the shrink factor so that shrinking does not alias.
fn triangle_taps(from: u32, to: u32) -> Vec<Taps> {
    let step = f64::from(from) / f64::from(to);
    let radius = step.max(1.0);
    (0..to)
        .map(|at| {
            let centre = (f64::from(at) + 0.5) * step;
            let first = (centre - radius).floor().max(0.0) as usize;
            let end = ((centre + radius).ceil() as usize).min(from as usize);
            let mut weights: Vec<f32> = (first..end)
                .map(|x| (1.0 - ((x as f64 + 0.5 - centre) / radius).abs()).max(0.0) as f32)
                .collect();
            let sum: f32 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
            (first, weights)
        })
        .collect()
}

/// Row-major values of one size (width, height) at another; the identity where the sizes are equal.
///
/// # Panics
/// If `values` has not the size `from`.
pub fn resample(values: &[f32], from: (u32, u32), to: (u32, u32)) -> Vec<f32> {
    assert_eq!(values.len(), from.0 as usize * from.1 as usize, "values of {from:?}");
    if from == to {
        return values.to_vec();
    }
    let columns = triangle_taps(from.0, to.0);
    let mut narrowed = Vec::with_capacity(to.0 as usize * from.1 as usize);
    for row in values.chunks_exact(from.0 as usize) {
        narrowed.extend(columns.iter().map(|(first, weights)| {
            weights.iter().zip(&row[*first..]).map(|(weight, value)| weight * value).sum::<f32>()
        }));
    }
    let width = to.0 as usize;
    let mut out = vec![0.0; width * to.1 as usize];
    for ((first, weights), row) in triangle_taps(from.1, to.1).iter().zip(out.chunks_exact_mut(width)) {
        for (weight, source) in weights.iter().zip(narrowed[first * width..].chunks_exact(width)) {
            for (value, &from) in row.iter_mut().zip(source) {
                *value += weight * from;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_smooths_and_doubling_interpolates() {
        let half = resample(&[0.0, 0.0, 8.0, 8.0], (4, 1), (2, 1));
        assert!((half[0] - 8.0 / 7.0).abs() < 1e-5, "weights 3, 3, 1 of a triangle four pixels wide");
        assert!((half[0] + half[1] - 8.0).abs() < 1e-5);
        let double = resample(&[0.0, 4.0], (2, 1), (4, 1));
        assert_eq!(double, [0.0, 1.0, 3.0, 4.0]);
    }

    #[test]
    fn a_constant_stays_constant() {
        let out = resample(&[0.25; 7 * 5], (7, 5), (11, 3));
        assert!(out.iter().all(|value| (value - 0.25).abs() < 1e-6));
        assert_eq!(nearest_indices(3, 6), [0, 0, 1, 1, 2, 2]);
        assert_eq!(nearest_indices(6, 3), [1, 3, 5]);
    }
}
