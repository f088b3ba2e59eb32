//! Text that is burnt into the corners of a picture: names and numbers on screenshots of viewers.
//!
//! A person must see such a picture before it goes into a data set. Letters are strokes of one bright grey, several of
//! them alike in height on one line; speckle, vessels and layers are not. The search is made to ask once too often
//! rather than once too seldom, and it never decides.

use crate::scan::{GreyImage, Rect};

/// Share of the width and the height that a corner takes.
const CORNER: (f32, f32) = (0.4, 0.16);
/// Heights of letters, in pixels.
const LETTER_ROWS: std::ops::RangeInclusive<u32> = 6..=48;
/// Letters on a line that make a text.
const FEWEST_LETTERS: usize = 4;
/// Letters are brighter than the corner's median by this.
const CONTRAST: u8 = 90;

/// A corner in which a text seems to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurntInText {
    /// Where the letters stand.
    pub area: Rect,
    /// About how many.
    pub letters: usize,
}

/// What seems to be text in the corners of a picture.
pub fn find(image: &GreyImage) -> Vec<BurntInText> {
    corners(image.width, image.height).into_iter().filter_map(|corner| text_in(image, corner)).collect()
}

fn corners(width: u32, height: u32) -> [Rect; 4] {
    let across = ((width as f32 * CORNER.0) as u32).max(1).min(width);
    let down = ((height as f32 * CORNER.1) as u32).max(1).min(height);
    [(0, 0), (width - across, 0), (0, height - down), (width - across, height - down)]
        .map(|(x, y)| Rect::new(x, y, x + across, y + down))
}

/// A connected region of bright pixels.
#[derive(Clone, Copy)]
struct Blob {
    area: Rect,
    pixels: u32,
}

fn text_in(image: &GreyImage, corner: Rect) -> Option<BurntInText> {
    let mut greys: Vec<u8> = rows(image, corner).flatten().copied().collect();
    let middle = greys.len() / 2;
    let (_, &mut median, _) = greys.select_nth_unstable(middle);
    let threshold = median.checked_add(CONTRAST)?;
    let mut letters: Vec<Rect> = blobs(image, corner, threshold).into_iter().filter_map(letter).collect();
    letters.sort_by_key(|area| (area.x0, area.y0));
    let mut best: Option<BurntInText> = None;
    for first in &letters {
        let line: Vec<&Rect> = letters.iter().filter(|other| stands_with(first, other)).collect();
        let near: Vec<&&Rect> =
            line.iter().filter(|a| line.iter().any(|b| a != &b && gap(a, b) <= 2 * first.height())).collect();
        if near.len() >= FEWEST_LETTERS && best.is_none_or(|best| near.len() > best.letters) {
            let area = near.iter().fold(**near[0], |area, letter| area.union(***letter));
            best = Some(BurntInText { area, letters: near.len() });
        }
    }
    best
}

fn rows(image: &GreyImage, area: Rect) -> impl Iterator<Item = &[u8]> {
    let width = image.width as usize;
    (area.y0..area.y1).map(move |y| &image.pixels[y as usize * width..][area.x0 as usize..area.x1 as usize])
}

/// Whether a region can be a letter: as high as one, not wider than two, strokes rather than a block.
fn letter(blob: Blob) -> Option<Rect> {
    let (width, height) = (blob.area.width(), blob.area.height());
    let fill = blob.pixels as f32 / (width * height) as f32;
    let is_stroke = width * 4 <= height && fill > 0.6;
    let is_letter = width <= 2 * height && (0.12..0.8).contains(&fill);
    (LETTER_ROWS.contains(&height) && (is_letter || is_stroke)).then_some(blob.area)
}

/// Whether two letters are of one size on one line.
fn stands_with(a: &Rect, b: &Rect) -> bool {
    let size = a.height() as f32;
    let alike = (b.height() as f32 - size).abs() <= 0.2 * size;
    alike && (a.y1 as f32 - b.y1 as f32).abs() <= 0.15 * size
}

/// Columns between two letters.
fn gap(a: &Rect, b: &Rect) -> u32 {
    b.x0.saturating_sub(a.x1).max(a.x0.saturating_sub(b.x1))
}

/// 8-connected regions of pixels at least so bright.
fn blobs(image: &GreyImage, corner: Rect, threshold: u8) -> Vec<Blob> {
    let (width, height) = (corner.width(), corner.height());
    let mut lit: Vec<bool> = rows(image, corner).flatten().map(|&grey| grey >= threshold).collect();
    let mut found = Vec::new();
    let mut stack = Vec::new();
    for start in 0..lit.len() {
        if !std::mem::take(&mut lit[start]) {
            continue;
        }
        stack.push(start);
        let mut blob = Blob { area: Rect::EMPTY, pixels: 0 };
        while let Some(at) = stack.pop() {
            let (x, y) = (at as u32 % width, at as u32 / width);
            let place = Rect::new(corner.x0 + x, corner.y0 + y, corner.x0 + x + 1, corner.y0 + y + 1);
            blob.area = blob.area.union(place);
            blob.pixels += 1;
            for ny in y.saturating_sub(1)..(y + 2).min(height) {
                for nx in x.saturating_sub(1)..(x + 2).min(width) {
                    let neighbour = (ny * width + nx) as usize;
                    if std::mem::take(&mut lit[neighbour]) {
                        stack.push(neighbour);
                    }
                }
            }
        }
        found.push(blob);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::random::SeededRandom;

    /// Rows of five pixels, a bit each: digits of a common 5 x 7 font.
    const DIGITS: [[u8; 7]; 6] = [
        [0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e],
        [0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e],
        [0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f],
        [0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e],
        [0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02],
        [0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e],
    ];

    /// Speckle over a bright band in the middle.
    fn scan(seed: u64) -> (u32, u32, Vec<u8>) {
        let (width, height) = (512_u32, 400_u32);
        let mut random = SeededRandom::new(seed);
        let pixels = (0..width * height).map(|at| {
            let y = at / width;
            let mean = if (150..260).contains(&y) { 130.0 } else { 35.0 };
            (mean * -(1.0 - random.share()).ln() * 0.6 + 10.0).min(255.0) as u8
        });
        (width, height, pixels.collect())
    }

    fn write(pixels: &mut [u8], width: u32, x: u32, y: u32, size: u32) {
        for (index, digit) in (0..).zip(DIGITS) {
            for (row, bits) in (0..).zip(digit) {
                for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
                    for (dx, dy) in (0..size * size).map(|at| (at % size, at / size)) {
                        let px = x + (index * 6 + column) * size + dx;
                        pixels[((y + row * size + dy) * width + px) as usize] = 255;
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_in_a_corner_are_found() {
        for (x, y, size) in [(6, 5, 2), (390, 370, 3), (300, 8, 2), (10, 380, 2)] {
            let (width, height, mut pixels) = scan(1);
            write(&mut pixels, width, x, y, size);
            let found = find(&GreyImage::new(width, height, pixels));
            assert_eq!(found.len(), 1, "at {x}, {y}: {found:?}");
            assert!(found[0].letters >= 4 && found[0].area.x0.abs_diff(x) < 8 * size, "{found:?}");
        }
    }

    #[test]
    fn speckle_is_no_text() {
        for seed in 0..5 {
            let (width, height, pixels) = scan(seed);
            assert_eq!(find(&GreyImage::new(width, height, pixels)), [], "seed {seed}");
        }
        assert!(find(&GreyImage::new(1, 1, vec![7])).is_empty());
        assert!(find(&GreyImage::new(3, 2, vec![255; 6])).is_empty());
    }
}
