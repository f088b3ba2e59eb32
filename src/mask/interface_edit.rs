//! An interface drawn anew over some columns: by the pen, the spline or the live-wire.
//!
//! Drawing interface `k` at a row means that nothing above the row may belong below it and nothing below
//! the row above it. In ordered mode what is in the way is pushed, so layers can never cross; in free mode
//! only the two layers that meet at the interface change, and others stop it. Pixels nobody annotated
//! stay so. Locked labels neither shrink nor grow: they stop the line.

use super::{LockedLabels, Plane};
use crate::anatomy::{Interface, UNANNOTATED};
use crate::scan::Rect;

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineSettings {
    /// Whether neighbours are pushed.
    pub ordered: bool,
    /// What must not change.
    pub locked: LockedLabels,
}

/// Puts an interface at `rows` (edge coordinates; not finite: untouched) in the columns from `x0` on.
/// Returns the rectangle of the changed pixels.
pub fn move_interface(
    layers: &mut Plane,
    interface: Interface,
    x0: u32,
    rows: &[f32],
    settings: LineSettings,
) -> Rect {
    let (above, below) = (interface.index() as u8, interface.index() as u8 + 1);
    let x1 = layers.width().min(x0.saturating_add(rows.len() as u32));
    if settings.locked.contains(above) || settings.locked.contains(below) || x0 >= x1 {
        return Rect::EMPTY;
    }
    // First row below the line; none where the line is unknown.
    let mut first_below: Vec<Option<u32>> = rows[..(x1 - x0) as usize]
        .iter()
        .map(|row| row.is_finite().then(|| (row - 0.5).ceil().max(0.0) as u32))
        .collect();
    stop_at_locked(layers, above, x0, &mut first_below, settings.locked);
    let mut dirty = Rect::EMPTY;
    for y in 0..layers.height() {
        let changed = layers.edit_run(y, x0, x1, |x, code| {
            let Some(first) = first_below[(x - x0) as usize] else { return code };
            if code == UNANNOTATED {
                return code;
            }
            match (settings.ordered, y < first) {
                (true, true) => code.min(above),
                (true, false) => code.max(below),
                (false, true) if code == below => above,
                (false, false) if code == above => below,
                (false, _) => code,
            }
        });
        dirty = dirty.union(changed);
    }
    dirty
}

/// Keeps the line between the last locked pixel that belongs above it and the first that belongs below.
fn stop_at_locked(layers: &Plane, above: u8, x0: u32, first_below: &mut [Option<u32>], locked: LockedLabels) {
    if locked == LockedLabels::NONE {
        return;
    }
    let x1 = x0 + first_below.len() as u32;
    let mut limits = vec![(0_u32, u32::MAX); first_below.len()];
    layers.visit_columns(x0, x1, |x, y, codes| {
        for ((low, high), &code) in limits[(x - x0) as usize..].iter_mut().zip(codes) {
            if locked.contains(code) && code <= above {
                *low = y + 1;
            } else if locked.contains(code) {
                *high = (*high).min(y);
            }
        }
    });
    for (first, (low, high)) in first_below.iter_mut().zip(limits) {
        *first = first.map(|row| row.min(high).max(low));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mask::{Interfaces, order_violations};

    const FREE: LineSettings = LineSettings { ordered: false, locked: LockedLabels::NONE };
    const ORDERED: LineSettings = LineSettings { ordered: true, locked: LockedLabels::NONE };

    fn column(codes: &[u8]) -> Plane {
        Plane::from_pixels(1, codes.len() as u32, codes)
    }

    #[test]
    fn a_line_pushes_its_neighbours_in_order_and_stops_at_them_when_free() {
        let codes = [0, 1, 1, 2, 2, 3, 3, 8];
        let mut pushed = column(&codes);
        move_interface(&mut pushed, Interface::IplInl, 0, &[2.0], ORDERED);
        assert_eq!(pushed.to_pixels(), [0, 1, 3, 3, 3, 3, 3, 8]);
        let mut stopped = column(&codes);
        move_interface(&mut stopped, Interface::IplInl, 0, &[2.0], FREE);
        assert_eq!(stopped.to_pixels(), [0, 1, 1, 3, 3, 3, 3, 8]);
    }

    #[test]
    fn drawing_from_nothing_makes_layers() {
        let mut layers = column(&[0; 6]);
        move_interface(&mut layers, Interface::Ilm, 0, &[2.0], ORDERED);
        move_interface(&mut layers, Interface::Bm, 0, &[5.0], ORDERED);
        assert_eq!(layers.to_pixels(), [0, 0, 1, 1, 1, 8]);
    }

    #[test]
    fn locked_labels_stop_a_line() {
        let codes = [0, 1, 1, 2, 2, 3, 3, 8];
        let locked = |code| LineSettings { ordered: true, locked: LockedLabels::NONE.with(code) };
        let mut layers = column(&codes);
        assert_eq!(move_interface(&mut layers, Interface::IplInl, 0, &[2.0], locked(3)), Rect::EMPTY);
        move_interface(&mut layers, Interface::IplInl, 0, &[0.0], locked(1));
        assert_eq!(layers.to_pixels(), [0, 1, 1, 3, 3, 3, 3, 8]);
    }

    /// An ordered plane with unannotated columns and rims.
    fn layers() -> impl Strategy<Value = Plane> {
        prop::collection::vec((0_u32..9, prop::collection::vec(0_u32..30, 8)), 12).prop_map(|columns| {
            let mut plane = Plane::filled(12, 30, UNANNOTATED);
            for (x, (rim, mut rows)) in (0..).zip(columns) {
                rows.sort_unstable();
                // Every third column is left without labels.
                for y in rim..(if rim % 3 == 2 { 0 } else { 30 - rim / 2 }) {
                    plane.set(x, y, rows.iter().filter(|&&row| row <= y).count() as u8);
                }
            }
            plane
        })
    }

    proptest! {
        #[test]
        fn layers_never_cross_and_what_nobody_annotated_stays(
            before in layers(),
            moves in prop::collection::vec(
                (0_usize..8, 0_u32..12, prop::collection::vec(-10.0_f32..45.0, 1..14), any::<bool>(), 0_u8..16),
                1..20,
            ),
        ) {
            let mut after = before.clone();
            for (k, x0, rows, ordered, lock) in moves {
                let interface = Interface::ALL[k];
                let locked =
                    if lock < 9 { LockedLabels::NONE.with(lock) } else { LockedLabels::NONE };
                let previous = after.clone();
                let dirty = move_interface(&mut after, interface, x0, &rows, LineSettings { ordered, locked });
                for y in 0..30 {
                    for x in 0..12 {
                        let (old, new) = (previous.get(x, y), after.get(x, y));
                        prop_assert!(old == new || dirty.contains(x, y));
                        prop_assert!(old == new || !(locked.contains(old) || locked.contains(new)));
                        prop_assert_eq!(old == UNANNOTATED, new == UNANNOTATED);
                    }
                }
                if ordered && locked == LockedLabels::NONE {
                    let found = Interfaces::in_columns(&after, x0, x0 + 1);
                    let row = (rows[0] - 0.5).ceil().max(0.0);
                    let annotated: Vec<u32> =
                        (0..30).filter(|&y| after.get(x0, y) != UNANNOTATED).collect();
                    if let (Some(first), Some(last)) = (annotated.first(), annotated.last()) {
                        let expected = row.clamp(*first as f32, *last as f32 + 1.0);
                        // An interface no pixel lies above is found at the first annotated row or above it.
                        let line = found.rows[k][x0 as usize];
                        prop_assert!(line == expected || line <= *first as f32 && expected <= *first as f32);
                    }
                }
            }
            prop_assert!(order_violations(&after).iter().all(|violated| !violated));
        }
    }
}
