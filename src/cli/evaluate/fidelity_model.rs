//! The options of a model that makes the pictures of `evaluate fidelity`.

use std::path::PathBuf;

use clap::Args;

use super::guard::GuardArgs;
use super::measured::DrawingArgs;
use crate::evaluation::drawn_scans::LooksOf;
use crate::evaluation::fidelity::{ModelDrawing, ModelMaker};
use crate::worker::models::ModelSource;

/// Which model draws, and how.
#[derive(Debug, Args)]
pub(super) struct ModelArgs {
    /// A bundled model's name or a model file; the bundled live model unless said here
    #[arg(long, value_name = "NAME|FILE", group = "maker")]
    model: Option<String>,
    #[command(flatten)]
    guard: GuardArgs,
    #[command(flatten)]
    drawing: DrawingArgs,
    /// Whose style and vessel shadows: the model's own, when nothing is asked, or those of the real scan
    #[arg(long, value_enum, default_value_t)]
    looks: LooksOf,
    /// Write mask, real scan and synthetic scan of eight of the scans beside each other
    #[arg(long, value_name = "FILE")]
    pub sheet: Option<PathBuf>,
}

impl ModelArgs {
    /// Loads the model that was asked for.
    ///
    /// # Errors
    /// If it cannot be read, or may have trained on the subjects that are measured.
    pub fn maker(&self, subjects: &[String]) -> anyhow::Result<ModelMaker> {
        let file = self.model.as_deref().map_or(ModelSource::Default, ModelSource::named).read()?;
        let device = self.drawing.device.pick()?;
        let how =
            ModelDrawing { settings: self.drawing.settings(), looks: self.looks, seed: self.drawing.seed };
        Ok(ModelMaker::load(&file, device, how, self.guard.guard(), subjects)?)
    }
}
