//! Lines that were drawn before: kept as they are, and guides for those that are missing.
//!
//! Devices trace the ILM, the lower border of the NFL and BM, seldom more. A line that is known is not looked for, it
//! limits where the others are looked for, and no other line may cross it.

use super::field::Field;
use super::retina::Guides;
use crate::anatomy::{INTERFACE_COUNT, Interface};
use crate::mask::Interfaces;

/// The outer bands lie between so many working rows above BM; a detachment lifts them far.
const BANDS_ABOVE_BM: [f32; 2] = [160.0, 5.0];

/// Known rows, NaN where there are none.
pub(super) struct Known {
    /// In image rows, each column in order.
    image: Interfaces,
    row_scale: f32,
}

impl Known {
    /// The lines that can be believed: inside the image, and in a column only as long as they are in order.
    pub fn of(lines: &Interfaces, field: &Field, height: u32) -> Self {
        let mut image = lines.clone();
        let inside = 0.0..=height as f32;
        for x in 0..field.width {
            let mut deepest = 0.0;
            for line in &mut image.rows {
                if inside.contains(&line[x]) && line[x] >= deepest {
                    deepest = line[x];
                } else {
                    line[x] = f32::NAN;
                }
            }
        }
        Self { image, row_scale: field.row_scale }
    }

    /// The row of a line on the working grid.
    fn working(&self, interface: Interface, x: usize) -> Option<f32> {
        let row = self.image.rows[interface.index()][x];
        row.is_finite().then_some(row / self.row_scale)
    }

    /// Pulls the guides to the lines.
    pub fn guide(&self, guides: &mut Guides) {
        for x in 0..guides.ilm.len() {
            if let Some(row) = self.working(Interface::Ilm, x) {
                guides.ilm[x] = row;
            }
            if let Some(row) = self.working(Interface::IsmIse, x) {
                guides.bands[x] = row;
            } else if let Some(bm) = self.working(Interface::Bm, x) {
                let [most, least] = BANDS_ABOVE_BM;
                guides.bands[x] = guides.bands[x].clamp(bm - most, bm - least).max(guides.ilm[x]);
            }
        }
    }

    /// Puts a known line in place of one that was found.
    pub fn keep(&self, found: &mut [f32], interface: Interface) {
        for (x, found) in found.iter_mut().enumerate() {
            if let Some(row) = self.working(interface, x) {
                *found = row;
            }
        }
    }

    /// Known rows to the last bit, and the others between them.
    pub fn restore(&self, interfaces: &mut Interfaces) {
        for x in 0..interfaces.width() as usize {
            let known = self.image.rows.each_ref().map(|line| line[x]);
            if !known.iter().any(|row| row.is_finite()) {
                continue;
            }
            let mut above = 0.0_f32;
            for (k, line) in interfaces.rows.iter_mut().enumerate() {
                let below = known[k..].iter().copied().find(|row| row.is_finite()).unwrap_or(f32::INFINITY);
                line[x] = if known[k].is_finite() { known[k] } else { line[x].clamp(above, below) };
                above = above.max(line[x]);
            }
        }
    }

    /// A line that was known is sure.
    pub fn vouch(&self, confidence: &mut [Vec<f32>; INTERFACE_COUNT]) {
        for (confidence, line) in confidence.iter_mut().zip(&self.image.rows) {
            confidence
                .iter_mut()
                .zip(line)
                .filter(|(_, row)| row.is_finite())
                .for_each(|(sure, _)| *sure = 1.0);
        }
    }
}
