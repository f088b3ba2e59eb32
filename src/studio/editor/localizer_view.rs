//! The picture of the fundus beside the B-scans, with their lines: the B-scan shown is highlighted, a click on a line
//! goes there.

use eframe::egui::{
    Color32, ColorImage, CursorIcon, Painter, Pos2, Rect, Role, Sense, Stroke, TextureHandle, TextureOptions,
    Ui, WidgetInfo, pos2, vec2,
};

use super::session::EditorSession;
use crate::scan::{GreyImage, Localizer, ScanLine};
use crate::studio::shell::action::{Action, VolumeAction};
use crate::studio::texts::text;
use crate::studio::widgets::controls::rule;
use crate::studio::widgets::theme;

/// Sides of the picture that is drawn, in pixels: the panel is no wider.
const MAX_SIDE: u32 = 768;
/// Points on the screen within which a line is meant.
const REACH: f32 = 8.0;

/// The picture on the graphics device.
#[derive(Default)]
pub struct LocalizerView {
    /// Of the document that it belongs to.
    document_number: Option<u64>,
    texture: Option<TextureHandle>,
}

impl LocalizerView {
    /// Forgets what lay on a graphics device that is gone.
    pub fn forget_pictures(&mut self) {
        *self = Self::default();
    }

    /// Draws the localizer of the open document with the lines of its B-scans; nothing where it has none.
    pub fn show(&mut self, ui: &mut Ui, session: &EditorSession, actions: &mut Vec<Action>) {
        let Some(localizer) = &session.editor.document().localizer else { return };
        if self.document_number != Some(session.document_number()) {
            self.document_number = Some(session.document_number());
            let image = small(&localizer.image);
            self.texture = Some(ui.ctx().load_texture("localizer", image, TextureOptions::LINEAR));
        }
        let Some(texture) = &self.texture else { return };
        ui.label(theme::heading(text!("localizer-title")));
        let image = &localizer.image;
        let width = ui.available_width();
        let height = (width * image.height as f32 / image.width as f32).min(1.2 * width);
        let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
        let place = Place::of(rect, image);
        let painter = ui.painter().with_clip_rect(rect);
        painter.rect_filled(rect, theme::RADIUS, theme::CANVAS);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture.id(), place.rect, whole, Color32::WHITE);
        let (shown, count) = (session.page_index(), session.page_count());
        let pointed = response.hover_pos().and_then(|at| place.b_scan_at(localizer, at));
        paint_lines(&painter, localizer, place, shown, pointed);
        let spoken = text!("localizer-spoken", number = %shown + 1, %count);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
        if let Some(page) = pointed {
            let response = response
                .on_hover_cursor(CursorIcon::PointingHand)
                .on_hover_text(text!("localizer-go", number = %page + 1));
            if response.clicked() {
                actions.push(Action::Volume(VolumeAction::ShowPage(page)));
            }
        }
        let known = localizer.known_lines();
        if known < count {
            ui.label(theme::caption(text!("localizer-some-lines", %known, %count)));
        }
        rule(ui);
    }
}

/// Where a localizer lies on the screen.
#[derive(Clone, Copy)]
struct Place {
    rect: Rect,
    points_per_px: f32,
}

impl Place {
    fn of(room: Rect, image: &GreyImage) -> Self {
        let size = vec2(image.width as f32, image.height as f32);
        let points_per_px = (room.width() / size.x).min(room.height() / size.y);
        Self { rect: Rect::from_center_size(room.center(), size * points_per_px), points_per_px }
    }

    fn screen_from_image(self, point_in_image: [f32; 2]) -> Pos2 {
        self.rect.min + vec2(point_in_image[0], point_in_image[1]) * self.points_per_px
    }

    fn b_scan_at(self, localizer: &Localizer, at: Pos2) -> Option<usize> {
        let point = (at - self.rect.min) / self.points_per_px;
        localizer.nearest([point.x, point.y], REACH / self.points_per_px)
    }
}

fn paint_lines(painter: &Painter, localizer: &Localizer, place: Place, shown: usize, pointed: Option<usize>) {
    let segment = |line: &ScanLine| [line.start, line.end].map(|end| place.screen_from_image(end));
    for (index, line) in localizer.lines.iter().enumerate() {
        let Some(line) = line.as_ref().filter(|_| index != shown) else { continue };
        let (width, share) = if pointed == Some(index) { (2.0, 1.0) } else { (1.0, 0.4) };
        painter.line_segment(segment(line), Stroke::new(width, theme::GOOD.gamma_multiply(share)));
    }
    if let Some(Some(line)) = localizer.lines.get(shown) {
        let ends = segment(line);
        painter.line_segment(ends, Stroke::new(5.0, theme::OVER_SCAN_SHADOW));
        painter.line_segment(ends, Stroke::new(2.5, theme::ACCENT));
        // The side of the first A-scan.
        painter.circle_filled(ends[0], 4.0, theme::ACCENT);
    }
}

/// The picture, no larger than the panel can show.
fn small(image: &GreyImage) -> ColorImage {
    let [width, height] = [image.width.min(MAX_SIDE), image.height.min(MAX_SIDE)];
    let mut pixels = Vec::with_capacity(width as usize * height as usize);
    for y in 0..height {
        for x in 0..width {
            pixels.push(theme::grey(image.get(x * image.width / width, y * image.height / height)));
        }
    }
    ColorImage::new([width as usize, height as usize], pixels)
}
