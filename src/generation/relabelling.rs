//! Rims of fluid as they are drawn: within a few pixels of the painted edge, a pair's labels follow what a segmenter sees in
//! its scan.
//!
//! Where a model draws the wall of a cyst beside the painted edge, whoever learns from the pair learns that offset.
//! Only the lesion plane changes, and only at the rims: layers stay as they are, no cyst vanishes, none comes into being, and
//! no two become one.

use serde::{Deserialize, Serialize};

use crate::anatomy::{LAYER_COUNT, is_lesion};
use crate::formats::provenance::NamedModel;
use crate::mask::{Connectivity, Mask, Plane, Region, signed_distance};
use crate::scan::Rect;

/// How far from the painted edge labels may change, in pixels.
pub const RIM_PX: f32 = 3.0;
/// A cyst of which less than this would be left was not seen: its rim is nobody's finding.
const LEAST_LEFT: f64 = 0.5;

/// That the rims of a pair's fluid were relabelled, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relabelled {
    /// The segmenter, as its file calls it.
    pub segmenter: String,
    /// Of its tensor bytes.
    pub segmenter_sha256: String,
    /// Pixels whose label changed.
    pub pixels: u64,
    /// Of the mask that the scan was drawn from.
    pub painted_mask_sha256: String,
}

impl Relabelled {
    /// The segmenter, as files name models.
    pub fn model(&self) -> NamedModel {
        NamedModel { name: self.segmenter.clone(), sha256: self.segmenter_sha256.clone() }
    }
}

/// A mask whose rims of fluid are those that were found, and how many pixels that changed.
///
/// - `found`: composite codes of what was seen in the scan, row-major, of the mask's size
///
/// # Panics
/// If the number of codes is another one.
pub fn with_found_rims(mask: &Mask, found: &[u8]) -> (Mask, u64) {
    let before = mask.lesions.to_pixels();
    assert_eq!(found.len(), before.len(), "what was found has the size of the mask");
    let regions = Region::components(&mask.lesions, |code| code != 0, Connectivity::Eight);
    let mut owners = vec![None; before.len()];
    let width = mask.width() as usize;
    for (owner, region) in regions.iter().enumerate() {
        for pixel in pixels_of(region, width) {
            owners[pixel] = Some(owner);
        }
    }
    let layers = mask.layers.to_pixels();
    let mut rims = Rims { layers: &layers, found, width, owners };
    for (owner, region) in regions.iter().enumerate() {
        rims.follow(owner, region);
    }
    let code_of = |region: &Region| region.runs().first().map_or(0, |&(y, x, _)| mask.lesions.get(x, y));
    let codes: Vec<u8> = regions.iter().map(code_of).collect();
    let after: Vec<u8> = rims.owners.iter().map(|owner| owner.map_or(0, |owner| codes[owner])).collect();
    let changed = before.iter().zip(&after).filter(|(before, after)| before != after).count();
    let lesions = Plane::from_pixels(mask.width(), mask.height(), &after);
    (Mask { lesions, ..mask.clone() }, changed as u64)
}

fn pixels_of(region: &Region, width: usize) -> impl Iterator<Item = usize> {
    region.runs().iter().flat_map(move |&(y, x0, x1)| (x0..x1).map(move |x| y as usize * width + x as usize))
}

/// The lesions of a mask while their rims move.
struct Rims<'a> {
    layers: &'a [u8],
    found: &'a [u8],
    width: usize,
    /// Which lesion a pixel belongs to.
    owners: Vec<Option<usize>>,
}

impl Rims<'_> {
    /// Moves the rim of one lesion to where it was found.
    fn follow(&mut self, owner: usize, region: &Region) {
        let height = self.owners.len() / self.width;
        let (bounds, margin) = (region.bounds(), RIM_PX.ceil() as u32 + 1);
        let window = Rect::new(
            bounds.x0.saturating_sub(margin),
            bounds.y0.saturating_sub(margin),
            (bounds.x1 + margin).min(self.width as u32),
            (bounds.y1 + margin).min(height as u32),
        );
        let inside: Vec<bool> = region.to_bits(window).into_iter().map(|bit| bit == 1).collect();
        let distance = signed_distance(window.width(), window.height(), &inside, [1.0; 2]);
        let columns = window.width() as usize;
        let pixel =
            |at: usize| (window.y0 as usize + at / columns) * self.width + window.x0 as usize + at % columns;
        let is_fluid = |at: usize| match distance[at] {
            deep if deep < -RIM_PX => true,
            far if far > RIM_PX => false,
            _ => is_lesion(self.found[pixel(at)]) && (inside[at] || self.may_grow(owner, pixel(at))),
        };
        let wanted: Vec<u8> = (0..inside.len()).map(|at| u8::from(is_fluid(at))).collect();
        let plane = Plane::from_pixels(window.width(), window.height(), &wanted);
        let parts = Region::components(&plane, |code| code == 1, Connectivity::Eight);
        // It stays one lesion: what came off is not seen as part of it. Of equal parts the first.
        let largest = parts.into_iter().rev().max_by_key(Region::pixel_count).unwrap_or_default();
        if (largest.pixel_count() as f64) < LEAST_LEFT * region.pixel_count() as f64 {
            return;
        }
        let after: Vec<usize> = pixels_of(&largest, columns).map(pixel).collect();
        for pixel in pixels_of(region, self.width) {
            self.owners[pixel] = None;
        }
        for pixel in after {
            self.owners[pixel] = Some(owner);
        }
    }

    /// Whether a lesion may take a pixel: one of a layer, beside no other lesion.
    fn may_grow(&self, owner: usize, pixel: usize) -> bool {
        let (x, y) = (pixel % self.width, pixel / self.width);
        let height = self.owners.len() / self.width;
        let is_other = |at: usize| self.owners[at].is_some_and(|other| other != owner);
        let mut around = (y.saturating_sub(1)..=(y + 1).min(height - 1))
            .flat_map(|y| (x.saturating_sub(1)..=(x + 1).min(self.width - 1)).map(move |x| (x, y)));
        (1..=LAYER_COUNT as u8).contains(&self.layers[pixel])
            && !around.any(|(x, y)| is_other(y * self.width + x))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::IRF;
    use crate::mask::order_violations;

    const WIDTH: usize = 90;

    /// Bands of twelve rows, with discs of fluid `(x, y, radius)`.
    fn codes(discs: &[[f32; 3]]) -> Vec<u8> {
        let fluid = |x: f32, y: f32| discs.iter().any(|[cx, cy, radius]| (x - cx).hypot(y - cy) <= *radius);
        (0..WIDTH * 108)
            .map(|at| {
                let (x, y) = (at % WIDTH, at / WIDTH);
                if fluid(x as f32, y as f32) { IRF } else { (y / 12) as u8 }
            })
            .collect()
    }

    fn relabelled(painted: &[[f32; 3]], found: &[[f32; 3]]) -> (Vec<u8>, u64, Mask) {
        let (mask, _) = Mask::from_composite(WIDTH as u32, 108, &codes(painted));
        let (after, changed) = with_found_rims(&mask, &codes(found));
        assert_eq!(after.layers, mask.layers, "layers stay");
        assert!(!order_violations(&after.layers).contains(&true));
        (after.composite_pixels(), changed, mask)
    }

    fn fluid(codes: &[u8]) -> usize {
        codes.iter().filter(|&&code| code == IRF).count()
    }

    fn lesions(codes: &[u8]) -> usize {
        let plane = Plane::from_pixels(WIDTH as u32, 108, codes);
        Region::components(&plane, |code| code == IRF, Connectivity::Eight).len()
    }

    #[test]
    fn rims_follow_what_is_seen_within_a_few_pixels() {
        let painted = [[45.0, 50.0, 10.0]];
        for seen in [[46.0, 51.0, 10.0], [45.0, 50.0, 12.0], [45.0, 50.0, 8.0]] {
            let (after, changed, _) = relabelled(&painted, &[seen]);
            let differing = after.iter().zip(codes(&painted)).filter(|(a, b)| **a != *b).count();
            assert_eq!(changed as usize, differing, "counted");
            let wrong = after.iter().zip(codes(&[seen])).filter(|(a, b)| (**a == IRF) != (*b == IRF)).count();
            assert!(changed > 20 && wrong == 0, "{seen:?}: {wrong} pixels are not as seen");
        }
        let (after, changed, _) = relabelled(&painted, &painted);
        assert_eq!((after, changed), (codes(&painted), 0));
        // Far beyond the rim nothing is taken over, whatever is seen.
        let (after, _, _) = relabelled(&painted, &[[45.0, 50.0, 25.0], [10.0, 50.0, 4.0]]);
        let radius = |at: usize| ((at % WIDTH) as f32 - 45.0).hypot((at / WIDTH) as f32 - 50.0);
        assert!((0..after.len()).all(|at| after[at] != IRF || radius(at) < 14.5));
        assert!(fluid(&after) > fluid(&codes(&painted)) + 150);
    }

    #[test]
    fn no_cyst_vanishes_and_no_two_become_one() {
        // Unseen: it stays as it was painted. (What is small has no pixel beyond its rim.)
        for painted in [[45.0, 50.0, 3.0], [45.0, 50.0, 9.0]] {
            let (after, _, _) = relabelled(&[painted], &[]);
            assert!(2 * fluid(&after) >= fluid(&codes(&[painted])), "{painted:?}");
            assert_eq!(lesions(&after), 1);
        }
        let (after, changed, _) = relabelled(&[[45.0, 50.0, 3.0]], &[]);
        assert_eq!((after, changed), (codes(&[[45.0, 50.0, 3.0]]), 0));
        // Seen as one: still two, with tissue between them.
        let two = [[35.0, 50.0, 8.0], [54.0, 50.0, 8.0]];
        let (after, changed, _) = relabelled(&two, &[[44.0, 50.0, 20.0]]);
        assert!(changed > 0 && lesions(&after) == 2, "{changed}");
        // Nothing grows out of the retina.
        let (after, _, mask) = relabelled(&[[45.0, 20.0, 7.0]], &[[45.0, 17.0, 9.0]]);
        let above = mask.layers.to_pixels();
        assert!((0..after.len()).all(|at| after[at] != IRF || above[at] != 0));
    }
}
