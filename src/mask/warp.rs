//! A layer pushed, swollen or thinned under a soft lens, with everything that lies on it.
//!
//! A retina rests on its pigment epithelium: where a layer swells, what lies inside of it moves towards
//! the vitreous and keeps its thickness. Lesions go with the tissue they lie in. Columns without labels,
//! or out of order, stay as they are.

use std::f32::consts::PI;

use super::{Interfaces, LockedLabels, Mask};
use crate::anatomy::{INTERFACE_COUNT, LAYER_COUNT, LESION_BASE, Lesion, UNANNOTATED};
use crate::scan::Rect;

/// What a drag does to the layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarpMode {
    /// Changes its thickness; the layers on its inner side follow.
    Thicken,
    /// Moves it as it is; neighbours give way.
    Push,
}

/// A warp of one layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerWarp {
    /// 1-7.
    pub layer: u8,
    /// What the lens does.
    pub mode: WarpMode,
    /// Column at the middle of the lens.
    pub center_x: f32,
    /// Columns from the middle to where the effect ends.
    pub radius_px: f32,
    /// Rows at the middle: thicker by so much, or towards the vitreous by so much; negative the other way.
    pub amount_px: f32,
}

impl LayerWarp {
    /// Share of the amount that acts in a column, a raised cosine.
    fn weight(&self, x: u32) -> f32 {
        let away = (x as f32 + 0.5 - self.center_x).abs() / self.radius_px.max(0.5);
        if away < 1.0 { 0.5 * (1.0 + (PI * away).cos()) } else { 0.0 }
    }

    /// Where the interfaces of a column go.
    fn moved(
        &self,
        rows: [f32; INTERFACE_COUNT],
        weight: f32,
        locked: LockedLabels,
    ) -> [f32; INTERFACE_COUNT] {
        let (upper, lower) = (usize::from(self.layer) - 1, usize::from(self.layer));
        let amount = self.amount_px * weight;
        let mut moved = rows;
        match self.mode {
            WarpMode::Thicken => {
                // Not thinner than nothing, and not out of the image.
                let amount = amount.clamp(rows[upper] - rows[lower], rows[0].max(0.0));
                moved[..lower].iter_mut().for_each(|row| *row -= amount);
            }
            WarpMode::Push => {
                for (k, row) in moved.iter_mut().enumerate() {
                    *row = if k < upper {
                        row.min(rows[upper] - amount)
                    } else if k > lower {
                        row.max(rows[lower] - amount)
                    } else {
                        *row - amount
                    };
                }
            }
        }
        stopped_at_locked(rows, moved, locked)
    }
}

/// Interfaces of locked layers stay, and stop the others. All rows must be known, and in order.
pub(super) fn stopped_at_locked(
    rows: [f32; INTERFACE_COUNT],
    moved: [f32; INTERFACE_COUNT],
    locked: LockedLabels,
) -> [f32; INTERFACE_COUNT] {
    let stays = |k: usize| locked.contains(k as u8) || locked.contains(k as u8 + 1);
    std::array::from_fn(|k| {
        let above = (0..=k).rev().find(|&k| stays(k)).map_or(f32::NEG_INFINITY, |k| rows[k]);
        let below = (k..INTERFACE_COUNT).find(|&k| stays(k)).map_or(f32::INFINITY, |k| rows[k]);
        moved[k].clamp(above, below)
    })
}

/// Warps a layer and returns the rectangle of the changed pixels.
///
/// While a lesion class is locked, lesions stay where they are.
///
/// # Panics
/// If the layer is none of the seven.
pub fn warp_layer(mask: &mut Mask, warp: &LayerWarp, locked: LockedLabels) -> Rect {
    assert!((1..=LAYER_COUNT as u8).contains(&warp.layer), "layer {}", warp.layer);
    let (width, height) = (mask.width(), mask.height());
    if !(warp.center_x.is_finite() && warp.radius_px.is_finite() && warp.amount_px.is_finite()) {
        return Rect::EMPTY;
    }
    let x0 = (warp.center_x - warp.radius_px).floor().clamp(0.0, width as f32) as u32;
    let x1 = (warp.center_x + warp.radius_px).ceil().clamp(0.0, width as f32) as u32;
    let interfaces = Interfaces::in_columns(&mask.layers, x0, x1);
    let lesions_follow = !Lesion::ALL.iter().any(|lesion| locked.contains(LESION_BASE + lesion.code()));
    let mut dirty = Rect::EMPTY;
    for x in (x0..x1).filter(|&x| interfaces.is_ordered_column(x)) {
        let rows: [f32; INTERFACE_COUNT] = std::array::from_fn(|k| interfaces.rows[k][x as usize]);
        let moved = warp.moved(rows, warp.weight(x), locked).map(f32::round);
        if moved == rows {
            continue;
        }
        let lesions = mask.lesions.read_rect(Rect::new(x, 0, x + 1, height));
        let has_lesions = lesions_follow && lesions.iter().any(|&code| code != 0);
        for y in 0..height {
            let old = mask.layers.get(x, y);
            if old == UNANNOTATED {
                continue;
            }
            let centre = y as f32 + 0.5;
            let new = moved.iter().filter(|&&row| row <= centre).count() as u8;
            let mut changed = new != old;
            mask.layers.set(x, y, new);
            if has_lesions {
                let source = origin(centre, &rows, &moved).floor();
                let inside = source >= 0.0 && source < height as f32;
                let lesion = if inside { lesions[source as usize] } else { 0 };
                changed |= lesion != lesions[y as usize];
                mask.lesions.set(x, y, lesion);
            }
            if changed {
                dirty = dirty.union(Rect::new(x, y, x + 1, y + 1));
            }
        }
    }
    dirty
}

/// The row from which the tissue at a row came: linear within each layer.
fn origin(y: f32, rows: &[f32; INTERFACE_COUNT], moved: &[f32; INTERFACE_COUNT]) -> f32 {
    let Some(k) = moved.iter().rposition(|&row| row <= y) else { return y - moved[0] + rows[0] };
    if k + 1 == INTERFACE_COUNT {
        return y - moved[k] + rows[k];
    }
    let share = (y - moved[k]) / (moved[k + 1] - moved[k]);
    rows[k] + share * (rows[k + 1] - rows[k])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mask::order_violations;

    /// Layers of ten rows each over 40 columns, the ILM at row 20; the last four columns are unannotated.
    fn mask() -> Mask {
        let mut mask = Mask::unannotated(40, 120);
        for x in 0..36 {
            for y in 0..120 {
                mask.layers.set(x, y, (y.saturating_sub(10) / 10).min(8) as u8);
            }
        }
        mask
    }

    fn thickness(mask: &Mask, x: u32, layer: u8) -> usize {
        (0..mask.height()).filter(|&y| mask.layers.get(x, y) == layer).count()
    }

    fn warp(layer: u8, mode: WarpMode, amount_px: f32) -> LayerWarp {
        LayerWarp { layer, mode, center_x: 15.5, radius_px: 10.0, amount_px }
    }

    #[test]
    fn a_thickened_layer_lifts_what_lies_inside_of_it() {
        let mut warped = mask();
        for y in 42..46 {
            warped.lesions.set(15, y, 1);
        }
        for y in 25..27 {
            warped.lesions.set(15, y, 1);
        }
        let dirty = warp_layer(&mut warped, &warp(3, WarpMode::Thicken, 8.0), LockedLabels::NONE);
        assert_eq!(
            (thickness(&warped, 15, 3), thickness(&warped, 15, 2), thickness(&warped, 15, 1)),
            (18, 10, 10)
        );
        assert_eq!(warped.layers.get(15, 60), mask().layers.get(15, 60), "the outer layers rest");
        assert!(thickness(&warped, 10, 3) > 10 && thickness(&warped, 10, 3) < 18, "the lens is soft");
        assert!(dirty.x0 >= 5 && dirty.x1 <= 26);
        let lesion: Vec<u32> = (0..120).filter(|&y| warped.lesions.get(15, y) == 1).collect();
        assert_eq!(&lesion[..2], [17, 18], "lesions go with their tissue");
        assert!(lesion.len() > 8, "and swell with it: {lesion:?}");
    }

    #[test]
    fn a_layer_is_never_thinner_than_nothing() {
        let mut warped = mask();
        warp_layer(&mut warped, &warp(3, WarpMode::Thicken, -50.0), LockedLabels::NONE);
        assert_eq!((thickness(&warped, 15, 3), thickness(&warped, 15, 2)), (0, 10));
        warp_layer(&mut warped, &warp(3, WarpMode::Thicken, 5.0), LockedLabels::NONE);
        assert_eq!(thickness(&warped, 15, 3), 5, "it comes back");
    }

    #[test]
    fn a_pushed_layer_keeps_its_thickness_and_squeezes_its_neighbours() {
        let mut warped = mask();
        warp_layer(&mut warped, &warp(3, WarpMode::Push, 13.0), LockedLabels::NONE);
        let found = [1, 2, 3, 4].map(|layer| thickness(&warped, 15, layer));
        assert_eq!(found, [7, 0, 10, 23]);
    }

    #[test]
    fn locked_layers_stay() {
        let mut warped = mask();
        warp_layer(&mut warped, &warp(3, WarpMode::Thicken, 30.0), LockedLabels::NONE.with(1));
        assert_eq!([1, 2, 3].map(|layer| thickness(&warped, 15, layer)), [10, 0, 20]);
    }

    proptest! {
        #[test]
        fn layers_never_cross_and_what_nobody_annotated_stays(
            warps in prop::collection::vec(
                (1_u8..8, any::<bool>(), -5.0_f32..45.0, 0.0_f32..30.0, -60.0_f32..60.0, 0_u8..16), 1..12),
        ) {
            let mut warped = mask();
            warped.lesions.set(12, 50, 2);
            for (layer, push, center_x, radius_px, amount_px, lock) in warps {
                let mode = if push { WarpMode::Push } else { WarpMode::Thicken };
                let locked = if lock < 9 { LockedLabels::NONE.with(lock) } else { LockedLabels::NONE };
                let before = warped.clone();
                let warp = LayerWarp { layer, mode, center_x, radius_px, amount_px };
                let dirty = warp_layer(&mut warped, &warp, locked);
                for y in 0..120 {
                    for x in 0..40 {
                        let (old, new) = (before.layers.get(x, y), warped.layers.get(x, y));
                        prop_assert!(old == new || dirty.contains(x, y));
                        prop_assert!(old == new || !(locked.contains(old) || locked.contains(new)));
                        prop_assert_eq!(old == UNANNOTATED, new == UNANNOTATED);
                    }
                }
            }
            prop_assert!(warped.is_valid());
            prop_assert!(order_violations(&warped.layers).iter().all(|violated| !violated));
        }
    }
}
