//! A look at a TIFF's directory before the decoder sees it: the decoder allocates what an entry's count
//! claims (up to 128 MiB) before it finds that the file does not hold it.

use super::FormatError;

const REMEDY: &str = "the file is damaged or cut off: get a fresh copy";
const CLASSIC: u16 = 42;

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

/// Refuses a TIFF whose first directory is not in the file, or has an entry with more values than the
/// file has bytes. `name` is the file's name for messages.
pub(super) fn check(bytes: &[u8], name: &str) -> Result<(), FormatError> {
    let tiff = Tiff { bytes, is_little_endian: bytes.starts_with(b"II") };
    if tiff.u16(2) != Some(CLASSIC) {
        return Err(FormatError::malformed(
            name,
            "byte 2",
            "this is a BigTIFF or no TIFF at all",
            "save the scan as classic TIFF or PNG",
        ));
    }
    let malformed =
        |at: usize, problem: String| Err(FormatError::malformed(name, format!("byte {at}"), problem, REMEDY));
    let directory = tiff.u32(4).map_or(usize::MAX, |offset| offset as usize);
    let Some(entries) = tiff.u16(directory) else {
        return malformed(4, "the directory of the TIFF lies beyond the end of the file".to_owned());
    };
    for index in 0..usize::from(entries) {
        let at = directory + 2 + index * 12;
        let (Some(kind), Some(count)) = (tiff.u16(at + 2), tiff.u32(at + 4)) else {
            return malformed(at, format!("the directory of the TIFF ends before its entry {}", index + 1));
        };
        // Unknown kinds of values take at least a byte each.
        let value_bytes = match kind {
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16..=18 => 8,
            _ => 1,
        };
        if u64::from(count) * value_bytes > bytes.len() as u64 {
            return malformed(at, format!("an entry claims {count} values, more than the file holds"));
        }
    }
    Ok(())
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
}
