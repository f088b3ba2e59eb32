//! The pictures of a sample sheet: what a network draws of the masks of scans, the same noise for all.

use std::ops::ControlFlow;

use super::config::RunConfig;
use super::live_sample::LiveSample;
use super::samples_sheet::SheetRow;
use crate::dataset::samples::Sample;
use crate::diffusion::NoiseSpacing;
use crate::diffusion::samplers::Sampler;
use crate::diffusion::synthesizer::{SamplingSettings, Synthesizer};
use crate::scan::GreyImage;

/// A sample of a data set, which lies on the grid already.
pub(super) fn on_grid(scan: &Sample) -> LiveSample {
    LiveSample {
        labels: scan.labels.clone(),
        image: GreyImage::new(scan.width as u32, scan.height as u32, scan.image.clone()),
        spacing: None,
    }
}

/// The rows of labelled scans; `None` if `is_stopped` says so on the way.
pub(super) fn rows(
    synthesizer: &Synthesizer,
    config: &RunConfig,
    samples: impl Iterator<Item = LiveSample>,
    is_stopped: &dyn Fn() -> bool,
) -> Option<Vec<SheetRow>> {
    let settings = SamplingSettings {
        sampler: Sampler::Ddim,
        spacing: NoiseSpacing::Time,
        steps: config.sample_steps as u32,
    };
    let row = |sample: LiveSample| {
        let size = [sample.image.width, sample.image.height];
        let plan = config.mapping.plan_of(&sample.labels, size, sample.spacing);
        let scene = synthesizer.scene(&plan.labels_to_grid(&sample.labels), &plan);
        let noise = synthesizer.noise(config.seed, &plan);
        let picture = synthesizer.synthesize(&scene, &noise, settings, None, |_| {
            if is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let ControlFlow::Continue(picture) = picture else { return None };
        let synthetic = plan.grid_to_image(&picture);
        Some(SheetRow { labels: sample.labels, real: sample.image, synthetic })
    };
    samples.map(row).collect()
}
