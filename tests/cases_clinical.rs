//! The cases of clinical files: what hospitals and instruments bring, each opened as its table row says.

use std::path::PathBuf;

use retidiff::anatomy::Interface;
use retidiff::formats::label_png::{self, CodeScheme};
use retidiff::formats::open::{FileKind, Opened, open};
use retidiff::formats::{duke, mat, scan_image, write_document};
use retidiff::scan::{GreyImage, Laterality};

use crate::fixtures::shared_data;

/// What stands in the identity fields of the cases; nothing of it may be in a document.
const IDENTITY: [&[u8]; 5] = [b"Canary", b"CANARY", b"19500102", b"TEST-PATIENT-7731", b"SER-CAN"];

/// The folder of cases, or `None` with a note.
fn cases(test: &str) -> Option<PathBuf> {
    let made = shared_data(test)?.join("../cases/made");
    if !made.is_dir() {
        eprintln!("skipped: {test}: no cases beside the real data");
        return None;
    }
    Some(made)
}

/// Opens a case that must open, and checks that nothing of identity is in its document or its notes.
pub fn opened(path: &std::path::Path) -> Opened {
    let opened = open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    holds_no_identity(&opened);
    opened
}

pub fn holds_no_identity(opened: &Opened) {
    let said = format!("{:?}", opened.warnings);
    for bytes in [&write_document(&opened.document)[..], said.as_bytes()] {
        for marker in IDENTITY {
            assert!(
                !bytes.windows(marker.len()).any(|part| part == marker),
                "{}",
                String::from_utf8_lossy(marker)
            );
        }
    }
}

fn refusal(path: &std::path::Path) -> String {
    match open(path) {
        Ok(_) => panic!("{}: opens", path.display()),
        Err(error) => error.to_string(),
    }
}

fn mean(image: &GreyImage) -> f64 {
    image.pixels.iter().map(|&value| f64::from(value)).sum::<f64>() / image.pixels.len() as f64
}

/// Correlation of two pictures of one size.
fn correlation(a: &GreyImage, b: &GreyImage) -> f64 {
    assert_eq!((a.width, a.height), (b.width, b.height));
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut both, mut own_a, mut own_b) = (0.0, 0.0, 0.0);
    for (&a, &b) in a.pixels.iter().zip(b.pixels.iter()) {
        let (a, b) = (f64::from(a) - mean_a, f64::from(b) - mean_b);
        (both, own_a, own_b) = (both + a * b, own_a + a * a, own_b + b * b);
    }
    both / (own_a * own_b).sqrt()
}

#[test]
fn every_dicom_case_is_the_same_volume_of_a_right_eye() {
    let Some(cases) = cases("the DICOM cases") else { return };
    let folder = cases.join("dicom");
    let truth = opened(&folder.join("opt_5frames_8bit.dcm"));
    assert_eq!((truth.kind, truth.warnings.len()), (FileKind::Dicom, 0), "{:?}", truth.warnings);
    let first = mean(&truth.document.pages[0].scan.image);
    assert!((20.0..45.0).contains(&first), "{first}");
    for (name, likeness, noted) in [
        ("IM0001", 1.0, ""),
        ("opt_5frames_rle.dcm", 1.0, ""),
        ("opt_5frames_monochrome1.dcm", 1.0, ""),
        ("opt_5frames_12bit_window.dcm", 1.0 - 1e-5, "from 0 (black) to 4095 (white) are shown: the window"),
        ("opt_5frames_octconverter.dcm", 0.999, "percentiles"),
    ] {
        let case = opened(&folder.join(name));
        assert_eq!(case.kind, FileKind::Dicom, "{name}");
        assert_eq!(case.warnings.is_empty(), noted.is_empty(), "{name}: {:?}", case.warnings);
        assert!(case.warnings.iter().all(|note| note.contains(noted)), "{name}: {:?}", case.warnings);
        assert_eq!(case.document.pages.len(), 5, "{name}");
        assert!((case.document.b_scan_distance_um.unwrap() - 250.0).abs() < 0.01, "{name}");
        for (page, expected) in case.document.pages.iter().zip(&truth.document.pages) {
            let scan = &page.scan;
            let spacing = scan.spacing.unwrap();
            assert!((spacing.axial_um_per_px - 3.9).abs() < 1e-3, "{name}");
            assert!((spacing.lateral_um_per_px - 11.7).abs() < 1e-3, "{name}");
            assert_eq!(scan.laterality, Some(Laterality::Right), "{name}");
            let alike = correlation(&scan.image, &expected.scan.image);
            assert!(alike >= likeness - 1e-9, "{name}: {alike}");
            assert!((mean(&scan.image) - mean(&expected.scan.image)).abs() < 4.0, "{name}");
        }
    }
}

#[test]
fn dicom_files_that_lie_are_refused_with_a_remedy() {
    let Some(cases) = cases("the damaged DICOM cases") else { return };
    let claims = refusal(&cases.join("dicom/opt_claims_99_frames.dcm"));
    assert!(claims.contains("99 frames") && claims.contains("5 are there"), "{claims}");
    let cut = refusal(&cases.join("dicom/opt_cut_off.dcm"));
    assert!(cut.contains("opt_cut_off.dcm: byte") && cut.contains("get a fresh copy"), "{cut}");
}

#[test]
fn heyex_exports_open_by_their_xml_and_by_their_folder() {
    let Some(cases) = cases("the HEYEX cases") else { return };
    for (folder, pages) in
        [("heyex_series_root_bom", 10), ("heyex_hedx_namespace", 10), ("heyex_two_images_missing", 8)]
    {
        let folder = cases.join(folder);
        let by_folder = opened(&folder);
        let by_xml = opened(&folder.join("export.xml"));
        assert_eq!((by_xml.kind, by_folder.kind), (FileKind::Heyex, FileKind::Heyex));
        assert_eq!(by_xml.document.pages, by_folder.document.pages);
        assert_eq!(by_xml.document.pages.len(), pages);
        assert!((by_xml.document.b_scan_distance_um.unwrap() - 250.0).abs() < 0.1);
        for page in &by_xml.document.pages {
            assert_eq!((page.scan.width(), page.scan.height()), (256, 496), "the localizer is no B-scan");
            assert_eq!(page.scan.laterality, Some(Laterality::Right));
            assert!((page.scan.spacing.unwrap().axial_um_per_px - 3.9).abs() < 1e-3);
        }
        let notes = by_xml.warnings.join("\n");
        assert!(notes.contains("localizer") && notes.contains("no B-scan"), "{notes}");
        let missing: Vec<bool> = ["B0000003", "B0000008"].map(|file| notes.contains(file)).into();
        assert_eq!(missing, [pages == 8; 2], "{notes}");
        if pages == 8 {
            let names: Vec<&str> = by_xml.document.pages.iter().map(|page| &page.scan.name[..]).collect();
            assert_eq!(names[2..4], ["export.xml 3/10", "export.xml 5/10"], "numbers are those of the XML");
        }
    }
    let order = opened(&cases.join("heyex_series_root_bom")).document;
    let namespaced = opened(&cases.join("heyex_hedx_namespace")).document;
    for (a, b) in order.pages.iter().zip(&namespaced.pages) {
        assert!(
            correlation(&a.scan.image, &b.scan.image) > 0.99,
            "{}: the XML's order, not that of names",
            a.scan.name
        );
    }
}

#[test]
fn the_lines_of_a_heyex_export_are_its_interfaces() {
    let Some(data) = shared_data("the HEYEX lines") else { return };
    let file = data.join("heyex_synthetic/heyex_xml/test_volume/test_dummy.xml");
    let bytes = std::fs::read(&file).unwrap();
    let read = retidiff::formats::heyex::read(&bytes, &file, "test_dummy.xml").unwrap();
    assert_eq!(read.volume.b_scans.len(), 10);
    let row = |interface: Interface, x: usize| read.interfaces[0].rows[interface.index()][x];
    assert_eq!((row(Interface::Ilm, 5), row(Interface::NflGcl, 5), row(Interface::Bm, 5)), (9.6, 10.5, 30.2));
    assert!(row(Interface::Ilm, 0).is_nan(), "3e+038 is no row");
    assert_eq!(opened(&file).document.pages.len(), 10);
}

/// An array of a MAT file of version 5, not deflated; numbers of class double, the first dimension fastest.
pub fn mat_array(name: &str, dimensions: [usize; 3], kind: u32, numbers: &[u8]) -> Vec<u8> {
    let element = |kind: u32, data: &[u8]| {
        let mut element = [kind.to_le_bytes(), (data.len() as u32).to_le_bytes()].concat();
        element.extend(data);
        element.resize(element.len().next_multiple_of(8), 0);
        element
    };
    let sides: Vec<u8> = dimensions.iter().flat_map(|side| (*side as u32).to_le_bytes()).collect();
    let flags = [6_u32.to_le_bytes(), [0; 4]].concat();
    let parts = [element(6, &flags), element(5, &sides), element(1, name.as_bytes()), element(kind, numbers)];
    element(14, &parts.concat())
}

/// The arrays of one grader, made of label pictures: rows count from 1, NaN where nothing was drawn.
fn grader_arrays(labels: &[Option<Vec<u8>>], rows: usize, columns: usize) -> Vec<u8> {
    let (mut layers, mut fluid) = (Vec::new(), Vec::new());
    for codes in labels {
        for x in 0..columns {
            let column: Vec<u8> =
                codes.iter().flat_map(|codes| codes.iter().skip(x).step_by(columns)).copied().collect();
            let is_drawn = column.first().is_some_and(|code| *code != 255);
            for boundary in 0..8 {
                let first = column.iter().position(|code| (boundary + 1..=8).contains(code)).unwrap_or(rows);
                let row = if is_drawn { (first + 1).min(rows) as f64 } else { f64::NAN };
                layers.extend(row.to_le_bytes());
            }
            fluid.extend((0..rows).flat_map(|y| match column.get(y) {
                Some(9) => 4_f64.to_le_bytes(),
                Some(_) => 0_f64.to_le_bytes(),
                None => f64::NAN.to_le_bytes(),
            }));
        }
    }
    let count = labels.len();
    let grader = |layers: &[u8], fluid: &[u8], number: u32| {
        let lines = mat_array(&format!("manualLayers{number}"), [8, columns, count], 9, layers);
        [lines, mat_array(&format!("manualFluid{number}"), [rows, columns, count], 9, fluid)].concat()
    };
    [grader(&layers, &fluid, 1), grader(&layers, &fluid, 2)].concat()
}

#[test]
fn a_duke_subject_made_of_the_pictures_has_their_labels() {
    let Some(data) = shared_data("the Duke pictures as a MAT file") else { return };
    let folder = data.join("duke_dme");
    let index = duke::read_index(&std::fs::read(folder.join("index.csv")).unwrap(), "index.csv").unwrap();
    let scans: Vec<_> = index.iter().filter(|scan| scan.subject == 1).take(4).collect();
    let (mut images, mut labels) = (Vec::new(), vec![None]);
    let mut ignored = vec![Vec::new()];
    for scan in &scans {
        let file = format!("subject_01_bscan_{:02}.png", scan.b_scan);
        let bytes = std::fs::read(folder.join("labels_grader1").join(&file)).unwrap();
        labels.push(Some(label_png::read(&bytes, &file, CodeScheme::Studio).unwrap().codes));
        let file = format!("{}.png", scan.file);
        let bytes = std::fs::read(folder.join("ignore_columns").join(&file)).unwrap();
        ignored.push(duke::read_ignored_columns(&bytes, &file, scan).unwrap());
        let path = folder.join(format!("bscans/subject_01/bscan_{:02}.png", scan.b_scan));
        images.push(scan_image::read(&std::fs::read(path).unwrap(), "scan").unwrap());
    }
    images.insert(0, images[0].clone());
    let (rows, columns) = (images[0].height as usize, images[0].width as usize);
    let by_column = |image: &GreyImage| -> Vec<u8> {
        (0..columns)
            .flat_map(|x| image.pixels.iter().skip(x).step_by(columns).copied().collect::<Vec<u8>>())
            .collect()
    };
    let pixels: Vec<u8> = images.iter().flat_map(by_column).collect();
    let mut file = b"MATLAB 5.0 MAT-file".to_vec();
    file.resize(124, b' ');
    file.extend([0, 1, b'I', b'M']);
    file.extend(mat_array("images", [rows, columns, images.len()], 2, &pixels));
    file.extend(grader_arrays(&labels, rows, columns));
    let subject = mat::read_duke(&file, "Subject_01.mat").unwrap();
    assert!(subject.slices[0].scan.labels.is_none());
    for (k, slice) in subject.slices.iter().enumerate() {
        assert!(slice.scan.scan.image == images[k], "B-scan {k}");
        let (Some(read), Some(expected)) = (&slice.scan.labels, &labels[k]) else { continue };
        let is_sure =
            |x: usize| !ignored[k].iter().any(|run| (run[0] as usize..run[1] as usize).contains(&x));
        let wrong = (0..rows * columns).filter(|i| is_sure(i % columns) && read[*i] != expected[*i]).count();
        assert_eq!(wrong, 0, "B-scan {k}: pixels that differ from the label picture");
    }
}
