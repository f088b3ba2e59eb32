//! Where the retina lies at all: the ILM and the bright outer bands, found together on a coarse grid.
//!
//! Both edges are the strongest in most scans, but which is which, and what a detached hyaloid, a shadow
//! or the choroid offers instead, is only clear when the two are chosen as a pair.

use super::field::{Field, ROW_UM};
use super::surfaces::States;

/// Coarse cell in working rows and in columns.
const CELL: usize = 4;
/// Retinal thickness between ILM and the outer bands that is looked for, in micrometres.
const THINNEST_UM: f32 = 90.0;
const THICKEST_UM: f32 = 1200.0;
/// Price of a change by a cell between neighbouring coarse columns.
const CHANGE: [f32; 3] = [0.06, 0.06, 0.0];

/// The two guides, in working rows, one a column.
pub struct Guides {
    /// The inner limiting membrane.
    pub ilm: Vec<f32>,
    /// Top of the outer bright bands (ISM/ISE).
    pub bands: Vec<f32>,
    /// Brightness of the scan's tissue over its background.
    pub contrast: f32,
}

/// Finds the retina.
pub fn find(field: &Field) -> Guides {
    let [dark, bright] = field.quantiles([0.1, 0.98]);
    let contrast = (bright - dark).max(0.5);
    let cells = field.height / CELL;
    let cell_um = ROW_UM * CELL as f32;
    let thinnest = (THINNEST_UM / cell_um) as usize;
    let gaps = ((THICKEST_UM / cell_um) as usize).min(cells.saturating_sub(thinnest)).max(2) - 1;
    let states = States { places: cells, second: (thinnest, gaps), third: (0, 1), change: CHANGE };
    let columns: Vec<usize> =
        (0..field.width).step_by(CELL).map(|x| (x + CELL / 2).min(field.width - 1)).collect();
    let lines = states.cheapest(columns.len(), |i, costs| {
        let x = columns[i];
        let Some((first, end)) = field.rows(x) else {
            costs.fill(0.0);
            return;
        };
        let row = |cell: usize| (cell * CELL) as f32;
        let inside = |y: f32| y >= first as f32 && y + 8.0 <= end as f32;
        let upper: Vec<f32> = (0..cells)
            .map(|cell| {
                let y = row(cell);
                let step = field.mean(x, y, y + 16.0) - field.mean(x, y - 24.0, y);
                if inside(y) { -step / contrast } else { 1.0 }
            })
            .collect();
        let lower: Vec<f32> = (0..cells + thinnest + gaps)
            .map(|cell| {
                let y = row(cell);
                let bands = field.mean(x, y, y + 16.0);
                let around = 0.5 * (field.mean(x, y - 16.0, y) + field.mean(x, y + 28.0, y + 60.0));
                if inside(y) { -1.3 * (bands - around) / contrast } else { 1.0 }
            })
            .collect();
        for (cell, costs) in costs.chunks_exact_mut(gaps).enumerate() {
            for (cost, lower) in costs.iter_mut().zip(&lower[cell + thinnest..]) {
                *cost = upper[cell] + lower;
            }
        }
    });
    let between = |line: usize| -> Vec<f32> {
        let at = |i: usize| (lines[i.min(lines.len() - 1)][line] * CELL) as f32;
        (0..field.width)
            .map(|x| {
                let place = (x as f32 - (CELL / 2) as f32).max(0.0) / CELL as f32;
                let share = place.fract();
                at(place as usize) * (1.0 - share) + at(place as usize + 1) * share
            })
            .collect()
    };
    Guides { ilm: between(0), bands: between(1), contrast }
}
