//! How far two graders agree on one scan.

use super::{Interfaces, Mask};
use crate::anatomy::{INTERFACE_COUNT, LABELS};

/// Every label, and what nobody annotated.
const ENTRIES: usize = LABELS.len() + 1;

/// Agreement of two masks of one scan, over what both graders annotated.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Dice coefficient of every label, by composite code; `None` where neither grader drew it.
    pub dice: [Option<f64>; LABELS.len()],
    /// Mean unsigned distance of every interface, in order of depth.
    pub interfaces: [InterfaceDistance; INTERFACE_COUNT],
    /// Pixels annotated by both.
    pub compared_pixels: u64,
    /// Those of them that the graders label differently.
    pub differing_pixels: u64,
}

/// Distance of one interface between two graders.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct InterfaceDistance {
    /// In pixels along the A-scan; `None` where no column has the interface in both masks.
    pub mean_px: Option<f64>,
    /// Columns in which both have it.
    pub columns: u32,
}

impl Agreement {
    /// Compares two masks of the same size.
    ///
    /// # Panics
    /// If the sizes differ.
    pub fn of(first: &Mask, second: &Mask) -> Self {
        assert_eq!(first.layers.bounds(), second.layers.bounds(), "masks of one scan");
        // Pixels by the first grader's code, then the second's; the last entry is the unannotated.
        let mut counts = [[0_u64; ENTRIES]; ENTRIES];
        for (code, other) in first.composite_pixels().into_iter().zip(second.composite_pixels()) {
            counts[entry(code)][entry(other)] += 1;
        }
        let of_first = |code: usize| counts[code][..LABELS.len()].iter().sum::<u64>();
        let of_second = |code: usize| counts[..LABELS.len()].iter().map(|row| row[code]).sum::<u64>();
        let dice = std::array::from_fn(|code| {
            let drawn = of_first(code) + of_second(code);
            (drawn > 0).then(|| 2.0 * counts[code][code] as f64 / drawn as f64)
        });
        let compared_pixels: u64 = (0..LABELS.len()).map(of_first).sum();
        let same_pixels: u64 = (0..LABELS.len()).map(|code| counts[code][code]).sum();
        Self {
            dice,
            interfaces: interface_distances(first, second),
            compared_pixels,
            differing_pixels: compared_pixels - same_pixels,
        }
    }
}

fn entry(code: u8) -> usize {
    usize::from(code).min(ENTRIES - 1)
}

fn interface_distances(first: &Mask, second: &Mask) -> [InterfaceDistance; INTERFACE_COUNT] {
    let (first, second) = (Interfaces::from_layers(&first.layers), Interfaces::from_layers(&second.layers));
    std::array::from_fn(|index| {
        let pairs = first.rows[index].iter().zip(&second.rows[index]);
        let distances = pairs.map(|(a, b)| f64::from((a - b).abs())).filter(|px| px.is_finite());
        let (columns, sum) = distances.fold((0, 0.0), |(columns, sum), px| (columns + 1, sum + px));
        InterfaceDistance { mean_px: (columns > 0).then(|| sum / f64::from(columns)), columns }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::{IRF, UNANNOTATED};
    use crate::mask::Plane;

    /// Bands 10 px high from row 5 on: layer k ends at 5 + 10 k.
    fn banded(shift: u32) -> Mask {
        let mut mask = Mask { layers: Plane::filled(40, 100, 8), lesions: Plane::filled(40, 100, 0) };
        for y in 0..75 + shift {
            let code = if y < 5 + shift { 0 } else { ((y - 5 - shift) / 10 + 1) as u8 };
            mask.layers.fill_run(y, 0, 40, code);
        }
        mask
    }

    #[test]
    fn a_mask_agrees_with_itself() {
        let agreement = Agreement::of(&banded(0), &banded(0));
        assert_eq!((agreement.compared_pixels, agreement.differing_pixels), (4000, 0));
        assert_eq!(agreement.dice[3], Some(1.0));
        assert_eq!(agreement.dice[usize::from(IRF)], None);
        assert_eq!(agreement.interfaces[4], InterfaceDistance { mean_px: Some(0.0), columns: 40 });
    }

    #[test]
    fn shifted_layers_and_half_a_cyst_have_the_dice_that_arithmetic_gives() {
        let (mut first, mut second) = (banded(0), banded(2));
        for y in 40..44 {
            first.lesions.fill_run(y, 10, 20, 1);
            second.lesions.fill_run(y, 15, 25, 1);
        }
        for y in 0..100 {
            second.layers.fill_run(y, 30, 40, UNANNOTATED);
        }
        let agreement = Agreement::of(&first, &second);
        assert_eq!(agreement.compared_pixels, 3000);
        assert_eq!(agreement.dice[usize::from(IRF)], Some(0.5));
        // Layer 1: rows 5..15 and 7..17 share 8 of 10.
        assert_eq!(agreement.dice[1], Some(0.8));
        assert_eq!(agreement.interfaces[0], InterfaceDistance { mean_px: Some(2.0), columns: 30 });
        // 8 interfaces x 2 rows x 30 columns, and what the cysts hide or add.
        assert!((480..=640).contains(&agreement.differing_pixels), "{}", agreement.differing_pixels);
    }
}
