//! What a compared method's run begins with: nothing, its own weights, or the autoencoder that it is built upon.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};

use crate::diffusion::baseline::file;
use crate::nn::baselines::Autoencoder;
use crate::nn::{Baseline, BaselineConfig, weights};
use crate::training::batches::Batch;
use crate::training::config::RunConfig;
use crate::training::error::TrainingError;
use crate::training::run::{Run, StartModel};
use crate::training::source::Source;
use crate::training::trainer::Trainer;

/// Where the autoencoder's tensors are named in a model of their own, and in latent diffusion.
const ALONE: &str = "Autoencoder.";
const WITHIN: &str = "LatentDiffusion.autoencoder.";

/// The tensors that a new run starts from, by their names in it; nothing for fresh weights or a run that goes on.
/// Latent diffusion takes the shape of its autoencoder and the scale of the codes, those of the first batch, with them.
///
/// # Errors
/// If the model is of another kind or shape, cannot be read, or latent diffusion has none.
pub(in crate::training) fn begin(
    config: &mut RunConfig,
    source: &Source,
    run: &Run,
) -> Result<BTreeMap<String, Vec<f32>>, TrainingError> {
    let first_batch = |config: &RunConfig| source.training_batch(config, 0);
    let Some(task) = config.baseline.clone().filter(|_| !run.resume) else { return Ok(BTreeMap::new()) };
    let Some(model) = run.from else {
        if let BaselineConfig::LatentDiffusion(_) = task.network {
            let reason = "latent diffusion needs its autoencoder: name its model file with --from (the same preset with \
                          --stage pretrain trains one)";
            return Err(TrainingError::Config { path: run.path.to_owned(), reason: reason.to_owned() });
        }
        return Ok(BTreeMap::new());
    };
    let (network, info) = file::load(&model.bytes, &model.name, &run.device)?;
    config.from = Some(info.name.clone());
    match (task.network, &network, info.network) {
        (BaselineConfig::LatentDiffusion(mut latent), Baseline::Autoencoder(autoencoder), found) => {
            let BaselineConfig::Autoencoder(shape) = found else {
                return Err(model.refused("its description names another network".to_owned()));
            };
            latent.autoencoder = shape;
            latent.latent_scale = latent_scale(autoencoder, &first_batch(config)?, &run.device);
            let named = named(&network).into_iter();
            let within = named.map(|(name, values)| (name.replacen(ALONE, WITHIN, 1), values)).collect();
            set_network(config, BaselineConfig::LatentDiffusion(latent));
            config.check().map_err(|reason| model.refused(reason))?;
            Ok(within)
        }
        (wanted, _, found) if wanted.name() == found.name() => {
            // The scale of the codes is part of what was trained.
            if let (BaselineConfig::LatentDiffusion(wanted), BaselineConfig::LatentDiffusion(found)) =
                (&wanted, &found)
            {
                let mut wanted = wanted.clone();
                wanted.latent_scale = found.latent_scale;
                set_network(config, BaselineConfig::LatentDiffusion(wanted));
            }
            check_shapes(config, &network, model)?;
            Ok(named(&network))
        }
        (wanted, _, found) => Err(model.refused(format!(
            "it is of {}; a run of {} begins otherwise",
            found.name(),
            wanted.name()
        ))),
    }
}

/// Puts tensors in the place of fresh ones.
pub(in crate::training) fn take_weights(trainer: &mut Trainer<Baseline>, values: BTreeMap<String, Vec<f32>>) {
    if !values.is_empty() {
        trainer.state.network = weights::assign(trainer.state.network.clone(), values);
        trainer.state.average = burn::module::Module::valid(&trainer.state.network);
    }
}

fn set_network(config: &mut RunConfig, network: BaselineConfig) {
    if let Some(task) = &mut config.baseline {
        task.network = network;
    }
}

fn named(network: &Baseline) -> BTreeMap<String, Vec<f32>> {
    weights::collect(network).into_iter().map(|tensor| (tensor.name, tensor.values)).collect()
}

fn check_shapes(config: &RunConfig, network: &Baseline, model: &StartModel) -> Result<(), TrainingError> {
    let Some(task) = &config.baseline else { return Ok(()) };
    let (found, wanted) = (weights::shapes(network), weights::shapes(&task.network.init(&Device::flex())));
    match wanted.iter().find(|(name, shape)| found.get(*name) != Some(shape)) {
        None if found.len() == wanted.len() => Ok(()),
        None => Err(model.refused("it has tensors that have no place in this network".to_owned())),
        Some((name, shape)) => {
            Err(model.refused(format!("its {name} is {:?}, expected {shape:?}", found.get(name))))
        }
    }
}

/// One over the standard deviation of the codes of a batch (`scale_by_std` of the published code).
fn latent_scale(autoencoder: &Autoencoder, batch: &Batch, device: &Device) -> f64 {
    let shape = [batch.strips, 1, batch.rows, batch.columns];
    let pictures = Tensor::<4>::from_data(TensorData::new(batch.image.clone(), shape), device);
    let codes = autoencoder.encode(pictures).mean.into_data();
    let values: Vec<f64> = codes.iter::<f32>().map(f64::from).collect();
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let variance =
        values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len().max(1) as f64;
    // Codes that are all alike, as of an autoencoder that learned nothing, are taken as they are.
    if variance > 0.0 && variance.is_finite() { variance.sqrt().recip() } else { 1.0 }
}
