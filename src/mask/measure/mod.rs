//! What a mask says in numbers: label areas, lesions, layer thickness.
//!
//! Micrometres and square millimetres come from the scan's spacing alone; without one there are only
//! pixels.

mod columns;
mod live;
mod regions;

pub use columns::{ColumnThickness, Extent};
pub use live::LiveMeasure;

use crate::anatomy::{LAYER_COUNT, Lesion};
use crate::scan::Spacing;

/// Width of the segment over which the central thickness is taken.
pub const CENTRAL_WIDTH_UM: f32 = 1000.0;
/// The same where the spacing is unknown: a share of the columns, about 1 mm of a 9 mm scan.
const CENTRAL_SHARE: f32 = 1.0 / 9.0;

/// Figures of one mask.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurements {
    /// Pixels of every composite code (index), 255 among them.
    pub label_pixels: [u64; 256],
    /// In code order.
    pub lesions: [LesionMeasure; Lesion::ALL.len()],
    /// In order of depth.
    pub layers: [LayerMeasure; LAYER_COUNT],
    /// All seven layers together, from the ILM to BM.
    pub retina: Thickness,
    /// The retina in the middle of the scan: over [`CENTRAL_WIDTH_UM`], or the middle ninth of its columns
    /// where the spacing is unknown.
    pub central: Thickness,
    /// Columns in which at least one pixel is annotated.
    pub annotated_columns: u32,
}

/// A mean over the annotated columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thickness {
    /// `None` where no column is annotated.
    pub px: Option<f64>,
    /// `None` without spacing, too.
    pub um: Option<f64>,
}

/// Extent of one lesion class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LesionMeasure {
    /// Which kind.
    pub lesion: Lesion,
    /// How many of its code.
    pub pixels: u64,
    /// Connected regions; pixels that touch at a corner are connected.
    pub count: usize,
    /// `None` without spacing.
    pub area_mm2: Option<f64>,
    /// The largest connected region.
    pub largest_pixels: u64,
    /// `None` without spacing.
    pub largest_mm2: Option<f64>,
}

/// Mean thickness of one layer over the annotated columns, lesions inside it included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerMeasure {
    /// 1-7.
    pub layer: u8,
    /// 0 where nothing is annotated.
    pub mean_thickness_px: f64,
    /// `None` without spacing.
    pub mean_thickness_um: Option<f64>,
}

impl Thickness {
    pub(super) fn of(px: Option<f64>, spacing: Option<Spacing>) -> Self {
        let um = px.zip(spacing).map(|(px, spacing)| px * f64::from(spacing.axial_um_per_px));
        Self { px, um }
    }
}

/// The middle columns over which the central thickness is taken.
pub fn central_columns(width: u32, spacing: Option<Spacing>) -> std::ops::Range<u32> {
    let wide = match spacing {
        Some(spacing) => CENTRAL_WIDTH_UM / spacing.lateral_um_per_px,
        None => width as f32 * CENTRAL_SHARE,
    };
    let count = (wide.round() as u32).clamp(1, width.max(1)).min(width);
    let first = (width - count) / 2;
    first..first + count
}

/// As many columns as [`central_columns`] about a place (image coordinates), cut at the edges of the image.
pub fn columns_about(centre: f32, width: u32, spacing: Option<Spacing>) -> std::ops::Range<u32> {
    let count = central_columns(width, spacing).len() as f32;
    let first = (centre - count / 2.0).round();
    let edge = |x: f32| x.clamp(0.0, width as f32) as u32;
    edge(first)..edge(first + count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::{Mask, Plane};

    #[test]
    fn lesions_are_counted_across_tiles_and_corners() {
        let mut mask = Mask { layers: Plane::filled(200, 20, 3), lesions: Plane::filled(200, 20, 0) };
        for (y, x0, x1, code) in [
            (2, 50, 150, 1),
            (3, 150, 152, 1),
            (5, 0, 4, 1),
            (5, 6, 9, 1),
            (6, 4, 6, 1),
            (6, 9, 12, 2),
            (9, 1, 2, 1),
        ] {
            mask.lesions.fill_run(y, x0, x1, code);
        }
        let measured = Measurements::of(&mask, Spacing::checked(4.0, 10.0));
        assert_eq!((measured.lesions[0].pixels, measured.lesions[0].count), (112, 3));
        assert_eq!((measured.lesions[1].pixels, measured.lesions[1].count), (3, 1));
        assert!((measured.lesions[0].area_mm2.unwrap_or(0.0) - 112.0 * 40e-6).abs() < 1e-12);
        assert_eq!(measured.label_pixels[3], 4000 - 115);
        assert_eq!(measured.label_pixels[9], 112);
        assert_eq!((measured.lesions[0].largest_pixels, measured.lesions[1].largest_pixels), (102, 3));
        assert!((measured.lesions[0].largest_mm2.unwrap_or(0.0) - 102.0 * 40e-6).abs() < 1e-12);
    }

    #[test]
    fn thickness_is_over_annotated_columns_and_px_without_spacing() {
        let mut mask = Mask::unannotated(10, 20);
        for y in 0..20 {
            mask.layers.fill_run(y, 0, 4, if y < 5 { 0 } else { 3 });
        }
        let measured = Measurements::of(&mask, None);
        assert_eq!(measured.annotated_columns, 4);
        assert_eq!(measured.layers[2].mean_thickness_px, 15.0);
        assert_eq!(measured.layers[2].mean_thickness_um, None);
        assert_eq!(measured.label_pixels[255], 120);
        assert_eq!(measured.retina, Thickness { px: Some(15.0), um: None });
    }

    #[test]
    fn the_centre_is_a_millimetre_or_a_ninth_of_the_columns() {
        assert_eq!(central_columns(500, Spacing::checked(4.0, 10.0)), 200..300);
        assert_eq!(central_columns(90, None), 40..50);
        assert_eq!(central_columns(50, Spacing::checked(4.0, 10.0)), 0..50);
        let mut mask = Mask { layers: Plane::filled(500, 30, 0), lesions: Plane::filled(500, 30, 0) };
        for y in 0..20 {
            mask.layers.fill_run(y, 0, 500, 2);
        }
        mask.layers.fill_run(20, 200, 300, 5);
        let measured = Measurements::of(&mask, Spacing::checked(4.0, 10.0));
        assert_eq!(measured.central, Thickness { px: Some(21.0), um: Some(84.0) });
        assert_eq!(measured.retina.px, Some(20.2));
        let bare = Measurements::of(&Mask::unannotated(20, 10), None);
        assert_eq!((bare.central.px, bare.retina.px), (None, None));
    }
}
