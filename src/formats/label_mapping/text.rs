//! Mappings and meanings as people write them, on the command line and in files.

use std::fmt;
use std::str::FromStr;

use super::mapping::{LabelMapping, Meaning};
use crate::anatomy::{self, LABELS};
use crate::formats::label_picture::LabelValue;

/// Other words for labels, beside the table's names and codes; without spaces and signs.
const WORDS: [(&str, Meaning); 18] = [
    ("background", Meaning::Background),
    ("unannotated", Meaning::Unannotated),
    ("ignore", Meaning::Unannotated),
    ("none", Meaning::Unannotated),
    ("above", Meaning::Label(0)),
    ("vitreous", Meaning::Label(0)),
    ("rnfl", Meaning::Label(1)),
    ("gcipl", Meaning::Label(2)),
    ("onl", Meaning::Label(5)),
    ("ez", Meaning::Label(6)),
    ("ellipsoidzone", Meaning::Label(6)),
    ("rpe", Meaning::Label(7)),
    ("below", Meaning::Label(8)),
    ("choroid", Meaning::Label(8)),
    ("cyst", Meaning::Label(9)),
    ("intraretinalfluid", Meaning::Label(9)),
    ("subretinalfluid", Meaning::Label(10)),
    ("pigmentepithelialdetachment", Meaning::Label(11)),
];

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Label(code) => anatomy::label(*code).map_or("unannotated", |label| label.name),
            Self::Background => "background",
            Self::Unannotated => "unannotated",
        })
    }
}

impl FromStr for Meaning {
    type Err = String;

    /// A label's name, its code (0 to 11), `background` or `unannotated`; case, spaces and signs do not count.
    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |text: &str| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let wanted = plain(text);
        if let Ok(code) = text.trim().parse::<u8>()
            && anatomy::label(code).is_some()
        {
            return Ok(Self::Label(code));
        }
        let by_name =
            LABELS.iter().find(|label| plain(label.name) == wanted).map(|label| Self::Label(label.code));
        let by_word = || WORDS.iter().find(|(word, _)| *word == wanted).map(|(_, meaning)| *meaning);
        by_name.or_else(by_word).ok_or_else(|| {
            let names: Vec<&str> = LABELS.iter().map(|label| label.name).collect();
            let shown: String = text.trim().chars().take(30).collect();
            format!("\"{shown}\" is no label; they are {}, background, unannotated", names.join(", "))
        })
    }
}

impl TryFrom<String> for Meaning {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Meaning> for String {
    fn from(meaning: Meaning) -> Self {
        meaning.to_string()
    }
}

impl fmt::Display for LabelMapping {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (index, (value, meaning)) in self.entries().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{value}={meaning}")?;
        }
        Ok(())
    }
}

impl FromStr for LabelMapping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut mapping = Self::default();
        for (number, part) in (1..).zip(text.split(',')) {
            let wrong = |what: String| format!("part {number} of the mapping: {what}");
            let Some((value, label)) = part.split_once('=') else {
                let shown: String = part.trim().chars().take(30).collect();
                return Err(wrong(format!("\"{shown}\" is no VALUE=LABEL, such as 30=NFL or #ff0000=IRF")));
            };
            let value: LabelValue = value.parse().map_err(&wrong)?;
            let meaning: Meaning = label.parse().map_err(&wrong)?;
            if let Some(before) = mapping.set(value, meaning)
                && before != meaning
            {
                return Err(wrong(format!("{value} is {before} already, it cannot be {meaning} too")));
            }
        }
        Ok(mapping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_what_was_written() {
        let mapping: LabelMapping =
            "30=NFL, 60=gcl ipl,#FF0000=irf,0=background,7=11,transparent=none".parse().unwrap();
        assert_eq!(mapping.meaning(LabelValue::Code(30)), Some(Meaning::Label(1)));
        assert_eq!(mapping.meaning(LabelValue::Color([255, 0, 0])), Some(Meaning::Label(9)));
        assert_eq!(mapping.meaning(LabelValue::Code(7)), Some(Meaning::Label(11)));
        assert_eq!(mapping.meaning(LabelValue::Code(31)), None);
        let text = mapping.to_string();
        assert_eq!(text, "0=background,7=PED,30=NFL,60=GCL-IPL,#ff0000=IRF,transparent=unannotated");
        assert_eq!(text.parse::<LabelMapping>().unwrap(), mapping);
        let json = serde_json::to_string(&mapping).unwrap();
        assert_eq!(serde_json::from_str::<LabelMapping>(&json).unwrap(), mapping);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refusal = |text: &str| text.parse::<LabelMapping>().unwrap_err();
        assert!(refusal("").contains("part 1 of the mapping: \"\" is no VALUE=LABEL"));
        assert!(refusal("1=NFL,30").contains("part 2 of the mapping: \"30\" is no VALUE=LABEL"));
        assert!(refusal("x=NFL").contains("\"x\" is no value"));
        assert!(refusal("1=drusen").contains("\"drusen\" is no label; they are Above ILM, NFL"));
        assert!(refusal("1=12").contains("\"12\" is no label"));
        assert!(refusal("1=NFL,1=INL").contains("1 is NFL already, it cannot be INL too"));
        assert!("1=NFL,1=NFL".parse::<LabelMapping>().is_ok());
    }

    #[test]
    fn every_word_and_every_name_is_understood() {
        for (word, meaning) in WORDS {
            assert_eq!(word.parse::<Meaning>().unwrap(), meaning, "{word}");
        }
        for label in &LABELS {
            assert_eq!(label.name.parse::<Meaning>().unwrap(), Meaning::Label(label.code));
        }
    }
}
