//! Signs that a picture was smoothed or lossily compressed: its values then are no codes any more.

use super::picture::{FoundValue, LabelPicture, LabelValue};
use crate::formats::FormatError;
use crate::formats::scan_image::decode;

/// Fewer values that only lie between others may be thin layers.
const FEWEST_BLENDS: usize = 3;
/// In a blend at least this share of the pixels lies between its neighbours.
const BLENDED_SHARE: f64 = 0.9;

/// The first channel values of a pixel's value; codes are greys.
fn channels(value: LabelValue) -> [i32; 3] {
    match value {
        LabelValue::Code(code) => [code; 3],
        LabelValue::Color(color) => color.map(i32::from),
        LabelValue::Transparent => [0; 3],
    }
}

/// Whether every channel lies between those of the two neighbours, one at least strictly.
fn is_between(pixel: [i32; 3], a: [i32; 3], b: [i32; 3]) -> bool {
    let within = (0..3).all(|c| (a[c].min(b[c])..=a[c].max(b[c])).contains(&pixel[c]));
    within && pixel != a && pixel != b
}

/// The first value of a picture that lies only between its neighbours, if the picture has as many of these as a
/// smoothed (anti-aliased, scaled) one has: at least [`FEWEST_BLENDS`], and half of all that occur. A thin layer lies
/// between the two values next to its own, a blend between values further apart.
pub fn blended_value(picture: &LabelPicture) -> Option<&FoundValue> {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let colors: Vec<[i32; 3]> = picture.values.iter().map(|found| channels(found.value)).collect();
    let is_blend_of = |here: u8, a: u8, b: u8| {
        let color = |position: u8| colors[usize::from(position)];
        a.abs_diff(b) > 2 && is_between(color(here), color(a), color(b))
    };
    let mut between = vec![0_u64; colors.len()];
    for (at, &here) in picture.pixels.iter().enumerate() {
        let (x, y) = (at % width, at / width);
        let pixel = |at: usize| picture.pixels[at];
        let across = x > 0 && x + 1 < width && is_blend_of(here, pixel(at - 1), pixel(at + 1));
        let down = y > 0 && y + 1 < height && is_blend_of(here, pixel(at - width), pixel(at + width));
        between[usize::from(here)] += u64::from(across || down);
    }
    let is_blend =
        |(found, between): &(&FoundValue, u64)| *between as f64 >= BLENDED_SHARE * found.pixels as f64;
    let blends: Vec<&FoundValue> =
        picture.values.iter().zip(between).filter(is_blend).map(|(found, _)| found).collect();
    (blends.len() >= FEWEST_BLENDS && 2 * blends.len() >= colors.len()).then(|| blends[0])
}

/// What to say to a JPEG: it names the rarest of its greys, which no label has.
pub(super) fn refused_jpeg(bytes: &[u8], name: &str) -> FormatError {
    let image = match decode(bytes, name) {
        Ok(image) => image.into_luma8(),
        Err(error) => return error,
    };
    let mut counts = [0_u64; 256];
    image.iter().for_each(|&grey| counts[usize::from(grey)] += 1);
    let different = counts.iter().filter(|count| **count > 0).count();
    let rarest = (0..=u8::MAX).filter(|&grey| counts[usize::from(grey)] > 0);
    let rarest = rarest.min_by_key(|&grey| counts[usize::from(grey)]).unwrap_or(0);
    let at = image.iter().position(|&grey| grey == rarest).unwrap_or(0) as u32;
    let (x, y) = (at % image.width(), at / image.width());
    FormatError::malformed(
        name,
        format!("column {x}, row {y}"),
        format!(
            "a JPEG changes label codes: the value {rarest} here is one of {different}, held by {} pixels",
            counts[usize::from(rarest)]
        ),
        "save the labels as PNG, indexed or 8-bit grey, from the program that made them",
    )
}
