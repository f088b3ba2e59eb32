//! What a number of steps is called where nobody speaks of steps.

use crate::studio::shell::settings::QUALITIES;
use crate::studio::texts::{self, text};

/// The quality that a number of steps is; `None` for those that are chosen under Advanced alone.
pub fn quality_of(steps: u32) -> Option<&'static str> {
    QUALITIES.iter().find(|(.., of)| *of == steps).map(|(shown, ..)| texts::plain(shown))
}

/// A picture's quality in words, or its number of steps.
pub fn quality_in_words(steps: u32) -> String {
    quality_of(steps).map_or_else(|| text!("synthesis-steps", steps), str::to_owned)
}
