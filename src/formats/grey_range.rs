//! Which of a file's values are shown black and which white: one window for all B-scans of a volume.
//!
//! Instruments store 12 bits in 16, percentages, reflectivities. Scaled by the range of the number type, such
//! a scan opens black; scaled page by page, its B-scans flicker. So the window is chosen once for the volume,
//! and said.

use std::fmt;

/// Values looked at for the percentiles; a regular sample of a volume has the same ones.
const SAMPLED_VALUES: usize = 1 << 20;
/// Shares of the values that are shown black and white at most.
const PERCENTILES: [f64; 2] = [0.005, 0.995];
/// A window that shows nearly all values in less than this share of the greys shows a black picture.
const DARKEST_WINDOW: f32 = 1.0 / 32.0;
/// Half of the reflectivities of a scan lie below this share of its brightest ones; of greys they do not.
const REFLECTIVITY_MEDIAN: f32 = 1.0 / 50.0;
/// Greatest values of the depths that instruments store in wider numbers.
const STORED_DEPTHS: [f32; 2] = [255.0, 4095.0];
/// The window that files share is at most this much wider than the one that each has.
const SHARED_WIDTH: f32 = 8.0;
/// Stands for "no measurement" in exports of instruments (`FLT_MAX`), as everything from here on.
const NO_MEASUREMENT: f32 = 1e30;

/// Where a window comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowSource {
    /// The file states it.
    File,
    /// All values that the number type holds.
    NumberType,
    /// All values of the 8 or 12 bits that are stored in wider numbers and used by more than half.
    StoredDepth,
    /// Greys of a picture that were divided by their greatest: 0 to 1.
    UnitGreys,
    /// From the 0.5 to the 99.5 percentile of the values.
    Percentiles,
    /// 0 to 1, shown by the fourth root as instruments do.
    Reflectivity,
}

impl WindowSource {
    /// One word for machines.
    pub fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::NumberType => "number_type",
            Self::StoredDepth => "stored_depth",
            Self::UnitGreys => "unit_greys",
            Self::Percentiles => "percentiles",
            Self::Reflectivity => "reflectivity",
        }
    }
}

/// From black to white.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GreyWindow {
    /// Shown black, as is everything below.
    pub black: f32,
    /// Shown white, as is everything above.
    pub white: f32,
    /// Who says so.
    pub source: WindowSource,
}

/// What is known of the values before any is looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct ValueFacts {
    /// Black and white as the file states them.
    pub file_window: Option<[f32; 2]>,
    /// Least and greatest value of the number type; `None` for floating-point numbers.
    pub type_range: Option<[f32; 2]>,
}

/// What all values have in common.
struct Extent {
    least: f32,
    greatest: f32,
    are_whole: bool,
    /// Whether all are of the form k / 255.
    are_unit_greys: bool,
}

impl Extent {
    /// `None` where no value is a number.
    fn of(count: usize, value: &impl Fn(usize) -> f32) -> Option<Self> {
        let start =
            Self { least: f32::INFINITY, greatest: f32::NEG_INFINITY, are_whole: true, are_unit_greys: true };
        let extent = (0..count).map(value).filter(is_measured).fold(start, |mut extent, value| {
            extent.least = extent.least.min(value);
            extent.greatest = extent.greatest.max(value);
            extent.are_whole &= value.fract() == 0.0;
            let grey = value * 255.0;
            extent.are_unit_greys &= (grey - grey.round()).abs() < 1e-3;
            extent
        });
        (extent.least <= extent.greatest).then_some(extent)
    }
}

fn is_measured(value: &f32) -> bool {
    value.is_finite() && *value < NO_MEASUREMENT
}

impl GreyWindow {
    /// The window of a volume whose values are `count` and are looked up by index.
    pub fn choose(count: usize, value: impl Fn(usize) -> f32, facts: ValueFacts) -> Self {
        // An odd step does not run down one column of an image whose width is a power of two.
        let step = count.div_ceil(SAMPLED_VALUES).max(1) | 1;
        let mut sample: Vec<f32> = (0..count).step_by(step).map(&value).filter(is_measured).collect();
        sample.sort_unstable_by(f32::total_cmp);
        let (Some(extent), false) = (Extent::of(count, &value), sample.is_empty()) else {
            return Self { black: 0.0, white: 1.0, source: WindowSource::Percentiles };
        };
        let at = |share: f64| sample[((sample.len() - 1) as f64 * share).round() as usize];
        let [low, high] = PERCENTILES.map(at);
        let is_dark = |[black, white]: [f32; 2]| (high - black) / (white - black) < DARKEST_WINDOW;
        let shows = |window: &[f32; 2]| window[0] < window[1] && low < window[1] && !is_dark(*window);
        if let Some([black, white]) = facts.file_window.filter(shows) {
            return Self { black, white, source: WindowSource::File };
        }
        if let Some(window) = extent.natural_window(facts.type_range) {
            return window;
        }
        if facts.type_range.is_none() && extent.least >= 0.0 && extent.greatest <= 1.0 && high > 0.0 {
            let dark = sample.partition_point(|value| *value <= 0.0);
            let median = sample[(dark + sample.len()) / 2];
            if median < high * REFLECTIVITY_MEDIAN {
                return Self { black: 0.0, white: 1.0, source: WindowSource::Reflectivity };
            }
        }
        // A picture of few values, such as one spot on black, has no width between its percentiles.
        let (black, white) = if low < high { (low, high) } else { (extent.least, extent.greatest) };
        let white = if black < white { white } else { black + 1.0 };
        Self { black, white, source: WindowSource::Percentiles }
    }

    /// A window for what two files show by windows of their own; `None` where one of them would come out black.
    pub(super) fn shared_with(self, other: Self) -> Option<Self> {
        let width = |window: Self| window.white - window.black;
        let source = if self.source == other.source { self.source } else { WindowSource::Percentiles };
        let shared = Self { black: self.black.min(other.black), white: self.white.max(other.white), source };
        let narrowest = width(self).min(width(other));
        let are_alike =
            (self.source == WindowSource::Reflectivity) == (other.source == WindowSource::Reflectivity);
        (are_alike && narrowest * SHARED_WIDTH >= width(shared)).then_some(shared)
    }

    /// The grey of a value; black where it is no number.
    pub fn grey(&self, value: f32) -> u8 {
        let value = if is_measured(&value) { value } else { f32::NAN };
        let share = ((value - self.black) / (self.white - self.black)).clamp(0.0, 1.0);
        let share = if self.source == WindowSource::Reflectivity { share.sqrt().sqrt() } else { share };
        // A value that is no number becomes 0 here.
        (share * 255.0).round() as u8
    }

    /// What the user is told.
    pub fn note(&self, name: &str) -> String {
        format!("{name}: {self}")
    }
}

impl Extent {
    /// The window that shows the values as they are, where they fill more than half of one.
    fn natural_window(&self, type_range: Option<[f32; 2]>) -> Option<GreyWindow> {
        let window = |black, white, source| Some(GreyWindow { black, white, source });
        if let Some([black, white]) = type_range {
            // One value alone says nothing about the range it belongs to.
            if self.greatest - self.least > (white - black) / 2.0 || self.least == self.greatest {
                return window(black, white, WindowSource::NumberType);
            }
        }
        if self.are_whole && self.least >= 0.0 {
            let depth = STORED_DEPTHS.into_iter().find(|greatest| self.greatest <= *greatest);
            return depth
                .filter(|greatest| self.greatest > greatest / 2.0)
                .and_then(|greatest| window(0.0, greatest, WindowSource::StoredDepth));
        }
        let are_greys = self.are_unit_greys && self.least >= 0.0 && self.greatest <= 1.0;
        (are_greys && self.greatest > 0.5).then_some(GreyWindow {
            black: 0.0,
            white: 1.0,
            source: WindowSource::UnitGreys,
        })
    }
}

impl fmt::Display for GreyWindow {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { black, white, source } = self;
        let why = match source {
            WindowSource::File => "the window that the file states",
            WindowSource::NumberType => "the range of its numbers",
            WindowSource::StoredDepth => "the bits that its values use",
            WindowSource::UnitGreys => "greys that were divided by 255",
            WindowSource::Percentiles => "the 0.5 to 99.5 percentiles of all its B-scans",
            WindowSource::Reflectivity => "reflectivities, by their fourth root",
        };
        write!(f, "values from {black} (black) to {white} (white) are shown: {why}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(values: &[f32], file_window: Option<[f32; 2]>, type_range: Option<[f32; 2]>) -> GreyWindow {
        GreyWindow::choose(values.len(), |i| values[i], ValueFacts { file_window, type_range })
    }

    #[test]
    fn the_rule_goes_from_the_file_to_the_type_to_the_percentiles() {
        let sixteen_bits = Some([0.0, 65535.0]);
        let ramp: Vec<f32> = (0..1001).map(|i| i as f32).collect();
        let stated = chosen(&ramp, Some([0.0, 4095.0]), sixteen_bits);
        assert_eq!((stated.white, stated.source), (4095.0, WindowSource::File));
        let wide: Vec<f32> = ramp.iter().map(|value| value * 40.0).collect();
        let full = chosen(&wide, None, sixteen_bits);
        assert_eq!((full.black, full.white, full.source), (0.0, 65535.0, WindowSource::NumberType));
        let narrow = chosen(&ramp, None, sixteen_bits);
        assert_eq!((narrow.black, narrow.white, narrow.source), (5.0, 995.0, WindowSource::Percentiles));
        let greys = [-3.0, 5.0, 500.0, 995.0, 4000.0, f32::NAN, f32::MAX].map(|v| narrow.grey(v));
        assert_eq!(greys, [0, 0, 128, 255, 255, 0, 0]);
    }

    #[test]
    fn a_window_that_shows_black_is_not_believed() {
        let percent: Vec<f32> = (0..101).map(|i| i as f32).collect();
        let window = chosen(&percent, Some([0.0, 65535.0]), Some([0.0, 65535.0]));
        assert_eq!(window.source, WindowSource::Percentiles);
        assert!(window.grey(50.0) > 120, "{window}");
        assert_eq!(chosen(&percent, Some([9.0, 9.0]), None).source, WindowSource::Percentiles);
    }

    #[test]
    fn eight_and_twelve_bits_in_wider_numbers_keep_their_greys() {
        let eight: Vec<f32> = (0..=255).map(|i| i as f32).collect();
        for type_range in [None, Some([0.0, 65535.0]), Some([-32768.0, 32767.0])] {
            let window = chosen(&eight, None, type_range);
            assert_eq!(window.source, WindowSource::StoredDepth);
            assert!(eight.iter().all(|&value| f32::from(window.grey(value)) == value));
        }
        let twelve: Vec<f32> = eight.iter().map(|value| value * 16.0).collect();
        let window = chosen(&twelve, None, Some([0.0, 65535.0]));
        assert_eq!((window.white, window.source), (4095.0, WindowSource::StoredDepth));
        let signed: Vec<f32> = eight.iter().map(|value| value - 128.0).collect();
        assert_eq!(chosen(&signed, None, Some([-32768.0, 32767.0])).source, WindowSource::Percentiles);
    }

    #[test]
    fn reflectivities_are_shown_by_their_fourth_root_and_greys_are_not() {
        let reflectivity: Vec<f32> = (0..1001).map(|i| (i as f32 / 1000.0).powi(8)).collect();
        let window = chosen(&reflectivity, None, None);
        assert_eq!((window.source, window.grey(1.0 / 16.0)), (WindowSource::Reflectivity, 128));
        // Mostly dark, as a scan is.
        let mut grey: Vec<f32> = (0..256).map(|i| i as f32 / 255.0).collect();
        grey.extend([1.0 / 255.0; 800]);
        let window = chosen(&grey, None, None);
        assert_eq!((window.source, window.grey(0.5)), (WindowSource::UnitGreys, 128));
        let smooth: Vec<f32> = (0..999).map(|i| i as f32 / 998.0).collect();
        assert_eq!(chosen(&smooth, None, None).source, WindowSource::Percentiles);
    }

    #[test]
    fn files_of_one_kind_share_a_window() {
        let window = |black, white, source| GreyWindow { black, white, source };
        let (one, other) =
            (window(0.0, 900.0, WindowSource::Percentiles), window(10.0, 1400.0, WindowSource::Percentiles));
        assert_eq!(one.shared_with(other), Some(window(0.0, 1400.0, WindowSource::Percentiles)));
        let eight = window(0.0, 255.0, WindowSource::StoredDepth);
        assert_eq!(eight.shared_with(window(0.0, 4095.0, WindowSource::StoredDepth)), None);
        let reflectivity = window(0.0, 1.0, WindowSource::Reflectivity);
        assert_eq!(reflectivity.shared_with(window(0.0, 1.0, WindowSource::UnitGreys)), None);
        assert_eq!(reflectivity.shared_with(reflectivity), Some(reflectivity));
    }

    #[test]
    fn nothing_and_one_value_have_a_window_too() {
        for values in [&[][..], &[f32::NAN], &[f32::MAX], &[7.5, 7.5]] {
            let window = chosen(values, None, None);
            assert!(window.black < window.white, "{values:?}: {window}");
        }
        let constant = chosen(&[1285.0; 4], None, Some([0.0, 65535.0]));
        assert_eq!(constant.grey(1285.0), 5);
        let mut spot = vec![0.0; 1000];
        spot[500] = 9.0;
        assert_eq!(chosen(&spot, None, None).grey(9.0), 255);
    }
}
