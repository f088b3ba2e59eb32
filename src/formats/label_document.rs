//! A label map on its own: a document without a scan.

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

#[cfg(test)]
mod tests {
    use super::super::open::open;
    use super::super::write_file;
    use super::*;

    #[test]
    fn labels_alone_come_without_a_scan() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.png");
        write_file(&path, &label_png::write(2, 3, &[0, 0, 1, 3, 8, 8], &[]).unwrap()).unwrap();
        let opened = open(&path).unwrap();
        let page = &opened.document.pages[0];
        assert_eq!((opened.kind, page.scan.is_placeholder), (FileKind::LabelMap, true));
        assert_eq!(page.mask.composite(1, 1), 3);
    }
}
