//! The networks that see the pictures.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, ensure};
use clap::Args;

use super::super::super::compute::ComputeDevice;
use crate::evaluation::distances::{FeatureSet, Perceptual};
use crate::evaluation::features::{FeatureNetwork, PerceptualDistance, PictureFolder};
use crate::formats::read_file;
use crate::worker::models::{ModelSource, SEGMENTER_NAME};

/// Pictures between two lines that say how far it is.
const PROGRESS_EVERY: usize = 50;

/// Which network, and where it computes.
#[derive(Debug, Args)]
pub(super) struct NetworkArgs {
    /// Network whose features of pictures are taken: a bundled segmenter's name, the model file of one, or weights of
    /// Inception or EfficientNet-Lite0 as safetensors [default: the bundled segmenter, where this build carries it]
    #[arg(long, value_name = "NAME|FILE")]
    network: Option<String>,
    /// Weights of LPIPS (version 0.1, AlexNet or VGG16) as safetensors: prints how differently pictures of one set look
    #[arg(long, value_name = "FILE")]
    lpips: Option<PathBuf>,
    /// Random pairs of pictures of a set that LPIPS compares, at most
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    lpips_pairs: u32,
    /// What to compute on
    #[arg(long, value_enum, default_value = "auto")]
    device: ComputeDevice,
}

impl NetworkArgs {
    /// Whether the user asked for a network.
    pub fn is_named(&self) -> bool {
        self.network.is_some()
    }

    /// The network that was asked for, or the bundled segmenter.
    ///
    /// # Errors
    /// If it cannot be read, or features are not taken of it.
    pub fn load(&self) -> anyhow::Result<FeatureNetwork> {
        let (bytes, file) = match &self.network {
            Some(network) => ModelSource::named(network).read()?,
            None => ModelSource::Bundled(SEGMENTER_NAME.to_owned()).read().map_err(|_| {
                anyhow!(
                    "this build carries no segmenter: train one (`retidiff train --stage segment`) and name its file \
                     with --network"
                )
            })?,
        };
        let (device, _) = self.device.pick()?;
        Ok(FeatureNetwork::load(&bytes, &file, &device)?)
    }
}

impl NetworkArgs {
    /// How differently the pictures of each set look, where that was asked for: those of a file of features cannot be
    /// seen.
    ///
    /// # Errors
    /// If the weights or a picture cannot be read, or neither set has pictures.
    pub fn perceptual(
        &self,
        [real, drawn]: [&PathBuf; 2],
        seed: u64,
        is_quiet: bool,
    ) -> anyhow::Result<Option<Perceptual>> {
        let Some(file) = &self.lpips else { return Ok(None) };
        ensure!(
            real.is_dir() || drawn.is_dir(),
            "--lpips compares pictures, but both sets are files of features: leave it out, or name folders"
        );
        let (device, _) = self.device.pick()?;
        let lpips = PerceptualDistance::load(&read_file(file)?, &file.display().to_string(), &device)?;
        let mut on_pair = |folder: &Path, number: usize| {
            if !is_quiet && number.is_multiple_of(PROGRESS_EVERY) {
                eprintln!("{}: pair {}", folder.display(), number + 1);
            }
        };
        let pairs = self.lpips_pairs as usize;
        Ok(Some(Perceptual::of(&lpips, [real, drawn], pairs, seed, &mut on_pair)?))
    }
}

/// Features of the pictures of a folder; says how far it is, unless a machine reads.
///
/// # Errors
/// If a picture cannot be read.
pub(super) fn features(
    network: &FeatureNetwork,
    folder: &Path,
    is_quiet: bool,
) -> anyhow::Result<FeatureSet> {
    let pictures = PictureFolder::list(folder)?;
    let count = pictures.count();
    let mut on_picture = |index: usize| {
        if !is_quiet && index.is_multiple_of(PROGRESS_EVERY) {
            eprintln!("{}: picture {} of {count}", folder.display(), index + 1);
        }
    };
    Ok(FeatureSet::of_pictures(&pictures, network, &mut on_picture)?)
}
