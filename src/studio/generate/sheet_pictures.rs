//! The pictures of a pair on the contact sheet: the retina of the scan, with its labels over it and without.

use std::path::Path;

use eframe::egui::{Color32, ColorImage};

use crate::anatomy::{ABOVE_ILM, BELOW_BM, LABELS, is_lesion};
use crate::formats::label_png::{self, CodeScheme};
use crate::formats::{read_file, scan_image};
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Size of a picture in pixels.
pub(super) const SIZE: [usize; 2] = [288, 144];
/// How much of a label's colour a picture takes.
const LAYER_SHARE: f32 = 0.32;
const LESION_SHARE: f32 = 0.8;
/// Part of the retina's height that is shown above and below it.
const ROOM: u32 = 6;

/// A pair to be read.
pub(super) struct CellToRead {
    pub id: String,
    /// Relative to the folder.
    pub image: String,
    pub label: String,
    /// Colours of the labels, by code.
    pub colors: [Color32; LABELS.len()],
}

/// Both pictures of a pair: with its labels, and without.
pub(super) fn read(folder: &Path, cell: &CellToRead) -> Result<[ColorImage; 2], String> {
    let (image_path, label_path) = (folder.join(&cell.image), folder.join(&cell.label));
    let bytes = read_file(&image_path).map_err(|error| error.to_string())?;
    let image =
        scan_image::read(&bytes, &image_path.display().to_string()).map_err(|error| error.to_string())?;
    let bytes = read_file(&label_path).map_err(|error| error.to_string())?;
    let labels = label_png::read(&bytes, &label_path.display().to_string(), CodeScheme::Studio)
        .map_err(|error| error.to_string())?;
    if (image.width, image.height) != (labels.width, labels.height) {
        return Err(text!(
            "generate-sizes-differ",
            file = %image_path.display(),
            width = image.width,
            height = image.height,
            label_width = labels.width,
            label_height = labels.height
        ));
    }
    let rows = retina_rows(&labels.codes, labels.width, labels.height);
    Ok(drawn(&image.pixels, &labels.codes, labels.width, rows, &cell.colors))
}

/// The rows that the retina takes, with some room; all rows where there is none.
fn retina_rows(codes: &[u8], width: u32, height: u32) -> std::ops::Range<u32> {
    let is_retina = |y: u32| {
        let row = &codes[(y * width) as usize..((y + 1) * width) as usize];
        row.iter().step_by(2).any(|code| !matches!(*code, ABOVE_ILM | BELOW_BM))
    };
    let Some(first) = (0..height).find(|&y| is_retina(y)) else { return 0..height };
    let last = (first..height).rev().find(|&y| is_retina(y)).unwrap_or(first);
    let room = ((last - first) / ROOM).max(4);
    first.saturating_sub(room)..(last + 1 + room).min(height)
}

/// Each picture pixel is the mean of the scan under it; of its labels a lesion wins, else the middle one stands.
fn drawn(
    grey: &[u8],
    codes: &[u8],
    width: u32,
    rows: std::ops::Range<u32>,
    colors: &[Color32; LABELS.len()],
) -> [ColorImage; 2] {
    let [columns, lines] = [SIZE[0].min(width as usize), SIZE[1].min(rows.len())];
    let span = |at: usize, of: usize, length: usize| {
        (at * length / of)..((at + 1) * length / of).max(at * length / of + 1)
    };
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for y in 0..lines {
        for x in 0..columns {
            let (down, across) = (span(y, lines, rows.len()), span(x, columns, width as usize));
            let (mut sum, mut count, mut lesion) = (0_u32, 0_u32, None);
            for row in down.clone() {
                for column in across.clone() {
                    let at = (rows.start as usize + row) * width as usize + column;
                    sum += u32::from(grey[at]);
                    count += 1;
                    lesion = lesion.or_else(|| is_lesion(codes[at]).then_some(codes[at]));
                }
            }
            let middle = [down, across].map(|range| (range.start + range.end - 1) / 2);
            let code = codes[(rows.start as usize + middle[0]) * width as usize + middle[1]];
            let scan = theme::grey((sum / count.max(1)) as u8);
            let share = if lesion.is_some() { LESION_SHARE } else { LAYER_SHARE };
            let color = match lesion.unwrap_or(code) {
                ABOVE_ILM | BELOW_BM => None,
                code => colors.get(usize::from(code)),
            };
            with.push(color.map_or(scan, |color| scan.lerp_to_gamma(*color, share)));
            without.push(scan);
        }
    }
    [ColorImage::new([columns, lines], with), ColorImage::new([columns, lines], without)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_cyst_is_seen_and_the_rest_is_the_scan() {
        let (width, height) = (600_u32, 60_u32);
        let mut codes: Vec<u8> =
            (0..width * height).map(|at| u8::from((20..40).contains(&(at / width)))).collect();
        codes[(30 * width + 301) as usize] = 9;
        let grey = vec![100; codes.len()];
        let rows = retina_rows(&codes, width, height);
        assert_eq!(rows, 16..44, "the retina with four rows of room");
        let colors = std::array::from_fn(|code| theme::grey(if code == 9 { 255 } else { 0 }));
        let [with, without] = drawn(&grey, &codes, width, rows, &colors);
        assert_eq!(with.size, [288, 28]);
        assert!(without.pixels.iter().all(|pixel| *pixel == theme::grey(100)));
        let brightest = with.pixels.iter().map(|pixel| pixel.r()).max();
        assert!(brightest > Some(180), "one pixel of fluid shows: {brightest:?}");
        assert_eq!(with.pixels[0], theme::grey(100), "above the retina there is no colour");
    }
}
