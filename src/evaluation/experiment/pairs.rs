//! Pairs drawn with what an experiment trained: masks, and their scans.

use std::ops::ControlFlow;

use super::context::Worker;
use super::drawing::{Condition, ScanDrawer};
use super::error::ExperimentError;
use super::plan::MaskOrigin;
use super::training::{model_of, pairs_of, training_scans};
use crate::dataset::framing::{Framing, framed};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, Split, subjects_in_turn};
use crate::diffusion::mask_generator::{MaskGenerator, MaskSettings};
use crate::diffusion::model_file;
use crate::diffusion::samplers::Sampler;
use crate::encoding::dmc::{self, DmcMode, Histogram, Repair};
use crate::encoding::masks::DrawnMask;
use crate::evaluation::downstream::{DownstreamError, Pair, fill, painted, painter_of};
use crate::formats::read_file;
use crate::scan::Spacing;
use crate::training::Control;

/// What a run of pairs is to draw.
pub(super) struct PairTask<'a> {
    pub image: &'a str,
    pub masks: &'a MaskOrigin,
    pub count: usize,
    pub steps: u32,
}

impl Worker<'_> {
    /// Brings the pairs of a run to their number; `false` if it was stopped before.
    pub(super) fn draw_pairs(
        &self,
        name: &str,
        task: &PairTask,
        control: &Control,
        on_pair: &mut dyn FnMut(usize),
    ) -> Result<bool, ExperimentError> {
        let drawer = ScanDrawer::load(&model_of(self.folder, task.image), &self.device)?;
        let mut step = |index: usize| {
            on_pair(index);
            if control.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let folder = pairs_of(self.folder, name);
        let made = match task.masks {
            MaskOrigin::Training(split) => {
                let scans = training_scans(self.data, split);
                if scans.len() < task.count {
                    let problem =
                        format!("{} graded training scans where {} are drawn", scans.len(), task.count);
                    return Err(ExperimentError::plan(format!("the run {name}"), problem));
                }
                let in_turn = subjects_in_turn(&scans, 0);
                let pair = |index: usize| {
                    let scan = LabelledScan::load(self.data, in_turn[index])?;
                    let image = drawer.draw_graded(&scan, index as u64, task.steps);
                    Ok(Pair { image, codes: scan.labels.clone(), spacing: scan.entry.spacing })
                };
                fill(&folder, "synmask", task.count, pair, &mut step)
            }
            MaskOrigin::Sampled { masks, steps, dmc } => {
                let sampled = self.mask_sampler(masks, *steps)?;
                let pair = |index: usize| Ok(sampled.pair(&drawer, index, *dmc, task.steps));
                fill(&folder, "syn", task.count, pair, &mut step)
            }
        };
        finished(made)
    }

    /// Brings the painted pairs of a run to their number; `false` if it was stopped before.
    pub(super) fn paint_pairs(
        &self,
        name: &str,
        task: &PaintTask,
        control: &Control,
        on_pair: &mut dyn FnMut(usize),
    ) -> Result<bool, ExperimentError> {
        let from = Manifest::read(&pairs_of(self.folder, task.pairs))?;
        let (Some(first), true) = (from.entries.first(), from.entries.len() >= task.count) else {
            let problem = format!("{} pairs where {} are painted", from.entries.len(), task.count);
            return Err(ExperimentError::plan(format!("the run {name}"), problem));
        };
        // Speckle is so many pixels wide, so it is learned from scans of the pairs' size.
        let framing = Framing { crop: true, size: Some([first.width, first.height]) };
        let scans = training_scans(self.data, task.split).into_iter();
        let painter =
            painter_of(scans.map(|entry| Ok(framed(LabelledScan::load(self.data, entry)?, framing))))?;
        let pair = |index: usize| {
            let mask = LabelledScan::load(&from, &from.entries[index])?;
            Ok(painted(&painter, &mask, index))
        };
        let step = |index: usize| {
            on_pair(index);
            if control.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        finished(fill(&pairs_of(self.folder, name), "painter", task.count, pair, step))
    }

    fn mask_sampler(&self, run: &str, steps: u32) -> Result<MaskSampler, ExperimentError> {
        let file = model_of(self.folder, run);
        let place = file.display().to_string();
        let (network, info) = model_file::load(&read_file(&file)?, &place, &self.device)?;
        let generator = MaskGenerator::new(network, info, self.device.clone())
            .map_err(|problem| ExperimentError::plan(place, problem))?;
        Ok(MaskSampler { generator, steps })
    }
}

/// What a run of painted pairs is to paint.
pub(super) struct PaintTask<'a> {
    pub pairs: &'a str,
    pub count: usize,
    pub split: &'a Split,
}

fn finished(made: Result<Manifest, DownstreamError>) -> Result<bool, ExperimentError> {
    match made {
        Ok(_) => Ok(true),
        Err(DownstreamError::Stopped) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Draws masks at the size of their own grid.
struct MaskSampler {
    generator: MaskGenerator,
    steps: u32,
}

impl MaskSampler {
    /// Pair number `index`: the same models and number give the same pair. Without a mode the scan is drawn from the
    /// sampled values where `drawer` takes them, and the labels are the nearest ones.
    fn pair(&self, drawer: &ScanDrawer, index: usize, dmc: Option<DmcMode>, scan_steps: u32) -> Pair {
        let (mask, info) = (self.generator.mask(), self.generator.info());
        let [rows, columns] = mask.grid.latents;
        let scale = [info.mapping.axial_um_per_px, info.mapping.lateral_um_per_px];
        let pixel_um = [scale[0] * mask.grid.latent_px[0], scale[1] * mask.grid.latent_px[1]];
        let spacing = Spacing::checked(pixel_um[0], pixel_um[1]);
        let plan = self.generator.plan(columns, rows, spacing);
        let seed = index as u64;
        let all = info.schedule.discrete_steps();
        let settings = MaskSettings {
            seed,
            guidance: 1.0,
            sampler: if all.is_some_and(|all| self.steps >= all) { Sampler::Ddpm } else { Sampler::Ddim },
            steps: all.map_or(self.steps, |all| self.steps.min(all)),
            ..MaskSettings::default()
        };
        let ControlFlow::Continue(drawn) =
            self.generator.draw(&plan, &settings, None, |_| ControlFlow::Continue(()))
        else {
            unreachable!("nothing breaks this off")
        };
        let codes = labels(&drawn, dmc.unwrap_or_default(), [columns, rows]);
        let condition = match dmc {
            None if drawer.takes_intensities() => Condition::Intensities(drawn.intensities()),
            _ => Condition::Codes(&codes),
        };
        let image = drawer.draw(condition, [columns, rows], spacing, seed, scan_steps);
        Pair { image, codes, spacing }
    }
}

/// A sampled mask as labels, mended where no retina looks like that.
fn labels(drawn: &DrawnMask, mode: DmcMode, [width, height]: [u32; 2]) -> Vec<u8> {
    let codes = drawn.codes(mode, &Histogram::default());
    dmc::repair(width, height, &codes, Repair::default()).0.composite_pixels()
}
