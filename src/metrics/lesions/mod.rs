//! How well a painted lesion is seen: its grey against the grey around it, its wall, and what is dark without
//! having been painted.
//!
//! A class mean says nothing of that: a model may darken large cysts enough to bring the mean of all fluid right and
//! yet let small ones vanish and blur every wall. So each lesion is measured by itself.

mod graded;
mod rim;
mod stamped;

pub(super) use graded::lesion_regions;
pub use graded::{MIN_LESION_PX, SizeClass, SizeClassFigures, by_size_class, graded_lesions};
pub use rim::Rim;
pub use stamped::{STAMPED_WIDTHS_UM, StampedLesion, StampedMask, stamp_lesions};

use serde::Serialize;

use crate::anatomy::{ABOVE_ILM, BELOW_BM, is_lesion};
use crate::mask::{Region, signed_distance};
use crate::scan::{GreyImage, Rect, Spacing};

/// What surrounds a lesion: layer pixels whose centres lie farther than the first and at most the second number of
/// pixels from the nearest pixel of the lesion. The wall itself is left out.
pub const AROUND_PX: [f32; 2] = [2.0, 8.0];
/// Where nothing may be dark that was not painted: beyond a wall of 4 px that is centred on the painted edge.
pub const BEYOND_WALL_PX: [f32; 2] = [2.0, 6.0];
/// The core of a lesion is farther than this from the nearest pixel outside.
pub const CORE_DEPTH_PX: f32 = 2.0;
/// A ring of fewer pixels is no surrounding to compare with.
const MIN_RING_PX: usize = 8;
/// Pixels around a lesion's bounding box that are looked at.
const MARGIN_PX: u32 = 10;

/// A picture with the label map it shows.
#[derive(Clone, Copy, Debug)]
pub struct LesionScan<'a> {
    /// Columns and rows.
    pub size: [u32; 2],
    /// Grey with black at 0, row-major; any scale.
    pub grey: &'a [f32],
    /// Composite codes, row-major.
    pub labels: &'a [u8],
    /// Where the instrument recorded something, row-major.
    pub scanned: &'a [bool],
    /// The picture of the same mask without its lesions, drawn from the same noise, where there is one.
    pub lesion_free: Option<&'a [f32]>,
}

/// Grey values as [`LesionScan`] takes them.
pub fn greys(image: &GreyImage) -> Vec<f32> {
    image.pixels.iter().map(|&grey| f32::from(grey)).collect()
}

/// What was measured of one lesion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LesionFigures {
    /// Pixels of the lesion.
    pub pixels: u64,
    /// Columns of its bounding box.
    pub columns: u32,
    /// The same in micrometres; `None` where the spacing is not known.
    pub width_um: Option<f64>,
    /// Mean grey of all its pixels.
    pub inside: f64,
    /// Mean grey of the layers around it ([`AROUND_PX`]).
    pub around: f64,
    /// `inside / around`: 1 is a lesion that is not seen at all.
    pub inside_over_around: f64,
    /// The same of the core alone ([`CORE_DEPTH_PX`]), which no wall touches; `None` where a lesion is too thin.
    pub core_over_around: Option<f64>,
    /// The wall; `None` where the lesion is not darker than its surroundings, or by less than a twentieth.
    pub rim: Option<Rim>,
    /// `inside` over the mean grey of the same pixels in the lesion-free picture.
    pub inside_over_lesion_free: Option<f64>,
    /// By how much of its grey the ring beyond the wall ([`BEYOND_WALL_PX`]) is darker than the same ring of the
    /// lesion-free picture: 0 is none, 0.1 a tenth.
    pub dark_without_paint: Option<f64>,
}

/// Measures one lesion of a scan; `None` for an empty region, or where fewer than eight layer pixels surround it.
///
/// # Panics
/// If the planes have different sizes or the region leaves them.
pub fn measure(scan: &LesionScan, spacing: Option<Spacing>, region: &Region) -> Option<LesionFigures> {
    let crop = Crop::around(scan, region)?;
    let around = crop.ring_mean(scan.grey, AROUND_PX)?;
    if around <= 0.0 {
        return None;
    }
    let inside = crop.mean(scan.grey, |place| place.is_inside)?;
    let core = crop.mean(scan.grey, |place| place.is_inside && place.depth_px() > CORE_DEPTH_PX);
    let columns = region.bounds().width();
    let free =
        |mean: &dyn Fn(&[f32]) -> Option<f64>| scan.lesion_free.and_then(mean).filter(|grey| *grey > 0.0);
    let free_inside = free(&|grey| crop.mean(grey, |place| place.is_inside));
    let free_beyond = free(&|grey| crop.ring_mean(grey, BEYOND_WALL_PX));
    let beyond = crop.ring_mean(scan.grey, BEYOND_WALL_PX);
    Some(LesionFigures {
        pixels: region.pixel_count(),
        columns,
        width_um: spacing.map(|spacing| f64::from(columns) * f64::from(spacing.lateral_um_per_px)),
        inside,
        around,
        inside_over_around: inside / around,
        core_over_around: core.map(|core| core / around),
        rim: if inside < around { rim::measure(&crop.profile(scan)) } else { None },
        inside_over_lesion_free: free_inside.map(|free| inside / free),
        dark_without_paint: beyond.zip(free_beyond).map(|(beyond, free)| 1.0 - beyond / free),
    })
}

/// A pixel near a lesion.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Its index in the scan's planes.
    pixel: usize,
    /// Distance from its centre to the painted edge, negative inside.
    signed_px: f32,
    is_inside: bool,
    /// Whether it was scanned and shows a layer, no lesion.
    is_layer: bool,
}

impl Place {
    /// Distance to the centre of the nearest pixel outside, for a pixel inside.
    fn depth_px(&self) -> f32 {
        0.5 - self.signed_px
    }

    /// Distance to the centre of the nearest pixel of the lesion, for a pixel outside.
    fn away_px(&self) -> f32 {
        self.signed_px + 0.5
    }
}

/// The pixels around one lesion, with their distance to its edge.
struct Crop {
    places: Vec<Place>,
}

impl Crop {
    /// `None` for an empty region.
    fn around(scan: &LesionScan, region: &Region) -> Option<Self> {
        let [width, height] = scan.size;
        let pixels = width as usize * height as usize;
        assert!(
            scan.grey.len() == pixels && scan.labels.len() == pixels && scan.scanned.len() == pixels,
            "planes of a {width}x{height} scan"
        );
        assert!(
            scan.lesion_free.is_none_or(|grey| grey.len() == pixels),
            "a lesion-free picture of the same size"
        );
        let bounds = region.bounds();
        assert!(bounds.x1 <= width && bounds.y1 <= height, "a region inside the scan");
        if region.is_empty() {
            return None;
        }
        let bounds = bounds.grown(MARGIN_PX, width, height);
        let inside: Vec<bool> = region.to_bits(bounds).into_iter().map(|bit| bit != 0).collect();
        let distance = signed_distance(bounds.width(), bounds.height(), &inside, [1.0, 1.0]);
        let places =
            pixels_of(bounds).zip(inside.iter().zip(&distance)).map(|((x, y), (&is_inside, &signed_px))| {
                let pixel = y as usize * width as usize + x as usize;
                let code = scan.labels[pixel];
                let is_layer = scan.scanned[pixel]
                    && code > ABOVE_ILM
                    && code < BELOW_BM
                    && !is_lesion(code)
                    && !is_inside;
                Place { pixel, signed_px, is_inside, is_layer }
            });
        Some(Self { places: places.collect() })
    }

    /// Mean grey of the pixels that are wanted; `None` of none.
    fn mean(&self, grey: &[f32], wanted: impl Fn(&Place) -> bool) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0_u32);
        for place in self.places.iter().filter(|place| wanted(place)) {
            sum += f64::from(grey[place.pixel]);
            count += 1;
        }
        (count > 0).then(|| sum / f64::from(count))
    }

    /// Mean grey of the layer pixels in a ring; `None` of too few.
    fn ring_mean(&self, grey: &[f32], [near, far]: [f32; 2]) -> Option<f64> {
        let in_ring = |place: &Place| place.is_layer && place.away_px() > near && place.away_px() <= far;
        let count = self.places.iter().filter(|place| in_ring(place)).count();
        if count < MIN_RING_PX { None } else { self.mean(grey, in_ring) }
    }

    /// Every pixel that belongs to the lesion or to the layers around it. Against a lesion-free picture the layers'
    /// own greys are divided out, so that a bright layer beside a cyst is not taken for its wall.
    fn profile(&self, scan: &LesionScan) -> Vec<rim::Sample> {
        let usable = self.places.iter().filter(|place| place.is_inside || place.is_layer);
        usable
            .map(|place| rim::Sample {
                signed_px: f64::from(place.signed_px),
                grey: f64::from(scan.grey[place.pixel]),
                unpainted: scan.lesion_free.map_or(1.0, |grey| f64::from(grey[place.pixel])),
            })
            .collect()
    }
}

fn pixels_of(bounds: Rect) -> impl Iterator<Item = (u32, u32)> {
    (bounds.y0..bounds.y1).flat_map(move |y| (bounds.x0..bounds.x1).map(move |x| (x, y)))
}
