//! What is written is read back; what instruments and data sets bring is read as it should be.

use std::fs;
use std::path::Path;

use clap::Parser;
use proptest::prelude::*;
use retidiff::anatomy::Interface;
use retidiff::cli::import::{self, ImportArgs};
use retidiff::dataset::manifest::Manifest;
use retidiff::formats::label_png::{self, CodeScheme};
use retidiff::formats::open::{FileKind, folder_of_boundary, open, open_bytes, open_label_onto};
use retidiff::formats::{read_file, scan_image, vol, write_document, write_file};
use retidiff::scan::{GreyImage, Laterality};

use crate::fixtures::{self, shared_data};

#[derive(Parser)]
struct Import {
    #[command(flatten)]
    args: ImportArgs,
}

pub fn import_folder(source: &Path, out: &Path, more: &[&str]) -> anyhow::Result<Manifest> {
    let paths = [source.to_str().unwrap(), "--out", out.to_str().unwrap()];
    import::run(Import::try_parse_from(["import"].iter().chain(&paths).chain(more))?.args)?;
    Ok(Manifest::read(out)?)
}

fn put(path: &Path, bytes: &[u8]) {
    write_file(path, bytes).unwrap();
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_label_map_round_trips(
        (width, codes) in (1u32..40, 1u32..40).prop_flat_map(|(width, height)| {
            let code = prop_oneof![0u8..12, Just(255u8)];
            (Just(width), prop::collection::vec(code, (width * height) as usize))
        })
    ) {
        // Layers over background at the bottom would be asked about, rightly.
        let mut codes = codes;
        let last_row = codes.len() - width as usize;
        codes[last_row..].fill(8);
        let height = codes.len() as u32 / width;
        let bytes = label_png::write(width, height, &codes, &[]).unwrap();
        let read = label_png::read(&bytes, "labels.png", CodeScheme::Studio).unwrap();
        prop_assert_eq!((read.width, read.height), (width, height));
        prop_assert_eq!(read.codes, codes);
    }

    #[test]
    fn any_grey_image_round_trips(width in 1u32..50, pixels in prop::collection::vec(any::<u8>(), 50..500)) {
        let height = pixels.len() as u32 / width;
        let pixels = pixels[..(width * height) as usize].to_vec();
        let image = GreyImage::new(width, height, pixels);
        prop_assert_eq!(scan_image::read(&scan_image::write(&image, &[]).unwrap(), "a.png").unwrap(), image);
    }
}

#[test]
fn a_scan_without_labels_gets_those_the_auto_trace_is_sure_of_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let eye = folder.path().join("eye.png");
    put(&eye, include_bytes!("../assets/samples/fovea.png"));
    let black = folder.path().join("black.png");
    put(&black, &scan_image::write(&GreyImage::new(64, 48, vec![0; 64 * 48]), &[]).unwrap());
    let out = folder.path().join("data");
    let options = ["--pseudo-label", "--spacing", "3.9,11"];
    import_folder(&eye, &out, &options).unwrap();
    let manifest = import_folder(&black, &out, &options).unwrap();
    let [traced, bare] = &manifest.entries[..] else { panic!("two scans: {manifest:?}") };
    assert!(traced.pseudo_labelled && !bare.pseudo_labelled);
    assert_eq!(bare.label, None, "nothing can be traced in it");

    let read = |bytes: &[u8]| label_png::read(bytes, "labels", CodeScheme::Studio).unwrap();
    let bytes = read_file(&manifest.path(traced.label.as_ref().unwrap())).unwrap();
    assert!(holds(&bytes, b"auto-trace"));
    let (traced, drawn) = (read(&bytes), read(include_bytes!("../assets/samples/fovea-labels.png")));
    let known: Vec<(u8, u8)> = traced
        .codes
        .iter()
        .zip(&drawn.codes)
        .filter(|(traced, drawn)| **traced != 255 && **drawn != 255)
        .map(|(&traced, &drawn)| (traced, drawn))
        .collect();
    assert!(2 * known.len() > drawn.codes.len(), "most of the scan is labelled");
    let alike = known.iter().filter(|(traced, drawn)| traced == drawn).count();
    assert!(10 * alike > 9 * known.len(), "{alike} of {} pixels as the grader has them", known.len());
    for x in 0..traced.width as usize {
        let column = || traced.codes[x..].iter().step_by(traced.width as usize);
        assert!(column().all(|&code| code == 255) || column().all(|&code| code <= 8), "whole columns: {x}");
    }
    let without = import_folder(&eye, &folder.path().join("bare"), &options[1..]).unwrap();
    assert_eq!((without.entries[0].pseudo_labelled, &without.entries[0].label), (false, &None));
}

#[test]
fn the_usual_image_formats_are_recognised_by_content() {
    for format in [image::ImageFormat::Png, image::ImageFormat::Bmp, image::ImageFormat::Tiff] {
        let bytes = fixtures::encoded(31, 17, format);
        let opened = open_bytes(&bytes, Path::new("scan.dat")).unwrap();
        assert_eq!(opened.kind, FileKind::Image);
        assert_eq!(opened.document.pages[0].scan.image, fixtures::grey(31, 17), "{format:?}");
        assert_eq!(opened.document.pages[0].scan.spacing, None);
    }
    let jpeg = fixtures::encoded(31, 17, image::ImageFormat::Jpeg);
    assert_eq!(scan_image::read(&jpeg, "a.jpg").unwrap().width, 31);
}

#[test]
fn a_label_map_opens_on_its_own_and_onto_a_scan_of_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let labels = folder.path().join("labels.png");
    put(&labels, &fixtures::label_png(40, 36));
    let opened = open(&labels).unwrap();
    assert_eq!(opened.kind, FileKind::LabelMap);
    assert_eq!(opened.document.pages[0].mask.composite_pixels(), fixtures::codes(40, 36));

    let scan = open_bytes(&fixtures::grey_png(40, 36), Path::new("scan.png")).unwrap().document;
    let (mask, _) = open_label_onto(&labels, &scan.pages[0], CodeScheme::Studio).unwrap();
    assert_eq!(mask.composite_pixels(), fixtures::codes(40, 36));
    let larger = open_bytes(&fixtures::grey_png(41, 36), Path::new("scan.png")).unwrap().document;
    let error = open_label_onto(&labels, &larger.pages[0], CodeScheme::Studio).unwrap_err().to_string();
    assert!(error.contains("labels.png") && error.contains("41x36"), "{error}");
}

#[test]
fn the_pages_of_a_tiff_are_the_b_scans_of_a_volume() {
    let opened = open_bytes(&fixtures::tiff_stack(&[(31, 17); 3]), Path::new("stack.tif")).unwrap();
    assert_eq!((opened.kind, opened.warnings.len()), (FileKind::MultiPageTiff, 0));
    assert_eq!(opened.document.name, "stack.tif");
    assert_eq!(opened.document.pages.len(), 3);
    for (k, page) in opened.document.pages.iter().enumerate() {
        let expected: Vec<u8> = fixtures::grey(31, 17).pixels.iter().map(|value| value + k as u8).collect();
        assert_eq!(page.scan.image.pixels[..], expected[..], "page {}", k + 1);
        assert_eq!(page.scan.name, format!("stack.tif {}/3", k + 1));
    }

    let odd = fixtures::tiff_stack(&[(31, 17), (8, 9), (31, 17)]);
    let opened = open_bytes(&odd, Path::new("odd.tif")).unwrap();
    assert_eq!(opened.document.pages.len(), 2);
    assert!(opened.warnings[0].contains("page 2 (8x9)"), "{:?}", opened.warnings);
    let alone = open_bytes(&fixtures::tiff_stack(&[(31, 17)]), Path::new("one.tif")).unwrap();
    assert_eq!((alone.kind, &alone.document.pages[0].scan.name[..]), (FileKind::Image, "one.tif"));

    let folder = tempfile::tempdir().unwrap();
    put(&folder.path().join("stack.tif"), &fixtures::tiff_stack(&[(31, 17); 3]));
    let opened = open(folder.path()).unwrap();
    assert!(opened.warnings[0].contains("3 pages, of which the first is read"), "{:?}", opened.warnings);
}

#[test]
fn a_boundary_of_tian_says_which_folder_to_open() {
    let folder = tempfile::tempdir().unwrap();
    let lone = folder.path().join("Subject1_3.txt");
    put(&lone, b"1.5,2\n3,4\n");
    let error = open(&lone).unwrap_err().to_string();
    assert!(error.contains("Subject1_3.txt") && error.contains("Tian 2015"), "{error}");
    assert!(error.contains("bscans/") && error.contains("boundaries/"), "{error}");
    let at_home = folder.path().join("tian/boundaries/Subject1_3.txt");
    put(&at_home, b"1.5,2\n3,4\n");
    assert_eq!(folder_of_boundary(&at_home), None, "without scans beside it");
    put(&folder.path().join("tian/bscans/Subject1_01.png"), &fixtures::grey_png(2, 9));
    assert_eq!(folder_of_boundary(&at_home), Some(folder.path().join("tian")));
    let error = open(&at_home).unwrap_err().to_string();
    assert!(error.contains(&format!("open the folder {}", folder.path().join("tian").display())), "{error}");
    put(&folder.path().join("notes.txt"), b"Subject 1 came twice");
    assert!(open(&folder.path().join("notes.txt")).unwrap_err().to_string().contains("no kind of file"));
}

#[test]
fn a_vol_file_brings_spacing_lines_and_no_patient() {
    let bytes = fixtures::vol(20, 16, 3);
    assert!(holds(&bytes, fixtures::PATIENT_MARKER));
    let file = vol::read(&bytes, "scan.vol").unwrap();
    assert_eq!(file.volume.b_scan_distance_um, Some(120.0));
    assert_eq!(file.volume.b_scans.len(), 3);
    let scan = &file.volume.b_scans[2];
    assert_eq!((scan.width(), scan.height(), scan.laterality), (20, 16, Some(Laterality::Left)));
    let spacing = scan.spacing.unwrap();
    assert!((spacing.axial_um_per_px - 3.9).abs() < 1e-4 && (spacing.lateral_um_per_px - 11.5).abs() < 1e-4);
    assert_eq!(scan.image.get(0, 8), 128, "the fourth root");
    assert_eq!((scan.image.get(19, 8), scan.scanned_area.as_ref().unwrap()[8 * 20 + 19]), (0, 0));
    assert_eq!(file.interfaces[0].rows[Interface::Ilm.index()][5], 3.0);
    assert_eq!(file.interfaces[0].rows[Interface::Bm.index()][5], 13.0);
    assert!(file.interfaces[0].rows[Interface::NflGcl.index()][5].is_nan());

    let opened = open_bytes(&bytes, Path::new("scan.vol")).unwrap();
    let said = format!("{:?}", opened.document.pages[0].scan.name) + &opened.warnings.join("\n");
    let marker = &fixtures::PATIENT_MARKER[..14];
    assert!(!holds(said.as_bytes(), marker));
    assert!(!holds(&write_document(&opened.document), marker));
}

#[test]
fn the_real_vol_files_are_read_and_their_patient_marker_is_not() {
    let Some(data) = shared_data("the real .vol files") else { return };
    for name in ["line_scan.vol", "circle_scan.vol"] {
        let path = data.join("spectralis_vol").join(name);
        let bytes = read_file(&path).unwrap();
        let marker = b"TEST-PATIENT";
        assert!(holds(&bytes, marker));
        let file = vol::read(&bytes, name).unwrap();
        let scan = &file.volume.b_scans[0];
        assert_eq!((scan.width(), scan.height(), scan.laterality), (768, 496, Some(Laterality::Right)));
        assert!((scan.spacing.unwrap().axial_um_per_px - 3.8717).abs() < 1e-3);
        let ilm = &file.interfaces[0].rows[Interface::Ilm.index()];
        let (mut above, mut below, mut columns) = (0.0, 0.0, 0.0);
        for (x, row) in ilm.iter().enumerate().filter(|(_, row)| row.is_finite()) {
            above += f64::from(scan.image.get(x as u32, *row as u32 - 6));
            below += f64::from(scan.image.get(x as u32, *row as u32 + 6));
            columns += 1.0;
        }
        assert!(columns > 700.0);
        assert!(below / columns > above / columns + 40.0, "the ILM is where the retina begins");
        let opened = open(&path).unwrap();
        let written = write_document(&opened.document);
        assert!(!holds(&written, marker) && !holds(&written, &12345.0f64.to_le_bytes()));
        assert!(!format!("{:?}", opened.document.pages[0].scan).contains("TEST-PATIENT"));
    }
    let empty = vol::read(&read_file(&data.join("spectralis_vol/empty.vol")).unwrap(), "empty.vol");
    assert!(empty.unwrap_err().to_string().starts_with("empty.vol: byte 0: the file is empty"));
    let synthetic = open(&data.join("heyex_synthetic/heyex_vol/test_volume.vol")).unwrap();
    assert_eq!(synthetic.document.pages.len(), 10);
}

#[test]
fn pairs_are_imported_and_a_broken_one_is_named_and_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let (source, out) = (folder.path().join("source"), folder.path().join("out"));
    for stem in ["eye_1", "eye_2", "torn_1", "alone_1"] {
        put(&source.join(format!("images/{stem}.png")), &fixtures::grey_png(24, 18));
    }
    let labels = fixtures::label_png(24, 18);
    put(&source.join("masks/eye_1.png"), &labels);
    put(&source.join("masks/eye_2.png"), &labels);
    put(&source.join("masks/torn_1.png"), &labels[..labels.len() / 2]);
    let options = ["--spacing", "3.87,11.3", "--subject-separator", "_", "--name", "clinic"];
    let manifest = import_folder(&source, &out, &options).unwrap();
    let ids: Vec<&str> = manifest.entries.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["clinic_eye_1", "clinic_eye_2"]);
    assert!(manifest.entries.iter().all(|entry| entry.subject == "clinic_eye"));
    assert_eq!(manifest.entries[0].spacing.unwrap().lateral_um_per_px, 11.3);
    let label = read_file(&manifest.path(manifest.entries[0].label.as_ref().unwrap())).unwrap();
    assert_eq!(label_png::read(&label, "l", CodeScheme::Studio).unwrap().codes, fixtures::codes(24, 18));

    let opened = open(&source).unwrap();
    assert_eq!(opened.document.pages.len(), 2);
    assert!(opened.warnings.iter().any(|warning| warning.contains("torn_1.png")), "{:?}", opened.warnings);
    assert!(opened.warnings.iter().any(|warning| warning.contains("alone_1.png")));
    assert_eq!(import_folder(&source, &out, &options).unwrap(), manifest, "importing again changes nothing");
}

#[test]
fn pairs_are_known_by_the_names_that_people_give_them() {
    for (images, labels, file) in [
        ("Images", "Masks", "eye_1.png"),
        ("image", "label", "EYE_1_mask.png"),
        ("imgs", "gt", "eye_1-label.png"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        put(&folder.path().join(format!("{images}/eye_1.png")), &fixtures::grey_png(24, 18));
        put(&folder.path().join(format!("{labels}/{file}")), &fixtures::label_png(24, 18));
        let opened = open(folder.path()).unwrap_or_else(|error| panic!("{images}, {labels}: {error}"));
        let codes = opened.document.pages[0].mask.composite_pixels();
        assert_eq!(codes, fixtures::codes(24, 18), "{images}, {labels}");
    }
}

#[test]
fn a_small_tian_folder_is_imported_with_repaired_layers() {
    let folder = tempfile::tempdir().unwrap();
    let (source, out) = (folder.path().join("source"), folder.path().join("out"));
    for subject in [1, 8] {
        put(&source.join(format!("bscans/Subject{subject}_02.png")), &fixtures::grey_png(2, 12));
        for k in 1..=8 {
            // The third boundary lies above the second in column 1.
            let row = if k == 3 { 1 } else { k };
            let text = format!("99,{k}.4\n99,{row}.5\n");
            put(&source.join(format!("boundaries/Subject{subject}_{k}.txt")), text.as_bytes());
        }
    }
    let manifest = import_folder(&source, &out, &[]).unwrap();
    assert_eq!(manifest.entries.len(), 2);
    assert_eq!(manifest.entries[0].subject, manifest.entries[1].subject, "1 and 8 are the same eye");
    assert!(manifest.entries[0].credit.as_ref().unwrap().contains("CC BY"));
    let label = read_file(&manifest.path("labels/tian_8_02.png")).unwrap();
    let codes = label_png::read(&label, "l", CodeScheme::Studio).unwrap().codes;
    let column = |x: usize| (0..12).map(|y| codes[y * 2 + x]).collect::<Vec<u8>>();
    assert_eq!(column(0), [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8]);
    assert_eq!(column(1), [0, 0, 1, 3, 3, 4, 5, 6, 7, 8, 8, 8]);
}

#[test]
fn the_real_data_sets_are_imported_whole() {
    let Some(data) = shared_data("importing the real data sets") else { return };
    let out = tempfile::tempdir().unwrap();
    let tian = import_folder(&data.join("tian2015"), out.path(), &[]).unwrap();
    assert_eq!(tian.entries.len(), 80);
    let both = import_folder(&data.join("duke_dme"), out.path(), &[]).unwrap();
    assert_eq!(both.entries.len(), 168);
    let index = fs::read_to_string(data.join("duke_dme/index.csv")).unwrap();
    for line in index.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |at: usize| fields[at].parse::<u32>().unwrap();
        let (subject, b_scan, x0, width, fluid) = (number(1), number(2), number(3), number(4), number(5));
        let id = format!("duke_{subject:02}_{b_scan:02}");
        let entry = both.entries.iter().find(|entry| entry.id == id).unwrap();
        assert_eq!((entry.subject.as_str(), entry.b_scan), (&*format!("duke-{subject}"), Some(b_scan)));
        assert!(entry.ignored_columns.iter().all(|run| run[0] >= x0 && run[1] <= x0 + width));
        let bytes = read_file(&both.path(entry.label.as_ref().unwrap())).unwrap();
        let codes = label_png::read(&bytes, &id, CodeScheme::Studio).unwrap().codes;
        let irf = codes.iter().filter(|&&code| code == 9).count();
        assert!(irf.abs_diff(fluid as usize) <= fluid as usize / 50, "{id}: {irf} IRF pixels, index {fluid}");
        let annotated = (0..entry.width).filter(|&x| codes[x as usize] != 255);
        assert_eq!((annotated.clone().min(), annotated.count()), (Some(x0), width as usize), "{id}");
    }
}

#[test]
fn a_duke_folder_brings_its_second_grader_where_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    for name in ["bscans/subject_01", "labels_grader1", "labels_grader2", "ignore_columns"] {
        fs::create_dir_all(dir.join(name)).unwrap();
    }
    let (scan, labels) = (fixtures::grey_png(40, 36), fixtures::label_png(40, 36));
    let ignored = scan_image::write(&GreyImage::new(40, 1, vec![0; 40]), &[]).unwrap();
    for b_scan in ["01", "02"] {
        put(&dir.join(format!("bscans/subject_01/bscan_{b_scan}.png")), &scan);
        put(&dir.join(format!("labels_grader1/subject_01_bscan_{b_scan}.png")), &labels);
        put(&dir.join(format!("ignore_columns/Subject_01_{b_scan}.png")), &ignored);
    }
    put(&dir.join("labels_grader2/subject_01_bscan_02.png"), &labels);
    let index = "file,subject,slice,x0,width,fluid_px\nSubject_01_01,1,1,0,40,0\nSubject_01_02,1,2,0,40,0\n";
    put(&dir.join("index.csv"), index.as_bytes());
    let pages = open(dir).unwrap().document.pages;
    assert_eq!(pages.len(), 2);
    assert_eq!(pages[0].second_grader, None);
    assert_eq!(pages[1].second_grader.as_deref(), Some(&pages[1].mask));
}
