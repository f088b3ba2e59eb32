//! The fovea found by its layers, against one set by hand in the picture of the scan (the lowest place of the ILM,
//! or under oedema the middle of the segment where the inner layers are thinnest).

use std::path::Path;

use retidiff::cases::{Template, solve};
use retidiff::formats::label_png::{self, CodeScheme};
use retidiff::formats::tian;
use retidiff::mask::fovea::CERTAIN;
use retidiff::mask::measure::ColumnThickness;
use retidiff::mask::{CentralThickness, LiveMeasure, Mask, Plane, find_fovea};
use retidiff::scan::Spacing;

use super::fixtures::shared_data;

/// Largest difference that the central thickness may have from that about the hand-set fovea.
const NEAR_UM: f64 = 3.0;

/// B-scans of Tian 2015 through the fovea: subject, B-scan from 1, column of the fovea. Subject 8 is the eye of
/// subject 1.
const TIAN: [(u32, usize, f32); 7] =
    [(1, 5, 353.0), (2, 6, 276.0), (3, 5, 256.0), (4, 6, 347.0), (5, 5, 359.0), (6, 5, 348.0), (7, 6, 366.0)];
/// The same of Duke DME. Subject 7 is left out: in its labelled B-scans pit and ONL peak lie 250 um apart.
const DUKE: [(&str, f32); 7] = [
    ("subject_01_bscan_31", 384.0),
    ("subject_02_bscan_31", 369.0),
    ("subject_03_bscan_31", 364.0),
    ("subject_04_bscan_27", 366.0),
    ("subject_05_bscan_29", 384.0),
    ("subject_06_bscan_31", 386.0),
    ("subject_08_bscan_29", 368.0),
];

fn columns(mask: &Mask) -> ColumnThickness {
    let mut live = LiveMeasure::default();
    live.update(mask, usize::MAX);
    live.columns().clone()
}

fn label_mask(bytes: &[u8]) -> Mask {
    let labels = label_png::read(bytes, "labels.png", CodeScheme::Studio).expect("readable labels");
    Mask::from_composite(labels.width, labels.height, &labels.codes).0
}

/// By how much the central thickness about the found fovea differs from that about the hand-set one, in um.
fn off_um(name: &str, mask: &Mask, spacing: Spacing, by_hand: f32) -> f64 {
    let columns = &columns(mask);
    let found = CentralThickness::of(mask, columns, Some(spacing));
    let fovea = found
        .fovea
        .unwrap_or_else(|| panic!("{name}: no fovea found: {:?}", find_fovea(mask, Some(spacing))));
    let expected = CentralThickness::about(columns, Some(spacing), by_hand);
    let (found_um, expected_um) =
        (found.thickness.um.expect("labelled"), expected.thickness.um.expect("labelled"));
    println!(
        "{name:<22} fovea {:>6.1} by hand {by_hand:>6.1} confidence {:.2} central {found_um:>6.1} by hand {expected_um:>6.1} um",
        fovea.column, fovea.confidence
    );
    (found_um - expected_um).abs()
}

#[test]
fn the_bundled_samples_have_the_thickness_of_a_hand_set_fovea() {
    let spacing = Spacing::checked(3.9, 11.0).expect("plausible");
    let fovea = label_mask(include_bytes!("../assets/samples/fovea-labels.png"));
    let cysts = label_mask(include_bytes!("../assets/samples/drawn-cysts-labels.png"));
    assert!(off_um("fovea", &fovea, spacing, 359.0) <= NEAR_UM);
    assert!(off_um("drawn-cysts", &cysts, spacing, 348.0) <= NEAR_UM);
    let about = CentralThickness::of(&fovea, &columns(&fovea), Some(spacing)).thickness.um.expect("labelled");
    assert!((about - 287.0).abs() <= NEAR_UM, "{about}: about the middle of the image it were 322");
    let periphery = label_mask(include_bytes!("../assets/samples/periphery-labels.png"));
    let shallow = find_fovea(&periphery, Some(spacing));
    assert!(shallow.is_none_or(|fovea| fovea.confidence < CERTAIN), "{shallow:?}");
    assert_eq!(CentralThickness::of(&periphery, &columns(&periphery), Some(spacing)).fovea, None);
}

/// The columns from `from` to `to` of a mask, as of a scan whose fovea lies away from its middle.
fn cut(mask: &Mask, from: u32, to: u32) -> Mask {
    let codes: Vec<u8> =
        (0..mask.height()).flat_map(|y| (from..to).map(move |x| mask.composite(x, y))).collect();
    Mask::from_composite(to - from, mask.height(), &codes).0
}

#[test]
fn a_decentred_scan_has_the_thickness_of_its_fovea() {
    let spacing = Spacing::checked(3.9, 11.0).expect("plausible");
    let fovea = label_mask(include_bytes!("../assets/samples/fovea-labels.png"));
    let cysts = label_mask(include_bytes!("../assets/samples/drawn-cysts-labels.png"));
    // 0.5 mm to the left and 1.1 mm to the right of the middle, then the same of the other sample.
    for (mask, by_hand, from, to) in [
        (&fovea, 359.0, 180, 633),
        (&fovea, 359.0, 0, 520),
        (&cysts, 348.0, 180, 616),
        (&cysts, 348.0, 0, 520),
    ] {
        let off = off_um("decentred", &cut(mask, from, to), spacing, by_hand - from as f32);
        assert!(off <= NEAR_UM, "{off} um in columns {from} to {to}");
    }
}

/// A designed oedema (the template of a mild one) with its fovea so far from the middle, and where a hand sets it: the
/// lowest place of the ILM in a picture of the mask.
const DESIGNED: [(u64, f64, f32); 2] = [(3, 0.0, 384.0), (0, 700.0, 450.0)];

#[test]
fn a_designed_oedema_has_the_thickness_of_its_fovea() {
    for (seed, fovea_um, by_hand) in DESIGNED {
        let mut recipe = Template::named("dme-mild").expect("a template").recipe().expect("a recipe");
        recipe.seed = seed;
        recipe.scan.fovea_um = Some(fovea_um);
        let case = solve(&recipe, None).expect("it can be met");
        let off = off_um("designed DME", &case.mask, case.frame.spacing(), by_hand);
        assert!(off <= NEAR_UM, "seed {seed}, {fovea_um} um from the middle: {off} um");
    }
}

#[test]
fn the_foveas_of_tian_2015_are_found() {
    let Some(data) = shared_data("the_foveas_of_tian_2015_are_found") else { return };
    let spacing = Spacing::checked(3.9, 11.0).expect("plausible");
    for (subject, b_scan, by_hand) in TIAN {
        let boundaries: Vec<Vec<f32>> = (1..=8)
            .map(|k| {
                let path = data.join(format!("tian2015/boundaries/Subject{subject}_{k}.txt"));
                let bytes = std::fs::read(&path).expect("a boundary file");
                tian::read_boundary(&bytes, "boundary").expect("readable").rows[b_scan - 1].clone()
            })
            .collect();
        let traced = tian::trace(std::array::from_fn(|k| boundaries[k].as_slice()));
        let layers = traced.interfaces.rasterised(496);
        let lesions = Plane::filled(layers.width(), layers.height(), 0);
        let name = format!("Tian {subject}, B-scan {b_scan}");
        assert!(off_um(&name, &Mask { layers, lesions }, spacing, by_hand) <= NEAR_UM, "{name}");
    }
}

#[test]
fn the_foveas_of_diabetic_eyes_are_found_under_oedema() {
    let Some(data) = shared_data("the_foveas_of_diabetic_eyes_are_found_under_oedema") else { return };
    let folder = data.join("duke_dme/labels_grader1");
    let read = |name: &str| {
        label_mask(&std::fs::read(Path::new(&folder).join(format!("{name}.png"))).expect("labels"))
    };
    let spacing = Spacing::checked(3.87, 11.33).expect("plausible");
    for (name, by_hand) in DUKE {
        let near = match name {
            // The grader's GCL-IPL is up to 180 um thick where the picture shows hardly any above a cyst.
            "subject_01_bscan_31" => 10.0,
            // A pit that is torn to one side: the finder misses the lowest place by 8 columns.
            "subject_03_bscan_31" => 3.5,
            _ => NEAR_UM,
        };
        assert!(off_um(name, &read(name), spacing, by_hand) <= near, "{name}");
    }
}
