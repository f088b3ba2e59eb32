//! What drawn masks are like beside real ones: thickness and fluid as distributions, and how near each is
//! to a mask the model was trained on.

use super::cyst_outline::median_outline;
use crate::anatomy::{INTERFACE_COUNT, LAYER_COUNT};
use crate::encoding::masks::MaskConditions;
use crate::encoding::noise::Rng;
use crate::mask::{Interfaces, Mask};

/// Columns between two places at which lines are compared, in pixels.
const COLUMN_STEP: usize = 8;
/// Lateral offsets that are tried when masks are compared, in places to either side.
const MAX_OFFSET: usize = 8;
/// Resamples of a bootstrap.
const RESAMPLES: u64 = 1000;

/// The figures of one mask.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskFigures {
    /// Mean thickness of each layer in µm.
    pub layers_um: [f64; LAYER_COUNT],
    /// Mean distance from ILM to BM in µm.
    pub retina_um: f64,
    /// Area of fluid.
    pub fluid_mm2: f64,
    /// How many cysts.
    pub cysts: f64,
    /// How ragged they are: the median of their outlines, 1 = round; `None` without a cyst that is large enough to say.
    pub cyst_outline: Option<f64>,
    /// Lines every few columns, in µm from the first row; for comparing masks.
    lines: Vec<[f64; INTERFACE_COUNT]>,
}

impl MaskFigures {
    /// Measures composite codes; `None` where no column is in order.
    ///
    /// # Panics
    /// If the number of codes is not `width * height`.
    pub fn of(width: u32, height: u32, codes: &[u8], pixel_um: [f32; 2]) -> Option<Self> {
        let (mask, _) = Mask::from_composite(width, height, codes);
        let mut lines = Interfaces::from_layers(&mask.layers);
        let known: Vec<usize> =
            (0..width).filter(|&x| lines.is_ordered_column(x)).map(|x| x as usize).collect();
        let axial = f64::from(pixel_um[0]);
        let row = |lines: &Interfaces, k: usize, x: usize| f64::from(lines.rows[k][x]) * axial;
        let mean = |upper: usize, lower: usize| {
            known.iter().map(|&x| row(&lines, lower, x) - row(&lines, upper, x)).sum::<f64>()
                / known.len().max(1) as f64
        };
        if known.is_empty() {
            return None;
        }
        let layers_um = std::array::from_fn(|layer| mean(layer, layer + 1));
        let retina_um = mean(0, INTERFACE_COUNT - 1);
        let measured = MaskConditions::of_codes(width, height, codes, pixel_um);
        lines.repair();
        Some(Self {
            layers_um,
            retina_um,
            fluid_mm2: measured.fluid_mm2.unwrap_or(0.0),
            cysts: f64::from(measured.cysts.unwrap_or(0)),
            cyst_outline: median_outline(width, height, codes, pixel_um),
            lines: (0..width as usize)
                .step_by(COLUMN_STEP)
                .map(|x| std::array::from_fn(|k| row(&lines, k, x)))
                .collect(),
        })
    }

    /// Mean distance of the lines in µm, as small as a vertical shift, a lateral one of up to 64 pixels and
    /// a mirror can make it. Fluid does not enter.
    pub fn distance(&self, other: &Self) -> f64 {
        let mirrored: Vec<_> = other.lines.iter().rev().copied().collect();
        let mut least = f64::INFINITY;
        for lines in [&other.lines, &mirrored] {
            for offset in 0..=2 * MAX_OFFSET {
                let (skip, other_skip) =
                    (offset.saturating_sub(MAX_OFFSET), MAX_OFFSET.saturating_sub(offset));
                let own = self.lines.get(skip..).unwrap_or_default();
                let theirs = lines.get(other_skip..).unwrap_or_default();
                let count = own.len().min(theirs.len());
                if 4 * count >= 3 * self.lines.len().min(lines.len()) && count > 0 {
                    least = least.min(distance_after_shift(&own[..count], &theirs[..count]));
                }
            }
        }
        least
    }

    /// Distance to the nearest of others.
    pub fn nearest(&self, others: &[Self]) -> f64 {
        others.iter().map(|other| self.distance(other)).fold(f64::INFINITY, f64::min)
    }
}

/// Mean absolute difference once the mean difference is taken away.
fn distance_after_shift(a: &[[f64; INTERFACE_COUNT]], b: &[[f64; INTERFACE_COUNT]]) -> f64 {
    let differences = || a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| a - b);
    let count = (a.len() * INTERFACE_COUNT) as f64;
    let shift = differences().sum::<f64>() / count;
    differences().map(|difference| (difference - shift).abs()).sum::<f64>() / count
}

/// How jagged the boundaries of composite codes are: the mean absolute second difference of interface rows from
/// column to column, in pixels, over neighbouring columns whose layers are in order. 0 for straight lines; `None`
/// where there are no three such columns.
///
/// # Panics
/// If the number of codes is not `width * height`.
pub fn jaggedness(width: u32, height: u32, codes: &[u8]) -> Option<f64> {
    let (mask, _) = Mask::from_composite(width, height, codes);
    let lines = Interfaces::from_layers(&mask.layers);
    let bends: Vec<f64> = lines
        .rows
        .iter()
        .flat_map(|line| line.windows(3).map(|rows| f64::from(rows[0] - 2.0 * rows[1] + rows[2]).abs()))
        .filter(|bend| bend.is_finite())
        .collect();
    (!bends.is_empty()).then(|| bends.iter().sum::<f64>() / bends.len() as f64)
}

/// Wasserstein-1 distance of two samples: the mean distance of their quantiles, in their unit. 0 where one
/// is empty.
pub fn wasserstein(a: &[f64], b: &[f64]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        values
    };
    let (a, b) = (sorted(a), sorted(b));
    let (mut i, mut j, mut done, mut sum) = (0, 0, 0.0_f64, 0.0);
    while i < a.len() && j < b.len() {
        let (end_a, end_b) = ((i + 1) as f64 / a.len() as f64, (j + 1) as f64 / b.len() as f64);
        let end = end_a.min(end_b);
        sum += (end - done) * (a[i] - b[j]).abs();
        done = end;
        i += usize::from(end_a <= end_b);
        j += usize::from(end_b <= end_a);
    }
    sum
}

/// A figure with the 95 % interval of its bootstrap.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct StatisticInterval {
    /// What was measured.
    pub value: f64,
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A statistic of two samples with its interval under resampling of both.
pub fn bootstrap(
    a: &[f64],
    b: &[f64],
    seed: u64,
    statistic: impl Fn(&[f64], &[f64]) -> f64,
) -> StatisticInterval {
    let resampled = |values: &[f64], rng: &mut Rng| -> Vec<f64> {
        (0..values.len()).map(|_| values[rng.below(values.len())]).collect()
    };
    let mut found: Vec<f64> = (0..RESAMPLES)
        .map(|event| {
            let mut rng = Rng::new(seed, 0, event);
            let (a, b) = (resampled(a, &mut rng), resampled(b, &mut rng));
            statistic(&a, &b)
        })
        .collect();
    found.sort_by(f64::total_cmp);
    let at = |part: f64| found[((found.len() - 1) as f64 * part).round() as usize];
    StatisticInterval { value: statistic(a, b), low: at(0.025), high: at(0.975) }
}

/// The middle value; NaN where there is none.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[count / 2],
        count => 0.5 * (values[count / 2 - 1] + values[count / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bands(height: u32, top: u32, layer: u32) -> Vec<u8> {
        (0..64 * height).map(|pixel| ((pixel / 64).saturating_sub(top) / layer).min(8) as u8).collect()
    }

    #[test]
    fn bands_measure_what_they_are() {
        let figures = MaskFigures::of(64, 80, &bands(80, 4, 6), [4.0, 10.0]).unwrap();
        assert!(figures.layers_um.iter().all(|&um| (um - 24.0).abs() < 1e-9), "{:?}", figures.layers_um);
        assert!((figures.retina_um - 168.0).abs() < 1e-9);
        assert_eq!((figures.fluid_mm2, figures.cysts, figures.cyst_outline), (0.0, 0.0, None));
        assert_eq!(MaskFigures::of(4, 2, &[255; 8], [4.0, 10.0]), None);
    }

    #[test]
    fn a_shifted_mask_is_the_same_and_a_thicker_one_is_not() {
        let of = |top, layer| MaskFigures::of(64, 100, &bands(100, top, layer), [4.0, 10.0]).unwrap();
        assert!(of(4, 6).distance(&of(20, 6)) < 1e-9);
        // Lines at 6k and 7k px: mean distance of k - 3.5 for k of 0..8 is 2 px.
        assert!((of(4, 6).distance(&of(4, 7)) - 8.0).abs() < 1e-9);
        assert!(of(4, 6).nearest(&[of(4, 7), of(9, 6)]) < 1e-9);
    }

    #[test]
    fn straight_lines_are_smooth_and_a_spike_is_jagged() {
        // A slope of one row every column has no second difference.
        let slope: Vec<u8> =
            (0..64 * 260_u32).map(|at| ((at / 64 + at % 64).saturating_sub(80) / 20).min(8) as u8).collect();
        assert_eq!(jaggedness(64, 260, &slope), Some(0.0));
        let mut spiked = bands(80, 4, 6);
        // All layers of column 30 lie three rows deeper: second differences of 3, 6 and 3 among 62 columns.
        for y in (3..80).rev() {
            spiked[y * 64 + 30] = spiked[(y - 3) * 64 + 30];
        }
        let jagged = jaggedness(64, 80, &spiked).unwrap();
        assert!((jagged - 12.0 / 62.0).abs() < 1e-6, "{jagged}");
        assert_eq!(jaggedness(64, 2, &[255; 128]), None);
    }

    #[test]
    fn distances_of_distributions() {
        assert_eq!(wasserstein(&[1.0, 2.0, 3.0], &[3.0, 1.0, 2.0]), 0.0);
        assert!((wasserstein(&[0.0, 0.0], &[1.0, 3.0, 2.0]) - 2.0).abs() < 1e-12);
        assert!((wasserstein(&[0.0, 1.0], &[0.0, 1.0, 2.0]) - 0.5).abs() < 1e-12);
        assert_eq!(wasserstein(&[], &[1.0]), 0.0);
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/reference/compared_losses.json")).unwrap();
        let samples: [Vec<f64>; 2] = serde_json::from_value(golden["samples"].clone()).unwrap();
        let expected = golden["wasserstein"].as_f64().unwrap();
        assert!((wasserstein(&samples[0], &samples[1]) - expected).abs() < 1e-12);
        assert_eq!((median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0, 2.0, 3.0])), (2.0, 2.5));
        let interval = bootstrap(&[1.0; 5], &[2.0; 4], 1, wasserstein);
        assert_eq!((interval.value, interval.low, interval.high), (1.0, 1.0, 1.0));
    }
}
