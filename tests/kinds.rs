//! Small files of the kinds that people bring, by other people's writers (`tests/reference/make_kinds.py`, from
//! Tian et al. 2015, subject 7, CC BY 4.0): every kind shows the same picture, with or without the table of cases.

use std::path::{Path, PathBuf};

use retidiff::formats::metaimage_writer;
use retidiff::formats::open::{Opened, label_pictures, open};
use retidiff::formats::pixel_size::FactState;
use retidiff::formats::volume_export::ExportVolume;
use retidiff::scan::{GreyImage, Spacing};

fn kind(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kinds").join(file)
}

fn opened(file: &str) -> (Opened, Vec<GreyImage>) {
    let opened = open(&kind(file)).unwrap_or_else(|error| panic!("{error}"));
    let images = opened.document.pages.iter().map(|page| page.scan.image.clone()).collect();
    (opened, images)
}

/// Greatest difference of a grey.
fn difference(found: &[GreyImage], truth: &[GreyImage], file: &str) -> u8 {
    assert_eq!(found.len(), truth.len(), "{file}");
    let pairs = found.iter().zip(truth);
    let differences = pairs.flat_map(|(found, truth)| {
        assert_eq!((found.width, found.height), (truth.width, truth.height), "{file}");
        found.pixels.iter().zip(truth.pixels.iter()).map(|(a, b)| a.abs_diff(*b))
    });
    differences.max().unwrap_or(0)
}

#[test]
fn every_kind_shows_the_picture_and_its_spacing() {
    let (_, truth) = opened("truth.tif");
    assert_eq!((truth.len(), truth[0].width, truth[0].height), (3, 32, 80));
    let from_file = Some(FactState::FromFile);
    for (file, state, tolerance, note) in [
        ("tiled_big.tif", None, 0, "values from 0 (black) to 65535 (white)"),
        ("twelve_bits.tif", None, 1, "values from 0 (black) to 4095 (white)"),
        ("reflectivity.tif", None, 1, "fourth root"),
        ("samples.tif", None, 0, "3 samples a pixel that are no colours"),
        ("ome.ome.tif", from_file, 0, "250.0 µm between B-scans"),
        ("imagej.tif", from_file, 0, "one directory for 3 images"),
        ("big_endian.nii.gz", from_file, 0, "the bits that its values use"),
        ("pair.hdr", Some(FactState::Assumed), 0, "93.60 µm across and 23.40 µm down are assumed"),
        ("pair.img", Some(FactState::Assumed), 0, "not stated"),
        ("itk.nii.gz", from_file, 0, ""),
        ("itk.mhd", from_file, 0, ""),
        ("itk.zraw", from_file, 0, ""),
        ("flipped.nii.gz", from_file, 0, "rows reversed"),
        ("z_y_x.nii.gz", from_file, 0, "the third axis is taken across"),
    ] {
        let (opened, images) = opened(file);
        let notes = opened.warnings.join("\n");
        assert!(difference(&images, &truth, file) <= tolerance, "{file}: {notes}");
        assert!(notes.contains(note), "{file}: {notes}");
        assert_eq!(opened.spacing_state, state, "{file}: {notes}");
        if state.is_some() {
            let spacing = opened.document.pages[0].scan.spacing.unwrap();
            assert!((spacing.lateral_um_per_px - 93.6).abs() < 0.01, "{file}: {spacing:?}");
            assert!((spacing.axial_um_per_px - 23.4).abs() < 0.01, "{file}: {spacing:?}");
            assert!((opened.document.b_scan_distance_um.unwrap() - 250.0).abs() < 0.01, "{file}");
        }
    }
}

#[test]
fn single_pictures_are_turned_and_coloured_as_they_say() {
    let (_, truth) = opened("truth.tif");
    let (_, palette) = opened("palette.tif");
    assert_eq!(difference(&palette, &truth[..1], "palette.tif"), 0);
    let (_, turned) = opened("turned.jpg");
    // A JPEG of quality 95.
    assert!(difference(&turned, &truth[..1], "turned.jpg") < 30);
    let message = open(&kind("zstd.tif")).unwrap_err().to_string();
    assert!(message.contains("ZSTD (code 50000)") && message.contains("tiffcp"), "{message}");
}

#[test]
fn compressed_pairs_open_by_either_file() {
    let folder = tempfile::tempdir().unwrap();
    let compressed = |file: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &std::fs::read(kind(file)).unwrap()).unwrap();
        encoder.finish().unwrap()
    };
    let (_, truth) = opened("truth.tif");
    for (header, voxels) in [("pair.hdr.gz", "pair.img.gz"), ("PAIR.HDR.gz", "PAIR.IMG.gz")] {
        for (file, of) in [(header, "pair.hdr"), (voxels, "pair.img")] {
            retidiff::formats::write_file(&folder.path().join(file), &compressed(of)).unwrap();
        }
        for file in [header, voxels] {
            let opened = open(&folder.path().join(file)).unwrap_or_else(|error| panic!("{error}"));
            let images: Vec<GreyImage> =
                opened.document.pages.iter().map(|page| page.scan.image.clone()).collect();
            assert_eq!(difference(&images, &truth, file), 0, "{file}");
        }
    }
}

#[test]
fn a_volume_of_labels_in_another_code_says_so() {
    let mut voxels = vec![0; 3 * 48 * 40];
    for (b_scan, code) in [(0, 1), (1, 2), (2, 3)] {
        (10..14).for_each(|row| voxels[b_scan * 48 * 40 + row * 48 + 20..][..6].fill(code));
    }
    let volume = ExportVolume {
        width: 48,
        height: 40,
        b_scans: 3,
        voxels,
        spacing: Spacing::checked(3.9, 11.7),
        b_scan_distance_um: Some(250.0),
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reference.mha");
    retidiff::formats::write_file(&path, &metaimage_writer::write(&volume)).unwrap();
    let notes = open(&path).unwrap().warnings.join("\n");
    assert!(notes.contains("look like labels of all 3 B-scans (its numbers are 0 to 3"), "{notes}");
    let pictures = label_pictures(&path).unwrap();
    assert_eq!(pictures.len(), 3);
    assert_eq!(pictures[1].values.len(), 2);
}
