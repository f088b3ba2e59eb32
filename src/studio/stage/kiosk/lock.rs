//! The one way out of the kiosk: a chord nobody presses by chance, then a PIN.
//!
//! Typed characters never reach a text field: there is none whose menu, clipboard or input method could lead further.

use std::fmt;
use std::time::Duration;

/// Shortest and longest PIN, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=64;
/// Wrong tries until the pad is barred for a while.
const TRIES: u32 = 5;
const BARRED: Duration = Duration::from_secs(30);
/// A pad that nobody types on goes away.
const PATIENCE: Duration = Duration::from_secs(20);

/// What leaves the kiosk: digits for the pad on the screen, or a phrase where there is a keyboard.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

/// A text that is no PIN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a PIN has 4 to 64 characters, none of them a control character")]
pub struct NoPin;

impl Pin {
    /// A PIN from its characters.
    ///
    /// # Errors
    /// If it is too short, too long, or cannot be typed.
    pub fn parse(text: &str) -> Result<Self, NoPin> {
        let is_fit = LENGTHS.contains(&text.chars().count()) && !text.chars().any(char::is_control);
        is_fit.then(|| Self(text.to_owned())).ok_or(NoPin)
    }
}

/// Whoever prints what the kiosk was started with does not print its PIN.
impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// A key of the pad, on the screen or on a keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PadKey {
    /// One more of the PIN.
    Character(char),
    /// Takes the last one back.
    Delete,
    /// Tries the PIN.
    Enter,
    /// Closes the pad.
    Cancel,
}

/// The lock with its pad.
#[derive(Debug)]
pub struct Lock {
    pin: Pin,
    /// What was typed since the pad was opened; `None` while it is closed.
    typed: Option<String>,
    last_key: Duration,
    wrong_tries: u32,
    /// Whether the last try was wrong.
    was_wrong: bool,
    barred_until: Option<Duration>,
}

impl Lock {
    /// A closed pad.
    pub fn new(pin: Pin) -> Self {
        let (typed, last_key) = (None, Duration::ZERO);
        Self { pin, typed, last_key, wrong_tries: 0, was_wrong: false, barred_until: None }
    }

    /// Opens the pad, or closes it again.
    pub fn toggle(&mut self, now: Duration) {
        self.typed = if self.typed.is_some() { None } else { Some(String::new()) };
        (self.last_key, self.was_wrong) = (now, false);
    }

    /// Whether the pad is on the screen.
    pub fn is_open(&self) -> bool {
        self.typed.is_some()
    }

    /// Characters typed so far.
    pub fn typed_count(&self) -> usize {
        self.typed.as_ref().map_or(0, |typed| typed.chars().count())
    }

    /// Whether the last try was wrong.
    pub fn was_wrong(&self) -> bool {
        self.was_wrong
    }

    /// How long nothing can be typed, after too many wrong tries.
    pub fn barred_for(&self, now: Duration) -> Option<Duration> {
        self.barred_until.and_then(|until| until.checked_sub(now)).filter(|left| !left.is_zero())
    }

    /// A key of the pad. Returns whether the way out is open.
    pub fn press(&mut self, key: PadKey, now: Duration) -> bool {
        let is_barred = self.barred_for(now).is_some();
        let Some(typed) = &mut self.typed else { return false };
        self.last_key = now;
        match key {
            PadKey::Cancel => self.typed = None,
            _ if is_barred => {}
            PadKey::Character(character) => {
                self.was_wrong = false;
                if !character.is_control() && typed.chars().count() < *LENGTHS.end() {
                    typed.push(character);
                }
            }
            PadKey::Delete => {
                typed.pop();
            }
            PadKey::Enter if typed.is_empty() => {}
            PadKey::Enter => {
                let is_right = *typed == self.pin.0;
                typed.clear();
                self.was_wrong = !is_right;
                self.wrong_tries = if is_right { 0 } else { self.wrong_tries + 1 };
                if self.wrong_tries == TRIES {
                    self.wrong_tries = 0;
                    self.barred_until = Some(now + BARRED);
                }
                return is_right;
            }
        }
        false
    }

    /// Closes a pad that nobody types on.
    pub fn tick(&mut self, now: Duration) {
        if now.saturating_sub(self.last_key) >= PATIENCE {
            self.typed = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock() -> Lock {
        Lock::new(Pin::parse("2468").expect("a PIN"))
    }

    fn enter(lock: &mut Lock, text: &str, now: Duration) -> bool {
        for character in text.chars() {
            assert!(
                !lock.press(PadKey::Character(character), now),
                "a PIN is entered, not guessed on the way"
            );
        }
        lock.press(PadKey::Enter, now)
    }

    #[test]
    fn only_the_right_pin_on_an_open_pad_opens_it() {
        let mut lock = lock();
        assert!(!enter(&mut lock, "2468", Duration::ZERO), "the pad is closed");
        lock.toggle(Duration::ZERO);
        assert!(!enter(&mut lock, "2469", Duration::ZERO) && lock.was_wrong() && lock.is_open());
        assert!(!enter(&mut lock, "24680", Duration::ZERO));
        lock.press(PadKey::Character('2'), Duration::ZERO);
        lock.press(PadKey::Character('9'), Duration::ZERO);
        lock.press(PadKey::Delete, Duration::ZERO);
        assert!(enter(&mut lock, "468", Duration::ZERO));
    }

    #[test]
    fn too_many_wrong_tries_bar_it_for_a_while_and_nobody_types_forever() {
        let mut lock = lock();
        lock.toggle(Duration::ZERO);
        for _ in 0..TRIES {
            assert!(!enter(&mut lock, "0000", Duration::ZERO));
        }
        let later = Duration::from_secs(29);
        assert_eq!(lock.barred_for(later), Some(Duration::from_secs(1)));
        assert!(!enter(&mut lock, "2468", later), "even the right one");
        assert_eq!(lock.typed_count(), 0);
        lock.tick(Duration::from_secs(60));
        assert!(!lock.is_open());
        lock.toggle(Duration::from_secs(60));
        for _ in 0..200 {
            lock.press(PadKey::Character('x'), Duration::from_secs(61));
        }
        assert_eq!(lock.typed_count(), 64);
        lock.press(PadKey::Cancel, Duration::from_secs(61));
        lock.toggle(Duration::from_secs(62));
        assert!(enter(&mut lock, "2468", Duration::from_secs(62)));
    }

    #[test]
    fn a_pin_has_a_length_and_is_not_printed() {
        assert!(Pin::parse("123").is_err() && Pin::parse(&"1".repeat(65)).is_err());
        assert!(Pin::parse("12\n34").is_err() && Pin::parse("Zapfen & Stäbchen").is_ok());
        assert!(!format!("{:?}", lock()).contains("2468"));
    }
}
