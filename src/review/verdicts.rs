//! What the log says now: the last word of every reviewer on every pair, two bytes each.

use super::log::{Decision, DecisionEvent};
use super::set::ReviewSet;

/// Number of no reason.
const NO_REASON: u8 = u8::MAX;

/// One reviewer's last word on a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// What was decided.
    pub decision: Decision,
    reason: u8,
}

const NOTHING: Word = Word { decision: Decision::Undecided, reason: NO_REASON };

/// The last words of all reviewers.
#[derive(Clone, Debug, Default)]
pub struct Verdicts {
    reviewers: Vec<String>,
    /// By reviewer, by row.
    words: Vec<Vec<Word>>,
    reasons: Vec<String>,
    /// Decisions on pairs that the set does not hold.
    pub strangers: usize,
    /// Decisions on masks that were changed since: they are kept and no longer count.
    pub outdated: usize,
    taken: usize,
}

/// How a pair stands when all reviewers are heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PairStanding {
    /// Nobody has decided.
    #[default]
    Undecided,
    /// Somebody accepts it, nobody objects.
    Accepted,
    /// Somebody rejects it.
    Rejected,
    /// Somebody wants it looked at again, nobody rejects it.
    Flagged,
}

impl PairStanding {
    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            PairStanding::Undecided => "undecided",
            PairStanding::Accepted => "accepted",
            PairStanding::Rejected => "rejected",
            PairStanding::Flagged => "flagged",
        }
    }
}

impl Verdicts {
    /// What a log says of a set.
    pub fn of(set: &ReviewSet, events: &[DecisionEvent]) -> Self {
        let mut verdicts = Self::default();
        verdicts.take(set, events);
        verdicts
    }

    /// Takes the events that are new since the last time; `events` is the whole log.
    pub fn take(&mut self, set: &ReviewSet, events: &[DecisionEvent]) {
        for event in &events[self.taken.min(events.len())..] {
            self.apply(set, event);
        }
        self.taken = events.len();
    }

    /// Takes one event that is not in a log yet. Returns the row it is about; `None` where the set does not hold the
    /// pair, or its mask was changed after the decision.
    pub fn apply(&mut self, set: &ReviewSet, event: &DecisionEvent) -> Option<u32> {
        let Some(row) = set.row_of(&event.pair) else {
            self.strangers += 1;
            return None;
        };
        if set.edited_at(row).is_some_and(|edited_at| event.when.as_str() < edited_at) {
            self.outdated += 1;
            return None;
        }
        // A handful of people: a search is quicker than a table.
        let known = self.reviewers.iter().position(|known| *known == event.who);
        let reviewer = known.unwrap_or_else(|| {
            self.reviewers.push(event.who.clone());
            self.words.push(vec![NOTHING; set.len()]);
            self.reviewers.len() - 1
        });
        let reason = event.reason.as_deref().map_or(NO_REASON, |reason| self.reason_number(reason));
        self.words[reviewer][row as usize] = Word { decision: event.decision, reason };
        Some(row)
    }

    /// Reasons past what a byte can number share the last number.
    fn reason_number(&mut self, reason: &str) -> u8 {
        let known = self.reasons.iter().position(|known| known == reason);
        let number = known.unwrap_or_else(|| {
            if self.reasons.len() < usize::from(NO_REASON) {
                self.reasons.push(reason.to_owned());
            }
            self.reasons.len() - 1
        });
        number as u8
    }

    /// The reviewers, in the order in which they first spoke.
    pub fn reviewers(&self) -> &[String] {
        &self.reviewers
    }

    /// What a reviewer says of a row, and why.
    pub fn word(&self, reviewer: usize, row: u32) -> (Decision, Option<&str>) {
        let word = self.words.get(reviewer).map_or(NOTHING, |words| words[row as usize]);
        (word.decision, self.reasons.get(usize::from(word.reason)).map(String::as_str))
    }

    /// The number of a reviewer who has spoken.
    pub fn reviewer(&self, name: &str) -> Option<usize> {
        self.reviewers.iter().position(|known| known == name)
    }

    /// How a row stands when all reviewers are heard: one objection outweighs every consent.
    pub fn standing(&self, row: u32) -> PairStanding {
        let mut standing = PairStanding::Undecided;
        for words in &self.words {
            standing = match (words[row as usize].decision, standing) {
                (Decision::Reject, _) | (_, PairStanding::Rejected) => PairStanding::Rejected,
                (Decision::Flag, _) | (_, PairStanding::Flagged) => PairStanding::Flagged,
                (Decision::Accept, _) => PairStanding::Accepted,
                (Decision::Undecided, standing) => standing,
            };
        }
        standing
    }

    /// All reasons that were ever given, in the order they came.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }

    /// Rows on which each of two reviewers has accepted or rejected: (first accepts, second accepts).
    pub fn both(&self, first: usize, second: usize) -> Vec<(bool, bool)> {
        let of = |reviewer: usize| self.words.get(reviewer).map_or(&[][..], |words| &words[..]);
        let accepts = |word: &Word| match word.decision {
            Decision::Accept => Some(true),
            Decision::Reject => Some(false),
            _ => None,
        };
        of(first).iter().zip(of(second)).filter_map(|(a, b)| Some((accepts(a)?, accepts(b)?))).collect()
    }

    /// Reasons with the number of rejections they were given for, the most frequent first.
    pub fn reason_counts(&self) -> Vec<(&str, usize)> {
        let mut counts = vec![0_usize; self.reasons.len()];
        let rejected = self.words.iter().flatten().filter(|word| word.decision == Decision::Reject);
        for word in rejected.filter(|word| word.reason != NO_REASON) {
            counts[usize::from(word.reason)] += 1;
        }
        let mut found: Vec<(&str, usize)> =
            self.reasons.iter().map(String::as_str).zip(counts).filter(|(_, count)| *count > 0).collect();
        found.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::set::tests::set;
    use super::*;

    fn says(who: &str, number: usize, decision: Decision, reason: Option<&str>) -> DecisionEvent {
        DecisionEvent::now(who, &format!("pair-{number:07}"), decision, reason)
    }

    #[test]
    fn reviewers_are_kept_apart_and_one_objection_counts() {
        let set = set(6);
        let mut events = vec![
            says("anna", 0, Decision::Accept, None),
            says("ben", 0, Decision::Reject, Some("layer order")),
            says("anna", 1, Decision::Accept, None),
            says("anna", 2, Decision::Reject, Some("blurred")),
            says("anna", 2, Decision::Accept, None),
            says("ben", 3, Decision::Flag, None),
            says("anna", 99, Decision::Accept, None),
        ];
        let mut verdicts = Verdicts::of(&set, &events);
        let standings: Vec<PairStanding> = (0..5).map(|row| verdicts.standing(row)).collect();
        use PairStanding::{Accepted, Flagged, Rejected, Undecided};
        assert_eq!(standings, [Rejected, Accepted, Accepted, Flagged, Undecided]);
        assert_eq!(verdicts.strangers, 1);
        assert_eq!(verdicts.word(1, 0), (Decision::Reject, Some("layer order")));
        assert_eq!(verdicts.word(0, 2), (Decision::Accept, None), "the last word counts");
        assert_eq!(verdicts.both(0, 1), [(true, false)]);
        assert_eq!(verdicts.reason_counts(), [("layer order", 1)]);
        events.push(says("ben", 0, Decision::Undecided, None));
        verdicts.take(&set, &events);
        assert_eq!((verdicts.standing(0), verdicts.strangers), (Accepted, 1));
    }
}
