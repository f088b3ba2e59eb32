//! Mean grey by region: of every class, of fluid and of the layers around it.

use crate::anatomy::{ABOVE_ILM, BELOW_BM, is_lesion};
use crate::scan::GreyImage;

/// Number of classes that are measured: above ILM, seven layers, below BM, fluid.
pub const CLASS_COUNT: usize = 10;
/// Width of the ring of layer pixels around fluid that it is compared with.
pub const RING_PX: i64 = 10;

/// The measured class of a composite code; SRF and PED count as fluid, 255 as nothing.
pub fn class_of(code: u8) -> Option<usize> {
    match code {
        ABOVE_ILM..=BELOW_BM => Some(usize::from(code)),
        code if is_lesion(code) => Some(CLASS_COUNT - 1),
        _ => None,
    }
}

/// Sums of grey by class, over as many scans as were added.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClassGreys {
    count: [u64; CLASS_COUNT],
    sum: [u64; CLASS_COUNT],
}

impl ClassGreys {
    /// Adds the valid pixels of a scan. `labels` (composite codes) and `valid` have the image's size.
    pub fn add(&mut self, image: &GreyImage, labels: &[u8], valid: &[bool]) {
        assert!(image.pixels.len() == labels.len() && labels.len() == valid.len(), "planes of one size");
        for ((&grey, &code), &valid) in image.pixels.iter().zip(labels).zip(valid) {
            if let (true, Some(class)) = (valid, class_of(code)) {
                self.count[class] += 1;
                self.sum[class] += u64::from(grey);
            }
        }
    }

    /// Adds everything that was added to another.
    pub fn join(&mut self, other: &Self) {
        for class in 0..CLASS_COUNT {
            self.count[class] += other.count[class];
            self.sum[class] += other.sum[class];
        }
    }

    /// Mean grey of each class; `None` for a class without a pixel.
    pub fn means(&self) -> [Option<f64>; CLASS_COUNT] {
        std::array::from_fn(|class| {
            (self.count[class] > 0).then(|| self.sum[class] as f64 / self.count[class] as f64)
        })
    }
}

/// Pearson's correlation; `None` for fewer than two pairs or where one side is constant.
pub fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let count = pairs.len() as f64;
    let mean = |value: fn(&(f64, f64)) -> f64| pairs.iter().map(value).sum::<f64>() / count;
    let (mean_a, mean_b) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let (mut covariance, mut variance_a, mut variance_b) = (0.0, 0.0, 0.0);
    for &(a, b) in pairs {
        covariance += (a - mean_a) * (b - mean_b);
        variance_a += (a - mean_a).powi(2);
        variance_b += (b - mean_b).powi(2);
    }
    let scale = (variance_a * variance_b).sqrt();
    (pairs.len() >= 2 && scale > 1e-12).then(|| covariance / scale)
}

/// Fluid of a scan and what surrounds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FluidRing {
    /// Pixels of fluid.
    pub fluid_px: usize,
    /// Mean grey inside the fluid.
    pub fluid_mean: f64,
    /// Pixels around it.
    pub ring_px: usize,
    /// Mean grey of the layer pixels at most [`RING_PX`] away (Euclidean) from the fluid.
    pub ring_mean: f64,
}

/// Measures the fluid of a scan against its surroundings over `valid` pixels; `None` without fluid or
/// without a layer pixel around it.
pub fn fluid_ring(image: &GreyImage, labels: &[u8], valid: &[bool]) -> Option<FluidRing> {
    assert!(image.pixels.len() == labels.len() && labels.len() == valid.len(), "planes of one size");
    let (width, height) = (i64::from(image.width), i64::from(image.height));
    let offsets: Vec<(i64, i64)> = (-RING_PX..=RING_PX)
        .flat_map(|y| (-RING_PX..=RING_PX).map(move |x| (x, y)))
        .filter(|(x, y)| x * x + y * y <= RING_PX * RING_PX)
        .collect();
    let mut near = vec![false; labels.len()];
    let (mut fluid_px, mut fluid_sum) = (0, 0.0);
    for pixel in (0..labels.len()).filter(|&pixel| is_lesion(labels[pixel]) && valid[pixel]) {
        fluid_px += 1;
        fluid_sum += f64::from(image.pixels[pixel]);
        let (x, y) = (pixel as i64 % width, pixel as i64 / width);
        for (dx, dy) in &offsets {
            let (x, y) = (x + dx, y + dy);
            if (0..width).contains(&x) && (0..height).contains(&y) {
                near[(y * width + x) as usize] = true;
            }
        }
    }
    let is_layer = |code: u8| code > ABOVE_ILM && code < BELOW_BM;
    let ring: Vec<f64> = (0..labels.len())
        .filter(|&pixel| near[pixel] && valid[pixel] && is_layer(labels[pixel]))
        .map(|pixel| f64::from(image.pixels[pixel]))
        .collect();
    (fluid_px > 0 && !ring.is_empty()).then(|| FluidRing {
        fluid_px,
        fluid_mean: fluid_sum / fluid_px as f64,
        ring_px: ring.len(),
        ring_mean: ring.iter().sum::<f64>() / ring.len() as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fluid_is_compared_with_layers_and_nothing_else() {
        // One row: vitreous, a layer far off, a layer near by, fluid, choroid.
        let labels: Vec<u8> = (0..40)
            .map(|x| match x {
                0..2 => 0,
                2..25 => 3,
                25..30 => 9,
                _ => 8,
            })
            .collect();
        let pixels: Vec<u8> = (0..40)
            .map(|x| match x {
                0..15 => 200,
                15..25 => 100,
                25..30 => 20,
                _ => 255,
            })
            .collect();
        let image = GreyImage::new(40, 1, pixels);
        let ring = fluid_ring(&image, &labels, &[true; 40]).unwrap();
        assert_eq!(ring, FluidRing { fluid_px: 5, fluid_mean: 20.0, ring_px: 10, ring_mean: 100.0 });
        assert_eq!(fluid_ring(&image, &[3; 40], &[true; 40]), None);
        let mut greys = ClassGreys::default();
        greys.add(&image, &labels, &[true; 40]);
        assert_eq!(greys.means()[9], Some(20.0));
        assert_eq!(greys.means()[8], Some(255.0));
        assert_eq!(greys.means()[1], None);
    }

    #[test]
    fn correlation_of_lines_and_constants() {
        let line = [(1.0, 5.0), (2.0, 7.0), (3.0, 9.0)];
        assert!((correlation(&line).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(correlation(&[(1.0, 5.0), (2.0, 5.0)]), None);
        assert_eq!(correlation(&line[..1]), None);
    }
}
