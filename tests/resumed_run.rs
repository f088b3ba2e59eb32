//! Runs that were begun by an earlier program go on to the bit.
//!
//! `tests/fixtures/runs` holds small runs that were stopped: configuration, checkpoint, and the model that the program
//! of that time had after two more steps. A long training lives through many changes of the program; whatever
//! changes the batches, the passes or the files of a run shows here first.

use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use retidiff::dataset::augmentation::Augmentation;
use retidiff::dataset::lumens::PasteLumens;
use retidiff::diffusion::model_file::{self, Precision};
use retidiff::formats::write_file;
use retidiff::nn::{UNetConfig, weights};
use retidiff::training::{
    self, Control, HighNoise, Run, RunConfig, StyleSettings, WideStrips, run_directory::RunDirectory,
};
use serde::{Deserialize, Serialize};

use crate::trainer;

/// Steps after which the runs were stopped, and those of the model that they had in the end.
const STEPS: [u64; 2] = [4, 6];
/// Weights may differ by so much on a processor of another vector unit, whose sums are rounded otherwise: to the bit is
/// asked where `ended.json` records the unit, which is that of the machine that made the runs.
const OTHER_UNIT_TOLERANCE: f32 = 2e-3;

/// What the program of that time ended with.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Ended {
    /// Vector unit of the processor.
    unit: String,
    tensors_sha256: String,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/runs").join(name)
}

/// The widest vectors of this processor, which decide how sums are rounded.
fn unit() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512f") {
            return "avx512";
        }
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            return "avx2";
        }
    }
    "other"
}

/// Trains on the phantom's data set in `data` up to a step.
fn go_on(data: &Path, run: &Path, config: RunConfig, steps: u64, resume: bool) {
    let run = Run { resume, ..trainer::new_run(data, run) };
    training::run(RunConfig { steps, ..config }, &run, &Control::default(), &mut |_| ()).unwrap();
}

fn goes_on_as_it_did(name: &str) {
    let scratch = tempfile::tempdir().unwrap();
    let data = trainer::data_set(scratch.path());
    let run = scratch.path().join("run");
    let checkpoint = format!("checkpoints/step-{:08}", STEPS[0]);
    fs::create_dir_all(run.join(&checkpoint)).unwrap();
    fs::create_dir_all(run.join("samples")).unwrap();
    fs::copy(folder(name).join("config.json"), run.join("config.json")).unwrap();
    for entry in fs::read_dir(folder(name).join("checkpoint")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), run.join(&checkpoint).join(entry.file_name())).unwrap();
    }
    go_on(&data, &run, RunDirectory::read_config(&run).unwrap(), STEPS[1], true);

    let model = |file: &Path| {
        let bytes = fs::read(file).unwrap();
        model_file::load(&bytes, &file.display().to_string(), &Device::flex()).unwrap()
    };
    let (ended, info) = model(&run.join("model.safetensors"));
    let (expected, _) = model(&folder(name).join("ended.safetensors"));
    for (ended, expected) in weights::collect(&ended).iter().zip(weights::collect(&expected)) {
        assert_eq!((&ended.name, &ended.shape), (&expected.name, &expected.shape));
        for (a, b) in ended.values.iter().zip(&expected.values) {
            assert!((a - b).abs() <= OTHER_UNIT_TOLERANCE, "{name}: {}: {a} where it was {b}", ended.name);
        }
    }
    let text = fs::read_to_string(folder(name).join("ended.json")).unwrap();
    let recorded: Vec<Ended> = serde_json::from_str(&text).unwrap();
    match recorded.iter().find(|ended| ended.unit == unit()) {
        Some(ended) => assert_eq!(info.tensors_sha256, ended.tensors_sha256, "{name}: not to the bit"),
        None => eprintln!("note: {name}: nothing recorded for {}: compared within a tolerance", unit()),
    }
}

#[test]
fn a_run_of_the_live_preset_goes_on_to_the_bit() {
    goes_on_as_it_did("live");
}

#[test]
fn a_run_of_the_teacher_goes_on_to_the_bit() {
    goes_on_as_it_did("teacher");
}

/// A small run with everything that a teacher is conditioned on.
pub fn teacher(steps: u64) -> RunConfig {
    let small = trainer::config(steps);
    let teacher = RunConfig::teacher();
    RunConfig {
        network: UNetConfig { condition_channels: 11, style_channels: 2, ..small.network.clone() },
        style: StyleSettings { components: 1, ..teacher.style },
        wide: WideStrips { every: 3, columns: 32 },
        high_noise: HighNoise { share: 0.25, above: 3.0 },
        lesion_edges: true,
        mask_dropout: 0.1,
        prediction: teacher.prediction,
        schedule: teacher.schedule,
        validation_levels: 2,
        augmentation: Augmentation {
            paste: PasteLumens { probability: 0.5, width_px: [3.0, 12.0], ..PasteLumens::default() },
            ..small.augmentation.clone()
        },
        ..small
    }
}

/// Makes the fixtures anew: `cargo test --release -- --ignored remake_the_runs`. Only where a change is meant to
/// change what runs compute; the commit says so, and what becomes of runs in progress.
#[test]
#[ignore = "remakes what the others compare with"]
fn remake_the_runs() {
    for (name, config) in [("live", trainer::config(STEPS[1])), ("teacher", teacher(STEPS[1]))] {
        let scratch = tempfile::tempdir().unwrap();
        let (data, run) = (trainer::data_set(scratch.path()), scratch.path().join("run"));
        // The rate falls towards the last step, so the number of steps must be the same from the start.
        let config = RunConfig { constant_learning_rate: true, ..config };
        go_on(&data, &run, config.clone(), STEPS[0], false);
        let target = folder(name);
        fs::create_dir_all(target.join("checkpoint")).unwrap();
        fs::copy(run.join("config.json"), target.join("config.json")).unwrap();
        let checkpoint = run.join(format!("checkpoints/step-{:08}", STEPS[0]));
        for file in ["network.burnpack", "average.burnpack", "optimizer.burnpack"] {
            fs::copy(checkpoint.join(file), target.join("checkpoint").join(file)).unwrap();
        }
        go_on(&data, &run, config, STEPS[1], true);
        let bytes = fs::read(run.join("model.safetensors")).unwrap();
        let (network, info) = model_file::load(&bytes, "model", &Device::flex()).unwrap();
        model_file::save(&target.join("ended.safetensors"), &network, &info, Precision::F16).unwrap();
        let ended = [Ended { unit: unit().to_owned(), tensors_sha256: info.tensors_sha256 }];
        let json = serde_json::to_string_pretty(&ended).unwrap() + "\n";
        write_file(&target.join("ended.json"), json.as_bytes()).unwrap();
    }
}
