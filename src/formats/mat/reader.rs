//! MAT files of version 5 (MATLAB -v6 and -v7): a list of named arrays, each perhaps deflated on its own.
//!
//! Arrays are listed by their headers; the numbers of one are inflated when it is asked for, and never further
//! than its own tag declares and its bytes can hold.

use std::borrow::Cow;
use std::io::Read;

use super::super::{FormatError, MAX_FILE_BYTES};

const HEADER_BYTES: usize = 128;
/// Where an HDF5 file of version 7.3 has its signature.
const HDF5_SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";
/// Deflate cannot shrink further.
const MAX_DEFLATE_RATIO: u64 = 1032;
/// What is inflated of one file, in bytes: a subject of Duke DME whose arrays are all double needs 565 million. More only
/// of a file that is large itself: real scans do not shrink further than by this ratio.
const MAX_INFLATED: u64 = 640 << 20;
const USUAL_RATIO: u64 = 8;
/// Bytes that room is made for at once, for each that is there: a length that lies costs little.
const ROOM_AHEAD: u64 = 3;
/// Enough of an array for its flags, dimensions and name.
const LOOK_BYTES: u64 = 1024;
/// Arrays of a file, and dimensions of an array.
const MAX_ARRAYS: usize = 10_000;
const MAX_DIMENSIONS: usize = 8;
const REMEDY: &str = "the file is damaged or cut off: get a fresh copy";

const MI_MATRIX: u32 = 14;
const MI_COMPRESSED: u32 = 15;

/// What the numbers of an array are to MATLAB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Double,
    Single,
    /// Bits, and whether they are signed.
    Integer(u32, bool),
    /// Text, cells, structures and sparse arrays.
    Other,
}

/// An array of the file, its numbers not read yet.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayHeader {
    pub name: String,
    pub class: Class,
    /// The first changes fastest.
    pub dimensions: Vec<usize>,
    /// Where its tag stands in the file, and how many bytes follow the tag.
    at: usize,
    bytes: usize,
    /// Bytes that it says it inflates to; 0 where it is not deflated.
    inflated: u64,
    is_compressed: bool,
    is_complex: bool,
    is_big_endian: bool,
}

/// Numbers of an array in the order of the file: the first dimension changes fastest.
pub struct Numbers<'a> {
    data: Cow<'a, [u8]>,
    kind: Kind,
    count: usize,
    is_big_endian: bool,
}

/// How numbers are stored, which may be narrower than their class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    F32,
    F64,
    I64,
    U64,
}

impl Kind {
    fn of(code: u32) -> Option<Self> {
        Some(match code {
            1 => Self::I8,
            2 => Self::U8,
            3 => Self::I16,
            4 => Self::U16,
            5 => Self::I32,
            6 => Self::U32,
            7 => Self::F32,
            9 => Self::F64,
            12 => Self::I64,
            13 => Self::U64,
            _ => return None,
        })
    }

    fn bytes(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::F64 | Self::I64 | Self::U64 => 8,
        }
    }
}

impl ArrayHeader {
    /// An array that holds no numbers.
    fn other(source: Source, dimensions_at: usize) -> Self {
        let name = source.element(dimensions_at).and_then(|dimensions| source.element(dimensions.next));
        Self {
            name: name.map_or(String::new(), |name| String::from_utf8_lossy(name.data).into_owned()),
            class: Class::Other,
            dimensions: vec![0],
            at: 0,
            bytes: 0,
            inflated: 0,
            is_compressed: false,
            is_complex: false,
            is_big_endian: source.is_big_endian,
        }
    }

    /// Numbers in it.
    pub fn len(&self) -> usize {
        self.dimensions.iter().product()
    }

    /// Whether it holds no number.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it is a real numeric array.
    pub fn is_numeric(&self) -> bool {
        self.class != Class::Other && !self.is_complex
    }
}

/// Whether the bytes begin like a MAT file of version 5 or 7.3.
pub fn is_mat(bytes: &[u8]) -> bool {
    is_hdf5(bytes) || (bytes.starts_with(b"MATLAB 5") && is_big_endian(bytes).is_some())
}

fn is_hdf5(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MATLAB 7.3") || bytes.get(512..512 + HDF5_SIGNATURE.len()) == Some(HDF5_SIGNATURE)
}

fn is_big_endian(bytes: &[u8]) -> Option<bool> {
    match bytes.get(126..HEADER_BYTES)? {
        b"IM" => Some(false),
        b"MI" => Some(true),
        _ => None,
    }
}

/// The arrays of a file, without their numbers.
///
/// # Errors
/// If the file is of version 7.3, or a tag passes the end of the file.
pub fn list(bytes: &[u8], name: &str) -> Result<Vec<ArrayHeader>, FormatError> {
    if is_hdf5(bytes) {
        return Err(FormatError::malformed(
            name,
            "the file header",
            "this is a MAT file of version 7.3 (HDF5), which is not read",
            "save it in MATLAB with save(file, '-v7'), or in Python with scipy.io.savemat",
        ));
    }
    let is_big_endian = is_big_endian(bytes).ok_or_else(|| {
        FormatError::malformed(
            name,
            "the file header",
            "this is no MAT file of version 5",
            "save it with '-v7'",
        )
    })?;
    let mut arrays = Vec::new();
    let mut at = HEADER_BYTES;
    while at < bytes.len() && arrays.len() < MAX_ARRAYS {
        let source = Source { bytes, is_big_endian, name, base: 0 };
        let (kind, length) = (source.u32(at)?, source.u32(at + 4)? as usize);
        let content = source.slice(at + 8, length)?;
        let is_compressed = kind == MI_COMPRESSED;
        if is_compressed || kind == MI_MATRIX {
            let head: Cow<[u8]> = if is_compressed {
                let mut head = Vec::new();
                let read = flate2::read::ZlibDecoder::new(content).take(LOOK_BYTES).read_to_end(&mut head);
                read.map_err(|error| source.malformed(at, format!("an array cannot be inflated: {error}")))?;
                Cow::Owned(head)
            } else {
                Cow::Borrowed(&bytes[at..at + 8 + length])
            };
            let inside = Source { bytes: &head, is_big_endian, name, base: at };
            let inflated = if is_compressed { u64::from(inside.u32(4)?) } else { 0 };
            arrays.push(ArrayHeader { at, bytes: length, inflated, is_compressed, ..header(inside)?.0 });
        }
        // Elements begin at multiples of eight bytes, but compressed ones are packed.
        at = at + 8 + if is_compressed { length } else { length.next_multiple_of(8) };
    }
    Ok(arrays)
}

/// The header of an array and where its numbers begin.
fn header(source: Source) -> Result<(ArrayHeader, usize), FormatError> {
    if source.u32(0)? != MI_MATRIX {
        return Err(source.malformed(0, "no array begins here"));
    }
    let flags = source.element(8)?;
    let word = Source { bytes: flags.data, ..source }.u32(0)?;
    let class = match word & 0xff {
        6 => Class::Double,
        7 => Class::Single,
        code @ 8..=15 => Class::Integer(8 << ((code - 8) / 2), code % 2 == 0),
        // What is no numbers may be laid out otherwise; it is listed and never read.
        _ => return Ok((ArrayHeader::other(source, flags.next), source.bytes.len())),
    };
    let dimensions = source.element(flags.next)?;
    let count = dimensions.data.len() / 4;
    if !(2..=MAX_DIMENSIONS).contains(&count) {
        return Err(
            source.malformed(flags.next, format!("{count} dimensions; 2 to {MAX_DIMENSIONS} are read"))
        );
    }
    let side =
        |index: usize| Source { bytes: dimensions.data, ..source }.u32(index * 4).map(|side| side as usize);
    let sides: Vec<usize> = (0..count).map(side).collect::<Result<_, _>>()?;
    let total = sides.iter().try_fold(1_usize, |total, side| total.checked_mul(*side));
    if total.is_none_or(|total| total as u64 > MAX_FILE_BYTES) {
        let sides: Vec<String> = sides.iter().map(usize::to_string).collect();
        return Err(source.malformed(flags.next, format!("an array of {} numbers", sides.join(" x "))));
    }
    let name = source.element(dimensions.next)?;
    let header = ArrayHeader {
        name: String::from_utf8_lossy(name.data).trim_end_matches('\0').to_owned(),
        class,
        dimensions: sides,
        at: 0,
        bytes: 0,
        inflated: 0,
        is_compressed: false,
        is_complex: word & 0x800 != 0,
        is_big_endian: source.is_big_endian,
    };
    Ok((header, name.next))
}

/// Whether arrays of this file may be inflated and held together.
///
/// # Errors
/// If they would become larger than what is read of a file of its size.
pub fn afford<'a>(
    bytes: &[u8],
    arrays: impl IntoIterator<Item = &'a ArrayHeader>,
    name: &str,
) -> Result<(), FormatError> {
    let most = (bytes.len() as u64).saturating_mul(USUAL_RATIO).clamp(MAX_INFLATED, MAX_FILE_BYTES);
    let (mut names, mut total) = (Vec::new(), 0_u64);
    for array in arrays {
        names.push(&array.name[..]);
        total += array.inflated;
    }
    if total <= most {
        return Ok(());
    }
    names.truncate(8);
    let problem = format!(
        "{} would inflate to {total} bytes; {most} are read of a file of this size",
        names.join(", ")
    );
    let remedy =
        "save fewer B-scans in a file, their greys as uint8; get a fresh copy if it should hold no more";
    Err(FormatError::malformed(name, "the arrays", problem, remedy))
}

/// Reads the numbers of an array of this file.
///
/// # Errors
/// If the array is not numeric, cannot be inflated, becomes too large or holds fewer numbers than its dimensions say.
pub fn numbers<'a>(bytes: &'a [u8], array: &ArrayHeader, name: &str) -> Result<Numbers<'a>, FormatError> {
    let place = format!("{name}:{}", array.name);
    let is_big_endian = array.is_big_endian;
    let outer = Source { bytes, is_big_endian, name: &place, base: 0 };
    if !array.is_numeric() {
        return Err(outer.malformed(array.at, "the array does not hold real numbers"));
    }
    afford(bytes, [array], name)?;
    let content = outer.slice(array.at + 8, array.bytes)?;
    let data: Cow<'a, [u8]> = match array.is_compressed {
        true => Cow::Owned(inflate(content, outer, array)?),
        false => Cow::Borrowed(&bytes[array.at..array.at + 8 + array.bytes]),
    };
    let source = Source { bytes: &data, is_big_endian, name: &place, base: array.at };
    let (header, at) = header(source)?;
    let element = source.element(at)?;
    let kind = Kind::of(element.kind)
        .ok_or_else(|| source.malformed(at, format!("numbers are of the unknown kind {}", element.kind)))?;
    let count = header.len();
    if element.data.len() / kind.bytes() < count {
        let there = element.data.len() / kind.bytes();
        return Err(source.malformed(at, format!("{count} numbers are claimed, {there} are there")));
    }
    let range = element.start..element.start + element.data.len();
    let data = match data {
        Cow::Borrowed(data) => Cow::Borrowed(&data[range]),
        Cow::Owned(mut data) => {
            data.truncate(range.end);
            data.drain(..range.start);
            Cow::Owned(data)
        }
    };
    Ok(Numbers { data, kind, count, is_big_endian })
}

fn inflate(content: &[u8], source: Source, array: &ArrayHeader) -> Result<Vec<u8>, FormatError> {
    let mut tag = [0; 8];
    let mut decoder = flate2::read::ZlibDecoder::new(content);
    let broken =
        |error: std::io::Error| source.malformed(array.at, format!("it cannot be inflated: {error}"));
    decoder.read_exact(&mut tag).map_err(broken)?;
    let declared = u64::from(Source { bytes: &tag, ..source }.u32(4)?);
    let possible = (content.len() as u64).saturating_mul(MAX_DEFLATE_RATIO).min(MAX_FILE_BYTES);
    if declared > possible {
        let problem =
            format!("{declared} bytes are declared; {} compressed ones cannot hold them", content.len());
        return Err(source.malformed(array.at, problem));
    }
    let (mut data, mut there) = (tag.to_vec(), 0);
    while there < declared {
        let step = (declared - there).min((ROOM_AHEAD * there).max(1 << 20));
        data.reserve_exact(step as usize);
        let read = decoder.by_ref().take(step).read_to_end(&mut data).map_err(broken)? as u64;
        there += read;
        if read < step {
            return Err(
                source.malformed(array.at, format!("{declared} bytes are declared, {there} are there"))
            );
        }
    }
    Ok(data)
}

impl Numbers<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether they are stored as bytes, as MATLAB stores small whole numbers of every class.
    pub fn are_bytes(&self) -> bool {
        self.kind == Kind::U8
    }

    /// The number at an index below [`Numbers::len`].
    pub fn at(&self, index: usize) -> f64 {
        let width = self.kind.bytes();
        let mut raw = [0; 8];
        raw[..width].copy_from_slice(&self.data[index * width..][..width]);
        if self.is_big_endian {
            raw[..width].reverse();
        }
        let whole = u64::from_le_bytes(raw);
        match self.kind {
            Kind::I8 => f64::from(raw[0].cast_signed()),
            Kind::U8 => f64::from(raw[0]),
            Kind::I16 => f64::from(i16::from_le_bytes([raw[0], raw[1]])),
            Kind::U16 => f64::from(u16::from_le_bytes([raw[0], raw[1]])),
            Kind::I32 => f64::from((whole as u32).cast_signed()),
            Kind::U32 => f64::from(whole as u32),
            Kind::F32 => f64::from(f32::from_bits(whole as u32)),
            Kind::F64 => f64::from_bits(whole),
            Kind::I64 => whole.cast_signed() as f64,
            Kind::U64 => whole as f64,
        }
    }
}

/// Bytes whose every read names its place.
#[derive(Clone, Copy)]
struct Source<'a> {
    bytes: &'a [u8],
    is_big_endian: bool,
    name: &'a str,
    /// Where in the file the array lies whose inflated bytes these are.
    base: usize,
}

/// A tagged run of bytes inside an array.
struct Tagged<'a> {
    kind: u32,
    data: &'a [u8],
    start: usize,
    /// Where the next one begins.
    next: usize,
}

impl<'a> Source<'a> {
    fn slice(self, at: usize, length: usize) -> Result<&'a [u8], FormatError> {
        at.checked_add(length).and_then(|end| self.bytes.get(at..end)).ok_or_else(|| {
            let left = self.bytes.len().saturating_sub(at);
            self.malformed(at, format!("{length} bytes are needed here, {left} are left"))
        })
    }

    fn u32(self, at: usize) -> Result<u32, FormatError> {
        let mut raw = [0; 4];
        raw.copy_from_slice(self.slice(at, 4)?);
        Ok(if self.is_big_endian { u32::from_be_bytes(raw) } else { u32::from_le_bytes(raw) })
    }

    /// The element whose tag stands at `at`: eight bytes and the data, or, where it is short, four and four.
    fn element(self, at: usize) -> Result<Tagged<'a>, FormatError> {
        let word = self.u32(at)?;
        let (kind, length, start, next) = match word >> 16 {
            0 => {
                let length = self.u32(at + 4)? as usize;
                (word, length, at + 8, at + 8 + length.next_multiple_of(8))
            }
            short => (word & 0xffff, short as usize, at + 4, at + 8),
        };
        // Only the beginning of an array is looked at when arrays are listed; numbers come last.
        let data = self.slice(start, length)?;
        Ok(Tagged { kind, data, start, next })
    }

    fn malformed(self, at: usize, problem: impl Into<String>) -> FormatError {
        FormatError::malformed(self.name, format!("byte {}", self.base + at), problem, REMEDY)
    }
}
