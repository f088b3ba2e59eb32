//! Which scans train, which only measure: decided by subject, never by scan.
//!
//! Neighbouring B-scans of one eye are nearly copies, so a split by scan would measure memory.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::encoding::noise::Rng;

/// Name of the file in a data set's folder that holds the split it was built with.
pub const SPLIT_FILE: &str = "split.json";

/// How the subjects of public data sets begin; a number follows.
const PUBLIC_SETS: [&str; 2] = ["duke-", "tian-"];
/// Subjects of public data sets that are an eye that has another name, too: six scans of Tian's eighth subject are, pixel
/// by pixel, scans of the first.
const SAME_EYES: [(&str, &str); 1] = [("tian-8", "tian-1")];

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
    /// Fold `fold` of `folds` over eyes: the subjects of one fold validate, all others train, and no eye is in two folds,
    /// whatever names it has. Which subject is in which fold depends on the names and the seed alone.
    ///
    /// # Panics
    /// If there are fewer than 2 folds, or no such fold.
    pub fn k_fold(subjects: &[String], folds: usize, fold: usize, seed: u64) -> Self {
        assert!(folds >= 2 && fold < folds, "fold {fold} of {folds}");
        let mut names = subjects.to_vec();
        names.sort_unstable();
        names.dedup();
        // In the order of the names, so that subjects who are an eye each lie in the folds of before.
        let mut eyes = eyes_of(&names);
        Rng::new(seed, 0, folds as u64).shuffle(&mut eyes);
        let of_fold: HashSet<&str> = eyes.into_iter().skip(fold).step_by(folds).collect();
        let validation = names.iter().filter(|name| of_fold.contains(eye_of(name))).cloned().collect();
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
/// has there (`duke-9` for `mine_duke-9`), and the first of its names where it has several there (`tian-1` for
/// `tian-8`); else the subject itself.
pub fn eye_of(subject: &str) -> &str {
    let is_number = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_public = |eye: &str| PUBLIC_SETS.iter().any(|set| eye.strip_prefix(set).is_some_and(is_number));
    let eye = subject.rsplit_once('_').map(|(_, eye)| eye).filter(|eye| is_public(eye)).unwrap_or(subject);
    SAME_EYES.iter().find(|(name, _)| *name == eye).map_or(eye, |&(_, first)| first)
}

/// The eyes of some subjects, each once, in the order of the subjects.
pub fn eyes_of(subjects: &[String]) -> Vec<&str> {
    let mut met = HashSet::new();
    subjects.iter().map(|subject| eye_of(subject)).filter(|eye| met.insert(*eye)).collect()
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

    /// The folds are those of programs that shuffled the names themselves.
    #[test]
    fn folds_of_subjects_who_are_an_eye_each_are_those_of_before() {
        let before = |subjects: &[String], folds: usize, fold: usize, seed: u64| -> Vec<String> {
            let mut names = subjects.to_vec();
            names.sort_unstable();
            names.dedup();
            Rng::new(seed, 0, folds as u64).shuffle(&mut names);
            let mut validation: Vec<String> = names.into_iter().skip(fold).step_by(folds).collect();
            validation.sort_unstable();
            validation
        };
        let names = |subjects: &[&str]| subjects.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let duke: Vec<String> = (1..=10).map(|number| format!("duke-{number}")).collect();
        let sets = [
            duke,
            names(&["tian-7", "tian-1", "tian-2", "tian-2", "b", "mine_duke-9", "duke-10", "a_b"]),
            names(&["tian-8", "tian-7", "duke-1", "duke-2", "z"]),
        ];
        for subjects in &sets {
            for (folds, seed) in [(2, 0), (3, 0), (5, 9)] {
                for fold in 0..folds {
                    let split = Split::k_fold(subjects, folds, fold, seed);
                    assert_eq!(split.validation, before(subjects, folds, fold, seed), "{subjects:?}");
                }
            }
        }
    }

    #[test]
    fn an_eye_with_two_names_is_never_parted() {
        for (subject, eye) in [
            ("tian-8", "tian-1"),
            ("mine_tian-8", "tian-1"),
            ("synthetic_tian-1", "tian-1"),
            ("tian-80", "tian-80"),
            ("tian-08", "tian-08"),
            ("duke-8", "duke-8"),
        ] {
            assert_eq!(eye_of(subject), eye, "{subject}");
        }
        let mut subjects: Vec<String> = (1..=8).map(|number| format!("tian-{number}")).collect();
        subjects.push("mine_tian-3".to_owned());
        assert_eq!(eyes_of(&subjects).len(), 7);
        for (folds, seed) in [(2, 0), (3, 1), (7, 2), (5, 3)] {
            let mut validated = Vec::new();
            for fold in 0..folds {
                let split = Split::k_fold(&subjects, folds, fold, seed);
                assert!(!split.validation.is_empty());
                for (one, other) in [("tian-1", "tian-8"), ("tian-3", "mine_tian-3")] {
                    assert_eq!(split.role(one), split.role(other), "fold {fold} of {folds}, seed {seed}");
                    let is_listed = |name: &str| split.validation.iter().any(|listed| listed == name);
                    assert_eq!(is_listed(one), is_listed(other), "every subject of the fold is named");
                }
                validated.extend(split.validation);
            }
            validated.sort_unstable();
            let mut all = subjects.clone();
            all.sort_unstable();
            assert_eq!(validated, all, "everybody validates once");
        }
        let split = Split { validation: Vec::new(), held_out: vec!["tian-8".to_owned()] };
        assert_eq!((split.role("tian-1"), split.role("mine_tian-1")), (Role::HeldOut, Role::HeldOut));
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
