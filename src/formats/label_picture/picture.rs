//! A picture as stored values: which occur, how often, and where first.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::super::scan_image;
use crate::scan::GreyImage;

/// More different values than this make no label map.
pub const MAX_VALUES: usize = 256;

/// One stored value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum LabelValue {
    /// A number: a grey value, the index of a palette, a field of a table. White of a 1-bit picture is 255.
    Code(i32),
    /// sRGB, of pictures in colour without a palette.
    Color([u8; 3]),
    /// Fully transparent, whatever colour lies beneath.
    Transparent,
}

impl fmt::Display for LabelValue {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Color([r, g, b]) => write!(f, "#{r:02x}{g:02x}{b:02x}"),
            Self::Transparent => f.write_str("transparent"),
        }
    }
}

impl FromStr for LabelValue {
    type Err = String;

    /// `30`, `#ff0000` or `transparent`.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let wrong = || {
            let shown: String = text.chars().take(20).collect();
            format!("\"{shown}\" is no value: give a whole number, a colour such as #ff0000, or transparent")
        };
        if text.eq_ignore_ascii_case("transparent") {
            return Ok(Self::Transparent);
        }
        let Some(digits) = text.strip_prefix('#') else {
            return text.parse().map(Self::Code).map_err(|_| wrong());
        };
        let is_color = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let [_, r, g, b] =
            u32::from_str_radix(digits, 16).ok().filter(|_| is_color).ok_or_else(wrong)?.to_be_bytes();
        Ok(Self::Color([r, g, b]))
    }
}

impl TryFrom<String> for LabelValue {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<LabelValue> for String {
    fn from(value: LabelValue) -> Self {
        value.to_string()
    }
}

impl LabelValue {
    /// Whether it is black, 0 or nothing: what pictures of single structures have around them.
    pub fn is_ground(self) -> bool {
        matches!(self, Self::Code(0) | Self::Color([0, 0, 0]) | Self::Transparent)
    }
}

/// A value that occurs in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundValue {
    /// A grey value, an index or a colour.
    pub value: LabelValue,
    /// sRGB of the palette, for the index of an indexed picture.
    pub palette_color: Option<[u8; 3]>,
    /// How many have it.
    pub pixels: u64,
    /// Column and row of the first of them, rows counted from the top.
    pub first: [u32; 2],
}

/// A picture of stored values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelPicture {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Those that occur, in order; at least one, at most [`MAX_VALUES`].
    pub values: Vec<FoundValue>,
    /// Position in `values` of each pixel, row-major.
    pub pixels: Vec<u8>,
    /// Pages left out, and the like.
    pub warnings: Vec<String>,
}

impl LabelPicture {
    /// Turned as an EXIF orientation (1 to 8) says, as its scan is.
    pub fn oriented(self, orientation: u8) -> Self {
        let places = GreyImage::new(self.width, self.height, self.pixels);
        let turned = scan_image::oriented(places, orientation);
        Self { width: turned.width, height: turned.height, pixels: turned.pixels.to_vec(), ..self }
    }

    /// Pictures of one height side by side, so that what is judged by columns is judged of all; the first alone where
    /// heights differ or there are too many values. `None` of no pictures.
    pub fn beside(pictures: &[Self]) -> Option<Self> {
        let first = pictures.first()?;
        let mut values: BTreeMap<LabelValue, FoundValue> = BTreeMap::new();
        let mut left = 0;
        for picture in pictures {
            for found in &picture.values {
                let [x, y] = found.first;
                let here = FoundValue { pixels: 0, first: [left + x, y], ..found.clone() };
                values.entry(found.value).or_insert(here).pixels += found.pixels;
            }
            left += picture.width;
        }
        if pictures.iter().any(|picture| picture.height != first.height) || values.len() > MAX_VALUES {
            return Some(first.clone());
        }
        let places: BTreeMap<LabelValue, u8> = values.keys().copied().zip(0..=u8::MAX).collect();
        let places_of =
            |picture: &Self| -> Vec<u8> { picture.values.iter().map(|found| places[&found.value]).collect() };
        let tables: Vec<Vec<u8>> = pictures.iter().map(places_of).collect();
        let mut pixels = Vec::with_capacity(left as usize * first.height as usize);
        for row in 0..first.height as usize {
            for (picture, table) in pictures.iter().zip(&tables) {
                let width = picture.width as usize;
                let line = &picture.pixels[row * width..][..width];
                pixels.extend(line.iter().map(|&place| table[usize::from(place)]));
            }
        }
        let values = values.into_values().collect();
        Some(Self { width: left, height: first.height, values, pixels, warnings: Vec::new() })
    }

    /// Whether its values are indices of a palette.
    pub fn is_indexed(&self) -> bool {
        self.values.iter().any(|found| found.palette_color.is_some())
    }

    /// The values with the pixels of each, for messages: `0 (120 px), 30 (8 px)`; of many, the first twelve.
    pub fn listed(&self) -> String {
        const MAX_LISTED: usize = 12;
        let one = |found: &FoundValue| match found.palette_color {
            Some([r, g, b]) => format!("{} (#{r:02x}{g:02x}{b:02x}, {} px)", found.value, found.pixels),
            None => format!("{} ({} px)", found.value, found.pixels),
        };
        let mut listed: Vec<String> = self.values.iter().take(MAX_LISTED).map(one).collect();
        if self.values.len() > MAX_LISTED {
            listed.push(format!("and {} more", self.values.len() - MAX_LISTED));
        }
        listed.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_side_by_side_hold_the_values_of_all() {
        let picture = |text: &str| super::super::read(text.as_bytes(), "a.csv").unwrap();
        let both = LabelPicture::beside(&[picture("0,3\n3,3\n"), picture("7\n0\n")]).unwrap();
        let values: Vec<(LabelValue, u64)> =
            both.values.iter().map(|found| (found.value, found.pixels)).collect();
        let code = LabelValue::Code;
        assert_eq!(values, [(code(0), 2), (code(3), 3), (code(7), 1)]);
        assert_eq!((both.width, both.height, &both.pixels[..]), (3, 2, &[0, 1, 2, 1, 1, 0][..]));
        assert_eq!(both.values[2].first, [2, 0]);
        let uneven = LabelPicture::beside(&[picture("1\n"), picture("2\n3\n")]).unwrap();
        assert_eq!(uneven, picture("1\n"));
        assert_eq!(LabelPicture::beside(&[]), None);
    }

    #[test]
    fn values_are_written_and_read_as_people_write_them() {
        for text in ["30", "-1", "#ff0080", "transparent"] {
            assert_eq!(text.parse::<LabelValue>().unwrap().to_string(), text);
        }
        for text in ["", "3.5", "#ff00", "#gg0000", "#+12345", "red", "99999999999"] {
            let error = text.parse::<LabelValue>().unwrap_err();
            assert!(error.contains(&format!("\"{text}\" is no value")), "{error}");
        }
    }
}
