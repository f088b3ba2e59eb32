//! From a scan to labels: the segmenter on its grid, and back to the pixels of the scan with a confidence.

use burn::tensor::{Device, Tensor, TensorData, activation};

use super::segmenter_file::SegmenterInfo;
use crate::anatomy::{ABOVE_ILM, BELOW_BM};
use crate::dataset::samples::LabelledScan;
use crate::encoding::mapping::GridPlan;
use crate::nn::Segmenter;
use crate::scan::{GreyImage, Rect, Spacing};

// A scan of unknown pixel size, taken pixel to pixel, would be shown at twice the size that a network on a coarser grid
// knows. So training and use assume the same.
pub use crate::dataset::samples::ASSUMED_SPACING;

/// A segmenter on its device. Use it from one thread.
#[derive(Clone, Debug)]
pub struct Labeller {
    network: Segmenter,
    info: SegmenterInfo,
    device: Device,
}

/// A scan's labels, and how sure the segmenter is of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelling {
    /// Composite codes, row-major, the size of the scan.
    pub codes: Vec<u8>,
    /// The class of each pixel, as an index into the scheme's classes.
    pub classes: Vec<u8>,
    /// The probability of that class, 0 to 1.
    pub confidence: Vec<f32>,
}

impl Labelling {
    /// The mean confidence of the pixels of a class, and how many there are; `None` of none.
    pub fn class_confidence(&self, class: usize) -> Option<(f64, usize)> {
        let of_class =
            self.classes.iter().zip(&self.confidence).filter(|(found, _)| usize::from(**found) == class);
        let (sum, count) = of_class.fold((0.0, 0), |(sum, count), (_, &p)| (sum + f64::from(p), count + 1));
        (count > 0).then(|| (sum / count as f64, count))
    }
}

impl Labeller {
    /// From a loaded segmenter; the network must be on `device`.
    pub fn new(network: Segmenter, info: SegmenterInfo, device: Device) -> Self {
        Self { network, info, device }
    }

    /// The segmenter's description.
    pub fn info(&self) -> &SegmenterInfo {
        &self.info
    }

    /// Labels a scan; one without a known pixel size is taken to have [`ASSUMED_SPACING`].
    pub fn label(&self, image: &GreyImage, spacing: Option<Spacing>) -> Labelling {
        let plan =
            self.info.mapping.plan(image.width, image.height, Some(spacing.unwrap_or(ASSUMED_SPACING)));
        let probabilities = self.probabilities(&plan.image_to_grid(image), &plan);
        let pixels = image.pixels.len();
        let (mut classes, mut confidence) = (vec![0_u8; pixels], vec![-1.0_f32; pixels]);
        for (class, plane) in (0_u8..).zip(probabilities.chunks_exact(plan.grid_len())) {
            for (pixel, probability) in plan.grid_to_document(plane).into_iter().enumerate() {
                if probability > confidence[pixel] {
                    (classes[pixel], confidence[pixel]) = (class, probability);
                }
            }
        }
        let codes = self.codes(&classes, image.width as usize);
        Labelling { codes, classes, confidence }
    }

    /// Composite codes of a scan that a grader labelled, to be held against the grader's. A network on a fixed grid is
    /// shown the annotated columns, as in training; columns that it is not shown keep the grader's codes, which are
    /// unannotated and not judged.
    pub fn label_graded(&self, scan: &LabelledScan) -> Vec<u8> {
        let shown = scan.shown_columns(&self.info.mapping);
        let width = scan.image.width as usize;
        let found = self.label(&scan.cropped(shown.clone()).filled_image(), scan.entry.spacing).codes;
        if shown.len() == width {
            return found;
        }
        let mut codes = scan.labels.clone();
        for (row, found) in codes.chunks_exact_mut(width).zip(found.chunks_exact(shown.len())) {
            row[shown.clone()].copy_from_slice(found);
        }
        codes
    }

    /// Probabilities on the grid, `[class][row][column]`, blended over the windows.
    fn probabilities(&self, grid: &[f32], plan: &GridPlan) -> Vec<f32> {
        let count = self.info.labels.classes.len();
        let mut blended = vec![0.0; count * plan.grid_len()];
        for (index, &window) in plan.windows.iter().enumerate() {
            let weights = plan.window_weights(index);
            let found = self.window_probabilities(&cut(grid, plan.grid_width as usize, window), window);
            let (width, columns) = (plan.grid_width as usize, window.width() as usize);
            for (plane, found) in
                blended.chunks_exact_mut(plan.grid_len()).zip(found.chunks_exact(weights.len()))
            {
                for (at, (value, weight)) in found.iter().zip(&weights).enumerate() {
                    let (row, column) = (at / columns, at % columns);
                    plane[(window.y0 as usize + row) * width + window.x0 as usize + column] += value * weight;
                }
            }
        }
        blended
    }

    fn window_probabilities(&self, values: &[f32], window: Rect) -> Vec<f32> {
        let shape = [1, 1, window.height() as usize, window.width() as usize];
        let picture = Tensor::<4>::from_data(TensorData::new(values.to_vec(), shape), &self.device);
        let probabilities = activation::softmax(self.network.forward(picture), 1);
        probabilities.into_data_as::<f32>().iter::<f32>().collect()
    }

    /// Composite codes of classes. A class on both sides of the retina is told apart column by column: above the
    /// middle between the first and the last pixel of the retina it is above the ILM, else below BM. A column without
    /// any retina is above.
    fn codes(&self, classes: &[u8], width: usize) -> Vec<u8> {
        let schemes = &self.info.labels.classes;
        let is_split = |class: u8| {
            let codes = &schemes[usize::from(class)];
            codes.contains(&ABOVE_ILM) && codes.contains(&BELOW_BM)
        };
        let mut codes: Vec<u8> = classes.iter().map(|&class| schemes[usize::from(class)][0]).collect();
        let height = classes.len() / width;
        for x in 0..width {
            let is_retina = |y: &usize| !is_split(classes[y * width + x]);
            let (Some(first), Some(last)) = ((0..height).find(is_retina), (0..height).rfind(is_retina))
            else {
                continue;
            };
            for y in (0..height).filter(|y| !is_retina(y)) {
                codes[y * width + x] = if 2 * y < first + last { ABOVE_ILM } else { BELOW_BM };
            }
        }
        codes
    }
}

fn cut(grid: &[f32], width: usize, window: Rect) -> Vec<f32> {
    let rows = grid.chunks_exact(width).take(window.y1 as usize).skip(window.y0 as usize);
    rows.flat_map(|row| &row[window.x0 as usize..window.x1 as usize]).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::Mapping;
    use crate::nn::SegmenterConfig;
    use crate::nn::segmenter::SmallConfig;

    fn labeller(max_window: [u32; 2]) -> Labeller {
        let network = SegmenterConfig::Small(SmallConfig { widths: vec![8, 16], ..SmallConfig::default() });
        let mapping = Mapping { multiple: 8, max_window, overlap: 16, ..Mapping::live() };
        let info = SegmenterInfo::untrained("test", network.clone(), mapping);
        assert_eq!(info.check(), Ok(()));
        Labeller::new(network.init(9, &Device::flex()), info, Device::flex())
    }

    #[test]
    fn background_is_told_apart_by_the_side_of_the_retina() {
        let labeller = labeller([512, 1024]);
        // Columns: retina with a hole, nothing but background, retina up to the last row.
        #[rustfmt::skip]
        let classes = [
            0, 0, 0,
            1, 0, 0,
            0, 0, 3,
            8, 0, 7,
            0, 0, 7,
        ];
        #[rustfmt::skip]
        let codes = [
            0, 0, 0,
            1, 0, 0,
            8, 0, 3,
            9, 0, 7,
            8, 0, 7,
        ];
        assert_eq!(labeller.codes(&classes, 3), codes);
    }

    #[test]
    fn a_scan_of_any_size_gets_a_label_and_a_probability_for_every_pixel() {
        let image = GreyImage::new(75, 50, (0..3750).map(|i| (i * 7 % 256) as u8).collect::<Vec<u8>>());
        for max_window in [[512, 1024], [40, 40]] {
            let labelling = labeller(max_window).label(&image, None);
            assert_eq!((labelling.codes.len(), labelling.confidence.len()), (3750, 3750));
            assert!(labelling.confidence.iter().all(|p| (1.0 / 9.0 - 1e-3..=1.0 + 1e-3).contains(p)));
            let pixels: usize =
                (0..9).filter_map(|class| labelling.class_confidence(class)).map(|c| c.1).sum();
            assert_eq!(pixels, 3750);
        }
    }
}
