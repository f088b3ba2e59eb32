//! The answers to what the values of a label file are, and what would come of them. Pure: no window.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::preview::Preview;
use super::trial::{MappingTrial, TriedMapping};
use super::unmapped::UnmappedLabels;
use crate::formats::label_mapping::{Confidence, LabelMapping, MappingMemory, Meaning, Scheme, SchemeKind};
use crate::formats::label_picture::LabelValue;

/// Schemes that are offered even where nothing speaks for them.
const KNOWN: [SchemeKind; 5] =
    [SchemeKind::Studio, SchemeKind::Paper, SchemeKind::Retouch, SchemeKind::Aroi, SchemeKind::Voc];

/// A value that was found, and what it is said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueRow {
    pub value: LabelValue,
    /// sRGB: what the file shows it as, where that is known.
    pub color: Option<[u8; 3]>,
    pub pixels: u64,
    /// `None`: nobody said it yet; what lies around the rest is told by the rest.
    pub meaning: Option<Meaning>,
}

/// A scheme that knows every value of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub scheme: Scheme,
    mapping: LabelMapping,
    /// How sure it is that the values are of it, and why; `None` where nothing speaks for it.
    pub reason: Option<(Confidence, String)>,
}

/// A label file that is being asked about.
pub struct MappingQuestion {
    /// The label file.
    pub path: PathBuf,
    /// Of the page it was read for.
    pub view_number: u64,
    /// Of the document it was read for.
    pub document_number: u64,
    /// What was read of it.
    pub unmapped: UnmappedLabels,
    /// One a value, in the order of values.
    pub rows: Vec<ValueRow>,
    /// Those that something speaks for come first.
    pub offers: Vec<Offer>,
    /// The scheme that the meanings are of; `None` where they were changed by hand.
    pub scheme: Option<Scheme>,
    /// Whether the meanings are those that were chosen for this folder before.
    pub is_remembered: bool,
    /// Which of the pictures is looked at, from 0.
    pub b_scan: usize,
    /// Rises with every answer.
    pub revision: u64,
    /// Labels of the latest answers.
    pub tried: Option<Result<TriedMapping, String>>,
    /// Of the picture looked at, with the labels of the latest answers.
    pub preview: Preview,
}

/// What mappings are remembered by: the folder that a file lies in.
pub fn source_of(path: &Path) -> String {
    path.parent().unwrap_or(path).display().to_string()
}

impl MappingQuestion {
    /// A question that begins with what was said for this folder before, or else with what the values look like.
    pub fn new(path: PathBuf, numbers: [u64; 2], unmapped: UnmappedLabels, memory: &MappingMemory) -> Self {
        let rows = rows_of(&unmapped);
        let offers = offers_of(&unmapped, &rows);
        let source = source_of(&path);
        let remembered = memory.recall(&source, &unmapped.all).cloned();
        let [document_number, view_number] = numbers;
        let mut question = Self {
            path,
            view_number,
            document_number,
            unmapped,
            rows,
            offers,
            scheme: None,
            is_remembered: false,
            b_scan: 0,
            revision: 0,
            tried: None,
            preview: Preview::default(),
        };
        let best = question.offers.iter().find(|offer| offer.reason.is_some()).map(|offer| offer.scheme);
        if let Some(mapping) = remembered {
            question.take(&mapping);
            question.is_remembered = true;
        } else if let Some(best) = best {
            question.choose(best);
        }
        question
    }

    /// Forgets what lay on a graphics device that is gone.
    pub fn forget_pictures(&mut self) {
        self.preview = Preview::default();
    }

    /// Makes the meanings those of an offered scheme.
    pub fn choose(&mut self, scheme: Scheme) {
        let Some(offer) = self.offers.iter().find(|offer| offer.scheme == scheme) else { return };
        let mapping = offer.mapping.clone();
        self.take(&mapping);
        self.scheme = Some(scheme);
    }

    /// Says what a value is.
    pub fn set(&mut self, value: LabelValue, meaning: Meaning) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.value == value) {
            row.meaning = Some(meaning);
            self.scheme = None;
            self.changed();
        }
    }

    fn take(&mut self, mapping: &LabelMapping) {
        // A scheme that maps nothing by itself leaves even what lies around to the answers.
        let says_something = mapping.entries().next().is_some();
        for row in &mut self.rows {
            row.meaning = mapping.meaning(row.value).filter(|_| says_something);
        }
        self.scheme = None;
        self.changed();
    }

    fn changed(&mut self) {
        self.is_remembered = false;
        self.revision += 1;
        self.tried = None;
    }

    /// What was said so far.
    pub fn mapping(&self) -> LabelMapping {
        self.rows.iter().filter_map(|row| Some((row.value, row.meaning?))).collect()
    }

    /// Whether it is known of every value what it is, and of one at least by an answer.
    pub fn is_answered(&self) -> bool {
        let mapping = self.mapping();
        let is_said = self.rows.iter().any(|row| row.meaning.is_some());
        is_said && self.rows.iter().all(|row| mapping.meaning(row.value).is_some())
    }

    /// The work of making labels of the answers so far; values without an answer are not annotated in it.
    pub fn trial(&self) -> MappingTrial {
        let mut mapping = self.mapping();
        for row in self.rows.iter().filter(|row| row.meaning.is_none() && !row.value.is_ground()) {
            mapping.set(row.value, Meaning::Unannotated);
        }
        MappingTrial {
            revision: self.revision,
            name: self.unmapped.name.clone(),
            pictures: self.unmapped.pictures.clone(),
            pages: self.unmapped.pages.clone(),
            mapping,
        }
    }

    /// Takes labels that were made of the answers of a revision; older ones are of no use any more.
    pub fn take_tried(&mut self, revision: u64, outcome: Result<TriedMapping, String>) {
        if revision == self.revision {
            self.tried = Some(outcome);
        }
    }
}

/// The values of all pictures, in order, with the pixels of each.
fn rows_of(unmapped: &UnmappedLabels) -> Vec<ValueRow> {
    let mut rows: BTreeMap<LabelValue, ValueRow> = BTreeMap::new();
    for found in unmapped.pictures.iter().flat_map(|picture| &picture.values) {
        let color = match found.value {
            LabelValue::Color(color) => Some(color),
            _ => found.palette_color,
        };
        let row = rows.entry(found.value).or_insert(ValueRow {
            value: found.value,
            color,
            pixels: 0,
            meaning: None,
        });
        row.pixels += found.pixels;
    }
    rows.into_values().collect()
}

/// Schemes that know every value, those that something speaks for first.
fn offers_of(unmapped: &UnmappedLabels, rows: &[ValueRow]) -> Vec<Offer> {
    let mut offers: Vec<Offer> = unmapped
        .proposals
        .iter()
        .map(|proposal| Offer {
            scheme: proposal.scheme,
            mapping: proposal.mapping.clone(),
            reason: Some((proposal.confidence, proposal.why.clone())),
        })
        .collect();
    for scheme in KNOWN.map(Scheme::from) {
        let mapping = scheme.mapping_for(&unmapped.all);
        let knows_all = rows.iter().all(|row| mapping.meaning(row.value).is_some());
        if knows_all && !offers.iter().any(|offer| offer.scheme == scheme) {
            offers.push(Offer { scheme, mapping, reason: None });
        }
    }
    offers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::{IRF, UNANNOTATED};
    use crate::document::Document;
    use crate::formats::label_picture;
    use crate::mask::Mask;
    use crate::scan::{BScan, GreyImage};
    use crate::studio::files::opening::Shown;

    fn question(table: &str, memory: &MappingMemory) -> MappingQuestion {
        let picture = label_picture::read(table.as_bytes(), "a.csv").expect("a table of codes");
        let (width, height) = (picture.width, picture.height);
        let black = GreyImage::new(width, height, vec![0; (width * height) as usize]);
        let codes: Vec<u8> =
            (0..height).flat_map(|y| vec![if y < 2 { 0 } else { 8 }; width as usize]).collect();
        let mask = Mask::from_composite(width, height, &codes).0;
        let document = Document::from_scan(BScan::from_image(black, "scan"), mask);
        let shown = Shown { document, page: 0, view_number: 3 };
        let unmapped = UnmappedLabels::new(vec![picture], &shown, "a.csv").expect("of the page's size");
        MappingQuestion::new(PathBuf::from("clinic/a.csv"), [1, 3], unmapped, memory)
    }

    #[test]
    fn white_on_black_is_asked_about_and_leaves_the_layers() {
        let mut question = question("0,0\n0,255\n0,255\n0,0\n", &MappingMemory::default());
        assert_eq!(question.scheme.map(|scheme| scheme.kind), Some(SchemeKind::Binary));
        assert!(!question.is_answered(), "nobody can know what white is");
        question.set(LabelValue::Code(255), Meaning::Label(IRF));
        assert!(question.is_answered());
        let tried = question.trial().made().expect("labels");
        assert!(tried.only_lesions && tried.disorders.is_empty(), "{tried:?}");
        assert_eq!(tried.masks[0].composite_pixels(), [0, 0, 0, IRF, 8, IRF, 8, 8]);
        question.take_tried(question.revision - 1, Err("of before".to_owned()));
        assert!(question.tried.is_none(), "an older answer's labels are not taken");
    }

    #[test]
    fn what_was_chosen_for_a_folder_is_begun_with() {
        let mut memory = MappingMemory::default();
        memory.remember(&source_of(Path::new("clinic/b.csv")), "20=NFL,70=SRF".parse().expect("a mapping"));
        let begun = question("0,20\n70,70\n", &memory);
        assert!(begun.is_remembered && begun.is_answered());
        assert_eq!(begun.mapping().meaning(LabelValue::Code(70)), Some(Meaning::Label(IRF + 1)));
    }

    #[test]
    fn an_answer_in_disorder_says_so_before_anything_is_overwritten() {
        let mut question = question("0,23\n71,71\n23,23\n", &MappingMemory::default());
        assert!(question.offers.is_empty(), "no scheme has such numbers");
        question.set(LabelValue::Code(23), Meaning::Label(3));
        assert!(!question.is_answered());
        let unanswered = question.trial().made().expect("what is not said yet is not annotated");
        assert_eq!(unanswered.masks[0].composite_pixels()[2..4], [UNANNOTATED; 2]);
        question.set(LabelValue::Code(71), Meaning::Label(1));
        question.set(LabelValue::Code(23), Meaning::Label(7));
        let tried = question.trial().made().expect("labels");
        assert_eq!(tried.disorders.len(), 1, "OS-RPE above NFL: {tried:?}");
    }
}
