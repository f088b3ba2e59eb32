//! What the model file of a run says of it, and how it is written.

use std::path::Path;

use serde_json::{Value, json};

use super::config::{RunConfig, Stage};
use super::learner::Learner;
use super::lineage::Lineage;
use super::source::DataSummary;
use crate::diffusion::baseline::BaselineInfo;
use crate::diffusion::baseline::file::{self as baseline_file, BASELINE_FILE_VERSION, BaselineTag};
use crate::diffusion::model_file::{
    self, MaskModel, ModelFileError, ModelInfo, ModelKind, Normalisation, Precision,
};
use crate::encoding::style::StyleModel;
use crate::nn::{Baseline, Segmenter, UNet};
use crate::segmentation::segmenter_file::{self, SEGMENTER_FILE_VERSION, SegmenterInfo, SegmenterTag};

/// A run as it is now.
pub(super) struct Facts<'a> {
    pub config: &'a RunConfig,
    pub summary: &'a DataSummary,
    /// The runs that went into this one.
    pub lineage: &'a Lineage,
    pub style: Option<&'a StyleModel>,
    /// Steps done.
    pub step: u64,
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

/// What every model file says of its training, and what its kind of network says beside it.
fn training_facts(facts: &Facts, of_its_kind: Value) -> Value {
    let (config, summary) = (facts.config, facts.summary);
    let mut training = json!({
        "stage": config.stage.name(),
        "steps": facts.step,
        "of_steps": config.steps,
        "batch": config.batch,
        "seed": config.seed,
        "learning_rate": config.learning_rate,
        "arithmetic": config.arithmetic,
        "ema_decay": config.ema_decay,
        "validation_loss": facts.validated.map(|(_, loss)| loss),
        "validation_step": facts.validated.map(|(step, _)| step),
        "sources": summary.sources,
        "credits": summary.credits,
        "training_subjects": facts.lineage.subjects_with(&summary.training_subjects),
        "validation_subjects": summary.validation_subjects,
        "training_scans": summary.training_scans,
        "pseudo_labelled_scans": summary.pseudo_labelled_scans,
    });
    if let (Value::Object(training), false) = (&mut training, facts.lineage.ancestors.is_empty()) {
        training.insert("lineage".to_owned(), json!(facts.lineage.ancestors));
    }
    if let (Value::Object(training), Value::Object(of_its_kind)) = (&mut training, of_its_kind) {
        training.extend(of_its_kind);
    }
    training
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
        training: training_facts(
            facts,
            json!({
                "from": config.from,
                "teacher_sha256": config.teacher_sha256,
                "distillation": (config.stage == Stage::Distill).then_some(config.distillation),
                "mask_dropout": config.mask_dropout,
                "style_dropout": (config.style.components > 0).then_some(config.style.dropout),
                "lesion_edges": (!is_mask).then_some(config.lesion_edges),
                "high_noise": (!is_mask && config.high_noise.share > 0.0).then_some(config.high_noise),
                "wide": (!is_mask && config.wide.every > 0).then_some(config.wide),
                "accumulation": config.accumulation,
                "mask_augmentation": is_mask.then_some(&config.masks.augmentation),
                "strip_px": (!is_mask).then_some([config.crop_columns, config.crop_rows]),
                "lesion_weight": (!is_mask).then_some(config.lesion_weight),
                "weights": match config.ema_decay > 0.0 {
                    true => "exponential moving average",
                    false => "of the last step",
                },
                "drm": matches!(config.stage, Stage::Finetune | Stage::Distill).then_some(config.drm),
                "augmentation": (!is_mask).then_some(&config.augmentation),
            }),
        ),
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
        training: training_facts(
            facts,
            json!({
                "from": config.from,
                "accumulation": config.accumulation,
                "strip_px": [config.crop_columns, config.crop_rows],
                "augmentation": &config.augmentation,
                "repeats": task.repeats,
            }),
        ),
        tensors_sha256: String::new(),
    }
}

fn segmenter_info(facts: &Facts) -> SegmenterInfo {
    let config = facts.config;
    let network = &config.segmenter.network;
    SegmenterInfo {
        version: SEGMENTER_FILE_VERSION,
        kind: SegmenterTag::Segmenter,
        name: format!("{} segmenter {} steps", network.kind().word(), facts.step),
        network: network.clone(),
        labels: config.labels.clone(),
        mapping: config.mapping.clone(),
        normalisation: Normalisation::MinusOneToOne,
        training: training_facts(
            facts,
            json!({
                "accumulation": config.accumulation,
                "strip_px": [config.crop_columns, config.crop_rows],
                "loss": config.segmenter.loss,
                "lesion_weight": config.lesion_weight,
                "augmentation": &config.augmentation,
                "validation_dice": facts.dice.map(|(mean, _)| mean),
                "validation_dice_fluid": facts.dice.and_then(|(_, fluid)| fluid),
            }),
        ),
        tensors_sha256: String::new(),
    }
}
