//! The models whose training can be looked at on this machine.

use std::path::{Path, PathBuf};

use crate::data_folder::data_folder;
use crate::evaluation::pair_makers::KnownModel;
use crate::generation::LocalPlaces;
use crate::worker::models::{BUNDLED, ModelSource, user_models};

/// Folder of the models that the user published, in the data folder.
const USER_MODELS: &str = "models";

/// The models at hand: those that are bundled, that the user published, that `named` names, and that the folder was begun
/// with on this machine.
///
/// # Errors
/// If a file of `named` cannot be read.
pub(super) fn at_hand(named: &[&str], folder: &Path) -> anyhow::Result<Vec<KnownModel>> {
    let mut known: Vec<KnownModel> = BUNDLED
        .iter()
        .filter_map(|(name, bytes)| KnownModel::of(bytes, format!("the bundled model {name}")))
        .collect();
    for name in named {
        let source = ModelSource::named(name);
        if matches!(source, ModelSource::File(_)) {
            let (bytes, place) = source.read()?;
            known.extend(KnownModel::of(&bytes, place));
        }
    }
    // What lies elsewhere by now, or on another machine, is not at hand.
    let begun_with = LocalPlaces::read(folder)
        .map(|places| [places.model, places.mask_model, places.segmenter])
        .unwrap_or_default();
    let published = data_folder().map(|folder| user_models(&folder.join(USER_MODELS))).unwrap_or_default();
    let files = begun_with.into_iter().flatten().map(PathBuf::from);
    for file in files.chain(published.into_iter().map(|model| model.path)).filter(|file| file.is_file()) {
        if let Ok((bytes, place)) = ModelSource::File(file).read() {
            known.extend(KnownModel::of(&bytes, place));
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::write_file;

    #[test]
    fn bundled_models_and_named_files_are_at_hand() {
        let folder = tempfile::tempdir().unwrap();
        let before = at_hand(&["no-such-model"], folder.path()).unwrap();
        let Some((_, bytes)) = BUNDLED.first() else { return };
        assert!(before.len() >= BUNDLED.len(), "{} of {}", before.len(), BUNDLED.len());
        let file = folder.path().join("mine.safetensors");
        write_file(&file, bytes).unwrap();
        let named = file.display().to_string();
        let known = at_hand(&[&named], folder.path()).unwrap();
        assert_eq!(known.len(), before.len() + 1);
        assert!(known.iter().any(|model| model.place == named));
        let missing = at_hand(&["no/such.safetensors"], folder.path()).unwrap_err().to_string();
        assert!(missing.contains("no/such.safetensors"), "{missing}");
    }
}
