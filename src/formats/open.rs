//! One way in for everything a user opens or drops: what a file is, is told by its content, then by its
//! extension, and it becomes a document.

use std::fmt;
use std::path::{Path, PathBuf};

use super::folder::FolderKind;
use super::grey_range::GreyWindow;
use super::label_png::{CodeScheme, Labels, PossibleLabels};
use super::pixel_size::FactState;
use super::registry::{self, Input};
use super::{FormatError, folder_document, label_png, label_volume, read_file, tian};
use crate::document::{Document, Page};
use crate::mask::Mask;

/// What was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// The project's own document.
    Document,
    /// A plain image, taken as a scan.
    Image,
    /// A TIFF of several pages, taken as the B-scans of a volume.
    MultiPageTiff,
    /// A label map on its own: its page has a black scan.
    LabelMap,
    /// A Heidelberg raw export.
    Vol,
    /// A NIfTI volume.
    Nifti,
    /// A MetaImage volume.
    MetaImage,
    /// A folder of scans.
    Folder(FolderKind),
    /// A folder with a manifest: an imported data set.
    DataSet,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Document => "RetiDiff document",
            Self::Image => "image",
            Self::MultiPageTiff => "multi-page TIFF",
            Self::LabelMap => "label map",
            Self::Vol => "Heidelberg .vol",
            Self::Nifti => "NIfTI",
            Self::MetaImage => "MetaImage",
            Self::DataSet => "imported data set",
            Self::Folder(FolderKind::Tian2015) => "folder of Tian 2015",
            Self::Folder(FolderKind::DukeDme) => "folder of Duke DME",
            Self::Folder(FolderKind::Pairs) => "folder of image and label pairs",
            Self::Folder(FolderKind::Oct2017) => "folder of OCT2017",
            Self::Folder(FolderKind::Images) => "folder of images",
        })
    }
}

/// A document with how it came about.
#[derive(Clone, Debug)]
pub struct Opened {
    pub document: Document,
    pub kind: FileKind,
    /// What the reader assumed, repaired or skipped.
    pub warnings: Vec<String>,
    /// What an image that was taken as a scan holds if it is a label map after all.
    pub possible_labels: Option<PossibleLabels>,
    /// How the spacing is known; `None` where it is unknown.
    pub spacing_state: Option<FactState>,
    /// The window that values of more than 8 bits are shown by.
    pub window: Option<GreyWindow>,
}

impl Opened {
    /// What was opened, and is nothing else.
    pub fn new(document: Document, kind: FileKind, warnings: Vec<String>) -> Self {
        let spacing = document.pages.iter().find_map(|page| page.scan.spacing);
        let spacing_state = spacing.map(|_| FactState::FromFile);
        Self { document, kind, warnings, possible_labels: None, spacing_state, window: None }
    }
}

/// Opens a file or a folder.
pub fn open(path: &Path) -> Result<Opened, FormatError> {
    if path.is_dir() {
        return folder_document::open(path);
    }
    open_bytes(&read_file(path)?, path)
}

/// Opens what was read from `path`, which serves for messages, names and the extension.
pub fn open_bytes(bytes: &[u8], path: &Path) -> Result<Opened, FormatError> {
    let name = file_name(path);
    if let Some(format) = registry::format_of(bytes, path) {
        return (format.read)(Input { bytes, path, name: &name });
    }
    let is_text = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt"));
    if is_text && tian::read_boundary(bytes, &name).is_ok() {
        return Err(lone_boundary(path));
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

/// Reads a label map for an open page. Its size must be the page's.
pub fn open_label_onto(
    path: &Path,
    page: &Page,
    scheme: CodeScheme,
) -> Result<(Mask, Vec<String>), FormatError> {
    let name = file_name(path);
    let bytes = read_file(path)?;
    let labels = match label_volume::read(&bytes, path, &name, scheme) {
        Some(labels) => labels?,
        None => label_png::read(&bytes, &name, scheme)?,
    };
    labels_onto(labels, page, &name)
}

/// The mask that labels are on a page of their size. `name` is their file's name for messages.
pub fn labels_onto(labels: Labels, page: &Page, name: &str) -> Result<(Mask, Vec<String>), FormatError> {
    let (width, height) = (page.scan.width(), page.scan.height());
    if (labels.width, labels.height) != (width, height) {
        return Err(FormatError::malformed(
            name,
            "the image size",
            format!("{}x{} where the open scan has {width}x{height}", labels.width, labels.height),
            "labels must have the size of their scan",
        ));
    }
    let (mask, warnings) = Mask::from_composite(width, height, &labels.codes);
    let warnings = warnings.into_iter().map(|warning| format!("{name}: {warning}"));
    Ok((mask, labels.warnings.into_iter().chain(warnings).collect()))
}

/// The last part of a path; the whole path where there is none.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
