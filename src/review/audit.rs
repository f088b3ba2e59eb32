//! Audited acceptance: a random sample of each group of like pairs is looked at, and speaks for the rest with a bound.
//!
//! With 59 pairs drawn at random and none of them bad, fewer than 5 % of the group are bad with 95 % confidence. One bad
//! pair, and the group is not accepted: it is divided further or looked at in full. A group not larger than its sample
//! is looked at in full anyway, and then nothing is estimated.

use serde::{Deserialize, Serialize};

use super::clusters::clusters;
use super::log::Decision;
use super::proportion::{bound_of_none, sample_for};
use super::set::ReviewSet;
use super::verdicts::{PairStanding, Verdicts};
use crate::formats::provenance::sha256_hex;
use crate::mask::random::SeededRandom;

/// How an audit is made. The same terms on the same pairs give the same groups and samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditTerms {
    /// Share of bad pairs that an accepted group must stay under.
    pub bad_share: f64,
    /// That a group is as good as its sample says, 0 to 1.
    pub confidence: f64,
    /// Groups, at most.
    pub clusters: usize,
    /// Of the samples.
    pub seed: u64,
}

impl Default for AuditTerms {
    fn default() -> Self {
        Self { bad_share: 0.05, confidence: 0.95, clusters: 4, seed: 0 }
    }
}

/// How a group stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupState {
    /// Some of the sample were not looked at yet.
    Open,
    /// None of the sample is bad.
    Accepted,
    /// At least one is.
    Refused,
}

/// One group of like pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditGroup {
    /// Rows of the group, ascending.
    pub rows: Vec<u32>,
    /// Those to be looked at, ascending.
    pub sample: Vec<u32>,
    /// Of the sample: not looked at yet, ascending.
    pub open: Vec<u32>,
    /// Of the sample: rejected or flagged.
    pub bad: usize,
    /// How far it is.
    pub state: GroupState,
    /// Share of bad pairs that the group stays under, where it is accepted; 0 where all were looked at.
    pub bound: Option<f64>,
}

/// An audit of the pairs that nobody rejected or flagged beforehand.
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// What was asked for.
    pub terms: AuditTerms,
    /// Who decides.
    pub reviewer: String,
    /// Of the ids of the audited pairs, in order: a set that has changed since has another audit.
    pub pairs_sha256: String,
    /// All rows, divided.
    pub groups: Vec<AuditGroup>,
}

/// The audit of `rows` by a reviewer's words so far. `rows` must not depend on what was looked at in the audit, so
/// that the samples stay the same while they are worked on: pass all rows, or those of a filter by content.
pub fn audit(set: &ReviewSet, verdicts: &Verdicts, reviewer: &str, rows: &[u32], terms: AuditTerms) -> Audit {
    let wanted = sample_for(terms.bad_share, terms.confidence);
    let groups_of = clusters(set, rows, terms.clusters);
    let count = groups_of.iter().map(|&group| usize::from(group) + 1).max().unwrap_or(0);
    let number = verdicts.reviewer(reviewer);
    let word = |row: u32| number.map_or(Decision::Undecided, |number| verdicts.word(number, row).0);
    let groups = (0..count)
        .map(|group| {
            let members: Vec<u32> = rows
                .iter()
                .zip(&groups_of)
                .filter(|(_, found)| usize::from(**found) == group)
                .map(|(row, _)| *row)
                .collect();
            let sample = drawn(&members, wanted, terms.seed, group as u64);
            let open: Vec<u32> =
                sample.iter().copied().filter(|&row| word(row) == Decision::Undecided).collect();
            let is_bad = |row: &&u32| matches!(word(**row), Decision::Reject | Decision::Flag);
            let bad = sample.iter().filter(is_bad).count();
            let state = match (bad, open.is_empty()) {
                (0, true) => GroupState::Accepted,
                (0, false) => GroupState::Open,
                _ => GroupState::Refused,
            };
            let bound = match sample.len() == members.len() {
                true => 0.0,
                false => bound_of_none(sample.len(), terms.confidence),
            };
            let bound = (state == GroupState::Accepted).then_some(bound);
            AuditGroup { rows: members, sample, open, bad, state, bound }
        })
        .collect();
    let ids: Vec<&str> = rows.iter().map(|&row| set.id(row)).collect();
    let pairs_sha256 = sha256_hex(ids.join("\n").as_bytes());
    Audit { terms, reviewer: reviewer.to_owned(), pairs_sha256, groups }
}

/// `count` of the rows at random, ascending; all of them where there are no more.
fn drawn(rows: &[u32], count: usize, seed: u64, group: u64) -> Vec<u32> {
    let mut rows = rows.to_vec();
    if rows.len() > count {
        let mut random = SeededRandom::new(seed ^ (group + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        // The first steps of a shuffle (Fisher & Yates).
        for place in 0..count {
            let other = place + random.index(rows.len() - place);
            rows.swap(place, other);
        }
        rows.truncate(count);
        rows.sort_unstable();
    }
    rows
}

/// On what grounds a pair may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Somebody looked at it.
    Looked,
    /// Its group was audited.
    Audited,
}

/// Why a row may be used; `None` where it may not. An objection outweighs an audit.
pub fn ground(verdicts: &Verdicts, audited: &[bool], row: u32) -> Option<Ground> {
    match verdicts.standing(row) {
        PairStanding::Accepted => Some(Ground::Looked),
        PairStanding::Undecided if audited.get(row as usize).copied().unwrap_or(false) => {
            Some(Ground::Audited)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::log::DecisionEvent;
    use super::super::set::tests::set;
    use super::*;

    fn decide(set: &ReviewSet, rows: &[u32], decision: Decision) -> Vec<DecisionEvent> {
        rows.iter().map(|&row| DecisionEvent::now("anna", set.id(row), decision, None)).collect()
    }

    #[test]
    fn a_group_is_accepted_when_its_whole_sample_is_good() {
        let set = set(1000);
        let rows: Vec<u32> = (0..1000).collect();
        let terms = AuditTerms { clusters: 3, ..AuditTerms::default() };
        let fresh = audit(&set, &Verdicts::default(), "anna", &rows, terms);
        assert_eq!(fresh.groups.iter().map(|group| group.rows.len()).sum::<usize>(), 1000);
        assert!(fresh.groups.iter().all(|group| group.state == GroupState::Open && group.sample.len() == 59));
        let first = &fresh.groups[0];
        assert!(first.sample.iter().all(|row| first.rows.contains(row)));

        let mut events = decide(&set, &first.sample, Decision::Accept);
        let again = audit(&set, &Verdicts::of(&set, &events), "anna", &rows, terms);
        assert_eq!(again.groups[0].sample, first.sample, "the sample stays");
        assert_eq!(again.groups[0].state, GroupState::Accepted);
        assert!(again.groups[0].bound.unwrap() < 0.05);
        assert_eq!((again.groups[1].state, again.groups[1].bound), (GroupState::Open, None));
        let other = audit(&set, &Verdicts::of(&set, &events), "ben", &rows, terms);
        assert_eq!(other.groups[0].state, GroupState::Open, "another reviewer has seen nothing");

        events.extend(decide(&set, &first.sample[3..4], Decision::Reject));
        let refused = audit(&set, &Verdicts::of(&set, &events), "anna", &rows, terms);
        assert_eq!((refused.groups[0].state, refused.groups[0].bad), (GroupState::Refused, 1));
    }

    #[test]
    fn a_small_group_is_looked_at_in_full() {
        let set = set(20);
        let rows: Vec<u32> = (0..20).collect();
        let terms = AuditTerms { clusters: 1, ..AuditTerms::default() };
        let verdicts = Verdicts::of(&set, &decide(&set, &rows, Decision::Accept));
        let done = audit(&set, &verdicts, "anna", &rows, terms);
        assert_eq!((done.groups[0].sample.len(), done.groups[0].bound), (20, Some(0.0)));
        assert!(audit(&set, &verdicts, "anna", &[], terms).groups.is_empty());
    }

    #[test]
    fn an_objection_outweighs_an_audit() {
        let set = set(4);
        let mut events = decide(&set, &[0], Decision::Accept);
        events.extend(decide(&set, &[1], Decision::Reject));
        let verdicts = Verdicts::of(&set, &events);
        let audited = [true, true, true, false];
        let grounds = [0, 1, 2, 3].map(|row| ground(&verdicts, &audited, row));
        assert_eq!(grounds, [Some(Ground::Looked), None, Some(Ground::Audited), None]);
    }
}
