//! The pad of the lock: digits for a finger, a line that shows how many characters were typed and none of them.

use std::time::Duration;

use eframe::egui::{Rect, Ui, Vec2, pos2, vec2};

use super::lock::{Lock, PadKey};
use super::state::Wish;
use super::targets::{Target, large, words};
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Digits as on a telephone.
const DIGITS: [char; 9] = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
const KEY: Vec2 = Vec2::new(104.0, 56.0);
const GAP: f32 = 8.0;
const LINE: f32 = 38.0;
const MARGIN: f32 = 20.0;

/// Draws the pad in the middle of the screen.
pub(super) fn draw(ui: &Ui, screen: Rect, lock: &Lock, now: Duration, wishes: &mut Vec<Wish>) {
    let inner = vec2(3.0 * KEY.x + 2.0 * GAP, 3.0 * LINE + 5.0 * (KEY.y + GAP) - GAP);
    let card = Rect::from_center_size(screen.center(), inner + Vec2::splat(2.0 * MARGIN));
    ui.painter().rect_filled(screen, 0.0, theme::BACKDROP);
    ui.painter().rect_filled(card, 12.0, theme::CHROME);
    let content = card.shrink(MARGIN);
    let line =
        |row: f32| Rect::from_min_size(content.min + vec2(0.0, row * LINE), vec2(content.width(), LINE));
    words(ui, line(0.0), text!("kiosk-lock-title"), theme::semibold(20.0), theme::TEXT_STRONG);
    let (state, color) = match (lock.barred_for(now), lock.was_wrong()) {
        (Some(left), _) => {
            let seconds = left.as_secs_f32().ceil() as u64;
            (text!("kiosk-lock-barred", seconds), theme::ERROR)
        }
        (None, true) => (text!("kiosk-lock-wrong").to_owned(), theme::ERROR),
        (None, false) => (text!("kiosk-lock-about").to_owned(), theme::TEXT),
    };
    words(ui, line(1.0), &state, large(), color);
    let dots = "•".repeat(lock.typed_count().min(24));
    words(ui, line(2.0), &dots, large(), theme::TEXT_STRONG);

    let keys_top = content.top() + 3.0 * LINE;
    let place = |column: usize, row: usize| {
        let at = vec2(column as f32 * (KEY.x + GAP), row as f32 * (KEY.y + GAP));
        Rect::from_min_size(pos2(content.left(), keys_top) + at, KEY)
    };
    let mut show = |name: &str, column: usize, row: usize, key: PadKey| {
        if Target::of(name).show(ui, place(column, row)) {
            wishes.push(Wish::Pad(key));
        }
    };
    for (index, digit) in DIGITS.into_iter().enumerate() {
        show(digit.encode_utf8(&mut [0; 4]), index % 3, index / 3, PadKey::Character(digit));
    }
    show(text!("kiosk-lock-delete"), 0, 3, PadKey::Delete);
    show("0", 1, 3, PadKey::Character('0'));
    show(text!("kiosk-lock-enter"), 2, 3, PadKey::Enter);
    show(text!("kiosk-lock-cancel"), 0, 4, PadKey::Cancel);
}
