//! Training on a phantom: it learns, stops and goes on as if it had never stopped.

use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use retidiff::dataset::Split;
use retidiff::dataset::augmentation::Augmentation;
use retidiff::dataset::manifest::{MANIFEST_VERSION, Manifest, ManifestEntry};
use retidiff::diffusion::model_file;
use retidiff::diffusion::training_summary::{Names, SavedWeights};
use retidiff::document::Page;
use retidiff::encoding::noise::Rng;
use retidiff::formats::{label_png, scan_image, write_file};
use retidiff::mask::Mask;
use retidiff::nn::{Arithmetic, UNetConfig};
use retidiff::scan::{BScan, GreyImage};
use retidiff::training::run_directory::RunDirectory;
use retidiff::training::{
    self, Control, Event, Order, Run, RunConfig, StartModel, TrainingError, live_sample,
};

const WIDTH: u32 = 48;
const HEIGHT: u32 = 32;

/// A run on the CPU backend that begins with fresh weights.
pub fn new_run<'a>(data: &'a Path, path: &'a Path) -> Run<'a> {
    Run {
        data,
        path,
        resume: false,
        from: None,
        student: None,
        lpips: None,
        device: Device::flex(),
        device_name: "CPU".to_owned(),
        free_memory: None,
    }
}

/// Trains anew, with the weights of the model file `from` where there is one; all that was told.
pub fn train_from(
    config: RunConfig,
    data: &Path,
    path: &Path,
    from: Option<&Path>,
) -> Result<Vec<Event>, TrainingError> {
    let from = from.map(|path| StartModel::read(path).unwrap());
    let run = Run { from: from.as_ref(), ..new_run(data, path) };
    let mut events = Vec::new();
    training::run(config, &run, &Control::default(), &mut |event| events.push(event.clone()))?;
    Ok(events)
}

/// A data set of striped scans: three of training subjects and four of a validation subject.
pub fn data_set(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    for part in ["images", "labels"] {
        fs::create_dir_all(data.join(part)).unwrap();
    }
    let mut manifest = Manifest::open_for_appending(&data).unwrap();
    for (number, subject) in
        ["duke-1", "duke-2", "tian-1", "duke-7", "duke-7", "duke-7", "duke-7"].into_iter().enumerate()
    {
        let id = format!("scan_{number}");
        let mut rng = Rng::new(1, 0, number as u64);
        let labels: Vec<u8> = (0..WIDTH * HEIGHT)
            .map(|at| match (at / WIDTH, at % WIDTH) {
                (12..16, 20..30) => 9,
                (row, _) => (row / 4).min(8) as u8,
            })
            .collect();
        let pixels: Vec<u8> = labels.iter().map(|&code| 20 * code + rng.below(30) as u8).collect();
        let image = scan_image::write(&GreyImage::new(WIDTH, HEIGHT, pixels), &[]).unwrap();
        write_file(&data.join(format!("images/{id}.png")), &image).unwrap();
        let label = label_png::write(WIDTH, HEIGHT, &labels, &[]).unwrap();
        write_file(&data.join(format!("labels/{id}.png")), &label).unwrap();
        let entry = ManifestEntry {
            version: MANIFEST_VERSION,
            image: format!("images/{id}.png"),
            label: Some(format!("labels/{id}.png")),
            id,
            scanned_area: None,
            width: WIDTH,
            height: HEIGHT,
            spacing: None,
            laterality: None,
            subject: subject.to_owned(),
            b_scan: Some(1),
            source: "phantom".to_owned(),
            credit: Some("nobody".to_owned()),
            ignored_columns: Vec::new(),
            pseudo_labelled: false,
            outlines_of: None,
        };
        manifest.append(entry).unwrap();
    }
    data
}

/// Says of some scans of a data set that the auto-trace labelled them.
pub fn mark_pseudo_labelled(data: &Path, ids: &[&str]) {
    let mut text = String::new();
    for mut entry in Manifest::read(data).unwrap().entries {
        entry.pseudo_labelled = ids.contains(&entry.id.as_str());
        text += &(serde_json::to_string(&entry).unwrap() + "\n");
    }
    write_file(&data.join("manifest.jsonl"), text.as_bytes()).unwrap();
}

pub fn config(steps: u64) -> RunConfig {
    RunConfig {
        steps,
        batch: 2,
        crop_rows: 32,
        crop_columns: 16,
        warmup_steps: 2,
        learning_rate: 2e-3,
        validate_every: 3,
        // One look at each scan is quick, and runs of before went so.
        validation_levels: 0,
        sample_every: 3,
        sample_steps: 2,
        network: UNetConfig {
            unshuffle: 2,
            widths: vec![8, 16],
            attention: vec![false; 2],
            groups: 4,
            sinusoid_channels: 8,
            time_channels: 16,
            ..UNetConfig::live()
        },
        augmentation: Augmentation { shift_px: 2, ..Augmentation::default() },
        ..RunConfig::live()
    }
}

/// Trains on the CPU; stops after `stop_after` steps.
fn train(
    config: RunConfig,
    data: &Path,
    path: &Path,
    resume: bool,
    stop_after: Option<u64>,
) -> Result<Vec<Event>, TrainingError> {
    let control = Control::default();
    let mut events = Vec::new();
    let run = Run { resume, ..new_run(data, path) };
    training::run(config, &run, &control, &mut |event| {
        if matches!(event, Event::Step { step, .. } if Some(*step) == stop_after) {
            control.give(Order::Stop);
        }
        events.push(event.clone());
    })?;
    Ok(events)
}

/// Goes on with a run.
pub fn resume(config: RunConfig, data: &Path, path: &Path) -> Result<Vec<Event>, TrainingError> {
    train(config, data, path, true, None)
}

/// Step and loss of every line of the run's figures; validations under negative steps.
pub fn losses(path: &Path) -> Vec<(i64, f64)> {
    let text = fs::read_to_string(path.join("metrics.jsonl")).unwrap();
    text.lines()
        .filter_map(|line| match Event::of_line(line).unwrap() {
            Event::Step { step, loss, .. } => Some((step as i64, loss)),
            Event::Validation { step, loss, .. } => Some((-(step as i64), loss)),
            Event::Memorisation { .. } | Event::Dice { .. } => None,
            other => panic!("{other:?} is no figure"),
        })
        .collect()
}

#[test]
fn checkpointing_trains_alike() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let runs = [false, true].map(|gradient_checkpointing| {
        let path = folder.path().join(gradient_checkpointing.to_string());
        let settings = RunConfig { gradient_checkpointing, sample_every: 0, ..config(5) };
        train(settings, &data, &path, false, Some(3)).unwrap();
        train(RunConfig { gradient_checkpointing, sample_every: 0, ..config(5) }, &data, &path, true, None)
            .unwrap();
        losses(&path)
    });
    assert_eq!(runs[0].len(), runs[1].len());
    for (kept, again) in runs[0].iter().zip(&runs[1]) {
        assert_eq!(kept.0, again.0);
        assert!((kept.1 - again.1).abs() < 1e-5 * kept.1, "{kept:?} {again:?}");
    }
}

#[test]
fn half_precision_trains_alike() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let runs = [Arithmetic::F32, Arithmetic::F16, Arithmetic::Bf16].map(|arithmetic| {
        let path = folder.path().join(arithmetic.word());
        train(RunConfig { arithmetic, sample_every: 0, ..config(6) }, &data, &path, false, None).unwrap();
        losses(&path)
    });
    let [single, halves @ ..] = runs;
    for (half, tolerance) in halves.iter().zip([0.01, 0.05]) {
        assert_eq!(single.len(), half.len());
        for (single, half) in single.iter().zip(half) {
            assert_eq!(single.0, half.0);
            assert!((single.1 - half.1).abs() < tolerance * single.1, "{single:?} {half:?}");
        }
        assert_ne!(&single, half, "the numbers it computes with are others");
    }
}

/// A step of before whose loss was no number, as its line says.
#[test]
fn skipped_steps_are_counted_through_a_resume_and_said_in_the_model_file() {
    let folder = tempfile::tempdir().unwrap();
    let (data, path) = (data_set(folder.path()), folder.path().join("run"));
    let config = RunConfig { sample_every: 0, ..config(6) };
    train(config.clone(), &data, &path, false, Some(4)).unwrap();
    let metrics = path.join("metrics.jsonl");
    let spoiled = |line: &str| match Event::of_line(line).unwrap() {
        Event::Step { step: 2, .. } => {
            let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
            line["loss"] = serde_json::Value::Null;
            format!("{line}\n")
        }
        _ => format!("{line}\n"),
    };
    let lines: String = fs::read_to_string(&metrics).unwrap().lines().map(spoiled).collect();
    retidiff::formats::write_file(&metrics, lines.as_bytes()).unwrap();
    let events = resume(config, &data, &path).unwrap();
    let counts: Vec<u64> = events
        .iter()
        .filter_map(|event| match event {
            Event::Step { skipped_steps, .. } => Some(*skipped_steps),
            _ => None,
        })
        .collect();
    assert_eq!(counts, [1, 1]);
    let is_said =
        |event: &Event| matches!(event, Event::Warning { message, .. } if message.contains("1 of 6 steps"));
    assert!(events.iter().any(is_said), "{events:?}");
    let info = model_file::read_info(&fs::read(path.join("model.safetensors")).unwrap(), "model").unwrap();
    assert_eq!(info.training.skipped_steps.copied(), Some(1));
}

/// Trains six steps at once and with a stop after the fourth, and compares everything the two runs made; what the
/// first one told.
pub fn goes_on_bit_for_bit(config: &RunConfig, data: &Path, folder: &Path) -> Vec<Event> {
    let (whole, parted) = (folder.join("whole"), folder.join("parted"));
    let whole_events = train(config.clone(), data, &whole, false, None).unwrap();
    assert!(matches!(whole_events.last(), Some(Event::Finished { step: 6, .. })));
    let events = train(config.clone(), data, &parted, false, Some(4)).unwrap();
    assert!(matches!(events.last(), Some(Event::Stopped { step: 4 })));
    let events = train(config.clone(), data, &parted, true, None).unwrap();
    assert!(matches!(events[0], Event::Started { step: 4, .. }));

    assert_eq!(losses(&whole), losses(&parted), "bit for bit");
    for file in ["model.safetensors", "samples/step-00000003.png", "samples/step-00000006.png"] {
        assert_eq!(fs::read(whole.join(file)).unwrap(), fs::read(parted.join(file)).unwrap(), "{file}");
    }
    whole_events
}

#[test]
fn a_stopped_run_goes_on_as_if_it_had_never_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let events = goes_on_bit_for_bit(&config(6), &data, folder.path());
    assert!(
        matches!(events[0], Event::Started { training_scans: 3, validation_scans: 4, step: 0, steps: 6, .. }),
        "the validation subject does not train: {:?}",
        events[0]
    );
    let parted = folder.path().join("parted");
    assert!(matches!(train(config(6), &data, &parted, false, None), Err(TrainingError::RunExists { .. })));
    let model = fs::read(parted.join("model.safetensors")).unwrap();
    let (_, info) = model_file::load(&model, "model", &Device::flex()).unwrap();
    let training = &info.training;
    assert_eq!(training.weights.copied(), Some(SavedWeights::Average));
    assert_eq!(training.steps.copied(), Some(6));
    assert_eq!(training.trained_on(), ["duke-1", "duke-2", "tian-1"]);
    assert_eq!(training.credits.known(), Some(&Names(vec!["nobody".to_owned()])));
    let described = serde_json::to_string(&info).unwrap();
    assert!(!described.contains(folder.path().to_str().unwrap()), "no path of this machine in a model file");
}

#[test]
fn a_run_goes_on_with_its_data_wherever_it_lies_and_with_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (began, path) = (data_set(folder.path()), folder.path().join("run"));
    let quiet = |steps| RunConfig { sample_every: 0, validate_every: 0, ..config(steps) };
    train(quiet(1), &began, &path, false, None).unwrap();
    let moved = folder.path().join("moved");
    fs::rename(&began, &moved).unwrap();
    resume(quiet(2), &moved, &path).unwrap();

    let manifest = moved.join("manifest.jsonl");
    let text = fs::read_to_string(&manifest).unwrap();
    write_file(&manifest, text.replacen("duke-1", "duke-3", 1).as_bytes()).unwrap();
    let refused = resume(quiet(3), &moved, &path).unwrap_err().to_string();
    assert!(refused.contains("is another") && refused.contains("--branch"), "{refused}");
    // A branch takes it; its note is that of an earlier program.
    let branch = folder.path().join("branch");
    RunDirectory::branch(&path, 2, &branch, &quiet(3)).unwrap();
    resume(quiet(3), &moved, &branch).unwrap();
}

#[test]
fn labels_of_the_auto_trace_train_only_when_asked_and_never_validate() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    mark_pseudo_labelled(&data, &["scan_0", "scan_3"]);
    let run = |name: &str, pseudo_labelled: bool| {
        let path = folder.path().join(name);
        let config = RunConfig { pseudo_labelled, sample_every: 0, validate_every: 0, ..config(1) };
        let events = train(config, &data, &path, false, None).unwrap();
        let model = fs::read(path.join("model.safetensors")).unwrap();
        (events[0].clone(), model_file::read_info(&model, "model").unwrap().training)
    };
    let (started, training) = run("graders", false);
    assert!(
        matches!(
            started,
            Event::Started {
                training_scans: 2,
                validation_scans: 3,
                pseudo_labelled_scans: 1,
                takes_pseudo_labelled: false,
                ..
            }
        ),
        "{started:?}"
    );
    assert_eq!(training.pseudo_labelled_scans.copied(), Some(0));
    let (started, training) = run("both", true);
    assert!(
        matches!(
            started,
            Event::Started { training_scans: 3, validation_scans: 3, takes_pseudo_labelled: true, .. }
        ),
        "{started:?}"
    );
    assert_eq!(training.pseudo_labelled_scans.copied(), Some(1));

    mark_pseudo_labelled(&data, &["scan_0", "scan_1", "scan_2"]);
    let error = train(config(1), &data, &folder.path().join("none"), false, None).unwrap_err().to_string();
    assert!(error.contains("--set pseudo_labelled=true"), "{error}");
}

#[test]
fn a_damaged_checkpoint_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let path = folder.path().join("run");
    train(config(4), &data, &path, false, Some(2)).unwrap();
    let file = path.join("checkpoints/step-00000002/optimizer.burnpack");
    let bytes = fs::read(&file).unwrap();
    write_file(&file, &bytes[..bytes.len() / 2]).unwrap();
    let error = train(config(4), &data, &path, true, None).unwrap_err().to_string();
    assert!(error.contains("step-00000002") && error.contains("delete this checkpoint"), "{error}");
}

/// The validation loss the model file tells of.
fn model_loss(path: &Path) -> f64 {
    let model = fs::read(path.join("model.safetensors")).unwrap();
    model_file::read_info(&model, "model").unwrap().training.validation_loss.copied().unwrap()
}

#[test]
fn a_live_sample_leads_every_sheet_and_nearness_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let path = folder.path().join("run");
    fs::create_dir_all(&path).unwrap();
    let labels: Vec<u8> = (0..40 * 24).map(|at| (at / 160) as u8).collect();
    let scan = BScan::from_image(GreyImage::new(40, 24, vec![100; 40 * 24]), "open");
    live_sample::place(&path, &Page::new(scan, Mask::from_composite(40, 24, &labels).0)).unwrap();
    // A ratio that nothing can stay above: the run ends at the second sheet.
    let events = train(RunConfig { memorisation_stop: 1e9, ..config(9) }, &data, &path, false, None).unwrap();
    assert!(matches!(events.last(), Some(Event::Stopped { step: 6 })));
    assert!(events.iter().any(|event| matches!(event, Event::Warning { step: 6, message }
        if message.contains("memorises"))));
    let nearness = events.iter().filter(
        |event| matches!(event, Event::Memorisation { held_out, own: Some(_), .. } if *held_out > 0.0),
    );
    assert_eq!(nearness.count(), 2);
    let sheet =
        scan_image::read(&fs::read(path.join("samples/step-00000003.png")).unwrap(), "sheet").unwrap();
    assert_eq!((sheet.width, sheet.height), (3 * WIDTH, 24 + 4 * HEIGHT), "the open scan above the others");
}

#[test]
fn the_loss_falls() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let path = folder.path().join("run");
    let longer = RunConfig { validate_every: 60, sample_every: 0, ..config(120) };
    train(longer.clone(), &data, &path, false, Some(1)).unwrap();
    let untrained = model_loss(&path);
    train(longer, &data, &path, true, None).unwrap();
    let validation: Vec<f64> =
        losses(&path).into_iter().filter(|(step, _)| *step < 0).map(|(_, loss)| loss).collect();
    assert_eq!(validation.len(), 2);
    assert!(validation[1] < 0.7 * untrained, "{untrained} {validation:?}");
}

#[test]
fn a_run_of_today_sees_every_validation_scan_at_the_same_noise_levels() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let path = folder.path().join("run");
    let levels = RunConfig::live().validation_levels;
    let settings = RunConfig { validation_levels: levels, validate_every: 0, sample_every: 0, ..config(2) };
    train(settings.clone(), &data, &path, false, Some(1)).unwrap();
    let read = || model_file::read_info(&fs::read(path.join("model.safetensors")).unwrap(), "model").unwrap();
    assert!(!read().training.validation_loss.is_stated(), "a checkpoint on the way does not wait for a look");
    train(settings.clone(), &data, &path, true, None).unwrap();
    assert!(read().training.validation_loss.known().is_some(), "the last one says how it validates");

    let looked_at = folder.path().join("looked-at");
    let events = train(RunConfig { validate_every: 2, ..settings }, &data, &looked_at, false, None).unwrap();
    let strata = events.iter().find_map(|event| match event {
        Event::Validation { strata, .. } => Some(strata),
        _ => None,
    });
    let strata = strata.expect("it validated");
    assert_eq!((levels, strata.len()), (8, 8), "one data set at eight levels");
    assert!(strata.windows(2).all(|pair| pair[0].noise < pair[1].noise), "{strata:?}");
}

#[test]
fn one_scan_is_learnt_by_heart() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let path = folder.path().join("run");
    let alone = Split {
        validation: vec!["duke-7".to_owned()],
        held_out: vec!["duke-2".to_owned(), "tian-1".to_owned()],
    };
    let still = Augmentation::none();
    let overfit = RunConfig {
        split: alone,
        augmentation: still,
        batch: 4,
        crop_columns: WIDTH as usize,
        constant_learning_rate: true,
        validate_every: 0,
        sample_every: 0,
        ..config(300)
    };
    train(overfit, &data, &path, false, None).unwrap();
    let losses: Vec<f64> = losses(&path).into_iter().map(|(_, loss)| loss).collect();
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    let (first, last) = (mean(&losses[..10]), mean(&losses[280..]));
    assert!(last < first / 3.0, "the loss falls to less than a third: {first} to {last}");
}
