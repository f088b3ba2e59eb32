//! A study of graders: two or more people drew the labels of one set, each without seeing the others', and the study says
//! how far they agree - which is how far any machine can be asked to.
//!
//! Every two graders are compared scan by scan ([`pair`]): each interface in um, each kind of fluid by Dice and by whether it
//! was seen at all (kappa), thickness and area by their differences (Bland & Altman 1986). The page ([`report`]) names
//! graders by letters in an order of chance; whose letter is whose stands in a file of its own.

mod graded_scan;
mod pair;
mod report;
mod spread;

use serde::Serialize;

pub use graded_scan::GradedScan;
pub use pair::{PairStudy, ScanAgreement};
pub use report::{page, table};
pub use spread::{BlandAltman, FiveNumbers};

use super::ReviewError;
use crate::mask::random::SeededRandom;
use crate::scan::Spacing;

/// The whole study.
#[derive(Clone, Debug, Serialize)]
pub struct Study {
    /// Of the report's format.
    pub version: u32,
    /// Letters: [`Study::letters`] says in which order.
    pub graders: Vec<String>,
    /// Names of the scans that were graded.
    pub scans: Vec<String>,
    /// Size of a pixel in um: down, across.
    pub pixel_um: [f32; 2],
    /// Every two graders who drew a scan in common.
    pub pairs: Vec<PairStudy>,
}

impl Study {
    /// Compares every two graders. Where two masks of a scan are not of one size, nothing can be said.
    ///
    /// # Errors
    /// If there are fewer than two graders, no scan that two of them drew, or masks of one scan of different sizes.
    pub fn of(scans: &[GradedScan], graders: usize, spacing: Spacing) -> Result<Self, ReviewError> {
        if graders < 2 {
            return Err(ReviewError::refused(
                format!("{graders} grader cannot be compared"),
                "name the folders of two or more with --grader NAME=DIR",
            ));
        }
        let mut pairs = Vec::new();
        for first in 0..graders {
            for second in first + 1..graders {
                pairs.extend(PairStudy::of(scans, [first, second], spacing)?);
            }
        }
        if pairs.is_empty() {
            return Err(ReviewError::refused(
                "no two graders drew a scan in common",
                "give the label pictures of one scan the same name in every grader's folder",
            ));
        }
        Ok(Self {
            version: 1,
            graders: (0..graders).map(letter).collect(),
            scans: scans.iter().map(|scan| scan.name.clone()).collect(),
            pixel_um: [spacing.axial_um_per_px, spacing.lateral_um_per_px],
            pairs,
        })
    }

    /// An order of graders by chance: which of them is A, B, ...
    pub fn letters(graders: usize, seed: u64) -> Vec<usize> {
        let mut random = SeededRandom::new(seed);
        let mut order: Vec<usize> = (0..graders).collect();
        for last in (1..graders).rev() {
            order.swap(last, random.index(last + 1));
        }
        order
    }
}

/// A to Z, then by number.
fn letter(index: usize) -> String {
    match u8::try_from(index) {
        Ok(index) if index < 26 => char::from(b'A' + index).to_string(),
        _ => format!("grader {}", index + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_drawn_and_nobody_is_left_out() {
        let order = Study::letters(5, 3);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!((sorted, order), (vec![0, 1, 2, 3, 4], Study::letters(5, 3)));
        assert!((0..20).any(|seed| Study::letters(5, seed) != [0, 1, 2, 3, 4]));
        assert_eq!([letter(0), letter(25), letter(26)], ["A", "Z", "grader 27"]);
    }
}
