//! How near a synthetic scan lies to the nearest of some reference scans: whether it was invented or remembered.
//!
//! Coarse copies of all references are compared first, in which anatomy counts and speckle does not; of the nearest
//! few the correlation is taken with the best alignment, which tells a shifted copy from a look-alike. What "near"
//! means is calibrated on the references themselves: scans of other eyes are strangers to each other.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::set::ReviewSet;
use super::{ReviewError, Row};
use crate::dataset::manifest::{MANIFEST_FILE, Manifest};
use crate::dataset::samples::LabelledScan;
use crate::formats::{FormatError, read_file, scan_image, write_file};
use crate::metrics::memorisation::Fingerprint;
use crate::metrics::quantile::quantile;
use crate::scan::GreyImage;

/// Side of the copies that are aligned.
const SIDE: usize = 64;
/// Largest displacement of an alignment, in pixels of those copies.
const MAX_SHIFT: i64 = 6;
/// References whose alignment is looked at.
const CANDIDATES: usize = 5;
/// Pairs nearer than this share of strangers are flagged.
pub const FLAGGED_PERCENTILE: f64 = 0.01;
/// Most files of a reference folder.
const MAX_REFERENCES: usize = 100_000;

/// A scan as it is compared.
#[derive(Clone, Debug)]
pub struct Print {
    coarse: Fingerprint,
    fine: Vec<f32>,
}

impl Print {
    /// Of a scan of any size.
    pub fn of(image: &GreyImage) -> Self {
        Self { coarse: Fingerprint::of(image), fine: fine_copy(image) }
    }
}

/// A reference scan.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Of the scan.
    pub name: String,
    /// Whose eye it is.
    pub subject: String,
    /// What is compared.
    pub print: Print,
}

/// The nearest reference of a scan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// Number of the reference.
    pub reference: usize,
    /// Mean squared difference of the coarse copies: 0 for a copy, about 2 for strangers.
    pub distance: f64,
    /// Best correlation of the aligned copies: 1 for a copy.
    pub correlation: f64,
}

/// Reference scans, and how far strangers among them lie apart.
#[derive(Clone, Debug)]
pub struct References {
    /// All of them.
    pub scans: Vec<Reference>,
    /// Distance of every scan to the nearest of another subject, ascending.
    strangers: Vec<f64>,
    /// Files that could not be read.
    pub problems: Vec<String>,
}

impl References {
    /// The scans of a data set, or all images of a folder (each of them its own subject).
    ///
    /// # Errors
    /// If there is none.
    pub fn load(dir: &Path) -> Result<Self, ReviewError> {
        let (scans, problems) = match dir.join(MANIFEST_FILE).is_file() {
            true => of_data_set(dir)?,
            false => of_folder(dir)?,
        };
        if scans.is_empty() {
            let problem = format!("{} holds no scan that can be read", dir.display());
            return Err(ReviewError::refused(
                problem,
                "name a data set, or a folder of images, with --reference",
            ));
        }
        Ok(Self::new(scans, problems))
    }

    /// From scans.
    pub fn new(scans: Vec<Reference>, problems: Vec<String>) -> Self {
        let mut strangers: Vec<f64> = scans
            .par_iter()
            .filter_map(|scan| {
                let others = scans.iter().filter(|other| other.subject != scan.subject);
                others.map(|other| scan.print.coarse.distance(&other.print.coarse)).min_by(f64::total_cmp)
            })
            .collect();
        strangers.sort_unstable_by(f64::total_cmp);
        Self { scans, strangers, problems }
    }

    /// The nearest reference.
    pub fn nearest(&self, print: &Print) -> Option<Nearest> {
        let mut near: Vec<(f64, usize)> = self
            .scans
            .iter()
            .zip(0..)
            .map(|(scan, at)| (print.coarse.distance(&scan.print.coarse), at))
            .collect();
        near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let &(distance, reference) = near.first()?;
        let aligned =
            near.iter().take(CANDIDATES).map(|&(_, at)| correlation(&print.fine, &self.scans[at].print.fine));
        Some(Nearest { reference, distance, correlation: aligned.fold(-1.0, f64::max) })
    }

    /// Share of the references that lie nearer to another subject's scan than so; `None` where all are of one subject.
    pub fn percentile(&self, distance: f64) -> Option<f64> {
        let below = self.strangers.partition_point(|&stranger| stranger < distance);
        (!self.strangers.is_empty()).then(|| below as f64 / self.strangers.len() as f64)
    }

    /// Distance under which a pair is flagged.
    pub fn threshold(&self) -> Option<f64> {
        quantile(&self.strangers, FLAGGED_PERCENTILE)
    }
}

/// Name of the file in a data set's folder with the nearest reference of every pair.
pub const NEAREST_FILE: &str = "nearest.jsonl";
const NEAREST_VERSION: u32 = 1;

/// The nearest reference of a pair, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearestLine {
    /// Version of the line.
    pub version: u32,
    /// Of the pair.
    pub id: String,
    /// Name of the reference scan.
    pub reference: String,
    /// To the nearest scan, 0 for a copy.
    pub distance: f64,
    /// With it, 1 for a copy.
    pub correlation: f64,
    /// Share of strangers that lie nearer to each other.
    pub percentile: Option<f64>,
    /// Whether it is nearer than strangers are.
    pub flagged: bool,
}

/// Looks for the nearest reference of some rows, on all cores. Scans that cannot be read come second, in words.
///
/// # Errors
/// If the manifest was changed since it was loaded.
pub fn nearest_of_rows(
    set: &ReviewSet,
    rows: &[u32],
    references: &References,
) -> Result<(Vec<NearestLine>, Vec<String>), ReviewError> {
    let lines = set.lines(rows)?;
    let threshold = references.threshold();
    let found: Vec<Result<NearestLine, String>> = lines
        .par_iter()
        .map(|line| {
            let print = Print::of(&set.scan_of(line).map_err(|error| error.to_string())?);
            let nearest = references.nearest(&print).ok_or("there is no reference")?;
            Ok(NearestLine {
                version: NEAREST_VERSION,
                id: line.id.clone(),
                reference: references.scans[nearest.reference].name.clone(),
                distance: nearest.distance,
                correlation: nearest.correlation,
                percentile: references.percentile(nearest.distance),
                flagged: threshold.is_some_and(|threshold| nearest.distance < threshold),
            })
        })
        .collect();
    let (mut kept, mut problems) = (Vec::new(), Vec::new());
    for line in found {
        match line {
            Ok(line) => kept.push(line),
            Err(problem) => problems.push(problem),
        }
    }
    Ok((kept, problems))
}

/// Keeps what was found beside the manifest, in place of what was found before.
///
/// # Errors
/// If the file cannot be written.
pub fn keep(dir: &Path, lines: &[NearestLine]) -> Result<(), ReviewError> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line).expect("a line is strings and numbers");
        text.push(b'\n');
    }
    Ok(write_file(&dir.join(NEAREST_FILE), &text)?)
}

/// Puts distances that were kept into a set's rows. Returns how many pairs are flagged.
///
/// # Errors
/// If the file is there and cannot be read.
pub fn attach(set: &mut ReviewSet) -> Result<usize, ReviewError> {
    let path = set.dir.join(NEAREST_FILE);
    if !path.exists() {
        return Ok(0);
    }
    let bytes = read_file(&path)?;
    let mut flagged = 0;
    for line in bytes.split(|&byte| byte == b'\n') {
        let Ok(line) = serde_json::from_slice::<NearestLine>(line) else { continue };
        let Some(row) = set.row_of(&line.id).filter(|_| line.version == NEAREST_VERSION) else { continue };
        let row = &mut set.rows[row as usize];
        row.nearest = line.distance as f32;
        if line.flagged {
            row.flags |= Row::IS_NEAR;
            flagged += 1;
        }
    }
    Ok(flagged)
}

type Loaded = (Vec<Reference>, Vec<String>);

fn of_data_set(dir: &Path) -> Result<Loaded, ReviewError> {
    let manifest = Manifest::read(dir)?;
    let read: Vec<Result<Reference, String>> = manifest
        .entries
        .par_iter()
        .map(|entry| {
            let scan = LabelledScan::load(&manifest, entry).map_err(|error| error.to_string())?;
            let print = Print::of(&scan.filled_image());
            Ok(Reference { name: entry.id.clone(), subject: entry.subject.clone(), print })
        })
        .collect();
    Ok(split(read))
}

fn of_folder(dir: &Path) -> Result<Loaded, ReviewError> {
    let entries = std::fs::read_dir(dir).map_err(FormatError::io(dir, "listing"))?;
    let mut paths: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .take(MAX_REFERENCES)
        .collect();
    paths.sort();
    let read: Vec<Result<Reference, String>> = paths
        .par_iter()
        .map(|path| {
            let name = path.display().to_string();
            let image = read_file(path).and_then(|bytes| scan_image::read(&bytes, &name));
            let image = image.map_err(|error| error.to_string())?;
            Ok(Reference { subject: name.clone(), name, print: Print::of(&image) })
        })
        .collect();
    Ok(split(read))
}

fn split(read: Vec<Result<Reference, String>>) -> Loaded {
    let (mut scans, mut problems) = (Vec::new(), Vec::new());
    for scan in read {
        match scan {
            Ok(scan) => scans.push(scan),
            Err(problem) => problems.push(problem),
        }
    }
    (scans, problems)
}

/// A small copy by means over blocks of pixels.
fn fine_copy(image: &GreyImage) -> Vec<f32> {
    let (width, height) = (image.width as usize, image.height as usize);
    let span = |pixel: usize, side: usize| {
        let start = (pixel * side / SIDE).min(side - 1);
        start..((pixel + 1) * side / SIDE).max(start + 1)
    };
    let mut small = Vec::with_capacity(SIDE * SIDE);
    for row in 0..SIDE {
        for column in 0..SIDE {
            let (rows, columns) = (span(row, height), span(column, width));
            let count = (rows.len() * columns.len()) as f32;
            let sum: u32 = rows
                .flat_map(|y| image.pixels[y * width..][columns.clone()].iter())
                .map(|&grey| u32::from(grey))
                .sum();
            small.push(sum as f32 / count);
        }
    }
    small
}

/// Largest correlation of two small copies over all displacements up to [`MAX_SHIFT`], of the mirror image too.
fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let mirrored: Vec<f32> = b.chunks_exact(SIDE).flat_map(|row| row.iter().rev().copied()).collect();
    let mut best = -1.0_f64;
    for other in [b, &mirrored[..]] {
        for dy in -MAX_SHIFT..=MAX_SHIFT {
            for dx in -MAX_SHIFT..=MAX_SHIFT {
                best = best.max(correlation_at(a, other, dx, dy));
            }
        }
    }
    best
}

fn correlation_at(a: &[f32], b: &[f32], dx: i64, dy: i64) -> f64 {
    let side = SIDE as i64;
    let (mut n, mut sums) = (0.0_f64, [0.0_f64; 5]);
    for y in dy.max(0)..(side + dy).min(side) {
        for x in dx.max(0)..(side + dx).min(side) {
            let p = f64::from(a[(y * side + x) as usize]);
            let q = f64::from(b[((y - dy) * side + x - dx) as usize]);
            n += 1.0;
            for (sum, value) in sums.iter_mut().zip([p, q, p * p, q * q, p * q]) {
                *sum += value;
            }
        }
    }
    let [p, q, pp, qq, pq] = sums.map(|sum| sum / n);
    let spread = ((pp - p * p).max(0.0) * (qq - q * q).max(0.0)).sqrt();
    if spread < 1e-9 { 0.0 } else { (pq - p * q) / spread }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::memorisation::tests::scan;

    fn shifted(image: &GreyImage, by: usize) -> GreyImage {
        let width = image.width as usize;
        let rows: Vec<u8> = (0..image.pixels.len())
            .map(|at| image.pixels[(at / width).saturating_sub(by) * width + at % width])
            .collect();
        GreyImage::new(image.width, image.height, rows)
    }

    #[test]
    fn a_copy_is_found_by_its_alignment_and_a_stranger_is_not() {
        let reference = |number: u64| Reference {
            name: number.to_string(),
            subject: format!("eye-{}", number / 2),
            print: Print::of(&scan(number, number)),
        };
        let references = References::new((0..30).map(reference).collect(), Vec::new());
        let copy = references.nearest(&Print::of(&scan(7, 500))).unwrap();
        assert_eq!(references.scans[copy.reference].name, "7");
        assert!(copy.correlation > 0.9 && copy.distance < references.threshold().unwrap(), "{copy:?}");
        assert!(references.percentile(copy.distance).unwrap() < 0.05);
        // The same anatomy some rows lower: far by pixels, near when aligned.
        let lower = references.nearest(&Print::of(&shifted(&scan(7, 500), 5))).unwrap();
        assert!(lower.correlation > 0.85 && lower.distance > copy.distance, "{lower:?}");
        let alone = References::new(vec![reference(0)], Vec::new());
        assert_eq!((alone.threshold(), alone.percentile(0.1)), (None, None));
    }

    #[test]
    fn alignment_is_exact_for_a_displaced_copy() {
        let image = Print::of(&scan(3, 3)).fine;
        assert!((correlation(&image, &image) - 1.0).abs() < 1e-9);
        let mut moved = vec![0.0; SIDE * SIDE];
        for y in 4..SIDE {
            for x in 0..SIDE - 3 {
                moved[y * SIDE + x] = image[(y - 4) * SIDE + x + 3];
            }
        }
        assert!((correlation_at(&moved, &image, -3, 4) - 1.0).abs() < 1e-9);
        assert_eq!(correlation_at(&[1.0; SIDE * SIDE], &image, 0, 0), 0.0);
    }
}
