//! The outer bands: the ellipsoid zone (EZ) and the line of the pigment epithelium, and how clearly they are apart.
//!
//! Eyes and instruments differ in it and the style of an eye does not tell it: it says less of an eye that is left out
//! than the mean of the others does. So it is a number of its own, the *band contrast*: the grey of the EZ over that of
//! the darkest line below it. Graders' lines are a pixel or two off from column to column, which blurs any mean along
//! them; so it is taken in windows of some columns, each where it fits the bands best.
//! Measured in the 136 graded scans of the eyes that train (`tests/reference/outer_bands.py`).

use std::ops::RangeInclusive;

use super::lines::{LayerStarts, Weights, between, grey_at, smoothed};
use super::noise::Rng;
use crate::anatomy::{BELOW_BM, LESION_BASE, Lesion};
use crate::document::BAND_CONTRASTS;

/// The layer that begins with the EZ.
const ISE: u8 = BELOW_BM - 2;
/// The layer with the line of the pigment epithelium, down to Bruch's membrane (BM).
const OS_RPE: u8 = BELOW_BM - 1;

/// Samples above the EZ's upper edge, a row each.
pub const ABOVE: usize = 8;
/// Samples from that edge to BM, evenly.
pub const WITHIN: usize = 17;
/// Samples of a column, from above.
pub const SAMPLES: usize = ABOVE + WITHIN;

/// Mean greys of the bands where they are one, the mean from the EZ to BM being 1.
const SOFT: [f32; SAMPLES] = [
    0.385, 0.395, 0.421, 0.451, 0.464, 0.463, 0.5, 0.619, 0.771, 0.882, 0.932, 0.936, 0.929, 0.94, 0.959,
    0.984, 1.034, 1.102, 1.161, 1.19, 1.18, 1.132, 1.052, 0.954, 0.863,
];
/// The same where they are clearly apart.
const CLEAR: [f32; SAMPLES] = [
    0.36, 0.314, 0.347, 0.373, 0.371, 0.353, 0.368, 0.5, 0.765, 1.029, 1.128, 1.032, 0.844, 0.764, 0.844,
    0.965, 1.051, 1.095, 1.134, 1.189, 1.221, 1.188, 1.086, 0.937, 0.726,
];
/// How far beyond the two a profile may go, as a share of what lies between them.
const SHARES: RangeInclusive<f32> = -0.5..=1.5;

/// Band contrast of the training eyes, the median of each one's scans, from the least.
const TRAINING_EYES: [f32; 12] = [1.02, 1.03, 1.03, 1.13, 1.16, 1.21, 1.21, 1.22, 1.22, 1.27, 1.32, 1.66];
/// Where nothing is requested: that of the clearest quarter of them.
pub const USUAL_CONTRAST: f32 = 1.35;

/// Rows from the EZ to BM of bands that are taken for such: fewer hold no two lines.
const ROWS: RangeInclusive<usize> = 8..=48;
/// Deviation, in columns, of the weights that a line is smoothed with, and how far they reach: a grader's steps go.
const SMOOTHING: Weights = (4.0, 12);
/// Columns of a window, and how many of them must have bands.
const WINDOW: (usize, usize) = (17, 15);
/// Where a window's bands are looked for: so many steps above and below the lines.
const SHIFTS: i32 = 4;
const SHIFT_ROWS: f32 = 0.75;
/// Fewer windows are too few to speak of a scan.
const LEAST_WINDOWS: usize = 5;

/// Where the bands of a column lie, in rows; the lines between pixels, smoothed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    /// The EZ's upper edge.
    pub top: f32,
    /// BM.
    pub bottom: f32,
}

impl Bands {
    /// Row of a sample.
    fn row(self, sample: usize) -> f32 {
        match sample.checked_sub(ABOVE) {
            None => self.top + sample as f32 - ABOVE as f32,
            Some(within) => self.top + within as f32 / (WITHIN - 1) as f32 * (self.bottom - self.top),
        }
    }

    /// The sample that a row lies at, between samples; beyond the first and the last one where the row is.
    pub fn sample_at(self, row: f32) -> f32 {
        let depth = row - self.top;
        let within = (WITHIN - 1) as f32 * depth / (self.bottom - self.top);
        ABOVE as f32 + if depth < 0.0 { depth } else { within }
    }

    /// Greys of a column at its samples, of bands that lie `shift` rows lower; `grey` knows every row of the picture.
    pub fn profile(self, shift: f32, height: usize, grey: impl Fn(usize) -> f32) -> [f32; SAMPLES] {
        std::array::from_fn(|sample| grey_at(self.row(sample) + shift, height, &grey))
    }
}

/// The bands of every column of a mask, row-major composite codes; `None` where a column has none: a layer is missing or
/// out of order, fluid lies below the retina or the pigment epithelium, or the picture ends there.
///
/// # Panics
/// If `labels` are not whole rows.
pub fn of_labels(labels: &[u8], width: usize) -> Vec<Option<Bands>> {
    assert!(width > 0 && labels.len().is_multiple_of(width), "labels of whole rows");
    let height = labels.len() / width;
    let starts = LayerStarts::of(labels, width);
    let below_retina = fluid_below_retina(labels, width);
    let found: Vec<Option<[f32; 2]>> = (0..width)
        .map(|x| if below_retina[x] { None } else { lines_of(labels, width, height, x, &starts) })
        .collect();
    let [tops, bottoms] =
        [0, 1].map(|line| found.iter().map(|lines| Some((*lines)?[line])).collect::<Vec<_>>());
    let at = |x: usize| {
        Some(Bands { top: smoothed(&tops, x, SMOOTHING)?, bottom: smoothed(&bottoms, x, SMOOTHING)? })
    };
    (0..width).map(at).collect()
}

/// Columns with fluid below the retina or the pigment epithelium.
fn fluid_below_retina(labels: &[u8], width: usize) -> Vec<bool> {
    let fluid = [Lesion::Srf, Lesion::Ped].map(|lesion| LESION_BASE + lesion.code());
    let mut columns = vec![false; width];
    for row in labels.chunks_exact(width) {
        columns.iter_mut().zip(row).for_each(|(has, code)| *has |= fluid.contains(code));
    }
    columns
}

fn lines_of(labels: &[u8], width: usize, height: usize, x: usize, starts: &LayerStarts) -> Option<[f32; 2]> {
    let (top, bottom) = (starts.first(ISE, x)?, starts.end(x)?);
    let is_band = |y: usize| matches!(labels[y * width + x], ISE | OS_RPE);
    let is_whole = bottom > top && ROWS.contains(&(bottom - top)) && (top..bottom).all(is_band);
    (is_whole && top >= ABOVE && bottom < height).then_some([top as f32, bottom as f32])
}

/// Mean greys of bands of a contrast, the mean from the EZ to BM being about 1.
pub fn profile_of(contrast: f32) -> [f32; SAMPLES] {
    let [soft, clear] = [contrast_of(&SOFT).ln(), contrast_of(&CLEAR).ln()];
    let share = ((contrast.max(f32::MIN_POSITIVE).ln() - soft) / (clear - soft))
        .clamp(*SHARES.start(), *SHARES.end());
    std::array::from_fn(|sample| SOFT[sample] * (CLEAR[sample] / SOFT[sample]).powf(share))
}

/// The EZ over the darkest line below it.
fn contrast_of(profile: &[f32; SAMPLES]) -> f32 {
    let ez = profile[ABOVE..ABOVE + 4].iter().copied().fold(f32::MIN, f32::max);
    let line = profile[ABOVE + 3..ABOVE + 7].iter().copied().fold(f32::MAX, f32::min);
    ez / line.max(f32::MIN_POSITIVE)
}

/// The band contrast of a scan with its labels, within those that can be requested; `None` where too few columns have bands. Pixels that are not `valid` are
/// no tissue.
///
/// # Panics
/// If labels or `valid` are not the scan's size.
pub fn contrast(width: usize, pixels: &[u8], labels: &[u8], valid: &[bool]) -> Option<f32> {
    assert!(labels.len() == pixels.len() && valid.len() == pixels.len(), "labels of a scan's size");
    let height = pixels.len() / width;
    let mut bands = of_labels(labels, width);
    for (x, column) in bands.iter_mut().enumerate() {
        let is_tissue = |bands: &Bands| {
            let rows = bands.row(0).floor().max(0.0) as usize..(bands.bottom.ceil() as usize + 1).min(height);
            rows.into_iter().all(|y| valid[y * width + x])
        };
        *column = column.filter(is_tissue);
    }
    let first = bands.iter().position(Option::is_some)?;
    let mut found: Vec<f32> = bands[first..]
        .chunks_exact(WINDOW.0)
        .enumerate()
        .filter_map(|(window, columns)| {
            let from = first + window * WINDOW.0;
            let columns: Vec<(usize, Bands)> =
                columns.iter().enumerate().filter_map(|(x, bands)| Some((from + x, (*bands)?))).collect();
            (columns.len() >= WINDOW.1).then(|| {
                let means = (-SHIFTS..=SHIFTS).map(|shift| {
                    let mut mean = [0.0; SAMPLES];
                    for &(x, bands) in &columns {
                        let grey = |y: usize| f32::from(pixels[y * width + x]) / 255.0;
                        let profile = bands.profile(shift as f32 * SHIFT_ROWS, height, grey);
                        mean.iter_mut()
                            .zip(profile)
                            .for_each(|(sum, grey)| *sum += grey / columns.len() as f32);
                    }
                    mean
                });
                let fit = |mean: &[f32; SAMPLES]| correlation(mean, &CLEAR);
                means.max_by(|a, b| fit(a).total_cmp(&fit(b))).as_ref().map_or(1.0, contrast_of)
            })
        })
        .collect();
    if found.len() < LEAST_WINDOWS {
        return None;
    }
    found.sort_by(f32::total_cmp);
    let (low, high) = (found[(found.len() - 1) / 2], found[found.len() / 2]);
    Some(((low + high) / 2.0).clamp(*BAND_CONTRASTS.start(), *BAND_CONTRASTS.end()))
}

/// A band contrast between those of two neighbours among the training eyes.
pub fn drawn(rng: &mut Rng) -> f32 {
    between(&TRAINING_EYES, rng.uniform() as f32 * (TRAINING_EYES.len() - 1) as f32)
}

/// Pearson's; 0 of a profile without any change.
fn correlation(a: &[f32; SAMPLES], b: &[f32; SAMPLES]) -> f32 {
    let mean = |values: &[f32; SAMPLES]| values.iter().sum::<f32>() / SAMPLES as f32;
    let (a_mean, b_mean) = (mean(a), mean(b));
    let sum = |of: &dyn Fn(f32, f32) -> f32| {
        a.iter().zip(b).map(|(&a, &b)| of(a - a_mean, b - b_mean)).sum::<f32>()
    };
    let spread = (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt();
    if spread > 0.0 { sum(&|a, b| a * b) / spread } else { 0.0 }
}
