//! Watches whether a run begins to draw the scans it was trained on.

use rayon::prelude::*;

use super::source::Source;
use crate::dataset::samples::Sample;
use crate::metrics::memorisation::{Fingerprint, nearest_training_distance};
use crate::scan::GreyImage;

/// Sheets in a row that must agree before a run ends early.
const SHEETS_IN_A_ROW: usize = 2;

/// The scans of a run as small copies, and what was measured so far.
#[derive(Debug)]
pub struct Memorisation {
    training: Vec<Fingerprint>,
    /// Distance of held-out scans to their nearest training scan.
    held_out: Option<f64>,
    /// Distances of the pictures as parts of `held_out`, oldest first.
    ratios: Vec<f64>,
}

impl Memorisation {
    /// Watches nothing.
    pub fn none() -> Self {
        Self { training: Vec::new(), held_out: None, ratios: Vec::new() }
    }

    /// Nothing measured yet.
    ///
    /// Scans that are streamed and masks are not watched: they have no labelled scans to be near to.
    pub fn new(source: &Source) -> Self {
        let Source::Labelled(samples) = source else {
            return Self::none();
        };
        let prints = |samples: &[Sample]| -> Vec<Fingerprint> {
            samples
                .par_iter()
                .map(|sample| {
                    let (width, height) = (sample.width as u32, sample.height as u32);
                    Fingerprint::of(&GreyImage::new(width, height, sample.image.clone()))
                })
                .collect()
        };
        let training = prints(&samples.training);
        let held_out = nearest_training_distance(&prints(&samples.validation), &training);
        Self { training, held_out, ratios: Vec::new() }
    }

    /// Distances to the nearest training scan of pictures and of held-out scans; `None` without either.
    pub fn measure<'a>(&mut self, pictures: impl Iterator<Item = &'a GreyImage>) -> Option<(f64, f64)> {
        let prints: Vec<Fingerprint> = pictures.map(Fingerprint::of).collect();
        let synthetic = nearest_training_distance(&prints, &self.training)?;
        let held_out = self.held_out.filter(|&distance| distance > 0.0)?;
        self.ratios.push(synthetic / held_out);
        Some((synthetic, held_out))
    }

    /// Whether the last sheets lay nearer than the part `stop` of the held-out distance; never for 0.
    pub fn asks_to_stop(&self, stop: f64) -> bool {
        stop > 0.0
            && self.ratios.len() >= SHEETS_IN_A_ROW
            && self.ratios.iter().rev().take(SHEETS_IN_A_ROW).all(|&ratio| ratio < stop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_near_sheets_in_a_row_end_a_run_if_it_is_asked_for() {
        let with = |ratios: &[f64]| Memorisation {
            training: Vec::new(),
            held_out: Some(1.0),
            ratios: ratios.to_vec(),
        };
        assert!(!with(&[0.1]).asks_to_stop(0.5));
        assert!(!with(&[0.1, 0.9]).asks_to_stop(0.5));
        assert!(with(&[0.9, 0.2, 0.1]).asks_to_stop(0.5));
        assert!(!with(&[0.2, 0.1]).asks_to_stop(0.0));
    }
}
