//! The schemes of numbers that data sets and programs use for labels, and the colours that stand for numbers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::mapping::{LabelMapping, Meaning};
use crate::anatomy::{
    ABOVE_ILM, BELOW_BM, FORMER_SRF_COLOR, IRF, LABELS, LAYER_COUNT, UNANNOTATED, code_of_color,
};
use crate::formats::label_picture::{LabelPicture, LabelValue};

/// The paper's number of fluid.
pub(super) const PAPER_FLUID: i32 = 8;
/// AROI's number of what lies below BM.
pub(super) const AROI_BELOW: u8 = 4;
/// Colour of unannotated pixels in the label table's palette.
pub(in crate::formats) const UNANNOTATED_COLOR: [u8; 3] = [128, 128, 128];
/// Largest factor that leaves room for two labels in a byte.
const MAX_FACTOR: u8 = 127;

/// A family of label numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SchemeKind {
    /// 0 above ILM, 1-7 layers, 8 below BM, 9 IRF, 10 SRF, 11 PED, 255 unannotated.
    Studio,
    /// The RetiDiff paper's nine classes: 0 background on both sides, 1-7 layers, 8 fluid.
    Paper,
    /// RETOUCH (Bogunović et al. 2019): 1 IRF, 2 SRF, 3 PED, and no layers.
    Retouch,
    /// AROI (Melinščak et al. 2021): 0 above ILM, 1-3 groups of layers (left unannotated), 4 below BM, 5 PED, 6 SRF,
    /// 7 IRF.
    Aroi,
    /// Greys spread evenly from 0, darkest first: the studio's numbers, or the paper's where background lies below.
    Steps,
    /// One structure, white on black: white is asked.
    Binary,
    /// The colours of the PASCAL VOC palette in the studio's order.
    Voc,
}

const KINDS: [(SchemeKind, &str); 7] = [
    (SchemeKind::Studio, "studio"),
    (SchemeKind::Paper, "paper"),
    (SchemeKind::Retouch, "retouch"),
    (SchemeKind::Aroi, "aroi"),
    (SchemeKind::Steps, "steps"),
    (SchemeKind::Binary, "binary"),
    (SchemeKind::Voc, "voc"),
];

/// A scheme whose numbers may be multiplied to be seen: `paper*30` is the paper's in steps of 30.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scheme {
    /// Which values mean what.
    pub kind: SchemeKind,
    /// At least 1; more than 1 only for studio, paper, retouch and aroi.
    factor: u8,
}

impl From<SchemeKind> for Scheme {
    fn from(kind: SchemeKind) -> Self {
        Self { kind, factor: 1 }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let word = KINDS.iter().find(|(kind, _)| *kind == self.kind).map_or("", |(_, word)| word);
        match self.factor {
            1 => f.write_str(word),
            factor => write!(f, "{word}*{factor}"),
        }
    }
}

impl FromStr for Scheme {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, factor) = text.trim().split_once('*').unwrap_or((text.trim(), "1"));
        let Some((kind, _)) = KINDS.iter().find(|(_, known)| known.eq_ignore_ascii_case(word.trim())) else {
            let words: Vec<&str> = KINDS.iter().map(|(_, word)| *word).collect();
            let shown: String = text.chars().take(30).collect();
            return Err(format!(
                "\"{shown}\" is no scheme; they are {}, or one of numbers times a factor, such as paper*30",
                words.join(", ")
            ));
        };
        let factor = factor.trim().parse().ok().and_then(|factor| Self::times(*kind, factor));
        factor.ok_or_else(|| {
            format!("{text}: studio, paper, retouch and aroi can be multiplied, by 1 to {MAX_FACTOR}")
        })
    }
}

impl TryFrom<String> for Scheme {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Scheme> for String {
    fn from(scheme: Scheme) -> Self {
        scheme.to_string()
    }
}

impl Scheme {
    /// A scheme of numbers times a factor; `None` where that makes no sense.
    pub fn times(kind: SchemeKind, factor: u8) -> Option<Self> {
        use SchemeKind::{Aroi, Paper, Retouch, Studio};
        let fits = factor == 1 || matches!(kind, Studio | Paper | Retouch | Aroi);
        (fits && (1..=MAX_FACTOR).contains(&factor)).then_some(Self { kind, factor })
    }

    /// The mapping of all its numbers, in the form in which a picture has them: codes, the colours of the label
    /// table, or VOC colours. Without a mapping of its own are `steps` and `binary`, which depend on the picture:
    /// they map nothing here.
    pub fn mapping_for(self, picture: &LabelPicture) -> LabelMapping {
        if let Some(mapping) = self.by_label_colors(picture) {
            return mapping;
        }
        let numbers = (0..LABELS.len() as i32).chain([i32::from(UNANNOTATED)]);
        let mut mapping = LabelMapping::default();
        for (number, meaning) in numbers.filter_map(|number| Some((number, self.kind.meaning(number)?))) {
            let value = match number {
                255 => 255,
                number => number * i32::from(self.factor),
            };
            mapping.set(LabelValue::Code(value), meaning);
            if let Ok(number) = u8::try_from(number) {
                mapping.set(LabelValue::Color(voc_color(number)), meaning);
            }
        }
        if let Some(ground) = self.kind.meaning(0) {
            mapping.set(LabelValue::Transparent, ground);
        }
        mapping
    }

    /// The mapping by the label table's colours, where every colour of a picture is one of them: those of a
    /// palette in any order, or of pixels.
    pub(super) fn by_label_colors(self, picture: &LabelPicture) -> Option<LabelMapping> {
        let of_color = |color| self.kind.meaning(i32::from(self.kind.number_of_label_color(color)?));
        let by_color = |(value, color)| Some((value, of_color(color)?));
        if picture.is_indexed() {
            // The paper's own files have other colours for its numbers, which are then the indices.
            let colors = picture.values.iter().map(|found| Some((found.value, found.palette_color?)));
            let is_studio = self.kind == SchemeKind::Studio;
            return is_studio.then(|| colors.map(|entry| by_color(entry?)).collect())?;
        }
        let all_known = picture.values.iter().all(|found| match found.value {
            LabelValue::Color(color) => color == [0; 3] || of_color(color).is_some(),
            LabelValue::Transparent => true,
            LabelValue::Code(_) => false,
        });
        let table = LABELS.iter().map(|label| label.color).chain([FORMER_SRF_COLOR, UNANNOTATED_COLOR]);
        let ground = self.kind.meaning(0)?;
        let around = [(LabelValue::Color([0; 3]), ground), (LabelValue::Transparent, ground)];
        let colors = table.filter_map(|color| by_color((LabelValue::Color(color), color)));
        all_known.then(|| colors.chain(around).collect())
    }
}

impl SchemeKind {
    /// What a number means in it.
    pub(super) fn meaning(self, number: i32) -> Option<Meaning> {
        let code = u8::try_from(number).ok()?;
        match (self, code) {
            (Self::Steps | Self::Binary, _) => None,
            (Self::Retouch, 0) => Some(Meaning::Unannotated),
            (_, UNANNOTATED) => Some(Meaning::Unannotated),
            (Self::Studio | Self::Voc, _) => {
                (usize::from(code) < LABELS.len()).then_some(Meaning::Label(code))
            }
            (Self::Paper, 0) => Some(Meaning::Background),
            (Self::Paper, _) if number == PAPER_FLUID => Some(Meaning::Label(IRF)),
            (Self::Paper, _) => (usize::from(code) <= LAYER_COUNT).then_some(Meaning::Label(code)),
            (Self::Retouch, 1..=3) => Some(Meaning::Label(IRF + code - 1)),
            (Self::Retouch, _) => None,
            (Self::Aroi, 0) => Some(Meaning::Label(ABOVE_ILM)),
            (Self::Aroi, 1..AROI_BELOW) => Some(Meaning::Unannotated),
            (Self::Aroi, AROI_BELOW) => Some(Meaning::Label(BELOW_BM)),
            (Self::Aroi, 5..=7) => Some(Meaning::Label(IRF + 7 - code)),
            (Self::Aroi, _) => None,
        }
    }

    /// The number whose pixels the label table's colours show.
    fn number_of_label_color(self, color: [u8; 3]) -> Option<u8> {
        if color == UNANNOTATED_COLOR {
            return Some(UNANNOTATED);
        }
        let code = code_of_color(color)?;
        match self {
            Self::Studio => Some(code),
            Self::Paper if code == IRF => Some(PAPER_FLUID as u8),
            Self::Paper => (code < BELOW_BM).then_some(code),
            _ => None,
        }
    }
}

/// The colour of a number in the palette of PASCAL VOC (Everingham et al. 2010), which labelme and many others
/// give their masks: the bits of the number in threes, from the highest bit of each channel downwards.
pub(super) fn voc_color(number: u8) -> [u8; 3] {
    let mut color = [0; 3];
    for (channel, level) in color.iter_mut().enumerate() {
        for (bit, place) in [channel, channel + 3, channel + 6].into_iter().zip([7, 6, 5]) {
            *level |= if bit < 8 { (number >> bit & 1) << place } else { 0 };
        }
    }
    color
}

/// The colour of one of the paper's classes in a palette of this program.
pub(in crate::formats) fn paper_color(class: u8) -> Option<[u8; 3]> {
    match class {
        UNANNOTATED => Some(UNANNOTATED_COLOR),
        _ if i32::from(class) == PAPER_FLUID => Some(LABELS[usize::from(IRF)].color),
        layer if i32::from(layer) < PAPER_FLUID => Some(LABELS[usize::from(layer)].color),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_voc_colours_are_the_published_ones() {
        // Of the development kit's colour map: background, aeroplane, bottle, bus, dining table, tv monitor, void.
        for (number, color) in [
            (0, [0, 0, 0]),
            (1, [128, 0, 0]),
            (5, [128, 0, 128]),
            (6, [0, 128, 128]),
            (8, [64, 0, 0]),
            (11, [192, 128, 0]),
            (20, [0, 64, 128]),
            (255, [224, 224, 192]),
        ] {
            assert_eq!(voc_color(number), color, "{number}");
        }
    }

    #[test]
    fn schemes_are_written_and_read() {
        for text in ["studio", "paper*30", "retouch*85", "voc"] {
            assert_eq!(text.parse::<Scheme>().unwrap().to_string(), text);
        }
        let refusal = |text: &str| text.parse::<Scheme>().unwrap_err();
        assert!(
            refusal("mine")
                .starts_with("\"mine\" is no scheme; they are studio, paper, retouch, aroi, steps")
        );
        assert!(refusal("voc*2").contains("can be multiplied"));
        assert!(refusal("paper*0").contains("by 1 to 127") && refusal("paper*x").contains("by 1 to 127"));
    }

    #[test]
    fn numbers_mean_what_the_data_sets_say() {
        let label = |kind: SchemeKind, number| kind.meaning(number).map(|meaning| meaning.to_string());
        let names = |kind, numbers: &[i32]| -> Vec<String> {
            numbers.iter().map(|&number| label(kind, number).unwrap_or_else(|| "-".to_owned())).collect()
        };
        assert_eq!(names(SchemeKind::Retouch, &[0, 1, 2, 3, 4]), ["unannotated", "IRF", "SRF", "PED", "-"]);
        assert_eq!(names(SchemeKind::Paper, &[0, 7, 8, 9]), ["background", "OS-RPE", "IRF", "-"]);
        assert_eq!(
            names(SchemeKind::Aroi, &[0, 1, 3, 4, 5, 6, 7, 8]),
            ["Above ILM", "unannotated", "unannotated", "Below BM", "PED", "SRF", "IRF", "-"]
        );
        assert_eq!(names(SchemeKind::Studio, &[-1, 11, 12, 255, 256]), ["-", "PED", "-", "unannotated", "-"]);
    }
}
