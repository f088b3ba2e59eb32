//! Training alone: a step of each preset and the memory it takes, each in a process of its own, for the
//! peak of a process cannot be taken back.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, anyhow};
use serde::{Deserialize, Serialize};

use super::masks::QUICK_RUNS;
use super::report::Times;
use crate::cli::compute::refuse_other_device;
use crate::cli::setting::{Setting, with_settings};
use crate::dataset::samples::Sample;
use crate::device::{self, DeviceChoice, chosen_gpu};
use crate::nn::{Arithmetic, UNetConfig};
use crate::training::cost::Cost;
use crate::training::{Batch, Preset, RunConfig, Trainer};

/// Part of the free memory that an estimate may ask for.
const MEMORY_SHARE: f64 = 0.9;

/// A preset's step on this machine.
#[derive(Debug, Serialize, Deserialize)]
pub struct PresetStep {
    pub preset: String,
    pub device: String,
    pub threads: usize,
    pub parameters: u64,
    /// What the passes compute in.
    pub arithmetic: Arithmetic,
    pub batch: usize,
    pub rows: usize,
    pub columns: usize,
    pub steps_per_second: f64,
    /// Peak of the process, where the system tells (Linux).
    pub peak_memory_mib: Option<f64>,
    /// What the page of the studio would have told before: operations of a step, and memory.
    pub estimated_operations: f64,
    pub estimated_memory_mib: f64,
    pub network: UNetConfig,
    #[serde(flatten)]
    pub times: Times,
}

/// How presets are measured.
pub struct How<'a> {
    pub device: DeviceChoice,
    pub quick: bool,
    /// Steps that are timed, where somebody said it.
    pub runs: Option<u32>,
    pub settings: &'a [Setting],
}

/// What is measured: as many strips as the preset has, but one of the paper's, and what was asked for.
fn configuration(preset: Preset, how: &How) -> anyhow::Result<RunConfig> {
    let config = RunConfig::preset(preset);
    let batch = if preset == Preset::Paper { 1 } else { config.batch };
    let config = with_settings(RunConfig { batch, ..config }, how.settings)?;
    config.check().map_err(|reason| anyhow!("these settings cannot be trained: {reason}"))?;
    Ok(config)
}

/// Measures presets; one that does not fit into memory is left out with a note.
///
/// # Errors
/// If a process cannot be started or breaks off.
pub fn measure(presets: &[Preset], how: &How, json: bool) -> anyhow::Result<()> {
    let mut steps = Vec::new();
    for &preset in presets {
        let needed = Cost::of(&configuration(preset, how)?).memory_bytes;
        match crate::platform::available_memory() {
            Some(free) if needed > MEMORY_SHARE * free as f64 => {
                eprintln!(
                    "note: preset {} is left out: it needs about {:.1} GB, {:.1} GB are free",
                    preset.word(),
                    needed / 1e9,
                    free as f64 / 1e9
                );
            }
            _ => steps.push(in_a_process(preset, how)?),
        }
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&steps)?);
        return Ok(());
    }
    println!(
        "{:<8} {:>6} {:>10} {:>12} {:>9} {:>12}",
        "preset", "batch", "strip", "ms a step", "steps/s", "peak MiB"
    );
    for step in &steps {
        println!(
            "{:<8} {:>6} {:>10} {:>12.0} {:>9.3} {:>12}",
            step.preset,
            step.batch,
            format!("{}x{}", step.columns, step.rows),
            step.times.median_ms,
            step.steps_per_second,
            step.peak_memory_mib.map_or_else(|| "unknown".to_owned(), |mib| format!("{mib:.0}"))
        );
    }
    if let Some(step) = steps.first() {
        println!("on {}, {}, {} threads", step.device, step.arithmetic.word(), step.threads);
    }
    Ok(())
}

fn in_a_process(preset: Preset, how: &How) -> anyhow::Result<PresetStep> {
    let mut command = Command::new(std::env::current_exe().context("finding this program")?);
    command.args(["bench", "--device", how.device.word(), "--train-here", preset.word()]);
    command.args(chosen_gpu::arguments());
    for setting in how.settings {
        command.args(["--set", &setting.text()]);
    }
    if how.quick {
        command.arg("--quick");
    }
    command.args(how.runs.iter().flat_map(|runs| ["--runs".to_owned(), runs.to_string()]));
    let output = command.output().context("starting a process to measure in")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(anyhow!("a step of preset {} broke off: {}", preset.word(), said.trim()));
    }
    serde_json::from_slice(&output.stdout).context("reading what the process measured")
}

/// Measures one preset in this process and prints it as JSON.
///
/// # Errors
/// If the figures cannot be written.
pub fn measure_here(preset: Preset, how: &How) -> anyhow::Result<()> {
    let config = configuration(preset, how)?;
    let picked = device::pick(how.device, None);
    refuse_other_device(how.device, &picked.info)?;
    let mut trainer = Trainer::new(&config, &picked.device);
    let samples = [phantom(config.crop_columns * 2, config.crop_rows)];
    // A step of the paper's network takes minutes on a CPU: one to warm up would double them.
    let (warm_up, runs) = match (preset, how.quick, picked.info.is_gpu) {
        (Preset::Paper, _, false) => (0, 1),
        (_, true, _) => (1, QUICK_RUNS),
        _ => (2, 8),
    };
    let runs = how.runs.map_or(runs, |runs| runs as usize);
    let mut times = Vec::new();
    for step in 0..warm_up + runs {
        let batch = Batch::for_training(&config, &samples, step as u64);
        let started = Instant::now();
        // The loss is read back, so the step is over when this returns.
        trainer.step(&config, std::slice::from_ref(&batch));
        if step >= warm_up {
            times.push(started.elapsed());
        }
    }
    let times = Times::of(times);
    let cost = Cost::of(&config);
    let mib = |bytes: f64| (bytes / f64::from(1 << 20)).round();
    let step = PresetStep {
        preset: preset.word().to_owned(),
        device: format!("{} ({})", picked.info.name, picked.info.backend),
        threads: rayon::current_num_threads(),
        parameters: trainer.parameters(),
        arithmetic: config.arithmetic,
        batch: config.batch,
        rows: config.crop_rows,
        columns: config.crop_columns,
        steps_per_second: 1000.0 / times.median_ms.max(1e-6),
        peak_memory_mib: crate::platform::process_memory().map(|memory| mib(memory.peak as f64)),
        estimated_operations: cost.step_operations,
        estimated_memory_mib: mib(cost.memory_bytes),
        network: config.network,
        times,
    };
    println!("{}", serde_json::to_string(&step)?);
    Ok(())
}

/// Nine bands of layers: what is in the pictures does not matter to the clock.
fn phantom(width: usize, height: usize) -> Sample {
    let labels: Vec<u8> = (0..width * height).map(|at| (at / width * 9 / height) as u8).collect();
    Sample {
        id: "phantom".to_owned(),
        subject: "phantom".to_owned(),
        width,
        height,
        image: labels.iter().map(|&code| 20 * code).collect(),
        valid: vec![true; labels.len()],
        annotated: 0..width,
        labels,
        ..Sample::default()
    }
}
