//! Where the things are on this machine that a plan names by hash alone: so that whoever finds a generation can go on with
//! it.
//!
//! They stand in a file of their own beside the plan, because a plan, and so its hash, is the same on every machine.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::GenerationError;
use crate::formats::{FormatError, read_file, write_file};

/// Name of the file in a generation's folder.
pub const PLACES_FILE: &str = "generation.local.json";
const PLACES_VERSION: u32 = 1;

/// Where masks come from, as the command line says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum MasksFrom {
    /// A mask model.
    #[default]
    Model,
    /// Masks of the data set in a folder, bent.
    Warp(PathBuf),
    /// A case recipe: a file, or the name of a template.
    Recipe(PathBuf),
}

impl MasksFrom {
    /// From `model`, `warp:DATA` or `recipe:FILE`.
    ///
    /// # Errors
    /// What can be said instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "model" => Ok(Self::Model),
            Some(("warp", data)) if !data.is_empty() => Ok(Self::Warp(data.into())),
            Some(("recipe", file)) if !file.is_empty() => Ok(Self::Recipe(file.into())),
            _ => Err(format!("\"{text}\" is not model, warp:DATA or recipe:FILE")),
        }
    }

    /// With a path that holds wherever the program is started; the name of a template stays as it is.
    pub fn from_everywhere(&self) -> Self {
        match self {
            Self::Model => Self::Model,
            Self::Warp(data) => Self::Warp(absolute(data)),
            Self::Recipe(file) if file.is_file() => Self::Recipe(absolute(file)),
            Self::Recipe(name) => Self::Recipe(name.clone()),
        }
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

impl std::fmt::Display for MasksFrom {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Model => out.write_str("model"),
            Self::Warp(data) => write!(out, "warp:{}", data.display()),
            Self::Recipe(file) => write!(out, "recipe:{}", file.display()),
        }
    }
}

impl From<MasksFrom> for String {
    fn from(masks: MasksFrom) -> Self {
        masks.to_string()
    }
}

impl TryFrom<String> for MasksFrom {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

/// Where the things of a plan are, and how it is worked on here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalPlaces {
    version: u32,
    /// Where masks come from.
    pub masks: MasksFrom,
    /// A bundled model's name or a file; the bundled model of that purpose where it is `None`.
    pub model: Option<String>,
    /// The mask model's name or file; the bundled one where it is `None`.
    pub mask_model: Option<String>,
    /// The segmenter's name or file; `None` where nothing is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segmenter: Option<String>,
    /// As the command line names it.
    pub device: String,
    /// Pairs that are made at a time.
    pub jobs: u32,
}

impl LocalPlaces {
    /// Of this version, with paths that hold wherever the program is started; `models` draw scans, draw masks, and judge.
    pub fn new(masks: &MasksFrom, models: [Option<&str>; 3], device: String, jobs: u32) -> Self {
        let named = |model: Option<&str>| {
            model.map(|name| match Path::new(name).is_file() {
                true => absolute(Path::new(name)).display().to_string(),
                false => name.to_owned(),
            })
        };
        let [model, mask_model, segmenter] = models.map(named);
        let masks = masks.from_everywhere();
        Self { version: PLACES_VERSION, masks, model, mask_model, segmenter, device, jobs }
    }

    /// Writes them into a generation's folder.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn write(&self, dir: &Path) -> Result<(), FormatError> {
        let mut json = serde_json::to_vec_pretty(self).expect("places are strings and numbers");
        json.push(b'\n');
        write_file(&dir.join(PLACES_FILE), &json)
    }

    /// Those of a generation's folder.
    ///
    /// # Errors
    /// If there are none, or they are of another version.
    pub fn read(dir: &Path) -> Result<Self, GenerationError> {
        let path = dir.join(PLACES_FILE);
        let refuse = |problem: String| GenerationError::Folder {
            place: path.display().to_string(),
            problem,
            remedy: "go on with the arguments that it was begun with, without --resume".to_owned(),
        };
        let places: Self =
            serde_json::from_slice(&read_file(&path)?).map_err(|error| refuse(error.to_string()))?;
        match places.version {
            PLACES_VERSION => Ok(places),
            other => Err(refuse(format!("version {other} where this program knows {PLACES_VERSION}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_read_and_written() {
        for text in ["model", "warp:a/b", "recipe:dme-mild"] {
            assert_eq!(MasksFrom::parse(text).unwrap().to_string(), text);
        }
        assert!(MasksFrom::parse("warp:").is_err() && MasksFrom::parse("painter").is_err());
    }

    #[test]
    fn places_hold_from_everywhere_and_are_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let masks = MasksFrom::Warp("some/data".into());
        let places = LocalPlaces::new(&masks, [Some("live"), None, None], "cpu".to_owned(), 2);
        places.write(folder.path()).unwrap();
        assert_eq!(LocalPlaces::read(folder.path()).unwrap(), places);
        assert!(matches!(&places.masks, MasksFrom::Warp(data) if data.is_absolute()));
        assert_eq!(places.model.as_deref(), Some("live"));
        assert_eq!(MasksFrom::Recipe("csc".into()).from_everywhere(), MasksFrom::Recipe("csc".into()));
        let newer = r#"{"version":9,"masks":"model","model":null,"mask_model":null,"device":"cpu","jobs":1}"#;
        write_file(&folder.path().join(PLACES_FILE), newer.as_bytes()).unwrap();
        let error = LocalPlaces::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("version 9") && error.contains("without --resume"), "{error}");
    }
}
