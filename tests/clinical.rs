//! Clinical files by other people's writers (`tests/reference/clinical_fixtures.py`): read right, and survived
//! when they are damaged.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use retidiff::anatomy::{Interface, UNANNOTATED};
use retidiff::cli::import::{self, ImportArgs};
use retidiff::dataset::manifest::Manifest;
use retidiff::formats::label_png::{self, CodeScheme};
use retidiff::formats::open::{FileKind, Opened, open, open_bytes};
use retidiff::formats::{clinical, dicom, heyex, mat, octexplorer, scan_image, write_file};
use retidiff::scan::{GreyImage, Laterality};

use crate::cases_clinical::{holds_no_identity, mat_array, opened};
use crate::fixtures::Numbers;
use crate::hostile::{Format, NAME, Reader, survive};

const ROWS: u32 = 48;
const COLUMNS: u32 = 64;
const FLIPS: usize = 400;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clinical").join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(fixture(name)).unwrap()
}

/// Pictures that stand below each other in a PNG.
fn stacked(name: &str) -> Vec<GreyImage> {
    let all = scan_image::read(&bytes(name), name).unwrap();
    assert_eq!(all.width, COLUMNS);
    let pages = all.pixels.chunks_exact((ROWS * COLUMNS) as usize);
    pages.map(|pixels| GreyImage::new(COLUMNS, ROWS, pixels.to_vec())).collect()
}

fn images(opened: &Opened) -> Vec<GreyImage> {
    opened.document.pages.iter().map(|page| page.scan.image.clone()).collect()
}

#[test]
fn every_transfer_syntax_gives_the_same_frames() {
    let truth = stacked("truth.png");
    for name in [
        "opt_plain.dcm",
        "opt_implicit.dcm",
        "opt_bare",
        "opt_deflated.dcm",
        "opt_big_endian.dcm",
        "opt_rle.dcm",
        "opt_jpeg_lossless.dcm",
        "opt_jpeg_lossless_16.dcm",
        "opt_jpeg_2000.dcm",
        "opt_mixed_order.dcm",
        "opt_jpeg.dcm",
        "opt_deflated_frames.dcm",
        "opt_encapsulated.dcm",
        "opt_shared_colour.dcm",
    ] {
        let read = opened(&fixture(name));
        assert_eq!(read.kind, FileKind::Dicom, "{name}");
        for (frame, (image, expected)) in images(&read).iter().zip(&truth).enumerate() {
            let furthest = image.pixels.iter().zip(expected.pixels.iter()).map(|(a, b)| a.abs_diff(*b)).max();
            // A lossy one may be that far from it.
            let allowed = if name == "opt_jpeg.dcm" { 24 } else { 0 };
            assert!(furthest <= Some(allowed), "{name}, frame {frame}: {furthest:?}");
        }
        assert_eq!(read.document.pages.len(), 3, "{name}");
        let scan = &read.document.pages[0].scan;
        let spacing = scan.spacing.unwrap();
        assert_eq!((spacing.axial_um_per_px, spacing.lateral_um_per_px), (15.6, 46.8), "{name}");
        assert_eq!(scan.laterality, Some(Laterality::Left), "{name}");
        assert!((read.document.b_scan_distance_um.unwrap() - 120.0).abs() < 0.01, "{name}");
        let reordered = read.warnings.iter().any(|note| note.contains("order of their positions"));
        assert_eq!(reordered, name == "opt_mixed_order.dcm", "{name}: {:?}", read.warnings);
    }
}

#[test]
fn a_volume_in_many_files_is_put_in_order_and_the_fundus_beside_it_is_named() {
    let folder = fixture("one_file_a_b_scan");
    let read = opened(&folder);
    assert!(images(&read) == stacked("truth.png"), "the order of the positions");
    assert!((read.document.b_scan_distance_um.unwrap() - 120.0).abs() < 0.01);
    let notes = read.warnings.join("\n");
    assert!(notes.contains("I9") && notes.contains("fundus photograph"), "{notes}");
    let alone = open(&folder.join("I9")).unwrap_err().to_string();
    assert!(alone.contains("holds no B-scans") && alone.contains("Ophthalmic Tomography"), "{alone}");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    assert!(clinical::is_export_folder(&folder) && !clinical::is_export_folder(&tests));
}

#[test]
fn identity_fields_are_named_and_their_values_are_not() {
    let fields = dicom::identity_fields(&bytes("opt_plain.dcm"), "opt_plain.dcm").unwrap();
    for field in
        ["PatientName", "PatientID", "PatientBirthDate", "StudyDate", "InstitutionName", "DeviceSerialNumber"]
    {
        assert!(fields.iter().any(|name| name == field), "{field}: {fields:?}");
    }
    assert!(!fields.iter().any(|name| name == "Rows" || name.contains("anary")), "{fields:?}");
}

#[test]
fn info_lists_identity_fields_of_every_kind() {
    let named = |path: &Path| clinical::identity_fields(path).unwrap();
    assert!(named(&fixture("heyex")).iter().any(|field| field == "LastName"));
    assert!(named(&fixture("one_file_a_b_scan")).iter().any(|field| field == "PatientName"));
    assert!(named(&fixture("truth.png")).is_empty());
    let folder = tempfile::tempdir().unwrap();
    write_file(&folder.path().join("scan.vol"), &crate::fixtures::vol(20, 16, 1)).unwrap();
    let vol = named(folder.path());
    assert!(vol.contains(&"PatientID".to_owned()) && vol.contains(&"DOB".to_owned()), "{vol:?}");
    assert!(!vol.iter().any(|field| field.contains("MARKER")));
}

#[test]
fn surfaces_of_octexplorer_open_with_the_scan_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let xml = folder.path().join("eye_Surfaces_Iowa.xml");
    let surface = |label: u32, row: u32| {
        let b_scan = format!("<bscan>{}</bscan>", format!("<y>{row}</y>").repeat(64));
        format!("<surface><label>{label}</label>{}</surface>", b_scan.repeat(3))
    };
    let labels = [10, 20, 40, 50, 60, 100, 140, 150];
    let surfaces: String = (1..).zip(labels).map(|(k, label)| surface(label, 5 * k)).collect();
    let size = "<size><x>64</x><y>48</y><z>3</z></size>";
    let text = format!("<surfaces><scan_characteristics>{size}</scan_characteristics>{surfaces}</surfaces>");
    write_file(&xml, text.as_bytes()).unwrap();
    let alone = open(&xml).unwrap_err().to_string();
    assert!(alone.contains("not beside it") && alone.contains("same name"), "{alone}");
    fs::copy(fixture("opt_plain.dcm"), folder.path().join("eye.dcm")).unwrap();
    let read = opened(&xml);
    assert_eq!((read.kind, read.document.pages.len()), (FileKind::Dicom, 3));
    for page in &read.document.pages {
        let column: Vec<u8> = (0..48).step_by(5).map(|y| page.mask.layers.get(7, y)).collect();
        assert_eq!(column, [0, 1, 2, 3, 4, 5, 6, 7, 8, 8]);
    }
    fs::copy(fixture("one_file_a_b_scan/I0"), folder.path().join("eye.dcm")).unwrap();
    let other = open(&xml).unwrap_err().to_string();
    assert!(other.contains("3 B-scans of 64x48") && other.contains("has 1 of 64x48"), "{other}");
}

#[test]
fn a_heyex_export_brings_order_lines_and_place() {
    let truth = stacked("truth.png");
    let read = opened(&fixture("heyex/export.xml"));
    assert!(images(&read) == truth, "the XML's order");
    assert!(images(&opened(&fixture("heyex"))) == truth);
    assert!((read.document.b_scan_distance_um.unwrap() - 120.0).abs() < 0.1);
    let scan = &read.document.pages[2].scan;
    assert_eq!((scan.laterality, &scan.name[..]), (Some(Laterality::Left), "export.xml 3/3"));
    assert!(read.warnings.iter().any(|note| note.contains("SLO.tif is no B-scan")), "{:?}", read.warnings);

    let export = heyex::read(&bytes("heyex/export.xml"), &fixture("heyex/export.xml"), "export.xml").unwrap();
    let rows = |interface: Interface| &export.interfaces[0].rows[interface.index()];
    for interface in Interface::ALL {
        assert!(rows(interface)[0].is_nan());
        assert_eq!(rows(interface)[1], 10.25 + 4.0 * interface.index() as f32, "{}", interface.name());
    }
    let layers = &read.document.pages[0].mask.layers;
    assert_eq!(
        (layers.get(0, 30), layers.get(5, 5), layers.get(5, 12), layers.get(5, 45)),
        (UNANNOTATED, 0, 1, 8)
    );
}

#[test]
fn a_duke_subject_has_the_labels_that_the_rule_gives() {
    let subject = mat::read_duke(&bytes("Subject_03.mat"), "Subject_03.mat").unwrap();
    assert_eq!((subject.number, subject.slices.len()), (Some(3), 5));
    assert!(subject.notes[0].contains("2 B-scans are annotated, 11 were expected"), "{:?}", subject.notes);
    let (truth, codes) = (stacked("truth.png"), stacked("Subject_03_codes.png"));
    for (k, slice) in subject.slices.iter().enumerate() {
        assert_eq!(slice.scan.scan.image, truth[k % 3]);
        assert_eq!(slice.scan.labels.is_some(), k == 1 || k == 3);
        if let Some(labels) = &slice.scan.labels {
            assert_eq!(labels[..], codes[k].pixels[..], "B-scan {}", slice.b_scan);
            assert_eq!(slice.scan.ignored_columns, [[20, 24]], "where a boundary is missing");
            let second = slice.scan.second_grader.as_ref().unwrap();
            assert_eq!((second[12 + 20 * 64], second.contains(&9)), (UNANNOTATED, false));
        }
    }
    let read = opened(&fixture("Subject_03.mat"));
    assert_eq!((read.kind, read.document.pages.len()), (FileKind::DukeMat, 5));
    assert!(read.document.credit.unwrap().contains("Chiu"));
    assert!(read.document.pages[1].second_grader.is_some());
}

#[derive(Parser)]
struct Import {
    #[command(flatten)]
    args: ImportArgs,
}

fn imported(source: &Path, more: &[&str]) -> Manifest {
    let out = tempfile::tempdir().unwrap();
    let paths = ["import", source.to_str().unwrap(), "--out", out.path().to_str().unwrap()];
    import::run(Import::try_parse_from(paths.iter().chain(more)).unwrap().args).unwrap();
    let manifest = Manifest::read(out.path()).unwrap();
    let written = fs::read(out.path().join("manifest.jsonl")).unwrap();
    assert!(!written.windows(6).any(|part| part.eq_ignore_ascii_case(b"canary")));
    if let Some(label) = manifest.entries.iter().find_map(|entry| entry.label.as_ref()) {
        let read =
            label_png::read(&fs::read(manifest.path(label)).unwrap(), label, CodeScheme::Studio).unwrap();
        assert_eq!((read.width, read.height), (COLUMNS, ROWS));
    }
    manifest
}

#[test]
fn duke_subjects_are_imported_under_the_ids_of_their_pictures() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(fixture("Subject_03.mat"), folder.path().join("Subject_03.mat")).unwrap();
    for source in [fixture("Subject_03.mat"), folder.path().to_owned()] {
        let entries = imported(&source, &[]).entries;
        let found: Vec<_> =
            entries.iter().map(|e| (&e.id[..], &e.subject[..], e.b_scan, &e.source[..])).collect();
        let expected =
            [("duke_03_02", "duke-3", Some(2), "duke_dme"), ("duke_03_04", "duke-3", Some(4), "duke_dme")];
        assert_eq!(found, expected);
        assert_eq!(entries[0].ignored_columns, [[20, 24]]);
    }
    assert_eq!(imported(&fixture("Subject_03.mat"), &["--unlabelled"]).entries.len(), 5);
    assert_eq!(open(folder.path()).unwrap().document.pages.len(), 2, "the annotated ones");
    let volume = imported(&fixture("one_file_a_b_scan"), &["--unlabelled"]).entries;
    assert_eq!(volume.len(), 3, "a folder that is one volume");
    assert_eq!(
        imported(&fixture("heyex"), &[]).entries.iter().filter(|entry| entry.label.is_some()).count(),
        1
    );
}

/// A file of a subject with arrays of these names and sides; every number is 0.
fn subject_file(arrays: &[(&str, [usize; 3])]) -> Vec<u8> {
    let mut file = b"MATLAB 5.0 MAT-file".to_vec();
    file.resize(124, b' ');
    file.extend([0, 1, b'I', b'M']);
    for (name, sides) in arrays {
        file.extend(mat_array(name, *sides, 2, &vec![0; sides.iter().product()]));
    }
    file
}

#[test]
fn a_duke_subject_without_an_array_or_of_other_sides_is_refused() {
    let whole = [
        ("images", [4, 6, 2]),
        ("manualLayers1", [8, 6, 2]),
        ("manualFluid1", [4, 6, 2]),
        ("manualLayers2", [8, 6, 2]),
        ("manualFluid2", [4, 6, 2]),
    ];
    let read = |arrays: &[(&str, [usize; 3])]| mat::read_duke(&subject_file(arrays), "Subject_01.mat");
    assert_eq!(read(&whole).unwrap().slices.len(), 2);
    let mut broken = Vec::new();
    for missing in 0..3 {
        let mut arrays = whole.to_vec();
        let (name, _) = arrays.remove(missing);
        broken.push((arrays, format!("{name} is missing")));
    }
    for (at, sides, problem) in [
        (0, [9000, 6, 2], "images is 9000 x 6 x 2 where at most 8192 x 8192 x 1024 was expected"),
        (1, [7, 6, 2], "manualLayers1 is 7 x 6 x 2 where 8 x 6 x 2 was expected"),
        (1, [8, 6, 1], "manualLayers1 is 8 x 6 x 1 where 8 x 6 x 2 was expected"),
        (2, [4, 5, 2], "manualFluid1 is 4 x 5 x 2 where 4 x 6 x 2 was expected"),
    ] {
        let mut arrays = whole.to_vec();
        arrays[at].1 = sides;
        broken.push((arrays, problem.to_owned()));
    }
    let folder = tempfile::tempdir().unwrap();
    let (source, out) = (folder.path().join("duke"), folder.path().join("out"));
    let import_from = |input: &Path, more: &[&str]| {
        let paths = ["import", input.to_str().unwrap(), "--out", out.to_str().unwrap()];
        import::run(Import::try_parse_from(paths.iter().chain(more)).unwrap().args)
            .map_err(|error| error.to_string())
    };
    let import = |more: &[&str]| import_from(&source, more);
    let file = source.join("Subject_01.mat");
    for (arrays, problem) in &broken {
        let error = read(arrays).unwrap_err().to_string();
        assert!(error.starts_with("Subject_01.mat: the arrays: "), "{error}");
        assert!(error.contains(problem) && error.contains("2015_BOE_Chiu2.zip"), "{error}, not {problem}");
        write_file(&file, &subject_file(arrays)).unwrap();
        // Named itself it is no volume of nobody's either, which would train under a name that no split knows.
        for input in [&source, &file] {
            for (more, said) in [
                (&["--unlabelled"], "Subject_01.mat cannot be read"),
                (&["--skip-damaged"], "nothing could be imported"),
            ] {
                let error = import_from(input, more).unwrap_err();
                assert!(error.contains(said) && !out.exists(), "{error}");
            }
        }
    }
    // A subject that nobody annotated.
    write_file(&file, &subject_file(&whole)).unwrap();
    let error = import_from(&file, &[]).unwrap_err();
    assert!(error.contains("its 2 scans have no labels") && error.contains("--unlabelled"), "{error}");
    assert!(!out.exists());
    write_file(&file, &subject_file(&broken[0].0)).unwrap();
    let mut second = whole.to_vec();
    second[4].1 = [4, 6, 1];
    let notes = read(&second).unwrap().notes;
    assert!(notes[0].contains("the second grader was left out: ") && notes[0].contains("manualFluid2"));

    // Beside one that can be read it is left out only where that is asked for.
    fs::copy(fixture("Subject_03.mat"), source.join("Subject_03.mat")).unwrap();
    for more in [&[][..], &["--strict"]] {
        let error = import(more).unwrap_err();
        assert!(
            error.contains("Subject_01.mat cannot be read") && error.contains("--skip-damaged"),
            "{error}"
        );
        assert!(!out.exists(), "nothing half written");
    }
    assert_eq!(import(&["--skip-damaged"]), Ok(()));
    assert_eq!(Manifest::read(&out).unwrap().entries.len(), 2);
    let error = import(&["--skip-damaged", "--strict"]).unwrap_err();
    assert!(error.contains("1 files or scans were skipped"), "{error}");
    fs::remove_file(&file).unwrap();
    assert_eq!(import(&["--strict"]), Ok(()));

    // The same eye twice is one; another one of that name would be taken to be there already.
    let again = source.join("Subject_3.mat");
    fs::copy(fixture("Subject_03.mat"), &again).unwrap();
    assert_eq!(import(&[]), Ok(()));
    write_file(&again, &subject_file(&whole)).unwrap();
    for more in [&[][..], &["--skip-damaged"]] {
        let error = import(more).unwrap_err();
        assert!(error.contains("Subject_03.mat and ") && error.contains("Subject_3.mat are both"), "{error}");
    }
}

#[test]
fn an_array_of_a_mat_file_is_a_volume() {
    let truth = stacked("truth.png");
    for name in ["volume.mat", "volume_compressed.mat"] {
        let read = opened(&fixture(name));
        assert_eq!(read.kind, FileKind::Mat);
        assert!(read.warnings[0].contains("scan (48x64x3)"), "{:?}", read.warnings);
        assert_eq!(read.document.pages.len(), 3);
    }
    assert!(images(&opened(&fixture("volume_compressed.mat"))) == truth, "bytes are greys");
    let small = open(Path::new(&format!("{}:small", fixture("volume_compressed.mat").display()))).unwrap();
    assert_eq!((small.document.pages.len(), small.document.pages[0].scan.width()), (1, 20));
    let none = open(Path::new(&format!("{}:none", fixture("volume.mat").display()))).unwrap_err().to_string();
    assert!(none.contains("none is called none") && none.contains("scan (48x64x3)"), "{none}");
    let mut hdf5 = b"MATLAB 7.3 MAT-file".to_vec();
    hdf5.resize(600, b' ');
    let refusal = open_bytes(&hdf5, Path::new("new.mat")).unwrap_err().to_string();
    assert!(refusal.contains("7.3") && refusal.contains("-v7"), "{refusal}");
}

pub fn hostile_formats() -> Vec<Format> {
    let dicom: Reader = |b| dicom::read(b, NAME).map(drop).map_err(|e| e.to_string());
    let whole =
        |name: &'static str, file: &str, read| Format { name, valid: bytes(file), read, must_be_whole: true };
    vec![
        whole("DICOM", "opt_plain.dcm", dicom),
        whole("DICOM without preamble", "opt_bare", dicom),
        whole("deflated DICOM", "opt_deflated.dcm", dicom),
        whole("big-endian DICOM", "opt_big_endian.dcm", dicom),
        whole("RLE DICOM", "opt_rle.dcm", dicom),
        whole("JPEG DICOM", "opt_jpeg.dcm", dicom),
        whole("lossless JPEG DICOM", "opt_jpeg_lossless.dcm", dicom),
        whole("lossless JPEG DICOM of 16 bits", "opt_jpeg_lossless_16.dcm", dicom),
        whole("JPEG 2000 DICOM", "opt_jpeg_2000.dcm", dicom),
        whole("DICOM of deflated frames", "opt_deflated_frames.dcm", dicom),
        Format {
            name: "identity fields",
            valid: bytes("opt_implicit.dcm"),
            read: |b| dicom::identity_fields(b, NAME).map(drop).map_err(|e| e.to_string()),
            // A data set that ends after an element is a smaller data set.
            must_be_whole: false,
        },
        whole("HEYEX XML", "heyex/export.xml", |b| {
            heyex::read(b, &fixture("heyex/export.xml"), NAME).map(drop).map_err(|e| e.to_string())
        }),
        Format {
            name: "surfaces",
            valid: b"<surfaces><scan_characteristics><size><x>2</x><y>9</y><z>1</z></size></scan_characteristics><surface>\
                <label>10</label><bscan><y>3</y><y>4.5</y></bscan></surface></surfaces>"
                .to_vec(),
            read: |b| octexplorer::read(b, NAME).map(drop).map_err(|e| e.to_string()),
            must_be_whole: true,
        },
        whole("Duke MAT", "Subject_03.mat", |b| mat::read_duke(b, NAME).map(drop).map_err(|e| e.to_string())),
        whole("MAT", "volume.mat", |b| mat::read(b, None, NAME).map(drop).map_err(|e| e.to_string())),
        whole("compressed MAT", "volume_compressed.mat", |b| {
            mat::read(b, None, NAME).map(drop).map_err(|e| e.to_string())
        }),
    ]
}

#[test]
fn truncated_clinical_files_are_refused() {
    for format in hostile_formats() {
        survive(&format, &format.valid, "as it is").unwrap_or_else(|e| panic!("{}: {e}", format.name));
        for offset in (0..format.valid.len()).step_by(97).chain(0..200.min(format.valid.len())) {
            let read = survive(&format, &format.valid[..offset], &format!("cut at byte {offset}"));
            // A MAT file is a row of arrays: without the last it is a smaller file. The XML may lack its end of line.
            let is_row = format.name.contains("MAT") && offset >= 128;
            assert!(
                read.is_err() || is_row || !format.must_be_whole,
                "{}: cut at byte {offset} passes for whole",
                format.name
            );
        }
    }
}

#[test]
fn flipped_bytes_in_clinical_files_are_survived() {
    for (index, format) in hostile_formats().into_iter().enumerate() {
        let mut numbers = Numbers(0xc11 + index as u64);
        for round in 0..FLIPS {
            let mut bytes = format.valid.clone();
            for _ in 0..=round % 4 {
                let reach = if numbers.below(2) == 0 { bytes.len().min(2048) } else { bytes.len() };
                bytes[numbers.below(reach)] ^= 1 << numbers.below(8);
            }
            let _ = survive(&format, &bytes, &format!("round {round}"));
        }
    }
}

#[test]
fn what_the_bytes_cannot_hold_is_refused_before_it_is_allocated() {
    for file in ["opt_plain.dcm", "opt_rle.dcm", "opt_jpeg.dcm", "opt_jpeg_2000.dcm"] {
        let read: Reader = |b| dicom::read(b, NAME).map(drop).map_err(|e| e.to_string());
        let format = Format { name: "DICOM of a giant", valid: bytes(file), read, must_be_whole: true };
        for (tag, value) in
            [([0x28, 0, 0x10, 0], 0xffff_u16), ([0x28, 0, 0x11, 0], 8192), ([0x28, 0, 0x11, 0], 0)]
        {
            let mut bytes = format.valid.clone();
            let at = bytes.windows(6).position(|window| window[..4] == tag && &window[4..] == b"US").unwrap();
            bytes[at + 8..at + 10].copy_from_slice(&value.to_le_bytes());
            assert!(survive(&format, &bytes, &format!("{file}: {tag:?} is {value}")).is_err());
        }
    }
    let read: Reader = |b| mat::read(b, None, NAME).map(drop).map_err(|e| e.to_string());
    let format = Format { name: "MAT of a giant", valid: bytes("volume.mat"), read, must_be_whole: true };
    for at in (128..200).step_by(4) {
        for value in [0, 1, 0x7fff_ffff, 0xffff_ffff_u32] {
            let mut bytes = format.valid.clone();
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            let _ = survive(&format, &bytes, &format!("{value} at {at}"));
        }
    }
}

#[test]
fn nothing_of_identity_is_in_what_is_opened() {
    for name in ["opt_plain.dcm", "one_file_a_b_scan", "heyex", "volume.mat"] {
        let raw = match fixture(name).is_file() {
            true => bytes(name),
            false => fs::read_dir(fixture(name))
                .unwrap()
                .flatten()
                .flat_map(|e| fs::read(e.path()).unwrap())
                .collect(),
        };
        assert!(raw.windows(6).any(|part| part.eq_ignore_ascii_case(b"canary")), "{name} holds a marker");
        holds_no_identity(&open(&fixture(name)).unwrap());
    }
}
