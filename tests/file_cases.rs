//! The table of cases: one real volume, written the many ways in which people's programs write it. Each must
//! open as the same picture with a note of what was assumed, or be refused with the file, the reason and the
//! remedy. The files are other programs' (see the folder's own README); without them these tests are skipped.

use std::path::{Path, PathBuf};

use retidiff::formats::label_png::CodeScheme;
use retidiff::formats::open::{Opened, open, open_label_onto};
use retidiff::formats::pixel_size::FactState;
use retidiff::scan::{GreyImage, Spacing};

use crate::fixtures::shared_data;
use crate::formats::import_folder;

/// Mean difference in greys from the true picture that a chosen window may cause.
const WINDOWED: f64 = 6.0;
/// The same for pictures whose greys are all there.
const EXACT: f64 = 0.0;

fn cases(test: &str) -> Option<PathBuf> {
    let made = shared_data(test)?.parent()?.join("cases/made");
    if !made.is_dir() {
        eprintln!("skipped: {test}: no cases in {}", made.display());
        return None;
    }
    Some(made)
}

/// The five B-scans that every volume among the cases holds.
fn truth(made: &Path) -> Vec<GreyImage> {
    let truth = images(&open(&made.join("tiff/stack5_u16_full.tif")).unwrap());
    assert_eq!(truth.len(), 5);
    assert!(truth.iter().all(|image| (image.width, image.height) == (256, 496)));
    let mean = mean(truth.iter().flat_map(|image| image.pixels.iter().map(|&grey| f64::from(grey))));
    assert!((30.0..32.0).contains(&mean), "{mean}");
    truth
}

fn images(opened: &Opened) -> Vec<GreyImage> {
    opened.document.pages.iter().map(|page| page.scan.image.clone()).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u64), |(sum, count), value| (sum + value, count + 1));
    sum / count as f64
}

/// Fails unless the pictures are the true ones within a mean difference.
fn assert_pictures(found: &[GreyImage], truth: &[GreyImage], tolerance: f64, what: &str) {
    assert_eq!(found.len(), truth.len(), "{what}: B-scans");
    for (number, (found, truth)) in (1..).zip(found.iter().zip(truth)) {
        assert_eq!((found.width, found.height), (truth.width, truth.height), "{what}, B-scan {number}");
        let pairs = found.pixels.iter().zip(truth.pixels.iter());
        let difference = mean(pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs()));
        assert!(difference <= tolerance, "{what}, B-scan {number}: {difference} greys from the picture");
    }
}

fn opened(path: &Path) -> Opened {
    open(path).unwrap_or_else(|error| panic!("{error}"))
}

fn notes(opened: &Opened) -> String {
    opened.warnings.join("\n")
}

/// The refusal of a file; it must name the file.
fn refusal(path: &Path) -> String {
    let Err(error) = open(path) else { panic!("{} was not refused", path.display()) };
    let message = error.to_string();
    let name = path.file_name().unwrap().to_string_lossy();
    assert!(message.contains(&*name), "{message}");
    message
}

const STATED: Option<(Spacing, f32)> =
    Some((Spacing { axial_um_per_px: 3.9, lateral_um_per_px: 11.7 }, 250.0));

/// Fails unless spacing and distance are these, to a thousandth, and known from the file.
fn assert_spacing(opened: &Opened, expected: Option<(Spacing, f32)>, state: Option<FactState>, what: &str) {
    let found = opened.document.pages[0].scan.spacing;
    assert_eq!(opened.spacing_state, state, "{what}: {}", notes(opened));
    let Some((expected, distance)) = expected else {
        assert_eq!(found, None, "{what}");
        return;
    };
    let found = found.unwrap_or_else(|| panic!("{what}: no spacing"));
    let near = |a: f32, b: f32| (a / b - 1.0).abs() < 1e-3;
    assert!(near(found.axial_um_per_px, expected.axial_um_per_px), "{what}: {found:?}");
    assert!(near(found.lateral_um_per_px, expected.lateral_um_per_px), "{what}: {found:?}");
    if opened.document.pages.len() > 1 {
        assert!(opened.document.b_scan_distance_um.is_some_and(|um| near(um, distance)), "{what}");
    }
}

#[test]
fn tiffs_of_every_depth_and_layout_show_the_picture() {
    let Some(made) = cases("TIFF cases") else { return };
    let truth = truth(&made);
    let fourth = &truth[3..4];
    for (file, expected, tolerance, note) in [
        ("stack5_u16_12bit_range", &truth[..], EXACT + 0.5, "values from 0 (black) to 4095 (white)"),
        ("stack5_f32_0to1", &truth, EXACT, "values from 0 (black) to 1 (white)"),
        ("single_f32_reflectivity_with_nan", fourth, 0.5, "fourth root"),
        ("single_i16_negative", fourth, WINDOWED, "percentiles"),
        ("single_u32", fourth, EXACT, "the range of its numbers"),
        ("single_rgb_tiled_jpeg", fourth, 4.0, ""),
        ("single_rgb_planar", fourth, EXACT, ""),
        ("samples5_one_page", &truth, EXACT, "5 samples a pixel"),
        ("stack5_u16_tiled_bigtiff", &truth, EXACT, "the range of its numbers"),
        ("stack5_big_endian", &truth, EXACT, "the range of its numbers"),
        ("stack5_imagej_one_directory", &truth, EXACT, "one directory for 5 images"),
        ("stack5_imagej_5_directories", &truth, EXACT, "11.70 µm across"),
        ("single_miniswhite_same_picture", fourth, EXACT, ""),
        ("single_minisblack", fourth, EXACT, ""),
        (
            "stack5_with_thumbnail_pages",
            &truth,
            EXACT,
            "as smaller copies (256x496 are read): page 2 (64x124)",
        ),
    ] {
        let opened = opened(&made.join(format!("tiff/{file}.tif")));
        assert_pictures(&images(&opened), expected, tolerance, file);
        assert!(notes(&opened).contains(note), "{file}: {}", notes(&opened));
        let is_spaced = file.contains("imagej");
        let state = is_spaced.then_some(FactState::FromFile);
        assert_spacing(&opened, STATED.filter(|_| is_spaced), state, file);
    }
}

#[test]
fn compressions_that_are_not_read_are_named_with_the_remedy() {
    let Some(made) = cases("TIFF compressions") else { return };
    for (file, compression) in [("single_zstd", "ZSTD"), ("single_jpeg2000", "JPEG 2000")] {
        let message = refusal(&made.join(format!("tiff/{file}.tif")));
        assert!(message.contains(compression) && message.contains("tiffcp -c lzw"), "{message}");
    }
}

#[test]
fn nifti_volumes_come_upright_in_one_order() {
    let Some(made) = cases("NIfTI cases") else { return };
    let truth = truth(&made);
    let from_file = Some(FactState::FromFile);
    for (file, spacing, state) in [
        ("oct_u8.nii", STATED, from_file),
        ("oct_u8.nii.gz", STATED, from_file),
        ("oct_i16.nii", STATED, from_file),
        ("oct_f32_0to1.nii.gz", STATED, from_file),
        ("oct_axes_z_y_x.nii.gz", STATED, from_file),
        ("oct_y_flipped_affine_says_so.nii.gz", STATED, from_file),
        ("oct_4d_singleton.nii.gz", STATED, from_file),
        // Written without a unit.
        ("oct_nifti2.nii", STATED, Some(FactState::Assumed)),
        ("oct_pair.hdr", STATED, Some(FactState::Assumed)),
        ("oct_pair.img", STATED, Some(FactState::Assumed)),
        ("oct_big_endian.nii", STATED, Some(FactState::Assumed)),
        ("oct_scl_slope_0.nii", STATED, from_file),
        ("oct_scl_slope_nan.nii", STATED, from_file),
        ("oct_pixdim_zero.nii", None, None),
    ] {
        let opened = opened(&made.join("nifti").join(file));
        assert_pictures(&images(&opened), &truth, EXACT, file);
        assert_spacing(&opened, spacing, state, file);
    }
    let single = opened(&made.join("nifti/oct_2d.nii.gz"));
    assert_pictures(&images(&single), &truth[3..4], EXACT, "oct_2d");
    let message = refusal(&made.join("nifti/oct_dim_claims_30000.nii"));
    assert!(message.contains("byte 40") && message.contains("30000x30000x30000"), "{message}");
}

#[test]
fn label_codes_of_a_volume_are_offered_as_labels() {
    let Some(made) = cases("NIfTI labels") else { return };
    let path = made.join("nifti/labels_float64.nii.gz");
    let opened_labels = opened(&path).possible_labels.expect("label codes");
    let expected = opened(&made.join("labels/studio_codes.png")).possible_labels.expect("label codes");
    assert_eq!(opened_labels.labels.codes, expected.labels.codes);
    let scan = opened(&made.join("labels/scan.png")).document;
    let (mask, _) = open_label_onto(&path, &scan.pages[0], CodeScheme::Studio).unwrap();
    assert_eq!(mask.composite_pixels(), expected.labels.codes);
    let many = open_label_onto(&made.join("metaimage/reference.mhd"), &scan.pages[0], CodeScheme::Studio);
    assert!(many.unwrap_err().to_string().contains("5 B-scans"));
}

#[test]
fn metaimage_volumes_open_from_their_own_folder_alone() {
    let Some(made) = cases("MetaImage cases") else { return };
    let truth = truth(&made);
    for file in ["oct.mhd", "oct_compressed.mhd", "oct_u8.mha", "oct.raw", "oct_compressed.zraw"] {
        let opened = opened(&made.join("metaimage").join(file));
        assert_pictures(&images(&opened), &truth, EXACT, file);
        assert_spacing(&opened, STATED, Some(FactState::FromFile), file);
    }
    assert!(refusal(&made.join("metaimage/oct_path_escape.mhd")).contains("outside the folder"));
    assert!(refusal(&made.join("metaimage/oct_raw_missing.mhd")).contains("not_here.raw is not beside it"));
}

#[test]
fn jpegs_of_every_kind_show_the_picture() {
    let Some(made) = cases("JPEG cases") else { return };
    let scan = images(&opened(&made.join("labels/scan.png")));
    for (file, tolerance) in [("cmyk", 1.5), ("progressive", 3.0), ("rgb_411", 4.0)] {
        let opened = opened(&made.join(format!("jpeg/{file}.jpg")));
        assert_pictures(&images(&opened), &scan, tolerance, file);
    }
}

#[test]
fn a_turned_photograph_comes_upright_and_fits_its_mask() {
    let Some(made) = cases("EXIF pair") else { return };
    let pair = opened(&made.join("exif_pair"));
    let scan = images(&opened(&made.join("labels/scan.png")));
    assert_pictures(&images(&pair), &scan, 2.0, "the scan of the pair");
    let codes = opened(&made.join("labels/studio_codes.png")).possible_labels.expect("label codes");
    assert_eq!(pair.document.pages[0].mask.composite_pixels(), codes.labels.codes);
}

#[test]
fn folders_keep_every_picture_in_the_order_of_the_names() {
    let Some(made) = cases("folders") else { return };
    let four = opened(&made.join("same_stem"));
    assert_eq!(images(&four).len(), 4, "{}", notes(&four));
    let different: std::collections::HashSet<_> =
        images(&four).iter().map(|image| image.pixels.clone()).collect();
    assert_eq!(different.len(), 4);

    let named = made.join("names 눈 OCT №1 (OD) größe");
    let opened = opened(&named);
    let names: Vec<&str> = opened.document.pages.iter().map(|page| page.scan.name.as_str()).collect();
    assert_eq!(names[..3], ["B-scan 1", "B-scan 2", "B-scan 10"]);
    assert_eq!(names.len(), 5);
    // Without labels it imports by itself, and no picture takes another's name.
    let out = tempfile::tempdir().unwrap();
    for (folder, scans) in [(named, 5), (made.join("same_stem"), 4)] {
        let manifest = import_folder(&folder, &out.path().join(scans.to_string()), &[]).unwrap();
        let files: std::collections::HashSet<_> =
            manifest.entries.iter().map(|entry| entry.image.to_lowercase()).collect();
        assert_eq!((manifest.entries.len(), files.len()), (scans, scans));
    }
}

#[test]
fn deep_scans_of_a_folder_share_one_window() {
    let folder = tempfile::tempdir().unwrap();
    for (name, brightest) in [("a_1.png", 900_u16), ("a_2.png", 1400), ("a_10.png", 700)] {
        let deep = image::ImageBuffer::<image::Luma<u16>, Vec<u16>>::from_fn(40, 30, |x, y| {
            image::Luma([if (x, y) == (3, 3) { 0 } else { (x as u16 * 30 + 300).min(brightest) }])
        });
        deep.save(folder.path().join(name)).unwrap();
    }
    let opened = opened(folder.path());
    let window = opened.window.expect("a window");
    // The same value is the same grey in all of them.
    let greys: Vec<u8> = opened.document.pages.iter().map(|page| page.scan.image.get(10, 10)).collect();
    assert_eq!(greys, [window.grey(600.0); 3]);
    assert!(greys[0] > 60, "{window}");
}

#[test]
fn images_of_any_size_open() {
    let Some(made) = cases("odd sizes") else { return };
    for entry in std::fs::read_dir(made.join("odd_sizes")).unwrap() {
        let path = entry.unwrap().path();
        let image = &images(&opened(&path))[0];
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert_eq!(format!("{}x{}", image.width, image.height), name);
    }
}
