//! The regions of the window: its bars, and the pages beneath them with the keys that mean something there.

use eframe::egui::{Align2, Area, Frame, Id, Margin, Panel, ScrollArea, Ui, vec2};

use super::action::{Action, WindowAction};
use super::app::Studio;
use super::keys;
use super::page::Page;
use super::{notice_bar, top_bar};
use crate::studio::generate::GenerateContext;
use crate::studio::texts::text;
use crate::studio::widgets::theme;

const NOTICE_WIDTH: f32 = 640.0;
/// More cards than this are scrolled, the newest in sight: errors stay, however many they are.
const MAX_CARDS_IN_FULL: usize = 6;

impl Studio {
    pub(in crate::studio) fn show_bars(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        // In a set under review Escape leaves the pair in full first: the set sees to it.
        let is_plain = match self.page() {
            Page::Editor => false,
            Page::Review => self.pages.review.folder().is_none(),
            Page::Cases | Page::Generate | Page::Training => true,
        };
        if is_plain && !self.is_asking() && !self.chrome.dialogs.keys_shown && keys::is_leaving(ui.ctx()) {
            actions.push(Action::Window(WindowAction::ShowEditor));
        }
        let bar = |left: i8, right: i8| {
            Frame::new().fill(theme::CHROME).inner_margin(Margin { left, right, top: 0, bottom: 0 })
        };
        Panel::top("top bar").exact_size(theme::TOP_BAR_HEIGHT).resizable(false).frame(bar(8, 8)).show(
            ui,
            |ui| {
                let (preferences, is_busy) = (&self.chrome.preferences, self.documents.files.is_busy());
                let pages = top_bar::PageButtons {
                    training: &self.pages.training,
                    generate: &self.pages.generate,
                    shown: self.page(),
                    edits_pair: self.is_editing_pair(),
                };
                top_bar::show(ui, &self.session, preferences, is_busy, pages, actions);
            },
        );
        self.show_notices(ui, actions);
    }

    /// Cards over the upper end of the panes: a bar would move the scan away under the pointer.
    fn show_notices(&mut self, ui: &Ui, actions: &mut Vec<Action>) {
        if let Some(pause) = self.chrome.notices.drop_old_ones() {
            ui.request_repaint_after(pause);
        }
        let is_reading = self.documents.files.reading().is_some();
        let notices = &self.chrome.notices;
        let has_words = notices.iter().next().is_some() || !notices.folded().is_empty();
        if !is_reading && !has_words && self.documents.flow.offer().is_none() {
            return;
        }
        let window = ui.ctx().content_rect();
        let width = NOTICE_WIDTH.min(window.width() - 2.0 * theme::STRIP_WIDTH);
        let beneath_bars = theme::TOP_BAR_HEIGHT + theme::OPTIONS_HEIGHT + theme::CAPTION_HEIGHT + 8.0;
        Area::new(Id::unique("notices")).anchor(Align2::CENTER_TOP, vec2(0.0, beneath_bars)).show(
            ui.ctx(),
            |ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = 6.0;
                self.show_reading(ui, actions);
                if let Some(recovery) = self.documents.flow.offer() {
                    notice_bar::show_recovery(ui, &recovery.name, &how_long_ago(recovery.modified), actions);
                }
                let notices = &self.chrome.notices;
                let mut cards = |ui: &mut Ui| {
                    notice_bar::show_folded(ui, notices.folded(), actions);
                    for notice in notices.iter() {
                        notice_bar::show_notice(ui, notice, actions);
                    }
                };
                if notices.iter().count() > MAX_CARDS_IN_FULL {
                    let room = 0.5 * window.height();
                    ScrollArea::vertical().max_height(room).stick_to_bottom(true).show(ui, cards);
                } else {
                    cards(ui);
                }
            },
        );
    }

    /// The page of the editor, with the keys of the window.
    pub(in crate::studio) fn show_editor(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        self.with_editor(|editor, context, _| editor.show(ui, context, actions));
        // After the page: a key the tool in the hand took does nothing else.
        if !self.is_asking() {
            actions.extend(keys::actions(ui.ctx(), &self.chrome.keymap));
        }
    }

    /// The page of cases, with the keys that mean something on it.
    pub(in crate::studio) fn show_cases(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let mut page_actions = Vec::new();
        self.follow_case_scans();
        self.pages.cases.show(ui, &self.session.page().scan, &mut page_actions);
        actions.extend(page_actions.into_iter().map(Action::Cases));
        if !self.is_asking() {
            let pressed = keys::actions(ui.ctx(), &self.chrome.keymap).into_iter();
            actions.extend(pressed.filter(|action| {
                matches!(
                    action,
                    Action::Cases(_)
                        | Action::Training(_)
                        | Action::Generate(_)
                        | Action::Open
                        | Action::Window(WindowAction::ToggleKeys | WindowAction::TogglePalette)
                )
            }));
        }
    }

    /// The page of batch generation, with the keys that mean something on it.
    pub(in crate::studio) fn show_generate(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let mut page_actions = Vec::new();
        let context = GenerateContext { models: self.pages.training.models() };
        self.pages.generate.show(ui, context, &mut page_actions);
        actions.extend(page_actions.into_iter().map(Action::Generate));
        if !self.is_asking() {
            let pressed = keys::actions(ui.ctx(), &self.chrome.keymap).into_iter();
            actions.extend(pressed.filter(|action| {
                matches!(
                    action,
                    Action::Generate(_)
                        | Action::Cases(_)
                        | Action::Training(_)
                        | Action::Open
                        | Action::Window(WindowAction::ToggleKeys | WindowAction::TogglePalette)
                )
            }));
        }
    }
}

/// "3 minutes ago".
fn how_long_ago(time: std::time::SystemTime) -> String {
    let seconds = time.elapsed().map_or(0, |elapsed| elapsed.as_secs());
    match seconds {
        0..60 => text!("shell-moment-ago").to_owned(),
        60..3600 => text!("shell-minutes-ago", count = seconds / 60),
        3600..86_400 => text!("shell-hours-ago", count = seconds / 3600),
        _ => text!("shell-days-ago", count = seconds / 86_400),
    }
}
