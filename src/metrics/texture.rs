//! Grain within a class: speckle contrast and the width of its autocorrelation.
//!
//! Slow changes (shadows, the fall-off with depth, a layer's own profile) are no grain: what is measured is
//! the residual over the mean of the same class within a window.

use super::regions::{CLASS_COUNT, class_of};
use crate::scan::GreyImage;

/// Half the side of the window whose mean is taken off, in pixels: 15 x 15.
const WINDOW_RADIUS: usize = 7;
/// Largest lag of the autocorrelation, in pixels.
const MAX_LAG: usize = 16;
/// The autocorrelation's height at which its width is taken.
const WIDTH_LEVEL: f64 = 0.5;

/// Sums that give the grain of one class, over as many scans as were added.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sums {
    count: u64,
    grey: f64,
    squares: f64,
    /// Per lag from 1: number of pairs and sum of products, across (lateral) and down (axial).
    lateral: [(u64, f64); MAX_LAG],
    axial: [(u64, f64); MAX_LAG],
}

/// Grain by class, over as many scans as were added.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Textures([Sums; CLASS_COUNT]);

/// The grain of one class.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Texture {
    /// Standard deviation of the residual over the mean grey.
    pub contrast: f64,
    /// Lag at which the residual's autocorrelation across A-scans falls to one half, in pixels; `None`
    /// where there is no grain or it does not fall within 16 px.
    pub lateral_width_px: Option<f64>,
    /// The same along A-scans.
    pub axial_width_px: Option<f64>,
}

impl Textures {
    /// Adds the counted pixels of a scan. `labels` (composite codes) and `counted` have the image's size.
    pub fn add(&mut self, image: &GreyImage, labels: &[u8], counted: &[bool]) {
        assert!(image.pixels.len() == labels.len() && labels.len() == counted.len(), "planes of one size");
        let (width, height) = (image.width as usize, image.height as usize);
        for (class, sums) in self.0.iter_mut().enumerate() {
            let inside: Vec<bool> = labels
                .iter()
                .zip(counted)
                .map(|(&code, &counted)| counted && class_of(code) == Some(class))
                .collect();
            if inside.iter().any(|&inside| inside) {
                sums.add(&image.pixels, &inside, width, height);
            }
        }
    }

    /// The grain of each class; `None` for a class without a pixel, or all black.
    pub fn textures(&self) -> [Option<Texture>; CLASS_COUNT] {
        std::array::from_fn(|class| self.0[class].texture())
    }
}

impl Sums {
    fn add(&mut self, pixels: &[u8], inside: &[bool], width: usize, height: usize) {
        let residual = residuals(pixels, inside, width, height);
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

/// Grey minus the mean grey of the class's pixels in the window around; 0 outside the class.
fn residuals(pixels: &[u8], inside: &[bool], width: usize, height: usize) -> Vec<f64> {
    // Summed-area tables of count and grey, one row and column larger than the image.
    let stride = width + 1;
    let mut table = vec![(0u64, 0u64); stride * (height + 1)];
    for y in 0..height {
        let mut row = (0, 0);
        for x in 0..width {
            let at = y * width + x;
            if inside[at] {
                row = (row.0 + 1, row.1 + u64::from(pixels[at]));
            }
            let above = table[y * stride + x + 1];
            table[(y + 1) * stride + x + 1] = (above.0 + row.0, above.1 + row.1);
        }
    }
    let mut residual = vec![0.0; width * height];
    for y in 0..height {
        let (top, bottom) = (y.saturating_sub(WINDOW_RADIUS), (y + WINDOW_RADIUS + 1).min(height));
        for x in 0..width {
            let at = y * width + x;
            if !inside[at] {
                continue;
            }
            let (left, right) = (x.saturating_sub(WINDOW_RADIUS), (x + WINDOW_RADIUS + 1).min(width));
            let corner = |y: usize, x: usize| table[y * stride + x];
            let (a, b, c, d) =
                (corner(top, left), corner(top, right), corner(bottom, left), corner(bottom, right));
            let count = d.0 + a.0 - b.0 - c.0;
            let sum = d.1 + a.1 - b.1 - c.1;
            residual[at] = f64::from(pixels[at]) - sum as f64 / count as f64;
        }
    }
    residual
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::noise::Draws;

    fn measure(grey: impl FnMut(usize, usize) -> u8) -> Texture {
        let mut grey = grey;
        let pixels: Vec<u8> = (0..64 * 64).map(|i| grey(i % 64, i / 64)).collect();
        let mut textures = Textures::default();
        textures.add(&GreyImage::new(64, 64, pixels), &[5; 64 * 64], &[true; 64 * 64]);
        assert_eq!(textures.textures()[4], None);
        textures.textures()[5].unwrap()
    }

    #[test]
    fn a_flat_area_has_no_grain() {
        assert_eq!(
            measure(|_, _| 100),
            Texture { contrast: 0.0, lateral_width_px: None, axial_width_px: None }
        );
    }

    #[test]
    fn white_noise_is_half_a_pixel_wide_and_repeated_columns_widen_it_laterally() {
        let value = |draws: &mut Draws| 80 + draws.below(41) as u8;
        let mut draws = Draws::new(1, 2, 3);
        let white = measure(|_, _| value(&mut draws));
        // Uniform on 41 grey levels around 100.
        assert!((white.contrast - 0.118).abs() < 0.004, "{white:?}");
        assert!((white.lateral_width_px.unwrap() - 0.5).abs() < 0.03, "{white:?}");
        let mut draws = Draws::new(1, 2, 3);
        let field: Vec<u8> = (0..64 * 64).map(|_| value(&mut draws)).collect();
        let wide = measure(|x, y| field[y * 64 + x / 3]);
        let widening = wide.lateral_width_px.unwrap();
        assert!((1.2..1.8).contains(&widening), "{wide:?}");
        assert!((wide.axial_width_px.unwrap() - 0.5).abs() < 0.05, "{wide:?}");
    }

    #[test]
    fn slow_changes_are_no_grain() {
        let ramp = measure(|x, _| 50 + 2 * x as u8);
        assert!(ramp.contrast < 0.06, "{ramp:?}");
    }
}
