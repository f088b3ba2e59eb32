//! Which settings the form shows: the usual ones first, and of every stage only what its runs read.

use serde_json::Value;

use crate::training::config::Stage;

/// Fields that stand at the top, in this order; those a configuration lacks are left out.
pub(super) const USUAL: [&str; 12] = [
    "steps",
    "batch",
    "accumulation",
    "arithmetic",
    "gradient_checkpointing",
    "learning_rate",
    "crop_columns",
    "seed",
    "validate_every",
    "sample_every",
    "checkpoint_minutes",
    "memorisation_stop",
];
/// Fields that are not the user's to change.
const HIDDEN: [&str; 5] = ["version", "preset", "stage", "from", "teacher_sha256"];
/// What a segmenter's run does not read: it draws nothing, and it computes in single precision.
const OF_DRAWING: [&str; 13] = [
    "arithmetic",
    "wide",
    "high_noise",
    "min_snr_gamma",
    "network",
    "schedule",
    "prediction",
    "drm",
    "mask_dropout",
    "style",
    "validation_levels",
    "sample_steps",
    "memorisation_stop",
];
/// Which network a segmenter is: chosen with its whole recipe, for the rest of the recipe goes with it.
const NETWORK_KIND: &str = "/segmenter/network/kind";

/// Whether the form of a stage shows the field at a path such as `/drm/value`, or anything inside of it.
pub(super) fn is_shown(stage: Option<Stage>, path: &str, value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| is_shown(stage, &format!("{path}/{name}"), value))
        }
        _ => path != NETWORK_KIND && is_read(stage, path),
    }
}

/// Whether runs of a stage read the field at a path, and the user may change it.
fn is_read(stage: Option<Stage>, path: &str) -> bool {
    let outermost = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    match outermost {
        name if HIDDEN.contains(&name) => false,
        "masks" => stage == Some(Stage::Masks),
        "distillation" => stage == Some(Stage::Distill),
        "segmenter" => stage == Some(Stage::Segment),
        name => stage != Some(Stage::Segment) || !OF_DRAWING.contains(&name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::SegmenterKind;
    use crate::training::{Preset, RunConfig};

    /// The outermost settings that the form of a configuration shows.
    fn shown(config: &RunConfig) -> Vec<String> {
        let values = serde_json::to_value(config).unwrap();
        let Value::Object(fields) = &values else { panic!("settings by name") };
        let is_there =
            |(name, value): &(&String, &Value)| is_shown(Some(config.stage), &format!("/{name}"), value);
        fields.iter().filter(is_there).map(|(name, _)| name.clone()).collect()
    }

    #[test]
    fn names_are_those_of_the_configuration() {
        let values = serde_json::to_value(RunConfig::live()).unwrap();
        for name in USUAL.iter().chain(&HIDDEN).chain(&OF_DRAWING) {
            assert!(values.get(name).is_some(), "{name}");
        }
        assert!(values.pointer(NETWORK_KIND).is_some());
    }

    #[test]
    fn a_stage_shows_what_its_runs_read() {
        let has = |config: &RunConfig, name: &str| shown(config).iter().any(|shown| shown == name);
        for stage in [Stage::Pretrain, Stage::Masks, Stage::Finetune, Stage::Distill] {
            let config = RunConfig::of(Preset::Live, stage);
            let of_stage = ["masks", "distillation", "segmenter"].map(|name| has(&config, name));
            assert_eq!(of_stage, [stage == Stage::Masks, stage == Stage::Distill, false], "{stage:?}");
            assert!(has(&config, "drm") && has(&config, "network") && !has(&config, "version"));
        }
        let segmenter = RunConfig::segmenter(SegmenterKind::Relaynet);
        for name in OF_DRAWING.into_iter().chain(HIDDEN).chain(["masks", "distillation"]) {
            assert!(!has(&segmenter, name), "{name}");
        }
        for name in ["steps", "batch", "learning_rate", "mapping", "labels", "augmentation", "segmenter"] {
            assert!(has(&segmenter, name), "{name}");
        }
    }

    #[test]
    fn a_segmenters_kind_is_no_field_and_a_group_of_nothing_is_not_shown() {
        let network = |kind: SegmenterKind| {
            let values = serde_json::to_value(RunConfig::segmenter(kind)).unwrap();
            is_shown(Some(Stage::Segment), "/segmenter/network", &values["segmenter"]["network"])
        };
        assert!(network(SegmenterKind::Small) && network(SegmenterKind::Gdnet));
        assert!(!network(SegmenterKind::Unet));
    }
}
