//! What the window has around its pages: notices, dialogs, keys, preferences, the title.

use std::sync::Arc;

use super::commands::keymap::Keymap;
use super::dialogs::Dialogs;
use super::notices::Notices;
use super::page::Page;
use super::preferences::{PreferenceFile, Preferences};

/// What the window has around its pages.
pub(in crate::studio) struct Chrome {
    /// The page shown.
    pub page: Page,
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
            page: Page::default(),
            notices,
            dialogs: Dialogs::default(),
            keymap: Arc::new(Keymap::new(preferences.keymap.clone())),
            preferences,
            preference_file,
            title: String::new(),
        }
    }

    /// Shows a page, or the editor where that page is shown already.
    pub fn toggle_page(&mut self, page: Page) {
        self.page = if self.page == page { Page::Editor } else { page };
    }

    /// Shows the editor where that page is shown.
    pub fn leave_page(&mut self, page: Page) {
        if self.page == page {
            self.page = Page::Editor;
        }
    }

    /// Shows the editor unless that page is shown.
    pub fn leave_pages_but(&mut self, kept: Page) {
        if self.page != kept {
            self.page = Page::Editor;
        }
    }
}
