//! Which masks are worth a scan: what a mask must measure for its pair to be made.
//!
//! A mask model follows its conditions loosely, and now and then draws a mask that the cleaning has to change a lot. What
//! does not pass is drawn again with another seed, before anything is synthesised, and counted by its reason on the line of
//! the pair that came of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::scores::Scores;

/// Number of rejected masks, by reason.
pub type Rejections = BTreeMap<String, u32>;

/// What a mask must measure; what is `None` is not looked at. Both ends of a range are let through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Area of all fluid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fluid_mm2: Option<[f64; 2]>,
    /// Connected regions of fluid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lesions: Option<[f64; 2]>,
    /// Mean thickness of the retina over the middle millimetre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thickness_um: Option<[f64; 2]>,
    /// Largest part of the pixels, in per cent, that the cleaning may have changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cleaned_percent: Option<f64>,
}

impl Filters {
    /// Whether every mask passes.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }

    /// Why a mask of so many pixels does not pass: a short name to count by, and the whole sentence; `None` if it does.
    pub fn refusal(&self, scores: &Scores, pixels: u64) -> Option<(&'static str, String)> {
        let lesions: u32 = scores.lesions.iter().sum();
        let measured = [
            ("fluid", self.fluid_mm2, Some(scores.fluid_mm2()), "mm2 of fluid"),
            ("lesions", self.lesions, Some(f64::from(lesions)), "regions of fluid"),
            ("thickness", self.thickness_um, scores.central_um, "um in the middle millimetre"),
        ];
        for (name, range, value, unit) in measured {
            let Some([low, high]) = range else { continue };
            match value {
                None => {
                    return Some((
                        name,
                        format!("it has no thickness in the middle, {low} to {high} {unit} are kept"),
                    ));
                }
                Some(value) if value < low || value > high => {
                    return Some((name, format!("it has {value:.3} {unit}, {low} to {high} are kept")));
                }
                Some(_) => {}
            }
        }
        let percent = 100.0 * scores.cleaned_px as f64 / pixels.max(1) as f64;
        let most = self.max_cleaned_percent.filter(|most| percent > *most)?;
        Some(("cleaning", format!("the cleaning changed {percent:.2} % of its pixels, {most} are let pass")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(fluid_mm2: f64, cysts: u32, central_um: Option<f64>, cleaned_px: u64) -> Scores {
        let mut scores = Scores { central_um, cleaned_px, lesions: [cysts, 0, 0], ..Scores::default() };
        scores.area_mm2[9] = fluid_mm2;
        scores
    }

    #[test]
    fn every_filter_says_what_it_found_and_what_it_keeps() {
        let all = Filters {
            fluid_mm2: Some([0.05, 0.3]),
            lesions: Some([1.0, 4.0]),
            thickness_um: Some([250.0, 350.0]),
            max_cleaned_percent: Some(2.0),
        };
        assert_eq!(all.refusal(&scores(0.3, 1, Some(250.0), 20), 1000), None, "the ends pass");
        let why = |scores: Scores| all.refusal(&scores, 1000).map(|(name, _)| name);
        assert_eq!(why(scores(0.31, 1, Some(300.0), 0)), Some("fluid"));
        assert_eq!(why(scores(0.1, 5, Some(300.0), 0)), Some("lesions"));
        assert_eq!(why(scores(0.1, 1, None, 0)), Some("thickness"));
        assert_eq!(why(scores(0.1, 1, Some(300.0), 21)), Some("cleaning"));
        let (_, words) = all.refusal(&scores(0.0, 1, Some(300.0), 0), 1000).unwrap();
        assert_eq!(words, "it has 0.000 mm2 of fluid, 0.05 to 0.3 are kept");
        assert!(
            Filters::default().are_none()
                && Filters::default().refusal(&scores(9.0, 9, None, 999), 1000).is_none()
        );
    }
}
