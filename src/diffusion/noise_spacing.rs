//! Which noise levels a synthesis visits: an option of every sampler.
//!
//! Even steps in time are made for the noise that single pixels see and jump over the levels at which the brightness
//! of a whole eye is decided; even steps in the logarithm of the noise, or those of Karras et al. (2022), spend a
//! part of the same number of evaluations there.

use serde::{Deserialize, Serialize};

use super::schedule::{NoiseLevel, Schedule};

/// Most and least noise over picture (`sigma / alpha`) of the spacings by noise, and the bend of Karras et al.: the
/// values of their equation 5 with what their table 1 has for pictures in [-1, 1], the least noise raised to where
/// eight grey values end.
pub const MAX_NOISE: f64 = 80.0;
/// The least noise, in the same terms.
pub const LEAST_NOISE: f64 = 0.02;
const RHO: f64 = 7.0;

/// How the noise levels of a synthesis are spaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum NoiseSpacing {
    /// Evenly in the time of the schedule. What a file means that says nothing: there was no other once.
    #[default]
    Time,
    /// Karras et al. (2022): evenly in the seventh root of the noise.
    Karras,
    /// Evenly in the logarithm of the noise (Lu et al. 2022).
    LogSnr,
}

impl NoiseSpacing {
    /// What scans are drawn with where nobody asks for another: with the bundled model 17 of 18 lines of `evaluate
    /// fidelity` pass, 14 evenly in time (card of the live model).
    pub const USUAL: NoiseSpacing = NoiseSpacing::LogSnr;

    /// All spacings.
    pub const ALL: [NoiseSpacing; 3] = [NoiseSpacing::Time, NoiseSpacing::Karras, NoiseSpacing::LogSnr];

    /// As shown to the user and written into files.
    pub fn name(self) -> &'static str {
        match self {
            NoiseSpacing::Time => "even in time",
            NoiseSpacing::Karras => "Karras",
            NoiseSpacing::LogSnr => "even in log-SNR",
        }
    }

    /// `steps` noise levels (`sigma / alpha`) falling from `most` to the least; `None` for spacing by time.
    pub fn levels(self, most: f64, steps: u32) -> Option<Vec<f64>> {
        let least = LEAST_NOISE.min(0.5 * most);
        let share = |index: u32| f64::from(index) / f64::from(steps.max(2) - 1);
        let level = |index: u32| match self {
            NoiseSpacing::Time => None,
            NoiseSpacing::Karras => {
                let [first, last] = [most, least].map(|noise| noise.powf(1.0 / RHO));
                Some((first + share(index) * (last - first)).powf(RHO))
            }
            NoiseSpacing::LogSnr => {
                let [first, last] = [most, least].map(f64::ln);
                Some((first + share(index) * (last - first)).exp())
            }
        };
        (0..steps).map(level).collect()
    }
}

impl Schedule {
    /// [`Schedule::sampling_noise_levels_from`] with a spacing of the noise levels. One step always begins at the end
    /// of the schedule (or where `strength` says); a discrete schedule takes its nearest steps, each once.
    ///
    /// # Panics
    /// As [`Schedule::sampling_noise_levels_from`].
    pub fn spaced_noise_levels(&self, spacing: NoiseSpacing, strength: f64, steps: u32) -> Vec<NoiseLevel> {
        let even = self.sampling_noise_levels_from(strength, steps);
        let first = even[0];
        let most = (first.sigma / first.alpha).min(MAX_NOISE);
        let Some(levels) = spacing.levels(most, steps).filter(|_| steps > 1) else { return even };
        let mut noise_levels: Vec<NoiseLevel> =
            match levels.iter().map(|&noise| self.noise_level_of_ratio(noise)).collect() {
                Some(noise_levels) => noise_levels,
                None => self.nearest_steps(&levels),
            };
        noise_levels.push(NoiseLevel::CLEAN);
        noise_levels
    }

    /// The steps of a discrete schedule that are nearest to falling noise levels, each taken once.
    fn nearest_steps(&self, levels: &[f64]) -> Vec<NoiseLevel> {
        let steps = self.discrete_steps().expect("continuous schedules have a noise level for any ratio");
        let all = self.noise_levels_at_steps(&(0..steps).collect::<Vec<u32>>());
        let mut below = all.len();
        (0..levels.len())
            .map(|index| {
                let left = levels.len() - 1 - index;
                let above = all.partition_point(|level| level.sigma < levels[index] * level.alpha);
                below = above.min(below - 1).max(left);
                all[below]
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_those_of_the_reference() {
        // k_diffusion.sampling.get_sigmas_karras(5, 0.02, 80., rho=7.) and np.geomspace(80, 0.02, 5), in double
        // precision (`tests/reference/noise_levels_reference.py`).
        let reference: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/reference/noise_levels.json")).unwrap();
        for (spacing, name) in [(NoiseSpacing::Karras, "karras"), (NoiseSpacing::LogSnr, "log_snr")] {
            for case in reference[name].as_array().unwrap() {
                let expected: Vec<f64> =
                    case["levels"].as_array().unwrap().iter().map(|level| level.as_f64().unwrap()).collect();
                let levels = spacing.levels(case["most"].as_f64().unwrap(), expected.len() as u32).unwrap();
                for (level, expected) in levels.iter().zip(&expected) {
                    assert!((level / expected - 1.0).abs() < 1e-9, "{name}: {level} and {expected}");
                }
            }
        }
        assert_eq!(NoiseSpacing::Time.levels(80.0, 5), None);
    }

    #[test]
    fn noise_levels_only_fall_on_every_schedule() {
        for schedule in [Schedule::live(), Schedule::paper()] {
            for spacing in NoiseSpacing::ALL {
                for (steps, strength) in [(1, 1.0), (2, 1.0), (8, 1.0), (16, 0.5), (50, 1.0), (4, 0.02)] {
                    let noise_levels = schedule.spaced_noise_levels(spacing, strength, steps);
                    assert_eq!(noise_levels.len(), steps as usize + 1, "{spacing:?} {steps}");
                    assert!(
                        noise_levels.windows(2).all(|pair| pair[1].sigma < pair[0].sigma),
                        "{spacing:?} {steps}"
                    );
                    assert_eq!(noise_levels[steps as usize], NoiseLevel::CLEAN);
                }
            }
        }
        let schedule = Schedule::live();
        assert_eq!(
            schedule.spaced_noise_levels(NoiseSpacing::Time, 1.0, 8),
            schedule.sampling_noise_levels(8)
        );
        assert_eq!(
            schedule.spaced_noise_levels(NoiseSpacing::Karras, 1.0, 1),
            schedule.sampling_noise_levels(1)
        );
    }

    #[test]
    fn karras_spends_more_steps_at_much_noise() {
        let much = |spacing| {
            let noise_levels =
                Schedule::CosineShifted { log_snr_shift: 2.1 }.spaced_noise_levels(spacing, 1.0, 12);
            noise_levels.iter().filter(|level| level.sigma > 3.0 * level.alpha).count()
        };
        assert_eq!((much(NoiseSpacing::Time), much(NoiseSpacing::Karras)), (1, 6));
    }
}
