//! One setting of a configuration by its name: what makes every field an argument of the command line.
//!
//! The configuration is taken apart as JSON, one place is changed, and reading it back says whether the value
//! makes sense there; so no field can be forgotten here, nor known twice.

use serde_json::Value;

use super::config::RunConfig;
use super::config_text::{is_left_out, name_of_today, one_line};

/// Fields that other arguments decide, or the program itself.
const NOT_SETTINGS: [(&str, &str); 5] = [
    ("version", "it is this program's"),
    ("preset", "give --preset"),
    ("stage", "give --stage"),
    ("from", "give --from"),
    ("teacher_sha256", "it is that of --from"),
];

/// What may change while a run is stopped: how long it goes on and how fast, and what is looked at on the way.
/// Everything else decides what it has computed so far.
const MAY_CHANGE: [&str; 17] = [
    "version",
    "steps",
    "batch",
    "gradient_checkpointing",
    "learning_rate",
    "constant_learning_rate",
    "warmup_steps",
    "weight_decay",
    "gradient_clip",
    "ema_decay",
    "min_snr_gamma",
    "validate_every",
    "validation_levels",
    "sample_every",
    "sample_steps",
    "checkpoint_minutes",
    "memorisation_stop",
];

impl RunConfig {
    /// Whether a stopped run can go on as this configuration says.
    ///
    /// # Errors
    /// A message that names the settings that must stay as they were.
    pub fn check_goes_on_from(&self, before: &Self) -> Result<(), String> {
        let fields = |config: &Self| serde_json::to_value(config).map_err(|error| error.to_string());
        let (now, before) = (fields(self)?, fields(before)?);
        let changed: Vec<&str> = now
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, value)| {
                !MAY_CHANGE.contains(&name.as_str()) && before.get(name.as_str()) != Some(value)
            })
            .map(|(name, _)| name.as_str())
            .collect();
        match changed.is_empty() {
            true => Ok(()),
            false => Err(format!(
                "{} cannot change while a run is stopped: it decides what the run has computed so far; \
                 begin a run of its own with --branch",
                changed.join(", ")
            )),
        }
    }

    /// This configuration with one setting changed: `name` is a path such as `drm.apply_probability`, `value` JSON
    /// or a bare word.
    ///
    /// # Errors
    /// A message that names the settings there are, or what the value should have been.
    pub fn with_setting(&self, name: &str, value: &str) -> Result<Self, String> {
        if let Some((_, remedy)) = NOT_SETTINGS.iter().find(|(field, _)| *field == name) {
            return Err(format!("{name} cannot be set: {remedy}"));
        }
        let mut tree = serde_json::to_value(self).map_err(|error| error.to_string())?;
        let mut place = &mut tree;
        let (mut parent, mut inside) = (String::new(), "");
        for part in name.split('.') {
            let part = name_of_today(inside, part);
            if is_left_out(inside, part)
                && let Some(fields) = place.as_object_mut()
            {
                // Nothing so far, and a setting all the same.
                fields.entry(part).or_insert(Value::Null);
            }
            inside = part;
            let known: Vec<String> =
                place.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
            let is_top = parent.is_empty();
            place = match place.get_mut(part) {
                Some(place) => place,
                None if known.is_empty() => return Err(format!("{parent} has no settings of its own")),
                None => {
                    let whose = if is_top { "there is" } else { "it has" };
                    return Err(format!("no setting {name}; {whose} {}", known.join(", ")));
                }
            };
            parent = if is_top { part.to_owned() } else { format!("{parent}.{part}") };
        }
        *place = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        serde_json::from_value(tree)
            .map_err(|error| format!("{name} cannot be {value}: {}", one_line(&error)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::{Preset, Stage};
    use super::*;

    fn leaves(value: &Value, path: &str, found: &mut Vec<(String, Value)>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    leaves(value, &path, found);
                }
            }
            other => found.push((path.to_owned(), other.clone())),
        }
    }

    #[test]
    fn every_field_of_every_preset_can_be_set() {
        for (preset, stage) in [
            (Preset::Live, Stage::Finetune),
            (Preset::Live, Stage::Masks),
            (Preset::Live, Stage::Distill),
            (Preset::Paper, Stage::Pretrain),
        ] {
            let config = RunConfig::of(preset, stage);
            let mut fields = Vec::new();
            leaves(&serde_json::to_value(&config).unwrap(), "", &mut fields);
            assert!(fields.len() > 40, "{}", fields.len());
            for (name, value) in fields {
                let set = config.with_setting(&name, &value.to_string());
                match NOT_SETTINGS.iter().any(|(field, _)| *field == name) {
                    true => assert!(set.unwrap_err().contains("cannot be set"), "{name}"),
                    false => assert_eq!(set.as_ref(), Ok(&config), "{name}"),
                }
            }
        }
    }

    #[test]
    fn a_stopped_run_goes_on_longer_but_not_otherwise() {
        let before = RunConfig::live();
        let longer = RunConfig { steps: 99_999, learning_rate: 1e-5, validate_every: 7, ..before.clone() };
        assert_eq!(longer.check_goes_on_from(&before), Ok(()));
        for (name, value) in
            [("seed", "3"), ("arithmetic", "\"f16\""), ("crop_columns", "64"), ("lesion_weight", "1")]
        {
            let other = before.with_setting(name, value).unwrap();
            let message = other.check_goes_on_from(&before).unwrap_err();
            assert!(message.starts_with(name) && message.contains("--branch"), "{message}");
        }
        let split = before.with_setting("split.held_out", "[]").unwrap();
        assert!(split.check_goes_on_from(&before).unwrap_err().starts_with("split "));
    }

    #[test]
    fn a_setting_is_changed_and_a_wrong_one_is_named() {
        let config = RunConfig::live();
        let changed = config.with_setting("drm.apply_probability", "0").unwrap();
        assert_eq!((changed.drm.apply_probability, changed.drm.zero_probability), (0.0, 0.5));
        let whole = config.with_setting("drm.scope", "image").unwrap();
        assert_eq!(serde_json::to_value(whole.drm.scope).unwrap(), "image");
        let paper = config.with_setting("prediction", "epsilon").unwrap();
        assert_eq!(paper.prediction, RunConfig::paper().prediction);
        // What files leave out where it is nothing can be set, too.
        let square = config.with_setting("mapping.fixed_size", "[128, 128]").unwrap();
        assert_eq!(square.mapping.fixed_size, Some([128, 128]));
        assert_eq!(config.with_setting("network.style_channels", "6").unwrap().network.style_channels, 6);
        assert_eq!(config.with_setting("prediction.residual.mean", "-0.7").unwrap().prediction.mean(), -0.7);
        let error = |name: &str, value: &str| config.with_setting(name, value).unwrap_err();
        assert!(error("drm.p", "1").contains("it has apply_probability"), "{}", error("drm.p", "1"));
        assert!(error("stepz", "1").contains("steps"));
        assert!(error("steps.a", "1").contains("no settings of its own"));
        assert!(error("steps", "many").contains("steps cannot be many"));
        assert!(error("stage", "masks").contains("--stage"));
    }
}
