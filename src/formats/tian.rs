//! Tian 2015 boundary files: comma text, one row per image column, one field per B-scan, value = image row.
//!
//! The eight boundaries of a subject lie in eight files. They cross slightly at foveas, so the layers are
//! built from the running maximum from the ILM downwards, and every repaired crossing is counted.

use super::FormatError;
use crate::anatomy::INTERFACE_COUNT;
use crate::mask::Interfaces;
use crate::scan::MAX_SIDE_PX;

/// Most B-scans that one boundary file may describe.
const MAX_B_SCANS: usize = 1024;
/// A boundary this far (px) above the one before it is a crossing worth reporting.
const CROSSING_PX: f32 = 0.5;

/// One boundary in all B-scans of a subject: `rows[b_scan][column]`, in px from the top of the image; NaN
/// where the file says "nan".
#[derive(Clone, Debug, PartialEq)]
pub struct Boundary {
    /// One list an interface, one row a column.
    pub rows: Vec<Vec<f32>>,
}

/// Whether a file is called like a boundary: `SubjectN_K.txt`, K from 1 to 8.
pub fn is_boundary_name(name: &str) -> bool {
    let numbers = name.strip_prefix("Subject").and_then(|rest| rest.strip_suffix(".txt")?.split_once('_'));
    let parsed = numbers.map(|(subject, k)| (subject.parse::<u32>(), k.parse::<usize>()));
    matches!(parsed, Some((Ok(_), Ok(1..=INTERFACE_COUNT))))
}

/// Reads one boundary file, however its lines end; a byte order mark and a comma at the end of a line do not count.
///
/// # Errors
/// If it is no text, holds nothing, or a line has a field that is no number or another number of fields than the
/// first.
pub fn read_boundary(bytes: &[u8], name: &str) -> Result<Boundary, FormatError> {
    const REMEDY: &str = "expected comma-separated image rows, one line per image column";
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|e| {
        FormatError::malformed(name, format!("byte {}", e.valid_up_to()), "this is not text", REMEDY)
    })?;
    let mut rows: Vec<Vec<f32>> = Vec::new();
    let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    for (column, (line_index, line)) in lines.enumerate() {
        let place = || format!("line {}", line_index + 1);
        let line = line.strip_suffix(',').unwrap_or(line);
        let fields = line.split(',').count();
        if column == 0 {
            rows = vec![Vec::new(); fields.min(MAX_B_SCANS + 1)];
        }
        if fields != rows.len() || fields > MAX_B_SCANS || column >= MAX_SIDE_PX as usize {
            return Err(FormatError::malformed(
                name,
                place(),
                format!("{fields} fields where {} were expected (at most {MAX_B_SCANS})", rows.len()),
                REMEDY,
            ));
        }
        for (number, (row, field)) in (1..).zip(rows.iter_mut().zip(line.split(','))) {
            let value: f32 = field.trim().parse().map_err(|_| {
                let shown: String = field.trim().chars().take(20).collect();
                let place = format!("{}, field {number}", place());
                FormatError::malformed(name, place, format!("\"{shown}\" is no number"), REMEDY)
            })?;
            row.push(value);
        }
    }
    if rows.is_empty() {
        return Err(FormatError::malformed(name, "line 1, field 1", "the file holds no boundary", REMEDY));
    }
    Ok(Boundary { rows })
}

/// The interfaces of one B-scan with what had to be repaired.
#[derive(Clone, Debug, PartialEq)]
pub struct Traced {
    /// In order, on whole rows; NaN in columns with a missing value.
    pub interfaces: Interfaces,
    /// Boundary points that lay more than half a pixel above the boundary before them.
    pub repaired_crossings: usize,
}

/// Interfaces from eight boundaries, each one row value per image column (ILM first), rows rounded half
/// up: a pixel belongs to the layer whose number is the count of boundaries at or above its row.
///
/// # Panics
/// If the boundaries differ in length.
pub fn trace(boundaries: [&[f32]; INTERFACE_COUNT]) -> Traced {
    let mut interfaces = Interfaces::unknown(boundaries[0].len() as u32);
    let mut repaired_crossings = 0;
    for x in 0..boundaries[0].len() {
        if boundaries.iter().any(|rows| !rows[x].is_finite()) {
            continue;
        }
        let mut deepest = f32::NEG_INFINITY;
        for (line, rows) in interfaces.rows.iter_mut().zip(boundaries) {
            repaired_crossings += usize::from(rows[x] < deepest - CROSSING_PX);
            deepest = deepest.max(rows[x]);
            line[x] = (deepest + 0.5).floor();
        }
    }
    Traced { interfaces, repaired_crossings }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_counts_of_boundaries_and_crossings_are_repaired() {
        let rows: [[f32; 2]; 8] = [
            [1.4, 2.0],
            [2.5, 3.0],
            [3.0, 2.0],
            [4.0, 4.0],
            [5.0, 5.0],
            [6.0, 6.0],
            [7.0, 7.0],
            [8.0, f32::NAN],
        ];
        let traced = trace(rows.each_ref().map(|r| &r[..]));
        let layers = traced.interfaces.rasterised(10);
        let column: Vec<u8> = (0..10).map(|y| layers.get(0, y)).collect();
        assert_eq!(column, [0, 1, 1, 3, 4, 5, 6, 7, 8, 8]);
        assert!((0..10).all(|y| layers.get(1, y) == crate::anatomy::UNANNOTATED));
        assert_eq!(traced.repaired_crossings, 0);
        let crossed: [[f32; 1]; 8] = [[3.0], [2.0], [3.4], [4.0], [5.0], [6.0], [7.0], [8.0]];
        assert_eq!(trace(crossed.each_ref().map(|r| &r[..])).repaired_crossings, 1);
    }

    #[test]
    fn a_boundary_file_is_columns_by_b_scans() {
        let boundary = read_boundary(b"1.5,2\n3,nan\n", "Subject1_1.txt").unwrap();
        assert_eq!(boundary.rows[0], [1.5, 3.0]);
        assert!(boundary.rows[1][1].is_nan());
        let error = read_boundary(b"1,2\n3\n", "Subject1_1.txt").unwrap_err().to_string();
        assert!(error.contains("Subject1_1.txt: line 2"), "{error}");
        let error = read_boundary(b"1,2\n\n3,x\n", "Subject1_1.txt").unwrap_err().to_string();
        assert!(error.starts_with("Subject1_1.txt: line 3, field 2: \"x\" is no number"), "{error}");
        let error = read_boundary(b"\xef\xbb\xbf\r\n", "e.txt").unwrap_err().to_string();
        assert!(error.starts_with("e.txt: line 1, field 1: the file holds no boundary"), "{error}");
        for same in [&b"\xef\xbb\xbf1.5,2\n3,nan\n"[..], b"1.5, 2\r\n3, nan\r\n", b"1.5,2,\n\n3,nan,\n"] {
            let read = read_boundary(same, "Subject1_1.txt").unwrap();
            assert_eq!((&read.rows[0], read.rows[1][0]), (&boundary.rows[0], boundary.rows[1][0]));
        }
        for (name, is_one) in [
            ("Subject1_1.txt", true),
            ("Subject12_8.txt", true),
            ("Subject1_9.txt", false),
            ("Subject1_1.csv", false),
            ("subject.txt", false),
        ] {
            assert_eq!(is_boundary_name(name), is_one, "{name}");
        }
    }
}
