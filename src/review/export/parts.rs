//! Which part of an export a subject belongs to.

use sha2::{Digest, Sha256};

use crate::dataset::Split;
use crate::dataset::split::{Role, eye_of};

/// A part of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SplitPart {
    /// To train on.
    Train,
    /// To choose by.
    Validation,
    /// To measure on.
    Test,
}

impl SplitPart {
    /// All of them.
    pub const ALL: [SplitPart; 3] = [SplitPart::Train, SplitPart::Validation, SplitPart::Test];

    /// What most layouts call it.
    pub fn name(self) -> &'static str {
        ["train", "val", "test"][self as usize]
    }
}

/// Shares of subjects that validate and that test; the others train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// Of subjects, 0 to 1.
    pub validation: f64,
    /// Of subjects, 0 to 1.
    pub test: f64,
}

impl Default for Shares {
    fn default() -> Self {
        Self { validation: 0.1, test: 0.1 }
    }
}

impl Shares {
    /// The part of a subject: of its name alone, so that it stays the same when the set grows. Eyes of public data
    /// sets, and what was bent from them, keep the side that published comparisons give them.
    pub fn part_of(&self, subject: &str) -> SplitPart {
        let eye = eye_of(subject);
        match Split::default().role(&eye) {
            Role::Validation => return SplitPart::Validation,
            Role::HeldOut => return SplitPart::Test,
            Role::Training => {}
        }
        let is_public = ["duke-", "tian-"].iter().any(|set| eye.starts_with(set));
        if is_public {
            return SplitPart::Train;
        }
        let hash = Sha256::digest(eye.as_bytes());
        let number = hash.iter().take(4).fold(0_u32, |number, &byte| number << 8 | u32::from(byte));
        let share = f64::from(number) / 2_f64.powi(32);
        if share < self.test {
            SplitPart::Test
        } else if share < self.test + self.validation {
            SplitPart::Validation
        } else {
            SplitPart::Train
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_stay_together_and_public_eyes_on_their_side() {
        let shares = Shares::default();
        assert_eq!(shares.part_of("synthetic_duke-9"), SplitPart::Test);
        assert_eq!(shares.part_of("duke-7"), SplitPart::Validation);
        assert_eq!(shares.part_of("synthetic_tian-2"), SplitPart::Train);
        let mut counts = [0; 3];
        for number in 0..2000 {
            let subject = format!("synthetic-ab-{number}");
            assert_eq!(shares.part_of(&subject), shares.part_of(&subject));
            counts[shares.part_of(&subject) as usize] += 1;
        }
        assert!((1500..1700).contains(&counts[0]) && counts[1] > 150 && counts[2] > 150, "{counts:?}");
        let none = Shares { validation: 0.0, test: 0.0 };
        assert_eq!(none.part_of("anybody"), SplitPart::Train);
    }
}
