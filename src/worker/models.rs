//! Which model answers: one of those in the binary, or a file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::diffusion::model_file::{self, ModelKind};

/// (name, bytes of the model file) of the models of `assets/models`, by name. Written by `build.rs`.
pub static BUNDLED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/bundled_models.rs"));

/// The model that is taken when none is named.
pub const DEFAULT_NAME: &str = "live";

/// Where a model comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ModelSource {
    /// [`DEFAULT_NAME`], or the first bundled model.
    #[default]
    Default,
    /// A bundled model, by name.
    Bundled(String),
    File(PathBuf),
}

/// Why there is no model. Every message names the remedy.
#[derive(Debug, thiserror::Error)]
pub enum ModelSourceError {
    #[error(
        "this build carries no model; train one (`retidiff train`) and name its file \
         (`--model FILE.safetensors`), or install a release that carries one"
    )]
    NoneBundled,
    #[error("no model is called {name:?}; give a model file, or one of the bundled models: {known}")]
    Unknown { name: String, known: String },
    #[error("{}: the model file cannot be read ({reason}); check the path", path.display())]
    Unreadable { path: PathBuf, reason: std::io::Error },
}

impl ModelSource {
    /// From what a user typed: the name of a bundled model, else the path of a file.
    pub fn named(text: &str) -> Self {
        if BUNDLED.iter().any(|(name, _)| *name == text) {
            ModelSource::Bundled(text.to_owned())
        } else if Path::new(text).components().count() > 1 || Path::new(text).extension().is_some() {
            ModelSource::File(text.into())
        } else {
            match Path::new(text).is_file() {
                true => ModelSource::File(text.into()),
                false => ModelSource::Bundled(text.to_owned()),
            }
        }
    }

    /// The bytes of the model file and its name for messages.
    ///
    /// # Errors
    /// When there is no such model or its file cannot be read.
    pub fn read(&self) -> Result<(Cow<'static, [u8]>, String), ModelSourceError> {
        let bundled = |wanted: &str| {
            BUNDLED
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(name, bytes)| (Cow::Borrowed(*bytes), *name))
        };
        let found = match self {
            ModelSource::Default => bundled(DEFAULT_NAME)
                .or_else(|| BUNDLED.first().map(|(name, bytes)| (Cow::Borrowed(*bytes), *name)))
                .ok_or(ModelSourceError::NoneBundled)?,
            ModelSource::Bundled(name) => bundled(name).ok_or_else(|| {
                let known: Vec<&str> = BUNDLED.iter().map(|(name, _)| *name).collect();
                let known = if known.is_empty() { "none in this build".into() } else { known.join(", ") };
                ModelSourceError::Unknown { name: name.clone(), known }
            })?,
            ModelSource::File(path) => {
                let bytes = std::fs::read(path)
                    .map_err(|reason| ModelSourceError::Unreadable { path: path.clone(), reason })?;
                return Ok((Cow::Owned(bytes), path.display().to_string()));
            }
        };
        Ok((found.0, format!("bundled model {}", found.1)))
    }
}

/// Names of the bundled models that draw scans from masks, with what they call themselves.
pub fn image_models() -> &'static [(&'static str, String)] {
    static MODELS: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    MODELS.get_or_init(|| {
        let image = |(name, bytes): &(&'static str, &'static [u8])| {
            let info = model_file::read_info(bytes, name).ok()?;
            (info.kind == ModelKind::Image).then_some((*name, info.name))
        };
        BUNDLED.iter().filter_map(image).collect()
    })
}

/// Behind the name of a model that a student was made for.
const STUDENT: &str = "-student";

impl ModelSource {
    /// The one-step student that lies beside the model, if one does: `live-student` for `live`. Whether it
    /// belongs to the model is for its reader to see.
    pub fn read_student(&self) -> Option<(Cow<'static, [u8]>, String)> {
        let beside = match self {
            ModelSource::Default => ModelSource::Bundled(format!("{DEFAULT_NAME}{STUDENT}")),
            ModelSource::Bundled(name) => ModelSource::Bundled(format!("{name}{STUDENT}")),
            ModelSource::File(path) => {
                let mut name = path.file_stem()?.to_owned();
                name.push(STUDENT);
                let file = path.with_file_name(name).with_extension("safetensors");
                if !file.is_file() {
                    return None;
                }
                ModelSource::File(file)
            }
        };
        beside.read().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_user_types_is_a_bundled_name_or_a_file() {
        assert_eq!(ModelSource::named("runs/a.safetensors"), ModelSource::File("runs/a.safetensors".into()));
        assert_eq!(ModelSource::named("a.safetensors"), ModelSource::File("a.safetensors".into()));
        assert_eq!(ModelSource::named("no-such-model"), ModelSource::Bundled("no-such-model".into()));
        let error = ModelSource::named("no-such-model").read().map(|_| ()).map_err(|e| e.to_string());
        assert!(error.is_err_and(|message| message.contains("no-such-model")));
        let missing = ModelSource::File("no/such.safetensors".into()).read();
        assert!(missing.is_err_and(|error| error.to_string().contains("no/such.safetensors")));
    }
}
