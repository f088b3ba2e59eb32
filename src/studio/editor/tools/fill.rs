//! Fill: floods one label, or the hole inside a lesion, with the chosen label.

use std::borrow::Cow;
use std::sync::Arc;

use eframe::egui::{Painter, Ui};

use super::{
    About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, feedback, options,
};
use crate::document::Command;
use crate::mask::fill_region;
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::icons::Icon;

const ABOUT: About = About {
    tool: Tool::Fill,
    icon: Icon::Fill,
    name_key: "tool-fill",
    does_key: "tool-fill-does",
    group: Group::Paint,
};

/// The fill.
#[derive(Debug, Default)]
pub struct Fill {
    /// Whether the primary button empties and the other one fills.
    is_opposite: bool,
}

impl CanvasTool for Fill {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        let PointerKind::Press { .. } = event.kind else { return };
        let Some((x, y)) = context.pixel_at(event.at) else { return };
        let erases = event.inverted() != self.is_opposite;
        let settings = context.settings.paint_settings(erases);
        let region = Arc::new(fill_region(context.mask(), x, y, settings.target));
        let name = text!("step-fill", label = %context.settings.target_name(erases));
        let page = context.session.page_index();
        context.apply(Command::PaintRegion { page, region, settings, name });
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        feedback::label_drop(painter, overlay, overlay.modifiers.alt != self.is_opposite);
    }

    fn hint(&self) -> Cow<'static, str> {
        text!("tool-fill-hint").into()
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        let choices = [
            (text!("tool-fill-fill"), text!("tool-fill-fill-spoken")),
            (text!("tool-fill-erase"), text!("tool-fill-erase-spoken")),
        ];
        options::opposite(ui, &mut self.is_opposite, &choices);
        options::keep_order(ui, context);
    }
}
