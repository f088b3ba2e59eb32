//! A volume as a document, with what it holds if it is a label map after all.

use super::label_mapping::{Confidence, propose};
use super::label_picture::LabelPicture;
use super::opened::{FileKind, Opened};
use super::voxel_volume::{CodeMaps, NoCode, VoxelVolume};
use super::{FormatError, label_picture, label_png, scan_image};
use crate::anatomy::LABELS;
use crate::scan::GreyImage;

/// More different values than there are label codes make no label map.
const MAX_CODES: usize = LABELS.len() + 1;

/// A volume as a document. Where every value is a label code, that is said; one label map alone can be laid on
/// its open scan.
pub(super) fn opened(
    volume: VoxelVolume,
    name: &str,
    kind: FileKind,
    warnings: Vec<String>,
) -> Result<Opened, FormatError> {
    let maps = if volume.has_few_values(MAX_CODES) { maps(&volume, name).ok() } else { None };
    let mut opened = volume.into_document(name, kind, warnings)?;
    if let Some([map]) = maps.as_deref() {
        opened.possible_labels = label_png::possible_labels(map, name);
    }
    if let Some(why) =
        maps.as_deref().filter(|maps| maps.len() > 1).and_then(|maps| labels_of_all(maps, name))
    {
        opened.warnings.push(format!(
            "{name}: its few values look like labels of all {} B-scans ({why}); if this is a label map, drop it on the \
             open volume it belongs to, which asks what each value is",
            opened.document.pages.len()
        ));
    }
    if opened.possible_labels.is_some() {
        opened.warnings.push(format!(
            "{name}: every value is a label code; if this is a label map, drop it on its open scan, or choose \
             \"Load labels onto this B-scan\" there"
        ));
    }
    Ok(opened)
}

/// Why the maps of a volume look like labels, judged by all side by side.
fn labels_of_all(maps: &[Vec<u8>], name: &str) -> Option<String> {
    let pictures: Vec<_> = maps.iter().filter_map(|map| label_picture::read(map, name).ok()).collect();
    let all = LabelPicture::beside(&pictures).filter(|all| all.values.len() > 1)?;
    let best = propose(&all).into_iter().next().filter(|best| best.confidence >= Confidence::Likely)?;
    Some(best.why)
}

/// The values of each B-scan as a grey PNG, whose rules for labels then hold here, too.
pub(super) fn maps(volume: &VoxelVolume, name: &str) -> Result<Vec<Vec<u8>>, FormatError> {
    let CodeMaps { width, height, maps } =
        volume.codes(name).map_err(|NoCode { index, value }| FormatError::Ambiguous {
            file: name.to_owned(),
            question: format!("the value {value} of voxel {index} is no label code: is this a scan?"),
            remedy: "Label maps hold whole numbers from 0 to 255.".to_owned(),
        })?;
    maps.into_iter().map(|codes| scan_image::write(&GreyImage::new(width, height, codes), &[])).collect()
}
