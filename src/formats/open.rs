//! One way in for everything a user opens or drops: what a file is, is told by its content, then by its
//! extension, and it becomes a document.

use std::path::{Path, PathBuf};

use super::folder_kind::FolderKind;
use super::format::Input;
use super::label_mapping::{LabelChoice, labels_of};
use super::label_picture::LabelPicture;
use super::opened::file_name;
pub use super::opened::{FileKind, Opened};
pub use super::page_labels::labels_onto;
use super::registry;
use super::{
    FormatError, clinical, folder_document, foreign_kinds, image_document, label_picture, label_volume,
    read_file, tian, volume_pairs,
};
use crate::background::Watch;
use crate::document::Page;
use crate::mask::Mask;

/// Opens a file or a folder.
///
/// # Errors
/// If it cannot be read, is damaged or of a kind that is not opened; the message says what else to do with it.
pub fn open(path: &Path) -> Result<Opened, FormatError> {
    open_watched(path, &Watch::default())
}

/// As [`open`]; the reading of a folder is watched, scan by scan, and ends with an error when it is given up.
///
/// # Errors
/// As [`open`].
pub fn open_watched(path: &Path, watch: &Watch) -> Result<Opened, FormatError> {
    if path.is_dir() {
        return clinical::open_folder(path, &file_name(path))
            .or_else(|| volume_pairs::open(path, open))
            .unwrap_or_else(|| folder_document::open(path, watch));
    }
    if let Some(opened) = clinical::open_part(path).or_else(|| image_document::open_large(path)) {
        return opened;
    }
    open_bytes(&read_file(path)?, path)
}

/// Opens what was read from `path`, which serves for messages, names and the extension.
///
/// # Errors
/// If they are damaged or of a kind that is not opened; the message says what else to do with it.
pub fn open_bytes(bytes: &[u8], path: &Path) -> Result<Opened, FormatError> {
    let name = file_name(path);
    if let Some(format) = registry::format_of(bytes, path) {
        return (format.read)(Input { bytes, path, name: &name, open_beside: open });
    }
    let is_text = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt"));
    if is_text {
        match tian::read_boundary(bytes, &name) {
            Ok(_) => return Err(lone_boundary(path)),
            Err(error) if bytes.is_empty() || tian::is_boundary_name(&name) => return Err(error),
            Err(_) => {}
        }
    }
    if let Some((kind, remedy)) = foreign_kinds::recognised(bytes, path) {
        let problem = format!("this is {kind}, which is not read here");
        return Err(FormatError::malformed(&path.display().to_string(), "the first bytes", problem, remedy));
    }
    Err(FormatError::malformed(
        &path.display().to_string(),
        "the first bytes",
        if bytes.is_empty() { "the file is empty" } else { "this is no kind of file that is known here" },
        format!("what opens: {}, or a folder of scans", registry::names()),
    ))
}

/// The folder of Tian 2015 in whose `boundaries/` a boundary file lies.
pub fn folder_of_boundary(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let boundaries = path.parent().filter(|parent| parent.ends_with("boundaries"))?;
    let folder = boundaries.parent()?;
    let is_one = tian::is_boundary_name(&file_name(&path))
        && FolderKind::recognise(folder) == Some(FolderKind::Tian2015);
    is_one.then(|| folder.to_owned())
}

/// What to do with one of the eight files that hold the boundaries of a subject.
fn lone_boundary(path: &Path) -> FormatError {
    let remedy = match folder_of_boundary(path) {
        Some(folder) => format!("open the folder {}, which holds its scans, too", folder.display()),
        None => "open the folder that holds bscans/ and, with this file in it, boundaries/".to_owned(),
    };
    let problem = "this is one interface of a subject of Tian 2015, traced in all its B-scans, and no scan";
    FormatError::malformed(&path.display().to_string(), "the file", problem, remedy)
}

/// Reads a label map for an open page, as the user said its values are to be read. Its size must be the page's.
///
/// # Errors
/// If the file cannot be read, its values are no labels by that choice, or its size is not the page's.
pub fn open_label_onto(
    path: &Path,
    page: &Page,
    choice: impl Into<LabelChoice>,
) -> Result<(Mask, Vec<String>), FormatError> {
    let name = file_name(path);
    let bytes = read_file(path)?;
    let choice = choice.into();
    let labels = match label_volume::read(&bytes, path, &name, &choice) {
        Some(labels) => labels?,
        None => {
            let picture = label_picture::read(&bytes, &name)?;
            let size = [page.scan.width(), page.scan.height()];
            label_picture::check_size([picture.width, picture.height], size, &name)?;
            labels_of(&picture, &name, &choice)?
        }
    };
    labels_onto(labels, page, &name)
}

/// The stored values of a label file, one picture a B-scan: one alone but for volumes.
///
/// # Errors
/// A file that cannot be read, or holds no labels: see [`label_picture::read`].
pub fn label_pictures(path: &Path) -> Result<Vec<LabelPicture>, FormatError> {
    let name = file_name(path);
    let bytes = read_file(path)?;
    match label_volume::pictures(&bytes, path, &name) {
        Some(pictures) => pictures,
        None => label_picture::read(&bytes, &name).map(|picture| vec![picture]),
    }
}
