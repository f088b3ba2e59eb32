//! Modules that both kinds of objects have: patient, study, equipment, pixels, geometry of frames.

use dicom_core::VR;
use dicom_dictionary_std::tags;

use super::data_set::{DataSet, code_item};
use super::study::Study;
use crate::scan::Laterality;

/// Retina, SNOMED CT.
pub(super) const RETINA: [&str; 3] = ["5665001", "SCT", "Retina"];
/// The date of objects that have none: type 1 elements cannot be empty, and a real one would tell of a patient.
const NO_DATE: &str = "19000101";
const NO_TIME: &str = "000000";
/// What synthetic objects say in words.
const SYNTHETIC_WORDS: &str = "SYNTHETIC - not recorded from any eye, not for diagnosis";

/// Patient (nobody), study, series, equipment, frame of reference, and whether the object is synthetic.
pub(super) fn general(study: &Study, modality: &str, series: &str, number: u32, about: &str) -> DataSet {
    let text = |set: DataSet, tag, vr, text: &str| set.text(tag, vr, text);
    let mut set = DataSet::new()
        .text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192")
        .empty(tags::PATIENT_NAME, VR::PN)
        .empty(tags::PATIENT_ID, VR::LO)
        .empty(tags::PATIENT_BIRTH_DATE, VR::DA)
        .empty(tags::PATIENT_SEX, VR::CS)
        .text(tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES")
        .text(
            tags::DEIDENTIFICATION_METHOD,
            VR::LO,
            "Written by RetiDiff Studio from pixels and geometry alone",
        )
        .text(tags::STUDY_INSTANCE_UID, VR::UI, &study.study)
        .empty(tags::STUDY_DATE, VR::DA)
        .empty(tags::STUDY_TIME, VR::TM)
        .empty(tags::REFERRING_PHYSICIAN_NAME, VR::PN)
        .empty(tags::STUDY_ID, VR::SH)
        .empty(tags::ACCESSION_NUMBER, VR::SH)
        .text(tags::MODALITY, VR::CS, modality)
        .text(tags::SERIES_INSTANCE_UID, VR::UI, series)
        .text(tags::SERIES_NUMBER, VR::IS, &number.to_string())
        .text(tags::SERIES_DESCRIPTION, VR::LO, about)
        .text(tags::FRAME_OF_REFERENCE_UID, VR::UI, &study.frame_of_reference)
        .empty(tags::POSITION_REFERENCE_INDICATOR, VR::LO)
        .text(tags::MANUFACTURER, VR::LO, "RetiDiff Studio")
        .text(tags::MANUFACTURER_MODEL_NAME, VR::LO, "RetiDiff Studio")
        .text(tags::DEVICE_SERIAL_NUMBER, VR::LO, "0")
        .text(tags::SOFTWARE_VERSIONS, VR::LO, env!("CARGO_PKG_VERSION"))
        .text(tags::INSTANCE_NUMBER, VR::IS, "1")
        .text(tags::CONTENT_DATE, VR::DA, NO_DATE)
        .text(tags::CONTENT_TIME, VR::TM, NO_TIME)
        .text(tags::BURNED_IN_ANNOTATION, VR::CS, "NO");
    if study.synthetic {
        set = text(set, tags::SYNTHETIC_DATA, VR::CS, "YES");
        set = text(set, tags::IMAGE_COMMENTS, VR::LT, SYNTHETIC_WORDS);
        set = text(set, tags::SERIES_DESCRIPTION, VR::LO, &format!("SYNTHETIC {about}"));
    }
    set
}

/// Unsigned grey pixels.
pub(super) fn pixels(size: [u32; 2], frames: usize, bits: u16) -> DataSet {
    DataSet::new()
        .u16(tags::SAMPLES_PER_PIXEL, &[1])
        .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2")
        .u16(tags::COLUMNS, &[size[0] as u16])
        .u16(tags::ROWS, &[size[1] as u16])
        .text(tags::NUMBER_OF_FRAMES, VR::IS, &frames.to_string())
        .u16(tags::BITS_ALLOCATED, &[bits])
        .u16(tags::BITS_STORED, &[bits])
        .u16(tags::HIGH_BIT, &[bits - 1])
        .u16(tags::PIXEL_REPRESENTATION, &[0])
        .text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00")
}

/// Functional groups that all frames share: pixel size, directions, the eye.
///
/// B-scans are taken as horizontal, rows from the patient's right to the left, columns into the eye: a document does
/// not know how the scan lay on the eye.
pub(super) fn shared_groups(study: &Study) -> DataSet {
    let mm = |um: f32| f64::from(um) / 1000.0;
    let spacing = &study.spacing;
    let mut measures = DataSet::new()
        .decimals(tags::PIXEL_SPACING, &[mm(spacing.axial_um_per_px), mm(spacing.lateral_um_per_px)]);
    let thickness = study.b_scan_distance_um.unwrap_or(spacing.lateral_um_per_px);
    measures = measures.decimals(tags::SLICE_THICKNESS, &[mm(thickness)]);
    if let Some(um) = study.b_scan_distance_um {
        measures = measures.decimals(tags::SPACING_BETWEEN_SLICES, &[mm(um)]);
    }
    let eye = if study.laterality == Laterality::Right { "R" } else { "L" };
    let anatomy =
        DataSet::new().text(tags::FRAME_LATERALITY, VR::CS, eye).code(tags::ANATOMIC_REGION_SEQUENCE, RETINA);
    let orientation =
        DataSet::new().decimals(tags::IMAGE_ORIENTATION_PATIENT, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    DataSet::new()
        .items(tags::PIXEL_MEASURES_SEQUENCE, vec![measures])
        .items(tags::PLANE_ORIENTATION_SEQUENCE, vec![orientation])
        .items(tags::FRAME_ANATOMY_SEQUENCE, vec![anatomy])
}

/// Where B-scan `index` (from 0) lies.
pub(super) fn plane_position(study: &Study, index: usize) -> DataSet {
    let step = study.b_scan_distance_um.map_or(0.0, |um| f64::from(um) / 1000.0);
    let position = DataSet::new().decimals(tags::IMAGE_POSITION_PATIENT, &[0.0, 0.0, step * index as f64]);
    DataSet::new().items(tags::PLANE_POSITION_SEQUENCE, vec![position])
}

/// What the numbers in the frames' dimension indices count.
pub(super) fn dimensions(study: &Study, pointers: &[(dicom_core::Tag, dicom_core::Tag)]) -> DataSet {
    let organization = format!("{}.1", &study.frame_of_reference[..study.frame_of_reference.len().min(62)]);
    let one = DataSet::new().text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, &organization);
    let indices = pointers.iter().map(|&(pointer, group)| {
        DataSet::new()
            .tags(tags::DIMENSION_INDEX_POINTER, pointer)
            .tags(tags::FUNCTIONAL_GROUP_POINTER, group)
            .text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, &organization)
    });
    DataSet::new()
        .items(tags::DIMENSION_ORGANIZATION_SEQUENCE, vec![one])
        .items(tags::DIMENSION_INDEX_SEQUENCE, indices.collect())
}

/// Place of a frame in its stack, and its dimension indices, both from 1.
pub(super) fn frame_content(position: usize, indices: &[u32]) -> DataSet {
    let content = DataSet::new()
        .text(tags::STACK_ID, VR::SH, "1")
        .u32(tags::IN_STACK_POSITION_NUMBER, &[position as u32])
        .u32(tags::DIMENSION_INDEX_VALUES, indices)
        .text(tags::FRAME_REFERENCE_DATE_TIME, VR::DT, &format!("{NO_DATE}{NO_TIME}"))
        .text(tags::FRAME_ACQUISITION_DATE_TIME, VR::DT, &format!("{NO_DATE}{NO_TIME}"));
    DataSet::new().items(tags::FRAME_CONTENT_SEQUENCE, vec![content])
}

/// A reference to the tomography, whole or one of its frames.
pub(super) fn reference(study: &Study, class: &str, frame: Option<usize>) -> DataSet {
    let set = DataSet::new().text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, class).text(
        tags::REFERENCED_SOP_INSTANCE_UID,
        VR::UI,
        &study.tomography,
    );
    match frame {
        None => set,
        Some(frame) => set
            .text(tags::REFERENCED_FRAME_NUMBER, VR::IS, &(frame + 1).to_string())
            .text(tags::SPATIAL_LOCATIONS_PRESERVED, VR::CS, "YES")
            .items(
                tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE,
                vec![code_item(["121322", "DCM", "Source image for image processing operation"])],
            ),
    }
}
