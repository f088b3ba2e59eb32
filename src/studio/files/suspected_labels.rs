//! An image that may be labels, and the question about it.

use std::path::PathBuf;

use super::opened_file::OpenedFile;
use crate::anatomy::UNANNOTATED;
use crate::formats::label_png::CodeScheme;
use crate::mask::Mask;

/// Labels that an image may be.
pub struct SuspectedLabels {
    /// The image read as labels of what is shown.
    pub mask: Mask,
    /// What the reader assumed and repaired.
    pub warnings: Vec<String>,
    /// What its codes were taken for.
    pub scheme: CodeScheme,
    /// The labels it holds, as composite codes.
    pub codes: Vec<u8>,
    /// The same file as a scan.
    pub as_scan: OpenedFile,
}

impl SuspectedLabels {
    pub(super) fn of(read: (Mask, Vec<String>), scheme: CodeScheme, as_scan: OpenedFile) -> Self {
        let (mask, warnings) = read;
        let mut seen = [false; 256];
        mask.composite_pixels().into_iter().for_each(|code| seen[usize::from(code)] = true);
        let codes = (0..UNANNOTATED).filter(|code| seen[usize::from(*code)]).collect();
        Self { mask, warnings, scheme, codes, as_scan }
    }
}

/// An image the window asks about.
pub struct LabelQuestion {
    /// Of the image.
    pub path: PathBuf,
    /// Of the page it was read for.
    pub(super) view_number: u64,
    /// What it may be.
    pub suspected: SuspectedLabels,
}

/// What the user says to a [`LabelQuestion`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelAnswer {
    /// They are labels, and go onto the page shown.
    Load,
    /// It is a scan, and is shown in place of the document.
    OpenAsScan,
    /// The file is given up.
    Cancel,
}
