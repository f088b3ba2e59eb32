//! `retidiff train`: trains an image model on an imported data set.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use clap::Args;

use super::compute::ComputeDevice;
use crate::training::report::Narrator;
use crate::training::run_directory::{RunDirectory, read_config_file};
use crate::training::{Event, Preset, Run, RunConfig};

/// Train an image model on scans with labels.
///
/// Everything the run makes is in its folder: figures, checkpoints, sample pictures and the model file.
/// Ctrl-C saves and ends it; `--resume` goes on exactly where it was.
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder of the run
    #[arg(long, value_name = "DIR")]
    run: PathBuf,
    /// Settings to start from
    #[arg(long, value_enum, default_value = "live")]
    preset: Preset,
    /// Settings from a JSON file (what it leaves out is as in the preset `live`)
    #[arg(long, value_name = "FILE", conflicts_with = "preset")]
    config: Option<PathBuf>,
    /// Go on with the run in its folder, with its settings
    #[arg(long, conflicts_with_all = ["preset", "config"])]
    resume: bool,
    /// Start a new run with the weights of a model file
    #[arg(long, value_name = "MODEL", conflicts_with = "resume")]
    from: Option<PathBuf>,
    /// What to compute on
    #[arg(long, value_enum, default_value = "auto")]
    device: ComputeDevice,
    /// Optimiser steps in all; may be raised when resuming
    #[arg(long, value_name = "N")]
    steps: Option<u64>,
    /// Strips in a step
    #[arg(long, value_name = "N", conflicts_with = "resume")]
    batch: Option<usize>,
    /// Columns of a strip, a multiple of 16 for the preset `live`
    #[arg(long, value_name = "PX", conflicts_with = "resume")]
    crop_columns: Option<usize>,
    /// Peak learning rate
    #[arg(long, value_name = "RATE", conflicts_with = "resume")]
    learning_rate: Option<f64>,
    /// Seed of weights, batches and noise
    #[arg(long, value_name = "N", conflicts_with = "resume")]
    seed: Option<u64>,
    /// Steps between validation losses, 0 for none
    #[arg(long, value_name = "N")]
    validate_every: Option<u64>,
    /// Steps between sample pictures, 0 for none
    #[arg(long, value_name = "N")]
    sample_every: Option<u64>,
    /// Minutes between checkpoints
    #[arg(long, value_name = "MINUTES")]
    checkpoint_minutes: Option<f64>,
    /// Print one JSON line per event instead of progress for people
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// Whatever keeps the run from starting or going on.
pub fn run(args: TrainArgs) -> anyhow::Result<()> {
    let config = args.configuration()?;
    let (device, device_name) = args.device.pick()?;
    let stop = Arc::new(AtomicBool::new(false));
    let on_signal = stop.clone();
    ctrlc::set_handler(move || on_signal.store(true, Ordering::Relaxed)).context("catching Ctrl-C")?;
    let run = Run {
        data: &args.data,
        path: &args.run,
        resume: args.resume,
        from: args.from.as_deref(),
        device,
        device_name,
    };
    let mut narrator = Narrator::default();
    let mut print = |event: &Event| {
        if args.json {
            println!("{}", event.to_json());
        } else if let Some(line) = narrator.line(event) {
            println!("{line}");
        }
    };
    crate::training::run(config, &run, &stop, &mut print)?;
    Ok(())
}

impl TrainArgs {
    /// Preset, file or the resumed run's own configuration, changed by the other arguments.
    fn configuration(&self) -> anyhow::Result<RunConfig> {
        let mut config = match (&self.config, self.resume) {
            (_, true) => RunDirectory::read_config(&self.run)?,
            (Some(file), _) => read_config_file(file)?,
            (None, _) => RunConfig::preset(self.preset),
        };
        fn replace<T: Copy>(value: &mut T, by: Option<T>) {
            *value = by.unwrap_or(*value);
        }
        replace(&mut config.steps, self.steps);
        replace(&mut config.batch, self.batch);
        replace(&mut config.crop_columns, self.crop_columns);
        replace(&mut config.learning_rate, self.learning_rate);
        replace(&mut config.seed, self.seed);
        replace(&mut config.validate_every, self.validate_every);
        replace(&mut config.sample_every, self.sample_every);
        replace(&mut config.checkpoint_minutes, self.checkpoint_minutes);
        config.check().map_err(|reason| anyhow::anyhow!("these settings cannot be trained: {reason}"))?;
        Ok(config)
    }
}
