//! The ruler: a line whose length is said in µm by the scan's spacing, never by screen pixels.

use std::borrow::Cow;

use eframe::egui::{Align2, CursorIcon, Key, Modifiers, Painter, Stroke, Ui, vec2};

use super::{About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, options};
use crate::scan::Spacing;
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::Ruler,
    icon: Icon::Ruler,
    name_key: "tool-ruler",
    does_key: "tool-ruler-does",
    group: Group::Look,
};

/// A measured line in image coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Line {
    ends: [[f32; 2]; 2],
}

/// Measures distances on the page shown.
#[derive(Debug, Default)]
pub struct Ruler {
    line: Option<Line>,
    /// The end that is being dragged.
    held: Option<usize>,
}

/// Length of a vector of the image, along it and along both axes.
fn lengths(from: [f32; 2], to: [f32; 2], spacing: Option<Spacing>) -> [f32; 3] {
    let scale = spacing.map_or([1.0, 1.0], |s| [s.lateral_um_per_px, s.axial_um_per_px]);
    let along = [0, 1].map(|axis| ((to[axis] - from[axis]) * scale[axis]).abs());
    [along[0].hypot(along[1]), along[0], along[1]]
}

fn unit(spacing: Option<Spacing>) -> &'static str {
    if spacing.is_some() { "µm" } else { "px" }
}

impl Ruler {
    fn text(&self, spacing: Option<Spacing>) -> Option<String> {
        let Line { ends: [from, to] } = self.line?;
        let [length, across, down] = lengths(from, to, spacing);
        let unit = unit(spacing);
        Some(text!(
            "tool-ruler-length",
            length = format!("{length:.0}"),
            %unit,
            across = format!("{across:.0}"),
            down = format!("{down:.0}")
        ))
    }
}

impl CanvasTool for Ruler {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        match event.kind {
            PointerKind::Press { .. } => {
                let reach = context.reach();
                let near =
                    |end: &[f32; 2]| (0..2).all(|axis| (end[axis] - event.at[axis]).abs() <= reach[axis]);
                let grabbed = self.line.and_then(|line| line.ends.iter().position(near));
                self.held = Some(grabbed.unwrap_or_else(|| {
                    self.line = Some(Line { ends: [event.at, event.at] });
                    1
                }));
            }
            PointerKind::Drag => {
                if let (Some(held), Some(line)) = (self.held, &mut self.line) {
                    let other = line.ends[1 - held];
                    let mut at = event.at;
                    if event.modifiers.shift {
                        let mostly_down = (at[1] - other[1]).abs() >= (at[0] - other[0]).abs();
                        let kept = usize::from(!mostly_down);
                        at[kept] = other[kept];
                    }
                    line.ends[held] = at;
                }
            }
            PointerKind::Release => {
                self.held = None;
                if self.line.is_some_and(|line| line.ends[0] == line.ends[1]) {
                    self.line = None;
                }
            }
            PointerKind::Hover => {}
        }
    }

    fn key(&mut self, key: Key, _modifiers: Modifiers, _context: &mut ToolContext<'_>) -> bool {
        // A line that is not held is nothing under way, but Esc is how one gets rid of it.
        key == Key::Escape && self.line.take().is_some()
    }

    fn is_busy(&self) -> bool {
        self.held.is_some()
    }

    fn cancel(&mut self, _context: &mut ToolContext<'_>) {
        (self.line, self.held) = (None, None);
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        paint_line(self, painter, overlay);
    }

    fn paint_mirrored(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        paint_line(self, painter, overlay);
    }

    fn cursor(&self, _overlay: &OverlayPainter<'_>) -> CursorIcon {
        CursorIcon::Crosshair
    }

    fn hint(&self) -> Cow<'static, str> {
        match self.line {
            None => text!("tool-ruler-hint").into(),
            Some(_) => text!("tool-ruler-held-hint").into(),
        }
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        let spacing = context.session.page().scan.spacing;
        let text = self.text(spacing).unwrap_or_else(|| text!("tool-ruler-none").to_owned());
        options::reading(ui, 260.0, &text);
    }
}

fn paint_line(ruler: &Ruler, painter: &Painter, overlay: &OverlayPainter<'_>) {
    let Some(Line { ends }) = ruler.line else { return };
    let [from, to] = ends.map(|end| overlay.screen(end));
    for (width, color) in [(4.0, theme::OVER_SCAN_SHADOW), (1.5, theme::OVER_SCAN)] {
        painter.line_segment([from, to], Stroke::new(width, color));
        let across = (to - from).normalized().rot90() * 6.0;
        for end in [from, to] {
            painter.line_segment([end - across, end + across], Stroke::new(width, color));
        }
    }
    let spacing = overlay.session.page().scan.spacing;
    let [length, ..] = lengths(ends[0], ends[1], spacing);
    let text = format!("{length:.0} {}", unit(spacing));
    let galley = painter.layout_no_wrap(text, theme::semibold(12.0), theme::OVER_SCAN);
    let middle = from.lerp(to, 0.5) + vec2(10.0, -10.0);
    let plate = Align2::LEFT_BOTTOM.anchor_size(middle, galley.size() + vec2(12.0, 6.0));
    painter.rect_filled(plate, 4.0, theme::OVER_SCAN_PLATE);
    painter.galley(plate.min + vec2(6.0, 3.0), galley, theme::OVER_SCAN);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_taken_in_um_by_both_spacings() {
        let spacing = Spacing::checked(4.0, 10.0);
        assert_eq!(lengths([10.0, 10.0], [13.0, 20.0], spacing), [50.0, 30.0, 40.0]);
        assert_eq!(lengths([0.0, 0.0], [3.0, 4.0], None), [5.0, 3.0, 4.0]);
    }
}
