//! The comparisons of the training page driven as a user drives them, on folders as the command line leaves them.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::dataset::Manifest;
use retidiff::evaluation::experiment::{ExperimentPlan, PlannedRun, Task, Training, TrainingSet};
use retidiff::formats::write_file;
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::{AppOptions, Studio, SynthesisSource};
use retidiff::studio::training::{ComparisonAction, TrainingAction, TrainingPlace};
use retidiff::training::run_lock::RunLock;
use retidiff::training::{Preset, RunConfig, Stage};
use retidiff::worker::{ComparisonKind, ComparisonState};

use crate::trainer::data_set;

/// The studio with a part of the page, high enough that every control of its form is in sight.
fn studio(folder: &Path, part: &str) -> Harness<'static, Studio> {
    let synthesis = SynthesisSource::None("No model is bundled with this build.".to_owned());
    let options = AppOptions { open: None, data_folder: Some(folder.to_owned()), synthesis };
    let mut harness = Harness::builder()
        .with_size([1360.0, 1300.0])
        .with_step_dt(1.0 / 60.0)
        .with_render_cursor(false)
        .wgpu()
        .build_eframe(|creation| Studio::new(creation, options));
    harness.run_steps(3);
    harness.get_by_label("Train").click();
    harness.run_steps(3);
    harness.get_by_label(part).click();
    harness.run_steps(3);
    wait_until(&mut harness, "the folder is looked at", |studio| {
        state(studio).is_some_and(|state| *state != ComparisonState::Looking)
    });
    harness
}

fn state(studio: &Studio) -> Option<&ComparisonState> {
    studio.training().comparison().map(|record| &record.state)
}

fn wait_until(harness: &mut Harness<'_, Studio>, what: &str, done: impl Fn(&Studio) -> bool) {
    let started = Instant::now();
    while !done(harness.state()) {
        let record = harness.state().training().comparison();
        assert!(started.elapsed() < Duration::from_secs(60), "waited in vain until {what}: {record:?}");
        sleep(Duration::from_millis(10));
        harness.step();
    }
    harness.run_steps(3);
}

fn perform(harness: &mut Harness<'_, Studio>, action: TrainingAction) {
    harness.state_mut().perform(Action::Training(action));
    harness.run_steps(3);
}

fn press(harness: &mut Harness<'_, Studio>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

fn write(file: &Path, text: &str) {
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    write_file(file, text.as_bytes()).expect("written");
}

#[test]
fn training_sets_are_chosen_and_a_start_without_data_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = data_set(folder.path());
    let mut harness = studio(folder.path(), "Does it help?");
    assert_eq!(state(harness.state()), Some(&ComparisonState::Empty));
    harness.get_by_label("Does it help a segmenter?");
    harness.get_by_label("Choose the folder of a data set.");
    let left = |field| harness.get_by_label(field).rect().left();
    for field in ["Side in px", "Steps a run", "Seeds"] {
        assert_eq!(left(field), left("Pairs"), "{field} begins below the others");
    }
    assert!(harness.get_by_label("Start").accesskit_node().is_disabled());
    let start = || TrainingAction::Comparison(ComparisonAction::Start(ComparisonKind::Downstream));
    perform(&mut harness, start());
    let said = harness.state().first_error().map(str::to_owned);
    assert!(said.is_some_and(|said| said.contains("Choose the folder of a data set")));

    perform(&mut harness, TrainingAction::Use(TrainingPlace::ComparisonData, data.clone()));
    wait_until(&mut harness, "the data set is looked at", |studio| {
        studio.training().comparison_problems().is_empty()
    });
    harness.get_by_label("3 labelled scans to train on, 4 to measure on");
    for (place, chosen) in [
        (TrainingPlace::ComparisonTestData, data),
        (TrainingPlace::ComparisonPairs, folder.path().join("pairs")),
        (TrainingPlace::ComparisonDrawer, "mine.safetensors".into()),
    ] {
        perform(&mut harness, TrainingAction::Use(place, chosen));
    }
    for field in ["Measured on", "Pairs from", "Drawn by"] {
        harness.get_by_label(field);
    }
    harness.get_by_label("3 labelled scans to train on; another data set is measured");
    perform(&mut harness, TrainingAction::Use(TrainingPlace::ComparisonTestData, PathBuf::new()));
    harness.get_by_label("3 labelled scans to train on, 4 to measure on");
    assert!(!harness.get_by_label("Start").accesskit_node().is_disabled());
    harness.get_by_label("Pairs").set_value_accesskit(4.0);
    harness.run_steps(3);
    harness.get_by_label("real+syn4");
    press(&mut harness, "synmask66");
    harness.get_by_label("Graders labelled only 3 training scans: ask for as many masks, or fewer.");
    press(&mut harness, "synmask66");
    for arm in ["real", "real+aug", "syn4", "real+syn4", "painter4"] {
        press(&mut harness, arm);
    }
    harness.get_by_label("Choose at least one training set.");
    assert!(harness.get_by_label("Start").accesskit_node().is_disabled());

    press(&mut harness, "Train a model");
    harness.get_by_label("Train a model of your own");
}

/// A comparison as the command line leaves it in the usual folder of the window.
fn finished(folder: &Path) -> PathBuf {
    let out = folder.join("comparisons/does-it-help");
    let plan = r#"{"version": 1, "arms": ["real", "syn250"], "seeds": 1, "network": "small", "size": 160, "steps": 300,
        "batch": 4, "pairs": {"folder": null, "models": null}, "test_subjects": ["duke-7", "duke-8"], "test_scans": 22,
        "training_subjects": ["duke-1"], "training_scans": 136}"#;
    write(&out.join("plan.json"), plan);
    for arm in ["real", "syn250"] {
        write(&out.join("runs").join(arm).join("seed-0/downstream.json"), "{}");
    }
    let arm = |name: &str, scans: u32, dice: &str, interval: &str| {
        format!(
            r#"{{"arm": "{name}", "training_scans": {scans}, "class_dice": [null, {{"mean": 0.9, "deviation": null}}],
            "mean_dice": {dice}, "mean_dice_interval": {interval}}}"#
        )
    };
    let report = format!(
        r#"{{"version": 1, "plan": {plan}, "comparisons": [], "says": "No difference is shown.", "arms": [{}, {}]}}"#,
        arm("real", 136, r#"{"mean": 0.828, "deviation": 0.002}"#, r#"{"low": 0.797, "high": 0.859}"#),
        arm("syn250", 250, r#"{"mean": 0.821, "deviation": null}"#, "null"),
    );
    write(&out.join("report.json"), &report);
    write(&out.join("report.html"), "<!doctype html>");
    out
}

#[test]
fn a_finished_comparison_shows_its_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = finished(folder.path());
    let harness = studio(folder.path(), "Does it help?");
    assert_eq!(state(harness.state()), Some(&ComparisonState::Finished));
    harness.get_by_label("FINISHED");
    for said in ["0.828 ± 0.002", "0.797 to 0.859", "0.821", "136", "No difference is shown."] {
        harness.get_by_label(said);
    }
    harness.get_by_label_contains("The intervals are by eye");
    harness.get_by_label_contains("Eyes: 2, scans: 22, seeds: 1, steps a run: 300");
    harness.get_by_label("Open report");
    harness.get_by_label("real/seed-0: done");
    assert!(harness.query_all_by_label("2 of 2 runs are done").next().is_some());
    let record = harness.state().training().comparison().expect("a comparison");
    assert_eq!(record.report.as_deref(), Some(out.join("report.html").as_path()));
}

#[test]
fn a_damaged_report_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = finished(folder.path());
    write(&out.join("report.json"), "no report");
    let harness = studio(folder.path(), "Does it help?");
    harness.get_by_label_contains("report.json");
    harness.get_by_label("real/seed-0: done");
}

#[test]
fn the_runs_of_a_plan_are_shown_with_how_they_stand() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("comparisons/paper/experiment");
    let train = |name: &str, stage: Stage| {
        let config = Box::new(RunConfig::of(Preset::PaperSmall, stage));
        let task = Task::Train(Training { config, from: None, on: TrainingSet::Data });
        PlannedRun { name: name.to_owned(), task }
    };
    let runs =
        vec![train("masks", Stage::Masks), train("pretrain", Stage::Pretrain), train("drm", Stage::Finetune)];
    let nobody = Manifest { dir: folder.path().to_owned(), entries: Vec::new() };
    let plan = ExperimentPlan::new("Table 1".to_owned(), &nobody, None, runs);
    write(&out.join("plan.json"), &plan.to_json());
    write(&out.join("runs/masks.done"), "{}");
    let at_work = out.join("runs/pretrain");
    std::fs::create_dir_all(&at_work).expect("made");
    let lock = RunLock::take(&at_work).expect("a lock");

    let mut harness = studio(folder.path(), "Reproduce the paper");
    assert_eq!(state(harness.state()), Some(&ComparisonState::Running));
    for said in ["masks: done", "pretrain: running", "drm: waiting", "Cancel"] {
        harness.get_by_label(said);
    }
    assert!(harness.query_by_label("Open report").is_none(), "there is none");
    // Its process ends, whoever started it.
    drop(lock);
    wait_until(&mut harness, "it has ended", |studio| state(studio) == Some(&ComparisonState::Stopped));
    harness.get_by_label("pretrain: waiting");
    harness.get_by_label("Continue");
    harness.get_by_label("Choose the folder of the MATLAB files, or of a data set.");
}

/// A script plays the program: it says how far it is and stops when it is told.
#[cfg(unix)]
#[test]
fn a_comparison_is_started_cancelled_and_gone_on_with() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = data_set(folder.path());
    let mut harness = studio(folder.path(), "Does it help?");
    harness.state_mut().training_mut().use_program(waiting_program(folder.path()));
    perform(&mut harness, TrainingAction::Use(TrainingPlace::ComparisonData, data));
    wait_until(&mut harness, "the data set is looked at", |studio| {
        studio.training().comparison_problems().is_empty()
    });
    press(&mut harness, "Start");
    wait_until(&mut harness, "it says how far it is", |studio| {
        studio.training().comparison().is_some_and(|record| record.said.is_some())
    });
    harness.get_by_label("RUNNING");
    harness.get_by_label("Comparison · real, seed 0: step 1 of 600");
    harness.get_by_label("painter250/seed-2: waiting");
    assert!(harness.state().training().is_running());
    press(&mut harness, "Cancel");
    wait_until(&mut harness, "it stops", |studio| state(studio) == Some(&ComparisonState::Stopped));
    press(&mut harness, "Continue");
    wait_until(&mut harness, "it works again", |studio| {
        studio.training().comparison().is_some_and(|record| record.said.is_some())
    });
    press(&mut harness, "Cancel");
    wait_until(&mut harness, "it stops", |studio| state(studio) == Some(&ComparisonState::Stopped));
    drop(harness);

    // Another window knows what was asked for.
    let mut harness = studio(folder.path(), "Does it help?");
    wait_until(&mut harness, "the data set is looked at", |studio| {
        studio.training().comparison_problems().is_empty()
    });
    harness.get_by_label("Continue");
}

/// Another process writes the script: a file that this one has open for writing while another test starts a process
/// cannot be run.
#[cfg(unix)]
fn waiting_program(folder: &Path) -> PathBuf {
    let file = folder.join("program");
    let script = "#!/bin/sh\nwhile [ $# -gt 0 ]; do\ncase $1 in\n--stop-file) stop=$2 ;;\nesac\nshift\ndone\n\
                  echo 'real, seed 0: step 1 of 600' >&2\nwhile [ ! -e \"$stop\" ]; do sleep 0.05; done\nexit 1\n";
    let write = "printf '%s' \"$1\" > \"$0\" && chmod +x \"$0\"";
    let made = std::process::Command::new("sh").args(["-c", write]).arg(&file).arg(script).status();
    assert!(made.expect("a shell").success());
    file
}
