//! Interfaces as a Height Map Segmentation (PS3.3 A.91, C.8.20.5): a frame an interface, a row a B-scan, a column an
//! A-scan; the value is how far below the upper edge of the B-scan the interface lies, in rows.

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};

use super::data_set::{DataSet, code_item};
use super::modules::{self, RETINA};
use super::study::Study;
use crate::anatomy::Interface;
use crate::mask::Interfaces;
use crate::scan::Laterality;

/// Stands where no grader drew the interface: above every image.
const PADDING: f32 = -1.0;
/// Codes that no public dictionary has: the interface between myoid and ellipsoid.
const OWN_SCHEME: &str = "99RETIDIFF";
const STRUCTURE: [&str; 3] = ["91723000", "SCT", "Anatomical Structure"];
const OPT: &str = uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE;

/// The code of an interface (PS3.16 CID 4273).
fn surface(interface: Interface) -> [&'static str; 3] {
    match interface {
        Interface::Ilm => ["280677004", "SCT", "ILM - Internal limiting membrane"],
        Interface::NflGcl => ["128289", "DCM", "Outer surface of RNFL"],
        Interface::IplInl => ["128291", "DCM", "Outer surface of IPL"],
        Interface::InlOpl => ["128292", "DCM", "Outer surface of INL"],
        Interface::OplOnl => ["128293", "DCM", "Outer surface of OPL"],
        Interface::IsmIse => ["ISM_ISE", OWN_SCHEME, "Surface between myoid and ellipsoid of inner segments"],
        Interface::OsRpe => ["128297", "DCM", "Anterior surface of the RPE"],
        Interface::Bm => ["128300", "DCM", "Outer surface of the BM"],
    }
}

/// The file; `uids` are those of its series and of itself. One set of interfaces a B-scan, all of one width.
pub(super) fn write(b_scans: &[Interfaces], study: &Study, [series, own]: [String; 2]) -> Vec<u8> {
    let (rows, columns) = (b_scans.len(), b_scans.first().map_or(0, Interfaces::width));
    let heights = Interface::ALL.into_iter().flat_map(|interface| {
        let of = move |lines: &Interfaces| lines.rows[interface.index()].clone();
        b_scans.iter().flat_map(of)
    });
    let heights: Vec<f32> = heights.map(|row| if row.is_finite() { row } else { PADDING }).collect();
    let largest = heights.iter().copied().fold(0.0, f32::max);
    let series_reference = DataSet::new()
        .text(tags::SERIES_INSTANCE_UID, VR::UI, &study.tomography_series)
        .items(tags::REFERENCED_INSTANCE_SEQUENCE, vec![modules::reference(study, OPT, None)]);
    let numbered = || (1_u16..).zip(Interface::ALL);
    let dimensions = [(tags::REFERENCED_SEGMENT_NUMBER, tags::SEGMENT_IDENTIFICATION_SEQUENCE)];
    modules::general(study, "SEG", &series, 3, "Interfaces")
        .and(modules::dimensions(study, &dimensions))
        .u16(tags::SAMPLES_PER_PIXEL, &[1])
        .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2")
        .u16(tags::COLUMNS, &[columns as u16])
        .u16(tags::ROWS, &[rows as u16])
        .text(tags::NUMBER_OF_FRAMES, VR::IS, &Interface::ALL.len().to_string())
        .u16(tags::BITS_ALLOCATED, &[32])
        .f32(tags::FLOAT_PIXEL_PADDING_VALUE, PADDING)
        .f32(tags::FLOAT_PIXEL_PADDING_RANGE_LIMIT, PADDING)
        .text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00")
        .text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY")
        .text(tags::SEGMENTATION_TYPE, VR::CS, "HEIGHTMAP")
        .text(tags::CONTENT_LABEL, VR::CS, "INTERFACES")
        .text(tags::CONTENT_DESCRIPTION, VR::LO, "Interfaces of the retinal layers")
        .empty(tags::CONTENT_CREATOR_NAME, VR::PN)
        .items(tags::REFERENCED_SERIES_SEQUENCE, vec![series_reference])
        .items(
            tags::SEGMENT_SEQUENCE,
            numbered().map(|(number, interface)| segment(number, interface)).collect(),
        )
        .items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared_groups(study, rows, largest)])
        .items(
            tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
            numbered().map(|(number, _)| frame(number)).collect(),
        )
        .float_pixels(&heights)
        .file(uids::HEIGHT_MAP_SEGMENTATION_STORAGE, &own)
}

/// What a surface is. Who drew it, a document does not know.
fn segment(number: u16, interface: Interface) -> DataSet {
    let algorithm = DataSet::new()
        .code(tags::ALGORITHM_FAMILY_CODE_SEQUENCE, ["123109", "DCM", "Manual Processing"])
        .text(tags::ALGORITHM_NAME, VR::LO, "RetiDiff Studio")
        .text(tags::ALGORITHM_VERSION, VR::LO, env!("CARGO_PKG_VERSION"));
    DataSet::new()
        .u16(tags::SEGMENT_NUMBER, &[number])
        .text(tags::SEGMENT_LABEL, VR::LO, interface.name())
        .text(tags::SEGMENT_ALGORITHM_TYPE, VR::CS, "SEMIAUTOMATIC")
        .text(tags::SEGMENT_ALGORITHM_NAME, VR::LO, "RetiDiff Studio")
        .items(tags::SEGMENTATION_ALGORITHM_IDENTIFICATION_SEQUENCE, vec![algorithm])
        .code(tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE, STRUCTURE)
        .code(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, surface(interface))
}

/// What all surfaces share: the eye, the B-scans that their rows are, and how long a row of a B-scan is.
fn shared_groups(study: &Study, b_scans: usize, largest: f32) -> DataSet {
    let mm = |um: f32| f64::from(um) / 1000.0;
    let between = study.b_scan_distance_um.unwrap_or(study.spacing.lateral_um_per_px);
    let measures = DataSet::new()
        .decimals(tags::PIXEL_SPACING, &[mm(between), mm(study.spacing.lateral_um_per_px)])
        .decimals(tags::SLICE_THICKNESS, &[mm(study.spacing.axial_um_per_px)]);
    let eye = if study.laterality == Laterality::Right { "R" } else { "L" };
    let anatomy =
        DataSet::new().text(tags::FRAME_LATERALITY, VR::CS, eye).code(tags::ANATOMIC_REGION_SEQUENCE, RETINA);
    let frames: Vec<String> = (1..=b_scans).map(|number| number.to_string()).collect();
    let source = modules::reference(study, OPT, None)
        .text(tags::REFERENCED_FRAME_NUMBER, VR::IS, &frames.join("\\"))
        .text(tags::SPATIAL_LOCATIONS_PRESERVED, VR::CS, "YES")
        .items(
            tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE,
            vec![code_item(["121322", "DCM", "Source Image for Image Processing Operation"])],
        );
    let derivation = DataSet::new()
        .items(tags::SOURCE_IMAGE_SEQUENCE, vec![source])
        .code(tags::DERIVATION_CODE_SEQUENCE, ["113076", "DCM", "Segmentation"]);
    let in_mm = DataSet::new()
        .f64(tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_FIRST_VALUE_MAPPED, 0.0)
        .f64(tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_LAST_VALUE_MAPPED, f64::from(largest))
        .f64(tags::REAL_WORLD_VALUE_INTERCEPT, 0.0)
        .f64(tags::REAL_WORLD_VALUE_SLOPE, mm(study.spacing.axial_um_per_px))
        .text(tags::LUT_EXPLANATION, VR::LO, "Depth below the upper edge of the B-scan")
        .text(tags::LUT_LABEL, VR::SH, "DEPTH_MM")
        .code(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, ["mm", "UCUM", "millimeter"]);
    DataSet::new()
        .items(tags::PIXEL_MEASURES_SEQUENCE, vec![measures])
        .items(tags::FRAME_ANATOMY_SEQUENCE, vec![anatomy])
        .items(tags::DERIVATION_IMAGE_SEQUENCE, vec![derivation])
        .items(tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE, vec![in_mm])
}

/// The frame of a surface.
fn frame(segment: u16) -> DataSet {
    let identification = DataSet::new().u16(tags::REFERENCED_SEGMENT_NUMBER, &[segment]);
    modules::frame_content(usize::from(segment), &[u32::from(segment)])
        .items(tags::SEGMENT_IDENTIFICATION_SEQUENCE, vec![identification])
}
