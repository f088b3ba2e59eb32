//! Label maps: one composite code a pixel, in an indexed or grey image.
//!
//! Written as indexed PNG whose palette is the label table, so that any viewer shows the labels in colour
//! and any reader finds the codes. Read from whatever [`super::label_picture`] reads; what could be read in two
//! ways is an error that asks the question: a wrong guess would be silent and train a wrong model.

use std::io::Cursor;

use super::FormatError;
pub use super::label_mapping::Labels;
use super::label_mapping::{
    Confidence, LabelChoice, SchemeKind, labels_of, paper_color, propose, read_labels,
};
use super::label_picture;
use super::scan_image::encode_png;
use crate::anatomy::{ABOVE_ILM, BELOW_BM, LABELS, UNANNOTATED, code_of_color, is_lesion};

/// Palette colour of unannotated pixels.
const UNANNOTATED_COLOR: [u8; 3] = super::label_mapping::UNANNOTATED_COLOR;
/// The paper's code for fluid.
const PAPER_FLUID: u8 = 8;

/// What the codes of a label file mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum CodeScheme {
    /// 0 above ILM, 1-7 layers, 8 below BM, 9 IRF, 10 SRF, 11 PED, 255 unannotated.
    #[default]
    Studio,
    /// The RetiDiff paper's nine classes: 0 background on both sides, 1-7 layers, 8 fluid.
    Paper,
}

impl CodeScheme {
    /// As the command line calls it.
    pub fn word(self) -> &'static str {
        match self {
            CodeScheme::Studio => "studio",
            CodeScheme::Paper => "paper",
        }
    }
}

impl From<CodeScheme> for LabelChoice {
    /// The studio's codes are what is read where nothing was said.
    fn from(scheme: CodeScheme) -> Self {
        match scheme {
            CodeScheme::Studio => Self::Unsaid,
            CodeScheme::Paper => Self::Scheme(SchemeKind::Paper.into()),
        }
    }
}

/// Reads a label map. `name` is the file's name for messages.
///
/// # Errors
/// A damaged file, values that are no codes of the scheme, and, for the studio's, values that may be others'.
pub fn read(bytes: &[u8], name: &str, scheme: CodeScheme) -> Result<Labels, FormatError> {
    read_labels(bytes, name, &LabelChoice::from(scheme))
}

/// An indexed PNG with the label table as palette and text chunks (keyword, text).
///
/// # Errors
/// If it cannot be encoded: a side is 0, or a keyword or text is none that a PNG holds.
///
/// # Panics
/// If the number of codes is not `width * height`.
pub fn write(width: u32, height: u32, codes: &[u8], text: &[(&str, &str)]) -> Result<Vec<u8>, FormatError> {
    write_in(CodeScheme::Studio, width, height, codes, text)
}

/// As [`write`], the composite codes told in the codes of a scheme. The paper's know one kind of fluid and one
/// background: what lies above and below the retina is told apart again when the file is read, but columns without
/// any layer come back unannotated, and SRF and PED as IRF.
///
/// # Errors
/// As [`write`].
///
/// # Panics
/// If the number of codes is not `width * height`.
pub fn write_in(
    scheme: CodeScheme,
    width: u32,
    height: u32,
    codes: &[u8],
    text: &[(&str, &str)],
) -> Result<Vec<u8>, FormatError> {
    assert_eq!(codes.len(), width as usize * height as usize, "codes of a {width}x{height} label map");
    let write = |codes: &[u8], palette| {
        encode_png(width, height, codes, png::ColorType::Indexed, Some(palette), text)
    };
    match scheme {
        CodeScheme::Studio => write(codes, palette_bytes()),
        CodeScheme::Paper => {
            let codes: Vec<u8> = codes.iter().map(|&code| paper_code(code)).collect();
            write(&codes, paper_palette_bytes())
        }
    }
}

/// The paper's class of a composite code.
fn paper_code(code: u8) -> u8 {
    match code {
        UNANNOTATED => UNANNOTATED,
        BELOW_BM => ABOVE_ILM,
        lesion if is_lesion(lesion) => PAPER_FLUID,
        above_or_layer => above_or_layer,
    }
}

/// What an image that is no certain label map holds if its values are label codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PossibleLabels {
    /// What they would be.
    pub labels: Labels,
    /// The meaning its codes have: the studio's, unless they are the paper's for sure.
    pub scheme: CodeScheme,
}

/// Reads an image as labels on suspicion: `None` where it is not in the studio's codes and does not look like the
/// paper's, or where no pixel lies in the retina or beneath it, as in a black scan and in a black and white picture.
pub fn possible_labels(bytes: &[u8], name: &str) -> Option<PossibleLabels> {
    let picture = label_picture::read(bytes, name).ok()?;
    let looks_like_papers = || {
        let best = propose(&picture).into_iter().next()?;
        (best.scheme == SchemeKind::Paper.into() && best.confidence >= Confidence::Likely)
            .then_some(CodeScheme::Paper)
    };
    let read = |scheme: CodeScheme| {
        let labels = labels_of(&picture, name, &scheme.into()).ok()?;
        Some(PossibleLabels { labels, scheme })
    };
    let found = read(CodeScheme::Studio).or_else(|| read(looks_like_papers()?))?;
    let says_something = |code: &u8| ![ABOVE_ILM, UNANNOTATED].contains(code);
    found.labels.codes.iter().any(says_something).then_some(found)
}

/// Whether the bytes are an indexed PNG whose palette begins with the label table: a label map that this
/// program, or one that copied its palette, has written.
pub fn is_label_png(bytes: &[u8]) -> bool {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let Ok(reader) = decoder.read_info() else { return false };
    let palette = reader.info().palette.as_deref().unwrap_or_default();
    let (found, _) = palette.as_chunks::<3>();
    reader.info().color_type == png::ColorType::Indexed
        && found.len() >= LABELS.len()
        && LABELS.iter().zip(found).all(|(label, found)| code_of_color(*found) == Some(label.code))
}

fn palette_bytes() -> Vec<u8> {
    let mut palette = vec![0u8; 256 * 3];
    for label in &LABELS {
        palette[label.code as usize * 3..][..3].copy_from_slice(&label.color);
    }
    palette[UNANNOTATED as usize * 3..].copy_from_slice(&UNANNOTATED_COLOR);
    palette
}

/// The palette of the paper's classes: the colours of the labels, and fluid as IRF.
fn paper_palette_bytes() -> Vec<u8> {
    (0..=u8::MAX).flat_map(|class| paper_color(class).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::label_picture::LabelValue;
    use crate::formats::scan_image;
    use crate::scan::GreyImage;

    const CODES: [u8; 15] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255, 8, 8];

    #[test]
    fn labels_round_trip_through_the_indexed_png() {
        let bytes = write(5, 3, &CODES, &[("Credit", "nobody")]).unwrap();
        let labels = read(&bytes, "a.png", CodeScheme::Studio).unwrap();
        assert_eq!((labels.width, labels.height), (5, 3));
        assert_eq!(labels.codes, CODES);
        assert!(labels.warnings.is_empty());
    }

    #[test]
    fn grey_codes_are_read_and_spread_intensities_are_asked_about() {
        let grey = scan_image::write(&GreyImage::new(5, 3, CODES.to_vec()), &[]).unwrap();
        assert_eq!(read(&grey, "g.png", CodeScheme::Studio).unwrap().codes, CODES);
        let spread: Vec<u8> = CODES.iter().map(|&c| c.saturating_mul(31)).collect();
        let spread = scan_image::write(&GreyImage::new(5, 3, spread), &[]).unwrap();
        let error = read(&spread, "s.png", CodeScheme::Studio).unwrap_err().to_string();
        assert!(error.starts_with("s.png: the value 31 at column 1, row 0"), "{error}");
        assert!(error.contains("--scheme paper"));
    }

    #[test]
    fn label_colours_are_read_in_any_palette_order_and_as_rgb() {
        let palette: Vec<u8> = LABELS.iter().rev().flat_map(|l| l.color).collect();
        let indexed = encode_png(3, 1, &[11, 2, 4], png::ColorType::Indexed, Some(palette), &[]).unwrap();
        assert_eq!(read(&indexed, "p.png", CodeScheme::Studio).unwrap().codes, [0, 9, 7]);
        let rgb = image::RgbImage::from_fn(2, 1, |x, _| image::Rgb(LABELS[9 - x as usize].color));
        let mut bytes = Vec::new();
        rgb.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
        assert_eq!(read(&bytes, "rgb.png", CodeScheme::Studio).unwrap().codes, [9, 8]);
    }

    #[test]
    fn files_of_the_former_palette_are_label_maps() {
        let mut palette: Vec<u8> = LABELS.iter().flat_map(|l| l.color).collect();
        palette[30..33].copy_from_slice(&crate::anatomy::FORMER_SRF_COLOR);
        let bytes = encode_png(3, 1, &[0, 10, 7], png::ColorType::Indexed, Some(palette), &[]).unwrap();
        assert!(is_label_png(&bytes));
        let labels = read(&bytes, "p.png", CodeScheme::Studio).unwrap();
        assert_eq!((labels.codes, labels.warnings.len()), (vec![0, 10, 7], 0));
        let rgb = image::RgbImage::from_pixel(1, 1, image::Rgb(crate::anatomy::FORMER_SRF_COLOR));
        let mut bytes = Vec::new();
        rgb.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
        assert_eq!(read(&bytes, "rgb.png", CodeScheme::Studio).unwrap().codes, [10]);
    }

    #[test]
    fn a_foreign_palette_is_taken_as_codes_with_a_warning() {
        let palette = vec![1, 2, 3, 200, 10, 20, 30, 77, 99];
        let bytes = encode_png(3, 1, &[0, 1, 2], png::ColorType::Indexed, Some(palette), &[]).unwrap();
        let labels = read(&bytes, "p.png", CodeScheme::Studio).unwrap();
        assert_eq!(labels.codes, [0, 1, 2]);
        assert_eq!(labels.warnings.len(), 1);
    }

    #[test]
    fn the_papers_classes_are_asked_about_and_split_on_request() {
        let column = [0, 0, 1, 2, 8, 0, 5, 7, 0, 0];
        let grey = scan_image::write(&GreyImage::new(1, 10, column.to_vec()), &[]).unwrap();
        let error = read(&grey, "paper.png", CodeScheme::Studio).unwrap_err().to_string();
        assert!(error.contains("--scheme paper"), "{error}");
        let labels = read(&grey, "paper.png", CodeScheme::Paper).unwrap();
        assert_eq!(labels.codes, [0, 0, 1, 2, 9, 9, 5, 7, 8, 8]);
        let empty = scan_image::write(&GreyImage::new(1, 4, vec![0; 4]), &[]).unwrap();
        assert_eq!(read(&empty, "e.png", CodeScheme::Paper).unwrap().codes, [255; 4]);
    }

    #[test]
    fn the_papers_classes_are_written_and_come_back() {
        let codes: Vec<u8> =
            [[0, 255], [1, 255], [9, 255], [11, 255], [5, 255], [7, 255], [8, 255], [8, 255]].concat();
        let bytes = write_in(CodeScheme::Paper, 2, 8, &codes, &[]).unwrap();
        let raw = label_picture::read(&bytes, "p.png").unwrap();
        let value = |position: &u8| raw.values[usize::from(*position)].value;
        let column: Vec<LabelValue> = raw.pixels.iter().step_by(2).map(value).collect();
        assert_eq!(column, [0, 1, 8, 8, 5, 7, 0, 0].map(LabelValue::Code));
        let labels = read(&bytes, "p.png", CodeScheme::Paper).unwrap();
        let column: Vec<u8> = labels.codes.iter().step_by(2).copied().collect();
        assert_eq!(column, [0, 1, 9, 9, 5, 7, 8, 8], "PED has become the one fluid there is");
        assert!(labels.codes.iter().skip(1).step_by(2).all(|&code| code == UNANNOTATED));
        assert!(labels.warnings.is_empty(), "{:?}", labels.warnings);
        // Nobody takes it for a file of the studio's codes.
        assert!(!is_label_png(&bytes));
        assert!(
            read(&bytes, "p.png", CodeScheme::Studio).unwrap_err().to_string().contains("--scheme paper")
        );
    }

    #[test]
    fn grey_codes_may_be_labels_and_pictures_are_none() {
        let grey = |pixels: &[u8]| {
            let image = GreyImage::new(1, pixels.len() as u32, pixels.to_vec());
            scan_image::write(&image, &[]).unwrap()
        };
        let found = possible_labels(&grey(&[0, 1, 3, 3, 9, 8, 255]), "g.png").unwrap();
        assert_eq!(found.scheme, CodeScheme::Studio);
        assert_eq!(found.labels.counts(), [(0, 1), (1, 1), (3, 2), (8, 1), (9, 1), (255, 1)]);
        let paper = possible_labels(&grey(&[0, 1, 8, 7, 0, 0]), "g.png").unwrap();
        assert_eq!((paper.scheme, &paper.labels.codes[..]), (CodeScheme::Paper, &[0, 1, 9, 7, 8, 8][..]));
        for picture in [[0, 0, 0], [0, 255, 255], [0, 7, 90]] {
            assert_eq!(possible_labels(&grey(&picture), "g.png"), None, "{picture:?}");
        }
    }
}
