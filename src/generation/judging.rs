//! Whether a scan shows its mask: a segmenter that sees the scan alone is asked, and pairs that it does not find again
//! can be left out.

use serde::{Deserialize, Serialize};

use super::best::BestOf;
use super::scores::SegmenterAgreement;
use super::unmade::Unmade;
use crate::anatomy::Interface;
use crate::mask::Mask;
use crate::metrics::segmentation::verdict::MaskVerdict;
use crate::scan::GreyImage;

/// What the one who judges decides about the pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairChoice {
    /// Pairs of which less is found again are made anew with another seed: mean Dice over the classes.
    pub least_dice: Option<f64>,
    /// More are drawn than wanted, and those are kept that are found again best.
    pub best: Option<BestOf>,
    /// The rims of fluid follow what is seen in the scan.
    pub relabel: bool,
}

/// Who judges the pairs of a plan. (What is not asked of it is not said: plans of before keep their hash.)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgePlanning {
    /// As its file calls it.
    pub name: String,
    /// Of its tensor bytes.
    pub sha256: String,
    /// See [`PairChoice::least_dice`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_dice: Option<f64>,
    /// See [`PairChoice::best`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<BestOf>,
    /// See [`PairChoice::relabel`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub relabel: bool,
}

/// What is seen in a scan.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedScan {
    /// How far the mask is found again.
    pub agreement: SegmenterAgreement,
    /// Composite codes, row-major, the size of the scan.
    pub codes: Vec<u8>,
}

/// Looks at scans.
pub trait PairJudge {
    /// What is seen in a scan, and how far its mask is found again in that.
    ///
    /// # Errors
    /// See [`Unmade`].
    fn judge(&mut self, mask: &Mask, scan: &GreyImage, pixel_um: [f32; 2]) -> Result<JudgedScan, Unmade>;
}

impl JudgePlanning {
    /// One that decides so.
    pub fn new(name: String, sha256: String, choice: PairChoice) -> Self {
        let PairChoice { least_dice, best, relabel } = choice;
        Self { name, sha256, least_dice, best, relabel }
    }

    /// What it decides.
    pub fn choice(&self) -> PairChoice {
        PairChoice { least_dice: self.least_dice, best: self.best, relabel: self.relabel }
    }

    /// What it does beyond looking on, in words; `None` where that is all.
    pub fn decides(&self) -> Option<&'static str> {
        let chooses = self.least_dice.is_some() || self.best.is_some();
        match (chooses, self.relabel) {
            (_, true) => Some("relabelled pairs"),
            (true, false) => Some("chose pairs"),
            (false, false) => None,
        }
    }

    /// Why a pair is not kept, as a short name and in words; `None` for one that is.
    pub fn refusal(&self, agreement: &SegmenterAgreement) -> Option<(&'static str, String)> {
        let least = self.least_dice?;
        (agreement.dice < least).then(|| {
            let why = format!(
                "the segmenter finds a Dice of {:.3} of the mask again, asked was {least}",
                agreement.dice
            );
            ("not found again", why)
        })
    }
}

impl SegmenterAgreement {
    /// What a segmenter of a hash says of a pair; lengths in um to two places, shares to four.
    pub fn of(verdict: &MaskVerdict, segmenter_sha256: &str) -> Self {
        let share = |value: f64| (value * 1e4).round() / 1e4;
        let um = |value: f64| (value * 100.0).round() / 100.0;
        Self {
            segmenter_sha256: segmenter_sha256.to_owned(),
            dice: share(verdict.dice.unwrap_or(0.0)),
            fluid_dice: verdict.fluid_dice.map(share),
            boundary_um: um(verdict.boundary_um.unwrap_or(0.0)),
            worst: verdict.worst.map(|worst| {
                (Interface::ALL[worst.interface].name().to_owned(), worst.columns, um(worst.um))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreement(dice: f64) -> SegmenterAgreement {
        let verdict = MaskVerdict {
            dice: Some(dice),
            fluid_dice: None,
            boundary_um: Some(4.123_456),
            errors_um: Vec::new(),
            worst: None,
        };
        SegmenterAgreement::of(&verdict, "abc")
    }

    #[test]
    fn what_is_not_found_again_is_refused_if_it_was_asked() {
        let judge = |least_dice| {
            JudgePlanning::new("s".into(), "abc".into(), PairChoice { least_dice, ..PairChoice::default() })
        };
        assert_eq!(judge(None).refusal(&agreement(0.1)), None);
        assert_eq!(judge(Some(0.7)).refusal(&agreement(0.7)), None);
        let (name, why) = judge(Some(0.7)).refusal(&agreement(0.6)).expect("refused");
        assert_eq!(name, "not found again");
        assert!(why.contains("0.600"), "{why}");
        assert_eq!(agreement(0.5).boundary_um, 4.12);
    }

    #[test]
    fn who_only_looks_on_says_no_more_than_in_plans_of_before() {
        let judge = |choice| JudgePlanning::new("s".into(), "abc".into(), choice);
        let looks_on = judge(PairChoice::default());
        assert_eq!(serde_json::to_string(&looks_on).unwrap(), r#"{"name":"s","sha256":"abc"}"#);
        assert_eq!(looks_on.decides(), None);
        let best = PairChoice { best: BestOf::of_share(0.6).ok(), ..PairChoice::default() };
        assert_eq!((judge(best).decides(), judge(best).choice()), (Some("chose pairs"), best));
        let all = PairChoice { least_dice: Some(0.5), relabel: true, ..best };
        let json = serde_json::to_string(&judge(all)).unwrap();
        assert!(json.contains(r#""best":{"kept":6,"of":10},"relabel":true"#), "{json}");
        assert_eq!(serde_json::from_str::<JudgePlanning>(&json).unwrap(), judge(all));
        assert_eq!(judge(all).decides(), Some("relabelled pairs"));
    }
}
