//! Interfaces: the layer plane seen as eight lines, one row per column.
//!
//! The raster is the truth; interfaces are derived from it wherever a column's layers are in order,
//! and are the shape in which boundary files and dragged lines arrive.

use super::Plane;
use crate::anatomy::{INTERFACE_COUNT, UNANNOTATED};

/// Eight lines over the columns of a B-scan.
#[derive(Clone, Debug, PartialEq)]
pub struct Interfaces {
    /// `rows[k][x]`: where the layer below interface `k` begins in column `x`, as an edge coordinate in
    /// `0..=height`; NaN where the column is unannotated or its layers are out of order.
    pub rows: [Vec<f32>; INTERFACE_COUNT],
}

impl Interfaces {
    /// Lines that are unknown everywhere.
    pub fn unknown(width: u32) -> Self {
        Self { rows: std::array::from_fn(|_| vec![f32::NAN; width as usize]) }
    }

    /// The interfaces of a layer plane. A layer that is absent in a column has no thickness there; an
    /// interface the column never reaches lies below its last annotated pixel.
    pub fn from_layers(layers: &Plane) -> Self {
        Self::in_columns(layers, 0, layers.width())
    }

    /// Like [`Interfaces::from_layers`] for the columns `x0..x1` alone; unknown in all others.
    pub fn in_columns(layers: &Plane, x0: u32, x1: u32) -> Self {
        let width = layers.width() as usize;
        let mut interfaces = Self::unknown(layers.width());
        let mut deepest = vec![0_u8; width];
        let mut end = vec![0_u32; width];
        let mut ordered = vec![true; width];
        let mut row_above: &[u8] = &[];
        layers.visit_columns(x0, x1, |x0, y, row| {
            let start = x0 as usize;
            for (end, &code) in end[start..].iter_mut().zip(row) {
                *end = if code == UNANNOTATED { *end } else { y + 1 };
            }
            // A row like the one above it holds no interface.
            if y > 0 && row == row_above {
                return;
            }
            row_above = row;
            for (x, &code) in (start..).zip(row) {
                if code == UNANNOTATED {
                    continue;
                }
                if code > deepest[x] {
                    let code = code.min(INTERFACE_COUNT as u8);
                    for line in &mut interfaces.rows[usize::from(deepest[x])..usize::from(code)] {
                        line[x] = y as f32;
                    }
                    deepest[x] = code;
                } else if code < deepest[x] {
                    ordered[x] = false;
                }
            }
        });
        for x in 0..width {
            if !ordered[x] || end[x] == 0 {
                for line in &mut interfaces.rows {
                    line[x] = f32::NAN;
                }
            } else {
                for line in &mut interfaces.rows[deepest[x] as usize..] {
                    line[x] = end[x] as f32;
                }
            }
        }
        interfaces
    }

    /// Number of columns.
    pub fn width(&self) -> u32 {
        self.rows[0].len() as u32
    }

    /// Whether every interface is known in a column and none lies above its predecessor.
    pub fn is_ordered_column(&self, x: u32) -> bool {
        let x = x as usize;
        self.rows.iter().all(|line| line[x].is_finite())
            && self.rows.windows(2).all(|pair| pair[0][x] <= pair[1][x])
    }

    /// The layer plane of these lines. Pixels that are 255 in `previous` stay so, and columns in which a
    /// line is unknown stay as they are in `previous`. Crossing lines give the deepest layer reached.
    ///
    /// # Panics
    /// If the sizes differ.
    pub fn to_layers(&self, width: u32, height: u32, previous: &Plane) -> Plane {
        assert_eq!((width, height), (previous.width(), previous.height()), "size of the previous layers");
        assert_eq!(self.width(), width, "columns of the interfaces");
        let known: Vec<bool> =
            (0..width as usize).map(|x| self.rows.iter().all(|line| line[x].is_finite())).collect();
        let mut layers = previous.clone();
        for y in 0..height {
            let centre = y as f32 + 0.5;
            layers.map_run(y, 0, width, |x, code| {
                let x = x as usize;
                if code == UNANNOTATED || !known[x] {
                    return code;
                }
                self.rows.iter().rposition(|line| line[x] <= centre).map_or(0, |k| k as u8 + 1)
            });
        }
        layers
    }

    /// The layer plane of these lines alone: columns in which a line is unknown are unannotated.
    pub fn rasterised(&self, height: u32) -> Plane {
        let width = self.width();
        let mut previous = Plane::filled(width, height, 0);
        for x in (0..width).filter(|&x| !self.rows.iter().all(|line| line[x as usize].is_finite())) {
            for y in 0..height {
                previous.set(x, y, UNANNOTATED);
            }
        }
        self.to_layers(width, height, &previous)
    }

    /// Fills gaps of each line linearly between the nearest known columns (held at the ends), then
    /// pushes every interface down to its predecessor. Returns how many columns had crossing lines.
    pub fn repair(&mut self) -> usize {
        for line in &mut self.rows {
            interpolate_gaps(line);
        }
        let mut crossed = 0;
        for x in 0..self.rows[0].len() {
            let mut deepest = f32::NEG_INFINITY;
            let mut crosses = false;
            for line in &mut self.rows {
                if line[x] < deepest {
                    line[x] = deepest;
                    crosses = true;
                }
                deepest = deepest.max(line[x]);
            }
            crossed += usize::from(crosses);
        }
        crossed
    }
}

/// Replaces NaN by linear interpolation over the index, holding the first and last known value.
/// A line without any known value stays unknown.
pub(super) fn interpolate_gaps(line: &mut [f32]) {
    let mut last_known: Option<usize> = None;
    for x in 0..line.len() {
        let here = line[x];
        if !here.is_finite() {
            continue;
        }
        match last_known {
            None => line[..x].fill(here),
            Some(from) => {
                let (start, slope) = (line[from], (here - line[from]) / (x - from) as f32);
                for (step, value) in line[from + 1..x].iter_mut().enumerate() {
                    *value = start + slope * (step + 1) as f32;
                }
            }
        }
        last_known = Some(x);
    }
    if let Some(from) = last_known {
        let value = line[from];
        line[from..].fill(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column_plane(columns: &[&[u8]]) -> Plane {
        let height = columns[0].len() as u32;
        let mut plane = Plane::filled(columns.len() as u32, height, 0);
        for (x, column) in columns.iter().enumerate() {
            for (y, &code) in column.iter().enumerate() {
                plane.set(x as u32, y as u32, code);
            }
        }
        plane
    }

    #[test]
    fn ordered_columns_round_trip_and_unannotated_ones_stay() {
        let layers = column_plane(&[
            &[0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
            &[0, 0, 0, 2, 2, 5, 5, 5, 8, 8],
            &[255; 10],
            &[3, 3, 3, 3, 3, 3, 3, 3, 3, 3],
            &[255, 0, 1, 1, 2, 5, 8, 8, 255, 255],
        ]);
        let interfaces = Interfaces::from_layers(&layers);
        assert_eq!(interfaces.rows[0][0], 2.0);
        assert_eq!(interfaces.rows[7][3], 10.0);
        assert!(!interfaces.is_ordered_column(2));
        assert_eq!(interfaces.to_layers(5, 10, &layers), layers);
        let mut all_repaired = interfaces.clone();
        all_repaired.repair();
        assert_eq!(all_repaired.to_layers(5, 10, &layers), layers);
    }

    #[test]
    fn a_column_out_of_order_has_no_interfaces() {
        let layers = column_plane(&[&[0, 2, 1, 8]]);
        assert!(!Interfaces::from_layers(&layers).is_ordered_column(0));
    }

    #[test]
    fn repair_interpolates_gaps_and_uncrosses() {
        let mut interfaces = Interfaces::unknown(3);
        for (k, line) in interfaces.rows.iter_mut().enumerate() {
            *line = vec![k as f32 * 2.0, f32::NAN, k as f32 * 4.0];
        }
        interfaces.rows[3][0] = 1.0;
        assert_eq!(interfaces.repair(), 1);
        assert_eq!(interfaces.rows[7][1], 21.0);
        assert_eq!(interfaces.rows[3][0], 4.0);
        assert!((0..3).all(|x| interfaces.is_ordered_column(x)));
    }
}
