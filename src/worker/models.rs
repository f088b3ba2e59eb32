//! Which model answers: one of those in the binary, or a file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::diffusion::model_file::{self, ModelFileError, ModelKind};
use crate::formats::atomic::write_atomically;

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

/// Names of the bundled models that draw scans from masks, with what they call themselves. Students are not
/// among them: they come with their teachers.
pub fn image_models() -> &'static [(&'static str, String)] {
    static MODELS: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    MODELS.get_or_init(|| {
        let image = |(name, bytes): &(&'static str, &'static [u8])| {
            let info = model_file::read_info(bytes, name).ok()?;
            let is_teacher = info.kind == ModelKind::Image && info.teacher_sha256().is_none();
            is_teacher.then_some((*name, info.name))
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

/// A model that the user published from a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserModel {
    pub name: String,
    pub path: PathBuf,
}

/// Ending of model files.
const MODEL_ENDING: &str = "safetensors";

/// The models in the user's folder, by name.
pub fn user_models(folder: &Path) -> Vec<UserModel> {
    let paths = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut models: Vec<UserModel> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == MODEL_ENDING))
        .filter_map(|path| {
            Some(UserModel { name: path.file_stem()?.to_string_lossy().into_owned(), path: path.clone() })
        })
        .collect();
    models.sort_by(|a, b| a.name.cmp(&b.name));
    models
}

/// Why a model was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("{name:?} cannot be a model's name: use letters, digits, spaces, dots and dashes")]
    Name { name: String },
    #[error("a model is called {name:?} already: choose another name")]
    Taken { name: String },
    #[error(transparent)]
    NoModel(#[from] ModelFileError),
    #[error("{}: {source}; check the folder's space and permissions", path.display())]
    Io { path: PathBuf, source: std::io::Error },
}

/// Copies a model file into the user's folder under a name, once it is known to be one. Returns its path.
///
/// # Errors
/// If the name cannot be one or is taken, the file is no model, or the folder cannot be written.
pub fn publish(model: &Path, folder: &Path, name: &str) -> Result<PathBuf, PublishError> {
    let name = name.trim();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
    if name.is_empty() || name.len() > 80 || name.starts_with('.') || !name.chars().all(is_plain) {
        return Err(PublishError::Name { name: name.to_owned() });
    }
    let target = folder.join(format!("{name}.{MODEL_ENDING}"));
    if target.exists() || BUNDLED.iter().any(|(bundled, _)| *bundled == name) {
        return Err(PublishError::Taken { name: name.to_owned() });
    }
    let problem = |path: &Path| {
        let path = path.to_owned();
        move |source| PublishError::Io { path, source }
    };
    let bytes = std::fs::read(model).map_err(problem(model))?;
    model_file::read_info(&bytes, &model.display().to_string())?;
    std::fs::create_dir_all(folder).map_err(problem(folder))?;
    write_atomically(&target, &bytes).map_err(problem(&target))?;
    Ok(target)
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

    #[test]
    fn only_models_are_published_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let models = folder.path().join("models");
        let file = folder.path().join("model.safetensors");
        write_atomically(&file, b"no model").unwrap();
        assert!(matches!(publish(&file, &models, "../escape"), Err(PublishError::Name { .. })));
        assert!(matches!(publish(&file, &models, "mine"), Err(PublishError::NoModel(_))));
        assert!(user_models(&models).is_empty());
        let Some((name, bytes)) = BUNDLED.first() else { return };
        write_atomically(&file, bytes).unwrap();
        assert!(matches!(publish(&file, &models, name), Err(PublishError::Taken { .. })));
        let path = publish(&file, &models, " mine ").unwrap();
        assert_eq!(user_models(&models), [UserModel { name: "mine".to_owned(), path }]);
        assert!(matches!(publish(&file, &models, "mine"), Err(PublishError::Taken { .. })));
    }
}
