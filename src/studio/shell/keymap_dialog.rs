//! The dialog that changes the keys: presets, a search, one row a command, conflicts in sight.

use eframe::egui::{
    Align, Align2, Button, Color32, Context, Event, Frame, Id, Key, Layout, Margin, Modal, RichText, Role,
    ScrollArea, Sense, Stroke, TextEdit, Ui, WidgetInfo, vec2,
};

use crate::studio::shell::action::{Action, WindowAction};
use crate::studio::shell::commands::chord::Chord;
use crate::studio::shell::commands::keymap::{Keymap, KeymapChoice, KeymapPreset};
use crate::studio::shell::commands::{UserCommand, search};
use crate::studio::texts::text;
use crate::studio::widgets::controls::{segments, switch};
use crate::studio::widgets::theme;

const WIDTH: f32 = 660.0;
const ROW_HEIGHT: f32 = 30.0;

/// An open dialog.
#[derive(Debug, Default)]
pub struct KeymapDialog {
    query: String,
    /// The command that waits for a key.
    listening: Option<&'static str>,
    /// Whether the search was given the keyboard.
    is_ready: bool,
}

/// Draws the dialog over the window.
pub fn show(
    context: &Context,
    dialog: &mut KeymapDialog,
    keymap: &Keymap,
    alt_drag_resizes: bool,
    actions: &mut Vec<Action>,
) {
    listen(context, dialog, keymap, actions);
    let frame = Frame::new()
        .fill(theme::CHROME)
        .stroke(Stroke::new(1.0, theme::LINE))
        .corner_radius(10.0)
        .inner_margin(Margin::symmetric(22, 18));
    let modal = Modal::new(Id::unique("keymap")).frame(frame).backdrop_color(theme::BACKDROP);
    let height = (context.content_rect().height() - 320.0).clamp(120.0, 440.0);
    let response = modal.show(context, |ui| {
        ui.set_width(WIDTH);
        show_head(ui, keymap, actions);
        ui.add_space(6.0);
        show_presets(ui, keymap, actions);
        let hint = text!("keymap-alt-about");
        if switch(ui, alt_drag_resizes, text!("keymap-alt"), hint) {
            actions.push(Action::Window(WindowAction::ToggleAltDrag));
        }
        ui.add_space(4.0);
        let field = TextEdit::singleline(&mut dialog.query)
            .hint_text(text!("keymap-find"))
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(8, 6));
        let search = ui.add(field).accessible_name(text!("keymap-find"));
        if !std::mem::replace(&mut dialog.is_ready, true) {
            search.request_focus();
        }
        ui.add_space(4.0);
        let found = found(&dialog.query, keymap);
        if found.is_empty() {
            ui.label(theme::weak(text!("keymap-nothing")));
        }
        ui.spacing_mut().item_spacing.y = 1.0;
        ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink([false, false])
            .show(ui, |ui| {
                for command in found {
                    row(ui, command, dialog, keymap, actions);
                }
            });
    });
    if response.should_close() && dialog.listening.take().is_none() {
        actions.push(Action::Window(WindowAction::ToggleKeymap));
    }
}

/// The title, with the buttons that close the dialog and take back all changes.
fn show_head(ui: &mut Ui, keymap: &Keymap, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(text!("keymap-title")).font(theme::semibold(17.0)).color(theme::TEXT_STRONG));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::new(text!("shell-close")).min_size(vec2(72.0, 26.0))).clicked() {
                actions.push(Action::Window(WindowAction::ToggleKeymap));
            }
            let changed = !keymap.choice().changed.is_empty();
            let reset = Button::new(text!("keymap-reset-all")).min_size(vec2(82.0, 26.0));
            let hint = text!("keymap-to-preset");
            if ui.add_enabled(changed, reset).on_hover_text(hint).clicked() {
                let preset = keymap.choice().preset;
                actions.push(Action::Window(WindowAction::ChangeKeys(KeymapChoice {
                    preset,
                    ..KeymapChoice::default()
                })));
            }
        });
    });
}

/// Takes the next key for the command that waits for one; Esc gives up waiting.
fn listen(context: &Context, dialog: &mut KeymapDialog, keymap: &Keymap, actions: &mut Vec<Action>) {
    let Some(id) = dialog.listening else { return };
    let pressed = context.input_mut(|input| {
        let at = input.events.iter().position(|event| matches!(event, Event::Key { pressed: true, .. }))?;
        match input.events.remove(at) {
            Event::Key { key, modifiers, .. } => Some((key, modifiers)),
            _ => None,
        }
    });
    let Some((key, modifiers)) = pressed else { return };
    dialog.listening = None;
    let chord = Chord::pressed(key, modifiers);
    if key != Key::Escape && key != Key::Tab && !keymap.keys(id).contains(&chord) {
        let mut keys = keymap.keys(id).to_vec();
        keys.push(chord);
        actions.push(Action::Window(WindowAction::ChangeKeys(with_keys(keymap, id, keys))));
    }
}

fn with_keys(keymap: &Keymap, id: &str, keys: Vec<Chord>) -> KeymapChoice {
    let mut choice = keymap.choice().clone();
    choice.changed.insert(id.to_owned(), keys);
    choice
}

/// Commands by their name, or by a key that is written as it is shown.
fn found(query: &str, keymap: &Keymap) -> Vec<&'static UserCommand> {
    let wanted = query.trim().to_lowercase();
    let mut found = search::matching(query);
    let has_key = |command: &&UserCommand| {
        !wanted.is_empty()
            && keymap.keys(command.id).iter().any(|chord| chord.shown().to_lowercase() == wanted)
    };
    let by_key: Vec<&'static UserCommand> = super::commands::COMMANDS.iter().filter(has_key).collect();
    found.retain(|command| by_key.iter().all(|other| other.id != command.id));
    by_key.into_iter().chain(found).collect()
}

fn show_presets(ui: &mut Ui, keymap: &Keymap, actions: &mut Vec<Action>) {
    let choices = KeymapPreset::ALL.map(|preset| (preset.name(), preset.name()));
    let chosen = KeymapPreset::ALL.iter().position(|preset| *preset == keymap.choice().preset).unwrap_or(0);
    ui.horizontal(|ui| {
        ui.label(text!("keymap-as-in"));
        if let Some(index) = segments(ui, 300.0, &choices, chosen) {
            let changed = keymap.choice().changed.clone();
            actions.push(Action::Window(WindowAction::ChangeKeys(KeymapChoice {
                preset: KeymapPreset::ALL[index],
                changed,
            })));
        }
    });
}

fn row(
    ui: &mut Ui,
    command: &'static UserCommand,
    dialog: &mut KeymapDialog,
    keymap: &Keymap,
    actions: &mut Vec<Action>,
) {
    let conflicts: Vec<&UserCommand> =
        keymap.keys(command.id).iter().flat_map(|chord| keymap.conflicts(command.id, *chord)).collect();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let (rect, _) = ui.allocate_exact_size(vec2(310.0, ROW_HEIGHT), Sense::hover());
        let painter = ui.painter();
        painter.text(rect.left_center(), Align2::LEFT_CENTER, command.name(), theme::body(), theme::TEXT);
        for chord in keymap.keys(command.id) {
            let in_conflict = !keymap.conflicts(command.id, *chord).is_empty();
            if chip(ui, &chord.shown(), command.name(), in_conflict) {
                let keys = keymap.keys(command.id).iter().filter(|own| *own != chord).copied().collect();
                actions.push(Action::Window(WindowAction::ChangeKeys(with_keys(keymap, command.id, keys))));
            }
        }
        let listens = dialog.listening == Some(command.id);
        let text = if listens { text!("keymap-press") } else { "+" };
        let add = Button::new(RichText::new(text).font(theme::small())).min_size(vec2(24.0, 22.0));
        let response = ui.add(add.selected(listens)).on_hover_text(text!("keymap-another"));
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Button, true, text!("keymap-add", command = %command.name()))
        });
        if response.clicked() {
            dialog.listening = if listens { None } else { Some(command.id) };
        }
        if keymap.choice().changed.contains_key(command.id) {
            let reset = Button::new(RichText::new(text!("keymap-reset")).font(theme::small()))
                .min_size(vec2(44.0, 22.0));
            let response = ui.add(reset).on_hover_text(text!("keymap-to-preset"));
            response.widget_info(|| {
                WidgetInfo::labeled(Role::Button, true, text!("keymap-reset-keys", command = %command.name()))
            });
            if response.clicked() {
                let mut choice = keymap.choice().clone();
                choice.changed.remove(command.id);
                actions.push(Action::Window(WindowAction::ChangeKeys(choice)));
            }
        }
    });
    for comparison in conflicts {
        conflict(ui, command, comparison, keymap, actions);
    }
}

/// A key on a plate; a press on it takes it away. Returns whether it was pressed.
fn chip(ui: &mut Ui, keys: &str, name: &str, in_conflict: bool) -> bool {
    let color = if in_conflict { theme::WARNING } else { theme::ACCENT };
    let galley = ui.painter().layout_no_wrap(keys.to_owned(), theme::semibold(11.5), color);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(14.0, 8.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text!("keymap-take", %keys, %name)));
    let fill = if response.hovered() || response.has_focus() { theme::HOVER } else { theme::RAISED };
    let edge = if in_conflict { theme::WARNING } else { Color32::TRANSPARENT };
    ui.painter().rect(rect, theme::RADIUS, fill, Stroke::new(1.0, edge), eframe::egui::StrokeKind::Inside);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
    response.on_hover_text(text!("keymap-take-about")).clicked()
}

/// The line under a command whose key another one has, too.
fn conflict(
    ui: &mut Ui,
    command: &UserCommand,
    comparison: &UserCommand,
    keymap: &Keymap,
    actions: &mut Vec<Action>,
) {
    ui.horizontal(|ui| {
        ui.add_space(14.0);
        let text = text!("keymap-same", command = %comparison.name());
        ui.label(RichText::new(text).font(theme::small()).color(theme::WARNING));
        let take = Button::new(RichText::new(text!("keymap-only-here")).font(theme::small()))
            .min_size(vec2(64.0, 20.0));
        let response = ui.add(take).on_hover_text(text!("keymap-only-here-about"));
        response.widget_info(|| {
            let name = text!("keymap-only-here-not", command = %command.name(), other = %comparison.name());
            WidgetInfo::labeled(Role::Button, true, name)
        });
        if response.clicked() {
            let own = keymap.keys(command.id);
            let keys =
                keymap.keys(comparison.id).iter().filter(|chord| !own.contains(chord)).copied().collect();
            actions.push(Action::Window(WindowAction::ChangeKeys(with_keys(keymap, comparison.id, keys))));
        }
    });
}
