//! A mask between two masks.
//!
//! Fluid is carried along with its layers: a pixel at a third of the INL stays at a third of the INL while the retina
//! swells. There each kind of fluid has a signed distance from its rim in both masks; their mean, weighted by the
//! share, ranks the pixels, and the deepest are fluid until the area is the one asked for. What exists in one mask
//! alone shrinks to its core and is gone.

use std::cmp::Reverse;

use crate::anatomy::{ABOVE_ILM, BELOW_BM, INTERFACE_COUNT, Lesion};
use crate::mask::{Interfaces, Mask, Plane, signed_distance};

/// Lines that lie a share of the way between two sets.
pub(super) fn between_lines(lines: &[Interfaces; 2], share: f64) -> Interfaces {
    let mut between = lines[0].clone();
    for (line, last) in between.rows.iter_mut().zip(&lines[1].rows) {
        for (row, last) in line.iter_mut().zip(last) {
            *row += (last - *row) * share as f32;
        }
    }
    between
}

/// The mask whose layers are `rows`, with so many pixels of each kind of fluid.
pub(super) fn visit(
    masks: [&Mask; 2],
    lines: &[Interfaces; 2],
    rows: &Interfaces,
    share: f64,
    pixels: &[usize; 3],
) -> Mask {
    let (width, height) = (masks[0].width(), masks[0].height());
    let layers = rows.rasterised(height);
    let mut lesions = Plane::filled(width, height, 0);
    for (lesion, &count) in Lesion::ALL.iter().zip(pixels) {
        let carried: Vec<Vec<bool>> =
            masks.iter().zip(lines).map(|(mask, lines)| carried(mask, *lesion, lines, rows)).collect();
        let scores = scores(&carried, width, height, share);
        let is_free = |i: usize| {
            let (x, y) = (i as u32 % width, i as u32 / width);
            ![ABOVE_ILM, BELOW_BM].contains(&layers.get(x, y)) && lesions.get(x, y) == 0
        };
        let mut ranked: Vec<usize> = (0..scores.len()).filter(|&i| is_free(i)).collect();
        let count = count.min(ranked.len());
        if count == 0 {
            continue;
        }
        // Ties are broken by place, so that every machine draws the same pixels.
        let key = |&i: &usize| (Reverse(ordered(scores[i])), i);
        ranked.select_nth_unstable_by_key(count - 1, key);
        for &i in &ranked[..count] {
            lesions.set(i as u32 % width, i as u32 / width, lesion.code());
        }
    }
    Mask { layers, lesions }
}

/// A number whose order is that of a score.
fn ordered(score: f32) -> i64 {
    (f64::from(score) * 1024.0) as i64
}

/// The pixels of a kind of fluid after its layers have moved from their lines to others.
fn carried(mask: &Mask, lesion: Lesion, from: &Interfaces, to: &Interfaces) -> Vec<bool> {
    let (width, height) = (mask.width() as usize, mask.height() as usize);
    let source = mask.lesions.to_pixels();
    let mut carried = vec![false; width * height];
    for x in 0..width {
        let old = from.rows.each_ref().map(|line| line[x]);
        let new = to.rows.each_ref().map(|line| line[x]);
        for y in 0..height {
            let row = moved(y as f32 + 0.5, &new, &old);
            let at = row.floor();
            if (0.0..height as f32).contains(&at) {
                carried[y * width + x] = source[at as usize * width + x] == lesion.code();
            }
        }
    }
    carried
}

/// Where a row of one set of lines lies in the other: in the same layer, at the same share of it.
fn moved(row: f32, from: &[f32; INTERFACE_COUNT], to: &[f32; INTERFACE_COUNT]) -> f32 {
    let layer = from.iter().rposition(|&line| line <= row);
    match layer {
        None => row - from[0] + to[0],
        Some(last) if last == INTERFACE_COUNT - 1 => row - from[last] + to[last],
        Some(above) => {
            let thickness = from[above + 1] - from[above];
            let share = if thickness > 0.0 { (row - from[above]) / thickness } else { 0.0 };
            to[above] + share * (to[above + 1] - to[above])
        }
    }
}

/// How deep each pixel lies in the fluid of a share of the way.
fn scores(carried: &[Vec<bool>], width: u32, height: u32, share: f64) -> Vec<f32> {
    let far = -(width as f32 + height as f32);
    let weights = [1.0 - share as f32, share as f32];
    let mut scores = vec![0.0; width as usize * height as usize];
    for (inside, weight) in carried.iter().zip(weights) {
        let exists = inside.contains(&true);
        // Negative inside: the depth is its opposite.
        let distances = signed_distance(width, height, inside, [1.0, 1.0]);
        for (score, distance) in scores.iter_mut().zip(distances) {
            *score += weight * if exists { -distance } else { far };
        }
    }
    scores
}
