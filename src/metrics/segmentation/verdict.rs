//! Does a reader that sees the scan alone find the mask again? The figures of one pair, and the place where it does not.

use super::confusion::Confusion;
use super::interfaces::column_errors_um;
use super::{FLUID, LabelledPair, mean};
use crate::anatomy::INTERFACE_COUNT;

/// Width over which the worst place is looked for: a line that is off in one column alone is noise.
const WORST_WIDTH_UM: f64 = 300.0;

/// What a segmenter says of a pair.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskVerdict {
    /// Mean Dice over the layers and fluid that mask or segmenter have; `None` where neither has any.
    pub dice: Option<f64>,
    /// Of all fluid together; `None` where neither has any.
    pub fluid_dice: Option<f64>,
    /// Mean distance of the interfaces in µm; `None` without an annotated column.
    pub boundary_um: Option<f64>,
    /// Column by column: how far each interface was found below the mask's, in µm; NaN where nothing can be said.
    pub errors_um: Vec<[f32; INTERFACE_COUNT]>,
    /// Where an interface is furthest off on average over 300 µm.
    pub worst: Option<WorstPlace>,
}

/// A segment of one interface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorstPlace {
    /// 0 is the ILM, 7 is BM.
    pub interface: usize,
    /// First and last column.
    pub columns: [u32; 2],
    /// Mean distance there.
    pub um: f64,
}

impl MaskVerdict {
    /// Of a mask (`truth`) and the labels that a segmenter gave its scan (`predicted`).
    ///
    /// # Panics
    /// If the planes have different sizes.
    pub fn of(pair: &LabelledPair) -> Self {
        pair.check();
        let confusion = Confusion::of(pair);
        let axial_um = f64::from(pair.spacing.axial_um_per_px);
        let errors_um: Vec<[f32; INTERFACE_COUNT]> = (0..pair.size[0] as usize)
            .map(|x| {
                let errors = pair.columns[x].then(|| column_errors_um(pair, x, axial_um)).flatten();
                errors.unwrap_or_default().map(|error| error.map_or(f32::NAN, |um| um as f32))
            })
            .collect();
        let distances: Vec<f64> =
            errors_um.iter().flatten().filter(|um| um.is_finite()).map(|um| f64::from(um.abs())).collect();
        let lateral_um = f64::from(pair.spacing.lateral_um_per_px);
        let width = ((WORST_WIDTH_UM / lateral_um).round() as usize).clamp(1, errors_um.len().max(1));
        let worst = worst_place(&errors_um, width);
        Self {
            dice: confusion.mean_dice(),
            fluid_dice: confusion.dice(FLUID),
            boundary_um: mean(&distances),
            errors_um,
            worst,
        }
    }
}

/// The segment of `width` columns, of any interface, with the largest mean distance; most of its columns must say
/// something.
fn worst_place(errors_um: &[[f32; INTERFACE_COUNT]], width: usize) -> Option<WorstPlace> {
    let mut worst: Option<WorstPlace> = None;
    for interface in 0..INTERFACE_COUNT {
        for (first, segment) in errors_um.windows(width).enumerate() {
            let known = segment.iter().map(|column| column[interface]).filter(|um| um.is_finite());
            let (sum, count) =
                known.fold((0.0, 0), |(sum, count), um| (sum + f64::from(um.abs()), count + 1));
            if count * 2 <= width {
                continue;
            }
            let um = sum / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
            if worst.is_none_or(|worst| um > worst.um) {
                let columns = [first as u32, (first + width - 1) as u32];
                worst = Some(WorstPlace { interface, columns, um });
            }
        }
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::Spacing;

    const SIZE: [u32; 2] = [60, 40];

    /// Nine bands; the lower edge of the third lies `off` rows deeper in columns 20 to 49.
    fn codes(off: usize) -> Vec<u8> {
        (0..SIZE[0] as usize * SIZE[1] as usize)
            .map(|at| {
                let (x, y) = (at % 60, at / 60);
                let edge = |k: usize| 4 + 4 * k + if k == 3 && (20..50).contains(&x) { off } else { 0 };
                (0..INTERFACE_COUNT).filter(|&k| edge(k) <= y).count() as u8
            })
            .collect()
    }

    #[test]
    fn the_worst_place_is_named_with_its_columns_and_distance() {
        let (truth, predicted) = (codes(0), codes(2));
        let spacing = Spacing { axial_um_per_px: 4.0, lateral_um_per_px: 10.0 };
        let (scanned, columns) = (vec![true; truth.len()], vec![true; 60]);
        let pair = LabelledPair {
            size: SIZE,
            truth: &truth,
            predicted: &predicted,
            scanned: &scanned,
            columns: &columns,
            spacing,
        };
        let verdict = MaskVerdict::of(&pair);
        assert_eq!(verdict.worst, Some(WorstPlace { interface: 3, columns: [20, 49], um: 8.0 }));
        assert_eq!(verdict.errors_um[30][3], 8.0);
        assert_eq!(verdict.errors_um[10][3], 0.0);
        // 30 of 60 columns of one of eight interfaces are 8 um off.
        assert!((verdict.boundary_um.unwrap() - 0.5).abs() < 1e-9);
        assert_eq!(verdict.fluid_dice, None, "neither has fluid");
        assert!(verdict.dice.unwrap() < 1.0);
        let same = MaskVerdict::of(&LabelledPair { predicted: &truth, ..pair });
        assert_eq!((same.dice, same.boundary_um), (Some(1.0), Some(0.0)));
    }
}
