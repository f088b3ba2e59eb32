//! Cards over the panes: what went wrong and what to do, and work that was found again.

use eframe::egui::{
    Align, Button, Color32, Frame, Id, Label, Layout, Margin, RichText, ScrollArea, Sense, Stroke, Ui, Vec2,
    vec2,
};

use crate::studio::shell::action::{Action, WindowAction};
use crate::studio::shell::notices::{Notice, Severity};
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, icon_button_sized};
use crate::studio::widgets::icons;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

/// Height in points that unfolded warnings may have.
const UNFOLDED_HEIGHT: f32 = 160.0;

/// Draws one notice with its close button.
pub fn show_notice(ui: &mut Ui, notice: &Notice, actions: &mut Vec<Action>) {
    let color = match notice.severity {
        Severity::Info => theme::ACCENT,
        Severity::Warning => theme::WARNING,
        Severity::Error => theme::ERROR,
    };
    bar(ui, color, &notice.text, |ui| dismiss_button(ui, notice.id, actions));
}

/// Draws the card that older warnings share; what they say is there to be unfolded.
pub fn show_folded(ui: &mut Ui, folded: &[Notice], actions: &mut Vec<Action>) {
    let Some(first) = folded.first() else { return };
    let place = Id::unique("folded warnings");
    let mut is_open: bool = ui.data(|data| data.get_temp(place)).unwrap_or_default();
    bar(ui, theme::WARNING, &text!("notice-folded", count = folded.len()), |ui| {
        dismiss_button(ui, first.id, actions);
        let name = if is_open { text!("notice-fold") } else { text!("notice-unfold") };
        if ui.add(Button::new(name).min_size(vec2(60.0, 24.0))).clicked() {
            is_open = !is_open;
            ui.data_mut(|data| data.insert_temp(place, is_open));
        }
    });
    if is_open {
        card(theme::WARNING).show(ui, |ui| {
            ScrollArea::vertical().max_height(UNFOLDED_HEIGHT).auto_shrink([false, true]).show(ui, |ui| {
                for notice in folded {
                    ui.add(Label::new(RichText::new(&notice.text).color(theme::TEXT_STRONG)).wrap());
                }
            });
        });
    }
}

fn dismiss_button(ui: &mut Ui, id: u64, actions: &mut Vec<Action>) {
    let (size, name) = (Vec2::splat(22.0), text!("notice-dismiss"));
    if icon_button_sized(ui, size, 15.0, Icon::Close, name, name, ButtonState::READY).clicked() {
        actions.push(Action::Window(WindowAction::DismissNotice(id)));
    }
}

/// Draws the offer of work that a crash left behind.
pub fn show_recovery(ui: &mut Ui, name: &str, when: &str, actions: &mut Vec<Action>) {
    bar(ui, theme::ACCENT, &text!("notice-recovery", %name, %when), |ui| {
        let restore =
            Button::new(RichText::new(text!("notice-restore")).color(theme::ON_ACCENT)).fill(theme::ACCENT);
        if ui.add(restore.min_size(vec2(76.0, 24.0))).clicked() {
            actions.push(Action::RestoreRecovery);
        }
        if ui.add(Button::new(text!("shell-discard")).min_size(vec2(70.0, 24.0))).clicked() {
            actions.push(Action::DiscardRecovery);
        }
    });
}

/// Draws how far the reading of files is.
pub fn show_reading(ui: &mut Ui, words: &str, actions: &mut Vec<Action>) {
    bar(ui, theme::ACCENT, words, |ui| {
        if ui.add(Button::new(text!("shell-cancel")).min_size(vec2(70.0, 24.0))).clicked() {
            actions.push(Action::CancelReading);
        }
    });
}

fn card(color: Color32) -> Frame {
    Frame::new()
        .fill(theme::CHROME.lerp_to_gamma(color, 0.12))
        .stroke(Stroke::new(1.0, theme::CHROME.lerp_to_gamma(color, 0.4)))
        .corner_radius(8.0)
        .inner_margin(Margin { left: 12, right: 8, top: 5, bottom: 5 })
}

fn bar(ui: &mut Ui, color: Color32, text: &str, buttons: impl FnOnce(&mut Ui)) {
    card(color).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_height(24.0);
            let (mark, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
            let icon = if color == theme::ACCENT { Icon::Info } else { Icon::Warning };
            icons::paint(ui.painter(), mark, icon, color);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                buttons(ui);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(RichText::new(text).color(theme::TEXT_STRONG)).wrap());
                });
            });
        });
    });
}
