//! Which model answers: one of those in the binary, or a file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::diffusion::model_file::{self, ModelFileError, ModelInfo, ModelKind};
use crate::diffusion::{described, tensor_file};
use crate::formats::atomic::write_atomically;
use crate::segmentation::segmenter_file::SegmenterInfo;

/// (name, bytes of the model file) of the models of `assets/models`, by name. Written by `build.rs`.
pub static BUNDLED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/bundled_models.rs"));

/// The model that is taken when none is named.
pub const DEFAULT_NAME: &str = "live";

/// The bundled segmenter that is taken when none is named.
pub const SEGMENTER_NAME: &str = "segmenter";

/// Whether the program carries a segmenter.
pub fn has_segmenter() -> bool {
    BUNDLED.iter().any(|(name, _)| *name == SEGMENTER_NAME)
}

/// Where a model comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ModelSource {
    /// [`DEFAULT_NAME`], or the first bundled model.
    #[default]
    Default,
    /// A bundled model, by name.
    Bundled(String),
    /// A model file.
    File(PathBuf),
    /// A model with a student of the user's choice.
    WithStudent {
        /// What draws finished pictures.
        model: Box<ModelSource>,
        /// File of what draws drafts.
        student: PathBuf,
    },
}

/// Why there is no model. Every message names the remedy.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
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
            ModelSource::WithStudent { model, .. } => return model.read(),
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
        let images = bundled().iter().filter(|(_, info)| ModelPurpose::of(info) == ModelPurpose::Scans);
        images.map(|(name, info)| (*name, info.name.clone())).collect()
    })
}

/// Names of the bundled models that draw masks.
pub fn mask_models() -> Vec<&'static str> {
    let masks = bundled().iter().filter(|(_, info)| ModelPurpose::of(info) == ModelPurpose::Masks);
    masks.map(|(name, _)| *name).collect()
}

/// The model that a student was made for, bundled or the user's own.
pub fn teacher_of(teacher_sha256: &str, users: &[UserModel]) -> Option<ModelSource> {
    let of_program = bundled().iter().find(|(_, info)| info.tensors_sha256 == teacher_sha256);
    let of_user = || users.iter().find(|model| model.sha256 == teacher_sha256);
    of_program
        .map(|(name, _)| ModelSource::Bundled((*name).to_owned()))
        .or_else(|| of_user().map(|model| ModelSource::File(model.path.clone())))
}

/// What the bundled models say of themselves.
fn bundled() -> &'static [(&'static str, ModelInfo)] {
    static MODELS: OnceLock<Vec<(&'static str, ModelInfo)>> = OnceLock::new();
    MODELS.get_or_init(|| {
        let described = |(name, bytes): &(&'static str, &'static [u8])| {
            Some((*name, model_file::read_info(bytes, name).ok()?))
        };
        BUNDLED.iter().filter_map(described).collect()
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
            ModelSource::WithStudent { student, .. } => ModelSource::File(student.clone()),
        };
        beside.read().ok()
    }
}

/// What a model is for.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelPurpose {
    /// It draws scans from masks.
    Scans,
    /// It draws masks.
    Masks,
    /// It draws the drafts of the model with this tensor hash.
    Drafts { teacher_sha256: String },
    /// It labels scans.
    Labels,
    /// Nothing: its file cannot be read, and why.
    Nothing(String),
}

impl ModelPurpose {
    fn of(info: &ModelInfo) -> Self {
        match (info.kind, info.teacher_sha256()) {
            (ModelKind::Mask, _) => Self::Masks,
            (ModelKind::Image, None) => Self::Scans,
            (ModelKind::Image, Some(teacher)) => Self::Drafts { teacher_sha256: teacher.to_owned() },
        }
    }
}

/// A model that the user published from a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserModel {
    /// Of its file.
    pub name: String,
    /// Of its file.
    pub path: PathBuf,
    /// What it is for.
    pub purpose: ModelPurpose,
    /// Of its tensors; empty where the file cannot be read.
    pub sha256: String,
}

impl UserModel {
    /// What a file is, by its description; its weights stay unread.
    pub fn of_file(path: PathBuf) -> Self {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = path.display().to_string();
        let read = tensor_file::description_of(&path).and_then(|text| purpose_of(&text, &file));
        let (purpose, sha256) =
            read.unwrap_or_else(|error| (ModelPurpose::Nothing(error.to_string()), String::new()));
        Self { name, path, purpose, sha256 }
    }
}

/// What the description in a model file says that the model is for, and the hash of its tensors. `file` is its name for
/// messages.
fn purpose_of(description: &str, file: &str) -> Result<(ModelPurpose, String), ModelFileError> {
    let of_drawing = |info: ModelInfo| (ModelPurpose::of(&info), info.tensors_sha256);
    let drawing = described::described::<ModelInfo>(description, file).map(of_drawing);
    if !matches!(drawing, Err(ModelFileError::OtherKind { .. })) {
        return drawing;
    }
    let labelling = described::described::<SegmenterInfo>(description, file);
    match labelling.map(|info| (ModelPurpose::Labels, info.tensors_sha256)) {
        // Of neither kind: what was refused first says it.
        Err(ModelFileError::OtherKind { .. }) => drawing,
        labelling => labelling,
    }
}

/// Ending of model files.
const MODEL_ENDING: &str = "safetensors";

/// The models in the user's folder, by name.
pub fn user_models(folder: &Path) -> Vec<UserModel> {
    let paths = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut models: Vec<UserModel> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == MODEL_ENDING))
        .map(UserModel::of_file)
        .collect();
    models.sort_by(|a, b| a.name.cmp(&b.name));
    models
}

/// Why a model was not published.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
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
    let file = model.display().to_string();
    purpose_of(&tensor_file::description(&bytes, &file)?.0, &file)?;
    std::fs::create_dir_all(folder).map_err(problem(folder))?;
    write_atomically(&target, &bytes).map_err(problem(&target))?;
    Ok(target)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::diffusion::model_file::Precision;
    use crate::encoding::Mapping;
    use crate::nn::segmenter::SmallConfig;
    use crate::nn::{Segmenter, SegmenterConfig};
    use crate::segmentation::segmenter_file;

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
        let listed = user_models(&models);
        let [mine] = &listed[..] else { panic!("one model") };
        let info = model_file::read_info(bytes, name).unwrap();
        assert_eq!((&mine.name[..], &mine.path, &mine.sha256), ("mine", &path, &info.tensors_sha256));
        assert_eq!(mine.purpose, ModelPurpose::of(&info));
        assert!(matches!(publish(&file, &models, "mine"), Err(PublishError::Taken { .. })));
    }

    #[test]
    fn a_segmenter_is_published_as_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (file, models) = (folder.path().join("model.safetensors"), folder.path().join("models"));
        let (network, info) = tiny_segmenter();
        segmenter_file::save(&file, &network, &info, Precision::F16).unwrap();
        let path = publish(&file, &models, "mine").unwrap();
        let listed = user_models(&models);
        let [mine] = &listed[..] else { panic!("one model") };
        assert_eq!((&mine.path, &mine.purpose, mine.sha256.len()), (&path, &ModelPurpose::Labels, 64));
        let newer = serde_json::to_string(&info).unwrap().replace("\"version\":1", "\"version\":99");
        let refused = purpose_of(&newer, "newer").unwrap_err();
        assert!(matches!(refused, ModelFileError::TooNew { found: 99, .. }), "{refused}");
        let other = r#"{"version": 1, "kind": "baseline"}"#;
        let refused = purpose_of(other, "other").unwrap_err().to_string();
        assert!(refused.contains("only compared with") && refused.contains("draws"), "{refused}");
    }

    /// A segmenter that has learned nothing.
    fn tiny_segmenter() -> (Segmenter, SegmenterInfo) {
        let shape = SmallConfig { widths: vec![8, 16], ..SmallConfig::default() };
        let (network, mapping) = (SegmenterConfig::Small(shape), Mapping { multiple: 8, ..Mapping::live() });
        let info = SegmenterInfo::untrained("mine", network, mapping);
        (info.network.init(info.labels.classes.len(), &Device::flex()), info)
    }

    #[test]
    fn a_broken_file_of_the_folder_is_listed_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in
            [("empty", &b""[..]), ("long", &[255; 64][..]), ("torn", &[9, 0, 0, 0, 0, 0, 0, 0, b'{'][..])]
        {
            write_atomically(&folder.path().join(format!("{name}.safetensors")), bytes).unwrap();
        }
        let models = user_models(folder.path());
        assert_eq!(models.iter().map(|model| &model.name[..]).collect::<Vec<_>>(), ["empty", "long", "torn"]);
        for model in &models {
            assert!(
                matches!(&model.purpose, ModelPurpose::Nothing(why) if why.contains(&model.name)),
                "{model:?}"
            );
        }
    }

    #[test]
    fn students_are_for_their_own_teacher() {
        let student = bundled().iter().find_map(|(_, info)| info.teacher_sha256());
        let Some(teacher_sha256) = student else { return };
        let Some(ModelSource::Bundled(name)) = teacher_of(teacher_sha256, &[]) else {
            panic!("its teacher is bundled, too")
        };
        assert!(image_models().iter().any(|(known, _)| *known == name));
        assert!(mask_models().iter().all(|masks| *masks != name));
        let mine = UserModel {
            name: "mine".to_owned(),
            path: "mine.safetensors".into(),
            purpose: ModelPurpose::Scans,
            sha256: "abc".to_owned(),
        };
        assert_eq!(teacher_of("abc", &[mine]), Some(ModelSource::File("mine.safetensors".into())));
        assert_eq!(teacher_of("def", &[]), None);
    }

    #[test]
    fn a_chosen_student_is_read_in_place_of_the_one_beside_the_model() {
        let folder = tempfile::tempdir().unwrap();
        let (model, student) = (folder.path().join("m.safetensors"), folder.path().join("s.safetensors"));
        write_atomically(&model, b"model").unwrap();
        write_atomically(&student, b"student").unwrap();
        let with_student = ModelSource::WithStudent { model: Box::new(ModelSource::File(model)), student };
        assert_eq!(&*with_student.read().unwrap().0, b"model");
        assert_eq!(&*with_student.read_student().unwrap().0, b"student");
    }
}
