//! What lies over the window: the page of keys, the command palette, the questions.

use super::app::Studio;
use super::command::Action;
use super::panels::palette::{self, Palette};
use super::panels::top_bar::display_name;
use super::panels::{keys_page, questions};

/// The dialogs that are open.
#[derive(Debug, Default)]
pub(super) struct Dialogs {
    pub keys_shown: bool,
    pub palette: Option<Palette>,
}

impl Dialogs {
    /// Opens the palette, or closes it.
    pub fn toggle_palette(&mut self) {
        self.palette = if self.palette.is_some() { None } else { Some(Palette::default()) };
    }
}

impl Studio {
    /// Whether something over the window has the keys for itself.
    pub(super) fn is_asking(&self) -> bool {
        self.asking_unsaved || self.path_question.is_some() || self.dialogs.palette.is_some()
    }

    /// Draws what lies over the window.
    pub(super) fn show_dialogs(&mut self, actions: &mut Vec<Action>) {
        let context = self.context.clone();
        if self.dialogs.keys_shown {
            keys_page::show(&context, &self.keymap, actions);
        }
        if let Some(palette) = &mut self.dialogs.palette {
            palette::show(&context, palette, &self.keymap, actions);
        }
        if let Some(question) = &mut self.path_question {
            questions::ask_path(&context, question, actions);
        } else if self.asking_unsaved {
            questions::ask_unsaved(&context, &display_name(&self.session), actions);
        }
    }
}
