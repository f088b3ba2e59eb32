//! How large everything is drawn: as the user chose, and smaller in a window that is smaller than the pages need, so
//! that nothing is cut in one.

use eframe::egui::{Context, Vec2};

/// What every page fits into, in points.
const ROOM: Vec2 = Vec2::new(1000.0, 560.0);
/// Letters stay readable: a window may not be made much smaller than this of [`ROOM`].
const SMALLEST: f32 = 0.7;
/// Zooms differ by steps, for letters are drawn anew for each.
const STEPS: f32 = 20.0;
/// Of a step. The size is worked out by way of the zoom itself: what rounds there must not change the step.
const ROUNDING: f32 = 0.0037;

/// Draws at the scale that was chosen, as far as the window has the room. What is drawn off-screen has no focus to
/// know of, and the size it was asked for.
pub(super) fn fit(context: &Context, scale: f32) {
    if context.input(|input| input.viewport().focused.is_some()) {
        let window = context.content_rect().size() * context.zoom_factor();
        context.set_zoom_factor(scale * share(window));
    }
}

/// What a window of a size (points at a zoom of 1) leaves of the usual size of things.
fn share(window: Vec2) -> f32 {
    let room = window / ROOM;
    ((room.min_elem() * STEPS + ROUNDING).floor() / STEPS).clamp(SMALLEST, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_their_room_in_every_window_that_is_allowed() {
        for size in [[1480.0, 920.0], [1280.0, 720.0], [1000.0, 560.0]] {
            assert!((share(size.into()) - 1.0).abs() < 1e-6, "{size:?} has room");
        }
        for size in [[760.0, 480.0], [800.0, 500.0], [1024.0, 520.0]] {
            let room = Vec2::from(size) / share(size.into());
            assert!(room.x > ROOM.x - 1.0 && room.y > ROOM.y - 1.0, "{room:?} in {size:?}");
        }
    }
}
