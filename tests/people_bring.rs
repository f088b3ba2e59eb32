//! Files and folders as people bring them, beyond the table of cases, made in code: arrays in Python's order, stacks of
//! several channels, volumes in a file a slice, volumes with the labels of all their B-scans, DICOM files dropped
//! together.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use retidiff::anatomy::{IRF, UNANNOTATED};
use retidiff::cli::import::{self, ImportArgs};
use retidiff::dataset::manifest::Manifest;
use retidiff::formats::open::{FileKind, Opened, open, open_bytes};
use retidiff::formats::volume_export::ExportVolume;
use retidiff::formats::{clinical, metaimage_writer, nifti_writer, scan_image, write_file};
use retidiff::scan::{GreyImage, Spacing};
use tiff::encoder::{TiffEncoder, colortype};
use tiff::tags::Tag;

use crate::cases_clinical::mat_array;

const COLUMNS: usize = 40;
const ROWS: usize = 48;

/// Dark, with a bright band across the middle, as a retina lies in its scan.
fn grey(x: usize, y: usize, b_scan: usize) -> u8 {
    if (15..33).contains(&y) {
        (150 + (3 * x + 7 * b_scan) % 40) as u8
    } else {
        (20 + (x + b_scan) % 9) as u8
    }
}

fn b_scan(k: usize) -> Vec<u8> {
    (0..ROWS).flat_map(|y| (0..COLUMNS).map(move |x| grey(x, y, k))).collect()
}

fn images(opened: &Opened) -> Vec<GreyImage> {
    opened.document.pages.iter().map(|page| page.scan.image.clone()).collect()
}

fn assert_shows(opened: &Opened, b_scans: impl Iterator<Item = usize>, what: &str) {
    let expected: Vec<GreyImage> =
        b_scans.map(|k| GreyImage::new(COLUMNS as u32, ROWS as u32, b_scan(k))).collect();
    assert!(images(opened) == expected, "{what}: {:?}", opened.warnings);
}

fn mat(arrays: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"MATLAB 5.0 MAT-file".to_vec();
    file.resize(124, b' ');
    file.extend([0, 1, b'I', b'M']);
    file.extend(arrays.concat());
    file
}

/// An array whose first dimension changes fastest.
fn array(name: &str, sides: [usize; 3], value: impl Fn([usize; 3]) -> u8) -> Vec<u8> {
    let [a, b, c] = sides;
    let value = &value;
    let numbers: Vec<u8> =
        (0..c).flat_map(|k| (0..b).flat_map(move |j| (0..a).map(move |i| value([i, j, k])))).collect();
    mat_array(name, sides, 2, &numbers)
}

#[test]
fn arrays_of_matlab_and_of_python_show_the_same_picture() {
    // Few B-scans are told by their number, many by their brightness.
    for count in [3, 18] {
        let matlab = array("vol", [ROWS, COLUMNS, count], |[y, x, k]| grey(x, y, k));
        let python = array("vol", [count, ROWS, COLUMNS], |[k, y, x]| grey(x, y, k));
        let lying = array("vol", [COLUMNS, ROWS, count], |[x, y, k]| grey(x, y, k));
        let both = array("vol", [count, COLUMNS, ROWS], |[k, x, y]| grey(x, y, k));
        for (file, way) in [
            (matlab, "rows x columns x B-scans"),
            (python, "B-scans x rows x columns"),
            (lying, "columns x rows x B-scans"),
            (both, "B-scans x columns x rows"),
        ] {
            let read = open_bytes(&mat(&[file]), Path::new("a.mat")).unwrap();
            assert!(read.warnings[0].contains(&format!("was taken as {way}")), "{:?}", read.warnings);
            assert_shows(&read, 0..count, way);
        }
    }
}

#[test]
fn of_arrays_of_one_size_the_one_that_is_no_labels_is_the_scan() {
    let scan = array("img", [ROWS, COLUMNS, 2], |[y, x, k]| grey(x, y, k));
    let labels = array("seg", [ROWS, COLUMNS, 2], |[y, ..]| u8::from((20..25).contains(&y)));
    for arrays in [[scan.clone(), labels.clone()], [labels, scan]] {
        let read = open_bytes(&mat(&arrays), Path::new("a.mat")).unwrap();
        assert!(
            read.warnings[0].contains("img (48x40x2)") && read.warnings[0].contains("seg"),
            "{:?}",
            read.warnings
        );
        assert_shows(&read, 0..2, "the scan beside its labels");
    }
}

/// A TIFF of pages with a description in front.
fn stack(description: &str, pages: &[Vec<u8>]) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap();
    for (index, page) in pages.iter().enumerate() {
        let mut image = encoder.new_image::<colortype::Gray8>(COLUMNS as u32, ROWS as u32).unwrap();
        if index == 0 {
            image.encoder().write_tag(Tag::ImageDescription, description).unwrap();
        }
        image.write_data(page).unwrap();
    }
    file.into_inner()
}

#[test]
fn of_a_stack_with_channels_the_first_is_read_and_the_rest_is_said() {
    let other = |k: usize| b_scan(k).iter().map(|grey| 255 - grey).collect::<Vec<u8>>();
    let alternating: Vec<Vec<u8>> = (0..3).flat_map(|k| [b_scan(k), other(k)]).collect();
    let image_j = "ImageJ=1.54f\nimages=6\nchannels=2\nslices=3\nhyperstack=true\n";
    let read = open_bytes(&stack(image_j, &alternating), Path::new("a.tif")).unwrap();
    assert!(
        read.warnings.join("\n").contains("2 channels a B-scan, of which the first"),
        "{:?}",
        read.warnings
    );
    assert_shows(&read, 0..3, "ImageJ's channels");

    let behind: Vec<Vec<u8>> = (0..3).map(b_scan).chain((0..3).map(other)).collect();
    let ome = |order: &str, more: &str| {
        format!(
            "<?xml version=\"1.0\"?><OME><Image ID=\"Image:0\"><Pixels ID=\"P\" DimensionOrder=\"{order}\" SizeC=\"2\" \
             SizeT=\"1\" SizeX=\"40\" SizeY=\"48\" SizeZ=\"3\" Type=\"uint8\"></Pixels></Image>{more}</OME>"
        )
    };
    for (order, pages) in [("XYCZT", &alternating), ("XYZCT", &behind)] {
        let read = open_bytes(&stack(&ome(order, ""), pages), Path::new("a.ome.tif")).unwrap();
        assert_shows(&read, 0..3, order);
    }
    let more = "<Image ID=\"Image:1\"><Pixels ID=\"Q\" DimensionOrder=\"XYCZT\" SizeC=\"1\" SizeT=\"1\" SizeZ=\"2\"></Pixels></Image>";
    let pages: Vec<Vec<u8>> = behind.iter().cloned().chain([other(0), other(1)]).collect();
    let read = open_bytes(&stack(&ome("XYZCT", more), &pages), Path::new("a.ome.tif")).unwrap();
    assert!(read.warnings.join("\n").contains("left out: 2 pages of the others"), "{:?}", read.warnings);
    assert_shows(&read, 0..3, "the first of two images");
    // Not as many pages as were described: nothing is left out.
    let read = open_bytes(&stack(image_j, &behind[..5]), Path::new("a.tif")).unwrap();
    assert_eq!(read.document.pages.len(), 5);
}

fn volume(voxels: Vec<u8>, b_scans: u32) -> ExportVolume {
    ExportVolume {
        width: COLUMNS as u32,
        height: ROWS as u32,
        b_scans,
        voxels,
        spacing: Spacing::checked(3.9, 11.7),
        b_scan_distance_um: Some(250.0),
    }
}

fn scans(count: usize) -> ExportVolume {
    volume((0..count).flat_map(b_scan).collect(), count as u32)
}

/// Codes of three lesions on every second B-scan, in a band of the retina.
fn lesions(count: usize) -> ExportVolume {
    let code = |x: usize, y: usize, k: usize| match (k % 2, y, x) {
        (1, 18..24, 4..10) => 1,
        (1, 18..24, 14..20) => 2,
        (1, 26..30, 24..30) => 3,
        _ => 0,
    };
    let voxels =
        (0..count).flat_map(|k| (0..ROWS).flat_map(move |y| (0..COLUMNS).map(move |x| code(x, y, k))));
    volume(voxels.collect(), count as u32)
}

#[test]
fn a_volume_in_a_file_a_slice_opens_by_its_header() {
    let folder = tempfile::tempdir().unwrap();
    for k in 0..3 {
        write_file(&folder.path().join(format!("s{k:02}.raw")), &b_scan(k)).unwrap();
    }
    let header = |data: &str| {
        let text = metaimage_writer::header(&scans(3), "data.raw").replace("data.raw", data);
        let path = folder.path().join("a.mhd");
        write_file(&path, text.as_bytes()).unwrap();
        open(&path)
    };
    for data in
        ["LIST\ns00.raw\ns01.raw\ns02.raw", "LIST 2D\r\ns00.raw\r\ns01.raw\r\ns02.raw", "s%02d.raw 0 2 1"]
    {
        assert_shows(&header(data).unwrap(), 0..3, data);
    }
    let missing = header("s%02d.raw 0 3 1").unwrap_err().to_string();
    assert!(missing.contains("s03.raw") || missing.contains("in each of 4 files"), "{missing}");
    let outside = header("LIST\n../a.raw\ns01.raw\ns02.raw").unwrap_err().to_string();
    assert!(outside.contains("outside the folder"), "{outside}");
}

#[derive(Parser)]
struct Import {
    #[command(flatten)]
    args: ImportArgs,
}

fn imported(source: &Path, more: &[&str]) -> (tempfile::TempDir, Manifest) {
    let out = tempfile::tempdir().unwrap();
    let words = ["import", source.to_str().unwrap(), "--out", out.path().to_str().unwrap()];
    import::run(Import::try_parse_from(words.iter().chain(more)).unwrap().args).unwrap();
    let manifest = Manifest::read(out.path()).unwrap();
    (out, manifest)
}

/// Pixels of each of the three lesions on a page.
fn lesion_pixels(opened: &Opened, page: usize) -> [usize; 3] {
    let codes = opened.document.pages[page].mask.composite_pixels();
    [IRF, IRF + 1, IRF + 2].map(|code| codes.iter().filter(|found| **found == code).count())
}

#[test]
fn cases_of_retouch_open_and_import_with_their_lesions() {
    let folder = tempfile::tempdir().unwrap();
    for case in ["TRAIN001", "TRAIN002"] {
        let case = folder.path().join("Spectralis").join(case);
        write_file(&case.join("oct.mhd"), metaimage_writer::header(&scans(4), "oct.raw").as_bytes()).unwrap();
        write_file(&case.join("oct.raw"), &scans(4).voxels).unwrap();
        write_file(
            &case.join("reference.mhd"),
            metaimage_writer::header(&lesions(4), "reference.raw").as_bytes(),
        )
        .unwrap();
        write_file(&case.join("reference.raw"), &lesions(4).voxels).unwrap();
    }
    for place in [folder.path().join("Spectralis/TRAIN001"), folder.path().to_owned()] {
        let read = open(&place).unwrap();
        assert_eq!((read.kind, &read.document.name[..]), (FileKind::MetaImage, "TRAIN001"));
        assert_shows(&read, 0..4, "the scan of a case");
        assert_eq!([lesion_pixels(&read, 0), lesion_pixels(&read, 1)], [[0; 3], [36, 36, 24]]);
        // Nobody drew layers.
        assert_eq!(read.document.pages[1].mask.layers.get(0, 0), UNANNOTATED);
        let notes = read.warnings.join("\n");
        assert!(notes.contains("as RETOUCH's (1 IRF, 2 SRF, 3 PED)"), "{notes}");
        assert_eq!(
            notes.contains("2 volumes, of which TRAIN001 is opened"),
            place == folder.path(),
            "{notes}"
        );
    }
    let (_out, manifest) = imported(folder.path(), &[]);
    let entries = &manifest.entries;
    assert_eq!((entries.len(), &entries[0].subject[..], &entries[7].id[..]), (8, "TRAIN001", "TRAIN002_004"));
    assert_eq!(entries.iter().filter(|entry| entry.label.is_some()).count(), 4, "where lesions are");
}

#[test]
fn volumes_of_nnunet_and_volumes_beside_their_labels_open_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let nnunet = folder.path().join("Dataset007_Fluid");
    let packed = |volume: &ExportVolume| nifti_writer::write_gz(volume, "a").unwrap();
    for case in ["a", "b"] {
        write_file(&nnunet.join(format!("imagesTr/{case}_0000.nii.gz")), &packed(&scans(4))).unwrap();
        write_file(&nnunet.join(format!("labelsTr/{case}.nii.gz")), &packed(&lesions(4))).unwrap();
    }
    let about =
        r#"{"channel_names": {"0": "OCT"}, "labels": {"background": 0, "PED": 1, "SRF": 2, "IRF": 3}}"#;
    write_file(&nnunet.join("dataset.json"), about.as_bytes()).unwrap();
    let read = open(&nnunet).unwrap();
    assert_shows(&read, 0..4, "the first case");
    assert_eq!(lesion_pixels(&read, 1), [24, 36, 36], "as the description says");

    let beside = folder.path().join("beside");
    write_file(&beside.join("Eye.nii.gz"), &packed(&scans(4))).unwrap();
    write_file(&beside.join("Eye_labels.nii.gz"), &packed(&lesions(4))).unwrap();
    let unsaid = open(&beside).unwrap();
    assert_shows(&unsaid, 0..4, "beside its labels");
    let notes = unsaid.warnings.join("\n");
    assert!(notes.contains("Eye: without labels") && notes.contains("--scheme retouch"), "{notes}");
    let (_out, manifest) = imported(&beside, &["--map", "1=IRF,2=SRF,3=PED"]);
    assert_eq!(manifest.entries.iter().filter(|entry| entry.label.is_some()).count(), 2);

    // Labels of another number of B-scans are said, and the scans open.
    write_file(&beside.join("Eye_labels.nii.gz"), &packed(&lesions(3))).unwrap();
    let other = open(&beside).unwrap();
    assert!(
        other.warnings.join("\n").contains("labels of 3 B-scans where the scan has 4"),
        "{:?}",
        other.warnings
    );
    assert_shows(&other, 0..4, "with labels of another volume");
    // A picture among them: a folder of pictures, as before.
    write_file(&beside.join("eye.png"), &scan_image::write(&images(&other)[0], &[]).unwrap()).unwrap();
    assert!(matches!(open(&beside).unwrap().kind, FileKind::Folder(_)));
}

#[test]
fn dicom_files_that_come_together_open_as_their_folder_does() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clinical");
    for (folder, localizers) in [("one_file_a_b_scan", 1), ("with_localizer", 1)] {
        let folder = fixtures.join(folder);
        let mut paths: Vec<PathBuf> =
            fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path()).collect();
        paths.sort_by(|a, b| b.cmp(a));
        let together = clinical::open_dicom_files(&paths).expect("all are DICOM").unwrap();
        let whole = open(&folder).unwrap();
        assert!(images(&together) == images(&whole));
        assert_eq!(together.document.localizer.iter().count(), localizers);
        assert_eq!(together.document.localizer, whole.document.localizer);
    }
    let alone = fixtures.join("opt_plain.dcm");
    assert!(clinical::open_dicom_files(std::slice::from_ref(&alone)).is_none(), "one is no set");
    assert!(clinical::open_dicom_files(&[alone, fixtures.join("truth.png")]).is_none());
}
