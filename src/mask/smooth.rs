//! Smoothing: jagged edges under a round lens give way to what most of their surroundings say.
//!
//! Lesions take the majority of a small disc. Layers in ordered mode take its median: layer codes are in
//! order of depth, so the median of an ordered column is ordered, and no layer appears between two others.

use super::{LockedLabels, Mask, Plane, capsule_runs, order};
use crate::anatomy::{LESION_BASE, UNANNOTATED};
use crate::scan::Rect;

/// Widest surroundings a pixel is judged by, in pixels.
pub const SMOOTH_REACH_RANGE_PX: std::ops::RangeInclusive<u32> = 1..=6;

/// How a lens smooths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmoothSettings {
    /// Whether outlines of lesions are smoothed.
    pub lesions: bool,
    /// Whether interfaces are smoothed.
    pub layers: bool,
    /// Radius of the surroundings in pixels.
    pub reach_px: u32,
    /// Whether columns of layers keep their order.
    pub ordered: bool,
    /// What must not change.
    pub locked: LockedLabels,
}

/// Smooths what lies under a lens of `radius_px` at `centre` (image coordinates) once. Returns the smallest
/// rectangle that holds every changed pixel.
pub fn smooth(mask: &mut Mask, centre: [f32; 2], radius_px: f32, settings: &SmoothSettings) -> Rect {
    let (width, height) = (mask.width(), mask.height());
    let lens: Vec<(u32, u32, u32)> = capsule_runs(centre, centre, radius_px, width, height).collect();
    let bounds = lens.iter().fold(Rect::EMPTY, |all, &(y, x0, x1)| all.union(Rect::new(x0, y, x1, y + 1)));
    if bounds.is_empty() {
        return Rect::EMPTY;
    }
    let reach = settings.reach_px.clamp(*SMOOTH_REACH_RANGE_PX.start(), *SMOOTH_REACH_RANGE_PX.end());
    let mut dirty = Rect::EMPTY;
    if settings.lesions {
        let seen = Window::around(&mask.lesions, bounds, reach);
        let keep = |code: u8| code > 0 && settings.locked.contains(LESION_BASE.saturating_add(code));
        let Mask { layers, lesions } = mask;
        for &(y, x0, x1) in &lens {
            let beneath = layers.read_rect(Rect::new(x0, y, x1, y + 1));
            dirty = dirty.union(lesions.edit_run(y, x0, x1, |x, code| {
                let new = seen.majority(x, y, code, |_| true);
                let refused = new > 0 && beneath[(x - x0) as usize] == UNANNOTATED;
                if refused || keep(code) || keep(new) { code } else { new }
            }));
        }
    }
    if settings.layers {
        let seen = Window::around(&mask.layers, bounds, reach);
        dirty = dirty.union(if settings.ordered {
            smooth_in_order(&mut mask.layers, &lens, bounds, &seen, settings.locked)
        } else {
            let keep = |code: u8| code == UNANNOTATED || settings.locked.contains(code);
            lens.iter().fold(Rect::EMPTY, |dirty, &(y, x0, x1)| {
                dirty.union(mask.layers.edit_run(y, x0, x1, |x, code| {
                    let new = seen.majority(x, y, code, |code| code != UNANNOTATED);
                    if keep(code) || keep(new) { code } else { new }
                }))
            })
        });
    }
    dirty
}

/// Medians, column by column: what may not change (outside the lens, locked, unannotated) bounds them.
fn smooth_in_order(
    layers: &mut Plane,
    lens: &[(u32, u32, u32)],
    bounds: Rect,
    seen: &Window,
    locked: LockedLabels,
) -> Rect {
    let mut dirty = Rect::EMPTY;
    for x in bounds.x0..bounds.x1 {
        let old = layers.read_rect(Rect::new(x, 0, x + 1, layers.height()));
        if !order::is_ordered(&old) {
            continue;
        }
        let mut new = old.clone();
        for &(y, _, _) in lens.iter().filter(|&&(_, x0, x1)| (x0..x1).contains(&x)) {
            let code = old[y as usize];
            if code != UNANNOTATED && !locked.contains(code) {
                let median = seen.median(x, y, code);
                new[y as usize] = if locked.contains(median) { code } else { median };
            }
        }
        bound_by_kept(&old, &mut new);
        let breaks_lock = old.iter().zip(&new).any(|(old, new)| old != new && locked.contains(*new));
        if breaks_lock || !order::is_ordered(&new) {
            continue;
        }
        for (y, (old, new)) in (0..).zip(old.into_iter().zip(new)) {
            if old != new {
                layers.set(x, y, new);
                dirty = dirty.union(Rect::new(x, y, x + 1, y + 1));
            }
        }
    }
    dirty
}

/// Brings the changed codes of a column between the unchanged ones above and below them.
fn bound_by_kept(old: &[u8], new: &mut [u8]) {
    let kept: Vec<bool> = old.iter().zip(new.iter()).map(|(old, new)| old == new).collect();
    let mut least = 0;
    for (code, kept) in new.iter_mut().zip(&kept) {
        if *code != UNANNOTATED {
            *code = if *kept { *code } else { (*code).max(least) };
            least = least.max(*code);
        }
    }
    let mut most = u8::MAX;
    for (code, kept) in new.iter_mut().zip(&kept).rev() {
        if *code != UNANNOTATED {
            *code = if *kept { *code } else { (*code).min(most) };
            most = most.min(*code);
        }
    }
}

/// A copy of the plane around the lens, to judge by while the plane changes.
struct Window {
    rect: Rect,
    codes: Vec<u8>,
    /// Offsets of a disc.
    disc: Vec<(i32, i32)>,
    /// Where the disc may hold more than one code: most of a lens lies inside one label.
    mixed: Vec<bool>,
}

impl Window {
    fn around(plane: &Plane, lens: Rect, reach: u32) -> Self {
        let rect = lens.grown(reach, plane.width(), plane.height());
        let side = reach as i32;
        let disc = (-side..=side)
            .flat_map(|dy| (-side..=side).map(move |dx| (dx, dy)))
            .filter(|(dx, dy)| dx * dx + dy * dy <= side * (side + 1))
            .collect();
        let codes = plane.read_rect(rect);
        let mixed = near_edges(&codes, rect.width() as usize, reach as usize);
        Self { rect, codes, disc, mixed }
    }

    fn index(&self, x: u32, y: u32) -> usize {
        (y - self.rect.y0) as usize * self.rect.width() as usize + (x - self.rect.x0) as usize
    }

    /// How often each code stands in the disc around a pixel; `None` where it stands alone.
    fn counts(&self, x: u32, y: u32, code: u8, is_counted: impl Fn(u8) -> bool) -> Option<[u16; 16]> {
        if !self.mixed[self.index(x, y)] {
            return None;
        }
        let mut counts = [0_u16; 16];
        let mut all_alike = true;
        for (dx, dy) in &self.disc {
            let (Some(x), Some(y)) = (x.checked_add_signed(*dx), y.checked_add_signed(*dy)) else { continue };
            if self.rect.contains(x, y) {
                let other = self.codes[self.index(x, y)];
                if is_counted(other) {
                    counts[usize::from(other & 15)] += 1;
                    all_alike &= other == code;
                }
            }
        }
        (!all_alike).then_some(counts)
    }

    /// The most frequent of the codes that count; the pixel's own among equals.
    fn majority(&self, x: u32, y: u32, code: u8, is_counted: impl Fn(u8) -> bool) -> u8 {
        let Some(counts) = self.counts(x, y, code, is_counted) else { return code };
        let own = counts.get(usize::from(code)).copied().unwrap_or(0);
        let best = counts.iter().copied().max().unwrap_or(0);
        if own == best { code } else { counts.iter().position(|n| *n == best).map_or(code, |c| c as u8) }
    }

    /// The median layer code.
    fn median(&self, x: u32, y: u32, code: u8) -> u8 {
        let Some(counts) = self.counts(x, y, code, |code| code != UNANNOTATED) else { return code };
        let total: u16 = counts.iter().sum();
        let mut below = 0;
        counts
            .iter()
            .position(|count| {
                below += count;
                below * 2 > total
            })
            .map_or(code, |median| median as u8)
    }
}

/// The pixels of a row-major window with two codes within `reach` along both axes.
fn near_edges(codes: &[u8], width: usize, reach: usize) -> Vec<bool> {
    let mut edges = vec![false; codes.len()];
    for at in 0..codes.len() {
        let ends_row = (at + 1) % width == 0;
        let right = if ends_row { at } else { at + 1 };
        for next in [right, at + width] {
            if codes.get(next).is_some_and(|code| *code != codes[at]) {
                (edges[at], edges[next]) = (true, true);
            }
        }
    }
    let mut along_rows = edges.clone();
    for (row, from) in along_rows.chunks_exact_mut(width).zip(edges.chunks_exact(width)) {
        widen(from.iter().copied().enumerate(), row, reach);
    }
    let mut near = along_rows.clone();
    let height = codes.len() / width;
    let mut column = vec![false; height];
    for x in 0..width {
        column.iter_mut().enumerate().for_each(|(y, near)| *near = along_rows[y * width + x]);
        widen((0..height).map(|y| (y, along_rows[y * width + x])), &mut column, reach);
        column.iter().enumerate().for_each(|(y, is_near)| near[y * width + x] = *is_near);
    }
    near
}

/// Sets everything within `reach` of what is set in `from`, which enumerates the line.
fn widen(from: impl Iterator<Item = (usize, bool)>, line: &mut [bool], reach: usize) {
    let length = line.len();
    for (at, _) in from.filter(|(_, is_set)| *is_set) {
        line[at.saturating_sub(reach)..(at + reach + 1).min(length)].fill(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::order_violations;

    const SETTINGS: SmoothSettings = SmoothSettings {
        lesions: true,
        layers: true,
        reach_px: 3,
        ordered: true,
        locked: LockedLabels::NONE,
    };

    /// A jagged border between two layers, and a jagged lesion.
    fn jagged() -> Mask {
        let mut mask = Mask { layers: Plane::filled(80, 60, 2), lesions: Plane::filled(80, 60, 0) };
        for x in 0..80 {
            for y in 30 + 4 * (x % 2)..60 {
                mask.layers.set(x, y, 3);
            }
        }
        for y in 10..20 {
            mask.lesions.fill_run(y, 20 + 4 * (y % 2), 50, 1);
        }
        mask
    }

    fn steps(mask: &Mask) -> usize {
        let edge = |plane: &Plane, x: u32, y: u32| plane.get(x, y) != plane.get(x + 1, y);
        (0..60)
            .flat_map(|y| (0..79).map(move |x| (x, y)))
            .filter(|&(x, y)| edge(&mask.layers, x, y) || edge(&mask.lesions, x, y))
            .count()
    }

    #[test]
    fn jagged_edges_become_smooth_and_stay_where_they_are() {
        let mut mask = jagged();
        let (before, lesion_pixels) = (steps(&mask), mask.lesions.histogram()[1]);
        for _ in 0..3 {
            smooth(&mut mask, [40.0, 30.0], 60.0, &SETTINGS);
        }
        assert!(steps(&mask) * 4 < before, "{} of {before} steps are left", steps(&mask));
        assert!(!order_violations(&mask.layers).contains(&true));
        assert_eq!(mask.layers.get(40, 29), 2);
        assert_eq!(mask.layers.get(40, 34), 3);
        assert!(mask.lesions.histogram()[1].abs_diff(lesion_pixels) < lesion_pixels / 5);
    }

    #[test]
    fn edges_are_near_within_the_reach_alone() {
        let mut codes = vec![0; 9 * 7];
        codes[3 * 9 + 4] = 1;
        let near = near_edges(&codes, 9, 1);
        let expected =
            |x: usize, y: usize| x.abs_diff(4) + y.abs_diff(3) <= 3 && x.abs_diff(4) < 3 && y.abs_diff(3) < 3;
        assert!((0..63).all(|at| near[at] == expected(at % 9, at / 9)));
    }

    #[test]
    fn only_what_lies_under_the_lens_changes() {
        let (before, mut mask) = (jagged(), jagged());
        let dirty = smooth(&mut mask, [20.0, 30.0], 8.0, &SETTINGS);
        assert!(!dirty.is_empty() && dirty == dirty.intersect(Rect::new(12, 22, 28, 38)));
        for y in 0..60 {
            for x in 0..80 {
                let changed = before.composite(x, y) != mask.composite(x, y);
                assert!(!changed || dirty.contains(x, y));
            }
        }
    }

    #[test]
    fn locked_labels_and_unannotated_pixels_stay() {
        let mut mask = jagged();
        for y in 0..60 {
            mask.layers.fill_run(y, 30, 34, UNANNOTATED);
        }
        let before = mask.clone();
        let locked = LockedLabels::NONE.with(3).with(9);
        smooth(&mut mask, [40.0, 30.0], 60.0, &SmoothSettings { locked, ..SETTINGS });
        assert_eq!(mask, before);
        smooth(&mut mask, [40.0, 30.0], 60.0, &SETTINGS);
        assert_ne!(mask, before);
        assert_eq!(mask.layers.histogram()[255], before.layers.histogram()[255]);
    }
}
