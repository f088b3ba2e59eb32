//! A look at a TIFF's directories before the decoder sees them: the decoder allocates what an entry's count
//! claims (up to 128 MiB) before it finds that the file does not hold it, and reads the first page alone.

use super::FormatError;

const REMEDY: &str = "the file is damaged or cut off: get a fresh copy";
const CLASSIC: u16 = 42;
/// Where the offset of the first directory stands.
const FIRST_POINTER: usize = 4;
const ENTRY_BYTES: usize = 12;

/// Byte order and bytes.
struct Tiff<'a> {
    bytes: &'a [u8],
    is_little_endian: bool,
}

impl Tiff<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        let pair = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.is_little_endian { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let four = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.is_little_endian { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    }
}

impl<'a> Tiff<'a> {
    fn of(bytes: &'a [u8], name: &str) -> Result<Self, FormatError> {
        let tiff = Self { bytes, is_little_endian: bytes.starts_with(b"II") };
        if tiff.u16(2) == Some(CLASSIC) {
            return Ok(tiff);
        }
        Err(FormatError::malformed(
            name,
            "byte 2",
            "this is a BigTIFF or no TIFF at all",
            "save the scan as classic TIFF or PNG",
        ))
    }

    /// Checks the directory whose offset stands at `pointer`; returns where the offset of the next one stands.
    fn checked_directory(&self, pointer: usize, name: &str) -> Result<usize, FormatError> {
        let directory = self.u32(pointer).map_or(usize::MAX, |offset| offset as usize);
        let Some(entries) = self.u16(directory) else {
            let problem = "the directory of the TIFF lies beyond the end of the file".to_owned();
            return Err(malformed(name, pointer, problem));
        };
        for index in 0..usize::from(entries) {
            let at = directory + 2 + index * ENTRY_BYTES;
            let (Some(kind), Some(count)) = (self.u16(at + 2), self.u32(at + 4)) else {
                let problem = format!("the directory of the TIFF ends before its entry {}", index + 1);
                return Err(malformed(name, at, problem));
            };
            // Unknown kinds of values take at least a byte each.
            let value_bytes = match kind {
                3 | 8 => 2,
                4 | 9 | 11 | 13 => 4,
                5 | 10 | 12 | 16..=18 => 8,
                _ => 1,
            };
            if u64::from(count) * value_bytes > self.bytes.len() as u64 {
                let problem = format!("an entry claims {count} values, more than the file holds");
                return Err(malformed(name, at, problem));
            }
        }
        Ok(directory + 2 + usize::from(entries) * ENTRY_BYTES)
    }
}

fn malformed(name: &str, at: usize, problem: String) -> FormatError {
    FormatError::malformed(name, format!("byte {at}"), problem, REMEDY)
}

/// Refuses a TIFF whose first directory is not in the file, or has an entry with more values than the
/// file has bytes. `name` is the file's name for messages.
pub(super) fn check(bytes: &[u8], name: &str) -> Result<(), FormatError> {
    Tiff::of(bytes, name)?.checked_directory(FIRST_POINTER, name).map(drop)
}

/// Where the directories of a TIFF lie, one a page.
pub(super) struct PageList {
    /// Offsets from the start of the file, in the order of the pages; at least one.
    pub offsets: Vec<u32>,
    /// Whether there are more pages than are listed.
    pub has_more: bool,
}

/// Lists the first `most` pages of a TIFF; each directory is checked as [`check`] does. A list that runs in
/// a circle or ends without its end mark is an error.
pub(super) fn pages(bytes: &[u8], most: usize, name: &str) -> Result<PageList, FormatError> {
    let tiff = Tiff::of(bytes, name)?;
    let mut offsets = Vec::new();
    let mut pointer = FIRST_POINTER;
    loop {
        let Some(offset) = tiff.u32(pointer) else {
            let problem = format!("the list of pages ends after page {} without an end mark", offsets.len());
            return Err(malformed(name, pointer, problem));
        };
        if offset == 0 && !offsets.is_empty() {
            return Ok(PageList { offsets, has_more: false });
        }
        if let Some(page) = offsets.iter().position(|known| *known == offset) {
            let problem = format!("after page {} comes page {} once more", offsets.len(), page + 1);
            return Err(malformed(name, pointer, problem));
        }
        if offsets.len() == most {
            return Ok(PageList { offsets, has_more: true });
        }
        pointer = tiff.checked_directory(pointer, name)?;
        offsets.push(offset);
    }
}

/// Makes a TIFF begin with another of its pages, for decoders that read the first one alone.
///
/// # Panics
/// If the bytes are shorter than the header of a TIFF.
pub(super) fn begin_with(tiff: &mut [u8], offset: u32) {
    let is_little_endian = tiff.starts_with(b"II");
    let pointer = if is_little_endian { offset.to_le_bytes() } else { offset.to_be_bytes() };
    tiff[FIRST_POINTER..][..4].copy_from_slice(&pointer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_must_fit_the_file() {
        let mut tiff = b"II\x2a\0\x08\0\0\0\x01\0\x11\x01\x04\0\x01\0\0\0\0\0\0\0\0\0\0\0".to_vec();
        assert!(check(&tiff, "a.tif").is_ok());
        tiff[14] = 9;
        let error = check(&tiff, "a.tif").unwrap_err().to_string();
        assert!(error.starts_with("a.tif: byte 10: an entry claims 9 values"), "{error}");
        assert!(check(b"MM\0\x2b\0\0\0\0", "b.tif").is_err());
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
        let found = pages(&list(&[8, 14, 20], 0), 10, "a.tif").unwrap();
        assert_eq!((found.offsets, found.has_more), (vec![8, 14, 20], false));
        let found = pages(&list(&[8, 14, 20], 0), 2, "a.tif").unwrap();
        assert_eq!((found.offsets, found.has_more), (vec![8, 14], true));
        let refusal = |tiff: &[u8]| pages(tiff, 10, "a.tif").map(drop).unwrap_err().to_string();
        assert!(refusal(&list(&[8, 14], 8)).contains("after page 2 comes page 1 once more"));
        assert!(refusal(&list(&[8, 14], 900)).contains("byte 16: the directory of the TIFF lies beyond"));
        let cut = &list(&[8, 14], 0)[..18];
        assert!(refusal(cut).contains("ends after page 2 without an end mark"));
        let mut other = list(&[8, 14], 0);
        begin_with(&mut other, 14);
        assert_eq!(pages(&other, 10, "a.tif").unwrap().offsets, [14]);
    }
}
