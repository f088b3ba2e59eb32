//! One eye over time, and the quiz that knows the truth.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use retidiff::cases::visits::{Placement, VisitError, series};
use retidiff::cases::{SolvedCase, Template, solve};
use retidiff::cli::case::{self, CaseArgs};
use retidiff::formats::label_png::{self, CodeScheme};
use retidiff::formats::{scan_image, write_file};
use retidiff::mask::order_violations;
use retidiff::scan::GreyImage;

#[derive(Parser)]
struct Case {
    #[command(flatten)]
    args: CaseArgs,
}

fn case(words: &[&str]) -> Result<(), String> {
    let args = Case::try_parse_from(std::iter::once(&"case").chain(words)).map_err(|e| e.to_string())?.args;
    case::run(args).map_err(|error| format!("{error:#}"))
}

fn solved(template: &str) -> SolvedCase {
    solve(&Template::named(template).unwrap().recipe().unwrap().with_seed(7), None).unwrap()
}

const MONTHS: [f64; 5] = [0.0, 1.0, 3.0, 6.0, 12.0];

#[test]
fn the_measured_course_is_the_one_asked_for() {
    for (first, last) in [
        ("dme-severe", "dme-mild"),
        ("csc", "healthy-young"),
        ("healthy-old", "namd-ped"),
        ("srf-only", "ped-only"),
    ] {
        let (from, to) = (solved(first), solved(last));
        for placement in [Placement::Locked, Placement::Fresh] {
            let visits = series(&from.mask, &to.mask, &from.frame, &MONTHS, placement, 7).unwrap();
            assert_eq!(visits.len(), MONTHS.len());
            for visit in &visits {
                let (requested, measured) = (&visit.requested, &visit.measured);
                let named = format!("{first} to {last}, month {}, {placement:?}", visit.month);
                let off = (requested.central_um - measured.central_um).abs();
                assert!(off < 5.0, "{named}: central thickness {off} um off");
                for (requested, measured) in [
                    (requested.irf_mm2, measured.irf_mm2),
                    (requested.srf_mm2, measured.srf_mm2),
                    (requested.ped_mm2, measured.ped_mm2),
                ] {
                    let pixel = from.frame.axial_um * from.frame.lateral_um * 1e-6;
                    assert!(
                        (requested - measured).abs() <= 0.02 * requested + pixel,
                        "{named}: {measured} for {requested} mm2"
                    );
                }
                assert!(!order_violations(&visit.mask.layers).contains(&true), "{named}");
            }
            if placement == Placement::Locked {
                assert_eq!(
                    visits[0].mask.layers, from.mask.layers,
                    "{first}: the first visit is the first mask"
                );
                assert_eq!(visits[0].mask.lesions, from.mask.lesions, "{first}");
            }
        }
    }
}

#[test]
fn visits_are_reproducible_and_wrong_ones_are_refused() {
    let (from, to) = (solved("dme-moderate"), solved("dme-mild"));
    let fresh = |seed| series(&from.mask, &to.mask, &from.frame, &MONTHS, Placement::Fresh, seed).unwrap();
    assert!(fresh(3).iter().zip(&fresh(3)).all(|(a, b)| a.mask == b.mask));
    assert!(fresh(3).iter().zip(&fresh(4)).any(|(a, b)| a.mask != b.mask));
    for months in [&[0.0][..], &[0.0, 0.0], &[1.0, 0.5], &[0.0, f64::NAN], &[]] {
        let refused = series(&from.mask, &to.mask, &from.frame, months, Placement::Locked, 1);
        assert!(matches!(refused, Err(VisitError::Months(_))), "{months:?}");
    }
    let small = retidiff::mask::Mask::unannotated(8, 8);
    let refused = series(&from.mask, &small, &from.frame, &MONTHS, Placement::Locked, 1);
    assert!(matches!(refused, Err(VisitError::Sizes { .. })));
    let refused = series(&small, &small, &from.frame, &MONTHS, Placement::Locked, 1);
    assert!(matches!(refused, Err(VisitError::Layers { columns: 8, .. })));
}

#[test]
fn a_series_is_written_as_masks_table_and_strip() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("course");
    let words = ["series", "dme-severe", "dme-mild", "--visits", "0,1,3", "--out", out.to_str().unwrap()];
    case(&[&words[..], NO_SCAN].concat()).unwrap();
    let table = std::fs::read_to_string(out.join("series.csv")).unwrap();
    assert_eq!(table.lines().count(), 4);
    for number in 0..3 {
        let png = std::fs::read(out.join(format!("visit-{number:02}.png"))).unwrap();
        assert!(label_png::read(&png, "visit", CodeScheme::Studio).is_ok());
    }
    let strip = std::fs::read_to_string(out.join("strip.svg")).unwrap();
    assert!(strip.contains("Month 3") && strip.contains("SYNTHETIC"));
    assert!(image::open(out.join("strip.png")).unwrap().width() == 2400);
    let poster = std::fs::read(out.join("poster.pdf")).unwrap();
    assert!(poster.starts_with(b"%PDF-"));
    let refused =
        case(&["series", "dme-severe", "dme-mild", "--visits", "3,1", "--out", out.to_str().unwrap()]);
    assert!(refused.unwrap_err().contains("each later than the one before"));
}

#[test]
fn a_poster_of_one_case_and_of_a_course_is_written_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    for (names, ending) in
        [(&["csc"][..], "svg"), (&["csc"], "png"), (&["dme-severe", "dme-mild"], "svg"), (&["csc"], "pdf")]
    {
        let out = folder.path().join(format!("{}.{ending}", names.concat()));
        let words = [&["poster"], names, &["--out", out.to_str().unwrap()], NO_SCAN].concat();
        case(&words).unwrap();
        let bytes = std::fs::read(&out).unwrap();
        match ending {
            "png" => assert_eq!(image::load_from_memory(&bytes).unwrap().width(), 2400),
            "pdf" => assert!(bytes.starts_with(b"%PDF-")),
            _ => {
                let svg = String::from_utf8(bytes).unwrap();
                assert!(svg.contains("SYNTHETIC") && svg.contains("µm"), "it says what it is");
                assert!(names.len() == 1 || svg.contains("Month 12"), "the last visit is there");
            }
        }
    }
    let refused = case(&["poster", "csc", "--out", "poster.jpg"]).unwrap_err();
    assert!(refused.contains(".png, .svg or .pdf"), "{refused}");
}

#[test]
fn a_shared_case_is_built_measured_and_refused_as_its_recipe_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.retidiff-case");
    let path = file.to_str().unwrap();
    case(&["share", "dme-mild", "--seed", "77", "--title", "Mine", "--out", path]).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("title = \"Mine\"") && text.contains("seed = 77"), "{text}");
    let out = folder.path().join("built");
    case(&[&["build", path, "--out", out.to_str().unwrap()][..], NO_SCAN].concat()).unwrap();
    let facts = std::fs::read_to_string(out.join("case.json")).unwrap();
    assert!(facts.contains("\"seed\": 77") && facts.contains("\"met\": true"), "{facts}");
    case(&["check", path, out.join("mask.png").to_str().unwrap()]).unwrap();
    let painted = folder.path().join("painted.retidiff-case");
    let (mask, painted) = (out.join("mask.png"), painted.to_str().unwrap());
    let refused = case(&["share", mask.to_str().unwrap(), "--out", painted]).unwrap_err();
    assert!(refused.contains("--spacing"), "{refused}");
    case(&["share", mask.to_str().unwrap(), "--spacing", "3.87x11.3", "--out", painted]).unwrap();
    let refused = case(&["build", painted, "--out", out.to_str().unwrap()]).unwrap_err();
    assert!(refused.contains("without a recipe"), "{refused}");
    let refused = case(&["share", "dme-mild", "--out", "mine.toml"]).unwrap_err();
    assert!(refused.contains(".retidiff-case"), "{refused}");
}

/// Without the networks there is nothing to switch off.
const NO_SCAN: &[&str] = if cfg!(feature = "cpu") { &["--no-scan"] } else { &[] };

/// A folder with a case and a scan of it, as bright as its layers are numbered.
fn quiz_folder(folder: &Path) -> PathBuf {
    let cases = folder.join("cases");
    let out = cases.join("one");
    case(&[&["build", "dme-severe", "--out", out.to_str().unwrap()][..], NO_SCAN].concat()).unwrap();
    let png = std::fs::read(out.join("mask.png")).unwrap();
    let labels = label_png::read(&png, "mask.png", CodeScheme::Studio).unwrap();
    let greys: Vec<u8> = labels.codes.iter().map(|&code| 18 * (code % 12) + 10).collect();
    let scan = GreyImage::new(labels.width, labels.height, greys);
    write_file(&out.join("scan.png"), &scan_image::write(&scan, &[("Synthetic", "true")]).unwrap()).unwrap();
    cases
}

#[test]
fn a_quiz_is_one_page_and_says_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let cases = quiz_folder(folder.path());
    let page = folder.path().join("quiz.html");
    case(&["quiz", cases.to_str().unwrap(), "--out", page.to_str().unwrap()]).unwrap();
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(
        text.contains("\"draw_ilm\"")
            && text.contains("\"mark_fluid\"")
            && text.contains("\"synthetic\":true")
    );
    assert!(!text.contains("dme-severe"), "a name would tell the answer");
    std::fs::remove_file(cases.join("one/scan.png")).unwrap();
    let refused = case(&["quiz", cases.to_str().unwrap(), "--out", page.to_str().unwrap()]).unwrap_err();
    assert!(refused.contains("retidiff case build"), "{refused}");
}

/// The page played in a browser, by pointer, by touch and by keyboard (`tests/reference/play_quiz.py`).
#[test]
fn the_quiz_is_played_by_pointer_touch_and_keyboard() {
    let python = std::env::var_os("RETIDIFF_PYTHON").unwrap_or_else(|| "python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/play_quiz.py");
    let can_play = Command::new(&python).arg(&script).arg("--can-play").output();
    if !can_play.is_ok_and(|output| output.status.success()) {
        eprintln!(
            "skipped: no Python with playwright and Chromium (set RETIDIFF_PYTHON to one that has them)"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cases = quiz_folder(folder.path());
    let page = folder.path().join("quiz.html");
    case(&["quiz", cases.to_str().unwrap(), "--out", page.to_str().unwrap()]).unwrap();
    let output = Command::new(&python).arg(script).arg(&page).output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(output.status.success() && said.matches("played by").count() == 3, "{said}");
}
