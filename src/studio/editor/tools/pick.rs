//! Pick: takes the label under the pointer, and the brush with it.

use std::borrow::Cow;

use eframe::egui::{Align2, Painter, vec2};

use super::{About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, feedback};
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::label_words::label_name;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::Pick,
    icon: Icon::Pick,
    name_key: "tool-pick",
    does_key: "tool-pick-does",
    group: Group::Paint,
};

/// The pick.
#[derive(Debug, Default)]
pub struct Pick;

impl CanvasTool for Pick {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        if let PointerKind::Press { .. } = event.kind
            && let Some((x, y)) = context.pixel_at(event.at)
        {
            let code = context.mask().composite(x, y);
            context.settings.select_label(code);
        }
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        let (Some(pointer), Some((x, y))) = (overlay.pointer, overlay.pixel()) else { return };
        let code = overlay.session.page().mask.composite(x, y);
        let labels = &overlay.session.editor.document().labels;
        if labels.look(code).is_none() {
            return;
        }
        feedback::drop_of(painter, pointer, theme::swatch_color(code));
        let at = pointer + vec2(24.0, -14.0);
        feedback::tag(painter, at, Align2::LEFT_CENTER, label_name(labels, code));
    }

    fn hint(&self) -> Cow<'static, str> {
        text!("tool-pick-hint").into()
    }
}
