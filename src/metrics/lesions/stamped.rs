//! Cysts of known widths stamped into real masks, to be drawn and measured: every model and every number of steps is
//! asked for the same cysts at the same places.
//!
//! They lie wholly in INL, OPL and ONL, where cysts are found, far enough from each other, from what a grader drew and
//! from columns without labels that each has its own surroundings. Their heights are those of real cysts (the median
//! of Duke 1-8 at these widths, as a share of the width), and flatter where the retina is too thin for that.

use crate::anatomy::{IRF, UNANNOTATED, is_lesion};
use crate::encoding::noise::{Rng, stream};
use crate::mask::cyst::{CystShape, Seat};
use crate::mask::{Mask, Region};
use crate::scan::{Rect, Spacing};

/// Widths of the cysts that are stamped, in micrometres.
pub const STAMPED_WIDTHS_UM: [f32; 4] = [60.0, 120.0, 200.0, 350.0];
/// Height of each over its width.
const HEIGHT_SHARES: [f32; 4] = [0.8, 0.62, 0.5, 0.35];
/// A cyst that fits nowhere is tried flatter, by these shares of its height.
const FLATTER: [f32; 3] = [1.0, 0.8, 0.6];
/// Layers that hold it: INL, OPL, ONL-ISM.
const HOME: std::ops::RangeInclusive<u8> = 3..=5;
/// No lesion, no unannotated pixel and no edge of the image within this many pixels: the rings of two cysts
/// (8 px each) never meet.
const CLEAR_PX: u32 = 18;
/// Places that are tried for each height.
const PLACES_TRIED: usize = 400;

/// A cyst that was stamped.
#[derive(Clone, Debug, PartialEq)]
pub struct StampedLesion {
    /// The width that was asked for.
    pub width_um: f32,
    /// Its pixels.
    pub region: Region,
}

/// A mask with cysts stamped into it.
#[derive(Clone, Debug, PartialEq)]
pub struct StampedMask {
    /// Composite codes, row-major; what was there stays as it was.
    pub labels: Vec<u8>,
    /// In the order of [`STAMPED_WIDTHS_UM`].
    pub lesions: Vec<StampedLesion>,
    /// Widths for which the mask has no place.
    pub without_place_um: Vec<f32>,
}

/// Stamps one cyst (IRF) of each width into a label map (composite codes, row-major). The same map and seed give the
/// same cysts. The widest is placed first.
///
/// # Panics
/// If `labels` is not of `size`.
pub fn stamp_lesions(labels: &[u8], [width, height]: [u32; 2], spacing: Spacing, seed: u64) -> StampedMask {
    let (mask, _) = Mask::from_composite(width, height, labels);
    let mut stamped =
        StampedMask { labels: labels.to_vec(), lesions: Vec::new(), without_place_um: Vec::new() };
    let home: Vec<u32> =
        (0..).zip(labels).filter(|(_, code)| HOME.contains(*code)).map(|(at, _)| at).collect();
    for index in (0..STAMPED_WIDTHS_UM.len()).rev() {
        let width_um = STAMPED_WIDTHS_UM[index];
        let mut rng = Rng::new(seed, stream::STAMPED_LESIONS, index as u64);
        let place = FLATTER.iter().find_map(|share| {
            let shape = CystShape {
                radii: [width_um / 2.0, width_um * HEIGHT_SHARES[index] * share / 2.0],
                angle: 0.0,
                roughness: 0.0,
                seed: 0,
            };
            (0..PLACES_TRIED.min(home.len())).find_map(|_| {
                let pixel = home[rng.below(home.len())];
                let centre = [(pixel % width) as f32 + 0.5, (pixel / width) as f32 + 0.5];
                let unit_per_px = [spacing.lateral_um_per_px, spacing.axial_um_per_px];
                let region = shape.region(&mask, centre, unit_per_px, Seat::Retina);
                fits(&stamped.labels, [width, height], &region).then_some(region)
            })
        });
        let Some(region) = place else {
            stamped.without_place_um.insert(0, width_um);
            continue;
        };
        for &(y, x0, x1) in region.runs() {
            let row = y as usize * width as usize;
            stamped.labels[row + x0 as usize..row + x1 as usize].fill(IRF);
        }
        stamped.lesions.insert(0, StampedLesion { width_um, region });
    }
    stamped
}

/// Whether a region lies in its layers alone, with nothing near it that would disturb a measurement.
fn fits(labels: &[u8], [width, height]: [u32; 2], region: &Region) -> bool {
    let bounds = region.bounds();
    let is_apart_from_the_edge = bounds.x0 >= CLEAR_PX && bounds.x1 + CLEAR_PX <= width;
    let row = |y: u32, x0: u32, x1: u32| {
        let start = y as usize * width as usize;
        &labels[start + x0 as usize..start + x1 as usize]
    };
    let at_home = |&(y, x0, x1): &(u32, u32, u32)| row(y, x0, x1).iter().all(|code| HOME.contains(code));
    let near: Rect = bounds.grown(CLEAR_PX, width, height);
    let is_disturbed = |code: &u8| is_lesion(*code) || *code == UNANNOTATED;
    !region.is_empty()
        && is_apart_from_the_edge
        && region.runs().iter().all(at_home)
        && (near.y0..near.y1).all(|y| !row(y, near.x0, near.x1).iter().any(is_disturbed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACING: Spacing = Spacing { axial_um_per_px: 3.87, lateral_um_per_px: 11.3 };

    /// A flat retina of 300 columns; ONL between rows 60 and 100.
    fn labels() -> Vec<u8> {
        let code = |y: usize| match y {
            0..40 => 0,
            40..60 => 2,
            60..75 => 3,
            75..82 => 4,
            82..105 => 5,
            105..120 => 7,
            _ => 8,
        };
        (0..300 * 160).map(|at| code(at / 300)).collect()
    }

    #[test]
    fn every_width_is_placed_in_its_layers_and_the_seed_decides_where() {
        let labels = labels();
        let stamped = stamp_lesions(&labels, [300, 160], SPACING, 3);
        assert!(stamped.without_place_um.is_empty());
        assert_eq!(stamped, stamp_lesions(&labels, [300, 160], SPACING, 3));
        assert_ne!(stamped.lesions, stamp_lesions(&labels, [300, 160], SPACING, 4).lesions);
        for (lesion, width_um) in stamped.lesions.iter().zip(STAMPED_WIDTHS_UM) {
            assert_eq!(lesion.width_um, width_um);
            let columns = lesion.region.bounds().width() as f32;
            assert!((columns - width_um / 11.3).abs() <= 1.5, "{columns} columns for {width_um} µm");
            for &(y, x0, x1) in lesion.region.runs() {
                assert!((60..105).contains(&y));
                assert!((x0..x1).all(|x| stamped.labels[(y * 300 + x) as usize] == IRF));
            }
        }
        let changed = stamped.labels.iter().zip(&labels).filter(|(new, old)| new != old).count() as u64;
        assert_eq!(changed, stamped.lesions.iter().map(|lesion| lesion.region.pixel_count()).sum::<u64>());
    }

    #[test]
    fn a_mask_without_room_says_which_widths_have_none() {
        let nothing = stamp_lesions(&[8; 100 * 60], [100, 60], SPACING, 1);
        assert_eq!((nothing.lesions.len(), &nothing.without_place_um[..]), (0, &STAMPED_WIDTHS_UM[..]));
        let mut labels = labels();
        // Fluid all over but for 60 columns: the widest has no place with its surroundings, nor has any beside the next.
        for row in labels.chunks_exact_mut(300) {
            let code = if row[0] == 5 { IRF } else { row[0] };
            row[60..].fill(code);
        }
        let stamped = stamp_lesions(&labels, [300, 160], SPACING, 1);
        assert_eq!(stamped.without_place_um, [60.0, 120.0, 350.0]);
        assert_eq!(stamped.lesions[0].width_um, 200.0);
    }
}
