//! How the scan itself is looked at: window and level, gamma, what it is laid against. View only: none of
//! it is written to a document or an export.

use serde::{Deserialize, Serialize};

use super::canvas::overlay::NEUTRAL_TONE;
use crate::mask::measure::Extent;
use crate::scan::GreyImage;

/// Greys the level may take.
pub const LEVEL_RANGE: std::ops::RangeInclusive<f32> = 0.0..=255.0;
/// Widths the window may have.
pub const WINDOW_RANGE: std::ops::RangeInclusive<f32> = 8.0..=255.0;
/// Gammas; above 1 lifts the dark.
pub const GAMMA_RANGE: std::ops::RangeInclusive<f32> = 0.3..=3.0;
/// Shares of the pixels that an automatic window lets go black and white.
const AUTOMATIC_SHARES: [f32; 2] = [0.01, 0.998];

/// How greys are shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tone {
    /// Grey in the middle of the window.
    pub level: f32,
    /// Number of greys from black to white.
    pub window: f32,
    /// Within [`GAMMA_RANGE`]; 1 changes nothing.
    pub gamma: f32,
    /// Whether black and white change places.
    pub inverted: bool,
}

impl Default for Tone {
    fn default() -> Self {
        Self { level: 127.5, window: 255.0, gamma: 1.0, inverted: false }
    }
}

impl Tone {
    /// As the overlay pass takes it.
    pub fn uniform(self) -> [f32; 4] {
        if self == Self::default() {
            return NEUTRAL_TONE;
        }
        let darkest = (self.level - self.window / 2.0) / 255.0;
        [darkest, 255.0 / self.window, 1.0 / self.gamma, f32::from(u8::from(self.inverted))]
    }

    /// The window that spans the greys of a scan, but for its rarest; `scanned` (1 inside) leaves out what
    /// the instrument did not record. Gamma and inversion stay.
    pub fn fitted(self, image: &GreyImage, scanned: Option<&[u8]>) -> Self {
        let mut counts = [0_u64; 256];
        match scanned {
            Some(scanned) => image
                .pixels
                .iter()
                .zip(scanned)
                .filter(|(_, inside)| **inside != 0)
                .for_each(|(grey, _)| counts[usize::from(*grey)] += 1),
            None => image.pixels.iter().for_each(|grey| counts[usize::from(*grey)] += 1),
        }
        let total: u64 = counts.iter().sum();
        let grey_at = |share: f32| {
            let wanted = (total as f64 * f64::from(share)) as u64;
            let mut seen = 0;
            let found = counts.iter().position(|count| {
                seen += count;
                seen > wanted
            });
            found.unwrap_or(255) as f32
        };
        let [low, high] = AUTOMATIC_SHARES.map(grey_at);
        let window = (high - low).max(*WINDOW_RANGE.start());
        Self { level: (low + high) / 2.0, window, ..self }
    }
}

/// How the synthetic scan is laid against the scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comparison {
    /// Each in its pane.
    #[default]
    Beside,
    /// No synthetic scan: all of the window for the labels.
    Alone,
    /// In one pane, the synthetic one right of a line that can be moved.
    Wipe,
    /// In one pane, by turns.
    Flicker,
}

impl Comparison {
    /// Whether there is one pane instead of two.
    pub fn has_one_pane(self) -> bool {
        self != Self::Beside
    }

    /// The scan alone; both where it is alone already.
    pub fn alone_or_beside(self) -> Self {
        if self == Self::Alone { Self::Beside } else { Self::Alone }
    }
}

/// How another grader's labels are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraderLook {
    /// Whether the outlines of their labels are drawn.
    pub outline: bool,
    /// Whether pixels that the graders label differently stand out.
    pub difference: bool,
}

/// What the panel at the right shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// The labels and the synthesis.
    #[default]
    Edit,
    /// Greys, overlay and comparison.
    View,
    /// Areas, thicknesses and the second grader.
    Measure,
    /// All B-scans: their labels and the thickness map.
    Volume,
}

/// How the scan is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// What the panel shows; every start begins with the labels.
    #[serde(skip)]
    pub tab: Tab,
    /// How greys are shown.
    pub tone: Tone,
    /// How the synthetic scan is laid against the scan; not kept between runs.
    #[serde(skip)]
    pub comparison: Comparison,
    /// What was there before a wipe.
    #[serde(skip)]
    before_wipe: Comparison,
    /// Where the line of a wipe stands, as a share of the pane.
    pub wipe_at: f32,
    /// How another grader's labels are drawn.
    pub grader: GraderLook,
    /// Whether the thickness profile is drawn under the scan.
    pub profile: bool,
    /// What it is the thickness of.
    #[serde(skip)]
    pub profile_extent: Extent,
    /// Whether the row of B-scans is shown.
    pub filmstrip: bool,
    /// Whether the wheel turns the B-scans of a volume, and Ctrl with it zooms.
    pub wheel_turns_pages: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            tab: Tab::default(),
            tone: Tone::default(),
            comparison: Comparison::default(),
            before_wipe: Comparison::default(),
            wipe_at: 0.5,
            grader: GraderLook { outline: true, difference: false },
            profile: false,
            profile_extent: Extent::Retina,
            filmstrip: true,
            wheel_turns_pages: false,
        }
    }
}

impl Look {
    /// Lays the synthetic scan against the scan another way.
    pub fn compare(&mut self, how: Comparison) {
        if how == Comparison::Wipe && self.comparison != how {
            self.before_wipe = self.comparison;
        }
        self.comparison = how;
    }

    /// Begins a wipe, or goes back to what was there before.
    pub fn toggle_wipe(&mut self) {
        let is_wiping = self.comparison == Comparison::Wipe;
        self.compare(if is_wiping { self.before_wipe } else { Comparison::Wipe });
    }

    /// Brings values that a hand may have written into a file into their ranges.
    pub fn bring_into_ranges(&mut self) {
        let (tone, usual) = (&mut self.tone, Tone::default());
        for (value, range, usual) in [
            (&mut tone.level, LEVEL_RANGE, usual.level),
            (&mut tone.window, WINDOW_RANGE, usual.window),
            (&mut tone.gamma, GAMMA_RANGE, usual.gamma),
            (&mut self.wipe_at, 0.0..=1.0, 0.5),
        ] {
            *value = if value.is_finite() { value.clamp(*range.start(), *range.end()) } else { usual };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wipe_ends_in_what_was_there_before() {
        let mut look = Look::default();
        for before in [Comparison::Alone, Comparison::Flicker, Comparison::Beside] {
            look.compare(before);
            look.toggle_wipe();
            assert_eq!(look.comparison, Comparison::Wipe);
            look.compare(Comparison::Wipe);
            look.toggle_wipe();
            assert_eq!(look.comparison, before);
        }
    }

    #[test]
    fn an_automatic_window_spans_the_greys_inside_the_scanned_area() {
        let pixels: Vec<u8> = (0..1000).map(|i| if i < 500 { 255 } else { 40 + (i % 100) as u8 }).collect();
        let scanned: Vec<u8> = (0..1000).map(|i| u8::from(i >= 500)).collect();
        let image = GreyImage::new(100, 10, pixels);
        let tone = Tone::default().fitted(&image, Some(&scanned));
        assert_eq!((tone.level, tone.window), (89.5, 99.0));
        assert_eq!(Tone::default().fitted(&image, None).window, 214.0);
        let flat = GreyImage::new(2, 1, vec![7, 7]);
        assert_eq!(Tone::default().fitted(&flat, None).window, *WINDOW_RANGE.start());
    }

    #[test]
    fn the_uniform_of_an_untouched_tone_changes_no_grey() {
        assert_eq!(Tone::default().uniform(), NEUTRAL_TONE);
        let narrow = Tone { level: 127.5, window: 51.0, ..Tone::default() }.uniform();
        assert_eq!(narrow, [0.4, 5.0, 1.0, 0.0]);
    }
}
