//! Fill: the region a click floods, by what it paints.

use super::{Connectivity, Mask, PaintTarget, Region};
use crate::anatomy::UNANNOTATED;

/// The pixels a click at `(x, y)` means to paint.
///
/// A layer floods the layer plane, whatever lesions lie on it. A lesion floods the hole it was drawn
/// around, across layers, if the click is in one; else all that shows the same label. The eraser floods the
/// lesion under the click. Nothing where nothing is annotated.
///
/// # Panics
/// Outside the mask.
pub fn fill_region(mask: &Mask, x: u32, y: u32, target: PaintTarget) -> Region {
    if mask.layers.get(x, y) == UNANNOTATED {
        return Region::default();
    }
    match target {
        PaintTarget::Layer(_) => Region::connected(&mask.layers, x, y, Connectivity::Four),
        PaintTarget::EraseLesion => {
            let is_lesion = mask.lesions.get(x, y) != 0;
            if is_lesion {
                Region::connected(&mask.lesions, x, y, Connectivity::Eight)
            } else {
                Region::default()
            }
        }
        PaintTarget::Lesion(_) => hole(mask, x, y).unwrap_or_else(|| {
            let (size, code) = ([mask.width(), mask.height()], mask.composite(x, y));
            let inside = |x, y| mask.composite(x, y) == code;
            Region::flooded(size, [x, y], Connectivity::Four, inside, |_| true).unwrap_or_default()
        }),
    }
}

/// The hole in a lesion around a pixel: lesion-free pixels that reach neither the edge of the image nor
/// what nobody annotated.
fn hole(mask: &Mask, x: u32, y: u32) -> Option<Region> {
    if mask.lesions.get(x, y) != 0 {
        return None;
    }
    let (width, height) = (mask.width(), mask.height());
    let is_enclosed = |(y, x0, x1): (u32, u32, u32)| {
        let touches_edge = x0 == 0 || y == 0 || x1 == width || y + 1 == height;
        !touches_edge && (x0..x1).all(|x| mask.layers.get(x, y) != UNANNOTATED)
    };
    Region::flooded(
        [width, height],
        [x, y],
        Connectivity::Four,
        |x, y| mask.lesions.get(x, y) == 0,
        is_enclosed,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Plane;
    use crate::scan::Rect;

    /// Two layers, the border at row 10, and a ring of IRF across it.
    fn ring() -> Mask {
        let mut mask = Mask { layers: Plane::filled(30, 20, 3), lesions: Plane::filled(30, 20, 0) };
        for y in 10..20 {
            mask.layers.fill_run(y, 0, 30, 4);
        }
        for y in 5..15 {
            mask.lesions.fill_run(y, 5, 15, 1);
        }
        for y in 7..13 {
            mask.lesions.fill_run(y, 7, 13, 0);
        }
        mask
    }

    #[test]
    fn a_lesion_fills_its_hole_across_layers_and_a_layer_floods_beneath_it() {
        let mask = ring();
        assert_eq!(fill_region(&mask, 8, 8, PaintTarget::Lesion(1)).bounds(), Rect::new(7, 7, 13, 13));
        assert_eq!(fill_region(&mask, 8, 8, PaintTarget::Layer(2)).pixel_count(), 300);
        assert_eq!(fill_region(&mask, 5, 5, PaintTarget::EraseLesion).pixel_count(), 64);
        assert!(fill_region(&mask, 8, 8, PaintTarget::EraseLesion).is_empty());
    }

    #[test]
    fn a_lesion_floods_one_label_elsewhere_and_nothing_unannotated() {
        let mut mask = ring();
        let outside = fill_region(&mask, 0, 0, PaintTarget::Lesion(2));
        assert_eq!(outside.pixel_count(), 300 - 50);
        mask.layers.set(8, 8, UNANNOTATED);
        assert!(fill_region(&mask, 8, 8, PaintTarget::Lesion(1)).is_empty());
        assert_eq!(fill_region(&mask, 9, 9, PaintTarget::Lesion(1)).pixel_count(), 17);
    }
}
