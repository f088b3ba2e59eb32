//! Whether a segmenter that sees a picture alone finds in it the mask that the picture was drawn from.
//!
//! Beside it stands the same segmenter on the real scans of the same masks, which it does not read without mistakes
//! either. Pictures may be read worse by [`MAX_BELOW`], all classes together and fluid alone. The margin is a convention,
//! fixed before any model was held against it: the interval of the real scans would be no better one, for with the two
//! eyes at hand that of fluid spans a quarter, so that its lower end lets nearly everything pass, and the fewer the eyes
//! the more. Being read better is no fault: graders' lines lie beside the edges of real scans, a drawn edge lies where
//! its mask has it.
//!
//! For the same reason a painter is read well, whose edges are those of the mask to the pixel. So where it passes this line
//! the line shows nothing about a model, and whoever reports it must say so and not count it.

use serde::Serialize;

use super::criteria::Criterion;
use crate::dataset::split::eye_of;
use crate::metrics::segmentation::FLUID;
use crate::metrics::segmentation::bootstrap::{Interval, cluster_bootstrap};
use crate::metrics::segmentation::confusion::Confusion;

/// How far below the real scans' Dice that of pictures may be.
pub const MAX_BELOW: f64 = 0.05;
/// Seed of the resamples.
const BOOTSTRAP_SEED: u64 = 0;

/// What a segmenter found in a set of pictures, eye by eye.
#[derive(Clone, Debug, Default)]
pub struct FoundAgain {
    eyes: Vec<(String, Vec<Confusion>)>,
}

/// How well a set of pictures is read: Dice of all pixels together, with intervals by resampled eyes and pictures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// Mean of the seven layers and fluid, as far as they are there; `None` without any.
    pub mean_dice: Option<Interval>,
    /// Of fluid; `None` where neither the masks nor the segmenter have any.
    pub fluid_dice: Option<Interval>,
}

impl FoundAgain {
    /// Adds the counts of a picture of a subject's mask: the mask's classes against the segmenter's.
    pub fn add(&mut self, subject: &str, counts: Confusion) {
        let eye = eye_of(subject);
        match self.eyes.iter_mut().find(|(known, _)| known.as_str() == eye) {
            Some((_, pictures)) => pictures.push(counts),
            None => self.eyes.push((eye.into_owned(), vec![counts])),
        }
    }

    /// The figures of all pictures.
    pub fn agreement(&self) -> Agreement {
        let eyes: Vec<Vec<Confusion>> = self.eyes.iter().map(|(_, pictures)| pictures.clone()).collect();
        let of = |figure: fn(&Confusion) -> Option<f64>| {
            cluster_bootstrap(&eyes, BOOTSTRAP_SEED, |pictures| {
                figure(&Confusion::sum(pictures.iter().copied()))
            })
        };
        Agreement { mean_dice: of(Confusion::mean_dice), fluid_dice: of(|counts| counts.dice(FLUID)) }
    }
}

impl Agreement {
    /// The line of these pictures beside the real scans of the same masks.
    pub fn criterion(&self, real: &Self) -> Criterion {
        let is_near = |found: Option<Interval>, real: Option<Interval>| match (found, real) {
            (Some(found), Some(real)) => found.estimate >= real.estimate - MAX_BELOW,
            (None, Some(_)) => false,
            (_, None) => true,
        };
        Criterion {
            name: "masks found again by a segmenter, Dice",
            measured: format!(
                "seven layers and fluid {}, fluid alone {}",
                shown(self.mean_dice),
                shown(self.fluid_dice)
            ),
            value: self.mean_dice.map(|found| found.estimate),
            required: format!("at most {MAX_BELOW} below the real scans, all classes and fluid alone"),
            passed: real.mean_dice.is_some()
                && is_near(self.mean_dice, real.mean_dice)
                && is_near(self.fluid_dice, real.fluid_dice),
            holds_between_eyes: false,
        }
    }
}

fn shown(figure: Option<Interval>) -> String {
    figure.map_or_else(
        || "–".to_owned(),
        |figure| format!("{:.3} ({:.3} to {:.3})", figure.estimate, figure.low, figure.high),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::segmentation::LabelledPair;
    use crate::scan::Spacing;

    /// Rows of ten pixels with the codes 0, 4 and 9; of `missed` pixels in a row of fluid the segmenter makes layer.
    fn counts(missed: usize) -> Confusion {
        let truth: Vec<u8> = [0, 4, 9].iter().flat_map(|&code| [code; 10]).collect();
        let mut predicted = truth.clone();
        predicted[20..20 + missed].fill(4);
        Confusion::of(&LabelledPair {
            size: [10, 3],
            truth: &truth,
            predicted: &predicted,
            scanned: &[true; 30],
            columns: &[true; 10],
            spacing: Spacing { axial_um_per_px: 4.0, lateral_um_per_px: 10.0 },
        })
    }

    fn of(pictures: &[(&str, usize)]) -> Agreement {
        let mut found = FoundAgain::default();
        pictures.iter().for_each(|&(subject, missed)| found.add(subject, counts(missed)));
        found.agreement()
    }

    #[test]
    fn figures_are_of_all_pixels_and_intervals_of_eyes() {
        let found = of(&[("a", 0), ("b", 4), ("a", 0)]);
        // Fluid: 26 of 30 pixels found and none beyond. The layer: 30 found, 4 beyond.
        let (fluid, layer) = (52.0 / 56.0, 60.0 / 64.0);
        let interval = found.fluid_dice.unwrap();
        assert!((interval.estimate - fluid).abs() < 1e-12, "{interval:?}");
        assert!((found.mean_dice.unwrap().estimate - f64::midpoint(fluid, layer)).abs() < 1e-12);
        // Whichever eye is drawn twice decides.
        assert_eq!((interval.low, interval.high), (12.0 / 16.0, 1.0));
        assert_eq!(of(&[]), Agreement { mean_dice: None, fluid_dice: None });
    }

    #[test]
    fn pictures_may_be_read_a_little_worse_and_any_better() {
        let real = of(&[("a", 2), ("b", 2)]);
        let passes = |missed| of(&[("a", missed), ("b", missed)]).criterion(&real).passed;
        // Dice of fluid: 16 of 18, with one more missed 14 of 17.
        assert!(passes(2) && passes(0) && !passes(3) && !passes(10));
        let criterion = real.criterion(&real);
        assert!(criterion.measured.contains("fluid alone 0.889 (0.889 to 0.889)"), "{criterion:?}");
        assert!(criterion.required.contains("at most 0.05 below"), "{criterion:?}");
        assert!(!of(&[]).criterion(&real).passed && !real.criterion(&of(&[])).passed);
    }
}
