//! A list of runs that workers share: the paper's tables from files as they are published, at a budget that shows that
//! every part works.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, str};

use retidiff::dataset::Manifest;
use serde_json::Value;

use crate::trainer::data_set;

const PROGRAM: &str = env!("CARGO_BIN_EXE_retidiff");

fn program(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A folder of subjects as Duke DME publishes them: a made one, under four names. In each its B-scans are turned by
/// `columns` times its number, or eyes would be copies of each other.
fn published(folder: &Path, columns: usize) -> PathBuf {
    const COLUMN_BYTES: usize = 48 * 8;
    const SCAN_BYTES: usize = 64 * COLUMN_BYTES;
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clinical/Subject_03.mat");
    let made = fs::read(made).unwrap();
    // The first array, deflated behind its tag; its own tags before the numbers take 72 bytes.
    let rest = 136 + u32::from_le_bytes(made[132..136].try_into().unwrap()) as usize;
    let mut images = Vec::new();
    flate2::read::ZlibDecoder::new(&made[136..rest]).read_to_end(&mut images).unwrap();
    let duke = folder.join("duke");
    fs::create_dir_all(&duke).unwrap();
    for number in [1, 2, 7, 9] {
        let mut turned = images.clone();
        let by = columns * number * COLUMN_BYTES % SCAN_BYTES;
        turned[72..].chunks_exact_mut(SCAN_BYTES).for_each(|scan| scan.rotate_left(by));
        let file = [&made[..128], &turned[..], &made[rest..]].concat();
        retidiff::formats::write_file(&duke.join(format!("Subject_{number:02}.mat")), &file).unwrap();
    }
    duke
}

/// One file under several names: whoever is measured would train as well.
#[test]
fn a_copy_of_a_measured_subject_is_not_trained_on() {
    let folder = tempfile::tempdir().unwrap();
    let (duke, out) = (published(folder.path(), 0), folder.path().join("out"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/reproduce-paper.sh");
    let output = Command::new("sh")
        .args([text(&script), text(&duke), text(&out), "--budget", "tiny", "--subjects", "duke-9"])
        .args(["--device", "cpu"])
        .env("RETIDIFF", PROGRAM)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(65), "{said}");
    assert!(said.contains("pixel by pixel the picture of a scan that is measured"), "{said}");
    assert!(said.contains("of duke-9") && said.contains("take it out of the training data"), "{said}");
    assert!(!out.join("experiment/runs").exists(), "nothing is trained");
}

/// Both tables from published files in one command, stopped and gone on with, and what a worker says of what is left.
#[test]
#[ignore = "some forty runs: run it optimised, with --ignored"]
fn the_papers_tables_come_from_published_files_in_one_command() {
    let folder = tempfile::tempdir().unwrap();
    let (duke, out) = (published(folder.path(), 7), folder.path().join("out"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/reproduce-paper.sh");
    let reproduce = || {
        Command::new("sh")
            .args([text(&script), text(&duke), text(&out), "--budget", "tiny", "--subjects", "duke-9"])
            .args(["--device", "cpu"])
            .env("RETIDIFF", PROGRAM)
            .output()
            .unwrap()
    };
    let output = reproduce();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let experiment = out.join("experiment");
    let report: Value = serde_json::from_slice(&fs::read(experiment.join("report.json")).unwrap()).unwrap();
    assert_eq!(report["missing"], serde_json::json!([]));
    let rows = report["table_1"].as_array().unwrap();
    let methods: Vec<&str> = rows.iter().map(|row| row["row"]["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["Retree", "LDM", "RetiDiff", "RetiDiff", "RetiDiff", "RetiDiff"]);
    for row in rows {
        assert!(row["frechet"]["mean"].as_f64().unwrap() >= 0.0, "{row}");
        assert!(row["lines"].as_u64().unwrap() >= 17 && row["scans"].as_u64().unwrap() >= 1, "{row}");
    }
    let arms: Vec<&str> = report["table_2"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["figures"]["arm"].as_str().unwrap())
        .collect();
    assert_eq!(arms.len(), 6);
    let comparisons = |row: &Value| row["comparisons"].as_array().unwrap().len();
    let table_2 = report["table_2"].as_array().unwrap();
    assert_eq!(table_2.iter().map(comparisons).collect::<Vec<_>>(), [1, 1, 2, 2, 2, 2]);
    let painter = &report["table_1_references"][1];
    assert!(painter["lines_passed"]["mean"].is_number(), "{painter}");
    for arm in ["real", "syn4", "real+syn4", "painter4"] {
        assert!(arms.contains(&arm), "{arm} in {arms:?}");
    }
    let judge = report["judges"][0].as_str().unwrap();
    assert_eq!(judge, "a segmenter trained for it in 2 steps");
    let page = fs::read_to_string(experiment.join("report.html")).unwrap();
    assert!(page.contains("Table 1") && page.contains("RetiDiff + pretrained + DRM + DMC (synthetic)"));
    assert!(page.matches("data:image/png;base64,").count() >= 8 && !page.contains("src=\"http"));
    let markdown = fs::read_to_string(experiment.join("report.md")).unwrap();
    assert!(markdown.contains("| Retree | – | – | – | open | open | open |"), "{markdown}");

    // A second time nothing is done again; a run whose mark is gone is done again and ends alike.
    let mark = experiment.join("runs/table1-dmc.done");
    let figures = |name: &str| fs::read(experiment.join(format!("runs/{name}/figures.json"))).unwrap();
    let (first, before) = (fs::read(&mark).unwrap(), figures("table2-small-real"));
    assert!(reproduce().status.success());
    assert_eq!(fs::read(&mark).unwrap(), first);
    for name in ["table2-small-real", "segment-small-real"] {
        fs::remove_file(experiment.join(format!("runs/{name}.done"))).unwrap();
    }
    fs::remove_dir_all(experiment.join("runs/segment-small-real")).unwrap();
    let (plan, data) = (experiment.join("plan.json"), out.join("data"));
    let missing = program(&["experiment", "report", "--plan", text(&plan), "--missing"]);
    let numbers = str::from_utf8(&missing.stdout).unwrap().trim().to_owned();
    assert!(!numbers.is_empty() && !numbers.contains(','), "two neighbours: {numbers}");
    let run = |extra: &[&str]| {
        let all =
            [&["experiment", "run", "--plan", text(&plan), "--data", text(&data), "--device", "cpu"], extra];
        program(&all.concat())
    };
    let (_, last) = numbers.split_once('-').unwrap();
    let waits = run(&["--run", last]);
    assert_eq!(waits.status.code(), Some(75), "its training is not there: {waits:?}");
    let again = run(&[]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    assert_eq!(figures("table2-small-real"), before, "the same figures");

    check_refusals(folder.path(), &plan, &data);
}

/// The plan of some arguments on the phantom's data set, or why there is none.
fn planned(data: &Path, out: &Path, arguments: &[&str]) -> Result<Value, String> {
    let all = [&["experiment", "plan", "--data", text(data), "--out", text(out)][..], arguments].concat();
    let output = program(&all);
    match output.status.success() {
        true => Ok(serde_json::from_slice(&fs::read(out.join("plan.json")).unwrap()).unwrap()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn run_of<'a>(plan: &'a Value, name: &str) -> &'a Value {
    let runs = plan["runs"].as_array().unwrap();
    let found = runs.iter().find(|run| run["name"] == name);
    &found.unwrap_or_else(|| panic!("{name} is not among {} runs", runs.len()))["task"]
}

#[test]
fn a_short_experiment_keeps_its_judge_and_another_judge_may_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let plan = |out: &str, extra: &[&str]| {
        let table = ["--table", "1", "--subjects", "duke-7", "--steps", "80"];
        planned(&data, &folder.path().join(out), &[&table[..], extra].concat())
    };
    let short = plan("short", &[]).unwrap();
    assert_eq!(run_of(&short, "drm")["config"]["steps"], 80);
    assert_eq!(run_of(&short, "judge")["config"]["steps"], 400, "as the budget says");
    let named = plan("named", &["--judge-steps", "7"]).unwrap();
    assert_eq!(run_of(&named, "judge")["config"]["steps"], 7);

    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/segmenter.safetensors");
    if !bundled.is_file() {
        eprintln!("skipped: no segmenter in assets/models");
        return;
    }
    let judged = plan("judged", &["--judge", text(&bundled)]).unwrap();
    assert_eq!(run_of(&judged, "judge")["kind"], "segmenter");
    let row = run_of(&judged, "table1-dmc");
    assert!(row["split"]["held_out"].as_array().unwrap().contains(&"duke-7".into()), "{row}");
    let beside = folder.path().join("judged/judge.safetensors");
    assert_eq!(fs::read(&beside).unwrap(), fs::read(&bundled).unwrap());
    // The run of the judge takes it from there, and no other file.
    let run = |plan: &Path| {
        let number =
            judged["runs"].as_array().unwrap().iter().position(|run| run["name"] == "judge").unwrap();
        let number = number.to_string();
        let all = ["experiment", "run", "--plan", text(plan), "--data", text(&data), "--run", &number];
        program(&[&all[..], &["--device", "cpu"]].concat())
    };
    let plan_file = folder.path().join("judged/plan.json");
    retidiff::formats::write_file(&beside, b"another").unwrap();
    let refused = run(&plan_file);
    assert_eq!(refused.status.code(), Some(65), "{refused:?}");
    fs::copy(&bundled, &beside).unwrap();
    let taken = run(&plan_file);
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    let model = folder.path().join("judged/runs/judge/run/model.safetensors");
    assert_eq!(fs::read(model).unwrap(), fs::read(&bundled).unwrap());

    let table = ["--table", "1", "--subjects", "duke-1", "--judge", text(&bundled)];
    let said = planned(&data, &folder.path().join("seen"), &table).unwrap_err();
    assert!(said.contains("the judge trained on duke-1"), "{said}");
    assert!(!folder.path().join("seen").exists(), "nothing is half written");
}

#[test]
fn table_2_has_every_arm_and_takes_others() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let plan = |out: &str, extra: &[&str]| {
        let table = ["--table", "2", "--budget", "tiny", "--subjects", "duke-7"];
        planned(&data, &folder.path().join(out), &[&table[..], extra].concat())
    };
    let usual = plan("usual", &[]).unwrap();
    assert_eq!(run_of(&usual, "segment-small-real-syn4")["on"]["arm"]["arm"], "real+syn4");
    let painter = run_of(&usual, "segment-small-painter4");
    assert_eq!(painter["on"]["arm"]["painted"], "pairs-painted");
    assert_eq!(run_of(&usual, "pairs-painted")["kind"], "painted");
    let named = plan("named", &["--arms", "real,real+syn3"]).unwrap();
    let names: Vec<&str> =
        named["runs"].as_array().unwrap().iter().map(|run| run["name"].as_str().unwrap()).collect();
    let networks = plan("networks", &["--arms", "real", "--networks", "unet,small"]).unwrap();
    assert_eq!(networks["runs"].as_array().unwrap().len(), 4, "two trained and measured");
    assert_eq!(run_of(&networks, "table2-unet-real")["row"]["network"], "unet");
    assert!(names.contains(&"table2-small-real-syn3") && !names.contains(&"pairs-painted"), "{names:?}");
    let said = plan("more", &["--arms", "real,syn250"]).unwrap_err();
    assert!(said.contains("250 pairs where 4") && said.contains("--pictures"), "{said}");
    let table = ["--table", "1", "--subjects", "duke-7", "--arms", "real"];
    let said = planned(&data, &folder.path().join("wrong"), &table).unwrap_err();
    assert!(said.contains("add --table 2"), "{said}");
}

#[test]
fn a_subject_that_cannot_be_read_ends_the_reproduction() {
    let folder = tempfile::tempdir().unwrap();
    let (duke, out) = (published(folder.path(), 7), folder.path().join("out"));
    let whole = fs::read(duke.join("Subject_09.mat")).unwrap();
    retidiff::formats::write_file(&duke.join("Subject_10.mat"), &whole[..whole.len() / 2]).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/reproduce-paper.sh");
    let output = Command::new("sh")
        .args([text(&script), text(&duke), text(&out), "--budget", "tiny", "--subjects", "duke-9"])
        .env("RETIDIFF", PROGRAM)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("skipped: Subject_10.mat") && said.contains("Subject_10.mat cannot be read"),
        "{said}"
    );
    assert!(!out.join("data").exists(), "nothing is imported with one eye less");
}

/// The runs are left out: what the script asks for is looked at.
#[test]
fn a_reproduction_goes_on_with_its_own_settings_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (duke, out) = (published(folder.path(), 7), folder.path().join("out"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/reproduce-paper.sh");
    let planner = folder.path().join("planner.sh");
    let text_of = format!(
        "#!/bin/sh\ncase \"$1 $2\" in 'experiment run' | 'experiment report') exit 0 ;; esac\nexec '{PROGRAM}' \"$@\"\n"
    );
    retidiff::formats::write_file(&planner, text_of.as_bytes()).unwrap();
    assert!(Command::new("chmod").args(["+x", text(&planner)]).status().unwrap().success());
    let reproduce = |settings: &[&str]| {
        let mut command = Command::new("sh");
        command.args([text(&script), text(&duke), text(&out), "--subjects", "duke-9"]).args(settings);
        let output = command.env("RETIDIFF", &planner).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let plan = || fs::read(out.join("experiment/plan.json")).unwrap();
    let (code, said) = reproduce(&["--budget", "tiny"]);
    assert_eq!(code, Some(0), "{said}");
    let before = plan();
    let (code, said) = reproduce(&["--budget", "tiny"]);
    assert!(code == Some(0) && plan() == before, "{said}");
    for other in [["--budget", "small"], ["--seeds", "5"]] {
        let (code, said) = reproduce(&other);
        assert!(
            code == Some(65) && said.contains("is another plan") && said.contains("another OUT"),
            "{said}"
        );
        assert!(!said.contains("report.html") && plan() == before, "{said}");
    }
}

/// A worker refuses what cannot succeed with a code of its own.
fn check_refusals(folder: &Path, plan: &Path, data: &Path) {
    let code = |plan: &Path, data: &Path, extra: &[&str]| {
        let all =
            [&["experiment", "run", "--plan", text(plan), "--data", text(data), "--device", "cpu"], extra];
        let output = program(&all.concat());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (missing, said) = code(plan, data, &["--run", "10000"]);
    assert!(missing == Some(65) && said.contains("no number 10000"), "{said}");
    let other = folder.join("other");
    let mut manifest = Manifest::read(data).unwrap();
    fs::create_dir_all(&other).unwrap();
    let mut copy = Manifest::open_for_appending(&other).unwrap();
    copy.append(manifest.entries.remove(0)).unwrap();
    let (wrong, said) = code(plan, &other, &[]);
    assert!(wrong == Some(65) && said.contains("not the scans that the plan was made for"), "{said}");
    let broken = folder.join("broken/plan.json");
    fs::create_dir_all(broken.parent().unwrap()).unwrap();
    fs::copy(plan, &broken).unwrap();
    let damaged = fs::read_to_string(&broken).unwrap().replacen("\"version\": 1", "\"version\": 3", 1);
    retidiff::formats::write_file(&broken, damaged.as_bytes()).unwrap();
    let (newer, said) = code(&broken, data, &[]);
    assert!(newer == Some(65) && said.contains("version 3"), "{said}");
}
