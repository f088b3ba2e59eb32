//! What instruments and hospital archives export, as documents: DICOM.
//!
//! One place asks every such reader whether a file or a folder is its own, so that opening, describing and
//! importing know all of them.

use std::path::Path;

use super::open::{FileKind, Opened};
use super::{FormatError, dicom};
use crate::document::Document;

/// Opens the bytes of a file if one of these readers knows it; `None` if none does.
pub fn open_bytes(bytes: &[u8], _path: &Path, name: &str) -> Option<Result<Opened, FormatError>> {
    if dicom::is_dicom(bytes) {
        return Some(dicom::read(bytes, name).map(|read| dicom_document(read, name)));
    }
    None
}

/// Opens a folder that is one export; `None` if it is none.
pub fn open_folder(dir: &Path, name: &str) -> Option<Result<Opened, FormatError>> {
    if dicom::is_dicom_folder(dir) {
        return Some(dicom::read_folder(dir).map(|read| dicom_document(read, name)));
    }
    None
}

/// Whether [`open_folder`] would open the folder.
pub fn is_export_folder(dir: &Path) -> bool {
    dicom::is_dicom_folder(dir)
}

fn dicom_document(read: dicom::DicomVolume, name: &str) -> Opened {
    let mut document = Document::from_volume(read.volume);
    document.name = name.to_owned();
    Opened::new(document, FileKind::Dicom, read.notes)
}
