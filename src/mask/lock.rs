//! Locks against what replaces a whole mask: a trace, the interfaces of a neighbour, an interpolation.
//!
//! As under a brush, a locked label never changes, neither removed, nor grown, nor pushed: its interfaces
//! stay and stop the others. Columns in which nothing was annotated have nothing to keep and take the
//! proposal as it is.

use super::warp::stopped_at_locked;
use super::{Interfaces, LockedLabels, Mask, Plane};
use crate::anatomy::{BELOW_BM, INTERFACE_COUNT, LESION_BASE, Lesion, UNANNOTATED};

/// The proposal with every locked label as it is in `before`.
///
/// # Panics
/// If the sizes differ.
pub fn beside_locked(before: &Mask, proposal: Mask, locked: LockedLabels) -> Mask {
    let (width, height) = (before.width(), before.height());
    assert_eq!((width, height), (proposal.width(), proposal.height()), "masks of one size");
    let locks_layers = (0..=BELOW_BM).any(|code| locked.contains(code));
    let locks_lesions = Lesion::ALL.iter().any(|lesion| locked.contains(LESION_BASE + lesion.code()));
    if !locks_layers && !locks_lesions {
        return proposal;
    }
    let is_bare = bare_columns(&before.layers);
    let mut merged = proposal;
    if locks_layers {
        merged.layers = stopped(&before.layers, &merged.layers, locked);
    }
    let is_locked_lesion = |code: u8| code != 0 && locked.contains(LESION_BASE + code);
    for x in (0..width).filter(|&x| !is_bare[x as usize]) {
        for y in 0..height {
            let (old, new) = (before.layers.get(x, y), merged.layers.get(x, y));
            let mut keeps_layer = old != new && (locked.contains(old) || locked.contains(new));
            let (old_lesion, new_lesion) = (before.lesions.get(x, y), merged.lesions.get(x, y));
            if old_lesion != new_lesion && (is_locked_lesion(old_lesion) || is_locked_lesion(new_lesion)) {
                merged.lesions.set(x, y, old_lesion);
            }
            // A lesion lies on something that is annotated.
            keeps_layer |= new == UNANNOTATED && is_locked_lesion(old_lesion);
            if keeps_layer {
                merged.layers.set(x, y, old);
            }
        }
    }
    merged
}

/// For every column, whether nothing in it is annotated.
fn bare_columns(layers: &Plane) -> Vec<bool> {
    let mut is_bare = vec![true; layers.width() as usize];
    layers.visit_columns(0, layers.width(), |x, _, codes| {
        for (is_bare, &code) in is_bare[x as usize..].iter_mut().zip(codes) {
            *is_bare &= code == UNANNOTATED;
        }
    });
    is_bare
}

/// The proposed layers, in order where both are, with the interfaces of locked labels where they were.
fn stopped(before: &Plane, proposal: &Plane, locked: LockedLabels) -> Plane {
    let [old, new] = [before, proposal].map(Interfaces::from_layers);
    let mut merged = Interfaces::unknown(old.width());
    for x in (0..old.width()).filter(|&x| old.is_ordered_column(x) && new.is_ordered_column(x)) {
        let x = x as usize;
        let [old, new]: [[f32; INTERFACE_COUNT]; 2] =
            [&old, &new].map(|lines| std::array::from_fn(|k| lines.rows[k][x]));
        for (line, row) in merged.rows.iter_mut().zip(stopped_at_locked(old, new, locked)) {
            line[x] = row;
        }
    }
    merged.to_layers(proposal.width(), proposal.height(), proposal)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mask::order_violations;

    const SIZE: (u32, u32) = (12, 80);

    /// Interface k at row `top + 6 k`, an IRF in column 5; the last two columns are unannotated.
    fn layered(top: f32) -> Mask {
        let mut lines = Interfaces::unknown(SIZE.0);
        for (k, line) in lines.rows.iter_mut().enumerate() {
            line[..10].fill(top + 6.0 * k as f32);
        }
        let mut mask = Mask { layers: lines.rasterised(SIZE.1), lesions: Plane::filled(SIZE.0, SIZE.1, 0) };
        mask.lesions.set(5, top as u32 + 14, 1);
        mask
    }

    fn rows_of(mask: &Mask, x: u32, code: u8) -> Vec<u32> {
        (0..SIZE.1).filter(|&y| mask.layers.get(x, y) == code).collect()
    }

    #[test]
    fn a_locked_layer_stays_and_stops_the_others() {
        let (before, proposal) = (layered(10.0), layered(22.0));
        let merged = beside_locked(&before, proposal.clone(), LockedLabels::NONE.with(3));
        assert_eq!(rows_of(&merged, 4, 3), rows_of(&before, 4, 3));
        assert_eq!(
            rows_of(&merged, 4, 2),
            Vec::<u32>::new(),
            "22 + 6 lies beneath the locked layer's upper edge"
        );
        assert_eq!(rows_of(&merged, 4, 8), rows_of(&proposal, 4, 8), "what does not meet it is as proposed");
        assert_eq!(merged.lesions, proposal.lesions);
        assert_eq!(beside_locked(&before, proposal.clone(), LockedLabels::NONE), proposal);
    }

    #[test]
    fn a_locked_lesion_stays_where_it_is() {
        let (before, proposal) = (layered(10.0), layered(22.0));
        let merged = beside_locked(&before, proposal.clone(), LockedLabels::NONE.with(9));
        assert_eq!(merged.lesions, before.lesions);
        assert_eq!(merged.layers, proposal.layers);
        let bare = Mask::unannotated(SIZE.0, SIZE.1);
        let kept = beside_locked(&before, bare.clone(), LockedLabels::NONE.with(9));
        assert_eq!((kept.composite(5, 24), kept.layers.get(5, 24)), (9, before.layers.get(5, 24)));
        assert_eq!(kept.layers.get(5, 25), UNANNOTATED);
        let drawn = beside_locked(&bare, proposal.clone(), LockedLabels::NONE.with(9).with(3));
        assert_eq!(drawn, proposal, "a bare scan has nothing to keep");
    }

    proptest! {
        #[test]
        fn no_locked_pixel_comes_or_goes_and_layers_stay_in_order(
            depths in prop::array::uniform8(0.0_f32..80.0),
            codes in prop::collection::vec(0_u8..12, 0..4),
            strays in prop::collection::vec((0_u32..12, 0_u32..80, 0_u8..4), 0..20),
        ) {
            let before = layered(15.0);
            let mut lines = Interfaces::unknown(SIZE.0);
            lines.rows.iter_mut().zip(depths).for_each(|(line, depth)| line.fill(depth.round()));
            lines.repair();
            let mut proposal =
                Mask { layers: lines.rasterised(SIZE.1), lesions: Plane::filled(SIZE.0, SIZE.1, 0) };
            strays.into_iter().for_each(|(x, y, code)| proposal.lesions.set(x, y, code));
            let locked = codes.into_iter().fold(LockedLabels::NONE, LockedLabels::with);
            let merged = beside_locked(&before, proposal, locked);
            prop_assert!(merged.is_valid());
            prop_assert!(!order_violations(&merged.layers).contains(&true));
            for (x, y) in (0..10).flat_map(|x| (0..SIZE.1).map(move |y| (x, y))) {
                let (old, new) = (before.layers.get(x, y), merged.layers.get(x, y));
                prop_assert!(old == new || !(locked.contains(old) || locked.contains(new)), "({x}, {y})");
                let (old, new) = (before.lesions.get(x, y), merged.lesions.get(x, y));
                let is_locked = |code: u8| code > 0 && locked.contains(LESION_BASE + code);
                prop_assert!(old == new || !(is_locked(old) || is_locked(new)), "lesion at ({x}, {y})");
            }
        }
    }
}
