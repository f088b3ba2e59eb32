//! The published segmenters against their authors' code (`reference/segmenters_reference.py`), and their sizes against
//! the published ones; the program's own against numpy (`reference/small_segmenter.py`).
//!
//! No weights are stored: both sides compute them from the tensor's name.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use retidiff::nn::segmenter::{GdNetConfig, Merge, ReLayNetConfig, YNetConfig};
use retidiff::nn::{Segmenter, SegmenterConfig, SegmenterKind, weights};
use serde_json::Value;

use crate::golden_nn::hash_units;

const CLASSES: usize = 9;

fn with_named_weights(network: Segmenter) -> Segmenter {
    let values: BTreeMap<String, Vec<f32>> = weights::shapes(&network)
        .into_iter()
        .map(|(name, shape)| {
            let units = hash_units(&name, shape.iter().product());
            let scale = (3.0 / shape[1..].iter().product::<usize>() as f64).sqrt() as f32;
            let value = |unit: f32| match shape.len() {
                _ if name.ends_with("gamma") || name.ends_with("running_var") => 1.0 + 0.2 * unit,
                _ if name.ends_with("alpha") => 0.25 + 0.1 * unit,
                1 => 0.1 * unit,
                _ => unit * scale,
            };
            let values = units.into_iter().map(value).collect();
            (name, values)
        })
        .collect();
    weights::assign(network, values)
}

/// Weights that are trained; the running figures of batch norms are none.
fn parameters(config: &SegmenterConfig) -> u64 {
    let shapes = weights::shapes(&config.init(CLASSES, &Device::flex()));
    let trained = shapes.iter().filter(|(name, _)| !name.contains(".running_"));
    trained.map(|(_, shape)| shape.iter().product::<usize>() as u64).sum()
}

fn published(name: &str) -> Value {
    let golden: Value =
        serde_json::from_str(include_str!("reference/segmenters.json")).expect("the reference is JSON");
    golden[name].clone()
}

fn agrees(config: &SegmenterConfig, name: &str) {
    agrees_with(config, name, &published(name), &Device::flex());
}

/// Compares a network, which it gives back, on a device; on one with gradients it trains.
fn agrees_with(config: &SegmenterConfig, name: &str, golden: &Value, device: &Device) -> Segmenter {
    assert_eq!(golden["parameters"], parameters(config), "{name}");
    let network = with_named_weights(config.init(CLASSES, device));
    let number = |value: &Value| value.as_u64().unwrap() as usize;
    let (side, [rows, columns]) =
        (number(&golden["side"]), [0, 1].map(|axis| number(&golden["every"][axis])));
    let picture = TensorData::new(hash_units("picture", 2 * side * side), [2, 1, side, side]);
    let scores = network.forward(Tensor::<4>::from_data(picture, device));
    let scores: Vec<f32> = scores.into_data().iter::<f32>().collect();
    let expected: Vec<f64> =
        golden["output"].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect();
    let places = (0..2 * CLASSES).flat_map(|plane| {
        let columns = move |row| (5..side).step_by(columns).map(move |x| (plane * side + row) * side + x);
        (3..side).step_by(rows).flat_map(columns)
    });
    let found: Vec<f64> = places.map(|place| f64::from(scores[place])).collect();
    assert_eq!(found.len(), expected.len());
    let worst = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let largest = expected.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    assert!(worst < 1e-4 * largest.max(1.0), "{name}: largest difference {worst} of {largest}");
    network
}

#[test]
fn the_small_segmenter_agrees_with_an_independent_reference() {
    let golden: Value =
        serde_json::from_str(include_str!("reference/small_segmenter.json")).expect("the reference is JSON");
    agrees_with(&SegmenterConfig::of(SegmenterKind::Small), "small", &golden, &Device::flex());
}

#[test]
fn unet_agrees_with_its_authors_code() {
    agrees(&SegmenterConfig::of(SegmenterKind::Unet), "unet");
}

#[test]
fn ynet_agrees_with_its_authors_code_in_both_ways_to_merge() {
    agrees(&SegmenterConfig::Ynet(YNetConfig { merge: Merge::Ynet }), "ynet_compat");
    agrees(&SegmenterConfig::Ynet(YNetConfig { merge: Merge::Concat }), "ynet_concat");
}

#[test]
fn relaynet_agrees_with_its_authors_code() {
    let config: SegmenterConfig = serde_json::from_str(r#"{"kind": "relaynet"}"#).expect("a file of before");
    assert_eq!(config, SegmenterConfig::of(SegmenterKind::Relaynet));
    agrees(&config, "relaynet");
    // The kernels of their notebook: as many numbers, lying down.
    let lying = SegmenterConfig::Relaynet(ReLayNetConfig { kernel: [3, 7] });
    agrees_with(&lying, "kernels that lie", &lying_relaynet()["lying"], &Device::flex());
    assert!(SegmenterConfig::Relaynet(ReLayNetConfig { kernel: [3, 6] }).check(CLASSES).is_err());
}

/// Values of tests/reference/relaynet_reference.py.
fn lying_relaynet() -> Value {
    serde_json::from_str(include_str!("reference/relaynet.json")).expect("the reference is JSON")
}

#[test]
fn batch_norms_train_by_the_batch_and_keep_its_figures_as_pytorch_does() {
    let golden = lying_relaynet();
    let config = SegmenterConfig::Relaynet(ReLayNetConfig { kernel: [3, 7] });
    let network = agrees_with(&config, "training", &golden["training"], &Device::flex().autodiff());
    let kept: BTreeMap<String, Vec<f32>> =
        weights::collect(&network).into_iter().map(|tensor| (tensor.name, tensor.values)).collect();
    let expected = golden["running"].as_object().expect("figures by name");
    assert_eq!(expected.len(), 6);
    for (name, expected) in expected {
        let expected = expected.as_array().expect("numbers").iter().map(|number| number.as_f64().unwrap());
        for (found, expected) in kept[name].iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() < 2e-5, "{name}: {found} for {expected}");
        }
    }
}

/// Its parts are: YNet's encoders and decoder, and the graph module of MGU-Net. How they are joined is ours.
#[test]
fn the_reconstruction_of_gdnet_agrees_with_the_code_of_its_parts() {
    agrees(&SegmenterConfig::of(SegmenterKind::Gdnet), "gdnet");
}

#[test]
fn networks_have_the_published_sizes() {
    let of = |kind| parameters(&SegmenterConfig::of(kind));
    assert_eq!(of(SegmenterKind::Unet), 7_762_729);
    assert_eq!(of(SegmenterKind::Ynet), 6_925_353);
    assert_eq!(of(SegmenterKind::Relaynet), 777_424);
    // The program's own, and a reconstruction: as their text has it.
    assert_eq!(of(SegmenterKind::Small), 1_340_932);
    assert_eq!(of(SegmenterKind::Gdnet), 9_390_505);
}

#[test]
fn the_reconstruction_of_gdnet_labels_a_picture_of_any_multiple_of_sixteen() {
    let device = Device::flex();
    let config = SegmenterConfig::Gdnet(GdNetConfig { branch_channels: 8 });
    assert_eq!(config.check(CLASSES), Ok(()));
    let scores = config.init(CLASSES, &device).forward(Tensor::<4>::zeros([1, 1, 48, 80], &device));
    assert_eq!(scores.dims(), [1, CLASSES, 48, 80]);
    assert!(SegmenterConfig::Gdnet(GdNetConfig { branch_channels: 3 }).check(CLASSES).is_err());
}
