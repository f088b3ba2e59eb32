//! Photographs that B-scans lie on: Ophthalmic Photography beside Ophthalmic Tomography (PS3.3 C.8.17.12).

use super::super::FormatError;
use super::codecs::Compression;
use super::elements::DicomFile;
use super::facts::{self, DicomFacts, FrameFacts};
use super::greys::to_greys;
use super::pixels;
use crate::scan::{GreyImage, Localizer, ScanLine};

/// Ophthalmic Photography of 8 and of 16 bits.
const PHOTOGRAPHS: [&str; 2] = ["1.2.840.10008.5.1.4.1.1.77.1.5.1", "1.2.840.10008.5.1.4.1.1.77.1.5.2"];

/// A photograph, and which object it is.
pub(super) struct Photograph {
    pub object: String,
    pub image: GreyImage,
    /// Name of its file.
    pub name: String,
}

/// Whether the object is a photograph that may be a localizer.
pub(super) fn is_photograph(facts: &DicomFacts) -> bool {
    PHOTOGRAPHS.contains(&facts.sop_class.as_str())
}

/// Reads a photograph; `None` where the file holds something else, or pixels that cannot be read.
pub(super) fn photograph(bytes: &[u8], name: &str) -> Option<Photograph> {
    read(bytes, name).unwrap_or_default()
}

fn read(bytes: &[u8], name: &str) -> Result<Option<Photograph>, FormatError> {
    let file = DicomFile::open(bytes, name)?;
    let facts = facts::read(&file)?;
    let (Ok(compression), true) = (Compression::of(&file.transfer_syntax), is_photograph(&facts)) else {
        return Ok(None);
    };
    let frames = pixels::decode(&facts, compression, file.is_big_endian, name)?;
    let (greys, _) = to_greys(&facts, &frames, None);
    let first = greys.into_iter().next();
    Ok(first.map(|greys| Photograph {
        image: GreyImage::new(facts.columns, facts.rows, greys),
        object: facts.object.clone(),
        name: name.to_owned(),
    }))
}

/// Where a frame lies on its photograph: the file states rows and columns, from 1 for the first pixel's middle.
pub(super) fn line(frame: &FrameFacts) -> Option<ScanLine> {
    let [start_row, start_column, end_row, end_column] = frame.on_localizer?;
    let point = |column: f64, row: f64| [column as f32 - 0.5, row as f32 - 0.5];
    ScanLine::checked(point(start_column, start_row), point(end_column, end_row))
}

/// The localizer of B-scans among the photographs of their folder: the one they refer to, or the only one. The others
/// are noted by name.
pub(super) fn of(
    photographs: Vec<Photograph>,
    object: &str,
    lines: Vec<Option<ScanLine>>,
    notes: &mut Vec<String>,
) -> Option<Localizer> {
    let is_alone = photographs.len() == 1;
    let mut found = None;
    for photograph in photographs {
        let Photograph { image, name, .. } = photograph;
        let is_meant = match object {
            "" => is_alone,
            object => photograph.object == object,
        };
        if !is_meant || found.is_some() {
            notes.push(format!("left out: {name}: a fundus photograph that these B-scans do not refer to"));
            continue;
        }
        let localizer = Localizer::new(image, lines.iter().copied());
        let (known, count) = (localizer.known_lines(), lines.len());
        notes.push(format!(
            "{name}, a fundus photograph, is the localizer; it is shown beside the B-scans, with the lines of {known} of {count}"
        ));
        found = Some(localizer);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photograph(object: &str, name: &str) -> Photograph {
        let image = GreyImage::new(40, 30, vec![9; 1200]);
        Photograph { object: object.to_owned(), image, name: name.to_owned() }
    }

    #[test]
    fn the_photograph_that_is_referred_to_gets_the_lines() {
        let frame = FrameFacts { on_localizer: Some([10.0, 1.0, 12.0, 40.0]), ..FrameFacts::default() };
        let found = line(&frame).expect("a line");
        assert_eq!((found.start, found.end), ([0.5, 9.5], [39.5, 11.5]), "columns come second in the file");
        let photographs = || vec![photograph("1.2", "A"), photograph("1.3", "B")];
        let mut notes = Vec::new();
        let localizer = of(photographs(), "1.3", vec![Some(found), None], &mut notes).expect("B");
        assert_eq!((localizer.lines.len(), localizer.known_lines()), (2, 1));
        assert!(
            notes[0].contains("A: a fundus photograph")
                && notes[1].contains("B, a fundus photograph, is the localizer"),
            "{notes:?}"
        );
        assert!(of(photographs(), "", vec![None], &mut Vec::new()).is_none(), "two, and nothing says which");
        let alone = of(vec![photograph("", "A")], "", vec![None], &mut Vec::new()).expect("the only one");
        assert_eq!(alone.known_lines(), 0);
    }
}
