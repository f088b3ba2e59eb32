//! What the window has around its pages: notices, dialogs, keys, preferences, the title.

use std::sync::Arc;

use super::commands::keymap::Keymap;
use super::dialogs::Dialogs;
use super::notices::Notices;
use super::preferences::{PreferenceFile, Preferences};

/// What the window has around its pages.
pub(in crate::studio) struct Chrome {
    pub notices: Notices,
    pub dialogs: Dialogs,
    /// The keys in force.
    pub keymap: Arc<Keymap>,
    pub preferences: Preferences,
    pub preference_file: PreferenceFile,
    /// As the window shows it.
    pub title: String,
}

impl Chrome {
    /// With the preferences of the last run.
    pub fn new(notices: Notices, preferences: Preferences, preference_file: PreferenceFile) -> Self {
        Self {
            notices,
            dialogs: Dialogs::default(),
            keymap: Arc::new(Keymap::new(preferences.keymap.clone())),
            preferences,
            preference_file,
            title: String::new(),
        }
    }
}
