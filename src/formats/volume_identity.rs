//! Fields of NIfTI, Analyze and MetaImage headers that may say whose eye it is: texts that nothing checks, and into
//! which programs copy what stood in DICOM.

use std::io::Read;

use flate2::read::MultiGzDecoder;

const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Enough for every header and for the mark of an extension behind it.
const HEADER_BYTES: usize = 544;
/// As much as a MetaImage's header is read with.
const MAX_TEXT_BYTES: usize = 64 << 10;

/// Name, place and length of a text.
type Text = (&'static str, usize, usize);

const OF_NIFTI_1: [Text; 4] =
    [("db_name", 14, 18), ("descrip", 148, 80), ("aux_file", 228, 24), ("intent_name", 328, 16)];
const OF_NIFTI_2: [Text; 3] = [("descrip", 240, 80), ("aux_file", 320, 24), ("intent_name", 508, 16)];
const OF_ANALYZE: [Text; 8] = [
    ("db_name", 14, 18),
    ("descrip", 148, 80),
    ("aux_file", 228, 24),
    ("generated", 263, 10),
    ("scannum", 273, 10),
    ("patient_id", 283, 10),
    ("exp_date", 293, 10),
    ("exp_time", 303, 10),
];

/// Keys of a MetaImage that say what its voxels are, and nothing of anybody.
const PLAIN_KEYS: [&str; 24] = [
    "ObjectType",
    "ObjectSubType",
    "NDims",
    "BinaryData",
    "BinaryDataByteOrderMSB",
    "ElementByteOrderMSB",
    "CompressedData",
    "CompressedDataSize",
    "CompressionLevel",
    "TransformMatrix",
    "Orientation",
    "Rotation",
    "Offset",
    "Position",
    "Origin",
    "CenterOfRotation",
    "AnatomicalOrientation",
    "ElementSpacing",
    "ElementSize",
    "DimSize",
    "HeaderSize",
    "Modality",
    "ElementType",
    "ElementNumberOfChannels",
];

/// Which header the bytes begin with, of a gzip those that it holds.
fn header(bytes: &[u8]) -> Option<(Vec<u8>, &'static [Text])> {
    let mut head = Vec::new();
    match bytes.starts_with(&GZIP) {
        // A gzip that ends early has the texts that came before.
        true => {
            let mut decoder = MultiGzDecoder::new(bytes).take(HEADER_BYTES as u64);
            while let Ok(1..) = decoder.by_ref().take(64).read_to_end(&mut head) {}
        }
        false => head.extend(&bytes[..bytes.len().min(HEADER_BYTES)]),
    }
    let size: [u8; 4] = head.get(..4)?.try_into().ok()?;
    let texts: &[Text] = match (u32::from_le_bytes(size), u32::from_be_bytes(size)) {
        (540, _) | (_, 540) => &OF_NIFTI_2,
        (348, _) | (_, 348) => match head.get(344..348)? {
            b"n+1\0" | b"ni1\0" => &OF_NIFTI_1,
            _ => &OF_ANALYZE,
        },
        _ => return None,
    };
    Some((head, texts))
}

/// Whether the bytes begin like a NIfTI or an Analyze header.
pub(super) fn is_nifti(bytes: &[u8]) -> bool {
    header(bytes).is_some()
}

/// The names of the texts of a header that are not empty, and of what may follow it.
pub(super) fn of_nifti(bytes: &[u8]) -> Vec<&'static str> {
    let Some((head, texts)) = header(bytes) else { return Vec::new() };
    let is_filled = |place: usize, length: usize| {
        head.get(place..place + length).is_some_and(|text| text.iter().any(|byte| !matches!(byte, 0 | b' ')))
    };
    let mut names: Vec<&'static str> = texts
        .iter()
        .filter(|(_, place, length)| is_filled(*place, *length))
        .map(|(name, ..)| *name)
        .collect();
    let end = if texts.len() == OF_NIFTI_2.len() { 540 } else { 348 };
    if texts.len() != OF_ANALYZE.len() && head.get(end).is_some_and(|mark| *mark != 0) {
        names.push("header extension");
    }
    names
}

/// The names of the keys of a MetaImage that are more than its voxels need.
pub(super) fn of_metaimage(bytes: &[u8]) -> Vec<&'static str> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_TEXT_BYTES)]).into_owned();
    let mut names: Vec<&'static str> = Vec::new();
    for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
        let key = key.trim().trim_start_matches('\u{feff}');
        if key == "ElementDataFile" {
            break;
        }
        let name = match key {
            "Comment" => "Comment",
            "AcquisitionDate" => "AcquisitionDate",
            "Name" => "Name",
            key if PLAIN_KEYS.contains(&key) || key.starts_with("ElementToIntensity") => continue,
            _ => "another key",
        };
        if !value.trim().is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_header_are_named_and_nothing_of_them_is_said() {
        let mut first = vec![0; 352];
        first[..4].copy_from_slice(&348_i32.to_le_bytes());
        first[344..348].copy_from_slice(b"n+1\0");
        assert!(is_nifti(&first) && of_nifti(&first).is_empty());
        first[150] = b'N';
        first[348] = 1;
        assert_eq!(of_nifti(&first), ["descrip", "header extension"]);
        first[344..348].fill(0);
        first[285] = b'7';
        assert_eq!(of_nifti(&first), ["descrip", "patient_id"], "Analyze");
        let mut second = vec![0; 544];
        second[..4].copy_from_slice(&540_i32.to_be_bytes());
        second[321] = b'a';
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &second).unwrap();
        let packed = encoder.finish().unwrap();
        for bytes in [&second, &packed] {
            assert_eq!(of_nifti(bytes), ["aux_file"]);
        }
        for length in 0..packed.len() {
            of_nifti(&packed[..length]);
        }
        assert!(!is_nifti(b"") && !is_nifti(b"II\x2a\0"));
    }

    #[test]
    fn keys_beyond_the_voxels_are_named() {
        let text = "Comment = A. Nobody\nNDims = 3\nWard = 7\nOffset = 0 0 0\nName =\nElementDataFile = LOCAL\nBed = 9";
        assert_eq!(of_metaimage(text.as_bytes()), ["Comment", "another key"]);
    }
}
