//! DICOM, COCO, arrays and training folders: what `retidiff convert` writes is what others read.

use std::path::Path;
use std::process::Command;

use clap::Parser;
use retidiff::anatomy::LABELS;
use retidiff::cli::convert::{self, ConvertArgs};
use retidiff::document::Document;
use retidiff::formats::dicom_writer::{self, DicomWishes};
use retidiff::formats::open::open;
use retidiff::formats::provenance::ScanMarks;
use retidiff::formats::volume_export::ExportPlane;
use retidiff::formats::{coco, training_folder, write_document, write_file};
use retidiff::mask::Mask;
use retidiff::scan::{BScan, GreyImage, Laterality, Spacing, Volume};

use crate::fixtures;

#[derive(Parser)]
struct Convert {
    #[command(flatten)]
    args: ConvertArgs,
}

fn convert(input: &Path, out: &Path, more: &[&str]) -> Result<(), String> {
    let words = ["convert", input.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let args = Convert::try_parse_from(words.iter().chain(more)).map_err(|e| e.to_string())?.args;
    convert::run(args).map_err(|error| format!("{error:#}"))
}

const COUNT: usize = 3;
// An odd number of pixels, so that bits of frames do not begin at bytes.
const SIDES: (u32, u32) = (41, 35);

fn document(laterality: Option<Laterality>) -> Document {
    let (width, height) = SIDES;
    let b_scans = (0..COUNT as u8).map(|k| {
        let mut pixels = fixtures::grey(width, height).pixels.to_vec();
        pixels.iter_mut().for_each(|grey| *grey = grey.wrapping_add(40 * k));
        let mut scan = BScan::from_image(GreyImage::new(width, height, pixels), format!("B-scan {k}"));
        scan.spacing = Spacing::checked(3.9, 11.7);
        scan.laterality = laterality;
        scan
    });
    let mut document =
        Document::from_volume(Volume { b_scans: b_scans.collect(), b_scan_distance_um: Some(250.0) });
    for (k, page) in document.pages.iter_mut().enumerate() {
        let mut codes = fixtures::codes(width, height);
        codes.rotate_right(if k == 1 { width as usize } else { 0 });
        page.mask = Mask::from_composite(width, height, &codes).0;
    }
    document
}

#[test]
fn scans_come_back_from_dicom() {
    let folder = tempfile::tempdir().unwrap();
    let document = document(Some(Laterality::Left));
    let path = folder.path().join("case.retidiff");
    write_file(&path, &write_document(&document)).unwrap();
    let out = folder.path().join("case.dcm");
    convert(&path, &out, &[]).unwrap();
    let read = open(&out).unwrap().document;
    assert_eq!(read.pages.len(), COUNT);
    for (page, expected) in read.pages.iter().zip(&document.pages) {
        assert_eq!(page.scan.image, expected.scan.image);
        assert_eq!(page.scan.laterality, Some(Laterality::Left));
        let spacing = page.scan.spacing.unwrap();
        assert!(
            (spacing.axial_um_per_px - 3.9).abs() < 1e-4 && (spacing.lateral_um_per_px - 11.7).abs() < 1e-4
        );
    }
    assert!((read.b_scan_distance_um.unwrap() - 250.0).abs() < 1e-3);
    let again = folder.path().join("again.dcm");
    convert(&path, &again, &[]).unwrap();
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&again).unwrap(), "the same bytes");
}

#[test]
fn what_dicom_requires_is_asked_for() {
    let mut bare = document(None);
    let wishes = DicomWishes::default();
    let error = dicom_writer::write(&bare, ExportPlane::Scans, wishes, "a").unwrap_err().to_string();
    assert!(error.contains("--eye od"), "{error}");
    for page in &mut bare.pages {
        let calibration = retidiff::scan::Calibration {
            laterality: Some(Laterality::Right),
            ..retidiff::scan::Calibration::default()
        };
        page.scan = page.scan.with_calibration(calibration).into();
        page.mask = Mask::unannotated(SIDES.0, SIDES.1);
    }
    let error = dicom_writer::write(&bare, ExportPlane::Scans, wishes, "a").unwrap_err().to_string();
    assert!(error.contains("--spacing"), "{error}");
    let wishes = DicomWishes { spacing: Spacing::checked(4.0, 12.0), ..wishes };
    assert!(dicom_writer::write(&bare, ExportPlane::Scans, wishes, "a").is_ok());
    let error = dicom_writer::write(&bare, ExportPlane::Labels, wishes, "a").unwrap_err().to_string();
    assert!(error.contains("it has no labels"), "{error}");
    assert!(
        training_folder::nnunet(&bare, &ScanMarks::default(), "case", "a")
            .unwrap_err()
            .to_string()
            .contains("no labels")
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bare.retidiff");
    write_file(&path, &write_document(&bare)).unwrap();
    let refusal = |out: &str, more: &[&str]| convert(&path, &folder.path().join(out), more).unwrap_err();
    assert!(refusal("a.json", &[]).contains("no labels"));
    assert!(refusal("a.nii", &["--format", "mirage"]).contains("this format is a folder"));
}

#[test]
fn interfaces_are_written_once_there_are_any() {
    let folder = tempfile::tempdir().unwrap();
    let mut document = document(Some(Laterality::Right));
    let path = folder.path().join("case.retidiff");
    write_file(&path, &write_document(&document)).unwrap();
    let out = folder.path().join("heights.dcm");
    convert(&path, &out, &["--height-maps"]).unwrap();
    let said = open(&out).unwrap_err().to_string();
    assert!(said.contains("a map of interfaces, which holds no B-scans"), "{said}");
    let said = convert(&path, &folder.path().join("a.nii"), &["--height-maps"]).unwrap_err();
    assert!(said.contains("height maps are DICOM"), "{said}");
    for page in &mut document.pages {
        // A lesion alone, the layers of nobody.
        let mut codes = vec![255; (SIDES.0 * SIDES.1) as usize];
        codes[40] = retidiff::anatomy::IRF;
        page.mask = Mask::from_composite(SIDES.0, SIDES.1, &codes).0;
    }
    let said = dicom_writer::write_height_maps(&document, DicomWishes::default(), "a").unwrap_err();
    assert!(said.to_string().contains("no layers in order"), "{said}");
}

#[test]
fn folders_of_training_programs_open_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let document = document(None);
    let path = folder.path().join("case.retidiff");
    write_file(&path, &write_document(&document)).unwrap();
    for format in ["nnunet", "mirage"] {
        let out = folder.path().join(format);
        convert(&path, &out, &["--format", format]).unwrap();
        let read = open(&out).unwrap_or_else(|error| panic!("{format}: {error}")).document;
        assert_eq!(read.pages.len(), COUNT, "{format}");
        // The layers of the second are out of order on purpose.
        for k in [0, 2] {
            assert_eq!(read.pages[k].scan.image, document.pages[k].scan.image, "{format}");
            let codes = |page: &retidiff::document::Page| page.mask.composite_pixels();
            assert_eq!(codes(&read.pages[k]), codes(&document.pages[k]), "{format}");
        }
    }
}

#[test]
fn annotations_come_back_with_the_pictures_names() {
    let folder = tempfile::tempdir().unwrap();
    let document = document(None);
    let path = folder.path().join("case.retidiff");
    write_file(&path, &write_document(&document)).unwrap();
    let out = folder.path().join("labels.json");
    convert(&path, &out, &[]).unwrap();
    let pictures = coco::read(&std::fs::read(out).unwrap(), "labels.json").unwrap();
    for (picture, page) in pictures.iter().zip(&document.pages) {
        assert_eq!(picture.labels("a").codes, page.mask.composite_pixels());
    }
    assert_eq!(pictures[2].file_name, "b_scan_0003.png");
}

#[test]
fn other_readers_find_the_same_scans_and_labels() {
    let python = std::env::var_os("RETIDIFF_PYTHON").unwrap_or_else(|| "python3".into());
    let imports = Command::new(&python).args(["-c", "import numpy, pydicom, PIL"]).output();
    if !imports.is_ok_and(|output| output.status.success()) {
        eprintln!(
            "skipped: no Python with numpy, pydicom and Pillow (set RETIDIFF_PYTHON to one that has them)"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let document = document(Some(Laterality::Right));
    let path = folder.path().join("case.retidiff");
    write_file(&path, &write_document(&document)).unwrap();
    for (out, more) in [
        ("all.npz", &[][..]),
        ("labels.json", &[]),
        ("nnunet", &["--format", "nnunet"]),
        ("mirage", &["--format", "mirage"]),
    ] {
        convert(&path, &folder.path().join(out), more).unwrap();
    }
    let wishes = DicomWishes { synthetic: true, ..DicomWishes::default() };
    for (out, plane) in [("scans.dcm", ExportPlane::Scans), ("labels.dcm", ExportPlane::Labels)] {
        write_file(&folder.path().join(out), &dicom_writer::write(&document, plane, wishes, "a").unwrap())
            .unwrap();
    }
    let heights = dicom_writer::write_height_maps(&document, wishes, "a").unwrap();
    write_file(&folder.path().join("heights.dcm"), &heights).unwrap();
    let all = |of: fn(&retidiff::document::Page) -> Vec<u8>| {
        document.pages.iter().flat_map(of).collect::<Vec<u8>>()
    };
    write_file(&folder.path().join("scans.bin"), &all(|page| page.scan.image.pixels.to_vec())).unwrap();
    write_file(&folder.path().join("labels.bin"), &all(|page| page.mask.composite_pixels())).unwrap();
    write_file(&folder.path().join("layers.bin"), &all(|page| page.mask.layers.to_pixels())).unwrap();
    let facts = serde_json::json!({
        "shape": [COUNT, SIDES.1, SIDES.0], "mm": [0.0117, 0.0039, 0.25],
        "aliases": LABELS.map(|label| label.alias),
    });
    write_file(&folder.path().join("expected.json"), facts.to_string().as_bytes()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/check_dicom.py");
    let output = Command::new(&python).arg(script).arg(folder.path()).output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(
        output.status.success() && !said.contains("DIFFERS") && said.matches("same").count() >= 12,
        "{said}"
    );
}
