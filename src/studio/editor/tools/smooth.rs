//! Smooth: a round lens under which jagged edges give way.

use std::borrow::Cow;

use eframe::egui::{CursorIcon, Painter, Ui};

use super::{About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, options};
use crate::document::Command;
use crate::mask::SmoothSettings;
use crate::mask::smooth::SMOOTH_REACH_RANGE_PX;
use crate::studio::editor::canvas;
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::controls::segments;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::Smooth,
    icon: Icon::Smooth,
    name_key: "tool-smooth",
    does_key: "tool-smooth-does",
    group: Group::Paint,
};

/// What it smooths: (lesions, layers).
const SUBJECTS: [(bool, bool); 3] = [(true, false), (false, true), (true, true)];

/// The smoothing lens.
#[derive(Debug)]
pub struct Smooth {
    subject: usize,
    reach_px: f32,
    /// Where the lens was last applied, in image coordinates, during a stroke.
    last: Option<[f32; 2]>,
}

impl Default for Smooth {
    fn default() -> Self {
        Self { subject: 0, reach_px: 3.0, last: None }
    }
}

impl Smooth {
    fn apply(&mut self, at: [f32; 2], context: &mut ToolContext<'_>) {
        let (lesions, layers) = SUBJECTS[self.subject];
        let (ordered, locked) = (context.settings.ordered, context.locked());
        let settings = SmoothSettings { lesions, layers, reach_px: self.reach_px as u32, ordered, locked };
        let (page, radius_px) = (context.session.page_index(), context.settings.radius_px);
        context.apply(Command::Smooth { page, centre: at, radius_px, settings });
        self.last = Some(at);
    }

    /// Applies the lens along the way, so that a fast stroke leaves nothing out.
    fn follow(&mut self, from: [f32; 2], to: [f32; 2], context: &mut ToolContext<'_>) {
        let step = (context.settings.radius_px / 2.0).max(1.0);
        let way = [to[0] - from[0], to[1] - from[1]];
        let length = way[0].hypot(way[1]);
        let count = (length / step).min(200.0) as u32;
        for number in 1..=count {
            let share = number as f32 * step / length;
            self.apply([from[0] + way[0] * share, from[1] + way[1] * share], context);
        }
    }
}

impl CanvasTool for Smooth {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        match (event.kind, self.last) {
            (PointerKind::Press { .. }, _) => {
                context.begin(text!("step-smooth"));
                self.apply(event.at, context);
            }
            (PointerKind::Drag, Some(last)) => self.follow(last, event.at, context),
            (PointerKind::Release, Some(_)) => self.finish(context),
            _ => {}
        }
    }

    fn is_busy(&self) -> bool {
        self.last.is_some()
    }

    fn finish(&mut self, context: &mut ToolContext<'_>) {
        if self.last.take().is_some() {
            context.commit();
        }
    }

    fn cancel(&mut self, context: &mut ToolContext<'_>) {
        if self.last.take().is_some() {
            context.abort();
        }
    }

    fn put_away(&mut self, context: &mut ToolContext<'_>) {
        self.finish(context);
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        if let Some(pointer) = overlay.pointer {
            canvas::paint_brush_ring(
                painter,
                pointer,
                overlay.view,
                overlay.settings.radius_px,
                theme::ACCENT,
            );
        }
    }

    fn cursor(&self, _overlay: &OverlayPainter<'_>) -> CursorIcon {
        CursorIcon::None
    }

    fn hint(&self) -> Cow<'static, str> {
        text!("tool-smooth-hint").into()
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        options::brush_size(ui, context);
        let choices = [
            (text!("tool-smooth-lesions"), text!("tool-smooth-lesions-spoken")),
            (text!("tool-smooth-layers"), text!("tool-smooth-layers-spoken")),
            (text!("tool-smooth-both"), text!("tool-smooth-both-spoken")),
        ];
        if let Some(chosen) = segments(ui, 186.0, &choices, self.subject) {
            self.subject = chosen;
        }
        let range = *SMOOTH_REACH_RANGE_PX.start() as f32..=*SMOOTH_REACH_RANGE_PX.end() as f32;
        let hint = text!("tool-smooth-strength-about");
        options::whole_number(ui, text!("tool-smooth-strength"), hint, &mut self.reach_px, range, " px");
        if self.subject > 0 {
            options::keep_order(ui, context);
        }
    }
}
