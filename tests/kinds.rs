//! Small files of the kinds that people bring, by other people's writers (`tests/reference/make_kinds.py`, from
//! Tian et al. 2015, subject 7, CC BY 4.0): every kind shows the same picture, with or without the table of cases.

use std::path::{Path, PathBuf};

use retidiff::formats::open::{Opened, open};
use retidiff::formats::pixel_size::FactState;
use retidiff::scan::GreyImage;

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
