//! The elements of a DICOM file, visited one after the other without copying any.
//!
//! Only headers are decoded here; which values are looked at is the visitor's choice, and what is not looked
//! at (names, birth dates) cannot leak. A length is believed only as far as there are bytes.

use std::borrow::Cow;
use std::io::Read;

use dicom_core::header::{DataElementHeader, SequenceItemHeader};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use dicom_encoding::decode::DecodeFrom;
use dicom_encoding::decode::explicit_be::ExplicitVRBigEndianDecoder;
use dicom_encoding::decode::explicit_le::ExplicitVRLittleEndianDecoder;
use dicom_encoding::decode::implicit_le::ImplicitVRLittleEndianDecoder;

use super::super::{FormatError, MAX_FILE_BYTES};

const PREAMBLE_BYTES: usize = 128;
const MAGIC: &[u8] = b"DICM";
/// Sequences inside sequences; images of the eye nest five deep.
const MAX_DEPTH: usize = 16;
/// Largest data set that is inflated whatever its deflated size, and how far larger ones may grow: speckle shrinks to a
/// third, so what grows a hundredfold is no scan, and deflate alone would let two megabytes fill the memory.
const MAX_INFLATED_BYTES: u64 = 256 << 20;
const MAX_INFLATED_RATIO: u64 = 64;
const CUT_OFF: &str = "the file is damaged or cut off: get a fresh copy";

const ITEM_DELIMITER: Tag = Tag(0xFFFE, 0xE00D);
const IMPLICIT_LITTLE: &str = "1.2.840.10008.1.2";
const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
const EXPLICIT_BIG: &str = "1.2.840.10008.1.2.2";

/// How the headers of elements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    ImplicitLittle,
    ExplicitLittle,
    ExplicitBig,
}

impl Encoding {
    fn header(self, mut bytes: &[u8]) -> Option<(DataElementHeader, usize)> {
        let source = &mut bytes;
        match self {
            Self::ImplicitLittle => ImplicitVRLittleEndianDecoder::default().decode_header(source),
            Self::ExplicitLittle => ExplicitVRLittleEndianDecoder::default().decode_header(source),
            Self::ExplicitBig => ExplicitVRBigEndianDecoder::default().decode_header(source),
        }
        .ok()
    }

    fn item_header(self, mut bytes: &[u8]) -> Option<SequenceItemHeader> {
        let source = &mut bytes;
        match self {
            Self::ExplicitBig => ExplicitVRBigEndianDecoder::default().decode_item_header(source),
            _ => ExplicitVRLittleEndianDecoder::default().decode_item_header(source),
        }
        .ok()
    }
}

/// A file whose beginning has been understood.
pub struct DicomFile<'a> {
    /// UID of the transfer syntax: how pixels are compressed.
    pub transfer_syntax: String,
    pub is_big_endian: bool,
    encoding: Encoding,
    /// The data set; inflated where it was deflated.
    data: Cow<'a, [u8]>,
    /// Where in the file the data set begins.
    data_at: usize,
    name: &'a str,
}

/// A sequence that an element lies in, and in which of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequenceStep {
    pub sequence: Tag,
    /// From 0.
    pub item: usize,
}

/// What an element holds.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// Bytes as they stand in the file.
    Plain(&'a [u8]),
    /// Compressed pixels: for each fragment, where its item begins after the offset table, and its bytes.
    Fragments { offset_table: &'a [u8], fragments: Vec<(usize, &'a [u8])> },
}

/// One element that is no sequence.
#[derive(Clone, Debug)]
pub struct Element<'a> {
    pub tag: Tag,
    pub vr: VR,
    pub value: Value<'a>,
}

/// Told of every element, with the sequences it lies in.
pub type Visitor<'v, 'b> = &'v mut (dyn FnMut(&[SequenceStep], Element<'b>) -> Result<(), FormatError> + 'v);

/// Whether the bytes begin like a DICOM file: "DICM" after the preamble, or, in files without preamble, a
/// first element that such files begin with.
pub fn is_dicom(bytes: &[u8]) -> bool {
    if bytes.get(PREAMBLE_BYTES..PREAMBLE_BYTES + MAGIC.len()) == Some(MAGIC) {
        return true;
    }
    bare_encoding(bytes).is_some()
}

/// How a file without preamble is written, if it is one: its first three elements are of the groups 2 or 8, in
/// order, and as long as there are bytes.
fn bare_encoding(bytes: &[u8]) -> Option<Encoding> {
    [Encoding::ExplicitLittle, Encoding::ImplicitLittle].into_iter().find(|encoding| {
        let mut at = 0;
        let mut last = Tag(0, 0);
        (0..3).all(|_| {
            let Some((header, header_bytes)) = encoding.header(&bytes[at.min(bytes.len())..]) else {
                return false;
            };
            let Some(length) = header.len.get() else { return false };
            let is_first_kind = matches!(header.tag.0, 0x0002 | 0x0008) && header.tag > last;
            last = header.tag;
            let known = *encoding == Encoding::ImplicitLittle || header.vr != VR::UN;
            at += header_bytes + length as usize;
            is_first_kind && known && length < 256 && at <= bytes.len()
        })
    })
}

impl<'a> DicomFile<'a> {
    /// Reads the meta group, inflates the data set if it is deflated.
    ///
    /// # Errors
    /// If this is no DICOM file, or its data set is compressed with something unknown.
    pub fn open(bytes: &'a [u8], name: &'a str) -> Result<Self, FormatError> {
        if !is_dicom(bytes) {
            let problem = "this does not begin like a DICOM file";
            return Err(FormatError::malformed(name, "the first bytes", problem, CUT_OFF));
        }
        let has_preamble = bytes.get(PREAMBLE_BYTES..PREAMBLE_BYTES + MAGIC.len()) == Some(MAGIC);
        let start = if has_preamble { PREAMBLE_BYTES + MAGIC.len() } else { 0 };
        let (mut at, mut syntax) = (start, None);
        // The meta group is explicit and little-endian whatever follows.
        while let Some((header, header_bytes)) =
            Encoding::ExplicitLittle.header(&bytes[at..]).filter(|(header, _)| header.tag.0 == 0x0002)
        {
            let length = header.len.get().map(|length| length as usize);
            let value = length.and_then(|length| bytes.get(at + header_bytes..)?.get(..length));
            let value = value.ok_or_else(|| cut_off(name, at, "the meta group"))?;
            if header.tag == tags::TRANSFER_SYNTAX_UID {
                syntax = Some(text(value));
            }
            at += header_bytes + value.len();
        }
        let transfer_syntax = match syntax {
            Some(syntax) => syntax,
            None => match bare_encoding(bytes) {
                Some(Encoding::ExplicitLittle) => EXPLICIT_LITTLE.to_owned(),
                _ => IMPLICIT_LITTLE.to_owned(),
            },
        };
        let encoding = match transfer_syntax.as_str() {
            IMPLICIT_LITTLE => Encoding::ImplicitLittle,
            EXPLICIT_BIG => Encoding::ExplicitBig,
            _ => Encoding::ExplicitLittle,
        };
        let data = match transfer_syntax.as_str() {
            DEFLATED => Cow::Owned(inflate(&bytes[at..], name, at)?),
            _ => Cow::Borrowed(&bytes[at..]),
        };
        let is_big_endian = encoding == Encoding::ExplicitBig;
        Ok(Self { transfer_syntax, is_big_endian, encoding, data, data_at: at, name })
    }

    /// Visits every element in the order of the file, with the sequences it lies in.
    ///
    /// # Errors
    /// Where a length passes the end of what it lies in, sequences nest too deep, or the visitor refuses.
    pub fn visit<'b>(&'b self, visitor: Visitor<'_, 'b>) -> Result<(), FormatError> {
        let mut walk = Walk { file: self, path: Vec::new(), visitor };
        let end = self.data.len();
        walk.data_set(0, end, Ends::AtLength, self.encoding).map(drop)
    }

    /// A refusal that names a byte of the data set.
    pub fn malformed(&self, at: usize, problem: impl Into<String>) -> FormatError {
        FormatError::malformed(self.name, self.place(at), problem, CUT_OFF)
    }

    fn place(&self, at: usize) -> String {
        match &self.data {
            Cow::Borrowed(_) => format!("byte {}", self.data_at + at),
            Cow::Owned(_) => format!("byte {at} of the inflated data set"),
        }
    }
}

/// Where a data set or a sequence is over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    AtLength,
    AtDelimiter,
}

struct Walk<'v, 'b> {
    file: &'b DicomFile<'b>,
    path: Vec<SequenceStep>,
    visitor: Visitor<'v, 'b>,
}

impl<'b> Walk<'_, 'b> {
    /// Visits the elements from `at`; returns where it is over.
    fn data_set(
        &mut self,
        mut at: usize,
        end: usize,
        ends: Ends,
        encoding: Encoding,
    ) -> Result<usize, FormatError> {
        let data: &'b [u8] = &self.file.data;
        while at < end || ends == Ends::AtDelimiter {
            let Some((header, header_bytes)) = encoding.header(&data[at..end]) else {
                return Err(self
                    .file
                    .malformed(at, format!("no element begins here; {} bytes are left", end - at)));
            };
            let value_at = at + header_bytes;
            if header.tag == ITEM_DELIMITER && ends == Ends::AtDelimiter {
                return Ok(value_at);
            }
            let Some(length) = header.len.get() else {
                at = if header.tag == tags::PIXEL_DATA && header.vr != VR::SQ {
                    self.fragments(value_at, end, &header, encoding)?
                } else {
                    // The items of a sequence whose kind the writer did not know are implicit.
                    let inside = if header.vr == VR::UN { Encoding::ImplicitLittle } else { encoding };
                    self.sequence(value_at, end, Ends::AtDelimiter, header.tag, inside)?
                };
                continue;
            };
            let value_end = self.end_of(at, value_at, length, end, header.tag)?;
            if header.vr == VR::SQ {
                self.sequence(value_at, value_end, Ends::AtLength, header.tag, encoding)?;
            } else {
                let value = Value::Plain(&data[value_at..value_end]);
                (self.visitor)(&self.path, Element { tag: header.tag, vr: header.vr, value })?;
            }
            at = value_end;
        }
        Ok(at)
    }

    fn sequence(
        &mut self,
        mut at: usize,
        end: usize,
        ends: Ends,
        tag: Tag,
        encoding: Encoding,
    ) -> Result<usize, FormatError> {
        if self.path.len() >= MAX_DEPTH {
            return Err(self.file.malformed(at, format!("sequences nest deeper than {MAX_DEPTH}")));
        }
        let mut item = 0;
        while at < end || ends == Ends::AtDelimiter {
            match encoding.item_header(&self.file.data[at..end]) {
                Some(SequenceItemHeader::Item { len }) => {
                    self.path.push(SequenceStep { sequence: tag, item });
                    at = match len.get() {
                        Some(length) => {
                            let item_end = self.end_of(at, at + 8, length, end, tag)?;
                            self.data_set(at + 8, item_end, Ends::AtLength, encoding)?
                        }
                        None => self.data_set(at + 8, end, Ends::AtDelimiter, encoding)?,
                    };
                    self.path.pop();
                    item += 1;
                }
                Some(SequenceItemHeader::SequenceDelimiter) if ends == Ends::AtDelimiter => return Ok(at + 8),
                _ => {
                    return Err(self
                        .file
                        .malformed(at, format!("no item of the sequence {tag} begins here")));
                }
            }
        }
        Ok(at)
    }

    /// Compressed pixels: an item with the offset table, then one item a fragment.
    fn fragments(
        &mut self,
        mut at: usize,
        end: usize,
        header: &DataElementHeader,
        encoding: Encoding,
    ) -> Result<usize, FormatError> {
        let data: &'b [u8] = &self.file.data;
        let mut items: Vec<(usize, &'b [u8])> = Vec::new();
        loop {
            match encoding.item_header(&data[at..end]) {
                Some(SequenceItemHeader::Item { len }) if len.get().is_some() => {
                    let item_end = self.end_of(at, at + 8, len.get().unwrap_or(0), end, header.tag)?;
                    items.push((at, &data[at + 8..item_end]));
                    at = item_end;
                }
                Some(SequenceItemHeader::SequenceDelimiter) => break,
                _ => return Err(self.file.malformed(at, "no fragment of the pixels begins here")),
            }
        }
        let mut items = items.into_iter();
        let offset_table = items.next().map_or(&[][..], |(_, table)| table);
        let first = items.clone().next().map_or(0, |(at, _)| at);
        let fragments = items.map(|(at, bytes)| (at - first, bytes)).collect();
        let value = Value::Fragments { offset_table, fragments };
        (self.visitor)(&self.path, Element { tag: header.tag, vr: header.vr, value })?;
        Ok(at + 8)
    }

    fn end_of(
        &self,
        at: usize,
        value_at: usize,
        length: u32,
        end: usize,
        tag: Tag,
    ) -> Result<usize, FormatError> {
        let value_end = value_at.saturating_add(length as usize);
        if value_at > end || value_end > end {
            let left = end.saturating_sub(value_at);
            let problem = format!("the element {tag} says that it is {length} bytes long, {left} are left");
            return Err(self.file.malformed(at, problem));
        }
        Ok(value_end)
    }
}

/// A value as text, without the padding.
pub fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).trim_matches(['\0', ' ']).to_owned()
}

fn cut_off(name: &str, at: usize, what: &str) -> FormatError {
    FormatError::malformed(name, format!("byte {at}"), format!("{what} ends too early"), CUT_OFF)
}

fn inflate(deflated: &[u8], name: &str, at: usize) -> Result<Vec<u8>, FormatError> {
    let by_ratio = (deflated.len() as u64).saturating_mul(MAX_INFLATED_RATIO);
    let limit = by_ratio.clamp(MAX_INFLATED_BYTES, MAX_FILE_BYTES);
    let mut data = Vec::new();
    let read = flate2::read::DeflateDecoder::new(deflated).take(limit + 1).read_to_end(&mut data);
    let problem = match read {
        Ok(_) if data.len() as u64 <= limit => return Ok(data),
        Ok(_) => format!("the data set is more than {limit} bytes when inflated"),
        Err(error) => format!("the data set cannot be inflated: {error}"),
    };
    Err(FormatError::malformed(name, format!("byte {at}"), problem, CUT_OFF))
}
