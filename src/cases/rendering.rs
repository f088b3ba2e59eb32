//! The mask of a designed case: rows of pixels, cysts to the pixel, domes raised.

use super::cysts::DrawnCyst;
use super::design::Design;
use super::healthy::centre_in_image;
use super::shaping::RIM_ROWS;
use super::tissue::Tissue;
use crate::anatomy::{Lesion, UNANNOTATED};
use crate::mask::{LockedLabels, Mask, Plane, Region, raise_dome};

/// A cyst may be made so much flatter or taller for its pixels to have its area.
const HEIGHT_FACTORS: [f64; 2] = [0.88, 1.08];

impl Design<'_> {
    /// The mask of a tissue, with its cysts and domes.
    pub fn rendered(&self, tissue: &Tissue) -> Mask {
        let mut tissue = tissue.clone();
        if self.may_move {
            centre_in_image(&mut tissue, &self.frame, &self.lifted_um);
        }
        let (columns, rows) = (self.frame.columns, self.frame.rows);
        let layers = tissue.interfaces(&self.frame).to_layers(columns, rows, &self.previous);
        let mut mask = Mask { layers, lesions: Plane::filled(columns, rows, 0) };
        let mut missing_um2 = 0.0;
        for cyst in &self.cysts {
            let wanted = cyst.area_um2() + missing_um2;
            let region = self.cyst_region(&mask, &tissue, cyst, wanted);
            for &(y, x0, x1) in region.runs() {
                mask.lesions.fill_run(y, x0, x1, Lesion::Irf.code());
            }
            missing_um2 = wanted - region.pixel_count() as f64 * self.frame.axial_um * self.frame.lateral_um;
        }
        for dome in &self.domes {
            raise_dome(&mut mask, dome, LockedLabels::NONE);
        }
        mask
    }

    /// The pixels of a cyst, as near as can be to an area.
    fn cyst_region(&self, mask: &Mask, tissue: &Tissue, cyst: &DrawnCyst, wanted_um2: f64) -> Region {
        let wanted = wanted_um2 / (self.frame.axial_um * self.frame.lateral_um);
        let region = |factor: f64| self.cyst_pixels(mask, tissue, cyst, factor);
        let [mut low, mut high] = HEIGHT_FACTORS;
        for _ in 0..12 {
            let middle = (low + high) / 2.0;
            if (region(middle).pixel_count() as f64) < wanted { low = middle } else { high = middle }
        }
        let off = |region: &Region| (region.pixel_count() as f64 - wanted).abs();
        let (smaller, larger) = (region(low), region(high));
        if off(&smaller) < off(&larger) { smaller } else { larger }
    }

    /// The pixels of a cyst whose height is multiplied by a factor: one connected region strictly inside of its
    /// layer.
    fn cyst_pixels(&self, mask: &Mask, tissue: &Tissue, cyst: &DrawnCyst, factor: f64) -> Region {
        let frame = &self.frame;
        let half = cyst.width_um / 2.0;
        let columns = frame.columns_between(cyst.at_um - half, cyst.at_um + half);
        let mut runs = Vec::new();
        for x in columns {
            let height = factor * cyst.chord_um(frame.at_um(x));
            if height <= 0.0 {
                continue;
            }
            let middle = self.cyst_middle_um(tissue, cyst, x) / frame.axial_um;
            let reach = height / frame.axial_um / 2.0;
            let (from, to) = (middle - reach, middle + reach);
            // A thin end still has the row in its middle.
            let (first, last) =
                ((from + 0.5).floor().min(middle.floor()), (to - 0.5).floor().max(middle.floor()));
            for y in first.max(0.0) as u32..=last.max(0.0) as u32 {
                if self.lies_inside(mask, cyst, x as u32, y) {
                    runs.push((y, x as u32, x as u32 + 1));
                }
            }
        }
        largest_part(&Region::from_runs(runs))
    }

    /// Whether a pixel and those above and beneath it belong to the cyst's layer.
    fn lies_inside(&self, mask: &Mask, cyst: &DrawnCyst, x: u32, y: u32) -> bool {
        let code = cyst.layer.code();
        y > 0
            && y + 1 < mask.height()
            && mask.layers.get(x, y) != UNANNOTATED
            && (y - 1..=y + 1).all(|y| mask.layers.get(x, y) == code)
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

/// The largest connected part of a region (corners connect).
fn largest_part(region: &Region) -> Region {
    let bounds = region.bounds();
    if region.is_empty() {
        return Region::default();
    }
    let size = [bounds.x1, bounds.y1];
    let mut rest = region.clone();
    let mut largest = Region::default();
    while let Some(&(y, x0, _)) = rest.runs().first() {
        let part =
            Region::flooded(size, [x0, y], true, |x, y| rest.contains(x, y), |_| true).unwrap_or_default();
        if part.pixel_count() > largest.pixel_count() {
            largest = part.clone();
        }
        rest = rest.filtered(|x, y| !part.contains(x, y));
    }
    largest
}
