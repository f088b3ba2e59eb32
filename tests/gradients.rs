//! Gradients by finite differences: the loss moves along every tensor as its gradient says.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use retidiff::diffusion::{NoiseLevel, loss};
use retidiff::encoding::noise::Rng;
use retidiff::nn::unet_config::TimeConditioning;
use retidiff::nn::{UNet, UNetConfig, weights};
use retidiff::training::RunConfig;

use crate::golden_nn::{hash_units, with_named_weights};

const SIDE: usize = 8;
/// Length of the step along a direction of length 1.
const STEP: f64 = 1e-2;

struct Collect<'a> {
    path: Vec<String>,
    gradients: &'a Gradients,
    values: BTreeMap<String, Vec<f64>>,
}

impl ModuleVisitor for Collect<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let gradient = param.val().grad(self.gradients).expect("every tensor has a gradient");
        let values = gradient.into_data().iter::<f32>().map(f64::from).collect();
        self.values.insert(self.path.join("."), values);
    }
}

/// The training loss of a fixed batch of two, with every part of it: noise, two times, pixels that do not
/// count.
fn training_loss(network: &UNet, config: &RunConfig, device: &Device) -> Tensor<1> {
    let tensor = |name: &str, channels: usize| {
        let shape = [2, channels, SIDE, SIDE];
        Tensor::<4>::from_data(TensorData::new(hash_units(name, shape.iter().product()), shape), device)
    };
    let levels: Vec<NoiseLevel> = [0.3, 0.7].map(|t| config.schedule.noise_level(t)).to_vec();
    let (image, noise) = (tensor("image", 1), tensor("noise", 1));
    let condition = tensor("condition", config.network.condition_channels);
    let valid = tensor("counted", 1).greater_elem(-0.6).float();
    let x_t = loss::q_sample(image.clone(), noise.clone(), &levels);
    let target = loss::target(config.prediction, image, noise, &levels);
    let output = network.forward(x_t, condition, loss::times(&levels, device));
    loss::weighted_mse(output, target, &[1.0, 0.5], Some(valid))
}

/// The network with its named weights and the gradient of every tensor.
fn gradients(config: &RunConfig, device: &Device) -> (UNet, BTreeMap<String, Vec<f64>>) {
    let network = with_named_weights(config.network.init(device));
    let gradients = training_loss(&network, config, device).backward();
    let values = values_of(&network, &gradients);
    (network, values)
}

fn values_of(network: &impl Module, gradients: &Gradients) -> BTreeMap<String, Vec<f64>> {
    let mut collect = Collect { path: Vec::new(), gradients, values: BTreeMap::new() };
    network.visit(&mut collect);
    collect.values
}

fn check(network: UNetConfig) {
    let device = Device::flex().autodiff();
    let config = RunConfig { network, ..RunConfig::live() };
    let network = with_named_weights(config.network.init(&device));
    check_along_every_tensor(&network, STEP, |network, device| training_loss(network, &config, device));
}

/// Compares the gradient of a loss, along a direction in every tensor of a network on the autodiff device, with how far
/// the loss moves over `length_of_step` to either side.
pub fn check_along_every_tensor<M: Module>(
    network: &M,
    length_of_step: f64,
    loss: impl Fn(&M, &Device) -> Tensor<1>,
) {
    let gradients = values_of(network, &loss(network, &Device::flex().autodiff()).backward());
    let plain = Device::flex();
    let network = network.valid();
    let tensors = weights::collect(&network);
    assert_eq!(tensors.len(), gradients.len());
    let mut largest = 0.0_f64;
    for (number, tensor) in tensors.iter().enumerate() {
        let mut rng = Rng::new(7, 0, number as u64);
        let direction: Vec<f64> = tensor.values.iter().map(|_| rng.uniform() - 0.5).collect();
        let length = direction.iter().map(|value| value * value).sum::<f64>().sqrt();
        let loss_at = |step: f64| {
            let moved = tensor.values.iter().zip(&direction);
            let moved = moved.map(|(&value, along)| value + (step * along / length) as f32).collect();
            let network = weights::assign(network.clone(), BTreeMap::from([(tensor.name.clone(), moved)]));
            f64::from(loss(&network, &plain).into_scalar::<f32>())
        };
        let measured = (loss_at(length_of_step) - loss_at(-length_of_step)) / (2.0 * length_of_step);
        let gradient = &gradients[&tensor.name];
        let predicted =
            gradient.iter().zip(&direction).map(|(value, along)| value * along / length).sum::<f64>();
        assert!(
            (measured - predicted).abs() < 2e-4 + 0.02 * predicted.abs(),
            "{}: the loss moves by {measured}, its gradient says {predicted}",
            tensor.name
        );
        largest = largest.max(predicted.abs());
    }
    assert!(largest > 0.01, "a gradient that is nowhere would pass, too: {largest}");
}

fn tiny() -> UNetConfig {
    UNetConfig {
        condition_channels: 3,
        unshuffle: 1,
        widths: vec![4, 8],
        attention: vec![false, true],
        head_channels: 4,
        groups: 2,
        sinusoid_channels: 8,
        time_channels: 8,
        middle_blocks: 1,
        zero_second_convolution: false,
        detail_filters: 0,
        ..UNetConfig::live()
    }
}

#[test]
fn the_network_of_the_paper_in_small() {
    check(UNetConfig { time_conditioning: TimeConditioning::Add, middle_attention: true, ..tiny() });
}

#[test]
fn the_live_network_in_small_with_its_detail_head() {
    check(UNetConfig { unshuffle: 2, attention: vec![false; 2], detail_filters: 2, ..tiny() });
}

#[test]
fn checkpointing_gives_the_same_gradients() {
    let live = UNetConfig { unshuffle: 2, attention: vec![false; 2], detail_filters: 2, ..tiny() };
    let paper = UNetConfig { time_conditioning: TimeConditioning::Add, middle_attention: true, ..tiny() };
    for network in [live, paper] {
        let config = RunConfig { network, ..RunConfig::live() };
        let (_, kept) = gradients(&config, &Device::flex().autodiff());
        let (_, computed_again) = gradients(&config, &Device::flex().autodiff().gradient_checkpointing());
        assert_eq!(kept.len(), computed_again.len());
        for (name, values) in &kept {
            let again = &computed_again[name];
            let largest = values.iter().fold(1e-6_f64, |largest, value| largest.max(value.abs()));
            assert_eq!(values.len(), again.len());
            for (value, again) in values.iter().zip(again) {
                assert!((value - again).abs() <= 1e-6 * largest, "{name}: {value} {again}");
            }
        }
    }
}
