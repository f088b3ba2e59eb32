//! The header of a MetaImage: lines of `Key = Value` up to the one that names the file of the voxels.

use super::FormatError;
use super::sample_values::{ByteOrder, NumberType};
use super::voxel_volume::VoxelVolume;

/// Longest header that is read.
const MAX_HEADER_BYTES: usize = 64 << 10;
const REMEDY: &str = "export the volume anew, for instance with SimpleITK or 3D Slicer";

/// A header that was checked: its voxels can be counted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MetaImageHeader {
    pub dims: [usize; 3],
    /// Volumes in the file, of which the first is read.
    pub blocks: u64,
    pub number_type: NumberType,
    /// Values of a voxel, of which the first is read.
    pub channels: usize,
    pub order: ByteOrder,
    pub is_compressed: bool,
    /// Bytes before the voxels in their file; `None`: the voxels are at its end.
    pub skipped: Option<usize>,
    pub lengths: [f64; 3],
    pub direction: [[f64; 3]; 3],
    /// Value = slope * voxel + intercept.
    pub scaling: Option<[f32; 2]>,
    /// As the header names it; `LOCAL` for the rest of this file.
    pub data_file: String,
    /// Where the header ends.
    pub end: usize,
}

/// Whether the bytes begin like a MetaImage: with one of its keys.
pub(super) fn is_metaimage(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).into_owned();
    let start = start.trim_start_matches('\u{feff}');
    let first = start.lines().next().and_then(|line| line.split_once('='));
    let begins = first.is_some_and(|(key, _)| ["ObjectType", "NDims", "Comment"].contains(&key.trim()));
    begins && start.lines().any(|line| line.starts_with("NDims") && line.contains('='))
}

/// The keys and values of a header, as they stand in it.
struct Lines {
    lines: Vec<(String, String)>,
    /// Where the header ends.
    end: usize,
}

impl Lines {
    fn of(bytes: &[u8], name: &str) -> Result<Self, FormatError> {
        let mut lines = Vec::new();
        let mut at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let header = &bytes[..bytes.len().min(MAX_HEADER_BYTES)];
        while at < header.len() {
            let length = header[at..].iter().position(|byte| *byte == b'\n');
            let line = &header[at..length.map_or(header.len(), |length| at + length)];
            at += line.len() + 1;
            let line = String::from_utf8_lossy(line);
            let Some((key, value)) = line.split_once('=') else { continue };
            let is_last = key.trim() == "ElementDataFile";
            lines.push((key.trim().to_owned(), value.trim().to_owned()));
            if is_last {
                return Ok(Self { lines, end: at.min(bytes.len()) });
            }
        }
        let problem = "it ends without ElementDataFile, the file of the voxels";
        Err(FormatError::malformed(name, "the header", problem, REMEDY))
    }

    fn text(&self, keys: &[&str]) -> Option<&str> {
        self.lines.iter().find(|(key, _)| keys.contains(&key.as_str())).map(|(_, value)| value.as_str())
    }

    fn is_true(&self, keys: &[&str]) -> bool {
        self.text(keys).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    fn numbers(&self, keys: &[&str]) -> Vec<f64> {
        let text = self.text(keys).unwrap_or_default();
        text.split_whitespace().map_while(|number| number.parse().ok()).collect()
    }
}

/// Reads a header. `name` is the file's name for messages.
pub(super) fn read(bytes: &[u8], name: &str) -> Result<MetaImageHeader, FormatError> {
    let lines = Lines::of(bytes, name)?;
    let wrong = |key: &str, problem: String| FormatError::malformed(name, key, problem, REMEDY);
    let (dims, blocks) = dims(&lines, name)?;
    let element = lines.text(&["ElementType"]).unwrap_or_default();
    let number_type = match element {
        "MET_UCHAR" => NumberType::U8,
        "MET_CHAR" => NumberType::I8,
        "MET_USHORT" => NumberType::U16,
        "MET_SHORT" => NumberType::I16,
        "MET_UINT" | "MET_ULONG" => NumberType::U32,
        "MET_INT" | "MET_LONG" => NumberType::I32,
        "MET_ULONG_LONG" => NumberType::U64,
        "MET_LONG_LONG" => NumberType::I64,
        "MET_FLOAT" => NumberType::F32,
        "MET_DOUBLE" => NumberType::F64,
        other => {
            return Err(wrong("ElementType", format!("\"{other}\" is no type of voxels that is read here")));
        }
    };
    if lines.text(&["BinaryData"]).is_some_and(|value| value.eq_ignore_ascii_case("false")) {
        return Err(wrong("BinaryData", "its voxels are written as text".to_owned()));
    }
    let channels = lines.numbers(&["ElementNumberOfChannels"]).first().map_or(1.0, |channels| *channels);
    if !(1.0..=64.0).contains(&channels) {
        return Err(wrong("ElementNumberOfChannels", format!("{channels}; 1 to 64 are possible")));
    }
    let skipped = match lines.numbers(&["HeaderSize"]).first() {
        Some(-1.0) => None,
        Some(bytes) if *bytes >= 0.0 && *bytes < 1e12 => Some(*bytes as usize),
        Some(bytes) => return Err(wrong("HeaderSize", format!("{bytes} bytes"))),
        None => Some(0),
    };
    let order = match lines.is_true(&["BinaryDataByteOrderMSB", "ElementByteOrderMSB"]) {
        true => ByteOrder::Big,
        false => ByteOrder::Little,
    };
    let spacing = lines.numbers(&["ElementSpacing", "ElementSize"]);
    let [slope, intercept] = ["ElementToIntensityFunctionSlope", "ElementToIntensityFunctionOffset"]
        .map(|key| lines.numbers(&[key]).first().copied());
    let (slope, intercept) = (slope.unwrap_or(1.0), intercept.unwrap_or(0.0));
    let is_scaled =
        slope.is_finite() && slope != 0.0 && intercept.is_finite() && (slope, intercept) != (1.0, 0.0);
    Ok(MetaImageHeader {
        dims,
        blocks,
        number_type,
        channels: channels as usize,
        order,
        is_compressed: lines.is_true(&["CompressedData"]),
        skipped,
        lengths: [0, 1, 2].map(|axis| spacing.get(axis).copied().unwrap_or(0.0)),
        direction: direction(&lines),
        scaling: is_scaled.then_some([slope as f32, intercept as f32]),
        data_file: lines.text(&["ElementDataFile"]).unwrap_or_default().to_owned(),
        end: lines.end,
    })
}

fn dims(lines: &Lines, name: &str) -> Result<([usize; 3], u64), FormatError> {
    let sides = lines.numbers(&["DimSize"]);
    let is_side = |side: &f64| *side >= 1.0 && *side < 1e9 && side.fract() == 0.0;
    let declared = lines.numbers(&["NDims"]).first().copied();
    if !(2..=6).contains(&sides.len()) || !sides.iter().all(is_side) || declared != Some(sides.len() as f64) {
        let found = lines.text(&["DimSize"]).unwrap_or("nothing");
        let problem = format!("\"{found}\" where as many sides as NDims says are expected, 2 to 6");
        return Err(FormatError::malformed(name, "DimSize", problem, REMEDY));
    }
    let side = |axis: usize| sides.get(axis).map_or(1, |side| *side as u64);
    let dims = [0, 1, 2].map(side);
    VoxelVolume::checked_count(dims, name, "DimSize")?;
    let blocks = (3..6).fold(1_u64, |blocks, axis| blocks.saturating_mul(side(axis)));
    Ok((dims.map(|side| side as usize), blocks))
}

/// Where the axes lead: each line of the matrix is one axis of the file.
fn direction(lines: &Lines) -> [[f64; 3]; 3] {
    let matrix = lines.numbers(&["TransformMatrix", "Orientation", "Rotation"]);
    let mut direction = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let sides = if matrix.len() == 4 { 2 } else { 3 };
    if matrix.len() == sides * sides {
        for (index, value) in matrix.iter().enumerate() {
            direction[index % sides][index / sides] = *value;
        }
    }
    direction
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "ObjectType = Image\r\nNDims = 3\nBinaryDataByteOrderMSB = True\n\
        TransformMatrix = 0 1 0 1 0 0 0 0 1\nElementSpacing = 0.0117 0.0039 0.25\nDimSize = 4 5 6\n\
        ElementType = MET_USHORT\nElementDataFile = a.raw\nrest";

    #[test]
    fn a_header_says_where_its_voxels_are() {
        assert!(is_metaimage(HEADER.as_bytes()));
        let header = read(HEADER.as_bytes(), "a.mhd").unwrap();
        assert_eq!(
            (header.dims, header.number_type, header.order),
            ([4, 5, 6], NumberType::U16, ByteOrder::Big)
        );
        assert_eq!(header.direction, [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
        assert_eq!((&*header.data_file, &HEADER[header.end..]), ("a.raw", "rest"));
        assert!(!is_metaimage(b"NDims") && !is_metaimage(b"") && !is_metaimage(b"a = b\nNDims = 3"));
    }

    #[test]
    fn a_line_that_lies_is_named() {
        for (from, to, place) in [
            ("DimSize = 4 5 6", "DimSize = 4 -5 6", "DimSize"),
            ("DimSize = 4 5 6", "DimSize = 90000 90000 90000", "DimSize"),
            ("NDims = 3", "NDims = 2", "DimSize"),
            ("MET_USHORT", "MET_STRING", "ElementType"),
            ("ElementDataFile", "ElementDataFiel", "the header"),
        ] {
            let message = read(HEADER.replace(from, to).as_bytes(), "a.mhd").unwrap_err().to_string();
            assert!(message.starts_with(&format!("a.mhd: {place}: ")), "{message}");
        }
    }
}
