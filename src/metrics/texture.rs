//! Speckle within a class: speckle contrast and the width of its autocorrelation.
//!
//! A layer's own profile (a bright core between darker edges) and slow changes (shadows, the fall-off with depth) are
//! no speckle. What is measured is the residual over the mean of the same class at the same depth in the layer, in the
//! columns around. A mean over a square window would leave the profile of a thin layer in the residual; alike in all
//! columns, it would widen the lateral autocorrelation without bound (real OS-RPE measured 1.9 to 10 px so, subject
//! by subject, and measures 1.1 to 1.2 px this way).

use super::regions::{CLASS_COUNT, class_of};
use crate::scan::GreyImage;

/// Columns to either side whose mean is taken off: 15 in all. What is slower than that is not seen.
pub const FINE_RADIUS: usize = 7;
/// The same with 61 columns in all, which keeps streaks and blotches. Real eyes still agree by it.
pub const COARSE_RADIUS: usize = 30;
/// Largest lag of the autocorrelation, in pixels.
const MAX_LAG: usize = 16;
/// The autocorrelation's height at which its width is taken.
const WIDTH_LEVEL: f64 = 0.5;

/// Sums that give the speckle of one class, over as many scans as were added.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sums {
    count: u64,
    grey: f64,
    squares: f64,
    /// Per lag from 1: number of pairs and sum of products, across (lateral) and down (axial).
    lateral: [(u64, f64); MAX_LAG],
    axial: [(u64, f64); MAX_LAG],
}

/// Speckle by class, over as many scans as were added.
#[derive(Clone, Debug, PartialEq)]
pub struct Textures {
    radius: usize,
    classes: [Sums; CLASS_COUNT],
}

impl Default for Textures {
    /// With the mean of [`FINE_RADIUS`] taken off.
    fn default() -> Self {
        Self::with_radius(FINE_RADIUS)
    }
}

/// The speckle of one class.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Texture {
    /// Standard deviation of the residual over the mean grey.
    pub contrast: f64,
    /// Lag at which the residual's autocorrelation across A-scans falls to one half, in pixels; `None`
    /// where there is no speckle or it does not fall within 16 px.
    pub lateral_width_px: Option<f64>,
    /// The same along A-scans.
    pub axial_width_px: Option<f64>,
}

impl Textures {
    /// With the mean over `radius` columns to either side taken off.
    pub fn with_radius(radius: usize) -> Self {
        Self { radius, classes: Default::default() }
    }

    /// Adds everything that was added to another of the same radius.
    ///
    /// # Panics
    /// If the radii differ.
    pub fn join(&mut self, other: &Self) {
        assert_eq!(self.radius, other.radius, "textures of one radius");
        self.classes.iter_mut().zip(&other.classes).for_each(|(own, other)| own.join(other));
    }

    /// Adds the valid pixels of a scan. `labels` (composite codes) and `valid` have the image's size.
    pub fn add(&mut self, image: &GreyImage, labels: &[u8], valid: &[bool]) {
        assert!(image.pixels.len() == labels.len() && labels.len() == valid.len(), "planes of one size");
        let (width, height) = (image.width as usize, image.height as usize);
        for (class, sums) in self.classes.iter_mut().enumerate() {
            let inside: Vec<bool> = labels
                .iter()
                .zip(valid)
                .map(|(&code, &valid)| valid && class_of(code) == Some(class))
                .collect();
            if inside.iter().any(|&inside| inside) {
                sums.add(&image.pixels, &inside, [width, height], self.radius);
            }
        }
    }

    /// The speckle of each class; `None` for a class without a pixel, or all black.
    pub fn textures(&self) -> [Option<Texture>; CLASS_COUNT] {
        std::array::from_fn(|class| self.classes[class].texture())
    }
}

impl Sums {
    fn join(&mut self, other: &Self) {
        self.count += other.count;
        self.grey += other.grey;
        self.squares += other.squares;
        let own = self.lateral.iter_mut().chain(&mut self.axial);
        for ((pairs, sum), other) in own.zip(other.lateral.iter().chain(&other.axial)) {
            *pairs += other.0;
            *sum += other.1;
        }
    }

    fn add(&mut self, pixels: &[u8], inside: &[bool], [width, height]: [usize; 2], radius: usize) {
        let residual = residuals(pixels, inside, [width, height], radius);
        for y in 0..height {
            for x in 0..width {
                let at = y * width + x;
                if !inside[at] {
                    continue;
                }
                self.count += 1;
                self.grey += f64::from(pixels[at]);
                self.squares += residual[at] * residual[at];
                for lag in 1..=MAX_LAG {
                    if x + lag < width && inside[at + lag] {
                        let (pairs, products) = &mut self.lateral[lag - 1];
                        *pairs += 1;
                        *products += residual[at] * residual[at + lag];
                    }
                    if y + lag < height && inside[at + lag * width] {
                        let (pairs, products) = &mut self.axial[lag - 1];
                        *pairs += 1;
                        *products += residual[at] * residual[at + lag * width];
                    }
                }
            }
        }
    }

    fn texture(&self) -> Option<Texture> {
        if self.count == 0 || self.grey == 0.0 {
            return None;
        }
        let count = self.count as f64;
        let variance = self.squares / count;
        Some(Texture {
            contrast: variance.sqrt() / (self.grey / count),
            lateral_width_px: width_of(variance, &self.lateral),
            axial_width_px: width_of(variance, &self.axial),
        })
    }
}

/// The lag at which the autocorrelation crosses [`WIDTH_LEVEL`], linear between whole lags.
fn width_of(variance: f64, products: &[(u64, f64); MAX_LAG]) -> Option<f64> {
    if variance < 1e-9 {
        return None;
    }
    let mut before = 1.0;
    for (index, &(pairs, sum)) in products.iter().enumerate() {
        if pairs == 0 {
            return None;
        }
        let here = sum / pairs as f64 / variance;
        if here <= WIDTH_LEVEL {
            return Some(index as f64 + (before - WIDTH_LEVEL) / (before - here));
        }
        before = here;
    }
    None
}

/// Grey minus the mean grey of the class's pixels at the same depth in the layer, in the columns around; 0 outside
/// the class.
///
/// Depth counts from the nearer end of the class's run of pixels in a column, so that a layer is followed whatever
/// its slope and thickness.
pub(super) fn residuals(
    pixels: &[u8],
    inside: &[bool],
    [width, height]: [usize; 2],
    radius: usize,
) -> Vec<f64> {
    let depth_row = depth_rows(inside, width, height);
    // Count and grey of the flattened layer: column by column, depths from above, then those from below.
    let mut flattened = vec![(0u64, 0u64); width * height];
    let place_of = |at: usize| depth_row[at] * width + at % width;
    for (at, _) in inside.iter().enumerate().filter(|(_, inside)| **inside) {
        let sums = &mut flattened[place_of(at)];
        *sums = (sums.0 + 1, sums.1 + u64::from(pixels[at]));
    }
    let mean: Vec<f64> = flattened.chunks_exact(width).flat_map(|row| window_means(row, radius)).collect();
    (0..width * height)
        .map(|at| if inside[at] { f64::from(pixels[at]) - mean[place_of(at)] } else { 0.0 })
        .collect()
}

/// The row of the flattened layer in which a pixel of the class lies: its depth below the upper end of its run, or,
/// nearer to the lower end, as far above the last row. Halves of runs cannot meet. 0 outside the class.
fn depth_rows(inside: &[bool], width: usize, height: usize) -> Vec<usize> {
    let mut rows = vec![0; width * height];
    for x in 0..width {
        let mut y = 0;
        while y < height {
            let run = (y..height).take_while(|&y| inside[y * width + x]).count();
            for depth in 0..run {
                let above_end = run - 1 - depth;
                rows[(y + depth) * width + x] =
                    if depth <= above_end { depth } else { height - 1 - above_end };
            }
            y += run.max(1);
        }
    }
    rows
}

/// Means over `radius` columns to both sides, of columns that hold (count, sum); 0 where nothing is.
fn window_means(columns: &[(u64, u64)], radius: usize) -> impl Iterator<Item = f64> {
    let mut sums = vec![(0, 0)];
    for &(count, sum) in columns {
        let before = sums[sums.len() - 1];
        sums.push((before.0 + count, before.1 + sum));
    }
    let width = columns.len();
    (0..width).map(move |x| {
        let (left, right) = (sums[x.saturating_sub(radius)], sums[(x + radius + 1).min(width)]);
        (right.1 - left.1) as f64 / (right.0 - left.0).max(1) as f64
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::noise::Rng;

    fn measure(grey: impl FnMut(usize, usize) -> u8) -> Texture {
        let mut grey = grey;
        let pixels: Vec<u8> = (0..64 * 64).map(|i| grey(i % 64, i / 64)).collect();
        let mut textures = Textures::default();
        textures.add(&GreyImage::new(64, 64, pixels), &[5; 64 * 64], &[true; 64 * 64]);
        assert_eq!(textures.textures()[4], None);
        textures.textures()[5].unwrap()
    }

    #[test]
    fn a_flat_area_has_no_speckle() {
        assert_eq!(
            measure(|_, _| 100),
            Texture { contrast: 0.0, lateral_width_px: None, axial_width_px: None }
        );
    }

    #[test]
    fn white_noise_is_half_a_pixel_wide_and_repeated_columns_widen_it_laterally() {
        let value = |rng: &mut Rng| 80 + rng.below(41) as u8;
        let mut rng = Rng::new(1, 2, 3);
        let white = measure(|_, _| value(&mut rng));
        // Uniform on 41 grey levels around 100; a fifteenth of the variance goes with the mean of fifteen columns.
        assert!((white.contrast - 0.114).abs() < 0.003, "{white:?}");
        assert!((white.lateral_width_px.unwrap() - 0.5 / (1.0 + 1.0 / 15.0)).abs() < 0.03, "{white:?}");
        let mut rng = Rng::new(1, 2, 3);
        let field: Vec<u8> = (0..64 * 64).map(|_| value(&mut rng)).collect();
        let wide = measure(|x, y| field[y * 64 + x / 3]);
        let widening = wide.lateral_width_px.unwrap();
        // A triangle three columns wide, less the fifth of the variance that goes with the mean.
        assert!((widening - 1.2).abs() < 0.12, "{wide:?}");
        assert!((wide.axial_width_px.unwrap() - 0.5).abs() < 0.05, "{wide:?}");
    }

    #[test]
    fn slow_changes_are_no_speckle() {
        let ramp = measure(|x, _| 50 + 2 * x as u8);
        assert!(ramp.contrast < 0.06, "{ramp:?}");
    }

    #[test]
    fn a_layers_own_profile_is_no_speckle() {
        // A sloping layer of changing thickness, as bright at its core as an OS-RPE, with white noise over it.
        let band = |x: usize| {
            let (top, thickness) = (8 + x / 3, 9 + x / 16);
            top..top + thickness
        };
        let mut rng = Rng::new(4, 5, 6);
        let mut pixels = vec![0; 64 * 64];
        let mut labels = vec![5; 64 * 64];
        for (at, (pixel, label)) in pixels.iter_mut().zip(&mut labels).enumerate() {
            let (x, y) = (at % 64, at / 64);
            if let Some(depth) = band(x).position(|row| row == y) {
                let to_edge = depth.min(band(x).len() - 1 - depth);
                *pixel = 90 + 20 * to_edge.min(4) as u8 + rng.below(41) as u8;
                *label = 7;
            }
        }
        let mut textures = Textures::default();
        textures.add(&GreyImage::new(64, 64, pixels), &labels, &[true; 64 * 64]);
        let layer = textures.textures()[7].unwrap();
        assert!(layer.lateral_width_px.unwrap() < 0.55, "{layer:?}");
        assert!(layer.axial_width_px.unwrap() < 0.55, "{layer:?}");
    }
}
