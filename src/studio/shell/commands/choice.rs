//! What of a keymap is kept on disk: a preset and what the user changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::chord::Chord;

/// Keys of another program over the defaults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeymapPreset {
    /// The program's own keys alone.
    #[default]
    RetiDiff,
    /// Those of ITK-SNAP for the commands that it has, too.
    ItkSnap,
    /// Those of napari for the commands that it has, too.
    Napari,
}

impl KeymapPreset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::RetiDiff, Self::ItkSnap, Self::Napari];

    /// As the program is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::RetiDiff => "RetiDiff",
            Self::ItkSnap => "ITK-SNAP",
            Self::Napari => "napari",
        }
    }
}

/// What of a keymap is kept on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeymapChoice {
    /// What the keys are before the changes.
    pub preset: KeymapPreset,
    /// Keys the user gave commands, by id; an empty list takes them all away.
    pub changed: BTreeMap<String, Vec<Chord>>,
}
