//! Dynamic region masking: lesions of the condition are dimmed at random while training, so that the
//! network learns to read their surroundings too (the paper's DRM; algorithms 1.3).
//!
//! `plane * a` where the plane says lesion, with `a = 0` with some probability and uniform in `0..1`
//! otherwise. On one-hot planes nothing is confused by it. On the paper's one intensity plane a dimmed lesion
//! lands on the value of another class: that is the paper's formula, and what its network learns from.

use serde::{Deserialize, Serialize};

use crate::encoding::noise::Rng;

/// What shares one draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrmScope {
    /// Every pixel its own: the paper's formula as printed.
    Pixel,
    /// Every lesion its own: the pixels of a class that touch by sides or corners.
    Component,
    /// All lesions of a sample.
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
    /// What a threshold is taken over.
    pub scope: DrmScope,
}

impl Default for Drm {
    fn default() -> Self {
        Self { apply_probability: 0.5, zero_probability: 0.5, scope: DrmScope::Pixel }
    }
}

impl Drm {
    /// Dims the lesions of one sample's condition (`[plane][row][column]`) in place: where a plane holds the value
    /// that a class of lesions has in it ([`LabelScheme::lesion_planes`](crate::encoding::LabelScheme::lesion_planes)).
    /// Whether the sample is touched is one draw, whatever the number of classes.
    ///
    /// # Panics
    /// If a probability is outside `0..=1`, or the condition has no such plane.
    pub fn apply(
        &self,
        condition: &mut [f32],
        [rows, columns]: [usize; 2],
        lesions: &[(usize, f32)],
        rng: &mut Rng,
    ) {
        for probability in [self.apply_probability, self.zero_probability] {
            assert!((0.0..=1.0).contains(&probability), "probability {probability}");
        }
        if lesions.is_empty() || !rng.chance(self.apply_probability) {
            return;
        }
        let of_image = match self.scope {
            DrmScope::Image => self.draw(rng),
            DrmScope::Pixel | DrmScope::Component => 1.0,
        };
        let pixels = rows * columns;
        for &(plane, lesion_value) in lesions {
            let plane = &mut condition[plane * pixels..][..pixels];
            match self.scope {
                DrmScope::Pixel => {
                    // Only lesions draw: they are small.
                    for value in plane.iter_mut().filter(|value| **value == lesion_value) {
                        *value *= self.draw(rng);
                    }
                }
                DrmScope::Component => {
                    for component in components(plane, columns, lesion_value) {
                        let factor = self.draw(rng);
                        component.into_iter().for_each(|pixel| plane[pixel] *= factor);
                    }
                }
                DrmScope::Image => {
                    for value in plane.iter_mut().filter(|value| **value == lesion_value) {
                        *value *= of_image;
                    }
                }
            }
        }
    }

    fn draw(&self, rng: &mut Rng) -> f32 {
        if rng.chance(self.zero_probability) { 0.0 } else { rng.uniform() as f32 }
    }
}

/// The pixels of a value in groups that touch by sides or corners, in the order of their first pixels.
fn components(plane: &[f32], columns: usize, value: f32) -> Vec<Vec<usize>> {
    let rows = plane.len() / columns.max(1);
    let mut is_left: Vec<bool> = plane.iter().map(|&found| found == value).collect();
    let mut found = Vec::new();
    for first in 0..plane.len() {
        if !std::mem::take(&mut is_left[first]) {
            continue;
        }
        let mut component = vec![first];
        let mut next = 0;
        while let Some(&pixel) = component.get(next) {
            next += 1;
            let (y, x) = (pixel / columns, pixel % columns);
            for y in y.saturating_sub(1)..(y + 2).min(rows) {
                for x in x.saturating_sub(1)..(x + 2).min(columns) {
                    if std::mem::take(&mut is_left[y * columns + x]) {
                        component.push(y * columns + x);
                    }
                }
            }
        }
        found.push(component);
    }
    found
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
        drm.apply(&mut plane, [200, 200], &[(0, 1.0)], &mut Rng::new(7, 0, 0));
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
        drm.apply(&mut plane, [10, 10], &[(0, 1.0)], &mut Rng::new(7, 0, 1));
        assert!(plane[1] > 0.0 && plane[1] < 1.0);
        assert!(plane.iter().skip(1).step_by(2).all(|&value| value == plane[1]));
    }

    #[test]
    fn layers_of_a_scalar_plane_stay_whole() {
        let drm = Drm { apply_probability: 1.0, zero_probability: 0.5, scope: DrmScope::Pixel };
        for scope in [DrmScope::Pixel, DrmScope::Component, DrmScope::Image] {
            let mut plane: Vec<f32> = (0..90).map(|pixel| (pixel % 9) as f32 / 8.0).collect();
            let before = plane.clone();
            Drm { scope, ..drm }.apply(&mut plane, [10, 9], &[(0, 1.0)], &mut Rng::new(7, 0, 2));
            for (&now, &then) in plane.iter().zip(&before) {
                assert!(if then == 1.0 { now < 1.0 } else { now == then }, "{then} became {now}");
            }
        }
    }

    #[test]
    fn every_lesion_has_a_draw_of_its_own() {
        // Two cysts, the first of which hangs together by a corner, in a plane of 6 x 5; the other plane is layers.
        let drawn = [
            "11...", //
            "..1..", ".....", "...11", "...11", ".....",
        ];
        let cysts: Vec<f32> =
            drawn.iter().flat_map(|row| row.chars().map(|c| if c == '1' { 1.0 } else { 0.0 })).collect();
        let before = [vec![1.0; 30], cysts].concat();
        let drm = Drm { apply_probability: 1.0, zero_probability: 0.0, scope: DrmScope::Component };
        let mut condition = before.clone();
        drm.apply(&mut condition, [6, 5], &[(1, 1.0)], &mut Rng::new(7, 0, 2));
        assert_eq!(condition[..30], before[..30], "layers are left alone");
        let at = |y: usize, x: usize| condition[30 + y * 5 + x];
        assert!(at(0, 0) > 0.0 && at(0, 0) < 1.0 && at(3, 3) > 0.0 && at(3, 3) < 1.0);
        assert_eq!([at(0, 0); 2], [at(0, 1), at(1, 2)], "one lesion, one factor");
        assert_eq!([at(3, 3); 3], [at(3, 4), at(4, 3), at(4, 4)]);
        assert_ne!(at(0, 0), at(3, 3));
        let mut again = before;
        drm.apply(&mut again, [6, 5], &[(1, 1.0)], &mut Rng::new(7, 0, 2));
        assert_eq!(again, condition);
    }

    #[test]
    fn lesions_of_several_planes_are_dimmed_together_or_not_at_all() {
        let lesions = [(0, 1.0), (2, 1.0)];
        let of_image = Drm { apply_probability: 0.5, zero_probability: 0.0, scope: DrmScope::Image };
        for event in 0..20 {
            let mut condition = vec![1.0; 12];
            of_image.apply(&mut condition, [2, 2], &lesions, &mut Rng::new(3, 0, event));
            assert_eq!(condition[..4], condition[8..], "one factor for all lesions of a sample");
            assert_eq!(condition[4..8], [1.0; 4]);
        }
        let of_pixels = Drm { scope: DrmScope::Pixel, apply_probability: 1.0, ..of_image };
        let mut condition = vec![1.0; 12];
        of_pixels.apply(&mut condition, [2, 2], &lesions, &mut Rng::new(3, 0, 0));
        assert!(condition[..4].iter().chain(&condition[8..]).all(|&value| value < 1.0));
    }

    #[test]
    fn depends_on_the_event_alone_and_can_be_off() {
        let run = |event| {
            let mut plane = lit(100);
            Drm::default().apply(&mut plane, [10, 20], &[(0, 1.0)], &mut Rng::new(1, 2, event));
            plane
        };
        assert_eq!(run(3), run(3));
        let touched = (0..200).filter(|&event| run(event) != lit(100)).count();
        assert!((70..130).contains(&touched), "{touched} of 200");
        let off = Drm { apply_probability: 0.0, ..Drm::default() };
        let mut plane = lit(100);
        off.apply(&mut plane, [10, 20], &[(0, 1.0)], &mut Rng::new(1, 2, 3));
        assert_eq!(plane, lit(100));
    }
}
