//! The recipes: what each preset is made of, stage by stage.

use super::baselines::Size;
use super::config::{CONFIG_VERSION, MaskTask, Preset, RunConfig, Stage, StyleSettings, even};
use super::distillation::Distillation;
use super::segmenting::SegmentTask;
use super::strips::{HighNoise, WideStrips};
use crate::dataset::Split;
use crate::dataset::augmentation::Augmentation;
use crate::dataset::lumens::PasteLumens;
use crate::dataset::mask_augmentation::MaskAugmentation;
use crate::diffusion::drm::Drm;
use crate::diffusion::schedule::SCAN_DEVIATION;
use crate::diffusion::{Prediction, Schedule};
use crate::encoding::masks::{MASK_CONDITION_PLANES, MaskCoding, MaskGrid};
use crate::encoding::{LabelScheme, Mapping};
use crate::nn::{Arithmetic, SegmenterKind, UNetConfig};

/// Mean of the training scans' annotated columns in [-1, 1].
const SCAN_MEAN: f64 = -0.72;

impl RunConfig {
    /// The configuration of a preset, stage 3.
    pub fn preset(preset: Preset) -> Self {
        match preset {
            Preset::Live => Self::live(),
            Preset::Teacher => Self::teacher(),
            Preset::Paper => Self::paper(),
            Preset::PaperSmall => Self::paper_small(),
            Preset::RetreeSmall => Self { preset, ..Self::retree(Size::Small) },
            Preset::RetreePaper => Self { preset, ..Self::retree(Size::Paper) },
            Preset::LdmSmall => Self { preset, ..Self::latent_diffusion(Size::Small, Stage::Finetune) },
            Preset::LdmPaper => Self { preset, ..Self::latent_diffusion(Size::Paper, Stage::Finetune) },
        }
    }

    /// The configuration of a stage in a preset.
    pub fn of(preset: Preset, stage: Stage) -> Self {
        let base = Self::preset(preset);
        match (stage, preset) {
            (Stage::Finetune, _) => base,
            (Stage::Pretrain, Preset::LdmSmall) => {
                Self { preset, ..Self::latent_diffusion(Size::Small, stage) }
            }
            (Stage::Pretrain, Preset::LdmPaper) => {
                Self { preset, ..Self::latent_diffusion(Size::Paper, stage) }
            }
            (Stage::Pretrain, _) => Self { stage, ..base },
            (Stage::Segment, _) => Self::segmenter(SegmenterKind::Small),
            (Stage::Distill, _) => Self {
                stage,
                steps: 900,
                learning_rate: 4e-4,
                constant_learning_rate: false,
                weight_decay: 0.0,
                min_snr_gamma: None,
                sample_steps: 1,
                ..base
            },
            (Stage::Masks, Preset::Live) => Self::live_masks(),
            (Stage::Masks, Preset::Teacher) => Self::flattened_masks(),
            (Stage::Masks, Preset::PaperSmall | Preset::RetreeSmall | Preset::LdmSmall) => {
                Self::paper_small_masks()
            }
            (Stage::Masks, Preset::Paper | Preset::RetreePaper | Preset::LdmPaper) => Self::paper_masks(),
        }
    }

    /// The paper's stage of masks: one plane of nine grey values on its square.
    fn paper_masks() -> Self {
        let base = Self::paper();
        Self {
            stage: Stage::Masks,
            network: UNetConfig { condition_channels: 0, ..UNetConfig::paper() },
            masks: MaskTask {
                coding: MaskCoding::PaperScalar,
                grid: MaskGrid::paper(),
                augmentation: MaskAugmentation::none(),
            },
            // Masks are cut out at the scale of the scans: their conditions are in µm.
            mapping: Mapping { fixed_size: None, ..base.mapping },
            ..base
        }
    }

    /// The recipe of the mask model: interfaces and fluid on a coarse grid, with conditions.
    fn live_masks() -> Self {
        let masks = MaskTask {
            coding: MaskCoding::Ordinal,
            grid: MaskGrid::live(),
            augmentation: MaskAugmentation::default(),
        };
        Self {
            stage: Stage::Masks,
            steps: 1000,
            batch: 4,
            learning_rate: 1.2e-3,
            warmup_steps: 50,
            network: UNetConfig {
                image_channels: masks.coding.planes(),
                condition_channels: MASK_CONDITION_PLANES,
                out_channels: masks.coding.planes(),
                widths: vec![64, 96, 128],
                detail_filters: 0,
                ..UNetConfig::live()
            },
            // Masks are smooth: much noise still leaves their shape to be seen.
            schedule: Schedule::CosineShifted { log_snr_shift: -2.0 },
            // A small deviation predicts the picture itself: 64 channels cannot carry the noise of the 144
            // values behind each of their places, which predicting v would ask for.
            prediction: Prediction::Residual { deviation: 0.15, mean: 0.0 },
            mask_dropout: 0.2,
            masks,
            validate_every: 100,
            sample_every: 150,
            sample_steps: 16,
            ..Self::live()
        }
    }

    /// The recipe of the mask model without cliffs: thickness curves, and fluid in coordinates of the layers.
    fn flattened_masks() -> Self {
        let masks = MaskTask {
            coding: MaskCoding::Flattened,
            grid: MaskGrid::flattened(),
            augmentation: MaskAugmentation::default(),
        };
        Self {
            steps: 6000,
            batch: 8,
            learning_rate: 8e-4,
            network: UNetConfig {
                image_channels: masks.coding.planes(),
                out_channels: masks.coding.planes(),
                unshuffle: 2,
                widths: vec![48, 72, 96],
                ..Self::live_masks().network
            },
            // Codes lie half a unit about 0.
            prediction: Prediction::Residual { deviation: 0.5, mean: 0.0 },
            masks,
            validate_every: 250,
            sample_every: 500,
            ..Self::live_masks()
        }
    }

    /// The recipe of the model that follows the brush.
    pub fn live() -> Self {
        Self {
            version: CONFIG_VERSION,
            preset: Preset::Live,
            stage: Stage::Finetune,
            from: None,
            seed: 0,
            steps: 20_000,
            batch: 4,
            accumulation: 1,
            arithmetic: Arithmetic::F32,
            gradient_checkpointing: false,
            crop_rows: 496,
            crop_columns: 96,
            wide: WideStrips::default(),
            high_noise: HighNoise::default(),
            learning_rate: 6e-4,
            constant_learning_rate: false,
            warmup_steps: 100,
            weight_decay: 0.01,
            gradient_clip: 1.0,
            ema_decay: 0.999,
            min_snr_gamma: None,
            lesion_weight: 3.0,
            network: UNetConfig::live(),
            labels: LabelScheme::studio(),
            mapping: Mapping::live(),
            schedule: Schedule::live(),
            prediction: Prediction::Residual { deviation: SCAN_DEVIATION, mean: 0.0 },
            drm: Drm::default(),
            mask_dropout: 0.0,
            style: StyleSettings::default(),
            lesion_edges: false,
            masks: MaskTask {
                coding: MaskCoding::Ordinal,
                grid: MaskGrid::live(),
                augmentation: MaskAugmentation::default(),
            },
            distillation: Distillation::default(),
            segmenter: SegmentTask::default(),
            baseline: None,
            teacher_sha256: None,
            augmentation: Augmentation::default(),
            pseudo_labelled: false,
            split: Split::default(),
            validate_every: 500,
            validation_levels: 8,
            sample_every: 2000,
            sample_steps: 8,
            checkpoint_minutes: 5.0,
            memorisation_stop: 0.0,
        }
    }

    /// The recipe of a teacher, which need not be fast: conditioned on style and vessel shadows, lesions on their
    /// edges, lumens pasted, centred values, its share of much noise and of wide strips.
    pub fn teacher() -> Self {
        let live = Self::live();
        let style = StyleSettings { components: 5, dropout: 0.2, shadow: true };
        Self {
            preset: Preset::Teacher,
            steps: 60_000,
            learning_rate: 4e-4,
            constant_learning_rate: true,
            ema_decay: 0.9995,
            wide: WideStrips { every: 10, ..WideStrips::default() },
            high_noise: HighNoise { share: 0.25, ..HighNoise::default() },
            network: UNetConfig::teacher(live.labels.plane_count() + 1, style.components + 1),
            prediction: Prediction::Residual { deviation: SCAN_DEVIATION, mean: SCAN_MEAN },
            mask_dropout: 0.1,
            style,
            lesion_edges: true,
            augmentation: Augmentation {
                lesion_probability: 0.5,
                paste: PasteLumens { probability: 0.4, ..PasteLumens::default() },
                ..Augmentation::default()
            },
            ..live
        }
    }

    /// The paper's settings as algorithms 1.1 resolves them: noise prediction, T = 1000, AdamW 1e-5 without
    /// schedule, clipping or averaging, batch 2, annotated columns stretched to 480 x 480, the mask as one plane
    /// of k / 8. Its augmentation is not stated: none.
    pub fn paper() -> Self {
        let labels = LabelScheme::paper();
        Self {
            preset: Preset::Paper,
            steps: 99_000,
            batch: 2,
            crop_rows: 480,
            crop_columns: 480,
            learning_rate: 1e-5,
            constant_learning_rate: true,
            warmup_steps: 0,
            gradient_clip: 0.0,
            ema_decay: 0.0,
            min_snr_gamma: None,
            lesion_weight: even(),
            network: UNetConfig { condition_channels: labels.plane_count(), ..UNetConfig::paper() },
            labels,
            mapping: Mapping::paper(),
            schedule: Schedule::paper(),
            prediction: Prediction::Epsilon,
            augmentation: Augmentation::none(),
            sample_steps: 50,
            ..Self::live()
        }
    }
}
