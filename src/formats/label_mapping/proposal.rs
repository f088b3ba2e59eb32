//! What the values of a picture look like: the schemes that fit, the best first, each with its reason.

use serde::Serialize;

use super::background::lies_deepest;
use super::labels::mapped;
use super::mapping::LabelMapping;
use super::scheme::{AROI_BELOW, PAPER_FLUID, Scheme, SchemeKind, voc_color};
use super::steps;
use crate::anatomy::{ABOVE_ILM, BELOW_BM, LABELS, LAYER_COUNT, UNANNOTATED};
use crate::formats::label_picture::{LabelPicture, LabelValue};
use crate::mask::Disorder;

/// How sure a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// One reading among others.
    Possible,
    /// What lies where speaks for it.
    Likely,
    /// Nothing else makes sense of it.
    Certain,
}

/// One reading of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What the values would be.
    pub scheme: Scheme,
    /// What each value would mean.
    pub mapping: LabelMapping,
    /// Values whose label nobody can know but the user.
    pub unknown_values: Vec<LabelValue>,
    /// How sure that is.
    pub confidence: Confidence,
    /// The reason, as a phrase.
    pub why: String,
    /// What would be out of order.
    pub disorder: Option<Disorder>,
}

/// The readings of a picture, the most confident first; empty where no scheme fits.
pub fn propose(picture: &LabelPicture) -> Vec<Proposal> {
    let proposal = |scheme: Scheme, mapping: LabelMapping, (confidence, why): (Confidence, &str)| {
        let disorder = mapped(&mapping, picture, "").ok().and_then(|labels| labels.disorder);
        Proposal { scheme, mapping, unknown_values: Vec::new(), confidence, why: why.to_owned(), disorder }
    };
    let studio = Scheme::from(SchemeKind::Studio);
    if let Some(mapping) = studio.by_label_colors(picture) {
        // The paper's classes, written by this program, have the table's colours too, but one background.
        let width = picture.width as usize;
        let is_open_below =
            mapped(&mapping, picture, "").is_ok_and(|labels| lies_deepest(ABOVE_ILM, &labels.codes, width));
        if !is_open_below {
            let why = (Confidence::Certain, "its colours are those of the label table");
            return vec![proposal(studio, mapping, why)];
        }
    }
    let mut found = Vec::new();
    if let Some(white) = one_structure(picture) {
        let why = "it is one structure on black, whose label nobody can know but you".to_owned();
        let (scheme, mapping) = (SchemeKind::Binary.into(), LabelMapping::default());
        let (unknown_values, confidence) = (vec![white], Confidence::Certain);
        found.push(Proposal { scheme, mapping, unknown_values, confidence, why, disorder: None });
    }
    let factors = std::iter::once(1).chain(steps::factor(picture));
    for factor in factors {
        let Some(numbers) = Numbers::of(picture, factor) else { continue };
        for kind in [SchemeKind::Paper, SchemeKind::Retouch, SchemeKind::Aroi, SchemeKind::Studio] {
            if let (Some(why), Some(scheme)) = (numbers.judge(kind), Scheme::times(kind, factor)) {
                found.push(proposal(scheme, scheme.mapping_for(picture), why));
            }
        }
    }
    if found.is_empty()
        && let Some((kind, mapping)) = steps::evenly_spread(picture)
    {
        let why = match kind {
            SchemeKind::Paper => "its greys are spread evenly, and background lies below the layers too",
            _ => "its greys are spread evenly",
        };
        found.push(proposal(SchemeKind::Steps.into(), mapping, (Confidence::Likely, why)));
    }
    found.sort_by_key(|proposal| std::cmp::Reverse(proposal.confidence));
    found
}

/// The white of a picture that holds black and white, or 0 and one other number that is no code of several labels, or
/// only one of these.
pub(super) fn one_structure(picture: &LabelPicture) -> Option<LabelValue> {
    let mut white = None;
    for found in &picture.values {
        match found.value {
            ground if ground.is_ground() => {}
            // 2 to 11 are codes of labels in some scheme.
            LabelValue::Code(code) if white.is_none() && (code == 1 || code > 11) => {
                white = Some(found.value)
            }
            LabelValue::Color([r, g, b]) if white.is_none() && !picture.is_indexed() => {
                white = Some(LabelValue::Color([r, g, b]));
            }
            _ => return None,
        }
    }
    Some(white.unwrap_or(LabelValue::Code(255)))
}

/// A picture as the numbers of a scheme.
struct Numbers {
    used: Vec<u8>,
    codes: Vec<u8>,
    width: usize,
    disorder: Option<Disorder>,
}

impl Numbers {
    /// The numbers that its values are, divided by a factor; `None` where one is none.
    fn of(picture: &LabelPicture, factor: u8) -> Option<Self> {
        let factor = i32::from(factor);
        let number = |value: LabelValue| match value {
            LabelValue::Transparent => Some(ABOVE_ILM),
            LabelValue::Code(255) => Some(UNANNOTATED),
            LabelValue::Code(code) => {
                let number = u8::try_from(code / factor).ok()?;
                (code % factor == 0 && usize::from(number) < LABELS.len()).then_some(number)
            }
            LabelValue::Color(color) => {
                let known = (0..LABELS.len() as u8).chain([UNANNOTATED]);
                known.into_iter().find(|&number| voc_color(number) == color)
            }
        };
        let used: Vec<u8> = picture.values.iter().map(|found| number(found.value)).collect::<Option<_>>()?;
        let codes: Vec<u8> = picture.pixels.iter().map(|&position| used[usize::from(position)]).collect();
        let disorder = Disorder::of(picture.width, &codes);
        Some(Self { used, codes, width: picture.width as usize, disorder })
    }

    fn has(&self, numbers: std::ops::RangeInclusive<u8>) -> bool {
        self.used.iter().any(|number| numbers.contains(number))
    }

    fn lies_deepest(&self, number: u8) -> bool {
        lies_deepest(number, &self.codes, self.width)
    }

    /// How sure it is that the numbers are those of a scheme, and why; `None` where they are not.
    fn judge(&self, kind: SchemeKind) -> Option<(Confidence, &'static str)> {
        use Confidence::{Certain, Likely, Possible};
        let beyond = |last: u8| self.has(last + 1..=UNANNOTATED - 1);
        let has_layers = self.has(1..=LAYER_COUNT as u8);
        let is_open_below = self.lies_deepest(ABOVE_ILM);
        let disorder = self.disorder.as_ref().filter(|disorder| disorder.is_general());
        let is_upside_down = disorder.is_some_and(Disorder::is_upside_down);
        match kind {
            SchemeKind::Paper if beyond(PAPER_FLUID as u8) || is_upside_down => None,
            SchemeKind::Paper if is_open_below && beyond(3) => Some((
                Likely,
                "its numbers are 0 to 8, and background (0) lies below the layers as well as above",
            )),
            SchemeKind::Paper if is_open_below => {
                Some((Possible, "background (0) lies below the layers too"))
            }
            SchemeKind::Retouch if has_layers && !beyond(3) && is_open_below => {
                let confidence = if self.used.len() > 2 { Likely } else { Possible };
                Some((confidence, "its numbers are 0 to 3, and all of 1 to 3 lie within 0"))
            }
            SchemeKind::Aroi if !beyond(7) && has_layers && self.lies_deepest(AROI_BELOW) => {
                Some((Likely, "its numbers are 0 to 7, and 4 lies deepest"))
            }
            SchemeKind::Studio if is_upside_down => {
                Some((Possible, "its numbers are label codes, but the layers lie upside down"))
            }
            SchemeKind::Studio if is_open_below || self.lies_deepest(AROI_BELOW) => None,
            SchemeKind::Studio if disorder.is_some() => {
                Some((Possible, "its numbers are label codes, but most columns are out of order"))
            }
            SchemeKind::Studio if self.lies_deepest(BELOW_BM) && has_layers => {
                Some((Certain, "its numbers are label codes in their order, below BM (8) deepest"))
            }
            SchemeKind::Studio if has_layers || self.has(9..=11) => {
                Some((Likely, "its numbers are label codes"))
            }
            _ => None,
        }
    }
}
