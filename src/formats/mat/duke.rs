//! A subject of Duke DME as it is published: `Subject_NN.mat` with 61 B-scans, eight boundaries and the fluid of
//! two graders in eleven of them (Chiu et al. 2015).
//!
//! Boundaries are rows counted from 1, NaN where a grader drew none. A B-scan is annotated where any boundary
//! is there; a column between the first and the last of them belongs to the annotation. Single boundaries that
//! are missing inside it are interpolated, and those columns are named, so that training leaves them out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::grey_range::{GreyWindow, WindowSource};
use super::super::labelled_scan::ImportedScan;
use super::super::{FormatError, scanned_area};
use super::axes::Axes;
use super::reader::{ArrayHeader, Numbers, afford, list, numbers};
use super::volume::grey_page;
use crate::anatomy::{INTERFACE_COUNT, IRF, UNANNOTATED};
use crate::mask::Interfaces;
use crate::scan::{BScan, MAX_SIDE_PX, Spacing};

/// B-scans that were annotated in each subject.
const ANNOTATED_B_SCANS: usize = 11;
const MAX_B_SCANS: usize = 1024;
/// Pixels of all B-scans: five times those of a subject as published. Each becomes a grey, a label a grader and more.
const MAX_PIXELS: usize = 128 << 20;
/// From the publication; the files do not say.
const SPACING: [f32; 2] = [3.87, 11.3];
/// What helps against a file that is called as a subject and is none.
const REMEDY: &str = "take the file as it was published (2015_BOE_Chiu2.zip); a file that is no subject of Duke DME needs \
    another name";
/// Arrays that a subject's file is recognised by.
const SIGNATURE: [&str; 3] = ["images", "manualLayers1", "manualFluid1"];

/// A subject as read.
#[derive(Clone, Debug)]
pub struct DukeSubject {
    /// From the file's name, such as 1 of `Subject_01.mat`; `None` where it holds no number.
    pub number: Option<u32>,
    /// In order; all of them, annotated or not.
    pub slices: Vec<DukeSlice>,
    /// What was left out or assumed, in words.
    pub notes: Vec<String>,
}

/// A B-scan of a subject.
#[derive(Clone, Debug)]
pub struct DukeSlice {
    /// From 1.
    pub b_scan: u32,
    /// With the labels of grader 1 and of grader 2 where they annotated.
    pub scan: ImportedScan,
}

impl DukeSubject {
    /// What manifests call the subject, as the import of the folder of pictures does.
    pub fn subject(&self) -> String {
        format!("duke-{}", self.number.unwrap_or(0))
    }

    /// What manifests call a B-scan of the subject.
    pub fn id(&self, b_scan: u32) -> String {
        format!("duke_{:02}_{b_scan:02}", self.number.unwrap_or(0))
    }
}

/// Whether the bytes are a MAT file with a subject's arrays.
pub fn is_duke(bytes: &[u8]) -> bool {
    let arrays = list(bytes, "").unwrap_or_default();
    SIGNATURE.iter().all(|wanted| arrays.iter().any(|array| array.name == *wanted))
}

/// Files of a folder that are called like subjects, in order.
pub fn subject_files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| is_subject_name(path)).collect();
    files.sort();
    files
}

/// Whether a folder holds subjects.
pub fn is_duke_folder(dir: &Path) -> bool {
    !subject_files(dir).is_empty()
}

/// Whether a file is called like a subject: `Subject_NN.mat`, in upper or lower case.
pub fn is_subject_name(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    name.strip_prefix("subject_")
        .and_then(|rest| rest.strip_suffix(".mat"))
        .is_some_and(|n| n.parse::<u32>().is_ok())
}

/// Whether [`read_duke`] would read a subject: its arrays are listed and inflated, but no picture is made of them.
///
/// # Errors
/// As there.
pub fn check_duke(bytes: &[u8], name: &str) -> Result<(), FormatError> {
    let arrays = list(bytes, name)?;
    let (images, size) = images_of(bytes, &arrays, name)?;
    Grader::read(bytes, &arrays, 1, size, name)?;
    numbers(bytes, images, name).map(drop)
}

/// The scans' array, and its rows, columns and B-scans, where they and what graders drew can be held together.
fn images_of<'a>(
    bytes: &[u8],
    arrays: &'a [ArrayHeader],
    name: &str,
) -> Result<(&'a ArrayHeader, [usize; 3]), FormatError> {
    let images = array(arrays, "images", name)?;
    let &[rows, columns, count] = &images.dimensions[..] else {
        return Err(wrong_size(images, name, "rows x columns x B-scans"));
    };
    let side = 1..=MAX_SIDE_PX as usize;
    if !side.contains(&rows) || !side.contains(&columns) || !(1..=MAX_B_SCANS).contains(&count) {
        return Err(wrong_size(images, name, "at most 8192 x 8192 x 1024"));
    }
    if rows * columns * count > MAX_PIXELS {
        return Err(wrong_size(images, name, &format!("no more than {MAX_PIXELS} pixels in all")));
    }
    let is_read = |array: &&ArrayHeader| array.name == "images" || array.name.starts_with("manual");
    afford(bytes, arrays.iter().filter(is_read), name)?;
    Ok((images, [rows, columns, count]))
}

/// Reads a subject. `name` is the file's name.
///
/// # Errors
/// If an array is missing, damaged, or of another size than its scans.
pub fn read_duke(bytes: &[u8], name: &str) -> Result<DukeSubject, FormatError> {
    let arrays = list(bytes, name)?;
    let (images, size) = images_of(bytes, &arrays, name)?;
    let [rows, columns, count] = size;
    let first = Grader::read(bytes, &arrays, 1, size, name)?;
    let second = Grader::read(bytes, &arrays, 2, size, name);
    let mut notes = Vec::new();
    let second = second.map_err(|error| notes.push(format!("the second grader was left out: {error}"))).ok();
    let annotated = (0..count).filter(|&slice| first.span(slice).is_some()).count();
    if annotated != ANNOTATED_B_SCANS {
        notes.push(format!("{name}: {annotated} B-scans are annotated, {ANNOTATED_B_SCANS} were expected"));
    }
    let greys = numbers(bytes, images, name)?;
    let window = GreyWindow { black: 0.0, white: 255.0, source: WindowSource::NumberType };
    let slices = (0..count).map(|slice| {
        let number = slice as u32 + 1;
        let image = grey_page(&greys, slice, Axes::of_matlab(rows, columns, count), &window);
        let mut scan = BScan::from_image(image, format!("{name} {number}/{count}"));
        scan.spacing = Spacing::checked(SPACING[0], SPACING[1]);
        scan.scanned_area = scanned_area::detect(&scan.image).map(Into::into);
        let labels = first.labels(slice);
        let (labels, ignored_columns) =
            labels.map_or((None, Vec::new()), |(codes, gaps)| (Some(codes), gaps));
        let second_grader = second.as_ref().and_then(|grader| grader.labels(slice)).map(|(codes, _)| codes);
        let scan = ImportedScan { scan, labels, second_grader, ignored_columns, warnings: Vec::new() };
        DukeSlice { b_scan: number, scan }
    });
    Ok(DukeSubject { number: number_of(name), slices: slices.collect(), notes })
}

/// The number that manifests give the subject of a file of this name: 7 of `Subject_07.mat`, 0 where there is none.
pub fn subject_number(name: &str) -> u32 {
    number_of(name).unwrap_or(0)
}

fn number_of(name: &str) -> Option<u32> {
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

fn array<'a>(arrays: &'a [ArrayHeader], wanted: &str, name: &str) -> Result<&'a ArrayHeader, FormatError> {
    arrays
        .iter()
        .find(|array| array.name == wanted)
        .ok_or_else(|| FormatError::malformed(name, "the arrays", format!("{wanted} is missing"), REMEDY))
}

fn wrong_size(array: &ArrayHeader, name: &str, expected: &str) -> FormatError {
    let sides: Vec<String> = array.dimensions.iter().map(usize::to_string).collect();
    let problem = format!("{} is {} where {expected} was expected", array.name, sides.join(" x "));
    FormatError::malformed(name, "the arrays", problem, REMEDY)
}

/// What one grader drew.
struct Grader<'a> {
    layers: Numbers<'a>,
    fluid: Numbers<'a>,
    rows: usize,
    columns: usize,
}

impl<'a> Grader<'a> {
    fn read(
        bytes: &'a [u8],
        arrays: &[ArrayHeader],
        grader: u32,
        size: [usize; 3],
        name: &str,
    ) -> Result<Self, FormatError> {
        let [rows, columns, count] = size;
        let layers = array(arrays, &format!("manualLayers{grader}"), name)?;
        if layers.dimensions != [INTERFACE_COUNT, columns, count] {
            return Err(wrong_size(layers, name, &format!("{INTERFACE_COUNT} x {columns} x {count}")));
        }
        let fluid = array(arrays, &format!("manualFluid{grader}"), name)?;
        if fluid.dimensions != size {
            return Err(wrong_size(fluid, name, &format!("{rows} x {columns} x {count}")));
        }
        Ok(Self { layers: numbers(bytes, layers, name)?, fluid: numbers(bytes, fluid, name)?, rows, columns })
    }

    /// Row of a boundary in a column, from 0 and on the edge between pixels; NaN where there is none. The
    /// first row is 1, and a 0 stands for none in copies that were made whole numbers.
    fn row(&self, slice: usize, boundary: usize, column: usize) -> f32 {
        let row = self.layers.at((slice * self.columns + column) * INTERFACE_COUNT + boundary) as f32;
        if row >= 1.0 && row <= self.rows as f32 { row - 1.0 } else { f32::NAN }
    }

    /// First and last annotated column of a B-scan.
    fn span(&self, slice: usize) -> Option<[usize; 2]> {
        let drawn = |column: &usize| (0..INTERFACE_COUNT).any(|k| self.row(slice, k, *column).is_finite());
        let first = (0..self.columns).find(drawn)?;
        let last = (first..self.columns).rev().find(drawn)?;
        Some([first, last])
    }

    /// Composite codes of a B-scan, row-major, with the columns in which a boundary was interpolated.
    fn labels(&self, slice: usize) -> Option<(Vec<u8>, Vec<[u32; 2]>)> {
        let [first, last] = self.span(slice)?;
        let width = last - first + 1;
        let mut interfaces = Interfaces::unknown(width as u32);
        let mut gaps = BTreeSet::new();
        for (boundary, line) in interfaces.rows.iter_mut().enumerate() {
            for (x, row) in line.iter_mut().enumerate() {
                // Half a row up is the next row.
                *row = (self.row(slice, boundary, first + x) + 0.5).floor();
                if !row.is_finite() {
                    gaps.insert((first + x) as u32);
                }
            }
        }
        gaps.extend(out_of_order(&interfaces).map(|x| (first + x) as u32));
        interfaces.repair();
        interfaces.rows.iter_mut().flatten().for_each(|row| *row = row.round());
        let layers = interfaces.rasterised(self.rows as u32).to_pixels();
        let mut codes = vec![UNANNOTATED; self.rows * self.columns];
        for y in 0..self.rows {
            let row = &mut codes[y * self.columns..][..self.columns];
            row[first..=last].copy_from_slice(&layers[y * width..][..width]);
            for (x, code) in row.iter_mut().enumerate().take(last + 1).skip(first) {
                let lesion = self.fluid.at((slice * self.columns + x) * self.rows + y);
                if lesion > 0.0 {
                    *code = IRF;
                }
            }
        }
        Some((codes, runs(&gaps)))
    }
}

/// Columns in which a boundary lies above one that should be above it.
fn out_of_order(interfaces: &Interfaces) -> impl Iterator<Item = usize> {
    let is_wrong = |x: &usize| {
        let rows = interfaces.rows.iter().map(|line| line[*x]).filter(|row| row.is_finite());
        !rows.is_sorted()
    };
    (0..interfaces.width() as usize).filter(is_wrong)
}

/// Columns as half-open runs.
fn runs(columns: &BTreeSet<u32>) -> Vec<[u32; 2]> {
    let mut runs: Vec<[u32; 2]> = Vec::new();
    for &x in columns {
        match runs.last_mut() {
            Some(run) if run[1] == x => run[1] += 1,
            _ => runs.push([x, x + 1]),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_known_by_their_names() {
        assert_eq!(
            [number_of("Subject_01.mat"), number_of("Subject_10.mat"), number_of("x.mat")],
            [Some(1), Some(10), None]
        );
        assert!(
            is_subject_name(Path::new("a/subject_3.MAT")) && !is_subject_name(Path::new("Subject_a.mat"))
        );
        assert_eq!(runs(&[3, 4, 9].into()), [[3, 5], [9, 10]]);
    }
}
