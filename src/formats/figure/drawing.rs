//! A figure after layout: pictures and vector marks on a white page, in points.

use std::fmt::Write;

use super::typeface::{Typeface, Weight};
use crate::formats::{FormatError, markup, scan_image};
use crate::scan::GreyImage;

/// Width of a figure in points; heights follow from what it holds.
pub const PAGE_WIDTH: f64 = 1600.0;

/// A rectangle of the page in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    pub fn right(self) -> f64 {
        self.x + self.width
    }

    pub fn bottom(self) -> f64 {
        self.y + self.height
    }
}

/// A picture where it lies on the page.
#[derive(Clone, Debug)]
pub(super) struct PlacedPicture {
    pub area: Area,
    pub picture: Picture,
}

/// What is made of pixels.
#[derive(Clone, Debug)]
pub(super) enum Picture {
    /// A scan, which is enlarged smoothly.
    Scan(GreyImage),
    /// A map whose samples stay apart when it is enlarged: three bytes each, row by row from the top.
    Map { size: [u32; 2], rgb: Vec<u8> },
}

impl Picture {
    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        match self {
            Self::Scan(image) => [image.width, image.height],
            Self::Map { size, .. } => *size,
        }
    }

    /// One byte a pixel of a scan, three of a map.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Scan(image) => &image.pixels,
            Self::Map { rgb, .. } => rgb,
        }
    }

    /// As a PNG.
    ///
    /// # Errors
    /// If it cannot be encoded: a side is 0.
    pub fn png(&self) -> Result<Vec<u8>, FormatError> {
        match self {
            Self::Scan(image) => scan_image::write(image, &[]),
            Self::Map { size: [width, height], rgb } => {
                scan_image::encode_png(*width, *height, rgb, png::ColorType::Rgb, None, &[])
            }
        }
    }
}

/// Where a text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
}

/// A figure on its page: what is written as SVG, PNG and PDF.
pub struct Drawing {
    pub(super) height: f64,
    /// Beneath all marks.
    pub(super) pictures: Vec<PlacedPicture>,
    /// Elements of SVG, one after the other.
    pub(super) marks: String,
    /// Definitions they use.
    pub(super) definitions: String,
    pub(super) typeface: Typeface,
    /// What it shows, for those who cannot see it.
    pub(super) description: String,
    pub(super) synthetic: bool,
    /// Letters that the typeface lacks.
    missing: Vec<char>,
}

impl Drawing {
    pub(super) fn new(synthetic: bool) -> Self {
        Self {
            height: 0.0,
            pictures: Vec::new(),
            marks: String::new(),
            definitions: String::new(),
            typeface: Typeface::bundled(),
            description: String::new(),
            synthetic,
            missing: Vec::new(),
        }
    }

    /// Width and height in points.
    pub fn size(&self) -> [f64; 2] {
        [PAGE_WIDTH, self.height]
    }

    /// Letters of the figure's texts that the bundled typeface does not have: they are left blank.
    pub fn missing_letters(&self) -> &[char] {
        &self.missing
    }

    /// A filled rectangle; `more` are further attributes.
    pub(super) fn rectangle(&mut self, area: Area, fill: &str, more: &str) {
        let Area { x, y, width, height } = area;
        let _ = writeln!(
            self.marks,
            r#"<rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" fill="{fill}" {more}/>"#
        );
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: [f64; 2], to: [f64; 2], stroke: &str, width: f64) {
        let _ = writeln!(
            self.marks,
            r#"<path d="M{:.2} {:.2}L{:.2} {:.2}" fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linecap="square"/>"#,
            from[0], from[1], to[0], to[1]
        );
    }

    /// A text on its baseline. Returns its width.
    pub(super) fn text(
        &mut self,
        at: [f64; 2],
        anchor: Anchor,
        weight: Weight,
        size: f64,
        fill: &str,
        text: &str,
    ) -> f64 {
        for letter in text.chars().filter(|letter| !self.typeface.has(*letter)) {
            if !self.missing.contains(&letter) {
                self.missing.push(letter);
            }
        }
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
        };
        let _ = writeln!(
            self.marks,
            r#"<text x="{:.2}" y="{:.2}" font-family="Inter" font-weight="{}" font-size="{size}" fill="{fill}" text-anchor="{anchor}">{}</text>"#,
            at[0],
            at[1],
            weight.number(),
            escaped(text)
        );
        self.typeface.width(text, weight, size)
    }
}

/// A colour as SVG writes it.
pub(super) fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A text as content or attribute of XML; control characters, which XML has not, become blanks.
pub(super) fn escaped(text: &str) -> String {
    let is_none_of_xml = |letter: char| letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}');
    markup::escaped(&text.replace(is_none_of_xml, " "))
}

/// That a drawing could not be encoded, which is a fault of this program.
pub(super) fn unencoded(problem: String) -> FormatError {
    FormatError::malformed("the figure", "encoding", problem, "report this, with the files it was made of")
}
