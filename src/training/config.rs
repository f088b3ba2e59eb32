//! What a training run is: one value that presets build, configuration files change and run directories
//! keep.

use serde::{Deserialize, Serialize};

use super::baselines::BaselineTask;
use super::distillation::{Distillation, DistillationTarget};
use super::segmenting::SegmentTask;
use super::strips::{HighNoise, WideStrips};
use crate::dataset::Split;
use crate::dataset::augmentation::Augmentation;
use crate::dataset::mask_augmentation::MaskAugmentation;
use crate::diffusion::ModelInfo;
pub use crate::diffusion::Stage;
use crate::diffusion::drm::Drm;
use crate::diffusion::{Prediction, Schedule};
use crate::encoding::masks::{MASK_CONDITION_PLANES, MaskCoding, MaskGrid};
use crate::encoding::style::{MAX_COMPONENTS, StyleModel};
use crate::encoding::{LabelScheme, Mapping};
use crate::nn::{Arithmetic, UNetConfig};

/// Version of the configuration this program writes and the newest it reads.
pub const CONFIG_VERSION: u32 = 1;

/// Whether this program knows what a configuration of a version says.
pub(super) fn check_version(version: u32) -> Result<(), String> {
    match version > CONFIG_VERSION {
        true => Err(format!("it has version {version}, this program reads {CONFIG_VERSION}: update it")),
        false => Ok(()),
    }
}

/// A named starting point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Small network at a quarter of the resolution, v-prediction: the model that follows the brush.
    Live,
    /// Conditioned on style and vessels, slow to draw, with nothing spared in training: what students learn from.
    Teacher,
    /// The RetiDiff paper's network and settings (113.67 M parameters), masks as one plane of nine grey values.
    Paper,
    /// The paper's method at a size that a CPU trains: 128 x 128 pixels, a narrow network.
    PaperSmall,
    /// ReTree, which the paper compares with, at 128 x 128 pixels.
    RetreeSmall,
    /// The same at its published width (249 M parameters) and the paper's 480 x 480 pixels.
    RetreePaper,
    /// Latent diffusion, which the paper compares with, at 128 x 128 pixels; the stage pretrain trains its autoencoder.
    LdmSmall,
    /// Latent diffusion as published (55 M and 215 M parameters), at the paper's 480 x 480 pixels.
    LdmPaper,
}

impl Preset {
    /// As the command line and configuration files call it.
    pub fn word(self) -> &'static str {
        match self {
            Preset::Live => "live",
            Preset::Teacher => "teacher",
            Preset::Paper => "paper",
            Preset::PaperSmall => "paper-small",
            Preset::RetreeSmall => "retree-small",
            Preset::RetreePaper => "retree-paper",
            Preset::LdmSmall => "ldm-small",
            Preset::LdmPaper => "ldm-paper",
        }
    }
}

/// What [`Stage::Masks`] draws, and from what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskTask {
    /// How labels become the planes that are drawn.
    pub coding: MaskCoding,
    /// How a mask lies on the network's grid.
    pub grid: MaskGrid,
    /// How masks are varied.
    pub augmentation: MaskAugmentation,
}

/// What a network is conditioned on beside the mask.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleSettings {
    /// Directions in which training scans differ that are conditions; 0 for none.
    pub components: usize,
    /// Share of the strips whose style is left out.
    pub dropout: f64,
    /// Whether vessel shadows are a condition, as one more plane.
    pub shadow: bool,
}

impl Default for StyleSettings {
    fn default() -> Self {
        Self { components: 0, dropout: 0.2, shadow: false }
    }
}

/// Everything that decides what a run computes. Equal configurations and data give equal runs on the CPU.
///
/// This value is the file, the form and the flags at once: a field is a line of `--print-config`, a name of `--set`, a
/// field of the Train page. What only one stage reads ([`RunConfig::masks`], [`RunConfig::distillation`],
/// [`RunConfig::segmenter`]) stands beside the rest and not in an enum of stages, for three reasons: files and runs of
/// before have it so, each with the settings of all stages, and go on to the bit; whoever changes the stage in a file
/// loses nothing of what was set for the others; and a setting keeps one name, whatever the stage. The form shows of
/// them what the stage reads (`studio/training/fields.rs`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunConfig {
    /// [`CONFIG_VERSION`]; newer ones are refused.
    pub version: u32,
    /// Where this configuration started from.
    pub preset: Preset,
    /// Which training.
    pub stage: Stage,
    /// Name of the model whose weights the run began with.
    pub from: Option<String>,
    /// Of weights, batches and noise.
    pub seed: u64,
    /// Optimiser steps in all.
    pub steps: u64,
    /// Strips in a step.
    pub batch: usize,
    /// Batches whose gradients are averaged in a step.
    pub accumulation: usize,
    /// What the passes compute in; weights and their updates are single precision.
    pub arithmetic: Arithmetic,
    /// Computes what lies between convolutions again in the backward pass, rather than keep it: less memory,
    /// the same gradients, more time.
    pub gradient_checkpointing: bool,
    /// Rows of a strip; whole scans, so that group norms see the usual share of retina.
    pub crop_rows: usize,
    /// Columns of a strip.
    pub crop_columns: usize,
    /// Strips that are wider than others, now and then.
    pub wide: WideStrips,
    /// How often strips are shown at the highest noise levels.
    pub high_noise: HighNoise,
    /// After the warm-up, falling to zero along a half cosine unless `constant_learning_rate`.
    pub learning_rate: f64,
    /// Whether the learning rate stays after the warm-up.
    pub constant_learning_rate: bool,
    /// Over which the learning rate rises from nothing.
    pub warmup_steps: u64,
    /// Of AdamW.
    pub weight_decay: f32,
    /// Largest norm of the whole gradient; 0 leaves it alone.
    pub gradient_clip: f64,
    /// Decay of the averaged weights once warmed up; 0 averages nothing.
    pub ema_decay: f64,
    /// Gamma of the min-SNR weight; `None` weighs all times alike.
    pub min_snr_gamma: Option<f64>,
    /// What an error on lesion pixels counts, where others count 1: they are few.
    #[serde(default = "even")]
    pub lesion_weight: f32,
    /// The network's shape.
    pub network: UNetConfig,
    /// How labels become condition planes.
    pub labels: LabelScheme,
    /// How a scan lies on the network's grid.
    pub mapping: Mapping,
    /// The noise levels.
    pub schedule: Schedule,
    /// What the network's output means.
    pub prediction: Prediction,
    /// Dynamic region masking.
    pub drm: Drm,
    /// Share of the strips that are shown without their mask, or of the conditions left out: what
    /// classifier-free guidance needs.
    pub mask_dropout: f64,
    /// What the network is conditioned on beside the mask.
    pub style: StyleSettings,
    /// Whether lesion outlines are moved onto the edges that the scans show.
    pub lesion_edges: bool,
    /// Of the stage `masks`.
    pub masks: MaskTask,
    /// Of the stage `distill`.
    pub distillation: Distillation,
    /// Of the stage `segment`.
    pub segmenter: SegmentTask,
    /// Of a run of a method that is compared with; `network` means nothing then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineTask>,
    /// Tensor hash of the teacher, in the stage `distill`.
    pub teacher_sha256: Option<String>,
    /// How scans are varied.
    pub augmentation: Augmentation,
    /// Whether scans that the auto-trace labelled train, too; they never validate.
    pub pseudo_labelled: bool,
    /// Who trains, who validates, who is held out.
    pub split: Split,
    /// Steps between validation losses; 0 for none.
    pub validate_every: u64,
    /// Noise levels at which every validation scan or mask is seen; 0 sees each at one, lesions of scans weighted, as runs
    /// did that were begun before there was a choice.
    #[serde(default)]
    pub validation_levels: usize,
    /// Steps between sample pictures; 0 for none.
    pub sample_every: u64,
    /// Network evaluations of a sample picture.
    pub sample_steps: usize,
    /// Minutes between checkpoints; the last step always makes one.
    pub checkpoint_minutes: f64,
    /// Ends the run when sample pictures are nearer to training scans than this part of the distance at which
    /// validation scans lie, or pictures of training masks to their own scans than this part of the distance of
    /// validation masks' pictures to theirs, twice in a row; 0 never does, and draws no training masks.
    pub memorisation_stop: f64,
}

/// The weight of lesions in runs that were begun before it could be chosen.
pub(super) fn even() -> f32 {
    1.0
}

impl Default for RunConfig {
    fn default() -> Self {
        Self::live()
    }
}

impl RunConfig {
    /// Takes over from a teacher what a student must share with it: network, labels, geometry, schedule.
    pub fn follow_teacher(&mut self, teacher: &ModelInfo) {
        self.network = self.distillation.network_of(&teacher.network);
        self.labels = teacher.labels.clone();
        self.mapping = teacher.mapping.clone();
        self.schedule = teacher.schedule;
        self.prediction = teacher.prediction;
        self.style.components = teacher.style.as_ref().map_or(0, StyleModel::components);
        self.style.shadow = teacher.shadow;
        self.teacher_sha256 = Some(teacher.tensors_sha256.clone());
    }

    /// Planes of the condition: those of the labels, and the vessel shadows where the network is conditioned on them.
    pub fn condition_planes(&self) -> usize {
        self.labels.plane_count() + usize::from(self.style.shadow)
    }

    /// Strips and columns of a step.
    pub fn strips_of(&self, step: u64) -> (usize, usize) {
        let is_wide = self.wide.every > 0 && (step + 1).is_multiple_of(self.wide.every);
        if !is_wide {
            return (self.batch, self.crop_columns);
        }
        let columns = self.wide.columns;
        ((self.batch * self.crop_columns / columns).clamp(1, self.batch), columns)
    }

    /// Whether a student is taught by a network that stays as it is, rather than by itself.
    pub fn has_teacher_beside(&self) -> bool {
        self.stage == Stage::Distill && self.distillation.target == DistillationTarget::Path
    }

    /// The learning rate of a step (0-based).
    pub fn learning_rate_at(&self, step: u64) -> f64 {
        if step < self.warmup_steps {
            return self.learning_rate * (step + 1) as f64 / self.warmup_steps as f64;
        }
        if self.constant_learning_rate {
            return self.learning_rate;
        }
        let rest = self.steps.saturating_sub(self.warmup_steps).max(1);
        let progress = ((step - self.warmup_steps) as f64 / rest as f64).min(1.0);
        self.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
    }

    /// The decay of the averaged weights at a step (0-based): young averages forget quickly.
    pub fn ema_decay_at(&self, step: u64) -> f64 {
        self.ema_decay.min((1 + step) as f64 / (10 + step) as f64)
    }

    /// Whether the numbers make sense together.
    ///
    /// # Errors
    /// If a newer program wrote it, or a number is out of its range or does not fit another; the message says which.
    pub fn check(&self) -> Result<(), String> {
        check_version(self.version)?;
        self.network.check().map_err(|reason| format!("network: {reason}"))?;
        self.schedule.check().map_err(|reason| format!("schedule: {reason}"))?;
        match (&self.baseline, self.stage) {
            (Some(task), _) => self.check_baseline(task)?,
            (None, Stage::Masks) => self.check_masks()?,
            (None, Stage::Segment) => self.check_segmenting()?,
            (None, Stage::Pretrain | Stage::Finetune | Stage::Distill) => self.check_scans()?,
        }
        if self.stage == Stage::Distill {
            self.distillation.check(&self.schedule)?;
        }
        if !(1..=1024).contains(&self.accumulation) {
            return Err(format!("accumulation is {}, expected 1 to 1024", self.accumulation));
        }
        if !(1..=4096).contains(&self.batch) {
            return Err(format!("batch is {}, expected 1 to 4096", self.batch));
        }
        if self.steps == 0 || self.sample_steps == 0 {
            return Err("steps and sample_steps must be at least 1".to_owned());
        }
        if self.validation_levels > 64 {
            return Err(format!("validation_levels is {}, expected 0 to 64", self.validation_levels));
        }
        let at_least_zero = [
            ("learning_rate", self.learning_rate),
            ("weight_decay", f64::from(self.weight_decay)),
            ("gradient_clip", self.gradient_clip),
            ("lesion_weight", f64::from(self.lesion_weight)),
            ("gain", f64::from(self.augmentation.gain)),
            ("checkpoint_minutes", self.checkpoint_minutes),
            ("memorisation_stop", self.memorisation_stop),
        ];
        let probabilities = [
            ("ema_decay", self.ema_decay),
            ("style.dropout", self.style.dropout),
            ("drm.apply_probability", self.drm.apply_probability),
            ("drm.zero_probability", self.drm.zero_probability),
            ("mask_dropout", self.mask_dropout),
            ("masks.flip_probability", self.masks.augmentation.flip_probability),
            ("masks.fluid_probability", self.masks.augmentation.fluid_probability),
            ("flip_probability", self.augmentation.flip_probability),
            ("lesion_probability", self.augmentation.lesion_probability),
            ("anywhere_probability", self.augmentation.anywhere_probability),
        ];
        for (name, value) in at_least_zero {
            if !(value.is_finite() && value >= 0.0) {
                return Err(format!("{name} is {value}, expected 0 or more"));
            }
        }
        for (name, value) in probabilities {
            if !(0.0..=1.0).contains(&value) {
                return Err(format!("{name} is {value}, expected 0 to 1"));
            }
        }
        Ok(())
    }

    /// Whether strips have sides in multiples of `multiple`.
    pub(super) fn check_crop(&self, multiple: usize) -> Result<(), String> {
        for (name, side) in [("crop_rows", self.crop_rows), ("crop_columns", self.crop_columns)] {
            if side == 0 || !side.is_multiple_of(multiple) || side > 4096 {
                return Err(format!("{name} is {side}, expected a multiple of {multiple} up to 4096"));
            }
        }
        Ok(())
    }

    fn check_scans(&self) -> Result<(), String> {
        let multiple = self.network.side_multiple();
        self.check_crop(multiple)?;
        self.labels.check()?;
        self.augmentation.check()?;
        self.mapping.check_fixed_size()?;
        if self.condition_planes() != self.network.condition_channels {
            return Err(format!(
                "{} condition planes for a network with {} condition channels",
                self.condition_planes(),
                self.network.condition_channels
            ));
        }
        let style_channels = if self.style.components == 0 { 0 } else { self.style.components + 1 };
        if style_channels != self.network.style_channels {
            return Err(format!(
                "{style_channels} numbers of a style for a network with {} style channels",
                self.network.style_channels
            ));
        }
        if self.style.components > MAX_COMPONENTS {
            return Err(format!(
                "style.components is {}, expected 0 to {MAX_COMPONENTS}",
                self.style.components
            ));
        }
        if self.wide.every > 0
            && (!self.wide.columns.is_multiple_of(multiple) || !(1..=4096).contains(&self.wide.columns))
        {
            return Err(format!("wide.columns is {}, expected a multiple of {multiple}", self.wide.columns));
        }
        self.high_noise.check(&self.schedule)?;
        if (self.network.image_channels, self.network.out_channels) != (1, 1) {
            return Err("scans have one channel".to_owned());
        }
        Ok(())
    }

    fn check_masks(&self) -> Result<(), String> {
        self.masks.grid.check()?;
        let (planes, multiple) = (self.masks.coding.planes(), self.network.side_multiple());
        if (self.network.image_channels, self.network.out_channels) != (planes, planes) {
            return Err(format!(
                "{planes} mask planes for a network with {} channels in and {} out",
                self.network.image_channels, self.network.out_channels
            ));
        }
        if ![0, MASK_CONDITION_PLANES].contains(&self.network.condition_channels) {
            return Err(format!(
                "{} condition channels, expected {MASK_CONDITION_PLANES} for the conditions of masks or 0",
                self.network.condition_channels
            ));
        }
        if !(self.masks.grid.multiple as usize).is_multiple_of(multiple) {
            return Err(format!(
                "latent pixels of a mask in multiples of {} for a network in multiples of {multiple}",
                self.masks.grid.multiple
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_sound_and_survive_their_file() {
        for preset in [Preset::Live, Preset::Teacher, Preset::Paper] {
            let config = RunConfig::preset(preset);
            assert_eq!(config.check(), Ok(()));
            let json = serde_json::to_string(&config).unwrap();
            assert_eq!(serde_json::from_str::<RunConfig>(&json).unwrap(), config);
            for stage in [Stage::Pretrain, Stage::Masks, Stage::Finetune] {
                let config = RunConfig::of(preset, stage);
                assert_eq!((config.check(), config.stage), (Ok(()), stage));
            }
        }
        let small = RunConfig::of(Preset::PaperSmall, Stage::Masks);
        assert_eq!((small.check(), small.stage), (Ok(()), Stage::Masks));
        for preset in
            [Preset::PaperSmall, Preset::RetreeSmall, Preset::RetreePaper, Preset::LdmSmall, Preset::LdmPaper]
        {
            for stage in [Stage::Pretrain, Stage::Finetune] {
                let config = RunConfig::of(preset, stage);
                assert_eq!((config.check(), config.stage, config.preset), (Ok(()), stage, preset));
                let json = serde_json::to_string(&config).unwrap();
                assert_eq!(RunConfig::from_json(&json).unwrap(), config);
                assert_eq!(serde_json::to_value(preset).unwrap(), preset.word());
            }
            let segmenting = RunConfig::of(preset, Stage::Segment);
            assert_eq!((segmenting.check(), segmenting.baseline), (Ok(()), None));
        }
        let distilled = RunConfig { stage: Stage::Distill, ..RunConfig::preset(Preset::RetreeSmall) };
        assert!(distilled.check().unwrap_err().contains("no stage of Retree"));
        let masks = RunConfig::from_json(r#"{"stage": "masks", "steps": 9}"#).unwrap();
        assert_eq!(masks, RunConfig { steps: 9, ..RunConfig::of(Preset::Live, Stage::Masks) });
        assert_eq!(RunConfig::from_json(r#"{"steps": 7}"#).unwrap().stage, Stage::Finetune);
        let partial: RunConfig = serde_json::from_str(r#"{"steps": 7}"#).unwrap();
        // Runs that were begun before lesions could count more, and before every scan was seen at the same noise
        // levels, go on without.
        let before = RunConfig { lesion_weight: 1.0, validation_levels: 0, ..RunConfig::live() };
        assert_eq!(partial, RunConfig { steps: 7, ..before });
        assert!(serde_json::from_str::<RunConfig>(r#"{"stepz": 7}"#).is_err());
        assert!(RunConfig::from_json(r#"{"stepz": 7}"#).unwrap_err().contains("stepz"));
    }

    #[test]
    fn a_file_of_a_few_settings_is_its_preset_but_for_them() {
        let of = |json: &str| RunConfig::from_json(json).unwrap();
        assert_eq!(of(r#"{"preset": "paper"}"#), RunConfig::paper());
        assert_eq!(of(r#"{"preset": "teacher", "stage": "pretrain"}"#).stage, Stage::Pretrain);
        let wide = of(r#"{"network": {"widths": [64, 96, 128]}, "drm": {"apply_probability": 0.2}}"#);
        let live = RunConfig::live();
        assert_eq!(wide.network, UNetConfig { widths: vec![64, 96, 128], ..live.network.clone() });
        assert_eq!(wide.drm, Drm { apply_probability: 0.2, ..live.drm });
        let linear = r#"{"kind": "linear_beta", "steps": 500, "beta_start": 0.0001, "beta_end": 0.02,
            "zero_terminal_snr": true}"#;
        assert!(matches!(
            of(&format!(r#"{{"schedule": {linear}, "prediction": "v"}}"#)),
            RunConfig { schedule: Schedule::LinearBeta { steps: 500, .. }, prediction: Prediction::V, .. }
        ));
        let residual = of(r#"{"prediction": {"residual": {"deviation": 0.2}}}"#);
        assert_eq!(residual.prediction, Prediction::Residual { deviation: 0.2, mean: 0.0 });
        for wrong in [r#"{"network": 3}"#, r#"{"network": {"widthz": []}}"#, r#"{"preset": "large"}"#] {
            let message = RunConfig::from_json(wrong).unwrap_err();
            assert!(message.len() < 320 && !message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn new_runs_that_draw_validate_at_eight_noise_levels_and_old_ones_as_before() {
        let of = |json: &str| RunConfig::from_json(json).unwrap().validation_levels;
        for preset in ["live", "teacher", "paper", "paper-small", "retree-small", "ldm-small"] {
            assert_eq!(of(&format!(r#"{{"preset": "{preset}"}}"#)), 8, "{preset}");
        }
        for preset in [Preset::Live, Preset::Teacher, Preset::Paper, Preset::PaperSmall] {
            assert_eq!(RunConfig::of(preset, Stage::Masks).validation_levels, 8);
        }
        // What a segmenter is, and an autoencoder, knows no such levels.
        assert_eq!(RunConfig::of(Preset::LdmSmall, Stage::Pretrain).validation_levels, 0);
        assert_eq!(RunConfig::of(Preset::Live, Stage::Segment).validation_levels, 0);
        let of_run = RunConfig::from_record(r#"{"version": 1, "preset": "live"}"#).unwrap();
        assert_eq!(of_run.validation_levels, 0, "written by a program that had no such setting");
    }

    #[test]
    fn the_paper_preset_trains_the_papers_network_on_one_plane() {
        let config = RunConfig::paper();
        assert_eq!(config.network, UNetConfig::paper());
        assert_eq!((config.labels.plane_count(), config.mapping.fixed_size), (1, Some([480, 480])));
        let masks = RunConfig::of(Preset::Paper, Stage::Masks);
        assert_eq!(masks.mapping, Mapping { fixed_size: None, ..Mapping::paper() });
        // A run that was begun with ten one-hot planes goes on with them: its folder says so.
        let mut before = serde_json::to_value(&config).unwrap();
        before["labels"] = serde_json::json!({ "planes": LabelScheme::studio().classes });
        before["network"]["condition_channels"] = 10.into();
        let before: RunConfig = serde_json::from_value(before).unwrap();
        assert_eq!((before.labels.clone(), before.check()), (LabelScheme::studio(), Ok(())));
    }

    #[test]
    fn the_learning_rate_warms_up_and_falls_to_zero() {
        let config = RunConfig { steps: 1100, ..RunConfig::live() };
        assert!((config.learning_rate_at(0) - 6e-6).abs() < 1e-12);
        assert!((config.learning_rate_at(99) - 6e-4).abs() < 1e-12);
        assert!((config.learning_rate_at(600) - 3e-4).abs() < 1e-12);
        assert!(config.learning_rate_at(1099) < 1e-8);
        assert_eq!(RunConfig::paper().learning_rate_at(98_999), 1e-5);
        assert!((config.ema_decay_at(0) - 0.1).abs() < 1e-12);
        assert_eq!(config.ema_decay_at(100_000), 0.999);
    }
}
