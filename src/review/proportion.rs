//! Shares of a sample, with what they say of the whole.

use serde::Serialize;

/// A share with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// The one over the other.
    pub share: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The 97.5th percentile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A share with its 95 % interval (Wilson 1927); `None` of nothing.
pub fn wilson(count: usize, of: usize) -> Option<Share> {
    if of == 0 || count > of {
        return None;
    }
    let n = of as f64;
    let share = count as f64 / n;
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let middle = share + Z * Z / (2.0 * n);
    let whole = 1.0 + Z * Z / n;
    let (low, high) = ((middle - spread) / whole, (middle + spread) / whole);
    Some(Share { count, of, share, low: low.max(0.0), high: high.min(1.0) })
}

/// How many random pairs must be looked at, none of them bad, to say that fewer than `bad_share` of all are bad:
/// 59 for 5 % with a confidence of 95 %, 299 for 1 % (ln .05 / ln .95 = 58.4).
///
/// # Panics
/// If a share or the confidence is not between 0 and 1.
pub fn sample_for(bad_share: f64, confidence: f64) -> usize {
    assert!((0.0..1.0).contains(&bad_share) && bad_share > 0.0, "a share of {bad_share}");
    assert!((0.0..1.0).contains(&confidence) && confidence > 0.0, "a confidence of {confidence}");
    ((1.0 - confidence).ln() / (1.0 - bad_share).ln()).ceil() as usize
}

/// The share of bad pairs that is exceeded with no more than `1 - confidence` when of `looked_at` random pairs none is
/// bad.
pub fn bound_of_none(looked_at: usize, confidence: f64) -> f64 {
    1.0 - (1.0 - confidence).powf(1.0 / looked_at.max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_those_of_the_rule() {
        assert_eq!(sample_for(0.05, 0.95), 59);
        assert_eq!(sample_for(0.01, 0.95), 299);
        assert!(bound_of_none(59, 0.95) < 0.05 && bound_of_none(58, 0.95) > 0.05);
    }

    /// Brown, Cai & DasGupta (2001) compute Wilson's interval likewise; values of
    /// tests/reference/review_reference.py, which solves its equation by bisection.
    #[test]
    fn intervals_solve_wilsons_equation() {
        for (count, of, low, high) in [
            (0, 10, 0.0, 0.277_532_799_862_889_26),
            (7, 10, 0.396_778_147_461_145_26, 0.892_208_732_593_698_9),
            (100, 100, 0.963_006_501_793_014_3, 1.0),
        ] {
            let found = wilson(count, of).unwrap();
            assert!((found.low - low).abs() < 1e-9 && (found.high - high).abs() < 1e-9, "{found:?}");
        }
        assert_eq!((wilson(0, 0), wilson(3, 2)), (None, None));
    }
}
