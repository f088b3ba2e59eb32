//! What labels are called in the language of the window. Documents keep the names of the field, whatever it speaks.

use crate::anatomy::Label;
use crate::document::LabelTable;
use crate::studio::texts::{spoken_as, text};

/// Names that are words; the others are the field's abbreviations.
const NAMES: [&str; 2] = ["label-above-ilm", "label-below-bm"];

/// The name of a composite code: as spoken where it is the field's, else as the document's author chose it.
pub fn label_name(table: &LabelTable, code: u8) -> &str {
    spoken_label(table.name(code))
}

/// The same of a name.
pub fn spoken_label(name: &str) -> &str {
    spoken_as(&NAMES, name).unwrap_or(name)
}

/// What a label is in full.
pub fn label_about(label: &Label) -> &'static str {
    match label.code {
        0 => text!("label-about-0"),
        1 => text!("label-about-1"),
        2 => text!("label-about-2"),
        3 => text!("label-about-3"),
        4 => text!("label-about-4"),
        5 => text!("label-about-5"),
        6 => text!("label-about-6"),
        7 => text!("label-about-7"),
        8 => text!("label-about-8"),
        9 => text!("label-about-9"),
        10 => text!("label-about-10"),
        11 => text!("label-about-11"),
        _ => label.alias,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::LABELS;
    use crate::studio::texts::{Language, speak};

    #[test]
    fn labels_are_called_as_is_spoken_and_as_their_author_chose() {
        assert!(LABELS.iter().all(|label| label_about(label) == label.alias));
        speak(Language::German);
        let table = LabelTable::default();
        let names = [0, 1, 8].map(|code| label_name(&table, code));
        assert_eq!(names, ["über ILM", "NFL", "unter BM"]);
        assert!(LABELS.iter().all(|label| label_about(label) != label.alias));
        let mut look = table.look(0).expect("a label").clone();
        look.name = "vitreous".to_owned();
        assert_eq!(label_name(&table.with(0, look), 0), "vitreous");
        speak(Language::English);
    }
}
