//! Measurements that follow a mask: only tiles that changed are looked at again.
//!
//! A tile that is shared with the mask measured before is known by its pointer, as everywhere in this
//! room; holding on to the measured tiles is what makes an edited tile a new one. So a stroke costs the
//! tiles beneath the brush, whatever the size of the scan.

use std::sync::Arc;

use super::columns::{ColumnThickness, Extent};
use super::regions::{Regions, Run, regions};
use super::{LayerMeasure, LesionMeasure, Measurements, Thickness, central_columns};
use crate::anatomy::{BELOW_BM, LAYER_COUNT, Lesion, UNANNOTATED};
use crate::mask::plane::{TILE_SIDE, Tile};
use crate::mask::{Mask, composite_code};
use crate::scan::{Rect, Spacing};

const SIDE: usize = TILE_SIDE as usize;
/// Counted codes: every code of the tables is below the last entry, which counts the unannotated.
const ENTRIES: usize = 16;
const UNANNOTATED_ENTRY: usize = ENTRIES - 1;

/// What a mask says in numbers, kept up to date.
#[derive(Clone, Debug, Default)]
pub struct LiveMeasure {
    size: (u32, u32),
    /// Of every tile: the pair it was counted from, and the counts.
    tiles: Vec<Option<CountedTile>>,
    columns: ColumnThickness,
    /// Pixels of every composite code; the last entry counts 255.
    labels: [u64; ENTRIES],
    regions: [Regions; Lesion::ALL.len()],
    /// Whether the regions belong to the tiles as they are now.
    regions_known: bool,
    /// Tiles that the last update counted.
    counted_tiles: usize,
}

#[derive(Clone, Debug)]
struct CountedTile {
    layers: Arc<Tile>,
    lesions: Arc<Tile>,
    counts: Arc<TileCounts>,
}

#[derive(Debug)]
struct TileCounts {
    /// Pixels of every layer-plane code in every column.
    columns: [[u8; ENTRIES]; SIDE],
    /// Pixels of every composite code.
    labels: [u32; ENTRIES],
    /// In coordinates of the tile.
    runs: Vec<Run>,
}

impl LiveMeasure {
    /// Tiles that a window counts in one frame: about 2 ms.
    pub const TILES_A_FRAME: usize = 160;

    /// Takes in a mask, counting at most `most_tiles` changed tiles. Returns whether it is up to date; until
    /// then the figures mix the mask before with the one now.
    pub fn update(&mut self, mask: &Mask, most_tiles: usize) -> bool {
        let size = (mask.width(), mask.height());
        if self.size != size {
            *self = Self {
                size,
                tiles: vec![None; mask.layers.tiles.len()],
                columns: ColumnThickness::unannotated(mask.width()),
                ..Self::default()
            };
        }
        let mut left = most_tiles;
        self.counted_tiles = 0;
        let mut last: Option<(CountedTile, Rect)> = None;
        for index in 0..self.tiles.len() {
            let (layers, lesions) = (&mask.layers.tiles[index], &mask.lesions.tiles[index]);
            let is =
                |tile: &CountedTile| Arc::ptr_eq(&tile.layers, layers) && Arc::ptr_eq(&tile.lesions, lesions);
            if self.tiles[index].as_ref().is_some_and(is) {
                continue;
            }
            let rect = mask.layers.tile_rect(index);
            // A mask begins as one tile many times over: it is counted once.
            let repeated = last.as_ref().filter(|(tile, like)| {
                is(tile) && (like.width(), like.height()) == (rect.width(), rect.height())
            });
            let new_tile = match repeated {
                Some((tile, _)) => tile.clone(),
                None if left == 0 => return false,
                None => {
                    left -= 1;
                    self.counted_tiles += 1;
                    let counts = Arc::new(TileCounts::of(layers, lesions, rect));
                    CountedTile { layers: layers.clone(), lesions: lesions.clone(), counts }
                }
            };
            self.replace_tile(index, rect, new_tile.clone());
            last = Some((new_tile, rect));
        }
        if !self.regions_known {
            self.find_regions(mask);
        }
        true
    }

    fn replace_tile(&mut self, index: usize, rect: Rect, new_tile: CountedTile) {
        let old = self.tiles[index].take();
        if let Some(old) = &old {
            self.add(&old.counts, rect, |sum, count| *sum -= count, |sum, count| *sum -= count);
        }
        self.add(&new_tile.counts, rect, |sum, count| *sum += count, |sum, count| *sum += count);
        let had_runs = old.is_some_and(|old| !old.counts.runs.is_empty());
        self.regions_known &= !had_runs && new_tile.counts.runs.is_empty();
        self.tiles[index] = Some(new_tile);
    }

    fn add(
        &mut self,
        counts: &TileCounts,
        rect: Rect,
        column: impl Fn(&mut u16, u16),
        label: impl Fn(&mut u64, u64),
    ) {
        for (x, of_column) in (rect.x0..rect.x1).zip(&counts.columns) {
            let x = x as usize;
            for (layer, &count) in self.columns.layers.iter_mut().zip(&of_column[1..]) {
                column(&mut layer[x], u16::from(count));
            }
            let unannotated = u16::from(of_column[UNANNOTATED_ENTRY]);
            column(&mut self.columns.annotated[x], rect.height() as u16 - unannotated);
        }
        for (sum, &count) in self.labels.iter_mut().zip(&counts.labels) {
            label(sum, u64::from(count));
        }
    }

    fn find_regions(&mut self, mask: &Mask) {
        let mut runs = Vec::new();
        for (index, tile) in self.tiles.iter().enumerate() {
            let Some(tile) = tile.as_ref().filter(|tile| !tile.counts.runs.is_empty()) else { continue };
            let Rect { x0, y0, .. } = mask.layers.tile_rect(index);
            let shifted = |run: &Run| Run { y: run.y + y0, x0: run.x0 + x0, x1: run.x1 + x0, code: run.code };
            runs.extend(tile.counts.runs.iter().map(shifted));
        }
        runs.sort_unstable();
        let found = regions(&runs);
        self.regions = Lesion::ALL.map(|lesion| found[usize::from(lesion.code())]);
        self.regions_known = true;
    }

    /// Tiles that the last [`LiveMeasure::update`] had to count.
    pub fn counted_tiles(&self) -> usize {
        self.counted_tiles
    }

    /// How thick the layers are in every column.
    pub fn columns(&self) -> &ColumnThickness {
        &self.columns
    }

    /// The figures of the mask that was last taken in.
    pub fn measurements(&self, spacing: Option<Spacing>) -> Measurements {
        let annotated_columns = self.columns.annotated.iter().filter(|&&pixels| pixels > 0).count() as u32;
        let pixel_mm2 = spacing
            .map(|spacing| f64::from(spacing.axial_um_per_px) * f64::from(spacing.lateral_um_per_px) / 1e6);
        let mm2 = |pixels: u64| pixel_mm2.map(|mm2| mm2 * pixels as f64);
        let mut label_pixels = [0; 256];
        label_pixels[..UNANNOTATED_ENTRY].copy_from_slice(&self.labels[..UNANNOTATED_ENTRY]);
        label_pixels[usize::from(UNANNOTATED)] = self.labels[UNANNOTATED_ENTRY];
        let width = self.size.0;
        Measurements {
            label_pixels,
            lesions: Lesion::ALL.map(|lesion| {
                let pixels = self.labels[usize::from(composite_code(0, lesion.code()))];
                let Regions { count, largest } = self.regions[usize::from(lesion.code()) - 1];
                LesionMeasure {
                    lesion,
                    pixels,
                    count,
                    area_mm2: mm2(pixels),
                    largest_pixels: largest,
                    largest_mm2: mm2(largest),
                }
            }),
            layers: std::array::from_fn(|index| {
                let pixels: u64 = self.columns.layers[index].iter().map(|&px| u64::from(px)).sum();
                let mean_thickness_px = pixels as f64 / f64::from(annotated_columns.max(1));
                let mean_thickness_um = spacing.map(|s| mean_thickness_px * f64::from(s.axial_um_per_px));
                LayerMeasure { layer: index as u8 + 1, mean_thickness_px, mean_thickness_um }
            }),
            retina: Thickness::of(self.columns.mean(Extent::Retina, 0..width), spacing),
            central: Thickness::of(
                self.columns.mean(Extent::Retina, central_columns(width, spacing)),
                spacing,
            ),
            annotated_columns,
        }
    }
}

impl TileCounts {
    fn of(layers: &Tile, lesions: &Tile, rect: Rect) -> Self {
        let (width, height) = (rect.width() as usize, rect.height() as usize);
        let mut columns = [[0_u8; ENTRIES]; SIDE];
        let mut labels = [0_u32; ENTRIES];
        let mut runs = Vec::new();
        for y in 0..height {
            let codes = &layers[y * SIDE..][..width];
            let over = &lesions[y * SIDE..][..width];
            if over.iter().all(|&lesion| lesion == 0) {
                for (column, &code) in columns.iter_mut().zip(codes) {
                    let entry = entry(code);
                    column[entry] += 1;
                    labels[entry] += 1;
                }
                continue;
            }
            for ((column, &code), &lesion) in columns.iter_mut().zip(codes).zip(over) {
                column[entry(code)] += 1;
                labels[entry(composite_code(code, lesion))] += 1;
            }
            let mut x0 = 0;
            for segment in over.chunk_by(|a, b| a == b) {
                let x1 = x0 + segment.len() as u32;
                if segment[0] != 0 {
                    runs.push(Run { y: y as u32, x0, x1, code: segment[0] });
                }
                x0 = x1;
            }
        }
        Self { columns, labels, runs }
    }
}

fn entry(code: u8) -> usize {
    usize::from(code).min(UNANNOTATED_ENTRY)
}

/// The layers' codes follow each other from entry 1.
const _: () = assert!(BELOW_BM as usize == LAYER_COUNT + 1 && LAYER_COUNT + 1 < UNANNOTATED_ENTRY);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::{LockedLabels, PaintSettings, PaintTarget, Plane, paint_segment};

    fn from_scratch(mask: &Mask) -> (Measurements, ColumnThickness) {
        let mut live = LiveMeasure::default();
        assert!(live.update(mask, usize::MAX));
        (live.measurements(None), live.columns().clone())
    }

    #[test]
    fn following_a_stroke_gives_the_figures_of_measuring_anew() {
        let mut mask = Mask { layers: Plane::filled(300, 200, 0), lesions: Plane::filled(300, 200, 0) };
        for y in 40..200 {
            mask.layers.fill_run(y, 0, 300, ((y / 18) as u8).min(8));
        }
        for y in 0..200 {
            mask.layers.fill_run(y, 290, 300, UNANNOTATED);
        }
        let mut live = LiveMeasure::default();
        for step in 0..60_u32 {
            let target = match step % 4 {
                0 => PaintTarget::Lesion(1 + (step / 4 % 3) as u8),
                1 => PaintTarget::Layer((step % 9) as u8),
                2 => PaintTarget::Lesion(1),
                _ => PaintTarget::EraseLesion,
            };
            let settings = PaintSettings {
                target,
                radius_px: 4.0 + (step % 5) as f32,
                ordered: step % 8 < 4,
                locked: LockedLabels::NONE,
            };
            let at = |step: u32| [(step * 83 % 300) as f32, (step * 47 % 200) as f32];
            paint_segment(&mut mask, at(step), at(step + 1), &settings);
            assert!(live.update(&mask, usize::MAX));
            assert_eq!((live.measurements(None), live.columns().clone()), from_scratch(&mask), "{step}");
        }
    }

    #[test]
    fn a_bounded_update_ends_with_the_same_figures() {
        let codes: Vec<u8> = (0..400 * 300).map(|i| (i / 400 / 40) as u8).collect();
        let mask = Mask { layers: Plane::from_pixels(400, 300, &codes), lesions: Plane::filled(400, 300, 0) };
        let mut live = LiveMeasure::default();
        let mut rounds = 1;
        while !live.update(&mask, 4) {
            rounds += 1;
        }
        // 7 x 5 tiles, no two alike side by side but in rows of one code.
        assert!((2..=9).contains(&rounds), "{rounds}");
        assert_eq!(live.measurements(None), from_scratch(&mask).0);
        assert!(live.update(&mask, 0), "an unchanged mask needs no tile");
    }
}
