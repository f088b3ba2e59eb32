//! The stored values of a file, whatever kind of picture or table it is.

use image::DynamicImage;

use super::found::Gathering;
use super::picture::LabelPicture;
use super::{csv, lossy, png, tiff};
use crate::formats::FormatError;
use crate::formats::scan_image::{decode, is_image, one_page_warning};

/// Whether the file may be a label picture by its first bytes or its name's ending.
pub fn may_be_one(bytes: &[u8], name: &str) -> bool {
    is_image(bytes) || csv::is_named(name)
}

/// Reads the stored values of a picture (PNG, TIFF, BMP) or of a table of codes (`.csv`). `name` is the file's
/// name for messages; its ending tells a table.
///
/// # Errors
/// A damaged file, a JPEG, values that are no whole numbers, half-transparent pixels, and more than
/// [`MAX_VALUES`] different values: each names the place.
pub fn read(bytes: &[u8], name: &str) -> Result<LabelPicture, FormatError> {
    if !is_image(bytes) && csv::is_named(name) {
        return csv::read(bytes, name);
    }
    let mut picture = match bytes {
        [0x89, b'P', b'N', b'G', ..] => png::read(bytes, name)?,
        [b'I', b'I', ..] | [b'M', b'M', ..] => tiff::read(bytes, name)?,
        [0xff, 0xd8, ..] => return Err(lossy::refused_jpeg(bytes, name)),
        _ => bitmap(bytes, name)?,
    };
    picture.warnings.extend(one_page_warning(bytes, name));
    Ok(picture)
}

/// BMP, and the message for what is no picture.
fn bitmap(bytes: &[u8], name: &str) -> Result<LabelPicture, FormatError> {
    let image = decode(bytes, name)?;
    let mut gathering = Gathering::new(image.width(), image.height(), name);
    if let DynamicImage::ImageLuma8(grey) = &image {
        gathering.codes(grey.iter().map(|&code| i32::from(code)))?;
    } else {
        gathering.colors(image.into_rgba8().pixels().map(|pixel| pixel.0))?;
    }
    Ok(gathering.picture())
}
