//! How far two graders agree on one scan.

use super::{Interfaces, Mask, composite_code};
use crate::anatomy::{INTERFACE_COUNT, LABELS, UNANNOTATED};

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
        let (mut both, mut of_first, mut of_second) =
            ([0_u64; LABELS.len()], [0_u64; LABELS.len()], [0_u64; LABELS.len()]);
        let (mut compared_pixels, mut same_pixels) = (0, 0);
        let width = first.width();
        for y in 0..first.height() {
            let row = crate::scan::Rect::new(0, y, width, y + 1);
            let planes = [&first.layers, &first.lesions, &second.layers, &second.lesions];
            let [layers, lesions, other_layers, other_lesions] = planes.map(|plane| plane.read_rect(row));
            for x in 0..width as usize {
                let code = composite_code(layers[x], lesions[x]);
                let other = composite_code(other_layers[x], other_lesions[x]);
                if code == UNANNOTATED || other == UNANNOTATED {
                    continue;
                }
                compared_pixels += 1;
                of_first[usize::from(code)] += 1;
                of_second[usize::from(other)] += 1;
                if code == other {
                    both[usize::from(code)] += 1;
                    same_pixels += 1;
                }
            }
        }
        let dice = std::array::from_fn(|code| {
            let drawn = of_first[code] + of_second[code];
            (drawn > 0).then(|| 2.0 * both[code] as f64 / drawn as f64)
        });
        Self {
            dice,
            interfaces: interface_distances(first, second),
            compared_pixels,
            differing_pixels: compared_pixels - same_pixels,
        }
    }
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
    use crate::anatomy::IRF;
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
