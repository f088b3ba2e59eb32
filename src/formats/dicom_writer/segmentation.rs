//! Labels as a Segmentation (PS3.3 A.51), a binary segment for each label that occurs.

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};

use super::data_set::DataSet;
use super::modules;
use super::study::Study;
use crate::anatomy::{self, LABELS, Label};
use crate::document::LabelTable;
use crate::formats::volume_export::ExportVolume;

/// Codes that no public dictionary has: those of the program's own label table.
const OWN_SCHEME: &str = "99RETIDIFF";
const TISSUE: [&str; 3] = ["85756007", "SCT", "Tissue"];
const ABNORMAL: [&str; 3] = ["49755003", "SCT", "Morphologically Abnormal Structure"];

/// The file; `uids` are those of its series and of itself.
pub(super) fn write(
    labels: &ExportVolume,
    study: &Study,
    [series, own]: [String; 2],
    table: &LabelTable,
) -> Vec<u8> {
    let segments: Vec<&Label> = LABELS.iter().filter(|label| labels.voxels.contains(&label.code)).collect();
    let mut bits = Bits::default();
    let mut frames = Vec::new();
    for (number, label) in (1_u16..).zip(&segments) {
        for (index, codes) in labels.planes().enumerate() {
            if codes.contains(&label.code) {
                codes.iter().for_each(|&code| bits.push(code == label.code));
                frames.push(frame(study, number, index));
            }
        }
    }
    let dimensions = [
        (tags::REFERENCED_SEGMENT_NUMBER, tags::SEGMENT_IDENTIFICATION_SEQUENCE),
        (tags::IMAGE_POSITION_PATIENT, tags::PLANE_POSITION_SEQUENCE),
    ];
    let series_reference = DataSet::new()
        .text(tags::SERIES_INSTANCE_UID, VR::UI, &study.tomography_series)
        .items(tags::REFERENCED_INSTANCE_SEQUENCE, vec![modules::reference(study, OPT, None)]);
    let described =
        (1..).zip(&segments).map(|(number, label)| segment(number, label, table.name(label.code)));
    let described = described.collect();
    modules::general(study, "SEG", &series, 2, "Layers and fluid")
        .and(modules::pixels([labels.width, labels.height], frames.len(), 1))
        .and(modules::dimensions(study, &dimensions))
        .text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY")
        .text(tags::SEGMENTATION_TYPE, VR::CS, "BINARY")
        .text(tags::SEGMENTS_OVERLAP, VR::CS, "NO")
        .text(tags::CONTENT_LABEL, VR::CS, "RETINA_LABELS")
        .text(tags::CONTENT_DESCRIPTION, VR::LO, "Retinal layers and fluid")
        .empty(tags::CONTENT_CREATOR_NAME, VR::PN)
        .items(tags::REFERENCED_SERIES_SEQUENCE, vec![series_reference])
        .items(tags::SEGMENT_SEQUENCE, described)
        .items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![modules::shared_groups(study)])
        .items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, frames)
        .pixels(bits.bytes)
        .file(uids::SEGMENTATION_STORAGE, &own)
}

const OPT: &str = uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE;

/// What a segment is. Nothing is said of who drew it but that somebody did: a document does not know.
fn segment(number: u16, label: &Label, name: &str) -> DataSet {
    let category = if anatomy::is_lesion(label.code) { ABNORMAL } else { TISSUE };
    let value = format!("LABEL{}", label.code);
    let kind = match label.name {
        "Below BM" => ["68703001", "SCT", "Choroid of eye"],
        _ => [value.as_str(), OWN_SCHEME, label.alias],
    };
    DataSet::new()
        .u16(tags::SEGMENT_NUMBER, &[number])
        .text(tags::SEGMENT_LABEL, VR::LO, name)
        .text(tags::SEGMENT_DESCRIPTION, VR::ST, label.alias)
        .text(tags::SEGMENT_ALGORITHM_TYPE, VR::CS, "SEMIAUTOMATIC")
        .text(tags::SEGMENT_ALGORITHM_NAME, VR::LO, "RetiDiff Studio")
        .code(tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE, category)
        .code(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, kind)
}

/// A segment in a B-scan (from 0).
fn frame(study: &Study, segment: u16, b_scan: usize) -> DataSet {
    let identification = DataSet::new().u16(tags::REFERENCED_SEGMENT_NUMBER, &[segment]);
    let source = DataSet::new()
        .items(tags::SOURCE_IMAGE_SEQUENCE, vec![modules::reference(study, OPT, Some(b_scan))])
        .code(tags::DERIVATION_CODE_SEQUENCE, ["113076", "DCM", "Segmentation"]);
    modules::frame_content(b_scan + 1, &[u32::from(segment), b_scan as u32 + 1])
        .and(modules::plane_position(study, b_scan))
        .items(tags::SEGMENT_IDENTIFICATION_SEQUENCE, vec![identification])
        .items(tags::DERIVATION_IMAGE_SEQUENCE, vec![source])
}

/// Pixels of one bit, the first in the lowest bit, frames without gaps (PS3.5 8.1.1).
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    count: usize,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        if self.count.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if let (true, Some(last)) = (bit, self.bytes.last_mut()) {
            *last |= 1 << (self.count % 8);
        }
        self.count += 1;
    }
}
