//! Samplers: from noise to a picture along the noise levels of a schedule.
//!
//! Every sampler here is linear in what it has seen, so a sampler is a pure function from noise levels to
//! [`SamplerStep`]s, four numbers each, and [`run`] is the only loop. With `D` the clamped picture estimate,
//! `x_next = x * step.x + D * step.picture + D_previous * step.previous + noise * step.noise`.
//!
//! The estimate is clamped to `[-1, 1]` and the noise re-derived from it; where diffusers keeps the
//! unclamped noise this is its `use_clipped_model_output`. One sampler leaves it as it is until the end
//! ([`Sampler::is_clamped`]). No formula divides by `alpha`, so a first noise level
//! of pure noise (zero terminal SNR) needs no special case.

use std::ops::ControlFlow;

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::schedule::NoiseLevel;

/// Which path a synthesis takes. All are deterministic, given the noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Sampler {
    /// Ancestral sampling (Ho et al. 2020): fresh noise every step, as much as is right for a single picture.
    Ddpm,
    /// The same with noise of variance `beta_t`, right for pure noise; the other choice of Ho et al.
    DdpmBeta,
    /// The same again with the picture held within its range at the end alone: how the paper's authors are known to
    /// sample.
    DdpmBetaUnclamped,
    /// Song et al. (2021) with eta = 0: no fresh noise.
    Ddim,
    /// DPM-Solver++(2M) (Lu et al. 2022): second order in log-SNR, no fresh noise. At sixteen steps its speckle
    /// is within a quarter of real speckle in every class; DDIM's is too faint in fluid (card of the live model).
    #[default]
    #[value(name = "dpmpp")]
    DpmSolverPp2m,
    /// For students of consistency tuning (Song et al. 2023, algorithm 1): every estimate is final, fresh
    /// noise takes it to the next noise level.
    Consistency,
}

impl Sampler {
    /// All samplers.
    pub const ALL: [Sampler; 6] = [
        Sampler::Ddpm,
        Sampler::DdpmBeta,
        Sampler::DdpmBetaUnclamped,
        Sampler::Ddim,
        Sampler::DpmSolverPp2m,
        Sampler::Consistency,
    ];

    /// As shown to the user and written into documents.
    pub fn name(self) -> &'static str {
        match self {
            Sampler::Ddpm => "DDPM",
            Sampler::DdpmBeta => "DDPM (beta)",
            Sampler::DdpmBetaUnclamped => "DDPM (beta, unclamped)",
            Sampler::Ddim => "DDIM",
            Sampler::DpmSolverPp2m => "DPM-Solver++(2M)",
            Sampler::Consistency => "Consistency",
        }
    }

    /// Whether the picture is held within `[-1, 1]` at every step, not at the end alone.
    pub fn is_clamped(self) -> bool {
        self != Sampler::DdpmBetaUnclamped
    }

    /// The end of a path, held within `[-1, 1]` where its steps were not.
    pub fn finished(self, picture: Tensor<4>) -> Tensor<4> {
        if self.is_clamped() { picture } else { picture.clamp(-1.0, 1.0) }
    }

    /// The steps along `levels` (noisiest first, the clean end last).
    pub fn steps(self, levels: &[NoiseLevel]) -> Vec<SamplerStep> {
        match self {
            Sampler::Ddpm => ddpm(levels, AncestralVariance::Posterior),
            Sampler::DdpmBeta | Sampler::DdpmBetaUnclamped => ddpm(levels, AncestralVariance::Beta),
            Sampler::Ddim => ddim(levels),
            Sampler::DpmSolverPp2m => dpmpp_2m(levels),
            Sampler::Consistency => consistency(levels),
        }
    }
}

/// The noise an ancestral step adds; both choices of Ho et al. (2020), section 3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AncestralVariance {
    /// That of `q(x_s | x_t, x_0)`: right for a single picture.
    Posterior,
    /// `beta_t`: right for pure noise. What the authors' lineage uses.
    Beta,
}

/// The factors of one step; see the module's text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SamplerStep {
    /// Where the picture is estimated.
    pub level: NoiseLevel,
    /// Factor of the noisy picture.
    pub x: f64,
    /// Factor of the estimated picture.
    pub picture: f64,
    /// Factor of the estimate before.
    pub previous: f64,
    /// Factor of fresh noise.
    pub noise: f64,
}

/// DDIM: `x_s = alpha_s D + sigma_s eps` with `eps = (x - alpha_t D) / sigma_t`.
pub fn ddim(levels: &[NoiseLevel]) -> Vec<SamplerStep> {
    transitions(levels).map(|(from, to)| first_order(from, to)).collect()
}

/// Multistep consistency sampling: `x_s = alpha_s D + sigma_s z` with fresh noise `z`.
pub fn consistency(levels: &[NoiseLevel]) -> Vec<SamplerStep> {
    transitions(levels)
        .map(|(from, to)| SamplerStep {
            level: from,
            x: 0.0,
            picture: to.alpha,
            previous: 0.0,
            noise: to.sigma,
        })
        .collect()
}

/// DDPM: a draw from `q(x_s | x_t, x_0 = D)`, for any distance between the noise levels.
pub fn ddpm(levels: &[NoiseLevel], variance: AncestralVariance) -> Vec<SamplerStep> {
    transitions(levels)
        .map(|(from, to)| {
            let alpha = from.alpha / to.alpha;
            let (from_variance, to_variance) = (from.sigma * from.sigma, to.sigma * to.sigma);
            // beta of the whole transition: sigma_t^2 - alpha_ts^2 sigma_s^2
            let beta = from_variance - alpha * alpha * to_variance;
            let added = match variance {
                AncestralVariance::Posterior => beta * to_variance / from_variance,
                AncestralVariance::Beta => beta,
            };
            SamplerStep {
                level: from,
                x: alpha * to_variance / from_variance,
                picture: to.alpha * beta / from_variance,
                previous: 0.0,
                noise: if to.sigma == 0.0 { 0.0 } else { added.max(0.0).sqrt() },
            }
        })
        .collect()
}

/// DPM-Solver++(2M): the estimate extrapolated from the last two, linearly in `lambda = ln(alpha / sigma)`.
///
/// First order where a neighbour is infinitely far: the second step after pure noise, and the last.
pub fn dpmpp_2m(levels: &[NoiseLevel]) -> Vec<SamplerStep> {
    let mut previous_width = f64::INFINITY;
    transitions(levels)
        .map(|(from, to)| {
            let width = 0.5 * (to.log_snr() - from.log_snr());
            let mut step = first_order(from, to);
            if width.is_finite() && previous_width.is_finite() {
                let correction = 0.5 * width / previous_width;
                step.previous = -step.picture * correction;
                step.picture *= 1.0 + correction;
            }
            previous_width = width;
            step
        })
        .collect()
}

/// The exponential integrator of first order, which is DDIM.
fn first_order(from: NoiseLevel, to: NoiseLevel) -> SamplerStep {
    let x = to.sigma / from.sigma;
    SamplerStep { level: from, x, picture: to.alpha - from.alpha * x, previous: 0.0, noise: 0.0 }
}

fn transitions(levels: &[NoiseLevel]) -> impl Iterator<Item = (NoiseLevel, NoiseLevel)> {
    assert!(levels.len() >= 2, "a path needs a start and an end");
    levels.windows(2).map(|pair| {
        assert!(pair[1].sigma < pair[0].sigma, "noise must fall along the path");
        (pair[0], pair[1])
    })
}

/// How far a synthesis is, handed to the callback after every step.
pub struct SamplerProgress<'a> {
    /// Steps done, from 1.
    pub done: usize,
    /// Steps in all.
    pub of: usize,
    /// The picture as estimated in this step, in `[-1, 1]`.
    pub picture: &'a Tensor<4>,
}

/// Runs the steps from `start` and returns the final picture, or `Break` as soon as `on_step` says so.
///
/// - `start`: the noisy picture at the first noise level, `[batch, channels, height, width]`
/// - `estimate(x, level)`: the network's picture estimate, in `[-1, 1]`
/// - `noise(step)`: standard normal noise of `start`'s shape; asked for only where a step adds noise
pub fn run(
    steps: &[SamplerStep],
    start: Tensor<4>,
    mut estimate: impl FnMut(Tensor<4>, NoiseLevel) -> Tensor<4>,
    noise: impl FnMut(usize) -> Tensor<4>,
    on_step: impl FnMut(SamplerProgress<'_>) -> ControlFlow<()>,
) -> ControlFlow<(), Tensor<4>> {
    run_breakable(steps, start, |x, level| ControlFlow::Continue(estimate(x, level)), noise, on_step)
}

/// [`run`] with an estimate that may be broken off itself: one made of parts, which takes long.
pub fn run_breakable(
    steps: &[SamplerStep],
    start: Tensor<4>,
    mut estimate: impl FnMut(Tensor<4>, NoiseLevel) -> ControlFlow<(), Tensor<4>>,
    mut noise: impl FnMut(usize) -> Tensor<4>,
    mut on_step: impl FnMut(SamplerProgress<'_>) -> ControlFlow<()>,
) -> ControlFlow<(), Tensor<4>> {
    let mut x = start;
    let mut previous: Option<Tensor<4>> = None;
    for (index, step) in steps.iter().enumerate() {
        let picture = estimate(x.clone(), step.level)?;
        let mut next = picture.clone().mul_scalar(step.picture);
        if step.x != 0.0 {
            next = next + x.mul_scalar(step.x);
        }
        if let (true, Some(previous)) = (step.previous != 0.0, previous.take()) {
            next = next + previous.mul_scalar(step.previous);
        }
        if step.noise != 0.0 {
            next = next + noise(index).mul_scalar(step.noise);
        }
        x = next;
        on_step(SamplerProgress { done: index + 1, of: steps.len(), picture: &picture })?;
        previous = Some(picture);
    }
    ControlFlow::Continue(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::Schedule;

    #[test]
    fn one_step_returns_the_estimate_itself() {
        for schedule in [Schedule::live(), Schedule::paper()] {
            let levels = schedule.sampling_noise_levels(1);
            for sampler in Sampler::ALL {
                let steps = sampler.steps(&levels);
                assert_eq!(steps.len(), 1);
                assert_eq!((steps[0].x, steps[0].picture, steps[0].noise), (0.0, 1.0, 0.0));
            }
        }
    }

    #[test]
    fn factors_are_finite_from_pure_noise() {
        for sampler in Sampler::ALL {
            for count in [2, 3, 8, 50] {
                for step in sampler.steps(&Schedule::live().sampling_noise_levels(count)) {
                    assert!([step.x, step.picture, step.previous, step.noise].iter().all(|f| f.is_finite()));
                }
            }
        }
    }

    #[test]
    fn the_other_variance_of_ancestral_sampling_can_be_asked_for() {
        let levels = Schedule::paper().sampling_noise_levels(10);
        let [posterior, beta, unclamped] = [Sampler::Ddpm, Sampler::DdpmBeta, Sampler::DdpmBetaUnclamped]
            .map(|sampler| sampler.steps(&levels));
        assert_eq!(beta, unclamped, "they differ in their estimates alone");
        for ((posterior, beta), pair) in posterior.iter().zip(&beta).zip(levels.windows(2)) {
            assert_eq!((posterior.x, posterior.picture), (beta.x, beta.picture));
            let alpha = pair[0].alpha / pair[1].alpha;
            let expected = pair[0].sigma.powi(2) - (alpha * pair[1].sigma).powi(2);
            match pair[1].sigma == 0.0 {
                true => assert_eq!((posterior.noise, beta.noise), (0.0, 0.0), "the last step adds none"),
                false => {
                    assert!((beta.noise.powi(2) - expected).abs() < 1e-12 && beta.noise > posterior.noise);
                }
            }
        }
        let free: Vec<Sampler> = Sampler::ALL.into_iter().filter(|sampler| !sampler.is_clamped()).collect();
        assert_eq!(free, [Sampler::DdpmBetaUnclamped]);
    }

    /// With a perfect estimate every sampler must keep the variance the schedule asks for.
    #[test]
    fn exact_estimates_stay_on_the_schedule() {
        for sampler in [Sampler::Ddim, Sampler::DpmSolverPp2m] {
            let levels = Schedule::live().sampling_noise_levels(9);
            let (picture, noise) = (0.4, -1.3);
            let mut x = levels[0].alpha * picture + levels[0].sigma * noise;
            for (step, to) in sampler.steps(&levels).iter().zip(&levels[1..]) {
                x = step.x * x + (step.picture + step.previous) * picture;
                assert!((x - (to.alpha * picture + to.sigma * noise)).abs() < 1e-9);
            }
        }
        let levels = Schedule::live().sampling_noise_levels(9);
        for (step, to) in consistency(&levels).iter().zip(&levels[1..]) {
            assert_eq!((step.x, step.picture, step.noise), (0.0, to.alpha, to.sigma));
        }
        let mut variance = 1.0;
        for (step, to) in ddpm(&levels, AncestralVariance::Posterior).iter().zip(&levels[1..]) {
            variance = step.x * step.x * variance + step.noise * step.noise;
            assert!((variance - to.sigma * to.sigma).abs() < 1e-9);
        }
    }
}
