use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::Device;

use super::factors::EPSILON;
use super::*;
use crate::nn::weights;

#[derive(Module, Debug)]
struct TwoLayers {
    first: Linear,
    second: Linear,
}

fn device() -> Device {
    Device::flex().autodiff()
}

fn network() -> TwoLayers {
    let layer = |inputs, outputs| LinearConfig::new(inputs, outputs).init(&device());
    TwoLayers { first: layer(5, 13), second: layer(13, 3) }
}

/// Gradients of a step, the same for the same step; the second layer's bias has one in every other step only.
fn gradients(network: &TwoLayers, step: usize, scale: f32) -> GradientsParams {
    fn numbers<const D: usize>(shape: [usize; D], step: usize, scale: f32) -> Tensor<D> {
        let count = shape.iter().product::<usize>();
        let values: Vec<f32> = (0..count).map(|at| ((at + 7 * step) as f32 * 0.37).sin()).collect();
        Tensor::from_data(TensorData::new(values, shape), &Device::flex()).mul_scalar(scale)
    }
    let mut gradients = GradientsParams::new();
    for layer in [&network.first, &network.second] {
        gradients.register(layer.weight.id, numbers(layer.weight.dims(), step, scale));
        let bias = layer.bias.as_ref().expect("a bias");
        if bias.dims() != [3] || step.is_multiple_of(2) {
            gradients.register(bias.id, numbers(bias.dims(), step, scale));
        }
    }
    gradients
}

const DECAY: f64 = 0.75;
const WEIGHT_DECAY: f32 = 0.02;

fn update(step: usize) -> Update {
    let learning_rate = 0.01 / (step + 1) as f64;
    Update { learning_rate, scale: 0.3, average_decay: Some(DECAY) }
}

fn step_of_burn(
    optimizer: &mut ModuleOptimizer,
    network: TwoLayers,
    average: TwoLayers,
    step: usize,
) -> (TwoLayers, TwoLayers) {
    let gradients = gradients(&network, step, update(step).scale as f32);
    let network = optimizer.step(update(step).learning_rate, network, gradients);
    let of_network = weights::collect(&network);
    let averaged = weights::collect(&average).into_iter().zip(of_network).map(|(old, new)| {
        let parts = [DECAY as f32, (1.0 - DECAY) as f32];
        let values = old.values.iter().zip(&new.values).map(|(a, w)| a * parts[0] + w * parts[1]);
        (old.name, values.collect())
    });
    let values = averaged.collect();
    (network, weights::assign(average, values))
}

fn burns() -> ModuleOptimizer {
    AdamWConfig::new().with_weight_decay(WEIGHT_DECAY).with_epsilon(EPSILON).init()
}

fn step_of_ours(
    optimizer: &mut Optimizer,
    network: TwoLayers,
    average: TwoLayers,
    step: usize,
) -> (TwoLayers, TwoLayers) {
    let gradient = Gradient::of(&network, gradients(&network, step, 1.0));
    optimizer.step(network, average, gradient, update(step))
}

#[test]
fn a_step_is_burns_to_the_bit_and_files_go_from_one_to_the_other() {
    let start = network();
    let mut here = (start.clone(), start.clone().valid());
    let mut there = here.clone();
    let (mut ours, mut theirs) = (Optimizer::new(WEIGHT_DECAY), burns());
    for step in 0..6 {
        here = step_of_ours(&mut ours, here.0, here.1, step);
        there = step_of_burn(&mut theirs, there.0, there.1, step);
        assert_eq!(weights::collect(&here.0), weights::collect(&there.0), "step {step}");
        assert_eq!(weights::collect(&here.1), weights::collect(&there.1), "average of step {step}");
        if step == 2 {
            let of_burn = theirs.into_bytes().unwrap();
            let of_ours = ours.to_bytes().unwrap();
            ours = Optimizer::new(WEIGHT_DECAY).with_bytes(of_burn, &here.0).unwrap();
            theirs = burns().from_bytes(of_ours).unwrap();
        }
    }
}

#[test]
fn other_betas_are_burns_to_the_bit_as_well() {
    let start = network();
    let mut here = (start.clone(), start.clone().valid());
    let mut there = here.clone();
    let theirs = AdamWConfig::new().with_weight_decay(WEIGHT_DECAY).with_epsilon(EPSILON);
    let mut theirs = theirs.with_beta_1(0.5).with_beta_2(0.9).init();
    let mut ours = Optimizer::new(WEIGHT_DECAY).with_betas([0.5, 0.9]);
    assert!(ours.is_fresh());
    for step in 0..3 {
        here = step_of_ours(&mut ours, here.0, here.1, step);
        there = step_of_burn(&mut theirs, there.0, there.1, step);
        assert_eq!(weights::collect(&here.0), weights::collect(&there.0), "step {step}");
    }
    assert!(!ours.is_fresh());
    let by_others = (start.clone(), start.valid());
    let by_others = step_of_ours(&mut Optimizer::new(WEIGHT_DECAY), by_others.0, by_others.1, 0);
    assert_ne!(weights::collect(&here.0), weights::collect(&by_others.0));
}

#[test]
fn vectors_of_all_weights_move_them_alike() {
    let start = network();
    let average = start.clone().valid();
    let (mut one_pass, mut by_vectors) = (Optimizer::new(WEIGHT_DECAY), Optimizer::new(WEIGHT_DECAY));
    let mut networks = (start.clone(), average.clone());
    // Without the bias that is not there in every step, so that the weights stay one group.
    for step in [0, 2, 4] {
        let gradient = Gradient::of(&networks.0, gradients(&networks.0, step, 1.0));
        by_vectors.arrange(&gradient);
        let averages = average::weights(&networks.1);
        let [group] = &mut by_vectors.groups[..] else { panic!("one group") };
        group.steps += 1;
        let part = Part { weights: gradient.weights.iter().collect(), averages: Some(averages) };
        let mut moved = Moved { values: BTreeMap::new(), averages: BTreeMap::new() };
        flat::step(group, part, &Factors::of(group.steps, WEIGHT_DECAY, BETAS, update(step)), &mut moved);
        networks = one_pass.step(networks.0, networks.1, gradient, update(step));
        for (found, expected) in [
            (&moved.values, average::weights(&networks.0.valid())),
            (&moved.averages, average::weights(&networks.1)),
        ] {
            assert_eq!(found.len(), expected.len());
            for (weight, expected) in weights_of(&networks.0).iter().zip(expected) {
                let difference = found[&weight.id].clone() - expected;
                let off = difference.abs().max().into_scalar::<f32>();
                assert!(off <= 1e-6, "{} of step {step} is off by {off}", weight.path);
            }
        }
    }
}

#[test]
fn a_gradient_is_scaled_as_a_whole() {
    let device = device();
    let layer: Linear = LinearConfig::new(2, 1).init(&device);
    let input = Tensor::<2>::from_floats([[3.0, 4.0]], &device);
    let gradients = GradientsParams::from_grads(layer.forward(input).sum().backward(), &layer);
    // d(loss) / d(weight) = (3, 4), d / d(bias) = 1.
    let gradient = Gradient::of(&layer, gradients);
    let norm = f64::from(gradient.squared_norm().unwrap().into_scalar::<f32>()).sqrt();
    assert!((norm - 26f64.sqrt()).abs() < 1e-5);
    assert_eq!(clipped(norm, 1.0, 0.0), 1.0, "no limit");
    assert_eq!(clipped(norm, 0.5, 6.0), 0.5, "within the limit");
    assert!((clipped(norm, 1.0, 1.0) * norm - 1.0).abs() < 1e-9);
    assert_eq!(clipped(f64::NAN, 1.0, 1.0), 1.0, "nothing to divide by");
}

#[test]
fn moments_of_another_network_are_refused() {
    let start = network();
    let mut optimizer = Optimizer::new(WEIGHT_DECAY);
    let (network, _) = step_of_ours(&mut optimizer, start.clone(), start.valid(), 0);
    let bytes = || optimizer.to_bytes().unwrap();
    assert!(Optimizer::new(0.0).with_bytes(bytes(), &network).is_ok());
    let error = Optimizer::new(0.0).with_bytes(bytes(), &network.first).err().unwrap().to_string();
    assert!(error.contains("does not have"), "{error}");
    let torn = Bytes::from_bytes_vec(bytes()[..200].to_vec());
    assert!(Optimizer::new(0.0).with_bytes(torn, &network).is_err());
}
