//! Training batches, prepared on a thread of their own while the network works on the one before.
//!
//! A batch depends on the seed and the step alone, so a resumed run sees exactly the batches it would
//! have seen.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use super::config::{RunConfig, Stage};
use super::error::TrainingError;
use super::source::Source;
use crate::anatomy::is_lesion;
use crate::dataset::augmentation::{Cut, Strip};
use crate::dataset::noise::{Draws, fill_gaussian, stream};
use crate::dataset::samples::Sample;
use crate::diffusion::Node;
use crate::scan::Rect;

/// Batches that wait ahead of the one being trained on.
const AHEAD: usize = 2;

/// One batch on the CPU; all planes are `[strip][channel][row][column]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The step this batch is for.
    pub step: u64,
    pub strips: usize,
    pub rows: usize,
    pub columns: usize,
    /// Channels of `image` and `noise`: one for scans, the planes of a mask.
    pub channels: usize,
    /// Planes of `condition`.
    pub planes: usize,
    /// Scans or mask planes in [-1, 1].
    pub image: Vec<f32>,
    /// Label planes, lesions dimmed by DRM; dials; or nothing but zeros.
    pub condition: Vec<f32>,
    /// 1 where a pixel may be learned from, one channel.
    pub counted: Vec<f32>,
    /// Standard normal noise, the shape of `image`.
    pub noise: Vec<f32>,
    /// The diffusion time of each strip.
    pub nodes: Vec<Node>,
}

/// Where a strip comes from and at which time it is taken.
struct StripChoice<'a> {
    sample: &'a Sample,
    cut: Cut,
    node: Node,
}

impl Batch {
    /// The training batch of a step.
    ///
    /// # Panics
    /// If there are no samples.
    pub fn for_training(config: &RunConfig, samples: &[Sample], step: u64) -> Self {
        assert!(!samples.is_empty(), "training needs samples");
        let strips = config.batch as u64;
        let choices = (0..strips).map(|strip| {
            let mut draws = Draws::new(config.seed, stream::TRAINING_CHOICE, step * strips + strip);
            let sample = &samples[draws.below(samples.len())];
            // Times are spread evenly over the batch: less noise in the loss than independent draws.
            let t = (strip as f64 + draws.uniform()) / strips as f64;
            let cut = config.augmentation.draw(sample, config.crop_columns, config.crop_rows, &mut draws);
            StripChoice { sample, cut, node: config.schedule.node(t) }
        });
        let mut batch = Self::collect(config, step, choices.collect());
        batch.add_noise(config.seed, stream::TRAINING_NOISE, step);
        batch.hide_masks(config, step);
        let lesions = config.labels.lesion_planes();
        let size = batch.rows * batch.columns * config.labels.plane_count();
        for (strip, condition) in batch.condition.chunks_exact_mut(size).enumerate() {
            let event = step * strips + strip as u64;
            let mut draws = Draws::new(config.seed, stream::TRAINING_DRM, event);
            config.drm.apply(condition, [batch.rows, batch.columns], &lesions, &mut draws);
        }
        batch
    }

    /// The batches of the validation loss: every sample once, its strip from the middle of what is
    /// annotated, at times and with noise that never change.
    pub fn for_validation(config: &RunConfig, samples: &[Sample]) -> Vec<Self> {
        let choices: Vec<StripChoice> = samples
            .iter()
            .enumerate()
            .map(|(index, sample)| {
                let span = match sample.annotated.is_empty() {
                    true => 0..sample.width,
                    false => sample.annotated.clone(),
                };
                let spare = span.len().saturating_sub(config.crop_columns);
                let t = (index as f64 + 0.5) / samples.len() as f64;
                StripChoice { sample, cut: Cut::at(span.start + spare / 2), node: config.schedule.node(t) }
            })
            .collect();
        let mut choices = choices.into_iter().peekable();
        let mut batches = Vec::new();
        while choices.peek().is_some() {
            let step = batches.len() as u64;
            let mut batch = Self::collect(config, step, choices.by_ref().take(config.batch).collect());
            batch.add_noise(config.seed, stream::VALIDATION, step);
            batches.push(batch);
        }
        batches
    }

    fn collect(config: &RunConfig, step: u64, choices: Vec<StripChoice>) -> Self {
        let (rows, columns) = (config.crop_rows, config.crop_columns);
        let (strips, pixels) = (choices.len(), rows * columns);
        let planes = config.labels.plane_count();
        let mut batch = Self {
            step,
            strips,
            rows,
            columns,
            channels: 1,
            planes,
            image: vec![0.0; strips * pixels],
            condition: vec![0.0; strips * planes * pixels],
            counted: vec![0.0; strips * pixels],
            noise: vec![0.0; strips * pixels],
            nodes: choices.iter().map(|choice| choice.node).collect(),
        };
        let mut labels = vec![0; pixels];
        for (index, choice) in choices.iter().enumerate() {
            let at = index * pixels..(index + 1) * pixels;
            let mut strip = Strip {
                columns,
                image: &mut batch.image[at.clone()],
                labels: &mut labels,
                counted: &mut batch.counted[at],
            };
            choice.cut.fill(choice.sample, &mut strip);
            for (counted, &label) in batch.counted[index * pixels..][..pixels].iter_mut().zip(&labels) {
                if is_lesion(label) {
                    *counted *= config.lesion_weight;
                }
            }
            config.labels.planes(&labels, &mut batch.condition[index * planes * pixels..][..planes * pixels]);
        }
        batch
    }

    /// Shows some strips without their mask; in pretraining, none has one.
    fn hide_masks(&mut self, config: &RunConfig, step: u64) {
        let (strips, size) = (self.strips as u64, self.planes * self.rows * self.columns);
        if config.stage == Stage::Pretrain {
            self.condition.fill(0.0);
        } else if config.mask_dropout > 0.0 {
            for (strip, condition) in self.condition.chunks_exact_mut(size.max(1)).enumerate() {
                let event = step * strips + strip as u64;
                if Draws::new(config.seed, stream::TRAINING_DROPOUT, event).chance(config.mask_dropout) {
                    condition.fill(0.0);
                }
            }
        }
    }

    /// Fills `noise` from the field of `seed`, one event after the other along its rows.
    pub(super) fn add_noise(&mut self, seed: u64, stream: u32, event: u64) {
        let pixels = self.rows * self.columns;
        for (strip, noise) in self.noise.chunks_exact_mut(pixels).enumerate() {
            // The field is keyed by the event, so that rows and columns stay small.
            let key = seed ^ (event.wrapping_add(1)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let area = Rect::new(0, 0, self.columns as u32, self.rows as u32);
            fill_gaussian(key, stream + strip as u32, area, noise);
        }
    }
}

/// The training batches of a run from `first_step` on, in order, prepared ahead: `accumulation` of them a
/// step. Dropping the receiver ends the thread, and so does a scan that cannot be read.
///
/// # Errors
/// If the operating system gives no thread.
pub fn prepare(
    config: Arc<RunConfig>,
    source: Arc<Source>,
    first_step: u64,
) -> std::io::Result<Receiver<Result<Batch, TrainingError>>> {
    let (sender, receiver) = sync_channel(AHEAD);
    let parts = config.accumulation as u64;
    std::thread::Builder::new().name("training-batches".to_owned()).spawn(move || {
        for part in first_step * parts..config.steps * parts {
            let batch = source.training_batch(&config, part);
            let is_last = batch.is_err();
            if sender.send(batch).is_err() || is_last {
                return;
            }
        }
    })?;
    Ok(receiver)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::samples::Samples;
    use crate::diffusion::drm::Drm;

    fn sample() -> Sample {
        let (width, height) = (48, 32);
        let labels: Vec<u8> = (0..width * height).map(|i| if i / width < 16 { 0 } else { 9 }).collect();
        Sample {
            id: "a".to_owned(),
            subject: "s".to_owned(),
            width,
            height,
            image: (0..width * height).map(|i| (i % 256) as u8).collect(),
            labels,
            counted: vec![true; width * height],
            annotated: 0..width,
            lesion_columns: (0..48).collect(),
        }
    }

    fn config() -> RunConfig {
        RunConfig { batch: 3, crop_rows: 32, crop_columns: 16, ..RunConfig::live() }
    }

    #[test]
    fn a_batch_depends_on_seed_and_step_alone() {
        let samples = [sample()];
        let a = Batch::for_training(&config(), &samples, 5);
        assert_eq!(a, Batch::for_training(&config(), &samples, 5));
        let b = Batch::for_training(&config(), &samples, 6);
        assert_ne!(a.noise, b.noise);
        let other = RunConfig { seed: 1, ..config() };
        assert_ne!(a.noise, Batch::for_training(&other, &samples, 5).noise);
        assert_ne!(a.noise[..512], a.noise[512..1024], "strips have noise of their own");
        assert_eq!(a.condition.len(), 3 * 10 * 32 * 16);
    }

    #[test]
    fn the_thread_gives_the_batches_in_order_from_where_a_run_continues() {
        let config = Arc::new(RunConfig { steps: 7, ..config() });
        let samples = Samples { training: vec![sample()], validation: Vec::new() };
        let source = Arc::new(Source::Labelled(samples));
        let batches: Vec<Batch> =
            prepare(config.clone(), source, 4).unwrap().iter().map(Result::unwrap).collect();
        assert_eq!(batches.iter().map(|batch| batch.step).collect::<Vec<_>>(), [4, 5, 6]);
        assert_eq!(batches[1], Batch::for_training(&config, &[sample()], 5));
    }

    #[test]
    fn pretraining_and_dropout_hide_masks() {
        let lit = |config: &RunConfig| -> f32 {
            (0..20)
                .map(|step| Batch::for_training(config, &[sample()], step).condition.iter().sum::<f32>())
                .sum()
        };
        let never = RunConfig { drm: Drm { apply_probability: 0.0, ..Drm::default() }, ..config() };
        let half = RunConfig { mask_dropout: 0.5, ..never.clone() };
        let part = lit(&half) / lit(&never);
        assert!((0.3..0.7).contains(&part), "{part}");
        assert_eq!(lit(&RunConfig { stage: Stage::Pretrain, ..never }), 0.0);
    }

    #[test]
    fn validation_takes_every_sample_once_with_clean_masks() {
        let samples = vec![sample(); 4];
        let batches = Batch::for_validation(&config(), &samples);
        assert_eq!(batches.iter().map(|batch| batch.strips).collect::<Vec<_>>(), [3, 1]);
        let lit: f32 = batches[0].condition.iter().sum();
        assert_eq!(lit, (3 * 32 * 16) as f32, "every pixel lights exactly one plane, undimmed");
    }
}
