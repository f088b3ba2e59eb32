//! Where a B-scan was scanned at all: registered Spectralis exports fill the rest with white wedges, and
//! some leave black margins at the sides.

use std::ops::Range;

use crate::scan::GreyImage;

/// A saturated region that touches less of the image border is a bright layer that leaves the image (some
/// ten pixels thick), not a wedge.
const SMALLEST_CONTACT_PX: usize = 24;
/// Pixels around a wedge that mix its white with tissue.
const MARGIN_PX: usize = 2;
/// Fewer empty columns at a side are no margin worth telling from noise.
const SMALLEST_BAND_PX: usize = 8;
/// A column is empty when all but this share of its pixels are black or white. Speckle leaves a tenth of
/// a scanned column black, and the retina of a clipped one covers more than this.
const LARGEST_LIT_SHARE: f32 = 0.03;

/// 1 where the instrument recorded something, 0 in the white wedges (saturated regions connected to the
/// image border, and a margin around them) and in empty columns at the sides; `None` when there are
/// neither. Row-major.
pub fn detect(image: &GreyImage) -> Option<Vec<u8>> {
    let (width, height) = (image.width as usize, image.height as usize);
    let mut scanned = vec![1u8; width * height];
    let mut seen = vec![false; width * height];
    let mut region = Vec::new();
    let mut found = false;
    let border = (0..width)
        .flat_map(|x| [(x, 0), (x, height - 1)])
        .chain((0..height).flat_map(|y| [(0, y), (width - 1, y)]));
    for (x, y) in border {
        flood(image, y * width + x, &mut seen, &mut region);
        let on_border = |&&at: &&usize| {
            let (x, y) = (at % width, at / width);
            x == 0 || y == 0 || x + 1 == width || y + 1 == height
        };
        if region.iter().filter(on_border).count() >= SMALLEST_CONTACT_PX {
            found = true;
            for &at in &region {
                clear_around(&mut scanned, at, width, height);
            }
        }
    }
    for band in empty_bands(image) {
        found = true;
        for row in scanned.chunks_exact_mut(width) {
            row[band.clone()].fill(0);
        }
    }
    found.then_some(scanned)
}

/// The columns at the left and at the right that hold black and white alone; none where that is most of
/// the image, which is then no scan with a margin.
fn empty_bands(image: &GreyImage) -> Vec<Range<usize>> {
    let (width, height) = (image.width as usize, image.height as usize);
    let mut lit = vec![0_usize; width];
    for row in image.pixels.chunks_exact(width) {
        for (lit, value) in lit.iter_mut().zip(row) {
            *lit += usize::from(![0, u8::MAX].contains(value));
        }
    }
    let is_empty = |lit: &&usize| **lit as f32 <= height as f32 * LARGEST_LIT_SHARE;
    let left = lit.iter().take_while(is_empty).count();
    let right = lit.iter().rev().take_while(is_empty).count();
    if left + right > width / 2 {
        return Vec::new();
    }
    [(left, 0..left), (right, width - right..width)]
        .into_iter()
        .filter(|(columns, _)| *columns >= SMALLEST_BAND_PX)
        .map(|(_, band)| band)
        .collect()
}

/// Collects the 4-connected saturated pixels around a start that were not seen before.
fn flood(image: &GreyImage, start: usize, seen: &mut [bool], region: &mut Vec<usize>) {
    let (width, pixels) = (image.width as usize, &image.pixels);
    region.clear();
    let mut visit = |at: usize, region: &mut Vec<usize>| {
        if pixels[at] == u8::MAX && !seen[at] {
            seen[at] = true;
            region.push(at);
        }
    };
    visit(start, region);
    let mut next = 0;
    while let Some(&at) = region.get(next) {
        next += 1;
        let x = at % width;
        if x > 0 {
            visit(at - 1, region);
        }
        if x + 1 < width {
            visit(at + 1, region);
        }
        if at >= width {
            visit(at - width, region);
        }
        if at + width < pixels.len() {
            visit(at + width, region);
        }
    }
}

fn clear_around(scanned: &mut [u8], at: usize, width: usize, height: usize) {
    let (x, y) = (at % width, at / width);
    let (x0, x1) = (x.saturating_sub(MARGIN_PX), (x + MARGIN_PX + 1).min(width));
    for row in y.saturating_sub(MARGIN_PX)..(y + MARGIN_PX + 1).min(height) {
        scanned[row * width + x0..row * width + x1].fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_columns_at_a_side_are_a_margin_and_a_dark_vitreous_is_not() {
        let (width, height) = (60usize, 40usize);
        let tissue = |x: usize, y: usize| if y < 15 { 0 } else { 40 + ((x * 7 + y * 13) % 50) as u8 };
        let mut pixels: Vec<u8> = (0..width * height).map(|i| tissue(i % width, i / width)).collect();
        let image = |pixels: &[u8]| GreyImage::new(width as u32, height as u32, pixels.to_vec());
        assert_eq!(detect(&image(&pixels)), None, "black above the retina");
        for y in 0..height {
            pixels[y * width + 48..(y + 1) * width].fill(if y < 36 { 0 } else { 255 });
            pixels[y * width..y * width + 4].fill(0);
        }
        let scanned = detect(&image(&pixels)).expect("a margin");
        for y in 0..height - 8 {
            assert!(scanned[y * width + 48..(y + 1) * width].iter().all(|inside| *inside == 0));
            assert!(scanned[y * width..y * width + 48].iter().all(|inside| *inside == 1), "four are too few");
        }
        assert_eq!(detect(&image(&vec![0; width * height])), None, "an empty image has no margin");
    }

    #[test]
    fn a_wedge_at_the_border_is_found_and_a_bright_spot_is_not() {
        let (width, height) = (40usize, 20usize);
        let mut pixels = vec![50u8; width * height];
        for y in 0..4 {
            pixels[y * width..y * width + 23 - 6 * y].fill(255);
        }
        for y in 14..18 {
            pixels[y * width..y * width + 20].fill(255);
        }
        pixels[10 * width + 20] = 255;
        pixels[19 * width + 39] = 255;
        let image = GreyImage::new(width as u32, height as u32, pixels.clone());
        let scanned = detect(&image).unwrap();
        assert_eq!(scanned[0], 0);
        assert_eq!(scanned[5 * width], 0, "the margin");
        assert_eq!(scanned[6 * width], 1);
        assert_eq!(scanned[10 * width + 20], 1);
        assert_eq!(scanned[19 * width + 39], 1);
        assert_eq!(scanned[15 * width], 1, "a bright layer");
        pixels.iter_mut().for_each(|p| *p = (*p).min(254));
        assert_eq!(detect(&GreyImage::new(width as u32, height as u32, pixels)), None);
    }
}
