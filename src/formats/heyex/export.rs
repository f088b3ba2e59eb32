//! What is kept of the XML of a HEYEX export: images, their size and place, the device's lines. The elements
//! about the patient and the visit are stepped over.

use super::super::FormatError;
use super::super::xml::{self, XmlVisit};
use crate::anatomy::Interface;
use crate::scan::{Laterality, MAX_SIDE_PX};

/// Images that an export may name.
const MAX_IMAGES: usize = 4096;
/// The device's names of the lines that bound the layers of this program, as in its raw exports.
const LINES: [(&str, Interface); 8] = [
    ("ILM", Interface::Ilm),
    ("RNFL", Interface::NflGcl),
    ("IPL", Interface::IplInl),
    ("INL", Interface::InlOpl),
    ("OPL", Interface::OplOnl),
    ("PR1", Interface::IsmIse),
    ("PR2", Interface::OsRpe),
    ("BM", Interface::Bm),
];

/// An image that the XML names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExportImage {
    /// As the XML calls it: "OCT", "LOCALIZER".
    pub kind: String,
    pub laterality: Option<Laterality>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Across and down, mm per pixel.
    pub scale_x_mm: Option<f64>,
    pub scale_y_mm: Option<f64>,
    /// Ends of the scan line on the eye, mm.
    pub start: [Option<f64>; 2],
    pub end: [Option<f64>; 2],
    /// Name of the file, without the folders that the XML names.
    pub file: String,
    /// Rows of the device's lines, one a column; NaN where it traced nothing.
    pub lines: Vec<(Interface, Vec<f32>)>,
}

/// One acquisition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExportSeries {
    pub laterality: Option<Laterality>,
    /// In the order of the XML.
    pub images: Vec<ExportImage>,
}

impl ExportSeries {
    /// Its B-scans.
    pub fn b_scans(&self) -> impl Iterator<Item = &ExportImage> {
        self.images.iter().filter(|image| image.kind.eq_ignore_ascii_case("OCT"))
    }
}

/// Whether the bytes begin like the XML of an export.
pub fn is_export(bytes: &[u8]) -> bool {
    matches!(xml::root_name(bytes).as_deref(), Some("HEDX" | "Series"))
}

/// The acquisitions of an export.
///
/// # Errors
/// If the text is no XML, or names more images than a volume has.
pub fn read(bytes: &[u8], name: &str) -> Result<Vec<ExportSeries>, FormatError> {
    let text = xml::decode(bytes);
    let mut series: Vec<ExportSeries> = Vec::new();
    let mut line = Line::default();
    let mut images = 0;
    xml::visit(&text, name, &mut |path, visit| {
        let inside = position(path, "Image").map(|at| &path[at + 1..]);
        match (visit, inside) {
            (XmlVisit::Start, None) if path.last().is_some_and(|last| last == "Series") => {
                series.push(ExportSeries::default());
            }
            (XmlVisit::Start, Some([])) => {
                images += 1;
                if let Some(series) = series.last_mut().filter(|_| images <= MAX_IMAGES) {
                    series.images.push(ExportImage::default());
                }
            }
            (XmlVisit::End(text), Some(inside)) => {
                let image = series.last_mut().and_then(|series| series.images.last_mut());
                if let Some(image) = image {
                    take(image, &mut line, inside, text);
                }
            }
            (XmlVisit::End(text), None) if ends_with(path, &["Series", "Laterality"]) => {
                if let Some(series) = series.last_mut() {
                    series.laterality = laterality(text);
                }
            }
            _ => {}
        }
    })?;
    if images > MAX_IMAGES {
        let problem = format!("{images} images; a volume has at most {MAX_IMAGES}");
        return Err(FormatError::malformed(name, "the images", problem, "export one volume at a time"));
    }
    Ok(series)
}

/// Elements about the patient, the visit and the people and machines of the clinic.
const IDENTITY: [&str; 16] = [
    "PatientID",
    "LastName",
    "FirstNames",
    "NameSuffix",
    "Title",
    "Birthdate",
    "Sex",
    "UID",
    "ID",
    "StudyUID",
    "StudyDate",
    "SeriesUID",
    "ExamDate",
    "Operator",
    "ReferringPhysician",
    "ExamURL",
];

/// Names of the identity fields that are filled in; never a value.
///
/// # Errors
/// If the text is no XML.
pub fn identity_fields(bytes: &[u8], name: &str) -> Result<Vec<String>, FormatError> {
    let mut fields: Vec<String> = Vec::new();
    xml::visit(&xml::decode(bytes), name, &mut |path, visit| {
        let XmlVisit::End(text) = visit else { return };
        let field = path.iter().find(|part| IDENTITY.contains(&part.as_str()));
        if let Some(field) = field.filter(|field| !text.is_empty() && !fields.contains(field)) {
            fields.push(field.clone());
        }
    })?;
    Ok(fields)
}

/// A line of the device that is being read.
#[derive(Default)]
struct Line {
    name: String,
    rows: Vec<f32>,
}

fn take(image: &mut ExportImage, line: &mut Line, inside: &[String], text: &str) {
    let inside: Vec<&str> = inside.iter().map(String::as_str).collect();
    let size = || text.parse().ok().filter(|side| (1..=MAX_SIDE_PX).contains(side));
    let number = || decimal::<f64>(text).filter(|number| number.is_finite());
    match inside[..] {
        ["Laterality"] => image.laterality = laterality(text),
        ["ImageType", "Type"] => image.kind = text.to_owned(),
        ["ImageData", "ExamURL"] => image.file = base_name(text).to_owned(),
        ["OphthalmicAcquisitionContext", "Width"] => image.width = size(),
        ["OphthalmicAcquisitionContext", "Height"] => image.height = size(),
        ["OphthalmicAcquisitionContext", "ScaleX"] => image.scale_x_mm = number(),
        ["OphthalmicAcquisitionContext", "ScaleY"] => image.scale_y_mm = number(),
        ["OphthalmicAcquisitionContext", "Start", .., "X"] => image.start[0] = number(),
        ["OphthalmicAcquisitionContext", "Start", .., "Y"] => image.start[1] = number(),
        ["OphthalmicAcquisitionContext", "End", .., "X"] => image.end[0] = number(),
        ["OphthalmicAcquisitionContext", "End", .., "Y"] => image.end[1] = number(),
        ["Segmentation", "SegLine", "Name"] => line.name = text.to_owned(),
        ["Segmentation", "SegLine", "Array"] => {
            let values = text.split_whitespace().take(MAX_SIDE_PX as usize);
            line.rows = values.map(|value| decimal(value).unwrap_or(f32::NAN)).collect();
        }
        ["Segmentation", "SegLine"] => {
            let Line { name, rows } = std::mem::take(line);
            let known = LINES.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
            image.lines.extend(known.map(|(_, interface)| (*interface, rows)));
        }
        _ => {}
    }
}

/// A number with a point, or with the comma of the country that it was exported in.
fn decimal<N: std::str::FromStr>(text: &str) -> Option<N> {
    text.parse().or_else(|_| text.replace(',', ".").parse()).ok()
}

fn laterality(text: &str) -> Option<Laterality> {
    match text {
        "R" | "OD" => Some(Laterality::Right),
        "L" | "OS" => Some(Laterality::Left),
        _ => None,
    }
}

/// The last part of a Windows path, a UNC path or a URL.
fn base_name(url: &str) -> &str {
    url.rsplit(['\\', '/']).next().unwrap_or(url)
}

fn position(path: &[String], name: &str) -> Option<usize> {
    path.iter().position(|part| part == name)
}

fn ends_with(path: &[String], names: &[&str]) -> bool {
    path.len() >= names.len() && path[path.len() - names.len()..].iter().eq(names.iter())
}
