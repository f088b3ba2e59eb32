//! The parts a document is stored in: a versioned JSON that says what it is made of, and one grey PNG
//! for every plane of pixels. The document file zips them; the journal keeps them as files in a folder.

use std::io::Cursor;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::document::{Appearance, Document, KeptSynthesis, LabelLook, LabelOrigin, LabelTable, Page};
use crate::mask::{Mask, Plane};
use crate::scan::{BScan, GreyImage, Laterality, Localizer, MAX_SIDE_PX, ScanLine, Spacing};

/// What the JSON calls its own format.
const FORMAT: &str = "retidiff-document";
/// The version this program writes, and the newest it reads.
///
/// 1: First light. 2: a label table and a second grader.
const VERSION: u32 = 2;
/// Name of the JSON part.
pub(super) const DOCUMENT_JSON: &str = "document.json";

const MAX_JSON_BYTES: u64 = 16 << 20;
const MAX_PAGES: usize = 4096;
/// All pages together: 16 pages of the largest side, more than two thousand of 1024 x 496.
const MAX_DOCUMENT_PIXELS: u64 = 1 << 30;
/// Deflate cannot compress further: a PNG that claims more pixels than this a byte is lying.
const MAX_PIXELS_PER_BYTE: u64 = 1100;

/// Why a document cannot be read.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum DocumentError {
    #[error("{name} is not a RetiDiff document: {reason}")]
    NotADocument { name: String, reason: String },
    #[error(
        "{name} was written by a newer RetiDiff Studio (document version {version}, this one reads up to \
         {VERSION}): open it with that version, or update this program"
    )]
    Newer { name: String, version: u64 },
    #[error("{name} is damaged at {part}: {reason}. Open an earlier copy or the last autosave instead")]
    Damaged { name: String, part: String, reason: String },
    #[error("{name} holds {what}, more than the {limit} this program opens")]
    TooLarge { name: String, what: String, limit: String },
    #[error("{name} cannot be read: {source}")]
    Io { name: String, source: std::io::Error },
}

/// The JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DocumentPart {
    format: String,
    version: u32,
    pub name: String,
    pub noise_seed: u64,
    pub b_scan_distance_um: Option<f32>,
    pub credit: Option<String>,
    /// Only in a journal: the file the document was opened from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_path: Option<String>,
    /// In code order; a document of version 1 has none.
    #[serde(default)]
    labels: Vec<LabelLook>,
    /// Only in a journal: where its undo history is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<HistoryPart>,
    pub pages: Vec<PagePart>,
    /// Documents of before have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub localizer: Option<LocalizerPart>,
}

/// The picture of the fundus, and where the pages lie on it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LocalizerPart {
    pub image: String,
    width: u32,
    height: u32,
    lines: Vec<Option<ScanLine>>,
}

impl LocalizerPart {
    pub fn of(localizer: &Localizer, image: String) -> Self {
        let GreyImage { width, height, .. } = localizer.image;
        Self { image, width, height, lines: localizer.lines.to_vec() }
    }
}

/// Which steps of a journal's log make up the undo history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HistoryPart {
    /// Name of the log.
    pub log: String,
    /// How much of it was whole when this was written.
    pub log_bytes: u64,
    /// Numbers of the steps in the log, the oldest first.
    pub undo: Vec<u32>,
    /// The one that would be redone next comes last.
    pub redo: Vec<u32>,
}

/// Before version 0.2 a page without a scan was known by this name and by its one grey.
const PLACEHOLDER_OF_BEFORE: (&str, u8) = ("New eye (no real scan)", 14);

fn is_placeholder_of_before(name: &str, image: &GreyImage) -> bool {
    name == PLACEHOLDER_OF_BEFORE.0 && image.pixels.iter().all(|&grey| grey == PLACEHOLDER_OF_BEFORE.1)
}

/// One page; the file names are those of its PNG parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PagePart {
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub spacing: Option<Spacing>,
    pub laterality: Option<Laterality>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fovea_column: Option<f32>,
    /// Absent in documents of before, whose pages without a scan are known by name and grey.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_placeholder: bool,
    pub scan: String,
    pub scanned_area: Option<String>,
    pub layers: String,
    pub lesions: String,
    pub synthesis: Option<SynthesisPart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_grader: Option<GraderPart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_origin: Option<LabelOrigin>,
    #[serde(default, skip_serializing_if = "is_plain")]
    pub appearance: Arc<Appearance>,
}

fn is_plain(appearance: &Arc<Appearance>) -> bool {
    appearance.is_plain()
}

/// The planes of another grader's mask.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct GraderPart {
    pub layers: String,
    pub lesions: String,
}

/// A synthesis with its provenance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SynthesisPart {
    pub image: String,
    model: String,
    model_sha256: String,
    seed: u64,
    steps: u32,
    sampler: String,
    /// Drafts were kept once; programs of then ask for it.
    #[serde(default)]
    draft: bool,
}

impl DocumentPart {
    pub fn of(document: &Document, pages: Vec<PagePart>) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            name: document.name.clone(),
            noise_seed: document.noise_seed,
            b_scan_distance_um: document.b_scan_distance_um,
            credit: document.credit.clone(),
            original_path: None,
            labels: document.labels.looks().to_vec(),
            history: None,
            pages,
            localizer: None,
        }
    }

    pub fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self).expect("strings and numbers become JSON");
        json.push(b'\n');
        json
    }
}

impl SynthesisPart {
    pub fn of(synthesis: &KeptSynthesis, image: String) -> Self {
        Self {
            image,
            model: synthesis.model.clone(),
            model_sha256: synthesis.model_sha256.clone(),
            seed: synthesis.seed,
            steps: synthesis.steps,
            sampler: synthesis.sampler.clone(),
            draft: false,
        }
    }
}

/// Where parts are read from.
pub(super) trait PartSource: Sync {
    /// The bytes of a part, or an error where it is missing, damaged or longer than `limit` bytes.
    fn read(&self, part: &str, limit: u64) -> Result<Vec<u8>, String>;
}

/// Reads the JSON part and checks its format and version.
pub(super) fn read_json(source: &dyn PartSource, name: &str) -> Result<DocumentPart, DocumentError> {
    #[derive(Deserialize)]
    struct Head {
        format: String,
        version: u64,
    }
    let not_a_document = |reason: String| DocumentError::NotADocument { name: name.to_owned(), reason };
    let damaged = |error: serde_json::Error| DocumentError::Damaged {
        name: name.to_owned(),
        part: DOCUMENT_JSON.to_owned(),
        reason: error.to_string(),
    };
    let json = source.read(DOCUMENT_JSON, MAX_JSON_BYTES).map_err(not_a_document)?;
    let head: Head = serde_json::from_slice(&json).map_err(damaged)?;
    if head.format != FORMAT {
        return Err(not_a_document(format!("its {DOCUMENT_JSON} describes a \"{}\"", head.format)));
    }
    if head.version > u64::from(VERSION) {
        return Err(DocumentError::Newer { name: name.to_owned(), version: head.version });
    }
    serde_json::from_slice(&json).map_err(damaged)
}

/// Reads a whole document. Warnings say what was left out: a synthesis or a spacing that is unusable.
pub(super) fn read_parts(
    source: &dyn PartSource,
    name: &str,
) -> Result<(Document, Vec<String>), DocumentError> {
    let json = read_json(source, name)?;
    check_size(&json, name)?;
    let page_count = json.pages.len();
    // Nearly all of the time goes into the PNGs of the pages: each core takes some.
    let read: Vec<(Page, Vec<String>)> = json
        .pages
        .into_par_iter()
        .map(|page| {
            let mut reader = PageReader { source, name, warnings: Vec::new() };
            reader.page(page).map(|page| (page, reader.warnings))
        })
        .collect::<Result<_, _>>()?;
    let (pages, warnings): (Vec<Page>, Vec<Vec<String>>) = read.into_iter().unzip();
    let mut warnings = warnings.concat();
    let b_scan_distance_um = json.b_scan_distance_um.filter(|um| {
        let plausible = um.is_finite() && *um > 0.0;
        if !plausible {
            warnings.push(format!("{name}: the distance of the B-scans is not a length, ignored"));
        }
        plausible
    });
    let localizer = json.localizer.and_then(|part| {
        let read = read_localizer(source, name, part, page_count);
        read.map_err(|error| warnings.push(format!("{name}: its localizer was left out: {error}"))).ok()
    });
    let document = Document {
        pages,
        b_scan_distance_um,
        noise_seed: json.noise_seed,
        credit: json.credit,
        name: json.name,
        labels: Arc::new(LabelTable::from_looks(json.labels)),
        localizer: localizer.map(Arc::new),
    };
    Ok((document, warnings))
}

/// The localizer of a document of so many pages.
fn read_localizer(
    source: &dyn PartSource,
    name: &str,
    part: LocalizerPart,
    pages: usize,
) -> Result<Localizer, String> {
    let LocalizerPart { image, width, height, lines } = part;
    if ![width, height].iter().all(|side| (1..=MAX_SIDE_PX).contains(side)) || lines.len() != pages {
        return Err(format!("{width} x {height} pixels and {} lines for {pages} pages", lines.len()));
    }
    let mut reader = PageReader { source, name, warnings: Vec::new() };
    let pixels = reader.plane(&image, width, height).map_err(|error| error.to_string())?;
    let checked = |line: Option<ScanLine>| line.and_then(|line| ScanLine::checked(line.start, line.end));
    Ok(Localizer::new(GreyImage::new(width, height, pixels), lines.into_iter().map(checked)))
}

fn check_size(json: &DocumentPart, name: &str) -> Result<(), DocumentError> {
    let too_large =
        |what: String, limit: String| Err(DocumentError::TooLarge { name: name.to_owned(), what, limit });
    if json.pages.is_empty() {
        let reason = "it has no pages".to_owned();
        return Err(DocumentError::NotADocument { name: name.to_owned(), reason });
    }
    if json.pages.len() > MAX_PAGES {
        return too_large(format!("{} pages", json.pages.len()), format!("{MAX_PAGES} pages"));
    }
    let mut pixels = 0;
    for (index, page) in json.pages.iter().enumerate() {
        if !(1..=MAX_SIDE_PX).contains(&page.width) || !(1..=MAX_SIDE_PX).contains(&page.height) {
            let what = format!("a page (number {}) of {} x {} pixels", index + 1, page.width, page.height);
            return too_large(what, format!("1 to {MAX_SIDE_PX} pixels a side"));
        }
        pixels += u64::from(page.width) * u64::from(page.height);
    }
    if pixels > MAX_DOCUMENT_PIXELS {
        return too_large(format!("{pixels} pixels"), format!("{MAX_DOCUMENT_PIXELS} pixels"));
    }
    Ok(())
}

struct PageReader<'a> {
    source: &'a dyn PartSource,
    name: &'a str,
    warnings: Vec<String>,
}

impl PageReader<'_> {
    fn page(&mut self, page: PagePart) -> Result<Page, DocumentError> {
        let (width, height) = (page.width, page.height);
        let image = GreyImage::new(width, height, self.plane(&page.scan, width, height)?);
        let scanned_area = match &page.scanned_area {
            Some(part) => {
                let area: Arc<[u8]> = self
                    .plane(part, width, height)?
                    .into_iter()
                    .map(|inside| u8::from(inside != 0))
                    .collect();
                Some(area)
            }
            None => None,
        };
        let mask = self.mask(&page.layers, &page.lesions, width, height)?;
        let second_grader = match page.second_grader {
            Some(part) => match self.mask(&part.layers, &part.lesions, width, height) {
                Ok(mask) => Some(Arc::new(mask)),
                Err(error) => {
                    self.warnings.push(format!("the second grader of {} was left out: {error}", page.name));
                    None
                }
            },
            None => None,
        };
        let spacing = page.spacing.and_then(|s| Spacing::checked(s.axial_um_per_px, s.lateral_um_per_px));
        if spacing.is_none() && page.spacing.is_some() {
            self.warnings
                .push(format!("{}: the spacing of {} is implausible, ignored", self.name, page.name));
        }
        let synthesis = page.synthesis.and_then(|part| match self.plane(&part.image, width, height) {
            Ok(pixels) => Some(Arc::new(KeptSynthesis {
                image: GreyImage::new(width, height, pixels),
                model: part.model,
                model_sha256: part.model_sha256,
                seed: part.seed,
                steps: part.steps,
                sampler: part.sampler,
            })),
            Err(error) => {
                self.warnings.push(format!("the synthesis of {} was left out: {error}", page.name));
                None
            }
        });
        let is_placeholder = page.is_placeholder || is_placeholder_of_before(&page.name, &image);
        let scan = BScan {
            image,
            spacing,
            laterality: page.laterality,
            fovea_column: page.fovea_column.filter(|column| (0.0..=page.width as f32).contains(column)),
            is_placeholder,
            scanned_area,
            name: page.name,
        };
        let appearance = if page.appearance.fits(width) {
            page.appearance
        } else {
            self.warnings.push(format!("the style and vessel shadows of {} fit no scan, ignored", scan.name));
            Arc::default()
        };
        let label_origin = page.label_origin;
        Ok(Page { scan: Arc::new(scan), mask, synthesis, second_grader, label_origin, appearance })
    }

    fn mask(&mut self, layers: &str, lesions: &str, width: u32, height: u32) -> Result<Mask, DocumentError> {
        let mask = Mask {
            layers: Plane::from_pixels(width, height, &self.plane(layers, width, height)?),
            lesions: Plane::from_pixels(width, height, &self.plane(lesions, width, height)?),
        };
        if mask.is_valid() {
            Ok(mask)
        } else {
            Err(self.damaged(layers, "it holds codes outside the label table".to_owned()))
        }
    }

    fn plane(&mut self, part: &str, width: u32, height: u32) -> Result<Vec<u8>, DocumentError> {
        let pixels = u64::from(width) * u64::from(height);
        let limit = pixels + pixels / 8 + (64 << 10);
        let bytes = self.source.read(part, limit);
        bytes
            .and_then(|bytes| decode_grey(&bytes, width, height))
            .map_err(|reason| self.damaged(part, reason))
    }

    fn damaged(&self, part: &str, reason: String) -> DocumentError {
        DocumentError::Damaged { name: self.name.to_owned(), part: part.to_owned(), reason }
    }
}

/// An 8-bit grey PNG; the same pixels give the same bytes.
pub(super) fn encode_grey(width: u32, height: u32, pixels: &[u8], compression: png::Compression) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(compression);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(pixels)?;
        writer.finish()
    });
    written.expect("a PNG of checked size is written to memory");
    bytes
}

/// The pixels of an 8-bit grey PNG of exactly this size.
pub(super) fn decode_grey(bytes: &[u8], width: u32, height: u32) -> Result<Vec<u8>, String> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > (bytes.len() as u64).saturating_mul(MAX_PIXELS_PER_BYTE) {
        return Err(format!("{} bytes cannot hold {width} x {height} pixels", bytes.len()));
    }
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().map_err(|error| error.to_string())?;
    let info = reader.info();
    let found = (info.width, info.height, info.color_type, info.bit_depth);
    if found != (width, height, png::ColorType::Grayscale, png::BitDepth::Eight)
        || info.animation_control.is_some()
    {
        return Err(format!("it is not a grey image of {width} x {height} pixels"));
    }
    let mut image = vec![0; pixels as usize];
    if reader.output_buffer_size() != Some(image.len()) {
        return Err("its rows have an unexpected length".to_owned());
    }
    reader.next_frame(&mut image).map_err(|error| error.to_string())?;
    Ok(image)
}
