//! Marks that tools draw over the scan: bright lines on a dark halo, so that they show on white and on black.

use eframe::egui::{Align2, Color32, Painter, Pos2, Shape, Stroke, Vec2, vec2};

use super::OverlayPainter;
use crate::mask::Region;
use crate::studio::editor::canvas;
use crate::studio::shell::settings::PanelSettings;
use crate::studio::widgets::theme;

/// Width of a line over the scan, in points.
const LINE: f32 = 1.4;
/// Width of the halo behind it.
const HALO: f32 = 3.2;

/// The colour of what would be painted; plain where something would be erased.
pub fn target_color(settings: &PanelSettings, erases: bool) -> Color32 {
    if erases { theme::OVER_SCAN } else { theme::swatch_color(settings.label) }
}

/// A line through points.
pub fn line(painter: &Painter, points: &[Pos2], color: Color32) {
    painter.add(Shape::line(points.to_vec(), Stroke::new(HALO, theme::OVER_SCAN_SHADOW)));
    painter.add(Shape::line(points.to_vec(), Stroke::new(LINE, color)));
}

/// A closed line through points.
pub fn closed_line(painter: &Painter, points: &[Pos2], color: Color32) {
    painter.add(Shape::closed_line(points.to_vec(), Stroke::new(HALO, theme::OVER_SCAN_SHADOW)));
    painter.add(Shape::closed_line(points.to_vec(), Stroke::new(LINE, color)));
}

/// A dashed line between two points.
pub fn dashed(painter: &Painter, ends: [Pos2; 2], color: Color32) {
    painter.line_segment(ends, Stroke::new(HALO, theme::OVER_SCAN_SHADOW));
    painter.extend(Shape::dashed_line(&ends, Stroke::new(LINE, color), 4.0, 4.0));
}

/// A round handle.
pub fn knob(painter: &Painter, at: Pos2, color: Color32) {
    painter.circle(at, 4.5, theme::CHROME, Stroke::new(1.6, color));
}

/// A square handle.
pub fn square_knob(painter: &Painter, at: Pos2, color: Color32) {
    let square = eframe::egui::Rect::from_center_size(at, vec2(8.0, 8.0));
    painter.rect(square, 1.5, theme::CHROME, Stroke::new(1.6, color), eframe::egui::StrokeKind::Middle);
}

/// The border of a region, pixel by pixel.
pub fn region_outline(painter: &Painter, overlay: &OverlayPainter<'_>, region: &Region, color: Color32) {
    let on_screen = |corner: [u32; 2]| overlay.screen(corner.map(|v| v as f32));
    let lines: Vec<[Pos2; 2]> = region.outline().into_iter().map(|ends| ends.map(on_screen)).collect();
    for stroke in [Stroke::new(HALO, theme::OVER_SCAN_SHADOW), Stroke::new(LINE, color)] {
        painter.extend(lines.iter().map(|ends| Shape::line_segment(*ends, stroke)));
    }
}

/// A cross with a drop of colour beside it.
pub fn drop_of(painter: &Painter, at: Pos2, color: Color32) {
    canvas::paint_crosshair(painter, at, theme::OVER_SCAN);
    painter.circle(at + vec2(14.0, -14.0), 6.0, color, Stroke::new(1.5, theme::OVER_SCAN_PLATE));
}

/// The cross and the drop of the label in the hand.
pub fn label_drop(painter: &Painter, overlay: &OverlayPainter<'_>, erases: bool) {
    if let Some(pointer) = overlay.pointer {
        drop_of(painter, pointer, target_color(overlay.settings, erases));
    }
}

/// A short text on a plate.
pub fn tag(painter: &Painter, at: Pos2, anchor: Align2, text: &str) {
    let galley = painter.layout_no_wrap(text.to_owned(), theme::small(), theme::OVER_SCAN);
    let plate = anchor.anchor_size(at, galley.size() + vec2(12.0, 6.0));
    let room = painter.clip_rect().shrink(4.0);
    let plate = plate.translate((room.max - plate.max).min(Vec2::ZERO));
    let plate = plate.translate((room.min - plate.min).max(Vec2::ZERO));
    painter.rect_filled(plate, 4.0, theme::OVER_SCAN_PLATE);
    painter.galley(plate.min + vec2(6.0, 3.0), galley, theme::OVER_SCAN);
}
