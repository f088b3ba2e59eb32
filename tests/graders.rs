//! The study of graders against figures of numpy and scipy (`tests/reference/graders_reference.py`), and its command.

use std::path::Path;

use clap::Parser;
use retidiff::cli::case::{self, CaseArgs};
use retidiff::formats::{label_png, scan_image, write_file};
use retidiff::mask::{Mask, Plane};
use retidiff::review::graders::{BlandAltman, FiveNumbers, GradedScan, Study, page, table};
use retidiff::scan::{GreyImage, Spacing};
use serde_json::Value;

fn golden() -> Value {
    serde_json::from_str(include_str!("reference/graders.json")).expect("golden values")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn whole(value: &Value) -> u32 {
    u32::try_from(value.as_u64().expect("a whole number")).expect("a small one")
}

/// A mask of its interfaces (a digit a column: the distance from their base, one less) and of its rectangles of fluid.
fn mask(drawn: &Value, golden: &Value) -> Mask {
    let [width, height] = [0, 1].map(|axis| whole(&golden["size"][axis]));
    let mut mask = Mask { layers: Plane::filled(width, height, 0), lesions: Plane::filled(width, height, 0) };
    let rows: Vec<Vec<u32>> = (0..8)
        .map(|index| {
            let base = whole(&golden["base"][index]);
            let digits = drawn["rows"][index].as_str().expect("digits").bytes();
            digits.map(|digit| base + u32::from(digit - b'0') - 1).collect()
        })
        .collect();
    for x in 0..width {
        for y in 0..height {
            let above = rows.iter().filter(|line| line[x as usize] <= y).count();
            mask.layers.set(x, y, above as u8);
        }
    }
    for rectangle in drawn["rectangles"].as_array().expect("rectangles") {
        let [kind, y0, y1, x0, x1] = [0, 1, 2, 3, 4].map(|at| whole(&rectangle[at]));
        (y0..y1).for_each(|y| mask.lesions.fill_run(y, x0, x1, kind as u8));
    }
    mask
}

fn graded(golden: &Value) -> Vec<GradedScan> {
    let scans = golden["scans"].as_array().expect("scans").iter().enumerate();
    scans
        .map(|(index, drawn)| {
            let masks = drawn.as_array().expect("graders").iter();
            let masks = masks.map(|drawn| (!drawn.is_null()).then(|| mask(drawn, golden))).collect();
            GradedScan { name: format!("scan {index}"), masks }
        })
        .collect()
}

fn spacing(golden: &Value) -> Spacing {
    let [axial, lateral] = [0, 1].map(|axis| number(&golden["um"][axis]) as f32);
    Spacing { axial_um_per_px: axial, lateral_um_per_px: lateral }
}

fn near(found: f64, expected: &Value, what: &str) {
    let expected = number(expected);
    assert!((found - expected).abs() < 1e-6 * expected.abs().max(1e-3), "{what}: {found}, not {expected}");
}

fn same_spread(found: Option<&FiveNumbers>, expected: &Value, what: &str) {
    let Some(found) = found else {
        assert!(expected.is_null(), "{what}: nothing");
        return;
    };
    assert_eq!(found.count, whole(&expected["count"]) as usize, "{what}");
    near(found.mean, &expected["mean"], what);
    (0..5).for_each(|at| near(found.five[at], &expected["five"][at], what));
    let outliers = expected["outliers"].as_array().expect("a list");
    assert_eq!(found.outliers.len(), outliers.len(), "{what}");
    found.outliers.iter().zip(outliers).for_each(|(found, expected)| near(*found, expected, what));
}

fn same_difference(found: Option<&BlandAltman>, expected: &Value, what: &str) {
    let found = found.expect(what);
    near(found.bias, &expected["bias"], what);
    near(found.deviation.expect("several"), &expected["deviation"], what);
    let limits = found.limits.expect("several");
    (0..2).for_each(|at| near(limits[at], &expected["limits"][at], what));
}

#[test]
fn every_figure_of_a_study_is_that_of_numpy_and_scipy() {
    let golden = golden();
    let study = Study::of(&graded(&golden), 3, spacing(&golden)).expect("a study");
    let expected = golden["pairs"].as_array().expect("pairs");
    assert_eq!(study.pairs.len(), expected.len());
    for (pair, expected) in study.pairs.iter().zip(expected) {
        let what = format!("graders {:?}", pair.graders);
        assert_eq!(
            pair.graders.map(|grader| grader as u64),
            [0, 1].map(|at| u64::from(whole(&expected["graders"][at])))
        );
        for (index, found) in pair.interface_um.iter().enumerate() {
            same_spread(
                found.as_ref(),
                &expected["interface_um"][index],
                &format!("{what}, interface {index}"),
            );
        }
        for kind in 0..3 {
            let what = format!("{what}, fluid {kind}");
            same_spread(pair.dice[kind].as_ref(), &expected["dice"][kind], &what);
            match pair.presence[kind].expect("scans").kappa {
                Some(kappa) => near(kappa, &expected["kappa"][kind], &what),
                None => assert!(expected["kappa"][kind].is_null(), "{what}"),
            }
            for of in 0..3 {
                let sum: usize = pair.scans.iter().map(|scan| scan.regions[kind][of]).sum();
                assert_eq!(sum, whole(&expected["regions"][kind][of]) as usize, "{what}, regions {of}");
            }
        }
        same_difference(pair.central_um.as_ref(), &expected["central_um"], &what);
        same_difference(pair.fluid_mm2.as_ref(), &expected["fluid_mm2"], &what);
    }
    let page = page(&study, "A <study>").expect("a page");
    assert!(page.contains("<svg") && page.contains("A &lt;study&gt;") && page.contains("A and B"), "{page}");
    let table = table(&study);
    let lines: usize = study.pairs.iter().map(|pair| pair.scans.len()).sum();
    assert_eq!(table.matches("\r\n").count(), lines + 1);
}

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    args: CaseArgs,
}

fn study(words: &[&str]) -> Result<(), String> {
    let words = ["case", "study"].iter().chain(words);
    let args = Command::try_parse_from(words).map_err(|error| error.to_string())?.args;
    case::run(args).map_err(|error| format!("{error:#}"))
}

/// The folders of three graders.
fn folders(root: &Path) {
    let golden = golden();
    for scan in graded(&golden) {
        for (grader, mask) in scan.masks.iter().enumerate() {
            let Some(mask) = mask else { continue };
            let codes = mask.composite_pixels();
            let png = label_png::write(mask.width(), mask.height(), &codes, &[]).expect("a PNG");
            let path = root.join(format!("grader-{grader}")).join(format!("{}.png", scan.name));
            write_file(&path, &png).expect("written");
        }
    }
}

#[test]
fn the_command_writes_page_table_and_key_and_names_nobody_in_them() {
    let root = tempfile::tempdir().expect("a folder");
    folders(root.path());
    let grader = |name: &str, folder: &str| format!("{name}={}", root.path().join(folder).display());
    let [anna, ben, carla] = [("Anna", "grader-0"), ("Ben", "grader-1"), ("Carla", "grader-2")]
        .map(|(name, folder)| grader(name, folder));
    let out = root.path().join("study");
    let to = out.display().to_string();
    let words = ["--grader", &anna, "--grader", &ben, "--grader", &carla, "--spacing", "4x25", "--out", &to];
    study(&words).expect("a study");
    let read = |file: &str| std::fs::read_to_string(out.join(file)).expect(file);
    for file in ["study.html", "study.csv", "study.json"] {
        let text = read(file);
        assert!(!text.contains("Anna") && !text.contains("Carla"), "{file} names a grader");
    }
    let key = read("key.csv");
    assert!(key.contains("Anna") && key.contains("Ben") && key.lines().count() == 4, "{key}");
    let json: Value = serde_json::from_str(&read("study.json")).expect("JSON");
    assert_eq!(json["pairs"].as_array().map(Vec::len), Some(3));

    let alone = study(&["--grader", &anna, "--spacing", "4x25", "--out", &to]).expect_err("one grader");
    assert!(alone.contains("two or more"), "{alone}");
    let nobody = grader("Nobody", "grader-9");
    let words = ["--grader", &anna, "--grader", &nobody, "--spacing", "4x25", "--out", &to];
    assert!(study(&words).expect_err("no folder").contains("the folder of Nobody"));
    let small = label_png::write(4, 4, &[4; 16], &[]).expect("a PNG");
    write_file(&root.path().join("grader-1/scan 5.png"), &small).expect("written");
    let words = ["--grader", &anna, "--grader", &ben, "--spacing", "4x25", "--out", &to];
    let sizes = study(&words).expect_err("sizes differ");
    assert!(sizes.contains("scan 5") && sizes.contains("4x4"), "{sizes}");
}

#[test]
fn scans_are_handed_out_under_numbers_and_their_labels_come_back() {
    let root = tempfile::tempdir().expect("a folder");
    let scans = root.path().join("scans");
    for (index, name) in ["healthy", "csc", "dme"].iter().enumerate() {
        let image = GreyImage::new(4, 3, vec![index as u8 * 50; 12]);
        let png = scan_image::write(&image, &[("Title", name)]).expect("a PNG");
        write_file(&scans.join(format!("{name}.png")), &png).expect("written");
    }
    let out = root.path().join("handed");
    let words = ["case", "hand-out", scans.to_str().unwrap(), "--seed", "5", "--out", out.to_str().unwrap()];
    let args = Command::try_parse_from(words).expect("arguments").args;
    case::run(args).expect("handed out");
    let key = std::fs::read_to_string(out.join("key.csv")).expect("a key");
    assert_eq!(key.lines().count(), 7, "{key}");
    // Each draws what the scan shows: who got which under a number does not matter.
    for (grader, folder) in [("grader-1", "drawn-1"), ("grader-2", "drawn-2")] {
        for code in ["scan-001", "scan-002", "scan-003"] {
            let bytes = std::fs::read(out.join(grader).join(format!("{code}.png"))).expect("a scan");
            assert!(!bytes.windows(5).any(|window| window == b"Title"), "nothing tells what it is");
            let grey = scan_image::read(&bytes, code).expect("a scan").pixels[0];
            let labels = label_png::write(4, 3, &[grey / 50 + 1; 12], &[]).expect("labels");
            write_file(&root.path().join(folder).join(format!("{code}.png")), &labels).expect("written");
        }
    }
    let drawn = [1, 2].map(|n| format!("grader-{n}={}", root.path().join(format!("drawn-{n}")).display()));
    let (to, key) = (root.path().join("study"), out.join("key.csv"));
    let (to, key) = (to.to_str().unwrap(), key.to_str().unwrap());
    let words =
        ["--key", key, "--grader", &drawn[0], "--grader", &drawn[1], "--spacing", "4x25", "--out", to];
    study(&words).expect("a study");
    let table = std::fs::read_to_string(root.path().join("study/study.csv")).expect("a table");
    assert!(table.lines().count() == 4 && table.contains("\"csc\""), "{table}");
    let stranger = format!("anna={}", root.path().join("drawn-1").display());
    let words =
        ["--key", key, "--grader", &stranger, "--grader", &drawn[1], "--spacing", "4x25", "--out", to];
    assert!(study(&words).expect_err("no such grader").contains("the key has no"));
}
