//! One lesion: a connected region of a lesion class.

use super::{Connectivity, Mask, Region};
use crate::anatomy::LESION_BASE;

/// A connected lesion as it lies in a mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LesionRegion {
    /// Code in the lesion plane, 1 and up.
    pub code: u8,
    /// Its pixels.
    pub region: Region,
}

impl LesionRegion {
    /// The lesion at a pixel; pixels that touch at a corner are connected.
    pub fn at(mask: &Mask, x: u32, y: u32) -> Option<Self> {
        if x >= mask.width() || y >= mask.height() {
            return None;
        }
        let code = mask.lesions.get(x, y);
        (code != 0)
            .then(|| Self { code, region: Region::connected(&mask.lesions, x, y, Connectivity::Eight) })
    }

    /// Composite code.
    pub fn composite(&self) -> u8 {
        LESION_BASE + self.code
    }

    /// Whether the mask still holds it: every pixel, as annotated lesions go.
    pub fn lies_in(&self, mask: &Mask) -> bool {
        let bounds = self.region.bounds();
        bounds.x1 <= mask.width()
            && bounds.y1 <= mask.height()
            && self
                .region
                .runs()
                .iter()
                .all(|&(y, x0, x1)| (x0..x1).all(|x| mask.lesions.get(x, y) == self.code))
    }

    /// The lesions a region covers: what must come back when it is taken away again.
    pub fn beneath(mask: &Mask, region: &Region) -> Vec<LesionRegion> {
        (1..=crate::anatomy::Lesion::ALL.len() as u8)
            .map(|code| LesionRegion { code, region: region.filtered(|x, y| mask.lesions.get(x, y) == code) })
            .filter(|covered| !covered.region.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Plane;

    #[test]
    fn a_lesion_is_found_whole_and_known_again() {
        let mut mask = Mask { layers: Plane::filled(20, 20, 3), lesions: Plane::filled(20, 20, 0) };
        for (y, x0, x1, code) in [(3, 2, 5, 1), (4, 5, 7, 1), (9, 2, 5, 1), (4, 7, 9, 2)] {
            mask.lesions.fill_run(y, x0, x1, code);
        }
        let Some(found) = LesionRegion::at(&mask, 2, 3) else { panic!("there is a lesion") };
        assert_eq!(found.region.runs(), [(3, 2, 5), (4, 5, 7)]);
        assert!(found.lies_in(&mask));
        assert_eq!(LesionRegion::at(&mask, 0, 0), None);
        assert_eq!(LesionRegion::at(&mask, 99, 0), None);
        let over = Region::from_runs(vec![(4, 6, 8)]);
        let covered = LesionRegion::beneath(&mask, &over);
        assert_eq!(covered.iter().map(|lesion| lesion.code).collect::<Vec<_>>(), [1, 2]);
        mask.lesions.set(5, 4, 2);
        assert!(!found.lies_in(&mask));
    }
}
