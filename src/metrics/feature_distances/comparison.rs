//! Real and drawn pictures held against each other, with what a reader has to know of the figures.

use serde::Serialize;

use super::{FeatureError, Features, KernelDistance, frechet, kernel_distance};

/// The random subsets of a kernel distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subsets {
    /// How many are compared.
    pub count: usize,
    /// At most so many pictures of each set in one.
    pub size: usize,
    /// Equal seeds give equal subsets.
    pub seed: u64,
}

/// The distances of drawn pictures from real ones, each the lower the better.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SetComparison {
    /// Fréchet distance.
    pub frechet: f64,
    /// The same of every second real picture from the others: what no drawn set can be expected to be below. `None` of
    /// fewer than four real pictures.
    pub frechet_of_real_halves: Option<f64>,
    /// Kernel distance.
    pub kernel: KernelDistance,
    /// What to know before these are quoted, in words.
    pub warnings: Vec<String>,
}

impl SetComparison {
    /// Of two sets with features of one network.
    ///
    /// # Errors
    /// If the sets have features of different networks, or subsets of fewer than two pictures are asked for.
    pub fn of(real: &Features, drawn: &Features, subsets: Subsets) -> Result<Self, FeatureError> {
        let halves = real.halves();
        Ok(Self {
            frechet: frechet(real, drawn)?,
            frechet_of_real_halves: halves.map(|[even, odd]| frechet(&even, &odd)).transpose()?,
            kernel: kernel_distance(real, drawn, subsets.count, subsets.size, subsets.seed)?,
            warnings: warnings(real, drawn),
        })
    }
}

fn warnings(real: &Features, drawn: &Features) -> Vec<String> {
    let mut warnings = Vec::new();
    for (set, word) in [(real, "real"), (drawn, "drawn")] {
        if set.count() < set.dimension() {
            warnings.push(format!(
                "{} {word} pictures are fewer than the {} features: the Fréchet distance is biased upwards; read it \
                 beside that of the real halves, and trust the kernel distance first",
                set.count(),
                set.dimension()
            ));
        }
    }
    if real.count() != drawn.count() {
        warnings.push(format!(
            "{} real and {} drawn pictures: Fréchet distances compare only at equal numbers",
            real.count(),
            drawn.count()
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::noise::Rng;

    const SUBSETS: Subsets = Subsets { count: 10, size: 50, seed: 0 };

    fn random(count: usize, dimension: usize, seed: u64) -> Features {
        let mut rng = Rng::new(seed, 0, 0);
        Features::new(count, dimension, (0..count * dimension).map(|_| rng.uniform()).collect()).unwrap()
    }

    #[test]
    fn few_pictures_and_unequal_numbers_are_said() {
        let of = |real: &Features, drawn: &Features| SetComparison::of(real, drawn, SUBSETS).unwrap();
        let plenty = of(&random(40, 3, 1), &random(40, 3, 2));
        assert_eq!(plenty.warnings, [""; 0]);
        assert!(plenty.frechet_of_real_halves.is_some_and(|floor| floor > 0.0));
        let few = of(&random(10, 16, 1), &random(40, 16, 2));
        assert_eq!(few.warnings.len(), 2, "{:?}", few.warnings);
        assert!(few.warnings[0].starts_with("10 real pictures are fewer than the 16 features"));
        assert!(few.warnings[1].starts_with("10 real and 40 drawn"));
        assert_eq!(of(&random(3, 2, 1), &random(9, 2, 2)).frechet_of_real_halves, None);
    }

    #[test]
    fn halves_take_every_second_picture() {
        let set = Features::new(5, 1, vec![0.0, 1.0, 2.0, 3.0, 4.0]).unwrap();
        let [even, odd] = set.halves().unwrap();
        assert_eq!((even.count(), odd.count()), (3, 2));
        assert_eq!((even.mean(), odd.mean()), (vec![2.0], vec![2.0]));
    }
}
