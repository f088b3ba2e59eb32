//! Schedules and whole sampling loops against diffusers, k-diffusion's formulation and the papers' formulas
//! (`reference/samplers_reference.py`).

use std::ops::ControlFlow;

use burn::tensor::{Device, Tensor, TensorData};
use retidiff::diffusion::samplers::{self, AncestralVariance, SamplerStep};
use retidiff::diffusion::{NoiseLevel, Prediction, Sampler, Schedule, loss};
use serde_json::Value;

const START: [f32; 8] = [1.3, -0.7, 0.2, 2.1, -1.9, 0.05, -0.4, 0.9];

fn golden() -> Value {
    serde_json::from_str(include_str!("reference/samplers.json")).expect("the reference is JSON")
}

fn rows(golden: &Value, key: &str) -> Vec<Vec<f64>> {
    golden[key].as_array().expect("an array").iter().map(numbers).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|number| number.as_f64().expect("a number")).collect()
}

fn linear(zero_terminal_snr: bool) -> Schedule {
    Schedule::LinearBeta { steps: 1000, beta_start: 1e-4, beta_end: 0.02, zero_terminal_snr }
}

fn tensor(values: impl IntoIterator<Item = f32>) -> Tensor<4> {
    let values: Vec<f32> = values.into_iter().collect();
    Tensor::from_data(TensorData::new(values, [1, 1, 2, 4]), &Device::flex())
}

/// The reference's dummy model.
fn dummy(x: Tensor<4>, time: f64) -> Tensor<4> {
    x.mul_scalar(0.3 + 0.0004 * time) + tensor((0..8).map(|index| 0.05 * (index as f32 - 4.0)))
}

fn noise(step: usize) -> Tensor<4> {
    tensor(
        (0..8)
            .map(|index| ((12.9898 * f64::from(index + 1) + 78.233 * (step + 1) as f64).sin() * 1.2) as f32),
    )
}

fn run(steps: &[SamplerStep], prediction: Prediction) -> Vec<f32> {
    let estimate =
        |x: Tensor<4>, level: NoiseLevel| prediction.picture(x.clone(), dummy(x, level.time), level);
    match samplers::run(steps, tensor(START), estimate, noise, |_| ControlFlow::Continue(())) {
        ControlFlow::Continue(picture) => picture.into_data().iter::<f32>().collect(),
        ControlFlow::Break(()) => panic!("nobody stopped it"),
    }
}

/// Every case of `key` against the steps that `path` plans for its noise levels.
fn compare(
    key: &str,
    schedule: Schedule,
    prediction: Prediction,
    path: impl Fn(&[NoiseLevel]) -> Vec<SamplerStep>,
) {
    let golden = golden();
    let cases = golden[key].as_array().expect("cases");
    assert!(!cases.is_empty());
    for case in cases {
        let count = case["steps"].as_u64().expect("a count") as u32;
        let levels = schedule.sampling_noise_levels_from(case["start"].as_f64().unwrap_or(1.0), count);
        if let Some(wanted) = case.get("timesteps") {
            let times: Vec<f64> = levels[..levels.len() - 1].iter().map(|level| level.time).collect();
            assert_eq!(times, numbers(wanted), "{key}, {count} steps");
        }
        let found = run(&path(&levels), prediction);
        for (found, expected) in found.iter().zip(numbers(&case["result"])) {
            assert!((f64::from(*found) - expected).abs() < 2e-5, "{key}, {count} steps: {found} {expected}");
        }
    }
}

#[test]
fn schedules_have_the_reference_values() {
    let golden = golden();
    for (key, zero) in [("linear_alpha_bar", false), ("zero_terminal_alpha_bar", true)] {
        for row in rows(&golden, key) {
            let level = linear(zero).noise_level_at_step(row[0] as u32);
            assert!((level.alpha.powi(2) - row[1]).abs() < 1e-10, "{key} at {}", row[0]);
        }
    }
    for row in rows(&golden, "cosine_alpha_sigma") {
        let level = Schedule::of_480_px().noise_level(row[0]);
        assert!((level.alpha - row[1]).abs() < 1e-9 && (level.sigma - row[2]).abs() < 1e-9, "at {}", row[0]);
    }
}

#[test]
fn ddim_agrees_with_diffusers() {
    compare("ddim_epsilon", linear(false), Prediction::Epsilon, samplers::ddim);
    compare("ddim_v_zero_terminal", linear(true), Prediction::V, samplers::ddim);
    compare("cosine_ddim_v", Schedule::of_480_px(), Prediction::V, samplers::ddim);
}

#[test]
fn ddpm_agrees_with_diffusers() {
    let path = |variance| move |levels: &[NoiseLevel]| samplers::ddpm(levels, variance);
    let posterior = path(AncestralVariance::Posterior);
    compare("ddpm_epsilon_posterior", linear(false), Prediction::Epsilon, posterior);
    compare("ddpm_epsilon_beta", linear(false), Prediction::Epsilon, path(AncestralVariance::Beta));
}

/// Ho et al. (2020), algorithm 2: the mean from the noise that the network answers, nothing clamped.
#[test]
fn unclamped_ancestral_sampling_is_the_published_algorithm() {
    let sampler = Sampler::DdpmBetaUnclamped;
    let levels = linear(false).sampling_noise_levels(12);
    let sampled = |sampler: Sampler| {
        let estimate = |x: Tensor<4>, level: NoiseLevel| {
            Prediction::Epsilon.picture_for(sampler, x.clone(), dummy(x, level.time), level)
        };
        let steps = sampler.steps(&levels);
        match samplers::run(&steps, tensor(START), estimate, noise, |_| ControlFlow::Continue(())) {
            ControlFlow::Continue(picture) => picture,
            ControlFlow::Break(()) => panic!("nobody stopped it"),
        }
    };
    let values =
        |picture: Tensor<4>| -> Vec<f64> { picture.into_data().iter::<f32>().map(f64::from).collect() };
    let mut x: Vec<f64> = START.iter().map(|&value| f64::from(value)).collect();
    for (step, pair) in levels.windows(2).enumerate() {
        let alpha = (pair[0].alpha / pair[1].alpha).powi(2);
        let beta = 1.0 - alpha;
        let answered = values(dummy(tensor(x.iter().map(|&value| value as f32)), pair[0].time));
        let fresh = values(noise(step));
        let added = if step + 2 < levels.len() { beta.sqrt() } else { 0.0 };
        for ((x, answered), fresh) in x.iter_mut().zip(answered).zip(fresh) {
            *x = (*x - beta / pair[0].sigma * answered) / alpha.sqrt() + added * fresh;
        }
    }
    let free = sampled(sampler);
    for (found, expected) in values(free.clone()).iter().zip(&x) {
        assert!((found - expected).abs() < 1e-4, "{found} {expected}");
    }
    assert!(x.iter().any(|value| value.abs() > 1.0), "there is something to clamp: {x:?}");
    let finished = values(sampler.finished(free));
    assert!(finished.iter().zip(&x).all(|(value, x)| (value - x.clamp(-1.0, 1.0)).abs() < 1e-4));
    let clamped = values(sampled(Sampler::DdpmBeta));
    assert!(clamped.iter().zip(&finished).any(|(a, b)| (a - b).abs() > 0.1), "{clamped:?}");
}

#[test]
fn dpm_solver_agrees_with_diffusers_and_k_diffusion() {
    compare("dpmpp_2m_epsilon", linear(false), Prediction::Epsilon, samplers::dpmpp_2m);
    compare("dpmpp_2m_v", linear(false), Prediction::V, samplers::dpmpp_2m);
    compare("cosine_dpmpp_2m_v", Schedule::of_480_px(), Prediction::V, samplers::dpmpp_2m);
}

#[test]
fn every_sampler_starts_from_pure_noise_without_a_nan() {
    for schedule in [Schedule::of_480_px(), linear(true)] {
        for sampler in Sampler::ALL {
            for count in [1, 2, 3, 8] {
                let picture = run(&sampler.steps(&schedule.sampling_noise_levels(count)), Prediction::V);
                assert!(picture.iter().all(|value| value.is_finite() && value.abs() <= 1.0 + 1e-6));
            }
        }
    }
}

#[test]
fn a_callback_stops_between_steps() {
    let steps = samplers::ddim(&Schedule::of_480_px().sampling_noise_levels(8));
    let mut estimates = 0;
    let stopped = samplers::run(
        &steps,
        tensor(START),
        |x, _| {
            estimates += 1;
            x
        },
        noise,
        |progress| {
            assert_eq!(progress.of, 8);
            if progress.done == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    );
    assert!(stopped.is_break());
    assert_eq!(estimates, 3);
}

#[test]
fn noisy_pictures_targets_and_weights() {
    let levels = [Schedule::of_480_px().noise_level(0.3), Schedule::of_480_px().noise_level(1.0)];
    let device = Device::flex();
    let pair =
        |a: f32, b: f32| Tensor::<4>::from_data(TensorData::new(vec![a, a, b, b], [2, 1, 1, 2]), &device);
    let (picture, noise) = (pair(0.5, -0.25), pair(-1.0, 2.0));
    let x: Vec<f32> =
        loss::q_sample(picture.clone(), noise.clone(), &levels).into_data().iter::<f32>().collect();
    let v: Vec<f32> =
        loss::target(Prediction::V, picture, noise, &levels).into_data().iter::<f32>().collect();
    for (index, (level, (picture, noise))) in levels.iter().zip([(0.5, -1.0), (-0.25, 2.0)]).enumerate() {
        let expected = level.alpha * picture + level.sigma * noise;
        assert!((f64::from(x[2 * index]) - expected).abs() < 1e-6);
        let expected = level.alpha * noise - level.sigma * picture;
        assert!((f64::from(v[2 * index]) - expected).abs() < 1e-6);
    }
    let times: Vec<f32> = loss::times(&levels, &device).into_data().iter::<f32>().collect();
    assert_eq!(times, [300.0, 1000.0]);
}

#[test]
fn masked_pixels_do_not_count() {
    let device = Device::flex();
    let of =
        |values: [f32; 8]| Tensor::<4>::from_data(TensorData::new(values.to_vec(), [2, 1, 2, 2]), &device);
    let output = of([1.0, 2.0, 3.0, 100.0, 1.0, 1.0, 1.0, 1.0]);
    let target = of([0.0; 8]);
    let valid = of([1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let masked = loss::weighted_mse(output.clone(), target.clone(), &[0.5, 1.0], Some(valid));
    // ((1 + 4 + 9) / 3 * 0.5 + 0) / 2: a sample without a valid pixel contributes nothing.
    assert!((masked.into_scalar::<f32>() - 14.0 / 12.0).abs() < 1e-5);
    let whole = loss::weighted_mse(output, target, &[0.0, 3.0], None);
    assert!((whole.into_scalar::<f32>() - 1.5).abs() < 1e-6);
}
