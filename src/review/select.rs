//! Which pairs are shown and in which order: arrays of indices, never copies of rows.

use rayon::prelude::*;

use super::log::Decision;
use super::row::Row;
use super::set::ReviewSet;
use super::verdicts::{PairStanding, Verdicts};

/// Which pairs are shown; all conditions hold at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// What one reviewer says (number of the reviewer, decision).
    pub word: Option<(usize, Decision)>,
    /// How the pair stands when all are heard.
    pub standing: Option<PairStanding>,
    /// Of one reviewer's words.
    pub reason: Option<(usize, String)>,
    /// Number of the source.
    pub source: Option<u16>,
    /// Number of the generation.
    pub generation: Option<u16>,
    /// Lesions that must be there: IRF, SRF, PED.
    pub lesions: [bool; 3],
    /// Least and most.
    pub fluid_mm2: Option<[f32; 2]>,
    /// Thickness over the middle millimetre, from and to.
    pub central_um: Option<[f32; 2]>,
    /// Distance to the nearest reference scan.
    pub nearest: Option<[f32; 2]>,
    /// A part of the id.
    pub id: Option<String>,
    /// Rows of a lasso, in ascending order.
    pub among: Option<Vec<u32>>,
}

/// By what pairs are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// As in the manifest.
    #[default]
    Manifest,
    /// What a segmenter missed or what had to be cleaned.
    Doubt,
    /// Area of all lesions.
    Fluid,
    /// Thickness over the middle millimetre.
    CentralThickness,
    /// Mean thickness.
    RetinaThickness,
    /// Mean distance of a segmenter's interfaces.
    BoundaryError,
    /// Distance to the nearest reference scan.
    Nearest,
}

impl SortKey {
    fn value(self, row: &Row) -> f32 {
        match self {
            SortKey::Manifest => 0.0,
            SortKey::Doubt => row.doubt(),
            SortKey::Fluid => row.fluid_mm2,
            SortKey::CentralThickness => row.central_um,
            SortKey::RetinaThickness => row.retina_um,
            SortKey::BoundaryError => row.boundary_um,
            SortKey::Nearest => row.nearest,
        }
    }
}

/// Which end of an order comes first. What is not known comes last either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// The least first.
    #[default]
    Rising,
    /// The most first.
    Falling,
}

/// The rows that pass a filter, in an order; rows with equal values stay in the manifest's order.
pub fn select(
    set: &ReviewSet,
    verdicts: &Verdicts,
    filter: &Filter,
    key: SortKey,
    direction: Direction,
) -> Vec<u32> {
    let passing = |row: &u32| filter.passes(set, verdicts, *row);
    let mut rows: Vec<u32> = match &filter.among {
        Some(among) => {
            among.iter().copied().filter(|row| (*row as usize) < set.len()).filter(passing).collect()
        }
        None => (0..set.len() as u32).filter(passing).collect(),
    };
    if key == SortKey::Manifest {
        if direction == Direction::Falling {
            rows.reverse();
        }
        return rows;
    }
    // One number to sort by: the value's order, then the place in the manifest.
    let mut keyed: Vec<u64> = rows
        .iter()
        .map(|&row| u64::from(rank(key.value(&set.rows[row as usize]), direction)) << 32 | u64::from(row))
        .collect();
    keyed.par_sort_unstable();
    for (row, keyed) in rows.iter_mut().zip(keyed) {
        *row = keyed as u32;
    }
    rows
}

/// A number that orders as the value does; the greatest of all for what is not known.
fn rank(value: f32, direction: Direction) -> u32 {
    if value.is_nan() {
        return u32::MAX;
    }
    let bits = value.to_bits();
    let rising = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
    match direction {
        Direction::Rising => rising,
        Direction::Falling => !rising,
    }
}

impl Filter {
    fn passes(&self, set: &ReviewSet, verdicts: &Verdicts, number: u32) -> bool {
        let row = &set.rows[number as usize];
        let within = |value: f32, range: Option<[f32; 2]>| {
            range.is_none_or(|[least, most]| value >= least && value <= most)
        };
        let has_lesions = self.lesions.iter().zip(row.lesions).all(|(&wanted, count)| !wanted || count > 0);
        has_lesions
            && self.source.is_none_or(|source| source == row.source)
            && self.generation.is_none_or(|generation| generation == row.generation)
            && within(row.fluid_mm2, self.fluid_mm2)
            && within(row.central_um, self.central_um)
            && within(row.nearest, self.nearest)
            && self.word.is_none_or(|(who, decision)| verdicts.word(who, number).0 == decision)
            && self.standing.is_none_or(|standing| verdicts.standing(number) == standing)
            && self.reason.as_ref().is_none_or(|(who, reason)| verdicts.word(*who, number).1 == Some(reason))
            && self.id.as_ref().is_none_or(|part| set.id(number).contains(part.as_str()))
    }
}

/// The place in `order` of the first row after `place` that a reviewer has not decided, round the end; `None` where
/// all are decided.
pub fn next_undecided(
    order: &[u32],
    place: usize,
    verdicts: &Verdicts,
    reviewer: Option<usize>,
) -> Option<usize> {
    let is_open =
        |row: u32| reviewer.is_none_or(|reviewer| verdicts.word(reviewer, row).0 == Decision::Undecided);
    let after = place.saturating_add(1).min(order.len());
    (after..order.len()).chain(0..after).find(|&at| is_open(order[at]))
}

#[cfg(test)]
mod tests {
    use super::super::log::DecisionEvent;
    use super::super::set::tests::set;
    use super::*;

    #[test]
    fn orders_are_those_of_the_figures_and_unknown_comes_last() {
        let mut set = set(40);
        set.rows[3].central_um = f32::NAN;
        set.rows[8].central_um = -5.0;
        set.rows[9].central_um = 900.0;
        let verdicts = Verdicts::default();
        let order =
            |direction| select(&set, &verdicts, &Filter::default(), SortKey::CentralThickness, direction);
        let rising = order(Direction::Rising);
        assert_eq!((rising[0], rising[1], rising[38], rising[39]), (8, 0, 9, 3));
        let falling = order(Direction::Falling);
        assert_eq!((falling[0], falling[1], falling[38], falling[39]), (9, 0, 8, 3));
        let reversed = select(&set, &verdicts, &Filter::default(), SortKey::Manifest, Direction::Falling);
        assert_eq!((reversed.len(), reversed[0]), (40, 39));
    }

    #[test]
    fn filters_hold_at_once() {
        let set = set(200);
        let pair = |number: usize| format!("pair-{number:07}");
        let events = [
            DecisionEvent::now("anna", &pair(104), Decision::Reject, Some("blurred")),
            DecisionEvent::now("anna", &pair(7), Decision::Accept, None),
        ];
        let verdicts = Verdicts::of(&set, &events);
        let rows = |filter: &Filter| select(&set, &verdicts, filter, SortKey::Manifest, Direction::Rising);
        let fluid = Filter { fluid_mm2: Some([0.004, 0.0045]), ..Filter::default() };
        assert_eq!(rows(&fluid), [4, 104]);
        let rejected = Filter { standing: Some(PairStanding::Rejected), ..fluid.clone() };
        assert_eq!(rows(&rejected), [104]);
        assert_eq!(rows(&Filter { reason: Some((0, "blurred".into())), ..Filter::default() }), [104]);
        assert_eq!(rows(&Filter { word: Some((0, Decision::Accept)), ..Filter::default() }), [7]);
        assert!(rows(&Filter { lesions: [false, true, false], ..Filter::default() }).is_empty());
        assert_eq!(rows(&Filter { among: Some(vec![4, 5, 300]), ..fluid }), [4]);
        // Number 19, and 190 to 199.
        assert_eq!(rows(&Filter { id: Some("000019".into()), ..Filter::default() }).len(), 11);
    }

    #[test]
    fn the_next_undecided_is_found_round_the_end() {
        let set = set(5);
        let decide =
            |number: usize| DecisionEvent::now("anna", &format!("pair-{number:07}"), Decision::Accept, None);
        let verdicts = Verdicts::of(&set, &[decide(2), decide(3), decide(4)]);
        let order = [4, 2, 0, 3, 1];
        assert_eq!(next_undecided(&order, 0, &verdicts, Some(0)), Some(2));
        assert_eq!(next_undecided(&order, 4, &verdicts, Some(0)), Some(2));
        assert_eq!(next_undecided(&order, 2, &verdicts, Some(0)), Some(4));
        let all = Verdicts::of(&set, &[0, 1, 2, 3, 4].map(decide));
        assert_eq!(next_undecided(&order, 1, &all, Some(0)), None);
        assert_eq!(next_undecided(&[], 0, &all, Some(0)), None);
    }
}
