//! Configurations as people write them: a file of a few settings, the rest as in its preset, and a line that says which
//! setting is wrong.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::config::{Preset, RunConfig, Stage};

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

/// What is wrong with a configuration: in words, and cut where serde lists everything it knows.
pub(super) fn one_line(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    for (machine, word) in WORDS {
        text = text.replace(machine, word);
    }
    if let Some((found, _)) = text.split_once("expected struct ") {
        text = format!("{found}expected settings in braces");
    }
    match text.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// Puts the parts of `given` in the place of those of `whole`, objects part by part. A value that says which of
/// several things it is (`kind`, or the only key of an enum) replaces the whole.
fn merge(whole: &mut Value, given: Value) {
    use Value::Object;
    match (whole, given) {
        (Object(whole), Object(given)) if given.keys().all(|key| whole.contains_key(key)) => {
            for (name, value) in given {
                merge(&mut whole[&name], value);
            }
        }
        (Object(whole), Object(given)) if is_settings(whole) => {
            // An unknown name: serde says which ones there are.
            whole.extend(given);
        }
        (whole, given) => *whole = given,
    }
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
        merge(&mut changed, alone);
        let error = serde_json::from_value::<RunConfig>(changed).err()?;
        let deeper = value.as_object().filter(|_| path.len() < 4);
        let deeper = deeper.and_then(|parts| first_wrong(whole, parts, &path));
        Some(deeper.unwrap_or_else(|| (path.join("."), one_line(&error))))
    })
}

impl RunConfig {
    /// From JSON. What a file without a version leaves out, however deep, is as in its preset and stage (`live` and
    /// `finetune` unless said there). A file with a version was written whole by a program, perhaps an earlier one:
    /// what it does not know yet is as it was then.
    ///
    /// # Errors
    /// If it is no JSON of a configuration; a message of one line that names the setting.
    pub fn from_json(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Start {
            version: Option<u32>,
            preset: Option<Preset>,
            stage: Option<Stage>,
        }
        let given: Value = serde_json::from_str(text).map_err(|error| one_line(&error))?;
        let Value::Object(settings) = &given else {
            return Err("a configuration is settings in braces, such as {\"steps\": 2000}".to_owned());
        };
        let start: Start = serde_json::from_str(text).map_err(|error| one_line(&error))?;
        if start.version.is_some() {
            return serde_json::from_str(text).map_err(|error| one_line(&error));
        }
        let preset = Self::of(start.preset.unwrap_or(Preset::Live), start.stage.unwrap_or_default());
        let preset = serde_json::to_value(preset).map_err(|error| one_line(&error))?;
        let mut whole = preset.clone();
        merge(&mut whole, given.clone());
        serde_json::from_value(whole).map_err(|error| match first_wrong(&preset, settings, &[]) {
            Some((name, wrong)) => format!("{name}: {wrong}"),
            None => one_line(&error),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_setting_is_named_in_one_line() {
        let wrong = |json: &str| RunConfig::from_json(json).unwrap_err();
        assert_eq!(wrong(r#"{"steps": "many"}"#), "steps: found string \"many\", expected a whole number");
        assert_eq!(wrong(r#"{"network": 3}"#), "network: found integer `3`, expected settings in braces");
        assert!(wrong(r#"{"network": {"widths": 3}}"#).starts_with("network.widths: found integer `3`"));
        assert!(wrong(r#"{"drm": {"apply_probability": "often"}}"#).starts_with("drm.apply_probability: "));
        assert!(wrong(r#"{"stepz": 1}"#).starts_with("stepz: unknown field `stepz`"));
        assert!(wrong("[1]").contains("in braces") && wrong("{").contains("line 1"));
        for json in [r#"{"network": {"widthz": []}}"#, r#"{"schedule": {"kind": "x"}}"#] {
            let message = wrong(json);
            assert!(message.len() < 340 && !message.contains('\n'), "{message}");
        }
    }
}
