//! The mask of a designed case: rows of pixels, cysts and domes to the pixel.

use super::cysts::DrawnCyst;
use super::design::Design;
use super::healthy::centre_in_image;
use super::recipe::LayerName;
use super::shaping::RIM_ROWS;
use super::tissue::Tissue;
use crate::anatomy::Lesion;
use crate::mask::dome::{DOME_AREA_SHARE, OUTER_SEGMENT_SHARE};
use crate::mask::{Dome, Mask, Plane};

/// A lesion may be made so much flatter or taller for its pixels to have its area.
const HEIGHT_FACTORS: [f64; 2] = [0.88, 1.08];

impl Design<'_> {
    /// The mask of a tissue, with its cysts and domes.
    pub fn rendered(&self, tissue: &Tissue) -> Mask {
        let mut tissue = tissue.clone();
        if self.may_move {
            centre_in_image(&mut tissue, &self.frame, &self.lifted_um);
        }
        // Fluid of domes lies within the OS-RPE band: with it as tissue, every interface above is rounded once.
        let band = LayerName::OsRpe.index();
        for (um, lifted) in tissue.layers_um[band].iter_mut().zip(&self.lifted_um) {
            *um += lifted;
        }
        let (columns, rows) = (self.frame.columns, self.frame.rows);
        let layers = tissue.interfaces(&self.frame).to_layers(columns, rows, &self.previous);
        let mut mask = Mask { layers, lesions: Plane::filled(columns, rows, 0) };
        let pixel_um2 = self.frame.axial_um * self.frame.lateral_um;
        let mut missing_px = 0.0;
        for cyst in &self.cysts {
            let wanted = cyst.area_um2() / pixel_um2 + missing_px;
            let columns = of_area(wanted, |factor| self.cyst_of_height(&mask, &tissue, cyst, factor));
            fill(&mut mask, &columns, Lesion::Irf);
            missing_px = wanted - pixels(&columns);
        }
        for dome in &self.domes {
            let wanted = DOME_AREA_SHARE * dome.width_px * dome.height_px;
            let columns = of_area(wanted, |factor| self.dome_of_height(&mask, &tissue, dome, factor));
            fill(&mut mask, &columns, dome.lesion);
        }
        mask
    }

    /// The columns of a dome's fluid in the OS-RPE band: SRF beneath the outer segments, PED on the band's last
    /// row, as [`crate::mask::raise_dome`] has them; its height is multiplied by a factor.
    fn dome_of_height(&self, mask: &Mask, tissue: &Tissue, dome: &Dome, factor: f64) -> Vec<FluidColumn> {
        let (frame, band) = (&self.frame, LayerName::OsRpe.index());
        let mut columns = Vec::new();
        for x in dome.columns(frame.columns) {
            let (at, height) = (x as usize, factor * dome.lift_rows(x));
            let rows = tissue.rows(at, frame.axial_um);
            let (from, to) = match dome.lesion {
                Lesion::Ped => {
                    let bottom = tissue.bm_um[at] / frame.axial_um - 1.0;
                    (bottom - height, bottom)
                }
                _ => {
                    let own_um = tissue.layers_um[band][at] - self.lifted_um[at];
                    let segments_um = OUTER_SEGMENT_SHARE * own_um;
                    let top = (tissue.top_um(band, at) + segments_um) / frame.axial_um;
                    (top, top + height)
                }
            };
            let first = from.round().max(rows[band] + 1.0) as u32;
            let end = to.round().min(rows[band + 1] - 1.0).max(0.0) as u32;
            let is_band = |y: u32| y < mask.height() && mask.layers.get(x, y) == LayerName::OsRpe.code();
            if first < end && is_band(first) && is_band(end - 1) {
                columns.push((x, first, end));
            }
        }
        largest_part(&columns)
    }

    /// The columns of a cyst whose height is multiplied by a factor: connected, and strictly inside of its layer.
    fn cyst_of_height(
        &self,
        mask: &Mask,
        tissue: &Tissue,
        cyst: &DrawnCyst,
        factor: f64,
    ) -> Vec<FluidColumn> {
        let (frame, layer) = (&self.frame, cyst.layer.index());
        let half = cyst.width_um / 2.0;
        let mut columns = Vec::new();
        for x in frame.columns_between(cyst.at_um - half, cyst.at_um + half) {
            let height = factor * cyst.chord_um(frame.at_um(x));
            let rows = tissue.rows(x, frame.axial_um);
            let (top, bottom) = (rows[layer].max(0.0) + 1.0, rows[layer + 1] - 1.0);
            if height <= 0.0 || bottom <= top {
                continue;
            }
            let middle = self.cyst_middle_um(tissue, cyst, x) / frame.axial_um;
            let reach = height / frame.axial_um / 2.0;
            // A thin end still has the row in its middle.
            let first = (middle - reach + 0.5).floor().min(middle.floor()).max(top).min(bottom - 1.0);
            let end = (middle + reach + 0.5).floor().max(middle.floor() + 1.0).min(bottom).max(first + 1.0);
            let column = (x as u32, first as u32, end as u32);
            let is_tissue = |y: u32| y < mask.height() && mask.layers.get(column.0, y) == cyst.layer.code();
            if is_tissue(column.1) && is_tissue(column.2 - 1) {
                columns.push(column);
            }
        }
        largest_part(&columns)
    }

    /// Depth of a cyst's middle line in a column: between the middle of its layer and a straight line, within
    /// what its layer allows.
    fn cyst_middle_um(&self, tissue: &Tissue, cyst: &DrawnCyst, x: usize) -> f64 {
        let (frame, layer) = (&self.frame, cyst.layer.index());
        let last = frame.columns as usize - 1;
        let column = |um: f64| (frame.column_of(um) - 0.5).round().clamp(0.0, last as f64) as usize;
        let middle = |x: usize| tissue.top_um(layer, x) + tissue.layers_um[layer][x] / 2.0;
        let half = cyst.width_um / 2.0;
        let (left, right) = (column(cyst.at_um - half), column(cyst.at_um + half));
        let along = (x as f64 - left as f64) / (right as f64 - left as f64).max(1.0);
        let straight = middle(left) + (middle(right) - middle(left)) * along;
        let rim = RIM_ROWS * frame.axial_um;
        let top = tissue.top_um(layer, x);
        let free = (tissue.layers_um[layer][x] - cyst.chord_um(frame.at_um(x)) - 2.0 * rim).max(0.0) / 2.0;
        let fattest = column(cyst.at_um);
        let spare = (tissue.layers_um[layer][fattest] - cyst.height_um - 2.0 * rim).max(0.0) / 2.0;
        let wanted = 0.5 * (middle(x) + straight) + cyst.offset * spare;
        let own = top + tissue.layers_um[layer][x] / 2.0;
        wanted.max(own - free).min(own + free)
    }
}

/// A column of a lesion: which, and the rows `first..end`.
type FluidColumn = (u32, u32, u32);

fn fill(mask: &mut Mask, columns: &[FluidColumn], lesion: Lesion) {
    for &(x, first, end) in columns {
        (first..end).for_each(|y| mask.lesions.set(x, y, lesion.code()));
    }
}

/// The columns whose pixels are as near as can be to a number; `of_height` makes them for a factor of the height.
fn of_area(wanted: f64, of_height: impl Fn(f64) -> Vec<FluidColumn>) -> Vec<FluidColumn> {
    let [mut low, mut high] = HEIGHT_FACTORS;
    for _ in 0..12 {
        let middle = (low + high) / 2.0;
        if pixels(&of_height(middle)) < wanted { low = middle } else { high = middle }
    }
    let (smaller, larger) = (of_height(low), of_height(high));
    let off = |columns: &[FluidColumn]| (pixels(columns) - wanted).abs();
    if off(&smaller) < off(&larger) { smaller } else { larger }
}

fn pixels(columns: &[FluidColumn]) -> f64 {
    columns.iter().map(|(_, first, end)| f64::from(end - first)).sum()
}

/// The largest connected part (corners connect).
fn largest_part(columns: &[FluidColumn]) -> Vec<FluidColumn> {
    let touch = |a: &FluidColumn, b: &FluidColumn| a.0 + 1 == b.0 && a.1 <= b.2 && b.1 <= a.2;
    let parts = columns.chunk_by(touch);
    parts.max_by(|a, b| pixels(a).total_cmp(&pixels(b))).unwrap_or_default().to_vec()
}
