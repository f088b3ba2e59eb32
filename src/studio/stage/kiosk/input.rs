//! What comes from the screen and from a keyboard: which of it counts as a touch, which belongs to the lock, and the
//! strokes of a finger on the pictures.

use eframe::egui::{Event, Key, PointerButton, Pos2, Rect, TouchPhase, Ui};

use super::game::{GameStep, Guess};
use super::lock::PadKey;
use super::state::{Kiosk, Phase, Wish};

/// With Ctrl (Cmd on a Mac) and Shift: the pad of the lock.
const CHORD: Key = Key::K;

impl Kiosk {
    /// Takes everything of a frame that is no target on the screen.
    pub(super) fn take_input(&mut self, ui: &Ui) {
        let (events, has_focus) =
            (ui.input(|input| input.events.clone()), ui.memory(|memory| memory.focused().is_some()));
        for event in &events {
            if is_touch(event) || is_drag(event, self.scans.held) {
                self.touched();
            }
            if is_chord(event) {
                self.ask_for_pin();
            } else if self.lock.is_open() {
                pad_keys(event, has_focus).into_iter().for_each(|key| self.wish(Wish::Pad(key)));
            } else if let Some(wish) = self.game_key(event, has_focus) {
                self.wish(wish);
            }
        }
    }

    /// A game is played with 1, 2 and Enter, too.
    fn game_key(&self, event: &Event, has_focus: bool) -> Option<Wish> {
        let (Phase::Game(game), Event::Key { key, pressed: true, repeat: false, .. }) = (&self.phase, event)
        else {
            return None;
        };
        match (game.step(), key) {
            (GameStep::Question, Key::Num1) => Some(Wish::Answer(Guess::Real)),
            (GameStep::Question, Key::Num2) => Some(Wish::Answer(Guess::Synthetic)),
            // A target that has the keyboard is pressed by Enter itself.
            (GameStep::Truth { .. }, Key::Enter) if !has_focus => Some(Wish::GoOn),
            (GameStep::Result(_), Key::Enter) if !has_focus => Some(Wish::Play),
            (_, Key::Escape) => Some(Wish::Leave),
            _ => None,
        }
    }

    /// The strokes of a frame on the pictures, in order.
    pub(super) fn strokes(&mut self, ui: &Ui, panes: &[Rect; 2]) -> Vec<Wish> {
        let events = ui.input(|input| input.events.clone());
        let mut wishes = Vec::new();
        let view = self.scans.view;
        let point = |index: usize, pos: Pos2| view.image_from_screen(panes[index], pos);
        for event in &events {
            match *event {
                Event::PointerButton { pos, button: PointerButton::Primary, pressed: true, .. } => {
                    self.scans.held = panes.iter().position(|pane| pane.contains(pos));
                    wishes.extend(self.scans.held.map(|index| Wish::Begin(point(index, pos))));
                }
                Event::PointerMoved(pos) => {
                    wishes.extend(self.scans.held.map(|index| Wish::DragTo(point(index, pos))));
                }
                Event::PointerButton { button: PointerButton::Primary, pressed: false, .. }
                | Event::PointerGone
                | Event::WindowFocused(false) => {
                    wishes.extend(self.scans.held.take().map(|_| Wish::End));
                }
                _ => {}
            }
        }
        wishes
    }
}

/// Whether somebody is there: a pointer that trembles on a table is nobody.
fn is_touch(event: &Event) -> bool {
    matches!(
        event,
        Event::PointerButton { pressed: true, .. }
            | Event::Touch { phase: TouchPhase::Start, .. }
            | Event::Key { pressed: true, .. }
            | Event::Text(_)
            | Event::MouseWheel { .. }
            | Event::AccessKitActionRequest(_)
    )
}

fn is_drag(event: &Event, held: Option<usize>) -> bool {
    held.is_some() && matches!(event, Event::PointerMoved(_))
}

fn is_chord(event: &Event) -> bool {
    matches!(event, Event::Key { key: CHORD, pressed: true, repeat: false, modifiers, .. }
        if modifiers.command && modifiers.shift)
}

fn pad_keys(event: &Event, has_focus: bool) -> Vec<PadKey> {
    match event {
        Event::Text(text) => text.chars().map(PadKey::Character).collect(),
        Event::Key { key: Key::Backspace, pressed: true, .. } => vec![PadKey::Delete],
        Event::Key { key: Key::Enter, pressed: true, repeat: false, .. } if !has_focus => vec![PadKey::Enter],
        Event::Key { key: Key::Escape, pressed: true, .. } => vec![PadKey::Cancel],
        _ => Vec::new(),
    }
}
