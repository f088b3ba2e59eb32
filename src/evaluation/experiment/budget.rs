//! How much of a reproduction a machine can afford, and what the networks and pictures are made of then.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::dataset::Split;
use crate::encoding::Mapping;
use crate::nn::SegmenterKind;
use crate::training::{MaskTask, Preset, RunConfig, Stage};

/// How much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Budget {
    /// Some minutes: shows that every part works; its figures say nothing
    Tiny,
    /// Some hours on two cores: narrow networks on 128 x 128 pixels, hundreds of steps
    Small,
    /// The paper's networks, 480 x 480 pixels and 99,000 steps: days on a GPU
    Paper,
}

/// The numbers of a budget. Every method that draws trains for as many steps on masks.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizes {
    /// Of the square that pictures are drawn on, in pixels.
    pub side: u32,
    /// Of stage 1.
    pub pretrain_steps: u64,
    /// Of what draws masks.
    pub mask_steps: u64,
    /// Of every method on masks.
    pub image_steps: u64,
    /// Of the autoencoder of latent diffusion.
    pub autoencoder_steps: u64,
    /// Of every segmenter of Table 2.
    pub segmenter_steps: u64,
    /// Of the segmenter that judges Table 1: a judge that learned too little judges nobody.
    pub judge_steps: u64,
    /// Pairs of sampled masks.
    pub pictures: usize,
    /// Network evaluations of a picture, and of a mask.
    pub evaluations: u32,
    /// Networks of Table 2.
    pub segmenters: Vec<SegmenterKind>,
}

impl Budget {
    /// As the command line calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tiny => "tiny",
            Self::Small => "small",
            Self::Paper => "paper",
        }
    }

    /// Its numbers.
    pub fn sizes(self) -> Sizes {
        use SegmenterKind::{Gdnet, Relaynet, Small, Unet, Ynet};
        match self {
            Budget::Tiny => Sizes {
                side: 32,
                pretrain_steps: 2,
                mask_steps: 2,
                image_steps: 2,
                autoencoder_steps: 2,
                segmenter_steps: 2,
                judge_steps: 2,
                pictures: 4,
                evaluations: 2,
                segmenters: vec![Small],
            },
            Budget::Small => Sizes {
                side: 128,
                pretrain_steps: 600,
                mask_steps: 600,
                image_steps: 600,
                autoencoder_steps: 600,
                segmenter_steps: 400,
                judge_steps: 400,
                pictures: 100,
                evaluations: 25,
                segmenters: vec![Small, Unet],
            },
            Budget::Paper => Sizes {
                side: 480,
                pretrain_steps: 200_000,
                mask_steps: 99_000,
                image_steps: 99_000,
                autoencoder_steps: 100_000,
                segmenter_steps: 8_000,
                judge_steps: 8_000,
                pictures: 1000,
                evaluations: 1000,
                segmenters: vec![Unet, Ynet, Relaynet, Gdnet],
            },
        }
    }

    /// The preset of our method, of ReTree and of latent diffusion.
    fn presets(self) -> [Preset; 3] {
        match self {
            Budget::Tiny | Budget::Small => [Preset::PaperSmall, Preset::RetreeSmall, Preset::LdmSmall],
            Budget::Paper => [Preset::Paper, Preset::RetreePaper, Preset::LdmPaper],
        }
    }

    /// A stage of our method.
    pub(super) fn ours(self, stage: Stage, sizes: &Sizes) -> RunConfig {
        self.sized(RunConfig::of(self.presets()[0], stage), sizes)
    }

    /// ReTree.
    pub(super) fn retree(self, sizes: &Sizes) -> RunConfig {
        self.sized(RunConfig::of(self.presets()[1], Stage::Finetune), sizes)
    }

    /// A stage of latent diffusion.
    pub(super) fn latent_diffusion(self, stage: Stage, sizes: &Sizes) -> RunConfig {
        self.sized(RunConfig::of(self.presets()[2], stage), sizes)
    }

    /// A segmenter on the same square.
    pub(super) fn segmenter(self, kind: SegmenterKind, sizes: &Sizes) -> RunConfig {
        let config = RunConfig::square_segmenter(kind, sizes.side);
        RunConfig { steps: sizes.segmenter_steps, ..quiet(config) }
    }

    /// The segmenter that judges what methods draw.
    pub(super) fn judge(self, sizes: &Sizes) -> RunConfig {
        RunConfig { steps: sizes.judge_steps, ..self.segmenter(SegmenterKind::Small, sizes) }
    }

    /// A configuration on the budget's square for its steps.
    fn sized(self, config: RunConfig, sizes: &Sizes) -> RunConfig {
        let side = sizes.side;
        let steps = match config.stage {
            Stage::Pretrain if config.baseline.is_some() => sizes.autoencoder_steps,
            Stage::Pretrain => sizes.pretrain_steps,
            Stage::Masks => sizes.mask_steps,
            _ => sizes.image_steps,
        };
        let scale = side as f32 / config.masks.grid.latents[0] as f32;
        let mut grid = config.masks.grid;
        grid.latents = [side; 2];
        grid.latent_px = grid.latent_px.map(|px| px / scale);
        RunConfig {
            steps,
            crop_rows: side as usize,
            crop_columns: side as usize,
            masks: match config.stage {
                Stage::Masks => MaskTask { grid, ..config.masks.clone() },
                _ => config.masks.clone(),
            },
            mapping: Mapping {
                fixed_size: config.mapping.fixed_size.map(|_| [side; 2]),
                ..config.mapping.clone()
            },
            ..quiet(config)
        }
    }
}

/// A run that nobody watches: figures are taken when it is done.
fn quiet(config: RunConfig) -> RunConfig {
    RunConfig { validate_every: 0, sample_every: 0, ..config }
}

/// The configuration with a seed and subjects that do not train.
pub(super) fn seeded(config: RunConfig, seed: u64, split: &Split) -> RunConfig {
    RunConfig { seed, split: split.clone(), ..config }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_budget_makes_configurations_that_can_be_trained() {
        for budget in [Budget::Tiny, Budget::Small, Budget::Paper] {
            let sizes = budget.sizes();
            let mut configs = vec![
                budget.retree(&sizes),
                budget.latent_diffusion(Stage::Pretrain, &sizes),
                budget.latent_diffusion(Stage::Finetune, &sizes),
            ];
            let stages = [Stage::Pretrain, Stage::Masks, Stage::Finetune];
            configs.extend(stages.map(|stage| budget.ours(stage, &sizes)));
            configs.push(budget.judge(&Sizes { segmenter_steps: 1, ..sizes.clone() }));
            assert!(configs.last().is_some_and(|judge| judge.steps == sizes.judge_steps));
            configs.extend(sizes.segmenters.iter().map(|&kind| budget.segmenter(kind, &sizes)));
            for config in configs {
                assert_eq!(config.check(), Ok(()), "{budget:?} {:?} {:?}", config.preset, config.stage);
                assert_eq!((config.validate_every, config.sample_every), (0, 0));
            }
        }
    }
}
