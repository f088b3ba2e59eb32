//! How dark fluid is that a network has never been shown, in the finished picture.
//!
//! [`super::unseen_fluid`] multiplies the greys of SRF and PED by what they usually lack. A requested style brightens
//! layers and vitreous each by itself, and a network follows it as it likes, so under one SRF came out at .8 to 2.3 times
//! the vitreous. So what came is measured in each picture, and multiplied to what such fluid has on scans.

use super::unseen_fluid::{Inside, lacked};
use crate::anatomy::{ABOVE_ILM, BELOW_BM, Lesion};
use crate::encoding::labels::LabelScheme;

/// What a grey may be multiplied by, at least and at most.
const FACTORS: [f32; 2] = [0.4, 2.5];
/// Fewer pixels are too few for a mean grey.
const LEAST_PIXELS: usize = 20;
/// A grey, as a share of white, that can be divided by.
const LEAST_GREY: f32 = 0.01;

/// The fluid of a mask that is to be as dark as on scans.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DarkFluid {
    /// Pixels above the ILM in columns with a retina.
    vitreous: Vec<usize>,
    kinds: Vec<Kind>,
    /// How much of what is missing is met, 0 to 1.
    share: f32,
}

/// All SRF, or all PED.
#[derive(Clone, Debug, PartialEq)]
struct Kind {
    /// Its pixels, and how much of the factor each gets: less towards the painted edge.
    inside: Vec<(usize, f32)>,
    /// Its grey over that of the vitreous.
    over_vitreous: f32,
}

impl DarkFluid {
    /// The SRF and PED that a network takes for IRF among `insides`, of composite codes on a grid, row-major; `None` where
    /// there are none, `share` is 0, or too little vitreous is there to compare with. `contrast` is 1 as in scans.
    pub fn of(
        scheme: &LabelScheme,
        insides: &[Inside],
        labels: &[u8],
        width: usize,
        [share, contrast]: [f64; 2],
    ) -> Option<Self> {
        if share <= 0.0 {
            return None;
        }
        let kind_of = |inside: &Inside| {
            let pixels = inside.weights.iter().copied().enumerate();
            let pixels: Vec<(usize, f32)> = pixels.filter(|(_, weight)| *weight > 0.0).collect();
            let is_measurable = pixels.iter().filter(|(_, weight)| *weight >= 1.0).count() >= LEAST_PIXELS;
            let over_vitreous =
                over_vitreous(inside.lesion) * lacked(inside.lesion).powf(contrast as f32 - 1.0);
            is_measurable.then_some(Kind { inside: pixels, over_vitreous })
        };
        let is_as_irf = |inside: &&Inside| scheme.is_encoded_as_irf(inside.lesion);
        let kinds: Vec<Kind> = insides.iter().filter(is_as_irf).filter_map(kind_of).collect();
        if kinds.is_empty() {
            return None;
        }
        let vitreous = vitreous(labels, width);
        (vitreous.len() >= LEAST_PIXELS).then(|| Self { vitreous, kinds, share: share.min(1.0) as f32 })
    }

    /// Changes a picture, row-major in `[-1, 1]`, so that its fluid is as dark as on scans; `share` of it, so that what is
    /// left of a real scan is not changed once more.
    pub fn meet(&self, picture: &mut [f32], share: f32) {
        let vitreous = mean(picture, self.vitreous.iter().copied()).max(LEAST_GREY);
        for kind in &self.kinds {
            let whole = kind.inside.iter().filter(|(_, weight)| *weight >= 1.0).map(|(at, _)| *at);
            let came = mean(picture, whole).max(LEAST_GREY);
            let factor = (kind.over_vitreous * vitreous / came).clamp(FACTORS[0], FACTORS[1]);
            let change = (factor - 1.0) * self.share * share;
            for &(at, weight) in &kind.inside {
                picture[at] = (picture[at] + (picture[at] + 1.0) * change * weight).min(1.0);
            }
        }
    }
}

/// Grey inside over that of the vitreous, both above black: SRF is about as dark, a serous PED hardly brighter.
fn over_vitreous(lesion: Lesion) -> f32 {
    if lesion == Lesion::Ped { 2.0 } else { 1.1 }
}

/// Pixels above the ILM in columns with a layer.
fn vitreous(labels: &[u8], width: usize) -> Vec<usize> {
    let mut has_retina = vec![false; width];
    for (at, &code) in labels.iter().enumerate() {
        has_retina[at % width] |= (ABOVE_ILM + 1..BELOW_BM).contains(&code);
    }
    let is_vitreous = |at: &usize| labels[*at] == ABOVE_ILM && has_retina[at % width];
    (0..labels.len()).filter(is_vitreous).collect()
}

/// Mean grey above black of some pixels, as a share of white; 0 of none.
fn mean(picture: &[f32], pixels: impl Iterator<Item = usize>) -> f32 {
    let (count, sum) = pixels
        .fold((0_usize, 0.0_f64), |(count, sum), at| (count + 1, sum + f64::from(picture[at] + 1.0) / 2.0));
    if count == 0 { 0.0 } else { (sum / count as f64) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::{IRF, LESION_BASE};
    use crate::diffusion::unseen_fluid::insides;

    const SIDE: usize = 24;
    const MIDDLE: usize = 14 * SIDE + 12;

    fn dark_fluid(labels: &[u8], share: f64, contrast: f64) -> Option<DarkFluid> {
        let insides = insides(labels, [SIDE as u32; 2]);
        DarkFluid::of(&LabelScheme::studio(), &insides, labels, SIDE, [share, contrast])
    }

    /// Six rows of vitreous over ONL with a square of twelve pixels of a code.
    fn labels(code: u8) -> Vec<u8> {
        let code_at = |at: usize| match (at / SIDE, at % SIDE) {
            (0..6, _) => ABOVE_ILM,
            (8..20, 6..18) => code,
            _ => 5,
        };
        (0..SIDE * SIDE).map(code_at).collect()
    }

    /// Greys of vitreous, fluid and ONL, as shares of white.
    fn picture(labels: &[u8], fluid: f32) -> Vec<f32> {
        let grey = |&code: &u8| match code {
            ABOVE_ILM => 0.1,
            5 => 0.3,
            _ => fluid,
        };
        labels.iter().map(|code| grey(code) * 2.0 - 1.0).collect()
    }

    fn grey_in_the_middle(code: u8, fluid: f32, share: f64, contrast: f64) -> f32 {
        let labels = labels(code);
        let mut picture = picture(&labels, fluid);
        if let Some(dark) = dark_fluid(&labels, share, contrast) {
            dark.meet(&mut picture, 1.0);
        }
        (picture[MIDDLE] + 1.0) / 2.0
    }

    #[test]
    fn fluid_is_as_dark_beside_the_vitreous_as_on_scans() {
        let [srf, ped] = [Lesion::Srf, Lesion::Ped].map(|lesion| LESION_BASE + lesion.code());
        for (code, fluid, share, contrast, expected) in [
            (srf, 0.08, 1.0, 1.0, 0.11),
            (srf, 0.23, 1.0, 1.0, 0.11),
            (ped, 0.12, 1.0, 1.0, 0.2),
            // A factor has bounds; half of it is half of the way; contrast is a power.
            (srf, 0.9, 1.0, 1.0, 0.36),
            (srf, 0.23, 0.5, 1.0, 0.17),
            (srf, 0.08, 1.0, 2.0, 0.11 * lacked(Lesion::Srf)),
            // The network knows IRF.
            (IRF, 0.23, 1.0, 1.0, 0.23),
            (srf, 0.23, 0.0, 1.0, 0.23),
        ] {
            let expected = f32::max(expected, 0.4 * fluid);
            let grey = grey_in_the_middle(code, fluid, share, contrast);
            assert!((grey - expected).abs() < 1e-4, "code {code} of {fluid}: {grey}, not {expected}");
        }
    }

    #[test]
    fn nothing_else_changes_and_the_edge_less_than_the_inside() {
        let labels = labels(LESION_BASE + Lesion::Srf.code());
        let before = picture(&labels, 0.22);
        let mut after = before.clone();
        dark_fluid(&labels, 1.0, 1.0).unwrap().meet(&mut after, 1.0);
        for (at, (before, after)) in before.iter().zip(&after).enumerate() {
            assert!(labels[at] == LESION_BASE + Lesion::Srf.code() || before == after, "pixel {at}");
        }
        // Half a pixel inside a quarter of the way from .22 to .11.
        let edge = (after[14 * SIDE + 6] + 1.0) / 2.0;
        assert!((edge - (0.22 - 0.11 / 4.0)).abs() < 1e-4, "{edge}");
    }

    #[test]
    fn without_vitreous_nothing_is_compared() {
        let all = vec![LESION_BASE + Lesion::Srf.code(); SIDE * SIDE];
        assert_eq!(dark_fluid(&all, 1.0, 1.0), None);
    }
}
