//! Scans as plain images: PNG, JPEG, TIFF and BMP in, grey PNG out.

use std::io::Cursor;

use image::error::LimitErrorKind;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::grey_range::GreyWindow;
use super::image_pages::MAX_COMPRESSION;
pub use super::image_pages::Pages;
pub(super) use super::image_pages::{check_size, oriented};
use super::provenance::XMP_KEYWORD;

use super::sample_values::SampleValues;
use super::{FormatError, tiff_directory, tiff_scan};
use crate::scan::{GreyImage, MAX_SIDE_PX};

/// Bytes that a decoder may need beside the pixels.
const DECODER_BYTES: u64 = 8 << 20;

/// Most pages that a TIFF is read with; as many as a folder is opened with.
pub(super) const MAX_PAGES: usize = 1024;

/// Reads every page of an image: PNG (8/16-bit grey, RGB, palette), JPEG, TIFF of any depth or BMP, recognised
/// by content. A TIFF may hold the B-scans of a volume, any other format holds one. Pages of another size than
/// most are left out with a warning. Colours become luma, values of more than 8 bits are shown by one window
/// for all pages, and an orientation that the file states is applied. `name` is the file's name for messages.
///
/// # Errors
/// If the image is damaged, cut off, larger than what is read, or of a kind or depth that is not.
pub fn read_pages(bytes: &[u8], name: &str) -> Result<Pages, FormatError> {
    read_first_pages(bytes, MAX_PAGES, None, name)
}

/// Reads a scan as [`read_pages`] does, of a file with several pages the first.
///
/// # Errors
/// As [`read_pages`].
pub fn read(bytes: &[u8], name: &str) -> Result<GreyImage, FormatError> {
    read_one(bytes, None, name).map(|(image, _)| image)
}

/// As [`read`], with what the user should know about the reading. Values of more than 8 bits are shown by
/// `window` where there is one.
pub(super) fn read_one(
    bytes: &[u8],
    window: Option<GreyWindow>,
    name: &str,
) -> Result<(GreyImage, Vec<String>), FormatError> {
    let Pages { images, mut warnings, .. } = read_first_pages(bytes, 1, window, name)?;
    warnings.extend(one_page_warning(bytes, name));
    match images.into_iter().next() {
        Some(image) => Ok((image, warnings)),
        None => Err(FormatError::malformed(name, "the file", "it holds no page", "get a fresh copy")),
    }
}

/// The window that a file of values of more than 8 bits would be shown by.
pub(super) fn window_of(bytes: &[u8], name: &str) -> Option<GreyWindow> {
    read_first_pages(bytes, 1, None, name).ok()?.window
}

fn read_first_pages(
    bytes: &[u8],
    most: usize,
    shown_by: Option<GreyWindow>,
    name: &str,
) -> Result<Pages, FormatError> {
    if known_format(bytes) == Some(ImageFormat::Tiff) {
        return tiff_scan::read(bytes, most, shown_by, name);
    }
    let image = decode(bytes, name)?;
    let (width, height) = (image.width(), image.height());
    let values = match image {
        DynamicImage::ImageLuma8(grey) => SampleValues::U8(grey.into_raw()),
        DynamicImage::ImageLuma16(grey) => SampleValues::U16(grey.into_raw()),
        deep if deep.color().bytes_per_pixel() > deep.color().channel_count() => {
            SampleValues::U16(deep.into_luma16().into_raw())
        }
        other => SampleValues::U8(other.into_luma8().into_raw()),
    };
    let window = values.window(None).map(|own| shown_by.unwrap_or(own));
    Ok(Pages {
        images: vec![GreyImage::new(width, height, values.greys(window))],
        spacing: None,
        spacing_state: None,
        b_scan_distance_um: None,
        window,
        warnings: window.iter().map(|window| window.note(name)).collect(),
    })
}

/// How many pages an image file holds, as far as they can be told without decoding them.
pub fn page_count(bytes: &[u8]) -> usize {
    if known_format(bytes) != Some(ImageFormat::Tiff) {
        return 1;
    }
    tiff_directory::pages(bytes, MAX_PAGES, "").map_or(1, |list| list.directories.len())
}

/// That only the first page of a file with several is read where one image is wanted.
pub(super) fn one_page_warning(bytes: &[u8], name: &str) -> Option<String> {
    let count = page_count(bytes);
    (count > 1).then(|| format!("{name}: {count} pages, of which the first is read"))
}

/// The orientation that an image file states, 1 to 8 as in EXIF; 1 where it states none.
pub(super) fn orientation(bytes: &[u8]) -> u8 {
    let stated = known_format(bytes).and_then(|format| {
        let reader = ImageReader::with_format(Cursor::new(bytes), format);
        if format == ImageFormat::Tiff {
            tiff_directory::check(bytes, "").ok()?;
        }
        reader.into_decoder().ok()?.orientation().ok()
    });
    stated.map_or(1, Orientation::to_exif)
}

/// Whether the bytes begin like an image that [`read`] knows.
pub fn is_image(bytes: &[u8]) -> bool {
    known_format(bytes).is_some()
}

fn known_format(bytes: &[u8]) -> Option<ImageFormat> {
    // BigTIFF, which the guess does not know.
    if bytes.starts_with(b"II\x2b\0") || bytes.starts_with(b"MM\0\x2b") {
        return Some(ImageFormat::Tiff);
    }
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
        ImageFormat::Tiff => tiff_directory::check(bytes, name).map(drop)?,
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
    // A broken orientation is no reason to refuse the pixels.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| broken_image(name, "the pixels", &e))?;
    image.apply_orientation(orientation);
    Ok(image)
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
    if let image::ImageError::Limits(limit) = error
        && matches!(limit.kind(), LimitErrorKind::DimensionError)
    {
        // Nothing is wrong with it: it is no B-scan.
        let problem =
            format!("a side is longer than {MAX_SIDE_PX} pixels, the most that a B-scan is read with");
        return FormatError::malformed(name, place, problem, "cut the scan out of it, or scale it down");
    }
    FormatError::malformed(
        name,
        place,
        error.to_string(),
        "the file is damaged, cut off or of an unusual kind",
    )
}

/// An 8-bit grey PNG with text chunks (keyword, text), the same bytes for the same input.
///
/// # Errors
/// If it cannot be encoded: a side is 0, or a keyword or text is none that a PNG holds.
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
            // Readers of XMP look for it in an international text, uncompressed.
            if value.is_ascii() && keyword != XMP_KEYWORD {
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
        let values = SampleValues::U16(vec![0, 128, 129, 257 * 7, 65535]);
        let window = values.window(None);
        assert_eq!(values.greys(window), [0, 0, 1, 7, 255]);
    }

    #[test]
    fn every_orientation_can_be_undone() {
        let image = GreyImage::new(3, 2, vec![1, 2, 3, 4, 5, 6]);
        // Rotated by 90 degrees clockwise: the first column, from below, becomes the first row.
        assert_eq!(oriented(image.clone(), 6), GreyImage::new(2, 3, vec![4, 1, 5, 2, 6, 3]));
        for (turn, back) in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 8), (7, 7), (8, 6), (0, 9)] {
            assert_eq!(oriented(oriented(image.clone(), turn), back), image, "{turn}");
        }
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
