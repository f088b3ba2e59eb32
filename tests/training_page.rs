//! The training page driven as a user drives it, with real trainers on a phantom.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use eframe::egui::accesskit::Toggled;
use eframe::egui::{Key, Role};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, SnapshotOptions};
use retidiff::dataset::Manifest;
use retidiff::device::DeviceChoice;
use retidiff::nn::SegmenterKind;
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::{AppOptions, Studio, SynthesisSource};
use retidiff::studio::synthesis::setup::SynthesisSetup;
use retidiff::studio::training::TrainingAction;
use retidiff::training::run_directory::RunDirectory;
use retidiff::training::run_record::{RunRecord, RunState};
use retidiff::training::{Event, Preset, RunConfig, Stage, run_lock};
use retidiff::worker::ModelSource;

use crate::trainer::{config, data_set};

fn studio(folder: &Path) -> Harness<'static, Studio> {
    studio_with(folder, SynthesisSource::None("No model is bundled with this build.".to_owned()))
}

fn studio_with(folder: &Path, synthesis: SynthesisSource) -> Harness<'static, Studio> {
    let options = AppOptions { open: None, data_folder: Some(folder.to_owned()), synthesis };
    let mut harness = Harness::builder()
        .with_size([1360.0, 820.0])
        .with_step_dt(1.0 / 60.0)
        .with_render_cursor(false)
        .wgpu()
        .build_eframe(|creation| Studio::new(creation, options));
    harness.state_mut().training_mut().use_program(env!("CARGO_BIN_EXE_retidiff").into());
    harness.run_steps(3);
    harness.get_by_label("Train").click();
    settle(&mut harness);
    harness
}

fn wait_until(harness: &mut Harness<'_, Studio>, what: &str, done: impl Fn(&Studio) -> bool) {
    let started = Instant::now();
    while !done(harness.state()) {
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "waited in vain until {what}: {:?}",
            harness.state().training().selected()
        );
        sleep(Duration::from_millis(10));
        harness.step();
    }
    harness.run_steps(2);
}

fn settle(harness: &mut Harness<'_, Studio>) {
    harness.run_steps(3);
    wait_until(harness, "the page is complete", |studio| studio.training().is_settled());
}

fn state(studio: &Studio) -> Option<&RunState> {
    studio.training().selected().map(|record| &record.state)
}

fn perform(harness: &mut Harness<'_, Studio>, action: TrainingAction) {
    harness.state_mut().perform(Action::Training(action));
    harness.run_steps(2);
}

/// A run as a trainer leaves it, with a loss that falls.
fn recorded_run(folder: &Path, name: &str, last: Event) -> PathBuf {
    let path = folder.join("runs").join(name);
    let config = RunConfig { steps: 400, sample_every: 100, ..config(400) };
    let data = Manifest { dir: folder.to_owned(), entries: Vec::new() };
    let mut run = RunDirectory::create(&path, &config, &data).expect("a run");
    let mut record = |event: Event| run.record(&event).expect("written");
    record(Event::Started {
        version: 2,
        run: name.to_owned(),
        device: "CPU (flex)".to_owned(),
        parameters: 2_713_008,
        training_scans: 98,
        validation_scans: 38,
        pseudo_labelled_scans: 0,
        takes_pseudo_labelled: false,
        step: 0,
        steps: 400,
    });
    for step in 1..=300_u64 {
        let wiggle = ((step * 7919) % 97) as f64 / 97.0 - 0.5;
        let loss = (0.04 + 0.9 / (1.0 + step as f64 / 12.0)) * (1.0 + 0.5 * wiggle);
        record(Event::Step {
            step,
            loss,
            gradient_norm: 0.4,
            learning_rate: 5.3e-4,
            secs: 0.42,
            batch_wait_secs: 0.01,
            eta_secs: 42.0,
            memory_bytes: Some(1_230_000_000),
            skipped_steps: 0,
        });
        if step.is_multiple_of(50) {
            record(Event::Validation {
                step,
                loss: 0.05 + 0.8 / (1.0 + step as f64 / 14.0),
                strata: Vec::new(),
            });
        }
        if step.is_multiple_of(100) {
            let file = RunDirectory::sample_file(step);
            let sheet = phantom_sheet(step);
            retidiff::formats::write_atomically(&path.join(&file), &sheet).expect("written");
            record(Event::Samples { step, file });
            record(Event::Memorisation { step, synthetic: 0.061, held_out: 0.066, own: None });
        }
    }
    record(last);
    path
}

/// Bands and speckle, for the sheet of a run that was never trained.
fn phantom_sheet(step: u64) -> Vec<u8> {
    use retidiff::scan::GreyImage;
    use retidiff::training::samples_sheet::{SheetRow, encode};
    let (width, height) = (240_u32, 120_u32);
    let row = |number: u32| {
        let labels: Vec<u8> = (0..width * height)
            .map(|at| ((at / width).saturating_sub(20 + 4 * number) / 9).min(8) as u8)
            .collect();
        let grey = |spread: u32| -> Vec<u8> {
            // In blocks: speckle of single pixels would make the picture that is compared five times as large.
            let block = |at: usize| (at as u32 / width / 12) * 20 + at as u32 % width / 12;
            let speckle = |at: usize| block(at).wrapping_mul(2_654_435_761) >> 24;
            labels
                .iter()
                .enumerate()
                .map(|(at, &code)| (12 + 22 * u32::from(code % 5) + speckle(at) % spread) as u8)
                .collect()
        };
        SheetRow {
            real: GreyImage::new(width, height, grey(40)),
            synthetic: GreyImage::new(width, height, grey(8 + step as u32 / 10)),
            labels,
        }
    };
    encode(&[row(0), row(1), row(2)]).expect("a PNG")
}

fn looks(harness: &mut Harness<'_, Studio>, name: &str) {
    let options = SnapshotOptions::new().threshold(2.0).max_failed_pixels(900);
    harness.snapshot_options(name, &options);
}

#[test]
fn an_empty_page_says_how_to_begin_and_a_form_what_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = studio(folder.path());
    harness.get_by_label("Train a model of your own");
    looks(&mut harness, "training_empty");
    harness.get_by_label("New run").click();
    harness.run_steps(3);
    let missing = "Choose the folder of a data set, or make one of your scans and labels.";
    harness.get_by_label(missing);
    harness.get_by_label("Cancel").click();
    harness.run_steps(2);
    assert!(harness.query_by_label(missing).is_none());
    for leave in 0..3 {
        match leave {
            0 => harness.get_by_label("Train").click(),
            1 => harness.get_by_role_and_label(Role::Button, "Edit").click(),
            _ => harness.key_press(Key::Escape),
        }
        harness.run_steps(2);
        harness.get_by_label(retidiff::studio::editor_pane());
        harness.get_by_label("Train").click();
        harness.run_steps(2);
    }
}

/// What the form would start.
fn form_config(harness: &Harness<'_, Studio>) -> RunConfig {
    harness.state().training().form_config().expect("a form").expect("settings that fit together")
}

/// Presses one of several buttons: it lights up, and no other does.
fn choose(harness: &mut Harness<'_, Studio>, label: &str, among: &[&str]) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
    for &button in among {
        let lit = harness.get_by_label(button).accesskit_node().toggled() == Some(Toggled::True);
        assert_eq!(lit, button == label, "{button} after {label}");
    }
}

const PRESETS: [(&str, Preset); 3] =
    [("Preset paper", Preset::Paper), ("Preset teacher", Preset::Teacher), ("Preset live", Preset::Live)];
const STAGES: [(&str, Stage); 5] = [
    ("Stage 1: scans alone", Stage::Pretrain),
    ("Stage 2: masks", Stage::Masks),
    ("A one-step student of a model", Stage::Distill),
    ("A segmenter, which labels scans", Stage::Segment),
    ("Stage 3: scans from masks", Stage::Finetune),
];
const NETWORKS: [(&str, SegmenterKind); 5] = [
    ("Network U-Net", SegmenterKind::Unet),
    ("Network YNet", SegmenterKind::Ynet),
    ("Network GDNet, a reconstruction", SegmenterKind::Gdnet),
    ("Network small: this program's own, for a CPU", SegmenterKind::Small),
    ("Network ReLayNet", SegmenterKind::Relaynet),
];

#[test]
fn every_button_of_presets_and_stages_gives_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = studio(folder.path());
    harness.get_by_label("New run").click();
    harness.run_steps(3);
    for (label, preset) in PRESETS {
        choose(&mut harness, label, &PRESETS.map(|(label, _)| label));
        assert_eq!(form_config(&harness), RunConfig::preset(preset), "{label}");
    }
    for (label, stage) in STAGES {
        choose(&mut harness, label, &STAGES.map(|(label, _)| label));
        assert_eq!(form_config(&harness), RunConfig::of(Preset::Live, stage), "{label}");
    }
}

/// Without a trainer: what it would be started with lies in the run's folder all the same.
#[test]
fn a_segmenter_is_started_with_the_command_lines_settings() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = data_set(folder.path());
    let split = br#"{"validation": ["tian-1"], "held_out": []}"#;
    retidiff::formats::write_atomically(&data.join("split.json"), split).expect("written");
    let mut harness = studio(folder.path());
    harness.state_mut().training_mut().use_program(folder.path().join("no-such-program"));
    let (name, config) = ("labels".to_owned(), Box::new(RunConfig::live()));
    perform(&mut harness, TrainingAction::NewRunWith { name, data: data.clone(), config });
    let began = Instant::now();
    let counts = "6 labelled scans to train on, 1 to validate on";
    while harness.query_by_label_contains(counts).is_none() {
        assert!(began.elapsed() < Duration::from_secs(30), "waited in vain for {counts:?}");
        sleep(Duration::from_millis(10));
        harness.step();
    }
    let of_drawing = ["Choose a model file", "Watch the open mask", "Dynamic region masking", "Preset live"];
    for label in of_drawing {
        harness.get_by_label(label);
    }

    choose(&mut harness, "A segmenter, which labels scans", &STAGES.map(|(label, _)| label));
    for label in of_drawing {
        assert!(harness.query_by_label(label).is_none(), "{label} is nothing of a segmenter's");
    }
    for (label, kind) in NETWORKS {
        choose(&mut harness, label, &NETWORKS.map(|(label, _)| label));
        let config = form_config(&harness);
        assert_eq!((config.stage, config.segmenter.network.kind()), (Stage::Segment, kind), "{label}");
    }
    harness.get_by_label_contains("are known once it runs");
    harness.get_by_label("Start training").click();
    harness.run_steps(2);
    wait_until(&mut harness, "it cannot start", |studio| matches!(state(studio), Some(RunState::Failed(_))));

    let requested = folder.path().join("runs/labels/requested.json");
    let requested = std::fs::read_to_string(requested).expect("the settings of the trainer");
    let arguments = ["train", "--stage", "segment", "--network", "relaynet", "--print-config", "--data"];
    let output =
        std::process::Command::new(env!("CARGO_BIN_EXE_retidiff")).args(arguments).arg(&data).output();
    let printed = String::from_utf8(output.expect("it runs").stdout).expect("text");
    let [started, printed] = [requested, printed].map(|text| RunConfig::from_json(&text).expect("settings"));
    assert_eq!(started, printed);
    assert_eq!(started.split.validation, ["tian-1"]);
}

/// A segmenter that has learned nothing, as the model file of a checkpoint.
fn write_segmenter(file: &Path) {
    use retidiff::diffusion::model_file::Precision;
    use retidiff::segmentation::segmenter_file::{self, SegmenterInfo};
    let RunConfig { segmenter, mapping, .. } = RunConfig::square_segmenter(SegmenterKind::Small, 48);
    let info = SegmenterInfo::untrained("small segmenter 300 steps", segmenter.network, mapping);
    let network = info.network.init(info.labels.classes.len(), &burn::tensor::Device::flex());
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    segmenter_file::save(file, &network, &info, Precision::F16).expect("written");
}

#[test]
fn a_segmenter_is_added_to_the_models_and_looks_at_pairs() {
    use retidiff::training::run_directory::{MODEL_FILE, checkpoint_folder};
    use retidiff::worker::models::{SEGMENTER_NAME, has_segmenter};
    let folder = tempfile::tempdir().expect("a folder");
    let run = recorded_run(folder.path(), "labels", Event::Stopped { step: 300 });
    write_segmenter(&checkpoint_folder(&run, 300).join(MODEL_FILE));
    let mut harness = studio(folder.path());
    perform(&mut harness, TrainingAction::Publish { step: 300, name: "mine".to_owned() });
    let began = Instant::now();
    while harness.query_by_label("Use mine").is_none() {
        let refused = harness.state().first_error();
        assert!(refused.is_none() && began.elapsed() < Duration::from_secs(30), "{refused:?}");
        sleep(Duration::from_millis(10));
        harness.step();
    }
    let bundled = ModelSource::Bundled(SEGMENTER_NAME.to_owned());
    assert_eq!(harness.state().review().segmenter(), &bundled);
    harness.get_by_label("Use mine").click();
    harness.run_steps(3);
    let mine = ModelSource::File(folder.path().join("models/mine.safetensors"));
    assert_eq!(harness.state().review().segmenter(), &mine);
    assert!(harness.query_by_label("Use mine").is_none(), "it is in use");
    if has_segmenter() {
        harness.get_by_label("Use segmenter").click();
        harness.run_steps(3);
        assert_eq!(harness.state().review().segmenter(), &bundled);
        harness.get_by_label("Use mine");
    }
    assert_eq!(harness.state().first_error(), None);
}

#[test]
fn runs_that_are_there_are_shown_compared_and_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    recorded_run(folder.path(), "first light", Event::Stopped { step: 300 });
    let mut harness = studio(folder.path());
    assert_eq!(state(harness.state()), Some(&RunState::Stopped));
    harness.get_by_label("STOPPED");
    harness.get_by_label("300 of 400");
    harness.get_by_label("step 300");
    harness.get_by_label("Sheet before").click();
    settle(&mut harness);
    harness.get_by_label("step 200");
    harness.get_by_label("Next sheet").click();
    settle(&mut harness);
    looks(&mut harness, "training_run");
    harness.get_by_label("Resume…").click();
    harness.run_steps(3);
    harness.get_by_label("Resume training");
}

#[test]
fn a_run_that_broke_off_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let message = "the loss was not finite in 20 steps in a row (step 300): the newest checkpoint is whole; \
                   continue from it with --resume and a lower --learning-rate";
    let error = Event::Error { step: 300, message: message.to_owned() };
    recorded_run(folder.path(), "too fast", error);
    let mut harness = studio(folder.path());
    harness.get_by_label("BROKE OFF");
    harness.get_by_label_contains("loss was not finite in 20 steps");
    looks(&mut harness, "training_error");
}

#[test]
fn a_run_is_started_paused_found_again_stopped_and_published() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = data_set(folder.path());
    let mut harness = studio(folder.path());
    let settings = RunConfig { sample_every: 40, validate_every: 0, ..config(1_000_000) };
    let name = "phantom".to_owned();
    perform(&mut harness, TrainingAction::NewRunWith { name, data, config: Box::new(settings) });
    harness.run_steps(2);
    wait_until(&mut harness, "the data set is looked at", |studio| {
        studio.training().form_problems().is_some_and(|problems| problems.is_empty())
    });
    harness.get_by_label("3 labelled scans to train on, 4 to validate on");
    harness.get_by_label("Start training").click();
    harness.run_steps(2);
    wait_until(&mut harness, "it draws samples of the open mask, too", |studio| {
        studio.training().selected().is_some_and(|record| !record.samples.is_empty())
    });
    let run = folder.path().join("runs/phantom");
    assert!(run.join("live.retidiff").is_file());
    harness.get_by_label("Pause").click();
    wait_until(&mut harness, "it pauses", |studio| state(studio) == Some(&RunState::Paused));
    drop(harness);

    // The window is gone; another one finds the run as it is.
    assert!(run_lock::is_alive(&run));
    let mut harness = studio(folder.path());
    assert_eq!(state(harness.state()), Some(&RunState::Paused));
    harness.get_by_label("Go on").click();
    wait_until(&mut harness, "it goes on", |studio| state(studio) == Some(&RunState::Running));
    harness.get_by_label("Stop").click();
    wait_until(&mut harness, "it stops", |studio| state(studio) == Some(&RunState::Stopped));
    let record = RunRecord::read(&run).expect("a run");
    assert_eq!(record.checkpoints.last(), Some(&record.step));

    harness.get_all_by_label("Add to models").next().expect("a checkpoint").click();
    harness.run_steps(2);
    let published = folder.path().join("models/phantom.safetensors");
    wait_until(&mut harness, "it is published", |_| published.is_file());
    // The window hears of the file a moment after it is there.
    let published = Instant::now();
    while harness.query_by_label("Use phantom").is_none() && published.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(10));
        harness.step();
    }
    harness.get_by_label("Use phantom");
}

/// The computer that draws trains, too: begun from the form, shown like a run of this computer, told to stop from here.
#[test]
fn a_run_is_started_on_the_computer_that_draws_and_stopped_from_here() {
    if !crate::remote::has_model() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = folder.path().join("serve/data");
    std::fs::create_dir_all(&server).expect("a folder");
    let made = data_set(&server);
    let eyes = made.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
    let command = crate::remote::command(folder.path(), "");
    let setup = SynthesisSetup::new(None, DeviceChoice::Cpu).computing_on(Some(command));
    let mut harness = studio_with(folder.path(), SynthesisSource::Model(setup));
    let settings = RunConfig { sample_every: 2, validate_every: 0, ..config(1_000_000) };
    let (name, data) = ("far".to_owned(), PathBuf::from("nothing"));
    perform(&mut harness, TrainingAction::NewRunWith { name, data, config: Box::new(settings) });
    harness.run_steps(3);
    harness.get_by_label("Train on sh, the computer that draws").click();
    harness.run_steps(3);
    assert_eq!(harness.state().training().form_problems().map(|problems| problems.len()), Some(1));
    harness.get_by_label("Data set").focus();
    harness.run_steps(2);
    harness.get_by_label("Data set").type_text(&eyes);
    harness.run_steps(3);
    assert_eq!(harness.state().training().form_problems(), Some(Vec::new()));
    harness.get_by_label("Start training").click();
    harness.run_steps(2);
    wait_until(&mut harness, "a sheet came from there", |studio| {
        studio.training().selected().is_some_and(|record| !record.samples.is_empty())
    });
    let (here, there) = (folder.path().join("runs/far"), folder.path().join("serve/runs/far"));
    assert!(here.join(RunDirectory::sample_file(2)).is_file() && run_lock::is_alive(&there));
    harness.get_by_label("Stop").click();
    // Who follows it here ends behind it, with its model.
    wait_until(&mut harness, "it stops there", |studio| {
        state(studio) == Some(&RunState::Stopped) && !run_lock::is_alive(&here)
    });
    assert!(!run_lock::is_alive(&there));
    let (shown, own) = (RunRecord::read(&here).expect("shown"), RunRecord::read(&there).expect("a run"));
    assert_eq!((shown.step, &shown.checkpoints), (own.step, &own.checkpoints));
    assert!(here.join("model.safetensors").is_file());
}

#[test]
fn a_split_file_is_chosen_and_the_counts_follow() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = data_set(folder.path());
    let mut harness = studio(folder.path());
    let (name, settings) = ("split".to_owned(), config(3));
    perform(&mut harness, TrainingAction::NewRunWith { name, data, config: Box::new(settings) });
    let shows = |harness: &mut Harness<'_, Studio>, text: &str| {
        let began = Instant::now();
        while harness.query_by_label(text).is_none() {
            assert!(began.elapsed() < Duration::from_secs(30), "waited in vain for {text:?}");
            sleep(Duration::from_millis(10));
            harness.step();
        }
    };
    shows(&mut harness, "3 labelled scans to train on, 4 to validate on");
    assert!(harness.query_by_label("Clear the split file").is_none());
    harness.get_by_label("Choose a split file");

    let file = folder.path().join("other.json");
    let other = r#"{"validation": ["duke-1", "duke-2", "tian-1"], "held_out": []}"#;
    retidiff::formats::write_atomically(&file, other.as_bytes()).expect("written");
    perform(&mut harness, TrainingAction::UseSplit(file.clone()));
    shows(&mut harness, "4 labelled scans to train on, 3 to validate on");
    harness.get_by_label(&file.display().to_string());
    harness.get_by_label("Clear the split file").click();
    shows(&mut harness, "3 labelled scans to train on, 4 to validate on");

    let broken = folder.path().join("broken.json");
    retidiff::formats::write_atomically(&broken, b"no split").expect("written");
    perform(&mut harness, TrainingAction::UseSplit(broken));
    wait_until(&mut harness, "it is refused", |studio| {
        studio.first_error().is_some_and(|text| text.contains("broken.json is no split file"))
    });
}

#[test]
fn a_model_is_used_for_what_it_is() {
    use retidiff::diffusion::model_file::{self, Precision};

    let folder = tempfile::tempdir().expect("a folder");
    let models = folder.path().join("models");
    std::fs::create_dir_all(&models).expect("a folder");
    let file = |name: &str| models.join(format!("{name}.safetensors"));
    let (unet, info) = crate::model_file::tiny_model();
    model_file::save(&file("orphan"), &unet, &student_of("nobody", &info), Precision::F16).expect("written");
    model_file::save(&file("scans"), &unet, &info, Precision::F16).expect("written");
    let of_masks = RunConfig::of(Preset::Live, Stage::Masks);
    let mut masks = info.clone();
    masks.kind = model_file::ModelKind::Mask;
    masks.network =
        retidiff::nn::UNetConfig { widths: vec![8], attention: vec![false], ..of_masks.network.clone() };
    masks.mask = Some(model_file::MaskModel { coding: of_masks.masks.coding, grid: of_masks.masks.grid });
    masks.mapping = of_masks.mapping.clone();
    let network = masks.network.init(&burn::tensor::Device::flex());
    model_file::save(&file("my masks"), &network, &masks, Precision::F16).expect("written");
    retidiff::formats::write_atomically(&file("torn"), b"torn").expect("written");

    let mut harness = studio(folder.path());
    let began = Instant::now();
    while harness.query_by_label("Use my masks").is_none() {
        assert!(began.elapsed() < Duration::from_secs(30), "the models of the folder are listed");
        sleep(Duration::from_millis(10));
        harness.step();
    }
    harness.get_by_label("Use scans");
    assert!(harness.query_by_label("Use torn").is_none(), "there is nothing to use");

    let bundled = ModelSource::Bundled("masks".to_owned());
    assert_eq!(harness.state().new_masks().model(), bundled);
    harness.get_by_label("Use my masks").click();
    harness.run_steps(3);
    assert_eq!(harness.state().new_masks().model(), ModelSource::File(file("my masks")));
    assert!(harness.query_by_label("Use my masks").is_none(), "it is in use");
    assert!(harness.query_by_label("Use scans").is_some() && harness.state().first_error().is_none());

    harness.get_by_label("Use orphan").click();
    harness.run_steps(3);
    let message = harness.state().first_error().expect("there is no teacher").to_owned();
    assert!(
        message.contains("orphan") && message.contains("add its teacher to the models first"),
        "{message}"
    );
    assert!(harness.query_by_label("Use orphan").is_some(), "it is not in use");
}

/// The description of a student of a model with this tensor hash.
fn student_of(teacher_sha256: &str, info: &retidiff::diffusion::ModelInfo) -> retidiff::diffusion::ModelInfo {
    let training = serde_json::json!({ "teacher_sha256": teacher_sha256 }).into();
    retidiff::diffusion::ModelInfo { training, ..info.clone() }
}
