//! [`MaskCoding::Flattened`](super::MaskCoding::Flattened): a retina laid flat, as a mask model draws it without
//! cliffs.
//!
//! Drawn over the pixels of a scan, an interface is an edge that may jump. Here a column of the grid holds the
//! thickness of every layer and the height of BM instead, so that layers cannot cross and an interface is a curve
//! between columns 45 um apart. Fluid is a signed distance in the same coordinates: four rows to a layer, so that it
//! moves and swells with its layer and its edge falls between the latent pixels.
//!
//! Two planes of [`FLATTENED_ROWS`] rows, outermost layer first:
//! - plane 0: rows 0 to 27 the thickness of the layer they lie in, rows 28 to 31 the height of BM;
//! - plane 1: rows 0 to 27 how deep in fluid (positive) or far from it (negative), rows 28 to 31 nothing.

use std::ops::Range;

use crate::anatomy::{INTERFACE_COUNT, LAYER_COUNT};
use crate::mask::{Interfaces, signed_distance};

/// Rows of the grid that share a layer.
const ROWS_PER_LAYER: usize = 4;
/// Rows of all layers; BM lies in those below.
const LAYER_ROWS: usize = LAYER_COUNT * ROWS_PER_LAYER;
/// Rows of the grid, whatever the size of the document.
pub const FLATTENED_ROWS: usize = LAYER_ROWS + ROWS_PER_LAYER;
/// Planes of the coding.
pub const FLATTENED_PLANES: usize = 2;

/// Thickness is coded by its logarithm from here on, and nearly as it is below: a lost layer has none.
const SOFT_UM: f32 = 8.0;
/// What the code of a layer's thickness is about in training masks, so that values lie about 0.
const USUAL_CODE: [f32; LAYER_COUNT] = [1.5, 2.2, 1.7, 1.55, 2.65, 1.6, 1.45];
/// Steepness of the code, so that eyes differ by about half of a unit.
const CODE_GAIN: f32 = 1.25;
/// Height of BM below the middle of the image that is coded as 1.
const BM_UM: f32 = 300.0;
/// Distance from the edge of fluid that is coded as 1.
const EDGE_UM: f32 = 60.0;
/// Standard deviation, in latent pixels, of the smoothing of what was drawn: no grader's line bends as fast as the noise
/// that a short sampling leaves in it. BM is the smoothest.
const BM_SMOOTHING: f32 = 3.0;
const LAYER_SMOOTHING: f32 = 1.5;
const FLUID_SMOOTHING: f32 = 0.7;
/// Smallest distance between an interface and the edge of the image, in rows.
const MARGIN_ROWS: f32 = 2.0;

/// A retina in flattened coordinates, column by column.
#[derive(Clone, Debug, PartialEq)]
pub struct FlattenedMask {
    /// In um, not below 0: `[layer][column]`.
    pub layers_um: [Vec<f32>; LAYER_COUNT],
    /// Of BM below the middle of the image, in um.
    pub bm_um: Vec<f32>,
    /// How deep in fluid: `[row][column]` over the rows of the layers, positive inside, in units of 60 um.
    pub fluid_depth: Vec<f32>,
}

/// A mask at the training scale that is coded: its interfaces and fluid in pixels.
#[derive(Clone, Copy, Debug)]
pub struct PixelMask<'a> {
    /// The interfaces.
    pub lines: &'a Interfaces,
    /// Row-major.
    pub fluid: &'a [bool],
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Down, across.
    pub pixel_um: [f32; 2],
}

impl FlattenedMask {
    /// The mask of a grid with `columns` latent pixels across.
    ///
    /// # Panics
    /// If the mask has no pixels.
    pub fn of(mask: PixelMask<'_>, columns: usize) -> Self {
        assert!(mask.width > 0 && mask.height > 0, "a mask with pixels");
        let extents: Vec<Range<usize>> =
            (0..columns).map(|column| pixels_of(column, columns, mask.width)).collect();
        let mean = |value: &dyn Fn(usize) -> f32| -> Vec<f32> {
            let of_pixel =
                |columns: &Range<usize>| columns.clone().map(value).sum::<f32>() / columns.len() as f32;
            extents.iter().map(of_pixel).collect()
        };
        let rows = &mask.lines.rows;
        let layers_um = std::array::from_fn(|layer| {
            mean(&|x| ((rows[layer + 1][x] - rows[layer][x]) * mask.pixel_um[0]).max(0.0))
        });
        let middle = mask.height as f32 / 2.0;
        let bm_um = mean(&|x| (rows[INTERFACE_COUNT - 1][x] - middle) * mask.pixel_um[0]);
        let fluid_depth = mask.fluid_depth(&extents);
        Self { layers_um, bm_um, fluid_depth }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.bm_um.len()
    }

    /// As planes of the grid, `[plane][row][column]`.
    pub fn to_planes(&self) -> Vec<f32> {
        let columns = self.columns();
        let mut planes = vec![-1.0; FLATTENED_PLANES * FLATTENED_ROWS * columns];
        for (row, values) in planes.chunks_exact_mut(columns).enumerate() {
            match row {
                row if row < LAYER_ROWS => {
                    let layer = row / ROWS_PER_LAYER;
                    let thickness = self.layers_um[layer].iter();
                    values
                        .iter_mut()
                        .zip(thickness)
                        .for_each(|(code, &um)| *code = thickness_code(layer, um));
                }
                row if row < FLATTENED_ROWS => {
                    values.iter_mut().zip(&self.bm_um).for_each(|(code, &um)| *code = um / BM_UM);
                }
                row if row - FLATTENED_ROWS < LAYER_ROWS => {
                    let from = (row - FLATTENED_ROWS) * columns;
                    values.copy_from_slice(&self.fluid_depth[from..from + columns]);
                }
                _ => {}
            }
        }
        planes
    }

    /// The first `columns` columns of planes with `stride` columns, as a network draws them.
    ///
    /// # Panics
    /// If these are not the planes of such a grid.
    pub fn from_planes(planes: &[f32], stride: usize, columns: usize) -> Self {
        assert_eq!(planes.len(), FLATTENED_PLANES * FLATTENED_ROWS * stride, "planes of a flattened grid");
        let planes: Vec<f32> =
            planes.iter().map(|&value| if value.is_finite() { value } else { 0.0 }).collect();
        let row = |row: usize| &planes[row * stride..row * stride + columns];
        // What a layer's rows say is meant to be the same: their mean is nearer to it than any of them.
        let mean = |rows: Range<usize>| -> Vec<f32> {
            let count = rows.len() as f32;
            (0..columns).map(|x| rows.clone().map(|at| row(at)[x]).sum::<f32>() / count).collect()
        };
        let layers_um = std::array::from_fn(|layer| {
            let codes =
                smoothed(&mean(layer * ROWS_PER_LAYER..(layer + 1) * ROWS_PER_LAYER), LAYER_SMOOTHING);
            codes.into_iter().map(|code| thickness_um(layer, code)).collect()
        });
        let bm = smoothed(&mean(LAYER_ROWS..FLATTENED_ROWS), BM_SMOOTHING);
        let bm_um = bm.into_iter().map(|code| code * BM_UM).collect();
        let fluid_depth = (FLATTENED_ROWS..FLATTENED_ROWS + LAYER_ROWS)
            .flat_map(|at| smoothed(row(at), FLUID_SMOOTHING))
            .collect();
        Self { layers_um, bm_um, fluid_depth }
    }

    /// The interfaces in an image of `width` x `height` pixels, `axial_um` each down; the retina is moved up or down
    /// where it would not fit.
    pub fn interfaces(&self, width: usize, height: usize, axial_um: f32) -> Interfaces {
        let mut lines = Interfaces::unknown(width as u32);
        for x in 0..width {
            let at = self.column_of(x, width);
            let mut row = (curve_at(&self.bm_um, at) / axial_um) + height as f32 / 2.0;
            for interface in (0..INTERFACE_COUNT).rev() {
                lines.rows[interface][x] = row;
                if interface > 0 {
                    row -= curve_at(&self.layers_um[interface - 1], at).max(0.0) / axial_um;
                }
            }
        }
        move_inside(&mut lines, height as f32);
        lines
    }

    /// How deep in fluid every pixel of an image lies, row-major; [`OUTSIDE_RETINA`] outside the layers.
    pub fn depth_in_image(&self, lines: &Interfaces, height: usize) -> Vec<f32> {
        let width = lines.width() as usize;
        let mut depth = vec![OUTSIDE_RETINA; width * height];
        for x in 0..width {
            let at = self.column_of(x, width);
            for layer in 0..LAYER_COUNT {
                let (top, bottom) = (lines.rows[layer][x], lines.rows[layer + 1][x]);
                let first = top.round().max(0.0) as usize;
                for y in first..(bottom.round().max(0.0) as usize).min(height) {
                    let part = ((y as f32 + 0.5 - top) / (bottom - top).max(1.0)).clamp(0.0, 1.0);
                    depth[y * width + x] = self.depth_at((layer as f32 + part) * ROWS_PER_LAYER as f32, at);
                }
            }
        }
        depth
    }

    /// Fluid depth at a row (0 the ILM) and a column, linear between the middles of latent pixels.
    fn depth_at(&self, row: f32, column: f32) -> f32 {
        let columns = self.columns();
        let row = (row - 0.5).clamp(0.0, LAYER_ROWS as f32 - 1.0);
        let (upper, part) =
            ((row as usize).min(LAYER_ROWS - 2), row - (row as usize).min(LAYER_ROWS - 2) as f32);
        let of_row = |row: usize| curve_at(&self.fluid_depth[row * columns..(row + 1) * columns], column);
        (1.0 - part) * of_row(upper) + part * of_row(upper + 1)
    }

    /// Where the middle of a pixel's column lies among the latent pixels; 0 is the middle of the first.
    fn column_of(&self, x: usize, width: usize) -> f32 {
        (x as f32 + 0.5) * self.columns() as f32 / width as f32 - 0.5
    }
}

/// The depth of pixels that no layer holds: no fluid can be there.
pub const OUTSIDE_RETINA: f32 = -2.0;

impl PixelMask<'_> {
    /// Fluid depth at the middles of the latent pixels.
    fn fluid_depth(&self, extents: &[Range<usize>]) -> Vec<f32> {
        let columns = extents.len();
        if !self.fluid.contains(&true) {
            return vec![-1.0; LAYER_ROWS * columns];
        }
        let pixel = [self.pixel_um[1], self.pixel_um[0]];
        let distance = signed_distance(self.width as u32, self.height as u32, self.fluid, pixel);
        let depth = |x: usize, row: f32| {
            let y = (row.max(0.0) as usize).min(self.height - 1);
            (-distance[y * self.width + x] / EDGE_UM).clamp(-1.0, 1.0)
        };
        (0..LAYER_ROWS)
            .flat_map(|row| {
                let (layer, part) =
                    (row / ROWS_PER_LAYER, ((row % ROWS_PER_LAYER) as f32 + 0.5) / ROWS_PER_LAYER as f32);
                extents.iter().map(move |columns| {
                    let x = (columns.start + columns.end - 1) / 2;
                    let (top, bottom) = (self.lines.rows[layer][x], self.lines.rows[layer + 1][x]);
                    (x, top + part * (bottom - top))
                })
            })
            .map(|(x, row)| depth(x, row))
            .collect()
    }
}

/// A curve without what changes faster than a Gaussian of so many latent pixels. Beyond its ends it goes on as it came,
/// mirrored through the last value, so that its slope is kept.
fn smoothed(values: &[f32], sigma: f32) -> Vec<f32> {
    let last = values.len() as isize - 1;
    let at = |x: isize| -> f32 {
        let value = |x: isize| values[x.clamp(0, last) as usize];
        match x {
            x if x < 0 => 2.0 * value(0) - value(-x),
            x if x > last => 2.0 * value(last) - value(2 * last - x),
            x => value(x),
        }
    };
    let reach = (3.0 * sigma).ceil() as isize;
    let weights: Vec<f32> =
        (-reach..=reach).map(|away| (-0.5 * (away as f32 / sigma).powi(2)).exp()).collect();
    let whole: f32 = weights.iter().sum();
    (0..=last)
        .map(|x| {
            (-reach..=reach).zip(&weights).map(|(away, weight)| weight * at(x + away)).sum::<f32>() / whole
        })
        .collect()
}

fn thickness_code(layer: usize, um: f32) -> f32 {
    ((1.0 + um.max(0.0) / SOFT_UM).ln() - USUAL_CODE[layer]) * CODE_GAIN
}

fn thickness_um(layer: usize, code: f32) -> f32 {
    // Beyond 2 mm no layer was ever measured.
    (SOFT_UM * ((code / CODE_GAIN + USUAL_CODE[layer]).exp() - 1.0)).clamp(0.0, 2000.0)
}

/// Pixels of a latent pixel of the grid, at least one.
fn pixels_of(latent: usize, latents: usize, pixels: usize) -> Range<usize> {
    let start = (latent * pixels / latents).min(pixels - 1);
    start..((latent + 1) * pixels / latents).clamp(start + 1, pixels)
}

/// A curve through the middles of latent pixels (Catmull-Rom), constant beyond the ends.
fn curve_at(values: &[f32], at: f32) -> f32 {
    let last = values.len() - 1;
    let at = at.clamp(0.0, last as f32);
    let index = (at as usize).min(last.saturating_sub(1));
    let t = at - index as f32;
    let value = |offset: isize| values[index.saturating_add_signed(offset).min(last)];
    let [a, b, c, d] = [value(-1), value(0), value(1), value(2)];
    let curved = b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)));
    curved.clamp(b.min(c), b.max(c))
}

/// Moves all columns up or down, as one, as far as the retina sticks out of the image; a retina that is taller than
/// the image is squeezed into it.
fn move_inside(lines: &mut Interfaces, height: f32) {
    let extreme =
        |line: &[f32], pick: fn(f32, f32) -> f32, start: f32| line.iter().copied().fold(start, pick);
    let top = extreme(&lines.rows[0], f32::min, f32::INFINITY);
    let bottom = extreme(&lines.rows[INTERFACE_COUNT - 1], f32::max, f32::NEG_INFINITY);
    let room = height - 2.0 * MARGIN_ROWS;
    let factor = if bottom - top > room { room / (bottom - top) } else { 1.0 };
    let down = if factor < 1.0 || top < MARGIN_ROWS {
        MARGIN_ROWS - top * factor
    } else {
        (height - MARGIN_ROWS - bottom).min(0.0)
    };
    lines.rows.iter_mut().flatten().for_each(|row| *row = *row * factor + down);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Layers of 12 pixels over a bowed BM, a lens of fluid in the third; 96 x 160 pixels of 4 x 11 um.
    fn phantom() -> (Interfaces, Vec<bool>) {
        let mut lines = Interfaces::unknown(96);
        for x in 0..96 {
            let bow = 10.0 * (x as f32 / 30.0).sin();
            for k in 0..INTERFACE_COUNT {
                lines.rows[k][x] = 30.0 + bow + 12.0 * k as f32;
            }
        }
        let fluid = (0..96 * 160)
            .map(|at| {
                let (x, y) = ((at % 96) as f32, (at / 96) as f32);
                let middle = 30.0 + 10.0 * (x / 30.0).sin() + 30.0;
                ((x - 50.0) / 14.0).powi(2) + ((y + 0.5 - middle) / 5.0).powi(2) < 1.0
            })
            .collect();
        (lines, fluid)
    }

    #[test]
    fn a_mask_survives_its_flattening() {
        let (lines, fluid) = phantom();
        let mask = PixelMask { lines: &lines, fluid: &fluid, width: 96, height: 160, pixel_um: [4.0, 11.0] };
        let planes = FlattenedMask::of(mask, 32).to_planes();
        assert!(planes.iter().all(|value| value.abs() < 2.0), "network values");
        let back = FlattenedMask::from_planes(&planes, 32, 32);
        let found = back.interfaces(96, 160, 4.0);
        for k in 0..INTERFACE_COUNT {
            let worst = (2..94).map(|x| (found.rows[k][x] - lines.rows[k][x]).abs()).fold(0.0, f32::max);
            // The bow is sharper than that of any eye: the smoothing takes half a pixel of it.
            assert!(worst < 0.8, "interface {k} is {worst} px off");
        }
        let depth = back.depth_in_image(&found, 160);
        let wet: Vec<bool> = depth.iter().map(|&depth| depth > 0.0).collect();
        let both = wet.iter().zip(&fluid).filter(|(a, b)| **a && **b).count();
        let dice = 2.0 * both as f64 / (wet.iter().chain(&fluid).filter(|lit| **lit).count() as f64);
        assert!(dice > 0.85, "fluid agrees to a Dice of {dice}");
    }

    #[test]
    fn whatever_a_network_draws_lies_in_order_inside_the_image() {
        for wild in [3.0_f32, -3.0, f32::NAN] {
            let planes: Vec<f32> = (0..FLATTENED_PLANES * FLATTENED_ROWS * 16)
                .map(|at| wild * (at as f32 * 0.7).sin())
                .collect();
            let mask = FlattenedMask::from_planes(&planes, 16, 13);
            let lines = mask.interfaces(64, 80, 3.87);
            for x in 0..64 {
                let column: Vec<f32> = lines.rows.iter().map(|row| row[x]).collect();
                assert!(column.windows(2).all(|pair| pair[0] <= pair[1] + 1e-3), "{column:?}");
                assert!(column[0] >= 1.9 && column[7] <= 78.1, "{column:?}");
            }
        }
    }
}
