//! How much the pictures of a set differ from each other: which are compared with which, and what that comes to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::encoding::noise::{Rng, stream};

/// How much the pictures of a set differ from each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diversity {
    /// Mean distance of a pair of pictures.
    pub mean: f64,
    /// Standard deviation over the pairs.
    pub deviation: f64,
    /// How many pairs were compared.
    pub pairs: usize,
}

impl Diversity {
    /// Of the distances of pairs; `None` of no pair.
    pub fn of(distances: &[f64]) -> Option<Self> {
        let pairs = distances.len();
        if pairs == 0 {
            return None;
        }
        let mean = distances.iter().sum::<f64>() / pairs as f64;
        let variance = distances.iter().map(|distance| (distance - mean).powi(2)).sum::<f64>() / pairs as f64;
        Some(Self { mean, deviation: variance.sqrt(), pairs })
    }
}

/// At most `most` different pairs of `count` pictures, in order; all of them where there are no more. The same seed gives
/// the same pairs.
pub fn picture_pairs(count: usize, most: usize, seed: u64) -> Vec<[usize; 2]> {
    let all = count.saturating_mul(count.saturating_sub(1)) / 2;
    if all <= most {
        return (0..count).flat_map(|first| (first + 1..count).map(move |second| [first, second])).collect();
    }
    let mut rng = Rng::new(seed, stream::PICTURE_PAIRS, 0);
    let mut pairs = BTreeSet::new();
    // Where nearly all are wanted, those that are left out are drawn.
    let is_most = most > all / 2;
    let drawn = if is_most { all - most } else { most };
    while pairs.len() < drawn {
        let [one, other] = [rng.below(count), rng.below(count)];
        if one != other {
            pairs.insert([one.min(other), one.max(other)]);
        }
    }
    match is_most {
        true => picture_pairs(count, all, seed).into_iter().filter(|pair| !pairs.contains(pair)).collect(),
        false => pairs.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_different_and_as_many_as_asked_for() {
        assert_eq!(picture_pairs(3, 10, 0), [[0, 1], [0, 2], [1, 2]]);
        assert_eq!((picture_pairs(0, 10, 0), picture_pairs(1, 10, 0)), (Vec::new(), Vec::new()));
        for (count, most) in [(9, 35), (9, 12), (400, 1000), (9, 1)] {
            let pairs = picture_pairs(count, most, 7);
            assert_eq!(pairs.len(), most);
            assert!(pairs.iter().all(|[first, second]| first < second && *second < count));
            assert!(pairs.is_sorted() && pairs.windows(2).all(|two| two[0] != two[1]));
            assert_eq!(pairs, picture_pairs(count, most, 7));
        }
        assert_eq!(Diversity::of(&[]), None);
        let of_two = Diversity { mean: 2.0, deviation: 1.0, pairs: 2 };
        assert_eq!(Diversity::of(&[1.0, 3.0]), Some(of_two));
        assert_ne!(picture_pairs(400, 1000, 7), picture_pairs(400, 1000, 8));
    }
}
