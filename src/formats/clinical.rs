//! What instruments and hospital archives export, as documents: DICOM, HEYEX XML, MATLAB files,
//! surfaces of OCTExplorer.
//!
//! One place asks every such reader whether a file or a folder is its own, so that opening, describing and
//! importing know all of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder_kind::FolderKind;
use super::format::{Format, Input};
use super::grey_range::WindowSource;
use super::opened::{FileKind, Opened};
use super::traced::{trace, traced_document};
use super::{FormatError, dicom, heyex, identity, mat, octexplorer, read_file};
use crate::document::{Document, Page};
use crate::mask::Mask;

/// Files of a folder whose identity fields are listed.
const MAX_IDENTITY_FILES: usize = 10_000;

/// DICOM, one file.
pub(super) static DICOM: Format = Format {
    name: "DICOM",
    endings: &["dcm", "dicom"],
    is_in_folders: false,
    recognises: dicom::is_dicom,
    read: |input| dicom::read(input.bytes, input.name).map(|read| dicom_document(read, input.name)),
};

/// The XML of a HEYEX export, with its pictures beside it.
pub(super) static HEYEX: Format = Format {
    name: "HEYEX XML export",
    endings: &["xml"],
    is_in_folders: false,
    recognises: heyex::is_export,
    read: |input| {
        heyex::read(input.bytes, input.path, input.name).map(|read| heyex_document(read, input.name))
    },
};

/// Surfaces of OCTExplorer, with their scan beside them.
pub(super) static OCTEXPLORER: Format = Format {
    name: "OCTExplorer surfaces",
    endings: &[],
    is_in_folders: false,
    recognises: octexplorer::is_surfaces,
    read: open_surfaces,
};

/// A MATLAB file: a subject of Duke DME, or the largest volume in it.
pub(super) static MAT: Format = Format {
    name: "MATLAB file",
    endings: &["mat"],
    is_in_folders: false,
    recognises: mat::is_mat,
    read: |input| match mat::is_duke(input.bytes) {
        true => {
            mat::read_duke(input.bytes, input.name).map(|subject| duke_document(vec![subject], input.name))
        }
        false => mat::read(input.bytes, None, input.name).map(|read| mat_document(read, input.name)),
    },
};

/// Opens a part of a file that is named after a colon, such as `FILE.mat:ARRAY`; `None` if the path is none such.
pub fn open_part(path: &Path) -> Option<Result<Opened, FormatError>> {
    let (file, array) = mat::array_of(path).filter(|_| !path.exists())?;
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    let read = read_file(&file).and_then(|bytes| mat::read(&bytes, Some(&array), &name));
    Some(read.map(|read| mat_document(read, &name)))
}

/// Opens a folder that is one export; `None` if it is none.
pub fn open_folder(dir: &Path, name: &str) -> Option<Result<Opened, FormatError>> {
    if dicom::is_dicom_folder(dir) {
        return Some(dicom::read_folder(dir).map(|read| dicom_document(read, name)));
    }
    if mat::is_duke_folder(dir) {
        return Some(open_duke_folder(dir, name));
    }
    heyex::export_in_folder(dir).map(|xml| {
        let file = xml.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let read = read_file(&xml).and_then(|bytes| heyex::read(&bytes, &xml, &file));
        read.map(|read| heyex_document(read, name))
    })
}

/// Opens DICOM files that came together as their folder is opened: the frames of one volume, or a volume and the
/// photograph that its B-scans lie on. `None` unless there are several and all are DICOM.
pub fn open_dicom_files(paths: &[PathBuf]) -> Option<Result<Opened, FormatError>> {
    let (first, is_set) = (paths.first()?, paths.len() > 1);
    let is_dicom = |path: &PathBuf| path.is_file() && dicom::begins_like_dicom(path);
    if !is_set || !paths.iter().all(is_dicom) {
        return None;
    }
    let folder = first.parent().filter(|folder| folder.file_name().is_some()).unwrap_or(first);
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Some(dicom::read_files(paths, folder).map(|read| dicom_document(read, &name)))
}

/// Whether [`open_folder`] would open the folder.
pub fn is_export_folder(dir: &Path) -> bool {
    dicom::is_dicom_folder(dir) || mat::is_duke_folder(dir) || heyex::export_in_folder(dir).is_some()
}

fn dicom_document(read: dicom::DicomVolume, name: &str) -> Opened {
    let mut document = Document::from_volume(read.volume);
    document.name = name.to_owned();
    document.localizer = read.localizer.map(Arc::new);
    Opened { window: read.window, ..Opened::new(document, FileKind::Dicom, read.notes) }
}

fn heyex_document(read: heyex::HeyexExport, name: &str) -> Opened {
    let mut opened = traced_document(read.volume, &read.interfaces, FileKind::Heyex, read.notes);
    opened.document.name = name.to_owned();
    opened.document.localizer = read.localizer.map(Arc::new);
    opened
}

/// Surfaces with the scan that lies beside them.
fn open_surfaces(input: Input) -> Result<Opened, FormatError> {
    let Input { bytes, path, name, .. } = input;
    let surfaces = octexplorer::read(bytes, name)?;
    let [columns, rows, count] = surfaces.size;
    let Some(scan) = octexplorer::scan_of(path) else {
        let problem = "it holds surfaces, and the scan they belong to is not beside it";
        let remedy = "put the scan into this folder, under the same name without _Surfaces_Iowa";
        return Err(FormatError::malformed(name, "the folder", problem, remedy));
    };
    let mut opened = (input.open_beside)(&scan)?;
    let pages = &opened.document.pages;
    let other = pages
        .iter()
        .find(|page| (page.scan.width() as usize, page.scan.height() as usize) != (columns, rows));
    if other.is_some() || pages.len() != count {
        let (width, height) = pages.first().map_or((0, 0), |page| (page.scan.width(), page.scan.height()));
        let problem = format!(
            "surfaces of {count} B-scans of {columns}x{rows}, where {} has {} of {width}x{height}",
            scan.display(),
            pages.len()
        );
        return Err(FormatError::malformed(name, "the size", problem, "take the scan that was traced"));
    }
    let interfaces: Vec<_> = (0..count).map(|b_scan| surfaces.interfaces(b_scan)).collect();
    trace(&mut opened, &interfaces, "OCTExplorer");
    opened.warnings.push(format!("{name}: its surfaces were put onto {}", opened.document.name));
    Ok(opened)
}

fn mat_document(read: mat::MatVolume, name: &str) -> Opened {
    let mut document = Document::from_volume(read.volume);
    document.name = name.to_owned();
    // Bytes are greys already.
    let window = Some(read.window)
        .filter(|window| window.source != WindowSource::NumberType || window.white - window.black > 255.0);
    Opened { window, ..Opened::new(document, FileKind::Mat, read.notes) }
}

/// The annotated B-scans of all subjects of a folder; a subject that cannot be read is named.
fn open_duke_folder(dir: &Path, name: &str) -> Result<Opened, FormatError> {
    let (mut subjects, mut problems) = (Vec::new(), Vec::new());
    for path in mat::subject_files(dir) {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match read_file(&path).and_then(|bytes| mat::read_duke(&bytes, &file)) {
            Ok(mut subject) => {
                subject.slices.retain(|slice| slice.scan.labels.is_some());
                subjects.push(subject);
            }
            Err(error) => problems.push(format!("skipped: {error}")),
        }
    }
    if subjects.iter().all(|subject| subject.slices.is_empty()) {
        let problem = problems.into_iter().next().unwrap_or_else(|| "no B-scan is annotated".to_owned());
        let remedy = "take the files as they were published (2015_BOE_Chiu2.zip)";
        return Err(FormatError::malformed(&dir.display().to_string(), "the folder", problem, remedy));
    }
    let mut opened = duke_document(subjects, name);
    opened.warnings.splice(0..0, problems);
    Ok(opened)
}

/// The B-scans of subjects, of which one at least has one.
fn duke_document(subjects: Vec<mat::DukeSubject>, name: &str) -> Opened {
    let mut warnings = Vec::new();
    let mut pages = Vec::new();
    for subject in subjects {
        warnings.extend(subject.notes);
        for read in subject.slices.into_iter().map(|slice| slice.scan) {
            let (width, height) = (read.scan.width(), read.scan.height());
            let mask = |codes: &Vec<u8>| Mask::from_composite(width, height, codes).0;
            let labels = read.labels.as_ref().map_or_else(|| Mask::unannotated(width, height), mask);
            let mut page = Page::new(read.scan, labels);
            page.second_grader = read.second_grader.as_ref().map(|codes| Arc::new(mask(codes)));
            pages.push(page);
        }
    }
    let document = Document {
        pages,
        b_scan_distance_um: None,
        noise_seed: 1,
        credit: FolderKind::DukeDme.credit().map(str::to_owned),
        name: name.to_owned(),
        labels: Arc::default(),
        localizer: None,
    };
    Opened::new(document, FileKind::DukeMat, warnings)
}

/// Names of the identity fields that a file, or the files of a folder, hold filled in; never a value. Empty for
/// files that have no such fields.
///
/// # Errors
/// If a file cannot be read or is damaged.
pub fn identity_fields(path: &Path) -> Result<Vec<String>, FormatError> {
    let mut fields: Vec<String> = Vec::new();
    let files = match path.is_dir() {
        true => std::fs::read_dir(path)
            .map_err(FormatError::io(path, "listing"))?
            .flatten()
            .map(|e| e.path())
            .collect(),
        false => vec![path.to_owned()],
    };
    for file in files.into_iter().filter(|file| file.is_file()).take(MAX_IDENTITY_FILES) {
        let bytes = read_file(&file)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let found = match () {
            () if dicom::is_dicom(&bytes) => dicom::identity_fields(&bytes, &name)?,
            () if heyex::is_export(&bytes) => heyex::identity_fields(&bytes, &name)?,
            () if mat::is_mat(&bytes) => mat::identity_fields(&bytes, &name)?,
            () => identity::identity_fields(&bytes)
                .map(|identity| identity.fields.into_iter().map(str::to_owned).collect())
                .unwrap_or_default(),
        };
        fields.extend(found);
    }
    fields.sort();
    fields.dedup();
    Ok(fields)
}
