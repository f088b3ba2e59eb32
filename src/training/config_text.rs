//! Configurations as people write them, a file of a few settings with the rest as in its preset, and as runs keep them;
//! and a line that says which setting is wrong.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::config::{CONFIG_VERSION, Preset, RunConfig, Stage, check_version};

/// Most characters of a message about a configuration.
const MAX_MESSAGE_CHARS: usize = 300;
/// What serde calls things, and what people do.
const WORDS: [(&str, &str); 9] = [
    ("expected u64", "expected a whole number"),
    ("expected u32", "expected a whole number"),
    ("expected usize", "expected a whole number"),
    ("expected f64", "expected a number"),
    ("expected f32", "expected a number"),
    ("expected a boolean", "expected true or false"),
    ("expected a sequence", "expected a list"),
    ("invalid type: ", "found "),
    ("invalid value: ", "found "),
];

/// Settings that had another name in files and arguments of before: their part, the name then, and that of today.
const RENAMED: [(&str, &str, &str); 1] = [("distillation", "lesson", "target")];

/// What programs leave out of their files where it is nothing or at its simplest, by the part that it belongs to ("" is
/// the whole).
const LEFT_OUT: [(&str, &str); 6] = [
    ("", "baseline"),
    ("labels", "coding"),
    ("mapping", "fixed_size"),
    ("network", "detail_filters"),
    ("network", "style_channels"),
    ("residual", "mean"),
];
/// Parts that stand for themselves where a file has all of them: what it leaves out of them, it left out for being
/// nothing. (Labels and a prediction say so little that people write all of it to change one thing.)
const WHOLE_PARTS: [&str; 3] = ["", "mapping", "network"];

/// Whether programs leave a setting of a part out of their files where it is nothing.
pub(super) fn is_left_out(part: &str, name: &str) -> bool {
    LEFT_OUT.contains(&(part, name))
}

/// What a setting of a part is called today.
pub(super) fn name_of_today<'a>(part: &str, name: &'a str) -> &'a str {
    let renamed = RENAMED.iter().find(|(of, before, _)| (*of, *before) == (part, name));
    renamed.map_or(name, |&(.., today)| today)
}

/// Gives settings their names of today, by which a preset's are found. Of one under both names serde says so.
fn rename(settings: &mut Map<String, Value>) {
    for (part, before, today) in RENAMED {
        if let Some(Value::Object(part)) = settings.get_mut(part)
            && !part.contains_key(today)
            && let Some(value) = part.remove(before)
        {
            part.insert(today.to_owned(), value);
        }
    }
}

/// What is wrong with a configuration: in words, and cut where serde lists everything it knows.
pub(super) fn one_line(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    for (machine, word) in WORDS {
        text = text.replace(machine, word);
    }
    if let Some((found, _)) = text.split_once("expected struct ") {
        text = format!("{found}expected settings in braces");
    }
    if text.starts_with("unknown field ")
        && text.len() > MAX_MESSAGE_CHARS
        && let Some((found, _)) = text.split_once(", expected ")
    {
        return format!("{found}; `retidiff train --print-config` shows those there are");
    }
    match text.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// Puts the parts of `given` in the place of those of `whole`, objects part by part; `part` is what holds them. A value
/// that says which of several things it is (`kind`, or the only key of an enum) replaces the whole.
fn merge(whole: &mut Value, given: Value, part: &str) {
    use Value::Object;
    match (whole, given) {
        (Object(whole), Object(given))
            if is_another_kind(whole, &given)
                || (WHOLE_PARTS.contains(&part) && is_all(whole, &given, part)) =>
        {
            *whole = given;
        }
        (Object(whole), Object(given)) if given.keys().all(|key| whole.contains_key(key)) => {
            for (name, value) in given {
                merge(&mut whole[&name], value, &name);
            }
        }
        (Object(whole), Object(given)) if is_settings(whole) => {
            // An unknown name: serde says which ones there are.
            whole.extend(given);
        }
        (whole, given) => *whole = given,
    }
}

/// Whether both say which of several things they are, and not the same.
fn is_another_kind(whole: &Map<String, Value>, given: &Map<String, Value>) -> bool {
    matches!((whole.get("kind"), given.get("kind")), (Some(whole), Some(given)) if whole != given)
}

/// Whether `given` has all that programs write where `whole` stands, however deep.
fn is_all(whole: &Map<String, Value>, given: &Map<String, Value>, part: &str) -> bool {
    is_another_kind(whole, given)
        || whole.iter().all(|(name, value)| match (value, given.get(name)) {
            (_, None) => is_left_out(part, name),
            (Value::Object(value), Some(Value::Object(given))) => is_all(value, given, name),
            (_, Some(_)) => true,
        })
}

/// Whether an object holds settings by name, and is no enum's.
fn is_settings(object: &Map<String, Value>) -> bool {
    object.len() > 1 && !object.contains_key("kind")
}

/// The first of the settings given that the rest cannot be read with, as a path, and what is wrong with it.
fn first_wrong(whole: &Value, given: &Map<String, Value>, inside: &[&str]) -> Option<(String, String)> {
    given.iter().find_map(|(name, value)| {
        let path: Vec<&str> = inside.iter().copied().chain([name.as_str()]).collect();
        let mut alone = value.clone();
        for part in path.iter().rev() {
            alone = Value::Object(Map::from_iter([((*part).to_owned(), alone)]));
        }
        let mut changed = whole.clone();
        merge(&mut changed, alone, "");
        let error = serde_json::from_value::<RunConfig>(changed).err()?;
        let deeper = value.as_object().filter(|_| path.len() < 4);
        let deeper = deeper.and_then(|parts| first_wrong(whole, parts, &path));
        Some(deeper.unwrap_or_else(|| (path.join("."), one_line(&error))))
    })
}

/// The settings of a text.
fn settings_of(text: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_str::<Value>(text).map_err(|error| one_line(&error))? {
        Value::Object(settings) => Ok(settings),
        _ => Err("a configuration is settings in braces, such as {\"steps\": 2000}".to_owned()),
    }
}

/// One of them by itself.
fn setting<T: DeserializeOwned>(settings: &Map<String, Value>, name: &str) -> Result<Option<T>, String> {
    let value = settings.get(name).map(T::deserialize).transpose();
    value.map_err(|error: serde_json::Error| format!("{name}: {}", one_line(&error)))
}

impl RunConfig {
    /// From JSON as people write it. What it leaves out, however deep, is as in its preset and stage (`live` and
    /// `finetune` unless said there), whether it has a version or not. One that leaves nothing out, as
    /// `--print-config` writes it, is what it says.
    ///
    /// # Errors
    /// If it is no JSON of a configuration; a message of one line that names the setting.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let mut settings = settings_of(text)?;
        rename(&mut settings);
        // First: a newer program may have presets that this one lacks.
        check_version(setting(&settings, "version")?.unwrap_or(CONFIG_VERSION))?;
        let preset: Option<Preset> = setting(&settings, "preset")?;
        let stage: Option<Stage> = setting(&settings, "stage")?;
        let preset = Self::of(preset.unwrap_or(Preset::Live), stage.unwrap_or_default());
        let preset = serde_json::to_value(preset).map_err(|error| one_line(&error))?;
        let mut whole = preset.clone();
        merge(&mut whole, Value::Object(settings.clone()), "");
        serde_json::from_value(whole).map_err(|error| match first_wrong(&preset, &settings, &[]) {
            Some((name, wrong)) => format!("{name}: {wrong}"),
            None => one_line(&error),
        })
    }

    /// From JSON that a program wrote of a run, perhaps an earlier one: what it does not know yet is as it was then,
    /// whatever the run's preset says today.
    ///
    /// # Errors
    /// If it is no JSON of a configuration; a message of one line that names the setting.
    pub fn from_record(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).or_else(|error| {
            let settings = settings_of(text)?;
            check_version(setting(&settings, "version")?.unwrap_or(CONFIG_VERSION))?;
            // Each by itself, for none needs another.
            let wrong = settings.into_iter().find_map(|(name, value)| {
                let alone = Value::Object(Map::from_iter([(name.clone(), value)]));
                let error = serde_json::from_value::<Self>(alone).err()?;
                Some(format!("{name}: {}", one_line(&error)))
            });
            Err(wrong.unwrap_or_else(|| one_line(&error)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::Prediction;
    use crate::encoding::labels::Coding;
    use crate::nn::{SegmenterKind, UNetConfig};
    use crate::training::distillation::DistillationTarget;
    use crate::training::{SegmentTask, StyleSettings};

    #[test]
    fn a_wrong_setting_is_named_in_one_line() {
        // A version changes nothing of it.
        for version in ["", r#""version": 1, "#] {
            let wrong = |json: &str| {
                RunConfig::from_json(&json.replacen('{', &format!("{{{version}"), 1)).unwrap_err()
            };
            assert_eq!(
                wrong(r#"{"steps": "many"}"#),
                "steps: found string \"many\", expected a whole number"
            );
            assert_eq!(wrong(r#"{"network": 3}"#), "network: found integer `3`, expected settings in braces");
            assert!(wrong(r#"{"network": {"widths": 3}}"#).starts_with("network.widths: found integer `3`"));
            assert!(
                wrong(r#"{"drm": {"apply_probability": "often"}}"#).starts_with("drm.apply_probability: ")
            );
            let unknown = wrong(r#"{"stepz": 1}"#);
            assert!(unknown.starts_with("stepz: unknown field `stepz`"), "{unknown}");
            assert!(unknown.ends_with("`retidiff train --print-config` shows those there are"), "{unknown}");
            assert!(wrong(r#"{"preset": "large"}"#).starts_with("preset: unknown variant `large`"));
            assert!(wrong(r#"{"stage": 3}"#).starts_with("stage: "));
            for json in [r#"{"network": {"widthz": []}}"#, r#"{"schedule": {"kind": "x"}}"#] {
                let message = wrong(json);
                assert!(message.len() < 340 && !message.contains('\n'), "{message}");
            }
        }
        let wrong = |json: &str| RunConfig::from_json(json).unwrap_err();
        assert!(wrong("[1]").contains("in braces") && wrong("{").contains("line 1"));
        let newer = wrong(r#"{"version": 9, "preset": "of tomorrow"}"#);
        assert_eq!(newer, "it has version 9, this program reads 1: update it");
        // A whole file, as a run writes it, with one wrong value in it.
        let mut whole = serde_json::to_value(RunConfig::live()).unwrap();
        whole["network"]["widths"] = "wide".into();
        let whole = whole.to_string();
        for message in
            [RunConfig::from_json(&whole).unwrap_err(), RunConfig::from_record(&whole).unwrap_err()]
        {
            assert!(message.starts_with("network") && message.contains("found string \"wide\""), "{message}");
        }
    }

    #[test]
    fn a_version_leaves_the_rest_as_in_preset_and_stage() {
        let of = |json: &str| RunConfig::from_json(json).unwrap();
        let live = RunConfig::live();
        assert_eq!(of(r#"{"version": 1, "preset": "paper"}"#), RunConfig::paper());
        assert_eq!(of(r#"{"version": 1, "stage": "masks"}"#), RunConfig::of(Preset::Live, Stage::Masks));
        let narrow = of(r#"{"version": 1, "network": {"widths": [8, 8]}}"#);
        assert_eq!(narrow.network, UNetConfig { widths: vec![8, 8], ..live.network.clone() });
        let remedy = "network: attention has 3 values and widths 2: give both one for each level";
        assert_eq!(narrow.check(), Err(remedy.to_owned()));
        assert_eq!(of(r#"{"version": 1, "lesion_edges": true}"#), RunConfig { lesion_edges: true, ..live });
        // Settings that an earlier program did not know: a person's file takes them from the preset, a run's own does not.
        let before = r#"{"version": 1, "preset": "teacher", "steps": 5}"#;
        assert_eq!(of(before), RunConfig { steps: 5, ..RunConfig::teacher() });
        let of_run = RunConfig::from_record(before).unwrap();
        assert_eq!((of_run.lesion_weight, of_run.validation_levels, of_run.steps), (1.0, 0, 5));
        assert_eq!(of_run.style, StyleSettings::default());
        // The file that bundled models are trained with names what it changes, and means what it meant.
        let bundled = include_str!("../../scripts/image-model.json");
        assert_eq!(of(bundled), RunConfig::from_record(bundled).unwrap());
    }

    #[test]
    fn a_setting_is_found_by_the_name_that_it_had_before() {
        let config = RunConfig::of(Preset::Live, Stage::Distill)
            .with_setting("distillation.lesson", "consistency")
            .unwrap();
        assert_eq!(config.distillation.target, DistillationTarget::Consistency);
        let few = r#"{"stage": "distill", "distillation": {"lesson": "consistency"}}"#;
        assert_eq!(RunConfig::from_json(few), Ok(config.clone()));
        let whole = serde_json::to_string(&config).unwrap();
        let before = whole.replace(r#""target":"consistency""#, r#""lesson":"consistency""#);
        assert_ne!(before, whole);
        assert_eq!(RunConfig::from_json(&before), Ok(config.clone()));
        assert_eq!(RunConfig::from_record(&before), Ok(config));
        let both = r#"{"distillation": {"lesson": "path", "target": "path"}}"#;
        assert!(RunConfig::from_json(both).unwrap_err().contains("target"), "it is there twice");
    }

    #[test]
    fn a_file_that_leaves_nothing_out_is_what_it_says() {
        let (presets, stages) = (
            <Preset as clap::ValueEnum>::value_variants(),
            [Stage::Pretrain, Stage::Masks, Stage::Finetune, Stage::Distill],
        );
        let drawing = presets.iter().flat_map(|&preset| stages.map(|stage| RunConfig::of(preset, stage)));
        let kinds = <SegmenterKind as clap::ValueEnum>::value_variants();
        for config in drawing.chain(kinds.iter().map(|&kind| RunConfig::segmenter(kind))) {
            // All that serde leaves out for being nothing, whatever the preset has there.
            let mut plain = config.clone();
            plain.baseline = None;
            plain.labels.coding = Coding::OneHot;
            plain.mapping.fixed_size = None;
            (plain.network.detail_filters, plain.network.style_channels) = (0, 0);
            plain.prediction = Prediction::Residual { deviation: 0.2, mean: 0.0 };
            for config in [config, plain] {
                let (preset, stage) = (config.preset, config.stage);
                let json = serde_json::to_string(&config).unwrap();
                assert_eq!(RunConfig::from_json(&json).unwrap(), config, "{preset:?} {stage:?}");
                assert_eq!(RunConfig::from_record(&json).unwrap(), config, "{preset:?} {stage:?}");
                // With a line taken out it is as in the preset there, and its own network everywhere else.
                let mut shorter = serde_json::to_value(&config).unwrap();
                shorter.as_object_mut().unwrap().remove("segmenter");
                let shorter = RunConfig::from_json(&shorter.to_string()).unwrap();
                assert_eq!(shorter.network, config.network, "{preset:?} {stage:?}");
                assert_eq!(shorter.mapping, config.mapping, "{preset:?} {stage:?}");
            }
        }
        // Another kind takes nothing over from the one that it replaces.
        let unet = r#"{"stage": "segment", "segmenter": {"network": {"kind": "unet"}}}"#;
        let SegmentTask { network, .. } = RunConfig::from_json(unet).unwrap().segmenter;
        assert_eq!(network, crate::nn::SegmenterConfig::Unet);
    }
}
