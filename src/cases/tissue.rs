//! The layers of a retina as thicknesses in um, before they become rows of pixels.
//!
//! Thicknesses cannot cross: whatever the solver does to them, the layers stay in order.

use super::frame::Frame;
use crate::anatomy::{INTERFACE_COUNT, LAYER_COUNT};
use crate::mask::Interfaces;

/// Seven thicknesses and the depth of Bruch's membrane, in every column.
#[derive(Clone, Debug, PartialEq)]
pub struct Tissue {
    /// In order of depth; never negative.
    pub layers_um: [Vec<f64>; LAYER_COUNT],
    /// BM below the top of the image.
    pub bm_um: Vec<f64>,
}

impl Tissue {
    /// The tissue of interfaces; columns in which one is unknown are interpolated.
    /// `None` where they are unknown everywhere.
    pub fn of(interfaces: &Interfaces, axial_um: f64) -> Option<Self> {
        let mut lines = interfaces.clone();
        lines.repair();
        if lines.rows.iter().flatten().any(|row| !row.is_finite()) || lines.width() == 0 {
            return None;
        }
        let um = |row: f32| f64::from(row) * axial_um;
        let layers_um = std::array::from_fn(|k| {
            lines.rows[k]
                .iter()
                .zip(&lines.rows[k + 1])
                .map(|(&above, &below)| um(below) - um(above))
                .collect()
        });
        Some(Self { layers_um, bm_um: lines.rows[LAYER_COUNT].iter().map(|&row| um(row)).collect() })
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.bm_um.len()
    }

    /// From the ILM to BM in a column.
    pub fn total_um(&self, x: usize) -> f64 {
        self.layers_um.iter().map(|layer| layer[x]).sum()
    }

    /// Depth of the top of a layer (index 0-6) below the top of the image.
    pub fn top_um(&self, layer: usize, x: usize) -> f64 {
        self.bm_um[x] - self.layers_um[layer..].iter().map(|layer| layer[x]).sum::<f64>()
    }

    /// Whole rows of the eight interfaces in a column, rounded one by one: in order, and each within half a
    /// row of where it is.
    pub fn rows(&self, x: usize, axial_um: f64) -> [f64; INTERFACE_COUNT] {
        let mut row = self.bm_um[x];
        let mut rows = [(row / axial_um).round(); INTERFACE_COUNT];
        for layer in (0..LAYER_COUNT).rev() {
            row -= self.layers_um[layer][x];
            rows[layer] = (row / axial_um).round();
        }
        rows
    }

    /// The interfaces as whole rows; those above the image's top edge lie on it.
    pub fn interfaces(&self, frame: &Frame) -> Interfaces {
        let mut lines = Interfaces::unknown(self.columns() as u32);
        for x in 0..self.columns() {
            for (line, row) in lines.rows.iter_mut().zip(self.rows(x, frame.axial_um)) {
                line[x] = row.clamp(0.0, f64::from(frame.rows)) as f32;
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_order_and_come_back() {
        let mut tissue = Tissue {
            layers_um: std::array::from_fn(|k| vec![3.0 + k as f64 * 7.3; 5]),
            bm_um: vec![900.0; 5],
        };
        tissue.layers_um[3][2] = 0.0;
        for x in 0..5 {
            assert!(tissue.rows(x, 3.87).is_sorted());
        }
        let frame = Frame {
            columns: 5,
            rows: 400,
            axial_um: 3.87,
            lateral_um: 11.3,
            fovea_column: 2.5,
            from_fovea_um: 0.0,
            eye: crate::scan::Laterality::Right,
        };
        let again = Tissue::of(&tissue.interfaces(&frame), 3.87).expect("all known");
        for (layer, found) in tissue.layers_um.iter().zip(&again.layers_um) {
            assert!(layer.iter().zip(found).all(|(a, b)| (a - b).abs() <= 3.87));
        }
        assert!(Tissue::of(&Interfaces::unknown(4), 3.87).is_none());
    }
}
