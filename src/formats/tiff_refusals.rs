//! What of a TIFF is refused before the decoder sees it: compressions that it cannot read, by their name and with
//! what to do, and JPEG data that claims more pixels than the page that holds it.

use super::FormatError;
use super::tiff_directory::{Directory, Tag};
use crate::scan::MAX_SIDE_PX;

/// Compression that JPEG data in a TIFF has.
pub(super) const JPEG: u64 = 7;
const REMEDY: &str = "the file is damaged, cut off or of an unusual kind: save it anew as grey TIFF or PNG";

/// The refusal of a compression that cannot be read, by its name and with what to do.
pub(super) fn refused_compression(directory: &Directory, name: &str) -> Option<FormatError> {
    let code = directory.number(Tag::Compression, 0).unwrap_or(1);
    let compression = match code {
        1 | 4 | 5 | 7 | 8 | 32946 | 32773 => return None,
        2 | 3 => "CCITT fax",
        6 => "old-style JPEG",
        33003 | 33005 | 34712 => "JPEG 2000",
        34887 => "LERC",
        34892 => "lossy JPEG of DNG",
        34925 => "LZMA",
        50000 => "ZSTD",
        50001 => "WebP",
        50002 | 52546 => "JPEG XL",
        _ => "unknown",
    };
    Some(FormatError::malformed(
        name,
        "the header",
        format!("its compression is {compression} (code {code}), which is not read here"),
        "save it anew with LZW, Deflate or no compression (in ImageJ: open and save; with libtiff: \
         `tiffcp -c lzw IN.tif OUT.tif`)",
    ))
}

/// The JPEG decoder allocates what a JPEG's own header claims: no chunk may be larger than the page's.
pub(super) fn check_jpeg_chunks(
    bytes: &[u8],
    directory: &Directory,
    (width, height): (u32, u32),
    name: &str,
) -> Result<(), FormatError> {
    let is_tiled = directory.count(Tag::TileOffsets) > 0;
    let (offsets, counts) = match is_tiled {
        true => (Tag::TileOffsets, Tag::TileByteCounts),
        false => (Tag::StripOffsets, Tag::StripByteCounts),
    };
    // A strip may claim more rows than the page has; its JPEG may not.
    for index in 0..directory.count(offsets) {
        let place = directory.number(offsets, index).zip(directory.number(counts, index));
        let chunk = place.and_then(|(at, count)| {
            let at = usize::try_from(at).ok()?;
            bytes.get(at..at.checked_add(usize::try_from(count).ok()?)?)
        });
        let Some(chunk) = chunk else {
            let problem = format!("its part {} lies beyond the end of the file", index + 1);
            return Err(FormatError::malformed(name, "the pixels", problem, REMEDY));
        };
        match jpeg_size(chunk) {
            Some((w, h))
                if w <= width.next_multiple_of(16) && h <= height.min(MAX_SIDE_PX).next_multiple_of(16) => {}
            found => {
                let problem = match found {
                    Some((w, h)) => format!("the JPEG of its part {} claims {w}x{h} pixels", index + 1),
                    None => format!("its part {} is no whole JPEG", index + 1),
                };
                return Err(FormatError::malformed(name, "the pixels", problem, REMEDY));
            }
        }
    }
    Ok(())
}

/// Width and height that the frame header of a JPEG claims.
fn jpeg_size(jpeg: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let &[0xff, marker, ref rest @ ..] = jpeg.get(at..)? else { return None };
        match marker {
            0xff => at += 1,
            // Frame headers, of which the tables' markers among them are none.
            0xc0..=0xcf if ![0xc4, 0xc8, 0xcc].contains(&marker) => {
                let side =
                    |at: usize| Some(u32::from(u16::from_be_bytes([*rest.get(at)?, *rest.get(at + 1)?])));
                return Some((side(5)?, side(3)?));
            }
            _ => at += 2 + usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_header_of_a_jpeg_is_found_behind_its_tables() {
        let jpeg = b"\xff\xd8\xff\xdb\x00\x03\x00\xff\xff\xc2\x00\x11\x08\x01\xf0\x02\x00rest";
        assert_eq!(jpeg_size(jpeg), Some((512, 496)));
        for cut in 0..16 {
            assert_eq!(jpeg_size(&jpeg[..cut]), None, "{cut}");
        }
    }
}
