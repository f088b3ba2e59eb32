//! Labelled B-scans as training masks: lines and fluid, placed on a model's grid with their variations.

use std::f64::consts::TAU;
use std::ops::Range;

use crate::anatomy::{INTERFACE_COUNT, LAYER_COUNT, is_lesion};
use crate::dataset::manifest::Manifest;
use crate::dataset::sample_set::load_by_role;
use crate::dataset::samples::LabelledScan;
use crate::dataset::split::Split;
use crate::encoding::mapping::Mapping;
use crate::encoding::masks::flattened::{FlattenedMask, PixelMask};
use crate::encoding::masks::{MaskCoding, MaskConditions, MaskGrid};
use crate::formats::FormatError;
use crate::mask::{Interfaces, Mask};

/// Thinner than this, a layer of an ignored column is one whose upper boundary nobody drew, in pixels.
const MISSING_LAYER_PX: f32 = 0.5;

/// One labelled mask at the training scale.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskSample {
    /// Name of its scan.
    pub id: String,
    /// Whose eye it is.
    pub subject: String,
    /// The data set it came from.
    pub source: String,
    /// Columns of the grid.
    pub width: usize,
    /// Rows of the grid.
    pub height: usize,
    /// Known in every column (interpolated where the annotation has gaps).
    pub lines: Interfaces,
    /// Fluid, row-major.
    pub fluid: Vec<bool>,
    /// The columns that were annotated, from the first to the last.
    pub known: Range<usize>,
}

/// The labelled masks of a data set by role.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MaskSamples {
    /// Masks to train on.
    pub training: Vec<MaskSample>,
    /// Masks to validate on.
    pub validation: Vec<MaskSample>,
}

impl MaskSamples {
    /// Loads every labelled mask that is not held out, in the manifest's order; masks without any ordered
    /// column are left out. Those that no grader drew train only if `pseudo_labelled`, and never validate.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn load(
        manifest: &Manifest,
        split: &Split,
        mapping: &Mapping,
        pseudo_labelled: bool,
    ) -> Result<Self, FormatError> {
        let make = |scan: &LabelledScan| MaskSample::new(scan, mapping);
        let [training, validation] = load_by_role(manifest, split, pseudo_labelled, make)?;
        Ok(Self { training, validation })
    }
}

impl MaskSample {
    /// The mask of a labelled scan, scaled as `mapping` asks; `None` where no column is in order.
    pub fn new(scan: &LabelledScan, mapping: &Mapping) -> Option<Self> {
        let (width, height) = (scan.image.width, scan.image.height);
        let plan = mapping.plan(width, height, scan.entry.spacing);
        let codes = plan.labels_to_grid(&scan.labels);
        let (columns, rows) = (plan.content_width as usize, plan.content_height as usize);
        let codes: Vec<u8> = codes
            .chunks_exact(plan.grid_width as usize)
            .take(rows)
            .flat_map(|row| &row[..columns])
            .copied()
            .collect();
        let (mask, _) = Mask::from_composite(columns as u32, rows as u32, &codes);
        let mut lines = Interfaces::from_layers(&mask.layers);
        let known = known_columns(&lines)?;
        for x in 0..columns {
            if !scan.is_column_valid((x as f32 / plan.lateral_scale) as u32) {
                forget_missing_boundaries(&mut lines, x);
            }
        }
        lines.repair();
        Some(Self {
            id: scan.entry.id.clone(),
            subject: scan.entry.subject.clone(),
            source: scan.entry.source.clone(),
            width: columns,
            height: rows,
            lines,
            fluid: codes.iter().map(|&code| is_lesion(code)).collect(),
            known,
        })
    }
}

/// From the first to the last column in order.
fn known_columns(lines: &Interfaces) -> Option<Range<usize>> {
    let is_known = |x: &u32| lines.is_ordered_column(*x);
    let first = (0..lines.width()).find(is_known)?;
    let last = (0..lines.width()).rfind(is_known)?;
    Some(first as usize..last as usize + 1)
}

/// Where a grader left a boundary out, the layer below it has no thickness and the one above has both.
fn forget_missing_boundaries(lines: &mut Interfaces, x: usize) {
    for layer in 0..LAYER_COUNT {
        if lines.rows[layer + 1][x] - lines.rows[layer][x] < MISSING_LAYER_PX {
            lines.rows[layer][x] = f32::NAN;
        }
    }
}

/// A wave over the columns of a cut.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wave {
    /// In pixels.
    pub height: f64,
    /// Turns over the cut's width.
    pub turns: f64,
    /// In radians, at the first column.
    pub phase: f64,
}

impl Wave {
    fn at(&self, part: f64) -> f64 {
        self.height * (TAU * self.turns * part + self.phase).sin()
    }
}

/// One way to place a sample on the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskCut {
    /// First column of the sample, in pixels.
    pub x: f64,
    /// Whether it is mirrored.
    pub flip: bool,
    /// Downwards, in pixels.
    pub shift: f64,
    /// Up and down.
    pub bend: [Wave; 2],
    /// To the left and right.
    pub lateral_bend: [Wave; 2],
    /// Factor of each layer's thickness; BM stays in its place.
    pub thickness: [f64; LAYER_COUNT],
}

/// A mask on the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct GridMask {
    /// `[plane][row][column]`, in [-1, 1].
    pub planes: Vec<f32>,
    /// 1 in latent pixels of annotated columns, `[row][column]`.
    pub loss_weights: Vec<f32>,
    /// What the mask answers to.
    pub conditions: MaskConditions,
}

impl MaskCut {
    /// The plain cut at a column.
    pub fn at(x: f64) -> Self {
        Self {
            x,
            flip: false,
            shift: 0.0,
            bend: [Wave::default(); 2],
            lateral_bend: [Wave::default(); 2],
            thickness: [1.0; LAYER_COUNT],
        }
    }

    /// The sample placed on the grid. Columns outside the annotated ones repeat the edge and do not count.
    pub fn grid_mask(
        &self,
        sample: &MaskSample,
        coding: MaskCoding,
        grid: &MaskGrid,
        mapping: &Mapping,
    ) -> GridMask {
        let [rows_px, columns_px] = grid.size_px().map(|side| side.round() as usize);
        let mut lines = Interfaces::unknown(columns_px as u32);
        let mut fluid = vec![false; rows_px * columns_px];
        let mut known = vec![false; columns_px];
        let (low, high) = (sample.known.start as f64, sample.known.end as f64 - 1.0);
        for column in 0..columns_px {
            let part = (column as f64 + 0.5) / columns_px as f64;
            let along = if self.flip { columns_px - 1 - column } else { column } as f64;
            let lateral: f64 = self.lateral_bend.iter().map(|wave| wave.at(part)).sum();
            let wanted = self.x + along + lateral;
            known[column] = (low - 1.0..=high + 1.0).contains(&wanted);
            let source = wanted.clamp(low, high).round() as usize;
            let before: [f64; INTERFACE_COUNT] =
                std::array::from_fn(|k| f64::from(sample.lines.rows[k][source]));
            let down = self.shift + self.bend.iter().map(|wave| wave.at(part)).sum::<f64>();
            let after = self.moved(&before, down, rows_px as f64);
            for (line, row) in lines.rows.iter_mut().zip(after) {
                line[column] = row as f32;
            }
            for y in 0..rows_px {
                let from = source_row(&before, &after, y as f64 + 0.5);
                if from >= 0.0 && (from as usize) < sample.height {
                    fluid[y * columns_px + column] = sample.fluid[from as usize * sample.width + source];
                }
            }
        }
        let pixel_um = [mapping.axial_um_per_px, mapping.lateral_um_per_px];
        let conditions = MaskConditions::measured(&lines, &fluid, pixel_um);
        let planes = match coding {
            MaskCoding::Flattened => {
                let (width, height) = (columns_px, rows_px);
                let mask = PixelMask { lines: &lines, fluid: &fluid, width, height, pixel_um };
                FlattenedMask::of(mask, grid.latents[1] as usize).to_planes()
            }
            _ => Raster { lines: &lines, fluid: &fluid, width: columns_px, height: rows_px }
                .planes(coding, grid),
        };
        GridMask { planes, loss_weights: loss_weights(&known, grid), conditions }
    }

    /// The lines of a column thickened upwards from BM and moved down, kept inside the mask.
    fn moved(&self, before: &[f64; INTERFACE_COUNT], down: f64, rows: f64) -> [f64; INTERFACE_COUNT] {
        let mut after = *before;
        for layer in (0..LAYER_COUNT).rev() {
            after[layer] = after[layer + 1] - self.thickness[layer] * (before[layer + 1] - before[layer]);
        }
        // The whole column moves: no layer is cut off by the edges of the mask.
        let most_up = 2.0 - after[0];
        let most_down = rows - 2.0 - after[INTERFACE_COUNT - 1];
        let down = if most_up <= most_down { down.clamp(most_up, most_down) } else { most_up };
        after.map(|row| row + down)
    }
}

/// Which row of the sample a row of the moved column shows: linear within each layer.
fn source_row(before: &[f64; INTERFACE_COUNT], after: &[f64; INTERFACE_COUNT], row: f64) -> f64 {
    let last = INTERFACE_COUNT - 1;
    if row < after[0] {
        return row - after[0] + before[0];
    }
    for layer in 0..last {
        if row < after[layer + 1] {
            let height = after[layer + 1] - after[layer];
            let part = if height > 0.0 { (row - after[layer]) / height } else { 0.0 };
            return before[layer] + part * (before[layer + 1] - before[layer]);
        }
    }
    row - after[last] + before[last]
}

/// A mask in pixels, to be put into latent pixels.
struct Raster<'a> {
    lines: &'a Interfaces,
    fluid: &'a [bool],
    width: usize,
    height: usize,
}

impl Raster<'_> {
    fn planes(&self, coding: MaskCoding, grid: &MaskGrid) -> Vec<f32> {
        let [rows, columns] = grid.latents.map(|side| side as usize);
        match coding {
            MaskCoding::Ordinal => {
                let mut planes = vec![0.0; coding.planes() * rows * columns];
                for (k, plane) in planes.chunks_exact_mut(rows * columns).enumerate() {
                    for (cell, value) in plane.iter_mut().enumerate() {
                        let (row, column) = (cell / columns, cell % columns);
                        let covered = match self.lines.rows.get(k) {
                            Some(line) => self.below(line, row, column, grid),
                            None => self.in_fluid(row, column, grid),
                        };
                        *value = 2.0 * covered - 1.0;
                    }
                }
                planes
            }
            // The flattened coding has no pixels: it is made of the lines themselves.
            _ => (0..rows * columns)
                .map(|cell| self.paper_class(cell / columns, cell % columns, grid) / 4.0 - 1.0)
                .collect(),
        }
    }

    /// Pixels along an axis that a latent pixel covers, at least one.
    fn extent(index: usize, side_px: f32, limit: usize) -> Range<usize> {
        let start = ((index as f32 * side_px).floor() as usize).min(limit - 1);
        let end = (((index + 1) as f32 * side_px).round() as usize).clamp(start + 1, limit);
        start..end
    }

    /// Part of a latent pixel that lies below a line.
    fn below(&self, line: &[f32], row: usize, column: usize, grid: &MaskGrid) -> f32 {
        let (top, height) = (row as f32 * grid.latent_px[0], grid.latent_px[0]);
        let columns = Self::extent(column, grid.latent_px[1], self.width);
        let count = columns.len() as f32;
        columns.map(|x| ((top + height - line[x]) / height).clamp(0.0, 1.0)).sum::<f32>() / count
    }

    fn in_fluid(&self, row: usize, column: usize, grid: &MaskGrid) -> f32 {
        let rows = Self::extent(row, grid.latent_px[0], self.height);
        let columns = Self::extent(column, grid.latent_px[1], self.width);
        let pixels = (rows.len() * columns.len()) as f32;
        let lit: usize = rows
            .map(|y| self.fluid[y * self.width..][columns.clone()].iter().filter(|&&lit| lit).count())
            .sum();
        lit as f32 / pixels
    }

    /// The paper's class at the middle of a latent pixel.
    fn paper_class(&self, row: usize, column: usize, grid: &MaskGrid) -> f32 {
        let y = (row as f32 + 0.5) * grid.latent_px[0];
        let x = (((column as f32 + 0.5) * grid.latent_px[1]) as usize).min(self.width - 1);
        if self.fluid[(y as usize).min(self.height - 1) * self.width + x] {
            return (LAYER_COUNT + 1) as f32;
        }
        let layer = self.lines.rows.iter().filter(|line| line[x] <= y).count();
        if layer > LAYER_COUNT { 0.0 } else { layer as f32 }
    }
}

/// 1 in latent pixels whose columns are all annotated.
fn loss_weights(known: &[bool], grid: &MaskGrid) -> Vec<f32> {
    let [rows, columns] = grid.latents.map(|side| side as usize);
    let line: Vec<f32> = (0..columns)
        .map(|column| {
            let extent = Raster::extent(column, grid.latent_px[1], known.len());
            if known[extent].iter().all(|&known| known) { 1.0 } else { 0.0 }
        })
        .collect();
    line.repeat(rows)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::dataset::mask_augmentation::MaskAugmentation;
    use crate::encoding::noise::Rng;

    /// Flat layers of eight rows from row 16 on, a square of fluid in the third; 96 x 112 pixels.
    pub(crate) fn phantom() -> MaskSample {
        let (width, height) = (96, 112);
        let mut lines = Interfaces::unknown(width as u32);
        for (k, line) in lines.rows.iter_mut().enumerate() {
            line.fill(16.0 + 8.0 * k as f32);
        }
        let inside =
            |pixel: usize| (33..39).contains(&(pixel / width)) && (40..52).contains(&(pixel % width));
        let fluid = (0..width * height).map(inside).collect();
        let [id, subject, source] = ["a", "s", "here"].map(str::to_owned);
        MaskSample { id, subject, source, width, height, lines, fluid, known: 8..width }
    }

    const GRID: MaskGrid = MaskGrid { latent_px: [4.0; 2], latents: [32, 16], multiple: 16 };

    #[test]
    fn a_plain_cut_is_the_mask() {
        let grid_mask = MaskCut::at(20.0).grid_mask(&phantom(), MaskCoding::Ordinal, &GRID, &Mapping::live());
        let at = |plane: usize, row: usize, column: usize| grid_mask.planes[(plane * 32 + row) * 16 + column];
        assert_eq!((at(0, 3, 0), at(0, 4, 0)), (-1.0, 1.0));
        assert_eq!((at(7, 17, 9), at(7, 18, 9)), (-1.0, 1.0));
        // Fluid in rows 33..39 and columns 20..32 of the cut: latent pixels of row 8 hold three of four rows.
        assert_eq!((at(8, 8, 5), at(8, 9, 7), at(8, 8, 8)), (0.5, 0.5, -1.0));
        assert!(grid_mask.loss_weights.iter().all(|&weight| weight == 1.0));
        assert_eq!(grid_mask.conditions.cysts, Some(1));
        assert!((grid_mask.conditions.thickness_um.unwrap() - 56.0 * f64::from(3.87_f32)).abs() < 1e-3);
    }

    #[test]
    fn outside_the_annotation_nothing_counts() {
        let grid_mask = MaskCut::at(0.0).grid_mask(&phantom(), MaskCoding::Ordinal, &GRID, &Mapping::live());
        assert_eq!(grid_mask.loss_weights[..4], [0.0, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn variations_keep_order_and_carry_the_fluid_along() {
        let augmentation = MaskAugmentation::default();
        let (mut fluid, mut thickness) = (Vec::new(), Vec::new());
        for event in 0..30 {
            let cut = augmentation.draw(&phantom(), 64, &mut Rng::new(1, 0, event));
            let grid_mask = cut.grid_mask(&phantom(), MaskCoding::Ordinal, &GRID, &Mapping::live());
            let cells = 32 * 16;
            for pair in grid_mask.planes[..8 * cells].chunks_exact(cells).collect::<Vec<_>>().windows(2) {
                assert!(pair[0].iter().zip(pair[1]).all(|(above, below)| above >= below), "in order");
            }
            fluid.push(grid_mask.conditions.fluid_mm2.unwrap());
            thickness.push(grid_mask.conditions.thickness_um.unwrap());
        }
        let spread = |values: &[f64]| values.iter().fold(0.0, |a: f64, b| a.max(*b)) / values[0];
        assert!(fluid.iter().filter(|&&area| area > 0.0).count() > 15);
        assert!(spread(&thickness) > 1.01);
    }

    #[test]
    fn the_papers_plane_holds_its_classes() {
        let grid_mask =
            MaskCut::at(20.0).grid_mask(&phantom(), MaskCoding::PaperScalar, &GRID, &Mapping::live());
        let class =
            |row: usize, column: usize| (4.0 * (grid_mask.planes[row * 16 + column] + 1.0)).round() as u8;
        assert_eq!([class(0, 0), class(4, 0), class(8, 6), class(17, 0), class(25, 0)], [0, 1, 8, 7, 0]);
    }
}
