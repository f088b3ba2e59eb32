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

/// What is made of a pair's files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PairParts {
    /// Scan and labels.
    Content,
    /// And pictures of them in their full size, to be shown.
    ContentAndPictures,
}

/// Reads a pair.
pub(super) fn load(set: &ReviewSet, row: u32, parts: PairParts) -> LoadedPair {
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
    if parts == PairParts::ContentAndPictures {
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
pub(super) fn overlay_picture([width, height]: [usize; 2], codes: &[u8]) -> ColorImage {
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
pub(super) fn colors_of(code: u8) -> [Color32; 2] {
    let color = theme::swatch_color(code);
    match code {
        ABOVE_ILM | UNANNOTATED => [Color32::TRANSPARENT; 2],
        BELOW_BM => [Color32::TRANSPARENT, color.gamma_multiply(EDGE_SHARE)],
        code if is_lesion(code) => [color.gamma_multiply(LESION_SHARE), color.gamma_multiply(EDGE_SHARE)],
        _ => [color.gamma_multiply(LAYER_SHARE), color.gamma_multiply(EDGE_SHARE)],
    }
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
}
