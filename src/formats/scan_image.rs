//! Scans as plain images: PNG, JPEG, TIFF and BMP in, grey PNG out.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::{FormatError, MAX_FILE_BYTES, tiff_directory};
use crate::scan::{GreyImage, MAX_SIDE_PX};

/// No image compression in use shrinks pixels further than this: a file that claims more pixels than its
/// bytes could hold lies, and is refused before its pixels are allocated.
const MAX_COMPRESSION: u64 = 2000;
/// Bytes that a decoder may need beside the pixels.
const DECODER_BYTES: u64 = 8 << 20;

/// Most pages that a TIFF is read with; as many as a folder is opened with.
const MAX_PAGES: usize = 1024;

/// The pages of an image file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// All of one size, in the order of the file; at least one.
    pub images: Vec<GreyImage>,
    /// Which pages were left out, and why.
    pub warnings: Vec<String>,
}

/// Reads every page of an image as [`read`] reads the first: a TIFF may hold the B-scans of a volume, any
/// other format holds one. Pages of another size than the first are left out with a warning.
pub fn read_pages(bytes: &[u8], name: &str) -> Result<Pages, FormatError> {
    let mut warnings = Vec::new();
    if known_format(bytes) != Some(ImageFormat::Tiff) {
        return Ok(Pages { images: vec![read(bytes, name)?], warnings });
    }
    let list = tiff_directory::pages(bytes, MAX_PAGES, name)?;
    if list.offsets.len() == 1 {
        return Ok(Pages { images: vec![read(bytes, name)?], warnings });
    }
    if list.has_more {
        warnings
            .push(format!("{name}: more than {MAX_PAGES} pages, of which the first {MAX_PAGES} are read"));
    }
    // Many directories may point to the same few bytes.
    let mut room = (bytes.len() as u64).saturating_mul(MAX_COMPRESSION).min(MAX_FILE_BYTES);
    let mut file = bytes.to_vec();
    let mut images: Vec<GreyImage> = Vec::new();
    let mut odd = Vec::new();
    for (number, offset) in (1..).zip(list.offsets) {
        tiff_directory::begin_with(&mut file, offset);
        let image = read(&file, &format!("{name}, page {number}"))?;
        room = room.checked_sub(image.pixels.len() as u64).ok_or_else(|| {
            FormatError::malformed(
                name,
                format!("page {number}"),
                format!("the pages up to here claim more pixels than {} bytes can hold", bytes.len()),
                "split the file into smaller ones, or get a fresh copy",
            )
        })?;
        match images.first() {
            Some(first) if (first.width, first.height) != (image.width, image.height) => {
                odd.push(format!("page {number} ({}x{})", image.width, image.height));
            }
            _ => images.push(image),
        }
    }
    if let (Some(first), Some(one)) = (images.first(), odd.first()) {
        let which = if odd.len() == 1 { one.clone() } else { format!("{} pages, first {one}", odd.len()) };
        let (width, height) = (first.width, first.height);
        warnings.push(format!("{name}: left out for another size than page 1 ({width}x{height}): {which}"));
    }
    Ok(Pages { images, warnings })
}

/// How many pages an image file holds, as far as they can be told without decoding them.
pub fn page_count(bytes: &[u8]) -> usize {
    if known_format(bytes) != Some(ImageFormat::Tiff) {
        return 1;
    }
    tiff_directory::pages(bytes, MAX_PAGES, "").map_or(1, |list| list.offsets.len())
}

/// That only the first page of a file with several is read where one image is wanted.
pub(super) fn one_page_warning(bytes: &[u8], name: &str) -> Option<String> {
    let count = page_count(bytes);
    (count > 1).then(|| format!("{name}: {count} pages, of which the first is read"))
}

/// Reads a scan, of a file with several pages the first: PNG (8/16-bit grey, RGB, palette), JPEG, TIFF or BMP, recognised by content. Colours
/// become luma; 16-bit values are scaled to 8 bits. `name` is the file's name for messages.
pub fn read(bytes: &[u8], name: &str) -> Result<GreyImage, FormatError> {
    let image = decode(bytes, name)?;
    let (width, height) = (image.width(), image.height());
    let pixels = match image {
        DynamicImage::ImageLuma8(grey) => grey.into_raw(),
        DynamicImage::ImageLuma16(grey) => grey.into_raw().into_iter().map(sixteen_to_eight).collect(),
        DynamicImage::ImageLumaA16(grey) => grey.pixels().map(|p| sixteen_to_eight(p.0[0])).collect(),
        DynamicImage::ImageRgb32F(_) | DynamicImage::ImageRgba32F(_) => {
            return Err(FormatError::malformed(
                name,
                "the image header",
                "the pixels are floating-point numbers of unknown range",
                "save the scan with 8 or 16 bits a pixel",
            ));
        }
        other => other.into_luma8().into_raw(),
    };
    Ok(GreyImage::new(width, height, pixels))
}

/// The 8-bit value nearest to a 16-bit one on the same scale.
fn sixteen_to_eight(value: u16) -> u8 {
    ((u32::from(value) + 128) / 257) as u8
}

/// Whether the bytes begin like an image that [`read`] knows.
pub fn is_image(bytes: &[u8]) -> bool {
    known_format(bytes).is_some()
}

fn known_format(bytes: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(bytes).ok()?;
    [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Tiff, ImageFormat::Bmp]
        .contains(&format)
        .then_some(format)
}

/// Decodes an image after checking the size its header claims.
pub(super) fn decode(bytes: &[u8], name: &str) -> Result<DynamicImage, FormatError> {
    let Some(format) = known_format(bytes) else {
        return Err(FormatError::malformed(
            name,
            "the first bytes",
            if bytes.is_empty() { "the file is empty" } else { "this is no PNG, JPEG, TIFF or BMP" },
            "open an image in one of these formats",
        ));
    };
    match format {
        ImageFormat::Jpeg => check_jpeg_end(bytes, name)?,
        ImageFormat::Png => check_png_end(bytes, name)?,
        ImageFormat::Tiff => tiff_directory::check(bytes, name)?,
        _ => {}
    }
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PX);
    limits.max_image_height = Some(MAX_SIDE_PX);
    limits.max_alloc = Some((bytes.len() as u64).saturating_mul(MAX_COMPRESSION) + DECODER_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|e| broken_image(name, "the image header", &e))?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, name)?;
    let claimed = decoder.total_bytes();
    if claimed > (bytes.len() as u64).saturating_mul(MAX_COMPRESSION) {
        return Err(FormatError::malformed(
            name,
            "the image header",
            format!("it claims {width}x{height} pixels, more than {} bytes can hold", bytes.len()),
            "the file is damaged or cut off: get a fresh copy",
        ));
    }
    decoder.set_limits(limits).map_err(|e| broken_image(name, "the image header", &e))?;
    DynamicImage::from_decoder(decoder).map_err(|e| broken_image(name, "the pixels", &e))
}

/// Refuses sides of zero and sides above [`MAX_SIDE_PX`].
pub(super) fn check_size(width: u32, height: u32, name: &str) -> Result<(), FormatError> {
    if width == 0 || height == 0 || width > MAX_SIDE_PX || height > MAX_SIDE_PX {
        return Err(FormatError::malformed(
            name,
            "the header",
            format!("{width}x{height} pixels; a side must be 1 to {MAX_SIDE_PX}"),
            "crop or scale the image",
        ));
    }
    Ok(())
}

/// The JPEG decoder fills what is missing with grey, silently: a cut-off scan must not pass for a whole one.
fn check_jpeg_end(bytes: &[u8], name: &str) -> Result<(), FormatError> {
    let last = |marker: u8| bytes.windows(2).rposition(|pair| pair == [0xff, marker]);
    match (last(0xda), last(0xd9)) {
        (Some(scan), Some(end)) if scan < end => Ok(()),
        _ => Err(cut_off(bytes, name, "the JPEG ends before its end marker")),
    }
}

/// The PNG decoders stop at the last pixel; without its last chunk a PNG is cut off all the same.
pub(super) fn check_png_end(bytes: &[u8], name: &str) -> Result<(), FormatError> {
    match bytes.windows(8).rposition(|chunk| chunk.starts_with(b"IEND")) {
        Some(_) => Ok(()),
        None => Err(cut_off(bytes, name, "the PNG ends before its end chunk")),
    }
}

fn cut_off(bytes: &[u8], name: &str, problem: &str) -> FormatError {
    let place = format!("byte {}", bytes.len());
    FormatError::malformed(name, place, problem, "the file is cut off: get a fresh copy")
}

fn broken_image(name: &str, place: &str, error: &image::ImageError) -> FormatError {
    FormatError::malformed(
        name,
        place,
        error.to_string(),
        "the file is damaged, cut off or of an unusual kind",
    )
}

/// An 8-bit grey PNG with text chunks (keyword, text), the same bytes for the same input.
pub fn write(image: &GreyImage, text: &[(&str, &str)]) -> Result<Vec<u8>, FormatError> {
    encode_png(image.width, image.height, &image.pixels, png::ColorType::Grayscale, None, text)
}

/// Encodes 8-bit samples, one a pixel.
pub(super) fn encode_png(
    width: u32,
    height: u32,
    pixels: &[u8],
    color: png::ColorType,
    palette: Option<Vec<u8>>,
    text: &[(&str, &str)],
) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Eight);
    if let Some(palette) = palette {
        encoder.set_palette(palette);
    }
    let mut encode = || {
        for (keyword, value) in text {
            let (keyword, value) = ((*keyword).to_owned(), (*value).to_owned());
            if value.is_ascii() {
                encoder.add_text_chunk(keyword, value)?;
            } else {
                encoder.add_itxt_chunk(keyword, value)?;
            }
        }
        Ok(())
    };
    encode()
        .and_then(|()| {
            let mut writer = encoder.write_header()?;
            writer.write_image_data(pixels)?;
            writer.finish()
        })
        .map_err(|e: png::EncodingError| {
            FormatError::malformed("the PNG to be written", "encoding", e.to_string(), "report this")
        })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_png_round_trips_with_its_text() {
        let image = GreyImage::new(5, 3, (0..15).map(|i| i * 17).collect::<Vec<u8>>());
        let bytes = write(&image, &[("Software", "RetiDiff Studio"), ("Credit", "Tián et al.")]).unwrap();
        assert_eq!(read(&bytes, "a.png").unwrap(), image);
        assert_eq!(
            bytes,
            write(&image, &[("Software", "RetiDiff Studio"), ("Credit", "Tián et al.")]).unwrap()
        );
        assert!(bytes.windows(15).any(|w| w == b"RetiDiff Studio"));
    }

    #[test]
    fn sixteen_bits_scale_to_eight_without_bias() {
        assert_eq!([0, 128, 129, 257 * 7, 65535].map(sixteen_to_eight), [0, 0, 1, 7, 255]);
    }

    #[test]
    fn colour_and_sixteen_bit_images_become_grey() {
        let mut png = Vec::new();
        let rgb = image::RgbImage::from_pixel(2, 2, image::Rgb([90, 90, 90]));
        rgb.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
        assert_eq!(read(&png, "rgb.png").unwrap().pixels[..], [90; 4]);
        let mut tiff = Vec::new();
        let deep = image::ImageBuffer::<image::Luma<u16>, _>::from_pixel(3, 1, image::Luma([257u16 * 5]));
        deep.write_to(&mut Cursor::new(&mut tiff), ImageFormat::Tiff).unwrap();
        assert_eq!(read(&tiff, "deep.tif").unwrap().pixels[..], [5; 3]);
    }
}
