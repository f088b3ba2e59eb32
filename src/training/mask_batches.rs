//! Batches of the stage `masks`: planes of lines and fluid, conditioned on what they measure.

use super::batches::{Batch, validation_times};
use super::config::RunConfig;
use crate::dataset::mask_samples::{MaskCut, MaskSample};
use crate::diffusion::NoiseLevel;
use crate::encoding::masks::MaskConditions;
use crate::encoding::noise::{Rng, stream};

impl Batch {
    /// The training batch of number `part`.
    ///
    /// # Panics
    /// If there are no samples.
    pub(super) fn of_masks(config: &RunConfig, samples: &[MaskSample], part: u64) -> Self {
        assert!(!samples.is_empty(), "training needs masks");
        let strips = config.batch as u64;
        let columns = config.masks.grid.size_px()[1] as usize;
        let choices: Vec<MaskChoice> = (0..strips)
            .map(|strip| {
                let event = part * strips + strip;
                let mut rng = Rng::new(config.seed, stream::TRAINING_CHOICE, event);
                let sample = config.masks.augmentation.choose(samples, &mut rng);
                let t = (strip as f64 + rng.uniform()) / strips as f64;
                let cut = config.masks.augmentation.draw(sample, columns, &mut rng);
                let mut dropout = Rng::new(config.seed, stream::TRAINING_DROPOUT, event);
                // Each condition for itself, and now and then all of them.
                let all = dropout.chance(0.5 * config.mask_dropout);
                let hidden = [(); 3].map(|()| all || dropout.chance(config.mask_dropout));
                MaskChoice { sample, cut, level: config.schedule.noise_level(t), hidden }
            })
            .collect();
        let mut batch = Self::collect_masks(config, part, &choices);
        batch.add_noise(config.seed, stream::TRAINING_NOISE, part);
        batch
    }

    /// The batches of the validation loss: every mask, unvaried, at the times of [`RunConfig::validation_levels`] and with noise that
    /// never changes.
    pub(super) fn of_validation_masks(config: &RunConfig, samples: &[MaskSample]) -> Vec<Self> {
        let columns = config.masks.grid.size_px()[1] as usize;
        let choices: Vec<MaskChoice> = samples
            .iter()
            .enumerate()
            .flat_map(|(index, sample)| {
                let spare = sample.known.len().saturating_sub(columns);
                let cut = MaskCut::at((sample.known.start + spare / 2) as f64);
                validation_times(config.validation_levels, index, samples.len()).map(move |t| MaskChoice {
                    sample,
                    cut: cut.clone(),
                    level: config.schedule.noise_level(t),
                    hidden: [false; 3],
                })
            })
            .collect();
        choices
            .chunks(config.batch)
            .enumerate()
            .map(|(step, choices)| {
                let mut batch = Self::collect_masks(config, step as u64, choices);
                batch.add_noise(config.seed, stream::VALIDATION, step as u64);
                batch
            })
            .collect()
    }

    fn collect_masks(config: &RunConfig, step: u64, choices: &[MaskChoice]) -> Self {
        let task = &config.masks;
        let [rows, columns] = task.grid.latents.map(|side| side as usize);
        let planes = config.network.condition_channels;
        let mut batch = Self {
            step,
            strips: choices.len(),
            rows,
            columns,
            channels: task.coding.planes(),
            planes,
            style: Vec::new(),
            image: Vec::new(),
            condition: Vec::new(),
            loss_weights: Vec::new(),
            noise: vec![0.0; choices.len() * task.coding.planes() * rows * columns],
            levels: choices.iter().map(|choice| choice.level).collect(),
        };
        for choice in choices {
            let grid_mask = choice.cut.grid_mask(choice.sample, task.coding, &task.grid, &config.mapping);
            batch.image.extend(grid_mask.planes);
            batch.loss_weights.extend(grid_mask.loss_weights);
            let values = choice.without_hidden(grid_mask.conditions).plane_values();
            for &value in &values[..planes] {
                batch.condition.extend(std::iter::repeat_n(value, rows * columns));
            }
        }
        batch
    }
}

struct MaskChoice<'a> {
    sample: &'a MaskSample,
    cut: MaskCut,
    level: NoiseLevel,
    /// Which conditions the network is not given.
    hidden: [bool; 3],
}

impl MaskChoice<'_> {
    fn without_hidden(&self, conditions: MaskConditions) -> MaskConditions {
        let [fluid, cysts, thickness] = self.hidden;
        MaskConditions {
            fluid_mm2: conditions.fluid_mm2.filter(|_| !fluid),
            cysts: conditions.cysts.filter(|_| !cysts),
            thickness_um: conditions.thickness_um.filter(|_| !thickness),
        }
    }
}
