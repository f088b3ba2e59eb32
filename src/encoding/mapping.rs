//! The one mapping between a document and the network's grid, used by training, live view and export
//! alike and recorded in the model file.
//!
//! Speckle is what an OCT image consists of, so a scan whose scale is near the one the network was trained
//! at is mapped pixel to pixel: resampling it by a few percent would only blur the speckle. Scans of
//! another scale go through micrometres. The grid is padded to multiples of what the network halves by repeating edge
//! pixels; scans too large for one run are covered by overlapping windows.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::resampling::{nearest_indices, resample};
use crate::scan::{GreyImage, Rect, Spacing};

/// What a network expects of its grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mapping {
    /// Scale the network was trained at, along an A-scan.
    pub axial_um_per_px: f32,
    /// Scale the network was trained at, across A-scans.
    pub lateral_um_per_px: f32,
    /// Relative axial deviation up to which a scan is taken pixel to pixel.
    pub axial_tolerance: f32,
    /// Relative lateral deviation up to which a scan is taken pixel to pixel.
    pub lateral_tolerance: f32,
    /// Both grid sides are multiples of this: unshuffle factor times downsampling.
    pub multiple: u32,
    /// Largest window in one run: rows, columns.
    pub max_window: [u32; 2],
    /// Least overlap of neighbouring windows in grid pixels.
    pub overlap: u32,
    /// The grid that every scan is stretched to, whatever its scale (rows, columns); `None` maps by scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_size: Option<[u32; 2]>,
}

impl Mapping {
    /// The mapping of the `live` preset: the scale of Spectralis macular scans, with a tolerance that
    /// spans what it was trained on (3.87-3.9 µm axial, 10-12 µm lateral).
    pub fn live() -> Self {
        Self {
            axial_um_per_px: 3.87,
            lateral_um_per_px: 11.3,
            axial_tolerance: 0.06,
            lateral_tolerance: 0.13,
            multiple: 16,
            max_window: [512, 1024],
            overlap: 64,
            fixed_size: None,
        }
    }

    /// The mapping of the `paper` preset: every scan becomes 480 x 480 (algorithms 10).
    pub fn paper() -> Self {
        Self { multiple: 32, fixed_size: Some([480, 480]), ..Self::live() }
    }

    /// Whether its windows, its fixed size and its scale make sense.
    ///
    /// # Errors
    /// If the windows, the fixed size, or scale and tolerances are out of their range; the message says which.
    pub fn check(&self) -> Result<(), String> {
        if self.max_window.iter().any(|&side| {
            !(1..=8192).contains(&side)
                || !side.is_multiple_of(self.multiple)
                || u64::from(side) <= 2 * u64::from(self.overlap)
        }) {
            return Err(format!("windows of {:?} pixels", self.max_window));
        }
        self.check_fixed_size()?;
        let scales = [self.axial_um_per_px, self.lateral_um_per_px];
        let tolerances = [self.axial_tolerance, self.lateral_tolerance];
        if !scales.iter().all(|scale| (0.05..=1000.0).contains(scale))
            || !tolerances.iter().all(|tolerance| (0.0..1.0).contains(tolerance))
        {
            return Err(format!("a grid of {scales:?} um per pixel with tolerances {tolerances:?}"));
        }
        Ok(())
    }

    /// Whether a fixed size, if there is one, can be a grid.
    ///
    /// # Errors
    /// If a side is no multiple of what the network needs, or larger than a window.
    pub fn check_fixed_size(&self) -> Result<(), String> {
        let Some(sides) = self.fixed_size else { return Ok(()) };
        let fits = |(side, most): (u32, u32)| side > 0 && side.is_multiple_of(self.multiple) && side <= most;
        if sides.into_iter().zip(self.max_window).all(fits) {
            Ok(())
        } else {
            Err(format!(
                "a fixed grid of {sides:?} pixels, expected multiples of {} up to {:?}",
                self.multiple, self.max_window
            ))
        }
    }

    /// How a scan of this size and spacing lies on the grid.
    ///
    /// # Panics
    /// If a side is zero, or the mapping's own window is no multiple of `multiple` or not larger than
    /// twice the overlap.
    pub fn plan(&self, width: u32, height: u32, spacing: Option<Spacing>) -> GridPlan {
        assert!(width > 0 && height > 0, "a scan of {width}x{height} pixels");
        for side in self.max_window {
            assert!(self.multiple > 0 && side % self.multiple == 0 && side > 2 * self.overlap);
        }
        let axial = spacing.map_or(1.0, |spacing| {
            scale_through_um(spacing.axial_um_per_px, self.axial_um_per_px, self.axial_tolerance)
        });
        let lateral = spacing.map_or(1.0, |spacing| {
            scale_through_um(spacing.lateral_um_per_px, self.lateral_um_per_px, self.lateral_tolerance)
        });
        let [content_height, content_width] = self.fixed_size.unwrap_or([
            ((height as f32 * axial).round() as u32).max(1),
            ((width as f32 * lateral).round() as u32).max(1),
        ]);
        let grid_width = content_width.next_multiple_of(self.multiple);
        let grid_height = content_height.next_multiple_of(self.multiple);
        let columns = cover(grid_width, self.max_window[1], self.overlap, self.multiple);
        let rows = cover(grid_height, self.max_window[0], self.overlap, self.multiple);
        let windows = rows
            .iter()
            .flat_map(|&(y0, y1)| columns.iter().map(move |&(x0, x1)| Rect::new(x0, y0, x1, y1)))
            .collect();
        GridPlan {
            width,
            height,
            shown: 0..width,
            content_width,
            content_height,
            grid_width,
            grid_height,
            lateral_scale: content_width as f32 / width as f32,
            axial_scale: content_height as f32 / height as f32,
            windows,
        }
    }
}

/// Grid pixels per document pixel along one axis.
fn scale_through_um(um_per_px: f32, grid_um_per_px: f32, tolerance: f32) -> f32 {
    let scale = um_per_px / grid_um_per_px;
    if (scale - 1.0).abs() <= tolerance { 1.0 } else { scale }
}

/// Runs of at most `window` that cover `length`, overlap by at least `overlap` and start and end on
/// multiples of `multiple`.
fn cover(length: u32, window: u32, overlap: u32, multiple: u32) -> Vec<(u32, u32)> {
    if length <= window {
        return vec![(0, length)];
    }
    let count = (length - overlap).div_ceil(window - overlap);
    let size = (length + (count - 1) * overlap).div_ceil(count).next_multiple_of(multiple).min(window);
    let steps = (length - size) / multiple;
    (0..count)
        .map(|index| {
            let start = index * steps / (count - 1) * multiple;
            (start, start + size)
        })
        .collect()
}

/// A scan placed on the grid. Grid values are row-major `f32` in [-1, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct GridPlan {
    /// Document width in pixels.
    pub width: u32,
    /// Document height in pixels.
    pub height: u32,
    /// The document's columns that lie on the grid: all, but for [`Mapping::plan_of`].
    pub shown: Range<u32>,
    /// Columns of the grid that hold the document; the rest repeats the last.
    pub content_width: u32,
    /// Rows of the grid that hold the document; the rest repeats the last.
    pub content_height: u32,
    /// Columns of the network's grid.
    pub grid_width: u32,
    /// Rows of the network's grid.
    pub grid_height: u32,
    /// Grid pixels per document pixel, across.
    pub lateral_scale: f32,
    /// Grid pixels per document pixel, down.
    pub axial_scale: f32,
    /// Overlapping windows that cover the grid; exactly one where it fits into a single run.
    pub windows: Vec<Rect>,
}

impl GridPlan {
    /// Number of grid pixels.
    pub fn grid_len(&self) -> usize {
        self.grid_width as usize * self.grid_height as usize
    }

    /// Composite codes (or any bytes) of the document on the grid, by nearest pixel.
    ///
    /// # Panics
    /// If `labels` has not the document's size.
    pub fn labels_to_grid(&self, labels: &[u8]) -> Vec<u8> {
        assert_eq!(labels.len(), self.width as usize * self.height as usize, "labels of the document");
        let columns = self.places_of_columns();
        let rows = padded(nearest_indices(self.height, self.content_height), self.grid_height);
        let mut grid = Vec::with_capacity(self.grid_len());
        for y in rows {
            let row = &labels[y as usize * self.width as usize..][..self.width as usize];
            grid.extend(columns.iter().map(|&x| row[x as usize]));
        }
        grid
    }

    /// What every column of the document has, on the columns of the grid, by nearest pixel.
    ///
    /// # Panics
    /// If there is not a value for every column of the document.
    pub fn columns_to_grid(&self, columns: &[u8]) -> Vec<u8> {
        assert_eq!(columns.len(), self.width as usize, "columns of the document");
        self.places_of_columns().into_iter().map(|x| columns[x as usize]).collect()
    }

    /// The document's column that is nearest to each of the grid.
    fn places_of_columns(&self) -> Vec<u32> {
        let mut places = nearest_indices(self.shown_size().0, self.content_width);
        places.iter_mut().for_each(|place| *place += self.shown.start);
        padded(places, self.grid_width)
    }

    /// The scan on the grid, in [-1, 1], antialiased where it shrinks.
    ///
    /// # Panics
    /// If the image has not the document's size.
    pub fn image_to_grid(&self, image: &GreyImage) -> Vec<f32> {
        assert_eq!((image.width, image.height), (self.width, self.height), "image of the document");
        let greys = self.shown_part(&image.pixels);
        let values: Vec<f32> = greys.into_iter().map(|grey| f32::from(grey) / 127.5 - 1.0).collect();
        let content = resample(&values, self.shown_size(), (self.content_width, self.content_height));
        let columns = padded((0..self.content_width).collect(), self.grid_width);
        let rows = padded((0..self.content_height).collect(), self.grid_height);
        let mut grid = Vec::with_capacity(self.grid_len());
        for y in rows {
            let row = &content[y as usize * self.content_width as usize..][..self.content_width as usize];
            grid.extend(columns.iter().map(|&x| row[x as usize]));
        }
        grid
    }

    /// A grid picture as an 8-bit image of the document's size; values are clamped to [-1, 1].
    ///
    /// # Panics
    /// If `grid` has not the grid's size.
    pub fn grid_to_image(&self, grid: &[f32]) -> GreyImage {
        let values = self.grid_to_document(grid);
        let pixels: Vec<u8> =
            values.iter().map(|value| ((value + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8).collect();
        GreyImage::new(self.width, self.height, pixels)
    }

    /// Grid values at the document's pixels, row-major.
    ///
    /// # Panics
    /// If `grid` has not the grid's size.
    pub fn grid_to_document(&self, grid: &[f32]) -> Vec<f32> {
        let content: Vec<f32> = grid
            .chunks_exact(self.grid_width as usize)
            .take(self.content_height as usize)
            .flat_map(|row| &row[..self.content_width as usize])
            .copied()
            .collect();
        let part = resample(&content, (self.content_width, self.content_height), self.shown_size());
        self.with_margins(part)
    }

    /// How much each pixel of window `index` counts when windows are blended, row-major over the window.
    ///
    /// Linear ramps over the overlaps; over all windows the weights of a grid pixel sum to one.
    ///
    /// # Panics
    /// If there is no such window.
    pub fn window_weights(&self, index: usize) -> Vec<f32> {
        let window = self.windows[index];
        let columns = self.axis_weights(window.x0, window.x1, |rect| (rect.x0, rect.x1));
        let rows = self.axis_weights(window.y0, window.y1, |rect| (rect.y0, rect.y1));
        rows.iter().flat_map(|row| columns.iter().map(move |column| row * column)).collect()
    }

    fn axis_weights(&self, start: u32, end: u32, run_of: impl Fn(&Rect) -> (u32, u32)) -> Vec<f32> {
        let mut runs: Vec<(u32, u32)> = self.windows.iter().map(run_of).collect();
        runs.sort_unstable();
        runs.dedup();
        // Distance to the nearer inner border of the run; the grid's own border does not count.
        let last = runs.iter().map(|run| run.1).max().unwrap_or(end);
        let height_at = |run: (u32, u32), at: u32| -> f32 {
            if !(run.0..run.1).contains(&at) {
                return 0.0;
            }
            let left = if run.0 == 0 { f32::INFINITY } else { (at - run.0) as f32 + 0.5 };
            let right = if run.1 == last { f32::INFINITY } else { (run.1 - at) as f32 - 0.5 };
            left.min(right).min(last as f32)
        };
        (start..end)
            .map(|at| {
                let sum: f32 = runs.iter().map(|&run| height_at(run, at)).sum();
                height_at((start, end), at) / sum
            })
            .collect()
    }
}

/// Indices continued to `length` by repeating the last.
fn padded(mut indices: Vec<u32>, length: u32) -> Vec<u32> {
    let last = indices.last().copied().unwrap_or(0);
    indices.resize(length as usize, last);
    indices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_near_the_training_scale_keep_their_pixels() {
        let mapping = Mapping::live();
        for (axial, lateral) in [(3.87, 11.07), (3.9, 10.0), (3.9, 12.0)] {
            let plan = mapping.plan(768, 496, Spacing::checked(axial, lateral));
            assert_eq!((plan.grid_width, plan.grid_height), (768, 496));
            assert_eq!(plan.windows, [Rect::new(0, 0, 768, 496)]);
        }
        let image = GreyImage::new(5, 3, (0..15).map(|i| i * 17).collect::<Vec<u8>>());
        let plan = mapping.plan(5, 3, None);
        assert_eq!((plan.grid_width, plan.grid_height), (16, 16));
        let grid = plan.image_to_grid(&image);
        assert_eq!(grid[15], grid[4], "columns are padded by the last");
        assert_eq!(grid[15 * 16], grid[2 * 16], "rows are padded by the last");
        assert_eq!(plan.grid_to_image(&grid), image);
        assert_eq!(plan.labels_to_grid(&image.pixels)[2 * 16 + 4], image.get(4, 2));
    }

    #[test]
    fn other_scales_go_through_micrometres() {
        let plan = Mapping::live().plan(1000, 500, Spacing::checked(2.0, 5.65));
        assert_eq!((plan.content_width, plan.content_height), (500, 258));
        assert_eq!((plan.grid_width, plan.grid_height), (512, 272));
        let labels: Vec<u8> = (0..500u32 * 1000).map(|i| u8::from(i % 1000 >= 500)).collect();
        let grid = plan.labels_to_grid(&labels);
        assert_eq!((grid[249], grid[250], grid[511]), (0, 1, 1));
        let flat = GreyImage::new(1000, 500, vec![77; 500_000]);
        assert_eq!(plan.grid_to_image(&plan.image_to_grid(&flat)), flat);
    }

    #[test]
    fn the_papers_grid_is_480_by_480_whatever_the_scan() {
        let mapping = Mapping::paper();
        assert_eq!(mapping.check_fixed_size(), Ok(()));
        for (width, height, spacing) in [(768, 496, Spacing::checked(3.87, 11.3)), (300, 1000, None)] {
            let plan = mapping.plan(width, height, spacing);
            assert_eq!((plan.content_width, plan.content_height), (480, 480));
            assert_eq!(plan.windows, [Rect::new(0, 0, 480, 480)]);
            let flat = GreyImage::new(width, height, vec![77; (width * height) as usize]);
            assert_eq!(plan.grid_to_image(&plan.image_to_grid(&flat)), flat);
        }
        let odd = Mapping { fixed_size: Some([481, 480]), ..mapping };
        assert!(odd.check_fixed_size().unwrap_err().contains("multiples of 32"));
        let json = serde_json::to_string(&Mapping::live()).unwrap();
        assert!(!json.contains("fixed_size"), "older programs read the live mapping: {json}");
    }

    #[test]
    fn windows_cover_wide_scans_and_their_weights_sum_to_one() {
        let mapping = Mapping { max_window: [64, 96], overlap: 16, ..Mapping::live() };
        for (width, height) in [(200, 60), (333, 150), (97, 65), (1536, 496)] {
            let plan = mapping.plan(width, height, None);
            let mut sum = vec![0.0f32; plan.grid_len()];
            for (index, window) in plan.windows.iter().enumerate() {
                assert!(window.width() <= 96 && window.height() <= 64);
                assert!(window.width() % 16 == 0 && window.x0 % 16 == 0 && window.y0 % 16 == 0);
                assert!(window.x1 <= plan.grid_width && window.y1 <= plan.grid_height);
                let mut weights = plan.window_weights(index).into_iter();
                for y in window.y0..window.y1 {
                    for x in window.x0..window.x1 {
                        sum[(y * plan.grid_width + x) as usize] += weights.next().unwrap_or(f32::NAN);
                    }
                }
            }
            assert!(sum.iter().all(|weight| (weight - 1.0).abs() < 1e-5), "{width}x{height}");
        }
        let wide = Mapping::live().plan(1536, 496, None);
        assert_eq!(wide.windows, [Rect::new(0, 0, 800, 496), Rect::new(736, 0, 1536, 496)]);
    }
}
