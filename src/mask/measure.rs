//! What a mask says in numbers: label areas, lesions, layer thickness.
//!
//! Micrometres and square millimetres come from the scan's spacing alone; without one there are only
//! pixels.

use super::plane::is_uniform;
use super::{Mask, Plane};
use crate::anatomy::{LAYER_COUNT, LESION_BASE, Lesion, UNANNOTATED};
use crate::scan::Spacing;

/// Figures of one mask.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurements {
    /// Pixels of every composite code (index), 255 among them.
    pub label_pixels: [u64; 256],
    /// In code order.
    pub lesions: [LesionMeasure; Lesion::ALL.len()],
    /// In order of depth.
    pub layers: [LayerMeasure; LAYER_COUNT],
    /// Columns in which at least one pixel is annotated.
    pub annotated_columns: u32,
}

/// Extent of one lesion class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LesionMeasure {
    pub lesion: Lesion,
    pub pixels: u64,
    /// Connected regions; pixels that touch at a corner are connected.
    pub count: usize,
    /// `None` without spacing.
    pub area_mm2: Option<f64>,
}

/// Mean thickness of one layer over the annotated columns, lesions inside it included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerMeasure {
    /// 1-7.
    pub layer: u8,
    /// 0 where nothing is annotated.
    pub mean_thickness_px: f64,
    /// `None` without spacing.
    pub mean_thickness_um: Option<f64>,
}

impl Measurements {
    /// Measures a mask.
    pub fn of(mask: &Mask, spacing: Option<Spacing>) -> Self {
        let (layer_pixels, annotated_columns) = count_layers(&mask.layers);
        let runs = lesion_runs(&mask.lesions);
        let mut label_pixels = layer_pixels;
        let mut lesion_pixels = [0_u64; 256];
        for run in &runs {
            let length = u64::from(run.x1 - run.x0);
            lesion_pixels[run.code as usize] += length;
            label_pixels[usize::from(LESION_BASE.saturating_add(run.code))] += length;
            for layer in mask.layers.read_rect(crate::scan::Rect::new(run.x0, run.y, run.x1, run.y + 1)) {
                label_pixels[layer as usize] -= 1;
            }
        }
        let counts = count_regions(&runs);
        let pixel_mm2 = spacing
            .map(|spacing| f64::from(spacing.axial_um_per_px) * f64::from(spacing.lateral_um_per_px) / 1e6);
        Self {
            label_pixels,
            lesions: Lesion::ALL.map(|lesion| {
                let pixels = lesion_pixels[lesion.code() as usize];
                let area_mm2 = pixel_mm2.map(|mm2| mm2 * pixels as f64);
                LesionMeasure { lesion, pixels, count: counts[lesion.code() as usize], area_mm2 }
            }),
            layers: std::array::from_fn(|index| {
                let pixels = layer_pixels[index + 1] as f64;
                let mean_thickness_px = pixels / f64::from(annotated_columns.max(1));
                let mean_thickness_um = spacing.map(|s| mean_thickness_px * f64::from(s.axial_um_per_px));
                LayerMeasure { layer: index as u8 + 1, mean_thickness_px, mean_thickness_um }
            }),
            annotated_columns,
        }
    }
}

/// Pixels of each layer-plane code, and the number of columns with an annotated pixel.
fn count_layers(layers: &Plane) -> ([u64; 256], u32) {
    let mut pixels = [0_u64; 256];
    let mut annotated = vec![false; layers.width() as usize];
    layers.visit_columns(0, layers.width(), |x, _, codes| {
        let flags = &mut annotated[x as usize..][..codes.len()];
        if is_uniform(codes) {
            pixels[codes[0] as usize] += codes.len() as u64;
            if codes[0] != UNANNOTATED {
                flags.fill(true);
            }
        } else {
            for (flag, &code) in flags.iter_mut().zip(codes) {
                pixels[code as usize] += 1;
                *flag |= code != UNANNOTATED;
            }
        }
    });
    (pixels, annotated.into_iter().filter(|&flag| flag).count() as u32)
}

/// A stretch of one lesion class within a row.
#[derive(Clone, Copy, Debug)]
struct Run {
    y: u32,
    x0: u32,
    x1: u32,
    code: u8,
}

/// All lesion runs, by row, then by column. Runs end at tile borders.
fn lesion_runs(lesions: &Plane) -> Vec<Run> {
    let mut runs = Vec::new();
    lesions.visit_columns(0, lesions.width(), |x, y, codes| {
        if codes[0] == 0 && is_uniform(codes) {
            return;
        }
        let mut x0 = x;
        for stretch in codes.chunk_by(|a, b| a == b) {
            let x1 = x0 + stretch.len() as u32;
            if stretch[0] != 0 {
                runs.push(Run { y, x0, x1, code: stretch[0] });
            }
            x0 = x1;
        }
    });
    runs.sort_unstable_by_key(|run| (run.y, run.x0));
    runs
}

/// Number of 8-connected regions of each class, by union-find over the runs.
fn count_regions(runs: &[Run]) -> [usize; 256] {
    let mut parent: Vec<usize> = (0..runs.len()).collect();
    let mut counts = [0_usize; 256];
    // Runs of the row above that may still touch the current one start here.
    let mut above = 0;
    for (index, run) in runs.iter().enumerate() {
        counts[run.code as usize] += 1;
        if let Some(left) = index.checked_sub(1)
            && runs[left].y == run.y
            && runs[left].x1 == run.x0
        {
            join(&mut parent, runs, &mut counts, left, index);
        }
        while above < index
            && (runs[above].y + 1 < run.y || (runs[above].y + 1 == run.y && runs[above].x1 < run.x0))
        {
            above += 1;
        }
        let touching =
            (above..index).take_while(|&other| runs[other].y + 1 == run.y && runs[other].x0 <= run.x1);
        for other in touching {
            join(&mut parent, runs, &mut counts, other, index);
        }
    }
    counts
}

/// Joins the regions of two touching runs if they are of one class.
fn join(parent: &mut [usize], runs: &[Run], counts: &mut [usize; 256], a: usize, b: usize) {
    if runs[a].code != runs[b].code {
        return;
    }
    let (a, b) = (root(parent, a), root(parent, b));
    if a != b {
        parent[a.max(b)] = a.min(b);
        counts[runs[a].code as usize] -= 1;
    }
}

fn root(parent: &mut [usize], mut index: usize) -> usize {
    while parent[index] != index {
        parent[index] = parent[parent[index]];
        index = parent[index];
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lesions_are_counted_across_tiles_and_corners() {
        let mut mask = Mask { layers: Plane::filled(200, 20, 3), lesions: Plane::filled(200, 20, 0) };
        for (y, x0, x1, code) in [
            (2, 50, 150, 1),
            (3, 150, 152, 1),
            (5, 0, 4, 1),
            (5, 6, 9, 1),
            (6, 4, 6, 1),
            (6, 9, 12, 2),
            (9, 1, 2, 1),
        ] {
            mask.lesions.fill_run(y, x0, x1, code);
        }
        let measured = Measurements::of(&mask, Spacing::checked(4.0, 10.0));
        assert_eq!((measured.lesions[0].pixels, measured.lesions[0].count), (112, 3));
        assert_eq!((measured.lesions[1].pixels, measured.lesions[1].count), (3, 1));
        assert!((measured.lesions[0].area_mm2.unwrap_or(0.0) - 112.0 * 40e-6).abs() < 1e-12);
        assert_eq!(measured.label_pixels[3], 4000 - 115);
        assert_eq!(measured.label_pixels[9], 112);
    }

    #[test]
    fn thickness_is_over_annotated_columns_and_px_without_spacing() {
        let mut mask = Mask::unannotated(10, 20);
        for y in 0..20 {
            mask.layers.fill_run(y, 0, 4, if y < 5 { 0 } else { 3 });
        }
        let measured = Measurements::of(&mask, None);
        assert_eq!(measured.annotated_columns, 4);
        assert_eq!(measured.layers[2].mean_thickness_px, 15.0);
        assert_eq!(measured.layers[2].mean_thickness_um, None);
        assert_eq!(measured.label_pixels[255], 120);
    }
}
