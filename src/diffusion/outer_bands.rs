//! The outer bands, clearly apart.
//!
//! A network learns where they are from graders' lines, which are a pixel or two off from column to column: so it draws the
//! ellipsoid zone and the line of the pigment epithelium as one mottled band, which is what first tells a synthetic scan
//! from a real one. So what came is measured along the bands, over some columns, and what is missing of their usual
//! course ([`outer_bands`]) is multiplied in. Their brightness in a column stays, and so do speckle and the shadows of
//! vessels.

use crate::anatomy::{ABOVE_ILM, BELOW_BM};
use crate::encoding::lines::{Weights, between, mean_around, part_of_change, weights_of};
use crate::encoding::outer_bands::{self, ABOVE, Bands, SAMPLES};

/// What a grey may be multiplied by.
const FACTORS: [f32; 2] = [0.5, 2.0];
/// Deviation, in columns, of the weights that the picture is measured with, and how far they reach: less is speckle.
const MEASURING: Weights = (8.0, 16);
/// Columns over which the bands pass into what lies beside them.
const END_COLUMNS: usize = 6;
/// Rows above the ellipsoid zone over which they pass into the layer above.
const FADE_ROWS: f32 = 6.0;
/// Share of their factor that the last samples get: below them lies what they say nothing of.
const LAST_SHARES: [f32; 3] = [0.7, 0.4, 0.1];
/// A grey, as a share of white, that can be divided by.
const LEAST_GREY: f32 = 0.01;

/// The bands of a mask on the grid.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OuterBands {
    width: usize,
    /// By column.
    bands: Vec<Option<Bands>>,
    /// Whether a pixel is retina, row-major: neither fluid nor what lies above and below.
    is_retina: Vec<bool>,
    /// The course that the greys are to have.
    profile: [f32; SAMPLES],
}

impl OuterBands {
    /// The bands of composite codes on a grid, row-major; `None` where there are none.
    pub fn of(labels: &[u8], width: usize, contrast: f32) -> Option<Self> {
        let bands = outer_bands::of_labels(labels, width);
        bands.iter().any(Option::is_some).then(|| Self {
            width,
            bands,
            is_retina: labels.iter().map(|&code| (ABOVE_ILM + 1..BELOW_BM).contains(&code)).collect(),
            profile: outer_bands::profile_of(contrast),
        })
    }

    /// Changes a picture, row-major in `[-1, 1]`; `share` of it, so that what is left of a real scan is not changed once
    /// more.
    ///
    /// # Panics
    /// If the picture is not the grid's size.
    pub fn meet(&self, picture: &mut [f32], share: f32) {
        assert_eq!(picture.len(), self.is_retina.len(), "a picture of the grid");
        let height = picture.len() / self.width;
        let greys: Vec<Option<[f32; SAMPLES]>> = self
            .bands
            .iter()
            .enumerate()
            .map(|(x, bands)| {
                let grey = |y: usize| ((picture[y * self.width + x] + 1.0) / 2.0).clamp(0.0, 1.0);
                bands.map(|bands| bands.profile(0.0, height, grey))
            })
            .collect();
        let weights = weights_of(MEASURING);
        for (x, bands) in self.bands.iter().enumerate() {
            let Some(bands) = bands else { continue };
            let came = mean_around(&greys, x, &weights);
            let part = part_of_change(&self.bands, x, END_COLUMNS) * share;
            let exponents = self.missing(&came).map(|factor| factor * part);
            let rows =
                (bands.top - ABOVE as f32).ceil().max(0.0) as usize..(bands.bottom as usize + 1).min(height);
            for y in rows {
                let at = y * self.width + x;
                if !self.is_retina[at] {
                    continue;
                }
                let factor = between(&exponents, bands.sample_at(y as f32)).exp();
                picture[at] = ((picture[at] + 1.0) * factor - 1.0).min(1.0);
            }
        }
    }

    /// Logarithm of what each sample is to be multiplied by, of the mean that came.
    fn missing(&self, came: &[f32; SAMPLES]) -> [f32; SAMPLES] {
        let sum = |profile: &[f32; SAMPLES]| profile[ABOVE..].iter().sum::<f32>();
        let scale = sum(came) / sum(&self.profile);
        std::array::from_fn(|sample| {
            let factor = self.profile[sample] * scale / came[sample].max(LEAST_GREY);
            let share = match SAMPLES - sample {
                left @ 1..=3 => LAST_SHARES[3 - left],
                _ => (sample as f32 / FADE_ROWS).min(1.0),
            };
            factor.clamp(FACTORS[0], FACTORS[1]).ln() * share
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::GreyImage;

    #[derive(serde::Deserialize)]
    struct Golden {
        course: Vec<f32>,
        contrast: f32,
        places: Vec<[usize; 2]>,
        met: Vec<f32>,
    }

    const WIDTH: usize = 110;

    /// As `tests/reference/outer_bands.py` makes them: a gap in the ISE, a dome of SRF, a cyst above the bands.
    fn made() -> (Vec<u8>, GreyImage) {
        let (mut labels, mut pixels) = (Vec::new(), Vec::new());
        for y in 0..48_usize {
            for x in 0..WIDTH {
                let top = 20 + (x % 28).abs_diff(14) / 4;
                let layer = match y {
                    _ if y < 12 => 0,
                    _ if y < top => 5,
                    _ if y < top + 6 => 6,
                    _ if y < top + 13 => 7,
                    _ => 8,
                };
                let code = match x {
                    40..43 if layer == 6 => 5,
                    60 if y + 1 == top => 10,
                    75 if y + 3 == top => 9,
                    _ => layer,
                };
                let grey = [20, 0, 0, 0, 0, 60, 150, 160, 40, 30, 30][usize::from(code)];
                labels.push(code);
                pixels.push(grey + ((7 * x + 13 * y + x * y % 11) % 31) as u8);
            }
        }
        (labels, GreyImage::new(WIDTH as u32, 48, pixels))
    }

    fn picture(scan: &GreyImage) -> Vec<f32> {
        scan.pixels.iter().map(|&grey| f32::from(grey) / 127.5 - 1.0).collect()
    }

    #[test]
    fn bands_are_measured_and_met_as_the_reference_has_it() {
        let golden: Golden =
            serde_json::from_str(include_str!("../../tests/reference/outer_bands.json")).unwrap();
        let (labels, scan) = made();
        let course = outer_bands::profile_of(1.35);
        for (ours, theirs) in course.iter().zip(&golden.course) {
            assert!((ours - theirs).abs() < 1e-5, "{course:?}");
        }
        let found = outer_bands::contrast(WIDTH, &scan.pixels, &labels, &vec![true; labels.len()]);
        assert!((found.unwrap() - golden.contrast).abs() < 1e-4, "{found:?}");
        let mut met = picture(&scan);
        OuterBands::of(&labels, WIDTH, 1.35).unwrap().meet(&mut met, 1.0);
        for (&[y, x], theirs) in golden.places.iter().zip(&golden.met) {
            let ours = met[y * WIDTH + x];
            assert!((ours - theirs).abs() < 1e-4, "row {y}, column {x}: {ours} and {theirs}");
        }
    }

    #[test]
    fn what_is_met_is_measured_again_and_nothing_else_changes() {
        let (labels, scan) = made();
        let valid = vec![true; labels.len()];
        let before = picture(&scan);
        for wanted in [1.2, 1.5] {
            let mut met = before.clone();
            OuterBands::of(&labels, WIDTH, wanted).unwrap().meet(&mut met, 1.0);
            let pixels: Vec<u8> = met.iter().map(|value| ((value + 1.0) * 127.5).round() as u8).collect();
            let found = outer_bands::contrast(WIDTH, &pixels, &labels, &valid).unwrap();
            assert!((found / wanted - 1.0).abs() < 0.08, "asked {wanted}, found {found}");
            for (at, code) in labels.iter().enumerate() {
                let beside = (40..43).contains(&(at % WIDTH)) || at % WIDTH == 60;
                if beside || matches!(code, 0 | 8..) {
                    assert_eq!(met[at], before[at], "pixel {at} of class {code}");
                }
            }
        }
        let mut same = before.clone();
        OuterBands::of(&labels, WIDTH, 1.5).unwrap().meet(&mut same, 0.0);
        let moved = same.iter().zip(&before).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(moved < 1e-6, "no share changes nothing: {moved}");
    }

    #[test]
    fn masks_without_bands_have_none() {
        assert_eq!(OuterBands::of(&[0; 64], 8, 1.35), None);
        // Layers of three rows hold no two lines; at the edge of a picture there is nothing to measure.
        let thin: Vec<u8> = (0..40 * 8).map(|at| (at / 8 / 3).min(8) as u8).collect();
        assert_eq!(OuterBands::of(&thin, 8, 1.35), None);
        let first: Vec<u8> = (0..40 * 8).map(|at| if at / 8 < 12 { 6 } else { 7 }).collect();
        assert_eq!(OuterBands::of(&first, 8, 1.35), None);
        assert_eq!(outer_bands::contrast(8, &[0; 64], &[0; 64], &[true; 64]), None);
    }
}
