//! The keys of a frame, as what they ask for.

use eframe::egui::{Context, Event, Key, Modifiers, Popup};

use super::action::Action;
use super::commands::chord::Chord;
use super::commands::keymap::Keymap;
use super::typing;

/// What the keys of this frame ask for. Nothing where a text field has the keyboard or had it when they were pressed; a
/// control that has it keeps the keys that move it.
pub fn actions(context: &Context, keymap: &Keymap) -> Vec<Action> {
    if typing::belongs_to_field(context) {
        return Vec::new();
    }
    let control_focused = context.memory(|memory| memory.focused().is_some());
    context.input(|input| {
        let pressed = input.events.iter().filter_map(|event| match event {
            // What a desktop makes of the keys of its clipboard.
            Event::Copy => keymap.command_for(Key::C, Modifiers::COMMAND).map(|command| (command.action)()),
            Event::Cut => keymap.command_for(Key::X, Modifiers::COMMAND).map(|command| (command.action)()),
            Event::Paste(_) => {
                keymap.command_for(Key::V, Modifiers::COMMAND).map(|command| (command.action)())
            }
            Event::Key { key, physical_key, pressed: true, modifiers, repeat, .. } => {
                // A digit under Shift is a sign, and another one on every keyboard: the key itself counts.
                let under_sign = || physical_key.filter(|key| modifiers.shift && is_digit(*key));
                let command = keymap
                    .command_for(*key, *modifiers)
                    .or_else(|| keymap.command_for(under_sign()?, *modifiers))?;
                let is_meant = !control_focused || !Chord::pressed(*key, *modifiers).belongs_to_controls();
                (is_meant && (command.repeats || !repeat)).then(command.action)
            }
            _ => None,
        });
        pressed.collect()
    })
}

/// Whether Escape is pressed and nobody else wants it: no text field, and no menu that it closes. To be asked before
/// menus are drawn.
pub fn is_leaving(context: &Context) -> bool {
    let is_free = !typing::belongs_to_field(context) && !Popup::is_any_open(context);
    is_free && context.input(|input| input.key_pressed(Key::Escape))
}

fn is_digit(key: Key) -> bool {
    (Key::Num0..=Key::Num9).contains(&key)
}
