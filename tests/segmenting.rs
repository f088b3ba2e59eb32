//! A segmenter from its training to labels, and the comparison that it serves, on a phantom.

use std::path::Path;

use burn::tensor::Device;
use retidiff::dataset::manifest::Manifest;
use retidiff::dataset::{ManifestEntry, Role, Split};
use retidiff::diffusion::model_file::{self, ModelFileError};
use retidiff::evaluation::downstream::{
    Arm, DownstreamProgress, Experiment, MaskOrder, Pairs, Plan, Report, TestSet,
};
use retidiff::nn::segmenter::SmallConfig;
use retidiff::nn::{SegmenterConfig, SegmenterKind, weights};
use retidiff::segmentation::{Labeller, segmenter_file};
use retidiff::training::{Control, Event, RunConfig, SegmentTask};

use crate::trainer::{self, data_set, train_from};

/// A run of a tiny segmenter over whole phantoms.
fn config(steps: u64) -> RunConfig {
    let base = RunConfig::square_segmenter(SegmenterKind::Small, 48);
    let network = SegmenterConfig::Small(SmallConfig { widths: vec![8, 16], ..SmallConfig::default() });
    RunConfig {
        steps,
        batch: 3,
        warmup_steps: 2,
        learning_rate: 5e-3,
        validate_every: 3,
        sample_every: 3,
        segmenter: SegmentTask { network, ..base.segmenter.clone() },
        ..base
    }
}

fn validation_losses(events: &[Event]) -> Vec<f64> {
    let loss = |event: &Event| match event {
        Event::Validation { loss, .. } => Some(*loss),
        _ => None,
    };
    events.iter().filter_map(loss).collect()
}

#[test]
fn a_segmenter_learns_a_phantom_and_its_file_labels_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("run");
    let events = train_from(config(60), &data, &run, None).unwrap();
    let losses = validation_losses(&events);
    assert!(losses[losses.len() - 1] < 0.85 * losses[0], "{losses:?}");
    let dice: Vec<(f64, Option<f64>)> = events
        .iter()
        .filter_map(|event| match event {
            Event::Dice { mean, fluid, .. } => Some((*mean, *fluid)),
            _ => None,
        })
        .collect();
    assert_eq!(dice.len(), losses.len());
    assert!(dice[dice.len() - 1].0 > dice[0].0 && dice[0].1.is_some(), "{dice:?}");
    assert!(run.join("samples/step-00000060.png").is_file());

    let bytes = std::fs::read(run.join("model.safetensors")).unwrap();
    let (network, info) = segmenter_file::load(&bytes, "model", &Device::flex()).unwrap();
    assert_eq!(info.training.trained_on(), ["duke-1", "duke-2", "tian-1"]);
    let refused = model_file::load(&bytes, "model", &Device::flex()).unwrap_err();
    assert!(matches!(refused, ModelFileError::OtherKind { .. }));
    assert_eq!(refused.to_string(), "model: it labels scans; choose a model that draws");
    let manifest = Manifest::read(&data).unwrap();
    let scan = retidiff::dataset::samples::LabelledScan::load(&manifest, &manifest.entries[3]).unwrap();
    let labelling = Labeller::new(network, info, Device::flex()).label(&scan.image, scan.entry.spacing);
    let right = labelling.codes.iter().zip(&scan.labels).filter(|(found, truth)| found == truth).count();
    // Eight bands are as large: by chance every eighth pixel would be right.
    assert!(4 * right > scan.labels.len(), "{right} of {} pixels", scan.labels.len());
}

#[test]
fn a_stopped_segmenter_goes_on_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    trainer::goes_on_bit_for_bit(&config(6), &data, folder.path());
}

/// Batch norms carry figures from batch to batch of which no gradient knows; checkpoint and average have the last ones.
#[test]
fn a_stopped_segmenter_with_batch_norms_goes_on_bit_for_bit() {
    for ema_decay in [0.0, 0.9] {
        let folder = tempfile::tempdir().unwrap();
        let data = data_set(folder.path());
        let config = RunConfig {
            steps: 6,
            batch: 2,
            warmup_steps: 2,
            validate_every: 3,
            sample_every: 3,
            ema_decay,
            ..RunConfig::square_segmenter(SegmenterKind::Relaynet, 48)
        };
        trainer::goes_on_bit_for_bit(&config, &data, folder.path());
        let bytes = std::fs::read(folder.path().join("whole/model.safetensors")).unwrap();
        let (network, _) = segmenter_file::load(&bytes, "model", &Device::flex()).unwrap();
        let kept = weights::collect(&network).into_iter().filter(|tensor| tensor.name.contains(".running_"));
        let moved = kept.filter(|tensor| tensor.values.iter().any(|value| *value != 0.0 && *value != 1.0));
        assert_eq!(moved.count(), 14, "two of every norm");
    }
}

#[test]
fn a_model_that_draws_is_no_segmenter() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("run");
    train_from(trainer::config(1), &data, &run, None).unwrap();
    let model = run.join("model.safetensors");
    let refused = segmenter_file::load(&std::fs::read(&model).unwrap(), "m", &Device::flex()).unwrap_err();
    assert!(refused.to_string().starts_with("m: it draws scans from masks; choose a segmenter"), "{refused}");
    let from = train_from(config(1), &data, &folder.path().join("other"), Some(&model)).unwrap_err();
    assert!(from.to_string().contains("begins with fresh weights"), "{from}");
}

/// What the command answers: whether it succeeded, its output, its messages.
fn retidiff(args: &[&std::ffi::OsStr]) -> (bool, String, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_retidiff")).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

fn segment(scans: &[&Path], model: &Path, out: &Path, more: &[&str]) -> (bool, String, String) {
    let mut args: Vec<&std::ffi::OsStr> = vec!["segment".as_ref()];
    args.extend(scans.iter().map(|scan| scan.as_os_str()));
    args.extend(["--json", "--device", "cpu"].iter().chain(more).map(std::ffi::OsStr::new));
    args.extend(["--out".as_ref(), out.as_os_str(), "--model".as_ref(), model.as_os_str()]);
    retidiff(&args)
}

#[test]
fn the_command_writes_labels_with_their_confidence_and_names_what_it_cannot_read() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("run");
    train_from(config(2), &data, &run, None).unwrap();
    let (model, out) = (run.join("model.safetensors"), folder.path().join("labels"));
    let scans = [data.join("images/scan_0.png"), data.join("images/scan_1.png")];
    let segment = |scans: &[&Path], model: &Path, out: &Path| segment(scans, model, out, &[]);
    let (is_done, json, notes) = segment(&[&scans[0], &scans[1]], &model, &out);
    assert!(is_done && notes.contains("2 of 2 scans do not say their pixel size"), "{notes}");
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let first = &report["scans"][0];
    assert_eq!((first["file"].as_str(), first["classes"].as_array().unwrap().len()), (Some("scan_0.png"), 9));
    let pixels: u64 =
        first["classes"].as_array().unwrap().iter().map(|c| c["pixels"].as_u64().unwrap()).sum();
    assert_eq!(pixels, 48 * 32);
    let bytes = std::fs::read(out.join("scan_1.png")).unwrap();
    assert!(retidiff::formats::label_png::is_label_png(&bytes));

    let refused = |scans: &[&Path], model: &Path| {
        let out = folder.path().join("refused");
        let (is_done, _, message) = segment(scans, model, &out);
        assert!(!is_done && !out.exists(), "{message}");
        message
    };
    let missing = folder.path().join("none.png");
    assert!(refused(&[&missing], &model).contains("none.png"));
    assert!(refused(&[&scans[0], &scans[1], &missing], &model).contains("none.png"), "the last of them, too");
    let torn = folder.path().join("torn.png");
    let whole = std::fs::read(&scans[1]).unwrap();
    retidiff::formats::write_file(&torn, &whole[..whole.len() / 2]).unwrap();
    assert!(refused(&[&scans[0], &torn], &model).contains("torn.png"));
    let twice = refused(&[&scans[0], &scans[0]], &model);
    assert!(twice.contains("would both be written to scan_0.png"), "{twice}");
    let damaged = folder.path().join("damaged.safetensors");
    let mut bytes = std::fs::read(&model).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    retidiff::formats::write_file(&damaged, &bytes).unwrap();
    assert!(refused(&[&scans[0]], &damaged).contains("its weights are damaged"));
    let (is_done, _, message) = segment(&[&scans[0]], &model, &torn);
    assert!(!is_done && message.contains("torn.png: this is a file"), "{message}");
    assert!(message.contains("name a folder with --out"), "{message}");
}

#[test]
fn labels_take_the_place_of_no_scan_and_of_no_labels_unasked_and_are_called_as_the_scans() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("run");
    train_from(config(1), &data, &run, None).unwrap();
    let model = run.join("model.safetensors");
    let bytes = |path: &Path| std::fs::read(path).unwrap();
    let scans = folder.path().join("eyes.2");
    std::fs::create_dir(&scans).unwrap();
    for name in ["anna.png", "Ben_3.png"] {
        std::fs::copy(data.join("images/scan_1.png"), scans.join(name)).unwrap();
    }
    let scan = scans.join("anna.png");
    let whole = bytes(&scan);
    let refused = |input: &Path, out: &Path, more: &[&str], said: &str| {
        let (is_done, _, message) = segment(&[input], &model, out, more);
        assert!(!is_done && message.contains(said) && message.contains("--out"), "{message}");
    };
    for more in [&[][..], &["--overwrite"]] {
        refused(&scan, &scans, more, "anna.png: this is one of the scans");
        refused(&scans, &scans, more, "labels among the scans");
        refused(&data.join("images/scan_1.png"), &data.join("images"), more, "this is one of the scans");
    }
    let out = folder.path().join("labels");
    let names = |input: &Path, out: &Path| -> Vec<String> {
        let (is_done, json, message) = segment(&[input], &model, out, &[]);
        assert!(is_done, "{message}");
        let report: serde_json::Value = serde_json::from_str(&json).unwrap();
        let file = |scan: &serde_json::Value| scan["file"].as_str().unwrap().to_owned();
        report["scans"].as_array().unwrap().iter().map(file).collect()
    };
    assert_eq!(names(&scans, &out), ["anna.png", "Ben_3.png"]);
    assert_eq!(names(&data, &folder.path().join("of_data"))[..2], ["scan_0.png", "scan_1.png"]);
    let corrected = retidiff::formats::label_png::write(48, 32, &[3; 48 * 32], &[]).unwrap();
    retidiff::formats::write_file(&out.join("anna.png"), &corrected).unwrap();
    refused(&scan, &out, &[], "anna.png: it is there already");
    assert_eq!(bytes(&out.join("anna.png")), corrected);
    let (is_done, _, message) = segment(&[&scan], &model, &out, &["--overwrite"]);
    assert!(is_done && bytes(&out.join("anna.png")) != corrected, "{message}");
    retidiff::formats::write_file(&out.join("anna.png"), &whole).unwrap();
    refused(&scan, &out, &["--overwrite"], "anna.png: this is no label PNG");
    std::fs::remove_file(scans.join("Ben_3.png")).unwrap();
    assert_eq!(names(&scans, &folder.path().join("one")), ["anna.png"], "a folder of one");
    assert_eq!(bytes(&scan), whole);
}

/// A comparison of arms on the phantom, with its own scans as pairs.
fn compare(
    data: &Manifest,
    pairs: &Manifest,
    out: &Path,
    arms: &[&str],
    on_progress: &mut dyn FnMut(&DownstreamProgress),
) -> Result<Report, retidiff::evaluation::downstream::DownstreamError> {
    let split = Split::default();
    let of_role = |role| -> Vec<&ManifestEntry> {
        data.entries.iter().filter(|entry| split.role(&entry.subject) == role).collect()
    };
    compare_of(data, [of_role(Role::Training), of_role(Role::Validation)], pairs, out, arms, on_progress)
}

/// The same with scans of one's choice, to train and to measure.
fn compare_of(
    data: &Manifest,
    [training, measured]: [Vec<&ManifestEntry>; 2],
    pairs: &Manifest,
    out: &Path,
    arms: &[&str],
    on_progress: &mut dyn FnMut(&DownstreamProgress),
) -> Result<Report, retidiff::evaluation::downstream::DownstreamError> {
    let test = TestSet::read(data, &measured)?;
    let pairs = Pairs { folder: Some(pairs.clone()), ..Pairs::default() };
    let plan = Plan {
        version: Plan::VERSION,
        arms: arms.iter().map(|arm| arm.parse::<Arm>().unwrap()).collect(),
        seeds: 2,
        network: SegmenterKind::Small,
        size: Some(48),
        steps: 2,
        batch: 2,
        pairs: pairs.origin(),
        mask_order: MaskOrder::SubjectsInTurn,
        test_subjects: test.subjects.clone(),
        test_scans: test.scans.len(),
        training_subjects: vec!["duke-1".to_owned(), "duke-2".to_owned(), "tian-1".to_owned()],
        training_scans: training.len(),
        training_sha256: None,
        test_sha256: None,
        software: None,
    };
    let device = Device::flex();
    let experiment =
        Experiment { plan, out, data, training, test, pairs, device, device_name: "CPU".to_owned() };
    experiment.run(&Control::default(), on_progress)
}

/// The phantom again as pairs, its eyes renamed.
fn pairs_of(data: &Manifest, folder: &Path, subject: &str) -> Manifest {
    let mut pairs = data.clone();
    for entry in &mut pairs.entries {
        entry.id = format!("pair_{}", entry.id);
        entry.subject = format!("{subject}-{}", entry.id);
    }
    assert!(pairs.dir.starts_with(folder));
    pairs
}

#[test]
fn a_comparison_trains_measures_reports_and_is_not_done_twice() {
    let folder = tempfile::tempdir().unwrap();
    let data = Manifest::read(&data_set(folder.path())).unwrap();
    let pairs = pairs_of(&data, folder.path(), "synthetic");
    let out = folder.path().join("out");
    let arms = ["real", "real+aug", "real+syn2", "painter3"];
    let (mut steps, mut painted) = (0, 0);
    let report = compare(&data, &pairs, &out, &arms, &mut |progress| match progress {
        DownstreamProgress::Run { event: Event::Step { .. }, .. } => steps += 1,
        DownstreamProgress::Pair { what: "painter", .. } => painted += 1,
        _ => {}
    })
    .unwrap();
    assert_eq!((steps, painted), (4 * 2 * 2, 3));
    let scans: Vec<usize> = report.arms.iter().map(|arm| arm.training_scans).collect();
    assert_eq!(scans, [3, 3, 5, 3]);
    assert!(report.arms.iter().all(|arm| arm.mean_dice.as_ref().is_some_and(|dice| dice.seeds.len() == 2)));
    assert_eq!(report.comparisons.len(), 3 + 3);
    assert!(report.says.contains("Against real, real+syn2 changes the mean Dice"), "{}", report.says);
    let fluid = report.says.split(", and that of fluid by ").nth(1).expect("both have fluid");
    assert!(fluid[6..].starts_with(" (") && fluid[15..].starts_with("to "), "with its interval: {fluid}");
    for file in ["report.json", "report.md", "report.html", "runs/real+aug/seed-1/downstream.json"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    // One eye: its scan bare, the grader's labels, and those of each arm; nothing from elsewhere.
    assert_eq!(page.matches("data:image/png;base64,").count(), 2 + arms.len());
    assert!(!page.contains("http"), "the page stands alone");

    let mut again = 0;
    let same = compare(&data, &pairs, &out, &arms, &mut |progress| {
        again += usize::from(!matches!(progress, DownstreamProgress::Measured { .. }));
    })
    .unwrap();
    assert_eq!((again, &same.says), (0, &report.says));

    let fewer = compare(&data, &pairs, &out, &["real", "painter3"], &mut |progress| {
        assert!(matches!(progress, DownstreamProgress::Measured { .. }), "everything is there: {progress:?}");
    })
    .unwrap();
    let names: Vec<String> = fewer.arms.iter().map(|measured| measured.arm.to_string()).collect();
    assert_eq!(names, ["real", "painter3"], "what is asked for, not all that is there");
    assert!(out.join("runs/real+aug/seed-1/downstream.json").is_file());
}

#[test]
fn what_would_fail_halfway_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let data = Manifest::read(&data_set(folder.path())).unwrap();
    let out = folder.path().join("out");
    let refusal = |data: &Manifest, pairs: &Manifest, arms: &[&str]| {
        let error = compare(data, pairs, &out, arms, &mut |_| {}).unwrap_err().to_string();
        assert!(!out.exists(), "{error}");
        error
    };
    let mut leaking = pairs_of(&data, folder.path(), "synthetic");
    leaking.entries[1].subject = "mine_duke-7".to_owned();
    let error = refusal(&data, &leaking, &["syn2"]);
    assert!(
        error.contains("manifest.jsonl") && error.contains("mine_duke-7, an eye that is measured"),
        "{error}"
    );
    let pairs = pairs_of(&data, folder.path(), "synthetic");
    let error = refusal(&data, &pairs, &["syn8"]);
    assert!(error.contains("it holds 7 pairs where the arms ask for 8"), "{error}");
    let error = refusal(&data, &pairs, &["synmask66"]);
    assert!(error.contains("there are 3 graded training scans"), "{error}");
    let mut unlabelled = pairs.clone();
    unlabelled.entries[1].label = None;
    let error = refusal(&data, &unlabelled, &["painter2"]);
    assert!(error.contains("\"pair_scan_1\" has no labels"), "{error}");
    let mut other_size = pairs.clone();
    other_size.entries[0].width = 40;
    let error = refusal(&data, &other_size, &["syn1"]);
    assert!(error.contains("48x32 pixels where the manifest says 40x32"), "{error}");
    // A scan that trains, and one that is measured.
    for number in [2, 3] {
        let mut made = data.clone();
        made.entries[number].source = "synthetic".to_owned();
        let error = refusal(&made, &pairs, &["real"]);
        assert!(error.contains(&format!("\"scan_{number}\" is a synthetic pair")), "{error}");
        let mut other_size = data.clone();
        other_size.entries[number].height = 30;
        let error = refusal(&other_size, &pairs, &["real"]);
        assert!(error.contains(&format!("scan_{number}.png")), "{error}");
        assert!(error.contains("48x32 pixels where the manifest says 48x30"), "{error}");
    }
}

#[test]
fn an_eye_that_is_measured_does_not_train_under_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = Manifest::read(&data_set(folder.path())).unwrap();
    let pairs = pairs_of(&data, folder.path(), "synthetic");
    let out = folder.path().join("out");
    let refusal = |data: &Manifest, training: &[usize], measured: usize| {
        let training: Vec<&ManifestEntry> = training.iter().map(|&number| &data.entries[number]).collect();
        let scans = [training, vec![&data.entries[measured]]];
        let error = compare_of(data, scans, &pairs, &out, &["real"], &mut |_| {}).unwrap_err().to_string();
        assert!(!out.exists(), "{error}");
        error
    };
    let error = refusal(&data, &[0, 1, 4], 3);
    assert!(error.contains("\"scan_4\" shows duke-7, an eye that is measured"), "{error}");
    let mut renamed = data;
    renamed.entries[0].subject = "mine_duke-7".to_owned();
    let error = refusal(&renamed, &[1, 0], 3);
    assert!(error.contains("\"scan_0\" shows mine_duke-7, an eye that is measured"), "{error}");
    // Tian's subjects 1 and 8 are one eye.
    renamed.entries[1].subject = "tian-8".to_owned();
    let error = refusal(&renamed, &[1], 2);
    assert!(error.contains("\"scan_1\" shows tian-8, an eye that is measured"), "{error}");
}

/// Imported under a name that no split knows, the measured scans would train.
#[test]
fn a_picture_of_a_measured_scan_does_not_train_under_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = Manifest::read(&data_set(folder.path())).unwrap();
    let pairs = pairs_of(&data, folder.path(), "synthetic");
    let out = folder.path().join("out");
    let refusal = |data: &Manifest, pairs: &Manifest, arm: &str| {
        let error = compare(data, pairs, &out, &[arm], &mut |_| {}).unwrap_err().to_string();
        assert!(!out.exists(), "{error}");
        error
    };
    // scan_0 trains, scan_3 is measured.
    let copy = "images/copy.png";
    let whole = std::fs::read(data.path("images/scan_3.png")).unwrap();
    retidiff::formats::write_file(&data.path(copy), &whole).unwrap();
    let mut copied = data.clone();
    copied.entries[0].image = copy.to_owned();
    let error = refusal(&copied, &pairs, "real");
    assert!(error.contains("copy.png: it would be trained on, and is pixel by pixel the picture"), "{error}");
    assert!(error.contains("images/scan_3.png") && error.contains("measure other subjects"), "{error}");
    let mut copied_pairs = pairs.clone();
    copied_pairs.entries[1].image = copy.to_owned();
    assert!(refusal(&data, &copied_pairs, "syn2").contains("pixel by pixel"));
    compare(&data, &copied_pairs, &folder.path().join("one"), &["real+syn1"], &mut |_| {}).unwrap();

    // A little brighter it is the same picture. (Mirror images are found, too, where scans are not as small as here.)
    let image = retidiff::formats::scan_image::read(&whole, "scan_3").unwrap();
    let brighter: Vec<u8> = image.pixels.iter().map(|grey| grey.saturating_add(3)).collect();
    let brighter = retidiff::scan::GreyImage::new(image.width, image.height, brighter);
    let bytes = retidiff::formats::scan_image::write(&brighter, &[]).unwrap();
    retidiff::formats::write_file(&data.path(copy), &bytes).unwrap();
    assert!(refusal(&copied, &pairs, "real").contains("is nearly the picture of a scan that is measured"));
}

#[test]
fn what_changed_under_the_same_names_is_not_measured_by_figures_of_before() {
    use retidiff::formats::{label_png, scan_image, write_file};
    use retidiff::scan::GreyImage;

    let folder = tempfile::tempdir().unwrap();
    let data = Manifest::read(&data_set(folder.path())).unwrap();
    let mut pairs = pairs_of(&data, folder.path(), "synthetic");
    pairs.entries[1].image = "images/pair.png".to_owned();
    std::fs::copy(data.path("images/scan_1.png"), data.path("images/pair.png")).unwrap();
    let out = folder.path().join("out");
    let run = || compare(&data, &pairs, &out, &["real", "real+syn2"], &mut |_| {});
    assert!(run().unwrap().notes.is_empty());
    let report = std::fs::read(out.join("report.json")).unwrap();
    let file = out.join("plan.json");
    let plan: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    for key in ["training_sha256", "test_sha256"] {
        assert_eq!(plan[key].as_str().unwrap().len(), 64, "{plan}");
    }
    assert!(plan["software"].as_str().unwrap().starts_with("RetiDiff Studio"), "{plan}");
    assert_eq!(plan["pairs"]["contents"]["count"], 2, "{plan}");

    let refused = |said: &str| {
        let error = run().unwrap_err().to_string();
        assert!(error.contains("plan.json: ") && error.contains(said), "{error}");
        assert!(error.contains("another --out"), "{error}");
        assert_eq!(std::fs::read(out.join("report.json")).unwrap(), report);
    };
    let changed = |name: &str, bytes: &[u8], said: &str| {
        let file = data.path(name);
        let whole = std::fs::read(&file).unwrap();
        write_file(&file, bytes).unwrap();
        refused(said);
        write_file(&file, &whole).unwrap();
    };
    let place = data.dir.display().to_string();
    let labels = label_png::write(48, 32, &[3; 48 * 32], &[]).unwrap();
    changed(
        "labels/scan_4.png",
        &labels,
        &format!("the scans of {place} that are measured, or their labels"),
    );
    let black = scan_image::write(&GreyImage::new(48, 32, vec![0; 48 * 32]), &[]).unwrap();
    changed("images/scan_1.png", &black, &format!("the scans of {place} that train"));
    changed("images/pair.png", &black, &format!("the first 2 pairs of {place}"));
    assert!(run().unwrap().notes.is_empty(), "as it was");

    let mut other = plan.clone();
    other["software"] = "RetiDiff Studio 0.0.1".into();
    write_file(&file, other.to_string().as_bytes()).unwrap();
    refused("begun by RetiDiff Studio 0.0.1");

    // What an earlier program did not keep stays unknown.
    let mut before = plan;
    for key in ["training_sha256", "test_sha256", "software"] {
        before.as_object_mut().unwrap().remove(key);
    }
    before["pairs"].as_object_mut().unwrap().remove("contents");
    write_file(&file, before.to_string().as_bytes()).unwrap();
    for _ in 0..2 {
        let report = run().unwrap();
        assert!(report.notes[0].contains("begun by an earlier program"), "{:?}", report.notes);
        assert!(report.says.contains("was not looked at"), "{}", report.says);
    }
}

/// Whoever draws pairs of the scans' masks calls them as the scans; that is no reason to refuse them halfway.
#[test]
fn pairs_that_are_called_as_the_scans_train_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let data = Manifest::read(&data_set(folder.path())).unwrap();
    let mut pairs = pairs_of(&data, folder.path(), "synthetic");
    for (pair, scan) in pairs.entries.iter_mut().zip(&data.entries) {
        pair.id.clone_from(&scan.id);
    }
    let out = folder.path().join("out");
    let ids = || -> Vec<String> {
        let arm = Manifest::read(&out.join("data/real+syn2")).unwrap();
        arm.entries.into_iter().map(|entry| entry.id).collect()
    };
    let report = compare(&data, &pairs, &out, &["real", "real+syn2"], &mut |_| {}).unwrap();
    assert_eq!(report.arms[1].training_scans, 5);
    let expected = ["scan_0", "scan_1", "scan_2", "pair_scan_0", "pair_scan_1"];
    assert_eq!(ids(), expected);
    compare(&data, &pairs, &out, &["real", "real+syn2"], &mut |progress| {
        assert!(
            matches!(progress, DownstreamProgress::Measured { .. }),
            "nothing is done twice: {progress:?}"
        );
    })
    .unwrap();
    assert_eq!(ids(), expected);
}
