//! Which runs went into a run, and on whose scans they trained: a model has seen what the model it began with, and the
//! one that taught it, had seen.
//!
//! Kept in the run's folder, for a run that goes on does not read the model it began with again.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::config::RunConfig;
use super::error::TrainingError;
use super::run::{Run, StartModel};
use crate::diffusion::tensor_file;
use crate::diffusion::training_summary::{Ancestor, TrainingSummary};
use crate::formats::atomic::write_atomically;

/// Name of the file in a run's folder.
pub const LINEAGE_FILE: &str = "lineage.json";
const LINEAGE_VERSION: u32 = 1;

/// The runs that went into a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lineage {
    version: u32,
    /// The oldest first.
    pub ancestors: Vec<Ancestor>,
}

impl Lineage {
    /// Of a run that begins, or goes on. A model that is named again when a run goes on is taken for the one it began
    /// with if it has its name: runs that were begun before lineages were kept can be told so.
    ///
    /// # Errors
    /// If the model's description or the folder's lineage cannot be read.
    pub(super) fn of(config: &RunConfig, run: &Run) -> Result<Self, TrainingError> {
        if let Some(model) = run.from {
            let mut lineage = Self::of_model(model)?;
            if let Some(student) = run.student {
                lineage.ancestors.extend(Self::of_model(student)?.ancestors);
            }
            let name = &lineage.ancestors[0].name;
            return match run.resume && config.from.as_ref() != Some(name) {
                true => Err(model.refused(format!("the run began with another model than \"{name}\""))),
                false => Ok(lineage),
            };
        }
        if let Some(known) = Self::read(run.path)? {
            return Ok(known);
        }
        // Begun by an earlier program, which did not say.
        let unknown =
            |name: &String| Ancestor { name: name.clone(), tensors_sha256: None, training_subjects: None };
        Ok(Self { version: LINEAGE_VERSION, ancestors: config.from.iter().map(unknown).collect() })
    }

    fn of_model(model: &StartModel) -> Result<Self, TrainingError> {
        let (description, _) = tensor_file::description(&model.bytes, &model.name)?;
        let described: Value = serde_json::from_str(&description)
            .map_err(|error| model.refused(format!("its description is no JSON: {error}")))?;
        let training = TrainingSummary::from(described["training"].clone());
        let subjects = training.trained_on();
        let own = Ancestor {
            name: described["name"].as_str().unwrap_or(&model.name).to_owned(),
            tensors_sha256: described["tensors_sha256"].as_str().map(str::to_owned),
            // Where it names none nobody knows them, for every model trained on somebody.
            training_subjects: (!subjects.is_empty()).then(|| subjects.to_vec()),
        };
        let ancestors = std::iter::once(own).chain(training.ancestors().iter().cloned()).collect();
        Ok(Self { version: LINEAGE_VERSION, ancestors })
    }

    fn read(run: &Path) -> Result<Option<Self>, TrainingError> {
        let file = run.join(LINEAGE_FILE);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(TrainingError::io(&file, "reading")(error)),
        };
        let refuse = |reason: String| TrainingError::Config { path: file.clone(), reason };
        let known: Self = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        match known.version {
            version if version <= LINEAGE_VERSION => Ok(Some(known)),
            version => Err(refuse(format!(
                "it has version {version}, this program reads {LINEAGE_VERSION}: update it"
            ))),
        }
    }

    /// Keeps it in the folder of a run; a run that began with nothing has no file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn write(&self, run: &Path) -> Result<(), TrainingError> {
        if self.ancestors.is_empty() {
            return Ok(());
        }
        let file = run.join(LINEAGE_FILE);
        let json = serde_json::to_vec_pretty(self).expect("a lineage is plain data");
        write_atomically(&file, &json).map_err(TrainingError::io(&file, "writing"))
    }

    /// The subjects of a run and of every run that went into it, sorted.
    pub fn subjects_with(&self, own: &[String]) -> Vec<String> {
        let before = self.ancestors.iter().flat_map(|ancestor| ancestor.training_subjects.iter().flatten());
        let mut all: Vec<String> = own.iter().chain(before).cloned().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_seen_what_the_runs_before_it_had_seen() {
        let of = |name: &str, subjects: &[&str]| Ancestor {
            name: name.to_owned(),
            tensors_sha256: None,
            training_subjects: Some(subjects.iter().map(|&name| name.to_owned()).collect()),
        };
        let ancestors = vec![of("student", &["b", "a"]), of("pretrained", &["c"])];
        let lineage = Lineage { version: LINEAGE_VERSION, ancestors };
        assert_eq!(lineage.subjects_with(&["d".to_owned(), "b".to_owned()]), ["a", "b", "c", "d"]);
        let folder = tempfile::tempdir().unwrap();
        lineage.write(folder.path()).unwrap();
        assert_eq!(Lineage::read(folder.path()).unwrap(), Some(lineage));
        let newer = r#"{"version": 9, "ancestors": []}"#;
        crate::formats::write_file(&folder.path().join(LINEAGE_FILE), newer.as_bytes()).unwrap();
        assert!(Lineage::read(folder.path()).unwrap_err().to_string().contains("version 9"));
        let nothing = tempfile::tempdir().unwrap();
        Lineage::default().write(nothing.path()).unwrap();
        assert_eq!(Lineage::read(nothing.path()).unwrap(), None);
    }
}
