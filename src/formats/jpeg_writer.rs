//! Grey JPEG, for slides and mails: lossy, so it is for looking and never for measuring or training.

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use super::FormatError;
use super::provenance::XMP_KEYWORD;
use crate::scan::GreyImage;

/// Of 100: speckle is hard to compress, and less of it would look like another device.
const QUALITY: u8 = 95;
/// What an APP1 segment with an XMP packet begins with (XMP specification, part 3, 1.1.3).
const XMP_SIGNATURE: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// Most bytes of a segment beside its marker.
const MAX_SEGMENT_BYTES: usize = 65_535;

/// The bytes of a JPEG with its texts: the XMP packet as APP1, all others in one comment, a line each. `name` is the
/// file's name for messages.
///
/// # Errors
/// If the scan is larger than a JPEG can be, or the texts do not fit.
pub fn write(image: &GreyImage, text: &[(&str, &str)], name: &str) -> Result<Vec<u8>, FormatError> {
    let refuse = |problem: String| FormatError::malformed(name, "the JPEG", problem, "write a PNG instead");
    let mut pixels = Vec::new();
    JpegEncoder::new_with_quality(&mut pixels, QUALITY)
        .encode(&image.pixels, image.width, image.height, ExtendedColorType::L8)
        .map_err(|error| refuse(error.to_string()))?;
    let comment: Vec<String> = text
        .iter()
        .filter(|(keyword, _)| *keyword != XMP_KEYWORD)
        .map(|(keyword, text)| format!("{keyword}: {text}"))
        .collect();
    // Behind the start of the image, which is two bytes, and before everything else.
    let mut bytes = pixels[..2].to_vec();
    for (_, packet) in text.iter().filter(|(keyword, _)| *keyword == XMP_KEYWORD) {
        let content = [XMP_SIGNATURE, packet.as_bytes()].concat();
        push_segment(&mut bytes, 0xe1, &content)
            .ok_or_else(|| refuse("its marks are too long".to_owned()))?;
    }
    if !comment.is_empty() {
        let content = comment.join("\n");
        push_segment(&mut bytes, 0xfe, content.as_bytes())
            .ok_or_else(|| refuse("its texts are too long".to_owned()))?;
    }
    bytes.extend_from_slice(&pixels[2..]);
    Ok(bytes)
}

/// A segment: marker, length of what follows, content. `None` where it is too long.
fn push_segment(bytes: &mut Vec<u8>, marker: u8, content: &[u8]) -> Option<()> {
    let length = u16::try_from(content.len() + 2).ok().filter(|_| content.len() + 2 <= MAX_SEGMENT_BYTES)?;
    bytes.extend([0xff, marker]);
    bytes.extend(length.to_be_bytes());
    bytes.extend_from_slice(content);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::provenance::{Provenance, borrowed, is_marked_synthetic};
    use crate::formats::scan_image;

    #[test]
    fn a_jpeg_is_read_back_and_says_that_it_is_synthetic() {
        let greys = (0..64_u32 * 48).map(|at| (at % 64 * 3) as u8).collect::<Vec<u8>>();
        let image = GreyImage::new(64, 48, greys);
        let texts = Provenance { seed: 7, ..Provenance::default() }.text();
        let bytes = write(&image, &borrowed(&texts), "a.jpg").unwrap();
        assert!(is_marked_synthetic(&bytes));
        let comment = b"Seed: 7";
        assert!(bytes.windows(comment.len()).any(|window| window == comment));
        let read = scan_image::read(&bytes, "a.jpg").unwrap();
        assert_eq!((read.width, read.height), (64, 48));
        let worst = read.pixels.iter().zip(image.pixels.iter()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(worst < 12, "{worst} grey levels");
        let plain = write(&image, &[], "a.jpg").unwrap();
        assert!(!is_marked_synthetic(&plain) && plain.len() < bytes.len());
        let long = "x".repeat(70_000);
        assert!(write(&image, &[("Comment", &long)], "a.jpg").is_err());
    }
}
