//! Masks as a diffusion model sees them: planes of smooth values on a coarse grid, and the way back.
//!
//! The paper draws one plane whose intensity is the class. Between two classes that are not neighbours such
//! a plane must pass through the intensities of classes that are not there, and one wrong grey level is a
//! wrong class. [`MaskCoding::Ordinal`] draws one plane per interface instead (below it +1, above it -1)
//! and one for fluid: interfaces fall between grid cells as grey edges, so a grid of 4 x 4 pixels still
//! places them to a fraction of a pixel, and the sum of the planes is the paper's intensity again, so that
//! all of DMC applies.

mod dials;
pub mod flattened;
mod fluid_placement;
mod meeting;

pub use dials::{DIAL_PLANES, Dials};

use serde::{Deserialize, Serialize};

use self::flattened::{FLATTENED_PLANES, FLATTENED_ROWS, FlattenedMask, PixelMask};
use super::dmc::{Codebook, DmcMode, Histogram, strongest_plane};
use super::mapping::Mapping;
use super::resampling::resample;
use crate::anatomy::{BELOW_BM, INTERFACE_COUNT, IRF, LAYER_COUNT};
use crate::scan::Spacing;

/// What the planes of a mask model mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskCoding {
    /// The paper's: one plane, class `k` of nine at `2 k / 8 - 1`; 0 is background above and below.
    PaperScalar,
    /// Eight planes, +1 below interface `k` and -1 above, then one that is +1 in fluid. Ten classes.
    Ordinal,
    /// Thickness of every layer and height of BM along the scan, and the distance to the edge of fluid in coordinates of
    /// the layers. Ten classes.
    Flattened,
}

/// Planes of [`MaskCoding::Ordinal`].
const ORDINAL_PLANES: usize = INTERFACE_COUNT + 1;
/// How much the grey edges of ordinal planes are steepened before they are summed: a plane that a network
/// draws at 0.9 where it should be 1 must not shift the sum.
const EDGE_GAIN: f32 = 2.0;
/// Classes of the paper.
const PAPER_CLASSES: usize = 9;

impl MaskCoding {
    /// Number of planes.
    pub fn planes(self) -> usize {
        match self {
            MaskCoding::PaperScalar => 1,
            MaskCoding::Ordinal => ORDINAL_PLANES,
            MaskCoding::Flattened => FLATTENED_PLANES,
        }
    }

    /// Number of classes DMC tells apart.
    pub fn classes(self) -> usize {
        match self {
            MaskCoding::PaperScalar => PAPER_CLASSES,
            MaskCoding::Ordinal | MaskCoding::Flattened => usize::from(IRF) + 1,
        }
    }

    /// The DMC modes that can be applied.
    pub fn modes(self) -> &'static [DmcMode] {
        match self {
            MaskCoding::PaperScalar => &DmcMode::ALL[..4],
            MaskCoding::Ordinal | MaskCoding::Flattened => &DmcMode::ALL,
        }
    }
}

/// How a mask lies on the grid of its model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskGrid {
    /// Pixels of the training scale (3.87 x 11.3 µm) in a cell: down, across.
    pub cell_px: [f32; 2],
    /// Cells of a training mask: rows, columns.
    pub cells: [u32; 2],
    /// Rows and columns are multiples of this: what the network halves.
    pub multiple: u32,
}

impl MaskGrid {
    /// 512 x 512 pixels (2.0 x 5.8 mm) in cells of 4 x 4.
    pub fn live() -> Self {
        Self { cell_px: [4.0; 2], cells: [128; 2], multiple: 16 }
    }

    /// 480 x 480 cells over 496 rows and 512 columns.
    pub fn paper() -> Self {
        Self { cell_px: [496.0 / 480.0, 512.0 / 480.0], cells: [480; 2], multiple: 32 }
    }

    /// 512 x 512 pixels, flattened: 4 columns to a cell; the rows are those of the coding.
    pub fn flattened() -> Self {
        let rows = FLATTENED_ROWS as u32;
        Self { cell_px: [512.0 / rows as f32, 4.0], cells: [rows, 128], multiple: 8 }
    }

    /// Whether the numbers make sense; the message says which do not.
    pub fn check(&self) -> Result<(), String> {
        if !self.cell_px.iter().all(|side| (0.25..=64.0).contains(side)) {
            return Err(format!("mask cells of {:?} pixels, expected 0.25 to 64", self.cell_px));
        }
        let is_side =
            |side: &u32| (1..=1024).contains(side) && self.multiple > 0 && side.is_multiple_of(self.multiple);
        if !self.cells.iter().all(is_side) {
            return Err(format!(
                "{:?} cells, expected multiples of {} up to 1024",
                self.cells, self.multiple
            ));
        }
        Ok(())
    }

    /// A training mask's size in pixels of the training scale: rows, columns.
    pub fn size_px(&self) -> [f32; 2] {
        [0, 1].map(|axis| self.cells[axis] as f32 * self.cell_px[axis])
    }

    /// How a document of this size lies on the grid; wide ones get more cells than a training mask.
    ///
    /// # Panics
    /// If a side is 0.
    pub fn plan(
        &self,
        coding: MaskCoding,
        mapping: &Mapping,
        width: u32,
        height: u32,
        spacing: Option<Spacing>,
    ) -> MaskPlan {
        assert!(width > 0 && height > 0, "a mask of {width}x{height} pixels");
        let scale = spacing.map_or([1.0; 2], |spacing| {
            [
                spacing.axial_um_per_px / mapping.axial_um_per_px,
                spacing.lateral_um_per_px / mapping.lateral_um_per_px,
            ]
        });
        let content = |side: u32, axis: usize| -> f32 {
            (side as f32 * scale[axis] / self.cell_px[axis]).clamp(1.0, MAX_CELLS as f32)
        };
        let rows = match coding {
            MaskCoding::Flattened => self.cells[0] as f32,
            _ => content(height, 0),
        };
        let columns = content(width, 1);
        let pixel_um = [0, 1].map(|axis| {
            let scale_um = [mapping.axial_um_per_px, mapping.lateral_um_per_px][axis];
            scale_um * scale[axis]
        });
        MaskPlan {
            width,
            height,
            content_rows: (rows.round() as u32).max(1),
            content_columns: (columns.round() as u32).max(1),
            rows: (rows.round() as u32).max(1).next_multiple_of(self.multiple),
            columns: (columns.round() as u32).max(1).next_multiple_of(self.multiple),
            pixel_um,
        }
    }
}

/// Less fluid than this is none, in pixels.
const LEAST_FLUID_PX: usize = 12;
/// Most cells along a side of a document.
const MAX_CELLS: u32 = 512;

/// A document laid on the grid of a mask model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaskPlan {
    /// Of the document, in pixels.
    pub width: u32,
    /// Rows of the mask.
    pub height: u32,
    /// Cells that hold the document; the rest is beyond its lower and right edge.
    pub content_rows: u32,
    /// Columns of the grid that hold the mask.
    pub content_columns: u32,
    /// Of the grid.
    pub rows: u32,
    /// Of the grid.
    pub columns: u32,
    /// Size of a document pixel, the training scale where it is unknown: down, across.
    pub pixel_um: [f32; 2],
}

impl MaskPlan {
    /// Cells of one plane.
    pub fn cells(&self) -> usize {
        self.rows as usize * self.columns as usize
    }

    /// A plane of the grid over the document's pixels, linear between the centres of cells.
    fn over_document(&self, plane: &[f32]) -> Vec<f32> {
        let content: Vec<f32> = plane
            .chunks_exact(self.columns as usize)
            .take(self.content_rows as usize)
            .flat_map(|row| &row[..self.content_columns as usize])
            .copied()
            .collect();
        resample(&content, (self.content_columns, self.content_rows), (self.width, self.height))
    }

    /// Composite codes of the document (255 counts as above the ILM) as planes of the grid: how "vary this
    /// mask" begins.
    ///
    /// # Panics
    /// If the codes are not the document's.
    pub fn encode(&self, coding: MaskCoding, codes: &[u8]) -> Vec<f32> {
        let (width, height) = (self.width as usize, self.height as usize);
        assert_eq!(codes.len(), width * height, "codes of the document");
        let (mask, _) = crate::mask::Mask::from_composite(self.width, self.height, codes);
        let (layers, lesions) = (mask.layers.to_pixels(), mask.lesions.to_pixels());
        let plane = |value: &dyn Fn(usize) -> f32| {
            let pixels: Vec<f32> = (0..codes.len()).map(value).collect();
            let content =
                resample(&pixels, (self.width, self.height), (self.content_columns, self.content_rows));
            self.padded(&content)
        };
        let layer = |pixel: usize| if layers[pixel] > BELOW_BM { 0 } else { layers[pixel] };
        match coding {
            MaskCoding::Flattened => {
                let mut lines = crate::mask::Interfaces::from_layers(&mask.layers);
                lines.repair();
                let fluid: Vec<bool> = lesions.iter().map(|&lesion| lesion != 0).collect();
                let mask = PixelMask { lines: &lines, fluid: &fluid, width, height, pixel_um: self.pixel_um };
                self.padded(&FlattenedMask::of(mask, self.content_columns as usize).to_planes())
            }
            MaskCoding::Ordinal => (0..INTERFACE_COUNT as u8)
                .flat_map(|k| plane(&|pixel| if layer(pixel) > k { 1.0 } else { -1.0 }))
                .chain(plane(&|pixel| if lesions[pixel] != 0 { 1.0 } else { -1.0 }))
                .collect(),
            MaskCoding::PaperScalar => plane(&|pixel| {
                let class =
                    if lesions[pixel] != 0 { PAPER_CLASSES as u8 - 1 } else { layer(pixel) % BELOW_BM };
                f32::from(class) / 4.0 - 1.0
            }),
        }
    }

    /// Planes of content with their last row and column repeated to whole network cells.
    fn padded(&self, content: &[f32]) -> Vec<f32> {
        let (columns, rows) = (self.content_columns as usize, self.content_rows as usize);
        let of_plane = |plane: &[f32]| -> Vec<f32> {
            (0..self.rows as usize)
                .flat_map(|y| {
                    let row = y.min(rows - 1) * columns;
                    (0..self.columns as usize).map(move |x| row + x.min(columns - 1))
                })
                .map(|at| plane[at])
                .collect()
        };
        content.chunks_exact(columns * rows).flat_map(of_plane).collect()
    }
}

/// A sampled mask over the document's pixels, before it has labels.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnMask {
    coding: MaskCoding,
    width: u32,
    /// Intensities: class `k` at `k / (classes - 1)`.
    intensities: Vec<f32>,
    /// One plane per class, where the coding has them.
    class_planes: Vec<f32>,
}

impl DrawnMask {
    /// From the planes of the grid, `[plane][row][column]`, as a network draws them.
    ///
    /// # Panics
    /// If the planes are not the plan's.
    pub fn new(coding: MaskCoding, planes: &[f32], plan: &MaskPlan) -> Self {
        Self::meeting(coding, planes, plan, &Dials::default())
    }

    /// [`DrawnMask::new`] with conditions met where the coding allows it ([`MaskCoding::Flattened`]).
    ///
    /// # Panics
    /// If the planes are not the plan's.
    pub fn meeting(coding: MaskCoding, planes: &[f32], plan: &MaskPlan, asked: &Dials) -> Self {
        assert_eq!(planes.len(), coding.planes() * plan.cells(), "planes of the grid");
        if coding == MaskCoding::Flattened {
            let (stride, columns) = (plan.columns as usize, plan.content_columns as usize);
            let drawn = FlattenedMask::from_planes(planes, stride, columns);
            return Self::of_codes(coding, plan.width, &meeting::codes_meeting(drawn, plan, asked));
        }
        let planes: Vec<Vec<f32>> =
            planes.chunks_exact(plan.cells()).map(|plane| plan.over_document(plane)).collect();
        let (intensities, class_planes) = match coding {
            MaskCoding::PaperScalar => {
                (planes[0].iter().map(|value| 0.5 * (value + 1.0)).collect(), Vec::new())
            }
            _ => (ordinal_intensities(&planes), ordinal_classes(&planes)),
        };
        Self { coding, width: plan.width, intensities, class_planes }
    }

    /// Of labels that are known already: every way to find them finds the same.
    fn of_codes(coding: MaskCoding, width: u32, codes: &[u8]) -> Self {
        let intensities = codes.iter().map(|&code| f32::from(code) / f32::from(IRF)).collect();
        let class_planes = (0..=IRF)
            .flat_map(|class| codes.iter().map(move |&code| if code == class { 1.0 } else { 0.0 }))
            .collect();
        Self { coding, width, intensities, class_planes }
    }

    /// The intensities DMC clusters.
    pub fn intensities(&self) -> &[f32] {
        &self.intensities
    }

    /// Whether fluid was drawn, by its own plane; `None` where the coding has none.
    pub fn has_fluid(&self) -> Option<bool> {
        let pixels = self.intensities.len();
        let fluid = self.class_planes.get(usize::from(IRF) * pixels..).filter(|fluid| !fluid.is_empty())?;
        Some(fluid.iter().filter(|&&share| share > 0.5).count() >= LEAST_FLUID_PX)
    }

    /// Composite codes by a mode; `pooled` is the histogram of all masks drawn together.
    ///
    /// # Panics
    /// If the coding does not have the mode ([`MaskCoding::modes`]).
    pub fn codes(&self, mode: DmcMode, pooled: &Histogram) -> Vec<u8> {
        assert!(self.coding.modes().contains(&mode), "{mode:?} needs a plane per class");
        let classes = match mode {
            DmcMode::Onehot => strongest_plane(&self.class_planes, self.intensities.len()),
            _ => Codebook::of_mode(mode, &self.intensities, pooled, self.coding.classes())
                .decode(&self.intensities),
        };
        match self.coding {
            MaskCoding::Ordinal | MaskCoding::Flattened => classes,
            MaskCoding::PaperScalar => from_paper(&classes, self.width as usize),
        }
    }
}

/// Layers by the sum of their planes; fluid, which has a plane of its own, at the top level.
fn ordinal_intensities(planes: &[Vec<f32>]) -> Vec<f32> {
    (0..planes[0].len())
        .map(|pixel| {
            if planes[INTERFACE_COUNT][pixel] > 0.0 {
                return 1.0;
            }
            let steep = |plane: &Vec<f32>| (plane[pixel] * EDGE_GAIN).clamp(-1.0, 1.0);
            let level: f32 = planes[..INTERFACE_COUNT].iter().map(|plane| 0.5 * (steep(plane) + 1.0)).sum();
            level / f32::from(IRF)
        })
        .collect()
}

/// How much of each class is in a pixel: between two interfaces, and not in fluid.
fn ordinal_classes(planes: &[Vec<f32>]) -> Vec<f32> {
    let pixels = planes[0].len();
    let share = |plane: usize, pixel: usize| 0.5 * (planes[plane][pixel] + 1.0);
    (0..=INTERFACE_COUNT + 1)
        .flat_map(|class| {
            (0..pixels).map(move |pixel| {
                let fluid = share(INTERFACE_COUNT, pixel);
                if class > INTERFACE_COUNT {
                    return fluid;
                }
                let begun = if class == 0 { 1.0 } else { share(class - 1, pixel) };
                let ended = if class == INTERFACE_COUNT { 0.0 } else { share(class, pixel) };
                (begun - ended) * (1.0 - fluid)
            })
        })
        .collect()
}

/// The paper's nine classes as composite codes: background below the deepest layer of a column is below BM.
fn from_paper(classes: &[u8], width: usize) -> Vec<u8> {
    let mut codes: Vec<u8> =
        classes.iter().map(|&class| if usize::from(class) > LAYER_COUNT { IRF } else { class }).collect();
    for x in 0..width {
        for pixel in (x..codes.len()).step_by(width).rev() {
            if codes[pixel] != 0 {
                break;
            }
            codes[pixel] = BELOW_BM;
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nine bands with a lens of fluid, 96 x 80 pixels.
    fn codes() -> Vec<u8> {
        (0..80 * 96)
            .map(|pixel| {
                let (x, y) = ((pixel % 96) as f32, (pixel / 96) as f32);
                let depth = y - 12.0 - 4.0 * (x / 20.0).sin();
                let lens = ((x - 50.0) / 12.0).powi(2) + ((depth - 26.0) / 7.0).powi(2) < 1.0;
                if lens { IRF } else { (depth / 7.0).floor().clamp(-1.0, 7.0) as i32 as u8 }
            })
            .map(|code| if code == IRF { IRF } else { code.wrapping_add(1) })
            .collect()
    }

    #[test]
    fn a_mask_survives_its_grid() {
        let grid = MaskGrid { cells: [32, 32], ..MaskGrid::live() };
        let plan = grid.plan(MaskCoding::Ordinal, &Mapping::live(), 96, 80, None);
        assert_eq!((plan.content_columns, plan.content_rows, plan.columns, plan.rows), (24, 20, 32, 32));
        let codes = codes();
        let planes = plan.encode(MaskCoding::Ordinal, &codes);
        let drawn = DrawnMask::new(MaskCoding::Ordinal, &planes, &plan);
        for mode in [DmcMode::Quantise, DmcMode::Snap, DmcMode::Onehot] {
            let back = drawn.codes(mode, &Histogram::default());
            let wrong = back.iter().zip(&codes).filter(|(a, b)| a != b).count();
            assert!(wrong < codes.len() / 20, "{mode:?}: {wrong} of {}", codes.len());
        }
    }

    #[test]
    fn the_papers_plane_knows_which_background_lies_below() {
        let grid = MaskGrid { cell_px: [1.0; 2], cells: [96; 2], multiple: 16 };
        let plan = grid.plan(MaskCoding::PaperScalar, &Mapping::live(), 96, 80, None);
        let codes = codes();
        let drawn =
            DrawnMask::new(MaskCoding::PaperScalar, &plan.encode(MaskCoding::PaperScalar, &codes), &plan);
        assert_eq!(drawn.codes(DmcMode::Quantise, &Histogram::default()), codes);
        assert!(!MaskCoding::PaperScalar.modes().contains(&DmcMode::Onehot));
    }

    #[test]
    fn spacing_decides_how_many_cells_a_document_has() {
        let fine = MaskGrid::live().plan(
            MaskCoding::Ordinal,
            &Mapping::live(),
            1024,
            992,
            Spacing::checked(1.935, 5.65),
        );
        assert_eq!((fine.content_columns, fine.content_rows), (128, 124));
        assert_eq!((fine.columns, fine.rows), (128, 128));
        assert!((fine.pixel_um[0] - 1.935).abs() < 1e-6);
        let vast = MaskGrid::live().plan(MaskCoding::Ordinal, &Mapping::live(), 9000, 20, None);
        assert!(vast.columns <= 512 && vast.rows == 16);
    }
}
