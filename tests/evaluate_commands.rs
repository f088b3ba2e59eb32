//! `retidiff evaluate` and `experiment plan` as commands: what they measure, what they refuse, and that a refusal leaves
//! nothing behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use retidiff::dataset::Manifest;
use retidiff::diffusion::model_file;
use retidiff::formats::{scan_image, write_file};
use retidiff::generation::folder::GENERATION_FILE;
use retidiff::generation::places::PLACES_FILE;
use retidiff::generation::{
    GenerationPlan, LocalPlaces, MaskPlanning, MasksFrom, PlannedLooks, ScanPlanning, WarpedFluid,
};
use retidiff::scan::GreyImage;
use serde_json::Value;

use crate::trainer::{self, data_set, train_from};

/// The program with a data folder of its own: models that somebody published here are not at hand.
fn retidiff(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_retidiff"))
        .args(arguments)
        .env("RETIDIFF_DATA", folder.join("program"))
        .output()
        .expect("the program starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of letters")
}

/// The training scans of the phantom as pairs of nobody's.
fn pairs_of(data: &Path, folder: &Path) -> PathBuf {
    let pairs = folder.join("pairs");
    for part in ["images", "labels"] {
        fs::create_dir_all(pairs.join(part)).unwrap();
    }
    let mut manifest = Manifest::open_for_appending(&pairs).unwrap();
    for (number, entry) in Manifest::read(data).unwrap().entries.into_iter().take(3).enumerate() {
        let label = entry.label.clone().unwrap();
        for file in [&entry.image, &label] {
            fs::copy(data.join(file), pairs.join(file)).unwrap();
        }
        let (id, subject) = (format!("pair-{number}"), format!("synthetic-{number}"));
        manifest.append(retidiff::dataset::ManifestEntry { id, subject, ..entry }).unwrap();
    }
    pairs
}

/// Says that a model drew the scans of a folder, of masks that were bent.
fn describe(pairs: &Path, name: &str, sha256: String) {
    let masks = MaskPlanning::Warp {
        manifest_sha256: "00".repeat(32),
        width: 48,
        height: 32,
        pixel_um: [3.87, 11.3],
        fluid: WarpedFluid::Bent,
    };
    let (name, sampler) = (name.to_owned(), "ddim".to_owned());
    let scans =
        ScanPlanning { name, sha256, sampler, noise_levels: None, steps: 2, looks: PlannedLooks::Plain };
    let plan = GenerationPlan::new(3, 0, masks, scans);
    let json = serde_json::json!({"version": 1, "plan_sha256": plan.sha256(), "plan": plan});
    write_file(&pairs.join(GENERATION_FILE), json.to_string().as_bytes()).unwrap();
}

#[test]
fn pairs_of_a_folder_are_taken_with_what_is_known_of_their_models() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data_set(folder);
    let pairs = pairs_of(&data, folder);
    let downstream = |out: &Path, more: &[&str]| {
        let common = [
            "evaluate",
            "downstream",
            "--data",
            text(&data),
            "--pairs",
            text(&pairs),
            "--size",
            "48",
            "--steps",
            "2",
            "--batch",
            "2",
            "--seeds",
            "1",
            "--device",
            "cpu",
            "--out",
            text(out),
        ];
        retidiff(folder, &[&common[..], more].concat())
    };
    let report_of = |out: &Path| -> Value {
        serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap()
    };
    let refused = |more: &[&str]| {
        let out = folder.join("refused");
        let output = downstream(&out, more);
        assert!(!output.status.success() && !out.exists(), "{}", said(&output));
        said(&output)
    };

    // Nobody says what made them: they are taken, and it is said.
    let out = folder.join("silent");
    let output = downstream(&out, &["--arms", "real,syn2", "--subjects", "duke-7"]);
    assert!(output.status.success(), "{}", said(&output));
    let word = "2 of 2 pairs do not say which models made them, so these may have seen duke-7";
    assert!(said(&output).lines().any(|line| line.starts_with("note: ") && line.contains(word)));
    let report = report_of(&out);
    assert!(report["says"].as_str().unwrap().contains(word), "{report}");
    assert_eq!(report["notes"].as_array().unwrap().len(), 1);
    assert_eq!(report["arms"].as_array().unwrap().len(), 2);
    assert_eq!(report["plan"]["test_scans"], 4);
    for file in ["report.md", "report.html"] {
        let page = fs::read_to_string(out.join(file)).unwrap();
        assert!(page.contains(word) && !page.contains("no network of this report"), "{file}");
        assert!(page.contains("of duke-7 (no segmenter trained on them; the pairs do not say"), "{file}");
    }
    assert_eq!(report["unsaid_pairs"], 2);
    assert_eq!(report["allow_seen"], false);

    // A model that is at hand and trained on duke-1, duke-2 and tian-1 drew them.
    let run = folder.join("run");
    train_from(trainer::config(1), &data, &run, None).unwrap();
    let model = run.join("model.safetensors");
    let info = model_file::read_info(&fs::read(&model).unwrap(), "model").unwrap();
    describe(&pairs, &info.name, info.tensors_sha256);
    let arms = ["--arms", "syn2", "--subjects"];
    let named = ["--model", text(&model)];
    let said_of = |more: &[&str]| refused(&[&arms[..], more].concat());
    let error = said_of(&[&["duke-2"][..], &named[..]].concat());
    assert!(error.contains("which drew scans of") && error.contains("trained on duke-2"), "{error}");
    assert!(error.contains("--allow-seen"), "{error}");
    // Where the folder was begun on this machine its models need not be named.
    let places = LocalPlaces::new(&MasksFrom::Model, [Some(text(&model)), None, None], "cpu".to_owned(), 1);
    places.write(&pairs).unwrap();
    assert!(said_of(&["duke-2"]).contains("trained on duke-2"));
    fs::remove_file(pairs.join(PLACES_FILE)).unwrap();

    let out = folder.join("unseen");
    let output = downstream(&out, &[&arms[..], &["duke-7"], &named[..]].concat());
    assert!(output.status.success() && !said(&output).contains("may have seen"), "{}", said(&output));
    assert_eq!(report_of(&out)["notes"], serde_json::json!([]));
    let page = fs::read_to_string(out.join("report.md")).unwrap();
    assert!(page.contains("of duke-7, which no network of this report trained on;"), "{page}");
    let out = folder.join("allowed");
    let output = downstream(&out, &[&arms[..], &["tian-1", "--allow-seen"], &named[..]].concat());
    assert!(output.status.success(), "{}", said(&output));
    let report = report_of(&out);
    assert_eq!(report["allow_seen"], true);
    assert_eq!(report["seen_subjects"], serde_json::json!(["tian-1"]));
    assert!(report["notes"][0].as_str().unwrap().contains("trained on tian-1 (--allow-seen)"), "{report}");
    for file in ["report.md", "report.html"] {
        let page = fs::read_to_string(out.join(file)).unwrap();
        assert!(page.contains("what made the pairs saw tian-1; that was allowed"), "{file}");
    }
    // A picture of a measured scan is no model that may have seen it: the second pair is one of duke-2.
    let error = said_of(&[&["duke-2", "--allow-seen"][..], &named[..]].concat());
    assert!(error.contains("pixel by pixel the picture of a scan that is measured"), "{error}");

    // The same of runs that are compared; one that is refused leaves nothing behind.
    let out = folder.join("ablation");
    let arm = format!("a={}", text(&run));
    let ablation = |more: &[&str]| {
        let common = ["evaluate", "ablation", "--data", text(&data), "--out", text(&out), "--arm", &arm];
        let drawing = ["--steps", "1", "--device", "cpu", "--subjects", "duke-2"];
        retidiff(folder, &[&common[..], &drawing[..], more].concat())
    };
    let output = ablation(&[]);
    assert!(!output.status.success() && said(&output).contains("trained on duke-2"), "{}", said(&output));
    assert!(!out.exists(), "nothing is made before the first figures");
    let output = ablation(&["--allow-seen"]);
    assert!(output.status.success(), "{}", said(&output));
    let page = fs::read_to_string(out.join("ablation.md")).unwrap();
    assert!(page.contains("of duke-2, of whom a run trained on duke-2 (--allow-seen);"), "{page}");
    let figures: Value = serde_json::from_slice(&fs::read(out.join("ablation.json")).unwrap()).unwrap();
    assert_eq!(figures["seen_subjects"], serde_json::json!(["duke-2"]));

    // Arguments that can measure nothing.
    let error = refused(&["--arms", "aug"]);
    assert!(error.contains("has no masks to learn from"), "{error}");
    let error = refused(&["--arms", "real", "--subjects", "duke-7,duke-9"]);
    assert!(
        error.contains("data holds no graded scan of duke-9;") && error.contains("--subjects"),
        "{error}"
    );
    let other = ["--arms", "syn2", "--test-data", text(&data), "--subjects", "duke-7,nobody"];
    assert!(refused(&other).contains("no graded scan of nobody;"));

    // Where nobody is named and Duke 7-8 are elsewhere everybody is measured, by a model that knows none of them.
    let file = data.join("manifest.jsonl");
    let lines = fs::read_to_string(&file).unwrap();
    let steps = |lines: String| {
        write_file(&file, lines.as_bytes()).unwrap();
        let common = ["evaluate", "steps", "--data", text(&data), "--model", text(&model)];
        let few = ["--steps", "1", "--scans", "1", "--device", "cpu", "--json"];
        retidiff(folder, &[&common[..], &few[..]].concat())
    };
    let output = steps(lines.replace("duke-7", "eye-7"));
    assert!(!output.status.success() && said(&output).contains("trained on duke-1, "), "{}", said(&output));
    let output = steps(lines.replace("duke-", "eye-").replace("tian-1", "eye-3"));
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("of duke-7, duke-8; measured are eye-1, eye-2, eye-3, eye-7\n"));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["subjects"], serde_json::json!(["eye-1", "eye-2", "eye-3", "eye-7"]));
}

#[test]
fn pictures_of_a_folder_are_measured_against_the_scans() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data_set(folder);
    let fidelity = |pictures: &Path, more: &[&str]| {
        let common = ["evaluate", "fidelity", "--data", text(&data), "--pictures", text(pictures), "--json"];
        retidiff(folder, &[&common[..], more].concat())
    };
    let report_of = |output: &Output| -> Value {
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(output)))
    };
    let correlation = |report: &Value| -> Value {
        let lines = report["criteria"].as_array().unwrap();
        let line = lines.iter().find(|line| line["real"]["name"] == "correlation of class mean greys");
        line.unwrap()["model"]["passed"].clone()
    };

    // The scans themselves come to the figures of the scans.
    let output = fidelity(&data.join("images"), &[]);
    let report = report_of(&output);
    assert_eq!(report["scans"], 4);
    assert_eq!(report["subjects"][0], "duke-7");
    assert_eq!(report["maker"]["pictures"]["folder"], text(&data.join("images")));
    for line in report["criteria"].as_array().unwrap() {
        assert_eq!(line["model"], line["real"]);
    }
    assert_eq!(correlation(&report), Value::Bool(true));
    assert!(said(&output).contains("no measured scan is called as scan_0.png"), "{}", said(&output));

    // A segmenter looks for the masks; on an eye that it trained on its line is there to be read alone.
    if retidiff::worker::models::has_segmenter() {
        let line_of = |report: &Value| report["criteria"].as_array().unwrap().last().unwrap().clone();
        let line = line_of(&report);
        assert!(line["real"]["name"].as_str().unwrap().starts_with("masks found again"), "{line}");
        assert!(
            line["control"].is_null() && !line["note"].as_str().unwrap().contains("trained on"),
            "{line}"
        );
        let agreement = &report["agreement"];
        assert_eq!(agreement["model"], agreement["real"]);
        assert!(agreement["real"]["mean_dice"]["estimate"].is_f64(), "{agreement}");
        let known = report_of(&fidelity(&data.join("images"), &["--subjects", "duke-1"]));
        let line = line_of(&known);
        assert_eq!(line["counts"], Value::Bool(false), "{line}");
        let note = line["note"].as_str().unwrap();
        assert!(note.ends_with("does not count: the segmenter trained on duke-1"), "{note}");
        let without = fidelity(&data.join("images"), &["--segmenter", "nobody"]);
        assert!(!without.status.success() && without.stdout.is_empty(), "{}", said(&without));
        assert!(said(&without).contains("no model is called \"nobody\""), "{}", said(&without));
    }

    // Dark for bright fails.
    let pictures = folder.join("pictures");
    let mut scan = None;
    for entry in Manifest::read(&data).unwrap().entries.iter().filter(|entry| entry.subject == "duke-7") {
        let image = scan_image::read(&fs::read(data.join(&entry.image)).unwrap(), &entry.id).unwrap();
        let inverted = image.pixels.iter().map(|grey| 255 - grey).collect::<Vec<u8>>();
        let inverted = GreyImage::new(image.width, image.height, inverted);
        let file = pictures.join(format!("{}.png", entry.id));
        write_file(&file, &scan_image::write(&inverted, &[]).unwrap()).unwrap();
        scan = Some(file);
    }
    let output = fidelity(&pictures, &[]);
    assert!(!output.status.success() && said(&output).contains("not every line passes"), "{}", said(&output));
    let report = report_of(&output);
    assert_eq!(report["passed"], Value::Bool(false));
    assert_eq!(correlation(&report), Value::Bool(false));

    // What cannot be measured is refused without a figure.
    let refused = |more: &[&str]| {
        let output = fidelity(&pictures, more);
        assert!(!output.status.success() && output.stdout.is_empty(), "{}", said(&output));
        said(&output)
    };
    let error = refused(&["--subjects", "duke-7,duke-8"]);
    assert!(error.contains("data holds no graded scan of duke-8;"), "{error}");
    let scan = scan.unwrap();
    let narrow = GreyImage::new(40, 32, vec![7; 40 * 32]);
    write_file(&scan, &scan_image::write(&narrow, &[]).unwrap()).unwrap();
    let error = refused(&[]);
    assert!(error.contains("scan_6.png: 40x32 pixels where the scan has 48x32"), "{error}");
    fs::remove_file(&scan).unwrap();
    let error = refused(&[]);
    assert!(error.contains("no picture of scan_6 (1 of 4 measured scans have none)"), "{error}");
}

#[test]
fn nothing_is_planned_for_a_subject_without_a_graded_scan_or_an_eye_in_two_folds() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = data_set(folder);
    let out = folder.join("experiment");
    let plan = |more: &[&str]| {
        let common = ["experiment", "plan", "--table", "2", "--budget", "tiny", "--data", text(&data)];
        retidiff(folder, &[&common[..], &["--out", text(&out)], more].concat())
    };
    let refused = |more: &[&str]| {
        let output = plan(more);
        assert!(!output.status.success() && !out.exists(), "{}", said(&output));
        said(&output)
    };
    let error = refused(&["--subjects", "duke-7,duke-9,nobody"]);
    assert!(error.contains("data holds no graded scan of duke-9, nobody;"), "{error}");
    assert!(error.contains("--subjects"), "{error}");
    trainer::mark_pseudo_labelled(&data, &["scan_1"]);
    assert!(refused(&["--subjects", "duke-7,duke-2"]).contains("no graded scan of duke-2;"));
    trainer::mark_pseudo_labelled(&data, &[]);

    // Tian's subjects 1 and 8 are one eye.
    let file = data.join("manifest.jsonl");
    let lines = fs::read_to_string(&file).unwrap();
    assert!(refused(&["--folds", "5"]).contains("4 eyes for 5 folds"));
    write_file(&file, lines.replace("duke-2", "tian-8").as_bytes()).unwrap();
    assert!(refused(&["--folds", "4"]).contains("3 eyes for 4 folds"));
    let output = plan(&["--subjects", "duke-7"]);
    assert!(output.status.success() && out.join("plan.json").is_file(), "{}", said(&output));
}
