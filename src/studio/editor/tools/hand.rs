//! The hand: moves the scan. The toolbox does the panning; this only says so.

use std::borrow::Cow;

use eframe::egui::{CursorIcon, Painter};

use super::{About, CanvasTool, Group, OverlayPainter, PointerEvent, ToolContext};
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::icons::Icon;

const ABOUT: About = About {
    tool: Tool::Hand,
    icon: Icon::Hand,
    name_key: "tool-hand",
    does_key: "tool-hand-does",
    group: Group::Look,
};

/// Moves the scan.
#[derive(Debug, Default)]
pub struct Hand;

impl CanvasTool for Hand {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, _event: PointerEvent, _context: &mut ToolContext<'_>) {}

    fn pans(&self) -> bool {
        true
    }

    fn paint_feedback(&self, _painter: &Painter, _overlay: &OverlayPainter<'_>) {}

    fn cursor(&self, _overlay: &OverlayPainter<'_>) -> CursorIcon {
        CursorIcon::Grab
    }

    fn hint(&self) -> Cow<'static, str> {
        text!("tool-hand-hint").into()
    }
}
