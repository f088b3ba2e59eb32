//! Measurements as text: a CSV with one line a B-scan for statistics, and a short report to paste.
//!
//! A figure that the scan cannot give (µm or mm² without a spacing, a thickness where nothing is
//! annotated) is an empty cell, never a zero.

use std::fmt::Write;

use crate::anatomy::LESION_BASE;
use crate::document::{Document, LabelTable, Page};
use crate::mask::Measurements;

/// The measurements of every page, one line each after the heading.
pub fn write(document: &Document) -> String {
    let mut csv = String::new();
    for (index, page) in document.pages.iter().enumerate() {
        let cells = cells(index, page, &document.labels);
        if index == 0 {
            push_line(&mut csv, cells.iter().map(|(name, _)| name.clone()));
        }
        push_line(&mut csv, cells.into_iter().map(|(_, value)| value));
    }
    csv
}

pub(super) fn push_line(csv: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
    csv.push_str(&cells.join(","));
    csv.push_str("\r\n");
}

/// As RFC 4180 has it.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

fn cells(index: usize, page: &Page, labels: &LabelTable) -> Vec<(String, String)> {
    let spacing = page.scan.spacing;
    let measured = Measurements::about(&page.mask, spacing, page.scan.fovea_column);
    let number = |value: Option<f64>, digits: usize| {
        value.map_or_else(String::new, |value| format!("{value:.digits$}"))
    };
    let mut cells = vec![
        ("b_scan".to_owned(), (index + 1).to_string()),
        ("name".to_owned(), page.scan.name.clone()),
        ("axial_um_per_px".to_owned(), number(spacing.map(|s| f64::from(s.axial_um_per_px)), 4)),
        ("lateral_um_per_px".to_owned(), number(spacing.map(|s| f64::from(s.lateral_um_per_px)), 4)),
        ("annotated_columns".to_owned(), measured.annotated_columns.to_string()),
    ];
    let is_annotated = measured.annotated_columns > 0;
    let known = |value: Option<f64>| value.filter(|_| is_annotated);
    for lesion in &measured.lesions {
        let name = labels.name(LESION_BASE + lesion.lesion.code());
        cells.extend([
            (format!("{name}_count"), lesion.count.to_string()),
            (format!("{name}_px"), lesion.pixels.to_string()),
            (format!("{name}_mm2"), number(lesion.area_mm2, 6)),
            (format!("{name}_largest_px"), lesion.largest_pixels.to_string()),
            (format!("{name}_largest_mm2"), number(lesion.largest_mm2, 6)),
        ]);
    }
    for layer in &measured.layers {
        let name = labels.name(layer.layer);
        cells.push((format!("{name}_mean_px"), number(known(Some(layer.mean_thickness_px)), 3)));
        cells.push((format!("{name}_mean_um"), number(known(layer.mean_thickness_um), 2)));
    }
    for (name, thickness) in [("retina_mean", measured.retina), ("retina_central", measured.central)] {
        cells.push((format!("{name}_px"), number(thickness.px, 3)));
        cells.push((format!("{name}_um"), number(thickness.um, 2)));
    }
    cells
}

/// The measurements of one page as lines of text, the most asked for first, with the labels called as the
/// document calls them.
pub fn report(page: &Page, measured: &Measurements, labels: &LabelTable) -> String {
    let mut text = format!("{}\n", page.scan.name);
    // Writing to a string cannot fail.
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name}: {value}");
    };
    let thickness = |px: Option<f64>, um: Option<f64>| match (um, px) {
        (Some(um), _) => format!("{um:.1} µm"),
        (None, Some(px)) => format!("{px:.1} px"),
        (None, None) => "not annotated".to_owned(),
    };
    let area = |pixels: u64, mm2: Option<f64>| match mm2 {
        Some(mm2) => format!("{mm2:.4} mm²"),
        None => format!("{pixels} px"),
    };
    for lesion in &measured.lesions {
        let largest = area(lesion.largest_pixels, lesion.largest_mm2);
        let value = match lesion.count {
            0 => "none".to_owned(),
            count => format!("{}, {count} separate, largest {largest}", area(lesion.pixels, lesion.area_mm2)),
        };
        line(labels.name(LESION_BASE + lesion.lesion.code()), value);
    }
    line("Retina, mean", thickness(measured.retina.px, measured.retina.um));
    line("Retina, central", thickness(measured.central.px, measured.central.um));
    if measured.annotated_columns > 0 {
        for layer in &measured.layers {
            line(labels.name(layer.layer), thickness(Some(layer.mean_thickness_px), layer.mean_thickness_um));
        }
    }
    line("Annotated columns", format!("{} of {}", measured.annotated_columns, page.scan.width()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::LabelLook;
    use crate::mask::{Mask, Plane};
    use crate::scan::{BScan, GreyImage, Spacing};

    fn page(spacing: Option<Spacing>) -> Page {
        let mut mask = Mask { layers: Plane::filled(100, 50, 0), lesions: Plane::filled(100, 50, 0) };
        for y in 10..30 {
            mask.layers.fill_run(y, 0, 100, 3);
        }
        for y in 12..17 {
            mask.lesions.fill_run(y, 20, 30, 1);
        }
        let mut scan = BScan::from_image(GreyImage::new(100, 50, vec![0; 5000]), "a, \"b\"");
        scan.spacing = spacing;
        Page::new(scan, mask)
    }

    fn cell(csv: &str, name: &str, line: usize) -> String {
        // Cells of the test's heading hold no comma; of its lines only the second, which is quoted.
        let lines: Vec<&str> = csv.lines().collect();
        let at = lines[0].split(',').position(|heading| heading == name).expect("a heading");
        let plain = lines[line].replace("\"a, \"\"b\"\"\"", "name");
        plain.split(',').nth(at).expect("a cell").to_owned()
    }

    #[test]
    fn every_page_is_a_line_and_what_is_unknown_is_empty() {
        let mut document = Document::from_scan(
            BScan::from_image(GreyImage::new(1, 1, vec![0]), "x"),
            Mask::unannotated(1, 1),
        );
        document.pages.splice(.., [page(Spacing::checked(4.0, 10.0)), page(None)]);
        let csv = write(&document);
        assert_eq!(csv.lines().count(), 3);
        assert!(csv.contains("\"a, \"\"b\"\"\""));
        assert_eq!(cell(&csv, "IRF_px", 1), "50");
        assert_eq!(cell(&csv, "IRF_mm2", 1), "0.002000");
        assert_eq!(cell(&csv, "IRF_mm2", 2), "");
        assert_eq!(cell(&csv, "INL_mean_um", 1), "80.00");
        assert_eq!(cell(&csv, "INL_mean_px", 2), "20.000");
        assert_eq!(cell(&csv, "retina_central_um", 2), "");
    }

    #[test]
    fn renamed_labels_are_called_as_the_document_calls_them() {
        let page = page(None);
        let mut document = Document::from_scan((*page.scan).clone(), page.mask.clone());
        let named =
            |code: u8, name: &str| LabelLook { name: name.to_owned(), color: [0; 3], visible: code > 0 };
        let labels = document.labels.with(9, named(9, "Oedema, cystoid")).with(3, named(3, "Inner nuclear"));
        document.labels = labels.into();
        let heading = write(&document).lines().next().expect("a heading").to_owned();
        assert!(
            heading.contains(",\"Oedema, cystoid_count\",") && heading.contains(",Inner nuclear_mean_px,")
        );
        let text = report(&page, &Measurements::of(&page.mask, None), &document.labels);
        assert!(text.contains("Oedema, cystoid: 50 px") && text.contains("Inner nuclear: 20.0 px"), "{text}");
    }

    #[test]
    fn the_report_says_um_or_px() {
        let page = page(Spacing::checked(4.0, 10.0));
        let text = report(&page, &Measurements::of(&page.mask, page.scan.spacing), &LabelTable::default());
        assert!(text.contains("IRF: 0.0020 mm², 1 separate, largest 0.0020 mm²\n"), "{text}");
        assert!(text.contains("INL: 80.0 µm\n"), "{text}");
        let text = report(&page, &Measurements::of(&page.mask, None), &LabelTable::default());
        assert!(text.contains("IRF: 50 px") && text.contains("INL: 20.0 px\n"), "{text}");
    }
}
