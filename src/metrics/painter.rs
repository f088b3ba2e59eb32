//! A painter that knows nothing but ten mean greys and the speckle of each class: the baseline that must fail.
//!
//! Its pictures pass every figure that compares class means, speckle by class or the place of edges, so figures that it
//! passes show nothing about a model. (Flat classes, the baseline before, fail for want of any speckle.)

use super::regions::{CLASS_COUNT, ClassGreys, class_of};
use super::texture::{Texture, Textures};
use crate::encoding::noise::{fill_gaussian, stream};
use crate::scan::{GreyImage, Rect};

/// Grey of pixels nobody annotated; they are not measured.
const UNANNOTATED_GREY: u8 = 64;
/// The autocorrelation's height at which its width is taken, as in [`super::texture`].
const WIDTH_LEVEL: f64 = 0.5;
/// Widest blur, in pixels.
const MAX_SIGMA_PX: f64 = 12.0;
/// Kernels reach this many standard deviations.
const KERNEL_REACH: f64 = 4.0;

/// What the painter knows, measured on training scans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Painter {
    classes: [Option<Pigment>; CLASS_COUNT],
}

/// A class as it is painted: mean grey x (1 + contrast x blurred noise of unit deviation).
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pigment {
    grey: f64,
    contrast: f64,
    /// Standard deviations of the blur, across and down.
    sigma_px: [f64; 2],
}

impl Painter {
    /// A painter with the greys and the speckle of some scans.
    pub fn new(greys: &ClassGreys, textures: &Textures) -> Self {
        Self::of(&greys.means(), &textures.textures())
    }

    /// A painter with these mean greys and this speckle.
    pub fn of(greys: &[Option<f64>; CLASS_COUNT], textures: &[Option<Texture>; CLASS_COUNT]) -> Self {
        Self {
            classes: std::array::from_fn(|class| {
                let texture = textures[class]?;
                let sigma = |width: Option<f64>| width.map_or(0.0, sigma_of_width);
                Some(Pigment {
                    grey: greys[class]?,
                    contrast: texture.contrast,
                    sigma_px: [sigma(texture.lateral_width_px), sigma(texture.axial_width_px)],
                })
            }),
        }
    }

    /// Paints a label map (composite codes, row-major). The same seed gives the same picture; a class that the
    /// training scans lack is black.
    ///
    /// # Panics
    /// If `labels` is not of `size`.
    pub fn paint(&self, labels: &[u8], [width, height]: [u32; 2], seed: u64) -> GreyImage {
        assert_eq!(labels.len(), width as usize * height as usize, "labels of a {width}x{height} scan");
        let mut noise = vec![0.0; labels.len()];
        fill_gaussian(seed, stream::PAINTER, Rect::new(0, 0, width, height), &mut noise);
        let mut pixels = vec![UNANNOTATED_GREY; labels.len()];
        for (class, pigment) in self.classes.iter().enumerate() {
            if !labels.iter().any(|&code| class_of(code) == Some(class)) {
                continue;
            }
            let blurred = match pigment {
                Some(pigment) => blurred(&noise, [width as usize, height as usize], pigment.sigma_px),
                None => noise.clone(),
            };
            for (pixel, _) in labels.iter().enumerate().filter(|(_, code)| class_of(**code) == Some(class)) {
                pixels[pixel] = pigment.map_or(0, |pigment| {
                    let grey = pigment.grey * (1.0 + pigment.contrast * f64::from(blurred[pixel]));
                    grey.round().clamp(0.0, 255.0) as u8
                });
            }
        }
        GreyImage::new(width, height, pixels)
    }
}

/// White noise of unit deviation, blurred and brought back to unit deviation.
fn blurred(noise: &[f32], [width, height]: [usize; 2], sigma_px: [f64; 2]) -> Vec<f32> {
    let across = convolved(noise, &kernel(sigma_px[0]), [width, 1], [height, width]);
    convolved(&across, &kernel(sigma_px[1]), [height, width], [width, 1])
}

/// Weights from the centre outwards, scaled so that white noise keeps its deviation.
fn kernel(sigma: f64) -> Vec<f64> {
    let radius = (KERNEL_REACH * sigma).ceil() as usize;
    let mut half: Vec<f64> = (0..=radius)
        .map(|i| if sigma > 0.0 { (-0.5 * (i as f64 / sigma).powi(2)).exp() } else { 1.0 })
        .collect();
    let squares = half[0] * half[0] + 2.0 * half[1..].iter().map(|weight| weight * weight).sum::<f64>();
    half.iter_mut().for_each(|weight| *weight /= squares.sqrt());
    half
}

/// Convolves lines of `length` values that lie `step` apart; there are `lines` that begin `line_step` apart, and
/// their ends meet.
fn convolved(
    values: &[f32],
    half: &[f64],
    [length, step]: [usize; 2],
    [lines, line_step]: [usize; 2],
) -> Vec<f32> {
    let mut out = vec![0.0; values.len()];
    for line in 0..lines {
        let start = line * line_step;
        for at in 0..length {
            let mut sum = half[0] * f64::from(values[start + at * step]);
            for (distance, weight) in half.iter().enumerate().skip(1) {
                let distance = distance % length;
                let (before, after) = ((at + length - distance) % length, (at + distance) % length);
                sum += weight
                    * (f64::from(values[start + before * step]) + f64::from(values[start + after * step]));
            }
            out[start + at * step] = sum as f32;
        }
    }
    out
}

/// The blur of white noise that gives an autocorrelation of this width, by bisection.
fn sigma_of_width(width_px: f64) -> f64 {
    let (mut low, mut high) = (0.0, MAX_SIGMA_PX);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if width_of_sigma(middle) < width_px { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The width of the autocorrelation of white noise after a blur, measured as that of scans.
fn width_of_sigma(sigma: f64) -> f64 {
    let half = kernel(sigma);
    let weight = |i: i64| half.get(i.unsigned_abs() as usize).copied().unwrap_or(0.0);
    let reach = half.len() as i64;
    let correlation = |lag: i64| (-reach..=reach).map(|i| weight(i) * weight(i + lag)).sum::<f64>();
    let mut before = 1.0;
    for lag in 1..=2 * reach {
        let here = correlation(lag);
        if here <= WIDTH_LEVEL {
            return (lag - 1) as f64 + (before - WIDTH_LEVEL) / (before - here);
        }
        before = here;
    }
    2.0 * reach as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_painted_measures_as_it_was_asked_for() {
        let requested = Texture { contrast: 0.25, lateral_width_px: Some(0.9), axial_width_px: Some(1.6) };
        let (mut greys, mut textures) = ([None; CLASS_COUNT], [None; CLASS_COUNT]);
        (greys[4], textures[4]) = (Some(90.0), Some(requested));
        let painter = Painter::of(&greys, &textures);
        let labels = [4; 300 * 120];
        let picture = painter.paint(&labels, [300, 120], 5);
        assert_eq!(picture, painter.paint(&labels, [300, 120], 5));
        assert_ne!(picture, painter.paint(&labels, [300, 120], 6));
        let mut measured = Textures::with_radius(super::super::texture::COARSE_RADIUS);
        measured.add(&picture, &labels, &[true; 300 * 120]);
        let found = measured.textures()[4].unwrap();
        assert!((found.contrast / 0.25 - 1.0).abs() < 0.05, "{found:?}");
        assert!((found.lateral_width_px.unwrap() / 0.9 - 1.0).abs() < 0.05, "{found:?}");
        assert!((found.axial_width_px.unwrap() / 1.6 - 1.0).abs() < 0.05, "{found:?}");
        let mean = picture.pixels.iter().map(|&grey| f64::from(grey)).sum::<f64>() / 36_000.0;
        assert!((mean - 90.0).abs() < 1.0, "{mean}");
    }

    #[test]
    fn unknown_classes_are_black_and_unannotated_pixels_grey() {
        let painter = Painter::of(&[None; CLASS_COUNT], &[None; CLASS_COUNT]);
        assert_eq!(painter.paint(&[3, 255], [2, 1], 1).pixels[..], [0, UNANNOTATED_GREY]);
    }
}
