//! Which pairs are shown and in which order, as the bar over them holds it.

use std::sync::Arc;

use crate::review::select::Direction;
use crate::review::{Decision, Filter, PairStanding, Row, SortKey, Verdicts};

/// Whose decision a filter is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Whose {
    /// Everybody's together.
    #[default]
    All,
    /// One reviewer's.
    Of(String),
}

/// Rows that were picked elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picked {
    /// By what: "Lasso", "Sample of group 2".
    pub by: String,
    pub rows: Arc<Vec<u32>>,
}

/// Two reviewers who share a set: each sees a half, and every k-th pair is shown to both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sharing {
    /// 0 or 1.
    pub half: u32,
    /// Every so-manieth pair is shown to both.
    pub every: u32,
}

/// What the bar holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FilterForm {
    pub whose: Whose,
    pub decision: Option<Decision>,
    pub reason: Option<String>,
    /// IRF, SRF, PED.
    pub lesions: [bool; 3],
    /// Least and most; `None` where the limit is not set.
    pub fluid_mm2: [Option<f32>; 2],
    pub central_um: [Option<f32>; 2],
    pub only_near: bool,
    /// Number of the generation.
    pub generation: Option<u16>,
    /// A part of the id.
    pub id: String,
    pub picked: Option<Picked>,
    pub sharing: Option<Sharing>,
    pub sort: SortKey,
    pub direction: Direction,
}

impl FilterForm {
    /// The filter, as a set is selected by it; `None` where it asks for somebody who has decided nothing.
    pub fn filter(&self, verdicts: &Verdicts) -> Option<Filter> {
        let limits = |[least, most]: [Option<f32>; 2]| {
            let is_set = least.is_some() || most.is_some();
            is_set.then(|| [least.unwrap_or(f32::NEG_INFINITY), most.unwrap_or(f32::INFINITY)])
        };
        let mut filter = Filter {
            lesions: self.lesions,
            fluid_mm2: limits(self.fluid_mm2),
            central_um: limits(self.central_um),
            generation: self.generation,
            id: (!self.id.is_empty()).then(|| self.id.clone()),
            among: self.picked.as_ref().map(|picked| picked.rows.to_vec()),
            ..Filter::default()
        };
        match (&self.whose, self.decision) {
            (_, None) => {}
            (Whose::All, Some(decision)) => filter.standing = Some(standing_of(decision)),
            (Whose::Of(name), Some(decision)) => match verdicts.reviewer(name) {
                Some(number) => filter.word = Some((number, decision)),
                // Who has said nothing is undecided about everything.
                None if decision == Decision::Undecided => {}
                None => return None,
            },
        }
        Some(filter)
    }

    /// Conditions beyond those of [`Filter`].
    pub fn passes(&self, row: u32, of_row: &Row, verdicts: &Verdicts) -> bool {
        let is_shared = self.sharing.is_none_or(|sharing| sharing.shows(row));
        let has_reason = self.reason.as_ref().is_none_or(|reason| {
            (0..verdicts.reviewers().len()).any(|who| verdicts.word(who, row).1 == Some(reason))
        });
        is_shared && has_reason && (!self.only_near || of_row.has(Row::IS_NEAR))
    }

    /// Whether every pair is shown.
    pub fn is_open(&self) -> bool {
        let Self { sort, direction, .. } = self.clone();
        *self == Self { sort, direction, whose: self.whose.clone(), ..Self::default() }
    }
}

impl Sharing {
    /// Whether a reviewer of this half sees a row. Which pairs both see cannot be told from their order.
    pub fn shows(self, row: u32) -> bool {
        let mixed = row.wrapping_mul(0x9E37_79B9).rotate_left(11).wrapping_mul(0x85EB_CA6B) >> 8;
        mixed.is_multiple_of(self.every.max(1)) || (mixed / self.every.max(1)) % 2 == self.half
    }
}

fn standing_of(decision: Decision) -> PairStanding {
    match decision {
        Decision::Undecided => PairStanding::Undecided,
        Decision::Accept => PairStanding::Accepted,
        Decision::Reject => PairStanding::Rejected,
        Decision::Flag => PairStanding::Flagged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_halves_make_the_whole_and_share_every_kth_pair() {
        let every = 10;
        let [first, second] = [0, 1].map(|half| Sharing { half, every });
        let count = 20_000_u32;
        let both = (0..count).filter(|&row| first.shows(row) && second.shows(row)).count();
        let none = (0..count).filter(|&row| !first.shows(row) && !second.shows(row)).count();
        let one = (0..count).filter(|&row| first.shows(row)).count();
        assert_eq!(none, 0);
        assert!((1700..2300).contains(&both), "{both}");
        assert!((10_500..11_500).contains(&one), "{one}");
    }

    #[test]
    fn who_has_said_nothing_is_undecided_about_everything() {
        let verdicts = Verdicts::default();
        let form = |decision| FilterForm {
            whose: Whose::Of("anna".into()),
            decision: Some(decision),
            ..FilterForm::default()
        };
        assert_eq!(form(Decision::Undecided).filter(&verdicts), Some(Filter::default()));
        assert_eq!(form(Decision::Accept).filter(&verdicts), None);
        assert!(FilterForm::default().is_open() && !form(Decision::Accept).is_open());
        let limited = FilterForm { fluid_mm2: [Some(0.1), None], ..FilterForm::default() };
        assert_eq!(limited.filter(&verdicts).unwrap().fluid_mm2, Some([0.1, f32::INFINITY]));
    }
}
