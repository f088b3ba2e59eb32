//! Dynamic region masking: lesions of the condition are dimmed at random while training, so that the
//! network learns to read their surroundings too (the paper's DRM; algorithms 1.3).
//!
//! The paper defines it on one intensity plane, where a dimmed code lands on another code. On one-hot
//! planes only the lesion plane is touched and nothing is confused: `plane * a` with `a = 0` with some
//! probability and uniform in `0..1` otherwise.

use serde::{Deserialize, Serialize};

use crate::dataset::noise::Draws;

/// What shares one draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrmScope {
    /// Every pixel its own: the paper's formula as printed.
    Pixel,
    /// The whole plane of a sample.
    Image,
}

/// How often and how much to dim.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drm {
    /// Share of the samples that are touched at all. The literal paper is 1, but then the clean mask of
    /// synthesis is never seen in training.
    pub apply_probability: f64,
    /// Probability of `a = 0` (not stated in the paper).
    pub zero_probability: f64,
    pub scope: DrmScope,
}

impl Default for Drm {
    fn default() -> Self {
        Self { apply_probability: 0.5, zero_probability: 0.5, scope: DrmScope::Pixel }
    }
}

impl Drm {
    /// Dims one sample's lesion plane (`[height * width]`, 0 or 1) in place.
    ///
    /// # Panics
    /// If a probability is outside `0..=1`.
    pub fn apply(&self, lesion_plane: &mut [f32], draws: &mut Draws) {
        for probability in [self.apply_probability, self.zero_probability] {
            assert!((0.0..=1.0).contains(&probability), "probability {probability}");
        }
        if !draws.chance(self.apply_probability) {
            return;
        }
        match self.scope {
            DrmScope::Pixel => {
                // Only lit pixels draw: dimming nothing changes nothing, and lesions are small.
                for value in lesion_plane.iter_mut().filter(|value| **value != 0.0) {
                    *value *= self.draw(draws);
                }
            }
            DrmScope::Image => {
                let factor = self.draw(draws);
                for value in lesion_plane {
                    *value *= factor;
                }
            }
        }
    }

    fn draw(&self, draws: &mut Draws) -> f32 {
        if draws.chance(self.zero_probability) { 0.0 } else { draws.uniform() as f32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lit(count: usize) -> Vec<f32> {
        (0..2 * count).map(|index| (index % 2) as f32).collect()
    }

    #[test]
    fn dims_lit_pixels_alone_with_the_stated_share_of_zeros() {
        let drm = Drm { apply_probability: 1.0, zero_probability: 0.3, scope: DrmScope::Pixel };
        let mut plane = lit(20_000);
        drm.apply(&mut plane, &mut Draws::new(7, 0, 0));
        assert!(plane.iter().step_by(2).all(|&value| value == 0.0));
        let dimmed: Vec<f32> = plane.iter().skip(1).step_by(2).copied().collect();
        let zeros = dimmed.iter().filter(|&&value| value == 0.0).count() as f64 / dimmed.len() as f64;
        let mean = dimmed.iter().map(|&value| f64::from(value)).sum::<f64>() / dimmed.len() as f64;
        assert!((zeros - 0.3).abs() < 0.015, "{zeros}");
        assert!((mean - 0.35).abs() < 0.01, "{mean}");
    }

    #[test]
    fn one_draw_for_the_whole_image() {
        let drm = Drm { apply_probability: 1.0, zero_probability: 0.0, scope: DrmScope::Image };
        let mut plane = lit(50);
        drm.apply(&mut plane, &mut Draws::new(7, 0, 1));
        assert!(plane[1] > 0.0 && plane[1] < 1.0);
        assert!(plane.iter().skip(1).step_by(2).all(|&value| value == plane[1]));
    }

    #[test]
    fn depends_on_the_event_alone_and_can_be_off() {
        let run = |event| {
            let mut plane = lit(100);
            Drm::default().apply(&mut plane, &mut Draws::new(1, 2, event));
            plane
        };
        assert_eq!(run(3), run(3));
        let touched = (0..200).filter(|&event| run(event) != lit(100)).count();
        assert!((70..130).contains(&touched), "{touched} of 200");
        let off = Drm { apply_probability: 0.0, ..Drm::default() };
        let mut plane = lit(100);
        off.apply(&mut plane, &mut Draws::new(1, 2, 3));
        assert_eq!(plane, lit(100));
    }
}
