//! A folder of DICOM files: one volume in many files, or a volume beside its localizer.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::super::grey_range::{GreyWindow, WindowSource};
use super::super::{FormatError, read_file};
use super::facts::MAX_B_SCANS;
use super::geometry::order_of;
use super::{DicomVolume, is_dicom, localizer, read_with};
use crate::scan::Volume;

/// Files of a folder that are looked at.
const MAX_FILES: usize = 10_000;
/// Endings of files that are something else, so that a folder of many pictures is passed over quickly.
const OTHERS: [&str; 12] =
    ["png", "jpg", "jpeg", "tif", "tiff", "bmp", "txt", "csv", "json", "jsonl", "xml", "mat"];
/// Enough of a file to recognise it.
const LOOK_BYTES: u64 = 1024;

/// Whether DICOM files lie in the folder.
pub fn is_dicom_folder(dir: &Path) -> bool {
    dicom_files(dir).next().is_some()
}

/// Reads the largest volume of a folder; everything else in it is named in a note.
///
/// # Errors
/// If the folder cannot be listed or none of its files holds B-scans.
pub fn read_folder(dir: &Path) -> Result<DicomVolume, FormatError> {
    read_files(&dicom_files(dir).collect::<Vec<_>>(), dir)
}

/// As [`read_folder`], of some files of a folder.
///
/// # Errors
/// If none of the files holds B-scans.
pub fn read_files(paths: &[PathBuf], dir: &Path) -> Result<DicomVolume, FormatError> {
    let mut notes = Vec::new();
    let mut photographs = Vec::new();
    let mut series: BTreeMap<String, Vec<(PathBuf, DicomVolume)>> = BTreeMap::new();
    for path in paths {
        let name = name_of(path);
        let bytes = match read_file(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                notes.push(format!("left out: {error}"));
                continue;
            }
        };
        match read_with(&bytes, &name, None) {
            Ok(volume) => {
                // A file of several frames is a volume of its own.
                let key = match volume.volume.b_scans.len() {
                    1 => volume.series.clone(),
                    _ => format!("{} {name}", volume.series),
                };
                series.entry(key).or_default().push((path.clone(), volume));
            }
            Err(error) => match localizer::photograph(&bytes, &name) {
                Some(photograph) => photographs.push(photograph),
                None => notes.push(format!("left out: {error}")),
            },
        }
    }
    let b_scans =
        |files: &[(PathBuf, DicomVolume)]| files.iter().map(|(_, v)| v.volume.b_scans.len()).sum::<usize>();
    let mut volumes: Vec<Vec<(PathBuf, DicomVolume)>> = series.into_values().collect();
    volumes.sort_by_key(|files| std::cmp::Reverse(b_scans(files)));
    let mut volumes = volumes.into_iter();
    let Some(files) = volumes.next() else {
        let alone =
            photographs.first().map(|photograph| format!("{} is a fundus photograph", photograph.name));
        let problem =
            alone.or(notes.into_iter().next()).unwrap_or_else(|| "it holds no DICOM file".to_owned());
        let remedy = "open a folder with an Ophthalmic Tomography volume";
        return Err(FormatError::malformed(&dir.display().to_string(), "the folder", problem, remedy));
    };
    for files in volumes {
        let count = b_scans(&files);
        if let Some((path, _)) = files.first() {
            let name = name_of(path);
            notes.push(format!("left out: {name}: another volume of {count} B-scans; open it on its own"));
        }
    }
    let folder = name_of(dir);
    let (files, window) = with_one_window(files);
    let mut joined = join(files);
    joined.notes.extend(window.map(|window| window.note(&folder)));
    joined.window = window;
    let lines = std::mem::take(&mut joined.lines);
    joined.localizer = localizer::of(photographs, &joined.localizer_object, lines, &mut joined.notes);
    joined.notes.splice(0..0, notes);
    Ok(joined)
}

/// The files of a volume by one window: where each chose its own, they are read again by one that spans them all.
fn with_one_window(files: Vec<(PathBuf, DicomVolume)>) -> (Vec<(PathBuf, DicomVolume)>, Option<GreyWindow>) {
    let mut windows = files.iter().filter_map(|(_, file)| file.window);
    let Some(first) = windows.next() else { return (files, None) };
    if files.iter().all(|(_, file)| file.window == Some(first)) {
        return (files, Some(first));
    }
    let spanning = windows.fold(first, |span, window| GreyWindow {
        black: span.black.min(window.black),
        white: span.white.max(window.white),
        source: if span.source == window.source { span.source } else { WindowSource::Percentiles },
    });
    let again = files.into_iter().map(|(path, file)| {
        let read = read_file(&path).and_then(|bytes| read_with(&bytes, &name_of(&path), Some(spanning)));
        (path, read.unwrap_or(file))
    });
    (again.collect(), Some(spanning))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Files of one series as one volume, in the order of their positions or else of their instance numbers.
fn join(mut files: Vec<(PathBuf, DicomVolume)>) -> DicomVolume {
    files.truncate(MAX_B_SCANS);
    files.sort_by(|(_, a), (_, b)| a.instance.unwrap_or(0.0).total_cmp(&b.instance.unwrap_or(0.0)));
    let mut notes: Vec<String> = files.iter().flat_map(|(_, file)| file.notes.clone()).collect();
    let places: Vec<_> = files.iter().map(|(_, file)| file.place).collect();
    let (order, measured_mm) = order_of(&places, None, &mut notes);
    let stated_mm = places.first().and_then(|place| place.between_mm);
    let (mut series, mut b_scan_distance_um) = (String::new(), None);
    let (mut localizer_object, mut lines) = (String::new(), Vec::new());
    let mut place = None;
    let mut by_file: Vec<Option<DicomVolume>> = files.into_iter().map(|(_, file)| Some(file)).collect();
    let is_one = by_file.len() == 1;
    let mut b_scans = Vec::new();
    for file in order.into_iter().filter_map(|index| by_file[index].take()) {
        b_scan_distance_um = file.volume.b_scan_distance_um;
        b_scans.extend(file.volume.b_scans);
        series = file.series;
        localizer_object = file.localizer_object;
        lines.extend(file.lines);
        place.get_or_insert(file.place);
    }
    if !is_one {
        b_scan_distance_um = measured_mm.or(stated_mm).map(|mm| (mm * 1000.0) as f32).filter(|um| *um > 0.1);
    }
    let volume = Volume { b_scans, b_scan_distance_um };
    let place = place.unwrap_or_default();
    DicomVolume {
        volume,
        notes,
        series,
        instance: None,
        place,
        window: None,
        localizer: None,
        localizer_object,
        lines,
    }
}

/// Files that are DICOM by their first bytes, in the order of their names.
fn dicom_files(dir: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().take(MAX_FILES);
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().filter(|path| path.is_file() && begins_like_dicom(path))
}

/// Whether a file is DICOM by its first bytes.
pub fn begins_like_dicom(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if OTHERS.contains(&ending.as_str()) {
        return false;
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LOOK_BYTES).read_to_end(&mut bytes));
    read.is_ok() && is_dicom(&bytes)
}
