//! A scan from an image file, or the B-scans of a volume from one of several pages.

use std::path::Path;

use super::format::{Format, Input};
use super::label_png;
use super::opened::{FileKind, Opened, file_name};
use super::scan_image::{self, Pages};
use super::{FormatError, scanned_area, tiff_excerpt};
use crate::anatomy::LABELS;
use crate::document::Document;
use crate::scan::{BScan, GreyImage, Volume};

/// More different greys than there are label codes make no label map.
const MAX_CODES: usize = LABELS.len() + 1;

/// Every image that no other format claims.
pub(super) static FORMAT: Format = Format {
    name: "image (PNG, JPEG, TIFF, BMP)",
    endings: &["png", "jpg", "jpeg", "tif", "tiff", "bmp"],
    is_in_folders: true,
    recognises: scan_image::is_image,
    read,
};

fn read(input: Input) -> Result<Opened, FormatError> {
    document_of(input.bytes, input.name)
}

/// Opens a TIFF that is too large to be read whole by its first pages; `None` for every other file.
pub(super) fn open_large(path: &Path) -> Option<Result<Opened, FormatError>> {
    let name = file_name(path);
    tiff_excerpt::is_needed(path).then(|| {
        let excerpt = tiff_excerpt::of(path, scan_image::MAX_PAGES, &name)?;
        let mut opened = document_of(&excerpt.bytes, &name)?;
        opened.warnings.splice(0..0, excerpt.notes);
        Ok(opened)
    })
}

fn document_of(bytes: &[u8], name: &str) -> Result<Opened, FormatError> {
    let Pages { images, spacing, spacing_state, b_scan_distance_um, window, mut warnings } =
        scan_image::read_pages(bytes, name)?;
    let count = images.len();
    let mut b_scans: Vec<BScan> = Vec::with_capacity(count);
    let mut possible_labels = None;
    for (number, image) in (1..).zip(images) {
        if count == 1 && different_greys(&image) <= MAX_CODES {
            possible_labels = label_png::possible_labels(bytes, name);
        }
        let title = if count == 1 { name.to_owned() } else { format!("{name} {number}/{count}") };
        let mut scan = BScan::from_image(image, title);
        scan.spacing = spacing;
        scan.scanned_area = scanned_area::detect(&scan.image).map(Into::into);
        b_scans.push(scan);
    }
    if possible_labels.is_some() {
        warnings.push(format!(
            "{name}: every value is a label code; if this is a label map, drop it on its open scan, or choose \
             \"Load labels onto this B-scan\" there"
        ));
    }
    let kind = if count == 1 { FileKind::Image } else { FileKind::MultiPageTiff };
    let mut document = Document::from_volume(Volume { b_scans, b_scan_distance_um });
    document.name = name.to_owned();
    Ok(Opened { possible_labels, spacing_state, window, ..Opened::new(document, kind, warnings) })
}

fn different_greys(image: &GreyImage) -> usize {
    let mut seen = [false; 256];
    image.pixels.iter().for_each(|&value| seen[usize::from(value)] = true);
    seen.iter().filter(|seen| **seen).count()
}
