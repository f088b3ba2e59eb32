//! Masks of the B-scans between two annotated ones.
//!
//! Interfaces are interpolated row by row; lesions by their shape: the signed distances to their edges
//! are mixed (Raya & Udupa 1990), after both have been moved along with the retina, whose height differs
//! from B-scan to B-scan. A lesion that is drawn on one side only tapers off half-way.

use super::distance::signed_distance;
use super::{Interfaces, Mask, Plane};
use crate::anatomy::{INTERFACE_COUNT, Lesion};
use crate::scan::{Rect, Spacing};

/// What two annotated B-scans contribute to those between them.
pub struct Interpolation<'a> {
    width: u32,
    height: u32,
    ends: [End; 2],
    masks: [&'a Mask; 2],
    pixel: [f32; 2],
}

struct End {
    interfaces: Interfaces,
    /// Row of the middle of the retina in every column; NaN where it is unknown.
    middle: Vec<f32>,
}

impl<'a> Interpolation<'a> {
    /// Prepares the masks between `before` and `after`. Without a spacing pixels are taken as squares.
    ///
    /// # Panics
    /// If the sizes differ.
    pub fn between(before: &'a Mask, after: &'a Mask, spacing: Option<Spacing>) -> Self {
        assert_eq!(before.layers.bounds(), after.layers.bounds(), "B-scans of one size");
        let end = |mask: &Mask| {
            let interfaces = Interfaces::from_layers(&mask.layers);
            let (ilm, bm) = (&interfaces.rows[0], &interfaces.rows[INTERFACE_COUNT - 1]);
            let middle = ilm.iter().zip(bm).map(|(ilm, bm)| (ilm + bm) / 2.0).collect();
            End { interfaces, middle }
        };
        Self {
            width: before.width(),
            height: before.height(),
            ends: [end(before), end(after)],
            masks: [before, after],
            pixel: spacing.map_or([1.0, 1.0], |s| [s.lateral_um_per_px, s.axial_um_per_px]),
        }
    }

    /// The mask at `share` of the way, 0 at the first and 1 at the second. Columns in which either has no
    /// interfaces are unannotated.
    pub fn at(&self, share: f32) -> Mask {
        let [before, after] = &self.ends;
        let mut interfaces = Interfaces::unknown(self.width);
        for (k, line) in interfaces.rows.iter_mut().enumerate() {
            let ends = before.interfaces.rows[k].iter().zip(&after.interfaces.rows[k]);
            for (row, (a, b)) in line.iter_mut().zip(ends) {
                *row = a + (b - a) * share;
            }
        }
        let layers = interfaces.rasterised(self.height);
        let mut lesions = Plane::filled(self.width, self.height, 0);
        for lesion in Lesion::ALL {
            self.draw_lesion(lesion.code(), share, &mut lesions);
        }
        Mask { layers, lesions }
    }

    fn draw_lesion(&self, code: u8, share: f32, lesions: &mut Plane) {
        let middles = self.ends[0].middle.iter().zip(&self.ends[1].middle);
        let shifts: Vec<[f32; 2]> = middles
            .map(|(a, b)| {
                let middle = a + (b - a) * share;
                [middle - a, middle - b].map(|shift| if shift.is_finite() { shift } else { 0.0 })
            })
            .collect();
        let moved = [0, 1].map(|end| self.moved(code, end, &shifts));
        // Distances inside a lesion are right once one row and column around it is seen; outside both ends
        // nothing is drawn.
        let pixels = moved.iter().flatten();
        let around = pixels.fold(Rect::EMPTY, |rect, &[x, y]| rect.union(Rect::new(x, y, x + 1, y + 1)));
        if around.is_empty() {
            return;
        }
        let around = around.grown(1, self.width, self.height);
        let [mut from, mut to] = moved.each_ref().map(|pixels| {
            let mut inside = vec![false; around.width() as usize * around.height() as usize];
            for [x, y] in pixels {
                inside[((y - around.y0) * around.width() + x - around.x0) as usize] = true;
            }
            signed_distance(around.width(), around.height(), &inside, self.pixel)
        });
        match moved.each_ref().map(Vec::is_empty) {
            // What is missing on one side is as far as the other is deep: it is gone half-way.
            [false, true] => to.fill(depth(&from)),
            [true, false] => from.fill(depth(&to)),
            _ => {}
        }
        for y in around.y0..around.y1 {
            let row = ((y - around.y0) * around.width()) as usize;
            lesions.map_run(y, around.x0, around.x1, |x, old| {
                let at = row + (x - around.x0) as usize;
                let distance = from[at] * (1.0 - share) + to[at] * share;
                if distance < 0.0 { code } else { old }
            });
        }
    }

    /// The pixels (x, y) of a lesion class of one end, moved by whole rows.
    fn moved(&self, code: u8, end: usize, shifts: &[[f32; 2]]) -> Vec<[u32; 2]> {
        let lesions = &self.masks[end].lesions;
        let mut moved = Vec::new();
        for y in 0..self.height {
            let row = lesions.read_rect(Rect::new(0, y, self.width, y + 1));
            for (x, _) in row.iter().enumerate().filter(|(_, lesion)| **lesion == code) {
                let to = i64::from(y) + shifts[x][end].round() as i64;
                if (0..i64::from(self.height)).contains(&to) {
                    moved.push([x as u32, to as u32]);
                }
            }
        }
        moved
    }
}

/// How far the deepest pixel lies inside.
fn depth(distances: &[f32]) -> f32 {
    -distances.iter().copied().fold(0.0, f32::min)
}

/// The layers of a neighbouring B-scan on this one: everywhere, where nothing is annotated; else only on
/// annotated pixels. Columns in which the neighbour has no interfaces stay as they are.
///
/// # Panics
/// If the sizes differ.
pub fn copied_layers(neighbour: &Plane, onto: &Plane) -> Plane {
    let interfaces = Interfaces::from_layers(neighbour);
    let (width, height) = (onto.width(), onto.height());
    assert_eq!(neighbour.bounds(), onto.bounds(), "B-scans of one size");
    let is_bare = onto.holds_only(|code| code == crate::anatomy::UNANNOTATED);
    if is_bare { interfaces.rasterised(height) } else { interfaces.to_layers(width, height, onto) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::UNANNOTATED;

    /// Interface k at row `top + 4 k`.
    fn layered(top: f32) -> Mask {
        let mut interfaces = Interfaces::unknown(120);
        for (k, line) in interfaces.rows.iter_mut().enumerate() {
            line.fill(top + 4.0 * k as f32);
        }
        Mask { layers: interfaces.rasterised(100), lesions: Plane::filled(120, 100, 0) }
    }

    fn disc(mask: &mut Mask, centre: [i32; 2], radius: i32, code: u8) {
        for y in 0..100 {
            for x in 0..120 {
                let (dx, dy) = (x - centre[0], y - centre[1]);
                if dx * dx + dy * dy <= radius * radius {
                    mask.lesions.set(x as u32, y as u32, code);
                }
            }
        }
    }

    fn extent(mask: &Mask, code: u8) -> (Rect, usize) {
        let mut rect = Rect::EMPTY;
        let mut pixels = 0;
        for y in 0..100 {
            for x in (0..120).filter(|&x| mask.lesions.get(x, y) == code) {
                rect = rect.union(Rect::new(x, y, x + 1, y + 1));
                pixels += 1;
            }
        }
        (rect, pixels)
    }

    #[test]
    fn interfaces_lie_in_between_and_unknown_columns_stay_so() {
        let (mut before, after) = (layered(20.0), layered(40.0));
        for y in 0..100 {
            before.layers.set(7, y, UNANNOTATED);
        }
        let middle = Interpolation::between(&before, &after, None).at(0.25);
        let found = Interfaces::from_layers(&middle.layers);
        assert_eq!((found.rows[0][30], found.rows[7][30]), (25.0, 53.0));
        assert!(!found.is_ordered_column(7));
        let interpolation = Interpolation::between(&before, &after, None);
        assert_eq!(interpolation.at(0.0).layers.get(30, 20), before.layers.get(30, 20));
        assert_eq!(interpolation.at(1.0).layers.get(30, 40), after.layers.get(30, 40));
    }

    #[test]
    fn a_disc_between_two_discs_has_the_radius_in_between_and_the_ends_are_the_ends() {
        let (mut before, mut after) = (layered(30.0), layered(30.0));
        disc(&mut before, [60, 50], 10, 1);
        disc(&mut after, [60, 50], 20, 1);
        let interpolation = Interpolation::between(&before, &after, None);
        let (rect, pixels) = extent(&interpolation.at(0.5), 1);
        assert_eq!((rect.width(), rect.height()), (31, 31));
        assert_eq!(pixels, 709, "lattice points in a circle of radius 15");
        assert_eq!(interpolation.at(0.0), before);
        assert_eq!(interpolation.at(1.0), after);
    }

    #[test]
    fn a_lesion_moves_with_the_retina_and_one_sided_ones_taper_off() {
        let (mut before, mut after) = (layered(20.0), layered(40.0));
        disc(&mut before, [60, 34], 6, 1);
        disc(&mut after, [60, 54], 6, 1);
        disc(&mut before, [20, 34], 6, 2);
        let interpolation = Interpolation::between(&before, &after, None);
        // Without the shift the discs would not even overlap.
        let (moved, _) = extent(&interpolation.at(0.5), 1);
        assert_eq!(moved, Rect::new(54, 38, 67, 51));
        let early = extent(&interpolation.at(0.2), 2).1;
        assert!(early > 0 && early < extent(&before, 2).1);
        assert_eq!(extent(&interpolation.at(0.5), 2).1, 0);
    }

    #[test]
    fn copied_layers_fill_a_bare_scan_and_leave_unannotated_columns_of_another() {
        let neighbour = layered(20.0);
        let bare = Plane::filled(120, 100, UNANNOTATED);
        assert_eq!(copied_layers(&neighbour.layers, &bare), neighbour.layers);
        let mut partly = layered(50.0).layers;
        for y in 0..100 {
            partly.fill_run(y, 0, 30, UNANNOTATED);
        }
        let copied = copied_layers(&neighbour.layers, &partly);
        assert_eq!((copied.get(10, 20), copied.get(60, 20)), (UNANNOTATED, 1));
    }
}
