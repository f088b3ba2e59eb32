//! From folders of scans to a run: import, frame, split, look for copies, train on what came out.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use retidiff::dataset::manifest::Manifest;
use retidiff::dataset::{Role, Split};
use retidiff::encoding::noise::Rng;
use retidiff::formats::{scan_image, write_file};
use retidiff::scan::GreyImage;
use retidiff::training::{Event, RunConfig, Stage};

use crate::trainer::{config, data_set, mark_pseudo_labelled};

fn retidiff(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_retidiff")).args(arguments).output().expect("the program starts")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn works(arguments: &[&str]) -> String {
    let output = retidiff(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    said(&output)
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path of letters")
}

fn manifest(folder: &Path) -> Manifest {
    Manifest::read(folder).expect("a data set that can be read")
}

fn split(folder: &Path) -> Split {
    let bytes = std::fs::read(folder.join("split.json")).expect("a split");
    serde_json::from_slice(&bytes).expect("a split that can be read")
}

/// A band of tissue with waves of its own, 48 x 40.
fn scan(number: u64) -> Vec<u8> {
    let mut rng = Rng::new(5, 0, number);
    let waves: Vec<f64> = (0..6).map(|_| 1.0 + 5.0 * rng.uniform()).collect();
    let pixels: Vec<u8> = (0..48 * 40)
        .map(|at| {
            let (x, y) = (f64::from(at % 48) / 48.0, f64::from(at / 48) / 40.0);
            let sum: f64 =
                waves.chunks_exact(3).map(|wave| (wave[0] * x + wave[1] * 3.0 * y + wave[2]).sin()).sum();
            (110.0 + 35.0 * sum) as u8 + rng.below(12) as u8
        })
        .collect();
    scan_image::write(&GreyImage::new(48, 40, pixels), &[]).expect("a PNG")
}

/// Six patients with two scans each, as OCT2017 lays them out.
fn oct2017(folder: &Path) -> PathBuf {
    let root = folder.join("oct2017");
    for patient in 0..6_u64 {
        for number in 0..2 {
            let class = ["CNV", "NORMAL"][patient as usize % 2];
            let part = ["train", "test"][number as usize];
            let file = format!("{part}/{class}/{class}-{}-{}.png", 100 + patient, number + 1);
            write_file(&root.join(file), &scan(10 * patient + number)).expect("written");
        }
    }
    root
}

#[test]
fn scans_are_framed_split_by_subject_and_trained_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = data_set(folder.path());
    let out = folder.path().join("set");
    let build = ["dataset", "build", path(&data), "--out", path(&out), "--crop", "--size", "64x32"];
    let text = works(&build);
    assert!(text.contains("split: the paper's subjects"), "{text}");
    assert!(
        text.contains("train          3 scans, 3 labelled, 3 subjects: duke-1, duke-2, tian-1"),
        "{text}"
    );
    assert!(text.contains("validate       4 scans, 4 labelled, 1 subjects: duke-7"), "{text}");
    let set = manifest(&out);
    assert!(set.entries.iter().all(|entry| (entry.width, entry.height) == (64, 32)));

    works(&build);
    assert_eq!(manifest(&out), set, "what is there stays");
    let other = retidiff(&["dataset", "build", path(&data), "--out", path(&out)]);
    assert!(!other.status.success() && said(&other).contains("choose another --out"), "{}", said(&other));

    // A file of settings names no split, so the one of the data set must be given.
    let settings = folder.path().join("settings.json");
    let tiny = RunConfig { sample_every: 0, validate_every: 2, ..config(2) };
    write_file(&settings, &serde_json::to_vec(&tiny).expect("JSON")).expect("written");
    let run = folder.path().join("run");
    let file = out.join("split.json");
    let arguments = ["--config", path(&settings), "--device", "cpu", "--events"];
    let mut train = vec!["train", "--data", path(&out), "--run", path(&run), "--split", path(&file)];
    train.extend(arguments);
    let events = works(&train);
    let events: Vec<Event> = events.lines().filter_map(|line| Event::of_line(line).ok()).collect();
    assert!(
        matches!(events[0], Event::Started { training_scans: 3, validation_scans: 4, .. }),
        "{:?}",
        events[0]
    );
    assert!(matches!(events.last(), Some(Event::Finished { step: 2, .. })), "{events:?}");
}

#[test]
fn labels_of_the_auto_trace_are_counted_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = data_set(folder.path());
    mark_pseudo_labelled(&data, &["scan_1"]);
    let out = folder.path().join("set");
    let text = works(&["dataset", "build", path(&data), "--out", path(&out)]);
    assert!(text.contains("3 scans, 2 labelled, 1 labelled by the auto-trace, 3 subjects"), "{text}");
    let set = manifest(&out);
    let marked: Vec<&str> =
        set.entries.iter().filter(|entry| entry.pseudo_labelled).map(|entry| entry.id.as_str()).collect();
    assert_eq!(marked, ["scan_1"], "the mark goes along");
}

#[test]
fn folders_of_several_kinds_become_one_set_for_the_first_stage() {
    let folder = tempfile::tempdir().expect("a folder");
    let oct = oct2017(folder.path());
    let plain = folder.path().join("plain");
    for number in 0..3 {
        write_file(&plain.join(format!("eye{number}_1.png")), &scan(500 + number)).expect("written");
    }
    let out = folder.path().join("stage1");
    let build = ["dataset", "build", path(&oct), path(&plain), "--out", path(&out), "--folds", "3"];
    let text = works(&build);
    assert!(text.contains("split: subjects in folds, fold 0 of 3"), "{text}");
    assert!(text.contains("no near-copies across the split"), "{text}");
    let set = manifest(&out);
    assert_eq!(set.entries.len(), 15);
    let split = split(&out);
    let counts = [Role::Training, Role::Validation]
        .map(|role| set.entries.iter().filter(|entry| split.role(&entry.subject) == role).count());
    assert_eq!(counts.iter().sum::<usize>(), 15);
    assert!(counts.iter().all(|&count| count >= 3), "{counts:?}");
    let subject =
        |id: &str| set.entries.iter().find(|entry| entry.id == id).map(|entry| entry.subject.as_str());
    assert_eq!(subject("oct2017_CNV-100-1"), subject("oct2017_CNV-100-2"), "a patient is never parted");
    works(&build);
    assert_eq!(manifest(&out), set);

    let run = folder.path().join("run");
    let tiny = config(2);
    let network = serde_json::to_string(&tiny.network).expect("JSON");
    let network = format!("network={network}");
    let text = works(&[
        "train",
        "--data",
        path(&out),
        "--run",
        path(&run),
        "--stage",
        "pretrain",
        "--device",
        "cpu",
        "--steps",
        "2",
        "--batch",
        "2",
        "--sample-every",
        "0",
        "--set",
        "crop_rows=32",
        "--set",
        "crop_columns=16",
        "--set",
        &network,
    ]);
    assert!(text.contains("split as"), "the split of the data set is taken: {text}");
    let kept: RunConfig =
        serde_json::from_slice(&std::fs::read(run.join("config.json")).expect("settings")).expect("JSON");
    assert_eq!((kept.stage, &kept.split, &kept.network), (Stage::Pretrain, &split, &tiny.network));
    assert!(run.join("model.safetensors").is_file());
}

#[test]
fn copies_on_both_sides_of_a_split_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = folder.path().join("plain");
    for number in 0..6 {
        // The last is the first, of somebody else as it seems.
        let pixels = scan(600 + number % 5);
        write_file(&plain.join(format!("s{number}.png")), &pixels).expect("written");
    }
    let mut named = 0;
    for fold in ["0", "1", "2"] {
        let out = folder.path().join(fold);
        let build = ["dataset", "build", path(&plain), "--out", path(&out), "--folds", "3", "--fold", fold];
        let text = works(&build);
        let copies = split(&out).role("s0") != split(&out).role("s5");
        assert_eq!(text.contains("1 pairs of near-copies across the split"), copies, "{text}");
        named += usize::from(copies);
        let strict = retidiff(&[&build[..], &["--strict"]].concat());
        assert_eq!(strict.status.success(), !copies, "{}", said(&strict));
    }
    assert!(named > 0, "this seed puts them into different folds");
    let out = folder.path().join("leaky");
    let text = works(&["dataset", "build", path(&plain), "--out", path(&out), "--split", "random-image"]);
    assert!(text.contains("figures measured on it flatter"), "{text}");
    assert!(manifest(&out).entries.iter().all(|entry| entry.subject == format!("scan-{}", entry.id)));
}
