//! A document placed on the grid of a mask model, and a mask as planes of that grid.

use serde::{Deserialize, Serialize};

use super::super::mapping::Mapping;
use super::super::resampling::resample;
use super::coding::{MaskCoding, PAPER_CLASSES};
use super::flattened::{FLATTENED_ROWS, FlattenedMask, PixelMask};
use crate::anatomy::{BELOW_BM, INTERFACE_COUNT};
use crate::scan::Spacing;

/// How a mask lies on the grid of its model. Files keep the names of before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskGrid {
    /// Pixels of the training scale (3.87 x 11.3 µm) in a latent pixel: down, across.
    #[serde(rename = "cell_px")]
    pub latent_px: [f32; 2],
    /// Latent pixels of a training mask: rows, columns.
    #[serde(rename = "cells")]
    pub latents: [u32; 2],
    /// Rows and columns are multiples of this: what the network halves.
    pub multiple: u32,
}

impl MaskGrid {
    /// 512 x 512 pixels (2.0 x 5.8 mm) in latent pixels of 4 x 4.
    pub fn live() -> Self {
        Self { latent_px: [4.0; 2], latents: [128; 2], multiple: 16 }
    }

    /// 480 x 480 latent pixels over 496 rows and 512 columns.
    pub fn paper() -> Self {
        Self { latent_px: [496.0 / 480.0, 512.0 / 480.0], latents: [480; 2], multiple: 32 }
    }

    /// 512 x 512 pixels, flattened: 4 columns to a latent pixel; the rows are those of the coding.
    pub fn flattened() -> Self {
        let rows = FLATTENED_ROWS as u32;
        Self { latent_px: [512.0 / rows as f32, 4.0], latents: [rows, 128], multiple: 8 }
    }

    /// Whether the numbers make sense.
    ///
    /// # Errors
    /// If latent pixels are too small, too large or too many, or no multiple of what the network needs.
    pub fn check(&self) -> Result<(), String> {
        if !self.latent_px.iter().all(|side| (0.25..=64.0).contains(side)) {
            return Err(format!(
                "latent pixels of a mask of {:?} pixels, expected 0.25 to 64",
                self.latent_px
            ));
        }
        let is_side =
            |side: &u32| (1..=1024).contains(side) && self.multiple > 0 && side.is_multiple_of(self.multiple);
        if !self.latents.iter().all(is_side) {
            return Err(format!(
                "{:?} latent pixels, expected multiples of {} up to 1024",
                self.latents, self.multiple
            ));
        }
        Ok(())
    }

    /// A training mask's size in pixels of the training scale: rows, columns.
    pub fn size_px(&self) -> [f32; 2] {
        [0, 1].map(|axis| self.latents[axis] as f32 * self.latent_px[axis])
    }

    /// How a document of this size lies on the grid; wide ones get more latent pixels than a training mask.
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
            (side as f32 * scale[axis] / self.latent_px[axis]).clamp(1.0, MAX_LATENTS as f32)
        };
        let rows = match coding {
            MaskCoding::Flattened => self.latents[0] as f32,
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

/// Most latent pixels along a side of a document.
const MAX_LATENTS: u32 = 512;

/// A document placed on the grid of a mask model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaskPlan {
    /// Of the document, in pixels.
    pub width: u32,
    /// Rows of the mask.
    pub height: u32,
    /// Latent pixels that hold the document; the rest is beyond its lower and right edge.
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
    /// Latent pixels of one plane.
    pub fn latents(&self) -> usize {
        self.rows as usize * self.columns as usize
    }

    /// A plane of the grid over the document's pixels, linear between the centres of latent pixels.
    pub(super) fn over_document(&self, plane: &[f32]) -> Vec<f32> {
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

    /// Planes of content with their last row and column repeated to multiples of what the network halves.
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
