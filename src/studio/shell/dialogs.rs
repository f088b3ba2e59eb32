//! What lies over the window: the page of keys, the command palette, the dialogs, the list of steps; and
//! the preferences that some of them change.

use std::sync::Arc;

use eframe::egui::layers::PaintList;
use eframe::egui::{LayerId, Order};

use super::action::{Action, WindowAction, WindowScale};
use super::app::Studio;
use super::commands::keymap::{self, Keymap, KeymapChoice};
use super::keymap_dialog;
use super::notices::Severity;
pub(in crate::studio) use super::open_dialogs::Dialogs;
use super::page::Page;
use super::palette;
use super::top_bar::display_name;
use super::{keys_page, questions};
use crate::serve::CommandLine;
use crate::studio::editor::calibration;
use crate::studio::editor::label_editor;
use crate::studio::editor::step_list;
use crate::studio::export;
use crate::studio::files::path_dialog_view;
use crate::studio::label_mapping;
use crate::studio::synthesis::remote_dialog;

impl Studio {
    /// Whether something over the window has the keys for itself.
    pub(in crate::studio) fn is_asking(&self) -> bool {
        let dialogs = &self.chrome.dialogs;
        self.documents.flow.question().is_some()
            || self.pages.training.leaving.is_some()
            || self.documents.path_question.is_some()
            || !self.documents.label_questions.is_empty()
            || !self.documents.mapping_questions.is_empty()
            || self.documents.export.is_some()
            || dialogs.palette.is_some()
            || dialogs.keymap.is_some()
            || dialogs.label_editor.is_some()
            || dialogs.calibration.is_some()
            || dialogs.remote.is_some()
    }

    /// Whether the panes lie beneath a dialog or behind another page: the pointer is not meant for them.
    pub(in crate::studio) fn panes_are_covered(&self) -> bool {
        self.is_asking() || self.chrome.dialogs.keys_shown || self.page() != Page::Editor
    }

    /// Takes the tooltips of what lies beneath a dialog off the screen: one that is open when the dialog comes
    /// would stay above it for as long as the pointer rests.
    pub(in crate::studio) fn hide_covered_tooltips(&self) {
        if !self.is_asking() && !self.chrome.dialogs.keys_shown {
            return;
        }
        let is_tooltip = |layer: &LayerId| layer.order == Order::Tooltip;
        let tooltips: Vec<LayerId> =
            self.context.memory(|memory| memory.layer_ids().filter(is_tooltip).collect());
        self.context.graphics_mut(|graphics| {
            tooltips.into_iter().for_each(|layer| *graphics.entry(layer) = PaintList::default());
        });
    }

    /// Draws what lies over the window.
    pub(in crate::studio) fn show_dialogs(&mut self, actions: &mut Vec<Action>) {
        let context = self.context.clone();
        let document = self.session.editor.document();
        if self.chrome.preferences.steps_shown && self.page() == Page::Editor {
            let shown = &mut self.chrome.preferences.steps_shown;
            step_list::show(&context, &mut self.chrome.dialogs.steps, &self.session.editor, shown, actions);
        }
        if self.chrome.dialogs.keys_shown {
            let (alt, language) = (self.settings.alt_drag_resizes, self.chrome.preferences.language);
            keys_page::show(&context, &self.chrome.keymap, alt, language, actions);
        }
        if let Some(palette) = &mut self.chrome.dialogs.palette {
            let is_editing = self.chrome.page == Page::Editor;
            palette::show(&context, palette, &self.chrome.keymap, is_editing, actions);
        }
        if let Some(dialog) = &mut self.chrome.dialogs.remote {
            remote_dialog::show(&context, dialog, self.synthesis.thread.device(), actions);
        }
        if let Some(dialog) = &mut self.chrome.dialogs.keymap {
            keymap_dialog::show(
                &context,
                dialog,
                &self.chrome.keymap,
                self.settings.alt_drag_resizes,
                actions,
            );
        }
        if let Some(editor) = &mut self.chrome.dialogs.label_editor {
            label_editor::show(&context, editor, &document.labels, actions);
        }
        if let Some(dialog) = &mut self.documents.export {
            export::show(&context, dialog, self.session.editor.revision(), actions);
        }
        if let Some(dialog) = &mut self.chrome.dialogs.calibration {
            calibration::show(&context, dialog, document.pages.len(), actions);
        }
        if let Some(question) = &mut self.documents.path_question {
            path_dialog_view::show(&context, question, actions);
        } else if self.pages.training.leaving.is_some() {
            let mut page_actions = Vec::new();
            self.pages.training.ask_leaving(&context, &mut page_actions);
            actions.extend(page_actions.into_iter().map(Action::Training));
        } else if let Some(question) = self.documents.flow.question() {
            questions::ask_unsaved(&context, question, &display_name(&self.session), actions);
        } else if let Some(question) = self.documents.label_questions.first() {
            questions::ask_labels(&context, question, &document.labels, actions);
        } else if let Some(question) = self.documents.mapping_questions.first_mut() {
            label_mapping::show(&context, question, document, actions);
        }
    }

    /// Does what is asked of the window itself.
    pub(in crate::studio) fn perform_window(&mut self, action: WindowAction) {
        let preferences = &mut self.chrome.preferences;
        match action {
            WindowAction::ShowEditor => self.chrome.page = Page::Editor,
            WindowAction::ToggleKeys => self.chrome.dialogs.keys_shown = !self.chrome.dialogs.keys_shown,
            WindowAction::TogglePalette => self.chrome.dialogs.toggle_palette(),
            WindowAction::ToggleKeymap => self.chrome.dialogs.toggle_keymap(),
            WindowAction::ToggleRemote => self.chrome.dialogs.toggle_remote(preferences.remote.as_deref()),
            WindowAction::ChangeKeys(choice) => self.change_keys(choice),
            WindowAction::ToggleAltDrag => {
                self.settings.alt_drag_resizes = !self.settings.alt_drag_resizes;
            }
            WindowAction::ToggleSteps => preferences.steps_shown = !preferences.steps_shown,
            WindowAction::ToggleSidePanel => preferences.side_panel_shown = !preferences.side_panel_shown,
            WindowAction::ToggleLabelEditor => {
                self.chrome.dialogs.toggle_label_editor(&self.session.editor.document().labels);
            }
            WindowAction::ScaleWindow(scale) => self.scale_window(scale),
            WindowAction::ChooseLanguage(choice) => preferences.language = choice,
            WindowAction::DismissNotice(id) => self.chrome.notices.dismiss(id),
        }
    }

    /// Lets another machine draw from now on, or this one, and keeps that as a setting.
    pub(super) fn draw_on(&mut self, command: Option<CommandLine>) {
        self.chrome.dialogs.close_remote();
        self.chrome.preferences.remote = command.as_ref().map(CommandLine::text);
        let setup = self.synthesis.setup().computing_on(command);
        if self.synthesis.setup() != setup {
            self.synthesis.set_up(setup, &self.context, self.graphics.shared.clone());
        }
    }

    /// Puts other keys in force.
    pub(in crate::studio) fn change_keys(&mut self, choice: KeymapChoice) {
        self.chrome.preferences.keymap = choice.clone();
        self.chrome.keymap = Arc::new(Keymap::new(choice));
        keymap::publish(&self.context, self.chrome.keymap.clone());
    }

    /// Scales the window.
    pub(in crate::studio) fn scale_window(&mut self, scale: WindowScale) {
        match scale {
            WindowScale::By(factor) => self.chrome.preferences.scale_by(factor),
            WindowScale::Usual => self.chrome.preferences.scale = 1.0,
        }
        self.context.set_zoom_factor(self.chrome.preferences.scale);
    }

    /// Keeps what has changed of the preferences.
    pub(in crate::studio) fn keep_preferences(&mut self) {
        self.chrome.preferences.panels = self.settings.clone();
        let (again, complaint) = self.chrome.preference_file.note(&self.chrome.preferences);
        if let Some(pause) = again {
            self.context.request_repaint_after(pause);
        }
        if let Some(complaint) = complaint {
            self.chrome.notices.add(Severity::Warning, complaint);
        }
    }
}
