//! Distances between two sets of pictures by their features: Fréchet (FID and its kin) and kernel (KID).
//!
//! Whatever network made the features, the distance between them is the same computation, so it stands here, apart
//! from all networks. With few pictures the Fréchet distance is biased upwards: print it beside that of two halves of
//! the real set, at equal numbers, and trust the kernel distance first.

mod comparison;
mod frechet;
mod kernel;
mod orthogonal;
mod pairs;

pub use comparison::{SetComparison, Subsets};
pub use frechet::{frechet, frechet_by_covariances, frechet_by_nuclear_norm};
pub use kernel::{KernelDistance, kernel_distance};
pub use pairs::{Diversity, picture_pairs};

/// What is wrong with a set of features.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum FeatureError {
    #[error("{values} values are not {count} rows of {dimension} features: write one row a picture")]
    Shape { values: usize, count: usize, dimension: usize },
    #[error(
        "feature {feature} of picture {picture} is no finite number, or one past 1e40 of which no distance can be taken: \
         extract the features again"
    )]
    NotFinite { picture: usize, feature: usize },
    #[error("{count} pictures, at least 2 are needed for a distance")]
    TooFew { count: usize },
    #[error("{first} features a picture in one set and {second} in the other: take both from one network")]
    Dimensions { first: usize, second: usize },
}

/// The kernel takes the sixth power of a feature, which must still be a number.
const LARGEST: f64 = 1e40;

/// The features of a set of pictures: one row a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    count: usize,
    dimension: usize,
    values: Vec<f64>,
}

impl Features {
    /// Row-major features of at least two pictures.
    ///
    /// # Errors
    /// If the number of values is not `count * dimension`, a value is not finite or too large, or there are fewer than two
    /// rows.
    pub fn new(count: usize, dimension: usize, values: Vec<f64>) -> Result<Self, FeatureError> {
        if dimension == 0 || count.checked_mul(dimension) != Some(values.len()) {
            return Err(FeatureError::Shape { values: values.len(), count, dimension });
        }
        if count < 2 {
            return Err(FeatureError::TooFew { count });
        }
        if let Some(at) = values.iter().position(|value| value.is_nan() || value.abs() > LARGEST) {
            return Err(FeatureError::NotFinite { picture: at / dimension, feature: at % dimension });
        }
        Ok(Self { count, dimension, values })
    }

    /// Number of pictures.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Number of features a picture.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Every second picture, and the others; `None` where a half would have fewer than two.
    pub fn halves(&self) -> Option<[Self; 2]> {
        let half = |parity: usize| {
            let values: Vec<f64> = self.rows().skip(parity).step_by(2).flatten().copied().collect();
            Self::new(values.len() / self.dimension, self.dimension, values).ok()
        };
        Some([half(0)?, half(1)?])
    }

    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.dimension)
    }

    fn row(&self, picture: usize) -> &[f64] {
        &self.values[picture * self.dimension..(picture + 1) * self.dimension]
    }

    fn mean(&self) -> Vec<f64> {
        let mut mean = vec![0.0; self.dimension];
        for row in self.rows() {
            mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        mean.iter_mut().for_each(|sum| *sum /= self.count as f64);
        mean
    }

    /// Both sets must come from one network.
    fn check_like(&self, other: &Self) -> Result<(), FeatureError> {
        if self.dimension == other.dimension {
            return Ok(());
        }
        Err(FeatureError::Dimensions { first: self.dimension, second: other.dimension })
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_features_is_named() {
        assert!(matches!(Features::new(2, 2, vec![0.0; 3]), Err(FeatureError::Shape { values: 3, .. })));
        assert!(matches!(Features::new(usize::MAX, 2, Vec::new()), Err(FeatureError::Shape { .. })));
        assert!(matches!(Features::new(0, 0, Vec::new()), Err(FeatureError::Shape { .. })));
        assert_eq!(Features::new(1, 2, vec![0.0; 2]), Err(FeatureError::TooFew { count: 1 }));
        for value in [f64::NAN, f64::NEG_INFINITY, 1e300] {
            let broken = Features::new(2, 2, vec![0.0, 1.0, 2.0, value]);
            assert_eq!(broken, Err(FeatureError::NotFinite { picture: 1, feature: 1 }), "{value}");
        }
        let (two, three) = (Features::new(2, 2, vec![0.0; 4]), Features::new(2, 3, vec![0.0; 6]));
        let error = frechet(&two.unwrap(), &three.unwrap()).unwrap_err();
        assert!(error.to_string().starts_with("2 features a picture in one set and 3"), "{error}");
    }
}
