//! The masks that are drawn and painted, and how often.

use std::f32::consts::TAU;

use crate::anatomy::BELOW_BM;
use crate::mask::{LockedLabels, Mask, PaintSettings, PaintTarget, paint_segment};

pub(super) const PICTURE_SIZES: [[u32; 2]; 2] = [[480, 480], [768, 496]];
pub(super) const REFINED_STEPS: u32 = 8;
/// Runs of anything with `--quick`: enough for a median that is not the better of two.
pub(super) const QUICK_RUNS: usize = 5;

/// Nine bands of layers that swing across the scan.
pub(super) fn layered_mask(width: u32, height: u32) -> Mask {
    let mut codes = vec![0u8; width as usize * height as usize];
    for (y, row) in codes.chunks_exact_mut(width as usize).enumerate() {
        for (x, code) in row.iter_mut().enumerate() {
            let swing = 0.05 * (x as f32 / width as f32 * TAU).sin();
            let depth = y as f32 / height as f32 - 0.35 - swing;
            *code = ((depth / 0.04).ceil().max(0.0) as u8).min(BELOW_BM);
        }
    }
    Mask::from_composite(width, height, &codes).0
}

/// A cyst in the middle, so many columns aside.
pub(super) fn paint_cyst(mask: &mut Mask, shift: f32) {
    paint_dot(mask, shift, 20.0);
}

/// A dab of IRF of a radius in pixels at the middle, `shift` pixels to the right.
pub(super) fn paint_dot(mask: &mut Mask, shift: f32, radius_px: f32) {
    let centre = [mask.width() as f32 / 2.0 + shift, mask.height() as f32 * 0.5];
    let settings = PaintSettings {
        target: PaintTarget::Lesion(1),
        radius_px,
        ordered: true,
        locked: LockedLabels::default(),
    };
    paint_segment(mask, centre, centre, &settings);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bench_mask_has_every_layer() {
        let counts = layered_mask(480, 480).layers.histogram();
        assert!((0..=usize::from(BELOW_BM)).all(|code| counts[code] > 0), "{counts:?}");
    }
}
