//! Greys that were spread so that a label map can be seen: 0, 30, 60 ... or 0, 32, 64 ... 255.

use super::background::lies_deepest;
use super::mapping::LabelMapping;
use super::scheme::SchemeKind;
use crate::anatomy::{ABOVE_ILM, LABELS};
use crate::formats::label_picture::{LabelPicture, LabelValue};

/// Fewer greys are spread evenly by chance.
const FEWEST: usize = 5;

/// The codes of a picture's values, in their order; `None` for a picture in colour.
fn codes(picture: &LabelPicture) -> Option<Vec<i32>> {
    let code = |value| if let LabelValue::Code(code) = value { Some(code) } else { None };
    picture.values.iter().map(|found| code(found.value)).collect()
}

/// The largest number above 1 that divides every code of a picture, where the quotients are label numbers.
pub(super) fn factor(picture: &LabelPicture) -> Option<u8> {
    let divisor = |a: i32, b: i32| {
        let (mut a, mut b) = (a, b);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let codes = codes(picture)?;
    let step = codes.iter().copied().fold(0, divisor);
    let fits = codes.iter().all(|&code| code >= 0 && code / step.max(1) < LABELS.len() as i32);
    u8::try_from(step).ok().filter(|step| *step > 1 && fits && codes.len() > 2)
}

/// For greys that lie at even steps from 0, none left out, each within 1 of its place: the scheme whose numbers
/// they are, and the mapping of the k-th grey to number k.
pub(super) fn evenly_spread(picture: &LabelPicture) -> Option<(SchemeKind, LabelMapping)> {
    let codes = codes(picture)?;
    let (count, last) = (codes.len(), f64::from(*codes.last()?));
    if !(FEWEST..=LABELS.len()).contains(&count) || codes[0] != 0 || last < 2.0 * (count - 1) as f64 {
        return None;
    }
    let step = last / (count - 1) as f64;
    let is_even = codes.iter().enumerate().all(|(k, &code)| (f64::from(code) - k as f64 * step).abs() <= 1.0);
    let kind = match lies_deepest(ABOVE_ILM, &picture.pixels, picture.width as usize) {
        true => SchemeKind::Paper,
        false => SchemeKind::Studio,
    };
    let meanings = codes.iter().zip(0..).map(|(&code, k)| Some((LabelValue::Code(code), kind.meaning(k)?)));
    is_even.then(|| meanings.collect::<Option<LabelMapping>>())?.map(|mapping| (kind, mapping))
}
