//! Columns whose layers are out of anatomical order: finding them, and repairing them on request.
//!
//! Free painting and foreign files may break the order; that is shown as a warning and repaired only by
//! a command. The repair changes as few pixels as possible, column by column.

use super::Plane;
use crate::anatomy::{BELOW_BM, UNANNOTATED};
use crate::scan::Rect;

const CODES: usize = BELOW_BM as usize + 1;

/// For every column, whether a code stands above a smaller one. Unannotated pixels do not count.
pub fn order_violations(layers: &Plane) -> Vec<bool> {
    let mut deepest = vec![0_u8; layers.width() as usize];
    let mut violated = vec![false; layers.width() as usize];
    layers.visit_columns(0, layers.width(), |x, _, codes| {
        let columns = deepest[x as usize..].iter_mut().zip(&mut violated[x as usize..]);
        for ((deepest, violated), &code) in columns.zip(codes) {
            let known = if code == UNANNOTATED { *deepest } else { code };
            *violated |= known < *deepest;
            *deepest = (*deepest).max(known);
        }
    });
    violated
}

/// Whether no annotated code of a column stands above a smaller one.
pub(super) fn is_ordered(column: &[u8]) -> bool {
    column.iter().filter(|code| **code != UNANNOTATED).is_sorted()
}

/// Brings every column into order with the fewest changed pixels and returns the rectangle of the
/// changed pixels. Unannotated pixels and columns in order stay as they are.
pub fn repair_order(layers: &mut Plane) -> Rect {
    let mut dirty = Rect::EMPTY;
    for (x, violated) in (0..).zip(order_violations(layers)) {
        if !violated {
            continue;
        }
        let column = layers.read_rect(Rect::new(x, 0, x + 1, layers.height()));
        for (y, (old, new)) in (0..).zip(column.iter().zip(nearest_ordered_column(&column))) {
            if *old != new {
                layers.set(x, y, new);
                dirty = dirty.union(Rect::new(x, y, x + 1, y + 1));
            }
        }
    }
    dirty
}

/// The non-decreasing column that differs from `column` in the fewest annotated pixels
/// (dynamic programming over rows and codes; among equals, the one whose layers begin highest).
fn nearest_ordered_column(column: &[u8]) -> Vec<u8> {
    // cost[c]: fewest changes so far of an ordered column whose last code is c. came_from[y] bit c: the
    // best predecessor of code c at row y is code c - 1 or less.
    let mut cost = [0_u32; CODES];
    let mut came_from = vec![0_u16; column.len()];
    for (&code, from) in column.iter().zip(&mut came_from) {
        for c in 1..CODES {
            if cost[c - 1] < cost[c] {
                cost[c] = cost[c - 1];
                *from |= 1 << c;
            }
        }
        if code != UNANNOTATED {
            for (c, cost) in cost.iter_mut().enumerate() {
                *cost += u32::from(c != code as usize);
            }
        }
    }
    let mut code = (0..CODES).min_by_key(|&c| cost[c]).unwrap_or(0);
    let mut ordered = column.to_vec();
    for (pixel, from) in ordered.iter_mut().zip(&came_from).rev() {
        if *pixel != UNANNOTATED {
            *pixel = code as u8;
        }
        while from >> code & 1 == 1 {
            code -= 1;
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stray_pixel_is_all_that_changes() {
        assert_eq!(nearest_ordered_column(&[0, 0, 5, 1, 1, 2, 2, 8]), [0, 0, 1, 1, 1, 2, 2, 8]);
        assert_eq!(nearest_ordered_column(&[0, 3, 255, 1, 3, 3]), [0, 3, 255, 3, 3, 3]);
        assert_eq!(nearest_ordered_column(&[8, 8, 8, 0]), [8, 8, 8, 8]);
    }

    #[test]
    fn the_repair_is_the_nearest_ordered_column() {
        // Against all ordered columns of length 5 over codes 0..=3.
        let columns = |ordered: bool| {
            (0..4_usize.pow(5))
                .map(|n| (0..5).map(|d| (n / 4_usize.pow(d) % 4) as u8).collect::<Vec<_>>())
                .filter(move |c| !ordered || c.is_sorted())
        };
        for column in columns(false).step_by(7) {
            let changes = |other: &[u8]| other.iter().zip(&column).filter(|(a, b)| a != b).count();
            let repaired = nearest_ordered_column(&column);
            assert!(repaired.is_sorted());
            assert_eq!(Some(changes(&repaired)), columns(true).map(|c| changes(&c)).min(), "{column:?}");
        }
    }

    #[test]
    fn only_violated_columns_are_touched() {
        let mut layers = Plane::from_pixels(3, 3, &[0, 2, 255, 1, 1, 255, 8, 8, 255]);
        assert_eq!(order_violations(&layers), [false, true, false]);
        assert_eq!(repair_order(&mut layers).x0, 1);
        assert_eq!(order_violations(&layers), [false; 3]);
        assert_eq!(layers.get(2, 1), UNANNOTATED);
    }
}
