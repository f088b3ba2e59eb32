//! A B-scan: its pixels, spacing, laterality and scanned area; a volume of them.

mod localizer;
mod rect;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use localizer::{Localizer, ScanLine};
pub use rect::Rect;

/// Largest accepted width or height of a B-scan in pixels; readers refuse more before allocating.
pub const MAX_SIDE_PX: u32 = 8192;

/// Physical size of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spacing {
    /// Along an A-scan (down the image), micrometres per pixel.
    pub axial_um_per_px: f32,
    /// Across A-scans (along the image row), micrometres per pixel.
    pub lateral_um_per_px: f32,
}

impl Spacing {
    /// A spacing, or `None` unless both values are finite and between 0.1 and 1000 µm.
    pub fn checked(axial_um_per_px: f32, lateral_um_per_px: f32) -> Option<Self> {
        let plausible = |um: f32| um.is_finite() && (0.1..=1000.0).contains(&um);
        (plausible(axial_um_per_px) && plausible(lateral_um_per_px))
            .then_some(Self { axial_um_per_px, lateral_um_per_px })
    }
}

/// Which eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Laterality {
    /// Oculus dexter, the right eye.
    #[serde(rename = "OD")]
    Right,
    /// Oculus sinister, the left eye.
    #[serde(rename = "OS")]
    Left,
}

impl Laterality {
    /// "OD" or "OS".
    pub fn name(self) -> &'static str {
        match self {
            Laterality::Right => "OD",
            Laterality::Left => "OS",
        }
    }
}

/// What is known of a scan beyond its pixels, and may be told by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Size of a pixel, where known.
    pub spacing: Option<Spacing>,
    /// Right or left eye, where known.
    pub laterality: Option<Laterality>,
    /// Where the fovea was set by hand, in image coordinates (0.5 is the middle of the first column).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fovea_column: Option<f32>,
}

/// An 8-bit grey image, row-major.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GreyImage {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width * height` bytes.
    pub pixels: Arc<[u8]>,
}

impl GreyImage {
    /// An image from its pixels.
    ///
    /// # Panics
    /// If the number of pixels is not `width * height`.
    pub fn new(width: u32, height: u32, pixels: impl Into<Arc<[u8]>>) -> Self {
        let pixels = pixels.into();
        assert_eq!(pixels.len(), width as usize * height as usize, "pixels of a {width}x{height} image");
        Self { width, height, pixels }
    }

    /// The grey value at a pixel inside the image.
    pub fn get(&self, x: u32, y: u32) -> u8 {
        self.pixels[y as usize * self.width as usize + x as usize]
    }
}

/// One B-scan: the cross-section the instrument recorded, or one that was synthesised.
#[derive(Clone, Debug, PartialEq)]
pub struct BScan {
    /// What the instrument recorded, 8 bits a pixel.
    pub image: GreyImage,
    /// Unknown for plain images; then measurements are in px, never in invented µm.
    pub spacing: Option<Spacing>,
    /// Right or left eye, where known.
    pub laterality: Option<Laterality>,
    /// Where the fovea was set by hand, in image coordinates; otherwise the layers show it, or nothing does.
    pub fovea_column: Option<f32>,
    /// Whether there is no scan: the image only says how large the page is.
    pub is_placeholder: bool,
    /// 1 where the instrument recorded something, 0 outside; `None` when all of it is scanned.
    pub scanned_area: Option<Arc<[u8]>>,
    /// What the user knows it by: a file name and, in a volume, the position. Never a patient field.
    pub name: String,
}

impl BScan {
    /// A B-scan about which only the pixels are known.
    pub fn from_image(image: GreyImage, name: impl Into<String>) -> Self {
        Self {
            image,
            spacing: None,
            laterality: None,
            fovea_column: None,
            is_placeholder: false,
            scanned_area: None,
            name: name.into(),
        }
    }

    /// No scan, but a page of that size, black.
    pub fn placeholder(width: u32, height: u32, name: impl Into<String>) -> Self {
        let black = GreyImage::new(width, height, vec![0; width as usize * height as usize]);
        Self { is_placeholder: true, ..Self::from_image(black, name) }
    }

    /// What is known beyond the pixels.
    pub fn calibration(&self) -> Calibration {
        Calibration { spacing: self.spacing, laterality: self.laterality, fovea_column: self.fovea_column }
    }

    /// The same pixels, known otherwise.
    pub fn with_calibration(&self, calibration: Calibration) -> Self {
        let Calibration { spacing, laterality, fovea_column } = calibration;
        Self { spacing, laterality, fovea_column, ..self.clone() }
    }

    /// Width in pixels (number of A-scans).
    pub fn width(&self) -> u32 {
        self.image.width
    }

    /// Height in pixels (samples per A-scan).
    pub fn height(&self) -> u32 {
        self.image.height
    }
}

/// B-scans of one acquisition, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    /// In the order of the instrument.
    pub b_scans: Vec<BScan>,
    /// Distance between neighbouring B-scans in µm, where known.
    pub b_scan_distance_um: Option<f32>,
}
