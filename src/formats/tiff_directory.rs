//! A look at a TIFF's directories before the decoder sees them, classic and BigTIFF: the decoder allocates what
//! an entry's count claims (up to 128 MiB) before it finds that the file does not hold it.

use super::FormatError;
use super::sample_values::ByteOrder;

const REMEDY: &str = "the file is damaged or cut off: get a fresh copy";
const CLASSIC: u16 = 42;
const BIG: u16 = 43;
/// Longest description that is read.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// A tag that is looked at here or by the reader of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    NewSubfileType = 254,
    BitsPerSample = 258,
    Compression = 259,
    Photometric = 262,
    Description = 270,
    StripOffsets = 273,
    Orientation = 274,
    StripByteCounts = 279,
    XResolution = 282,
    YResolution = 283,
    PlanarConfiguration = 284,
    ColorMap = 320,
    TileOffsets = 324,
    TileByteCounts = 325,
    SampleFormat = 339,
}

/// Byte order, kind and bytes.
struct Tiff<'a> {
    bytes: &'a [u8],
    order: ByteOrder,
    is_big: bool,
}

impl<'a> Tiff<'a> {
    fn of(bytes: &'a [u8], name: &str) -> Result<Self, FormatError> {
        let order = if bytes.starts_with(b"II") { ByteOrder::Little } else { ByteOrder::Big };
        let mut tiff = Self { bytes, order, is_big: false };
        match tiff.number(2, 2) {
            Some(magic) if magic == u64::from(CLASSIC) => return Ok(tiff),
            Some(magic) if magic == u64::from(BIG) && tiff.number(4, 2) == Some(8) => {
                tiff.is_big = true;
                return Ok(tiff);
            }
            _ => {}
        }
        let problem = "neither a TIFF nor a BigTIFF begins like this";
        Err(FormatError::malformed(name, "byte 2", problem, "save the scan as TIFF or PNG"))
    }

    /// An unsigned number of 1, 2, 4 or 8 bytes.
    fn number(&self, at: usize, bytes: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..at.checked_add(bytes)?)?;
        let append = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(match self.order {
            ByteOrder::Little => bytes.iter().rev().fold(0, append),
            ByteOrder::Big => bytes.iter().fold(0, append),
        })
    }

    /// Bytes of an offset and of a count of values.
    fn offset_bytes(&self) -> usize {
        if self.is_big { 8 } else { 4 }
    }

    fn entry_bytes(&self) -> usize {
        4 + 2 * self.offset_bytes()
    }

    /// Bytes of the number of entries that a directory begins with.
    fn count_bytes(&self) -> usize {
        if self.is_big { 8 } else { 2 }
    }

    /// Where the offset of the first directory stands.
    fn first_pointer(&self) -> usize {
        if self.is_big { 8 } else { 4 }
    }

    /// Checks the directory whose offset stands at `pointer`; returns where the offset of the next one stands.
    fn checked_directory(&self, pointer: usize, name: &str) -> Result<usize, FormatError> {
        let offset =
            self.number(pointer, self.offset_bytes()).and_then(|offset| usize::try_from(offset).ok());
        let directory = offset.filter(|directory| self.number(*directory, self.count_bytes()).is_some());
        let Some(directory) = directory else {
            let problem = "the directory of the TIFF lies beyond the end of the file".to_owned();
            return Err(malformed(name, pointer, problem));
        };
        let entries = self.number(directory, self.count_bytes()).unwrap_or(0);
        let first = directory + self.count_bytes();
        for index in 0..entries {
            // Each entry lies in the file, or the loop ends: nothing overflows.
            let at = first + index as usize * self.entry_bytes();
            let (Some(kind), Some(count)) =
                (self.number(at + 2, 2), self.number(at + 4, self.offset_bytes()))
            else {
                let problem = format!("the directory of the TIFF ends before its entry {}", index + 1);
                return Err(malformed(name, at, problem));
            };
            if count.saturating_mul(value_bytes(kind) as u64) > self.bytes.len() as u64 {
                let problem = format!("an entry claims {count} values, more than the file holds");
                return Err(malformed(name, at, problem));
            }
        }
        Ok(first + entries as usize * self.entry_bytes())
    }
}

/// Bytes of a value of a field type; unknown ones take at least a byte.
pub(super) fn value_bytes(kind: u64) -> usize {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => 1,
    }
}

fn malformed(name: &str, at: usize, problem: String) -> FormatError {
    FormatError::malformed(name, format!("byte {at}"), problem, REMEDY)
}

/// One page of a TIFF, as its directory describes it; the directory lies in the file.
#[derive(Clone, Copy)]
pub(super) struct Directory<'a> {
    bytes: &'a [u8],
    order: ByteOrder,
    is_big: bool,
    /// From the start of the file.
    pub offset: usize,
}

impl<'a> Directory<'a> {
    fn tiff(&self) -> Tiff<'a> {
        Tiff { bytes: self.bytes, order: self.order, is_big: self.is_big }
    }

    /// Byte order of the file.
    pub(super) fn order(&self) -> ByteOrder {
        self.order
    }

    /// (field type, number of values, where they begin) of a tag.
    fn entry(&self, tag: Tag) -> Option<(u64, usize, usize)> {
        let tiff = self.tiff();
        let entries = tiff.number(self.offset, tiff.count_bytes())?;
        let first = self.offset + tiff.count_bytes();
        let at = (0..entries as usize)
            .map(|index| first + index * tiff.entry_bytes())
            .find(|at| tiff.number(*at, 2) == Some(tag as u64))?;
        let (kind, count) = (tiff.number(at + 2, 2)?, tiff.number(at + 4, tiff.offset_bytes())?);
        let value = at + 4 + tiff.offset_bytes();
        let count = usize::try_from(count).ok()?;
        let is_inline = count.checked_mul(value_bytes(kind))? <= tiff.offset_bytes();
        let place = if is_inline { value } else { tiff.number(value, tiff.offset_bytes())? as usize };
        Some((kind, count, place))
    }

    /// The value of a tag that holds unsigned numbers, the `index`th of them.
    pub(super) fn number(&self, tag: Tag, index: usize) -> Option<u64> {
        let (kind, count, place) = self.entry(tag)?;
        let bytes = value_bytes(kind);
        let at = place.checked_add(index.checked_mul(bytes)?)?;
        (index < count && [1, 3, 4, 13, 16, 18].contains(&kind)).then(|| self.tiff().number(at, bytes))?
    }

    /// How many values a tag holds.
    pub(super) fn count(&self, tag: Tag) -> usize {
        self.entry(tag).map_or(0, |(_, count, _)| count)
    }

    /// The value of a tag that holds a fraction.
    pub(super) fn fraction(&self, tag: Tag) -> Option<f64> {
        let (kind, _, place) = self.entry(tag)?;
        let tiff = self.tiff();
        let (above, below) = (tiff.number(place, 4)?, tiff.number(place.checked_add(4)?, 4)?);
        (kind == 5 && below != 0).then(|| above as f64 / below as f64)
    }

    /// The text of a tag, up to its first NUL.
    pub(super) fn text(&self, tag: Tag) -> Option<String> {
        let (kind, count, place) = self.entry(tag)?;
        let bytes = self.bytes.get(place..place.checked_add(count.min(MAX_TEXT_BYTES))?)?;
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        (kind == 2 || kind == 1).then(|| String::from_utf8_lossy(&bytes[..end]).into_owned())
    }

    /// Where the single value of a tag stands in the file, with its number of bytes.
    pub(super) fn place(&self, tag: Tag) -> Option<(usize, usize)> {
        let (kind, count, place) = self.entry(tag)?;
        (count == 1).then(|| (place, value_bytes(kind)))
    }
}

/// Refuses a TIFF whose first directory is not in the file, or has an entry with more values than the
/// file has bytes; returns that directory. `name` is the file's name for messages.
pub(super) fn check<'a>(bytes: &'a [u8], name: &str) -> Result<Directory<'a>, FormatError> {
    let tiff = Tiff::of(bytes, name)?;
    tiff.checked_directory(tiff.first_pointer(), name)?;
    let offset = tiff.number(tiff.first_pointer(), tiff.offset_bytes()).unwrap_or(0) as usize;
    Ok(Directory { bytes, order: tiff.order, is_big: tiff.is_big, offset })
}

/// The directories of a TIFF, one a page.
pub(super) struct PageList<'a> {
    /// In the order of the pages; at least one.
    pub directories: Vec<Directory<'a>>,
    /// Whether there are more pages than are listed.
    pub has_more: bool,
}

/// Lists the first `most` pages of a TIFF; each directory is checked as [`check`] does. A list that runs in
/// a circle or ends without its end mark is an error.
pub(super) fn pages<'a>(bytes: &'a [u8], most: usize, name: &str) -> Result<PageList<'a>, FormatError> {
    let tiff = Tiff::of(bytes, name)?;
    let mut directories: Vec<Directory> = Vec::new();
    let mut pointer = tiff.first_pointer();
    loop {
        let Some(offset) = tiff.number(pointer, tiff.offset_bytes()) else {
            let problem =
                format!("the list of pages ends after page {} without an end mark", directories.len());
            return Err(malformed(name, pointer, problem));
        };
        if offset == 0 && !directories.is_empty() {
            return Ok(PageList { directories, has_more: false });
        }
        if let Some(page) = directories.iter().position(|known| known.offset as u64 == offset) {
            let problem = format!("after page {} comes page {} once more", directories.len(), page + 1);
            return Err(malformed(name, pointer, problem));
        }
        if directories.len() == most {
            return Ok(PageList { directories, has_more: true });
        }
        pointer = tiff.checked_directory(pointer, name)?;
        let offset = offset as usize;
        directories.push(Directory { bytes, order: tiff.order, is_big: tiff.is_big, offset });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_must_fit_the_file() {
        let mut tiff = b"II\x2a\0\x08\0\0\0\x01\0\x11\x01\x04\0\x01\0\0\0\0\0\0\0\0\0\0\0".to_vec();
        assert!(check(&tiff, "a.tif").is_ok());
        tiff[14] = 9;
        let error = check(&tiff, "a.tif").err().unwrap().to_string();
        assert!(error.starts_with("a.tif: byte 10: an entry claims 9 values"), "{error}");
        assert!(check(b"MM\0\x2b\0\0\0\0", "b.tif").is_err());
        // A BigTIFF with an empty directory, and one that claims more values than fit any file.
        let mut big = b"II\x2b\0\x08\0\0\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
        assert_eq!(check(&big, "big.tif").unwrap().offset, 16);
        big[16] = 1;
        big.extend([0; 20]);
        big[28..36].fill(0xff);
        assert!(check(&big, "big.tif").err().unwrap().to_string().contains("claims 18446744073709551615"));
        assert!(check(b"MM\0\x2a\xff\xff\xff\xff", "c.tif").is_err());
    }
    /// A TIFF of empty directories, each at the offset it is given, the last one pointing to `last`.
    fn list(offsets: &[u32], last: u32) -> Vec<u8> {
        let mut tiff = b"II\x2a\0".to_vec();
        tiff.extend(offsets[0].to_le_bytes());
        for (index, _) in offsets.iter().enumerate() {
            tiff.extend([0, 0]);
            tiff.extend(offsets.get(index + 1).copied().unwrap_or(last).to_le_bytes());
        }
        tiff
    }

    #[test]
    fn pages_are_listed_and_circles_and_missing_ends_refused() {
        let offsets = |list: &PageList| list.directories.iter().map(|d| d.offset).collect::<Vec<_>>();
        let three = list(&[8, 14, 20], 0);
        let found = pages(&three, 10, "a.tif").unwrap();
        assert_eq!((offsets(&found), found.has_more), (vec![8, 14, 20], false));
        let found = pages(&three, 2, "a.tif").unwrap();
        assert_eq!((offsets(&found), found.has_more), (vec![8, 14], true));
        let refusal = |tiff: &[u8]| pages(tiff, 10, "a.tif").map(drop).unwrap_err().to_string();
        assert!(refusal(&list(&[8, 14], 8)).contains("after page 2 comes page 1 once more"));
        assert!(refusal(&list(&[8, 14], 900)).contains("byte 16: the directory of the TIFF lies beyond"));
        let cut = &list(&[8, 14], 0)[..18];
        assert!(refusal(cut).contains("ends after page 2 without an end mark"));
    }
}
