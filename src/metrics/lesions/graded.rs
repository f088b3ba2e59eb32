//! What real, graded cysts look like by width: the reference that painted ones are held against.
//!
//! Of the 355 cysts that grader 1 drew in Duke 1-8, `inside_over_around` has the medians .64, .72, .73 (.725) and .76
//! in the four classes of width, the darker quarter .57, .64, .66 and .67, the darkest tenth .47, .58, .57 and .60:
//! within .02 (the tenth: .03) of the published .64 .72 .73 .76, .56 .66 .65 .66 and .46 .61 .56 .61 of 337 cysts,
//! whose exact ring and smallest size are not known. Their walls measure 4 to 5 px (medians), with the half-way point
//! 0.4 to 1.0 px outside: profiles are taken along the grader's line, which strays, so a wall that is 2 to 3 px wide
//! along its own edge measures wider here. A painted cyst has no such excuse: its line is exact.

use serde::Serialize;

use super::{LesionFigures, LesionScan, measure};
use crate::anatomy::is_lesion;
use crate::mask::{Connectivity, Plane, Region};
use crate::metrics::quantile::quantile;
use crate::scan::Spacing;

/// Smaller ones are slips of the pen.
pub const MIN_LESION_PX: u64 = 20;
/// Widths at which one class ends and the next begins, in micrometres.
const CLASS_ENDS_UM: [f64; 3] = [90.0, 160.0, 260.0];

/// Lesions of one range of widths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SizeClass {
    /// Narrower than 90 µm.
    Under90Um,
    /// From 90 µm to 160 µm.
    To160Um,
    /// From 160 µm to 260 µm.
    To260Um,
    /// 260 µm and wider.
    Over260Um,
}

impl SizeClass {
    /// All classes, the narrowest first.
    pub const ALL: [SizeClass; 4] = [Self::Under90Um, Self::To160Um, Self::To260Um, Self::Over260Um];

    /// The class of a width in micrometres.
    pub fn of(width_um: f64) -> Self {
        Self::ALL[CLASS_ENDS_UM.iter().filter(|end| width_um >= **end).count()]
    }

    /// The widths, for people.
    pub fn name(self) -> &'static str {
        ["under 90 µm", "90-160 µm", "160-260 µm", "over 260 µm"][self as usize]
    }

    /// The most that `inside_over_around` of a painted cyst of this class may be: the darker quarter of real ones,
    /// as it was published for widths of about 60, 120, 200 and 350 µm.
    pub fn aim(self) -> f64 {
        [0.60, 0.66, 0.65, 0.66][self as usize]
    }
}

/// The figures of the lesions of one class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SizeClassFigures {
    /// Which widths.
    pub class: SizeClass,
    /// How many there are.
    pub lesions: usize,
    /// Of `inside_over_around`; `None` without lesions.
    pub median: Option<f64>,
    /// A quarter of the lesions is at least so dark.
    pub darker_quarter: Option<f64>,
    /// A tenth of the lesions is at least so dark.
    pub darkest_tenth: Option<f64>,
    /// Medians over the lesions that have a wall, in pixels.
    pub rim_width_px: Option<f64>,
    /// How far that wall lies outside the outline.
    pub rim_offset_px: Option<f64>,
    /// Lesions without a wall: not darker than what surrounds them.
    pub without_rim: usize,
    /// Median over the lesions that have a lesion-free picture beside them.
    pub dark_without_paint: Option<f64>,
}

/// The figures of every lesion of a label map that has at least [`MIN_LESION_PX`] pixels and layers around it. Pixels
/// that touch at a corner belong to one lesion.
///
/// # Panics
/// If the planes have different sizes.
pub fn graded_lesions(scan: &LesionScan, spacing: Option<Spacing>) -> Vec<LesionFigures> {
    let regions = lesion_regions(scan.size, scan.labels);
    let large = regions.iter().filter(|region| region.pixel_count() >= MIN_LESION_PX);
    large.filter_map(|region| measure(scan, spacing, region)).collect()
}

/// The connected lesions of a label map, by their first pixel.
pub(in crate::metrics) fn lesion_regions([width, height]: [u32; 2], labels: &[u8]) -> Vec<Region> {
    Region::components(&Plane::from_pixels(width, height, labels), is_lesion, Connectivity::Eight)
}

/// Figures by class of width, of lesions whose width is known in micrometres.
pub fn by_size_class(lesions: &[LesionFigures]) -> [SizeClassFigures; 4] {
    SizeClass::ALL.map(|class| {
        let of_class: Vec<&LesionFigures> = lesions
            .iter()
            .filter(|lesion| lesion.width_um.is_some_and(|width| SizeClass::of(width) == class))
            .collect();
        let values = |value: fn(&LesionFigures) -> Option<f64>| -> Vec<f64> {
            of_class.iter().filter_map(|lesion| value(lesion)).collect()
        };
        let contrast = values(|lesion| Some(lesion.inside_over_around));
        SizeClassFigures {
            class,
            lesions: of_class.len(),
            median: quantile(&contrast, 0.5),
            darker_quarter: quantile(&contrast, 0.25),
            darkest_tenth: quantile(&contrast, 0.1),
            rim_width_px: quantile(&values(|lesion| Some(lesion.rim?.width_px)), 0.5),
            rim_offset_px: quantile(&values(|lesion| Some(lesion.rim?.offset_px)), 0.5),
            without_rim: of_class.iter().filter(|lesion| lesion.rim.is_none()).count(),
            dark_without_paint: quantile(&values(|lesion| lesion.dark_without_paint), 0.5),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_fall_into_their_classes() {
        let classes = [60.0, 90.0, 200.0, 350.0].map(SizeClass::of);
        assert_eq!(classes, SizeClass::ALL);
        assert_eq!(SizeClass::of(89.9).name(), "under 90 µm");
    }

    #[test]
    fn lesions_that_touch_at_a_corner_are_one_and_other_codes_are_others() {
        #[rustfmt::skip]
        let labels = [
            3, 9, 3, 3,
            3, 3, 9, 10,
            9, 3, 3, 3,
        ];
        let counts: Vec<u64> = lesion_regions([4, 3], &labels).iter().map(Region::pixel_count).collect();
        assert_eq!(counts, [2, 1, 1]);
    }
}
