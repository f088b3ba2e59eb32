//! The picture of the fundus beside a volume: read with the lines of its B-scans, kept in the document, told by `info`.

use std::path::{Path, PathBuf};

use retidiff::formats::open::open;
use retidiff::formats::{read_document, write_document, write_file};
use retidiff::scan::ScanLine;

use crate::fixtures::{grey, grey_png, shared_data};

fn clinical(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clinical").join(name)
}

#[test]
fn the_photograph_that_a_dicom_volume_refers_to_is_its_localizer() {
    let opened = open(&clinical("with_localizer")).unwrap();
    let localizer = opened.document.localizer.clone().expect("a localizer");
    let greys: Vec<u8> = (0..30).flat_map(|y| (0..40).map(move |x| 3 * y + 2 * x)).collect();
    assert_eq!((localizer.image.width, localizer.image.height), (40, 30));
    assert_eq!(localizer.image.pixels[..], greys[..]);
    let line = |y: f32| Some(ScanLine { start: [4.0, y], end: [36.0, y] });
    assert_eq!(localizer.lines[..], [line(20.0), line(15.0), line(10.0)]);
    let notes = opened.warnings.join("\n");
    assert!(notes.contains("slo.dcm, a fundus photograph, is the localizer"), "{notes}");
    assert!(notes.contains("left out: another.dcm"), "{notes}");
    let bytes = write_document(&opened.document);
    for marker in [&b"Canary"[..], b"CANARY", b"1.2.826"] {
        assert!(!bytes.windows(marker.len()).any(|part| part == marker), "nothing of identity is kept");
    }
    let (again, warnings) = read_document(&bytes, "a.retidiff").unwrap();
    assert_eq!((again.localizer, warnings.len()), (opened.document.localizer, 0));
}

/// A HEYEX export of three B-scans whose second picture is missing, the localizer's picture of half its stated size.
fn export(folder: &Path) -> PathBuf {
    let image = |kind: &str, file: &str, inside: &str| {
        format!(
            "<Image><ImageType><Type>{kind}</Type></ImageType><OphthalmicAcquisitionContext>{inside}\
             </OphthalmicAcquisitionContext><ImageData><ExamURL>C:\\x\\{file}</ExamURL></ImageData></Image>"
        )
    };
    let slo = "<Width>80</Width><Height>60</Height><ScaleX>0.1</ScaleX><ScaleY>0.1</ScaleY>";
    let b_scan = |y: f32| {
        format!(
            "<Width>24</Width><Height>18</Height><ScaleX>0.01</ScaleX><ScaleY>0.004</ScaleY>\
             <Start><Coord><X>1</X><Y>{y}</Y></Coord></Start><End><Coord><X>7</X><Y>{y}</Y></Coord></End>"
        )
    };
    let images = [
        image("LOCALIZER", "slo.png", slo),
        image("OCT", "b1.png", &b_scan(4.0)),
        image("OCT", "b2.png", &b_scan(3.5)),
        image("OCT", "b3.png", &b_scan(3.0)),
    ];
    let xml =
        format!("<HEDX><BODY><Series><Laterality>R</Laterality>{}</Series></BODY></HEDX>", images.concat());
    for (file, bytes) in
        [("slo.png", grey_png(40, 30)), ("b1.png", grey_png(24, 18)), ("b3.png", grey_png(24, 18))]
    {
        write_file(&folder.join(file), &bytes).unwrap();
    }
    let path = folder.join("export.xml");
    write_file(&path, xml.as_bytes()).unwrap();
    path
}

#[test]
fn the_localizer_of_a_heyex_export_has_the_lines_of_the_b_scans_that_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let opened = open(&export(folder.path())).unwrap();
    assert_eq!(opened.document.pages.len(), 2, "the second picture is missing");
    let localizer = opened.document.localizer.clone().expect("a localizer");
    assert_eq!(localizer.image, grey(40, 30));
    let found: Vec<_> = localizer.lines.iter().flatten().map(|line| (line.start, line.end)).collect();
    let expected = [([5.0, 20.0], [35.0, 20.0]), ([5.0, 15.0], [35.0, 15.0])];
    for (found, expected) in found.iter().zip(expected) {
        let near = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).abs() < 1e-3 && (a[1] - b[1]).abs() < 1e-3;
        assert!(near(found.0, expected.0) && near(found.1, expected.1), "{found:?}");
    }
    assert_eq!(found.len(), 2);
    assert_eq!(localizer.nearest([20.0, 15.5], 2.0), Some(1));
    let notes = opened.warnings.join("\n");
    assert!(notes.contains("with the lines of 2 of 2") && notes.contains("b2.png"), "{notes}");
}

#[test]
fn numbers_with_a_comma_are_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = export(folder.path());
    let xml = std::fs::read_to_string(&path)
        .unwrap()
        .replace("3.5", "3,5")
        .replace("0.0", "0,0")
        .replace("0.1", "0,1");
    write_file(&path, xml.as_bytes()).unwrap();
    let opened = open(&path).unwrap();
    let spacing = opened.document.pages[0].scan.spacing.expect("a size of a pixel");
    assert!((spacing.lateral_um_per_px - 10.0).abs() < 1e-3 && (spacing.axial_um_per_px - 4.0).abs() < 1e-3);
    assert_eq!(opened.document.localizer.expect("a localizer").known_lines(), 2);
}

#[test]
fn the_cases_of_heyex_have_their_localizer() {
    let Some(made) = shared_data("localizers of the HEYEX cases").map(|data| data.join("../cases/made"))
    else {
        return;
    };
    for (folder, b_scans) in
        [("heyex_series_root_bom", 10), ("heyex_hedx_namespace", 10), ("heyex_two_images_missing", 8)]
    {
        let folder = made.join(folder);
        if !folder.is_dir() {
            eprintln!("skipped: {}: it is not there", folder.display());
            continue;
        }
        let opened = open(&folder).unwrap();
        let localizer = opened.document.localizer.expect("a localizer");
        assert_eq!((localizer.image.width, localizer.image.height), (768, 768));
        assert_eq!((localizer.lines.len(), localizer.known_lines()), (b_scans, b_scans));
        let first = localizer.lines[0].expect("a line");
        assert!((first.start[0] - 1.0 / 0.0117).abs() < 0.01 && (first.start[1] - 7.5 / 0.0117).abs() < 0.01);
    }
}
