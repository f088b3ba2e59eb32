//! Of so many pairs the best: more are drawn than wanted, and those are kept in whose scans the segmenter finds most of the
//! mask again.
//!
//! The choice is made within small units: of every ten consecutive candidates, say, six are kept. A unit depends on the plan
//! and its number alone, so any thread and any shard that makes a pair of it makes the same one, and a run that was stopped
//! goes on with the unit that it was at.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::filters::Rejections;

/// Candidates of a unit, where the command line says a share.
const CANDIDATES: u32 = 10;
/// Most candidates of a unit that a plan may ask for.
const MAX_CANDIDATES: u32 = 1000;
/// What candidates are counted by that were not kept.
pub const NOT_BEST: &str = "not among the best";

/// How many of how many consecutive candidates are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BestOf {
    /// Pairs that a unit gives.
    pub kept: u32,
    /// Pairs that are drawn for it.
    pub of: u32,
}

impl BestOf {
    /// That keeps a share of the candidates; shares are tenths.
    ///
    /// # Errors
    /// If it is none from 0.1 to 0.9; the message says so.
    pub fn of_share(share: f64) -> Result<Self, String> {
        let tenths = share * f64::from(CANDIDATES);
        let is_whole = (tenths - tenths.round()).abs() < 1e-6;
        match is_whole && (1.0..f64::from(CANDIDATES)).contains(&tenths.round()) {
            true => Ok(Self { kept: tenths.round() as u32, of: CANDIDATES }),
            false => Err(format!(
                "{share} is no share in tenths: give 0.1 to 0.9, such as 0.6, which keeps 6 of every {CANDIDATES} pairs"
            )),
        }
    }

    /// Part of the candidates that is kept.
    pub fn share(self) -> f64 {
        f64::from(self.kept) / f64::from(self.of)
    }

    /// Whether a plan may ask for it.
    pub fn is_possible(self) -> bool {
        (1..=self.of).contains(&self.kept) && self.of <= MAX_CANDIDATES
    }

    /// The unit that a pair belongs to.
    pub fn unit_of(self, index: u64) -> u64 {
        index / u64::from(self.kept)
    }

    /// The number of a pair within its unit.
    pub fn place_of(self, index: u64) -> usize {
        (index % u64::from(self.kept)) as usize
    }

    /// The candidates of a unit.
    pub fn candidates(self, unit: u64) -> Range<u64> {
        let first = unit * u64::from(self.of);
        first..first + u64::from(self.of)
    }

    /// Runs of pairs of one unit among some in order, as positions: what is best made at once.
    pub fn groups(self, indices: &[u64]) -> Vec<Range<usize>> {
        let mut groups: Vec<Range<usize>> = Vec::new();
        for (at, &index) in indices.iter().enumerate() {
            let is_of_last = |group: &Range<usize>| self.unit_of(indices[group.start]) == self.unit_of(index);
            match groups.last_mut().filter(|group| is_of_last(group)) {
                Some(group) => group.end = at + 1,
                None => groups.push(at..at + 1),
            }
        }
        groups
    }

    /// Which candidates are kept, in their order: those that are found again best, of equal ones the first.
    pub fn chosen(self, found_again: &[f64]) -> Vec<usize> {
        let mut by_merit: Vec<usize> = (0..found_again.len()).collect();
        by_merit.sort_by(|&a, &b| found_again[b].total_cmp(&found_again[a]).then(a.cmp(&b)));
        by_merit.truncate(self.kept as usize);
        by_merit.sort_unstable();
        by_merit
    }
}

/// What was drawn in vain for each of the chosen candidates: its own rejections, those of the candidates before it that were
/// not kept, and these themselves; what comes behind the last is the last one's.
pub(super) fn rejections_of(chosen: &[usize], of_candidates: &[Rejections]) -> Vec<Rejections> {
    let mut summed = vec![Rejections::new(); chosen.len()];
    for (candidate, rejections) in of_candidates.iter().enumerate() {
        let at = chosen.partition_point(|&kept| kept < candidate).min(chosen.len().saturating_sub(1));
        let Some(sum) = summed.get_mut(at) else { continue };
        for (reason, count) in rejections {
            *sum.entry(reason.clone()).or_default() += count;
        }
        if !chosen.contains(&candidate) {
            *sum.entry(NOT_BEST.to_owned()).or_default() += 1;
        }
    }
    summed
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIX: BestOf = BestOf { kept: 6, of: 10 };

    #[test]
    fn a_share_is_so_many_of_ten() {
        assert_eq!(BestOf::of_share(0.6), Ok(SIX));
        assert_eq!(BestOf::of_share(0.1), Ok(BestOf { kept: 1, of: 10 }));
        assert_eq!(BestOf::of_share(SIX.share()), Ok(SIX));
        for wrong in [0.0, 1.0, 0.65, -0.1, f64::NAN] {
            assert!(BestOf::of_share(wrong).unwrap_err().contains("0.1 to 0.9"), "{wrong}");
        }
        assert!(SIX.is_possible() && !BestOf { kept: 0, of: 10 }.is_possible());
        assert!(!BestOf { kept: 3, of: 2 }.is_possible());
    }

    #[test]
    fn every_pair_is_of_one_unit_with_candidates_of_its_own() {
        assert_eq!((SIX.unit_of(5), SIX.unit_of(6), SIX.place_of(6), SIX.place_of(11)), (0, 1, 0, 5));
        assert_eq!((SIX.candidates(0), SIX.candidates(3)), (0..10, 30..40));
        assert_eq!(SIX.groups(&[2, 5, 6, 7, 19]), [0..2, 2..4, 4..5]);
        assert!(SIX.groups(&[]).is_empty());
    }

    #[test]
    fn the_best_stay_in_their_order_and_what_is_not_kept_is_counted_once() {
        let two = BestOf { kept: 2, of: 5 };
        let chosen = two.chosen(&[0.7, 0.9, 0.8, 0.9, 0.1]);
        assert_eq!(chosen, [1, 3]);
        assert_eq!(two.chosen(&[0.5; 5]), [0, 1], "of equal ones the first");
        let one = Rejections::from([("fluid".to_owned(), 2)]);
        let rejections = [one.clone(), Rejections::new(), one.clone(), one, Rejections::new()];
        let summed = rejections_of(&chosen, &rejections);
        assert_eq!(summed[0], Rejections::from([("fluid".to_owned(), 2), (NOT_BEST.to_owned(), 1)]));
        assert_eq!(summed[1], Rejections::from([("fluid".to_owned(), 4), (NOT_BEST.to_owned(), 2)]));
    }
}
