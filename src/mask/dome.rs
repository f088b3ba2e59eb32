//! Fluid beneath the retina or beneath its pigment epithelium, as a dome that lifts what lies above.
//!
//! Painted with a brush, such fluid covers the bands it ought to lift. A dome makes room instead: in every
//! column the layers above the fluid, with all that lies in them, move towards the vitreous and keep their
//! thickness, and the rows that become free are the fluid. Subretinal fluid (SRF) opens between the outer
//! segments and the pigment epithelium, so the inner part of the OS-RPE band goes up with the retina and the
//! outer part stays; a pigment epithelial detachment (PED) lifts the whole band from Bruch's membrane. Of the
//! band at least a row stays on both sides of the fluid where it has two: a label PNG, which shows only what
//! lies on top, then still tells which layer is beneath.

use std::ops::Range;

use super::{Interfaces, LockedLabels, Mask};
use crate::anatomy::{BELOW_BM, INTERFACE_COUNT, Interface, LESION_BASE, Lesion, UNANNOTATED};
use crate::scan::Rect;

/// Layer-plane code of the band that SRF splits and PED lifts.
const OS_RPE: u8 = BELOW_BM - 1;
/// Share of the OS-RPE band that goes up with the retina above subretinal fluid: the outer segments.
pub const OUTER_SEGMENT_SHARE: f64 = 0.3;
/// Area of a dome as a share of its height times its width: the mean of [`dome_rise`].
pub const DOME_AREA_SHARE: f64 = 0.589_048_622_548_086_2;
/// Steepest slope of a dome without lean, in units of height / width.
pub const DOME_STEEPNESS: f64 = 3.0;

/// A dome of fluid over columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dome {
    /// SRF or PED.
    pub lesion: Lesion,
    /// Its middle, in image coordinates.
    pub center_x: f64,
    /// Along the scan.
    pub width_px: f64,
    /// At its top.
    pub height_px: f64,
    /// How far its top leans to the right (left: negative) of its middle, about this share of half its width.
    pub lean: f64,
}

/// Height of a dome as a share of its greatest, at `u` half widths from its middle: `(1 - u^2)^(3/2)`, which
/// meets the ground without a kink.
pub fn dome_rise(u: f64) -> f64 {
    let s = 1.0 - u * u;
    if s > 0.0 { s * s.sqrt() } else { 0.0 }
}

impl Dome {
    /// Rows by which a column is lifted, not rounded.
    pub fn lift_rows(&self, x: u32) -> f64 {
        let half = self.width_px / 2.0;
        if !(half > 0.0 && self.height_px > 0.0) {
            return 0.0;
        }
        let u = (f64::from(x) + 0.5 - self.center_x) / half;
        if u.abs() >= 1.0 {
            return 0.0;
        }
        let leaning = u - self.lean.clamp(-0.4, 0.4) * (1.0 - u * u);
        self.height_px * dome_rise(leaning)
    }

    /// The columns it may lift in an image so wide.
    pub fn columns(&self, width: u32) -> Range<u32> {
        let edge = |x: f64| x.clamp(0.0, f64::from(width)) as u32;
        let half = self.width_px / 2.0;
        edge((self.center_x - half).floor())..edge((self.center_x + half).ceil())
    }
}

/// Raises a dome and returns the rectangle of the changed pixels.
///
/// Columns without labels or out of order stay, as do pixels that nobody annotated; where the ILM would
/// leave the image the dome is lower. Locked labels that it would have to move stop it altogether.
///
/// # Panics
/// If the lesion is intraretinal fluid, which lifts nothing as a dome.
pub fn raise_dome(mask: &mut Mask, dome: &Dome, locked: LockedLabels) -> Rect {
    assert!(dome.lesion != Lesion::Irf, "a dome is SRF or PED");
    let finite = [dome.center_x, dome.width_px, dome.height_px, dome.lean].iter().all(|v| v.is_finite());
    let lesion_codes = Lesion::ALL.map(|lesion| LESION_BASE + lesion.code());
    if !finite || (0..=OS_RPE).chain(lesion_codes).any(|code| locked.contains(code)) {
        return Rect::EMPTY;
    }
    let columns = dome.columns(mask.width());
    let interfaces = Interfaces::in_columns(&mask.layers, columns.start, columns.end);
    let raise = |mask: &mut Mask, x: u32, beside: Option<Range<u32>>| -> Option<(Range<u32>, Rect)> {
        if !interfaces.is_ordered_column(x) {
            return Some((0..0, Rect::EMPTY));
        }
        let rows: [u32; INTERFACE_COUNT] = std::array::from_fn(|k| interfaces.rows[k][x as usize] as u32);
        let lift = (dome.lift_rows(x).round() as u32).min(rows[Interface::Ilm.index()]);
        lift_column(mask, x, &rows, lift, dome.lesion, beside)
    };
    let middle = (dome.center_x.max(0.0) as u32).clamp(columns.start, columns.end.max(columns.start));
    let (mut left, mut right) = ((columns.start..middle).rev(), middle..columns.end);
    let mut dirty = Rect::EMPTY;
    for side in [&mut left as &mut dyn Iterator<Item = u32>, &mut right] {
        let mut beside = None;
        for x in side {
            // On a slope the thin rim of a dome would fall into parts: it ends there.
            let Some((fluid, changed)) = raise(mask, x, beside) else { break };
            dirty = dirty.union(changed);
            beside = (!fluid.is_empty()).then_some(fluid);
        }
    }
    dirty
}

/// Lifts what lies above the fluid in one column, and returns the rows of the fluid and what changed. The ILM must
/// have so many rows above it. `None`, and nothing changes, where the fluid does not touch that of the column
/// `beside`.
fn lift_column(
    mask: &mut Mask,
    x: u32,
    rows: &[u32; INTERFACE_COUNT],
    lift: u32,
    lesion: Lesion,
    beside: Option<Range<u32>>,
) -> Option<(Range<u32>, Rect)> {
    let height = mask.height();
    let column = Rect::new(x, 0, x + 1, height);
    let (layers, lesions) = (mask.layers.read_rect(column), mask.lesions.read_rect(column));
    let split = opening_row(&lesions, rows, lesion);
    let fluid = split - lift..split;
    if lift > 0 && beside.is_some_and(|beside| fluid.start > beside.end || beside.start > fluid.end) {
        return None;
    }
    let mut dirty = Rect::EMPTY;
    // The vitreous gives way: what lies above the ILM stays where it is.
    for y in rows[0] - lift..split {
        if layers[y as usize] == UNANNOTATED {
            continue;
        }
        let (layer, over) = if y < split - lift {
            let from = (y + lift) as usize;
            let moved = if layers[from] == UNANNOTATED { layers[y as usize] } else { layers[from] };
            (moved, lesions[from])
        } else {
            (OS_RPE, lesion.code())
        };
        if (layer, over) != (layers[y as usize], lesions[y as usize]) {
            mask.layers.set(x, y, layer);
            mask.lesions.set(x, y, over);
            dirty = dirty.union(Rect::new(x, y, x + 1, y + 1));
        }
    }
    Some((fluid, dirty))
}

/// The row above which everything goes up.
fn opening_row(lesions: &[u8], rows: &[u32; INTERFACE_COUNT], lesion: Lesion) -> u32 {
    let band = rows[Interface::OsRpe.index()]..rows[Interface::Bm.index()];
    let tissue: Vec<u32> = band.clone().filter(|&y| lesions[y as usize] == 0).collect();
    let Some(&last) = tissue.last() else { return band.start };
    match lesion {
        Lesion::Ped if tissue.len() > 1 => last,
        Lesion::Ped => band.end,
        _ => {
            let inner = (tissue.len() as f64 * OUTER_SEGMENT_SHARE).round() as usize;
            let inner = inner.clamp(usize::from(tissue.len() > 1), tissue.len() - 1);
            // Beneath the inner part, and above fluid that is there already.
            if inner == 0 { band.start } else { tissue[inner - 1] + 1 }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mask::{Plane, order_violations};

    /// Ten rows a layer from row 60 on; the last four columns are unannotated.
    fn mask() -> Mask {
        let mut layers = Plane::filled(120, 200, UNANNOTATED);
        for y in 0..200 {
            layers.fill_run(y, 0, 116, (y.saturating_sub(50) / 10).min(8) as u8);
        }
        Mask { layers, lesions: Plane::filled(120, 200, 0) }
    }

    fn dome(lesion: Lesion, height_px: f64) -> Dome {
        Dome { lesion, center_x: 60.5, width_px: 80.0, height_px, lean: 0.0 }
    }

    fn count(mask: &Mask, x: u32, code: u8) -> usize {
        (0..mask.height()).filter(|&y| mask.composite(x, y) == code).count()
    }

    #[test]
    fn subretinal_fluid_lifts_the_retina_and_leaves_the_epithelium() {
        let mut raised = mask();
        for y in 95..97 {
            raised.lesions.set(60, y, 1);
        }
        let dirty = raise_dome(&mut raised, &dome(Lesion::Srf, 30.0), LockedLabels::NONE);
        assert_eq!(
            (1..=6).map(|layer| count(&raised, 60, layer)).collect::<Vec<_>>(),
            [10, 10, 10, 8, 10, 10]
        );
        assert_eq!((count(&raised, 60, 7), count(&raised, 60, 10)), (10, 30));
        // Three rows of the band above the fluid, seven beneath; BM rests.
        assert_eq!([92, 93, 122, 123, 129, 130].map(|y| raised.composite(60, y)), [7, 10, 10, 7, 7, 8]);
        assert_eq!(raised.composite(60, 66), 9, "a cyst goes with its tissue");
        assert_eq!(raised.layers.get(2, 60), 1, "beyond the dome nothing moves");
        assert!(dirty.x0 > 20 && dirty.x1 < 101 && dirty.y0 == 30 && dirty.y1 == 123);
    }

    #[test]
    fn a_detachment_lifts_the_whole_band() {
        let mut raised = mask();
        raise_dome(&mut raised, &dome(Lesion::Ped, 30.0), LockedLabels::NONE);
        assert_eq!((count(&raised, 60, 7), count(&raised, 60, 11)), (10, 30));
        assert_eq!([98, 99, 128, 129, 130].map(|y| raised.composite(60, y)), [7, 11, 11, 7, 8]);
        raise_dome(&mut raised, &dome(Lesion::Srf, 10.0), LockedLabels::NONE);
        assert_eq!((count(&raised, 60, 7), count(&raised, 60, 10), count(&raised, 60, 11)), (10, 10, 30));
        let composite = raised.composite_pixels();
        let (read, _) = Mask::from_composite(120, 200, &composite);
        assert_eq!(read.layers.to_pixels(), raised.layers.to_pixels(), "a label PNG gives the layers back");
    }

    #[test]
    fn the_area_is_the_one_of_the_formula() {
        let mut raised = mask();
        raise_dome(&mut raised, &Dome { lean: 0.1, ..dome(Lesion::Srf, 30.0) }, LockedLabels::NONE);
        let area = raised.lesions.histogram()[2] as f64;
        assert!((area / (30.0 * 80.0 * DOME_AREA_SHARE) - 1.0).abs() < 0.015, "{area}");
    }

    #[test]
    fn what_is_locked_or_out_of_the_image_stops_it() {
        let mut raised = mask();
        assert_eq!(
            raise_dome(&mut raised, &dome(Lesion::Srf, 30.0), LockedLabels::NONE.with(3)),
            Rect::EMPTY
        );
        raise_dome(&mut raised, &dome(Lesion::Srf, 900.0), LockedLabels::NONE);
        assert_eq!((count(&raised, 60, 0), count(&raised, 60, 10)), (0, 60), "up to the image's top row");
    }

    proptest! {
        #[test]
        fn bands_keep_their_rows_and_their_order(
            domes in prop::collection::vec(
                (any::<bool>(), -20.0_f64..140.0, 0.0_f64..150.0, 0.0_f64..60.0, -0.4_f64..0.4), 1..6),
        ) {
            let mut raised = mask();
            for (ped, center_x, width_px, height_px, lean) in domes {
                let lesion = if ped { Lesion::Ped } else { Lesion::Srf };
                raise_dome(&mut raised, &Dome { lesion, center_x, width_px, height_px, lean }, LockedLabels::NONE);
            }
            prop_assert!(raised.is_valid());
            prop_assert!(order_violations(&raised.layers).iter().all(|violated| !violated));
            for x in 0..116 {
                for layer in 1..=7 {
                    prop_assert_eq!(count(&raised, x, layer), 10, "layer {} of column {}", layer, x);
                }
            }
            prop_assert_eq!(count(&raised, 118, UNANNOTATED), 200);
        }
    }
}
