//! What is said of a training set beforehand, and what keeps it from being built.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::dataset::framing::Framing;
use crate::dataset::importing::{ImportError, ImportTerms};
use crate::dataset::manifest::Manifest;
use crate::dataset::split::{Role, Split, are_one_eye};
use crate::formats::FormatError;

/// How scans are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum SplitRule {
    /// Duke 1-6 train, 7-8 validate, 9-10 are held out (and Tian 7 validates); other subjects train
    Paper,
    /// Duke 1-5 train, 6-10 are held out, as in Chiu et al. 2015 and ReLayNet; other subjects train, nobody validates
    #[value(alias = "relaynet")]
    Chiu,
    /// Subjects in folds
    KFold,
    /// Scans in folds, whoever they are of: only to measure how much this flatters
    RandomImage,
}

/// Who validates, and who is kept out of everything.
#[derive(Clone, Debug)]
pub struct SplitTerms {
    /// The paper's subjects where they are there, else folds, unless said here.
    pub rule: Option<SplitRule>,
    /// At least 2.
    pub folds: u32,
    /// The fold that validates, from 0.
    pub fold: u32,
    /// Of the division; the same gives the same split.
    pub seed: u64,
    /// Subjects that neither train nor validate in any fold.
    pub hold_out: Vec<String>,
}

impl Default for SplitTerms {
    /// One subject in five validates; the paper's test subjects are held out.
    fn default() -> Self {
        Self { rule: None, folds: 5, fold: 0, seed: 0, hold_out: Split::default().held_out }
    }
}

impl SplitTerms {
    /// The split of a set, and by which rule it was made.
    pub fn split(&self, manifest: &Manifest) -> (String, Split) {
        let paper = Split::default();
        let is_known = manifest.entries.iter().any(|entry| paper.role(&entry.subject) != Role::Training);
        let rule = self.rule.unwrap_or(if is_known { SplitRule::Paper } else { SplitRule::KFold });
        let folds = |what: &str| {
            let subjects: Vec<String> = manifest
                .entries
                .iter()
                .map(|entry| entry.subject.clone())
                .filter(|subject| !self.hold_out.contains(subject))
                .collect();
            let split = Split::k_fold(&subjects, self.folds as usize, self.fold as usize, self.seed);
            let name = format!("{what}, fold {} of {} (from 0), seed {}", self.fold, self.folds, self.seed);
            (name, Split { held_out: self.hold_out.clone(), ..split })
        };
        match rule {
            SplitRule::Paper => ("the paper's subjects".to_owned(), paper),
            SplitRule::Chiu => ("Duke 1-5 train, 6-10 test, as Chiu and ReLayNet have it".to_owned(), chiu()),
            SplitRule::KFold => folds("subjects in folds"),
            SplitRule::RandomImage => folds("scans in folds, whoever they are of"),
        }
    }

    /// Whether a subject neither trains nor validates, under whatever name its eye was imported.
    pub fn holds_out(&self, subject: &str) -> bool {
        self.hold_out.iter().any(|name| are_one_eye(name, subject))
    }

    /// Whether every scan is made a subject of its own.
    pub fn is_by_scan(&self) -> bool {
        self.rule == Some(SplitRule::RandomImage)
    }
}

/// Who is tested in Chiu et al. 2015, and after them in ReLayNet: half of the subjects of Duke DME. They have nobody who
/// validates.
fn chiu() -> Split {
    let held_out = (6..=10).map(|number| format!("duke-{number}")).collect();
    Split { validation: Vec::new(), held_out }
}

/// What a training set is built from, and how.
#[derive(Clone, Debug, Default)]
pub struct BuildTerms {
    /// Data sets, or what can be imported.
    pub inputs: Vec<PathBuf>,
    /// Folder of the training set.
    pub out: PathBuf,
    /// How scans are cut and sized.
    pub framing: Framing,
    /// Who trains, who validates, who is held out.
    pub split: SplitTerms,
    /// How inputs that are no data sets yet are imported; into a folder of the training set, whatever stands here.
    pub import: ImportTerms,
}

/// What all scans of a training set share; kept beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BuildFacts {
    pub version: u32,
    pub crop: bool,
    pub size: Option<[u32; 2]>,
    /// Whether every scan was made a subject of its own.
    pub is_by_scan: bool,
}

impl std::fmt::Display for BuildFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let crop = if self.crop { "--crop" } else { "no --crop" };
        let size = self.size.map_or_else(|| "no --size".to_owned(), |[x, y]| format!("--size {x}x{y}"));
        let subjects = if self.is_by_scan { "a split by scan" } else { "a split by subject" };
        write!(f, "{crop}, {size}, {subjects}")
    }
}

/// A training set that was not built.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum BuildError {
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("{}: it does not say how its scans were framed ({why}); choose another --out", file.display())]
    Unsaid { file: PathBuf, why: String },
    #[error("{} holds scans that were built with {known}; this asks for {requested}: choose another --out", out.display())]
    OtherTerms { out: PathBuf, known: String, requested: String },
    #[error("there was no scan to build from")]
    Empty,
    /// Whoever watches did not want it to go on after so many scans.
    #[error("it was stopped after {0} scans; what was built stays, and the same build goes on with it")]
    Stopped(usize),
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn the_split_of_chiu_and_relaynet_tests_half_of_duke() {
        for name in ["chiu", "relaynet"] {
            assert_eq!(SplitRule::from_str(name, false), Ok(SplitRule::Chiu), "{name}");
        }
        let nobody = Manifest { dir: "data".into(), entries: Vec::new() };
        let terms = SplitTerms { rule: Some(SplitRule::Chiu), ..SplitTerms::default() };
        let (name, split) = terms.split(&nobody);
        assert!(name.contains("ReLayNet"), "{name}");
        for number in 1..=10 {
            let role = if number <= 5 { Role::Training } else { Role::HeldOut };
            assert_eq!(split.role(&format!("duke-{number}")), role, "duke-{number}");
        }
        assert_eq!((split.role("mine_duke-6"), split.role("tian-7")), (Role::HeldOut, Role::Training));
    }

    #[test]
    fn an_eye_is_held_out_under_every_name() {
        let terms =
            SplitTerms { hold_out: vec!["tian-1".to_owned(), "b".to_owned()], ..SplitTerms::default() };
        for (subject, is_held_out) in
            [("tian-1", true), ("tian-8", true), ("mine_tian-8", true), ("b", true), ("mine_b", false)]
        {
            assert_eq!(terms.holds_out(subject), is_held_out, "{subject}");
        }
    }
}
