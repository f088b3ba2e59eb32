//! Review from the command line: decide, audit, export, and read back by others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use retidiff::cli::{self, Cli};
use retidiff::dataset::Manifest;
use retidiff::dataset::samples::LabelledScan;
use retidiff::formats::provenance::Provenance;
use retidiff::formats::write_file;
use retidiff::review::log::DECISIONS_FILE;
use retidiff::review::{DecisionLog, PairStanding, ReviewSet, Verdicts};

use crate::generation::generate;

fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let arguments = ["retidiff"].iter().chain(arguments);
    cli::run(Cli::try_parse_from(arguments)?)
}

fn refusal(arguments: &[&str]) -> String {
    run(arguments).err().map(|error| format!("{error:#}")).unwrap_or_default()
}

/// A generated set of 40 pairs, of which 36 are accepted, two rejected, one flagged and one undecided.
fn reviewed(folder: &Path) -> PathBuf {
    let dir = folder.join("set");
    generate(&dir, 40, 1);
    let set = dir.display().to_string();
    let good: String = (0..36).map(|number| format!("pair-{number:07}\n")).collect();
    let list = folder.join("good.txt");
    write_file(&list, good.as_bytes()).unwrap();
    let list = format!("@{}", list.display());
    let decide = |arguments: &[&str]| {
        run(&[&["review", "decide", &set, "--reviewer", "anna"], arguments].concat()).unwrap();
    };
    decide(&["--accept", &list]);
    decide(&["--reject", "pair-0000036,pair-0000037", "--reason", "layer order"]);
    decide(&["--flag", "pair-0000038"]);
    dir
}

#[test]
fn decisions_are_written_all_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let dir = reviewed(folder.path());
    let set = dir.display().to_string();
    let count = || DecisionLog::open(&dir).unwrap().events.len();
    assert_eq!(count(), 39);
    let stranger =
        refusal(&["review", "decide", &set, "--accept", "pair-0000039", "nobody", "--reviewer", "a"]);
    assert!(stranger.contains("no pair nobody: nothing was written"), "{stranger}");
    let twice = refusal(&[
        "review",
        "decide",
        &set,
        "--accept",
        "pair-0000039",
        "--flag",
        "pair-0000039",
        "--reviewer",
        "a",
    ]);
    assert!(twice.contains("named twice"), "{twice}");
    assert!(refusal(&["review", "decide", &set, "--reviewer", "a"]).contains("--accept"));
    assert_eq!(count(), 39);

    // Two programs, one of which dies within a line.
    run(&["review", "decide", &set, "--reject", "pair-0000000", "--reviewer", "ben"]).unwrap();
    let log = dir.join(DECISIONS_FILE);
    let mut bytes = std::fs::read(&log).unwrap();
    bytes.extend_from_slice(b"{\"version\":1,\"wh");
    write_file(&log, &bytes).unwrap();
    run(&["review", "decide", &set, "--flag", "pair-0000001", "--reviewer", "ben"]).unwrap();
    let log = DecisionLog::open(&dir).unwrap();
    assert_eq!((log.events.len(), log.problems.lines), (41, 1));
    let loaded = ReviewSet::load(&dir).unwrap();
    let verdicts = Verdicts::of(&loaded, &log.events);
    assert_eq!(verdicts.standing(0), PairStanding::Rejected);
    run(&["review", "decide", &set, "--undo", "--reviewer", "ben"]).unwrap();
    let log = DecisionLog::open(&dir).unwrap();
    assert_eq!(Verdicts::of(&loaded, &log.events).standing(1), PairStanding::Accepted);
    run(&["review", "stats", &set, "--json"]).unwrap();
    run(&["review", "check", &set]).unwrap();
}

#[test]
fn the_trail_of_a_review_is_a_chain() {
    let folder = tempfile::tempdir().unwrap();
    let dir = reviewed(folder.path()).display().to_string();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (chain, table) = (path("trail.jsonl"), path("trail.csv"));
    run(&["review", "audit", &dir, "--reviewer", "anna", "--share", "0.5"]).unwrap();
    run(&["review", "trail", &dir, "--out", &chain]).unwrap();
    run(&["review", "trail", &dir, "--out", &table]).unwrap();
    run(&["review", "trail", "--verify", &chain]).unwrap();
    let text = std::fs::read_to_string(&chain).unwrap();
    assert!(text.lines().count() >= 39);
    write_file(Path::new(&chain), text.replacen("layer order", "no reason", 1).as_bytes()).unwrap();
    assert!(refusal(&["review", "trail", "--verify", &chain]).contains("broken at line 37"));
    assert!(refusal(&["review", "trail", &dir, "--out", &path("trail.txt")]).contains(".csv or a .jsonl"));
}

#[test]
fn an_export_is_a_data_set_again_and_leaves_out_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let dir = reviewed(folder.path());
    let set = dir.display().to_string();
    let out = folder.path().join("out");
    write_file(&dir.join("images/pair-0000003.png"), b"another").unwrap();
    std::fs::remove_file(dir.join("labels/pair-0000004.png")).unwrap();
    let arguments = ["review", "export", &set, "--layout", "pairs", "--out", &out.display().to_string()];
    run(&arguments).unwrap();
    assert!(refusal(&arguments).contains("name an empty folder"), "nothing is written over");
    let manifest = Manifest::read(&out).unwrap();
    assert_eq!(manifest.entries.len(), 34);
    for entry in &manifest.entries {
        LabelledScan::load(&manifest, entry).unwrap();
        let bytes = std::fs::read(manifest.path(&entry.image)).unwrap();
        assert!(Provenance::of_png(&bytes, "a").unwrap().is_some(), "it still says that it is synthetic");
        assert_eq!(bytes, std::fs::read(dir.join(&entry.image)).unwrap());
    }
    let sheet = std::fs::read_to_string(out.join("DATASHEET.md")).unwrap();
    for text in [
        "| Accepted by a look | 34 |",
        "| Left out: a file missing or changed | 2 |",
        "rejected: layer order",
        "Coverage: from each mask to the nearest other one",
        "| 34 of 34 |",
    ] {
        assert!(sheet.contains(text), "{text}: {sheet}");
    }
    let page = std::fs::read_to_string(out.join("datasheet.html")).unwrap();
    assert_eq!(page.matches("<figure>").count(), 12);
    let all = folder.path().join("all");
    let all = all.display().to_string();
    run(&["review", "export", &set, "--layout", "pairs", "--only", "all", "--out", &all]).unwrap();
    assert_eq!(Manifest::read(Path::new(&all)).unwrap().entries.len(), 35);
    let nobody = folder.path().join("fresh");
    generate(&nobody, 3, 1);
    let nobody = nobody.display().to_string();
    let empty =
        refusal(&["review", "export", &nobody, "--layout", "coco", "--out", &format!("{nobody}-out")]);
    assert!(empty.contains("no pair is left to export"), "{empty}");
}

/// A Python with numpy and Pillow.
fn python() -> Option<String> {
    let named = std::env::var("RETIDIFF_PYTHON").ok();
    let found = named.into_iter().chain(["python3".to_owned()]).find(|python| {
        let tried = Command::new(python).args(["-c", "import numpy, PIL"]).output();
        tried.is_ok_and(|output| output.status.success())
    });
    if found.is_none() {
        eprintln!("skipped: no Python with numpy and Pillow; name one with RETIDIFF_PYTHON");
    }
    found
}

#[test]
fn exports_are_read_back_by_other_readers() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let dir = reviewed(folder.path());
    let set = ReviewSet::load(&dir).unwrap();
    let manifest = Manifest::read(&dir).unwrap();
    // IRF pixels by the program's own reader.
    let expected: BTreeMap<String, u64> = manifest.entries[..36]
        .iter()
        .map(|entry| {
            let scan = LabelledScan::load(&manifest, entry).unwrap();
            (entry.id.clone(), scan.labels.iter().filter(|&&code| code == 9).count() as u64)
        })
        .collect();
    assert!(expected.values().any(|&pixels| pixels > 0) && set.len() == 40);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/read_exports.py");
    let mut parts = Vec::new();
    for layout in ["nnunet", "mirage", "webdataset", "coco"] {
        let out = folder.path().join(layout);
        let out = out.display().to_string();
        run(&["review", "export", &dir.display().to_string(), "--layout", layout, "--out", &out]).unwrap();
        let output = Command::new(&python).arg(&script).args([layout, &out]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{layout}: {said}");
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let irf: BTreeMap<String, u64> = serde_json::from_value(found["irf"].clone()).unwrap();
        assert_eq!(irf, expected, "{layout}");
        let count = |part: &str| found[part].as_u64().unwrap();
        assert_eq!(count("train") + count("val") + count("test"), 36, "{layout}");
        parts.push([count("train"), count("val"), count("test")]);
    }
    assert!(parts.windows(2).all(|pair| pair[0] == pair[1]), "every layout divides alike: {parts:?}");
    eprintln!("read back: nnunet, mirage, webdataset, coco");
}

#[test]
fn nifti_exports_are_volumes_again() {
    let folder = tempfile::tempdir().unwrap();
    let dir = reviewed(folder.path());
    let out = folder.path().join("nifti");
    let arguments = [
        "review",
        "export",
        &dir.display().to_string(),
        "--layout",
        "nifti",
        "--validation",
        "0",
        "--test",
        "0",
        "--out",
        &out.display().to_string(),
    ];
    run(&arguments).unwrap();
    let scan = retidiff::formats::open::open(&out.join("train/pair-0000005_scan.nii.gz")).unwrap();
    let manifest = Manifest::read(&dir).unwrap();
    let expected = LabelledScan::load(&manifest, &manifest.entries[5]).unwrap();
    assert_eq!(scan.document.pages[0].scan.image, expected.image);
    let files = std::fs::read_dir(out.join("train")).unwrap().count();
    let tests = std::fs::read_dir(out.join("test")).map_or(0, Iterator::count);
    assert_eq!((files + tests) % 2, 0);
    assert_eq!(files + tests, 72);
}

#[test]
fn a_re_saved_picture_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("set");
    generate(&dir, 20, 1);
    let image = image::open(dir.join("images/pair-0000011.png")).unwrap();
    let jpeg = folder.path().join("saved.jpg");
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 92)
        .encode_image(&image.to_luma8())
        .unwrap();
    write_file(&jpeg, &bytes).unwrap();
    let (jpeg, set) = (jpeg.display().to_string(), dir.display().to_string());
    run(&["origin", &jpeg, "--in", &set, "--json"]).unwrap();
    let blank = folder.path().join("blank.png");
    let noise = image::GrayImage::from_fn(48, 40, |x, y| image::Luma([(x * 5 % 97 + y * 3 % 31) as u8]));
    noise.save(&blank).unwrap();
    assert!(refusal(&["origin", &blank.display().to_string(), "--in", &set]).contains("none of 20 scans"));
}

/// How quick it is, `retidiff bench --review` tells; here only that made rows are read, filtered and sorted rightly.
#[test]
fn made_rows_are_loaded_filtered_and_sorted() {
    let folder = tempfile::tempdir().unwrap();
    retidiff::review::made_rows::write(folder.path(), 3000).unwrap();
    let set = ReviewSet::load(folder.path()).unwrap();
    assert_eq!((set.len(), set.problems.lines), (3000, 0));
    let filter = retidiff::review::Filter { fluid_mm2: Some([0.01, 1.0]), ..Default::default() };
    let key = retidiff::review::SortKey::CentralThickness;
    let rows = retidiff::review::select(&set, &Verdicts::default(), &filter, key, Default::default());
    let central = |row: u32| set.rows[row as usize].central_um;
    assert!(rows.len() > 300 && rows.windows(2).all(|pair| central(pair[0]) <= central(pair[1])));
    let is_wanted = |row: &&retidiff::review::Row| row.fluid_mm2 >= 0.01;
    assert_eq!(rows.len(), set.rows.iter().filter(is_wanted).count());
}

/// Names the folder for the process that is to be killed.
const CHILD_FOLDER: &str = "RETIDIFF_TEST_REVIEW";

/// The process that [`no_decision_is_lost_when_a_reviewer_is_killed`] kills.
#[test]
fn review_child() {
    let Ok(dir) = std::env::var(CHILD_FOLDER) else { return };
    let mut log = DecisionLog::open(Path::new(&dir)).expect("a log");
    for _ in 0..100_000 {
        let pair = format!("pair-{}", log.events.len());
        log.append(&[retidiff::review::DecisionEvent::now(
            "anna",
            &pair,
            retidiff::review::Decision::Accept,
            None,
        )])
        .expect("written");
        // The harness holds standard output back until a test ends.
        eprintln!("written {pair}");
    }
}

#[test]
fn no_decision_is_lost_when_a_reviewer_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = retidiff::mask::random::SeededRandom::new(9);
    let mut reported = 0;
    for _ in 0..30 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "review::review_child", "--test-threads", "1", "--nocapture"])
            .env(CHILD_FOLDER, folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(random.between(40.0, 120.0) as u64));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let log = DecisionLog::open(folder.path()).unwrap();
        let kept: std::collections::HashSet<&str> =
            log.events.iter().map(|event| event.pair.as_str()).collect();
        // A line that the kill cut short was not told of.
        for pair in
            said.split_inclusive('\n').filter_map(|line| line.strip_prefix("written ")?.strip_suffix('\n'))
        {
            assert!(kept.contains(pair), "{pair} was told of and is lost");
            reported += 1;
        }
    }
    assert!(reported > 0, "nothing was written before a kill");
    let log = DecisionLog::open(folder.path()).unwrap();
    eprintln!(
        "{} decisions kept, {reported} reported, {} lines cut by kills",
        log.events.len(),
        log.problems.lines
    );
}

/// A disk that is full, made by a rule of the shell: no file of the process may grow beyond a kilobyte.
#[cfg(unix)]
fn on_a_full_disk(arguments: &[&str]) -> (bool, String) {
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    let program = env!("CARGO_BIN_EXE_retidiff");
    let output = Command::new("sh").args(["-c", script, program]).args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_costs_nothing_that_was_decided() {
    let folder = tempfile::tempdir().unwrap();
    let dir = reviewed(folder.path());
    let set = dir.display().to_string();
    let log = dir.join(DECISIONS_FILE);
    let before = std::fs::read(&log).unwrap();
    assert!(before.len() > 1024, "{} bytes", before.len());
    let late = ["review", "decide", &set, "--accept", "pair-0000039", "--reviewer", "anna"];
    let (is_done, said) = on_a_full_disk(&late);
    assert!(!is_done && said.contains(DECISIONS_FILE) && said.contains("free some space"), "{said}");
    assert_eq!(std::fs::read(&log).unwrap(), before, "not even half a line");
    run(&late).unwrap();
    assert_eq!(DecisionLog::open(&dir).unwrap().events.len(), 40);
    let out = folder.path().join("out").display().to_string();
    let (is_done, said) =
        on_a_full_disk(&["review", "export", &set, "--layout", "coco", "--out", &out, "--only", "all"]);
    assert!(!is_done && said.contains("free some space"), "{said}");
    let elsewhere = folder.path().join("elsewhere").display().to_string();
    run(&["review", "export", &set, "--layout", "coco", "--out", &elsewhere]).unwrap();
}

#[test]
fn lines_of_a_newer_program_are_counted_and_the_others_reviewed() {
    let folder = tempfile::tempdir().unwrap();
    let dir = reviewed(folder.path());
    let set = dir.display().to_string();
    let path = dir.join("manifest.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let newer = text.lines().nth(5).unwrap().replacen("\"version\":1", "\"version\":7", 1);
    let text: String = text
        .lines()
        .enumerate()
        .map(|(number, line)| format!("{}\n", if number == 5 { &newer } else { line }))
        .collect();
    // And a program that was killed in its last line.
    write_file(&path, format!("{text}{{\"version\":1,\"id\":\"pair").as_bytes()).unwrap();
    let reviewed = retidiff::review::Reviewed::load(&dir).unwrap();
    assert_eq!(reviewed.set.len(), 39);
    let notes = reviewed.notes().join("; ");
    assert!(notes.contains("line 6: version 7") && notes.contains("cut off"), "{notes}");
    assert!(notes.contains("1 decisions are on pairs that the set does not hold"), "{notes}");
    run(&["review", "decide", &set, "--accept", "pair-0000039", "--reviewer", "anna"]).unwrap();
    let out = folder.path().join("out").display().to_string();
    run(&["review", "export", &set, "--layout", "mirage", "--out", &out]).unwrap();
    // A set of which nothing can be read says so.
    let all: String =
        text.lines().map(|line| line.replace("\"version\":1", "\"version\":7") + "\n").collect();
    write_file(&path, all.as_bytes()).unwrap();
    assert!(refusal(&["review", "stats", &set]).contains("newer version"));
}

#[test]
fn two_programs_may_decide_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for who in ["anna", "ben", "eve"] {
            let dir = folder.path();
            std::thread::Builder::new()
                .name(who.to_owned())
                .spawn_scoped(scope, move || {
                    let mut log = DecisionLog::open(dir).unwrap();
                    for number in 0..60 {
                        let pair = format!("pair-{number}");
                        let decision = retidiff::review::Decision::Accept;
                        log.append(&[retidiff::review::DecisionEvent::now(who, &pair, decision, None)])
                            .unwrap();
                    }
                })
                .unwrap();
        }
    });
    let log = DecisionLog::open(folder.path()).unwrap();
    assert_eq!((log.events.len(), log.problems.lines, log.problems.torn_bytes), (180, 0, 0));
}
