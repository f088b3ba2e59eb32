//! The models that may have made a scan, found by the hash that its file names.

use std::collections::HashMap;

use anyhow::{Context, anyhow};

use crate::cli::compute::refuse_other_device;
use crate::device::{self, DeviceChoice};
use crate::diffusion::model_file;
use crate::formats::provenance::NamedModel;
use crate::worker::model_renderer::ModelRenderer;
use crate::worker::models::{BUNDLED, ModelSource};

/// The models that may have made a scan, loaded when first asked for.
pub(super) struct Models {
    /// By the hash of their tensors.
    sources: HashMap<String, ModelSource>,
    loaded: HashMap<String, ModelRenderer>,
    device: DeviceChoice,
}

impl Models {
    /// Those of `names`, each a bundled model's or a file's, and all that are bundled.
    ///
    /// # Errors
    /// If one that is named cannot be read.
    pub fn new(names: &[String], device: DeviceChoice) -> anyhow::Result<Self> {
        let named = names.iter().map(|name| ModelSource::named(name));
        let bundled = BUNDLED.iter().map(|(name, _)| ModelSource::Bundled((*name).to_owned()));
        let mut sources = HashMap::new();
        for source in named {
            let (bytes, file) = source.read()?;
            sources.insert(model_file::read_info(&bytes, &file)?.tensors_sha256, source);
        }
        for source in bundled {
            let (bytes, file) = source.read()?;
            // The bundled segmenter draws nothing.
            let Ok(info) = model_file::read_info(&bytes, &file) else { continue };
            sources.entry(info.tensors_sha256).or_insert(source);
        }
        Ok(Self { sources, loaded: HashMap::new(), device })
    }

    /// The model that a scan names, on the device.
    ///
    /// # Errors
    /// If it is none of these, or cannot be loaded.
    pub fn renderer(&mut self, model: &NamedModel) -> anyhow::Result<&ModelRenderer> {
        if !self.loaded.contains_key(&model.sha256) {
            let source = self.sources.get(&model.sha256).with_context(|| {
                format!(
                    "it was made by the model \"{}\" ({}), which is not bundled; name its file with --model",
                    model.name,
                    model.sha256.get(..12).unwrap_or(&model.sha256)
                )
            })?;
            let (bytes, file) = source.read()?;
            let picked = device::pick(self.device, None);
            refuse_other_device(self.device, &picked.info)?;
            let renderer =
                ModelRenderer::load_checked(&bytes, &file, &picked).map_err(|failure| anyhow!(failure))?;
            self.loaded.insert(model.sha256.clone(), renderer);
        }
        Ok(&self.loaded[&model.sha256])
    }
}
