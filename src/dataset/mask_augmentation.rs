//! How training masks vary: all that keeps a mask anatomical.
//!
//! A mask is moved as lines and fluid together: mirrored, shifted, bent, its layers thickened. Nothing
//! turns it upside down.

use std::f64::consts::TAU;

use serde::{Deserialize, Serialize};

use super::mask_samples::{MaskCut, MaskSample};
use crate::anatomy::INTERFACE_COUNT;
use crate::encoding::noise::Rng;

/// How much masks vary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaskAugmentation {
    /// Probability that a mask is drawn again until one with fluid comes: few masks have any, and a model that sees
    /// them seldom draws it hardly ever. None in runs begun before it could be chosen.
    #[serde(default = "none_at_all")]
    pub fluid_probability: f64,
    /// Probability of a horizontal flip.
    pub flip_probability: f64,
    /// Largest vertical shift in pixels, up or down.
    pub shift_px: f64,
    /// Largest height of the waves that bend a mask, in pixels; they are wider than a third of it.
    pub bend_px: f64,
    /// Largest lateral displacement by such waves, in pixels.
    pub lateral_bend_px: f64,
    /// Each layer is thicker or thinner by up to this part.
    pub layer_thickness: f64,
    /// The whole retina is thicker or thinner by up to this part.
    pub retina_thickness: f64,
}

fn none_at_all() -> f64 {
    0.0
}

/// Draws after which a set counts as one without fluid.
const MAX_DRAWS: usize = 32;

impl Default for MaskAugmentation {
    fn default() -> Self {
        Self {
            fluid_probability: 0.5,
            flip_probability: 0.5,
            shift_px: 40.0,
            bend_px: 14.0,
            lateral_bend_px: 16.0,
            layer_thickness: 0.15,
            retina_thickness: 0.1,
        }
    }
}

impl MaskAugmentation {
    /// Masks as they are: what the paper states.
    pub fn none() -> Self {
        Self {
            fluid_probability: 0.0,
            flip_probability: 0.0,
            shift_px: 0.0,
            bend_px: 0.0,
            lateral_bend_px: 0.0,
            layer_thickness: 0.0,
            retina_thickness: 0.0,
        }
    }

    /// Draws the sample to show next.
    ///
    /// # Panics
    /// If there are none.
    pub fn choose<'a>(&self, samples: &'a [MaskSample], rng: &mut Rng) -> &'a MaskSample {
        let first = &samples[rng.below(samples.len())];
        if self.fluid_probability == 0.0 || !rng.chance(self.fluid_probability) {
            return first;
        }
        let mut sample = first;
        for _ in 0..MAX_DRAWS {
            if sample.fluid.contains(&true) {
                break;
            }
            sample = &samples[rng.below(samples.len())];
        }
        sample
    }

    /// Draws a cut of so many columns of a sample.
    pub fn draw(&self, sample: &MaskSample, columns: usize, rng: &mut Rng) -> MaskCut {
        let signed = |rng: &mut Rng, most: f64| most * (2.0 * rng.uniform() - 1.0);
        let spare = sample.known.len().saturating_sub(columns);
        let mut cut = MaskCut::at(sample.known.start as f64 + rng.below(spare + 1) as f64);
        cut.flip = rng.chance(self.flip_probability);
        cut.shift = signed(rng, self.shift_px);
        for (wave, most) in [(&mut cut.bend, self.bend_px), (&mut cut.lateral_bend, self.lateral_bend_px)] {
            // Two waves, the second finer and lower.
            for (index, wave) in wave.iter_mut().enumerate() {
                let part = if index == 0 { 0.7 } else { 0.3 };
                wave.height = signed(rng, part * most);
                wave.turns = (index as f64 + rng.uniform()) * 1.2;
                wave.phase = TAU * rng.uniform();
            }
        }
        let whole = 1.0 + signed(rng, self.retina_thickness);
        for factor in &mut cut.thickness {
            *factor = whole * (1.0 + signed(rng, self.layer_thickness));
        }
        debug_assert_eq!(cut.thickness.len(), INTERFACE_COUNT - 1);
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Interfaces;

    #[test]
    fn fluid_is_shown_as_often_as_asked_for() {
        let sample = |index: usize| MaskSample {
            id: index.to_string(),
            subject: "somebody".to_owned(),
            source: String::new(),
            width: 2,
            height: 2,
            lines: Interfaces { rows: std::array::from_fn(|_| vec![0.0; 2]) },
            fluid: vec![index == 3; 4],
            known: 0..2,
        };
        let samples: Vec<MaskSample> = (0..10).map(sample).collect();
        let share = |fluid_probability: f64| {
            let augmentation = MaskAugmentation { fluid_probability, ..MaskAugmentation::none() };
            let with_fluid = (0..2000).filter(|&event| {
                augmentation.choose(&samples, &mut Rng::new(1, 0, event)).fluid.contains(&true)
            });
            with_fluid.count() as f64 / 2000.0
        };
        assert!((share(0.0) - 0.1).abs() < 0.03);
        // Half of them fluid, and a tenth of the others; a few searches end in vain.
        assert!((share(0.5) - 0.54).abs() < 0.04, "{}", share(0.5));
    }
}
