//! `retidiff info`: what a file holds, as text or JSON. Never a patient field: the readers drop them.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;
use serde::Serialize;

use super::import::LabelArgs;
use super::label_values::LabelValues;

use crate::anatomy::{LABELS, LESION_BASE, UNANNOTATED};
use crate::dataset::manifest::{MANIFEST_FILE, Manifest};
use crate::document::{LabelTable, Page};
use crate::formats::clinical;
use crate::formats::label_mapping::LabelChoice;
use crate::formats::open::{Opened, open};
use crate::formats::pixel_size::FactState;
use crate::formats::traced::TRACING_KEEPS_THEM;
use crate::mask::Measurements;
use crate::scan::{Laterality, ScanLine, Spacing};

/// Says what a file holds: kind, size, spacing, laterality, labels and their pixel counts.
///
/// Understood is everything that can be opened: documents (.retidiff), images, label PNGs, NIfTI and MetaImage volumes,
/// Heidelberg .vol files, DICOM, HEYEX XML and MATLAB files, folders of scans and data sets that `retidiff import` has
/// written. Of a label picture (PNG, TIFF, BMP or CSV of codes) it lists every value or colour with its pixels, what
/// they look like, and columns out of order; --scheme or --map says what they are.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  retidiff info scan.vol\n  retidiff info --json mask.png patient.retidiff\n  \
                  retidiff info mask.png --map 255=IRF\n  retidiff info --identity scan.vol\n  retidiff info --gpus"
)]
pub struct InfoArgs {
    /// Files and folders to describe.
    #[cfg_attr(
        all(feature = "cpu", any(feature = "gpu", feature = "studio")),
        arg(required_unless_present = "gpus")
    )]
    #[cfg_attr(not(all(feature = "cpu", any(feature = "gpu", feature = "studio"))), arg(required = true))]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[cfg(all(feature = "cpu", any(feature = "gpu", feature = "studio")))]
    #[command(flatten)]
    gpus: super::gpus::GpuArgs,
    /// Print JSON, one object per path and line.
    #[arg(long)]
    json: bool,
    /// List the names of the fields of identity (patient, visit, dates) that files hold, never their values; --json
    /// has them beside everything else.
    #[arg(long)]
    identity: bool,
    #[command(flatten)]
    labels: LabelArgs,
}

/// What is known about one path.
#[derive(Debug, Default, Serialize)]
struct Description {
    path: String,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    b_scan_distance_um: Option<f32>,
    /// How the spacing of the pages is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    spacing_state: Option<FactState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    laterality_state: Option<FactState>,
    /// Which values of more than 8 bits are shown black and white.
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<WindowDescription>,
    /// The picture of the fundus beside the B-scans.
    #[serde(skip_serializing_if = "Option::is_none")]
    localizer: Option<LocalizerDescription>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pages: Vec<PageDescription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_set: Option<DataSetDescription>,
    /// What an image described as a scan holds if it is a label map.
    #[serde(skip_serializing_if = "Option::is_none")]
    possible_labels: Option<PossibleDescription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label_values: Option<LabelValues>,
    warnings: Vec<String>,
    /// Names of the identity fields that the file holds: in JSON, and where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_fields: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
struct LocalizerDescription {
    width: u32,
    height: u32,
    /// One a B-scan: where it lies, in px of the picture; null where the file does not say.
    lines: Vec<Option<ScanLine>>,
}

#[derive(Debug, Serialize)]
struct WindowDescription {
    black: f32,
    white: f32,
    source: &'static str,
}

#[derive(Debug, Serialize)]
struct PageDescription {
    name: String,
    width: u32,
    height: u32,
    spacing: Option<Spacing>,
    laterality: Option<Laterality>,
    /// Part of the image that was scanned, 0..=1.
    scanned_fraction: f64,
    annotated_columns: u32,
    labels: Vec<LabelCount>,
    lesions: Vec<LesionDescription>,
    has_synthesis: bool,
}

#[derive(Debug, Serialize)]
struct LabelCount {
    code: u8,
    name: String,
    pixels: u64,
}

#[derive(Debug, Serialize)]
struct PossibleDescription {
    /// The scheme its codes are in; the counts are in the studio's.
    scheme: &'static str,
    labels: Vec<LabelCount>,
}

#[derive(Debug, Serialize)]
struct LesionDescription {
    name: String,
    count: usize,
    area_mm2: Option<f64>,
}

#[derive(Debug, Serialize)]
struct DataSetDescription {
    scans: usize,
    labelled: usize,
    pseudo_labelled: usize,
    subjects: Vec<String>,
    sources: Vec<String>,
}

/// Runs the subcommand. A path that cannot be described is reported and the rest are still described.
pub fn run(args: InfoArgs) -> anyhow::Result<()> {
    #[cfg(all(feature = "cpu", any(feature = "gpu", feature = "studio")))]
    if args.gpus.is_requested() {
        return args.gpus.run(args.json);
    }
    let mut failed = 0;
    for path in &args.paths {
        let said = match (args.identity, args.json) {
            (true, false) => names_of_identity(path),
            (_, is_json) => describe(path, &args.labels.choice()).and_then(|mut description| {
                description.identity_fields = match (args.identity, is_json) {
                    (true, _) => Some(clinical::identity_fields(path)?),
                    // A part of a file, such as FILE.mat:ARRAY, has none of its own.
                    (false, true) => clinical::identity_fields(path).ok(),
                    (false, false) => None,
                };
                match is_json {
                    true => Ok(serde_json::to_string(&description)? + "\n"),
                    false => Ok(as_text(&description)),
                }
            }),
        };
        match said {
            Ok(text) => print!("{text}"),
            Err(error) => {
                failed += 1;
                eprintln!("{error:#}");
            }
        }
    }
    if failed > 0 {
        bail!("{failed} of {} could not be described", args.paths.len());
    }
    Ok(())
}

/// The names of the fields of identity in a file, as text.
fn names_of_identity(path: &Path) -> anyhow::Result<String> {
    let fields = clinical::identity_fields(path)?;
    let fields = if fields.is_empty() { "none that is known here".to_owned() } else { fields.join(", ") };
    Ok(format!("{}\n  fields of identity: {fields}\n", path.display()))
}

fn describe(path: &Path, choice: &LabelChoice) -> anyhow::Result<Description> {
    if path.join(MANIFEST_FILE).is_file() {
        return describe_data_set(path);
    }
    let label_values = LabelValues::of(path, choice)?;
    let opened = match (open(path), &label_values) {
        (Ok(opened), _) => opened,
        (Err(_), Some(_)) => return Ok(describe_label_picture(path, label_values)),
        (Err(error), None) => return Err(error.into()),
    };
    let Opened { document, kind, mut warnings, possible_labels, spacing_state, window, .. } = opened;
    for note in warnings.iter_mut().filter(|note| note.ends_with(TRACING_KEEPS_THEM)) {
        note.push_str(" (`retidiff trace`)");
    }
    let has_laterality = document.pages.iter().any(|page| page.scan.laterality.is_some());
    let table = &document.labels;
    let localizer = document.localizer.as_ref().map(|localizer| LocalizerDescription {
        width: localizer.image.width,
        height: localizer.image.height,
        lines: localizer.lines.to_vec(),
    });
    Ok(Description {
        localizer,
        path: path.display().to_string(),
        kind: kind.to_string(),
        name: Some(document.name.clone()),
        credit: document.credit.clone(),
        b_scan_distance_um: document.b_scan_distance_um,
        spacing_state,
        laterality_state: has_laterality.then_some(FactState::FromFile),
        window: window.map(|window| WindowDescription {
            black: window.black,
            white: window.white,
            source: window.source.word(),
        }),
        pages: document.pages.iter().map(|page| describe_page(page, table)).collect(),
        data_set: None,
        possible_labels: possible_labels.map(|possible| PossibleDescription {
            scheme: possible.scheme.word(),
            labels: possible
                .labels
                .counts()
                .into_iter()
                .map(|(code, pixels)| label_count(code, pixels, table))
                .collect(),
        }),
        label_values,
        warnings,
        identity_fields: None,
    })
}

/// A picture of labels that is nothing else: a table of codes, numbers that no scan is stored as.
fn describe_label_picture(path: &Path, label_values: Option<LabelValues>) -> Description {
    Description {
        path: path.display().to_string(),
        kind: "label picture".to_owned(),
        label_values,
        ..Description::default()
    }
}

fn describe_data_set(path: &Path) -> anyhow::Result<Description> {
    let entries = Manifest::read(path)?.entries;
    let distinct = |text: fn(&crate::dataset::manifest::ManifestEntry) -> &String| {
        let mut all: Vec<String> = entries.iter().map(|entry| text(entry).clone()).collect();
        all.sort();
        all.dedup();
        all
    };
    Ok(Description {
        path: path.display().to_string(),
        kind: "data set".to_owned(),
        name: None,
        credit: None,
        b_scan_distance_um: None,
        spacing_state: None,
        laterality_state: None,
        window: None,
        pages: Vec::new(),
        data_set: Some(DataSetDescription {
            scans: entries.len(),
            labelled: entries.iter().filter(|entry| entry.label.is_some()).count(),
            pseudo_labelled: entries.iter().filter(|entry| entry.pseudo_labelled).count(),
            subjects: distinct(|entry| &entry.subject),
            sources: distinct(|entry| &entry.source),
        }),
        ..Description::default()
    })
}

/// A code with what the document calls it.
fn label_count(code: u8, pixels: u64, table: &LabelTable) -> LabelCount {
    let name = if code == UNANNOTATED { "Unannotated" } else { table.name(code) };
    LabelCount { code, name: name.to_owned(), pixels }
}

fn describe_page(page: &Page, table: &LabelTable) -> PageDescription {
    let scan = &page.scan;
    let measured = Measurements::about(&page.mask, scan.spacing, scan.fovea_column);
    let codes = LABELS.iter().map(|label| label.code).chain([UNANNOTATED]);
    let labels = codes.map(|code| label_count(code, measured.label_pixels[usize::from(code)], table));
    let lesions = measured.lesions.iter().filter(|lesion| lesion.count > 0).map(|lesion| LesionDescription {
        name: table.name(LESION_BASE + lesion.lesion.code()).to_owned(),
        count: lesion.count,
        area_mm2: lesion.area_mm2,
    });
    let scanned_fraction = scan
        .scanned_area
        .as_ref()
        .map_or(1.0, |area| area.iter().filter(|&&inside| inside != 0).count() as f64 / area.len() as f64);
    PageDescription {
        name: scan.name.clone(),
        width: scan.width(),
        height: scan.height(),
        spacing: scan.spacing,
        laterality: scan.laterality,
        scanned_fraction,
        annotated_columns: measured.annotated_columns,
        labels: labels.filter(|label| label.pixels > 0).collect(),
        lesions: lesions.collect(),
        has_synthesis: page.synthesis.is_some(),
    }
}

fn as_text(description: &Description) -> String {
    let mut text = String::new();
    // Writing into a string cannot fail.
    let _ = write_text(&mut text, description);
    text
}

fn write_text(text: &mut String, description: &Description) -> std::fmt::Result {
    writeln!(text, "{}: {}", description.path, description.kind)?;
    if let Some(data) = &description.data_set {
        writeln!(
            text,
            "  scans: {}, {} labelled ({} by a model)",
            data.scans, data.labelled, data.pseudo_labelled
        )?;
        writeln!(text, "  sources: {}", data.sources.join(", "))?;
        writeln!(text, "  subjects: {} ({})", data.subjects.len(), data.subjects.join(", "))?;
    }
    if let Some(credit) = &description.credit {
        writeln!(text, "  credit: {credit}")?;
    }
    if description.pages.len() > 1 {
        let distance =
            description.b_scan_distance_um.map_or(String::new(), |um| format!(", {um:.1} µm apart"));
        writeln!(text, "  B-scans: {}{distance}", description.pages.len())?;
    }
    if let Some(localizer) = &description.localizer {
        let (width, height) = (localizer.width, localizer.height);
        let (known, count) = (localizer.lines.iter().flatten().count(), localizer.lines.len());
        writeln!(text, "  localizer: {width}x{height} px, with the lines of {known} of {count} B-scans")?;
    }
    for page in &description.pages {
        write_page(text, page)?;
    }
    if let Some(possible) = &description.possible_labels {
        writeln!(text, "  may be a label map (codes of the {} scheme):", possible.scheme)?;
        write_labels(text, &possible.labels)?;
    }
    if let Some(values) = &description.label_values {
        values.write(text)?;
    }
    for warning in &description.warnings {
        writeln!(text, "  note: {warning}")?;
    }
    if let Some(fields) = &description.identity_fields {
        let fields = if fields.is_empty() { "none".to_owned() } else { fields.join(", ") };
        writeln!(text, "  identity fields in the file (never kept): {fields}")?;
    }
    Ok(())
}

fn write_page(text: &mut String, page: &PageDescription) -> std::fmt::Result {
    write!(text, "  {}: {}x{} px", page.name, page.width, page.height)?;
    match page.spacing {
        Some(um) => {
            write!(text, ", {:.2} µm down, {:.2} µm across", um.axial_um_per_px, um.lateral_um_per_px)?
        }
        None => write!(text, ", spacing unknown")?,
    }
    if let Some(laterality) = page.laterality {
        write!(text, ", {}", laterality.name())?;
    }
    if page.scanned_fraction < 1.0 {
        write!(text, ", {:.1} % scanned", page.scanned_fraction * 100.0)?;
    }
    writeln!(text, "{}", if page.has_synthesis { ", with a synthesis" } else { "" })?;
    if page.annotated_columns == 0 && page.lesions.is_empty() {
        return writeln!(text, "    labels: none");
    }
    writeln!(text, "    labels in {} of {} columns:", page.annotated_columns, page.width)?;
    write_labels(text, &page.labels)?;
    for lesion in &page.lesions {
        let area = lesion.area_mm2.map_or(String::new(), |area| format!(", {area:.4} mm²"));
        let regions = if lesion.count == 1 { "region" } else { "regions" };
        writeln!(text, "    {}: {} {regions}{area}", lesion.name, lesion.count)?;
    }
    Ok(())
}

fn write_labels(text: &mut String, labels: &[LabelCount]) -> std::fmt::Result {
    for label in labels {
        writeln!(text, "    {:>5}  {:<12}{:>9} px", label.code, label.name, label.pixels)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{scan_image, write_file};
    use crate::scan::GreyImage;

    #[test]
    fn a_grey_image_of_codes_may_be_a_label_map_and_its_codes_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("codes.png");
        let codes: Vec<u8> = [0, 0, 1, 3, 3, 9, 8, 8].iter().flat_map(|&code| [code; 2]).collect();
        write_file(&path, &scan_image::write(&GreyImage::new(2, 8, codes), &[]).unwrap()).unwrap();
        let description = describe(&path, &LabelChoice::Unsaid).unwrap();
        let text = as_text(&description);
        assert!(
            text.contains("image") && text.contains("may be a label map (codes of the studio scheme)"),
            "{text}"
        );
        assert!(text.contains(&format!("{:>5}  {:<12}{:>9} px", 3, "INL", 4)), "{text}");
        let json: serde_json::Value = serde_json::to_value(&description).unwrap();
        assert_eq!(json["kind"], "image");
        assert_eq!(json["possible_labels"]["scheme"], "studio");
        let counts = json["possible_labels"]["labels"].as_array().unwrap();
        let irf = counts.iter().find(|count| count["code"] == 9).unwrap();
        assert_eq!((&irf["name"], &irf["pixels"]), (&"IRF".into(), &2.into()));
    }
}
