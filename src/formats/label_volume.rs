//! Label maps in the formats of volumes: whole numbers, whatever type they are stored in.

use std::path::Path;

use super::label_mapping::{LabelChoice, labels_of};
use super::label_picture::LabelPicture;
use super::label_png::Labels;
use super::voxel_document::maps;
use super::{FormatError, label_picture, metaimage, nifti};

/// The stored values of a volume, one picture a B-scan; `None` where the file is no volume, but an image.
pub fn pictures(bytes: &[u8], path: &Path, name: &str) -> Option<Result<Vec<LabelPicture>, FormatError>> {
    let has_ending = |format: &super::format::Format| format.has_ending_of(path);
    let volume = if nifti::is_nifti(bytes) || has_ending(&nifti::FORMAT) {
        nifti::read(bytes, path, name)
    } else if (metaimage::FORMAT.recognises)(bytes) || has_ending(&metaimage::FORMAT) {
        metaimage::read(bytes, path, name)
    } else {
        return None;
    };
    Some(volume.and_then(|(volume, _)| {
        maps(&volume, name)?.iter().map(|map| label_picture::read(map, name)).collect()
    }))
}

/// Reads a volume as the label map of one B-scan; `None` where the file is no volume, but an image.
pub fn read(
    bytes: &[u8],
    path: &Path,
    name: &str,
    choice: &LabelChoice,
) -> Option<Result<Labels, FormatError>> {
    Some(pictures(bytes, path, name)?.and_then(|pictures| match &pictures[..] {
        [picture] => labels_of(picture, name, choice),
        others => {
            let problem = format!("it holds {} B-scans, where the labels of one are wanted", others.len());
            let remedy = "save the labels of this B-scan alone";
            Err(FormatError::malformed(name, "the header", problem, remedy))
        }
    }))
}
