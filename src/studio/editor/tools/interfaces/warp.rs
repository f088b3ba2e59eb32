//! Layer warp: drag up and down to swell, thin or push the layer under the pointer.

use std::borrow::Cow;
use std::sync::Arc;

use eframe::egui::{Align2, CursorIcon, Painter, Ui, vec2};

use super::{PageLines, line_color, paint_line};
use crate::anatomy::{Interface, LAYER_COUNT};
use crate::document::{Command, LabelTable};
use crate::mask::{LayerWarp, WarpMode};
use crate::scan::Spacing;
use crate::studio::editor::canvas;
use crate::studio::editor::tools::{
    About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, feedback, options,
};
use crate::studio::shell::settings::{LENS_RANGE_PX, Tool};
use crate::studio::texts::text;
use crate::studio::widgets::controls::segments;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::LayerWarp,
    icon: Icon::LayerWarp,
    name_key: "tool-warp",
    does_key: "tool-warp-does",
    group: Group::Interfaces,
};

/// A drag under way: where it began and what it has come to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pull {
    from: [f32; 2],
    warp: LayerWarp,
}

/// The layer warp.
#[derive(Debug)]
pub struct LayerWarpTool {
    mode: WarpMode,
    pull: Option<Pull>,
    /// Layer under the pointer.
    hovered: Option<u8>,
    lines: PageLines,
    /// What the document calls its layers.
    labels: Arc<LabelTable>,
}

impl Default for LayerWarpTool {
    fn default() -> Self {
        let (lines, labels) = (PageLines::default(), Arc::default());
        Self { mode: WarpMode::Thicken, pull: None, hovered: None, lines, labels }
    }
}

impl LayerWarpTool {
    fn pull(&mut self, pull: Pull, at: [f32; 2], context: &mut ToolContext<'_>) {
        let warp = LayerWarp { amount_px: (pull.from[1] - at[1]).round(), ..pull.warp };
        self.pull = Some(Pull { warp, ..pull });
        if warp.amount_px == pull.warp.amount_px {
            return;
        }
        // From what was there before: a drag there and back leaves nothing behind.
        context.abort();
        let command =
            Command::WarpLayer { page: context.session.page_index(), warp, locked: context.locked() };
        context.begin(command.name(context.labels()));
        context.apply(command);
    }
}

/// "+40 µm" of an amount of rows.
fn reading(amount_px: f32, spacing: Option<Spacing>) -> String {
    match spacing {
        Some(spacing) => format!("{:+.0} µm", amount_px * spacing.axial_um_per_px),
        None => format!("{amount_px:+.0} px"),
    }
}

impl CanvasTool for LayerWarpTool {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        match (event.kind, self.pull) {
            (PointerKind::Hover, _) => {
                let pixel = context.pixel_at(event.at);
                let code = pixel.map(|(x, y)| context.mask().layers.get(x, y));
                self.hovered = code.filter(|code| (1..=LAYER_COUNT as u8).contains(code));
            }
            (PointerKind::Press { .. }, None) => {
                let pixel = context.pixel_at(event.at);
                let code = pixel.map(|(x, y)| context.mask().layers.get(x, y));
                let Some(layer) = code.filter(|code| (1..=LAYER_COUNT as u8).contains(code)) else { return };
                let opposite = match self.mode {
                    WarpMode::Thicken => WarpMode::Push,
                    WarpMode::Push => WarpMode::Thicken,
                };
                let mode = if event.inverted() { opposite } else { self.mode };
                let radius_px = context.settings.lens_px;
                let warp = LayerWarp { layer, mode, center_x: event.at[0], radius_px, amount_px: 0.0 };
                self.hovered = Some(layer);
                self.pull = Some(Pull { from: event.at, warp });
            }
            (PointerKind::Drag, Some(pull)) => self.pull(pull, event.at, context),
            (PointerKind::Release, Some(_)) => self.finish(context),
            _ => {}
        }
    }

    fn is_busy(&self) -> bool {
        self.pull.is_some()
    }

    fn finish(&mut self, context: &mut ToolContext<'_>) {
        if self.pull.take().is_some() {
            context.commit();
        }
    }

    fn cancel(&mut self, context: &mut ToolContext<'_>) {
        if self.pull.take().is_some() {
            context.abort();
        }
    }

    fn put_away(&mut self, context: &mut ToolContext<'_>) {
        self.finish(context);
        self.hovered = None;
    }

    fn frame(&mut self, context: &mut ToolContext<'_>) {
        self.lines.follow(context.session);
        self.labels = context.labels().clone();
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        let Some(pointer) = overlay.pointer else { return };
        let middle = match (self.pull, overlay.pointer_in_image()) {
            (Some(pull), _) => pull.warp.center_x,
            (None, Some(at)) => at[0],
            (None, None) => return,
        };
        let reach = self.pull.map_or(overlay.settings.lens_px, |pull| pull.warp.radius_px);
        if let Some(layer) = self.pull.map(|pull| pull.warp.layer).or(self.hovered) {
            for interface in [layer - 1, layer].map(|k| Interface::ALL[usize::from(k)]) {
                let Some(rows) = self.lines.rows(interface) else { continue };
                let x0 = ((middle - reach).max(0.0) as usize).min(rows.len());
                let x1 = ((middle + reach).max(0.0) as usize).clamp(x0, rows.len());
                paint_line(painter, overlay, x0 as u32, &rows[x0..x1], line_color(interface));
            }
        }
        for side in [-reach, reach] {
            let x = overlay.screen([middle + side, 0.0]).x;
            let (top, bottom) = (pointer.y - 60.0, pointer.y + 60.0);
            feedback::dashed(painter, [[x, top].into(), [x, bottom].into()], theme::OVER_SCAN);
        }
        canvas::paint_crosshair(painter, pointer, theme::OVER_SCAN);
        if let Some(Pull { warp, .. }) = self.pull {
            let spacing = overlay.session.page().scan.spacing;
            let (layer, amount) = (self.labels.name(warp.layer), reading(warp.amount_px, spacing));
            let text = match warp.mode {
                WarpMode::Push => text!("tool-warp-pushed", layer, amount),
                WarpMode::Thicken => format!("{layer} {amount}"),
            };
            feedback::tag(painter, pointer + vec2(16.0, -16.0), Align2::LEFT_BOTTOM, &text);
        }
    }

    fn cursor(&self, _overlay: &OverlayPainter<'_>) -> CursorIcon {
        CursorIcon::ResizeVertical
    }

    fn hint(&self) -> Cow<'static, str> {
        match (self.hovered.map(|layer| self.labels.name(layer)), self.mode) {
            (Some(layer), WarpMode::Thicken) => text!("tool-warp-thicken-hint", layer).into(),
            (Some(layer), WarpMode::Push) => text!("tool-warp-push-hint", layer).into(),
            (None, _) => text!("tool-warp-hint").into(),
        }
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        let choices = [
            (text!("tool-warp-thicken"), text!("tool-warp-thicken-spoken")),
            (text!("tool-warp-push"), text!("tool-warp-push-spoken")),
        ];
        if let Some(chosen) = segments(ui, 132.0, &choices, usize::from(self.mode == WarpMode::Push)) {
            self.mode = if chosen == 0 { WarpMode::Thicken } else { WarpMode::Push };
        }
        let spacing = context.session.page().scan.spacing;
        let (scale, unit) = spacing.map_or((1.0, " px"), |spacing| (spacing.lateral_um_per_px, " µm"));
        let mut wide = context.settings.lens_px * 2.0 * scale;
        let range = LENS_RANGE_PX.start() * 2.0 * scale..=LENS_RANGE_PX.end() * 2.0 * scale;
        let before = wide;
        let hint = options::sizing_hint(ui, text!("tool-warp-lens-about"));
        options::whole_number(ui, text!("tool-warp-lens"), &hint, &mut wide, range, unit);
        if wide != before.round() {
            context.settings.lens_px = wide / (2.0 * scale);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reading_is_in_micrometres_where_they_are_known() {
        assert_eq!(reading(10.0, Spacing::checked(3.9, 11.0)), "+39 µm");
        assert_eq!(reading(-4.0, None), "-4 px");
    }
}
