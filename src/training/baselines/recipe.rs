//! The recipes of the compared methods, at the size they were published with and at one that a CPU can train; and of
//! our own method at that small size, so that they can be compared.

use super::task::{Adversary, BaselineTask, PerceptualTerm};
use crate::dataset::augmentation::Augmentation;
use crate::dataset::mask_augmentation::MaskAugmentation;
use crate::diffusion::baseline::file::check_parts;
use crate::diffusion::drm::Drm;
use crate::diffusion::{Prediction, Schedule};
use crate::encoding::masks::{MaskCoding, MaskGrid};
use crate::encoding::{LabelScheme, Mapping};
use crate::nn::baselines::{AutoencoderConfig, LatentDiffusionConfig, RetreeConfig};
use crate::nn::unet_config::TimeConditioning;
use crate::nn::{Arithmetic, BaselineConfig, UNetConfig};
use crate::training::config::{MaskTask, RunConfig, Stage};

/// Side of the square that small models draw.
const SMALL_SIDE_PX: u32 = 128;
/// Sides of small grids are multiples of this.
const SMALL_MULTIPLE: u32 = 16;

/// The smallest side of a picture that LPIPS looks at.
const LPIPS_SIDE_PX: usize = 32;
/// The most steps that ReTree takes on a batch, as published.
const RETREE_REPEATS: u64 = 5;

/// How large the networks and pictures of a comparison are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::training) enum Size {
    Small,
    Paper,
}

impl RunConfig {
    /// The paper's method at a size that a CPU can train: scans stretched to 128 x 128, a narrow network of the same
    /// arrangement, noise prediction and the paper's schedule and planes; a learning rate for hundreds of steps.
    pub fn paper_small() -> Self {
        let paper = Self::paper();
        Self {
            preset: crate::training::Preset::PaperSmall,
            steps: 2000,
            batch: 4,
            crop_rows: SMALL_SIDE_PX as usize,
            crop_columns: SMALL_SIDE_PX as usize,
            learning_rate: 4e-4,
            warmup_steps: 20,
            gradient_clip: 1.0,
            ema_decay: 0.99,
            network: small_unet(paper.labels.plane_count()),
            mapping: small_mapping(),
            sample_steps: 20,
            ..paper
        }
    }

    /// The stage of masks of [`RunConfig::paper_small`].
    pub(in crate::training) fn paper_small_masks() -> Self {
        let base = Self::paper_small();
        let side = SMALL_SIDE_PX as f32;
        Self {
            stage: Stage::Masks,
            network: small_unet(0),
            masks: MaskTask {
                coding: MaskCoding::PaperScalar,
                grid: MaskGrid {
                    latent_px: [496.0 / side, 512.0 / side],
                    latents: [SMALL_SIDE_PX; 2],
                    multiple: SMALL_MULTIPLE,
                },
                augmentation: MaskAugmentation::none(),
            },
            mapping: Mapping { fixed_size: None, ..base.mapping.clone() },
            ..base
        }
    }

    /// ReTree: its schedule, its loss, its learning rate, its repeated batches; the mask joined before every step up, as
    /// the paper compares it, which its published code does not do.
    pub(in crate::training) fn retree(size: Size) -> Self {
        let network = match size {
            Size::Small => RetreeConfig::small(),
            Size::Paper => RetreeConfig::paper(),
        };
        let network = RetreeConfig { multi_stage_concatenation: true, ..network };
        let network = BaselineConfig::Retree(network);
        Self {
            learning_rate: 3e-4,
            schedule: Schedule::retree(),
            baseline: Some(BaselineTask {
                repeats: RETREE_REPEATS,
                leaves_early: true,
                ..BaselineTask::new(network)
            }),
            ..Self::compared(size)
        }
    }

    /// Latent diffusion: its autoencoder in the stage `pretrain`, its U-Net in the others.
    pub(in crate::training) fn latent_diffusion(size: Size, stage: Stage) -> Self {
        let labels = LabelScheme::studio();
        let planes = labels.plane_count();
        let network = match (stage, size) {
            (Stage::Pretrain, Size::Small) => BaselineConfig::Autoencoder(AutoencoderConfig::small()),
            (Stage::Pretrain, Size::Paper) => BaselineConfig::Autoencoder(AutoencoderConfig::paper()),
            (_, Size::Small) => BaselineConfig::LatentDiffusion(LatentDiffusionConfig::small(planes).into()),
            (_, Size::Paper) => BaselineConfig::LatentDiffusion(LatentDiffusionConfig::paper(planes).into()),
        };
        let published = match stage {
            // Base rates are a picture's; the batch multiplies them.
            Stage::Pretrain => 4.5e-6,
            _ => 1e-6,
        };
        let base = Self::compared(size);
        let adversary = (size == Size::Paper && stage == Stage::Pretrain).then(Adversary::paper);
        Self {
            stage,
            learning_rate: match (size, stage) {
                (Size::Paper, _) => published * base.batch as f64,
                (Size::Small, Stage::Pretrain) => 1e-3,
                (Size::Small, _) => 4e-4,
            },
            labels,
            // An autoencoder knows no noise levels.
            validation_levels: if stage == Stage::Pretrain { 0 } else { base.validation_levels },
            schedule: Schedule::latent_diffusion(),
            // Adam there, AdamW here: alike without decay.
            weight_decay: if adversary.is_some() { 0.0 } else { base.weight_decay },
            baseline: Some(BaselineTask { adversary, ..BaselineTask::new(network) }),
            ..base
        }
    }

    /// What the compared methods share with the paper's run of a size.
    fn compared(size: Size) -> Self {
        let (preset_base, batch) = match size {
            Size::Small => (Self::paper_small(), 4),
            Size::Paper => (Self::paper(), 2),
        };
        Self {
            batch,
            prediction: Prediction::Epsilon,
            drm: Drm { apply_probability: 0.0, ..Drm::default() },
            augmentation: Augmentation::none(),
            ..preset_base
        }
    }

    /// What an autoencoder is trained against.
    pub(in crate::training) fn adversary(&self) -> Option<&Adversary> {
        self.baseline.as_ref()?.adversary.as_ref()
    }

    /// Whether it is in a step (0-based).
    pub(in crate::training) fn is_faced_at(&self, step: u64) -> bool {
        self.adversary().is_some_and(|task| step >= task.start)
    }

    /// LPIPS in the loss of an autoencoder.
    pub(in crate::training) fn perceptual(&self) -> Option<&PerceptualTerm> {
        self.baseline.as_ref()?.perceptual.as_ref()
    }

    fn check_perceptual(&self, term: &PerceptualTerm, network: &BaselineConfig) -> Result<(), String> {
        if !matches!(network, BaselineConfig::Autoencoder(AutoencoderConfig { image_channels: 1, .. })) {
            return Err("baseline.perceptual is for autoencoders of grey pictures: set it to null".to_owned());
        }
        if self.crop_rows.min(self.crop_columns) < LPIPS_SIDE_PX {
            return Err(format!(
                "baseline.perceptual needs pictures of {LPIPS_SIDE_PX} pixels a side at least"
            ));
        }
        if !(term.weight.is_finite() && term.weight >= 0.0) {
            return Err(format!("baseline.perceptual.weight is {}, expected 0 or more", term.weight));
        }
        match self.arithmetic {
            Arithmetic::F32 => Ok(()),
            other => Err(format!("baseline.perceptual is computed in f32, not in {}", other.word())),
        }
    }

    fn check_adversary(&self, adversary: &Adversary, network: &BaselineConfig) -> Result<(), String> {
        adversary.network.check().map_err(|reason| format!("baseline.adversary.network: {reason}"))?;
        let BaselineConfig::Autoencoder(autoencoder) = network else {
            return Err("baseline.adversary is for autoencoders: set it to null".to_owned());
        };
        let (found, expected) = (adversary.network.image_channels, autoencoder.image_channels);
        if found != expected {
            return Err(format!("baseline.adversary sees {found} channels of pictures with {expected}"));
        }
        let least = adversary.network.least_side();
        if self.crop_rows.min(self.crop_columns) < least {
            return Err(format!("baseline.adversary needs pictures of {least}x{least} pixels at least"));
        }
        if !(adversary.weight.is_finite() && adversary.weight >= 0.0) {
            return Err(format!("baseline.adversary.weight is {}, expected 0 or more", adversary.weight));
        }
        match self.arithmetic {
            Arithmetic::F32 => Ok(()),
            other => Err(format!("baseline.adversary is trained in f32, not in {}", other.word())),
        }
    }

    /// Whether the numbers of a compared method's run make sense together; the message says which do not.
    pub(in crate::training) fn check_baseline(&self, task: &BaselineTask) -> Result<(), String> {
        match (self.stage, &task.network) {
            (Stage::Pretrain, BaselineConfig::LatentDiffusion(_)) => {
                return Err("the stage pretrain trains the autoencoder of latent diffusion".to_owned());
            }
            (Stage::Finetune, BaselineConfig::Autoencoder(_)) => {
                return Err("the stage finetune trains what draws; an autoencoder is pretrained".to_owned());
            }
            (Stage::Pretrain | Stage::Finetune, _) => {}
            (stage, _) => {
                return Err(format!(
                    "{} is no stage of {}; choose pretrain or finetune",
                    stage.name(),
                    task.network.name()
                ));
            }
        }
        check_parts(&task.network, &self.labels, &self.mapping)?;
        self.check_crop(task.network.side_multiple())?;
        self.augmentation.check()?;
        self.high_noise.check(&self.schedule)?;
        if self.mapping.fixed_size != Some([self.crop_rows as u32, self.crop_columns as u32]) {
            return Err(format!(
                "strips of {}x{} pixels on a grid of {:?}: these methods see whole pictures",
                self.crop_columns, self.crop_rows, self.mapping.fixed_size
            ));
        }
        if let Some(adversary) = &task.adversary {
            self.check_adversary(adversary, &task.network)?;
        }
        if let Some(term) = &task.perceptual {
            self.check_perceptual(term, &task.network)?;
        }
        if !(1..=100).contains(&task.repeats) {
            return Err(format!("baseline.repeats is {}, expected 1 to 100", task.repeats));
        }
        if self.prediction != Prediction::Epsilon || self.schedule.discrete_steps().is_none() {
            return Err("these methods predict noise, on a schedule of steps".to_owned());
        }
        let ours_only = [
            ("style.components", self.style.components > 0),
            ("style.shadow", self.style.shadow),
            ("wide.every", self.wide.every > 0),
            ("memorisation_stop", self.memorisation_stop > 0.0),
        ];
        match ours_only.iter().find(|(_, is_set)| *is_set) {
            Some((name, _)) => Err(format!("{name} is not for methods that are compared with: set it to 0")),
            None => Ok(()),
        }
    }
}

/// The grid of small models.
fn small_mapping() -> Mapping {
    Mapping { multiple: SMALL_MULTIPLE, fixed_size: Some([SMALL_SIDE_PX; 2]), ..Mapping::live() }
}

/// The paper's arrangement with four levels and narrow ones.
fn small_unet(condition_channels: usize) -> UNetConfig {
    UNetConfig {
        condition_channels,
        widths: vec![24, 48, 96, 128],
        blocks_per_level: 1,
        attention: vec![false, false, false, true],
        groups: 8,
        head_channels: 16,
        sinusoid_channels: 64,
        time_channels: 128,
        time_conditioning: TimeConditioning::Add,
        ..UNetConfig::paper()
    }
}
