//! One setting of a configuration by its name: what makes every field an argument of the command line.
//!
//! The configuration is taken apart as JSON, one place is changed, and reading it back says whether the value
//! makes sense there; so no field can be forgotten here, nor known twice.

use serde_json::Value;

use super::config::RunConfig;

/// Fields that other arguments decide, or the program itself.
const NOT_SETTINGS: [(&str, &str); 5] = [
    ("version", "it is this program's"),
    ("preset", "give --preset"),
    ("stage", "give --stage"),
    ("from", "give --from"),
    ("teacher_sha256", "it is that of --from"),
];

impl RunConfig {
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
        let mut parent = String::new();
        for part in name.split('.') {
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
        serde_json::from_value(tree).map_err(|error| format!("{name} cannot be {value}: {error}"))
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
    fn a_setting_is_changed_and_a_wrong_one_is_named() {
        let config = RunConfig::live();
        let changed = config.with_setting("drm.apply_probability", "0").unwrap();
        assert_eq!((changed.drm.apply_probability, changed.drm.zero_probability), (0.0, 0.5));
        let whole = config.with_setting("drm.scope", "image").unwrap();
        assert_eq!(serde_json::to_value(whole.drm.scope).unwrap(), "image");
        let paper = config.with_setting("prediction", "epsilon").unwrap();
        assert_eq!(paper.prediction, RunConfig::paper().prediction);
        let error = |name: &str, value: &str| config.with_setting(name, value).unwrap_err();
        assert!(error("drm.p", "1").contains("it has apply_probability"), "{}", error("drm.p", "1"));
        assert!(error("stepz", "1").contains("steps"));
        assert!(error("steps.a", "1").contains("no settings of its own"));
        assert!(error("steps", "many").contains("steps cannot be many"));
        assert!(error("stage", "masks").contains("--stage"));
    }
}
