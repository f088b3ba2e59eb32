//! Consistency tuning against the paper's formulas in its own coordinates (`reference/consistency_reference.py`).

use burn::tensor::{Device, Tensor, TensorData};
use retidiff::diffusion::consistency::{self, ConsistencyTuning, Pair};
use retidiff::diffusion::{NoiseLevel, Prediction, Schedule, loss};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|number| number.as_f64().expect("a number")).collect()
}

#[test]
fn pairs_loss_and_gradient_equal_the_paper() {
    let golden: Value =
        serde_json::from_str(include_str!("reference/consistency.json")).expect("the reference is JSON");
    let deviation = golden["deviation"].as_f64().expect("a number");
    let prediction = Prediction::Residual { deviation, mean: 0.0 };
    // Any continuous schedule holds every noise level; only the timestep that the network is given differs.
    let schedule = Schedule::CosineShifted { log_snr_shift: -2.0 * deviation.ln() };
    let noise_level_of = |noise| schedule.noise_level_of_ratio(noise).expect("a continuous schedule");
    let tuning = ConsistencyTuning::default();
    for (place, noise) in numbers(&golden["places"]).into_iter().zip(numbers(&golden["noise_at_places"])) {
        assert!((tuning.noise_at(place) / noise - 1.0).abs() < 1e-7, "{place}");
    }

    let device = Device::flex();
    let autodiff = device.clone().autodiff();
    let tensor = |key: &str, device: &Device| {
        let values: Vec<f32> = numbers(&golden[key]).into_iter().map(|value| value as f32).collect();
        Tensor::<4>::from_data(TensorData::new(values, [3, 1, 4, 6]), device)
    };
    for case in golden["cases"].as_array().expect("cases") {
        let stage = case["stage"].as_u64().expect("a stage") as u32;
        let pairs: Vec<Pair> = numbers(&case["noise"])
            .into_iter()
            .map(|noise| tuning.pair(noise, stage, noise_level_of))
            .collect();
        for (pair, cleaner) in pairs.iter().zip(numbers(&case["cleaner"])) {
            assert!((pair.cleaner.sigma / pair.cleaner.alpha - cleaner).abs() < 1e-9);
        }
        let weight = Tensor::<1>::from_floats([0.3], &autodiff).require_grad();
        let offset = Tensor::<1>::from_floats([-0.2], &autodiff).require_grad();
        let estimate = |levels: Vec<NoiseLevel>| {
            let x = loss::q_sample(tensor("picture", &autodiff), tensor("noise_field", &autodiff), &levels);
            let output =
                x.clone() * weight.clone().reshape([1, 1, 1, 1]) + offset.clone().reshape([1, 1, 1, 1]);
            consistency::picture(prediction, x, output, &levels)
        };
        let learns = estimate(pairs.iter().map(|pair| pair.noisy).collect());
        let target = estimate(pairs.iter().map(|pair| pair.cleaner).collect());
        let weights: Vec<f64> = pairs.iter().map(|pair| pair.weight).collect();
        let valid = tensor("counted", &autodiff);
        let loss = consistency::distance(learns, target, &weights, valid, tuning.huber);
        let gradients = loss.backward();
        let close = |found: f32, key: &str| {
            let expected = case[key].as_f64().expect("a number");
            assert!(
                (f64::from(found) - expected).abs() < 2e-5 * expected.abs().max(1.0),
                "{key}: {found} {expected}"
            );
        };
        close(loss.into_scalar::<f32>(), "loss");
        let of = |tensor: &Tensor<1>| tensor.grad(&gradients).expect("a gradient").into_scalar::<f32>();
        close(of(&weight), "weight_gradient");
        close(of(&offset), "offset_gradient");
    }
}
