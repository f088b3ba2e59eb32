//! Keys go to the widget that had the keyboard when they were pressed.
//!
//! A slow frame brings a click on a number field, the digits typed into it and the next press on the scan all at once.
//! Read together, the digits come before the field is there to take them, or after it was left, and choose labels and
//! tools instead. So such a frame is given to the window in parts: what may move the keyboard, and what is typed, never
//! come in one. And in a frame that begins or ends with a text field at the keyboard, no key is a shortcut.

use eframe::egui::{Context, Event, Key, Plugin, RawInput};

/// What of a slow frame is still to come.
#[derive(Default)]
struct Typing {
    held: Vec<Event>,
    /// Whether a text field had the keyboard when the frame began.
    began_in_field: bool,
}

impl Plugin for Typing {
    fn debug_name(&self) -> &'static str {
        "typing"
    }

    fn input_hook(&mut self, context: &Context, input: &mut RawInput) {
        self.began_in_field = context.text_edit_focused();
        let mut events = std::mem::take(&mut self.held);
        events.append(&mut input.events);
        self.held = events.split_off(first_part(&events));
        input.events = events;
        if !self.held.is_empty() {
            context.request_repaint();
        }
    }
}

/// What an event has to do with the keyboard.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// It goes to whoever has it.
    Typed,
    /// It may give it to somebody else.
    Moves,
    Neither,
}

/// Makes a window give out its input so; once is enough.
pub(in crate::studio) fn install(context: &Context) {
    context.add_plugin(Typing::default());
}

/// Whether the keys of this frame belong to a text field or a number field: it has the keyboard, or had it when they
/// were pressed.
pub(in crate::studio) fn belongs_to_field(context: &Context) -> bool {
    let began_in_field = context.with_plugin(|typing: &mut Typing| typing.began_in_field);
    began_in_field.unwrap_or(false) || context.text_edit_focused()
}

/// How many of these events may come in one frame.
fn first_part(events: &[Event]) -> usize {
    let mut before = Part::Neither;
    for (index, event) in events.iter().enumerate() {
        match (before, part(event)) {
            (_, Part::Neither) => {}
            (Part::Typed, Part::Moves) | (Part::Moves, Part::Typed) => return index,
            (_, part) => before = part,
        }
    }
    events.len()
}

fn part(event: &Event) -> Part {
    match event {
        Event::Text(_) | Event::Ime(_) | Event::Copy | Event::Cut | Event::Paste(_) => Part::Typed,
        Event::Key { key, pressed: true, modifiers, .. } => {
            let is_function = (Key::F1..=Key::F35).contains(key);
            let may_move = matches!(key, Key::Enter | Key::Tab | Key::Escape);
            if may_move || is_function || modifiers.command { Part::Moves } else { Part::Typed }
        }
        Event::PointerButton { .. } | Event::AccessKitActionRequest(_) => Part::Moves,
        _ => Part::Neither,
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Modifiers, PointerButton, Pos2};

    use super::*;

    fn key(key: Key, modifiers: Modifiers) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
    }

    fn button(pressed: bool) -> Event {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        Event::PointerButton { pos: Pos2::ZERO, button, pressed, modifiers }
    }

    /// The frames that a list of events becomes, as how many of them come in each.
    fn frames(mut events: Vec<Event>) -> Vec<usize> {
        let mut parts = Vec::new();
        while !events.is_empty() {
            let count = first_part(&events);
            parts.push(count);
            events.drain(..count);
        }
        parts
    }

    #[test]
    fn digits_come_after_the_click_and_before_the_next_press() {
        let typed = || [key(Key::Num4, Modifiers::NONE), Event::Text("4".into())];
        let mut slow = vec![Event::PointerMoved(Pos2::ZERO), button(true), button(false)];
        slow.extend(typed());
        slow.extend(typed());
        slow.extend([Event::PointerMoved(Pos2::ZERO), button(true), button(false)]);
        assert_eq!(frames(slow), [3, 5, 2]);
        let mut entered = typed().to_vec();
        entered.extend([key(Key::Enter, Modifiers::NONE), key(Key::B, Modifiers::NONE)]);
        assert_eq!(frames(entered), [2, 1, 1]);
    }

    #[test]
    fn a_command_may_open_a_field_and_a_gesture_stays_whole() {
        let letters =
            [key(Key::P, Modifiers::COMMAND), key(Key::L, Modifiers::NONE), Event::Text("l".into())];
        assert_eq!(frames(letters.to_vec()), [1, 2]);
        let stroke = [button(true), Event::PointerMoved(Pos2::ZERO), button(false)];
        assert_eq!(frames(stroke.to_vec()), [3]);
        let undone = vec![key(Key::Z, Modifiers::COMMAND); 4];
        assert_eq!(frames(undone), [4], "held keys are not spread over frames");
        assert_eq!(frames(Vec::new()), [0; 0]);
    }
}
