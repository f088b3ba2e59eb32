//! Label maps in the formats of volumes: whole numbers, whatever type they are stored in.

use std::path::Path;

use super::label_mapping::{LabelChoice, labels_of};
use super::label_png::Labels;
use super::opened::{FileKind, Opened};
use super::voxel_volume::{CodeMaps, NoCode, VoxelVolume};
use super::{FormatError, label_picture, label_png, metaimage, nifti, scan_image};
use crate::anatomy::LABELS;
use crate::scan::GreyImage;

/// More different values than there are label codes make no label map.
const MOST_CODES: usize = LABELS.len() + 1;

/// A volume as a document. Where every value is a label code, that is said; one label map alone can be laid on
/// its open scan.
pub(super) fn opened(
    volume: VoxelVolume,
    name: &str,
    kind: FileKind,
    warnings: Vec<String>,
) -> Result<Opened, FormatError> {
    let maps = if volume.has_few_values(MOST_CODES) { maps(&volume, name).ok() } else { None };
    let mut opened = volume.into_document(name, kind, warnings)?;
    if let Some([map]) = maps.as_deref() {
        opened.possible_labels = label_png::possible_labels(map, name);
    }
    if opened.possible_labels.is_some() {
        opened.warnings.push(format!(
            "{name}: every value is a label code; if this is a label map, drop it on its open scan, or choose \
             \"Load labels onto this B-scan\" there"
        ));
    }
    Ok(opened)
}

/// Reads a volume as the label map of one B-scan; `None` where the file is no volume, but an image.
pub fn read(
    bytes: &[u8],
    path: &Path,
    name: &str,
    choice: &LabelChoice,
) -> Option<Result<Labels, FormatError>> {
    let has_ending = |format: &super::registry::Format| format.has_ending_of(path);
    let volume = if nifti::is_nifti(bytes) || has_ending(&nifti::FORMAT) {
        nifti::read(bytes, path, name)
    } else if (metaimage::FORMAT.recognises)(bytes) || has_ending(&metaimage::FORMAT) {
        metaimage::read(bytes, path, name)
    } else {
        return None;
    };
    Some(volume.and_then(|(volume, _)| {
        let maps = maps(&volume, name)?;
        let [map] = &maps[..] else {
            let problem = format!("it holds {} B-scans, where the labels of one are wanted", maps.len());
            let remedy = "save the labels of this B-scan alone";
            return Err(FormatError::malformed(name, "the header", problem, remedy));
        };
        labels_of(&label_picture::read(map, name)?, name, choice)
    }))
}

/// The values of each B-scan as a grey PNG, whose rules for labels then hold here, too.
fn maps(volume: &VoxelVolume, name: &str) -> Result<Vec<Vec<u8>>, FormatError> {
    let CodeMaps { width, height, maps } =
        volume.codes(name).map_err(|NoCode { index, value }| FormatError::Ambiguous {
            file: name.to_owned(),
            question: format!("the value {value} of voxel {index} is no label code: is this a scan?"),
            remedy: "Label maps hold whole numbers from 0 to 255.".to_owned(),
        })?;
    maps.into_iter().map(|codes| scan_image::write(&GreyImage::new(width, height, codes), &[])).collect()
}
