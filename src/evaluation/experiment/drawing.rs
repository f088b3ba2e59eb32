//! Whatever draws scans from masks, behind one door: our models and the methods that they are compared with, each with
//! its own sampler.

use std::ops::ControlFlow;
use std::path::Path;

use burn::tensor::Device;

use super::error::ExperimentError;
use crate::dataset::samples::LabelledScan;
use crate::diffusion::baseline::{BaselineDrawer, file};
use crate::diffusion::model_file::{self, ModelKind};
use crate::diffusion::samplers::Sampler;
use crate::diffusion::synthesizer::{SamplingSettings, Synthesizer};
use crate::diffusion::{NoiseSpacing, Schedule};
use crate::encoding::{LabelScheme, Mapping};
use crate::formats::read_file;
use crate::scan::{GreyImage, Spacing};

/// What draws.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "one exists at a time")]
pub enum ScanDrawer {
    /// One of this program's models.
    Ours(Synthesizer),
    /// A method that is compared with.
    Compared(BaselineDrawer),
}

/// What it draws from, of the size of the picture.
#[derive(Clone, Copy, Debug)]
pub enum Condition<'a> {
    /// Composite codes.
    Codes(&'a [u8]),
    /// A sampled mask before it has labels: class `k` of nine at `k / 8`, and what lies between.
    Intensities(&'a [f32]),
}

impl ScanDrawer {
    /// The model of a file.
    ///
    /// # Errors
    /// If it cannot be read or draws no scans.
    pub fn load(path: &Path, device: &Device) -> Result<Self, ExperimentError> {
        let (bytes, name) = (read_file(path)?, path.display().to_string());
        let refuse = |problem: String| {
            ExperimentError::refused(&name, problem, "name a model that draws scans from masks")
        };
        if file::is_baseline(&bytes, &name) {
            let (network, info) = file::load(&bytes, &name, device)?;
            return BaselineDrawer::new(network, info, device.clone()).map(Self::Compared).map_err(refuse);
        }
        let (network, info) = model_file::load(&bytes, &name, device)?;
        match info.kind {
            ModelKind::Image => Ok(Self::Ours(Synthesizer::new(network, info, device.clone()))),
            ModelKind::Mask => Err(refuse("it draws masks".to_owned())),
        }
    }

    /// Hash of the model's tensors.
    pub fn sha256(&self) -> &str {
        match self {
            Self::Ours(model) => &model.info().tensors_sha256,
            Self::Compared(model) => &model.info().tensors_sha256,
        }
    }

    /// How a scan lies on the model's grid.
    pub fn mapping(&self) -> &Mapping {
        match self {
            Self::Ours(model) => &model.info().mapping,
            Self::Compared(model) => &model.info().mapping,
        }
    }

    fn labels(&self) -> &LabelScheme {
        match self {
            Self::Ours(model) => &model.info().labels,
            Self::Compared(model) => &model.info().labels,
        }
    }

    /// Whether it can be shown a sampled mask that has no labels yet: one plane that holds all classes, on a grid of
    /// the mask's size.
    pub fn takes_intensities(&self) -> bool {
        self.labels() == &LabelScheme::paper()
    }

    /// The scan of a mask. Intensities must have the grid's size.
    ///
    /// # Panics
    /// If the condition is not of the picture's size, or holds intensities that the model does not take.
    pub fn draw(
        &self,
        condition: Condition,
        [width, height]: [u32; 2],
        spacing: Option<Spacing>,
        seed: u64,
        steps: u32,
    ) -> GreyImage {
        let plan = self.mapping().plan(width, height, spacing);
        let goes_on = |_| ControlFlow::Continue(());
        let drawn = match (self, condition) {
            (Self::Ours(model), Condition::Codes(codes)) => {
                let scene = model.scene(&plan.labels_to_grid(codes), &plan);
                let noise = model.noise(seed, &plan);
                model.synthesize(&scene, &noise, settings(&model.info().schedule, steps), None, goes_on)
            }
            (Self::Ours(model), Condition::Intensities(values)) => {
                self.check_intensities(values, plan.grid_len());
                let noise = model.noise(seed, &plan);
                let planes = values.iter().map(|value| value.clamp(0.0, 1.0)).collect();
                ControlFlow::Continue(model.synthesize_planes(
                    planes,
                    &noise,
                    settings(&model.info().schedule, steps),
                ))
            }
            (Self::Compared(model), condition) => {
                let sides = [plan.grid_height as usize, plan.grid_width as usize];
                let planes = match condition {
                    Condition::Codes(codes) => {
                        let codes = plan.labels_to_grid(codes);
                        let mut planes = vec![0.0; model.info().labels.plane_count() * codes.len()];
                        model.info().labels.planes(&codes, &mut planes);
                        planes
                    }
                    Condition::Intensities(values) => {
                        self.check_intensities(values, plan.grid_len());
                        values.iter().map(|value| value.clamp(0.0, 1.0)).collect()
                    }
                };
                model.draw(&planes, sides, seed, steps, goes_on)
            }
        };
        match drawn {
            ControlFlow::Continue(grid) => plan.grid_to_image(&grid),
            ControlFlow::Break(()) => unreachable!("nothing breaks this off"),
        }
    }

    fn check_intensities(&self, values: &[f32], grid_len: usize) {
        assert!(self.takes_intensities(), "a model of one plane");
        assert_eq!(values.len(), grid_len, "intensities on the grid");
    }

    /// The scan of a graded scan's mask. Columns that the model is not shown repeat the last one beside them.
    pub fn draw_graded(&self, scan: &LabelledScan, seed: u64, steps: u32) -> GreyImage {
        let shown = scan.shown_columns(self.mapping());
        let part = scan.cropped(shown.clone());
        let size = [part.image.width, part.image.height];
        let drawn = self.draw(Condition::Codes(&part.labels), size, part.entry.spacing, seed, steps);
        if shown.len() == scan.image.width as usize {
            return drawn;
        }
        let columns =
            (0..scan.image.width as usize).map(|x| x.clamp(shown.start, shown.end - 1) - shown.start);
        let row = |y: u32| columns.clone().map(move |x| (x as u32, y));
        let pixels: Vec<u8> = (0..drawn.height).flat_map(row).map(|(x, y)| drawn.get(x, y)).collect();
        GreyImage::new(scan.image.width, drawn.height, pixels)
    }
}

/// Our sampler: the paper's ancestral one where every step of the schedule is walked, DDIM where some are left out.
fn settings(schedule: &Schedule, steps: u32) -> SamplingSettings {
    let is_whole = schedule.discrete_steps().is_some_and(|all| steps >= all);
    SamplingSettings {
        sampler: if is_whole { Sampler::Ddpm } else { Sampler::Ddim },
        spacing: NoiseSpacing::Time,
        steps: schedule.discrete_steps().map_or(steps, |all| steps.min(all)),
    }
}
