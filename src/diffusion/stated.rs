//! A fact of a file beside what the file has for it: what is understood is typed, and nothing is lost.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What a file states under one key.
///
/// A file may have no such key, `null`, a value, or a value of another type than this program expects: none of these makes
/// it unreadable, and each is written again as it was. (A value that is read and written through its type alone would lose
/// what its type does not know, and `null` could not be told from nothing.)
#[derive(Clone, Debug, PartialEq)]
pub struct Stated<T> {
    /// As the file has it; `None` where it has no such key.
    written: Option<Value>,
    /// The same as this program understands it.
    known: Option<T>,
}

impl<T> Default for Stated<T> {
    /// No such key.
    fn default() -> Self {
        Self { written: None, known: None }
    }
}

impl<T: Serialize> From<T> for Stated<T> {
    fn from(value: T) -> Self {
        let written = serde_json::to_value(&value).expect("a fact is plain data");
        // What JSON has no word for, as a loss that is no number, is `null` in the file.
        let known = (!written.is_null()).then_some(value);
        Self { written: Some(written), known }
    }
}

impl<T: Serialize> From<Option<T>> for Stated<T> {
    /// `None` is `null`: the key is there.
    fn from(value: Option<T>) -> Self {
        match value {
            Some(value) => value.into(),
            None => Self { written: Some(Value::Null), known: None },
        }
    }
}

impl<T> Stated<T> {
    /// What is stated; `None` where nothing is, or nothing of the expected type.
    pub fn known(&self) -> Option<&T> {
        self.known.as_ref()
    }

    /// [`Stated::known`], for what is as cheap to copy.
    pub fn copied(&self) -> Option<T>
    where
        T: Copy,
    {
        self.known
    }

    /// Whether there is anything but `null`, of whatever type.
    pub fn is_stated(&self) -> bool {
        self.written.as_ref().is_some_and(|written| !written.is_null())
    }

    /// Takes what an object states under a key.
    pub(super) fn taken(object: &mut Map<String, Value>, key: &str) -> Self
    where
        T: DeserializeOwned,
    {
        let written = object.remove(key);
        let stated = written.clone().filter(|written| !written.is_null());
        Self { written, known: stated.and_then(|stated| serde_json::from_value(stated).ok()) }
    }

    /// Puts it under a key of an object, as it was read.
    pub(super) fn put(self, object: &mut Map<String, Value>, key: &str) {
        if let Some(written) = self.written {
            object.insert(key.to_owned(), written);
        }
    }
}

impl Stated<Value> {
    /// Settings as their configuration writes them; `null` for none.
    pub fn of_settings<S: Serialize>(settings: Option<S>) -> Self {
        let written =
            settings.map(|settings| serde_json::to_value(settings).expect("settings are plain data"));
        written.into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<T: DeserializeOwned>(object: &Value) -> (Stated<T>, Value) {
        let mut object = object.as_object().unwrap().clone();
        let stated = Stated::taken(&mut object, "key");
        assert!(!object.contains_key("key"));
        let again = stated.written.clone();
        (stated, again.unwrap_or_default())
    }

    #[test]
    fn what_is_understood_is_typed_and_the_rest_is_kept() {
        let (steps, _) = read::<u64>(&json!({"key": 7}));
        assert_eq!((steps.copied(), steps.is_stated()), (Some(7), true));
        assert_eq!(steps, Stated::<u64>::from(7_u64));
        let (wrong, written) = read::<u64>(&json!({"key": "seven"}));
        assert_eq!((wrong.known(), wrong.is_stated(), written), (None, true, json!("seven")));
        let (null, _) = read::<u64>(&json!({"key": null}));
        assert_eq!((null.known(), null.is_stated()), (None, false));
        assert_eq!(null, Stated::<u64>::from(None::<u64>));
        let (absent, _) = read::<u64>(&json!({"other": 7}));
        assert_eq!(absent, Stated::<u64>::default());
        assert_ne!(absent, null);
    }

    #[test]
    fn a_key_is_written_where_it_was_read_and_only_there() {
        let written = |stated: Stated<f64>| {
            let mut object = Map::new();
            stated.put(&mut object, "key");
            Value::Object(object)
        };
        assert_eq!(written(Stated::default()), json!({}));
        assert_eq!(written(None::<f64>.into()), json!({"key": null}));
        assert_eq!(written(0.5_f64.into()), json!({"key": 0.5}));
        let no_number: Stated<f64> = f64::NAN.into();
        assert_eq!(no_number.known(), None);
        assert_eq!(written(no_number), json!({"key": null}));
    }
}
