//! An arm of the comparison: what a segmenter is trained on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Most pairs of a kind in an arm.
const MAX_PAIRS: usize = 1_000_000;

/// A training set, written as its parts joined by `+`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arm {
    /// `real`: the graders' scans.
    pub real: bool,
    /// `aug`: classical augmentation of whatever the arm has.
    pub augmented: bool,
    /// `synmaskN`: synthetic scans of the masks of N of the graders' scans.
    pub of_training_masks: usize,
    /// `synN`: N synthetic pairs, masks sampled.
    pub synthetic: usize,
    /// `painterN`: the same N masks, painted with mean greys and noise.
    pub painted: usize,
}

impl Arm {
    /// The paper's baseline.
    pub const REAL: Self =
        Self { real: true, augmented: false, of_training_masks: 0, synthetic: 0, painted: 0 };
    /// What it should be compared with.
    pub const REAL_AUGMENTED: Self = Self { augmented: true, ..Self::REAL };

    /// Sampled pairs that some arms take, painted ones among them, whose masks are the sampled ones.
    pub fn sampled_pairs(arms: &[Self]) -> usize {
        arms.iter().map(|arm| arm.synthetic.max(arm.painted)).max().unwrap_or(0)
    }
}

impl FromStr for Arm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut arm = Self::default();
        let wrong = |part: &str, why: &str| {
            format!(
                "\"{part}\" in the arm \"{text}\" {why}; an arm is made of real, aug, synmaskN, synN and painterN \
                 joined by +, such as real+syn250"
            )
        };
        for part in text.split('+') {
            let split = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
            let (word, number) = part.split_at(split);
            let count = || match number.parse::<usize>() {
                Ok(count @ 1..=MAX_PAIRS) => Ok(count),
                _ => Err(wrong(part, "needs a number of pairs, 1 or more")),
            };
            let is_twice = match word {
                "real" if number.is_empty() => std::mem::replace(&mut arm.real, true),
                "aug" if number.is_empty() => std::mem::replace(&mut arm.augmented, true),
                "synmask" => std::mem::replace(&mut arm.of_training_masks, count()?) > 0,
                "syn" => std::mem::replace(&mut arm.synthetic, count()?) > 0,
                "painter" => std::mem::replace(&mut arm.painted, count()?) > 0,
                _ => return Err(wrong(part, "is not known")),
            };
            if is_twice {
                return Err(wrong(part, "is there twice"));
            }
        }
        if !arm.real && arm.of_training_masks + arm.synthetic + arm.painted == 0 {
            return Err(wrong(text, "has no masks to learn from"));
        }
        Ok(arm)
    }
}

impl TryFrom<String> for Arm {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Arm> for String {
    fn from(arm: Arm) -> Self {
        arm.to_string()
    }
}

impl fmt::Display for Arm {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let with_count = |word: &str, count: usize| (count > 0).then(|| format!("{word}{count}"));
        let parts = [
            self.real.then(|| "real".to_owned()),
            with_count("synmask", self.of_training_masks),
            with_count("syn", self.synthetic),
            with_count("painter", self.painted),
            self.augmented.then(|| "aug".to_owned()),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join("+"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arms_are_written_as_they_are_read() {
        for text in ["real", "real+aug", "synmask66", "syn250", "real+syn250", "painter250", "real+syn60+aug"]
        {
            let arm: Arm = text.parse().unwrap();
            assert_eq!(arm.to_string(), text);
            assert_eq!(serde_json::from_str::<Arm>(&format!("{text:?}")).unwrap(), arm);
        }
        assert_eq!("aug+real".parse::<Arm>(), Ok(Arm::REAL_AUGMENTED));
    }

    #[test]
    fn an_arm_that_makes_no_sense_is_told_why() {
        let error = |text: &str| text.parse::<Arm>().unwrap_err();
        assert!(error("aug").contains("has no masks to learn from"));
        assert!(error("syn").contains("needs a number of pairs"));
        assert!(error("syn0").contains("needs a number of pairs"));
        assert!(error("real+real").contains("is there twice"));
        assert!(error("reel").contains("is not known") && error("").contains("is not known"));
        assert!(error("syn99999999999999999999").contains("needs a number"));
    }
}
