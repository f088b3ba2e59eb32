//! DICOM out: scans as Ophthalmic Tomography, labels as a Segmentation and their interfaces as a Height Map
//! Segmentation that refer to them.
//!
//! Hospital archives and viewers take nothing else. Written in Explicit VR Little Endian, uncompressed; no name, date
//! or number of a patient is in them, and unique identifiers are made of the contents, so the same document gives the
//! same bytes and its labels find its scans. Pixel size and eye are required by the standard: they are asked for,
//! never invented.

mod data_set;
mod height_map;
mod modules;
mod segmentation;
mod study;
mod tomography;

use sha2::{Digest, Sha256};

use self::study::Study;
use super::FormatError;
use super::volume_export::{ExportPlane, ExportVolume};
use crate::document::Document;
use crate::mask::Interfaces;
use crate::scan::{Laterality, Spacing};

/// What the files say beside their pixels, where the document does not know it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DicomWishes {
    /// Size of a pixel, in place of the document's.
    pub spacing: Option<Spacing>,
    /// Right or left eye, in place of the document's.
    pub laterality: Option<Laterality>,
    /// Whether the scans were made by a model or a recipe: the files say so in (0008,001C) and in words.
    pub synthetic: bool,
}

/// A file of the scans (Ophthalmic Tomography Image Storage) or of the labels (Segmentation Storage, a binary segment
/// for each label that occurs). `name` is the document's name for messages.
///
/// # Errors
/// If the B-scans differ in size, there are no labels though they are wanted, or pixel size or eye are unknown.
pub fn write(
    document: &Document,
    plane: ExportPlane,
    wishes: DicomWishes,
    name: &str,
) -> Result<Vec<u8>, FormatError> {
    let (scans, study) = study_of(document, wishes, name)?;
    match plane {
        ExportPlane::Scans => Ok(tomography::write(&scans, &study)),
        ExportPlane::Labels => {
            let labels = ExportVolume::of(document, ExportPlane::Labels, name)?;
            let own = |what: &str| unique_identifier(what, &labels, study.laterality);
            let uids = [own("segmentation series"), own("segmentation")];
            Ok(segmentation::write(&labels, &study, uids, &document.labels))
        }
    }
}

/// A file of the interfaces (Height Map Segmentation Storage, a frame for each of the eight). `name` is the
/// document's name for messages.
///
/// # Errors
/// As [`write`], and if no column has all of its layers in order.
pub fn write_height_maps(
    document: &Document,
    wishes: DicomWishes,
    name: &str,
) -> Result<Vec<u8>, FormatError> {
    let (_, study) = study_of(document, wishes, name)?;
    let labels = ExportVolume::of(document, ExportPlane::Labels, name)?;
    let b_scans: Vec<Interfaces> =
        document.pages.iter().map(|page| Interfaces::from_layers(&page.mask.layers)).collect();
    let is_known = |lines: &Interfaces| lines.rows[0].iter().any(|row| row.is_finite());
    if !b_scans.iter().any(is_known) {
        let problem = "it has no layers in order, and height maps hold their interfaces";
        let remedy = "label the layers of a B-scan, or write the labels as a Segmentation";
        return Err(FormatError::malformed(name, "the document", problem, remedy));
    }
    let own = |what: &str| unique_identifier(what, &labels, study.laterality);
    Ok(height_map::write(&b_scans, &study, [own("height map series"), own("height map")]))
}

/// The scans and what all objects made of them have in common.
fn study_of(
    document: &Document,
    wishes: DicomWishes,
    name: &str,
) -> Result<(ExportVolume, Study), FormatError> {
    let scans = ExportVolume::of(document, ExportPlane::Scans, name)?;
    let missing = |what: &str, remedy: &str| {
        FormatError::malformed(name, "the document", format!("{what}, and DICOM requires it"), remedy)
    };
    let Some(spacing) = wishes.spacing.or(scans.spacing) else {
        return Err(missing("the pixel size is unknown", "say it with --spacing AXIALxLATERAL, in um"));
    };
    let known = document.pages.iter().find_map(|page| page.scan.laterality);
    let Some(laterality) = wishes.laterality.or(known) else {
        return Err(missing("which eye it is, is unknown", "say it with --eye od or --eye os"));
    };
    let uid = |what: &str| unique_identifier(what, &scans, laterality);
    let study = Study {
        spacing,
        laterality,
        synthetic: wishes.synthetic,
        b_scan_distance_um: scans.b_scan_distance_um,
        frame_of_reference: uid("frame of reference"),
        study: uid("study"),
        tomography_series: uid("tomography series"),
        tomography: uid("tomography"),
    };
    Ok((scans, study))
}

/// An identifier made of what it identifies (PS3.5 B.2: 2.25 and the number of a UUID, here one of version 8).
fn unique_identifier(what: &str, volume: &ExportVolume, laterality: Laterality) -> String {
    let mut hash = Sha256::new();
    hash.update(what);
    hash.update(laterality.name());
    for side in [volume.width, volume.height, volume.b_scans] {
        hash.update(side.to_le_bytes());
    }
    hash.update(&volume.voxels);
    let digest = hash.finalize();
    let mut number = [0_u8; 16];
    number.copy_from_slice(&digest[..16]);
    number[6] = number[6] & 0x0f | 0x80;
    number[8] = number[8] & 0x3f | 0x80;
    format!("2.25.{}", u128::from_be_bytes(number))
}
