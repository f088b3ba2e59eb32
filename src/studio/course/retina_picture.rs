//! The retina of a designed mask, drawn with square pixels as OCT is usually shown: in true proportions a cyst of 40 µm
//! would be two points high.

use std::ops::Range;

use eframe::egui::{
    Align2, Color32, ColorImage, Context, Rect, Role, Sense, Stroke, StrokeKind, TextureHandle,
    TextureOptions, Ui, WidgetInfo, pos2, vec2,
};

use crate::anatomy::{ABOVE_ILM, BELOW_BM};
use crate::cases::Frame;
use crate::cases::visits::Course;
use crate::mask::Mask;
use crate::scan::GreyImage;
use crate::studio::synthesis::new_mask::rows_picture;
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Longest side of a drawn mask in pixels.
const PICTURE_PX: u32 = 640;
/// All of a texture.
const WHOLE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

/// A drawn mask, cut to its retina.
pub(in crate::studio) struct RetinaPicture {
    pub texture: TextureHandle,
    /// Of the mask that it shows.
    rows: u32,
}

impl RetinaPicture {
    /// Draws the rows of a mask that its retina takes.
    pub fn of(context: &Context, mask: &Mask) -> Self {
        Self::of_rows(context, mask, retina_rows(mask))
    }

    /// Draws some rows of a mask.
    pub fn of_rows(context: &Context, mask: &Mask, rows: Range<u32>) -> Self {
        let count = rows.len() as u32;
        let drawn = rows_picture(mask, rows, PICTURE_PX);
        Self { texture: context.load_texture("case", drawn, TextureOptions::LINEAR), rows: count }
    }

    /// Some rows of the scan of a mask, in place of its labels.
    pub fn of_scan(context: &Context, scan: &GreyImage, rows: Range<u32>) -> Self {
        let rows = rows.start.min(scan.height)..rows.end.min(scan.height);
        let (width, count) = (scan.width as usize, rows.len());
        let pixels = &scan.pixels[rows.start as usize * width..rows.end as usize * width];
        let drawn = ColorImage::from_gray([width, count], pixels);
        let texture = context.load_texture("case scan", drawn, TextureOptions::LINEAR);
        Self { texture, rows: count as u32 }
    }

    /// Shows it, as large as `room` points of height allow, with the fovea marked.
    pub fn show(&self, ui: &mut Ui, frame: &Frame, room: f32) {
        self.show_named(ui, frame, room, text!("cases-mask"));
    }

    /// As [`RetinaPicture::show`], with another name for those who cannot see it.
    pub fn show_named(&self, ui: &mut Ui, frame: &Frame, room: f32, name: &str) {
        let size_px = vec2(frame.columns as f32, self.rows as f32);
        let room = vec2(ui.available_width(), room);
        let scale = (room / size_px).min_elem();
        let (rect, response) = ui.allocate_exact_size(vec2(room.x, size_px.y * scale), Sense::hover());
        let place = Rect::from_center_size(rect.center(), size_px * scale);
        ui.painter().image(self.texture.id(), place, WHOLE, Color32::WHITE);
        ui.painter().rect_stroke(place, 2.0, Stroke::new(1.0, theme::LINE), StrokeKind::Outside);
        let fovea = place.left() + place.width() * frame.fovea_column as f32 / frame.columns as f32;
        let mark = Stroke::new(1.5, theme::OVER_SCAN);
        ui.painter().vline(fovea, place.top() + 4.0..=place.top() + 14.0, mark);
        let at = pos2(fovea + 5.0, place.top() + 3.0);
        ui.painter().text(at, Align2::LEFT_TOP, text!("cases-fovea"), theme::small(), theme::OVER_SCAN);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    }
}

/// The rows that any visit needs: the retina keeps its place under the slider.
pub(super) fn common_rows(course: &Course) -> Range<u32> {
    let rows = course.visits.iter().map(|visit| retina_rows(&visit.mask));
    rows.reduce(|all, own| all.start.min(own.start)..all.end.max(own.end)).unwrap_or(0..1)
}

/// The rows that the retina of a mask takes, with some room above and below.
fn retina_rows(mask: &Mask) -> Range<u32> {
    let height = mask.height();
    let is_retina =
        |y: u32| (0..mask.width()).step_by(4).any(|x| !matches!(mask.layers.get(x, y), ABOVE_ILM | BELOW_BM));
    let first = (0..height).find(|&y| is_retina(y)).unwrap_or(0);
    let last = (first..height).rev().find(|&y| is_retina(y)).unwrap_or(height - 1);
    let room = ((last - first) / 6).max(12);
    first.saturating_sub(room)..(last + 1 + room).min(height)
}
