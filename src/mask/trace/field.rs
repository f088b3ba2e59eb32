//! The scan as the tracing sees it: smoothed, on rows of about 4 µm, with fast means along A-scans.
//!
//! Intensities are compressed by a square root, so that the faint inner borders count beside the bright
//! outer ones. Where nothing was scanned (white wedges, black margins) there are no rows at all: means
//! never reach into it, so its rim is no edge.

use crate::scan::BScan;

/// Height of a working row; what Spectralis scans have, and the scale at which the constants were tuned.
pub const ROW_UM: f32 = 3.9;
/// Standard deviation of the smoothing across A-scans, in columns.
const SMOOTH_ACROSS: f32 = 1.6;
/// Standard deviation of the smoothing along A-scans, in working rows.
const SMOOTH_ALONG: f32 = 0.7;
/// Height in rows a scan of unknown spacing is taken to show: the usual depth of field.
const USUAL_ROWS: f32 = 496.0;
/// A column with less of its rows scanned than this is no tissue to trace.
const LEAST_ROWS: usize = 48;

/// A smoothed scan, column after column.
pub struct Field {
    /// Columns.
    pub width: usize,
    /// Working rows.
    pub height: usize,
    /// Image rows per working row.
    pub row_scale: f32,
    /// Sums of the values above each row, `height + 1` a column.
    sums: Vec<f32>,
    /// First and end row of what was scanned in each column; `(0, 0)` where too little was.
    scanned: Vec<(usize, usize)>,
}

impl Field {
    /// Smooths a scan. `None` where too few columns show anything.
    pub fn of(scan: &BScan) -> Option<Self> {
        let (width, image_height) = (scan.width() as usize, scan.height() as usize);
        let row_scale = match scan.spacing {
            Some(spacing) => ROW_UM / spacing.axial_um_per_px,
            None => (image_height as f32 / USUAL_ROWS).max(1.0),
        };
        // Scans that are near the working scale are taken as they are: resampling would only blur.
        let row_scale = if (0.8..1.25).contains(&row_scale) { 1.0 } else { row_scale };
        let height = (image_height as f32 / row_scale).floor() as usize;
        if height < 2 * LEAST_ROWS || width < 16 {
            return None;
        }
        let mut values = vec![0.0_f32; width * height];
        let mut scanned = vec![(0, 0); width];
        for (x, (own, rows_of)) in values.chunks_exact_mut(height).zip(&mut scanned).enumerate() {
            let is_scanned =
                |y: usize| scan.scanned_area.as_ref().is_none_or(|area| area[y * width + x] != 0);
            let column: Vec<f32> =
                (0..image_height).map(|y| f32::from(scan.image.pixels[y * width + x]).sqrt()).collect();
            let rows = longest_run(image_height, is_scanned);
            let dark = column[rows.0..rows.1].iter().all(|&value| value < 2.0);
            let (first, end) =
                ((rows.0 as f32 / row_scale).ceil() as usize, (rows.1 as f32 / row_scale).floor() as usize);
            if dark || end < first + LEAST_ROWS {
                continue;
            }
            *rows_of = (first, end.min(height));
            for (y, value) in own.iter_mut().enumerate().take(rows_of.1).skip(first) {
                let (from, to) = (y as f32 * row_scale, (y + 1) as f32 * row_scale);
                let last = (to.ceil() as usize).clamp(from as usize + 1, image_height);
                let span = &column[from as usize..last];
                *value = span.iter().sum::<f32>() / span.len() as f32;
            }
        }
        if scanned.iter().filter(|rows| rows.1 > 0).count() < width / 4 {
            return None;
        }
        smooth_along(&mut values, height, &scanned);
        let values = smooth_across(&values, height, &scanned);
        let mut sums = vec![0.0; width * (height + 1)];
        for (sums, values) in sums.chunks_exact_mut(height + 1).zip(values.chunks_exact(height)) {
            let mut sum = 0.0;
            for (target, value) in sums[1..].iter_mut().zip(values) {
                sum += value;
                *target = sum;
            }
        }
        Some(Self { width, height, row_scale, sums, scanned })
    }

    /// First and end row of what was scanned in a column, `None` where it is nothing.
    pub fn rows(&self, x: usize) -> Option<(usize, usize)> {
        Some(self.scanned[x]).filter(|rows| rows.1 > 0)
    }

    /// Mean over the rows `from..to` of a column, cut to what was scanned; where that is nothing, the value
    /// at its rim.
    pub fn mean(&self, x: usize, from: f32, to: f32) -> f32 {
        let (first, end) = self.scanned[x];
        if end == 0 {
            return 0.0;
        }
        let from = (from.round().max(0.0) as usize).clamp(first, end - 1);
        let to = (to.round().max(0.0) as usize).clamp(from + 1, end);
        let sums = &self.sums[x * (self.height + 1)..];
        (sums[to] - sums[from]) / (to - from) as f32
    }

    /// How much brighter the `span` rows below the edge at `y` are than those above it.
    pub fn step(&self, x: usize, y: usize, span: usize) -> f32 {
        let (first, end) = self.scanned[x];
        if end == 0 {
            return 0.0;
        }
        let sums = &self.sums[x * (self.height + 1)..][..=self.height];
        // Cut to what was scanned; at least one row, so that a rim has the brightness of its last row.
        let mean = |from: usize, to: usize| {
            let from = from.clamp(first, end - 1);
            let to = to.clamp(from + 1, end);
            (sums[to] - sums[from]) / (to - from) as f32
        };
        mean(y, y + span) - mean(y.saturating_sub(span), y)
    }

    /// A value that a share of the scanned pixels (every fourth column) lies below.
    pub fn quantiles<const N: usize>(&self, shares: [f32; N]) -> [f32; N] {
        let mut values = Vec::new();
        for x in (0..self.width).step_by(4) {
            let (first, end) = self.scanned[x];
            let sums = &self.sums[x * (self.height + 1)..];
            values.extend((first..end).step_by(2).map(|y| sums[y + 1] - sums[y]));
        }
        values.sort_unstable_by(f32::total_cmp);
        shares.map(|share| values[((values.len() - 1) as f32 * share) as usize])
    }
}

/// The longest run of rows of which `is_scanned` holds.
fn longest_run(height: usize, is_scanned: impl Fn(usize) -> bool) -> (usize, usize) {
    let (mut best, mut start) = ((0, 0), 0);
    for y in 0..=height {
        if y == height || !is_scanned(y) {
            if y - start > best.1 - best.0 {
                best = (start, y);
            }
            start = y + 1;
        }
    }
    best
}

/// Half of a symmetric Gaussian kernel, from its centre outwards, of sum 1 with its mirror.
fn gaussian(sigma: f32) -> Vec<f32> {
    let radius = (3.0 * sigma).ceil() as usize;
    let mut half: Vec<f32> = (0..=radius).map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp()).collect();
    let sum = 2.0 * half.iter().sum::<f32>() - half[0];
    half.iter_mut().for_each(|weight| *weight /= sum);
    half
}

fn smooth_along(values: &mut [f32], height: usize, scanned: &[(usize, usize)]) {
    let half = gaussian(SMOOTH_ALONG);
    for (column, &(first, end)) in values.chunks_exact_mut(height).zip(scanned) {
        if end == 0 {
            continue;
        }
        let source = column.to_vec();
        for y in first..end {
            let mut sum = half[0] * source[y];
            for (i, weight) in half.iter().enumerate().skip(1) {
                sum += weight * (source[y.saturating_sub(i).max(first)] + source[(y + i).min(end - 1)]);
            }
            column[y] = sum;
        }
    }
}

/// Smooths across A-scans; a pixel counts only neighbours that were scanned.
fn smooth_across(values: &[f32], height: usize, scanned: &[(usize, usize)]) -> Vec<f32> {
    let half = gaussian(SMOOTH_ACROSS);
    let width = scanned.len();
    let mut smoothed = vec![0.0; values.len()];
    let mut weights = vec![0.0_f32; height];
    for x in 0..width {
        let target = &mut smoothed[x * height..(x + 1) * height];
        weights.fill(0.0);
        for other in x.saturating_sub(half.len() - 1)..(x + half.len()).min(width) {
            let weight = half[x.abs_diff(other)];
            let (first, end) = scanned[other];
            let source = &values[other * height..(other + 1) * height];
            for y in first..end {
                target[y] += weight * source[y];
                weights[y] += weight;
            }
        }
        for (value, weight) in target.iter_mut().zip(&weights) {
            *value /= weight.max(1e-6);
        }
    }
    smoothed
}
