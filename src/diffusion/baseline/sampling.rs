//! The samplers that the compared methods were published with, as steps of [`samplers::run`](super::super::samplers::run).
//!
//! Both end at the schedule's cleanest step and not at no noise at all, and neither clamps the picture on the way. With
//! fewer steps than it was published with, ReTree's is held within the greys all the same: what its network misses of the
//! brightness of the noise adds up over `sigma / alpha`, which is 37 at the end of its schedule, and the picture of one that
//! learned briefly runs away.

use crate::diffusion::samplers::{AncestralVariance, SamplerStep, ddim, ddpm};
use crate::diffusion::{NoiseLevel, Schedule};

/// ReTree's: ancestral steps from the last step of the schedule to its second, which adds no noise; the noise of a step
/// has the variance `beta_t`. Fewer steps than the schedule has are spread evenly.
///
/// # Panics
/// For a continuous schedule or no steps.
pub fn retree_steps(schedule: &Schedule, steps: u32) -> Vec<SamplerStep> {
    assert!(steps > 0, "a synthesis has at least one step");
    let last = schedule.discrete_steps().expect("a discrete schedule") - 1;
    let steps = steps.min(last);
    let visited = (0..steps).map(|index| {
        let place = if steps == 1 { 0.0 } else { f64::from(index) / f64::from(steps - 1) };
        last - (place * f64::from(last - 1)).round() as u32
    });
    let mut taken = ddpm(&levels(schedule, visited), AncestralVariance::Beta);
    if let Some(step) = taken.last_mut() {
        step.noise = 0.0;
    }
    taken
}

/// Latent diffusion's: DDIM without fresh noise over every `T / steps`-th step, each one later than a multiple of it.
///
/// # Panics
/// For a continuous schedule or no steps.
pub fn latent_steps(schedule: &Schedule, steps: u32) -> Vec<SamplerStep> {
    assert!(steps > 0, "a synthesis has at least one step");
    let all = schedule.discrete_steps().expect("a discrete schedule");
    let stride = (all / steps.min(all)).max(1);
    let mut visited: Vec<u32> =
        (0..all).step_by(stride as usize).map(|step| (step + 1).min(all - 1)).collect();
    visited.dedup();
    ddim(&levels(schedule, visited.into_iter().rev()))
}

/// The noise levels of falling steps, and the cleanest behind them.
fn levels(schedule: &Schedule, visited: impl Iterator<Item = u32>) -> Vec<NoiseLevel> {
    schedule.noise_levels_at_steps(&visited.chain([0]).collect::<Vec<u32>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::Prediction;

    /// Walks the steps with noise predicted as `0.3 x + 0.1` and `noise` drawn in every step.
    fn walked(steps: &[SamplerStep], noise: f64) -> f64 {
        steps.iter().fold(1.7, |x, step| {
            let factors = Prediction::Epsilon.picture_factors(step.level);
            let picture = factors.x * x + factors.output * (0.3 * x + 0.1);
            step.x * x + step.picture * picture + step.noise * noise
        })
    }

    #[test]
    fn whole_loops_end_where_the_published_code_ends() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/reference/baselines.json")).unwrap();
        let end = |method: &str| golden[method]["sampling"]["end"].as_f64().unwrap();
        let retree = walked(&retree_steps(&Schedule::retree(), 1000), 0.5);
        assert!((retree / end("retree") - 1.0).abs() < 1e-6, "{retree}");
        let latent = walked(&latent_steps(&Schedule::latent_diffusion(), 50), 0.0);
        assert!((latent / end("latent_diffusion") - 1.0).abs() < 1e-9, "{latent}");
    }

    #[test]
    fn any_number_of_steps_walks_from_the_noisiest_to_the_cleanest() {
        for steps in [1, 2, 7, 33, 500, 999, 1000, 4000] {
            let retree = retree_steps(&Schedule::retree(), steps);
            assert_eq!(retree.len(), steps.min(999) as usize);
            assert_eq!(retree[0].level.time, 999.0);
            let latent = latent_steps(&Schedule::latent_diffusion(), steps);
            assert!(latent.len() >= steps.min(999) as usize && latent[0].level.time >= 1.0);
            for steps in [retree, latent] {
                assert!(steps.windows(2).all(|pair| pair[1].level.sigma < pair[0].level.sigma));
            }
        }
    }
}
