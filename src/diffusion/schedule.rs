//! Noise schedules: how much picture and how much noise there is at every time. Pure numbers, no tensors.

use serde::{Deserialize, Serialize};

/// The largest timestep that a network is given.
pub const TIME_SCALE: f64 = 1000.0;

/// Standard deviation of scans in [-1, 1].
pub const SCAN_DEVIATION: f64 = 0.35;

/// What ReTree's betas begin and end at.
const RETREE_BETA_START: f64 = 1e-4;
const RETREE_BETA_END: f64 = 0.02;

/// One point of a schedule: `x_t = alpha x_0 + sigma eps`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoiseLevel {
    /// The timestep that the network is given, in `0..=1000`.
    pub time: f64,
    /// Share of the picture, 1 at the clean end; 0 where the terminal signal-to-noise ratio is zero.
    pub alpha: f64,
    /// Share of the noise, `sqrt(1 - alpha^2)`.
    pub sigma: f64,
}

impl NoiseLevel {
    /// The end of every synthesis: no noise left.
    pub const CLEAN: NoiseLevel = NoiseLevel { time: 0.0, alpha: 1.0, sigma: 0.0 };

    /// From `alpha_bar = alpha^2`, in `0..=1`.
    fn from_alpha_bar(time: f64, alpha_bar: f64) -> Self {
        assert!((0.0..=1.0).contains(&alpha_bar), "alpha_bar {alpha_bar}");
        Self { time, alpha: alpha_bar.sqrt(), sigma: (1.0 - alpha_bar).sqrt() }
    }

    /// `alpha^2 / sigma^2`, infinite at the clean end.
    pub fn signal_to_noise(self) -> f64 {
        self.alpha * self.alpha / (self.sigma * self.sigma)
    }

    /// `ln(alpha^2 / sigma^2)`; infinite at both exact ends.
    pub fn log_snr(self) -> f64 {
        2.0 * (self.alpha.ln() - self.sigma.ln())
    }
}

/// A variance-preserving noise schedule.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// Ho et al. (2020): `steps` discrete times, betas in equal steps. With `zero_terminal_snr` rescaled so
    /// that the last time is pure noise (Lin et al. 2023, algorithm 1).
    LinearBeta { steps: u32, beta_start: f64, beta_end: f64, zero_terminal_snr: bool },
    /// Continuous cosine schedule with its log-SNR shifted for large pictures (Hoogeboom et al. 2023):
    /// `ln SNR(t) = -2 ln tan(pi t / 2) + log_snr_shift`. Ends at pure noise by itself.
    CosineShifted { log_snr_shift: f64 },
    /// Rombach et al. (2022): square roots of betas in equal steps. What latent diffusion trains with.
    ScaledLinearBeta { steps: u32, beta_start: f64, beta_end: f64 },
    /// ReTree (Alimanov and Islam 2023): `beta_i = |0.02 cos(pi i / 2 (T - 1)) - 0.0199|`, which falls from 1e-4 to
    /// almost nothing before it rises, and leaves a trace of the picture at its end.
    CosineBeta { steps: u32 },
}

impl Schedule {
    /// Latent diffusion's for semantic synthesis.
    pub fn latent_diffusion() -> Self {
        Schedule::ScaledLinearBeta { steps: 1000, beta_start: 0.0015, beta_end: 0.0205 }
    }

    /// ReTree's for pictures.
    pub fn retree() -> Self {
        Schedule::CosineBeta { steps: 1000 }
    }

    /// How many steps a discrete schedule has; `None` for a continuous one.
    pub fn discrete_steps(&self) -> Option<u32> {
        match *self {
            Schedule::LinearBeta { steps, .. }
            | Schedule::ScaledLinearBeta { steps, .. }
            | Schedule::CosineBeta { steps } => Some(steps),
            Schedule::CosineShifted { .. } => None,
        }
    }

    /// The paper's: T = 1000, beta 1e-4 to 0.02 (neither is stated there; Ho et al.'s values).
    pub fn paper() -> Self {
        Schedule::LinearBeta { steps: 1000, beta_start: 1e-4, beta_end: 0.02, zero_terminal_snr: false }
    }

    /// The live model's: cosine, shifted so that half of the time picture and noise are alike for scans, whose
    /// values in [-1, 1] deviate by 0.35.
    pub fn live() -> Self {
        Schedule::for_deviation(SCAN_DEVIATION)
    }

    /// Cosine, shifted so that at half of the time there is as much noise as picture, for pictures that deviate by so
    /// much.
    pub fn for_deviation(deviation: f64) -> Self {
        Schedule::CosineShifted { log_snr_shift: -2.0 * deviation.ln() }
    }

    /// Cosine, shifted by `2 ln(64 / 480)`: the noise that a 64-pixel picture sees, carried over to 480 pixels
    /// (Hoogeboom et al. 2023).
    pub fn of_480_px() -> Self {
        Schedule::CosineShifted { log_snr_shift: 2.0 * (64.0_f64 / 480.0).ln() }
    }

    /// Whether the numbers describe a schedule.
    ///
    /// # Errors
    /// If the number of steps, the betas or the shift are out of their range; the message says which.
    pub fn check(&self) -> Result<(), String> {
        if let Some(steps) = self.discrete_steps()
            && !(2..=100_000).contains(&steps)
        {
            return Err(format!("a schedule of {steps} steps, expected 2 to 100000"));
        }
        match *self {
            Schedule::LinearBeta { beta_start, beta_end, .. }
            | Schedule::ScaledLinearBeta { beta_start, beta_end, .. } => {
                if !(beta_start > 0.0 && beta_start <= beta_end && beta_end < 1.0) {
                    return Err(format!("betas {beta_start} to {beta_end}, expected rising within 0 to 1"));
                }
                Ok(())
            }
            Schedule::CosineBeta { .. } => Ok(()),
            Schedule::CosineShifted { log_snr_shift } if log_snr_shift.abs() <= 20.0 => Ok(()),
            Schedule::CosineShifted { log_snr_shift } => {
                Err(format!("a log-SNR shift of {log_snr_shift}, expected -20 to 20"))
            }
        }
    }

    /// Whether the schedule ends at pure noise (`alpha = 0`), where predicting the noise says nothing.
    pub fn ends_at_pure_noise(&self) -> bool {
        match *self {
            Schedule::LinearBeta { zero_terminal_snr, .. } => zero_terminal_snr,
            Schedule::ScaledLinearBeta { .. } | Schedule::CosineBeta { .. } => false,
            Schedule::CosineShifted { .. } => true,
        }
    }

    /// The noise level at continuous time `t` in `0..=1` (0 clean, 1 noise). A discrete schedule answers with the
    /// step that contains `t`.
    pub fn noise_level(&self, t: f64) -> NoiseLevel {
        assert!((0.0..=1.0).contains(&t), "time {t} outside 0..=1");
        match *self {
            Schedule::LinearBeta { steps, .. }
            | Schedule::ScaledLinearBeta { steps, .. }
            | Schedule::CosineBeta { steps } => {
                let step = ((t * f64::from(steps)) as u32).min(steps - 1);
                self.noise_level_at_step(step)
            }
            Schedule::CosineShifted { log_snr_shift } => {
                let time = t * TIME_SCALE;
                if t == 1.0 {
                    // tan(pi / 2) is merely huge in floating point; the exact end is what samplers start from.
                    return NoiseLevel { time, alpha: 0.0, sigma: 1.0 };
                }
                // sigma / alpha = exp(-log_snr / 2)
                let ratio = (std::f64::consts::FRAC_PI_2 * t).tan() * (-0.5 * log_snr_shift).exp();
                let alpha = 1.0 / (1.0 + ratio * ratio).sqrt();
                NoiseLevel { time, alpha, sigma: ratio * alpha }
            }
        }
    }

    /// The noise level with so much noise for its picture, `sigma / alpha`; `None` for a discrete schedule, whose
    /// steps lie apart.
    pub fn noise_level_of_ratio(&self, noise: f64) -> Option<NoiseLevel> {
        assert!(noise >= 0.0 && noise.is_finite(), "noise {noise}");
        match *self {
            Schedule::LinearBeta { .. } | Schedule::ScaledLinearBeta { .. } | Schedule::CosineBeta { .. } => {
                None
            }
            Schedule::CosineShifted { .. } if noise == 0.0 => Some(NoiseLevel::CLEAN),
            Schedule::CosineShifted { log_snr_shift } => {
                let angle = (noise * (0.5 * log_snr_shift).exp()).atan();
                let alpha = 1.0 / (1.0 + noise * noise).sqrt();
                Some(NoiseLevel {
                    time: TIME_SCALE * angle / std::f64::consts::FRAC_PI_2,
                    alpha,
                    sigma: noise * alpha,
                })
            }
        }
    }

    /// The noise level of discrete step `step` (0 the cleanest) of a discrete schedule.
    ///
    /// # Panics
    /// For a continuous schedule or a step beyond the last.
    pub fn noise_level_at_step(&self, step: u32) -> NoiseLevel {
        let alpha_bars = self.alpha_bars();
        NoiseLevel::from_alpha_bar(self.time_of_step(step), alpha_bars[step as usize])
    }

    /// The noise levels of many discrete steps at the cost of one product.
    pub(super) fn noise_levels_at_steps(&self, steps: &[u32]) -> Vec<NoiseLevel> {
        let alpha_bars = self.alpha_bars();
        steps
            .iter()
            .map(|&step| NoiseLevel::from_alpha_bar(self.time_of_step(step), alpha_bars[step as usize]))
            .collect()
    }

    /// The network's time for a discrete step: the step itself for T = 1000, scaled to that range otherwise.
    fn time_of_step(&self, step: u32) -> f64 {
        let steps = self.discrete_steps().expect("a continuous schedule has no discrete steps");
        f64::from(step) * TIME_SCALE / f64::from(steps)
    }

    /// `prod(1 - beta)` up to and with every step.
    fn alpha_bars(&self) -> Vec<f64> {
        let steps = self.discrete_steps().expect("a continuous schedule has no discrete steps");
        let mut product = 1.0;
        let mut alpha_bars: Vec<f64> = (0..steps)
            .map(|step| {
                product *= 1.0 - self.beta(step, steps - 1);
                product
            })
            .collect();
        if let Schedule::LinearBeta { zero_terminal_snr: true, .. } = self {
            let first = alpha_bars[0].sqrt();
            let last = alpha_bars[alpha_bars.len() - 1].sqrt();
            for alpha_bar in &mut alpha_bars {
                let alpha = (alpha_bar.sqrt() - last) * first / (first - last);
                *alpha_bar = alpha * alpha;
            }
        }
        alpha_bars
    }

    /// The variance that step `step` of a discrete schedule adds, whose last one is `last`.
    fn beta(&self, step: u32, last: u32) -> f64 {
        let (step, last) = (f64::from(step), f64::from(last));
        match *self {
            Schedule::LinearBeta { beta_start, beta_end, .. } => {
                beta_start + (beta_end - beta_start) * step / last
            }
            Schedule::ScaledLinearBeta { beta_start, beta_end, .. } => {
                let (start, end) = (beta_start.sqrt(), beta_end.sqrt());
                (start + (end - start) * step / last).powi(2)
            }
            Schedule::CosineBeta { .. } => {
                let falling = RETREE_BETA_END * (std::f64::consts::FRAC_PI_2 * step / last).cos();
                (falling - (RETREE_BETA_END - RETREE_BETA_START)).abs()
            }
            Schedule::CosineShifted { .. } => panic!("a continuous schedule has no discrete steps"),
        }
    }

    /// The noise levels a synthesis of `steps` steps visits: `steps + 1` of them, the noisiest first, the last
    /// [`NoiseLevel::CLEAN`]. "Trailing" spacing: the first is always the schedule's end (Lin et al. 2023).
    pub fn sampling_noise_levels(&self, steps: u32) -> Vec<NoiseLevel> {
        self.sampling_noise_levels_from(1.0, steps)
    }

    /// The same, but starting at continuous time `strength` in `0..=1`: how far from a real scan a
    /// translation may go (Meng et al. 2022, SDEdit). The step count never changes with it.
    pub fn sampling_noise_levels_from(&self, strength: f64, steps: u32) -> Vec<NoiseLevel> {
        assert!(steps > 0, "a synthesis has at least one step");
        assert!(strength > 0.0 && strength <= 1.0, "strength {strength} outside 0..=1");
        let share = |index: u32| strength * (1.0 - f64::from(index) / f64::from(steps));
        let mut levels = match *self {
            Schedule::LinearBeta { steps: all, .. }
            | Schedule::ScaledLinearBeta { steps: all, .. }
            | Schedule::CosineBeta { steps: all } => {
                assert!(steps <= all, "{steps} steps of a schedule that has {all}");
                let visited: Vec<u32> = (0..steps)
                    .map(|index| (share(index) * f64::from(all)).round_ties_even().max(1.0) as u32 - 1)
                    .collect();
                self.noise_levels_at_steps(&visited)
            }
            Schedule::CosineShifted { .. } => {
                (0..steps).map(|index| self.noise_level(share(index))).collect()
            }
        };
        levels.push(NoiseLevel::CLEAN);
        levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_ends_where_ho_et_al_do() {
        let levels = Schedule::paper().sampling_noise_levels(1000);
        assert_eq!(levels.len(), 1001);
        assert_eq!(levels[0].time, 999.0);
        assert!((levels[0].alpha.powi(2) - 4.0358e-5).abs() < 1e-8);
        assert!((levels[999].alpha.powi(2) - 0.9999).abs() < 1e-12);
        assert_eq!(levels[1000], NoiseLevel::CLEAN);
    }

    #[test]
    fn the_compared_methods_schedules_end_where_their_code_ends() {
        // abar_T of the published formulas in double precision (`tests/reference/baselines_reference.py`).
        let end = |schedule: Schedule| schedule.noise_level_at_step(999).alpha.powi(2);
        assert!((end(Schedule::retree()) - 0.0007288479323160626).abs() < 1e-12);
        assert!((end(Schedule::latent_diffusion()) - 9.691086681147455e-05).abs() < 1e-12);
        let lowest = (0..1000).map(|step| Schedule::retree().beta(step, 999)).fold(1.0, f64::min);
        assert!(lowest < 3e-6, "the betas fall almost to nothing on their way: {lowest}");
        for schedule in [Schedule::retree(), Schedule::latent_diffusion()] {
            assert_eq!(schedule.check(), Ok(()));
            let json = serde_json::to_string(&schedule).unwrap();
            assert_eq!(serde_json::from_str::<Schedule>(&json).unwrap(), schedule);
        }
    }

    #[test]
    fn pure_noise_at_the_end_and_a_picture_at_the_start() {
        let rescaled =
            Schedule::LinearBeta { steps: 1000, beta_start: 1e-4, beta_end: 0.02, zero_terminal_snr: true };
        assert_eq!(rescaled.noise_level(1.0).alpha, 0.0);
        assert!((rescaled.noise_level(0.0).alpha - Schedule::paper().noise_level(0.0).alpha).abs() < 1e-12);
        let live = Schedule::live();
        assert_eq!(live.noise_level(1.0), NoiseLevel { time: 1000.0, alpha: 0.0, sigma: 1.0 });
        assert_eq!(live.noise_level(0.0), NoiseLevel::CLEAN);
    }

    #[test]
    fn shifted_cosine_has_the_stated_log_snr() {
        let shift = 2.0 * (64.0_f64 / 480.0).ln();
        for t in [0.1, 0.25, 0.5, 0.9] {
            let level = Schedule::of_480_px().noise_level(t);
            let expected = -2.0 * (std::f64::consts::FRAC_PI_2 * t).tan().ln() + shift;
            assert!((level.log_snr() - expected).abs() < 1e-9);
            assert!((level.alpha.powi(2) + level.sigma.powi(2) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn noise_levels_only_fall() {
        for schedule in [Schedule::live(), Schedule::paper()] {
            for steps in [1, 2, 3, 7, 20, 250] {
                let levels = schedule.sampling_noise_levels(steps);
                assert!(levels.windows(2).all(|pair| pair[1].sigma < pair[0].sigma));
            }
        }
    }

    #[test]
    fn refuses_numbers_that_are_no_schedule() {
        assert!(Schedule::live().check().is_ok() && Schedule::paper().check().is_ok());
        assert!(Schedule::CosineShifted { log_snr_shift: f64::NAN }.check().is_err());
        let linear = |steps, beta_start, beta_end| {
            Schedule::LinearBeta { steps, beta_start, beta_end, zero_terminal_snr: false }.check()
        };
        assert!(linear(u32::MAX, 1e-4, 0.02).is_err());
        assert!(linear(1000, 0.02, 1e-4).is_err());
        assert!(linear(1000, f64::NAN, 0.02).is_err());
    }
}
