//! The validation loss, and of what it is the mean.
//!
//! A loss over scans that are each seen at one noise level confounds the eye with the level: every scan, or mask, is seen
//! at the same levels here, and the figures are kept apart by data set and level.

use serde::{Deserialize, Serialize};

use super::batches::Batch;
use super::config::{RunConfig, Stage};
use crate::dataset::mask_samples::MaskSample;
use crate::dataset::samples::Sample;

/// The mean loss over the strips of one data set at one noise level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StratumLoss {
    /// The data set.
    pub source: String,
    /// Noise over picture, `sigma / alpha`.
    pub noise: f64,
    /// Mean over the scans.
    pub loss: f64,
}

/// What the validation loss is taken on: the same at every time.
#[derive(Clone, Debug, Default)]
pub struct ValidationSet {
    /// All scans or masks, at each level once.
    pub batches: Vec<Batch>,
    /// For every strip of the batches in turn its data set.
    sources: Vec<String>,
}

impl ValidationSet {
    /// Of scans, at the configuration's levels.
    pub fn of(config: &RunConfig, samples: &[Sample]) -> Self {
        let sources = of_strips(config, samples.iter().map(|sample| &sample.source));
        Self { batches: Batch::for_validation(config, samples), sources }
    }

    /// Of masks, likewise.
    pub fn of_masks(config: &RunConfig, samples: &[MaskSample]) -> Self {
        let sources = of_strips(config, samples.iter().map(|sample| &sample.source));
        Self { batches: Batch::of_validation_masks(config, samples), sources }
    }

    /// The means of strip losses by data set and level, in the order of the data sets and rising noise; nothing where
    /// there are no strata, nor of a student, whose strips are at noise levels of its own.
    pub fn strata(&self, config: &RunConfig, losses: &[f64]) -> Vec<StratumLoss> {
        let has_levels = config.validation_levels > 0 && config.stage != Stage::Distill;
        if !has_levels || self.sources.len() != losses.len() {
            return Vec::new();
        }
        let levels = self.batches.iter().flat_map(|batch| &batch.levels);
        let mut sums: Vec<(StratumLoss, usize)> = Vec::new();
        for ((source, level), &loss) in self.sources.iter().zip(levels).zip(losses) {
            let noise = level.sigma / level.alpha;
            match sums.iter_mut().find(|(sum, _)| sum.source == *source && sum.noise == noise) {
                Some((sum, count)) => (sum.loss, *count) = (sum.loss + loss, *count + 1),
                None => sums.push((StratumLoss { source: source.clone(), noise, loss }, 1)),
            }
        }
        let mut strata: Vec<StratumLoss> = sums
            .into_iter()
            .map(|(sum, count)| StratumLoss { loss: sum.loss / count as f64, ..sum })
            .collect();
        strata.sort_by(|a, b| a.source.cmp(&b.source).then(a.noise.total_cmp(&b.noise)));
        strata
    }
}

/// The data set of every strip, of those of the samples.
fn of_strips<'a>(config: &RunConfig, sources: impl Iterator<Item = &'a String>) -> Vec<String> {
    let levels = config.validation_levels.max(1);
    sources.flat_map(|source| std::iter::repeat_n(source.clone(), levels)).collect()
}
