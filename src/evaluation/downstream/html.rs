//! The report as a page that stands alone, with pictures: for a few test scans the labels of the grader and of each
//! arm's first run (the paper's Figure 2 B).

use std::fmt::Write as _;

use super::error::DownstreamError;
use super::markdown::{conditions, tables};
use super::measure::labels_of;
use super::report::{MeasuredArm, Report};
use super::test_set::TestSet;
use crate::anatomy::{self, UNANNOTATED, is_lesion};
use crate::dataset::samples::LabelledScan;
use crate::formats::markup::{base64, escaped};
use crate::scan::GreyImage;

/// Scans that are shown.
const SHOWN_SCANS: usize = 3;
/// How much of a label's colour is laid over the scan.
const LABEL_SHARE: f32 = 0.45;

pub(in crate::evaluation) const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:1200px;padding:0 1rem}\
table{border-collapse:collapse;font-size:13px;margin:.5rem 0 1.5rem}\
td,th{border:1px solid #bbb;padding:.25rem .5rem;text-align:right}\
td:nth-child(-n+2),th{text-align:left}\
figure{display:inline-block;margin:.3rem;width:280px}figure img{width:100%}\
@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}}";

/// The page.
///
/// # Errors
/// If labels that a run gave cannot be read.
pub(super) fn page(report: &Report, test: &TestSet, arms: &[MeasuredArm]) -> Result<String, DownstreamError> {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Does it help a segmenter?</title>\
         <style>{STYLE}</style><h1>Does it help a segmenter?</h1><p>{}</p><p>{}</p>",
        escaped(&report.says),
        escaped(&conditions(report))
    );
    for table in tables(report) {
        page += &table.html();
    }
    page += "<h2>Pictures</h2><p>The scans with most fluid of each eye: bare, with the grader's labels, and with those of \
             the first run of each arm.</p>";
    for scan in shown(test) {
        // Writing into a string cannot fail.
        let _ = write!(page, "<h3>{}</h3>", escaped(&scan.entry.id));
        let nothing = vec![UNANNOTATED; scan.labels.len()];
        page += &figure("scan", scan, &nothing);
        page += &figure("grader", scan, &scan.labels);
        for measured in arms {
            let Some((run, _)) = measured.runs.first() else { continue };
            page += &figure(&measured.arm.to_string(), scan, &labels_of(run, &scan.entry.id)?);
        }
    }
    page += "</html>\n";
    Ok(page)
}

/// The scan with most fluid of every eye, of as many eyes as are shown.
pub(in crate::evaluation) fn shown(test: &TestSet) -> Vec<&LabelledScan> {
    let fluid = |scan: &&LabelledScan| scan.labels.iter().filter(|&&code| is_lesion(code)).count();
    let of_subject =
        |subject: &String| test.scans.iter().filter(|scan| scan.entry.subject == *subject).max_by_key(fluid);
    test.subjects.iter().filter_map(of_subject).take(SHOWN_SCANS).collect()
}

/// A figure of a scan under the colours of its labels.
pub(in crate::evaluation) fn figure(caption: &str, scan: &LabelledScan, codes: &[u8]) -> String {
    let picture = base64(&overlay(&scan.image, codes));
    format!(
        "<figure><img alt=\"{caption}\" src=\"data:image/png;base64,{picture}\"><figcaption>{caption}</figcaption></figure>"
    )
}

/// A PNG of the scan under the colours of its labels.
fn overlay(image: &GreyImage, codes: &[u8]) -> Vec<u8> {
    let pixels: Vec<u8> = image
        .pixels
        .iter()
        .zip(codes)
        .flat_map(|(&grey, &code)| {
            let color = anatomy::label(code).filter(|_| code != UNANNOTATED).map(|label| label.color);
            [0, 1, 2].map(|channel| match color {
                Some(color) => {
                    let mixed =
                        f32::from(grey) * (1.0 - LABEL_SHARE) + f32::from(color[channel]) * LABEL_SHARE;
                    mixed.round() as u8
                }
                None => grey,
            })
        })
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, image.width, image.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&pixels)?;
        writer.finish()
    });
    written.expect("a picture of a scan's size is written to memory");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_laid_over_the_scan_and_text_cannot_be_markup() {
        let image = GreyImage::new(2, 1, vec![100, 200]);
        let bytes = overlay(&image, &[UNANNOTATED, 9]);
        let read = image::load_from_memory(&bytes).unwrap().to_rgb8();
        assert_eq!(read.get_pixel(0, 0).0, [100; 3]);
        assert_ne!(read.get_pixel(1, 0).0, [200; 3]);
        assert_eq!(escaped("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
