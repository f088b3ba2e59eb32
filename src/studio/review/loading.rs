//! A pair as it is looked at: both files read, checked against what was scored, and unpacked.

use std::sync::Arc;

use eframe::egui::{Color32, ColorImage};

use crate::anatomy::{ABOVE_ILM, BELOW_BM, UNANNOTATED, is_lesion};
use crate::formats::label_png::{self, CodeScheme};
use crate::formats::provenance::{Provenance, sha256_hex};
use crate::formats::{read_file, scan_image};
use crate::review::ReviewSet;
use crate::review::files::FileTrouble;
use crate::review::set::PairLine;
use crate::scan::GreyImage;
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// How much of a label's colour lies over the scan: inside, and along its edges.
const LAYER_SHARE: f32 = 0.16;
const LESION_SHARE: f32 = 0.42;
const EDGE_SHARE: f32 = 0.85;

/// A pair in memory.
pub(super) struct LoadedPair {
    pub row: u32,
    /// `None` where the manifest no longer holds it.
    pub line: Option<PairLine>,
    pub scan: Option<GreyImage>,
    /// Composite codes of the mask, as large as the line says.
    pub codes: Option<Vec<u8>>,
    /// Of the scan: what made it, as its file says.
    pub provenance: Option<Provenance>,
    /// Scan and mask as they are drawn.
    pub scan_picture: Option<Arc<ColorImage>>,
    pub overlay_picture: Option<Arc<ColorImage>>,
    /// What is wrong with its files, for people.
    pub problems: Vec<String>,
    pub trouble: Option<FileTrouble>,
}

impl LoadedPair {
    /// A pair of which nothing is known yet.
    fn unknown(row: u32) -> Self {
        Self {
            row,
            line: None,
            scan: None,
            codes: None,
            provenance: None,
            scan_picture: None,
            overlay_picture: None,
            problems: Vec::new(),
            trouble: None,
        }
    }

    /// A pair that the reader broke off at.
    pub fn unreadable(row: u32) -> Self {
        let problem = text!("review-pair-unreadable").to_owned();
        Self { problems: vec![problem], trouble: Some(FileTrouble::Changed), ..Self::unknown(row) }
    }

    /// Bytes that it takes, about.
    pub fn bytes(&self) -> usize {
        self.scan.as_ref().map_or(0, |scan| 10 * scan.pixels.len())
    }
}

/// Reads a pair, with pictures of its full size where `is_drawn`.
pub(super) fn load(set: &ReviewSet, row: u32, is_drawn: bool) -> LoadedPair {
    let mut pair = LoadedPair::unknown(row);
    let line = match set.lines(&[row]) {
        Ok(mut lines) => lines.remove(0),
        Err(error) => {
            pair.problems.push(error.to_string());
            pair.trouble = Some(FileTrouble::Changed);
            return pair;
        }
    };
    let hashes = line.generated.as_ref();
    let of_image = hashes.map_or("", |facts| facts.image_file_sha256.as_str());
    if let Some(bytes) = bytes_of(set, &line.image, of_image, &mut pair) {
        match scan_image::read(&bytes, &line.image) {
            Ok(scan) => pair.scan = Some(scan),
            Err(error) => pair.problems.push(error.to_string()),
        }
        pair.provenance = Provenance::of_png(&bytes, &line.image).ok().flatten();
    }
    if let Some(label) = &line.label {
        let of_label = hashes.map_or("", |facts| facts.label_file_sha256.as_str());
        if let Some(bytes) = bytes_of(set, label, of_label, &mut pair) {
            match label_png::read(&bytes, label, CodeScheme::Studio) {
                Ok(labels) if (labels.width, labels.height) == (line.width, line.height) => {
                    pair.codes = Some(labels.codes);
                }
                Ok(labels) => pair.problems.push(text!(
                    "review-size-differs",
                    file = label.as_str(),
                    width = labels.width,
                    height = labels.height,
                    said_width = line.width,
                    said_height = line.height
                )),
                Err(error) => pair.problems.push(error.to_string()),
            }
        }
    }
    if is_drawn {
        pair.scan_picture = pair.scan.as_ref().map(|scan| Arc::new(grey_picture(scan)));
        let size = [line.width as usize, line.height as usize];
        pair.overlay_picture = pair.codes.as_ref().map(|codes| Arc::new(overlay_picture(size, codes)));
    }
    pair.line = Some(line);
    pair
}

/// The bytes of a file; what is wrong with it is noted.
fn bytes_of(set: &ReviewSet, file: &str, expected: &str, pair: &mut LoadedPair) -> Option<Vec<u8>> {
    match read_file(&set.dir.join(file)) {
        Ok(bytes) => {
            if !expected.is_empty() && sha256_hex(&bytes) != expected {
                pair.problems.push(text!("review-was-changed", file));
                pair.trouble.get_or_insert(FileTrouble::Changed);
            }
            Some(bytes)
        }
        Err(error) => {
            let is_missing = !set.dir.join(file).exists();
            pair.problems.push(if is_missing { text!("review-is-missing", file) } else { error.to_string() });
            pair.trouble = Some(FileTrouble::Missing);
            None
        }
    }
}

fn grey_picture(scan: &GreyImage) -> ColorImage {
    ColorImage::from_gray([scan.width as usize, scan.height as usize], &scan.pixels)
}

/// Labels over nothing: faint inside, strong along their upper edges and around lesions.
fn overlay_picture([width, height]: [usize; 2], codes: &[u8]) -> ColorImage {
    let colors: Vec<[Color32; 2]> = (0..=u8::MAX).map(colors_of).collect();
    let mut pixels = Vec::with_capacity(codes.len());
    for (at, &code) in codes.iter().enumerate() {
        let differs = |other: Option<usize>| other.is_some_and(|other| codes[other] != code);
        let above = at.checked_sub(width);
        let is_edge = match is_lesion(code) {
            true => {
                let (x, below) = (at % width, at + width);
                differs(above)
                    || differs((below < codes.len()).then_some(below))
                    || differs((x > 0).then(|| at.wrapping_sub(1)))
                    || differs((x + 1 < width).then_some(at + 1))
            }
            false => differs(above),
        };
        pixels.push(colors[usize::from(code)][usize::from(is_edge)]);
    }
    ColorImage::new([width, height], pixels)
}

/// Inside, and along the edge.
fn colors_of(code: u8) -> [Color32; 2] {
    let color = theme::swatch_color(code);
    match code {
        ABOVE_ILM | UNANNOTATED => [Color32::TRANSPARENT; 2],
        BELOW_BM => [Color32::TRANSPARENT, color.gamma_multiply(EDGE_SHARE)],
        code if is_lesion(code) => [color.gamma_multiply(LESION_SHARE), color.gamma_multiply(EDGE_SHARE)],
        _ => [color.gamma_multiply(LAYER_SHARE), color.gamma_multiply(EDGE_SHARE)],
    }
}

/// A pair as it is shown in the grid: scan and labels apart, so that the labels can be hidden without drawing anew.
pub(super) struct SmallPair {
    pub scan: Option<ColorImage>,
    pub overlay: Option<ColorImage>,
    pub trouble: Option<FileTrouble>,
    /// Whether a file cannot be read at all.
    pub is_unreadable: bool,
}

/// A pair at the size of a cell: means of the greys, the label in the middle of each block, lesions first.
pub(super) fn load_small(set: &ReviewSet, row: u32, size: [usize; 2]) -> SmallPair {
    let pair = load(set, row, false);
    let scan = pair.scan.as_ref().map(|scan| small_scan(scan, size));
    let line = pair.line.as_ref();
    let overlay = pair
        .codes
        .as_ref()
        .zip(line)
        .map(|(codes, line)| small_overlay(codes, [line.width as usize, line.height as usize], size));
    let is_unreadable = scan.is_none() || (overlay.is_none() && line.is_none_or(|line| line.label.is_some()));
    SmallPair { scan, overlay, trouble: pair.trouble, is_unreadable }
}

/// The pixels of a side that make pixel `index` of `count`; never none.
fn span(index: usize, count: usize, side: usize) -> std::ops::Range<usize> {
    let from = index * side / count;
    from..((index + 1) * side / count).max(from + 1)
}

fn small_scan(scan: &GreyImage, [width, height]: [usize; 2]) -> ColorImage {
    let (columns, rows) = (scan.width as usize, scan.height as usize);
    let mut grey = Vec::with_capacity(width * height);
    for y in 0..height {
        let down = span(y, height, rows);
        for x in 0..width {
            let across = span(x, width, columns);
            let count = (across.len() * down.len()) as u32;
            let lines = down.clone().map(|row| &scan.pixels[row * columns..][across.clone()]);
            let sum: u32 = lines.flatten().map(|&grey| u32::from(grey)).sum();
            grey.push((sum / count) as u8);
        }
    }
    ColorImage::from_gray([width, height], &grey)
}

fn small_overlay(codes: &[u8], [columns, rows]: [usize; 2], [width, height]: [usize; 2]) -> ColorImage {
    let mut small = Vec::with_capacity(width * height);
    for y in 0..height {
        let down = span(y, height, rows);
        for x in 0..width {
            let across = span(x, width, columns);
            let mut block = down.clone().flat_map(|row| &codes[row * columns..][across.clone()]);
            let middle = codes[(down.start + down.len() / 2) * columns + across.start + across.len() / 2];
            small.push(block.find(|&&code| is_lesion(code)).copied().unwrap_or(middle));
        }
    }
    overlay_picture([width, height], &small)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlays_leave_the_background_clear_and_mark_edges() {
        let codes = [0, 0, 0, 1, 9, 1, 1, 1, 1, 8, 8, 8];
        let picture = overlay_picture([3, 4], &codes);
        assert_eq!(picture.pixels[0], Color32::TRANSPARENT);
        let [inside, edge] = colors_of(1);
        assert_eq!((picture.pixels[3], picture.pixels[6]), (edge, inside));
        assert_eq!(picture.pixels[4], colors_of(9)[1], "a lesion is outlined");
        assert_eq!(picture.pixels[9], colors_of(8)[1], "the line at BM");
    }

    #[test]
    fn small_pictures_keep_lesions_and_mean_greys() {
        let scan = GreyImage::new(4, 2, vec![0, 100, 10, 30, 100, 0, 30, 10]);
        assert_eq!(small_scan(&scan, [2, 1]).pixels, [theme::grey(50), theme::grey(20)]);
        let mut codes = vec![1; 64];
        codes[9] = 9;
        let small = small_overlay(&codes, [8, 8], [2, 2]);
        assert_eq!(small.pixels[0], colors_of(9)[1]);
        assert_eq!(small_overlay(&codes, [8, 8], [16, 16]).size, [16, 16], "smaller pairs are enlarged");
    }
}
