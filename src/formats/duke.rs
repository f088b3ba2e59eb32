//! The side files of the Duke DME folder: which columns of a B-scan were annotated, and which of those a
//! trainer should leave out.

use super::FormatError;
use super::scan_image;
use crate::scan::MAX_SIDE_PX;

/// Most rows of the index that are read.
const MAX_ROWS: usize = 100_000;

/// One row of `index.csv`: an annotated B-scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotatedScan {
    /// Stem of its file in `ignore_columns`.
    pub file: String,
    /// From 1.
    pub subject: u32,
    /// B-scan of the subject, from 1.
    pub b_scan: u32,
    /// First annotated column of the B-scan.
    pub first_column: u32,
    /// Number of annotated columns.
    pub columns: u32,
}

/// Reads `index.csv`: `file,subject,slice,x0,width,fluid_px`.
///
/// # Errors
/// If it is no text, or a line lacks a number or has a name or number that no data set of this kind has.
pub fn read_index(bytes: &[u8], name: &str) -> Result<Vec<AnnotatedScan>, FormatError> {
    const REMEDY: &str = "expected lines \"file,subject,slice,x0,width,fluid_px\" with whole numbers";
    let text = std::str::from_utf8(bytes).map_err(|e| {
        FormatError::malformed(name, format!("byte {}", e.valid_up_to()), "this is not text", REMEDY)
    })?;
    let mut scans = Vec::new();
    for (index, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("line {}", index + 1);
        let fields: Vec<&str> = line.splitn(7, ',').map(str::trim).collect();
        let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok());
        let (Some(subject), Some(b_scan), Some(first_column), Some(columns)) =
            (number(1), number(2), number(3), number(4))
        else {
            return Err(FormatError::malformed(name, place, "numbers are missing", REMEDY));
        };
        let file = fields[0].to_owned();
        let plain_name = !file.is_empty() && file.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !plain_name || first_column > MAX_SIDE_PX || columns > MAX_SIDE_PX || scans.len() >= MAX_ROWS {
            return Err(FormatError::malformed(name, place, "a name or number is out of range", REMEDY));
        }
        scans.push(AnnotatedScan { file, subject, b_scan, first_column, columns });
    }
    Ok(scans)
}

/// Half-open runs of columns (in B-scan coordinates) whose value in an `ignore_columns` image is not 0: a
/// layer has no pixel there because the grader's boundary was missing, or the order is broken.
///
/// # Errors
/// If the image cannot be read, or is not as wide as `index.csv` says.
pub fn read_ignored_columns(
    bytes: &[u8],
    name: &str,
    scan: &AnnotatedScan,
) -> Result<Vec<[u32; 2]>, FormatError> {
    let image = scan_image::read(bytes, name)?;
    if image.width != scan.columns {
        return Err(FormatError::malformed(
            name,
            "the image size",
            format!("{} columns where index.csv says {}", image.width, scan.columns),
            "take both files from the same release of the data",
        ));
    }
    let mut runs: Vec<[u32; 2]> = Vec::new();
    let first_row = &image.pixels[..image.width as usize];
    for (x, _) in (scan.first_column..).zip(first_row).filter(|&(_, &value)| value != 0) {
        match runs.last_mut() {
            Some(run) if run[1] == x => run[1] += 1,
            _ => runs.push([x, x + 1]),
        }
    }
    Ok(runs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::GreyImage;

    #[test]
    fn ignored_columns_become_runs_in_scan_coordinates() {
        let index = b"file,subject,slice,x0,width,fluid_px\nSubject_01_00,1,11,100,6,538\n";
        let scan = read_index(index, "index.csv").unwrap().remove(0);
        assert_eq!((scan.subject, scan.b_scan, scan.first_column, scan.columns), (1, 11, 100, 6));
        let image = GreyImage::new(6, 1, vec![1, 1, 0, 0, 2, 0]);
        let bytes = scan_image::write(&image, &[]).unwrap();
        assert_eq!(read_ignored_columns(&bytes, "a.png", &scan).unwrap(), [[100, 102], [104, 105]]);
    }

    #[test]
    fn a_broken_index_names_its_line() {
        let error = read_index(b"h\nSubject_01_00,1,x,100,6,5\n", "index.csv").unwrap_err().to_string();
        assert!(error.starts_with("index.csv: line 2"), "{error}");
        assert!(read_index(b"h\n../x,1,1,1,1,1\n", "index.csv").is_err());
    }
}
