//! The stored samples of a PNG of any kind: 1 to 16 bits, grey, indexed, colour, with or without opacity.

use std::io::Cursor;

use png::{BitDepth, ColorType};

use super::found::Gathering;
use super::picture::LabelPicture;
use crate::formats::FormatError;
use crate::formats::scan_image::{check_png_end, check_size};

/// Deflate shrinks by at most 1032: a tiny file cannot hold a large map.
const MAX_COMPRESSION: usize = 1100;

/// Reads a PNG without expanding anything.
pub(super) fn read(bytes: &[u8], name: &str) -> Result<LabelPicture, FormatError> {
    let broken = |place: &'static str| {
        move |e: png::DecodingError| {
            let remedy = "the PNG is damaged or cut off: get a fresh copy";
            FormatError::malformed(name, place, e.to_string(), remedy)
        }
    };
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let info = decoder.read_header_info().map_err(broken("the PNG header"))?;
    let (width, height, color, depth) = (info.width, info.height, info.color_type, info.bit_depth);
    check_size(width, height, name)?;
    check_png_end(bytes, name)?;
    let line_bytes = (width as usize * color.samples() * depth as usize).div_ceil(8);
    if line_bytes * height as usize > bytes.len().saturating_mul(MAX_COMPRESSION) {
        return Err(FormatError::malformed(
            name,
            "the PNG header",
            format!("it claims {width}x{height} pixels, more than {} bytes can hold", bytes.len()),
            "the file is damaged or cut off: get a fresh copy",
        ));
    }
    let mut reader = decoder.read_info().map_err(broken("the PNG header"))?;
    let mut packed = vec![0; line_bytes * height as usize];
    if reader.output_buffer_size().is_none_or(|needed| needed > packed.len()) {
        return Err(FormatError::malformed(name, "the PNG header", "sizes disagree", "get a fresh copy"));
    }
    reader.next_frame(&mut packed).map_err(broken("the PNG pixels"))?;
    let mut gathering = Gathering::new(width, height, name);
    gather(&mut gathering, &packed, width as usize, line_bytes, (color, depth))?;
    if color == ColorType::Indexed {
        let palette = reader.info().palette.as_deref().unwrap_or_default();
        gathering = gathering.with_palette(palette.as_chunks::<3>().0)?;
    }
    Ok(gathering.picture())
}

fn gather(
    gathering: &mut Gathering,
    packed: &[u8],
    width: usize,
    line_bytes: usize,
    (color, depth): (ColorType, BitDepth),
) -> Result<(), FormatError> {
    let wide = || packed.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair));
    match (color, depth) {
        (ColorType::Grayscale, BitDepth::Sixteen) => gathering.codes(wide().map(i32::from)),
        (ColorType::Grayscale | ColorType::Indexed, _) => {
            // What is white in a picture of black and white alone is white in any.
            let white = if (color, depth) == (ColorType::Grayscale, BitDepth::One) { 255 } else { 1 };
            let codes = unpack(packed, width, line_bytes, depth as usize);
            gathering.codes(codes.into_iter().map(|code| i32::from(code) * white))
        }
        (ColorType::GrayscaleAlpha, BitDepth::Sixteen) => {
            let pairs = packed.as_chunks::<4>().0.iter();
            let pixels = pairs.map(|p| (i32::from(u16::from_be_bytes([p[0], p[1]])), opacity([p[2], p[3]])));
            gathering.codes_with_alpha(pixels)
        }
        (ColorType::GrayscaleAlpha, _) => {
            let pixels = packed.as_chunks::<2>().0.iter().map(|&[code, alpha]| (i32::from(code), alpha));
            gathering.codes_with_alpha(pixels)
        }
        (ColorType::Rgb, BitDepth::Sixteen) => {
            let colors = packed.as_chunks::<6>().0.iter().map(|p| [p[0], p[2], p[4], u8::MAX]);
            gathering.colors(colors)
        }
        (ColorType::Rgba, BitDepth::Sixteen) => {
            let colors = packed.as_chunks::<8>().0.iter();
            gathering.colors(colors.map(|p| [p[0], p[2], p[4], opacity([p[6], p[7]])]))
        }
        (ColorType::Rgb, _) => {
            gathering.colors(packed.as_chunks::<3>().0.iter().map(|&[r, g, b]| [r, g, b, u8::MAX]))
        }
        (ColorType::Rgba, _) => gathering.colors(packed.as_chunks::<4>().0.iter().copied()),
    }
}

/// Of 16 bits the upper eight, but nothing that is not quite opaque becomes opaque, or gone.
fn opacity(pair: [u8; 2]) -> u8 {
    match u16::from_be_bytes(pair) {
        0 => 0,
        u16::MAX => u8::MAX,
        between => ((between >> 8) as u8).clamp(1, 254),
    }
}

/// One byte a sample from lines of packed samples of 1, 2, 4 or 8 bits.
pub(super) fn unpack(packed: &[u8], width: usize, line_bytes: usize, bits: usize) -> Vec<u8> {
    let mask = (0xffu16 >> (8 - bits)) as u8;
    packed
        .chunks_exact(line_bytes)
        .flat_map(|line| (0..width).map(move |x| line[x * bits / 8] >> (8 - bits - x * bits % 8) & mask))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_bit_indices_unpack() {
        assert_eq!(unpack(&[0x12, 0x30, 0x45, 0x60], 3, 2, 4), [1, 2, 3, 4, 5, 6]);
        assert_eq!(unpack(&[0b1010_0000], 3, 1, 1), [1, 0, 1]);
    }
}
