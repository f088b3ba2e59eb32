//! Agreement of two reviewers beyond chance.

use serde::Serialize;

/// Cohen's kappa with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Kappa {
    /// Pairs that both decided.
    pub pairs: usize,
    /// Share on which they agree.
    pub agreement: f64,
    /// `None` where both always say the same one thing: there is nothing beyond chance to measure.
    pub kappa: Option<f64>,
    /// Lower end of its interval; `None` where it is undefined.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

const Z: f64 = 1.959_963_984_540_054;

/// Of two reviewers' yes and no on the same pairs (Cohen 1960; variance of Fleiss, Cohen & Everitt 1969, equation
/// 13); `None` of no pairs.
pub fn cohen(both: &[(bool, bool)]) -> Option<Kappa> {
    if both.is_empty() {
        return None;
    }
    let n = both.len() as f64;
    let mut table = [[0.0_f64; 2]; 2];
    for &(first, second) in both {
        table[usize::from(first)][usize::from(second)] += 1.0 / n;
    }
    let rows = table.map(|row| row[0] + row[1]);
    let columns = [0, 1].map(|column| table[0][column] + table[1][column]);
    let agreement = table[0][0] + table[1][1];
    let chance = rows[0] * columns[0] + rows[1] * columns[1];
    let found = Kappa { pairs: both.len(), agreement, kappa: None, low: None, high: None };
    // Tables of counts: less than a pair's share of disagreement by chance is rounding.
    if 1.0 - chance < 1e-12 {
        return Some(found);
    }
    let kappa = (agreement - chance) / (1.0 - chance);
    let mut diagonal = 0.0;
    let mut off_diagonal = 0.0;
    for (i, row) in table.iter().enumerate() {
        for (j, &share) in row.iter().enumerate() {
            if i == j {
                diagonal += share * (1.0 - (rows[i] + columns[i]) * (1.0 - kappa)).powi(2);
            } else {
                off_diagonal += share * (columns[i] + rows[j]).powi(2);
            }
        }
    }
    let last = kappa - chance * (1.0 - kappa);
    let variance =
        (diagonal + (1.0 - kappa).powi(2) * off_diagonal - last * last) / (n * (1.0 - chance).powi(2));
    let spread = Z * variance.max(0.0).sqrt();
    Some(Kappa {
        kappa: Some(kappa),
        low: Some(kappa - spread),
        high: Some((kappa + spread).min(1.0)),
        ..found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(table: [[usize; 2]; 2]) -> Vec<(bool, bool)> {
        let cell = |first: bool, second: bool| {
            std::iter::repeat_n((first, second), table[usize::from(first)][usize::from(second)])
        };
        [(false, false), (false, true), (true, false), (true, true)]
            .into_iter()
            .flat_map(|(first, second)| cell(first, second))
            .collect()
    }

    /// Values of tests/reference/review_reference.py, which differentiates kappa numerically (delta method).
    #[test]
    fn kappa_and_its_interval_are_those_of_the_delta_method() {
        for (table, kappa, low, high) in KAPPA_CASES {
            let found = cohen(&pairs(table)).unwrap();
            let close = |a: Option<f64>, b: f64| (a.unwrap() - b).abs() < 1e-6;
            assert!(
                close(found.kappa, kappa) && close(found.low, low) && close(found.high, high),
                "{found:?}"
            );
        }
    }

    #[test]
    fn what_says_nothing_has_no_kappa() {
        assert_eq!(cohen(&[]), None);
        let same = cohen(&[(true, true); 5]).unwrap();
        assert_eq!((same.agreement, same.kappa), (1.0, None));
        assert_eq!(cohen(&pairs([[5, 0], [0, 5]])).unwrap().kappa, Some(1.0));
    }

    type Case = ([[usize; 2]; 2], f64, f64, f64);
    const KAPPA_CASES: [Case; 3] = [
        ([[20, 5], [10, 15]], 0.4, 0.151_092_290, 0.648_907_710),
        // Past 1 by the formula, which knows no end.
        ([[3, 1], [2, 90]], 0.650_485_437, 0.282_339_692, 1.0),
        ([[40, 9], [6, 45]], 0.699_519_231, 0.559_590_341, 0.839_448_121),
    ];
}
