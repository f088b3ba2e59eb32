//! The two panes: the scan with its labels at the left, the synthetic scan at the right, one view for both.

mod kept_picture;
pub mod overlay;
pub mod pass;
mod pipeline;
pub mod view;

use eframe::egui::{
    Align2, Color32, Event, Id, MouseWheelUnit, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke,
    Ui, Vec2, WidgetInfo, pos2, vec2,
};

use self::overlay::OverlayView;
use self::pass::{PaneDrawing, PaneTextures};
use self::view::ViewTransform;
use crate::studio::shell::settings::BRUSH_STEP;
use crate::studio::widgets::theme;

/// What the wheel asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum WheelTurn {
    /// Zoom at a point by a factor.
    Zoom { at: Pos2, factor: f32 },
    /// Change the brush by a factor.
    Brush { factor: f32 },
    /// Turn pages.
    Page { by: isize },
}

/// Takes the room of a pane and names it for screen readers and tests.
pub fn allocate(ui: &mut Ui, rect: Rect, name: &str) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(name), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, name));
    response
}

/// The wheel events of the frame over a pane. The plain wheel zooms and Ctrl turns pages, or the other way round where
/// `pages_first`, as readers of volumes are used to.
pub(super) fn wheel_turns(ui: &Ui, pane: &Response, pages_first: bool) -> Vec<WheelTurn> {
    if !pane.contains_pointer() {
        return Vec::new();
    }
    let mut notches_of_pages = 0.0;
    let mut turns: Vec<WheelTurn> = ui.input(|input| {
        let Some(at) = input.pointer.hover_pos() else { return Vec::new() };
        let turn = |event: &Event| match *event {
            Event::MouseWheel { unit, delta, modifiers, .. } => {
                let notches = match unit {
                    MouseWheelUnit::Point => delta / 50.0,
                    MouseWheelUnit::Line => delta,
                    MouseWheelUnit::Page => delta * 4.0,
                };
                let along = if notches.y == 0.0 { notches.x } else { notches.y };
                if along == 0.0 {
                    None
                } else if modifiers.shift {
                    Some(WheelTurn::Brush { factor: BRUSH_STEP.powf(along) })
                } else if modifiers.command != pages_first {
                    // However fast it is turned: a notch is a B-scan.
                    notches_of_pages += along.clamp(-1.0, 1.0);
                    None
                } else {
                    Some(WheelTurn::Zoom { at, factor: 1.2_f32.powf(along) })
                }
            }
            Event::Zoom(factor) => Some(WheelTurn::Zoom { at, factor }),
            _ => None,
        };
        input.events.iter().filter_map(turn).collect()
    });
    if notches_of_pages != 0.0 {
        let by = -whole_notches(ui, notches_of_pages);
        turns.extend((by != 0).then_some(WheelTurn::Page { by }));
    }
    turns
}

/// The whole notches that those of a frame make with what was left before: a touchpad sends a swipe in many small parts,
/// which are not a B-scan each.
fn whole_notches(ui: &Ui, notches: f32) -> isize {
    let id = Id::unique("part of a notch");
    let left: f32 = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    // What is left of another direction is forgotten.
    let sum = if left * notches < 0.0 { notches } else { left + notches };
    ui.data_mut(|data| data.insert_temp(id, sum.fract()));
    sum.trunc() as isize
}

/// How a scan and its labels are drawn on one pane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawing {
    /// As in [`OverlayView::palette`].
    pub palette: [[f32; 4]; 16],
    /// As in [`OverlayView::fill_opacity`].
    pub fill_opacity: f32,
    /// As in [`OverlayView::outline_opacity`].
    pub outline_opacity: f32,
    /// As in [`OverlayView::tone`].
    pub tone: [f32; 4],
    /// As in [`OverlayView::other_outline`].
    pub other_outline: [f32; 4],
    /// As in [`OverlayView::difference`].
    pub difference: [f32; 4],
}

/// Draws the textures of a pane under the view.
pub fn paint_image(ui: &Ui, rect: Rect, view: &ViewTransform, textures: &PaneTextures, drawing: Drawing) {
    paint_clipped(ui, rect, rect, view, textures, PaneDrawing::Own, drawing);
}

/// [`paint_image`] cut to a part of the pane.
pub fn paint_clipped(
    ui: &Ui,
    rect: Rect,
    clip: Rect,
    view: &ViewTransform,
    textures: &PaneTextures,
    which: PaneDrawing,
    drawing: Drawing,
) {
    let ppp = ui.pixels_per_point();
    let [width, height] = textures.size();
    let image = view.image_rect(rect, vec2(width as f32, height as f32));
    // Only what shows something: a software driver pays for every pixel. The callback's viewport is whole
    // screen pixels, so must be the rectangle the view is told of.
    let snapped = Rect::from_min_max(
        pos2((image.min.x * ppp).floor() / ppp, (image.min.y * ppp).floor() / ppp),
        pos2((image.max.x * ppp).ceil() / ppp, (image.max.y * ppp).ceil() / ppp),
    )
    .intersect(Rect::from_min_max((clip.min * ppp).round() / ppp, (clip.max * ppp).round() / ppp));
    if !snapped.is_positive() {
        return;
    }
    let step = vec2(1.0, 1.0) / (view.scale() * ppp);
    ui.painter_at(rect).add(textures.shape(
        snapped,
        which,
        OverlayView {
            image_size: [width as f32, height as f32],
            origin: view.image_from_screen(rect, snapped.min),
            step: step.into(),
            viewport: (snapped.size() * ppp).into(),
            fill_opacity: drawing.fill_opacity,
            outline_opacity: drawing.outline_opacity,
            outline_width: ppp.round().max(1.0),
            target_is_srgb: 0.0,
            tone: drawing.tone,
            other_outline: drawing.other_outline,
            difference: drawing.difference,
            palette: drawing.palette,
        },
    ));
}

/// Draws the ring of the brush in its true size on the image.
pub fn paint_brush_ring(painter: &Painter, at: Pos2, view: &ViewTransform, radius_px: f32, color: Color32) {
    let radius = view.scale() * radius_px;
    if radius.min_elem() < 2.5 {
        paint_crosshair(painter, at, color);
        return;
    }
    painter.add(Shape::ellipse_stroke(at, radius, Stroke::new(3.0, theme::OVER_SCAN_SHADOW)));
    painter.add(Shape::ellipse_stroke(at, radius, Stroke::new(1.4, color)));
}

/// Draws a small cross.
pub fn paint_crosshair(painter: &Painter, at: Pos2, color: Color32) {
    for (width, color) in [(3.0, theme::OVER_SCAN_SHADOW), (1.3, color)] {
        for axis in [Vec2::X, Vec2::Y] {
            for side in [-1.0, 1.0] {
                let points = [at + axis * 3.0 * side, at + axis * 9.0 * side];
                painter.line_segment(points, Stroke::new(width, color));
            }
        }
    }
}

/// Draws a short text on a plate at the bottom left of a pane, broken where the pane is narrow.
pub fn paint_plate(painter: &Painter, pane: Rect, text: &str, color: Color32) {
    let corner = pane.left_bottom() + vec2(10.0, -10.0);
    let room = (pane.width() - 34.0).max(40.0);
    let galley = painter.layout(text.to_owned(), theme::small(), color, room);
    let plate = Align2::LEFT_BOTTOM.anchor_size(corner, galley.size() + vec2(14.0, 8.0));
    painter.rect_filled(plate, 4.0, theme::OVER_SCAN_PLATE);
    painter.galley(plate.min + vec2(7.0, 4.0), galley, color);
}

/// Draws a quiet line under the image, or on a plate over it where the pane has no room below.
pub fn paint_footnote(painter: &Painter, pane: Rect, image: Rect, text: &str) {
    let galley = painter.layout(text.to_owned(), theme::small(), theme::TEXT_WEAK, image.width().max(120.0));
    let below = image.left_bottom() + vec2(0.0, 8.0);
    if below.y + galley.size().y + 8.0 < pane.bottom() {
        painter.galley(below, galley, theme::TEXT_WEAK);
    } else {
        paint_plate(painter, image.intersect(pane), text, theme::TEXT);
    }
}
