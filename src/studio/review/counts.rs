//! How many pairs stand how, kept up to date by each decision instead of counted anew.

use crate::review::verdicts::{PairStanding, Verdicts};
use crate::review::{Decision, DecisionEvent, ReviewSet};

/// How many pairs stand how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// When all reviewers are heard: undecided, accepted, rejected, flagged.
    pub standing: [usize; 4],
    /// Of one reviewer: undecided, accept, reject, flag.
    pub own: [usize; 4],
}

impl Counts {
    /// Counted from scratch.
    pub fn of(set: &ReviewSet, verdicts: &Verdicts, reviewer: &str) -> Self {
        let mut counts = Self::default();
        let number = verdicts.reviewer(reviewer);
        for row in 0..set.len() as u32 {
            counts.standing[verdicts.standing(row) as usize] += 1;
            let own = number.map_or(Decision::Undecided, |number| verdicts.word(number, row).0);
            counts.own[own as usize] += 1;
        }
        counts
    }

    /// Puts a decision into the verdicts and counts it. Returns the row it is about.
    pub fn apply(
        &mut self,
        set: &ReviewSet,
        verdicts: &mut Verdicts,
        event: &DecisionEvent,
        reviewer: &str,
    ) -> Option<u32> {
        let standing = |verdicts: &Verdicts, row: u32| verdicts.standing(row) as usize;
        let own = |verdicts: &Verdicts, row: u32| {
            verdicts.reviewer(reviewer).map_or(Decision::Undecided, |number| verdicts.word(number, row).0)
                as usize
        };
        let before = set.row_of(&event.pair).map(|row| (standing(verdicts, row), own(verdicts, row)));
        let row = verdicts.apply(set, event)?;
        let (standing_before, own_before) = before?;
        self.standing[standing_before] -= 1;
        self.own[own_before] -= 1;
        self.standing[standing(verdicts, row)] += 1;
        self.own[own(verdicts, row)] += 1;
        Some(row)
    }

    /// Pairs of a standing.
    pub fn standing(&self, standing: PairStanding) -> usize {
        self.standing[standing as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn counting_along_gives_what_counting_anew_gives() {
        let folder = tempfile::tempdir().unwrap();
        crate::review::made_rows::write(folder.path(), 40).unwrap();
        let bytes = std::fs::read(folder.path().join("manifest.jsonl")).unwrap();
        let set = ReviewSet::parse(Path::new("nowhere"), &bytes);
        let mut verdicts = Verdicts::default();
        let mut counts = Counts::of(&set, &verdicts, "anna");
        assert_eq!((counts.standing(PairStanding::Undecided), counts.own[0]), (40, 40));
        for number in 0..200_u32 {
            let who = ["anna", "ben"][number as usize % 2];
            let decision = Decision::ALL[(number * 7 / 3) as usize % 4];
            let pair = set.id(number * 13 % 40).to_owned();
            let event = DecisionEvent::now(who, &pair, decision, None);
            assert!(counts.apply(&set, &mut verdicts, &event, "anna").is_some());
            assert_eq!(counts, Counts::of(&set, &verdicts, "anna"), "after {number}");
        }
        let stranger = DecisionEvent::now("anna", "nobody", Decision::Accept, None);
        assert_eq!(counts.apply(&set, &mut verdicts, &stranger, "anna"), None);
    }
}
