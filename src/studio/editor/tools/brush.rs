//! Brush and eraser: one round brush that follows the pointer.
//!
//! Every pointer sample of a frame is painted, as the capsule from the sample before it, so a fast
//! stroke leaves no dots; one press-to-release is one step of the history.

use std::borrow::Cow;

use eframe::egui::{CursorIcon, Painter, PointerButton, Ui};

use super::{About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, options};
use crate::document::Command;
use crate::studio::editor::canvas;
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const BRUSH: About = About {
    tool: Tool::Brush,
    icon: Icon::Brush,
    name_key: "tool-brush",
    does_key: "tool-brush-does",
    group: Group::Paint,
};

const ERASER: About = About {
    tool: Tool::Eraser,
    icon: Icon::Eraser,
    name_key: "tool-eraser",
    does_key: "tool-eraser-does",
    group: Group::Paint,
};

/// A stroke held by a button.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stroke {
    erase: bool,
    /// The last sample in image coordinates.
    last: [f32; 2],
}

/// A change of the brush's size by dragging: where it began, in image coordinates, and with which radius.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Resize {
    at: [f32; 2],
    radius_px: f32,
}

/// The brush, or the eraser.
#[derive(Debug)]
pub struct Brush {
    erases: bool,
    stroke: Option<Stroke>,
    resize: Option<Resize>,
    /// Whether Alt changes the size; otherwise it erases.
    alt_resizes: bool,
}

impl Brush {
    /// Paints the chosen label.
    pub fn painting() -> Self {
        Self { erases: false, stroke: None, resize: None, alt_resizes: true }
    }

    /// Erases lesions.
    pub fn erasing() -> Self {
        Self { erases: true, stroke: None, resize: None, alt_resizes: true }
    }

    fn paint(&mut self, from: [f32; 2], to: [f32; 2], erase: bool, context: &mut ToolContext<'_>) {
        let page = context.session.page_index();
        let settings = context.settings.paint_settings(erase);
        let command = Command::Paint { page, from, to, settings };
        if self.stroke.is_none() {
            context.begin(command.name(context.labels()));
        }
        context.apply(command);
        self.stroke = Some(Stroke { erase, last: to });
    }
}

/// Diameters grow with the way of the pointer to the right.
const RADIUS_PER_PX: f32 = 0.5;

impl CanvasTool for Brush {
    fn about(&self) -> &'static About {
        if self.erases { &ERASER } else { &BRUSH }
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        let resizes = event.modifiers.alt && context.settings.alt_drag_resizes;
        match (event.kind, self.stroke) {
            (PointerKind::Press { .. }, _) if resizes && event.button == PointerButton::Primary => {
                self.resize = Some(Resize { at: event.at, radius_px: context.settings.radius_px });
            }
            (PointerKind::Drag, None) if self.resize.is_some() => {
                if let Some(resize) = self.resize {
                    let radius_px = resize.radius_px + (event.at[0] - resize.at[0]) * RADIUS_PER_PX;
                    context.settings.set_radius(radius_px);
                }
            }
            (PointerKind::Press { .. }, _) => {
                self.paint(event.at, event.at, self.erases || event.inverted(), context);
            }
            (PointerKind::Drag, Some(stroke)) => self.paint(stroke.last, event.at, stroke.erase, context),
            (PointerKind::Release, None) => self.resize = None,
            (PointerKind::Release, Some(_)) => {
                context.commit();
                self.stroke = None;
            }
            _ => {}
        }
    }

    fn is_busy(&self) -> bool {
        self.stroke.is_some() || self.resize.is_some()
    }

    fn finish(&mut self, context: &mut ToolContext<'_>) {
        self.resize = None;
        if self.stroke.take().is_some() {
            context.commit();
        }
    }

    fn cancel(&mut self, context: &mut ToolContext<'_>) {
        if let Some(resize) = self.resize.take() {
            context.settings.set_radius(resize.radius_px);
        }
        if self.stroke.take().is_some() {
            context.abort();
        }
    }

    fn put_away(&mut self, context: &mut ToolContext<'_>) {
        self.finish(context);
    }

    fn frame(&mut self, context: &mut ToolContext<'_>) {
        self.alt_resizes = context.settings.alt_drag_resizes;
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        let Some(mut pointer) = overlay.pointer else { return };
        if let Some(resize) = self.resize {
            pointer = overlay.screen(resize.at);
        }
        let alt_erases = overlay.modifiers.alt && !overlay.settings.alt_drag_resizes;
        let erases = self.stroke.map_or(self.erases || alt_erases, |stroke| stroke.erase);
        let color = if erases { theme::OVER_SCAN } else { theme::swatch_color(overlay.settings.label) };
        canvas::paint_brush_ring(painter, pointer, overlay.view, overlay.settings.radius_px, color);
    }

    fn paint_mirrored(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        if let Some(pointer) = overlay.pointer {
            let color = theme::OVER_SCAN.gamma_multiply(0.7);
            canvas::paint_brush_ring(painter, pointer, overlay.view, overlay.settings.radius_px, color);
        }
    }

    fn cursor(&self, _overlay: &OverlayPainter<'_>) -> CursorIcon {
        CursorIcon::None
    }

    fn hint(&self) -> Cow<'static, str> {
        match (self.erases, self.alt_resizes) {
            (true, _) => text!("tool-eraser-hint").into(),
            (false, true) => text!("tool-brush-hint").into(),
            (false, false) => text!("tool-brush-hint-alt").into(),
        }
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        options::brush_size(ui, context);
        if !self.erases {
            options::keep_order(ui, context);
        }
    }
}
