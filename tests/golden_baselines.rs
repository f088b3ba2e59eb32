//! The methods that are compared with against their authors' code (`reference/baselines_reference.py`), and their sizes
//! against the published ones.
//!
//! No weights are stored: both sides compute them from the tensor's name.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use retidiff::diffusion::Schedule;
use retidiff::nn::baselines::{
    AutoencoderConfig, DiscriminatorConfig, LatentDiffusionConfig, Posterior, RetreeConfig, hinge_loss,
    verdict_loss,
};
use retidiff::nn::{Baseline, BaselineConfig, UNetConfig, weights};
use retidiff::training::{Batch, Learner, RunConfig};
use serde_json::Value;

use crate::golden_nn::hash_units;

/// The network with the weights of its tensors' names.
pub fn with_named_weights<M: Module>(network: M) -> M {
    let values: BTreeMap<String, Vec<f32>> = weights::shapes(&network)
        .into_iter()
        .map(|(name, shape)| {
            let inputs: usize = if shape.len() == 2 { shape[0] } else { shape[1..].iter().product() };
            let scale = (3.0 / inputs as f64).sqrt() as f32;
            let value = |unit: f32| match shape.len() {
                _ if name.ends_with("gamma") => 1.0 + 0.2 * unit,
                _ if name.ends_with("temperature") => -1.0 + 0.1 * unit,
                1 => 0.1 * unit,
                _ => unit * scale,
            };
            let values = hash_units(&name, shape.iter().product()).into_iter().map(value).collect();
            (name, values)
        })
        .collect();
    weights::assign(network, values)
}

fn golden() -> Value {
    serde_json::from_str(include_str!("reference/baselines.json")).expect("the reference is JSON")
}

fn input(name: &str, shape: [usize; 4]) -> Tensor<4> {
    Tensor::from_data(TensorData::new(hash_units(name, shape.iter().product()), shape), &Device::flex())
}

/// Compares what the reference kept: every third row from the second, every fifth column from the third.
fn agrees(found: Tensor<4>, golden: &Value, what: &str) {
    let [batch, channels, height, width] = found.dims();
    let values: Vec<f32> = found.into_data().iter::<f32>().collect();
    let expected: Vec<f64> =
        golden["output"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
    let places = (0..batch * channels).flat_map(|plane| {
        let columns = move |row| (2..width).step_by(5).map(move |x| (plane * height + row) * width + x);
        (1..height).step_by(3).flat_map(columns)
    });
    let found: Vec<f64> = places.map(|place| f64::from(values[place])).collect();
    assert_eq!(found.len(), expected.len(), "{what}");
    let worst = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let largest = expected.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    println!("{what}: largest difference {worst:e} of {largest}");
    assert!(worst < 1e-4 * largest.max(1.0), "{what}: largest difference {worst} of {largest}");
}

/// The shape of the reference's small ReTree.
fn retree() -> RetreeConfig {
    RetreeConfig {
        image_channels: 3,
        condition_channels: 1,
        dimension: 64,
        heads: 2,
        head_channels: 8,
        time_channels: 16,
        multi_stage_concatenation: false,
    }
}

fn autoencoder() -> AutoencoderConfig {
    AutoencoderConfig { image_channels: 3, channels: 32, ..AutoencoderConfig::paper() }
}

fn latent_diffusion() -> LatentDiffusionConfig {
    let paper = LatentDiffusionConfig::paper(5);
    let unet = UNetConfig {
        widths: vec![32, 64, 128],
        head_channels: 16,
        sinusoid_channels: 32,
        time_channels: 128,
        ..paper.unet.clone()
    };
    LatentDiffusionConfig { unet, ..paper }
}

fn built(config: BaselineConfig) -> Baseline {
    with_named_weights(config.init(&Device::flex()))
}

fn times() -> Tensor<1> {
    Tensor::from_floats([7.0, 640.0], &Device::flex())
}

#[test]
fn retree_agrees_with_its_authors_code() {
    let Baseline::Retree(network) = built(BaselineConfig::Retree(retree())) else { unreachable!() };
    let found = network.forward(input("x", [2, 3, 32, 32]), input("condition", [2, 1, 32, 32]), times());
    agrees(found, &golden()["retree"], "retree");
}

#[test]
fn the_autoencoder_agrees_with_its_authors_code() {
    let golden = &golden()["autoencoder"];
    let Baseline::Autoencoder(network) = built(BaselineConfig::Autoencoder(autoencoder())) else {
        unreachable!()
    };
    let posterior = network.encode(input("x", [2, 3, 32, 32]));
    let moments = Tensor::cat(vec![posterior.mean, posterior.log_variance], 1);
    agrees(moments, &golden["moments"], "moments");
    agrees(network.decode(input("latents", [2, 3, 8, 8])), &golden["pictures"], "pictures");
}

#[test]
fn latent_diffusion_agrees_with_its_authors_code() {
    let golden = &golden()["latent_diffusion"];
    let config = BaselineConfig::LatentDiffusion(latent_diffusion().into());
    let Baseline::LatentDiffusion(network) = built(config) else { unreachable!() };
    let mask = network.shown_mask(input("condition", [2, 5, 64, 64]));
    agrees(mask.clone(), &golden["mask"], "mask");
    agrees(network.forward(input("x", [2, 3, 16, 16]), mask, times()), golden, "latent U-Net");
}

/// Values of tests/reference/compared_losses.py.
fn losses() -> Value {
    serde_json::from_str(include_str!("reference/compared_losses.json")).expect("the reference is JSON")
}

fn is_near(found: impl IntoIterator<Item = f64>, expected: &Value, what: &str) {
    let found: Vec<f64> = found.into_iter().collect();
    let expected: Vec<f64> =
        expected.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect();
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found - expected).abs() < 1e-5 * expected.abs().max(1.0), "{what}: {found}, not {expected}");
    }
}

/// The losses of two strips, by a network whose weights are zero but for some: it answers the same everywhere.
fn losses_of_constant(network: &BaselineConfig, planes: usize, some: &[(&str, &[f32])]) -> Vec<f64> {
    const SIDE: usize = 32;
    let (device, schedule, count) = (Device::flex(), Schedule::retree(), 2 * SIDE * SIDE);
    let network = network.init(&device);
    let mut values: BTreeMap<String, Vec<f32>> = weights::shapes(&network)
        .into_iter()
        .map(|(name, shape)| (name, vec![0.0; shape.iter().product()]))
        .collect();
    for (name, value) in some {
        assert!(values.insert((*name).to_owned(), value.to_vec()).is_some(), "{name}");
    }
    let counts = hash_units("counts", count).into_iter().map(|unit| f32::from(u8::from(unit > -0.4)));
    let batch = Batch {
        step: 0,
        strips: 2,
        rows: SIDE,
        columns: SIDE,
        channels: 1,
        planes,
        image: hash_units("image", count),
        condition: vec![0.0; planes * count],
        style: Vec::new(),
        loss_weights: counts.collect(),
        noise: hash_units("noise", count),
        levels: vec![schedule.noise_level_at_step(0), schedule.noise_level_at_step(500)],
    };
    let config = RunConfig { schedule, ..RunConfig::live() };
    weights::assign(network, values).validate(&batch, None, &config, &device).losses
}

#[test]
fn compared_methods_minimise_what_was_published() {
    let golden = losses();
    let network = BaselineConfig::Retree(RetreeConfig { image_channels: 1, ..retree() });
    let some: [(&str, &[f32]); 1] = [("Retree.head.bias", &[0.3])];
    let found = losses_of_constant(&network, 1, &some);
    is_near(found, &golden["retree"], "squared and unsigned error");
    let network = BaselineConfig::Autoencoder(AutoencoderConfig::small());
    let some: [(&str, &[f32]); 2] =
        [("Autoencoder.decoder.conv_out.bias", &[0.2]), ("Autoencoder.log_variance", &[0.4])];
    let found = losses_of_constant(&network, 0, &some);
    is_near(found, &golden["likelihood"], "likelihood");
    let network = BaselineConfig::LatentDiffusion(LatentDiffusionConfig::small(5).into());
    let some: [(&str, &[f32]); 1] = [("LatentDiffusion.unet.conv_out.bias", &[0.3, -0.1, 0.5])];
    let found = losses_of_constant(&network, 5, &some);
    is_near(found, &golden["latent"], "unsigned error in codes");

    let of_codes = |name: &str, factor: f64| input(name, [2, 3, 2, 2]).mul_scalar(factor);
    let posterior = Posterior { mean: of_codes("mean", 1.0), log_variance: of_codes("log_variance", 2.0) };
    let found = posterior.divergence().into_data().iter::<f32>().map(f64::from).collect::<Vec<_>>();
    is_near(found, &golden["divergence"], "divergence");
}

#[test]
fn compared_methods_have_the_published_noise_between_the_ends_of_their_schedules() {
    let golden = losses();
    for (name, schedule) in
        [("retree_alpha_bar", Schedule::retree()), ("latent_alpha_bar", Schedule::latent_diffusion())]
    {
        for pair in golden[name].as_array().unwrap() {
            let (step, expected) = (pair[0].as_u64().unwrap(), pair[1].as_f64().unwrap());
            let level = schedule.noise_level_at_step(step as u32);
            assert_eq!(level.time, step as f64);
            for (found, expected) in [(level.alpha, expected), (level.sigma, 1.0 - expected)] {
                assert!((found.powi(2) - expected).abs() < 1e-12, "{name} {step}: {found}");
            }
        }
    }
}

#[test]
fn the_discriminator_judges_as_its_published_definition() {
    let golden: Value = serde_json::from_str(include_str!("reference/discriminator.json")).unwrap();
    let device = Device::flex();
    let size: usize = weights::shapes(&DiscriminatorConfig::paper().init(1, &device))
        .values()
        .map(|shape| shape.iter().product::<usize>())
        .sum();
    assert_eq!(Some(size as u64), golden["parameters"].as_u64());
    let small = DiscriminatorConfig { channels: 4, ..DiscriminatorConfig::paper() };
    let network = with_named_weights(small.init(1, &device));
    let [real, made] = ["real", "made"].map(|name| network.forward(input(name, [2, 1, 40, 32])));
    assert_eq!(real.dims(), [2, 1, 3, 2]);
    let found: Vec<f32> = real.clone().into_data().iter::<f32>().collect();
    let expected = golden["output"].as_array().unwrap().iter().map(|number| number.as_f64().unwrap());
    for (found, expected) in found.iter().zip(expected) {
        assert!((f64::from(*found) - expected).abs() < 1e-5, "{found} for {expected}");
    }
    let agrees = |loss: Tensor<1>, name: &str| {
        let (found, expected) = (f64::from(loss.into_scalar::<f32>()), golden[name].as_f64().unwrap());
        assert!((found - expected).abs() < 1e-5, "{name}: {found} for {expected}");
    };
    agrees(hinge_loss(real, made.clone()), "hinge");
    agrees(verdict_loss(made), "verdict");
}

#[test]
fn a_fresh_discriminator_depends_on_its_seed_alone_and_has_the_published_spread() {
    let config = DiscriminatorConfig { channels: 16, ..DiscriminatorConfig::paper() };
    let tensors = |seed| weights::collect(&config.init(seed, &Device::flex()));
    assert_eq!(tensors(1), tensors(1));
    assert_ne!(tensors(1), tensors(2));
    for tensor in tensors(1).iter().filter(|tensor| !tensor.name.ends_with("bias")) {
        let expected = f64::from(u8::from(tensor.name.ends_with("gamma")));
        if tensor.name.ends_with("beta") || tensor.values.len() < 1000 {
            continue;
        }
        let count = tensor.values.len() as f64;
        let mean = tensor.values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
        let apart = tensor.values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>();
        let deviation = (apart / count).sqrt();
        assert!((mean - expected).abs() < 0.003 && (deviation - 0.02).abs() < 0.003, "{}", tensor.name);
    }
    for wrong in [0, 7, usize::MAX] {
        assert!(DiscriminatorConfig { layers: wrong, ..config.clone() }.check().is_err(), "{wrong}");
    }
}

fn parameters(config: &BaselineConfig, counts: impl Fn(&str) -> bool) -> u64 {
    let shapes = weights::shapes(&config.init(&Device::flex()));
    let chosen = shapes.iter().filter(|(name, _)| counts(name));
    chosen.map(|(_, shape)| shape.iter().product::<usize>() as u64).sum()
}

#[test]
fn networks_have_the_published_sizes() {
    let golden = golden();
    let of = |name: &str| golden[name]["parameters"].as_u64().unwrap();
    let colour = RetreeConfig { image_channels: 3, ..RetreeConfig::paper() };
    assert_eq!(parameters(&BaselineConfig::Retree(colour), |_| true), of("retree"));
    assert_eq!(of("retree"), 249_300_613);
    let colour = AutoencoderConfig { image_channels: 3, ..AutoencoderConfig::paper() };
    // The width of the error belongs to the published loss, not to the published network.
    let of_network = |name: &str| name != "Autoencoder.log_variance";
    assert_eq!(parameters(&BaselineConfig::Autoencoder(colour), of_network), of("autoencoder"));
    let latent = BaselineConfig::LatentDiffusion(LatentDiffusionConfig::paper(10).into());
    let of_unet = |name: &str| name.starts_with("LatentDiffusion.unet.");
    assert_eq!(parameters(&latent, of_unet), of("latent_diffusion"));
    assert_eq!(of("latent_diffusion"), 215_229_315);
}

#[test]
fn a_mask_joined_before_every_step_up_changes_the_answer_and_its_size_alone() {
    let config = RetreeConfig { multi_stage_concatenation: true, ..retree() };
    let Baseline::Retree(network) = built(BaselineConfig::Retree(config.clone())) else { unreachable!() };
    let plain = parameters(&BaselineConfig::Retree(retree()), |_| true);
    assert!(parameters(&BaselineConfig::Retree(config), |_| true) > plain);
    let answer = |condition: Tensor<4>| {
        let found = network.forward(input("x", [2, 3, 32, 48]), condition, times());
        assert_eq!(found.dims(), [2, 3, 32, 48]);
        found.into_data().iter::<f32>().collect::<Vec<_>>()
    };
    assert_ne!(answer(input("condition", [2, 1, 32, 48])), answer(input("other", [2, 1, 32, 48])));
}

#[test]
fn sizes_that_no_network_has_are_refused() {
    for dimension in [0, 31, 33, usize::MAX] {
        assert!(RetreeConfig { dimension, ..retree() }.check().is_err(), "{dimension}");
    }
    let huge = AutoencoderConfig { channels: 512, multipliers: vec![1, usize::MAX], ..autoencoder() };
    assert!(huge.check().is_err() && AutoencoderConfig { groups: 7, ..autoencoder() }.check().is_err());
    let other = LatentDiffusionConfig { latent_scale: f64::NAN, ..latent_diffusion() };
    assert!(other.check().is_err());
}
