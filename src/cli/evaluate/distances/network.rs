//! The network that sees the pictures.

use std::path::Path;

use anyhow::anyhow;
use clap::Args;

use super::super::super::compute::ComputeDevice;
use crate::evaluation::features::{FeatureNetwork, PictureFolder};
use crate::metrics::feature_distances::Features;
use crate::worker::models::{ModelSource, SEGMENTER_NAME};

/// Pictures between two lines that say how far it is.
const PROGRESS_EVERY: usize = 50;

/// Which network, and where it computes.
#[derive(Debug, Args)]
pub(super) struct NetworkArgs {
    /// Network whose features of pictures are taken: a bundled segmenter's name or the model file of one [default: the
    /// bundled one, where this build carries it]
    #[arg(long, value_name = "NAME|FILE")]
    network: Option<String>,
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

/// Features of the pictures of a folder; says how far it is, unless a machine reads.
///
/// # Errors
/// If a picture cannot be read.
pub(super) fn features(network: &FeatureNetwork, folder: &Path, is_quiet: bool) -> anyhow::Result<Features> {
    let pictures = PictureFolder::list(folder)?;
    let count = pictures.count();
    let mut on_picture = |index: usize| {
        if !is_quiet && index.is_multiple_of(PROGRESS_EVERY) {
            eprintln!("{}: picture {} of {count}", folder.display(), index + 1);
        }
    };
    Ok(pictures.features(network, &mut on_picture)?)
}
