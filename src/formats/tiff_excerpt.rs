//! The first pages of a TIFF that is too large to be read whole, as a TIFF in memory.
//!
//! Stacks of several gigabytes hold more pages than a document. Their first pages are copied with what the decoder needs
//! to know of them, page after page through a file that stays on the disk, into a BigTIFF that the readers take as any
//! other. What is copied is bounded, whatever the file claims.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::sample_values::ByteOrder;
use super::tiff_directory::value_bytes;
use super::{FormatError, tiff_text};

/// Larger TIFFs are read by their first pages alone.
const LARGE_BYTES: u64 = 512 << 20;
/// Bytes of pixels, as they are stored, that are copied at most.
const MAX_COPIED_BYTES: u64 = 1 << 30;
/// Entries of a directory, and bytes of the value of one of them that holds no pixels.
const MAX_ENTRIES: u64 = 4096;
const MAX_VALUE_BYTES: u64 = 1 << 20;
const REMEDY: &str = "the file is damaged or cut off: get a fresh copy, or split it into smaller ones";
/// What the decoder and the readers look at; the rest stays behind.
const KEPT: [u64; 30] = [
    254, 256, 257, 258, 259, 262, 266, 270, 273, 274, 277, 278, 279, 282, 283, 284, 296, 317, 320, 322, 323,
    324, 325, 338, 339, 347, 529, 530, 531, 532,
];
const COMPRESSION: u64 = 259;
const DESCRIPTION: u64 = 270;
/// Places of the parts of a page, and their bytes: strips, tiles.
const PARTS: [[u64; 2]; 2] = [[273, 279], [324, 325]];
const ASCII: u64 = 2;
const LONG8: u64 = 16;

/// What was copied.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// A BigTIFF.
    pub bytes: Vec<u8>,
    pub notes: Vec<String>,
}

/// Whether a file is a TIFF that is too large to be read whole.
pub(super) fn is_needed(path: &Path) -> bool {
    let is_large = std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() > LARGE_BYTES);
    let mut start = [0; 4];
    is_large
        && File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && [b"II\x2a\0", b"MM\0\x2a", b"II\x2b\0", b"MM\0\x2b"].contains(&&start)
}

/// Copies the first `most` pages, as many as there is room for. `name` is the file's name for messages.
///
/// # Errors
/// If the file cannot be read, or its directories do not lie in it.
pub(super) fn of(path: &Path, most: usize, name: &str) -> Result<Excerpt, FormatError> {
    let file = File::open(path).map_err(FormatError::io(path, "opening"))?;
    let length = file.metadata().map_err(FormatError::io(path, "looking at the file"))?.len();
    let mut source =
        Source { file: RefCell::new(file), length, order: ByteOrder::Little, is_big: false, name };
    let start = source.bytes(0, 4)?;
    source.order = if start.starts_with(b"MM") { ByteOrder::Big } else { ByteOrder::Little };
    source.is_big = start.contains(&43);
    Copying::new(&source).pages(most)
}

/// The file, read where it is looked at.
struct Source<'a> {
    file: RefCell<File>,
    length: u64,
    order: ByteOrder,
    is_big: bool,
    name: &'a str,
}

impl Source<'_> {
    fn malformed(&self, at: u64, problem: impl Into<String>) -> FormatError {
        FormatError::malformed(self.name, format!("byte {at}"), problem, REMEDY)
    }

    fn bytes(&self, at: u64, count: u64) -> Result<Vec<u8>, FormatError> {
        let end = at.checked_add(count).filter(|end| *end <= self.length);
        if end.is_none() || count > MAX_COPIED_BYTES {
            let problem = format!("{count} bytes are said to be here, and the file has {}", self.length);
            return Err(self.malformed(at, problem));
        }
        let mut bytes = vec![0; count as usize];
        let mut file = self.file.borrow_mut();
        let read = file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut bytes));
        read.map_err(|error| self.malformed(at, format!("it cannot be read: {error}")))?;
        Ok(bytes)
    }

    fn number_in(&self, bytes: &[u8]) -> u64 {
        let append = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        match self.order {
            ByteOrder::Little => bytes.iter().rev().fold(0, append),
            ByteOrder::Big => bytes.iter().fold(0, append),
        }
    }

    fn number(&self, at: u64, bytes: u64) -> Result<u64, FormatError> {
        Ok(self.number_in(&self.bytes(at, bytes)?))
    }

    fn offset_bytes(&self) -> u64 {
        if self.is_big { 8 } else { 4 }
    }

    /// The entries of a directory that are kept, and where the offset of the next directory stands.
    fn directory(&self, at: u64) -> Result<(Vec<Entry>, u64), FormatError> {
        let (count_bytes, offset_bytes) = (if self.is_big { 8 } else { 2 }, self.offset_bytes());
        let entry_bytes = 4 + 2 * offset_bytes;
        let count = self.number(at, count_bytes)?;
        if count > MAX_ENTRIES {
            return Err(self.malformed(at, format!("a directory of {count} entries")));
        }
        let table = self.bytes(at + count_bytes, count * entry_bytes)?;
        let mut entries = Vec::new();
        for entry in table.chunks_exact(entry_bytes as usize) {
            let (tag, kind) = (self.number_in(&entry[..2]), self.number_in(&entry[2..4]));
            let (count, value) = entry[4..].split_at(offset_bytes as usize);
            let count = self.number_in(count);
            let bytes = count.saturating_mul(value_bytes(kind) as u64);
            let is_of_parts = PARTS.as_flattened().contains(&tag);
            // A long text is no reason to refuse pixels; where they lie must be known.
            if !KEPT.contains(&tag) || bytes > MAX_VALUE_BYTES && !is_of_parts {
                continue;
            }
            let value = match bytes <= offset_bytes {
                true => value[..bytes as usize].to_vec(),
                false => self.bytes(self.number_in(value), bytes)?,
            };
            entries.push(Entry { tag, kind, count, value });
        }
        Ok((entries, at + count_bytes + count * entry_bytes))
    }
}

/// One value of a directory, in the byte order of the file.
struct Entry {
    tag: u64,
    kind: u64,
    count: u64,
    value: Vec<u8>,
}

/// A BigTIFF that is being made, in the byte order of the file.
struct Copying<'a> {
    source: &'a Source<'a>,
    out: Vec<u8>,
    /// Where the offset of the next directory is to be put.
    pointer: usize,
    /// Bytes of pixels that may still be copied.
    room: u64,
}

impl<'a> Copying<'a> {
    fn new(source: &'a Source<'a>) -> Self {
        let mut copying = Self { source, out: Vec::new(), pointer: 8, room: MAX_COPIED_BYTES };
        copying.out.extend(match source.order {
            ByteOrder::Little => b"II",
            ByteOrder::Big => b"MM",
        });
        copying.put(43, 2);
        copying.put(8, 2);
        copying.put(0, 2);
        copying.put(0, 8);
        copying
    }

    fn number(&self, number: u64, bytes: usize) -> Vec<u8> {
        match self.source.order {
            ByteOrder::Little => number.to_le_bytes()[..bytes].to_vec(),
            ByteOrder::Big => number.to_be_bytes()[8 - bytes..].to_vec(),
        }
    }

    fn put(&mut self, number: u64, bytes: usize) {
        let number = self.number(number, bytes);
        self.out.extend(number);
    }

    fn pages(mut self, most: usize) -> Result<Excerpt, FormatError> {
        let source = self.source;
        let mut known = HashSet::new();
        let mut pointer = if source.is_big { 8 } else { 4 };
        let mut has_more = false;
        loop {
            let at = source.number(pointer, source.offset_bytes())?;
            if at == 0 && !known.is_empty() {
                break;
            }
            if known.contains(&at) {
                return Err(source.malformed(pointer, format!("a page at byte {at} comes once more")));
            }
            if known.len() == most {
                has_more = true;
                break;
            }
            let (entries, next) = source.directory(at)?;
            // Where the only directory announces further images, they follow its own.
            let is_only = known.is_empty() && source.number(next, source.offset_bytes())? == 0;
            if !self.page(entries, if is_only { most } else { 1 })? {
                has_more = true;
                break;
            }
            known.insert(at);
            pointer = next;
        }
        if known.is_empty() {
            let problem = format!("its first page alone takes more than {MAX_COPIED_BYTES} bytes");
            return Err(source.malformed(0, problem));
        }
        let gigabytes = source.length as f64 / 1e9;
        let notes = has_more.then(|| {
            let count = known.len();
            format!("{}: {gigabytes:.1} GB, of which the first {count} pages are read", source.name)
        });
        Ok(Excerpt { bytes: self.out, notes: notes.into_iter().collect() })
    }

    /// Copies a page with up to `images` images of its directory; false where there is no room for it.
    fn page(&mut self, mut entries: Vec<Entry>, images: usize) -> Result<bool, FormatError> {
        let source = self.source;
        let numbers = |tag: u64| -> Option<Vec<u64>> {
            let entry = entries.iter().find(|entry| entry.tag == tag)?;
            let size = value_bytes(entry.kind);
            Some(entry.value.chunks_exact(size).map(|bytes| source.number_in(bytes)).collect())
        };
        let parts = PARTS.into_iter().find_map(|[places, sizes]| {
            let (at, counts) = (numbers(places)?, numbers(sizes)?);
            (at.len() == counts.len() && !at.is_empty()).then_some((places, at, counts))
        });
        let Some((places, at, counts)) = parts else {
            return Err(source.malformed(0, "a page does not say where its pixels lie"));
        };
        let of_one = counts.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
        if of_one > self.room {
            return Ok(false);
        }
        self.room -= of_one;
        let mut copied = Vec::with_capacity(at.len());
        for (at, count) in at.iter().zip(&counts) {
            copied.push(self.out.len() as u64);
            let bytes = source.bytes(*at, *count)?;
            self.out.extend(bytes);
        }
        let is_plain = numbers(COMPRESSION).is_none_or(|compression| compression == [1]);
        let text = entries.iter().find(|entry| entry.tag == DESCRIPTION && entry.kind == ASCII);
        let text = text.map_or(String::new(), |entry| String::from_utf8_lossy(&entry.value).into_owned());
        let announced =
            tiff_text::read(text.trim_end_matches('\0'), [None; 2]).images.unwrap_or(1).min(images);
        if is_plain && of_one > 0 {
            let end = at[at.len() - 1].saturating_add(counts[counts.len() - 1]);
            let there = source.length.saturating_sub(end) / of_one;
            let more = (announced as u64).saturating_sub(1).min(there).min(self.room / of_one);
            self.room -= more * of_one;
            let bytes = source.bytes(end, more * of_one)?;
            self.out.extend(bytes);
        }
        let value: Vec<u8> = copied.iter().flat_map(|at| self.number(*at, 8)).collect();
        if let Some(entry) = entries.iter_mut().find(|entry| entry.tag == places) {
            *entry = Entry { tag: places, kind: LONG8, count: copied.len() as u64, value };
        }
        self.directory(&entries);
        Ok(true)
    }

    /// Appends a directory, its values before it, and leads the one before to it.
    fn directory(&mut self, entries: &[Entry]) {
        let mut table = Vec::new();
        for Entry { tag, kind, count, value } in entries {
            table.extend(self.number(*tag, 2));
            table.extend(self.number(*kind, 2));
            table.extend(self.number(*count, 8));
            if value.len() <= 8 {
                table.extend(value.iter().copied().chain(std::iter::repeat(0)).take(8));
            } else {
                table.extend(self.number(self.out.len() as u64, 8));
                self.out.extend(value);
            }
        }
        let place = self.number(self.out.len() as u64, 8);
        self.out[self.pointer..self.pointer + 8].copy_from_slice(&place);
        self.put(entries.len() as u64, 8);
        self.out.extend(table);
        self.pointer = self.out.len();
        self.put(0, 8);
    }
}

#[cfg(test)]
mod tests {
    use tiff::encoder::{TiffEncoder, colortype};
    use tiff::tags::Tag;

    use super::*;
    use crate::formats::scan_image;

    fn page(k: u8) -> Vec<u8> {
        (0..30 * 20_u32).map(|i| (i % 200) as u8 + k).collect()
    }

    fn excerpt(bytes: &[u8], most: usize) -> Result<Excerpt, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        crate::formats::write_file(&path, bytes).unwrap();
        of(&path, most, "a.tif").map_err(|error| error.to_string())
    }

    fn stack(is_big: bool, pages: u8, description: Option<&str>) -> Vec<u8> {
        let mut file = std::io::Cursor::new(Vec::new());
        macro_rules! encode {
            ($encoder:expr) => {{
                let mut encoder = $encoder.unwrap();
                for k in 0..pages {
                    let mut image = encoder.new_image::<colortype::Gray8>(30, 20).unwrap();
                    image.rows_per_strip(7).unwrap();
                    if let Some(text) = description {
                        image.encoder().write_tag(Tag::ImageDescription, text).unwrap();
                    }
                    image.write_data(&page(k)).unwrap();
                }
            }};
        }
        if is_big {
            encode!(TiffEncoder::new_big(&mut file));
        } else {
            encode!(TiffEncoder::new(&mut file));
        }
        file.into_inner()
    }

    #[test]
    fn an_excerpt_shows_what_the_file_shows() {
        for is_big in [false, true] {
            let whole = stack(is_big, 5, None);
            let read = |bytes: &[u8]| scan_image::read_pages(bytes, "a.tif").unwrap().images;
            let all = excerpt(&whole, 9).unwrap();
            assert_eq!((read(&all.bytes), all.notes.len()), (read(&whole), 0), "{is_big}");
            let some = excerpt(&whole, 2).unwrap();
            assert_eq!(read(&some.bytes), read(&whole)[..2]);
            assert!(some.notes[0].contains("the first 2 pages are read"), "{:?}", some.notes);
        }
    }

    /// One directory behind all images, as ImageJ writes where they take more than 4 GB.
    fn one_directory(text: &str, images: u8) -> Vec<u8> {
        let mut tiff = b"II\x2a\0\0\0\0\0".to_vec();
        tiff.extend(text.bytes().chain([0]));
        let (text_bytes, pixels_at) = (text.len() as u32 + 1, tiff.len() as u32);
        (0..images).for_each(|k| tiff.extend(page(k)));
        let directory = tiff.len() as u32;
        tiff[4..8].copy_from_slice(&directory.to_le_bytes());
        let entries: [[u32; 4]; 10] = [
            [256, 4, 1, 30],
            [257, 4, 1, 20],
            [258, 3, 1, 8],
            [259, 3, 1, 1],
            [262, 3, 1, 1],
            [270, 2, text_bytes, 8],
            [273, 4, 1, pixels_at],
            [277, 3, 1, 1],
            [278, 4, 1, 20],
            [279, 4, 1, 600],
        ];
        tiff.extend((entries.len() as u16).to_le_bytes());
        for [tag, kind, count, value] in entries {
            tiff.extend([(tag as u16).to_le_bytes(), (kind as u16).to_le_bytes()].concat());
            tiff.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
        }
        tiff.extend([0; 4]);
        tiff
    }

    #[test]
    fn images_that_one_directory_announces_come_with_it() {
        let whole = one_directory("ImageJ=1.54f\nimages=3\nslices=3\n", 3);
        let read = |bytes: &[u8]| scan_image::read_pages(bytes, "a.tif").unwrap();
        let (expected, found) = (read(&whole), read(&excerpt(&whole, 9).unwrap().bytes));
        assert_eq!(expected.images.len(), 3, "{:?}", expected.warnings);
        assert_eq!((found.images, found.warnings), (expected.images, expected.warnings));
        // More are announced than there are.
        let short = excerpt(&one_directory("ImageJ=1.54f\nimages=9\n", 2), 99).unwrap();
        assert_eq!(read(&short.bytes).images.len(), 2);
    }

    #[test]
    fn directories_that_lie_are_refused() {
        let whole = stack(false, 3, None);
        for cut in (4..whole.len()).step_by(11) {
            if let Err(said) = excerpt(&whole[..cut], 9) {
                assert!(said.starts_with("a.tif: byte "), "{said}");
            }
        }
        let mut circle = whole.clone();
        let first = u32::from_le_bytes(whole[4..8].try_into().unwrap()) as usize;
        let entries = usize::from(u16::from_le_bytes([whole[first], whole[first + 1]]));
        let next = first + 2 + 12 * entries;
        circle[next..next + 4].copy_from_slice(&(first as u32).to_le_bytes());
        assert!(excerpt(&circle, 9).unwrap_err().contains("comes once more"));
        let mut beyond = whole;
        beyond[4..8].fill(0xff);
        assert!(excerpt(&beyond, 9).unwrap_err().contains("byte 4294967295"));
    }
}
