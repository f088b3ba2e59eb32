//! DICOM: images of the eye, single and multi-frame, above all Ophthalmic Tomography.
//!
//! Only what an image is made of is read: pixels, spacing, order, laterality, window. Names, dates and
//! identifiers are stepped over; [`identity_fields`] tells which of them a file holds.

mod codecs;
mod elements;
mod facts;
mod folder;
mod geometry;
mod greys;
mod identity;
mod localizer;
mod pixels;
mod rle;
mod sample_layout;
mod vector;

use rayon::prelude::*;

pub use elements::is_dicom;
pub use folder::{begins_like_dicom, is_dicom_folder, read_files, read_folder};
pub use identity::identity_fields;

use self::codecs::Compression;
use self::elements::DicomFile;
use self::facts::{DicomFacts, FrameFacts};
use self::greys::to_greys;
use super::grey_range::GreyWindow;
use super::{FormatError, scanned_area};
use crate::scan::{BScan, GreyImage, Localizer, ScanLine, Volume};

/// Kinds of objects that show the eye, but no B-scans, by SOP class.
const NO_B_SCANS: [(&str, &str); 10] = [
    ("1.2.840.10008.5.1.4.1.1.77.1.5.1", "a fundus photograph or localizer"),
    ("1.2.840.10008.5.1.4.1.1.77.1.5.2", "a fundus photograph or localizer of 16 bits"),
    ("1.2.840.10008.5.1.4.1.1.77.1.5.5", "a wide-field photograph"),
    ("1.2.840.10008.5.1.4.1.1.77.1.5.6", "a wide-field photograph"),
    ("1.2.840.10008.5.1.4.1.1.77.1.5.7", "an en-face image"),
    ("1.2.840.10008.5.1.4.1.1.81.1", "a thickness map"),
    ("1.2.840.10008.5.1.4.1.1.66.4", "a segmentation"),
    ("1.2.840.10008.5.1.4.1.1.66.8", "a map of interfaces"),
    ("1.2.840.10008.5.1.4.1.1.104.1", "a PDF report"),
    ("1.2.840.10008.1.3.10", "the index of a medium (DICOMDIR)"),
];

/// A DICOM image as read.
#[derive(Clone, Debug)]
pub struct DicomVolume {
    /// The B-scans.
    pub volume: Volume,
    /// What was assumed, repaired or left out.
    pub notes: Vec<String>,
    series: String,
    instance: Option<f64>,
    place: FrameFacts,
    /// How values became greys; `None` where greys were stored.
    pub window: Option<GreyWindow>,
    /// The photograph that the B-scans lie on, where the folder holds it.
    pub localizer: Option<Localizer>,
    /// The object of that photograph, as the file refers to it.
    localizer_object: String,
    /// Where the B-scans lie on it, in their order.
    lines: Vec<Option<ScanLine>>,
}

/// Reads a DICOM file. `name` is the file's name, for messages and for the scans.
///
/// # Errors
/// If the file is damaged, claims more than it holds, is compressed in a way that cannot be read, or holds no
/// B-scans.
pub fn read(bytes: &[u8], name: &str) -> Result<DicomVolume, FormatError> {
    let mut read = read_with(bytes, name, None)?;
    read.notes.extend(read.window.map(|window| window.note(name)));
    Ok(read)
}

/// Like [`read`], with a window that was chosen before, and no note of it.
fn read_with(bytes: &[u8], name: &str, window: Option<GreyWindow>) -> Result<DicomVolume, FormatError> {
    let file = DicomFile::open(bytes, name)?;
    let facts = facts::read(&file)?;
    if let Some((_, what)) = NO_B_SCANS.iter().find(|(class, _)| *class == facts.sop_class) {
        let remedy = match localizer::is_photograph(&facts) {
            true => {
                "open it with the Ophthalmic Tomography file of its series, beside whose B-scans it is then shown: \
                 drop both on the window, or open the folder that holds both"
            }
            false => "open the Ophthalmic Tomography file of the series, or the folder that holds both",
        };
        let problem = format!("it is {what}, which holds no B-scans");
        return Err(FormatError::malformed(name, "the SOP class", problem, remedy));
    }
    let compression = Compression::of(&file.transfer_syntax).map_err(|what| {
        let remedy = "export it uncompressed, or convert it (dcmdjpls, gdcmconv --raw) and open the result";
        FormatError::malformed(
            name,
            "the transfer syntax",
            format!("its pixels are {what}, which is not read"),
            remedy,
        )
    })?;
    let frames = pixels::decode(&facts, compression, file.is_big_endian, name)?;
    let geometry = geometry::of(&facts, frames.frames.len());
    let notes = geometry.notes.iter().map(|note| format!("{name}: {note}")).collect();
    let (greys, window) = to_greys(&facts, &frames, window);
    let count = geometry.order.len();
    let images = geometry.order.par_iter().map(|&frame| {
        let image = GreyImage::new(facts.columns, facts.rows, greys[frame].clone());
        let scanned_area = scanned_area::detect(&image).map(Into::into);
        (image, scanned_area)
    });
    let images: Vec<_> = images.collect();
    let b_scans = (1..).zip(images).map(|(number, (image, scanned_area))| BScan {
        image,
        spacing: geometry.spacing,
        laterality: geometry.laterality,
        fovea_column: None,
        is_placeholder: false,
        scanned_area,
        name: if count == 1 { name.to_owned() } else { format!("{name} {number}/{count}") },
    });
    let on_localizer = |&frame: &usize| localizer::line(facts.per_frame.get(frame)?);
    Ok(DicomVolume {
        lines: geometry.order.iter().map(on_localizer).collect(),
        localizer: None,
        localizer_object: facts.localizer.clone(),
        volume: Volume { b_scans: b_scans.collect(), b_scan_distance_um: geometry.b_scan_distance_um },
        notes,
        place: place_of(&facts),
        series: facts.series,
        instance: facts.instance,
        window,
    })
}

/// Where the first frame lies, for files that hold one each.
fn place_of(facts: &DicomFacts) -> FrameFacts {
    let first = facts.per_frame.first().copied().unwrap_or_default();
    FrameFacts {
        position: first.position.or(facts.shared.position),
        orientation: first.orientation.or(facts.shared.orientation),
        between_mm: first.between_mm.or(facts.shared.between_mm),
        ..first
    }
}
