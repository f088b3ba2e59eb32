//! One scan into a training set.

use std::path::Path;

use crate::dataset::manifest::{Manifest, ManifestEntry};
use crate::dataset::samples::LabelledScan;
use crate::formats::{FormatError, label_png, scan_image, write_file};
use crate::scan::GreyImage;

/// Writes the files of a framed scan and returns its line. Files of `same`, where the frame changed nothing, are
/// linked: a large set that had to be imported lies on the disk once.
pub(super) fn write_scan(
    out: &Path,
    scan: &LabelledScan,
    same: Option<&Manifest>,
) -> Result<ManifestEntry, FormatError> {
    let entry = &scan.entry;
    let (width, height) = (scan.image.width, scan.image.height);
    let text: Vec<(&str, &str)> = entry.credit.iter().map(|credit| ("Source", credit.as_str())).collect();
    let put = |folder: &str, original: &str, bytes: &dyn Fn() -> Result<Vec<u8>, FormatError>| {
        let name = format!("{folder}/{}.png", entry.id);
        let file = out.join(&name);
        let is_linked = same.is_some_and(|same| {
            std::fs::create_dir_all(out.join(folder)).is_ok()
                && std::fs::hard_link(same.path(original), &file).is_ok()
        });
        if !is_linked {
            write_file(&file, &bytes()?)?;
        }
        Ok::<String, FormatError>(name)
    };
    let image = put("images", &entry.image, &|| scan_image::write(&scan.image, &text))?;
    let label = entry
        .label
        .as_ref()
        .map(|original| put("labels", original, &|| label_png::write(width, height, &scan.labels, &text)));
    let scanned_area = entry.scanned_area.as_ref().map(|original| {
        let visible = scan.scanned.iter().map(|&inside| u8::from(inside) * u8::MAX);
        put("scanned", original, &|| {
            scan_image::write(&GreyImage::new(width, height, visible.clone().collect::<Vec<u8>>()), &[])
        })
    });
    let (label, scanned_area) = (label.transpose()?, scanned_area.transpose()?);
    Ok(ManifestEntry { image, label, scanned_area, ..entry.clone() })
}
