//! Folders of scans and labels as segmentation networks take them: nnU-Net (v2) and MIRAGE.
//!
//! Both want one PNG a B-scan and a small JSON that says what the numbers mean. B-scans without any label are left out:
//! there is nothing to learn from them here.

use serde_json::{Map, Value, json};

use super::provenance::ScanMarks;
use super::{FormatError, scan_image};
use crate::anatomy::{LABELS, UNANNOTATED};
use crate::document::{Document, Page};
use crate::scan::GreyImage;

/// A file of a folder: its path in it, and its bytes.
pub type FolderFile = (String, Vec<u8>);

/// nnU-Net's number of pixels that count for nothing: the highest, as it asks.
const NNUNET_IGNORE: u8 = LABELS.len() as u8;

/// The pages that hold labels, with numbers from 1.
///
/// # Errors
/// If none does.
fn labelled<'a>(document: &'a Document, name: &str) -> Result<Vec<(usize, &'a Page)>, FormatError> {
    let has_labels = |page: &&Page| page.mask.composite_pixels().iter().any(|&code| code != UNANNOTATED);
    let pages: Vec<_> = (1..).zip(&document.pages).filter(|(_, page)| has_labels(page)).collect();
    if pages.is_empty() {
        let remedy = "label at least one B-scan, or write the scans alone (--format png)";
        return Err(FormatError::malformed(name, "the document", "it has no labels", remedy));
    }
    Ok(pages)
}

/// A data set of nnU-Net v2: `imagesTr/CASE_0000.png`, `labelsTr/CASE.png`, `dataset.json`. Labels have the numbers
/// of the label table, pixels that nobody annotated the number 12, "ignore". Scans say of themselves what `marks` hold.
///
/// # Errors
/// If no B-scan has labels.
pub fn nnunet(
    document: &Document,
    marks: &ScanMarks,
    case: &str,
    name: &str,
) -> Result<Vec<FolderFile>, FormatError> {
    let pages = labelled(document, name)?;
    let mut files = Vec::new();
    for &(number, page) in &pages {
        let codes: Vec<u8> = page
            .mask
            .composite_pixels()
            .into_iter()
            .map(|code| if code == UNANNOTATED { NNUNET_IGNORE } else { code })
            .collect();
        let labels = GreyImage::new(page.scan.width(), page.scan.height(), codes);
        let stem = format!("{case}_{number:04}");
        files.push((
            format!("imagesTr/{stem}_0000.png"),
            scan_image::write(&page.scan.image, &marks.of(number - 1))?,
        ));
        files.push((format!("labelsTr/{stem}.png"), scan_image::write(&labels, &[])?));
    }
    let mut labels = Map::new();
    for label in &LABELS {
        // nnU-Net asks for a class of this name with the number 0.
        let name = if label.code == 0 { "background" } else { label.name };
        labels.insert(name.to_owned(), json!(label.code));
    }
    labels.insert("ignore".to_owned(), json!(NNUNET_IGNORE));
    let about = json!({
        "channel_names": {"0": "OCT"},
        "labels": labels,
        "numTraining": pages.len(),
        "file_ending": ".png",
        "overwrite_image_reader_writer": "NaturalImage2DIO",
    });
    files.push(("dataset.json".to_owned(), pretty(&about)));
    Ok(files)
}

/// A data set of MIRAGE: `train/bscan/CASE.png`, `train/semseg/CASE.png`, `INFO.json`. Everything goes into `train`: a
/// document does not know which subject is kept for testing. Scans say of themselves what `marks` hold.
///
/// # Errors
/// If no B-scan has labels.
pub fn mirage(
    document: &Document,
    marks: &ScanMarks,
    case: &str,
    name: &str,
) -> Result<Vec<FolderFile>, FormatError> {
    let mut files = Vec::new();
    for (number, page) in labelled(document, name)? {
        let stem = format!("{case}_{number:04}");
        let (width, height) = (page.scan.width(), page.scan.height());
        // Its reader takes the values as they stand, so the labels are grey, not indexed.
        let labels = GreyImage::new(width, height, page.mask.composite_pixels());
        files.push((
            format!("train/bscan/{stem}.png"),
            scan_image::write(&page.scan.image, &marks.of(number - 1))?,
        ));
        files.push((format!("train/semseg/{stem}.png"), scan_image::write(&labels, &[])?));
    }
    let mut about = Map::new();
    for label in &LABELS {
        about.insert(label.code.to_string(), json!({"value": label.code, "label": label.name}));
    }
    // A class whose name holds "background" is left out of its loss.
    let unannotated = json!({"value": UNANNOTATED, "label": "background (not annotated)"});
    about.insert(LABELS.len().to_string(), unannotated);
    files.push(("INFO.json".to_owned(), pretty(&Value::Object(about))));
    Ok(files)
}

fn pretty(value: &Value) -> Vec<u8> {
    // A value of names and numbers always becomes JSON.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text.into_bytes()
}
