//! Scans as Ophthalmic Tomography (PS3.3 A.52.4.3), a frame a B-scan.

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};

use super::data_set::DataSet;
use super::modules::{self, RETINA};
use super::study::Study;
use crate::formats::volume_export::ExportVolume;
use crate::scan::Laterality;

/// The file.
pub(super) fn write(volume: &ExportVolume, study: &Study) -> Vec<u8> {
    let frames = volume.b_scans as usize;
    let per_frame = (0..frames).map(|index| {
        let place = index as u32 + 1;
        modules::frame_content(index + 1, &[1, place]).and(modules::plane_position(study, index))
    });
    let eye = if study.laterality == Laterality::Right { "R" } else { "L" };
    let dimensions = [
        (tags::STACK_ID, tags::FRAME_CONTENT_SEQUENCE),
        (tags::IN_STACK_POSITION_NUMBER, tags::FRAME_CONTENT_SEQUENCE),
    ];
    modules::general(study, "OPT", &study.tomography_series, 1, "B-scans")
        .and(modules::pixels([volume.width, volume.height], frames, 8))
        .and(modules::dimensions(study, &dimensions))
        // Greys by a window, and nobody knows how long a frame took: an original would have to say so.
        .text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY")
        .text(tags::ACQUISITION_NUMBER, VR::IS, "1")
        .text(tags::PRESENTATION_LUT_SHAPE, VR::CS, "IDENTITY")
        .text(tags::ACQUISITION_DATE_TIME, VR::DT, "19000101000000")
        .text(tags::IMAGE_LATERALITY, VR::CS, eye)
        .code(tags::ANATOMIC_REGION_SEQUENCE, RETINA)
        // The module requires them (PS3.3 C.8.17.7), though this is all there is.
        .u16(tags::IN_CONCATENATION_NUMBER, &[1])
        .u16(tags::IN_CONCATENATION_TOTAL_NUMBER, &[1])
        .u32(tags::CONCATENATION_FRAME_OFFSET_NUMBER, &[0])
        .items(tags::ACQUISITION_CONTEXT_SEQUENCE, Vec::new())
        .and(acquisition())
        .items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![modules::shared_groups(study)])
        .items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, per_frame.collect())
        .pixels(volume.voxels.clone())
        .file(uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE, &study.tomography)
}

/// Facts of an acquisition that a document does not hold: empty, as the standard allows.
fn acquisition() -> DataSet {
    let scanner = ["392012008", "SCT", "Optical Coherence Tomography Scanner"];
    DataSet::new()
        .code(tags::ACQUISITION_DEVICE_TYPE_CODE_SEQUENCE, scanner)
        .items(tags::LIGHT_PATH_FILTER_TYPE_STACK_CODE_SEQUENCE, Vec::new())
        .text(tags::DETECTOR_TYPE, VR::CS, "UNKNOWN")
        .empty(tags::AXIAL_LENGTH_OF_THE_EYE, VR::FL)
        .empty(tags::HORIZONTAL_FIELD_OF_VIEW, VR::FL)
        .items(tags::REFRACTIVE_STATE_SEQUENCE, Vec::new())
        .empty(tags::EMMETROPIC_MAGNIFICATION, VR::FL)
        .empty(tags::INTRA_OCULAR_PRESSURE, VR::FL)
        .empty(tags::PUPIL_DILATED, VR::CS)
}
