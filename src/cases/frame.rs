//! Columns and rows of the image in um about the fovea.

use crate::scan::{Laterality, Spacing};

/// The ILM keeps so many rows below the image's top.
pub const MARGIN_ROWS: f64 = 3.0;

/// Where a B-scan lies on the eye.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// A-scans.
    pub columns: u32,
    /// Pixels of an A-scan.
    pub rows: u32,
    /// Height of a pixel.
    pub axial_um: f64,
    /// Width of a pixel.
    pub lateral_um: f64,
    /// Of the fovea, in image coordinates.
    pub fovea_column: f64,
    /// Distance of the B-scan from the fovea, across it.
    pub from_fovea_um: f64,
    /// Right or left.
    pub eye: Laterality,
}

impl Frame {
    /// Distance of a column's middle from the fovea, to the right positive.
    pub fn at_um(&self, column: usize) -> f64 {
        (column as f64 + 0.5 - self.fovea_column) * self.lateral_um
    }

    /// The place of a distance, in image coordinates.
    pub fn column_of(&self, at_um: f64) -> f64 {
        self.fovea_column + at_um / self.lateral_um
    }

    /// 1 where the nose is at the right of the image, as in right eyes, -1 where it is at the left.
    pub fn nasal_sign(&self) -> f64 {
        match self.eye {
            Laterality::Right => 1.0,
            Laterality::Left => -1.0,
        }
    }

    /// The columns between two distances from the fovea, cut at the image's edges.
    pub fn columns_between(&self, from_um: f64, to_um: f64) -> std::ops::Range<usize> {
        let edge = |um: f64| self.column_of(um).round().clamp(0.0, f64::from(self.columns)) as usize;
        edge(from_um)..edge(to_um).max(edge(from_um))
    }

    /// A length along the scan in whole columns.
    pub fn columns_in(&self, um: f64) -> usize {
        (um / self.lateral_um).round().max(0.0) as usize
    }

    /// As the rest of the program says it.
    pub fn spacing(&self) -> Spacing {
        Spacing { axial_um_per_px: self.axial_um as f32, lateral_um_per_px: self.lateral_um as f32 }
    }

    /// Distances of the left and the right edge of the image from the fovea.
    pub fn edges_um(&self) -> [f64; 2] {
        [
            -self.fovea_column * self.lateral_um,
            (f64::from(self.columns) - self.fovea_column) * self.lateral_um,
        ]
    }
}
