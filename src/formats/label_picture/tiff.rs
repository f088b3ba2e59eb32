//! The stored samples of a TIFF: whole numbers of any width, whole numbers written as floats, indices, colours.
//!
//! The decoder shows a picture: it turns codes round where 0 is shown white (code 8 would become 247), and knows no
//! palette. A label map is read as numbers, so it is told that 0 is black, and the palette is read beside it.

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::found::Gathering;
use super::picture::LabelPicture;
use super::png::unpack;
use crate::formats::scan_image::check_size;
use crate::formats::{FormatError, tiff_directory};

/// As for scans: no compression in use shrinks pixels further.
const MAX_COMPRESSION: usize = 2000;
/// Bytes that the decoder may need beside the pixels.
const DECODER_BYTES: usize = 8 << 20;
const PHOTOMETRIC: u16 = 262;
const BLACK_IS_ZERO: u8 = 1;
const PALETTE: u64 = 3;
const RGB: u64 = 2;

type Open<'a> = Decoder<Cursor<&'a [u8]>>;

/// Reads the first page of a TIFF.
pub(super) fn read(bytes: &[u8], name: &str) -> Result<LabelPicture, FormatError> {
    tiff_directory::check(bytes, name)?;
    let open = |bytes| -> Result<Open, tiff::TiffError> {
        let mut limits = Limits::default();
        limits.decoding_buffer_size = bytes_allowed(bytes);
        limits.intermediate_buffer_size = bytes_allowed(bytes);
        limits.ifd_value_size = bytes.len().max(1 << 20);
        Ok(Decoder::new(Cursor::new(bytes))?.with_limits(limits))
    };
    let broken = |place: &'static str| {
        move |e: tiff::TiffError| {
            let remedy = "the TIFF is damaged, cut off or of an unusual kind; save the labels as PNG";
            FormatError::malformed(name, place, e.to_string(), remedy)
        }
    };
    let mut header = open(bytes).map_err(broken("the TIFF header"))?;
    let (width, height) = header.dimensions().map_err(broken("the TIFF header"))?;
    check_size(width, height, name)?;
    let shown = header.find_tag_unsigned::<u64>(Tag::PhotometricInterpretation);
    let shown = shown.map_err(broken("the TIFF header"))?.unwrap_or(1);
    let palette = match shown {
        PALETTE => Some(palette(&mut header).map_err(broken("the palette"))?),
        _ => None,
    };
    refuse_planes(&mut header, name)?;
    let as_numbers = if shown == RGB { None } else { with_black_zero(bytes) };
    let mut decoder = open(as_numbers.as_deref().unwrap_or(bytes)).map_err(broken("the TIFF header"))?;
    let color = decoder.colortype().map_err(broken("the TIFF header"))?;
    let samples = decoder.read_image().map_err(broken("the pixels"))?;
    let mut gathering = Gathering::new(width, height, name);
    gather(&mut gathering, samples, [width, height], color, name)?;
    if let Some(palette) = palette {
        gathering = gathering.with_palette(&palette)?;
    }
    Ok(gathering.picture())
}

fn bytes_allowed(bytes: &[u8]) -> usize {
    bytes.len().saturating_mul(MAX_COMPRESSION).saturating_add(DECODER_BYTES)
}

/// Red, green and blue of one pixel far apart in the file are read as one plane by the decoder.
fn refuse_planes(header: &mut Open, name: &str) -> Result<(), FormatError> {
    let number = |header: &mut Open, tag| header.find_tag_unsigned::<u64>(tag).ok().flatten();
    let are_apart = number(header, Tag::PlanarConfiguration) == Some(2);
    if are_apart && number(header, Tag::SamplesPerPixel).is_some_and(|samples| samples > 1) {
        let problem = "its colour planes are stored one after the other";
        return Err(FormatError::malformed(name, "the TIFF header", problem, "save the labels as PNG"));
    }
    Ok(())
}

/// The palette: 16-bit reds, then greens, then blues.
fn palette(header: &mut Open) -> Result<Vec<[u8; 3]>, tiff::TiffError> {
    let levels: Vec<u16> = header.find_tag_unsigned_vec(Tag::ColorMap)?.unwrap_or_default();
    let count = levels.len() / 3;
    let level = |channel: usize, index: usize| (levels[channel * count + index] >> 8) as u8;
    Ok((0..count).map(|index| [level(0, index), level(1, index), level(2, index)]).collect())
}

/// A copy in which 0 is black; `None` where the tag is not found or says so already.
fn with_black_zero(bytes: &[u8]) -> Option<Vec<u8>> {
    let is_little_endian = bytes.starts_with(b"II");
    let number = |at: usize, length: usize| -> Option<usize> {
        let part = bytes.get(at..at.checked_add(length)?)?;
        let digits = part.iter().rev().map(|&byte| usize::from(byte));
        let big_first = part.iter().map(|&byte| usize::from(byte));
        let join = |number: usize, digit: usize| number << 8 | digit;
        Some(if is_little_endian { digits.fold(0, join) } else { big_first.fold(0, join) })
    };
    // Classic TIFF and BigTIFF: bytes of an offset, of the number of entries, of an entry, where its value stands.
    let (offset_at, offset_bytes, count_bytes, entry_bytes, value_at) = match number(2, 2)? {
        42 => (4, 4, 2, 12, 8),
        43 => (8, 8, 8, 20, 12),
        _ => return None,
    };
    let directory = number(offset_at, offset_bytes)?;
    let entries = number(directory, count_bytes)?.min(bytes.len() / entry_bytes);
    let first = directory.checked_add(count_bytes)?;
    let entry = (0..entries)
        .map(|index| first + index * entry_bytes)
        .find(|&at| number(at, 2) == Some(usize::from(PHOTOMETRIC)))?;
    let value = entry + value_at + usize::from(!is_little_endian);
    let mut copy = bytes.to_vec();
    *copy.get_mut(value)? = BLACK_IS_ZERO;
    Some(copy)
}

fn gather(
    gathering: &mut Gathering,
    samples: DecodingResult,
    [width, height]: [u32; 2],
    color: ColorType,
    name: &str,
) -> Result<(), FormatError> {
    let unusual = |what: String| {
        FormatError::malformed(name, "the TIFF header", what, "save the labels as PNG, one code a pixel")
    };
    let pixels = width as usize * height as usize;
    let per_pixel = usize::from(color.num_samples());
    let bits = usize::from(color.bit_depth());
    if per_pixel == 1 && bits < 8 {
        let DecodingResult::U8(packed) = samples else { return Err(unusual(format!("{bits} bits a pixel"))) };
        let line_bytes = (width as usize * bits).div_ceil(8);
        if ![1, 2, 4].contains(&bits) || packed.len() < line_bytes * height as usize {
            return Err(unusual(format!("{bits} bits a pixel")));
        }
        let white = if bits == 1 { 255 } else { 1 };
        let codes = unpack(&packed[..line_bytes * height as usize], width as usize, line_bytes, bits);
        return gathering.codes(codes.into_iter().map(|code| i32::from(code) * white));
    }
    let count = sample_count(&samples);
    if count < pixels * per_pixel {
        return Err(unusual(format!("{count} samples for {width}x{height} pixels")));
    }
    match (color, per_pixel, samples) {
        (ColorType::RGB(8), _, DecodingResult::U8(bytes)) => {
            let pixels = bytes.as_chunks::<3>().0[..pixels].iter();
            gathering.colors(pixels.map(|&[r, g, b]| [r, g, b, u8::MAX]))
        }
        (ColorType::RGBA(8), _, DecodingResult::U8(bytes)) => {
            gathering.colors(bytes.as_chunks::<4>().0[..pixels].iter().copied())
        }
        (ColorType::Multiband { .. } | ColorType::GrayA(_), 2, DecodingResult::U8(bytes)) => {
            let pairs = bytes.as_chunks::<2>().0[..pixels].iter();
            gathering.codes_with_alpha(pairs.map(|&[code, alpha]| (i32::from(code), alpha)))
        }
        (_, 1, samples) => gathering.numbers(numbers(samples).take(pixels)),
        _ => Err(unusual(format!("{per_pixel} samples of {bits} bits a pixel"))),
    }
}

fn sample_count(samples: &DecodingResult) -> usize {
    match samples {
        DecodingResult::U8(all) => all.len(),
        DecodingResult::U16(all) => all.len(),
        DecodingResult::U32(all) => all.len(),
        DecodingResult::U64(all) => all.len(),
        DecodingResult::I8(all) => all.len(),
        DecodingResult::I16(all) => all.len(),
        DecodingResult::I32(all) => all.len(),
        DecodingResult::I64(all) => all.len(),
        DecodingResult::F16(all) => all.len(),
        DecodingResult::F32(all) => all.len(),
        DecodingResult::F64(all) => all.len(),
    }
}

/// Samples of any kind; those that no `f64` holds are no label codes and become the nearest that one holds.
fn numbers(samples: DecodingResult) -> Box<dyn Iterator<Item = f64>> {
    match samples {
        DecodingResult::U8(all) => Box::new(all.into_iter().map(f64::from)),
        DecodingResult::U16(all) => Box::new(all.into_iter().map(f64::from)),
        DecodingResult::U32(all) => Box::new(all.into_iter().map(f64::from)),
        DecodingResult::U64(all) => Box::new(all.into_iter().map(|value| value as f64)),
        DecodingResult::I8(all) => Box::new(all.into_iter().map(f64::from)),
        DecodingResult::I16(all) => Box::new(all.into_iter().map(f64::from)),
        DecodingResult::I32(all) => Box::new(all.into_iter().map(f64::from)),
        DecodingResult::I64(all) => Box::new(all.into_iter().map(|value| value as f64)),
        DecodingResult::F16(all) => Box::new(all.into_iter().map(f64::from)),
        DecodingResult::F32(all) => Box::new(all.into_iter().map(f64::from)),
        DecodingResult::F64(all) => Box::new(all.into_iter()),
    }
}
