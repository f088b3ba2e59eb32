//! A label map on its own: a document with a black scan.

use super::FormatError;
use super::format::{Format, Input};
use super::label_png::{self, CodeScheme};
use super::opened::{FileKind, Opened};
use crate::document::Document;
use crate::mask::Mask;
use crate::scan::BScan;

/// Label maps that say so by their palette; other images may hold labels, too.
pub(super) static FORMAT: Format = Format {
    name: "label map PNG",
    endings: &[],
    is_in_folders: true,
    recognises: label_png::is_label_png,
    read,
};

fn read(Input { bytes, name, .. }: Input) -> Result<Opened, FormatError> {
    let labels = label_png::read(bytes, name, CodeScheme::Studio)?;
    let (mask, mut warnings) = Mask::from_composite(labels.width, labels.height, &labels.codes);
    warnings.splice(0..0, labels.warnings);
    let scan = BScan::placeholder(labels.width, labels.height, name);
    Ok(Opened::new(Document::from_scan(scan, mask), FileKind::LabelMap, warnings))
}
