//! What `retidiff convert` writes comes back the same, here and in other people's readers.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use retidiff::cli::convert::{self, ConvertArgs};
use retidiff::document::Document;
use retidiff::formats::figure::origin_of;
use retidiff::formats::open::open;
use retidiff::formats::provenance::{Provenance, borrowed};
use retidiff::formats::{read_file, scan_image, write_document, write_file};
use retidiff::mask::Mask;
use retidiff::scan::{BScan, GreyImage, Laterality, Spacing, Volume};

use crate::fixtures;

#[derive(Parser)]
struct Convert {
    #[command(flatten)]
    args: ConvertArgs,
}

fn convert(input: &Path, out: &Path, more: &[&str]) -> anyhow::Result<()> {
    let words = ["convert", input.to_str().unwrap(), "--out", out.to_str().unwrap()];
    convert::run(Convert::try_parse_from(words.iter().chain(more))?.args)
}

const COUNT: usize = 3;
const SIDES: (u32, u32) = (40, 36);

/// A document of three B-scans with labels on each, in a folder.
fn document(folder: &Path) -> (Document, PathBuf) {
    let (width, height) = SIDES;
    let b_scans = (0..COUNT as u8).map(|k| {
        let mut pixels = fixtures::grey(width, height).pixels.to_vec();
        pixels.iter_mut().for_each(|grey| *grey += k);
        let mut scan = BScan::from_image(GreyImage::new(width, height, pixels), format!("B-scan {k}"));
        scan.spacing = Spacing::checked(3.9, 11.7);
        scan
    });
    let volume = Volume { b_scans: b_scans.collect(), b_scan_distance_um: Some(250.0) };
    let mut document = Document::from_volume(volume);
    for page in &mut document.pages {
        page.mask = Mask::from_composite(width, height, &fixtures::codes(width, height)).0;
    }
    let path = folder.join("case.retidiff");
    write_file(&path, &write_document(&document)).unwrap();
    (document, path)
}

#[test]
fn a_synthetic_scan_says_so_in_every_picture_it_becomes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (synthetic, recorded) = (path("synthetic.png"), path("recorded.png"));
    let image = fixtures::grey(SIDES.0, SIDES.1);
    let says = Provenance { seed: 7, ..Provenance::default() };
    write_file(&synthetic, &scan_image::write(&image, &borrowed(&says.text())).unwrap()).unwrap();
    write_file(&recorded, &scan_image::write(&image, &[]).unwrap()).unwrap();
    let is_marked = |name: &str| origin_of(&read_file(&path(name)).unwrap()).synthetic;
    for name in ["a.jpg", "a.tif"] {
        convert(&synthetic, &path(name), &[]).unwrap();
        assert!(is_marked(name), "{name}");
        convert(&recorded, &path(name), &[]).unwrap();
        assert!(!is_marked(name), "{name}");
    }
    convert(&synthetic, &path("pictures"), &[]).unwrap();
    let again = read_file(&path("pictures/b_scan.png")).unwrap();
    assert_eq!(Provenance::of_png(&again, "again").unwrap(), Some(says), "in every word");
    // The mark goes on from a file that says nothing else.
    convert(&synthetic, &path("b.jpg"), &[]).unwrap();
    convert(&path("b.jpg"), &path("c.tif"), &[]).unwrap();
    assert!(is_marked("c.tif"));
    let (_, several) = document(folder.path());
    let refused = convert(&several, &path("several.jpg"), &[]).unwrap_err().to_string();
    assert!(refused.contains("a JPEG holds one"), "{refused}");
}

#[test]
fn scans_and_labels_round_trip_through_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let (document, path) = document(folder.path());
    for ending in ["nii", "nii.gz", "mhd", "mha", "tif"] {
        let scans = folder.path().join(format!("scans.{ending}"));
        convert(&path, &scans, &[]).unwrap();
        let read = open(&scans).unwrap().document;
        assert_eq!(read.pages.len(), COUNT, "{ending}");
        for (page, expected) in read.pages.iter().zip(&document.pages) {
            assert_eq!(page.scan.image, expected.scan.image, "{ending}");
            let spacing = page.scan.spacing.unwrap();
            assert!((spacing.axial_um_per_px - 3.9).abs() < 1e-3, "{ending}: {spacing:?}");
        }
        assert!((read.b_scan_distance_um.unwrap() - 250.0).abs() < 0.1, "{ending}");
        let labels = folder.path().join(format!("labels.{ending}"));
        convert(&path, &labels, &["--labels"]).unwrap();
        let read = open(&labels).unwrap().document;
        for (page, expected) in read.pages.iter().zip(&document.pages) {
            // Codes open as the greys they are: 255, unannotated, makes them use all 8 bits.
            assert_eq!(page.scan.image.pixels[..], expected.mask.composite_pixels()[..], "{ending}");
        }
    }
    let pictures = folder.path().join("pictures");
    convert(&path, &pictures, &["--format", "png"]).unwrap();
    let read = open(&pictures).unwrap().document;
    assert!(read.pages.iter().zip(&document.pages).all(|(a, b)| a.scan.image == b.scan.image));
    let again = folder.path().join("again.retidiff");
    convert(&folder.path().join("scans.mha"), &again, &["--eye", "os"]).unwrap();
    let pages = open(&again).unwrap().document.pages;
    assert_eq!(pages.len(), COUNT);
    assert!(pages.iter().all(|page| page.scan.laterality == Some(Laterality::Left)));
}

#[test]
fn what_cannot_be_converted_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let scan = folder.path().join("scan.png");
    write_file(&scan, &fixtures::grey_png(20, 10)).unwrap();
    let message =
        |out: &str, more: &[&str]| convert(&scan, &folder.path().join(out), more).unwrap_err().to_string();
    assert!(message("a.nii", &["--labels"]).contains("it has no labels"));
    assert!(message("scan.png", &[]).contains("this is the input"));
    assert!(message("a.tif", &["--format", "nii"]).contains("end it in .nii"));
    assert!(message("a.tif", &["--labels", "--format", "tiff16"]).contains("no labels"));
}

#[test]
fn other_readers_find_the_same_volumes() {
    let python = std::env::var_os("RETIDIFF_PYTHON").unwrap_or_else(|| "python3".into());
    let imports = Command::new(&python).args(["-c", "import numpy, nibabel, SimpleITK, tifffile"]).output();
    if !imports.is_ok_and(|output| output.status.success()) {
        eprintln!(
            "skipped: no Python with numpy, nibabel, SimpleITK and tifffile (set RETIDIFF_PYTHON to one that has them)"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (document, path) = document(folder.path());
    for (file, more) in [
        ("volume.nii", &[][..]),
        ("volume.nii.gz", &[]),
        ("volume.mhd", &[]),
        ("volume.mha", &[]),
        ("volume.tif", &[]),
        ("volume16.tif", &["--format", "tiff16"]),
    ] {
        convert(&path, &folder.path().join(file), more).unwrap();
    }
    let voxels: Vec<u8> = document.pages.iter().flat_map(|page| page.scan.image.pixels.to_vec()).collect();
    write_file(&folder.path().join("expected.bin"), &voxels).unwrap();
    let facts = serde_json::json!({ "shape": [COUNT, SIDES.1, SIDES.0], "mm": [0.0117, 0.0039, 0.25] });
    write_file(&folder.path().join("expected.json"), facts.to_string().as_bytes()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/check_volumes.py");
    let output = Command::new(&python).arg(script).arg(folder.path()).output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.matches("same").count() == 7, "{said}");
}
