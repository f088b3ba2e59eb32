//! The tiles in which two snapshots of a plane differ: what an undo step keeps.

use std::borrow::Cow;
use std::sync::Arc;

use super::Plane;
use super::plane::{TILE_PIXELS, Tile};
use crate::scan::Rect;

/// Tiles of another state of a plane. [`PlaneDelta::swap`] exchanges them with the plane's own, so one
/// delta serves undo and redo.
#[derive(Clone, Debug, Default)]
pub struct PlaneDelta {
    tiles: Vec<(u32, Stored)>,
}

#[derive(Clone, Debug)]
enum Stored {
    Raw(Arc<Tile>),
    /// Pairs of (length - 1, code).
    RunLengths(Box<[u8]>),
}

impl PlaneDelta {
    /// The tiles of `other` that differ from those of `plane`.
    ///
    /// # Panics
    /// If the sizes differ.
    pub fn between(plane: &Plane, other: &Plane) -> Self {
        assert_eq!(plane.bounds(), other.bounds(), "planes of different size");
        let differ = |(a, b): &(&Arc<Tile>, &Arc<Tile>)| !Arc::ptr_eq(a, b) && a != b;
        let tiles = plane.tiles.iter().zip(&other.tiles).enumerate();
        let tiles = tiles.filter(|(_, pair)| differ(pair));
        Self { tiles: tiles.map(|(index, (_, b))| (index as u32, Stored::Raw(b.clone()))).collect() }
    }

    /// Whether the two states were equal.
    pub fn is_empty(&self) -> bool {
        self.tiles.is_empty()
    }

    /// Exchanges the stored tiles with the plane's and returns the rectangle of those tiles.
    ///
    /// # Panics
    /// If the plane is smaller than the one the delta was taken from.
    pub fn swap(&mut self, plane: &mut Plane) -> Rect {
        let mut dirty = Rect::EMPTY;
        for (index, stored) in &mut self.tiles {
            let index = *index as usize;
            let tile = match stored {
                Stored::Raw(tile) => tile.clone(),
                Stored::RunLengths(runs) => Arc::new(unpacked(runs)),
            };
            *stored = Stored::Raw(std::mem::replace(&mut plane.tiles[index], tile));
            dirty = dirty.union(plane.tile_rect(index));
        }
        dirty
    }

    /// Run-length codes the tiles that become smaller by it.
    pub fn pack(&mut self) {
        for (_, stored) in &mut self.tiles {
            if let Stored::Raw(tile) = stored
                && let Some(runs) = packed(tile)
            {
                *stored = Stored::RunLengths(runs);
            }
        }
    }

    /// Index and run lengths of every tile, as [`PlaneDelta::from_runs`] takes them: pairs of
    /// (length - 1, code).
    pub fn runs(&self) -> impl ExactSizeIterator<Item = (u32, Cow<'_, [u8]>)> {
        self.tiles.iter().map(|(index, stored)| match stored {
            Stored::Raw(tile) => (*index, Cow::Owned(run_lengths(tile))),
            Stored::RunLengths(runs) => (*index, Cow::Borrowed(&runs[..])),
        })
    }

    /// A delta for planes of the size of `plane` from runs that were kept on disk. `None` where they are
    /// not: tiles out of order or outside the plane, runs that do not fill a tile, codes that
    /// `is_code` refuses.
    pub fn from_runs(
        plane: &Plane,
        runs: Vec<(u32, Box<[u8]>)>,
        is_code: impl Fn(u8) -> bool,
    ) -> Option<Self> {
        let in_order = runs.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let inside = runs.last().is_none_or(|(index, _)| (*index as usize) < plane.tiles.len());
        let fills = |runs: &[u8]| {
            let filled: usize = runs.chunks_exact(2).map(|pair| pair[0] as usize + 1).sum();
            runs.len().is_multiple_of(2) && filled == TILE_PIXELS
        };
        let whole = runs
            .iter()
            .all(|(_, runs)| fills(runs) && runs.iter().skip(1).step_by(2).all(|code| is_code(*code)));
        (in_order && inside && whole).then(|| Self {
            tiles: runs.into_iter().map(|(index, runs)| (index, Stored::RunLengths(runs))).collect(),
        })
    }

    /// Memory the delta holds on to.
    pub fn bytes(&self) -> usize {
        let stored = self.tiles.iter().map(|(_, stored)| match stored {
            Stored::Raw(_) => TILE_PIXELS,
            Stored::RunLengths(runs) => runs.len(),
        });
        stored.sum::<usize>() + self.tiles.len() * size_of::<(u32, Stored)>()
    }
}

fn packed(tile: &Tile) -> Option<Box<[u8]>> {
    let runs = run_lengths(tile);
    (runs.len() < TILE_PIXELS / 2).then(|| runs.into_boxed_slice())
}

fn run_lengths(tile: &Tile) -> Vec<u8> {
    let mut runs = Vec::new();
    for run in tile.chunk_by(|a, b| a == b) {
        for part in run.chunks(256) {
            runs.extend([(part.len() - 1) as u8, part[0]]);
        }
    }
    runs
}

fn unpacked(runs: &[u8]) -> Tile {
    let mut tile = [0; TILE_PIXELS];
    let mut at = 0;
    for pair in runs.chunks_exact(2) {
        let end = at + pair[0] as usize + 1;
        tile[at..end].fill(pair[1]);
        at = end;
    }
    tile
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_delta_swaps_back_and_forth() {
        let before = Plane::filled(300, 100, 8);
        let mut after = before.clone();
        for y in 0..100 {
            after.fill_run(y, 10, 120, (y % 7) as u8);
        }
        let mut delta = PlaneDelta::between(&after, &before);
        let raw = delta.bytes();
        delta.pack();
        assert!(delta.bytes() < raw / 4);
        let mut plane = after.clone();
        assert_eq!(delta.swap(&mut plane), Rect::new(0, 0, 128, 100));
        assert_eq!(plane, before);
        delta.pack();
        delta.swap(&mut plane);
        assert_eq!(plane, after);
    }

    #[test]
    fn runs_from_disk_are_a_delta_only_where_they_fit_the_plane() {
        let (before, mut after) = (Plane::filled(130, 70, 3), Plane::filled(130, 70, 3));
        after.fill_run(5, 60, 129, 4);
        let delta = PlaneDelta::between(&after, &before);
        let runs: Vec<(u32, Box<[u8]>)> =
            delta.runs().map(|(index, runs)| (index, runs.into_owned().into_boxed_slice())).collect();
        let valid = |code: u8| code <= 8;
        let mut read = PlaneDelta::from_runs(&after, runs.clone(), valid).expect("what was written");
        let mut plane = after.clone();
        read.swap(&mut plane);
        assert_eq!(plane, before);

        type TileRuns = Vec<(u32, Box<[u8]>)>;
        let spoilt = |spoil: fn(&mut TileRuns)| {
            let mut runs = runs.clone();
            spoil(&mut runs);
            PlaneDelta::from_runs(&after, runs, valid).is_none()
        };
        assert!(spoilt(|runs| runs[1].0 = 999), "a tile outside");
        assert!(spoilt(|runs| runs.swap(0, 1)), "tiles out of order");
        assert!(spoilt(|runs| runs[0].1 = Box::from([255, 3])), "runs that end early");
        assert!(spoilt(|runs| runs[0].1[1] = 77), "an unknown code");
        assert!(spoilt(|runs| runs[0].1 = Box::from(vec![255, 3, 9])), "half a run");
    }

    #[test]
    fn noise_is_not_worth_packing() {
        let tile: Tile = std::array::from_fn(|i| (i * 7 % 251) as u8);
        assert_eq!(packed(&tile), None);
    }
}
