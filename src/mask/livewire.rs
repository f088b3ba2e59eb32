//! Live-wire: the line between two clicks that follows the edge of the chosen interface.
//!
//! The cheapest path through a band around the chord of the two clicks, on the same costs as the
//! auto-trace; a band of a whole scan takes a few milliseconds, so it can follow the pointer.

use super::Interfaces;
use super::trace::field::Field;
use super::trace::path::{Band, Smoothness};
use super::trace::{GRADERS_OFFSET, edge_cost};
use crate::anatomy::Interface;
use crate::scan::BScan;

/// Rows around the chord in which the edge is looked for: so many, and this share of the columns more. The
/// ILM dips into the fovea; the others bend less, and have edges of their kind beside them.
const REACH_ILM: (f32, f32) = (24.0, 0.12);
const REACH_OTHERS: (f32, f32) = (12.0, 0.06);
const MAX_REACH: f32 = 110.0;
/// What the rim of the band costs beyond the chord, a column; rising with the square.
const ASTRAY_COST: f32 = 0.3;
/// Rows within which a click is drawn to the edge.
const SNAP: i32 = 4;
/// What a row farther from the click costs, in steps of brightness (roots of grey values).
const NEARER: f32 = 0.02;
/// So many rows of a column, on average, are what counts as a full edge; stronger ones count no more.
const FULL_ROWS: f32 = 0.7;
const STRONGEST: f32 = 1.0;
/// What a row beyond a neighbouring interface costs more, a column: dearer than any edge, and yet passed where the clicks
/// leave no other way.
const BEYOND_NEIGHBOUR: f32 = 20.0;
/// Price of a step of a row, where a column without any edge costs one more than one with a full edge.
const STEP_COST: f32 = 0.12;

/// A scan made ready for live-wires. Making it takes some tens of milliseconds.
pub struct LiveWire {
    field: Field,
}

/// Rows of consecutive columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// First column.
    pub x0: u32,
    /// Edge coordinates, as in [`super::Interfaces`].
    pub rows: Vec<f32>,
}

impl LiveWire {
    /// Makes a scan ready. `None` where it shows too little.
    pub fn of(scan: &BScan) -> Option<Self> {
        Field::of(scan).map(|field| Self { field })
    }

    /// The edge of an interface nearest to a point (image coordinates), or the point itself where there is
    /// none within four rows.
    pub fn snapped(&self, interface: Interface, point: [f32; 2]) -> [f32; 2] {
        let x = self.column(point[0]);
        let offset = GRADERS_OFFSET[interface.index()];
        let row = self.row_of(point, offset);
        let cost = |at: i32| self.cost(x, at, interface) + NEARER * (at - row).abs() as f32;
        let best = (row - SNAP..=row + SNAP).min_by(|&a, &b| cost(a).total_cmp(&cost(b))).unwrap_or(row);
        if self.cost(x, best, interface) < 0.0 {
            [point[0], (best as f32 + offset) * self.field.row_scale]
        } else {
            point
        }
    }

    /// The line from a point to another (image coordinates), ends included, left to right. Where `lines` are known it
    /// stays between the interfaces next to its own: beyond them lie edges of the same kind that are not meant.
    pub fn path(
        &self,
        interface: Interface,
        lines: Option<&Interfaces>,
        from: [f32; 2],
        to: [f32; 2],
    ) -> Segment {
        let offset = GRADERS_OFFSET[interface.index()];
        let (left, right) = if from[0] <= to[0] { (from, to) } else { (to, from) };
        let (x0, x1) = (self.column(left[0]), self.column(right[0]));
        let (start, end) = (self.row_of(left, offset), self.row_of(right, offset));
        let columns = x1 - x0 + 1;
        let (least, per_column) = if interface == Interface::Ilm { REACH_ILM } else { REACH_OTHERS };
        let reach = (least + per_column * columns as f32).min(MAX_REACH) as i32;
        let count = 2 * reach as usize + 1;
        let chord =
            |i: usize| start + ((end - start) as f32 * i as f32 / (columns - 1).max(1) as f32).round() as i32;
        let first: Vec<i32> = (0..columns).map(|i| chord(i) - reach).collect();
        let mut costs = vec![0.0; columns * count];
        for (i, costs) in costs.chunks_exact_mut(count).enumerate() {
            for (k, cost) in costs.iter_mut().enumerate() {
                *cost = self.cost(x0 + i, first[i] + k as i32, interface);
            }
        }
        let is_beyond = |i: usize, row: f32| {
            let between = lines.map(|lines| self.rows_between(lines, interface, x0 + i));
            between.is_some_and(|[above, below]| row < above || row > below)
        };
        let mut sorted: Vec<f32> = costs.iter().step_by(3).map(|cost| (-cost).max(0.0)).collect();
        sorted.sort_unstable_by(f32::total_cmp);
        let full = sorted[((sorted.len() - 1) as f32 * (1.0 - FULL_ROWS / count as f32)) as usize].max(1e-3);
        for (i, cost) in costs.iter_mut().enumerate() {
            let astray = ((i % count) as f32 - reach as f32) / reach as f32;
            *cost = STRONGEST - (-*cost / full).clamp(0.0, STRONGEST) + ASTRAY_COST * astray * astray;
            if is_beyond(i / count, (first[i / count] + (i % count) as i32) as f32) {
                *cost += BEYOND_NEIGHBOUR;
            }
        }
        // Both clicks are the user's: the line passes there, whatever the edge.
        for column in [0, columns - 1] {
            for (k, cost) in costs[column * count..(column + 1) * count].iter_mut().enumerate() {
                *cost = if k == reach as usize { 0.0 } else { f32::INFINITY };
            }
        }
        let line = Band { count, first, costs }.cheapest(Smoothness { steepest: 3, cost: STEP_COST });
        let mut rows: Vec<f32> = line.rows.iter().map(|row| (row + offset) * self.field.row_scale).collect();
        if let Some(row) = rows.first_mut() {
            *row = left[1];
        }
        if let Some(row) = rows.last_mut() {
            *row = right[1];
        }
        Segment { x0: x0 as u32, rows }
    }

    /// The working rows between the interfaces next to one in a column; unbounded where one is not known.
    fn rows_between(&self, lines: &Interfaces, interface: Interface, x: usize) -> [f32; 2] {
        let row = |neighbour: Option<usize>| {
            let line = neighbour.and_then(|at| lines.rows.get(at))?;
            line.get(x).copied().filter(|row| row.is_finite()).map(|row| row / self.field.row_scale)
        };
        let index = interface.index();
        [
            row(index.checked_sub(1)).unwrap_or(f32::NEG_INFINITY),
            row(Some(index + 1)).unwrap_or(f32::INFINITY),
        ]
    }

    fn column(&self, x: f32) -> usize {
        (x.max(0.0) as usize).min(self.field.width - 1)
    }

    fn row_of(&self, point: [f32; 2], offset: f32) -> i32 {
        (point[1] / self.field.row_scale - offset).round() as i32
    }

    /// What an interface costs at a working row: negative at an edge of its kind.
    fn cost(&self, x: usize, row: i32, interface: Interface) -> f32 {
        match self.field.rows(x) {
            Some((top, end)) if row > top as i32 && row < end as i32 => {
                edge_cost(&self.field, x, row as usize, interface)
            }
            _ => 0.0,
        }
    }
}
