//! How training masks vary: all that keeps a mask anatomical.
//!
//! A mask is moved as lines and fluid together: mirrored, shifted, bent, its layers thickened. Nothing
//! turns it upside down.

use std::f64::consts::TAU;

use serde::{Deserialize, Serialize};

use super::samples::{MaskCut, MaskSample};
use crate::anatomy::INTERFACE_COUNT;
use crate::dataset::noise::Draws;

/// How much masks vary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaskAugmentation {
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

impl Default for MaskAugmentation {
    fn default() -> Self {
        Self {
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
            flip_probability: 0.0,
            shift_px: 0.0,
            bend_px: 0.0,
            lateral_bend_px: 0.0,
            layer_thickness: 0.0,
            retina_thickness: 0.0,
        }
    }

    /// Draws a cut of so many columns of a sample.
    pub fn draw(&self, sample: &MaskSample, columns: usize, draws: &mut Draws) -> MaskCut {
        let signed = |draws: &mut Draws, most: f64| most * (2.0 * draws.uniform() - 1.0);
        let spare = sample.known.len().saturating_sub(columns);
        let mut cut = MaskCut::at(sample.known.start as f64 + draws.below(spare + 1) as f64);
        cut.flip = draws.chance(self.flip_probability);
        cut.shift = signed(draws, self.shift_px);
        for (wave, most) in [(&mut cut.bend, self.bend_px), (&mut cut.lateral_bend, self.lateral_bend_px)] {
            // Two waves, the second finer and lower.
            for (index, wave) in wave.iter_mut().enumerate() {
                let part = if index == 0 { 0.7 } else { 0.3 };
                wave.height = signed(draws, part * most);
                wave.turns = (index as f64 + draws.uniform()) * 1.2;
                wave.phase = TAU * draws.uniform();
            }
        }
        let whole = 1.0 + signed(draws, self.retina_thickness);
        for factor in &mut cut.thickness {
            *factor = whole * (1.0 + signed(draws, self.layer_thickness));
        }
        debug_assert_eq!(cut.thickness.len(), INTERFACE_COUNT - 1);
        cut
    }
}
