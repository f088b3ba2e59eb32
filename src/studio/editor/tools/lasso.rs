//! Lasso and polygon in one: drag to draw around something, or click from corner to corner.

use std::borrow::Cow;
use std::sync::Arc;

use eframe::egui::{Key, Modifiers, Painter, Ui};

use super::{
    About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, feedback, options,
};
use crate::document::Command;
use crate::mask::polygon_region;
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::Lasso,
    icon: Icon::Lasso,
    name_key: "tool-lasso",
    does_key: "tool-lasso-does",
    group: Group::Paint,
};

/// A line that is being drawn.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    /// Image coordinates.
    points: Vec<[f32; 2]>,
    /// Takes lesions away instead of painting.
    subtracts: bool,
    /// Number of points before the press under way.
    before_press: usize,
    pressed_at: [f32; 2],
    /// Whether the press under way has become a freehand stroke.
    is_freehand: bool,
}

/// The lasso.
#[derive(Debug, Default)]
pub struct Lasso {
    line: Option<Line>,
    /// Whether the primary button subtracts and the other one adds.
    is_opposite: bool,
}

impl Lasso {
    fn press(&mut self, event: PointerEvent, context: &ToolContext<'_>) -> bool {
        let PointerEvent { kind, at, .. } = event;
        let subtracts = event.inverted() != self.is_opposite;
        let line = self.line.get_or_insert_with(|| Line {
            points: Vec::new(),
            subtracts,
            before_press: 0,
            pressed_at: at,
            is_freehand: false,
        });
        let closes = line.points.len() > 2
            && (kind == PointerKind::Press { clicks: 2 } || is_near(line.points[0], at, context.reach()));
        if !closes {
            line.before_press = line.points.len();
            line.pressed_at = at;
            line.is_freehand = false;
            line.points.push(at);
        }
        closes
    }

    /// Paints what the line encloses.
    fn close(&mut self, context: &mut ToolContext<'_>) {
        let Some(line) = self.line.take() else { return };
        let (width, height) = (context.mask().width(), context.mask().height());
        let region = Arc::new(polygon_region(&line.points, width, height));
        let settings = context.settings.paint_settings(line.subtracts);
        let name = text!("step-lasso", label = %context.settings.target_name(line.subtracts));
        let page = context.session.page_index();
        context.apply(Command::PaintRegion { page, region, settings, name });
    }
}

impl CanvasTool for Lasso {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        match event.kind {
            PointerKind::Press { .. } => {
                if self.press(event, context) {
                    self.close(context);
                }
            }
            PointerKind::Drag => {
                let reach = context.reach();
                let Some(line) = &mut self.line else { return };
                line.is_freehand |= !is_near(line.pressed_at, event.at, reach.map(|r| r / 2.0));
                if line.is_freehand {
                    line.points.push(event.at);
                }
            }
            PointerKind::Release => {
                if self.line.as_ref().is_some_and(|line| line.is_freehand && line.before_press == 0) {
                    self.close(context);
                }
            }
            PointerKind::Hover => {}
        }
    }

    fn key(&mut self, key: Key, _modifiers: Modifiers, _context: &mut ToolContext<'_>) -> bool {
        if key != Key::Backspace || self.line.is_none() {
            return false;
        }
        if let Some(line) = &mut self.line {
            line.points.pop();
        }
        self.line.take_if(|line| line.points.is_empty());
        true
    }

    fn is_busy(&self) -> bool {
        self.line.is_some()
    }

    fn finish(&mut self, context: &mut ToolContext<'_>) {
        self.close(context);
    }

    fn cancel(&mut self, _context: &mut ToolContext<'_>) {
        self.line = None;
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        let Some(line) = &self.line else {
            feedback::label_drop(painter, overlay, overlay.modifiers.alt != self.is_opposite);
            return;
        };
        let color = feedback::target_color(overlay.settings, line.subtracts);
        let mut points: Vec<_> = line.points.iter().map(|point| overlay.screen(*point)).collect();
        let Some(&first) = points.first() else { return };
        points.extend(overlay.pointer.filter(|_| !line.is_freehand));
        feedback::line(painter, &points, color);
        if let Some(&last) = points.last().filter(|_| points.len() > 2) {
            feedback::dashed(painter, [last, first], color);
        }
        let over_first = line.points.len() > 2 && overlay.pointer.is_some_and(|at| at.distance(first) < 8.0);
        feedback::knob(painter, first, if over_first { theme::ACCENT } else { color });
    }

    fn hint(&self) -> Cow<'static, str> {
        match &self.line {
            None => text!("tool-lasso-hint").into(),
            Some(line) if line.is_freehand => text!("tool-lasso-free-hint").into(),
            Some(_) => text!("tool-lasso-corner-hint").into(),
        }
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        let choices = [
            (text!("tool-lasso-add"), text!("tool-lasso-add-spoken")),
            (text!("tool-lasso-subtract"), text!("tool-lasso-subtract-spoken")),
        ];
        options::opposite(ui, &mut self.is_opposite, &choices);
        options::keep_order(ui, context);
    }
}

fn is_near(a: [f32; 2], b: [f32; 2], reach: [f32; 2]) -> bool {
    ((a[0] - b[0]) / reach[0]).hypot((a[1] - b[1]) / reach[1]) < 1.0
}
