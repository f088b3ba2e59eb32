//! Labels: the composite codes that a picture holds under a mapping.

use super::background;
use super::mapping::{LabelMapping, Meaning};
use crate::anatomy::UNANNOTATED;
use crate::formats::label_picture::{FoundValue, LabelPicture};
use crate::mask::Disorder;

/// A label map as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Composite codes, row-major.
    pub codes: Vec<u8>,
    /// What is out of anatomical order; to be said before anything is overwritten.
    pub disorder: Option<Disorder>,
    /// Whether the file speaks of lesions alone, so that the layers of its scan are to stay.
    pub only_lesions: bool,
    /// What the reader assumed and the user may want to know.
    pub warnings: Vec<String>,
}

impl Labels {
    /// How many pixels hold each code, for the codes that occur, in code order.
    pub fn counts(&self) -> Vec<(u8, u64)> {
        let mut counts = [0; 256];
        self.codes.iter().for_each(|&code| counts[usize::from(code)] += 1);
        (0..=u8::MAX).zip(counts).filter(|(_, count)| *count > 0).collect()
    }
}

/// The labels that a picture holds under a mapping, with what is out of order in them; the first value that the mapping
/// does not know otherwise. `name` is the file's name for warnings.
pub(super) fn mapped<'a>(
    mapping: &LabelMapping,
    picture: &'a LabelPicture,
    name: &str,
) -> Result<Labels, &'a FoundValue> {
    if let Some(unknown) = mapping.unknown(picture) {
        return Err(unknown);
    }
    let meanings: Vec<Meaning> = picture
        .values
        .iter()
        .map(|found| mapping.meaning(found.value).unwrap_or(Meaning::Unannotated))
        .collect();
    let code = |meaning: &Meaning| match meaning {
        Meaning::Label(code) => *code,
        Meaning::Background => background::MARK,
        Meaning::Unannotated => UNANNOTATED,
    };
    let table: Vec<u8> = meanings.iter().map(code).collect();
    let mut codes: Vec<u8> = picture.pixels.iter().map(|&position| table[usize::from(position)]).collect();
    if meanings.contains(&Meaning::Background) {
        background::split(&mut codes, picture.width as usize);
    }
    let assumed = picture.values.iter().zip(&meanings);
    let assumed = assumed.filter(|(found, _)| !mapping.mentions(found.value));
    let mut warnings = picture.warnings.clone();
    warnings.extend(
        assumed.map(|(found, meaning)| {
            format!("{name}: {} was not mapped and is taken as {meaning}", found.value)
        }),
    );
    Ok(Labels {
        width: picture.width,
        height: picture.height,
        disorder: Disorder::of(picture.width, &codes),
        codes,
        only_lesions: mapping.draws_only_lesions(),
        warnings,
    })
}
