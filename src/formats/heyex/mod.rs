//! Heidelberg HEYEX XML export: an XML beside one picture per B-scan, with lines that the device traced.
//!
//! The XML names pictures by the path they had where they were exported; they are looked for in the folder of
//! the XML alone. Pictures come in the order of the XML, those that are missing are named one by one, and the
//! localizer is no B-scan, but the picture that their lines lie on.

mod export;
mod localizer;
mod pictures;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

pub use export::{identity_fields, is_export};

use self::export::{ExportImage, ExportSeries};
use self::pictures::{files_of, read_image};
use super::FormatError;
use crate::mask::Interfaces;
use crate::scan::{BScan, GreyImage, Laterality, Localizer, Spacing, Volume};

/// XML files of a folder that are looked at.
const MAX_XML_FILES: usize = 64;
/// Enough of an XML file to recognise it.
const LOOK_BYTES: u64 = 4096;
/// Cosine of scan lines that are taken as parallel.
const PARALLEL: f64 = 0.999;

/// An export as read.
#[derive(Clone, Debug)]
pub struct HeyexExport {
    /// The B-scans.
    pub volume: Volume,
    /// The device's lines of each B-scan, NaN where it gave none.
    pub interfaces: Vec<Interfaces>,
    /// The fundus, where it is there.
    pub localizer: Option<Localizer>,
    /// What is missing, and what was left out.
    pub notes: Vec<String>,
}

/// The XML of the export that lies in a folder, the first by name.
pub fn export_in_folder(dir: &Path) -> Option<PathBuf> {
    let is_xml = |path: &PathBuf| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml"));
    let is_heyex = |path: &PathBuf| {
        let mut head = Vec::new();
        let file = std::fs::File::open(path);
        let read = file.and_then(|file| {
            std::io::Read::read_to_end(&mut std::io::Read::take(file, LOOK_BYTES), &mut head)
        });
        read.is_ok() && is_export(&head)
    };
    files_of(dir).into_values().filter(is_xml).take(MAX_XML_FILES).find(is_heyex)
}

/// Reads the export whose XML was read from `path`. `name` is the XML's file name.
///
/// # Errors
/// If the XML is damaged, names no B-scans, or none of its pictures is there.
pub fn read(bytes: &[u8], path: &Path, name: &str) -> Result<HeyexExport, FormatError> {
    let mut notes = Vec::new();
    let series = export::read(bytes, name)?;
    let Some(series) = largest(series, name, &mut notes) else {
        let remedy = "export the volume again, with its OCT images";
        return Err(FormatError::malformed(name, "the series", "it names no OCT image", remedy));
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let files = files_of(folder);
    let images: Vec<&ExportImage> = series.b_scans().collect();
    let count = images.len();
    let read: Vec<Result<(BScan, Interfaces), String>> = (1..)
        .zip(&images)
        .collect::<Vec<(usize, _)>>()
        .into_par_iter()
        .map(|(number, image)| {
            let title = format!("{name} {number}/{count}");
            let image = read_image(image, &files, name)?;
            Ok(b_scan(image.0, image.1, &title, series.laterality))
        })
        .collect();
    let (mut b_scans, mut interfaces, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for ((number, one), image) in (1..).zip(read).zip(&images) {
        match one {
            Ok((scan, lines)) => {
                kept.push(*image);
                b_scans.push(scan);
                interfaces.push(lines);
            }
            Err(problem) => notes.push(format!("{name}: B-scan {number} of {count} was left out: {problem}")),
        }
    }
    if b_scans.is_empty() {
        let problem = format!("none of the {count} pictures it names is in its folder");
        return Err(FormatError::malformed(
            name,
            "the images",
            problem,
            "copy the whole export into one folder",
        ));
    }
    let localizer = localizer::of(&series, &kept, &files, name, &mut notes);
    let volume = Volume { b_scans, b_scan_distance_um: distance_um(&images) };
    Ok(HeyexExport { volume, interfaces, localizer, notes })
}

/// The series of most B-scans; the others are noted.
fn largest(series: Vec<ExportSeries>, name: &str, notes: &mut Vec<String>) -> Option<ExportSeries> {
    let counts: Vec<usize> = series.iter().map(|series| series.b_scans().count()).collect();
    let (chosen, _) =
        counts.iter().enumerate().rev().max_by_key(|(_, count)| **count).filter(|(_, count)| **count > 0)?;
    for (number, count) in (1..).zip(&counts).filter(|(number, count)| **count > 0 && *number != chosen + 1) {
        notes.push(format!(
            "{name}: series {number} of {}, with {count} B-scans, was left out; export it on its own to open it",
            counts.len()
        ));
    }
    series.into_iter().nth(chosen)
}

fn b_scan(
    image: GreyImage,
    facts: &ExportImage,
    title: &str,
    laterality: Option<Laterality>,
) -> (BScan, Interfaces) {
    let um = |mm: Option<f64>| mm.map(|mm| (mm * 1000.0) as f32);
    let spacing = um(facts.scale_y_mm).zip(um(facts.scale_x_mm));
    let mut interfaces = Interfaces::unknown(image.width);
    // Lines of another width are of another picture.
    for (interface, rows) in facts.lines.iter().filter(|(_, rows)| rows.len() == image.width as usize) {
        let inside = |row: f32| row > 0.0 && row <= image.height as f32;
        let kept = rows.iter().map(|&row| if inside(row) { row } else { f32::NAN });
        interfaces.rows[interface.index()] = kept.collect();
    }
    let scan = BScan {
        scanned_area: super::scanned_area::detect(&image).map(Into::into),
        image,
        spacing: spacing.and_then(|(axial, lateral)| Spacing::checked(axial, lateral)),
        laterality: facts.laterality.or(laterality),
        fovea_column: None,
        is_placeholder: false,
        name: title.to_owned(),
    };
    (scan, interfaces)
}

/// Mean distance of neighbouring scan lines, µm; `None` unless all are known and parallel.
fn distance_um(images: &[&ExportImage]) -> Option<f32> {
    let both = |point: [Option<f64>; 2]| Some([point[0]?, point[1]?]);
    let lines: Vec<([f64; 2], [f64; 2])> =
        images.iter().map(|image| Some((both(image.start)?, both(image.end)?))).collect::<Option<_>>()?;
    let ([x, y], [end_x, end_y]) = *lines.first()?;
    let length = (end_x - x).hypot(end_y - y);
    let direction = [(end_x - x) / length, (end_y - y) / length];
    let is_parallel = lines.iter().all(|(start, end)| {
        let along = [end[0] - start[0], end[1] - start[1]];
        (along[0] * direction[0] + along[1] * direction[1]).abs() >= PARALLEL * along[0].hypot(along[1])
    });
    let across =
        |(start, _): &([f64; 2], [f64; 2])| (start[1] - y) * direction[0] - (start[0] - x) * direction[1];
    let steps: f64 = lines.windows(2).map(|pair| (across(&pair[1]) - across(&pair[0])).abs()).sum();
    let mean_um = (steps / (lines.len() - 1).max(1) as f64 * 1000.0) as f32;
    (is_parallel && length > 0.0 && (0.1..=10_000.0).contains(&mean_um)).then_some(mean_um)
}
