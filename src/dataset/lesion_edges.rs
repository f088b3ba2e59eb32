//! Lesion outlines moved onto the edge that the scan shows, for training.
//!
//! Graders outline generously and not to the pixel: on the Duke scans the step from fluid to tissue, averaged along
//! the graded outlines, takes 6 px, along the edge itself 3 px. A network that learns from the graded outlines
//! learns the mean of all the misplaced edges, which is a cyst without a wall. So the rim of every lesion is decided
//! anew by a two-class threshold on the smoothed scan. Graded outlines stay what evaluations measure against.

use crate::anatomy::{LESION_BASE, UNANNOTATED};
use crate::mask::{Connectivity, Mask, Plane, Region, composite_code, signed_distance};
use crate::scan::Rect;

/// How far an outline may move, outwards and inwards, in pixels.
const REACH_PX: f32 = 3.0;
/// Room around a lesion in the window that it is decided in.
const MARGIN_PX: u32 = 8;
/// Deviation of the blur before the threshold and of the one that smooths the outline after it, in pixels.
const BLUR_PX: f32 = 1.0;
/// A part of the dark pixels is kept if it holds at least this share of what the largest part does.
const LEAST_PART: f32 = 0.2;
/// A new outline is taken if its area is within these factors of the graded one's ...
const AREA_FACTORS: [f32; 2] = [0.35, 1.8];
/// ... and its inside is darker than this part of what lies around.
const MAX_CONTRAST: f32 = 0.85;
/// Bins of the histogram that is split in two.
const BINS: usize = 64;

/// The labels with every lesion's outline on its edge, as far as it is within [`REACH_PX`] and can be seen.
///
/// - `image`: grey values; `labels`: composite codes; both row-major, `width` columns
///
/// Where a lesion shrinks, the layer that was interpolated beneath it appears; where nothing is known beneath, it
/// does not shrink.
///
/// # Panics
/// If the two differ in size or are no whole rows.
pub fn moved_to_edges(width: u32, image: &[u8], labels: &[u8]) -> Vec<u8> {
    assert!(image.len() == labels.len() && labels.len().is_multiple_of(width as usize), "whole rows");
    let height = (labels.len() / width as usize) as u32;
    let (mask, _) = Mask::from_composite(width, height, labels);
    let mut lesions = mask.lesions.to_pixels();
    let layers = mask.layers.to_pixels();
    for region in Region::components(&mask.lesions, |lesion| lesion != 0, Connectivity::Eight) {
        let Some(&(y, x0, _)) = region.runs().first() else { continue };
        let code = labels[(y * width + x0) as usize];
        let window = Window::around(&region, width, height);
        let free = |at: usize| {
            labels[at] != UNANNOTATED && layers[at] != UNANNOTATED && (lesions[at] == 0 || labels[at] == code)
        };
        let Some(inside) = window.decided(&region, image, width, free) else { continue };
        for (place, at) in window.pixels(width).enumerate() {
            let was_of_it = region.contains(at as u32 % width, at as u32 / width);
            if inside[place] {
                lesions[at] = code - LESION_BASE;
            } else if was_of_it && layers[at] != UNANNOTATED {
                lesions[at] = 0;
            }
        }
    }
    let composite = layers.iter().zip(&lesions).map(|(&layer, &lesion)| composite_code(layer, lesion));
    composite.collect()
}

/// The box that one lesion is decided in.
struct Window {
    rect: Rect,
    columns: usize,
    rows: usize,
}

impl Window {
    fn around(region: &Region, width: u32, height: u32) -> Self {
        let bounds = region.bounds();
        let rect = Rect::new(
            bounds.x0.saturating_sub(MARGIN_PX),
            bounds.y0.saturating_sub(MARGIN_PX),
            (bounds.x1 + MARGIN_PX).min(width),
            (bounds.y1 + MARGIN_PX).min(height),
        );
        Self { rect, columns: rect.width() as usize, rows: rect.height() as usize }
    }

    /// Its pixels' places in a plane of `width` columns, row by row.
    fn pixels(&self, width: u32) -> impl Iterator<Item = usize> {
        let rect = self.rect;
        (rect.y0..rect.y1).flat_map(move |y| (rect.x0..rect.x1).map(move |x| (y * width + x) as usize))
    }

    /// Which of its pixels are the lesion's now; `None` if no better outline was found.
    fn decided(
        &self,
        region: &Region,
        image: &[u8],
        width: u32,
        free: impl Fn(usize) -> bool,
    ) -> Option<Vec<bool>> {
        let places: Vec<usize> = self.pixels(width).collect();
        let graded: Vec<bool> =
            places.iter().map(|&at| region.contains(at as u32 % width, at as u32 / width)).collect();
        let distance = signed_distance(self.columns as u32, self.rows as u32, &graded, [1.0; 2]);
        let greys: Vec<f32> = places.iter().map(|&at| f32::from(image[at])).collect();
        let smooth = blurred(&greys, self.columns, BLUR_PX);
        let near: Vec<bool> = places
            .iter()
            .zip(&distance)
            .zip(&graded)
            .map(|((&at, &distance), &graded)| graded || (distance <= REACH_PX && free(at)))
            .collect();
        let threshold =
            two_class_threshold(smooth.iter().zip(&near).filter(|(_, near)| **near).map(|v| *v.0))?;
        let dark: Vec<bool> = (0..places.len())
            .map(|at| near[at] && (smooth[at] <= threshold || distance[at] < -REACH_PX))
            .collect();
        let whole = self.without_holes(self.main_parts(&dark, &graded));
        let rounded: Vec<f32> = whole.iter().map(|&inside| f32::from(u8::from(inside))).collect();
        let decided: Vec<bool> = blurred(&rounded, self.columns, BLUR_PX)
            .iter()
            .zip(&near)
            .map(|(&share, &near)| near && share > 0.5)
            .collect();
        self.is_better(&decided, &graded, &distance, &greys).then_some(decided)
    }

    /// The parts of `dark` that hold much of the graded lesion.
    fn main_parts(&self, dark: &[bool], graded: &[bool]) -> Vec<bool> {
        let parts = parts_of(dark, self.columns);
        let shared = |part: &Region| {
            let pixels = part.runs().iter().flat_map(|&(y, x0, x1)| (x0..x1).map(move |x| (x, y)));
            pixels.filter(|&(x, y)| graded[y as usize * self.columns + x as usize]).count() as f32
        };
        let shares: Vec<f32> = parts.iter().map(shared).collect();
        let largest = shares.iter().copied().fold(0.0, f32::max);
        let mut kept = vec![false; dark.len()];
        for (part, share) in parts.iter().zip(shares) {
            if share > 0.0 && share >= LEAST_PART * largest {
                part.fill(self.columns as u32, &mut kept);
            }
        }
        kept
    }

    /// With the parts of the outside that no edge of the window touches.
    fn without_holes(&self, mut inside: Vec<bool>) -> Vec<bool> {
        let outside: Vec<bool> = inside.iter().map(|&inside| !inside).collect();
        for part in parts_of(&outside, self.columns) {
            let bounds = part.bounds();
            let touches = bounds.x0 == 0
                || bounds.y0 == 0
                || bounds.x1 as usize == self.columns
                || bounds.y1 as usize == self.rows;
            if !touches {
                part.fill(self.columns as u32, &mut inside);
            }
        }
        inside
    }

    fn is_better(&self, decided: &[bool], graded: &[bool], distance: &[f32], greys: &[f32]) -> bool {
        let count = |set: &[bool]| set.iter().filter(|&&inside| inside).count() as f32;
        let area = count(decided) / count(graded).max(1.0);
        let mean = |taken: &dyn Fn(usize) -> bool| {
            let (sum, count) = (0..greys.len())
                .filter(|&at| taken(at))
                .fold((0.0, 0.0), |(sum, count), at| (sum + greys[at], count + 1.0_f32));
            sum / count.max(1.0)
        };
        let inside = mean(&|at| decided[at]);
        let around = mean(&|at| !decided[at] && distance[at] > 0.0 && distance[at] <= REACH_PX + 1.0);
        (AREA_FACTORS[0]..AREA_FACTORS[1]).contains(&area) && inside < MAX_CONTRAST * around
    }
}

/// The connected parts (by sides) of a set in a window of `columns` columns.
fn parts_of(set: &[bool], columns: usize) -> Vec<Region> {
    let codes: Vec<u8> = set.iter().map(|&inside| u8::from(inside)).collect();
    let plane = Plane::from_pixels(columns as u32, (set.len() / columns) as u32, &codes);
    Region::components(&plane, |code| code == 1, Connectivity::Four)
}

/// The value that splits a sample best in two classes (Otsu 1979); `None` if all are alike.
fn two_class_threshold(values: impl Iterator<Item = f32> + Clone) -> Option<f32> {
    let (low, high) =
        values.clone().fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)));
    if low >= high {
        return None;
    }
    let bin_width = (high - low) / BINS as f32;
    let mut counts = [0.0_f64; BINS];
    for value in values {
        counts[(((value - low) / bin_width) as usize).min(BINS - 1)] += 1.0;
    }
    let total: f64 = counts.iter().sum();
    let whole: f64 = counts.iter().enumerate().map(|(bin, count)| bin as f64 * count).sum();
    let (mut below, mut sum, mut best) = (0.0, 0.0, (0.0, 0));
    for (bin, count) in counts.iter().enumerate().take(BINS - 1) {
        below += count;
        sum += bin as f64 * count;
        if below > 0.0 && below < total {
            let apart = whole * below / total - sum;
            let between = apart * apart / (below * (total - below));
            if between > best.0 {
                best = (between, bin);
            }
        }
    }
    Some(low + (best.1 + 1) as f32 * bin_width)
}

/// A plane blurred by a Gaussian of this deviation, edges repeated.
fn blurred(values: &[f32], columns: usize, deviation: f32) -> Vec<f32> {
    let reach = (3.0 * deviation).ceil() as i64;
    let kernel: Vec<f32> =
        (-reach..=reach).map(|at| (-0.5 * (at as f32 / deviation).powi(2)).exp()).collect();
    let weight: f32 = kernel.iter().sum();
    let rows = values.len() / columns;
    let along = |values: &[f32], length: usize, step: usize, first: &dyn Fn(usize) -> usize| {
        let mut out = vec![0.0; values.len()];
        for line in 0..values.len() / length {
            let start = first(line);
            for at in 0..length {
                let sum: f32 = (-reach..=reach)
                    .zip(&kernel)
                    .map(|(offset, factor)| {
                        let from = (at as i64 + offset).clamp(0, length as i64 - 1) as usize;
                        factor * values[start + from * step]
                    })
                    .sum();
                out[start + at * step] = sum / weight;
            }
        }
        out
    };
    let across = along(values, columns, 1, &|row| row * columns);
    along(&across, rows, columns, &|column| column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::IRF;

    /// A dark disc in a bright layer, and an outline of it that is too wide and off.
    fn scan(outline: impl Fn(f32, f32) -> bool) -> (Vec<u8>, Vec<u8>, Vec<bool>) {
        let (width, height) = (64, 48);
        let disc = |x: usize, y: usize| (x as f32 - 30.0).hypot(y as f32 - 24.0) <= 9.0;
        let noise = |x: usize, y: usize| ((x * 7 + y * 13 + x * y) % 17) as u8;
        let mut image = vec![0; width * height];
        let mut labels = vec![3; width * height];
        let mut truth = vec![false; width * height];
        for y in 0..height {
            for x in 0..width {
                let at = y * width + x;
                truth[at] = disc(x, y);
                image[at] = if disc(x, y) { 40 } else { 90 } + noise(x, y);
                if outline(x as f32, y as f32) {
                    labels[at] = IRF;
                }
            }
        }
        (image, labels, truth)
    }

    fn differing(labels: &[u8], truth: &[bool]) -> usize {
        labels.iter().zip(truth).filter(|(label, inside)| (**label == IRF) != **inside).count()
    }

    #[test]
    fn a_generous_outline_comes_to_the_edge_and_a_tight_one_grows_to_it() {
        for (radius, x) in [(11.5, 31.0), (7.0, 30.0), (9.0, 31.5)] {
            let (image, labels, truth) = scan(|px, y| (px - x).hypot(y - 24.0) <= radius);
            let before = differing(&labels, &truth);
            let moved = moved_to_edges(64, &image, &labels);
            let after = differing(&moved, &truth);
            assert!(before > 40 && 4 * after < before, "radius {radius}: {before} then {after}");
            assert!(moved.iter().all(|&code| code == IRF || code == 3), "the layer appears beneath");
        }
    }

    #[test]
    fn a_lesion_that_the_scan_does_not_show_stays_as_graded() {
        let (_, labels, _) = scan(|x, y| (x - 30.0).hypot(y - 24.0) <= 8.0);
        let flat: Vec<u8> = (0..labels.len()).map(|at| 80 + (at * 31 % 11) as u8).collect();
        assert_eq!(moved_to_edges(64, &flat, &labels), labels);
        assert_eq!(moved_to_edges(64, &vec![80; labels.len()], &labels), labels);
    }

    #[test]
    fn a_bright_spot_deep_inside_makes_no_hole_and_nothing_unannotated_is_claimed() {
        let (mut image, mut labels, _) = scan(|x, y| (x - 30.0).hypot(y - 24.0) <= 10.0);
        for y in 22..26 {
            image[y * 64 + 28..y * 64 + 32].fill(200);
        }
        for y in 0..48 {
            labels[y * 64..y * 64 + 20].fill(UNANNOTATED);
        }
        let moved = moved_to_edges(64, &image, &labels);
        assert!((22..26).all(|y| moved[y * 64 + 28..y * 64 + 32].iter().all(|&code| code == IRF)));
        assert!((0..48).all(|y| moved[y * 64..y * 64 + 20].iter().all(|&code| code == UNANNOTATED)));
    }

    #[test]
    fn two_classes_are_split_between_them() {
        let values = [1.0, 1.2, 0.9, 5.0, 5.3, 4.8];
        let threshold = two_class_threshold(values.into_iter()).unwrap();
        assert!((1.2..4.8).contains(&threshold), "{threshold}");
        assert_eq!(two_class_threshold([2.0; 4].into_iter()), None);
    }
}
