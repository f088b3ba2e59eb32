//! A network as the maker of the pictures.

use std::path::Path;
use std::time::Instant;

use burn::tensor::Device;

use super::report::Maker;
use crate::dataset::samples::LabelledScan;
use crate::diffusion::Emphasis;
use crate::diffusion::baseline::{BaselineDrawer, file as baseline_file};
use crate::diffusion::synthesizer::{SamplingSettings, Synthesizer};
use crate::evaluation::drawn_scans::{LooksOf, load, synthesize_looking};
use crate::evaluation::experiment::ScanDrawer;
use crate::evaluation::{EvaluationError, LeakGuard, SeenEyes};
use crate::scan::GreyImage;

/// How a model draws.
#[derive(Clone, Copy, Debug)]
pub struct ModelDrawing {
    /// The path from noise to scan; a compared method takes the number of steps alone, for it has its own sampler.
    pub settings: SamplingSettings,
    /// Whose style and vessel shadows its pictures have.
    pub looks: LooksOf,
    /// Of the first scan's noise; the others follow.
    pub seed: u64,
}

/// What draws, and how.
#[derive(Debug)]
enum Drawing {
    Ours(Box<Synthesizer>, SamplingSettings, LooksOf),
    /// A compared method, with its own sampler.
    Compared(Box<ScanDrawer>, Box<BaselineFacts>),
}

/// What the report says of a compared method.
#[derive(Debug)]
struct BaselineFacts {
    name: String,
    sha256: String,
    steps: u32,
}

/// A model that is ready to draw.
#[derive(Debug)]
pub struct ModelMaker {
    drawing: Drawing,
    /// Of the first scan's noise; the others follow.
    seed: u64,
    device: String,
    /// Whether it was taken although it saw who is measured, or may have.
    pub(super) seen: SeenEyes,
    secs: f64,
    drawn: usize,
}

impl ModelMaker {
    /// The model of a file: its bytes, and its name for messages. The device comes with its name.
    ///
    /// # Errors
    /// If it is no model that draws scans, or may have trained on the subjects that are measured.
    pub fn load(
        file: &(impl AsRef<[u8]>, String),
        (device, device_name): (Device, String),
        how: ModelDrawing,
        guard: LeakGuard,
        subjects: &[String],
    ) -> Result<Self, EvaluationError> {
        let (drawing, training) = match baseline_file::is_baseline(file.0.as_ref(), &file.1) {
            true => {
                let (network, info) = baseline_file::load(file.0.as_ref(), &file.1, &device)?;
                let training = info.training.clone();
                let facts = BaselineFacts {
                    name: info.name.clone(),
                    sha256: info.tensors_sha256.clone(),
                    steps: how.settings.steps,
                };
                let drawer = BaselineDrawer::new(network, info, device).map_err(EvaluationError::Refused)?;
                (Drawing::Compared(Box::new(ScanDrawer::Compared(drawer)), Box::new(facts)), training)
            }
            false => {
                let synthesizer = load(file, &device)?;
                let training = synthesizer.info().training.clone();
                (Drawing::Ours(Box::new(synthesizer), how.settings, how.looks), training)
            }
        };
        let seen = guard.check(Path::new(&file.1), &training, subjects)?;
        Ok(Self { drawing, seed: how.seed, device: device_name, seen, secs: 0.0, drawn: 0 })
    }

    /// The picture of scan `index`'s mask.
    pub(super) fn draw(&mut self, index: usize, scan: &LabelledScan) -> GreyImage {
        let began = Instant::now();
        let seed = self.seed.wrapping_add(index as u64);
        let picture = match &self.drawing {
            Drawing::Ours(synthesizer, settings, looks) => {
                synthesize_looking(synthesizer, scan, *settings, (Emphasis::default(), *looks), seed)
            }
            Drawing::Compared(drawer, facts) => drawer.draw_graded(scan, seed, facts.steps),
        };
        self.secs += began.elapsed().as_secs_f64();
        self.drawn += 1;
        picture
    }

    /// Mean seconds of a picture.
    pub(super) fn secs_per_scan(&self) -> f64 {
        self.secs / self.drawn.max(1) as f64
    }

    /// What the report says of it.
    pub(super) fn described(&self) -> Maker {
        let mut has_looks_of_scan = false;
        let (name, sha256, sampler, steps) = match &self.drawing {
            Drawing::Ours(synthesizer, settings, looks) => {
                has_looks_of_scan = *looks == LooksOf::Scan;
                let info = synthesizer.info();
                (&info.name, &info.tensors_sha256, settings.sampler.name(), settings.steps)
            }
            Drawing::Compared(_, facts) => (&facts.name, &facts.sha256, "its own sampler", facts.steps),
        };
        Maker::Model {
            name: name.clone(),
            sha256: sha256.clone(),
            sampler,
            steps,
            seed: self.seed,
            device: self.device.clone(),
            secs_per_scan: self.secs_per_scan(),
            has_looks_of_scan,
        }
    }
}
