//! One scan into a data set: its files, and its line of the manifest.

use std::path::Path;

use super::terms::ImportTerms;
use crate::dataset::manifest::{MANIFEST_VERSION, Manifest, ManifestEntry};
use crate::dataset::pseudo_labels::pseudo_labels;
use crate::dataset::watch::{Tally, Watch};
use crate::formats::folder::ImportedScan;
use crate::formats::{FormatError, label_png, scan_image, write_file};
use crate::mask::Interfaces;
use crate::scan::GreyImage;

/// Where a scan comes from and what it is called in the data set.
pub(super) struct Origin<'a> {
    pub id: &'a str,
    pub subject: String,
    pub b_scan: Option<u32>,
    pub source: &'a str,
    pub credit: Option<&'a str>,
    /// What the device traced, where that was not all.
    pub device_lines: Option<&'a Interfaces>,
}

/// Writes a scan and its line of the manifest; one without labels gets those of the auto-trace, if that was asked for.
pub(super) fn append_scan(
    terms: &ImportTerms,
    manifest: &mut Manifest,
    tally: &mut Tally,
    watch: &mut dyn Watch,
    origin: Origin,
    mut scan: ImportedScan,
) -> Result<(), FormatError> {
    scan.warnings.iter().for_each(|warning| watch.note(warning));
    let is_traced = terms.pseudo_label && scan.labels.is_none();
    if is_traced {
        scan.labels = pseudo_labels(&scan.scan, origin.device_lines);
        if scan.labels.is_none() {
            let id = origin.id;
            watch.note(&format!("{id}: the auto-trace is not sure of it, so it stays without labels"));
        }
    }
    *match (scan.labels.is_some(), is_traced) {
        (true, false) => &mut tally.labelled,
        (true, true) => &mut tally.pseudo_labelled,
        (false, _) => &mut tally.unlabelled,
    } += 1;
    let pseudo_labelled = is_traced && scan.labels.is_some();
    let entry = write_scan(&terms.out, origin, &scan, pseudo_labelled)?;
    manifest.append(entry)
}

/// Writes the files of a scan and returns the line that names them.
fn write_scan(
    out: &Path,
    origin: Origin,
    read: &ImportedScan,
    pseudo_labelled: bool,
) -> Result<ManifestEntry, FormatError> {
    let (id, scan) = (origin.id, &read.scan);
    let (width, height) = (scan.width(), scan.height());
    let text: Vec<(&str, &str)> = origin.credit.map(|credit| ("Source", credit)).into_iter().collect();
    let image = format!("images/{id}.png");
    write_file(&out.join(&image), &scan_image::write(&scan.image, &text)?)?;
    let label = match &read.labels {
        Some(codes) => {
            let label = format!("labels/{id}.png");
            let traced = ("Comment", "layers proposed by auto-trace where it is sure, not corrected");
            let text: Vec<(&str, &str)> =
                text.iter().copied().chain(pseudo_labelled.then_some(traced)).collect();
            write_file(&out.join(&label), &label_png::write(width, height, codes, &text)?)?;
            Some(label)
        }
        None => None,
    };
    let scanned_area = match &scan.scanned_area {
        Some(area) => {
            let scanned = format!("scanned/{id}.png");
            let visible: Vec<u8> = area.iter().map(|&inside| inside * u8::MAX).collect();
            let visible = GreyImage::new(width, height, visible);
            write_file(&out.join(&scanned), &scan_image::write(&visible, &[])?)?;
            Some(scanned)
        }
        None => None,
    };
    Ok(ManifestEntry {
        version: MANIFEST_VERSION,
        id: id.to_owned(),
        image,
        label,
        scanned_area,
        width,
        height,
        spacing: scan.spacing,
        laterality: scan.laterality,
        subject: origin.subject,
        b_scan: origin.b_scan,
        source: origin.source.to_owned(),
        credit: origin.credit.map(str::to_owned),
        ignored_columns: read.ignored_columns.clone(),
        pseudo_labelled,
        outlines_of: None,
    })
}
