//! Where the image lies on the screen: zoom, pan, fit. One transform serves both panes, which links them.

use eframe::egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Screen points per image pixel never leave this range.
const ZOOM_RANGE: std::ops::RangeInclusive<f32> = 0.05..=48.0;
/// Points left free around a fitted image.
const FIT_MARGIN: f32 = 12.0;

/// The linked view of both panes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ViewTransform {
    /// Image coordinates shown at the centre of a pane.
    centre: Vec2,
    /// Screen points per image pixel, downwards.
    zoom: f32,
    /// How much wider than high a pixel is drawn: 1 for square pixels, lateral/axial for true µm.
    pixel_aspect: f32,
    /// Follows the pane and the image until the user zooms or pans.
    fitted: bool,
}

impl Default for ViewTransform {
    fn default() -> Self {
        Self { centre: Vec2::ZERO, zoom: 1.0, pixel_aspect: 1.0, fitted: true }
    }
}

impl ViewTransform {
    /// Screen points per image pixel (along x, along y).
    pub fn scale(&self) -> Vec2 {
        vec2(self.zoom * self.pixel_aspect, self.zoom)
    }

    /// Screen points per image pixel, downwards.
    pub fn zoom(&self) -> f32 {
        self.zoom
    }

    /// Whether the view follows the pane.
    pub fn is_fitted(&self) -> bool {
        self.fitted
    }

    /// How much wider than high a pixel is drawn.
    pub fn pixel_aspect(&self) -> f32 {
        self.pixel_aspect
    }

    /// Draws pixels `pixel_aspect` times as wide as high.
    pub fn set_pixel_aspect(&mut self, pixel_aspect: f32) {
        self.pixel_aspect = pixel_aspect.clamp(0.1, 10.0);
    }

    /// Image coordinates to screen points.
    pub fn screen_from_image(&self, pane: Rect, point_in_image: [f32; 2]) -> Pos2 {
        pane.center() + (vec2(point_in_image[0], point_in_image[1]) - self.centre) * self.scale()
    }

    /// Screen points to image coordinates.
    pub fn image_from_screen(&self, pane: Rect, point_on_screen: Pos2) -> [f32; 2] {
        let point = self.centre + (point_on_screen - pane.center()) / self.scale();
        [point.x, point.y]
    }

    /// Keeps the image fitted into the pane, if it still is.
    pub fn follow(&mut self, pane: Rect, image_size: Vec2) {
        if self.fitted {
            self.centre = image_size / 2.0;
            let room = (pane.size() - Vec2::splat(2.0 * FIT_MARGIN)).max(Vec2::splat(16.0));
            let shown = vec2(image_size.x * self.pixel_aspect, image_size.y).max(Vec2::splat(1.0));
            self.zoom = clamp_zoom((room / shown).min_elem());
        }
    }

    /// Shows the whole image from now on.
    pub fn fit(&mut self) {
        self.fitted = true;
    }

    /// One image pixel on one screen pixel, about the centre of the pane.
    pub fn one_to_one(&mut self, pixels_per_point: f32) {
        self.fitted = false;
        self.zoom = clamp_zoom(1.0 / pixels_per_point);
    }

    /// Zooms by a factor; what lies under `at` stays there.
    pub fn zoom_at(&mut self, pane: Rect, at: Pos2, factor: f32, image_size: Vec2) {
        let before = self.image_from_screen(pane, at);
        self.fitted = false;
        self.zoom = clamp_zoom(self.zoom * factor);
        let after = self.image_from_screen(pane, at);
        self.centre += vec2(before[0] - after[0], before[1] - after[1]);
        self.keep_in_sight(image_size);
    }

    /// Shows a rectangle of the image large, with twice as much around it; never closer than `closest` points
    /// an image pixel.
    pub fn show_rect(
        &mut self,
        pane: Rect,
        columns: [f32; 2],
        rows: [f32; 2],
        closest: f32,
        image_size: Vec2,
    ) {
        let size = vec2(columns[1] - columns[0], rows[1] - rows[0]).max(Vec2::splat(1.0));
        self.fitted = false;
        let room = pane.size() / (3.0 * size * vec2(self.pixel_aspect, 1.0));
        self.zoom = clamp_zoom(room.min_elem().min(closest));
        self.centre = vec2(columns[0] + columns[1], rows[0] + rows[1]) / 2.0;
        self.keep_in_sight(image_size);
    }

    /// Moves the image by screen points.
    pub fn pan(&mut self, by: Vec2, image_size: Vec2) {
        self.fitted = false;
        self.centre -= by / self.scale();
        self.keep_in_sight(image_size);
    }

    /// The centre of the pane never leaves the image, so the image cannot get lost.
    fn keep_in_sight(&mut self, image_size: Vec2) {
        self.centre = self.centre.clamp(Vec2::ZERO, image_size);
    }

    /// The screen rectangle of the whole image.
    pub fn image_rect(&self, pane: Rect, image_size: Vec2) -> Rect {
        let min = self.screen_from_image(pane, [0.0, 0.0]);
        Rect::from_min_size(pos2(min.x, min.y), image_size * self.scale())
    }
}

fn clamp_zoom(zoom: f32) -> f32 {
    zoom.clamp(*ZOOM_RANGE.start(), *ZOOM_RANGE.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANE: Rect = Rect { min: pos2(10.0, 20.0), max: pos2(610.0, 420.0) };

    #[test]
    fn what_lies_under_the_pointer_stays_there() {
        let size = vec2(600.0, 496.0);
        let mut view = ViewTransform::default();
        view.set_pixel_aspect(2.5);
        view.follow(PANE, size);
        let at = pos2(300.0, 200.0);
        let before = view.image_from_screen(PANE, at);
        view.zoom_at(PANE, at, 3.0, size);
        let after = view.image_from_screen(PANE, at);
        assert!((before[0] - after[0]).abs() < 1e-3 && (before[1] - after[1]).abs() < 1e-3);
        let back = view.screen_from_image(PANE, after);
        assert!((back - at).length() < 1e-3);
    }

    #[test]
    fn a_fitted_view_shows_the_whole_image_and_the_image_cannot_get_lost() {
        let size = vec2(768.0, 496.0);
        let mut view = ViewTransform::default();
        view.follow(PANE, size);
        assert!(PANE.contains_rect(view.image_rect(PANE, size)));
        view.pan(vec2(1e6, -1e6), size);
        assert!(PANE.intersects(view.image_rect(PANE, size)));
        assert!(!view.is_fitted());
    }
}
