//! Which scans train, which only measure: decided by subject, never by scan.
//!
//! Neighbouring B-scans of one eye are nearly copies, so a split by scan would measure memory.

use serde::{Deserialize, Serialize};

use crate::encoding::noise::Draws;

/// Name of the file in a data set's folder that holds the split it was built with.
pub const SPLIT_FILE: &str = "split.json";

/// How the subjects of public data sets begin; a number follows.
const PUBLIC_SETS: [&str; 2] = ["duke-", "tian-"];

/// The subjects that never train.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Split {
    /// Subjects the validation loss, the sample pictures and the fidelity figures are taken on.
    pub validation: Vec<String>,
    /// Subjects that are kept for the final comparison and are not even looked at.
    pub held_out: Vec<String>,
}

/// What a subject's scans are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Its scans train.
    Training,
    /// Its scans choose between checkpoints.
    Validation,
    /// Its scans are measured on at the end, and seen by nothing before.
    HeldOut,
}

impl Default for Split {
    /// Duke 1-6 and Tian 1-6 and 8 train, Duke 7-8 and Tian 7 validate, Duke 9-10 are the test set: the
    /// split of the segmenters the paper compares with.
    fn default() -> Self {
        let names = |subjects: &[&str]| subjects.iter().map(|&subject| subject.to_owned()).collect();
        Self { validation: names(&["duke-7", "duke-8", "tian-7"]), held_out: names(&["duke-9", "duke-10"]) }
    }
}

impl Split {
    /// Fold `fold` of `folds` over subjects: those of one fold validate, all others train. Which subject is
    /// in which fold depends on the names and the seed alone.
    ///
    /// # Panics
    /// If there are fewer than 2 folds, or no such fold.
    pub fn k_fold(subjects: &[String], folds: usize, fold: usize, seed: u64) -> Self {
        assert!(folds >= 2 && fold < folds, "fold {fold} of {folds}");
        let mut names = subjects.to_vec();
        names.sort_unstable();
        names.dedup();
        Draws::new(seed, 0, folds as u64).shuffle(&mut names);
        let mut validation: Vec<String> = names.into_iter().skip(fold).step_by(folds).collect();
        validation.sort_unstable();
        Self { validation, held_out: Vec::new() }
    }

    /// What the scans of `subject` are for. An eye of a public data set keeps its role under whatever name that set
    /// was imported: `mine_duke-9` is held out where `duke-9` is.
    pub fn role(&self, subject: &str) -> Role {
        let eye = eye_of(subject);
        let named = |subjects: &[String]| subjects.iter().any(|name| eye_of(name) == eye);
        if named(&self.held_out) {
            Role::HeldOut
        } else if named(&self.validation) {
            Role::Validation
        } else {
            Role::Training
        }
    }
}

/// Whose eye a subject is: for an eye of a public data set that was imported under a name of one's own, the name it
/// has there (`duke-9` for `mine_duke-9`); else the subject itself.
pub fn eye_of(subject: &str) -> &str {
    let Some((_, eye)) = subject.rsplit_once('_') else { return subject };
    let is_number = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_public = PUBLIC_SETS.iter().any(|set| eye.strip_prefix(set).is_some_and(is_number));
    if is_public { eye } else { subject }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subject_validates_in_one_fold() {
        let subjects: Vec<String> = (0..11).map(|number| format!("s{number}")).collect();
        let mut all: Vec<String> =
            (0..5).flat_map(|fold| Split::k_fold(&subjects, 5, fold, 7).validation).collect();
        assert_eq!(Split::k_fold(&subjects, 5, 0, 7), Split::k_fold(&subjects, 5, 0, 7));
        assert_ne!(Split::k_fold(&subjects, 5, 0, 7), Split::k_fold(&subjects, 5, 0, 8));
        all.sort_unstable();
        let mut sorted = subjects.clone();
        sorted.sort_unstable();
        assert_eq!(all, sorted);
    }

    #[test]
    fn validation_and_test_subjects_never_train() {
        let split = Split::default();
        assert_eq!(split.role("duke-6"), Role::Training);
        assert_eq!(split.role("tian-8"), Role::Training);
        assert_eq!(split.role("duke-8"), Role::Validation);
        assert_eq!(split.role("duke-10"), Role::HeldOut);
        for (subject, role) in [
            ("mine_duke-9", Role::HeldOut),
            ("my_own_duke-10", Role::HeldOut),
            ("x_tian-7", Role::Validation),
            ("mine_duke-1", Role::Training),
            ("mine_duke-9b", Role::Training),
            ("duke-90", Role::Training),
        ] {
            assert_eq!(split.role(subject), role, "{subject}");
        }
    }
}
