//! Which strips a training step takes: how many, how wide, and at how much noise.

use serde::{Deserialize, Serialize};

use crate::diffusion::Schedule;
use crate::diffusion::schedule::TIME_SCALE;

/// Steps with a few wide strips among those with many narrow ones, for context: the brightness of an eye, the bend
/// of a retina.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WideStrips {
    /// One step of so many; 0 for none.
    pub every: u64,
    /// Columns of a strip in such a step, which takes as many strips as make the usual number of columns.
    pub columns: usize,
}

impl Default for WideStrips {
    fn default() -> Self {
        Self { every: 0, columns: 384 }
    }
}

/// A share of the strips at much noise, where the brightness of a whole scan is decided: even draws over a schedule
/// for single pixels hardly visit it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HighNoise {
    /// Share of the strips; 0 leaves the draws even in time.
    pub share: f64,
    /// Much noise is more than so many times the picture (`sigma / alpha`).
    pub above: f64,
}

impl Default for HighNoise {
    fn default() -> Self {
        Self { share: 0.0, above: 3.0 }
    }
}

impl HighNoise {
    /// The time in `0..=1` for a place in `0..=1`: places are spread evenly, times have their share at much noise.
    pub fn time_at(&self, place: f64, schedule: &Schedule) -> f64 {
        let Some(edge) = self.edge(schedule) else { return place };
        let below = 1.0 - self.share;
        if place < below { place / below * edge } else { edge + (place - below) / self.share * (1.0 - edge) }
    }

    /// The time from which on noise is much; `None` where draws are even.
    fn edge(&self, schedule: &Schedule) -> Option<f64> {
        let edge = schedule.noise_level_of_ratio(self.above)?.time / TIME_SCALE;
        (self.share > 0.0).then_some(edge)
    }

    /// Whether the numbers make sense with a schedule.
    ///
    /// # Errors
    /// If a number is out of its range, or the schedule is of single steps.
    pub fn check(&self, schedule: &Schedule) -> Result<(), String> {
        if !(0.0..1.0).contains(&self.share) {
            Err(format!("high_noise.share is {}, expected 0 to below 1", self.share))
        } else if !(self.above > 0.0 && self.above.is_finite()) {
            Err(format!("high_noise.above is {}, expected above 0", self.above))
        } else if self.share > 0.0 && self.edge(schedule).is_none() {
            Err("high_noise needs a continuous schedule".to_owned())
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::RunConfig;
    use super::*;

    #[test]
    fn a_quarter_of_even_places_has_much_noise() {
        let schedule = RunConfig::live().schedule;
        let high = HighNoise { share: 0.25, above: 3.0 };
        assert_eq!(high.check(&schedule), Ok(()));
        let noise = |place: f64| {
            let level = schedule.noise_level(high.time_at(place, &schedule));
            level.sigma / level.alpha
        };
        let above = (0..1000).filter(|at| noise((f64::from(*at) + 0.5) / 1000.0) > 3.0).count();
        assert_eq!(above, 250);
        assert!((0..999).all(|at| noise(f64::from(at) / 1000.0) < noise(f64::from(at + 1) / 1000.0)));
        assert_eq!((high.time_at(0.0, &schedule), high.time_at(1.0, &schedule)), (0.0, 1.0));
        let even = HighNoise::default();
        assert_eq!(even.time_at(0.3, &schedule), 0.3);
        assert!(HighNoise { share: 1.0, ..high }.check(&schedule).is_err());
        assert!(high.check(&Schedule::paper()).is_err() && even.check(&Schedule::paper()).is_ok());
    }

    #[test]
    fn a_wide_step_has_as_many_columns_as_a_usual_one() {
        let config = RunConfig { wide: WideStrips { every: 10, columns: 384 }, ..RunConfig::live() };
        let wide: Vec<u64> = (0..30).filter(|&step| config.strips_of(step) == (1, 384)).collect();
        assert_eq!(wide, [9, 19, 29]);
        assert_eq!(config.strips_of(0), (4, 96));
        assert_eq!(RunConfig::live().strips_of(9), (4, 96));
    }
}
