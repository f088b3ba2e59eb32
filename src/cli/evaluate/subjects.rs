//! Who is measured and who trained: the subjects of a data set, as its split has them.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;

use crate::dataset::split::{SPLIT_FILE, eye_of};
use crate::dataset::{Manifest, ManifestEntry, Role, Split};
use crate::formats::read_file;

/// Measured where the split is the program's own: the eyes with fluid among those that validate.
const USUAL_SUBJECTS: [&str; 2] = ["duke-7", "duke-8"];

/// Which split an evaluation goes by.
#[derive(Debug, Default, Args)]
pub(super) struct SplitArgs {
    /// Which subjects train, validate and are held out, as `retidiff dataset build` writes it [default: the data
    /// set's own split.json where it has one, else Duke 7-8 and Tian 7 validate]
    #[arg(long, value_name = "split.json")]
    pub split: Option<PathBuf>,
}

impl SplitArgs {
    /// The split that was asked for, the one the data set was built with, or the program's own.
    ///
    /// # Errors
    /// If the file cannot be read or is no split.
    pub fn read(&self, data: &Path) -> anyhow::Result<Split> {
        let of_data = || Some(data.join(SPLIT_FILE)).filter(|file| file.is_file());
        let Some(file) = self.split.clone().or_else(of_data) else { return Ok(Split::default()) };
        let split = serde_json::from_slice(&read_file(&file)?);
        split.with_context(|| format!("{} is no split", file.display()))
    }
}

/// Whom an evaluation measures.
#[derive(Debug, Default, Args)]
pub(super) struct SubjectArgs {
    /// Subjects whose labelled scans are measured, each of which must have some [default: Duke 7-8, as far as they are
    /// there; those who validate by another split]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub subjects: Option<Vec<String>>,
    #[command(flatten)]
    pub split: SplitArgs,
}

/// Whose scans are measured, and by which split the others train.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subjects {
    pub measured: Vec<String>,
    pub split: Split,
    /// Whether somebody named them: then none may be missing.
    pub are_named: bool,
}

impl SubjectArgs {
    /// The subjects of a data set.
    ///
    /// # Errors
    /// As [`SplitArgs::read`].
    pub fn read(&self, data: &Path) -> anyhow::Result<Subjects> {
        let split = self.split.read(data)?;
        let usual = || match split == Split::default() {
            true => USUAL_SUBJECTS.map(str::to_owned).to_vec(),
            false => split.validation.clone(),
        };
        let measured = self.subjects.clone().unwrap_or_else(usual);
        Ok(Subjects { measured, split, are_named: self.subjects.is_some() })
    }
}

impl Subjects {
    /// Whether a scan is of those that are measured. Labels that no grader drew measure nothing.
    pub fn is_measured(&self, entry: &ManifestEntry) -> bool {
        entry.is_graded() && self.measured.contains(&entry.subject)
    }

    /// Whether a scan with a grader's labels is of the others, who train.
    pub fn is_training(&self, entry: &ManifestEntry) -> bool {
        entry.is_graded() && self.trains(&entry.subject)
    }

    /// Whether a subject trains and its eye is not measured, under whatever name.
    pub fn trains(&self, subject: &str) -> bool {
        let is_measured = self.measured.iter().any(|name| eye_of(name) == eye_of(subject));
        self.split.role(subject) == Role::Training && !is_measured
    }

    /// Refuses subjects that were named and have no scan that a grader labelled: the figures of the others would pass for
    /// those of all.
    ///
    /// # Errors
    /// Names them, the folder and the remedy.
    pub fn check_named(&self, manifest: &Manifest) -> anyhow::Result<()> {
        let missing = if self.are_named { manifest.without_graded_scan(&self.measured) } else { Vec::new() };
        ensure!(
            missing.is_empty(),
            "{} holds no graded scan of {}; import their labels, correct the names, or leave them out of --subjects",
            manifest.dir.display(),
            missing.join(", ")
        );
        Ok(())
    }

    /// The labelled scans that are measured.
    ///
    /// # Errors
    /// If there is none, or a subject that was named has none.
    pub fn scans<'a>(&self, manifest: &'a Manifest) -> anyhow::Result<Vec<&'a ManifestEntry>> {
        self.check_named(manifest)?;
        let scans: Vec<&ManifestEntry> =
            manifest.entries.iter().filter(|entry| self.is_measured(entry)).collect();
        let place = manifest.dir.display();
        ensure!(
            !scans.is_empty(),
            "{place} holds no labelled scan of {}; name others with --subjects",
            if self.measured.is_empty() {
                "a validation subject".to_owned()
            } else {
                self.measured.join(", ")
            }
        );
        Ok(scans)
    }

    /// The labelled scans of training subjects in the sources that are measured.
    pub fn training_scans<'a>(
        &self,
        manifest: &'a Manifest,
        measured: &[&ManifestEntry],
    ) -> Vec<&'a ManifestEntry> {
        let is_like_measured =
            |entry: &ManifestEntry| measured.iter().any(|measured| measured.source == entry.source);
        let is_wanted = |entry: &&ManifestEntry| self.is_training(entry) && is_like_measured(entry);
        manifest.entries.iter().filter(is_wanted).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::write_file;

    fn entry(id: &str, subject: &str, source: &str) -> ManifestEntry {
        serde_json::from_value(serde_json::json!({
            "version": 1, "id": id, "image": "a.png", "label": "b.png", "width": 8, "height": 4,
            "subject": subject, "source": source
        }))
        .unwrap()
    }

    #[test]
    fn the_split_of_the_data_set_is_taken_unless_another_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let subjects = SubjectArgs::default().read(folder.path()).unwrap();
        assert_eq!(
            (&subjects.split, &subjects.measured[..]),
            (&Split::default(), &["duke-7", "duke-8"].map(String::from)[..])
        );

        let own = Split { validation: vec!["a".to_owned()], held_out: vec!["b".to_owned()] };
        let json = |split: &Split| serde_json::to_vec(split).unwrap();
        write_file(&folder.path().join(SPLIT_FILE), &json(&own)).unwrap();
        let subjects = SubjectArgs::default().read(folder.path()).unwrap();
        assert_eq!(subjects, Subjects { measured: vec!["a".to_owned()], split: own, are_named: false });
        assert!(subjects.trains("duke-7") && !subjects.trains("b"));

        let named = folder.path().join("other.json");
        let other = Split { validation: vec!["c".to_owned()], held_out: Vec::new() };
        write_file(&named, &json(&other)).unwrap();
        let args = SubjectArgs {
            subjects: Some(vec!["d".to_owned()]),
            split: SplitArgs { split: Some(named.clone()) },
        };
        assert_eq!(
            args.read(folder.path()).unwrap(),
            Subjects { measured: vec!["d".to_owned()], split: other, are_named: true }
        );
        write_file(&named, b"[1]").unwrap();
        assert!(args.read(folder.path()).unwrap_err().to_string().contains("other.json is no split"));
    }

    #[test]
    fn labels_of_the_auto_trace_measure_nothing() {
        let traced = ManifestEntry { pseudo_labelled: true, ..entry("traced", "a", "x") };
        let entries =
            vec![entry("measured", "a", "x"), traced, entry("train", "b", "x"), entry("other", "b", "y")];
        let manifest = Manifest { dir: "data".into(), entries };
        let split = Split { validation: vec!["a".to_owned()], held_out: Vec::new() };
        let subjects = Subjects { measured: vec!["a".to_owned()], split, are_named: false };
        let ids = |entries: &[&ManifestEntry]| -> Vec<String> {
            entries.iter().map(|entry| entry.id.clone()).collect()
        };
        let measured = subjects.scans(&manifest).unwrap();
        assert_eq!(ids(&measured), ["measured"]);
        assert_eq!(ids(&subjects.training_scans(&manifest, &measured)), ["train"]);
        let nobody = Subjects { measured: vec!["z".to_owned()], ..subjects };
        assert!(nobody.scans(&manifest).unwrap_err().to_string().contains("labelled scan of z"));
    }

    #[test]
    fn each_named_subject_must_have_a_graded_scan() {
        let traced = ManifestEntry { pseudo_labelled: true, ..entry("traced", "t", "x") };
        let bare = ManifestEntry { label: None, ..entry("bare", "b", "x") };
        let manifest = Manifest { dir: "data".into(), entries: vec![entry("a1", "a", "x"), traced, bare] };
        let named = |subjects: &[&str], are_named| Subjects {
            measured: subjects.iter().map(|&name| name.to_owned()).collect(),
            split: Split::default(),
            are_named,
        };
        assert_eq!(named(&["a"], true).scans(&manifest).unwrap().len(), 1);
        let error = named(&["t", "a", "b", "z"], true).scans(&manifest).unwrap_err().to_string();
        assert!(error.starts_with("data holds no graded scan of t, b, z; "), "{error}");
        assert!(error.contains("--subjects"), "{error}");
        // The usual subjects need not all be there.
        assert_eq!(named(&["a", "z"], false).scans(&manifest).unwrap().len(), 1);
    }

    #[test]
    fn an_eye_that_is_measured_trains_under_no_other_name() {
        let subjects = Subjects {
            measured: vec!["tian-8".to_owned(), "duke-1".to_owned()],
            split: Split::default(),
            are_named: true,
        };
        for (subject, trains) in [("tian-1", false), ("mine_duke-1", false), ("tian-2", true), ("x", true)] {
            assert_eq!(subjects.trains(subject), trains, "{subject}");
        }
    }
}
