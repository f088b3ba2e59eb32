//! A composite label image split into the two planes.
//!
//! Under a lesion a composite does not say which layer lies there, but erasing a lesion must never leave
//! a hole: the interfaces are interpolated across the lesion from the columns beside it, within what the
//! pixels above and below it in the same column allow.

use super::interfaces::interpolate_gaps;
use super::{Mask, Plane};
use crate::anatomy::{self, INTERFACE_COUNT, LESION_BASE, UNANNOTATED};

impl Mask {
    /// The mask of row-major composite codes, and warnings for the user: codes outside the label table
    /// (they become unannotated), columns out of order, lesions in columns without any layer (beneath
    /// them stays unannotated).
    ///
    /// # Panics
    /// If the number of codes is not `width * height`.
    pub fn from_composite(width: u32, height: u32, codes: &[u8]) -> (Mask, Vec<String>) {
        let mut warnings = Vec::new();
        let mut unknown = 0_u64;
        let mut layers = codes.to_vec();
        let mut lesions = vec![0; codes.len()];
        let mut has_lesions = false;
        for (layer, lesion) in layers.iter_mut().zip(&mut lesions) {
            if anatomy::is_lesion(*layer) {
                *lesion = *layer - LESION_BASE;
                *layer = UNANNOTATED;
                has_lesions = true;
            } else if !anatomy::is_layer_plane_code(*layer) {
                *layer = UNANNOTATED;
                unknown += 1;
            }
        }
        if unknown > 0 {
            warnings.push(format!("{unknown} pixels hold codes outside the label table: left unannotated"));
        }
        if has_lesions {
            let bare = fill_beneath_lesions(width as usize, &mut layers, &lesions);
            if bare > 0 {
                warnings.push(format!(
                    "{bare} columns hold lesions but no layers: what lies beneath them is unannotated"
                ));
            }
        }
        let mask = Mask {
            layers: Plane::from_pixels(width, height, &layers),
            lesions: Plane::from_pixels(width, height, &lesions),
        };
        let violated = super::order_violations(&mask.layers).into_iter().filter(|&v| v).count();
        if violated > 0 {
            warnings.push(format!(
                "{violated} columns have layers out of order: \"repair layer order\" mends them"
            ));
        }
        (mask, warnings)
    }
}

/// What one column says about its interfaces.
struct ColumnBounds {
    /// Row after the last known pixel above each interface.
    low: [u32; INTERFACE_COUNT],
    /// Row of the first known pixel below each interface.
    high: [u32; INTERFACE_COUNT],
    any_known: bool,
}

impl ColumnBounds {
    fn of(column: impl Iterator<Item = (u8, u8)>) -> Self {
        let mut bounds =
            Self { low: [0; INTERFACE_COUNT], high: [u32::MAX; INTERFACE_COUNT], any_known: false };
        let mut end = 0;
        for (y, (layer, lesion)) in (0..).zip(column) {
            if layer != UNANNOTATED || lesion != 0 {
                end = y + 1;
            }
            if layer == UNANNOTATED {
                continue;
            }
            bounds.any_known = true;
            for low in &mut bounds.low[usize::from(layer)..] {
                *low = y + 1;
            }
            for high in &mut bounds.high[..usize::from(layer)] {
                *high = (*high).min(y);
            }
        }
        for high in &mut bounds.high {
            *high = (*high).min(end);
        }
        bounds
    }

    fn is_ordered(&self) -> bool {
        self.any_known && self.low.iter().zip(&self.high).all(|(low, high)| low <= high)
    }
}

/// Gives the unannotated pixels under lesions their layers; returns how many columns hold lesions but no
/// layer at all.
fn fill_beneath_lesions(width: usize, layers: &mut [u8], lesions: &[u8]) -> usize {
    let column = |layers: &[u8], x: usize| {
        let pixels: Vec<(u8, u8)> =
            layers.iter().copied().zip(lesions.iter().copied()).skip(x).step_by(width).collect();
        pixels
    };
    let bounds: Vec<ColumnBounds> =
        (0..width).map(|x| ColumnBounds::of(column(layers, x).into_iter())).collect();
    let lines: [Vec<f32>; INTERFACE_COUNT] = std::array::from_fn(|k| {
        let exact = |bounds: &ColumnBounds| bounds.is_ordered() && bounds.low[k] == bounds.high[k];
        let mut line: Vec<f32> =
            bounds.iter().map(|b| if exact(b) { b.low[k] as f32 } else { f32::NAN }).collect();
        interpolate_gaps(&mut line);
        line
    });
    let mut bare = 0;
    for (x, bounds) in bounds.iter().enumerate() {
        let pixels = column(layers, x);
        if pixels.iter().all(|(_, lesion)| *lesion == 0) {
            continue;
        }
        if !bounds.any_known {
            bare += 1;
            continue;
        }
        let filled =
            if bounds.is_ordered() { between_interfaces(x, &lines, bounds) } else { nearest_known(&pixels) };
        for (y, (layer, lesion)) in pixels.iter().enumerate() {
            if *layer == UNANNOTATED && *lesion != 0 {
                layers[y * width + x] = filled(y);
            }
        }
    }
    bare
}

/// The layer at a row of an ordered column, from the interpolated interfaces cut to its bounds.
fn between_interfaces(
    x: usize,
    lines: &[Vec<f32>; INTERFACE_COUNT],
    bounds: &ColumnBounds,
) -> Box<dyn Fn(usize) -> u8> {
    let mut deepest = 0.0_f32;
    let rows: [f32; INTERFACE_COUNT] = std::array::from_fn(|k| {
        let (low, high) = (bounds.low[k] as f32, bounds.high[k] as f32);
        let row = if lines[k][x].is_finite() { lines[k][x].clamp(low, high) } else { (low + high) / 2.0 };
        deepest = deepest.max(row);
        deepest
    });
    Box::new(move |y| rows.iter().rposition(|&row| row <= y as f32 + 0.5).map_or(0, |k| k as u8 + 1))
}

/// The known layer nearest to a row of a column that is out of order, the one above among equals.
fn nearest_known(pixels: &[(u8, u8)]) -> Box<dyn Fn(usize) -> u8> {
    let known: Vec<(usize, u8)> = pixels
        .iter()
        .enumerate()
        .filter(|(_, (layer, _))| *layer != UNANNOTATED)
        .map(|(y, (layer, _))| (y, *layer))
        .collect();
    Box::new(move |y| {
        known.iter().min_by_key(|(row, _)| row.abs_diff(y)).map_or(UNANNOTATED, |(_, layer)| *layer)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::IRF;

    /// Columns given as strings of hexadecimal digits; `9` to `b` lesions, `f` unannotated.
    fn composite(columns: &[&str]) -> (Mask, Vec<String>) {
        let (width, height) = (columns.len(), columns[0].len());
        let code = |c: u8| match (c as char).to_digit(16) {
            Some(15) => UNANNOTATED,
            Some(digit) => digit as u8,
            None => panic!("not a digit"),
        };
        let codes: Vec<u8> =
            (0..height).flat_map(|y| columns.iter().map(move |c| code(c.as_bytes()[y]))).collect();
        Mask::from_composite(width as u32, height as u32, &codes)
    }

    fn layer_column(mask: &Mask, x: u32) -> String {
        (0..mask.height())
            .map(|y| char::from_digit(u32::from(mask.layers.get(x, y)) % 240, 16).unwrap_or('?'))
            .collect()
    }

    #[test]
    fn layers_continue_beneath_a_lesion() {
        let (mask, warnings) = composite(&["0112233458", "0119999458", "0119999458", "0111223458"]);
        assert!(warnings.is_empty(), "{warnings:?}");
        assert_eq!(layer_column(&mask, 1), "0112233458");
        assert_eq!(layer_column(&mask, 2), "0111223458");
        assert_eq!(mask.composite(1, 4), IRF);
    }

    #[test]
    fn a_lesion_that_reaches_the_border_is_filled_from_its_neighbours() {
        let (mask, _) = composite(&["012345678", "012345999", "999945678"]);
        assert_eq!(layer_column(&mask, 1), "012345678");
        assert_eq!(layer_column(&mask, 2), "012345678");
    }

    #[test]
    fn what_nobody_annotated_stays_so() {
        let (mask, warnings) = composite(&["01f99f8", "fffffff", "ff99fff", "0123458"]);
        assert_eq!(layer_column(&mask, 0).matches('f').count(), 2);
        assert_eq!(layer_column(&mask, 1), "fffffff");
        assert_eq!(layer_column(&mask, 2), "fffffff");
        assert_eq!(mask.lesions.get(2, 2), 1);
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn disorder_and_unknown_codes_are_reported() {
        let (mask, warnings) = composite(&["0219e8", "012998"]);
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(mask.is_valid());
        assert_eq!(mask.layers.get(0, 3), 1);
    }
}
