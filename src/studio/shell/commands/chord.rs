//! A key with the modifiers held: what it is written as, shown as, and when a press is one.

use std::fmt;
use std::str::FromStr;

use eframe::egui::{Key, Modifiers};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::studio::texts::text;

/// A key and its modifiers. `Ctrl` is the command key on a Mac.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord {
    /// The one that is pressed.
    pub key: Key,
    /// Whether the command key is held.
    pub ctrl: bool,
    /// Whether Shift is held; never for a sign.
    pub shift: bool,
    /// Whether Alt is held.
    pub alt: bool,
}

/// A text that names no chord.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a key: write it like Ctrl+Shift+Z, PageUp or [")]
pub struct NotAChord(String);

impl Chord {
    /// The chord of a press; a lone modifier is none, and neither are the keys that walk between and
    /// leave controls.
    pub fn pressed(key: Key, modifiers: Modifiers) -> Self {
        // A sign is the same sign whether or not its keyboard needs Shift for it.
        let shift = modifiers.shift && !is_sign(key);
        Self { key, ctrl: modifiers.command, shift, alt: modifiers.alt }
    }

    /// The chord without Alt, which the pointer uses while it is held.
    pub fn without_alt(self) -> Self {
        Self { alt: false, ..self }
    }

    /// Whether the key moves the focus or a slider while a control has the keyboard.
    pub fn belongs_to_controls(self) -> bool {
        let plain = !self.ctrl && !self.alt;
        let walks = matches!(
            self.key,
            Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight | Key::Enter | Key::Space
        );
        plain && walks
    }
}

fn is_sign(key: Key) -> bool {
    matches!(
        key,
        Key::Plus
            | Key::Minus
            | Key::Equals
            | Key::OpenBracket
            | Key::CloseBracket
            | Key::OpenCurlyBracket
            | Key::CloseCurlyBracket
            | Key::Questionmark
            | Key::Exclamationmark
            | Key::Colon
            | Key::Pipe
            | Key::Slash
            | Key::Backslash
            | Key::Backtick
            | Key::Quote
            | Key::Semicolon
    )
}

impl FromStr for Chord {
    type Err = NotAChord;

    fn from_str(text: &str) -> Result<Self, NotAChord> {
        let refused = || NotAChord(text.to_owned());
        let mut chord = Self { key: Key::Escape, ctrl: false, shift: false, alt: false };
        let mut rest = text.trim();
        while let Some((modifier, after)) = rest.split_once('+').filter(|(word, _)| !word.is_empty()) {
            match modifier {
                "Ctrl" => chord.ctrl = true,
                "Shift" => chord.shift = true,
                "Alt" => chord.alt = true,
                _ => return Err(refused()),
            }
            rest = after;
        }
        chord.key = Key::from_name(rest).ok_or_else(refused)?;
        chord.shift &= !is_sign(chord.key);
        Ok(chord)
    }
}

impl fmt::Display for Chord {
    /// As it is stored and read: `Ctrl+Shift+Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "Ctrl+"), (self.shift, "Shift+"), (self.alt, "Alt+")] {
            if held {
                f.write_str(name)?;
            }
        }
        f.write_str(self.key.name())
    }
}

impl Chord {
    /// As a person reads it on a key cap: `Ctrl Shift Z`, `Page up`, `[`.
    pub fn shown(self) -> String {
        let ctrl = crate::platform::command_key().unwrap_or_else(|| text!("key-ctrl"));
        let mut text = String::new();
        for (held, name) in
            [(self.ctrl, ctrl), (self.shift, text!("key-shift")), (self.alt, text!("key-alt"))]
        {
            if held {
                text.push_str(name);
                text.push(' ');
            }
        }
        text.push_str(match self.key {
            Key::PageUp => text!("key-page-up"),
            Key::PageDown => text!("key-page-down"),
            Key::ArrowUp => text!("key-up"),
            Key::ArrowDown => text!("key-down"),
            Key::ArrowLeft => text!("key-left"),
            Key::ArrowRight => text!("key-right"),
            Key::Escape => text!("key-escape"),
            Key::Home => text!("key-home"),
            Key::Delete => text!("key-delete"),
            key => key.symbol_or_name(),
        });
        text
    }
}

impl Serialize for Chord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Chord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_survives_being_written_and_read() {
        for key in Key::ALL {
            for bits in 0..8 {
                let modifiers = Modifiers {
                    command: bits & 1 > 0,
                    shift: bits & 2 > 0,
                    alt: bits & 4 > 0,
                    ..Modifiers::NONE
                };
                let chord = Chord::pressed(*key, modifiers);
                assert_eq!(chord.to_string().parse(), Ok(chord));
            }
        }
        for wrong in ["", "Ctrl+", "Hyper+B", "Ctrl", "BB", "B+Ctrl"] {
            assert!(wrong.parse::<Chord>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn signs_are_the_same_on_keyboards_that_need_shift_for_them() {
        let plus = "+".parse::<Chord>();
        assert_eq!(plus, Ok(Chord::pressed(Key::Plus, Modifiers::SHIFT)));
        assert_eq!(plus, Ok(Chord::pressed(Key::Plus, Modifiers::NONE)));
        assert_eq!("Ctrl+-".parse(), Ok(Chord::pressed(Key::Minus, Modifiers::COMMAND)));
    }
}
