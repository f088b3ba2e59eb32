//! Whether a network takes the noise off scans it trained on better than off others of the same source.

use burn::tensor::Device;
use serde::Serialize;

use super::distances::by_subject;
use crate::dataset::samples::{LabelledScan, Sample, SampleOptions};
use crate::diffusion::Schedule;
use crate::diffusion::model_file::ModelInfo;
use crate::encoding::style::StyleModel;
use crate::metrics::segmentation::bootstrap::{Interval, difference_between_groups};
use crate::metrics::segmentation::mean;
use crate::nn::UNet;
use crate::training::{Batch, Learner, RunConfig, Stage, StyleSettings};

/// Noise levels at which every scan is seen.
const LEVELS: usize = 8;
/// Strips that are computed at once.
const BATCH: usize = 4;

/// The loss of one scan.
#[derive(Clone, Debug)]
pub(super) struct ScanLoss {
    pub subject: String,
    /// At each noise level, the least noise first.
    pub levels: Vec<f64>,
}

/// The losses of trained and of unseen scans of a source, means over scans.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LossGap {
    /// Noise over picture, `sigma / alpha`; `None` for the mean over all levels.
    pub noise: Option<f64>,
    pub trained: f64,
    pub unseen: f64,
    /// Unseen less trained, with an interval that draws eyes, then scans of each: above 0 where the network knows its
    /// training scans.
    pub gap: Interval,
}

/// Takes the denoising loss as the trainer validates: the middle strip of what is annotated, unvaried, at the same
/// levels and with the same noise for every scan; a lesion's pixel counts as any other.
pub(super) struct LossRuler {
    network: UNet,
    info: ModelInfo,
    config: RunConfig,
    /// Columns and rows of a strip; `None` for whole scans.
    strip_px: Option<[usize; 2]>,
    device: Device,
}

impl LossRuler {
    /// For a network on a device. `None` for a student: it was not trained to take noise off.
    pub fn new(network: UNet, info: &ModelInfo, device: &Device) -> Option<Self> {
        if info.teacher_sha256().is_some() {
            return None;
        }
        let is_side = |side: &usize| *side > 0 && side.is_multiple_of(info.network.side_multiple());
        let strip_px = info.training.strip_px.copied().filter(|sides| sides.iter().all(is_side));
        let config = RunConfig {
            network: info.network.clone(),
            labels: info.labels.clone(),
            mapping: info.mapping.clone(),
            schedule: info.schedule,
            prediction: info.prediction,
            style: StyleSettings {
                components: info.style.as_ref().map_or(0, StyleModel::components),
                shadow: info.shadow,
                ..StyleSettings::default()
            },
            lesion_edges: info.training.lesion_edges.copied().unwrap_or(false),
            batch: BATCH,
            seed: 0,
            min_snr_gamma: None,
            lesion_weight: 1.0,
            validation_levels: LEVELS,
            ..RunConfig::live()
        };
        Some(Self { network, info: info.clone(), config, strip_px, device: device.clone() })
    }

    /// The loss of a labelled scan.
    pub fn measure(&self, scan: &LabelledScan) -> ScanLoss {
        let options = SampleOptions {
            lesion_edges: self.config.lesion_edges,
            style_components: self.config.style.components,
            shadow: self.config.style.shadow,
            ..SampleOptions::default()
        };
        let mut sample = Sample::with_options(scan, &self.info.mapping, options);
        if let Some(style) = &self.info.style {
            sample.style =
                style.channel_values(sample.figures.map(|figures| style.style(&figures)).as_deref());
        }
        let [crop_columns, crop_rows] = self.strip_px.unwrap_or([sample.width, sample.height]);
        let config = RunConfig { crop_columns, crop_rows, ..self.config.clone() };
        let mut levels = Vec::with_capacity(LEVELS);
        for mut batch in Batch::for_validation(&config, std::slice::from_ref(&sample)) {
            if self.info.training.stage.copied() == Some(Stage::Pretrain) {
                // It was never shown a mask.
                batch.condition.fill(0.0);
                batch.style.fill(0.0);
            }
            levels.extend(self.network.validate(&batch, None, &config, &self.device).losses);
        }
        ScanLoss { subject: scan.entry.subject.clone(), levels }
    }

    /// Noise over picture of each level.
    pub fn noises(&self) -> Vec<f64> {
        noises(&self.info.schedule)
    }
}

/// Noise over picture of the levels that [`Batch::for_validation`] takes.
fn noises(schedule: &Schedule) -> Vec<f64> {
    let level = |level: usize| schedule.noise_level((level as f64 + 0.5) / LEVELS as f64);
    (0..LEVELS).map(level).map(|level| level.sigma / level.alpha).collect()
}

/// The gap at each noise level, then over all of them; nothing where a group has no scan.
pub(super) fn gaps(trained: &[ScanLoss], unseen: &[ScanLoss], noises: &[f64], seed: u64) -> Vec<LossGap> {
    let average = |values: &[&f64]| mean(&values.iter().map(|&&value| value).collect::<Vec<_>>());
    let of = |noise: Option<f64>, loss: &dyn Fn(&ScanLoss) -> Option<f64>| {
        let groups = [trained, unseen].map(|scans| {
            by_subject(scans.iter().filter_map(|scan| Some((scan.subject.as_str(), loss(scan)?))))
        });
        let [trained, unseen] = groups.each_ref().map(|group| mean(&group.concat()));
        let gap = difference_between_groups(&groups[0], &groups[1], seed, average)?;
        Some(LossGap { noise, trained: trained?, unseen: unseen?, gap })
    };
    let levels = noises
        .iter()
        .enumerate()
        .map(|(level, &noise)| of(Some(noise), &|scan: &ScanLoss| scan.levels.get(level).copied()));
    levels.chain([of(None, &|scan: &ScanLoss| mean(&scan.levels))]).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn losses(eyes: &[(&str, f64)]) -> Vec<ScanLoss> {
        let scan = |subject: &str, loss: f64| ScanLoss {
            subject: subject.to_owned(),
            levels: (0..LEVELS).map(|level| loss + level as f64).collect(),
        };
        eyes.iter().flat_map(|&(eye, loss)| [scan(eye, loss - 0.01), scan(eye, loss + 0.01)]).collect()
    }

    #[test]
    fn a_gap_is_found_level_by_level_and_not_where_eyes_differ_as_much() {
        let noises = noises(&Schedule::live());
        assert!(noises.len() == LEVELS && noises.windows(2).all(|pair| pair[0] < pair[1]), "{noises:?}");
        let trained = losses(&[("a", 1.0), ("b", 1.1), ("c", 0.9)]);
        let known = gaps(&trained, &losses(&[("d", 1.5), ("e", 1.6)]), &noises, 1);
        assert_eq!(known.len(), LEVELS + 1);
        for (level, line) in known.iter().enumerate().take(LEVELS) {
            assert_eq!(line.noise, Some(noises[level]));
            assert!((line.trained - 1.0 - level as f64).abs() < 1e-9, "{line:?}");
            assert!((line.gap.estimate - 0.55).abs() < 1e-9 && line.gap.low > 0.0, "{line:?}");
        }
        let all = &known[LEVELS];
        assert!(all.noise.is_none() && (all.unseen - 1.55 - 3.5).abs() < 1e-9, "{all:?}");

        let same = gaps(&trained, &losses(&[("d", 0.95), ("e", 1.05)]), &noises, 1);
        assert!(same.iter().all(|line| line.gap.low < 0.0 && line.gap.high > 0.0), "{same:?}");
        assert!(gaps(&trained, &[], &noises, 1).is_empty() && gaps(&[], &trained, &noises, 1).is_empty());
    }
}
