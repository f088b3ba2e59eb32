//! Which identity fields a DICOM file holds, by name: what a user wants to know before passing a file on.

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::{StandardDataDictionary, tags};

use super::super::FormatError;
use super::elements::{DicomFile, Value};

/// Group of the patient module.
const PATIENT_GROUP: u16 = 0x0010;
/// Fields that identify without being names or dates (PS3.15 table E.1-1, as far as images of the eye have them).
const IDENTIFYING: [Tag; 17] = [
    tags::SOP_INSTANCE_UID,
    tags::STUDY_INSTANCE_UID,
    tags::SERIES_INSTANCE_UID,
    tags::FRAME_OF_REFERENCE_UID,
    tags::STUDY_ID,
    tags::ACCESSION_NUMBER,
    tags::INSTITUTION_NAME,
    tags::INSTITUTION_ADDRESS,
    tags::INSTITUTIONAL_DEPARTMENT_NAME,
    tags::STATION_NAME,
    tags::DEVICE_SERIAL_NUMBER,
    tags::DEVICE_UID,
    tags::STUDY_DESCRIPTION,
    tags::SERIES_DESCRIPTION,
    tags::PROTOCOL_NAME,
    tags::IMAGE_COMMENTS,
    tags::REQUESTED_PROCEDURE_DESCRIPTION,
];

/// Names of the identity fields that are filled in, in the order of the file: the patient module, persons,
/// dates and times, instance identifiers, institutions and devices, private elements. Never a value.
///
/// # Errors
/// If the file is no DICOM file or is damaged.
pub fn identity_fields(bytes: &[u8], name: &str) -> Result<Vec<String>, FormatError> {
    let file = DicomFile::open(bytes, name)?;
    let mut names: Vec<String> = Vec::new();
    file.visit(&mut |_, element| {
        let is_filled = match element.value {
            Value::Plain(value) => value.iter().any(|byte| !matches!(byte, 0 | b' ')),
            Value::Fragments { .. } => false,
        };
        if is_filled && identifies(element.tag, element.vr) {
            let field = field_name(element.tag);
            if !names.contains(&field) {
                names.push(field);
            }
        }
        Ok(())
    })?;
    Ok(names)
}

fn identifies(tag: Tag, vr: VR) -> bool {
    tag.0 == PATIENT_GROUP
        || tag.0 % 2 == 1
        || matches!(vr, VR::PN | VR::DA | VR::DT | VR::TM)
        || IDENTIFYING.contains(&tag)
}

fn field_name(tag: Tag) -> String {
    match StandardDataDictionary.by_tag(tag) {
        // The dictionary names the numbers of private blocks, but not what is in them.
        Some(entry) if tag.0.is_multiple_of(2) => entry.alias().to_owned(),
        _ if tag.0 % 2 == 1 => format!("private {tag}"),
        _ => tag.to_string(),
    }
}
