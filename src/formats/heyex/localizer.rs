//! The localizer of an export: the picture of the fundus, with the lines of the B-scans that were read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::export::{ExportImage, ExportSeries};
use super::pictures::read_image;
use crate::scan::{Localizer, ScanLine};

/// The first localizer of a series whose picture is there; notes say what becomes of every image that is no B-scan.
/// `b_scans` are those that were read, in order.
pub(super) fn of(
    series: &ExportSeries,
    b_scans: &[&ExportImage],
    files: &BTreeMap<String, PathBuf>,
    name: &str,
    notes: &mut Vec<String>,
) -> Option<Localizer> {
    let mut found: Option<Localizer> = None;
    for image in series.images.iter().filter(|image| !image.kind.eq_ignore_ascii_case("OCT")) {
        let file = &image.file;
        let kind = match image.kind.as_str() {
            "" => "image of no kind".to_owned(),
            kind => kind.to_lowercase(),
        };
        if found.is_some() || !image.kind.eq_ignore_ascii_case("LOCALIZER") {
            notes.push(format!("{name}: the {kind} {file} is no B-scan and is not opened"));
            continue;
        }
        match read_image(image, files, name) {
            Ok((picture, _)) => {
                let size = [picture.width, picture.height];
                let lines: Vec<_> = b_scans.iter().map(|b_scan| line(b_scan, image, size)).collect();
                let localizer = Localizer::new(picture, lines);
                let (known, count) = (localizer.known_lines(), b_scans.len());
                notes.push(format!(
                    "{name}: the localizer {file} is no B-scan; it is shown beside them, with the lines of {known} of \
                     {count}"
                ));
                found = Some(localizer);
            }
            Err(problem) => {
                notes.push(format!("{name}: the localizer, which is no B-scan, was left out: {problem}"));
            }
        }
    }
    found
}

/// Where a B-scan lies on a localizer whose picture is of `size`: its pixels are as large as the XML says, unless the
/// picture was scaled since.
fn line(b_scan: &ExportImage, localizer: &ExportImage, size: [u32; 2]) -> Option<ScanLine> {
    let stated = [localizer.width.unwrap_or(size[0]), localizer.height.unwrap_or(size[1])];
    let [across, down] = [0, 1].map(|axis| f64::from(stated[axis]) / f64::from(size[axis]));
    let scale = [localizer.scale_x_mm? * across, localizer.scale_y_mm? * down];
    if !scale.iter().all(|mm| *mm > 0.0) {
        return None;
    }
    let pixels =
        |point: [Option<f64>; 2]| Some([(point[0]? / scale[0]) as f32, (point[1]? / scale[1]) as f32]);
    ScanLine::checked(pixels(b_scan.start)?, pixels(b_scan.end)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_in_the_pixels_of_the_picture() {
        let localizer =
            ExportImage { scale_x_mm: Some(0.02), scale_y_mm: Some(0.01), ..ExportImage::default() };
        let b_scan = ExportImage {
            start: [Some(1.0), Some(2.0)],
            end: [Some(5.0), Some(2.5)],
            ..ExportImage::default()
        };
        let found = line(&b_scan, &localizer, [400, 300]).expect("both say where they lie");
        assert_eq!((found.start, found.end), ([50.0, 200.0], [250.0, 250.0]));
        let unknown = ExportImage { end: [None, Some(1.0)], ..b_scan.clone() };
        assert_eq!(line(&unknown, &localizer, [400, 300]), None);
        let halved = ExportImage { width: Some(800), height: Some(600), ..localizer.clone() };
        let found = line(&b_scan, &halved, [400, 300]).expect("a picture of half the size");
        assert_eq!((found.start, found.end), ([25.0, 100.0], [125.0, 125.0]));
        let without_size = ExportImage { scale_x_mm: Some(0.0), ..localizer };
        assert_eq!(line(&b_scan, &without_size, [400, 300]), None, "no division by nothing");
    }
}
