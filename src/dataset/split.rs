//! Which scans train, which only measure: decided by subject, never by scan.
//!
//! Neighbouring B-scans of one eye are nearly copies, so a split by scan would measure memory.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::encoding::noise::Rng;

/// Name of the file in a data set's folder that holds the split it was built with.
pub const SPLIT_FILE: &str = "split.json";

/// Public data sets whose subjects are known by their names; a number follows.
const PUBLIC_SETS: [&str; 2] = ["duke", "tian"];
/// As Duke DME calls its subjects itself, and how many it has.
const DUKE_SUBJECT: (&str, u32) = ("subject", 10);
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
        let of_fold: HashSet<Cow<str>> = eyes.into_iter().skip(fold).step_by(folds).collect();
        let validation = names.iter().filter(|name| of_fold.contains(&*eye_of(name))).cloned().collect();
        Self { validation, held_out: Vec::new() }
    }

    /// What the scans of `subject` are for. An eye of a public data set keeps its role under whatever name that set
    /// was imported: `mine_duke-9` is held out where `duke-9` is.
    pub fn role(&self, subject: &str) -> Role {
        let eye = written_alike(subject);
        let named = |subjects: &[String]| subjects.iter().any(|name| written_alike(name) == eye);
        if named(&self.held_out) {
            Role::HeldOut
        } else if named(&self.validation) {
            Role::Validation
        } else {
            Role::Training
        }
    }
}

/// Whose eye a subject is: for an eye of a public data set the name that it has here (`duke-9`), however it was written
/// (`duke_09`, `Duke 9`, `Subject_09`, a B-scan's own `duke_09_12`) and whatever name of one's own stands before it
/// (`mine_duke-9`), and the first of its names where it has several there (`tian-1` for `tian-8`); else the subject
/// itself.
pub fn eye_of(subject: &str) -> Cow<'_, str> {
    let eye = public_eye(subject).map_or(Cow::Borrowed(subject), Cow::Owned);
    match SAME_EYES.iter().find(|(name, _)| *name == eye) {
        Some(&(_, first)) => Cow::Borrowed(first),
        None => eye,
    }
}

/// Whether two subjects are one eye, under whatever names: nobody is kept from training as `Anna` and trains as `anna`, or
/// with a space behind the name.
pub fn are_one_eye(one: &str, other: &str) -> bool {
    written_alike(one) == written_alike(other)
}

/// The eye of a subject, however its name is written.
fn written_alike(subject: &str) -> String {
    eye_of(subject.trim()).to_lowercase()
}

/// The eye of a public data set that a subject is called by.
fn public_eye(subject: &str) -> Option<String> {
    let name = subject.to_ascii_lowercase();
    let eye = |name: &str| -> Option<(bool, String)> {
        let (word, number) = word_and_number(name)?;
        let number = number.trim_start_matches('0');
        let number = if number.is_empty() { "0" } else { number };
        // Others call their subjects so, too: a name of theirs before it, or a number past Duke's, and it is not Duke's.
        let (own_name, most) = DUKE_SUBJECT;
        if word == own_name && number.parse::<u32>().is_ok_and(|number| (1..=most).contains(&number)) {
            return Some((true, format!("duke-{number}")));
        }
        let set = PUBLIC_SETS.into_iter().find(|set| word.ends_with(*set))?;
        let before = &word[..word.len() - set.len()];
        let is_apart = before.is_empty() || before.ends_with(['_', ' ']);
        is_apart.then(|| (before.is_empty(), format!("{set}-{number}")))
    };
    if let Some((_, eye)) = eye(&name) {
        return Some(eye);
    }
    // `duke_09_12`: what a B-scan is called is its subject's name where nobody said what parts the two.
    let (of_subject, _) = word_and_number(&name)?;
    eye(of_subject).and_then(|(is_whole, eye)| is_whole.then_some(eye))
}

/// A name without the number at its end, and that number; what parts the two belongs to neither.
fn word_and_number(name: &str) -> Option<(&str, &str)> {
    let word = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &name[word.len()..];
    let word = word.strip_suffix(['-', '_', ' ']).unwrap_or(word);
    (!number.is_empty()).then_some((word, number))
}

/// The eyes of some subjects, each once, in the order of the subjects.
pub fn eyes_of(subjects: &[String]) -> Vec<Cow<'_, str>> {
    let mut met = HashSet::new();
    subjects.iter().map(|subject| eye_of(subject)).filter(|eye| met.insert(eye.clone())).collect()
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
            ("tian-08", "tian-1"),
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
    fn a_public_eye_is_known_however_it_is_written() {
        let duke_7 = [
            "duke_07",
            "duke-7",
            "duke 7",
            "duke7",
            "Duke_007",
            "DUKE-07",
            "mine_duke_07",
            "my own Duke 7",
            "Subject_07",
            "subject7",
            "SUBJECT-7",
            "duke_07_12",
            "Subject_07_12",
        ];
        for subject in duke_7 {
            assert_eq!(eye_of(subject), "duke-7", "{subject}");
            assert_eq!(Split::default().role(subject), Role::Validation, "{subject}");
        }
        for (subject, eye) in [("Tian_08", "tian-1"), ("tian_1_05", "tian-1"), ("Tian 7", "tian-7")] {
            assert_eq!(eye_of(subject), eye, "{subject}");
        }
        // Names of others, scans that a set made subjects of their own, and what is no number.
        let others = [
            "Subject_11",
            "Subject_0",
            "clinic_subject_7",
            "eyeduke-7",
            "scan-duke_07_12",
            "mine_duke_07_12",
            "duke",
            "duke-",
            "7",
            "",
            "duke-7b",
            "duke--7",
            "Ünder_7",
            "a_b",
        ];
        for subject in others {
            assert_eq!(eye_of(subject), subject);
        }
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
            ("duke-7 ", Role::Validation),
        ] {
            assert_eq!(split.role(subject), role, "{subject}");
        }
        let own = Split { validation: vec!["Änne".to_owned()], held_out: vec!["b".to_owned()] };
        let roles = [" änne", "B", "Anne"].map(|subject| own.role(subject));
        assert_eq!(roles, [Role::Validation, Role::HeldOut, Role::Training]);
    }
}
