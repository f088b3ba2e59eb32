//! Where an edit may change the picture: the changed pixels, grown and feathered.
//!
//! A network sees the whole frame, so a cyst painted at one end moves grey values at the other by a
//! level or two, and the whole scan would shimmer under the brush. The picture is therefore composed:
//! the new rendering inside this halo, the picture on screen, bit for bit, outside it.

use rayon::prelude::*;

use crate::mask::Mask;
use crate::scan::{GreyImage, Rect};

/// Pixels around a change that take the new rendering unmixed.
pub const GROW_PX: u32 = 8;
/// Pixels beyond those over which the new rendering fades into the old picture.
pub const FEATHER_PX: u32 = 16;
const REACH_PX: u32 = GROW_PX + FEATHER_PX;

/// How much of a new rendering each pixel takes: 255 all of it, 0 none, and 0 outside the rectangle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halo {
    rect: Rect,
    /// One weight per pixel of the rectangle, row-major.
    weights: Vec<u8>,
}

impl Halo {
    /// Nothing changed.
    pub fn empty() -> Self {
        Self { rect: Rect::EMPTY, weights: Vec::new() }
    }

    /// The halo of the pixels whose composite code differs between two masks of one size.
    pub fn of_changes(before: &Mask, after: &Mask) -> Self {
        let tiles = before.difference(after);
        if tiles.is_empty() {
            return Self::empty();
        }
        let codes = |mask: &Mask| {
            let lesions = mask.lesions.read_rect(tiles);
            let mut codes = mask.layers.read_rect(tiles);
            for (code, lesion) in codes.iter_mut().zip(lesions) {
                *code = crate::mask::composite_code(*code, lesion);
            }
            codes
        };
        let changed: Vec<bool> = codes(before).iter().zip(codes(after)).map(|(&a, b)| a != b).collect();
        Self::around(tiles, &changed, after.width(), after.height())
    }

    /// The halo of the `true` pixels of a rectangle inside a `width` x `height` image.
    fn around(rect: Rect, changed: &[bool], width: u32, height: u32) -> Self {
        let Some(tight) = bounds_of(rect, changed) else {
            return Self::empty();
        };
        let halo = tight.grown(REACH_PX, width, height);
        let columns = halo.width() as usize;
        let is_changed = |x: u32, y: u32| changed[((y - rect.y0) * rect.width() + (x - rect.x0)) as usize];

        // Squared vertical distance to the nearest changed pixel of the same column, beyond reach as far.
        let far = i32::pow(REACH_PX as i32 + 1, 2);
        let mut vertical = vec![far; columns * halo.height() as usize];
        for x in tight.x0..tight.x1 {
            let column = (x - halo.x0) as usize;
            let mut visit = |y: u32, last: &mut Option<u32>| {
                if tight.contains(x, y) && is_changed(x, y) {
                    *last = Some(y);
                }
                if let Some(at) = *last {
                    let distance = at.abs_diff(y) as i32;
                    let cell = &mut vertical[(y - halo.y0) as usize * columns + column];
                    *cell = (*cell).min(distance * distance);
                }
            };
            let mut last = None;
            (halo.y0..halo.y1).for_each(|y| visit(y, &mut last));
            let mut last = None;
            (halo.y0..halo.y1).rev().for_each(|y| visit(y, &mut last));
        }

        let falloff = falloff_by_squared_distance();
        let mut weights = vec![0u8; vertical.len()];
        weights.par_chunks_mut(columns).zip(vertical.par_chunks(columns)).for_each(|(weights, vertical)| {
            let mut nearest = vertical.to_vec();
            for shift in 1..=REACH_PX as usize {
                let square = (shift * shift) as i32;
                for (near, &other) in nearest.iter_mut().zip(vertical.iter().skip(shift)) {
                    *near = (*near).min(other + square);
                }
                for (near, &other) in nearest.iter_mut().skip(shift).zip(vertical) {
                    *near = (*near).min(other + square);
                }
            }
            for (weight, near) in weights.iter_mut().zip(nearest) {
                *weight = falloff.get(near as usize).copied().unwrap_or(0);
            }
        });
        Self { rect: halo, weights }
    }

    /// Whether no pixel takes anything new.
    pub fn is_empty(&self) -> bool {
        self.rect.is_empty()
    }

    /// The pixels that may change.
    pub fn rect(&self) -> Rect {
        self.rect
    }

    /// One weight per pixel of [`Halo::rect`], row-major.
    pub fn weights(&self) -> &[u8] {
        &self.weights
    }

    fn row(&self, y: u32) -> &[u8] {
        let start = (y - self.rect.y0) as usize * self.rect.width() as usize;
        &self.weights[start..start + self.rect.width() as usize]
    }

    /// The larger weight of the two at every pixel: what two edits after one another may change.
    pub fn union(&self, other: &Halo) -> Halo {
        if self.is_empty() {
            return other.clone();
        }
        let rect = self.rect.union(other.rect);
        let columns = rect.width() as usize;
        let mut weights = vec![0u8; columns * rect.height() as usize];
        for halo in [self, other] {
            for y in halo.rect.y0..halo.rect.y1 {
                let start = (y - rect.y0) as usize * columns + (halo.rect.x0 - rect.x0) as usize;
                let row = &mut weights[start..start + halo.rect.width() as usize];
                for (weight, &new) in row.iter_mut().zip(halo.row(y)) {
                    *weight = (*weight).max(new);
                }
            }
        }
        Halo { rect, weights }
    }

    /// `rendered` inside the halo, `base` outside it; the sizes must be equal.
    pub fn compose(&self, base: &GreyImage, rendered: &GreyImage) -> GreyImage {
        assert_eq!((base.width, base.height), (rendered.width, rendered.height), "pictures of one size");
        let mut pixels = base.pixels.to_vec();
        let columns = base.width as usize;
        for y in self.rect.y0..self.rect.y1 {
            let start = y as usize * columns + self.rect.x0 as usize;
            let end = start + self.rect.width() as usize;
            let new = &rendered.pixels[start..end];
            for ((pixel, &new), &weight) in pixels[start..end].iter_mut().zip(new).zip(self.row(y)) {
                *pixel = mix(*pixel, new, weight);
            }
        }
        GreyImage::new(base.width, base.height, pixels)
    }
}

/// `old` at weight 0, `new` at weight 255, rounded between.
fn mix(old: u8, new: u8, weight: u8) -> u8 {
    let (old, new, weight) = (u32::from(old), u32::from(new), u32::from(weight));
    ((old * (255 - weight) + new * weight + 127) / 255) as u8
}

/// The smallest rectangle around the `true` pixels.
fn bounds_of(rect: Rect, changed: &[bool]) -> Option<Rect> {
    let mut bounds: Option<Rect> = None;
    for (y, row) in (rect.y0..rect.y1).zip(changed.chunks_exact(rect.width() as usize)) {
        let Some(first) = row.iter().position(|&pixel| pixel) else { continue };
        let last = row.iter().rposition(|&pixel| pixel).unwrap_or(first);
        let run = Rect::new(rect.x0 + first as u32, y, rect.x0 + last as u32 + 1, y + 1);
        bounds = Some(bounds.map_or(run, |bounds| bounds.union(run)));
    }
    bounds
}

/// Weight at each squared distance in pixels: all up to [`GROW_PX`], then a smooth step down to none.
fn falloff_by_squared_distance() -> Vec<u8> {
    (0..=REACH_PX * REACH_PX)
        .map(|square| {
            let t = ((REACH_PX as f32 - (square as f32).sqrt()) / FEATHER_PX as f32).clamp(0.0, 1.0);
            (255.0 * t * t * (3.0 - 2.0 * t)).round() as u8
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blank() -> Mask {
        let mut mask = Mask::unannotated(150, 100);
        for y in 0..100 {
            mask.layers.fill_run(y, 0, 150, 3);
        }
        mask
    }

    #[test]
    fn weights_follow_the_distance_to_the_nearest_change() {
        let before = blank();
        let mut after = before.clone();
        for (x, y) in [(70, 50), (5, 95), (71, 50)] {
            after.lesions.set(x, y, 1);
        }
        let halo = Halo::of_changes(&before, &after);
        for y in 0..100u32 {
            for x in 0..150u32 {
                let distance = [(70u32, 50u32), (71, 50), (5, 95)]
                    .iter()
                    .map(|&(cx, cy)| f32::hypot(cx.abs_diff(x) as f32, cy.abs_diff(y) as f32))
                    .fold(f32::INFINITY, f32::min);
                let weight =
                    if halo.rect().contains(x, y) { halo.row(y)[(x - halo.rect().x0) as usize] } else { 0 };
                match distance {
                    d if d <= GROW_PX as f32 => assert_eq!(weight, 255, "({x}, {y})"),
                    d if d >= REACH_PX as f32 => assert_eq!(weight, 0, "({x}, {y})"),
                    d if (GROW_PX as f32 + 1.0..REACH_PX as f32 - 1.0).contains(&d) => {
                        assert!((1..255).contains(&weight), "({x}, {y})")
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn what_the_composite_does_not_show_changes_nothing() {
        let mut before = blank();
        before.lesions.set(70, 50, 1);
        let mut after = before.clone();
        after.layers.set(70, 50, 5);
        assert!(Halo::of_changes(&before, &after).is_empty());
    }

    #[test]
    fn outside_the_halo_the_base_stays_bit_identical() {
        let before = blank();
        let mut after = before.clone();
        after.lesions.set(149, 0, 2);
        let halo = Halo::of_changes(&before, &after);
        let base = GreyImage::new(150, 100, (0..15_000).map(|i| (i % 253) as u8).collect::<Vec<_>>());
        let rendered = GreyImage::new(150, 100, vec![255u8; 15_000]);
        let picture = halo.compose(&base, &rendered);
        assert_eq!(picture.get(149, 0), 255);
        for y in 0..100 {
            for x in 0..150 {
                if !halo.rect().contains(x, y) {
                    assert_eq!(picture.get(x, y), base.get(x, y));
                }
            }
        }
    }

    #[test]
    fn a_union_covers_both_edits() {
        let before = blank();
        let mut one = before.clone();
        one.lesions.set(20, 20, 1);
        let mut two = before.clone();
        two.lesions.set(120, 80, 1);
        let mut both = one.clone();
        both.lesions.set(120, 80, 1);
        let union = Halo::of_changes(&before, &one).union(&Halo::of_changes(&before, &two));
        assert_eq!(union, Halo::of_changes(&before, &both));
        assert_eq!(Halo::empty().union(&union), union);
        assert_eq!(union.union(&Halo::empty()), union);
    }
}
