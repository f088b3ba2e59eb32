//! LPIPS in the loss of latent diffusion's autoencoder, as published: how differently what it decodes looks, beside how far
//! its pixels are off. Its weights cannot be carried here; a run keeps a copy of the file that it was begun with.

use burn::tensor::Tensor;

use super::task::PerceptualTerm;
use crate::diffusion::lpips_file;
use crate::formats::atomic::write_atomically;
use crate::formats::provenance::sha256_hex;
use crate::nn::BaselineConfig;
use crate::nn::perceptual::Lpips;
use crate::training::config::RunConfig;
use crate::training::error::TrainingError;
use crate::training::run::{Run, StartModel};
use crate::training::run_directory::LPIPS_FILE;

/// What it counts unless a configuration says otherwise.
const PUBLISHED_WEIGHT: f64 = 1.0;

/// The LPIPS that a run learns by: of the file that a new one is given, which its configuration names from then on, or of the
/// one that a run kept. `None` of a run without.
///
/// # Errors
/// If the file cannot be read, is another one than the configuration names, or no file is there; or the run is of another
/// network than an autoencoder.
pub(in crate::training) fn read_lpips(
    config: &mut RunConfig,
    run: &Run,
) -> Result<Option<Lpips>, TrainingError> {
    let refuse =
        |reason: &str| TrainingError::Config { path: run.path.to_owned(), reason: reason.to_owned() };
    let kept = match (run.lpips, config.perceptual()) {
        (None, None) => return Ok(None),
        (Some(_), _) => None,
        (None, Some(_)) if run.resume => Some(StartModel::read(&run.path.join(LPIPS_FILE))?),
        (None, Some(_)) => return Err(refuse("its settings ask for LPIPS: name its file with --lpips")),
    };
    let Some(file) = run.lpips.or(kept.as_ref()) else { return Ok(None) };
    let sha256 = sha256_hex(&file.bytes);
    match config.perceptual() {
        Some(term) if term.sha256 != sha256 => {
            return Err(
                file.refused("it is another file than the one that the run's settings name".to_owned())
            );
        }
        Some(_) => {}
        None => name_it(config, sha256).map_err(|reason| refuse(&reason))?,
    }
    let (network, _) = lpips_file::load(&file.bytes, &file.name, &run.device)
        .map_err(|error| file.refused(error.to_string()))?;
    Ok(Some(network))
}

/// Puts a file of LPIPS into the settings of a run.
fn name_it(config: &mut RunConfig, sha256: String) -> Result<(), String> {
    match &mut config.baseline {
        Some(task) if matches!(task.network, BaselineConfig::Autoencoder(_)) => {
            task.perceptual = Some(PerceptualTerm { sha256, weight: PUBLISHED_WEIGHT });
            config.check()
        }
        _ => Err(
            "--lpips is for the autoencoder of latent diffusion: give --preset ldm-paper --stage pretrain"
                .to_owned(),
        ),
    }
}

/// Keeps the file of a new run in its folder.
///
/// # Errors
/// If it cannot be written.
pub(in crate::training) fn keep_lpips(run: &Run) -> Result<(), TrainingError> {
    let Some(file) = run.lpips else { return Ok(()) };
    let path = run.path.join(LPIPS_FILE);
    write_atomically(&path, &file.bytes).map_err(TrainingError::io(&path, "writing"))
}

/// How differently grey pictures `[batch, 1, height, width]` in [-1, 1] look, `[batch, 1]`.
pub(super) fn looks_apart(lpips: &Lpips, one: Tensor<4>, other: Tensor<4>) -> Tensor<2> {
    let [batch, _, height, width] = one.dims();
    let maps = |pictures: Tensor<4>| lpips.maps(pictures.expand([batch, 3, height, width]));
    let parts = lpips.parts(&maps(one), &maps(other)).into_iter();
    let apart = parts.reduce(|sum, part| sum + part).expect("LPIPS looks at five maps");
    apart.reshape([batch, 1])
}
