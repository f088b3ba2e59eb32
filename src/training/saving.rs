//! What the model file of a run says of it, and how it is written.

use std::path::Path;

use super::config::{RunConfig, Stage};
use super::learner::Learner;
use super::lineage::Lineage;
use super::segmenting::LabelResize;
use super::source::DataSummary;
use crate::diffusion::baseline::BaselineInfo;
use crate::diffusion::baseline::file::{self as baseline_file, BASELINE_FILE_VERSION, BaselineTag};
use crate::diffusion::model_file::{
    self, MaskModel, ModelFileError, ModelInfo, ModelKind, Normalisation, Precision,
};
use crate::diffusion::stated::Stated;
use crate::diffusion::training_summary::{Ancestors, Names, SavedWeights, TrainingSummary};
use crate::encoding::style::StyleModel;
use crate::nn::{Baseline, Segmenter, UNet};
use crate::segmentation::segmenter_file::{self, SegmenterInfo};

/// A run as it is now.
pub(super) struct Facts<'a> {
    pub config: &'a RunConfig,
    pub summary: &'a DataSummary,
    /// The runs that went into this one.
    pub lineage: &'a Lineage,
    pub style: Option<&'a StyleModel>,
    /// Steps done.
    pub step: u64,
    /// Those of them that changed nothing.
    pub skipped_steps: u64,
    /// The step of the newest validation loss, and the loss.
    pub validated: Option<(u64, f64)>,
    /// Of a segmenter, at the same step: mean Dice of the classes that are not background, and of fluid.
    pub dice: Option<(f64, Option<f64>)>,
}

/// A network with a model file of its own.
pub(super) trait Saved: Learner {
    /// Writes the model file, in half precision.
    fn save(&self, path: &Path, facts: &Facts) -> Result<(), ModelFileError>;
}

impl Saved for UNet {
    fn save(&self, path: &Path, facts: &Facts) -> Result<(), ModelFileError> {
        model_file::save(path, self, &drawing_info(facts), Precision::F16)
    }
}

impl Saved for Segmenter {
    fn save(&self, path: &Path, facts: &Facts) -> Result<(), ModelFileError> {
        segmenter_file::save(path, self, &segmenter_info(facts), Precision::F16)
    }
}

impl Saved for Baseline {
    fn save(&self, path: &Path, facts: &Facts) -> Result<(), ModelFileError> {
        baseline_file::save(path, self, &baseline_info(facts), Precision::F16)
    }
}

/// What every model file says of its training.
fn training_facts(facts: &Facts) -> TrainingSummary {
    let (config, summary) = (facts.config, facts.summary);
    let (step, loss) = facts.validated.unzip();
    let ancestors = &facts.lineage.ancestors;
    TrainingSummary {
        stage: config.stage.into(),
        steps: facts.step.into(),
        of_steps: config.steps.into(),
        skipped_steps: facts.skipped_steps.into(),
        batch: config.batch.into(),
        accumulation: config.accumulation.into(),
        seed: config.seed.into(),
        learning_rate: config.learning_rate.into(),
        arithmetic: config.arithmetic.into(),
        ema_decay: config.ema_decay.into(),
        validation_loss: loss.into(),
        validation_step: step.into(),
        sources: Names(summary.sources.clone()).into(),
        credits: Names(summary.credits.clone()).into(),
        training_subjects: Names(facts.lineage.subjects_with(&summary.training_subjects)).into(),
        validation_subjects: Names(summary.validation_subjects.clone()).into(),
        training_scans: summary.training_scans.into(),
        pseudo_labelled_scans: summary.pseudo_labelled_scans.into(),
        // A run that began with nothing has no such key.
        lineage: match ancestors.is_empty() {
            true => Stated::default(),
            false => Ancestors(ancestors.clone()).into(),
        },
        ..TrainingSummary::default()
    }
}

/// What the file of a network that draws says beside that. What its stage does not know is `null`.
fn drawing_facts(facts: &Facts) -> TrainingSummary {
    let config = facts.config;
    let is_mask = config.stage == Stage::Masks;
    let knows_drm = matches!(config.stage, Stage::Finetune | Stage::Distill);
    let has_high_noise = !is_mask && config.high_noise.share > 0.0;
    let has_wide_strips = !is_mask && config.wide.every > 0;
    TrainingSummary {
        from: config.from.clone().into(),
        teacher_sha256: config.teacher_sha256.clone().into(),
        distillation: Stated::of_settings((config.stage == Stage::Distill).then_some(config.distillation)),
        mask_dropout: config.mask_dropout.into(),
        style_dropout: (config.style.components > 0).then_some(config.style.dropout).into(),
        lesion_edges: (!is_mask).then_some(config.lesion_edges).into(),
        high_noise: Stated::of_settings(has_high_noise.then_some(config.high_noise)),
        wide: Stated::of_settings(has_wide_strips.then_some(config.wide)),
        mask_augmentation: Stated::of_settings(is_mask.then_some(&config.masks.augmentation)),
        strip_px: (!is_mask).then_some([config.crop_columns, config.crop_rows]).into(),
        lesion_weight: (!is_mask).then_some(config.lesion_weight).into(),
        weights: match config.ema_decay > 0.0 {
            true => SavedWeights::Average.into(),
            false => SavedWeights::LastStep.into(),
        },
        drm: knows_drm.then_some(config.drm).into(),
        augmentation: Stated::of_settings((!is_mask).then_some(&config.augmentation)),
        ..training_facts(facts)
    }
}

/// The description of a network that draws.
pub(super) fn drawing_info(facts: &Facts) -> ModelInfo {
    let config = facts.config;
    let preset = config.preset.word();
    let is_mask = config.stage == Stage::Masks;
    ModelInfo {
        version: model_file::MODEL_FILE_VERSION,
        name: match config.stage {
            Stage::Finetune => format!("{preset} {} steps", facts.step),
            stage => format!("{preset} {} {} steps", stage.name(), facts.step),
        },
        kind: if is_mask { ModelKind::Mask } else { ModelKind::Image },
        mask: is_mask.then_some(MaskModel { coding: config.masks.coding, grid: config.masks.grid }),
        preset: preset.to_owned(),
        network: config.network.clone(),
        labels: config.labels.clone(),
        mapping: config.mapping.clone(),
        normalisation: Normalisation::MinusOneToOne,
        schedule: config.schedule,
        prediction: config.prediction,
        style: facts.style.cloned(),
        shadow: config.style.shadow && !is_mask,
        training: drawing_facts(facts),
        tensors_sha256: String::new(),
    }
}

/// The description of a compared method's network.
pub(super) fn baseline_info(facts: &Facts) -> BaselineInfo {
    let config = facts.config;
    let task = config.baseline.as_ref().expect("a run of a compared method");
    BaselineInfo {
        version: BASELINE_FILE_VERSION,
        kind: BaselineTag::Baseline,
        name: format!("{} {} steps", task.network.name(), facts.step),
        preset: config.preset.word().to_owned(),
        network: task.network.clone(),
        labels: config.labels.clone(),
        mapping: config.mapping.clone(),
        normalisation: Normalisation::MinusOneToOne,
        schedule: config.schedule,
        training: TrainingSummary {
            from: config.from.clone().into(),
            strip_px: [config.crop_columns, config.crop_rows].into(),
            augmentation: Stated::of_settings(Some(&config.augmentation)),
            repeats: task.repeats.into(),
            adversary: match &task.adversary {
                Some(adversary) => Stated::of_settings(Some(adversary)),
                None => Stated::default(),
            },
            perceptual: match &task.perceptual {
                Some(term) => Stated::of_settings(Some(term)),
                None => Stated::default(),
            },
            leaves_early: match task.leaves_early {
                true => true.into(),
                false => Stated::default(),
            },
            ..training_facts(facts)
        },
        tensors_sha256: String::new(),
    }
}

fn segmenter_info(facts: &Facts) -> SegmenterInfo {
    let config = facts.config;
    let network = &config.segmenter.network;
    let name = format!("{} segmenter {} steps", network.kind().word(), facts.step);
    SegmenterInfo {
        labels: config.labels.clone(),
        training: TrainingSummary {
            strip_px: [config.crop_columns, config.crop_rows].into(),
            loss: Stated::of_settings(Some(config.segmenter.loss)),
            label_resize: match config.segmenter.label_resize {
                LabelResize::Nearest => Stated::default(),
                other => Stated::of_settings(Some(other)),
            },
            lesion_weight: config.lesion_weight.into(),
            augmentation: Stated::of_settings(Some(&config.augmentation)),
            validation_dice: facts.dice.map(|(mean, _)| mean).into(),
            validation_dice_fluid: facts.dice.and_then(|(_, fluid)| fluid).into(),
            ..training_facts(facts)
        },
        ..SegmenterInfo::untrained(name, network.clone(), config.mapping.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// The summary's keys in the order of the file, and those of them that are `null`.
    fn keys(summary: TrainingSummary) -> [String; 2] {
        let Value::Object(object) = Value::from(summary) else { panic!("a summary is an object") };
        let is_null = |(key, value): (&String, &Value)| value.is_null().then(|| key.clone());
        let all: Vec<String> = object.keys().cloned().collect();
        let null: Vec<String> = object.iter().filter_map(is_null).collect();
        [all.join(" "), null.join(" ")]
    }

    #[test]
    fn files_state_what_their_kind_of_network_has() {
        let summary = DataSummary {
            sources: vec!["phantom".to_owned()],
            credits: Vec::new(),
            training_subjects: vec!["a".to_owned()],
            validation_subjects: Vec::new(),
            training_scans: 3,
            pseudo_labelled_scans: 0,
        };
        let (live, lineage) = (RunConfig::live(), Lineage::default());
        let facts = Facts {
            config: &live,
            summary: &summary,
            lineage: &lineage,
            style: None,
            step: 6,
            skipped_steps: 2,
            validated: None,
            dice: None,
        };
        let [all, null] = keys(drawing_info(&facts).training);
        assert_eq!(
            all,
            "accumulation arithmetic augmentation batch credits distillation drm ema_decay from high_noise \
             learning_rate lesion_edges lesion_weight mask_augmentation mask_dropout of_steps pseudo_labelled_scans \
             seed skipped_steps sources stage steps strip_px style_dropout teacher_sha256 training_scans training_subjects \
             validation_loss validation_step validation_subjects weights wide"
        );
        let nothing = ["distillation", "from", "mask_augmentation", "teacher_sha256", "validation_loss"];
        assert!(nothing.iter().all(|key| null.contains(key)), "{null}");

        let segmenting = RunConfig { stage: Stage::Segment, ..live.clone() };
        let segmenter =
            Facts { config: &segmenting, validated: Some((6, 0.5)), dice: Some((0.75, None)), ..facts };
        let training = segmenter_info(&segmenter).training;
        assert_eq!(training.skipped_steps.copied(), Some(2));
        assert_eq!(
            (training.stage.copied(), training.validation_loss.copied()),
            (Some(Stage::Segment), Some(0.5))
        );
        assert_eq!(training.trained_on(), ["a"]);
        let [all, null] = keys(training);
        assert_eq!(
            all,
            "accumulation arithmetic augmentation batch credits ema_decay learning_rate lesion_weight loss of_steps \
             pseudo_labelled_scans seed skipped_steps sources stage steps strip_px training_scans training_subjects \
             validation_dice validation_dice_fluid validation_loss validation_step validation_subjects"
        );
        assert_eq!(null, "validation_dice_fluid");
    }
}
