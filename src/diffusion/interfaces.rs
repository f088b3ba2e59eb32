//! Interfaces of the inner retina, on their lines and as sharp as in scans.
//!
//! Graders' lines are a pixel or two off from column to column, and so are the edges of a network that learned from them: a
//! ragged ILM, layers that run into each other. A mask that is painted or drawn knows its lines exactly. So what came is
//! measured along each line, over a few columns, and what is missing of a step between the two layers is multiplied in; the
//! layers' greys, and their speckle, stay as they are.

use crate::anatomy::{ABOVE_ILM, BELOW_BM};
use crate::encoding::lines::{
    LayerStarts, Weights, between, grey_at, mean_around, part_of_change, smoothed, weights_of,
};

/// Rows on either side of a line that may change.
const REACH: usize = 6;
const SAMPLES: usize = 2 * REACH + 1;
/// Deviation of the edge, in rows, of the interface above each layer from the NFL on. With these, edges along graders'
/// lines in pictures are as high as in the scans of Duke 7-8 within a fifth.
const EDGES: [f32; 5] = [1.5, 1.1, 0.9, 1.7, 1.7];
/// Fewer rows of a layer have no step of their own.
const LEAST_ROWS: usize = 3;
const SMOOTHING: Weights = (3.0, 9);
/// Over these columns the edge is measured: fewer are speckle.
const NEAR: Weights = (4.0, 8);
/// Over these the layers on its sides are.
const FAR: Weights = (10.0, 20);
const END_COLUMNS: usize = 6;
const FACTORS: [f32; 2] = [0.6, 1.6];
/// A grey, as a share of white, that can be divided by.
const LEAST_GREY: f32 = 0.012;
/// Of the logistic curve that is nearest to a Gaussian's integral.
const LOGISTIC: f32 = 1.702;

/// Interfaces of a mask on the grid.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Interfaces {
    width: usize,
    /// From the ILM downwards.
    lines: Vec<Line>,
    /// Whether a pixel may change, row-major: fluid is seen otherwise.
    is_layer: Vec<bool>,
}

/// One interface, by column.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    columns: Vec<Option<Column>>,
    /// Deviation of its edge, in rows.
    edge: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Column {
    /// The middle of the step: between pixels, half a row above the first one below it.
    row: f32,
    /// Rows up to the middle of the layer above and of that below.
    sides: [f32; 2],
}

impl Interfaces {
    /// Those of composite codes on a grid, row-major; `None` where there are none.
    pub fn of(labels: &[u8], width: usize) -> Option<Self> {
        let starts = LayerStarts::of(labels, width);
        let lines: Vec<Line> = EDGES
            .iter()
            .zip(ABOVE_ILM + 1..)
            .map(|(&edge, layer)| Line { columns: columns_of(labels, width, layer, &starts), edge })
            .collect();
        lines.iter().any(|line| line.columns.iter().any(Option::is_some)).then(|| Self {
            width,
            lines,
            is_layer: labels.iter().map(|&code| code <= BELOW_BM).collect(),
        })
    }

    /// Changes a picture, row-major in `[-1, 1]`; `share` of it, so that what is left of a real scan is not changed once
    /// more.
    ///
    /// # Panics
    /// If the picture is not the grid's size.
    pub fn meet(&self, picture: &mut [f32], share: f32) {
        assert_eq!(picture.len(), self.is_layer.len(), "a picture of the grid");
        let height = picture.len() / self.width;
        let (near, far) = (weights_of(NEAR), weights_of(FAR));
        for line in &self.lines {
            let came: Vec<Option<[f32; SAMPLES]>> = line
                .columns
                .iter()
                .enumerate()
                .map(|(x, column)| {
                    let grey = |y: usize| ((picture[y * self.width + x] + 1.0) / 2.0).clamp(0.0, 1.0);
                    column.map(|column| {
                        std::array::from_fn(|at| {
                            grey_at(column.row + at as f32 - REACH as f32, height, &grey)
                        })
                    })
                })
                .collect();
            for (x, column) in line.columns.iter().enumerate() {
                let Some(column) = column else { continue };
                let part = part_of_change(&line.columns, x, END_COLUMNS) * share;
                let missing =
                    column.missing(line.edge, &mean_around(&came, x, &near), &mean_around(&came, x, &far));
                let exponents = missing.map(|factor| factor * part);
                let first = (column.row - REACH as f32).ceil().max(0.0) as usize;
                for y in first..((column.row + REACH as f32) as usize + 1).min(height) {
                    let at = y * self.width + x;
                    if self.is_layer[at] {
                        let factor = between(&exponents, y as f32 - column.row + REACH as f32).exp();
                        picture[at] = ((picture[at] + 1.0) * factor - 1.0).min(1.0);
                    }
                }
            }
        }
    }
}

impl Column {
    /// Logarithm of what each sample is to be multiplied by, of the means that came over few and over more columns.
    fn missing(self, edge: f32, near: &[f32; SAMPLES], far: &[f32; SAMPLES]) -> [f32; SAMPLES] {
        let depth = |at: usize| at as f32 - REACH as f32;
        let level = |side: usize, sign: f32| {
            let most = self.sides[side].max(LEAST_ROWS as f32);
            let of_side = (0..SAMPLES).filter(|&at| (2.0..=most).contains(&(sign * depth(at))));
            let (count, sum) = of_side.fold((0.0, 0.0), |sums, at| (sums.0 + 1.0, sums.1 + far[at]));
            sum / count
        };
        let (above, below) = (level(0, -1.0), level(1, 1.0));
        std::array::from_fn(|at| {
            let depth = depth(at);
            let step = 1.0 / (1.0 + (-LOGISTIC * depth / edge).exp());
            let factor = (above + (below - above) * step) / near[at].max(LEAST_GREY);
            let side = if depth < 0.0 { self.sides[0] } else { self.sides[1] };
            let share = ((side - depth.abs()) / 1.5 + 0.3).clamp(0.0, 1.0);
            factor.clamp(FACTORS[0], FACTORS[1]).ln() * share
        })
    }
}

fn columns_of(labels: &[u8], width: usize, layer: u8, starts: &LayerStarts) -> Vec<Option<Column>> {
    let height = labels.len() / width;
    let found: Vec<Option<(f32, [f32; 2])>> = (0..width)
        .map(|x| {
            let code = |y: usize| labels[y * width + x];
            let first = starts.first(layer, x)?;
            if first < REACH || first + REACH >= height {
                return None;
            }
            // As far as they count.
            let above = (0..first).rev().take(2 * REACH).take_while(|&y| code(y) == layer - 1).count();
            let below = (first..height).take(2 * REACH).take_while(|&y| code(y) == layer).count();
            let side = |rows: usize| (rows as f32 / 2.0).min(REACH as f32);
            (above.min(below) >= LEAST_ROWS).then(|| (first as f32, [side(above), side(below)]))
        })
        .collect();
    let line: Vec<Option<f32>> = found.iter().map(|column| column.map(|(row, _)| row)).collect();
    let column = |(x, found): (usize, &Option<(f32, [f32; 2])>)| {
        let (_, sides) = (*found)?;
        Some(Column { row: smoothed(&line, x, SMOOTHING)? - 0.5, sides })
    };
    found.iter().enumerate().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Golden {
        places: Vec<[usize; 2]>,
        met: Vec<f32>,
    }

    const WIDTH: usize = 60;
    const TOPS: [usize; 8] = [20, 30, 42, 49, 57, 72, 78, 85];
    const GREYS: [u32; 9] = [24, 130, 95, 65, 90, 55, 140, 150, 40];

    /// As `tests/reference/interfaces.py` makes them: layers that bend, a column without NFL, a cyst on an interface.
    fn made() -> (Vec<u8>, Vec<f32>) {
        let (mut labels, mut picture) = (Vec::new(), Vec::new());
        for y in 0..96_usize {
            for x in 0..WIDTH {
                let bend = (x % 40).abs_diff(20) / 5;
                let layer = |y: usize| TOPS.iter().filter(|&&top| y >= top + bend).count();
                let code = match layer(y) {
                    _ if (10..14).contains(&x) && (40 + bend..45 + bend).contains(&y) => 9,
                    1 if x == 33 => 2,
                    layer => layer as u8,
                };
                let soft = [y.saturating_sub(3), y.saturating_sub(1), y + 1, y + 3].map(|y| GREYS[layer(y)]);
                let grey = if code < 9 { soft.iter().sum::<u32>() / 4 } else { 30 };
                labels.push(code);
                let speckle = ((7 * x + 13 * y + x * y % 11) % 31) as f32;
                picture.push((grey as f32 + speckle) / 127.5 - 1.0);
            }
        }
        (labels, picture)
    }

    #[test]
    fn interfaces_are_sharpened_as_the_reference_does() {
        let golden: Golden =
            serde_json::from_str(include_str!("../../tests/reference/interfaces.json")).unwrap();
        let (labels, mut picture) = made();
        Interfaces::of(&labels, WIDTH).unwrap().meet(&mut picture, 1.0);
        for (&[y, x], theirs) in golden.places.iter().zip(&golden.met) {
            let ours = picture[y * WIDTH + x];
            assert!((ours - theirs).abs() < 2e-4, "row {y}, column {x}: {ours} and {theirs}");
        }
    }

    #[test]
    fn the_step_is_on_the_line_and_layers_keep_their_greys() {
        let (labels, before) = made();
        let mut after = before.clone();
        Interfaces::of(&labels, WIDTH).unwrap().meet(&mut after, 1.0);
        let mean = |picture: &[f32], rows: std::ops::Range<usize>| {
            let of = rows.flat_map(|y| (40..50).map(move |x| y * WIDTH + x));
            let (count, sum) = of.fold((0, 0.0), |sums, at| (sums.0 + 1, sums.1 + picture[at]));
            sum / count as f32
        };
        // The ILM of these columns lies between rows 22 and 24.
        let step = |picture: &[f32]| mean(picture, 24..26) - mean(picture, 20..22);
        assert!(step(&after) > 1.15 * step(&before), "{} and {}", step(&before), step(&after));
        for (layer, rows) in [(0, 5..14), (5, 64..68), (7, 84..88)] {
            let [was, is] = [&before, &after].map(|picture| mean(picture, rows.clone()));
            assert!((was - is).abs() < 0.01, "layer {layer}: {was} and {is}");
        }
        for (at, _) in labels.iter().enumerate().filter(|(_, code)| **code == 9) {
            assert_eq!(after[at], before[at], "a cyst");
        }
        let mut same = before.clone();
        Interfaces::of(&labels, WIDTH).unwrap().meet(&mut same, 0.0);
        assert!(same.iter().zip(&before).all(|(a, b)| (a - b).abs() < 1e-6), "no share changes nothing");
        assert_eq!(Interfaces::of(&[0; 64], 8), None);
    }
}
