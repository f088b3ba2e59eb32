//! Whether a scan shows its mask: a segmenter that sees the scan alone is asked, and pairs that it does not find again
//! can be left out.

use serde::{Deserialize, Serialize};

use super::scores::SegmenterAgreement;
use super::unmade::Unmade;
use crate::anatomy::Interface;
use crate::mask::Mask;
use crate::metrics::segmentation::verdict::MaskVerdict;
use crate::scan::GreyImage;

/// Who judges the pairs of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgePlanning {
    /// As its file calls it.
    pub name: String,
    /// Of its tensor bytes.
    pub sha256: String,
    /// Pairs of which less is found again are made anew with another seed: mean Dice over the classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_dice: Option<f64>,
}

/// Looks at scans.
pub trait PairJudge {
    /// How far the mask is found again in its scan.
    ///
    /// # Errors
    /// See [`Unmade`].
    fn judge(
        &mut self,
        mask: &Mask,
        scan: &GreyImage,
        pixel_um: [f32; 2],
    ) -> Result<SegmenterAgreement, Unmade>;
}

impl JudgePlanning {
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
        let judge = |least_dice| JudgePlanning { name: "s".into(), sha256: "abc".into(), least_dice };
        assert_eq!(judge(None).refusal(&agreement(0.1)), None);
        assert_eq!(judge(Some(0.7)).refusal(&agreement(0.7)), None);
        let (name, why) = judge(Some(0.7)).refusal(&agreement(0.6)).expect("refused");
        assert_eq!(name, "not found again");
        assert!(why.contains("0.600"), "{why}");
        assert_eq!(agreement(0.5).boundary_um, 4.12);
    }
}
