//! A small picture that is scaled, mirrored and put where a cyst may lie: what pasted lumens and stamped outlines share.

use crate::anatomy::{Interface, is_lesion};
use crate::encoding::noise::Rng;

/// Most pixels of a cyst that may lie beside the layers cysts grow in.
const MAX_ASTRAY: f32 = 0.15;

/// A window of pixels as it is to be put somewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    /// Columns of the window's own.
    pub columns: usize,
    /// Rows of its own.
    pub rows: usize,
    /// How much larger it becomes.
    pub scale: f64,
    /// Whether it is mirrored.
    pub flip: bool,
}

/// What a place is looked for with.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlaceSearch {
    /// So far from the edge of the cyst there is no other lesion, in pixels.
    pub apart_px: f32,
    /// Places that are tried.
    pub tries: usize,
}

impl Stamp {
    /// Columns and rows it takes.
    pub(super) fn size(&self) -> [usize; 2] {
        [self.columns, self.rows].map(|side| (side as f64 * self.scale).round().max(1.0) as usize)
    }

    /// The value of a plane of the window's at a pixel of the scaled one, between the window's own pixels.
    pub(super) fn at(&self, column: usize, row: usize, plane: &dyn Fn(usize) -> f32) -> f32 {
        let [columns, rows] = self.size();
        let column = if self.flip { columns - 1 - column } else { column };
        let from = |place: usize, size: usize, own: usize| {
            ((place as f64 + 0.5) * own as f64 / size as f64 - 0.5).clamp(0.0, own as f64 - 1.0)
        };
        let (x, y) = (from(column, columns, self.columns), from(row, rows, self.rows));
        let (left, top) = (x.floor() as usize, y.floor() as usize);
        let (right, bottom) = ((left + 1).min(self.columns - 1), (top + 1).min(self.rows - 1));
        let (u, v) = ((x - left as f64) as f32, (y - top as f64) as f32);
        let value = |x: usize, y: usize| plane(y * self.columns + x);
        let upper = (1.0 - u) * value(left, top) + u * value(right, top);
        let lower = (1.0 - u) * value(left, bottom) + u * value(right, bottom);
        (1.0 - v) * upper + v * lower
    }

    /// Distance to the edge at a pixel of the scaled window, in pixels, of the window's own distances.
    pub(super) fn distance_at(&self, column: usize, row: usize, distance: &[f32]) -> f32 {
        self.at(column, row, &|at| distance[at]) * self.scale as f32
    }

    /// A place for its first pixel where it lies in the layers that cysts grow in and touches no other lesion.
    ///
    /// - `distance`: to the cyst's edge, of every pixel of the window
    /// - `labels`: composite codes, row-major, `columns` columns
    pub(super) fn place(
        &self,
        distance: &[f32],
        columns: usize,
        labels: &[u8],
        search: PlaceSearch,
        rng: &mut Rng,
    ) -> Option<[usize; 2]> {
        let rows = labels.len() / columns;
        let [width, height] = self.size();
        if width > columns || height > rows {
            return None;
        }
        let inner = Interface::IplInl.index() as u8 + 1..=Interface::IsmIse.index() as u8;
        let with_inner_plexiform = Interface::NflGcl.index() as u8 + 1..=Interface::IsmIse.index() as u8 + 1;
        for _ in 0..search.tries {
            let (x, y) = (rng.below(columns - width + 1), rng.below(rows - height + 1));
            let centre = labels[(y + height / 2) * columns + x + width / 2];
            if !inner.contains(&centre) {
                continue;
            }
            let (mut inside, mut astray, mut is_free) = (0.0_f32, 0.0_f32, true);
            for row in 0..height {
                for column in 0..width {
                    let distance = self.distance_at(column, row, distance);
                    let code = labels[(y + row) * columns + x + column];
                    is_free &= distance > search.apart_px || !is_lesion(code);
                    if distance <= 0.0 {
                        inside += 1.0;
                        astray += f32::from(u8::from(!inner.contains(&code)));
                        is_free &= with_inner_plexiform.contains(&code);
                    }
                }
            }
            if is_free && inside > 0.0 && astray <= MAX_ASTRAY * inside {
                return Some([x, y]);
            }
        }
        None
    }
}
