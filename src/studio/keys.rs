//! The keys: one table for what they do and for the page that shows them.

use eframe::egui::{Context, Event, Key, Modifiers};

use super::command::Action;
use super::settings::Tool;

/// Factor by which one key press or wheel notch changes the brush.
pub const BRUSH_STEP: f32 = 1.15;
const FADE_STEP: f32 = 0.08;

/// (heading, (keys, what they do)): the page behind F1.
pub const SHOWN: [(&str, &[(&str, &str)]); 4] = [
    (
        "Paint",
        &[
            ("B", "Brush"),
            ("E", "Eraser: reveals the layer beneath a lesion"),
            ("0 – 9", "Label: 0 above ILM, 1 – 7 layers, 8 below BM, 9 IRF"),
            ("X", "Swap with the label before"),
            ("[  ]   −  +", "Brush size, also Shift + wheel"),
            ("Right button, Alt", "Erase while held"),
            ("Esc", "Abort the stroke"),
        ],
    ),
    (
        "Look",
        &[
            ("Wheel", "Zoom at the pointer"),
            ("Space + drag, middle drag", "Pan, also in mid-stroke"),
            ("H", "Hand"),
            ("Home, Ctrl 0", "Fit; also a double click with the hand"),
            ("Ctrl 1", "One image pixel a screen pixel"),
            ("S", "Labels on or off"),
            ("A  D", "Labels fainter, stronger"),
        ],
    ),
    (
        "Document",
        &[
            ("Ctrl O", "Open"),
            ("Ctrl S", "Save"),
            ("Ctrl Shift S", "Save as"),
            ("Ctrl Z", "Undo"),
            ("Ctrl Shift Z, Ctrl Y", "Redo"),
            ("Page up, Page down", "B-scan before, after; also Ctrl + wheel"),
        ],
    ),
    ("Synthesis", &[("R", "Reroll: another noise, the same anatomy"), ("F1  ?", "This page")]),
];

/// What the keys of this frame ask for. Nothing while a text field has the keyboard.
pub fn actions(context: &Context) -> Vec<Action> {
    if context.text_edit_focused() {
        return Vec::new();
    }
    context.input(|input| {
        let pressed = input.events.iter().filter_map(|event| match event {
            Event::Key { key, pressed: true, modifiers, repeat, .. } => action(*key, *modifiers, *repeat),
            _ => None,
        });
        pressed.collect()
    })
}

fn action(key: Key, modifiers: Modifiers, repeat: bool) -> Option<Action> {
    if modifiers.command {
        return command_action(key, modifiers.shift, repeat);
    }
    if let Some(repeatable) = match key {
        Key::OpenBracket | Key::Minus => Some(Action::ScaleBrush(1.0 / BRUSH_STEP)),
        Key::CloseBracket | Key::Plus | Key::Equals => Some(Action::ScaleBrush(BRUSH_STEP)),
        Key::A => Some(Action::Fade(-FADE_STEP)),
        Key::D => Some(Action::Fade(FADE_STEP)),
        Key::PageUp => Some(Action::TurnPage(-1)),
        Key::PageDown => Some(Action::TurnPage(1)),
        _ => None,
    } {
        return Some(repeatable);
    }
    if repeat {
        return None;
    }
    match key {
        Key::B => Some(Action::SelectTool(Tool::Brush)),
        Key::E => Some(Action::SelectTool(Tool::Eraser)),
        Key::H => Some(Action::SelectTool(Tool::Hand)),
        Key::X => Some(Action::SwapLabels),
        Key::S => Some(Action::ToggleOverlay),
        Key::R => Some(Action::Reroll),
        Key::Home => Some(Action::Fit),
        Key::F1 | Key::Questionmark => Some(Action::ToggleKeys),
        _ => digit(key).map(Action::SelectLabel),
    }
}

fn command_action(key: Key, shift: bool, repeat: bool) -> Option<Action> {
    match key {
        Key::Z if shift => Some(Action::Redo),
        Key::Z => Some(Action::Undo),
        Key::Y => Some(Action::Redo),
        _ if repeat => None,
        Key::S if shift => Some(Action::SaveAs),
        Key::S => Some(Action::Save),
        Key::O => Some(Action::Open),
        Key::Num0 => Some(Action::Fit),
        Key::Num1 => Some(Action::OneToOne),
        _ => None,
    }
}

fn digit(key: Key) -> Option<u8> {
    const DIGITS: [Key; 10] = [
        Key::Num0,
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Num5,
        Key::Num6,
        Key::Num7,
        Key::Num8,
        Key::Num9,
    ];
    DIGITS.iter().position(|digit| *digit == key).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_does_not_paint_labels_and_repeats_do_not_toggle() {
        assert!(matches!(action(Key::Num0, Modifiers::COMMAND, false), Some(Action::Fit)));
        assert!(matches!(action(Key::Num9, Modifiers::NONE, false), Some(Action::SelectLabel(9))));
        assert!(matches!(action(Key::S, Modifiers::COMMAND, false), Some(Action::Save)));
        assert!(action(Key::S, Modifiers::NONE, true).is_none());
        assert!(matches!(action(Key::Z, Modifiers::COMMAND | Modifiers::SHIFT, true), Some(Action::Redo)));
    }
}
