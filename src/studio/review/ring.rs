//! Pairs that are in memory before they are looked at: those ahead in the direction of travel, and a few behind.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::Context;

use super::loader::Loader;
use super::loading::{LoadedPair, PairParts, load};
use crate::review::ReviewSet;

/// Pairs of the ring, the one looked at not counted.
const PAIRS: usize = 32;
/// Of these, behind the direction of travel.
const BEHIND: usize = 7;
/// What they may take together; large scans make the ring smaller.
const MAX_BYTES: usize = 256 << 20;
/// Pairs ahead whatever they take.
const LEAST_AHEAD: usize = 2;
const THREADS: usize = 2;

/// The pairs in memory.
pub(super) struct PairRing {
    loader: Loader<LoadedPair>,
    pairs: HashMap<u32, Arc<LoadedPair>>,
}

impl PairRing {
    pub fn new(context: &Context) -> Self {
        let read = |set: &ReviewSet, row: u32| load(set, row, PairParts::ContentAndPictures);
        Self { loader: Loader::start("review-pairs", THREADS, context, read), pairs: HashMap::new() }
    }

    /// Reads from another set; pairs of `changed` rows are read anew, all of them where `None`.
    pub fn use_set(&mut self, set: Arc<ReviewSet>, changed: Option<&[u32]>) {
        self.loader.use_set(set);
        match changed {
            Some(rows) => self.pairs.retain(|row, _| !rows.contains(row)),
            None => self.pairs.clear(),
        }
    }

    /// Keeps what lies around a place of an order; `steps` is the direction of travel, 1 or -1.
    pub fn look_at(&mut self, order: &[u32], place: usize, steps: isize) {
        for (row, pair) in self.loader.take(PAIRS) {
            // A pair that broke the reader is not asked for again and again.
            let pair = pair.unwrap_or_else(|| LoadedPair::unreadable(row));
            self.pairs.insert(row, Arc::new(pair));
        }
        let each = order.get(place).and_then(|row| self.pairs.get(row)).map_or(1, |pair| pair.bytes());
        let room = (MAX_BYTES / each.max(1)).clamp(LEAST_AHEAD, PAIRS);
        let wanted = around(order, place, steps, room);
        self.pairs.retain(|row, _| wanted.contains(row));
        self.loader.want(wanted.iter().copied().filter(|row| !self.pairs.contains_key(row)));
    }

    /// A pair, once it is in memory.
    pub fn pair(&self, row: u32) -> Option<Arc<LoadedPair>> {
        self.pairs.get(&row).cloned()
    }

    /// Pairs in memory.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether pairs are still being read.
    pub fn is_busy(&self) -> bool {
        self.loader.is_busy()
    }
}

/// The row of a place, then those ahead, then those behind, `room` of them.
fn around(order: &[u32], place: usize, steps: isize, room: usize) -> Vec<u32> {
    let at = |offset: isize| place.checked_add_signed(offset).and_then(|place| order.get(place).copied());
    let behind = BEHIND.min(room.saturating_sub(LEAST_AHEAD));
    let forward = if steps < 0 { -1 } else { 1 };
    let ahead = (1..=(room - behind) as isize).filter_map(|step| at(step * forward));
    let back = (1..=behind as isize).filter_map(|step| at(-step * forward));
    at(0).into_iter().chain(ahead).chain(back).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_ahead_comes_first_and_the_ends_are_kept() {
        let order: Vec<u32> = (100..200).collect();
        let forward = around(&order, 50, 1, PAIRS);
        assert_eq!(forward.len(), PAIRS + 1);
        assert_eq!((forward[0], forward[1], forward[25], forward[26]), (150, 151, 175, 149));
        let backward = around(&order, 50, -1, PAIRS);
        assert_eq!((backward[0], backward[1], backward[26]), (150, 149, 151));
        assert_eq!(around(&order, 99, 1, PAIRS).len(), 1 + BEHIND);
        assert_eq!(around(&order, 0, 1, LEAST_AHEAD), [100, 101, 102]);
        assert!(around(&[], 0, 1, PAIRS).is_empty());
    }
}
