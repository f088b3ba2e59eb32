//! Elements of DICOM in the order of their tags, as bytes of Explicit VR Little Endian.

use std::collections::BTreeMap;

use dicom_core::{Tag, VR};
use dicom_dictionary_std::{tags, uids};

/// Root of identifiers of this program: that of UUIDs, for it has no number of its own.
const IMPLEMENTATION: &str = "2.25.185276021318873061283749208733312551911";
const IMPLEMENTATION_NAME: &str = "RETIDIFF_STUDIO";

enum Content {
    Bytes(VR, Vec<u8>),
    Items(Vec<DataSet>),
}

/// A data set, or an item of a sequence.
#[derive(Default)]
pub(super) struct DataSet {
    elements: BTreeMap<Tag, Content>,
}

impl DataSet {
    pub fn new() -> Self {
        Self::default()
    }

    fn with(mut self, tag: Tag, content: Content) -> Self {
        self.elements.insert(tag, content);
        self
    }

    /// Text of any representation; padded to even length as the representation asks.
    pub fn text(self, tag: Tag, vr: VR, text: &str) -> Self {
        let mut bytes = text.as_bytes().to_vec();
        if bytes.len() % 2 == 1 {
            bytes.push(if vr == VR::UI { 0 } else { b' ' });
        }
        self.with(tag, Content::Bytes(vr, bytes))
    }

    /// An element that has to be there and is not known.
    pub fn empty(self, tag: Tag, vr: VR) -> Self {
        self.with(tag, Content::Bytes(vr, Vec::new()))
    }

    pub fn u16(self, tag: Tag, numbers: &[u16]) -> Self {
        self.with(tag, Content::Bytes(VR::US, numbers.iter().flat_map(|n| n.to_le_bytes()).collect()))
    }

    pub fn u32(self, tag: Tag, numbers: &[u32]) -> Self {
        self.with(tag, Content::Bytes(VR::UL, numbers.iter().flat_map(|n| n.to_le_bytes()).collect()))
    }

    pub fn f32(self, tag: Tag, number: f32) -> Self {
        self.with(tag, Content::Bytes(VR::FL, number.to_le_bytes().to_vec()))
    }

    pub fn f64(self, tag: Tag, number: f64) -> Self {
        self.with(tag, Content::Bytes(VR::FD, number.to_le_bytes().to_vec()))
    }

    /// Tags as values.
    pub fn tags(self, tag: Tag, pointed: Tag) -> Self {
        let bytes = [pointed.group(), pointed.element()].iter().flat_map(|n| n.to_le_bytes()).collect();
        self.with(tag, Content::Bytes(VR::AT, bytes))
    }

    /// Decimal strings, of at most 16 letters each.
    pub fn decimals(self, tag: Tag, numbers: &[f64]) -> Self {
        let texts: Vec<String> = numbers.iter().map(|&number| decimal(number)).collect();
        self.text(tag, VR::DS, &texts.join("\\"))
    }

    /// An item with a code: value, scheme, meaning.
    pub fn code(self, tag: Tag, code: [&str; 3]) -> Self {
        self.items(tag, vec![code_item(code)])
    }

    pub fn items(self, tag: Tag, items: Vec<DataSet>) -> Self {
        self.with(tag, Content::Items(items))
    }

    /// Pixels of one byte, or of one bit.
    pub fn pixels(self, mut bytes: Vec<u8>) -> Self {
        if bytes.len() % 2 == 1 {
            bytes.push(0);
        }
        self.with(tags::PIXEL_DATA, Content::Bytes(VR::OB, bytes))
    }

    /// Pixels that are floating-point numbers.
    pub fn float_pixels(self, numbers: &[f32]) -> Self {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.with(tags::FLOAT_PIXEL_DATA, Content::Bytes(VR::OF, bytes))
    }

    /// All elements of another set, too.
    pub fn and(mut self, other: DataSet) -> Self {
        self.elements.extend(other.elements);
        self
    }

    fn encoded(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (tag, content) in &self.elements {
            out.extend(tag.group().to_le_bytes());
            out.extend(tag.element().to_le_bytes());
            match content {
                Content::Bytes(vr, bytes) => {
                    out.extend(vr.to_bytes());
                    if matches!(vr, VR::OB | VR::OW | VR::OF | VR::UN | VR::UT | VR::UC) {
                        out.extend([0, 0]);
                        out.extend((bytes.len() as u32).to_le_bytes());
                    } else {
                        out.extend((bytes.len() as u16).to_le_bytes());
                    }
                    out.extend(bytes);
                }
                Content::Items(items) => {
                    let mut body = Vec::new();
                    for item in items {
                        let item = item.encoded();
                        body.extend([0xfe, 0xff, 0x00, 0xe0]);
                        body.extend((item.len() as u32).to_le_bytes());
                        body.extend(item);
                    }
                    out.extend(b"SQ\0\0");
                    out.extend((body.len() as u32).to_le_bytes());
                    out.extend(body);
                }
            }
        }
        out
    }

    /// A file: preamble, file meta information, the data set.
    pub fn file(self, class: &str, instance: &str) -> Vec<u8> {
        let meta = DataSet::new()
            .text(tags::MEDIA_STORAGE_SOP_CLASS_UID, VR::UI, class)
            .text(tags::MEDIA_STORAGE_SOP_INSTANCE_UID, VR::UI, instance)
            .text(tags::TRANSFER_SYNTAX_UID, VR::UI, uids::EXPLICIT_VR_LITTLE_ENDIAN)
            .text(tags::IMPLEMENTATION_CLASS_UID, VR::UI, IMPLEMENTATION)
            .text(tags::IMPLEMENTATION_VERSION_NAME, VR::SH, IMPLEMENTATION_NAME)
            .with(tags::FILE_META_INFORMATION_VERSION, Content::Bytes(VR::OB, vec![0, 1]))
            .encoded();
        let group_length = DataSet::new().u32(tags::FILE_META_INFORMATION_GROUP_LENGTH, &[meta.len() as u32]);
        let main = self
            .text(tags::SOP_CLASS_UID, VR::UI, class)
            .text(tags::SOP_INSTANCE_UID, VR::UI, instance)
            .encoded();
        [&[0; 128][..], b"DICM", &group_length.encoded(), &meta, &main].concat()
    }
}

/// An item that holds a code.
pub(super) fn code_item([value, scheme, meaning]: [&str; 3]) -> DataSet {
    DataSet::new()
        .text(tags::CODE_VALUE, VR::SH, value)
        .text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme)
        .text(tags::CODE_MEANING, VR::LO, meaning)
}

/// A number in at most 16 letters.
fn decimal(number: f64) -> String {
    (0..=15)
        .rev()
        .map(|digits| format!("{number:.digits$}"))
        .map(|text| match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        })
        .find(|text| text.len() <= 16)
        .unwrap_or_else(|| format!("{number:e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_sorted_even_and_nested() {
        let inner = DataSet::new().u16(tags::ROWS, &[7]);
        let set = DataSet::new().items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, vec![inner]).text(
            tags::MODALITY,
            VR::CS,
            "OPT",
        );
        #[rustfmt::skip]
        let wanted = [
            &[0x08, 0, 0x60, 0][..], b"CS", &[4, 0], b"OPT ",
            &[0x00, 0x52, 0x30, 0x92], b"SQ\0\0", &[18, 0, 0, 0],
            &[0xfe, 0xff, 0, 0xe0, 10, 0, 0, 0], &[0x28, 0, 0x10, 0], b"US", &[2, 0, 7, 0],
        ].concat();
        assert_eq!(set.encoded(), wanted);
        assert_eq!((decimal(0.00387), decimal(1.0 / 3.0)), ("0.00387".into(), "0.33333333333333".into()));
        assert_eq!((decimal(-120.0), decimal(0.0)), ("-120".into(), "0".into()));
    }
}
