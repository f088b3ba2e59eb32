//! What all layers of a column share: streaks, and the shadows of vessels.
//!
//! A vessel takes light from everything beneath it, so in a real scan whole columns are darker. Noise painted class by
//! class has none of that, and a defect of a scanner or a network (a column too bright) shows here and nowhere else.

use super::texture::{COARSE_RADIUS, residuals};
use crate::anatomy::{BELOW_BM, LAYER_COUNT};
use crate::scan::GreyImage;

/// Columns to either side whose median a column's brightness is held against.
const MEDIAN_RADIUS: usize = 30;
/// Fewer columns with the layer in that window tell nothing.
const MIN_WINDOW: usize = 15;
/// A shadow is where ISE and OS-RPE are below this share of the running median. In Duke 1-8 an eye has 0.3 to 0.8
/// of them on 100 columns, 4 to 6.5 columns wide.
const SHADOW_BELOW: f64 = 0.75;
/// Narrower ones are speckle.
const MIN_SHADOW_COLUMNS: usize = 2;
/// Layer codes whose brightness shows a shadow: ISE and OS-RPE. The ONL-ISM above must be darker too.
const OUTER_BANDS: [u8; 2] = [6, 7];
const ONL: [u8; 1] = [5];

/// A run of columns that are darker from the ONL down.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shadow {
    columns: usize,
    /// By how much of the running median the darkest column is darker.
    depth: f64,
}

/// What the columns of any number of scans share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// Of every valid column: mean grey of all its layers over that of the columns around at the same depths, less
    /// one.
    brightness: Vec<f64>,
    shadows: Vec<Shadow>,
    /// Columns in which a shadow would have been seen.
    looked_at: usize,
}

impl Columns {
    /// Adds the valid pixels of a scan. `labels` (composite codes) and `valid` have the image's size.
    pub fn add(&mut self, image: &GreyImage, labels: &[u8], valid: &[bool]) {
        assert!(image.pixels.len() == labels.len() && labels.len() == valid.len(), "planes of one size");
        self.brightness.extend(brightness(image, labels, valid));
        let outer = against_median(&layer_means(image, labels, valid, &OUTER_BANDS));
        let onl = against_median(&layer_means(image, labels, valid, &ONL));
        self.looked_at += outer.iter().flatten().count();
        self.shadows.extend(shadows(&outer, &onl));
    }

    /// Adds everything that was added to another.
    pub fn join(&mut self, other: &Self) {
        self.brightness.extend_from_slice(&other.brightness);
        self.shadows.extend_from_slice(&other.shadows);
        self.looked_at += other.looked_at;
    }

    /// Standard deviation of the columns' brightness over that of the columns around: speckle, shadows and streaks.
    pub fn brightness_spread(&self) -> Option<f64> {
        let count = self.brightness.len() as f64;
        let mean = self.brightness.iter().sum::<f64>() / count;
        let squares: f64 = self.brightness.iter().map(|value| (value - mean).powi(2)).sum();
        (count >= 2.0).then(|| (squares / count).sqrt())
    }

    /// Shadows on a hundred columns.
    pub fn shadows_per_hundred(&self) -> Option<f64> {
        (self.looked_at > 0).then(|| 100.0 * self.shadows.len() as f64 / self.looked_at as f64)
    }

    /// Mean of the shadows' depths, as a share of the running median.
    pub fn shadow_depth(&self) -> Option<f64> {
        self.mean_of_shadows(|shadow| shadow.depth)
    }

    /// Mean width of the shadows, in columns.
    pub fn shadow_columns(&self) -> Option<f64> {
        self.mean_of_shadows(|shadow| shadow.columns as f64)
    }

    fn mean_of_shadows(&self, value: impl Fn(&Shadow) -> f64) -> Option<f64> {
        let sum: f64 = self.shadows.iter().map(value).sum();
        (!self.shadows.is_empty()).then(|| sum / self.shadows.len() as f64)
    }
}

/// Brightness of the columns that hold layers, less one.
fn brightness(image: &GreyImage, labels: &[u8], valid: &[bool]) -> Vec<f64> {
    let (width, height) = (image.width as usize, image.height as usize);
    let (mut residual, mut grey) = (vec![0.0; width], vec![0.0; width]);
    for layer in 1..=LAYER_COUNT as u8 {
        let inside: Vec<bool> =
            labels.iter().zip(valid).map(|(&code, &valid)| valid && code == layer).collect();
        let residuals = residuals(&image.pixels, &inside, [width, height], COARSE_RADIUS);
        for pixel in (0..labels.len()).filter(|&pixel| inside[pixel]) {
            residual[pixel % width] += residuals[pixel];
            grey[pixel % width] += f64::from(image.pixels[pixel]);
        }
    }
    // Grey less residual is what the columns around have at the same depths.
    let columns = residual.iter().zip(&grey).filter(|(residual, grey)| **grey - **residual > 0.0);
    columns.map(|(residual, grey)| residual / (grey - residual)).collect()
}

/// Mean grey of some layers in each column, over three columns; `None` where a column has none of them.
fn layer_means(image: &GreyImage, labels: &[u8], valid: &[bool], layers: &[u8]) -> Vec<Option<f64>> {
    debug_assert!(layers.iter().all(|layer| *layer < BELOW_BM));
    let width = image.width as usize;
    let mut sums = vec![(0.0, 0.0); width];
    for (pixel, &grey) in image.pixels.iter().enumerate() {
        if valid[pixel] && layers.contains(&labels[pixel]) {
            let (sum, count) = &mut sums[pixel % width];
            *sum += f64::from(grey);
            *count += 1.0;
        }
    }
    let means: Vec<Option<f64>> =
        sums.into_iter().map(|(sum, count)| (count > 0.0).then(|| sum / count)).collect();
    (0..width)
        .map(|x| {
            means[x]?;
            let around: Vec<f64> =
                means[x.saturating_sub(1)..(x + 2).min(width)].iter().copied().flatten().collect();
            Some(around.iter().sum::<f64>() / around.len() as f64)
        })
        .collect()
}

/// Each value over the median of those around it.
fn against_median(values: &[Option<f64>]) -> Vec<Option<f64>> {
    (0..values.len())
        .map(|x| {
            let value = values[x]?;
            let window = &values[x.saturating_sub(MEDIAN_RADIUS)..(x + MEDIAN_RADIUS + 1).min(values.len())];
            let window: Vec<f64> = window.iter().copied().flatten().collect();
            let median = (window.len() >= MIN_WINDOW).then(|| super::edges::median(window)).flatten()?;
            (median > 0.0).then(|| value / median)
        })
        .collect()
}

/// Runs of columns in which the outer bands are dark and the ONL is darker than around.
fn shadows(outer: &[Option<f64>], onl: &[Option<f64>]) -> Vec<Shadow> {
    let is_dark = |x: usize| outer[x].is_some_and(|share| share < SHADOW_BELOW);
    let mut found = Vec::new();
    let mut x = 0;
    while x < outer.len() {
        let run = x..x + (x..outer.len()).take_while(|&x| is_dark(x)).count();
        x = run.end + 1;
        let onl: Vec<f64> = run.clone().filter_map(|x| onl[x]).collect();
        let is_onl_dark = !onl.is_empty() && onl.iter().sum::<f64>() < onl.len() as f64;
        if run.len() >= MIN_SHADOW_COLUMNS && is_onl_dark {
            let darkest = run.clone().filter_map(|x| outer[x]).fold(1.0, f64::min);
            found.push(Shadow { columns: run.len(), depth: 1.0 - darkest });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 200;

    /// Three bands with codes 5, 6 and 7 and a factor for every pixel's grey.
    fn columns(factor: impl Fn(usize, u8) -> f64) -> Columns {
        let labels: Vec<u8> = (0..WIDTH * 30).map(|at| 5 + (at / WIDTH / 10) as u8).collect();
        let grey = |at: usize| (100.0 * factor(at % WIDTH, labels[at])).round() as u8;
        let image = GreyImage::new(WIDTH as u32, 30, (0..labels.len()).map(grey).collect::<Vec<u8>>());
        let mut columns = Columns::default();
        columns.add(&image, &labels, &vec![true; labels.len()]);
        columns
    }

    #[test]
    fn a_shadow_is_dark_in_all_layers_below() {
        let in_shadow = |x: usize| (50..56).contains(&x);
        let shadowed = columns(|x, _| if in_shadow(x) { 0.5 } else { 1.0 });
        assert_eq!(shadowed.shadows_per_hundred(), Some(0.5));
        // Over three columns the outermost are lighter: five or six of the six count.
        assert!((5.0..=6.0).contains(&shadowed.shadow_columns().unwrap()), "{shadowed:?}");
        assert_eq!(shadowed.shadow_depth(), Some(0.5));
        let of_one_band = columns(|x, code| if in_shadow(x) && code > 5 { 0.5 } else { 1.0 });
        assert_eq!(of_one_band.shadows_per_hundred(), Some(0.0));
        assert_eq!(of_one_band.shadow_depth(), None);
    }

    #[test]
    fn streaks_spread_the_brightness_by_their_height() {
        assert_eq!(columns(|_, _| 1.0).brightness_spread(), Some(0.0));
        let streaked = columns(|x, _| if x % 2 == 0 { 1.1 } else { 0.9 });
        assert!((streaked.brightness_spread().unwrap() - 0.1).abs() < 0.005, "{streaked:?}");
        let ramp = columns(|x, _| 1.0 + 0.001 * x as f64);
        assert!(ramp.brightness_spread().unwrap() < 0.02, "slow changes are no streaks");
    }
}
