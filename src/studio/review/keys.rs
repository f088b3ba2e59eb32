//! The keys of the page: one key decides and goes on, arrows only look.

use eframe::egui::{Event, Key, Modifiers, Ui};

use crate::review::Decision;
use crate::studio::texts::text;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ReviewKey {
    /// Decides about the pair and goes on.
    Decide(Decision),
    /// Rejects it for the reason of that number, from 0, and goes on.
    Reason(usize),
    /// To the pair looked at before.
    Back,
    /// To another pair, by so many.
    Look(isize),
    /// By so many rows of the grid.
    LookRows(isize),
    First,
    Last,
    NextUndecided,
    GoTo,
    /// The pair in full.
    Open,
    /// Out of it.
    Close,
    Undo,
    /// Labels on or off.
    Blink,
    /// The pair in the editor.
    Edit,
    Refresh,
    /// To the controls over the pairs, or back.
    Controls,
}

/// What the keys of this frame ask for; `is_held_by_control` where a control has the keyboard and needs the keys that
/// move and press it.
pub(super) fn pressed(ui: &Ui, is_held_by_control: bool) -> Vec<ReviewKey> {
    ui.input(|input| {
        let keys = input.events.iter().filter_map(|event| match event {
            Event::Key { key, pressed: true, modifiers, repeat, .. } => {
                let review_key = meaning(*key, *modifiers)?;
                let may_repeat =
                    matches!(review_key, ReviewKey::Look(_) | ReviewKey::LookRows(_) | ReviewKey::Undo);
                let is_of_control = matches!(
                    key,
                    Key::ArrowUp
                        | Key::ArrowDown
                        | Key::ArrowLeft
                        | Key::ArrowRight
                        | Key::Enter
                        | Key::Space
                        | Key::Tab
                );
                let is_meant = !(is_held_by_control && is_of_control);
                (is_meant && (may_repeat || !repeat)).then_some(review_key)
            }
            _ => None,
        });
        keys.collect()
    })
}

fn meaning(key: Key, modifiers: Modifiers) -> Option<ReviewKey> {
    if modifiers.alt {
        return None;
    }
    if modifiers.command {
        return match (key, modifiers.shift) {
            (Key::G, false) => Some(ReviewKey::GoTo),
            (Key::Z, false) => Some(ReviewKey::Undo),
            _ => None,
        };
    }
    if modifiers.shift {
        return None;
    }
    Some(match key {
        Key::F => ReviewKey::Decide(Decision::Accept),
        Key::D => ReviewKey::Decide(Decision::Reject),
        Key::S => ReviewKey::Decide(Decision::Flag),
        Key::A => ReviewKey::Back,
        Key::E => ReviewKey::Edit,
        Key::U => ReviewKey::Undo,
        Key::Space => ReviewKey::Blink,
        Key::Tab => ReviewKey::NextUndecided,
        Key::Enter => ReviewKey::Open,
        Key::Escape => ReviewKey::Close,
        Key::Home => ReviewKey::First,
        Key::End => ReviewKey::Last,
        Key::ArrowLeft => ReviewKey::Look(-1),
        Key::ArrowRight => ReviewKey::Look(1),
        Key::ArrowUp => ReviewKey::LookRows(-1),
        Key::ArrowDown => ReviewKey::LookRows(1),
        Key::PageUp => ReviewKey::LookRows(-4),
        Key::PageDown => ReviewKey::LookRows(4),
        Key::F5 => ReviewKey::Refresh,
        Key::F6 => ReviewKey::Controls,
        Key::Num1 => ReviewKey::Reason(0),
        Key::Num2 => ReviewKey::Reason(1),
        Key::Num3 => ReviewKey::Reason(2),
        Key::Num4 => ReviewKey::Reason(3),
        Key::Num5 => ReviewKey::Reason(4),
        Key::Num6 => ReviewKey::Reason(5),
        Key::Num7 => ReviewKey::Reason(6),
        Key::Num8 => ReviewKey::Reason(7),
        Key::Num9 => ReviewKey::Reason(8),
        _ => return None,
    })
}

/// Why a pair is rejected, by the digit that says so. They are kept with the decision: an export's sheet counts them.
pub(super) const REASONS: [&str; 9] = [
    "layers out of place",
    "lesion not seen in the scan",
    "scan shows what the mask does not",
    "implausible lesion",
    "implausible layers",
    "artefact",
    "blurred or flat",
    "too like a real scan",
    "other",
];

/// A reason as the window says it; what another reviewer's program wrote stays as it is.
pub(super) fn reason_name(reason: &str) -> &str {
    match REASONS.iter().position(|known| *known == reason) {
        Some(0) => text!("review-reason-layers-misplaced"),
        Some(1) => text!("review-reason-lesion-unseen"),
        Some(2) => text!("review-reason-more-than-mask"),
        Some(3) => text!("review-reason-lesion"),
        Some(4) => text!("review-reason-layers"),
        Some(5) => text!("review-reason-artefact"),
        Some(6) => text!("review-reason-blurred"),
        Some(7) => text!("review-reason-too-like"),
        Some(8) => text!("review-reason-other"),
        _ => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_means_one_thing_and_modifiers_change_it() {
        assert_eq!(meaning(Key::F, Modifiers::NONE), Some(ReviewKey::Decide(Decision::Accept)));
        assert_eq!(meaning(Key::F, Modifiers::COMMAND), None);
        assert_eq!(meaning(Key::G, Modifiers::COMMAND), Some(ReviewKey::GoTo));
        assert_eq!(meaning(Key::Z, Modifiers::COMMAND), meaning(Key::U, Modifiers::NONE));
        assert_eq!(meaning(Key::Num9, Modifiers::NONE), Some(ReviewKey::Reason(REASONS.len() - 1)));
        assert_eq!(meaning(Key::Tab, Modifiers::SHIFT), None);
        assert_eq!(meaning(Key::Space, Modifiers::ALT), None);
    }
}
