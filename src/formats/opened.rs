//! What a reader makes of a file: a document, and how it came about.

use std::fmt;
use std::path::Path;

use super::folder_kind::FolderKind;
use super::grey_range::GreyWindow;
use super::label_png::PossibleLabels;
use super::pixel_size::FactState;
use crate::document::Document;
use crate::mask::Interfaces;

/// What was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// The project's own document.
    Document,
    /// A designed case that was shared: its page has no scan.
    Case,
    /// A plain image, taken as a scan.
    Image,
    /// A TIFF of several pages, taken as the B-scans of a volume.
    MultiPageTiff,
    /// A label map on its own: its page has no scan.
    LabelMap,
    /// A Heidelberg raw export.
    Vol,
    /// A NIfTI volume.
    Nifti,
    /// A MetaImage volume.
    MetaImage,
    /// DICOM, one file or a folder of them.
    Dicom,
    /// A Heidelberg HEYEX XML export.
    Heyex,
    /// An array of a MATLAB file.
    Mat,
    /// A subject of Duke DME as it is published, or a folder of them.
    DukeMat,
    /// A folder of scans.
    Folder(FolderKind),
    /// A folder with a manifest: an imported data set.
    DataSet,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Document => "RetiDiff document",
            Self::Case => "RetiDiff case",
            Self::Image => "image",
            Self::MultiPageTiff => "multi-page TIFF",
            Self::LabelMap => "label map",
            Self::Vol => "Heidelberg .vol",
            Self::Nifti => "NIfTI",
            Self::MetaImage => "MetaImage",
            Self::Dicom => "DICOM",
            Self::Heyex => "Heidelberg HEYEX XML export",
            Self::Mat => "MATLAB array",
            Self::DukeMat => "Duke DME (MATLAB)",
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
    /// What the file holds.
    pub document: Document,
    /// What the file is.
    pub kind: FileKind,
    /// What the reader assumed, repaired or skipped.
    pub warnings: Vec<String>,
    /// What an image that was taken as a scan holds if it is a label map after all.
    pub possible_labels: Option<PossibleLabels>,
    /// How the spacing is known; `None` where it is unknown.
    pub spacing_state: Option<FactState>,
    /// The window that values of more than 8 bits are shown by.
    pub window: Option<GreyWindow>,
    /// Lines of the device, one set a page, where it traced only some in any column: the rest can be traced between
    /// them ([`crate::mask::trace::trace_between`]).
    pub partly_traced: Option<Vec<Interfaces>>,
}

impl Opened {
    /// What was opened, and is nothing else.
    pub fn new(document: Document, kind: FileKind, warnings: Vec<String>) -> Self {
        let spacing = document.pages.iter().find_map(|page| page.scan.spacing);
        let spacing_state = spacing.map(|_| FactState::FromFile);
        Self {
            document,
            kind,
            warnings,
            possible_labels: None,
            spacing_state,
            window: None,
            partly_traced: None,
        }
    }
}

/// The last part of a path; the whole path where there is none.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
