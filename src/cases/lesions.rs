//! The lesions of a mask, one by one, in um about the fovea.

use super::frame::Frame;
use super::recipe::LayerName;
use crate::anatomy::{LAYER_COUNT, Lesion};
use crate::mask::{Connectivity, Mask, Region};

/// A connected lesion as it is measured. Pixels that touch at a corner are connected.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundLesion {
    /// Its kind.
    pub lesion: Lesion,
    /// Of its extent along the scan, from the fovea to the right.
    pub at_um: f64,
    /// Of its columns.
    pub width_um: f64,
    /// Of its tallest column, without gaps.
    pub height_um: f64,
    /// Of its pixels.
    pub area_um2: f64,
    /// That most of it lies in; `None` outside of the retina.
    pub layer: Option<LayerName>,
}

/// All lesions, in the order in which a row-wise search meets them.
pub fn find_lesions(mask: &Mask, frame: &Frame) -> Vec<FoundLesion> {
    Region::components(&mask.lesions, |code| code != 0, Connectivity::Eight)
        .iter()
        .filter_map(|region| {
            let &(y, x0, _) = region.runs().first()?;
            let code = mask.lesions.get(x0, y);
            let &lesion = Lesion::ALL.iter().find(|lesion| lesion.code() == code)?;
            Some(measured(mask, frame, lesion, region))
        })
        .collect()
}

fn measured(mask: &Mask, frame: &Frame, lesion: Lesion, region: &Region) -> FoundLesion {
    let bounds = region.bounds();
    let mut rows = vec![0_u32; bounds.width() as usize];
    let mut layers = [0_u64; LAYER_COUNT];
    for &(y, x0, x1) in region.runs() {
        for x in x0..x1 {
            rows[(x - bounds.x0) as usize] += 1;
            let code = mask.layers.get(x, y);
            if (1..=LAYER_COUNT as u8).contains(&code) {
                layers[usize::from(code) - 1] += 1;
            }
        }
    }
    let most = layers.iter().copied().max().unwrap_or(0);
    let middle = (f64::from(bounds.x0) + f64::from(bounds.x1)) / 2.0;
    FoundLesion {
        lesion,
        at_um: (middle - frame.fovea_column) * frame.lateral_um,
        width_um: f64::from(bounds.width()) * frame.lateral_um,
        height_um: f64::from(rows.into_iter().max().unwrap_or(0)) * frame.axial_um,
        area_um2: region.pixel_count() as f64 * frame.axial_um * frame.lateral_um,
        layer: (most > 0).then(|| LayerName::ALL[layers.iter().position(|&n| n == most).unwrap_or(0)]),
    }
}

/// The largest number of pairs (wish, lesion) where every wish `i` takes up to `counts[i]` lesions that `fits(i, j)`
/// and no lesion is taken twice: how many lesions each wish gets (augmenting paths, Kuhn 1955).
pub fn matched(counts: &[usize], lesions: usize, fits: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let places: Vec<usize> =
        counts.iter().enumerate().flat_map(|(wish, &n)| std::iter::repeat_n(wish, n)).collect();
    let mut taken_by: Vec<Option<usize>> = vec![None; lesions];
    for place in 0..places.len() {
        let mut seen = vec![false; lesions];
        augment(place, &places, &mut taken_by, &mut seen, &fits);
    }
    let mut got = vec![0; counts.len()];
    taken_by.iter().flatten().for_each(|&place| got[places[place]] += 1);
    got
}

fn augment(
    place: usize,
    places: &[usize],
    taken_by: &mut [Option<usize>],
    seen: &mut [bool],
    fits: &impl Fn(usize, usize) -> bool,
) -> bool {
    for lesion in 0..taken_by.len() {
        if seen[lesion] || !fits(places[place], lesion) {
            continue;
        }
        seen[lesion] = true;
        let free = match taken_by[lesion] {
            None => true,
            Some(other) => augment(other, places, taken_by, seen, fits),
        };
        if free {
            taken_by[lesion] = Some(place);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Plane;
    use crate::scan::Laterality;

    #[test]
    fn lesions_are_measured_one_by_one() {
        let mut mask = Mask { layers: Plane::filled(100, 40, 3), lesions: Plane::filled(100, 40, 0) };
        for (y, x0, x1, code) in
            [(5, 40, 50, 1), (6, 42, 48, 1), (7, 48, 49, 1), (20, 10, 30, 2), (6, 50, 52, 2)]
        {
            mask.lesions.fill_run(y, x0, x1, code);
        }
        let frame = Frame {
            columns: 100,
            rows: 40,
            axial_um: 4.0,
            lateral_um: 10.0,
            fovea_column: 50.0,
            from_fovea_um: 0.0,
            eye: Laterality::Right,
        };
        let found = find_lesions(&mask, &frame);
        assert_eq!(
            found.iter().map(|l| l.lesion).collect::<Vec<_>>(),
            [Lesion::Irf, Lesion::Srf, Lesion::Srf]
        );
        let cyst = &found[0];
        assert_eq!((cyst.at_um, cyst.width_um, cyst.height_um), (-50.0, 100.0, 8.0));
        assert_eq!((cyst.area_um2, cyst.layer), (17.0 * 40.0, Some(LayerName::Inl)));
    }

    #[test]
    fn wishes_share_lesions_as_well_as_can_be() {
        // Wish 0 takes any, wish 1 only the first: a greedy choice would leave wish 1 without.
        let fits = |wish: usize, lesion: usize| wish == 0 || lesion == 0;
        assert_eq!(matched(&[1, 1], 2, fits), [1, 1]);
        assert_eq!(matched(&[3, 1], 2, fits), [2, 0]);
        assert_eq!(matched(&[], 2, fits), [0; 0]);
    }
}
