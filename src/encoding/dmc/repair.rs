//! What no retina looks like is mended: specks too small to be anything, and columns whose layers are out
//! of order. Everything that is changed is counted.

use serde::{Deserialize, Serialize};

use crate::anatomy::{IRF, LABELS, UNANNOTATED, is_lesion};
use crate::mask::{Mask, order_violations, repair_order};

/// Number of composite codes that can be present: the label table.
const CODES: usize = LABELS.len();

/// What counts as a speck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repair {
    /// Regions of a layer with fewer pixels than this take the label of what surrounds them.
    pub least_layer_px: usize,
    /// Lesions with fewer pixels than this vanish.
    pub least_lesion_px: usize,
}

impl Default for Repair {
    /// At 3.87 by 11.3 µm: a lesion is at least 12 pixels (500 µm²), a piece of a layer 60.
    fn default() -> Self {
        Self { least_layer_px: 60, least_lesion_px: 12 }
    }
}

/// What a repair did to one mask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairReport {
    /// Specks removed and their pixels.
    pub specks: usize,
    /// Pixels of those specks.
    pub speck_px: u64,
    /// Columns out of anatomical order before the repair, and the pixels their repair changed.
    pub columns_out_of_order: usize,
    /// Pixels that putting columns in order changed.
    pub order_px: u64,
    /// Columns of the mask.
    pub columns: usize,
    /// Bit `k`: composite code `k` is there, before and after.
    pub present_before: u16,
    /// The same of the mask that came out.
    pub present_after: u16,
}

impl RepairReport {
    /// Whether a composite code was there before the repair.
    pub fn was_present(&self, code: u8) -> bool {
        usize::from(code) < CODES && self.present_before >> code & 1 == 1
    }

    /// Whether a composite code is there after it.
    pub fn is_present(&self, code: u8) -> bool {
        usize::from(code) < CODES && self.present_after >> code & 1 == 1
    }
}

/// Composite codes (row-major) as a mask without specks whose columns are in order, and what that took.
///
/// # Panics
/// If the number of codes is not `width * height`.
pub fn repair(width: u32, height: u32, codes: &[u8], with: Repair) -> (Mask, RepairReport) {
    let mut report =
        RepairReport { columns: width as usize, present_before: present(codes), ..RepairReport::default() };
    let mut codes = codes.to_vec();
    (report.specks, report.speck_px) = remove_specks(width as usize, &mut codes, with);
    let (mut mask, _) = Mask::from_composite(width, height, &codes);
    report.columns_out_of_order =
        order_violations(&mask.layers).into_iter().filter(|&violated| violated).count();
    if report.columns_out_of_order > 0 {
        let before = mask.layers.clone();
        let dirty = repair_order(&mut mask.layers);
        report.order_px = differing(&before.read_rect(dirty), &mask.layers.read_rect(dirty));
    }
    report.present_after = present(&mask.composite_pixels());
    (mask, report)
}

/// Columns of composite codes in which a layer stands above a shallower one, lesions aside.
pub fn columns_out_of_order(width: u32, height: u32, codes: &[u8]) -> usize {
    let layers: Vec<u8> =
        codes.iter().map(|&code| if is_lesion(code) { UNANNOTATED } else { code }).collect();
    let plane = crate::mask::Plane::from_pixels(width, height, &layers);
    order_violations(&plane).into_iter().filter(|&violated| violated).count()
}

fn present(codes: &[u8]) -> u16 {
    codes.iter().filter(|&&code| usize::from(code) < CODES).fold(0, |present, &code| present | 1 << code)
}

fn differing(a: &[u8], b: &[u8]) -> u64 {
    a.iter().zip(b).filter(|(a, b)| a != b).count() as u64
}

/// Gives every 4-connected region that is too small the code most of its border pixels have. Returns the
/// number of regions and pixels.
fn remove_specks(width: usize, codes: &mut [u8], with: Repair) -> (usize, u64) {
    let mut seen = vec![false; codes.len()];
    let (mut specks, mut pixels) = (0, 0);
    let mut region = Vec::new();
    for start in 0..codes.len() {
        if seen[start] {
            continue;
        }
        let code = codes[start];
        region.clear();
        region.push(start);
        seen[start] = true;
        let mut border = [0_u32; 256];
        let mut next = 0;
        while let Some(&pixel) = region.get(next) {
            next += 1;
            for neighbour in neighbours(pixel, width, codes.len()) {
                if codes[neighbour] != code {
                    border[usize::from(codes[neighbour])] += 1;
                } else if !seen[neighbour] {
                    seen[neighbour] = true;
                    region.push(neighbour);
                }
            }
        }
        let least = if is_lesion(code) { with.least_lesion_px } else { with.least_layer_px };
        if region.len() >= least {
            continue;
        }
        // A lesion that only touches a speck must not swallow it while layers are there too.
        let layer_border = &mut border[..usize::from(IRF)];
        let by_layers = (0..layer_border.len()).max_by_key(|&code| (layer_border[code], usize::MAX - code));
        let by_any = || (0..256).max_by_key(|&code| (border[code], 256 - code));
        let into =
            by_layers.filter(|&code| border[code] > 0).or_else(by_any).filter(|&code| border[code] > 0);
        if let Some(into) = into {
            for &pixel in &region {
                codes[pixel] = into as u8;
            }
            specks += 1;
            pixels += region.len() as u64;
        }
    }
    (specks, pixels)
}

fn neighbours(pixel: usize, width: usize, count: usize) -> impl Iterator<Item = usize> {
    let column = pixel % width;
    [
        (column > 0).then(|| pixel - 1),
        (column + 1 < width).then(|| pixel + 1),
        pixel.checked_sub(width),
        Some(pixel + width).filter(|&below| below < count),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nine bands of four rows; 20 columns.
    fn bands() -> Vec<u8> {
        (0..20 * 36).map(|pixel| (pixel / 20 / 4) as u8).collect()
    }

    #[test]
    fn an_orderly_mask_stays_as_it_is() {
        let (mask, report) = repair(20, 36, &bands(), Repair { least_layer_px: 20, least_lesion_px: 4 });
        assert_eq!(mask.composite_pixels(), bands());
        assert_eq!((report.specks, report.columns_out_of_order, report.order_px), (0, 0, 0));
        assert_eq!(report.present_before, 0b1_1111_1111);
        assert_eq!(report.present_after, report.present_before);
    }

    #[test]
    fn specks_go_lesions_stay_and_columns_are_ordered() {
        let mut codes = bands();
        codes[2 * 20 + 5] = 6; // a speck above the ILM
        codes[14 * 20 + 3] = IRF; // a lesion of one pixel
        for y in 16..20 {
            codes[y * 20 + 10..y * 20 + 13].fill(IRF); // one of twelve
        }
        for y in 20..28 {
            codes[y * 20..y * 20 + 6].fill(2); // a layer far too deep, but no speck
        }
        assert_eq!(columns_out_of_order(20, 36, &codes), 6);
        let (mask, report) = repair(20, 36, &codes, Repair { least_layer_px: 20, least_lesion_px: 4 });
        assert_eq!((report.specks, report.speck_px), (2, 2));
        assert_eq!(report.columns_out_of_order, 6);
        assert!(report.order_px > 0 && report.order_px <= 6 * 8);
        assert!(report.was_present(IRF) && report.is_present(IRF));
        let mended = mask.composite_pixels();
        assert_eq!(mended[2 * 20 + 5], 0);
        assert_eq!(mended[14 * 20 + 3], 3);
        assert_eq!(mended.iter().filter(|&&code| code == IRF).count(), 12);
        assert_eq!(columns_out_of_order(20, 36, &mended), 0);
    }

    #[test]
    fn a_mask_of_one_code_has_no_specks() {
        let (mask, report) = repair(3, 3, &[2; 9], Repair::default());
        assert_eq!(report.specks, 0);
        assert_eq!(mask.composite_pixels(), [2; 9]);
    }
}
