//! Where things are on the screen: what is touched lies below the pictures, so that no hand hides them.

use eframe::egui::{Rect, pos2, vec2};

/// Height of the bar at the top, and of the words under the pictures.
const TOP: f32 = 68.0;
const CAPTION: f32 = 72.0;
/// Height of a button and least width of it; more than the 48 points that a finger needs.
const BUTTON: [f32; 2] = [116.0, 84.0];
/// Between things, and around them.
const GAP: f32 = 12.0;

/// The places of a screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Places {
    pub top: Rect,
    /// Labels and scan: side by side, or one above the other where the screen is upright.
    pub panes: [Rect; 2],
    /// Both panes as one.
    pub picture: Rect,
    pub caption: Rect,
    pub buttons: Vec<Rect>,
}

impl Places {
    /// Of a screen with so many buttons.
    pub fn of(screen: Rect, buttons: usize) -> Self {
        let inner = screen.shrink(GAP);
        let (top, rest) = inner.split_top_bottom_at_y((inner.top() + TOP).min(inner.bottom()));
        let fitting = ((inner.width() + GAP) / (BUTTON[0] + GAP)).floor().max(1.0) as usize;
        let rows = buttons.div_ceil(fitting);
        let columns = buttons.div_ceil(rows.max(1));
        let buttons_height = rows as f32 * (BUTTON[1] + GAP) - GAP;
        let buttons_top = (rest.bottom() - buttons_height).max(rest.top());
        let width = (inner.width() + GAP) / columns.max(1) as f32 - GAP;
        let button = |index: usize| {
            let [column, row] = [(index % columns.max(1)) as f32, (index / columns.max(1)) as f32];
            let corner = pos2(inner.left() + column * (width + GAP), buttons_top + row * (BUTTON[1] + GAP));
            Rect::from_min_size(corner, vec2(width, BUTTON[1]))
        };
        let caption_top = (buttons_top - GAP - CAPTION).max(rest.top());
        let caption =
            Rect::from_min_max(pos2(inner.left(), caption_top), pos2(inner.right(), buttons_top - GAP));
        let picture = Rect::from_min_max(
            pos2(inner.left(), rest.top() + GAP),
            pos2(inner.right(), (caption_top - GAP).max(rest.top() + GAP)),
        );
        Self { top, panes: panes(picture), picture, caption, buttons: (0..buttons).map(button).collect() }
    }
}

fn panes(picture: Rect) -> [Rect; 2] {
    let half_gap = GAP / 2.0;
    if picture.width() >= picture.height() {
        let (left, right) = picture.split_left_right_at_fraction(0.5);
        [left.with_max_x(left.right() - half_gap), right.with_min_x(right.left() + half_gap)]
    } else {
        let (upper, lower) = picture.split_top_bottom_at_fraction(0.5);
        [upper.with_max_y(upper.bottom() - half_gap), lower.with_min_y(lower.top() + half_gap)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_large_enough_below_the_pictures_and_apart_on_every_screen() {
        for size in [[800.0, 600.0], [1024.0, 768.0], [1920.0, 1080.0], [3840.0, 2160.0], [1080.0, 1920.0]] {
            for count in 1..=9 {
                let screen = Rect::from_min_size(pos2(0.0, 0.0), size.into());
                let places = Places::of(screen, count);
                let mut all = vec![places.top, places.panes[0], places.panes[1], places.caption];
                for button in &places.buttons {
                    assert!(button.width() >= 48.0 && button.height() >= 48.0, "{button:?} on {size:?}");
                    assert!(places.panes.iter().all(|pane| pane.bottom() < button.top()), "on {size:?}");
                }
                all.extend(&places.buttons);
                for (index, rect) in all.iter().enumerate() {
                    assert!(screen.contains_rect(*rect) && rect.is_positive(), "{rect:?} on {size:?}");
                    let is_apart = all[..index].iter().all(|other| !other.shrink(1.0).intersects(*rect));
                    assert!(is_apart, "{count} buttons on {size:?}: {all:?}");
                }
                let pane = places.panes[0];
                assert!(pane.width() >= 300.0 && pane.height() >= 150.0, "{pane:?} on {size:?}");
            }
        }
    }
}
