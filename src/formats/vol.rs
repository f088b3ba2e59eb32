//! Heidelberg Spectralis raw export (`.vol`): a B-scan, a circle scan or a volume, with device lines.
//!
//! Layout (little-endian): a 2048-byte header, the SLO image (bytes), then per B-scan a header with the
//! device's segmentation lines and `SizeX * SizeZ` float32 reflectivities, `f32::MAX` where nothing was
//! recorded. The fields about the patient, the visit and the time lie at offsets this parser never
//! reads: what is not read cannot leak.

use std::sync::Arc;

use rayon::prelude::*;

use super::FormatError;
use super::format::{Format, Input};
use super::opened::FileKind;
use super::traced::traced_document;
use crate::anatomy::{INTERFACE_COUNT, Interface};
use crate::mask::Interfaces;
use crate::scan::{BScan, GreyImage, Laterality, Localizer, MAX_SIDE_PX, ScanLine, Spacing, Volume};

const HEADER_BYTES: usize = 2048;
/// Smallest B-scan header that holds the fields read here.
const MIN_B_SCAN_HEADER_BYTES: usize = 64;
/// Most B-scans of a volume.
const MAX_B_SCANS: usize = 4096;
/// The device numbers its lines; those that bound the layers of this program. 0, 1 and 2 are in every
/// export, the others only in exports with all layers.
const DEVICE_LINES: [(usize, Interface); INTERFACE_COUNT] = [
    (0, Interface::Ilm),
    (1, Interface::Bm),
    (2, Interface::NflGcl),
    (4, Interface::IplInl),
    (5, Interface::InlOpl),
    (6, Interface::OplOnl),
    (14, Interface::IsmIse),
    (15, Interface::OsRpe),
];
/// Raw reflectivity lies within 0..1; a file whose values pass this holds display grey (0..255) instead.
const LARGEST_REFLECTIVITY: f32 = 16.0;
const CIRCLE_SCAN: i32 = 2;
const REMEDY: &str = "the file is damaged or cut off: export it again";

/// Raw exports of the Spectralis.
pub(super) static FORMAT: Format = Format {
    name: "Heidelberg .vol",
    endings: &["vol"],
    is_in_folders: false,
    recognises: is_vol,
    read: |Input { bytes, name, .. }| {
        let VolFile { volume, interfaces, localizer, warnings } = read(bytes, name)?;
        let mut opened = traced_document(volume, &interfaces, FileKind::Vol, warnings);
        opened.document.localizer = localizer.map(Arc::new);
        Ok(opened)
    },
};

/// A `.vol` file as read.
#[derive(Clone, Debug)]
pub struct VolFile {
    /// The B-scans.
    pub volume: Volume,
    /// The device's lines of each B-scan, NaN where it gave none.
    pub interfaces: Vec<Interfaces>,
    /// The SLO picture, where the B-scans say how they lie on it.
    pub localizer: Option<Localizer>,
    /// What was assumed or left out, in words.
    pub warnings: Vec<String>,
}

/// The fields of the file header that are read.
struct Header {
    columns: usize,
    rows: usize,
    b_scans: usize,
    spacing: Option<Spacing>,
    distance_um: Option<f32>,
    laterality: Option<Laterality>,
    is_circle: bool,
    b_scan_header_bytes: usize,
    first_b_scan: usize,
    /// Columns and rows.
    slo_size: [usize; 2],
}

/// Bytes with bounds: every read names its place.
#[derive(Clone, Copy)]
struct Source<'a> {
    bytes: &'a [u8],
    name: &'a str,
}

impl<'a> Source<'a> {
    fn slice(self, at: usize, length: usize, what: &str) -> Result<&'a [u8], FormatError> {
        at.checked_add(length).and_then(|end| self.bytes.get(at..end)).ok_or_else(|| {
            let problem =
                format!("{what} needs {length} bytes here, the file has {} bytes in all", self.bytes.len());
            self.malformed(at, problem)
        })
    }

    fn array<const N: usize>(self, at: usize, what: &str) -> Result<[u8; N], FormatError> {
        let mut array = [0; N];
        array.copy_from_slice(self.slice(at, N, what)?);
        Ok(array)
    }

    fn i32(self, at: usize, what: &str) -> Result<i32, FormatError> {
        self.array(at, what).map(i32::from_le_bytes)
    }

    fn f64(self, at: usize, what: &str) -> Result<f64, FormatError> {
        self.array(at, what).map(f64::from_le_bytes)
    }

    /// A count or size within a range.
    fn size(self, at: usize, what: &str, least: usize, most: usize) -> Result<usize, FormatError> {
        let value = self.i32(at, what)?;
        usize::try_from(value)
            .ok()
            .filter(|size| (least..=most).contains(size))
            .ok_or_else(|| self.malformed(at, format!("{what} is {value}, expected {least} to {most}")))
    }

    fn malformed(self, at: usize, problem: impl Into<String>) -> FormatError {
        FormatError::malformed(self.name, format!("byte {at}"), problem, REMEDY)
    }
}

/// Where the fields of identity lie in the file header, with their lengths. Their contents are only compared with 0.
const IDENTITY_FIELDS: [(&str, usize, usize); 9] = [
    ("ExamTime", 88, 8),
    ("ID", 104, 16),
    ("ReferenceID", 120, 16),
    ("PID", 136, 4),
    ("PatientID", 140, 21),
    ("DOB", 164, 8),
    ("VID", 172, 4),
    ("VisitID", 176, 24),
    ("VisitDate", 200, 8),
];

/// The names of the fields about the patient and the visit that are not empty in a `.vol` file.
pub(super) fn identity_fields(bytes: &[u8]) -> Vec<&'static str> {
    let is_filled = |at: usize, length: usize| {
        bytes.get(at..at + length).is_some_and(|field| field.iter().any(|byte| !matches!(byte, 0 | b' ')))
    };
    let filled = IDENTITY_FIELDS.iter().filter(|(_, at, length)| is_filled(*at, *length));
    filled.map(|(name, ..)| *name).collect()
}

/// Whether the bytes begin like a `.vol` file of the device (files by other programs may not).
pub fn is_vol(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HSF-OCT-")
}

/// Reads a `.vol` file. `name` is the file's name, for messages and for the scans.
///
/// # Errors
/// If it is no `.vol` file, cut off, or its header has sizes or places that cannot be.
pub fn read(bytes: &[u8], name: &str) -> Result<VolFile, FormatError> {
    let source = Source { bytes, name };
    let header = read_header(source)?;
    let mut warnings = Vec::new();
    let pixel_bytes = header.columns * header.rows * size_of::<f32>();
    let header_bytes = b_scan_header_bytes(source, &header, pixel_bytes, &mut warnings)?;
    let stride = header_bytes + pixel_bytes;
    source.slice(header.first_b_scan, stride * header.b_scans, &format!("{} B-scans", header.b_scans))?;
    if header.is_circle {
        warnings.push(format!("{name}: a circle scan; its columns run around the optic disc"));
    }
    let pixels_at = |index: usize| header.first_b_scan + index * stride + header_bytes;
    let pixels_of = |index: usize| source.slice(pixels_at(index), pixel_bytes, "the pixels");
    let pixels = (0..header.b_scans).map(pixels_of).collect::<Result<Vec<_>, _>>()?;
    let largest = pixels
        .par_iter()
        .map(|values| floats(values).filter(|value| is_recorded(*value)).fold(0.0, f32::max))
        .reduce(|| 0.0, f32::max);
    let is_display_grey = largest > LARGEST_REFLECTIVITY;
    if is_display_grey {
        warnings.push(format!("{name}: values up to {largest} are shown as they are, not as reflectivities"));
    }
    let mut b_scans = Vec::with_capacity(header.b_scans);
    let mut interfaces = Vec::with_capacity(header.b_scans);
    let images: Vec<_> = pixels.par_iter().map(|values| to_grey(values, &header, is_display_grey)).collect();
    for (index, (image, scanned_area)) in images.into_iter().enumerate() {
        let start = header.first_b_scan + index * stride;
        interfaces.push(read_lines(source, start, header_bytes, &header)?);
        let name = if header.b_scans == 1 {
            name.to_owned()
        } else {
            format!("{name} {}/{}", index + 1, header.b_scans)
        };
        b_scans.push(BScan {
            image,
            spacing: header.spacing,
            laterality: header.laterality,
            fovea_column: None,
            is_placeholder: false,
            scanned_area,
            name,
        });
    }
    let starts = (0..header.b_scans).map(|index| header.first_b_scan + index * stride);
    let localizer = if header.is_circle { None } else { read_localizer(source, &header, starts)? };
    let volume = Volume { b_scans, b_scan_distance_um: header.distance_um };
    Ok(VolFile { volume, interfaces, localizer, warnings })
}

/// The SLO picture with the lines of the B-scans whose headers start at `starts`; `None` where no line lies on it.
fn read_localizer(
    source: Source,
    header: &Header,
    starts: impl Iterator<Item = usize>,
) -> Result<Option<Localizer>, FormatError> {
    let [columns, rows] = header.slo_size;
    let scale = [source.f64(56, "ScaleXSlo")?, source.f64(64, "ScaleYSlo")?];
    let side = 1..=MAX_SIDE_PX as usize;
    let is_known = side.contains(&columns) && side.contains(&rows) && scale.iter().all(|mm| *mm > 0.0);
    if !is_known {
        return Ok(None);
    }
    let pixels = source.slice(HEADER_BYTES, columns * rows, "the SLO picture")?;
    let image = GreyImage::new(columns as u32, rows as u32, pixels.to_vec());
    let mut lines = Vec::new();
    for start in starts {
        let at = |offset: usize, axis: usize| -> Result<f32, FormatError> {
            let mm = source.f64(start + offset + 8 * axis, "an end of the scan line")?;
            Ok((mm / scale[axis]) as f32)
        };
        lines.push(ScanLine::checked([at(16, 0)?, at(16, 1)?], [at(32, 0)?, at(32, 1)?]));
    }
    let localizer = Localizer::new(image, lines);
    Ok((localizer.known_lines() > 0).then_some(localizer))
}

fn read_header(source: Source) -> Result<Header, FormatError> {
    if source.bytes.is_empty() {
        return Err(source.malformed(0, "the file is empty"));
    }
    source.slice(0, HEADER_BYTES, "the header")?;
    let side = MAX_SIDE_PX as usize;
    let columns = source.size(12, "SizeX", 1, side)?;
    let b_scans = source.size(16, "NumBScans", 1, MAX_B_SCANS)?;
    let rows = source.size(20, "SizeZ", 1, side)?;
    let um = |at, what| source.f64(at, what).map(|mm| (mm * 1000.0) as f32);
    let (lateral, distance, axial) = (um(24, "ScaleX")?, um(32, "Distance")?, um(40, "ScaleZ")?);
    let slo_columns = source.size(48, "SizeXSlo", 0, 1 << 15)?;
    let slo_rows = source.size(52, "SizeYSlo", 0, 1 << 15)?;
    let laterality = match source.array::<2>(84, "ScanPosition")? {
        [b'O', b'D'] => Some(Laterality::Right),
        [b'O', b'S'] => Some(Laterality::Left),
        _ => None,
    };
    let plausible_distance = distance.is_finite() && (0.1..=10_000.0).contains(&distance);
    Ok(Header {
        columns,
        rows,
        b_scans,
        spacing: Spacing::checked(axial, lateral),
        distance_um: plausible_distance.then_some(distance),
        laterality,
        is_circle: source.i32(96, "ScanPattern")? == CIRCLE_SCAN,
        b_scan_header_bytes: source.size(100, "BScanHdrSize", MIN_B_SCAN_HEADER_BYTES, i32::MAX as usize)?,
        first_b_scan: HEADER_BYTES + slo_columns * slo_rows,
        slo_size: [slo_columns, slo_rows],
    })
}

/// Bytes of a B-scan's header. Some writers put a size into the file header that their B-scans do not
/// have; then the first B-scan's own size is taken, if with it the file is as long as it should be.
fn b_scan_header_bytes(
    source: Source,
    header: &Header,
    pixel_bytes: usize,
    warnings: &mut Vec<String>,
) -> Result<usize, FormatError> {
    let available = source.bytes.len().saturating_sub(header.first_b_scan);
    let fits = |header_bytes: usize| (header_bytes + pixel_bytes) * header.b_scans <= available;
    if fits(header.b_scan_header_bytes) {
        return Ok(header.b_scan_header_bytes);
    }
    let own =
        source.i32(header.first_b_scan + 12, "the B-scan header").ok().and_then(|n| usize::try_from(n).ok());
    match own {
        Some(own) if own >= MIN_B_SCAN_HEADER_BYTES && (own + pixel_bytes) * header.b_scans == available => {
            warnings
                .push(format!("{}: the file header misstates the size of the B-scan headers", source.name));
            Ok(own)
        }
        _ => {
            let needed = (header.b_scan_header_bytes + pixel_bytes) * header.b_scans;
            Err(source.malformed(
                header.first_b_scan,
                format!("{} B-scans need {needed} bytes from here, {available} are left", header.b_scans),
            ))
        }
    }
}

/// The device's lines of the B-scan whose header starts at `start`.
fn read_lines(
    source: Source,
    start: usize,
    header_bytes: usize,
    header: &Header,
) -> Result<Interfaces, FormatError> {
    let mut interfaces = Interfaces::unknown(header.columns as u32);
    let line_bytes = header.columns * size_of::<f32>();
    let count = source.size(start + 48, "NumSeg", 0, 1024)?;
    let offset = source.size(start + 52, "OffSeg", 0, i32::MAX as usize)?;
    if count > 0 && offset + count * line_bytes > header_bytes {
        let problem = format!("{count} lines at offset {offset} do not fit a header of {header_bytes} bytes");
        return Err(source.malformed(start + 48, problem));
    }
    for (line, interface) in DEVICE_LINES.iter().filter(|(line, _)| *line < count) {
        let values = source.slice(start + offset + line * line_bytes, line_bytes, "a segmentation line")?;
        // The device writes 0 in columns of lines that it did not trace.
        let inside = |row: f32| is_recorded(row) && row > 0.0 && row <= header.rows as f32;
        for (row, value) in interfaces.rows[interface.index()].iter_mut().zip(floats(values)) {
            *row = if inside(value) { value } else { f32::NAN };
        }
    }
    Ok(interfaces)
}

/// Display grey (fourth root of the reflectivity, as the device's own viewer shows it) and, where
/// something was not recorded, the scanned area.
fn to_grey(values: &[u8], header: &Header, is_display_grey: bool) -> (GreyImage, Option<Arc<[u8]>>) {
    let display = |value: f32| match (is_recorded(value), is_display_grey) {
        (false, _) => 0.0,
        (true, true) => value,
        (true, false) => value.max(0.0).sqrt().sqrt() * 255.0,
    };
    let pixels: Vec<u8> =
        floats(values).map(|value| (display(value) + 0.5).clamp(0.0, 255.0) as u8).collect();
    let scanned: Vec<u8> = floats(values).map(|value| u8::from(is_recorded(value))).collect();
    let image = GreyImage::new(header.columns as u32, header.rows as u32, pixels);
    (image, scanned.contains(&0).then(|| Arc::from(scanned)))
}

fn is_recorded(value: f32) -> bool {
    value.is_finite() && value.abs() < f32::MAX
}

fn floats(bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes.as_chunks::<4>().0.iter().map(|chunk| f32::from_le_bytes(*chunk))
}
