//! The form that makes a data set of scans and labels, in place of a terminal.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::data_making::{Made, Making};
use crate::dataset::building::{BuildTerms, SplitTerms};
use crate::dataset::importing::{ImportTerms, InputKind};
use crate::dataset::manifest::MANIFEST_FILE;
use crate::formats::folder::FolderKind;
use crate::formats::label_mapping::{LabelChoice, SchemeKind};
use crate::studio::flow::typed_path::typed_path;
use crate::studio::texts::text;

/// An input with what it is, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Input {
    pub path: PathBuf,
    pub what: String,
    pub is_usable: bool,
}

impl Input {
    /// Looks at a folder or a file; takes as long as the disk.
    pub fn look_at(path: PathBuf) -> Self {
        let (what, is_usable) = match InputKind::of(&path, None) {
            _ if path.join(MANIFEST_FILE).is_file() => (text!("data-kind-set").to_owned(), true),
            InputKind::DukeSubjects(files) => (text!("data-kind-mat", count = files.len()), true),
            InputKind::Export => (text!("data-kind-export").to_owned(), true),
            InputKind::File => (text!("data-kind-file").to_owned(), true),
            InputKind::Volumes => (text!("data-kind-volumes").to_owned(), true),
            InputKind::Folder(kind) => (folder_words(kind).to_owned(), true),
            InputKind::Unknown => (text!("data-kind-unknown").to_owned(), false),
        };
        Self { path, what, is_usable }
    }
}

fn folder_words(kind: FolderKind) -> &'static str {
    match kind {
        FolderKind::Tian2015 => text!("data-kind-tian"),
        FolderKind::DukeDme => text!("data-kind-duke"),
        FolderKind::Oct2017 => text!("data-kind-oct2017"),
        FolderKind::Pairs => text!("data-kind-pairs"),
        FolderKind::Images => text!("data-kind-images"),
    }
}

/// What the form is doing.
pub(super) enum DataWork {
    Nothing,
    Making {
        making: Arc<Making>,
        out: PathBuf,
    },
    /// It was made, or not; with what was left out.
    Ended {
        outcome: Result<Made, String>,
        making: Arc<Making>,
    },
}

/// The form.
pub(super) struct DataForm {
    pub inputs: Vec<Input>,
    pub name: String,
    /// Folder that the data set's own folder is made in.
    pub parent: String,
    /// What the values of label pictures are; nothing for what this program writes.
    pub scheme: Option<SchemeKind>,
    /// The character before which a file's name is its subject's.
    pub separator: String,
    /// Scans without labels, too.
    pub unlabelled: bool,
    /// Scans with text in a corner, too.
    pub with_text: bool,
    /// One subject of so many validates.
    pub folds: u32,
    pub work: DataWork,
}

impl DataForm {
    pub fn new(parent: Option<&Path>, name: String) -> Self {
        Self {
            inputs: Vec::new(),
            name,
            parent: parent.map(|parent| parent.display().to_string()).unwrap_or_default(),
            scheme: None,
            separator: String::new(),
            unlabelled: true,
            with_text: false,
            folds: SplitTerms::default().folds,
            work: DataWork::Nothing,
        }
    }

    /// Adds inputs that are not there yet.
    pub fn add(&mut self, inputs: Vec<Input>) {
        for input in inputs {
            if self.inputs.iter().all(|known| known.path != input.path) {
                self.inputs.push(input);
            }
        }
    }

    /// Folder of the data set.
    ///
    /// # Errors
    /// If there is no place, or the name cannot be one.
    pub fn folder(&self) -> Result<PathBuf, String> {
        let name = self.name.trim();
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
        if name.is_empty() {
            return Err(text!("data-needs-name").to_owned());
        }
        if name.starts_with('.') || !name.chars().all(is_plain) || name.len() > 80 {
            return Err(text!("data-bad-name").to_owned());
        }
        if self.parent.trim().is_empty() {
            return Err(text!("data-needs-parent").to_owned());
        }
        Ok(typed_path(&self.parent).join(name))
    }

    /// What keeps it from being made, the first thing first.
    pub fn problem(&self) -> Option<String> {
        if self.inputs.is_empty() {
            return Some(text!("data-needs-inputs").to_owned());
        }
        if let Some(input) = self.inputs.iter().find(|input| !input.is_usable) {
            return Some(text!("data-unusable", input = %input.path.display()));
        }
        if self.separator.trim().chars().count() > 1 {
            return Some(text!("data-one-character").to_owned());
        }
        self.folder().err()
    }

    /// What is to be made.
    ///
    /// # Errors
    /// As [`DataForm::problem`].
    pub fn terms(&self) -> Result<BuildTerms, String> {
        if let Some(problem) = self.problem() {
            return Err(problem);
        }
        let labels = self.scheme.map_or(LabelChoice::Unsaid, |kind| LabelChoice::Scheme(kind.into()));
        Ok(BuildTerms {
            inputs: self.inputs.iter().map(|input| input.path.clone()).collect(),
            out: self.folder()?,
            split: SplitTerms { folds: self.folds, ..SplitTerms::default() },
            import: ImportTerms {
                unlabelled: self.unlabelled,
                with_text: self.with_text,
                labels,
                subject_separator: self.separator.trim().chars().next(),
                ..ImportTerms::default()
            },
            ..BuildTerms::default()
        })
    }

    /// Whether a data set is being made.
    pub fn is_busy(&self) -> bool {
        matches!(self.work, DataWork::Making { .. })
    }

    /// It was made, or not. Returns the folder of one that was.
    pub fn take(&mut self, outcome: Result<Made, String>) -> Option<PathBuf> {
        match std::mem::replace(&mut self.work, DataWork::Nothing) {
            DataWork::Making { making, out } => {
                let made = outcome.is_ok().then_some(out);
                self.work = DataWork::Ended { outcome, making };
                made
            }
            other => {
                self.work = other;
                None
            }
        }
    }

    /// Whether what was made leaves nothing to be read here.
    pub fn is_clean(&self) -> bool {
        matches!(&self.work, DataWork::Ended { outcome: Ok(made), making }
            if made.copies == 0 && making.skipped().1 == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(is_usable: bool) -> Input {
        Input { path: "somewhere".into(), what: String::new(), is_usable }
    }

    #[test]
    fn the_form_says_what_is_missing_one_thing_at_a_time() {
        let mut form = DataForm::new(None, String::new());
        assert_eq!(form.problem().as_deref(), Some("Add a folder of scans, or files."));
        form.add(vec![input(false), input(true)]);
        assert_eq!(form.inputs.len(), 1, "an input stands once");
        assert!(form.problem().is_some_and(|problem| problem.contains("somewhere")));
        form.inputs = vec![input(true)];
        assert!(form.problem().is_some_and(|problem| problem.contains("name")));
        form.name = "my scans".to_owned();
        assert!(form.terms().is_err_and(|problem| problem.contains("folder")));
        form.parent = "sets".to_owned();
        form.separator = "__".to_owned();
        assert!(form.problem().is_some_and(|problem| problem.contains("character")));
        form.separator = "_".to_owned();
        form.scheme = Some(SchemeKind::Paper);
        let terms = form.terms().unwrap();
        assert_eq!(terms.out, PathBuf::from("sets").join("my scans"));
        assert_eq!(terms.import.subject_separator, Some('_'));
        assert_eq!(terms.import.labels, LabelChoice::Scheme(SchemeKind::Paper.into()));
        assert_eq!((terms.split.folds, terms.split.hold_out.len()), (5, 2));
        form.parent = "~/sets".to_owned();
        assert_eq!(form.folder(), Ok(typed_path("~/sets/my scans")));
    }
}
