//! Training batches of scans.
//!
//! A batch depends on the seed and the step alone, so a resumed run sees exactly the batches it would
//! have seen.

use super::config::{RunConfig, Stage};
use crate::anatomy::is_lesion;
use crate::dataset::augmentation::{Cut, Strip};
use crate::dataset::lumens::LumenBank;
use crate::dataset::samples::Sample;
use crate::diffusion::NoiseLevel;
use crate::encoding::noise::{Rng, fill_gaussian, stream};
use crate::scan::Rect;

/// One batch on the CPU; all planes are `[strip][channel][row][column]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The step this batch is for.
    pub step: u64,
    /// How many.
    pub strips: usize,
    /// Of a strip.
    pub rows: usize,
    /// Of a strip.
    pub columns: usize,
    /// Channels of `image` and `noise`: one for scans, the planes of a mask.
    pub channels: usize,
    /// Planes of `condition`.
    pub planes: usize,
    /// Scans or mask planes in [-1, 1].
    pub image: Vec<f32>,
    /// Label planes, lesions dimmed by DRM, and vessel shadows; conditions of masks; or nothing but zeros.
    pub condition: Vec<f32>,
    /// Each strip's style as a condition, `[strip][channel]`; empty for networks without.
    pub style: Vec<f32>,
    /// 0 where a pixel may not be learned from, elsewhere 1, on lesions their weight; one channel.
    pub loss_weights: Vec<f32>,
    /// Standard normal noise, the shape of `image`.
    pub noise: Vec<f32>,
    /// The diffusion time of each strip.
    pub levels: Vec<NoiseLevel>,
}

/// Where a strip comes from and at which time it is taken.
struct StripChoice<'a> {
    sample: &'a Sample,
    cut: Cut,
    level: NoiseLevel,
    /// Lumens to paste into it, and by which draws.
    paste: Option<(&'a LumenBank, Rng)>,
}

/// How strips are made into a batch.
struct Collection {
    step: u64,
    columns: usize,
    /// What an error on lesion pixels counts.
    lesion_weight: f32,
}

impl Batch {
    /// The training batch of a step.
    ///
    /// # Panics
    /// If there are no samples.
    pub fn for_training(config: &RunConfig, samples: &[Sample], step: u64) -> Self {
        Self::with_lumens(config, samples, &LumenBank::default(), step)
    }

    /// [`Batch::for_training`] with lumens to paste into its strips.
    ///
    /// # Panics
    /// If there are no samples.
    pub fn with_lumens(config: &RunConfig, samples: &[Sample], lumens: &LumenBank, step: u64) -> Self {
        assert!(!samples.is_empty(), "training needs samples");
        let (strips, columns) = config.strips_of(step);
        let first_event = step * config.batch as u64;
        let choices = (0..strips as u64).map(|strip| {
            let event = first_event + strip;
            let mut rng = Rng::new(config.seed, stream::TRAINING_CHOICE, event);
            let sample = &samples[rng.below(samples.len())];
            // Times are spread evenly over the batch: less noise in the loss than independent draws.
            let place = (strip as f64 + rng.uniform()) / strips as f64;
            let t = config.high_noise.time_at(place, &config.schedule);
            let cut = config.augmentation.draw(sample, columns, config.crop_rows, &mut rng);
            let paste =
                (!lumens.is_empty()).then(|| (lumens, Rng::new(config.seed, stream::TRAINING_LUMENS, event)));
            StripChoice { sample, cut, level: config.schedule.noise_level(t), paste }
        });
        let how = Collection { step, columns, lesion_weight: config.lesion_weight };
        let mut batch = Self::collect(config, &how, choices.collect());
        batch.add_noise(config.seed, stream::TRAINING_NOISE, step);
        batch.hide_masks(config, step);
        batch.hide_styles(config, first_event);
        let lesions = config.labels.lesion_planes();
        let size = batch.rows * batch.columns * batch.planes;
        for (strip, condition) in batch.condition.chunks_exact_mut(size).enumerate() {
            let event = first_event + strip as u64;
            let mut rng = Rng::new(config.seed, stream::TRAINING_DRM, event);
            config.drm.apply(condition, [batch.rows, batch.columns], &lesions, &mut rng);
        }
        batch
    }

    /// The batches of the validation loss: a strip from the middle of what is annotated in every sample, at the times of
    /// [`RunConfig::validation_levels`] and with noise that never changes.
    pub fn for_validation(config: &RunConfig, samples: &[Sample]) -> Vec<Self> {
        let choices = samples.iter().enumerate().flat_map(|(index, sample)| {
            let span = match sample.annotated.is_empty() {
                true => 0..sample.width,
                false => sample.annotated.clone(),
            };
            let spare = span.len().saturating_sub(config.crop_columns);
            let cut = Cut::at(span.start + spare / 2);
            validation_times(config.validation_levels, index, samples.len()).map(move |t| StripChoice {
                sample,
                cut,
                level: config.schedule.noise_level(t),
                paste: None,
            })
        });
        let mut choices = choices.peekable();
        let mut batches = Vec::new();
        // Lesions are told apart from the rest by their own figures, not by their weight.
        let lesion_weight = if config.validation_levels == 0 { config.lesion_weight } else { 1.0 };
        while choices.peek().is_some() {
            let step = batches.len() as u64;
            let how = Collection { step, columns: config.crop_columns, lesion_weight };
            let mut batch = Self::collect(config, &how, choices.by_ref().take(config.batch).collect());
            batch.add_noise(config.seed, stream::VALIDATION, step);
            batches.push(batch);
        }
        batches
    }

    fn collect(config: &RunConfig, how: &Collection, choices: Vec<StripChoice>) -> Self {
        let (rows, columns) = (config.crop_rows, how.columns);
        let (strips, pixels) = (choices.len(), rows * columns);
        let (label_planes, planes) = (config.labels.plane_count(), config.condition_planes());
        let style_channels = config.network.style_channels;
        let mut batch = Self {
            step: how.step,
            strips,
            rows,
            columns,
            channels: 1,
            planes,
            image: vec![0.0; strips * pixels],
            condition: vec![0.0; strips * planes * pixels],
            style: Vec::with_capacity(strips * style_channels),
            loss_weights: vec![0.0; strips * pixels],
            noise: vec![0.0; strips * pixels],
            levels: choices.iter().map(|choice| choice.level).collect(),
        };
        let mut labels = vec![0; pixels];
        for (index, choice) in choices.into_iter().enumerate() {
            let at = index * pixels..(index + 1) * pixels;
            let mut strip = Strip {
                columns,
                image: &mut batch.image[at.clone()],
                labels: &mut labels,
                loss_weights: &mut batch.loss_weights[at.clone()],
            };
            choice.cut.fill(choice.sample, &mut strip);
            if let Some((lumens, mut rng)) = choice.paste {
                let how = &config.augmentation.paste;
                lumens.paste(how, columns, &mut batch.image[at.clone()], &mut labels, &mut rng);
            }
            for (weight, &label) in batch.loss_weights[at].iter_mut().zip(&labels) {
                if is_lesion(label) {
                    *weight *= how.lesion_weight;
                }
            }
            let condition = &mut batch.condition[index * planes * pixels..][..planes * pixels];
            let (of_labels, of_shadow) = condition.split_at_mut(label_planes * pixels);
            config.labels.planes(&labels, of_labels);
            for row in of_shadow.chunks_exact_mut(columns) {
                choice.cut.shadow(choice.sample, row);
            }
            batch.style.extend((0..style_channels).map(|at| choice.sample.style.get(at).unwrap_or(&0.0)));
        }
        batch
    }

    /// Leaves out the style of some strips; in pretraining, of all.
    fn hide_styles(&mut self, config: &RunConfig, first_event: u64) {
        let channels = config.network.style_channels;
        if channels == 0 {
            return;
        }
        for (event, style) in (first_event..).zip(self.style.chunks_exact_mut(channels)) {
            let mut rng = Rng::new(config.seed, stream::TRAINING_STYLE, event);
            if config.stage == Stage::Pretrain || rng.chance(config.style.dropout) {
                style.fill(0.0);
            }
        }
    }

    /// Shows some strips without their mask; in pretraining, none has one.
    fn hide_masks(&mut self, config: &RunConfig, step: u64) {
        let (strips, size) = (config.batch as u64, self.planes * self.rows * self.columns);
        if config.stage == Stage::Pretrain {
            self.condition.fill(0.0);
        } else if config.mask_dropout > 0.0 {
            for (strip, condition) in self.condition.chunks_exact_mut(size.max(1)).enumerate() {
                let event = step * strips + strip as u64;
                if Rng::new(config.seed, stream::TRAINING_DROPOUT, event).chance(config.mask_dropout) {
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

/// The times at which validation sees sample `index` of `count`: the middles of `levels` equal parts, one after the other;
/// without levels one time, which goes through the samples.
pub(super) fn validation_times(levels: usize, index: usize, count: usize) -> impl Iterator<Item = f64> {
    let (places, parts) = if levels == 0 { (index..index + 1, count) } else { (0..levels, levels) };
    places.map(move |place| (place as f64 + 0.5) / parts as f64)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::dataset::mask_samples::{MaskSample, tests::phantom};
    use crate::diffusion::drm::Drm;
    use crate::nn::UNetConfig;
    use crate::training::{Preset, StyleSettings, ValidationSet, WideStrips};

    pub fn sample() -> Sample {
        let (width, height) = (48, 32);
        let labels: Vec<u8> = (0..width * height).map(|i| if i / width < 16 { 0 } else { 9 }).collect();
        Sample {
            id: "a".to_owned(),
            subject: "s".to_owned(),
            width,
            height,
            image: (0..width * height).map(|i| (i % 256) as u8).collect(),
            labels,
            valid: vec![true; width * height],
            annotated: 0..width,
            lesion_columns: (0..48).collect(),
            ..Sample::default()
        }
    }

    pub fn config() -> RunConfig {
        RunConfig { batch: 3, crop_rows: 32, crop_columns: 16, validation_levels: 0, ..RunConfig::live() }
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
    fn a_style_and_vessel_shadows_are_conditions_beside_the_mask() {
        let base = config();
        let style = StyleSettings { components: 2, dropout: 0.5, shadow: true };
        let network = UNetConfig { condition_channels: 11, style_channels: 3, ..base.network.clone() };
        let config = RunConfig { style, network, ..base };
        assert_eq!(config.check(), Ok(()));
        let shadow: Vec<f32> = (0..48).map(|x| x as f32 / 48.0).collect();
        let sample = Sample { style: vec![1.0, 0.5, -0.5], shadow, ..sample() };
        let (mut with_style, mut without_style) = (0, 0);
        for step in 0..20 {
            let batch = Batch::for_training(&config, std::slice::from_ref(&sample), step);
            assert_eq!((batch.planes, batch.condition.len()), (11, 3 * 11 * 32 * 16));
            for (strip, style) in batch.style.chunks_exact(3).enumerate() {
                with_style += usize::from(style == [1.0, 0.5, -0.5]);
                without_style += usize::from(style == [0.0; 3]);
                let plane = &batch.condition[(strip * 11 + 10) * 512..][..512];
                assert!(plane.chunks_exact(16).all(|row| row == &plane[..16]), "every row says the same");
                let rising = plane[..16].windows(2).all(|pair| pair[0] <= pair[1]);
                let falling = plane[..16].windows(2).all(|pair| pair[0] >= pair[1]);
                assert!(rising || falling, "{:?}", &plane[..16]);
            }
        }
        assert_eq!(with_style + without_style, 60);
        assert!((20..40).contains(&without_style), "{without_style} of 60 without");
        let pretraining = RunConfig { stage: Stage::Pretrain, ..config };
        let batch = Batch::for_training(&pretraining, &[sample], 0);
        assert!(batch.style.iter().chain(&batch.condition).all(|&value| value == 0.0));
    }

    #[test]
    fn a_wide_step_takes_fewer_strips_of_more_columns() {
        let wide = WideStrips { every: 2, columns: 48 };
        let config = RunConfig { wide, ..config() };
        let sizes: Vec<_> = (0..4)
            .map(|step| Batch::for_training(&config, &[sample()], step))
            .map(|batch| (batch.strips, batch.columns, batch.image.len()))
            .collect();
        assert_eq!(sizes, [(3, 16, 1536), (1, 48, 1536), (3, 16, 1536), (1, 48, 1536)]);
    }

    #[test]
    fn validation_sees_every_sample_at_every_level_and_keeps_data_sets_apart() {
        let config = RunConfig { validation_levels: 4, ..config() };
        let of = |source: &str| Sample { source: source.to_owned(), ..sample() };
        let samples = [of("b"), of("a"), of("b")];
        let masks = RunConfig { validation_levels: 4, ..RunConfig::of(Preset::Live, Stage::Masks) };
        let mask_of = |source: &str| MaskSample { source: source.to_owned(), ..phantom() };
        let of_masks = ValidationSet::of_masks(&masks, &["b", "a", "b"].map(mask_of));
        let losses: Vec<f64> = (0..12).map(f64::from).collect();
        let set = ValidationSet::of(&config, &samples);
        for (config, set) in [(&config, &set), (&masks, &of_masks)] {
            let levels: Vec<NoiseLevel> = set.batches.iter().flat_map(|batch| batch.levels.clone()).collect();
            assert_eq!(levels.len(), 12);
            assert_eq!((levels[0], levels[3]), (levels[4], levels[7]), "the same levels for every sample");
            let largest = set.batches[0].loss_weights.iter().copied().fold(0.0, f32::max);
            assert_eq!(largest, 1.0, "lesions count as any pixel");
            let strata = set.strata(config, &losses);
            let figures: Vec<(&str, f64)> = strata.iter().map(|s| (s.source.as_str(), s.loss)).collect();
            let expected = ["a", "b"].map(|source| [4.0, 5.0, 6.0, 7.0].map(|loss| (source, loss)));
            assert_eq!(figures, expected.concat());
            assert!(strata[..4].windows(2).all(|pair| pair[0].noise < pair[1].noise));
        }
        let student = RunConfig { stage: Stage::Distill, ..config.clone() };
        assert!(set.strata(&student, &losses).is_empty(), "a student is seen at other levels");
        let plain = RunConfig { validation_levels: 0, ..config };
        assert!(ValidationSet::of(&plain, &samples).strata(&plain, &losses[..3]).is_empty());
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
