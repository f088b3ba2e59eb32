//! The time of a training step, on a phantom: what is in the pictures does not matter to the clock.

use std::time::Instant;

use burn::tensor::Device;

use super::report::{Times, TrainingTiming};
use crate::dataset::samples::Sample;
use crate::training::{Batch, RunConfig, Trainer};

/// Times steps of the preset `live` on a device without autodiff.
pub fn step_timing(device: &Device, quick: bool) -> TrainingTiming {
    let config = RunConfig::live();
    let mut trainer = Trainer::new(&config, device);
    let samples = [phantom(config.crop_columns * 2, config.crop_rows)];
    let (warm_up, runs) = if quick { (1, 2) } else { (2, 8) };
    let mut times = Vec::new();
    for step in 0..warm_up + runs {
        let batch = Batch::for_training(&config, &samples, step);
        let started = Instant::now();
        // The loss is read back, so the step is over when this returns.
        trainer.step(&config, std::slice::from_ref(&batch));
        if step >= warm_up {
            times.push(started.elapsed());
        }
    }
    TrainingTiming {
        batch: config.batch,
        rows: config.crop_rows,
        columns: config.crop_columns,
        times: Times::of(times),
    }
}

/// Nine bands of layers with a lesion.
pub(super) fn phantom(width: usize, height: usize) -> Sample {
    let labels: Vec<u8> = (0..width * height).map(|at| (at / width * 9 / height) as u8).collect();
    Sample {
        id: "phantom".to_owned(),
        subject: "phantom".to_owned(),
        width,
        height,
        image: labels.iter().map(|&code| 20 * code).collect(),
        counted: vec![true; labels.len()],
        annotated: 0..width,
        lesion_columns: Vec::new(),
        labels,
    }
}
