//! The page of reviews in the window: what it asks for becomes a document, a chooser or a notice.

use std::path::PathBuf;

use eframe::egui::Ui;

use super::action::{Action, WindowAction};
use super::app::Studio;
use super::keys;
use super::notices::{Severity, Topic};
use super::page::Page;
use crate::studio::editor::session::EditorSession;
use crate::studio::files::choosing::Purpose;
use crate::studio::flow::{Event, Version};
use crate::studio::review::{ReviewAction, ReviewContext, ReviewPage, ReviewPlace};

impl Studio {
    /// The page of reviews.
    pub fn review(&self) -> &ReviewPage {
        &self.pages.review
    }

    /// Opens a set to review.
    pub(in crate::studio) fn open_review(&mut self, dir: PathBuf) {
        self.chrome.page = Page::Review;
        self.pages.review.open(dir);
    }

    /// The page, with the keys of the window that mean something on it.
    pub(in crate::studio) fn show_review(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let has_keys = !self.is_asking() && !self.chrome.dialogs.keys_shown;
        let context = ReviewContext { recent: &self.chrome.preferences.recent_sets, has_keys };
        let page_actions = self.pages.review.show(ui, &context);
        actions.extend(page_actions.into_iter().map(Action::Review));
        if !self.is_asking() {
            let pressed = keys::actions(ui.ctx(), &self.chrome.keymap).into_iter();
            actions.extend(pressed.filter(|action| {
                matches!(
                    action,
                    Action::Review(_)
                        | Action::Cases(_)
                        | Action::Training(_)
                        | Action::Open
                        | Action::Window(WindowAction::ToggleKeys | WindowAction::TogglePalette)
                )
            }));
        }
    }

    /// Takes what the page's threads report.
    pub(in crate::studio) fn follow_review(&mut self) {
        for action in self.pages.review.follow() {
            self.perform_review(action);
        }
    }

    /// Does what the page asks for.
    pub(in crate::studio) fn perform_review(&mut self, action: ReviewAction) {
        match action {
            ReviewAction::Toggle => self.chrome.toggle_page(Page::Review),
            ReviewAction::Choose(place) => self.choose(Purpose::Review(place)),
            ReviewAction::Use(ReviewPlace::Set, path) => self.open_review(path),
            ReviewAction::Use(place, path) => self.pages.review.use_place(place, path),
            ReviewAction::Show(pair) => self.pages.review.show_pair(&pair),
            ReviewAction::Edit => self.edit_pair(),
            ReviewAction::Back => self.hand_pair_back(),
            ReviewAction::EditKept { document, version } => self.drive(Event::Kept { document, version }),
            ReviewAction::Tell(text) => self.chrome.notices.add(Severity::Info, text),
            ReviewAction::Complain(text) => self.chrome.notices.add(Severity::Error, text),
            ReviewAction::Exporting(dir) => self.chrome.preferences.note_export(&dir),
            ReviewAction::Opened(dir) => self.chrome.preferences.remember_set(&dir),
            ReviewAction::Reviewer(name) => {
                self.chrome.preferences.reviewer.clone_from(&name);
                self.pages.review.change_reviewer(name);
            }
        }
    }

    /// Opens the pair in view as a document of its own.
    fn edit_pair(&mut self) {
        match self.pages.review.edit() {
            Ok(Some(pair)) => {
                let mut session = EditorSession::new(pair.document, None);
                session.opened_from = Some(pair.path);
                self.show_instead(session, Vec::new());
            }
            Ok(None) => {}
            Err(message) => self.chrome.notices.add(Severity::Error, message),
        }
    }

    /// Whether the document shown is a pair under review.
    pub(in crate::studio) fn is_editing_pair(&self) -> bool {
        self.pages.review.edited(self.session.opened_from.as_deref()).is_some()
    }

    /// Has the edited mask synthesised and goes back to the page.
    fn hand_pair_back(&mut self) {
        let Some(pair) = self.pages.review.edited(self.session.opened_from.as_deref()) else {
            self.chrome.page = Page::Review;
            return;
        };
        let (steps, is_recorded) = (pair.steps, pair.is_recorded);
        let is_same = pair.document.pages[0].mask == self.session.page().mask;
        self.with_tools(|tools, context| tools.release(context));
        if is_same {
            self.chrome.page = Page::Review;
            return;
        }
        if !is_recorded {
            let outcome = self.synthesis.thread.synthesise_for_review(&self.session, &self.settings, steps);
            if let Err(message) = outcome {
                self.chrome.notices.fail(Topic::ReviewScan, message);
                return;
            }
        }
        let editor = &self.session.editor;
        let done = editor.undo_names().into_iter().map(str::to_owned).collect();
        let version = Version { revision: editor.revision(), state: editor.state() };
        let (mask, document) = (self.session.page().mask.clone(), self.documents.flow.document());
        self.chrome.page = Page::Review;
        self.pages.review.hand_back(mask, done, document, version);
    }
}
