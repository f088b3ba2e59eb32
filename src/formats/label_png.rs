//! Label maps: one composite code a pixel, in an indexed or grey image.
//!
//! Written as indexed PNG whose palette is the label table, so that any viewer shows the labels in colour
//! and any reader finds the codes. Read from indexed, grey and label-coloured images; what could be read
//! in two ways is an error that asks the question: a wrong guess would be silent and train a wrong model.

use std::io::Cursor;

use image::DynamicImage;

use super::FormatError;
use super::scan_image::{check_png_end, check_size, decode, encode_png, one_page_warning};
use crate::anatomy::{ABOVE_ILM, BELOW_BM, IRF, LABELS, LAYER_COUNT, UNANNOTATED, is_lesion};
use crate::mask::is_composite_code;

/// Palette colour of unannotated pixels.
const UNANNOTATED_COLOR: [u8; 3] = [128, 128, 128];
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

/// A label map as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    pub width: u32,
    pub height: u32,
    /// Composite codes, row-major.
    pub codes: Vec<u8>,
    /// What the reader assumed and the user may want to know.
    pub warnings: Vec<String>,
}

impl Labels {
    /// How many pixels hold each code, for the codes that occur, in code order.
    pub fn counts(&self) -> Vec<(u8, u64)> {
        let mut counts = [0; 256];
        self.codes.iter().for_each(|&code| counts[usize::from(code)] += 1);
        (0..=u8::MAX).zip(counts).filter(|(_, count)| *count > 0).collect()
    }
}

/// Samples of a label image before they are understood.
struct Samples {
    width: u32,
    height: u32,
    values: Vec<u8>,
    /// The colour of each value; `None` for grey images.
    palette: Option<Vec<[u8; 3]>>,
}

/// Reads a label map. `name` is the file's name for messages.
pub fn read(bytes: &[u8], name: &str, scheme: CodeScheme) -> Result<Labels, FormatError> {
    let samples =
        if bytes.starts_with(b"\x89PNG") { png_samples(bytes, name)? } else { other_samples(bytes, name)? };
    let mut warnings: Vec<String> = one_page_warning(bytes, name).into_iter().collect();
    let values = match &samples.palette {
        Some(palette) => palette_codes(&samples.values, palette, name, scheme, &mut warnings)?,
        None => samples.values,
    };
    let (width, height) = (samples.width, samples.height);
    check_codes(&values, width, name, scheme)?;
    let codes = match scheme {
        CodeScheme::Studio => values,
        CodeScheme::Paper => studio_from_paper(values, width as usize),
    };
    Ok(Labels { width, height, codes, warnings })
}

/// An indexed PNG with the label table as palette and text chunks (keyword, text).
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
    pub labels: Labels,
    /// The meaning its codes have: the studio's, unless they are the paper's for sure.
    pub scheme: CodeScheme,
}

/// Reads an image as labels on suspicion: `None` where a value is no label code, or where no pixel lies in
/// the retina or beneath it, as in a black scan and in a black and white picture.
pub fn possible_labels(bytes: &[u8], name: &str) -> Option<PossibleLabels> {
    let schemes = [CodeScheme::Studio, CodeScheme::Paper].into_iter();
    let found = schemes.map(|scheme| (read(bytes, name, scheme), scheme)).find_map(|(read, scheme)| {
        let labels = read.ok()?;
        Some(PossibleLabels { labels, scheme })
    })?;
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
    let table = LABELS.iter().flat_map(|label| label.color);
    reader.info().color_type == png::ColorType::Indexed
        && palette.len() >= LABELS.len() * 3
        && table.zip(palette).all(|(wanted, found)| wanted == *found)
}

fn palette_bytes() -> Vec<u8> {
    let mut palette = vec![0u8; 256 * 3];
    for label in &LABELS {
        palette[label.code as usize * 3..][..3].copy_from_slice(&label.color);
    }
    palette[UNANNOTATED as usize * 3..].copy_from_slice(&UNANNOTATED_COLOR);
    palette
}

/// The colours of the paper's classes: those of the labels, and fluid as IRF.
fn paper_palette_bytes() -> Vec<u8> {
    let mut palette = vec![0u8; 256 * 3];
    let label_table = palette_bytes();
    let color_of = |code: u8| &label_table[usize::from(code) * 3..][..3];
    for code in 0..PAPER_FLUID {
        palette[usize::from(code) * 3..][..3].copy_from_slice(color_of(code));
    }
    palette[usize::from(PAPER_FLUID) * 3..][..3].copy_from_slice(color_of(IRF));
    palette[usize::from(UNANNOTATED) * 3..].copy_from_slice(&UNANNOTATED_COLOR);
    palette
}

/// The composite code whose label has a colour.
fn code_of_color(color: [u8; 3]) -> Option<u8> {
    if color == UNANNOTATED_COLOR {
        return Some(UNANNOTATED);
    }
    LABELS.iter().find(|label| label.color == color).map(|label| label.code)
}

fn png_samples(bytes: &[u8], name: &str) -> Result<Samples, FormatError> {
    let broken = |place: &'static str| {
        move |e: png::DecodingError| {
            FormatError::malformed(
                name,
                place,
                e.to_string(),
                "the PNG is damaged or cut off: get a fresh copy",
            )
        }
    };
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let info = decoder.read_header_info().map_err(broken("the PNG header"))?;
    let (width, height, color, depth) = (info.width, info.height, info.color_type, info.bit_depth);
    check_size(width, height, name)?;
    if !matches!(color, png::ColorType::Grayscale | png::ColorType::Indexed)
        || depth == png::BitDepth::Sixteen
    {
        return other_samples(bytes, name);
    }
    check_png_end(bytes, name)?;
    let mut reader = decoder.read_info().map_err(broken("the PNG header"))?;
    let line_bytes = (width as usize * depth as usize).div_ceil(8);
    // Deflate shrinks by at most 1032: a tiny file cannot hold a large map.
    if line_bytes * height as usize > bytes.len().saturating_mul(1100) {
        return Err(FormatError::malformed(
            name,
            "the PNG header",
            format!("it claims {width}x{height} pixels, more than {} bytes can hold", bytes.len()),
            "the file is damaged or cut off: get a fresh copy",
        ));
    }
    let mut packed = vec![0; line_bytes * height as usize];
    if reader.output_buffer_size().is_none_or(|needed| needed > packed.len()) {
        return Err(FormatError::malformed(name, "the PNG header", "sizes disagree", "get a fresh copy"));
    }
    reader.next_frame(&mut packed).map_err(broken("the PNG pixels"))?;
    let palette = match color {
        png::ColorType::Indexed => {
            let palette = reader.info().palette.as_deref().unwrap_or_default();
            Some(palette.as_chunks::<3>().0.to_vec())
        }
        _ => None,
    };
    let values = unpack(&packed, width as usize, line_bytes, depth as usize);
    Ok(Samples { width, height, values, palette })
}

/// One byte a sample from lines of packed samples of 1, 2, 4 or 8 bits.
fn unpack(packed: &[u8], width: usize, line_bytes: usize, bits: usize) -> Vec<u8> {
    let mask = (0xffu16 >> (8 - bits)) as u8;
    packed
        .chunks_exact(line_bytes)
        .flat_map(|line| (0..width).map(move |x| line[x * bits / 8] >> (8 - bits - x * bits % 8) & mask))
        .collect()
}

/// Grey and label-coloured maps in the other formats.
fn other_samples(bytes: &[u8], name: &str) -> Result<Samples, FormatError> {
    if bytes.starts_with(&[0xff, 0xd8]) {
        return Err(FormatError::malformed(
            name,
            "the file",
            "a JPEG changes label codes",
            "save the labels as PNG, indexed or 8-bit grey",
        ));
    }
    let image = decode(bytes, name)?;
    let (width, height) = (image.width(), image.height());
    let values = match image {
        DynamicImage::ImageLuma8(grey) => grey.into_raw(),
        DynamicImage::ImageRgb8(_) | DynamicImage::ImageRgba8(_) => {
            return colored_samples(&image.into_rgb8(), name);
        }
        DynamicImage::ImageLuma16(grey) => {
            let narrow: Option<Vec<u8>> = grey.iter().map(|&v| u8::try_from(v).ok()).collect();
            narrow.ok_or_else(|| unknown_codes(name, "16-bit values above 255"))?
        }
        _ => return Err(unknown_codes(name, "an unusual kind of pixel")),
    };
    Ok(Samples { width, height, values, palette: None })
}

fn colored_samples(image: &image::RgbImage, name: &str) -> Result<Samples, FormatError> {
    let mut values = Vec::with_capacity(image.width() as usize * image.height() as usize);
    for (x, y, pixel) in image.enumerate_pixels() {
        let [r, g, b] = pixel.0;
        let grey = (r == g && g == b && is_composite_code(r)).then_some(r);
        let Some(code) = code_of_color(pixel.0).or(grey) else {
            return Err(unknown_codes(name, &format!("the colour ({r}, {g}, {b}) at column {x}, row {y}")));
        };
        values.push(code);
    }
    Ok(Samples { width: image.width(), height: image.height(), values, palette: None })
}

/// Codes of an indexed image: by colour where every used colour is a label's, else the indices themselves.
fn palette_codes(
    indices: &[u8],
    palette: &[[u8; 3]],
    name: &str,
    scheme: CodeScheme,
    warnings: &mut Vec<String>,
) -> Result<Vec<u8>, FormatError> {
    let used = used_values(indices);
    if let Some(beyond) = used.iter().find(|&&index| index as usize >= palette.len()) {
        let problem = format!("index {beyond} lies outside a palette of {}", palette.len());
        return Err(FormatError::malformed(
            name,
            "the pixels",
            problem,
            "the PNG is damaged: get a fresh copy",
        ));
    }
    let colors = || used.iter().map(|&index| (index, palette[index as usize]));
    if scheme == CodeScheme::Studio && colors().all(|(_, color)| code_of_color(color).is_some()) {
        let mut table = [0u8; 256];
        for (index, color) in colors() {
            table[index as usize] = code_of_color(color).unwrap_or(UNANNOTATED);
        }
        return Ok(indices.iter().map(|&index| table[index as usize]).collect());
    }
    let paper = paper_palette_bytes();
    let is_own = |(index, color): (u8, [u8; 3])| paper[usize::from(index) * 3..][..3] == color;
    if colors().all(|(index, color)| color == [index; 3])
        || (scheme == CodeScheme::Paper && colors().all(is_own))
    {
        return Ok(indices.to_vec());
    }
    if used.iter().all(|&index| is_composite_code(index)) {
        warnings.push(format!(
            "{name}: the palette is not the label table; its indices are taken as label codes"
        ));
    }
    Ok(indices.to_vec())
}

fn used_values(values: &[u8]) -> Vec<u8> {
    let mut seen = [false; 256];
    values.iter().for_each(|&value| seen[value as usize] = true);
    (0..=u8::MAX).filter(|&value| seen[value as usize]).collect()
}

/// Refuses values that are no codes of the scheme, and studio files that look like the paper's classes.
fn check_codes(values: &[u8], width: u32, name: &str, scheme: CodeScheme) -> Result<(), FormatError> {
    let used = used_values(values);
    let known = |code: u8| match scheme {
        CodeScheme::Studio => is_composite_code(code),
        CodeScheme::Paper => code <= PAPER_FLUID || code == UNANNOTATED,
    };
    if let Some(unknown) = used.iter().copied().find(|&code| !known(code)) {
        let at = values.iter().position(|&value| value == unknown).unwrap_or(0);
        let (x, y) = (at % width as usize, at / width as usize);
        let what = format!("the value {unknown} at column {x}, row {y} ({} different values)", used.len());
        return Err(unknown_codes(name, &what));
    }
    if scheme == CodeScheme::Studio && background_below_layers(values, width as usize) {
        return Err(FormatError::Ambiguous {
            file: name.to_owned(),
            question: "background (0) lies below the layers as well as above them: \
                       are these the paper's nine classes, where 8 is fluid?"
                .to_owned(),
            remedy: "If so, say `--scheme paper`; if not, label what lies below BM as 8.".to_owned(),
        });
    }
    Ok(())
}

/// Whether in most columns that hold a layer the deepest pixel is background.
fn background_below_layers(values: &[u8], width: usize) -> bool {
    let is_layer = |code: u8| (1..=LAYER_COUNT as u8).contains(&code);
    let mut with_layers = 0;
    let mut ending_in_background = 0;
    let bottom = &values[values.len() - width..];
    for (x, &deepest) in bottom.iter().enumerate() {
        if values[x..].iter().step_by(width).any(|&code| is_layer(code)) {
            with_layers += 1;
            ending_in_background += usize::from(deepest == ABOVE_ILM);
        }
    }
    2 * ending_in_background > with_layers
}

fn unknown_codes(name: &str, what: &str) -> FormatError {
    FormatError::Ambiguous {
        file: name.to_owned(),
        question: format!("{what} is no label code: which labels do the values stand for?"),
        remedy: "Label files hold the codes 0 above ILM, 1-7 layers, 8 below BM, 9 IRF, 10 SRF, 11 PED, 255 \
                 unannotated (or the paper's 0-8 with `--scheme paper`); intensities spread over 0-255 must \
                 be mapped back to codes first."
            .to_owned(),
    }
}

/// The paper's classes as composite codes: background is split per column into above ILM and below BM;
/// background enclosed by layers continues the layer above; columns without any layer are unannotated.
fn studio_from_paper(mut values: Vec<u8>, width: usize) -> Vec<u8> {
    let height = values.len() / width;
    for x in 0..width {
        let rows = |wanted: &dyn Fn(u8) -> bool| {
            let hit = |y: &usize| wanted(values[y * width + x]);
            ((0..height).find(hit), (0..height).rev().find(hit))
        };
        let is_tissue = |code: u8| code != ABOVE_ILM && code != UNANNOTATED;
        let (first, last) = rows(&is_tissue);
        let mut above = ABOVE_ILM;
        for y in 0..height {
            let code = &mut values[y * width + x];
            *code = match (*code, first, last) {
                (UNANNOTATED, ..) | (_, None, _) | (_, _, None) => UNANNOTATED,
                (PAPER_FLUID, ..) => IRF,
                (ABOVE_ILM, Some(first), _) if y < first => ABOVE_ILM,
                (ABOVE_ILM, _, Some(last)) if y > last => BELOW_BM,
                (ABOVE_ILM, ..) => above,
                (layer, ..) => layer,
            };
            above = *code;
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let raw = png_samples(&bytes, "p.png").unwrap();
        let column: Vec<u8> = raw.values.iter().step_by(2).copied().collect();
        assert_eq!(column, [0, 1, 8, 8, 5, 7, 0, 0]);
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

    #[test]
    fn four_bit_indices_unpack() {
        assert_eq!(unpack(&[0x12, 0x30, 0x45, 0x60], 3, 2, 4), [1, 2, 3, 4, 5, 6]);
        assert_eq!(unpack(&[0b1010_0000], 3, 1, 1), [1, 0, 1]);
    }
}
