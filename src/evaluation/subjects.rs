//! Who is measured and who trained: the subjects of a data set, as its split has them.

use super::EvaluationError;
use crate::dataset::split::are_one_eye;
use crate::dataset::{Manifest, ManifestEntry, Role, Split};

/// Measured where the split is the program's own: the eyes with fluid among those that validate.
const USUAL_SUBJECTS: [&str; 2] = ["duke-7", "duke-8"];

/// Whose scans are measured, and by which split the others train.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subjects {
    /// Who is measured.
    pub measured: Vec<String>,
    /// Who trains, who validates and who is held out.
    pub split: Split,
    /// Whether somebody named them: then none may be missing.
    pub are_named: bool,
}

impl Subjects {
    /// Those that were named; else Duke 7-8 where the split is the program's own, and all who validate by another.
    pub fn usual(split: Split, named: Option<Vec<String>>) -> Self {
        match named.is_none() && split == Split::default() {
            true => Self { measured: USUAL_SUBJECTS.map(str::to_owned).to_vec(), split, are_named: false },
            false => Self::validating(split, named),
        }
    }

    /// Those that were named, else all who validate.
    pub fn validating(split: Split, named: Option<Vec<String>>) -> Self {
        let are_named = named.is_some();
        let measured = named.unwrap_or_else(|| split.validation.clone());
        Self { measured, split, are_named }
    }

    /// Everybody with a grader's labels, where nobody named subjects, the split is the program's own and the data set holds
    /// none of those who are measured by it; else `None`. Nobody is then left to train: this is for what needs no training
    /// eyes in the data set.
    pub fn all_instead(&self, manifest: &Manifest) -> Option<Self> {
        let is_there = || manifest.entries.iter().any(|entry| self.is_measured(entry));
        if self.are_named || self.split != Split::default() || is_there() {
            return None;
        }
        let mut measured: Vec<String> = Vec::new();
        for entry in manifest.entries.iter().filter(|entry| entry.is_graded()) {
            if !measured.contains(&entry.subject) {
                measured.push(entry.subject.clone());
            }
        }
        (!measured.is_empty()).then(|| Self { measured, ..self.clone() })
    }

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
        let is_measured = self.measured.iter().any(|name| are_one_eye(name, subject));
        self.split.role(subject) == Role::Training && !is_measured
    }

    /// Refuses subjects that were named and have no scan that a grader labelled: the figures of the others would pass for
    /// those of all.
    ///
    /// # Errors
    /// Names them, the folder and the remedy.
    pub fn check_named(&self, manifest: &Manifest) -> Result<(), EvaluationError> {
        let missing = if self.are_named { manifest.without_graded_scan(&self.measured) } else { Vec::new() };
        if missing.is_empty() {
            return Ok(());
        }
        Err(EvaluationError::Refused(format!(
            "{} holds no graded scan of {}; import their labels, correct the names, or leave them out of --subjects",
            manifest.dir.display(),
            missing.join(", ")
        )))
    }

    /// The labelled scans that are measured.
    ///
    /// # Errors
    /// If there is none, or a subject that was named has none.
    pub fn scans<'a>(&self, manifest: &'a Manifest) -> Result<Vec<&'a ManifestEntry>, EvaluationError> {
        self.check_named(manifest)?;
        let scans: Vec<&ManifestEntry> =
            manifest.entries.iter().filter(|entry| self.is_measured(entry)).collect();
        if !scans.is_empty() {
            return Ok(scans);
        }
        let whom = match self.measured.is_empty() {
            true => "a validation subject".to_owned(),
            false => self.measured.join(", "),
        };
        Err(EvaluationError::Refused(format!(
            "{} holds no labelled scan of {whom}; name others with --subjects",
            manifest.dir.display()
        )))
    }

    /// The graded scans of another data set: of the subjects that were named, or all.
    ///
    /// # Errors
    /// If a subject that was named has none there.
    pub fn scans_elsewhere<'a>(
        &self,
        manifest: &'a Manifest,
    ) -> Result<Vec<&'a ManifestEntry>, EvaluationError> {
        self.check_named(manifest)?;
        let is_wanted = |entry: &&ManifestEntry| {
            entry.is_graded() && (!self.are_named || self.measured.contains(&entry.subject))
        };
        Ok(manifest.entries.iter().filter(is_wanted).collect())
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

    fn entry(id: &str, subject: &str, source: &str) -> ManifestEntry {
        serde_json::from_value(serde_json::json!({
            "version": 1, "id": id, "image": "a.png", "label": "b.png", "width": 8, "height": 4,
            "subject": subject, "source": source
        }))
        .unwrap()
    }

    #[test]
    fn who_is_measured_is_named_or_follows_from_the_split() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let of = |subjects: Subjects| (subjects.measured, subjects.are_named);
        assert_eq!(of(Subjects::usual(Split::default(), None)), (names(&["duke-7", "duke-8"]), false));
        let all = names(&["duke-7", "duke-8", "tian-7"]);
        assert_eq!(of(Subjects::validating(Split::default(), None)), (all, false));
        let own = Split { validation: names(&["a"]), held_out: names(&["b"]) };
        assert_eq!(of(Subjects::usual(own.clone(), None)), (names(&["a"]), false));
        assert_eq!(of(Subjects::usual(own.clone(), Some(names(&["d"])))), (names(&["d"]), true));
        assert_eq!(of(Subjects::usual(Split::default(), Some(names(&["d"])))), (names(&["d"]), true));

        let entries = vec![entry("1", "a", "x"), entry("2", "d", "x"), entry("3", "e", "x")];
        let manifest = Manifest { dir: "data".into(), entries };
        let ids = |subjects: &Subjects| -> Vec<String> {
            let scans = subjects.scans_elsewhere(&manifest).unwrap();
            scans.iter().map(|entry| entry.id.clone()).collect()
        };
        assert_eq!(ids(&Subjects::usual(own.clone(), None)), ["1", "2", "3"]);
        assert_eq!(ids(&Subjects::usual(own.clone(), Some(names(&["d"])))), ["2"]);
        assert!(Subjects::usual(own, Some(names(&["z"]))).scans_elsewhere(&manifest).is_err());
    }

    #[test]
    fn everybody_is_measured_where_nobody_is_named_and_the_usual_eyes_are_elsewhere() {
        let traced = ManifestEntry { pseudo_labelled: true, ..entry("4", "t", "x") };
        let mut entries = vec![entry("1", "b", "x"), entry("2", "a", "x"), entry("3", "b", "x"), traced];
        let others = Manifest { dir: "data".into(), entries: entries.clone() };
        let usual = Subjects::usual(Split::default(), None);
        let all = usual.all_instead(&others).unwrap();
        assert_eq!((&all.measured[..], all.are_named), (&["b".to_owned(), "a".to_owned()][..], false));
        assert!(!all.trains("a") && all.scans(&others).unwrap().len() == 3);
        let own = Split { validation: vec!["z".to_owned()], held_out: Vec::new() };
        let named = Subjects::usual(Split::default(), Some(vec!["z".to_owned()]));
        for subjects in [Subjects::usual(own, None), named] {
            assert_eq!(subjects.all_instead(&others), None);
        }
        entries.push(entry("5", "duke-8", "x"));
        assert_eq!(usual.all_instead(&Manifest { dir: "data".into(), entries }), None);
        let none = Manifest { dir: "data".into(), entries: Vec::new() };
        assert!(usual.all_instead(&none).is_none() && usual.scans(&none).is_err());
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
            measured: ["tian-8", "duke-1", "Anna"].map(str::to_owned).to_vec(),
            split: Split::default(),
            are_named: true,
        };
        for (subject, trains) in
            [("tian-1", false), ("mine_duke-1", false), ("tian-2", true), ("anna ", false)]
        {
            assert_eq!(subjects.trains(subject), trains, "{subject}");
        }
    }
}
