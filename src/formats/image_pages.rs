//! The pages of an image file, whatever reads them, and what holds for all of them.

use image::DynamicImage;
use image::metadata::Orientation;

use super::FormatError;
use super::grey_range::GreyWindow;
use super::pixel_size::FactState;
use crate::scan::{GreyImage, MAX_SIDE_PX, Spacing};

/// No image compression in use shrinks pixels further than this: a file that claims more pixels than its
/// bytes could hold lies, and is refused before its pixels are allocated.
pub(super) const MAX_COMPRESSION: u64 = 2000;

/// The pages of an image file.
#[derive(Clone, Debug, PartialEq)]
pub struct Pages {
    /// All of one size, in the order of the file; at least one.
    pub images: Vec<GreyImage>,
    /// Size of a pixel, where the file says.
    pub spacing: Option<Spacing>,
    /// How the spacing is known; `None` where it is unknown.
    pub spacing_state: Option<FactState>,
    /// Between neighbouring pages, where the file says.
    pub b_scan_distance_um: Option<f32>,
    /// The window that deep values are shown by; `None` for 8-bit greys.
    pub window: Option<GreyWindow>,
    /// Which pages were left out, and why; how values are shown.
    pub warnings: Vec<String>,
}

/// An image turned as an EXIF orientation (1 to 8) says; other numbers turn nothing.
pub(super) fn oriented(image: GreyImage, orientation: u8) -> GreyImage {
    let Some(turn) = Orientation::from_exif(orientation).filter(|turn| *turn != Orientation::NoTransforms)
    else {
        return image;
    };
    let (width, height) = (image.width, image.height);
    let Some(buffer) = image::GrayImage::from_raw(width, height, image.pixels.to_vec()) else { return image };
    let mut turned = DynamicImage::ImageLuma8(buffer);
    turned.apply_orientation(turn);
    GreyImage::new(turned.width(), turned.height(), turned.into_luma8().into_raw())
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
