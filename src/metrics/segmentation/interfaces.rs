//! How far a segmenter's interfaces, thicknesses and fluid areas are from a grader's, in micrometres.
//!
//! A network labels pixels, not lines, so its columns may be out of order. The row of an interface is the one that
//! contradicts the fewest pixels: layers above it that belong below, and the other way round. In columns that are in
//! order that is the interface itself. Lesion pixels say nothing of the layer beneath, so they contradict nothing;
//! where they leave a choice of rows, the middle is taken for the prediction, and the column is left out of the truth.

use std::ops::Range;

use super::{FLUID, LabelledPair, MeanOfDefined, class_of, mean};
use crate::anatomy::{INTERFACE_COUNT, LAYER_COUNT, UNANNOTATED, is_layer_plane_code};

/// Errors of one interface or one thickness over the columns that count.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct ColumnErrors {
    /// Mean unsigned error in µm; `None` without a column.
    pub mean_um: Option<f64>,
    /// Mean signed error in µm: positive where the prediction lies deeper or is thicker.
    pub bias_um: Option<f64>,
    /// How many were compared.
    pub columns: usize,
}

impl ColumnErrors {
    fn of(errors: &[f64]) -> Self {
        let unsigned: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
        Self { mean_um: mean(&unsigned), bias_um: mean(errors), columns: errors.len() }
    }
}

/// Signed errors of one image, or of several joined.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GeometryErrors {
    /// By interface, column by column, in µm.
    interfaces: [Vec<f64>; INTERFACE_COUNT],
    /// By layer, column by column, in µm.
    thicknesses: [Vec<f64>; LAYER_COUNT],
    /// By image and layer: error of its mean thickness in µm, `None` where no column has it.
    image_thicknesses: Vec<[Option<f64>; LAYER_COUNT]>,
    /// By image, in mm².
    fluid_mm2: Vec<f64>,
}

impl GeometryErrors {
    /// The errors of one image.
    ///
    /// # Panics
    /// If its planes have different sizes.
    pub fn of(pair: &LabelledPair) -> Self {
        pair.check();
        let axial_um = f64::from(pair.spacing.axial_um_per_px);
        let mut errors = Self::default();
        for x in (0..pair.size[0] as usize).filter(|&x| pair.columns[x]) {
            let Some(error) = column_errors_um(pair, x, axial_um) else { continue };
            for (k, error) in error.iter().enumerate() {
                errors.interfaces[k].extend(*error);
            }
            for layer in 0..LAYER_COUNT {
                let both = error[layer].zip(error[layer + 1]);
                errors.thicknesses[layer].extend(both.map(|(upper, lower)| lower - upper));
            }
        }
        errors.image_thicknesses = vec![std::array::from_fn(|layer| mean(&errors.thicknesses[layer]))];
        errors.fluid_mm2 = vec![fluid_error_mm2(pair)];
        errors
    }

    /// Adds the errors of another image.
    pub fn join(&mut self, other: &Self) {
        for (own, other) in self.interfaces.iter_mut().zip(&other.interfaces) {
            own.extend_from_slice(other);
        }
        for (own, other) in self.thicknesses.iter_mut().zip(&other.thicknesses) {
            own.extend_from_slice(other);
        }
        self.image_thicknesses.extend_from_slice(&other.image_thicknesses);
        self.fluid_mm2.extend_from_slice(&other.fluid_mm2);
    }

    /// Of interface `k`, over all columns.
    pub fn interface(&self, k: usize) -> ColumnErrors {
        ColumnErrors::of(&self.interfaces[k])
    }

    /// Of the thickness of layer `layer` (0 is the NFL) in every A-scan, over all columns.
    pub fn thickness(&self, layer: usize) -> ColumnErrors {
        ColumnErrors::of(&self.thicknesses[layer])
    }

    /// Unsigned error of an image's mean thickness of a layer, in µm.
    pub fn image_thickness(&self, layer: usize) -> MeanOfDefined {
        let errors: Vec<Option<f64>> =
            self.image_thicknesses.iter().map(|layers| layers[layer].map(f64::abs)).collect();
        MeanOfDefined::of(&errors)
    }

    /// Mean unsigned error and mean signed error of the fluid area of an image, in mm².
    pub fn fluid_mm2(&self) -> Option<[f64; 2]> {
        let unsigned: Vec<f64> = self.fluid_mm2.iter().map(|error| error.abs()).collect();
        Some([mean(&unsigned)?, mean(&self.fluid_mm2)?])
    }
}

/// How far each predicted interface lies below the drawn one in a column, in µm; `None` where fluid hides the drawn
/// one. `None` of a column that is not annotated.
pub(super) fn column_errors_um(
    pair: &LabelledPair,
    x: usize,
    axial_um: f64,
) -> Option<[Option<f64>; INTERFACE_COUNT]> {
    let [truth, predicted] = [pair.truth, pair.predicted].map(|codes| column(codes, pair.size[0], x));
    if truth.contains(&UNANNOTATED) {
        return None;
    }
    Some(std::array::from_fn(|k| {
        let drawn = best_rows(&truth, k);
        let found = best_rows(&predicted, k);
        let row = (found.start + found.end - 1) as f64 / 2.0;
        (drawn.len() == 1).then_some((row - drawn.start as f64) * axial_um)
    }))
}

fn column(codes: &[u8], width: u32, x: usize) -> Vec<u8> {
    codes[x..].iter().step_by(width as usize).copied().collect()
}

/// The rows at which interface `k` contradicts the fewest pixels of a column: half-open, first row below the
/// interface.
fn best_rows(column: &[u8], k: usize) -> Range<usize> {
    // Moving the interface below a pixel says that the pixel lies above it.
    let cost_of_above = |code: u8| match code {
        code if !is_layer_plane_code(code) || code == UNANNOTATED => 0,
        code if usize::from(code) > k => 1,
        _ => -1,
    };
    let (mut cost, mut least, mut rows) = (0_i64, 0_i64, 0..1);
    for (row, &code) in column.iter().enumerate() {
        cost += cost_of_above(code);
        if cost < least {
            (least, rows) = (cost, row + 1..row + 2);
        } else if cost == least && rows.end == row + 1 {
            rows.end = row + 2;
        }
    }
    rows
}

fn fluid_error_mm2(pair: &LabelledPair) -> f64 {
    let count = |codes: &[u8]| {
        let is_fluid = |pixel: &usize| pair.is_judged(*pixel) && class_of(codes[*pixel]) == Some(FLUID);
        (0..codes.len()).filter(is_fluid).count() as f64
    };
    let pixel_um2 = f64::from(pair.spacing.lateral_um_per_px) * f64::from(pair.spacing.axial_um_per_px);
    (count(pair.predicted) - count(pair.truth)) * pixel_um2 * 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordered_column_gives_its_interfaces_and_a_stray_pixel_moves_none() {
        assert_eq!(best_rows(&[0, 0, 1, 1, 2, 8], 0), 2..3);
        assert_eq!(best_rows(&[0, 0, 1, 1, 2, 8], 1), 4..5);
        assert_eq!(best_rows(&[0, 0, 1, 1, 2, 8], 6), 5..6);
        assert_eq!(best_rows(&[0, 5, 0, 0, 1, 1, 2, 8], 0), 4..5);
        assert_eq!(best_rows(&[0; 4], 3), 4..5, "a column without the layer ends above it");
        assert_eq!(best_rows(&[3; 4], 2), 0..1);
    }

    #[test]
    fn beneath_a_lesion_any_row_will_do() {
        assert_eq!(best_rows(&[0, 1, 9, 9, 2, 8], 1), 2..5);
    }
}
