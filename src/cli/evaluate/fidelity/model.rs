//! A network as the maker of the pictures, and the sheet that shows them.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::Args;

use super::super::leak_guard::LeakGuard;
use super::super::measured::{DrawingArgs, LooksOf, load, synthesize_looking};
use super::report::Maker;
use crate::dataset::samples::LabelledScan;
use crate::diffusion::Emphasis;
use crate::diffusion::baseline::{BaselineDrawer, file as baseline_file};
use crate::diffusion::synthesizer::{Settings, Synthesizer};
use crate::evaluation::experiment::ScanDrawer;
use crate::formats::write_atomically;
use crate::scan::GreyImage;
use crate::training::samples_sheet::{self, SheetRow};
use crate::worker::models::ModelSource;

/// Scans on the sheet.
const SHEET_SCANS: usize = 8;

/// Which model draws, and how.
#[derive(Debug, Args)]
pub(super) struct ModelArgs {
    /// A bundled model's name or a model file; the bundled live model unless said here
    #[arg(long, value_name = "NAME|FILE", group = "maker")]
    model: Option<String>,
    #[command(flatten)]
    guard: LeakGuard,
    #[command(flatten)]
    drawing: DrawingArgs,
    /// Whose style and vessel shadows: the model's own, when nothing is asked, or those of the real scan
    #[arg(long, value_enum, default_value_t)]
    looks: LooksOf,
    /// Write mask, real scan and synthetic scan of eight of the scans beside each other
    #[arg(long, value_name = "FILE")]
    pub sheet: Option<PathBuf>,
}

/// What draws, and how.
enum Drawing {
    Ours(Box<Synthesizer>, Settings, LooksOf),
    /// A compared method, with its own sampler.
    Compared(Box<ScanDrawer>, Box<BaselineFacts>),
}

/// What the report says of a compared method.
struct BaselineFacts {
    name: String,
    sha256: String,
    steps: u32,
}

/// A model that is ready to draw.
pub(super) struct ModelMaker {
    drawing: Drawing,
    /// Of the first scan's noise; the others follow.
    seed: u64,
    device: String,
    secs: f64,
    drawn: usize,
}

impl ModelArgs {
    /// Loads the model that was asked for.
    ///
    /// # Errors
    /// If it cannot be read, or may have trained on the subjects that are measured.
    pub fn maker(&self, subjects: &[String]) -> anyhow::Result<ModelMaker> {
        let source = self.model.as_deref().map_or(ModelSource::Default, ModelSource::named);
        let file = source.read()?;
        let (device, device_name) = self.drawing.device.pick()?;
        let (drawing, training) = match baseline_file::is_baseline(file.0.as_ref(), &file.1) {
            true => {
                let (network, info) = baseline_file::load(file.0.as_ref(), &file.1, &device)?;
                let training = info.training.clone();
                let facts = BaselineFacts {
                    name: info.name.clone(),
                    sha256: info.tensors_sha256.clone(),
                    steps: self.drawing.steps,
                };
                let drawer =
                    BaselineDrawer::new(network, info, device.clone()).map_err(anyhow::Error::msg)?;
                (Drawing::Compared(Box::new(ScanDrawer::Compared(drawer)), Box::new(facts)), training)
            }
            false => {
                let synthesizer = load(&file, &device)?;
                let training = synthesizer.info().training.clone();
                (Drawing::Ours(Box::new(synthesizer), self.drawing.settings(), self.looks), training)
            }
        };
        self.guard.check(Path::new(&file.1), &training, subjects)?;
        Ok(ModelMaker { drawing, seed: self.drawing.seed, device: device_name, secs: 0.0, drawn: 0 })
    }
}

impl ModelMaker {
    /// The picture of scan `index`'s mask.
    pub fn draw(&mut self, index: usize, scan: &LabelledScan) -> GreyImage {
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
    pub fn secs_per_scan(&self) -> f64 {
        self.secs / self.drawn.max(1) as f64
    }

    /// What the report says of it.
    pub fn described(&self) -> Maker {
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

/// Pictures beside their masks and the real scans.
#[derive(Default)]
pub(super) struct Sheet(Vec<SheetRow>);

impl Sheet {
    /// Adds scan `index` of `count` if it is one of those spread evenly over the sheet.
    pub fn add(&mut self, index: usize, count: usize, scan: &LabelledScan, synthetic: &GreyImage) {
        let shown = SHEET_SCANS.min(count);
        if (0..shown).any(|row| (2 * row + 1) * count / (2 * shown) == index) {
            self.0.push(SheetRow {
                labels: scan.labels.clone(),
                real: scan.image.clone(),
                synthetic: synthetic.clone(),
            });
        }
    }

    /// Writes the sheet as a PNG.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let bytes = samples_sheet::encode(&self.0).context("encoding the sheet")?;
        write_atomically(path, &bytes).with_context(|| format!("writing {}", path.display()))
    }
}
