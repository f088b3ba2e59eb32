//! Where a stage's batches come from: labelled scans or masks in memory, or scans streamed from the disk.

use std::sync::Arc;

use super::batches::Batch;
use super::config::{RunConfig, Stage};
use super::error::TrainingError;
use super::scan_stream::ScanStream;
use super::segmenting::LabelResize;
use super::validation::ValidationSet;
use crate::dataset::manifest::{Manifest, ManifestEntry};
use crate::dataset::mask_samples::{MaskSample, MaskSamples};
use crate::dataset::sample_set::Samples;
use crate::dataset::samples::{Sample, SampleOptions};
use crate::dataset::split::Role;
use crate::encoding::style::StyleModel;

/// The data of a run.
pub enum Source {
    /// Stage 3.
    Labelled(Samples),
    /// Stage 2.
    Masks(MaskSamples),
    /// Stage 1: too many scans to hold.
    Streamed(ScanStream),
}

impl Source {
    /// The data that the configuration's stage trains on.
    ///
    /// # Errors
    /// If a file cannot be read, or nothing in the data set is for training.
    pub fn open(config: &RunConfig, manifest: &Arc<Manifest>) -> Result<Self, TrainingError> {
        let source = match config.stage {
            Stage::Finetune | Stage::Distill | Stage::Segment => {
                let options = SampleOptions {
                    pseudo_labelled: config.pseudo_labelled,
                    lesion_edges: config.lesion_edges,
                    style_components: config.style.components,
                    shadow: config.style.shadow,
                    lumens: config.augmentation.paste.probability > 0.0,
                    assumed_spacing: config.stage == Stage::Segment,
                    blended_labels: config.stage == Stage::Segment
                        && config.segmenter.label_resize == LabelResize::Compat,
                };
                Self::Labelled(Samples::load(manifest, &config.split, &config.mapping, options)?)
            }
            Stage::Masks => {
                let (split, mapping) = (&config.split, &config.mapping);
                Self::Masks(MaskSamples::load(manifest, split, mapping, config.pseudo_labelled)?)
            }
            Stage::Pretrain => Self::Streamed(ScanStream::new(manifest.clone(), config)),
        };
        if source.counts().0 == 0 {
            let what = if config.stage == Stage::Pretrain { "scan" } else { "labelled scan" };
            let mut reason = format!("no {what} of a training subject in its manifest");
            if config.stage != Stage::Pretrain && pseudo_labelled_scans(manifest, config) > 0 {
                reason += " but those that the auto-trace labelled, which --set pseudo_labelled=true takes";
            }
            return Err(TrainingError::NoSamples { path: manifest.dir.clone(), reason });
        }
        if config.style.components > 0
            && let Self::Labelled(Samples { style: None, .. }) = &source
        {
            let reason = format!(
                "its scans do not differ in {} ways: lower style.components",
                config.style.components
            );
            return Err(TrainingError::NoSamples { path: manifest.dir.clone(), reason });
        }
        Ok(source)
    }

    /// Scans to train on and to validate on.
    pub fn counts(&self) -> (usize, usize) {
        match self {
            Self::Labelled(samples) => (samples.training.len(), samples.validation.len()),
            Self::Masks(samples) => (samples.training.len(), samples.validation.len()),
            Self::Streamed(stream) => stream.counts(),
        }
    }

    /// The ids of the scans to train on and to validate on.
    pub fn ids(&self) -> (Vec<&str>, Vec<&str>) {
        fn of_scans(samples: &[Sample]) -> Vec<&str> {
            samples.iter().map(|sample| sample.id.as_str()).collect()
        }
        fn of_masks(samples: &[MaskSample]) -> Vec<&str> {
            samples.iter().map(|sample| sample.id.as_str()).collect()
        }
        match self {
            Self::Labelled(samples) => (of_scans(&samples.training), of_scans(&samples.validation)),
            Self::Masks(samples) => (of_masks(&samples.training), of_masks(&samples.validation)),
            Self::Streamed(stream) => stream.ids(),
        }
    }

    /// The batch of number `part`, which depends on the configuration and this number alone.
    ///
    /// # Errors
    /// If a streamed scan cannot be read.
    pub fn training_batch(&self, config: &RunConfig, part: u64) -> Result<Batch, TrainingError> {
        match self {
            Self::Labelled(samples) => {
                Ok(Batch::with_lumens(config, &samples.training, &samples.lumens, part))
            }
            Self::Masks(samples) => Ok(Batch::of_masks(config, &samples.training, part)),
            Self::Streamed(stream) => stream.training_batch(config, part),
        }
    }

    /// What the validation loss is taken on.
    ///
    /// # Errors
    /// If a streamed scan cannot be read.
    pub fn validation(&self, config: &RunConfig) -> Result<ValidationSet, TrainingError> {
        match self {
            Self::Labelled(samples) => Ok(ValidationSet::of(config, &samples.validation)),
            Self::Masks(samples) => Ok(ValidationSet::of_masks(config, &samples.validation)),
            Self::Streamed(stream) => {
                let mut set = ValidationSet::of(config, &stream.validation_scans(config)?);
                for batch in &mut set.batches {
                    batch.condition.fill(0.0);
                    batch.style.fill(0.0);
                }
                Ok(set)
            }
        }
    }

    /// Describes the styles of the scans along the directions of another model: those that a student's teacher
    /// learned, which a fit to other scans would turn.
    pub fn follow_style(&mut self, style: StyleModel) {
        if let Self::Labelled(samples) = self {
            samples.follow_style(style);
        }
    }

    /// How the training scans differ, where networks are conditioned on it.
    pub fn style(&self) -> Option<&StyleModel> {
        match self {
            Self::Labelled(samples) => samples.style.as_ref(),
            Self::Masks(_) | Self::Streamed(_) => None,
        }
    }

    /// `count` scans to draw sample pictures of, spread over the validation scans; none for masks, which are
    /// drawn from nothing.
    ///
    /// # Errors
    /// If a streamed scan cannot be read.
    pub fn sheet_scans(&self, config: &RunConfig, count: usize) -> Result<Vec<Sample>, TrainingError> {
        match self {
            Self::Labelled(samples) => Ok(spread(&samples.validation, count)),
            Self::Masks(_) => Ok(Vec::new()),
            Self::Streamed(stream) => Ok(spread(&stream.validation_scans(config)?, count)),
        }
    }

    /// Training scans whose masks are drawn where a run watches for recall: for each of `count` scans of
    /// [`Source::sheet_scans`] one of the same data set, since scans of different ones are not equally near.
    pub fn watched_scans(&self, config: &RunConfig, count: usize) -> Vec<Sample> {
        let Self::Labelled(samples) = self else { return Vec::new() };
        if config.memorisation_stop == 0.0 {
            return Vec::new();
        }
        let sheet = spread(&samples.validation, count);
        let of_source = |source: &str| -> Vec<Sample> {
            let like = sheet.iter().filter(|shown| shown.source == source).count();
            let known: Vec<Sample> =
                samples.training.iter().filter(|known| known.source == source).cloned().collect();
            spread(&known, like)
        };
        let sources = sorted(sheet.iter().map(|shown| shown.source.clone()));
        sources.iter().flat_map(|source| of_source(source)).collect()
    }
}

/// Scans of training subjects whose labels are no grader's, taken or not; none where labels are not read.
pub fn pseudo_labelled_scans(manifest: &Manifest, config: &RunConfig) -> usize {
    let is_traced = |entry: &&ManifestEntry| {
        entry.pseudo_labelled && entry.label.is_some() && config.split.role(&entry.subject) == Role::Training
    };
    match config.stage {
        Stage::Pretrain => 0,
        Stage::Masks | Stage::Finetune | Stage::Distill | Stage::Segment => {
            manifest.entries.iter().filter(is_traced).count()
        }
    }
}

/// `count` samples spread evenly over the list.
fn spread(samples: &[Sample], count: usize) -> Vec<Sample> {
    let count = count.min(samples.len());
    (0..count).map(|index| samples[(2 * index + 1) * samples.len() / (2 * count)].clone()).collect()
}

/// What the model file says about the data.
pub struct DataSummary {
    pub sources: Vec<String>,
    pub credits: Vec<String>,
    pub training_subjects: Vec<String>,
    pub validation_subjects: Vec<String>,
    pub training_scans: usize,
    pub pseudo_labelled_scans: usize,
}

impl DataSummary {
    /// Of the scans that a run reads.
    pub fn new(manifest: &Manifest, source: &Source) -> Self {
        let (training, validation) = source.ids();
        let entries = |ids: &[&str]| -> Vec<&ManifestEntry> {
            let wanted: std::collections::HashSet<&str> = ids.iter().copied().collect();
            manifest.entries.iter().filter(|entry| wanted.contains(entry.id.as_str())).collect()
        };
        let (used, held) = (entries(&training), entries(&validation));
        Self {
            sources: sorted(used.iter().map(|entry| entry.source.clone())),
            credits: sorted(used.iter().filter_map(|entry| entry.credit.clone())),
            validation_subjects: sorted(held.iter().map(|entry| entry.subject.clone())),
            training_scans: training.len(),
            pseudo_labelled_scans: used.iter().filter(|entry| entry.pseudo_labelled).count(),
            training_subjects: sorted(used.iter().flat_map(|entry| {
                let lent = entry.outlines_of.iter().flatten();
                lent.chain([&entry.subject]).cloned()
            })),
        }
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn training_scans_of_the_same_data_sets_are_watched_where_a_run_may_end_by_it() {
        let of = |source: &str, count: usize| -> Vec<Sample> {
            let sample = |number: usize| Sample {
                id: format!("{source}-{number}"),
                source: source.to_owned(),
                ..Sample::default()
            };
            (0..count).map(sample).collect()
        };
        let samples = Samples {
            training: [of("easy", 9), of("hard", 5), of("other", 5)].concat(),
            validation: [of("easy", 1), of("hard", 3), of("unknown", 1)].concat(),
            ..Samples::default()
        };
        let source = Source::Labelled(samples);
        let watching = RunConfig { memorisation_stop: 0.5, ..RunConfig::live() };
        let watched = source.watched_scans(&watching, 5);
        let ids: Vec<&str> = watched.iter().map(|sample| sample.id.as_str()).collect();
        assert_eq!(ids, ["easy-4", "hard-0", "hard-2", "hard-4"]);
        assert!(source.watched_scans(&RunConfig::live(), 5).is_empty(), "a run that nothing ends early");
    }
}
