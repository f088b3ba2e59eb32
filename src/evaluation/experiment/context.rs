//! One of the machines that share an experiment: the plan, and what it needs as this machine has it.

use std::path::Path;

use burn::tensor::Device;

use super::error::ExperimentError;
use super::plan::{ExperimentPlan, all_contents};
use crate::dataset::Manifest;
use crate::dataset::contents::data_sha256;
use crate::training::Event;

/// Name of the figures in a run's folder.
pub(super) const FIGURES_FILE: &str = "figures.json";

/// A plan and what it needs, as this machine has it.
#[derive(Debug)]
pub struct Worker<'a> {
    /// The runs.
    pub plan: &'a ExperimentPlan,
    /// Folder of the plan.
    pub folder: &'a Path,
    /// The graded scans.
    pub data: &'a Manifest,
    /// Scans for stage 1, where they are others.
    pub pretraining: Option<&'a Manifest>,
    /// Where everything is computed.
    pub device: Device,
    /// As shown to the user.
    pub device_name: String,
}

/// Where the events of a training go.
pub(super) type EventSink<'a> = &'a mut dyn FnMut(&Event);

/// What happens on the way.
#[derive(Debug)]
pub enum WorkerStep<'a> {
    /// What a training reports.
    Training(&'a Event),
    /// Picture number so much is to be drawn.
    Picture(usize),
}

impl Worker<'_> {
    /// Refuses data that the plan was not made for: other lines, or files that changed since; and pictures of measured
    /// scans among what a row's runs learn from, under any name. Answers what nobody can compare, in words.
    ///
    /// # Errors
    /// Names what differs.
    pub fn check(&self) -> Result<Vec<String>, ExperimentError> {
        let differs = |place: &Manifest, what: &str| {
            let problem = format!("these are not the {what} that the plan was made for");
            ExperimentError::refused(
                place.dir.display(),
                problem,
                "name the same data, or make a plan for these",
            )
        };
        if data_sha256(self.data) != self.plan.data_sha256 {
            return Err(differs(self.data, "scans"));
        }
        let pretraining = match (&self.plan.pretraining_sha256, self.pretraining) {
            (None, _) => None,
            (Some(_), None) => {
                return Err(ExperimentError::refused(
                    "the plan",
                    "it pretrains on scans of their own",
                    "name them with --pretrain-data",
                ));
            }
            (Some(sha256), Some(scans)) if data_sha256(scans) == *sha256 => Some(scans),
            (Some(_), Some(scans)) => return Err(differs(scans, "scans for stage 1")),
        };
        let mut notes = same_contents(self.data, self.plan.contents_sha256.as_deref())?;
        if let Some(scans) = pretraining {
            notes.extend(same_contents(scans, self.plan.pretraining_contents_sha256.as_deref())?);
        }
        self.check_shown_pictures()?;
        Ok(notes)
    }
}

/// Refuses a data set whose files are not those that a plan was made for; a note where the plan does not say.
fn same_contents(scans: &Manifest, sha256: Option<&str>) -> Result<Vec<String>, ExperimentError> {
    let place = scans.dir.display();
    match sha256 {
        None => Ok(vec![format!(
            "{place}: the plan was made by a program that did not keep what the files were: whether they changed since was \
             not looked at"
        )]),
        Some(sha256) if all_contents(scans)? == sha256 => Ok(Vec::new()),
        Some(_) => Err(ExperimentError::refused(
            place,
            "scans or labels have changed since the plan was made, although they are called the same",
            "bring them back, or make a plan for these in another folder (--out)",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::ManifestEntry;
    use crate::formats::write_file;

    #[test]
    fn files_that_changed_since_the_plan_are_refused_and_what_is_not_known_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let entry: ManifestEntry = serde_json::from_value(serde_json::json!({
            "version": 1, "id": "a", "image": "a.png", "width": 8, "height": 4, "subject": "s", "source": "x"
        }))
        .unwrap();
        let data = Manifest { dir: folder.path().to_owned(), entries: vec![entry] };
        let file = folder.path().join("a.png");
        write_file(&file, b"before").unwrap();
        let unknown = ExperimentPlan::new("t".to_owned(), &data, None, Vec::new());
        let known = unknown.clone().with_contents(&data, None).unwrap();
        let check = |plan: &ExperimentPlan| {
            let worker = Worker {
                plan,
                folder: folder.path(),
                data: &data,
                pretraining: None,
                device: Device::flex(),
                device_name: String::new(),
            };
            worker.check().map_err(|error| error.to_string())
        };
        assert_eq!(check(&known), Ok(Vec::new()));
        write_file(&file, b"now").unwrap();
        let error = check(&known).unwrap_err();
        assert!(error.contains(&*folder.path().display().to_string()), "{error}");
        assert!(error.contains("have changed since the plan was made") && error.contains("--out"), "{error}");
        assert!(check(&unknown).unwrap()[0].contains("was not looked at"));
    }
}
