//! The words that a field of a configuration may have: those that reading a wrong word names.

use serde_json::Value;

use crate::training::RunConfig;

/// A word that is the name of nothing.
const NO_CHOICE: &str = "\u{1}";

/// Paths of all strings of a tree.
pub(super) fn collect_strings(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(path),
        Value::Object(fields) => {
            for (name, value) in fields {
                collect_strings(value, format!("{path}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// The words a field may have: what reading the configuration with none of them expects.
pub(super) fn choices_at(values: &Value, path: &str) -> Vec<String> {
    let mut wrong = values.clone();
    let Some(place) = wrong.pointer_mut(path) else { return Vec::new() };
    // The tag of a variant with fields of its own cannot be changed alone.
    *place = Value::String(NO_CHOICE.to_owned());
    let message = match serde_json::from_value::<RunConfig>(wrong) {
        Err(error) => error.to_string(),
        Ok(_) => return Vec::new(),
    };
    let Some((_, expected)) = message.split_once("expected ") else { return Vec::new() };
    let words: Vec<String> = expected.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let makes_sense = |word: &String| {
        let mut with = values.clone();
        if let Some(place) = with.pointer_mut(path) {
            *place = Value::String(word.clone());
        }
        serde_json::from_value::<RunConfig>(with).is_ok()
    };
    words.into_iter().filter(makes_sense).collect()
}
