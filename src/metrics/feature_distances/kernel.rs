//! Kernel distance: the unbiased squared maximum mean discrepancy under the kernel (x·y / d + 1)³ (KID, Bińkowski et
//! al. 2018). Unlike the Fréchet distance it is unbiased for few pictures; it may come out a little below zero.

use super::{FeatureError, Features, dot};
use crate::encoding::noise::{Rng, stream};

/// A kernel distance over subsets.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct KernelDistance {
    /// Mean over the subsets.
    pub mean: f64,
    /// Standard deviation over the subsets (of their number, as the published code has it).
    pub deviation: f64,
    /// How many subsets were compared.
    pub subsets: usize,
    /// Pictures of each set in a subset.
    pub subset_size: usize,
}

/// The kernel distance of two sets over `subsets` random subsets of `subset_size` pictures of each, or of as many as
/// the smaller set has. The same seed gives the same subsets. Where a subset holds all of both sets, one is taken.
///
/// # Errors
/// If the sets have features of different networks, or a subset has fewer than two pictures.
pub fn kernel_distance(
    first: &Features,
    second: &Features,
    subsets: usize,
    subset_size: usize,
    seed: u64,
) -> Result<KernelDistance, FeatureError> {
    first.check_like(second)?;
    let size = subset_size.min(first.count()).min(second.count());
    if size < 2 {
        return Err(FeatureError::TooFew { count: size });
    }
    let is_whole = size == first.count() && size == second.count();
    let subsets = if is_whole { 1 } else { subsets.max(1) };
    let values: Vec<f64> = (0..subsets as u64)
        .map(|subset| {
            let mut rng = Rng::new(seed, stream::SUBSETS, subset);
            let chosen = [first, second].map(|set| choice(set.count(), size, &mut rng));
            squared_discrepancy(first, &chosen[0], second, &chosen[1])
        })
        .collect();
    let mean = values.iter().sum::<f64>() / subsets as f64;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / subsets as f64;
    Ok(KernelDistance { mean, deviation: variance.sqrt(), subsets, subset_size: size })
}

/// `size` of `count` numbers without repetition.
fn choice(count: usize, size: usize, rng: &mut Rng) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..count).collect();
    for place in 0..size {
        numbers.swap(place, place + rng.below(count - place));
    }
    numbers.truncate(size);
    numbers
}

fn squared_discrepancy(first: &Features, of_first: &[usize], second: &Features, of_second: &[usize]) -> f64 {
    let kernel = |a: &[f64], b: &[f64]| (dot(a, b) / first.dimension() as f64 + 1.0).powi(3);
    let within = |set: &Features, chosen: &[usize]| {
        let mut sum = 0.0;
        for (place, &a) in chosen.iter().enumerate() {
            sum += chosen[..place].iter().map(|&b| 2.0 * kernel(set.row(a), set.row(b))).sum::<f64>();
        }
        sum / (chosen.len() * (chosen.len() - 1)) as f64
    };
    let pairs = of_first.iter().flat_map(|&a| of_second.iter().map(move |&b| (a, b)));
    let between: f64 = pairs.map(|(a, b)| kernel(first.row(a), second.row(b))).sum();
    within(first, of_first) + within(second, of_second)
        - 2.0 * between / (of_first.len() * of_second.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(count: usize, seed: u64, shift: f64) -> Features {
        let mut rng = Rng::new(seed, 0, 0);
        Features::new(count, 6, (0..count * 6).map(|_| rng.uniform() + shift).collect()).unwrap()
    }

    #[test]
    fn like_sets_are_near_and_shifted_ones_far() {
        let (a, b, far) = (random(120, 1, 0.0), random(140, 2, 0.0), random(140, 3, 0.5));
        let near = kernel_distance(&a, &b, 50, 60, 9).unwrap();
        assert_eq!((near.subsets, near.subset_size), (50, 60));
        assert_eq!(near, kernel_distance(&a, &b, 50, 60, 9).unwrap());
        assert!(near.mean.abs() < 2.0 * near.deviation, "{near:?}");
        let apart = kernel_distance(&a, &far, 50, 60, 9).unwrap();
        assert!(apart.mean > 5.0 * apart.deviation, "{apart:?}");
    }

    #[test]
    fn whole_sets_are_taken_once() {
        let (a, b) = (random(20, 4, 0.0), random(20, 5, 0.1));
        let whole = kernel_distance(&a, &b, 50, 1000, 1).unwrap();
        assert_eq!((whole.subsets, whole.subset_size, whole.deviation), (1, 20, 0.0));
        assert!(kernel_distance(&a, &b, 5, 1, 1).is_err());
    }
}
