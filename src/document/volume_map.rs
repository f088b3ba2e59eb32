//! Where the samples of a volume's thickness map lie, and its fovea: the window and the files say the same of them.

use super::Document;
use crate::mask::Fovea;
use crate::mask::en_face::Grid;

/// Why a volume has no map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMap {
    /// The size of a pixel or the distance of the B-scans is unknown.
    Spacing,
    /// The B-scans have different sizes or pixel sizes.
    Uneven,
}

impl Document {
    /// Where the samples of its thickness map lie.
    ///
    /// # Errors
    /// Why it has none.
    pub fn map_grid(&self) -> Result<Grid, NoMap> {
        let first = &self.pages[0].scan;
        let is_even = self
            .pages
            .iter()
            .all(|page| page.scan.width() == first.width() && page.scan.spacing == first.spacing);
        match (first.spacing, self.b_scan_distance_um) {
            _ if !is_even => Err(NoMap::Uneven),
            (Some(spacing), Some(b_scan_distance_um)) => {
                Ok(Grid { lateral_um: spacing.lateral_um_per_px, b_scan_distance_um })
            }
            _ => Err(NoMap::Spacing),
        }
    }

    /// The fovea as shares of the map, from its first column and its first B-scan: where it was set by hand, else where
    /// the layers of a B-scan show it best, else the middle. `found` is what the layers of each B-scan show.
    pub fn map_fovea(&self, found: &[Option<Fovea>]) -> [f32; 2] {
        let width = self.pages[0].scan.width().max(1) as f32;
        let share =
            |page: usize, column: f32| [column / width, (page as f32 + 0.5) / self.pages.len() as f32];
        let pages = self.pages.iter().enumerate();
        let set = pages.clone().find_map(|(page, of)| Some(share(page, of.scan.fovea_column?)));
        let certain = found.iter().enumerate().filter_map(|(page, fovea)| fovea.map(|f| (page, f)));
        let best = certain.max_by(|(_, a), (_, b)| a.confidence.total_cmp(&b.confidence));
        set.or(best.map(|(page, fovea)| share(page, fovea.column))).unwrap_or([0.5, 0.5])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Mask;
    use crate::scan::{BScan, Spacing};

    fn volume(pages: usize) -> Document {
        let scan = BScan { spacing: Spacing::checked(4.0, 10.0), ..BScan::placeholder(100, 20, "scan") };
        let mut document = Document::from_scan(scan, Mask::unannotated(100, 20));
        document.pages = vec![document.pages[0].clone(); pages];
        document
    }

    #[test]
    fn a_map_needs_every_distance_and_b_scans_of_one_size() {
        let mut document = volume(4);
        assert_eq!(document.map_grid(), Err(NoMap::Spacing));
        document.b_scan_distance_um = Some(120.0);
        assert_eq!(document.map_grid(), Ok(Grid { lateral_um: 10.0, b_scan_distance_um: 120.0 }));
        document.pages[3] = volume_page(90);
        assert_eq!(document.map_grid(), Err(NoMap::Uneven));
    }

    fn volume_page(width: u32) -> super::super::Page {
        let scan = BScan { spacing: Spacing::checked(4.0, 10.0), ..BScan::placeholder(width, 20, "scan") };
        super::super::Page::new(scan, Mask::unannotated(width, 20))
    }

    #[test]
    fn a_fovea_by_hand_comes_before_the_best_that_was_found() {
        let mut document = volume(4);
        assert_eq!(document.map_fovea(&[]), [0.5, 0.5]);
        let found = |column, confidence| Some(Fovea { column, confidence });
        let seen = [None, found(30.0, 0.6), found(40.0, 0.8), None];
        assert_eq!(document.map_fovea(&seen), [0.4, 2.5 / 4.0]);
        let scan = BScan { fovea_column: Some(70.0), ..(*document.pages[3].scan).clone() };
        document.pages[3].scan = scan.into();
        assert_eq!(document.map_fovea(&seen), [0.7, 3.5 / 4.0]);
    }
}
