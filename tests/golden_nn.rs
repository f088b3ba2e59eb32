//! The U-Net against PyTorch and diffusers (`reference/unet_reference.py`), forward and backward.
//!
//! No weights are stored: both sides compute them from the tensor's name.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use retidiff::nn::{UNet, UNetConfig, weights};
use serde_json::Value;

/// `count` numbers in `[-1, 1)`: SplitMix64 over the FNV-1a hash of the name.
pub fn hash_units(name: &str, count: usize) -> Vec<f32> {
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (1..=count as u64)
        .map(|index| {
            let mut z = seed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            ((z >> 40) as f64 / f64::from(1 << 23) - 1.0) as f32
        })
        .collect()
}

/// The network with the weights of its tensors' names.
pub fn with_named_weights(unet: UNet) -> UNet {
    let values: BTreeMap<String, Vec<f32>> = weights::shapes(&unet)
        .into_iter()
        .map(|(name, shape)| {
            let units = hash_units(&name, shape.iter().product());
            let fan_in: usize = if shape.len() == 2 { shape[0] } else { shape[1..].iter().product() };
            let scale = (3.0 / fan_in as f64).sqrt() as f32;
            let values = units
                .into_iter()
                .map(|unit| match shape.len() {
                    1 if name.ends_with("gamma") => 1.0 + 0.2 * unit,
                    1 => 0.1 * unit,
                    _ => unit * scale,
                })
                .collect();
            (name, values)
        })
        .collect();
    weights::assign(unet, values)
}

fn golden() -> Value {
    serde_json::from_str(include_str!("reference/unet.json")).expect("the reference is JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|number| number.as_f64().expect("a number")).collect()
}

fn named_input(name: &str, shape: [usize; 4], device: &Device) -> Tensor<4> {
    let values = hash_units(name, shape.iter().product());
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn assert_close(found: Tensor<4>, expected: &Value, tolerance: f64) {
    let found: Vec<f32> = found.into_data().iter::<f32>().collect();
    let expected = numbers(expected);
    assert_eq!(found.len(), expected.len());
    let worst = found.iter().zip(&expected).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max);
    assert!(worst < tolerance, "largest difference {worst}");
}

/// The paper's arrangement at a size a test can afford.
fn paper_small() -> UNetConfig {
    UNetConfig {
        widths: vec![8, 8, 16, 16],
        attention: vec![false, false, true, false],
        groups: 4,
        head_channels: 4,
        sinusoid_channels: 8,
        time_channels: 32,
        ..UNetConfig::paper()
    }
}

fn live_small() -> UNetConfig {
    UNetConfig {
        condition_channels: 3,
        unshuffle: 2,
        widths: vec![8, 16, 24],
        groups: 4,
        sinusoid_channels: 8,
        time_channels: 12,
        detail_filters: 3,
        ..UNetConfig::live()
    }
}

fn parameter_count(config: &UNetConfig) -> usize {
    let shapes = weights::shapes(&config.init(&Device::flex()));
    shapes.values().map(|shape| shape.iter().product::<usize>()).sum()
}

#[test]
fn presets_have_the_stated_sizes() {
    assert_eq!(parameter_count(&UNetConfig::paper()), 113_669_761);
    assert_eq!(golden()["paper_parameters"], 113_669_761);
    let unconditional = UNetConfig { condition_channels: 0, ..UNetConfig::paper() };
    assert_eq!(parameter_count(&unconditional), 113_668_609);
    assert_eq!(parameter_count(&UNetConfig::live()), 2_713_008);
    assert_eq!((UNetConfig::live().side_multiple(), UNetConfig::paper().side_multiple()), (16, 32));
}

#[test]
fn paper_arrangement_agrees_with_diffusers() {
    let device = Device::flex();
    let golden = &golden()["paper_small"];
    assert_eq!(golden["parameters"], parameter_count(&paper_small()));
    let unet = with_named_weights(paper_small().init(&device));
    let x = named_input("x", [2, 1, 16, 24], &device);
    let condition = named_input("condition", [2, 1, 16, 24], &device);
    let time = Tensor::from_floats([17.0, 731.0], &device);
    assert_close(unet.forward(x, condition, time), &golden["output"], 2e-5);
}

#[test]
fn live_arrangement_agrees_with_pytorch_forward_and_backward() {
    let device = Device::flex().autodiff();
    let golden = &golden()["live_small"];
    assert_eq!(golden["parameters"], parameter_count(&live_small()));
    let unet = with_named_weights(live_small().init(&device));
    let x = named_input("x", [2, 1, 16, 24], &device);
    let condition = named_input("condition", [2, 3, 16, 24], &device);
    let time = Tensor::from_floats([3.5, 912.25], &device);
    let output = unet.forward(x, condition, time);
    assert_close(output.clone(), &golden["output"], 2e-5);

    let loss = (output - named_input("target", [2, 1, 16, 24], &device)).square().mean();
    let value = loss.clone().into_scalar::<f32>();
    assert!((f64::from(value) - golden["loss"].as_f64().expect("a number")).abs() < 1e-5);
    let gradients = loss.backward();
    let mut visitor = GradientCheck {
        path: Vec::new(),
        gradients: &gradients,
        golden: &golden["gradients_sum_and_norm"],
        seen: 0,
    };
    unet.visit(&mut visitor);
    assert_eq!(visitor.seen, golden["gradients_sum_and_norm"].as_object().map_or(0, |all| all.len()));
}

struct GradientCheck<'a> {
    path: Vec<String>,
    gradients: &'a Gradients,
    golden: &'a Value,
    seen: usize,
}

impl ModuleVisitor for GradientCheck<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.path.join(".");
        let gradient = param.val().grad(self.gradients).unwrap_or_else(|| panic!("{name} has a gradient"));
        let values: Vec<f64> = gradient.into_data().iter::<f32>().map(f64::from).collect();
        let expected = numbers(&self.golden[&name]);
        let norm = values.iter().map(|value| value * value).sum::<f64>().sqrt();
        let sum = values.iter().sum::<f64>();
        assert!((norm - expected[1]).abs() < 1e-5 + 1e-4 * expected[1], "{name}: norm {norm} {expected:?}");
        assert!((sum - expected[0]).abs() < 1e-5 + 1e-4 * expected[1], "{name}: sum {sum} {expected:?}");
        self.seen += 1;
    }
}

#[test]
fn condition_features_can_be_kept_and_shared() {
    let device = Device::flex();
    let unet = with_named_weights(live_small().init(&device));
    let condition = named_input("condition", [1, 3, 32, 16], &device);
    let features = unet.condition_features(condition.clone());
    for (index, time) in [1000.0f32, 4.0].into_iter().enumerate() {
        let x = named_input(&format!("x{index}"), [1, 1, 32, 16], &device);
        let time = Tensor::from_floats([time], &device);
        let kept = unet.forward_with(x.clone(), &features, time.clone());
        let whole = unet.forward(x, condition.clone(), time);
        assert_eq!(kept.into_data(), whole.into_data());
    }
}

#[test]
fn a_fresh_live_network_starts_from_identity_blocks_and_can_learn() {
    let device = Device::flex().autodiff();
    device.seed(1);
    let unet = UNetConfig::live().init(&device);
    let x = named_input("x", [1, 1, 32, 48], &device);
    let condition = named_input("condition", [1, 10, 32, 48], &device);
    let output = unet.forward(x, condition, Tensor::from_floats([500.0], &device));
    assert_eq!(output.dims(), [1, 1, 32, 48]);
    let gradients = output.square().mean().backward();
    let second = weights::collect(&unet).into_iter().filter(|tensor| tensor.name.ends_with("conv_2.weight"));
    assert!(second.flat_map(|tensor| tensor.values).all(|value| value == 0.0));
    let mut count = CountGradients { gradients: &gradients, missing: 0 };
    unet.visit(&mut count);
    assert_eq!(count.missing, 0);
}

struct CountGradients<'a> {
    gradients: &'a Gradients,
    missing: usize,
}

impl ModuleVisitor for CountGradients<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.missing += usize::from(param.val().grad(self.gradients).is_none());
    }
}

#[test]
fn a_hostile_configuration_is_refused() {
    let refused = |config: UNetConfig| assert!(config.check().is_err(), "{config:?}");
    refused(UNetConfig { widths: vec![1 << 40], attention: vec![false], ..UNetConfig::live() });
    refused(UNetConfig { widths: Vec::new(), attention: Vec::new(), ..UNetConfig::live() });
    refused(UNetConfig { attention: vec![true], ..UNetConfig::live() });
    refused(UNetConfig { groups: 0, ..UNetConfig::live() });
    refused(UNetConfig { groups: 7, ..UNetConfig::live() });
    refused(UNetConfig { unshuffle: 0, ..UNetConfig::live() });
    refused(UNetConfig { norm_epsilon: f64::NAN, ..UNetConfig::live() });
    refused(UNetConfig { head_channels: 0, ..UNetConfig::paper() });
    refused(UNetConfig { head_channels: 7, ..UNetConfig::paper() });
    refused(UNetConfig { detail_filters: 1000, ..UNetConfig::live() });
    refused(UNetConfig { condition_channels: 0, ..UNetConfig::live() });
    refused(UNetConfig { sinusoid_channels: 31, ..UNetConfig::live() });
}
