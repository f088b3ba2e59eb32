//! Lesions carried from one retina to another: a mask that is varied keeps the fluid that nobody asked to change.

use super::{Connectivity, Mask, Region};
use crate::anatomy::BELOW_BM;

/// ILM and BM of a column: the first retinal row, and the one after the last.
type Extent = (u32, u32);

/// Puts the lesions of a mask onto another of its size in place of those that it has: each in the same columns, as high
/// as it was, and as deep within the retina. What would leave the retina is cut off.
///
/// # Panics
/// If the masks differ in size.
pub fn carry_lesions(from: &Mask, onto: &mut Mask) {
    let (width, height) = (from.width(), from.height());
    assert_eq!((width, height), (onto.width(), onto.height()), "masks of one size");
    for y in 0..height {
        onto.lesions.fill_run(y, 0, width, 0);
    }
    let (before, after) = (extents(from), extents(onto));
    let mut left = from.lesions.clone();
    for y in 0..height {
        for x in 0..width {
            let code = left.get(x, y);
            if code != 0 {
                let lesion = Region::connected(&left, x, y, Connectivity::Eight);
                lesion.runs().iter().for_each(|&(y, x0, x1)| left.fill_run(y, x0, x1, 0));
                carry(&lesion, code, (before.as_slice(), after.as_slice()), onto);
            }
        }
    }
}

/// One lesion, whose middle keeps its share of the way from the ILM to BM.
fn carry(
    lesion: &Region,
    code: u8,
    (before, after): (&[Option<Extent>], &[Option<Extent>]),
    onto: &mut Mask,
) {
    let shares = lesion.runs().iter().flat_map(|&(y, x0, x1)| (x0..x1).map(move |x| (x, y)));
    let shares = shares.filter_map(|(x, y)| {
        let (ilm, bm) = before[x as usize]?;
        Some((f64::from(y) + 0.5 - f64::from(ilm)) / f64::from(bm - ilm))
    });
    let (sum, count) = shares.fold((0.0, 0_u32), |(sum, count), share| (sum + share, count + 1));
    if count == 0 {
        return;
    }
    let share = sum / f64::from(count);
    let row = |(ilm, bm): Extent| f64::from(ilm) + share * f64::from(bm - ilm);
    for &(y, x0, x1) in lesion.runs() {
        for x in x0..x1 {
            let (Some(old), Some(new)) = (before[x as usize], after[x as usize]) else { continue };
            let moved = i64::from(y) + (row(new) - row(old)).round() as i64;
            if (i64::from(new.0)..i64::from(new.1)).contains(&moved) {
                onto.lesions.set(x, moved as u32, code);
            }
        }
    }
}

/// Of every column; `None` where no retina is annotated.
fn extents(mask: &Mask) -> Vec<Option<Extent>> {
    let mut extents: Vec<Option<Extent>> = vec![None; mask.width() as usize];
    for (y, row) in (0..).zip(mask.layers.to_pixels().chunks_exact(mask.width().max(1) as usize)) {
        for (extent, &code) in extents.iter_mut().zip(row) {
            if (1..BELOW_BM).contains(&code) {
                *extent = Some((extent.map_or(y, |(ilm, _)| ilm), y + 1));
            }
        }
    }
    extents
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::{Measurements, Plane};

    /// A retina of 100 columns between two rows, that falls by a row every ten columns.
    fn retina(ilm: u32, bm: u32) -> Mask {
        let code = |x: u32, y: u32| match y.checked_sub(x / 10) {
            Some(y) if (ilm..bm).contains(&y) => 3,
            Some(y) if y >= bm => 8,
            _ => 0,
        };
        let pixels: Vec<u8> = (0..200).flat_map(|y| (0..100).map(move |x| code(x, y))).collect();
        Mask { layers: Plane::from_pixels(100, 200, &pixels), lesions: Plane::filled(100, 200, 0) }
    }

    #[test]
    fn lesions_stay_as_many_and_as_large_and_as_deep() {
        let mut from = retina(40, 100);
        for y in 60..72 {
            from.lesions.fill_run(y, 20, 35, 1);
            from.lesions.fill_run(y + 5, 60, 70, 1);
        }
        from.lesions.fill_run(90, 40, 60, 2);
        let mut onto = retina(60, 150);
        onto.lesions.fill_run(100, 0, 90, 3);
        carry_lesions(&from, &mut onto);
        let [before, after] = [&from, &onto].map(|mask| Measurements::of(mask, None).lesions);
        for (before, after) in before.iter().zip(&after) {
            assert_eq!((before.count, before.pixels), (after.count, after.pixels));
        }
        // The middle of the first was at 66 of 40 to 100 rows below the slope of 2.
        let rows: Vec<u32> = (0..200).filter(|&y| onto.lesions.get(25, y) == 1).collect();
        assert_eq!(rows.len(), 12);
        let middle = f64::from(rows[0] + rows[11] + 1) / 2.0;
        let share = (middle - 62.0) / 90.0;
        assert!((share - 23.75 / 60.0).abs() < 0.02, "{share}");
    }

    #[test]
    fn without_a_retina_nothing_is_carried() {
        let mut from = retina(40, 100);
        from.lesions.fill_run(60, 20, 35, 1);
        let mut onto = Mask::unannotated(100, 200);
        carry_lesions(&from, &mut onto);
        assert!(onto.lesions.holds_only(|code| code == 0));
    }
}
