//! Draws masks and measures them.

use std::ops::ControlFlow;
use std::time::Instant;

use super::courses::course_reports;
use super::distributions::{curves, distributions, nearest};
use super::modes::reference_codes;
use super::plots::{Panel, svg};
use super::real_masks::RealMasks;
use super::report::{MaskReport, ModeLine, REPORT_VERSION};
use crate::dataset::Manifest;
use crate::diffusion::mask_generator::{MaskGenerator, MaskSettings};
use crate::encoding::dmc::{self, DmcMode, Histogram, Repair};
use crate::encoding::masks::{DrawnMask, MaskPlan};
use crate::evaluation::{EvaluationError, LeakGuard, Subjects};
use crate::mask::{Interfaces, Mask};
use crate::metrics::curvature::{LineCourse, LineCourses};
use crate::metrics::masks::MaskFigures;
use crate::training::samples_sheet;

/// Masks on the sheet: the default labels above, the paper's below.
const SHEET_MASKS: usize = 4;

/// What is drawn, and what it is held against.
#[derive(Debug)]
pub struct MaskMeasurement<'a> {
    /// What draws.
    pub generator: &'a MaskGenerator,
    /// On what, as shown to the user.
    pub device: String,
    /// How the first mask is drawn; the seeds of the others follow.
    pub settings: MaskSettings,
    /// Masks to draw.
    pub count: u32,
    /// The data set of the real masks.
    pub manifest: &'a Manifest,
    /// Whose masks the model did not learn, and who trained.
    pub who: &'a Subjects,
    /// Sources of the training masks whose distributions are compared: the measured ones' own where none are named.
    pub sources: Option<&'a [String]>,
    /// Whether the model may have seen the measured eyes.
    pub guard: LeakGuard,
}

/// What was found out.
#[derive(Debug)]
pub struct MeasuredMasks {
    /// In figures.
    pub report: MaskReport,
    curves: Vec<Panel>,
    /// Columns and rows of a mask on the sheet.
    size: [u32; 2],
    /// Composite codes of each: repaired ones, then raw ones.
    sheet: Vec<Vec<u8>>,
}

impl MaskMeasurement<'_> {
    /// Draws and measures; `on_mask` is told how many masks are drawn, and the seconds that they took.
    ///
    /// # Errors
    /// If the model may have seen the measured eyes, real masks are missing or cannot be read, or fewer than two drawn
    /// masks can be measured.
    pub fn measure(&self, on_mask: &mut dyn FnMut(u32, f64)) -> Result<MeasuredMasks, EvaluationError> {
        let generator = self.generator;
        let [rows, columns] = generator.mask().grid.size_px().map(|side| side.round() as u32);
        let plan = generator.plan(columns, rows, None);
        let real = RealMasks::of_data(self.manifest, self.who, self.sources, self.guard, generator, &plan)?;

        let (drawn, secs_per_mask) = self.draw(&plan, on_mask);
        let coding = generator.mask().coding;
        // As they are handed out: made calm, and with what was requested met.
        let mask_of =
            |planes: &Vec<f32>| DrawnMask::meeting(coding, planes, &plan, &self.settings.conditions);

        let mut pooled = Histogram::default();
        drawn.iter().for_each(|planes| pooled.add(mask_of(planes).intensities()));
        let (modes, figures, courses) = self.figures(drawn.iter().map(mask_of), &pooled, &plan);
        if figures.len() < 2 {
            let problem = "fewer than two drawn masks can be measured";
            return Err(EvaluationError::Refused(problem.to_owned()));
        }

        let size = [plan.width, plan.height];
        let shown: Vec<DrawnMask> = drawn.iter().take(SHEET_MASKS).map(mask_of).collect();
        let info = generator.info();
        let report = MaskReport {
            version: REPORT_VERSION,
            model: info.name.clone(),
            model_sha256: info.tensors_sha256.clone(),
            masks: self.count,
            seed: self.settings.seed,
            steps: self.settings.steps,
            sampler: self.settings.sampler.name(),
            noise_levels: self.settings.spacing.name(),
            guidance: self.settings.guidance,
            device: self.device.clone(),
            secs_per_mask,
            real_training: real.training.len(),
            real_training_compared: real.compared.len(),
            real_measured: real.measured.len(),
            seen: real.seen.clone(),
            modes,
            distributions: distributions(&figures, &real, self.settings.seed),
            courses: course_reports(&courses, &real),
            nearest: nearest(&figures, &real, self.settings.seed),
        };
        Ok(MeasuredMasks {
            report,
            curves: curves(&figures, &real),
            size,
            sheet: codes_shown(&shown, &pooled, size),
        })
    }

    /// The planes of all masks, and the seconds that one took.
    fn draw(&self, plan: &MaskPlan, on_mask: &mut dyn FnMut(u32, f64)) -> (Vec<Vec<f32>>, f64) {
        let began = Instant::now();
        let mut drawn = Vec::new();
        for index in 0..self.count {
            let seed = self.settings.seed.wrapping_add(u64::from(index));
            let settings = MaskSettings { seed, ..self.settings };
            let ControlFlow::Continue(planes) =
                self.generator.draw_planes(plan, &settings, None, |_| ControlFlow::Continue(()))
            else {
                unreachable!("nothing breaks this drawing off")
            };
            drawn.push(planes);
            on_mask(index + 1, began.elapsed().as_secs_f64());
        }
        (drawn, began.elapsed().as_secs_f64() / f64::from(self.count))
    }

    /// What each way to read classes does to the masks, and the figures and lines of those that the default one can
    /// measure.
    fn figures(
        &self,
        masks: impl Iterator<Item = DrawnMask>,
        pooled: &Histogram,
        plan: &MaskPlan,
    ) -> (Vec<ModeLine>, Vec<MaskFigures>, Vec<LineCourses>) {
        let of_coding = self.generator.mask().coding.modes();
        let mut modes: Vec<ModeLine> = of_coding.iter().map(|&mode| ModeLine::new(mode)).collect();
        let (mut figures, mut courses) = (Vec::new(), Vec::new());
        for mask in masks {
            let reference = reference_codes(&mask, pooled);
            for line in &mut modes {
                let repaired = line.add(&mask, &reference, pooled, plan, f64::from(self.count));
                if line.mode == DmcMode::default().name() {
                    figures.extend(MaskFigures::of(plan.width, plan.height, &repaired, plan.pixel_um));
                    courses.push(courses_of(plan, &repaired));
                }
            }
        }
        (modes, figures, courses)
    }
}

/// How the lines of a drawn mask run.
fn courses_of(plan: &MaskPlan, codes: &[u8]) -> LineCourses {
    let (mask, _) = Mask::from_composite(plan.width, plan.height, codes);
    let lines = Interfaces::from_layers(&mask.layers);
    LineCourse::of_lines(&lines, 0..plan.width as usize, plan.pixel_um)
}

/// The codes of masks of `[width, height]` px: repaired ones, then raw ones.
fn codes_shown(shown: &[DrawnMask], pooled: &Histogram, [width, height]: [u32; 2]) -> Vec<Vec<u8>> {
    let repaired = |mask: &DrawnMask, mode| {
        let codes = mask.codes(mode, pooled);
        dmc::repair(width, height, &codes, Repair::default()).0.composite_pixels()
    };
    let above = shown.iter().map(|mask| repaired(mask, DmcMode::default()));
    let below = shown.iter().map(|mask| mask.codes(DmcMode::PaperSorted, pooled));
    above.chain(below).collect()
}

impl MeasuredMasks {
    /// A sheet of drawn masks as a PNG: by the default labels above, by the paper's below.
    ///
    /// # Errors
    /// If the encoder refuses, which a sheet of ordinary size gives no reason for.
    pub fn sheet(&self) -> std::io::Result<Vec<u8>> {
        let [width, height] = self.size;
        samples_sheet::encode_masks(width, height, &self.sheet)
    }

    /// The distributions as cumulative curves, an SVG.
    pub fn plots(&self) -> String {
        svg(&self.curves)
    }
}
