//! Fields of plain images that may say whose they are: text chunks of PNG, tags of TIFF and EXIF, comments of JPEG.
//!
//! Whether a text names anybody cannot be known without reading it, so every text that is not the writing program's own
//! name is listed.

/// Texts that PNG writers name (PNG specification, 11.3.3.2), and what scanners add.
const PNG_TEXTS: [&str; 9] = [
    "Title",
    "Author",
    "Description",
    "Copyright",
    "Creation Time",
    "Disclaimer",
    "Warning",
    "Source",
    "Comment",
];
/// The keyword of the writing program, which is nobody's identity.
const PNG_SOFTWARE: &[u8] = b"Software";

/// Tags of TIFF and EXIF with texts, dates and places.
const TIFF_TAGS: [(u16, &str); 12] = [
    (269, "DocumentName"),
    (270, "ImageDescription"),
    (285, "PageName"),
    (306, "DateTime"),
    (315, "Artist"),
    (316, "HostComputer"),
    (700, "XMP"),
    (33432, "Copyright"),
    (33723, "IPTC"),
    (34665, "EXIF"),
    (34853, "GPS"),
    (37510, "UserComment"),
];
/// More entries than any writer puts into a directory.
const MAX_ENTRIES: usize = 512;

fn big_endian(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, &byte| number << 8 | usize::from(byte))
}

/// The names of the texts of a PNG.
pub(super) fn of_png(bytes: &[u8]) -> Vec<&'static str> {
    let mut names = Vec::new();
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 8) {
        let length = big_endian(&head[..4]);
        let Some(content) = bytes.get(at + 8..(at + 8).saturating_add(length)) else { break };
        let name = match &head[4..] {
            b"tEXt" | b"zTXt" | b"iTXt" => {
                text_name(content.split(|byte| *byte == 0).next().unwrap_or_default())
            }
            b"eXIf" => Some("EXIF"),
            b"tIME" => Some("Time"),
            _ => None,
        };
        names.extend(name);
        at += 12 + length;
    }
    distinct(names)
}

fn text_name(keyword: &[u8]) -> Option<&'static str> {
    let known = PNG_TEXTS.into_iter().find(|name| name.as_bytes() == keyword);
    (keyword != PNG_SOFTWARE).then(|| known.unwrap_or("another text"))
}

/// The names of the texts of a TIFF's first page, classic or BigTIFF.
pub(super) fn of_tiff(bytes: &[u8]) -> Vec<&'static str> {
    let is_little_endian = bytes.starts_with(b"II");
    let number = |at: usize, length: usize| -> Option<usize> {
        let part = bytes.get(at..at.checked_add(length)?)?;
        let reversed: Vec<u8> = part.iter().rev().copied().collect();
        Some(big_endian(if is_little_endian { &reversed } else { part }))
    };
    // (bytes of an offset, of the number of entries, of an entry)
    let (offset, count, entry) = if number(2, 2) == Some(43) { (8, 8, 20) } else { (4, 2, 12) };
    let Some(directory) = number(offset, offset) else { return Vec::new() };
    let entries = number(directory, count).unwrap_or(0).min(MAX_ENTRIES);
    let place = |index: usize| directory.checked_add(count + index * entry);
    let tags: Vec<usize> = (0..entries).filter_map(|index| number(place(index)?, 2)).collect();
    let held = TIFF_TAGS.iter().filter(|(tag, _)| tags.contains(&usize::from(*tag)));
    held.map(|(_, name)| *name).collect()
}

/// The names of the texts of a JPEG: its comments, and those of its EXIF part.
pub(super) fn of_jpeg(bytes: &[u8]) -> Vec<&'static str> {
    const EXIF: &[u8] = b"Exif\0\0";
    let mut names = Vec::new();
    let mut at = 2;
    // Markers of parts with a length stand one after the other up to the start of the scan (0xda).
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
        let length = big_endian(&[high, low]);
        let content = bytes.get(at + 4..at + 2 + length).unwrap_or_default();
        match marker {
            0xda => break,
            0xfe => names.push("Comment"),
            0xe1 if content.starts_with(EXIF) => names.extend(of_tiff(&content[EXIF.len()..])),
            0xe1 => names.push("XMP"),
            0xed => names.push("IPTC"),
            _ => {}
        }
        at += 2 + length;
    }
    distinct(names)
}

fn distinct(names: Vec<&'static str>) -> Vec<&'static str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::scan_image;
    use crate::scan::GreyImage;

    #[test]
    fn texts_are_named_and_nothing_of_them_is_said() {
        let image = GreyImage::new(2, 1, vec![0, 9]);
        let texts = [("Software", "x"), ("Author", "A. Nobody"), ("Ward 7", "B"), ("Bed", "é")];
        let png = scan_image::write(&image, &texts).unwrap();
        assert_eq!(of_png(&png), ["Author", "another text"]);
        for length in 0..png.len() {
            of_png(&png[..length]);
        }
        let tiff =
            b"MM\0\x2a\0\0\0\x08\0\x02\x01\x0e\0\x02\0\0\0\x01A\0\0\0\x01\x3b\0\x02\0\0\0\x01A\0\0\0\0\0\0\0";
        assert_eq!(of_tiff(tiff), ["ImageDescription", "Artist"]);
        assert!(of_tiff(b"II\x2a\0\xff\xff\xff\xff").is_empty());
        let mut big = b"MM\0\x2b\0\x08\0\0\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\0\x01\x01\x0e".to_vec();
        big.resize(56, 0);
        assert_eq!(of_tiff(&big), ["ImageDescription"]);
        big[8..16].fill(0xff);
        assert!(of_tiff(&big).is_empty());
        let mut jpeg = b"\xff\xd8\xff\xfe\0\x05abc\xff\xe1".to_vec();
        jpeg.extend((8 + tiff.len() as u16).to_be_bytes());
        jpeg.extend(b"Exif\0\0");
        jpeg.extend(tiff);
        jpeg.extend(b"\xff\xda\0\0");
        assert_eq!(of_jpeg(&jpeg), ["Comment", "ImageDescription", "Artist"]);
        for length in 0..jpeg.len() {
            of_jpeg(&jpeg[..length]);
        }
    }
}
