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
/// Half of the reflectivities of a scan lie below this; of greys that were divided by 255 they do not.
const REFLECTIVITY_MEDIAN: f32 = 1.0 / 50.0;

/// Where a window comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowSource {
    /// The file states it.
    File,
    /// All values that the number type holds.
    NumberType,
    /// From the 0.5 to the 99.5 percentile of the values.
    Percentiles,
    /// 0 to 1, shown by the fourth root as instruments do.
    Reflectivity,
}

/// From black to white.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GreyWindow {
    /// Shown black, as is everything below.
    pub black: f32,
    /// Shown white, as is everything above.
    pub white: f32,
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

impl GreyWindow {
    /// The window of a volume whose values are `count` and are looked up by index.
    pub fn choose(count: usize, value: impl Fn(usize) -> f32, facts: ValueFacts) -> Self {
        let step = count.div_ceil(SAMPLED_VALUES).max(1);
        let sample = (0..count).step_by(step).map(value).filter(|value| value.is_finite());
        let mut sample: Vec<f32> = sample.collect();
        sample.sort_unstable_by(f32::total_cmp);
        let at =
            |share: f64| sample.get(((sample.len().max(1) - 1) as f64 * share).round() as usize).copied();
        let (Some(least), Some(low), Some(median), Some(high), Some(greatest)) =
            (at(0.0), at(PERCENTILES[0]), at(0.5), at(PERCENTILES[1]), at(1.0))
        else {
            return Self { black: 0.0, white: 1.0, source: WindowSource::Percentiles };
        };
        let is_dark = |[black, white]: [f32; 2]| (high - black) / (white - black) < DARKEST_WINDOW;
        let shows = |window: &[f32; 2]| window[0] < window[1] && low < window[1] && !is_dark(*window);
        if let Some([black, white]) = facts.file_window.filter(shows) {
            return Self { black, white, source: WindowSource::File };
        }
        match facts.type_range {
            Some([black, white]) if greatest - least > (white - black) / 2.0 => {
                return Self { black, white, source: WindowSource::NumberType };
            }
            None if least >= 0.0 && greatest <= 1.0 && greatest > 0.0 && median < REFLECTIVITY_MEDIAN => {
                return Self { black: 0.0, white: 1.0, source: WindowSource::Reflectivity };
            }
            _ => {}
        }
        // A picture of few values, such as one spot on black, has no width between its percentiles.
        let (black, white) = if low < high { (low, high) } else { (least, greatest) };
        let white = if black < white { white } else { black + 1.0 };
        Self { black, white, source: WindowSource::Percentiles }
    }

    /// The grey of a value; black where it is no number.
    pub fn grey(&self, value: f32) -> u8 {
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

impl fmt::Display for GreyWindow {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { black, white, source } = self;
        let why = match source {
            WindowSource::File => "the window that the file states",
            WindowSource::NumberType => "the range of its numbers",
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
        assert_eq!(
            [-3.0, 5.0, 500.0, 995.0, 4000.0, f32::NAN].map(|v| narrow.grey(v)),
            [0, 0, 128, 255, 255, 0]
        );
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
    fn reflectivities_are_shown_by_their_fourth_root_and_greys_are_not() {
        let reflectivity: Vec<f32> = (0..1001).map(|i| (i as f32 / 1000.0).powi(8)).collect();
        let window = chosen(&reflectivity, None, None);
        assert_eq!((window.source, window.grey(1.0 / 16.0)), (WindowSource::Reflectivity, 128));
        let grey: Vec<f32> = (0..256).map(|i| i as f32 / 255.0).collect();
        assert_eq!(chosen(&grey, None, None).source, WindowSource::Percentiles);
    }

    #[test]
    fn nothing_and_one_value_have_a_window_too() {
        for values in [&[][..], &[f32::NAN], &[7.0, 7.0]] {
            let window = chosen(values, None, None);
            assert!(window.black < window.white, "{values:?}: {window}");
        }
        let mut spot = vec![0.0; 1000];
        spot[500] = 9.0;
        assert_eq!(chosen(&spot, None, None).grey(9.0), 255);
    }
}
