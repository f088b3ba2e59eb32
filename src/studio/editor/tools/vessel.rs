//! Vessel: paints the shadow that a retinal vessel throws into the synthetic scan. No label says where vessels are, so
//! the shadow lies beside the mask, one darkness a column.

use std::borrow::Cow;
use std::sync::Arc;

use eframe::egui::{Painter, Rect, Ui, pos2};

use super::options::{self, Length};
use super::{About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext};
use crate::document::{Appearance, Command};
use crate::scan::Spacing;
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::Vessel,
    icon: Icon::Vessel,
    name_key: "tool-vessel",
    does_key: "tool-vessel-does",
    group: Group::Lesions,
};

/// Narrowest and widest vessel, in µm.
const WIDTHS_UM: [f32; 2] = [20.0, 400.0];
/// Of the strip at the upper edge of the scan that shows where shadows fall, in points.
const STRIP_HEIGHT: f32 = 6.0;

/// The vessel tool.
#[derive(Debug)]
pub struct VesselTool {
    width: Length,
    darkness: f32,
    /// Column where the shadow was last painted, and whether shadows are taken away, during a stroke.
    stroke: Option<(f32, bool)>,
}

impl Default for VesselTool {
    fn default() -> Self {
        Self { width: Length::new(90.0, 8.0), darkness: 0.4, stroke: None }
    }
}

impl VesselTool {
    fn radius_px(&self, spacing: Option<Spacing>) -> f32 {
        self.width.pixels(spacing)[0] / 2.0
    }

    /// Paints the columns between two, so that a fast stroke leaves none out.
    fn paint(&self, from: f32, to: f32, takes_away: bool, context: &mut ToolContext<'_>) {
        let page = context.session.page();
        let (width, radius_px) = (page.scan.width(), self.radius_px(page.scan.spacing));
        let mut appearance = Appearance::clone(&page.appearance);
        let count = ((to - from).abs() / radius_px.max(1.0)).ceil().clamp(1.0, 4096.0);
        for number in 1..=count as u32 {
            let column = from + (to - from) * number as f32 / count;
            appearance = match takes_away {
                true => appearance.without_shadow(width, column, radius_px),
                false => appearance.with_shadow(width, column, radius_px, self.darkness),
            };
        }
        let name = step_name(takes_away).to_owned();
        let (page, appearance) = (context.session.page_index(), Arc::new(appearance));
        context.apply(Command::SetAppearance { page, appearance, name });
    }
}

fn step_name(takes_away: bool) -> &'static str {
    if takes_away { text!("step-vessel-off") } else { text!("step-vessel") }
}

impl CanvasTool for VesselTool {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        match (event.kind, self.stroke) {
            (PointerKind::Press { .. }, _) => {
                let takes_away = event.inverted();
                context.begin(step_name(takes_away));
                self.paint(event.at[0], event.at[0], takes_away, context);
                self.stroke = Some((event.at[0], takes_away));
            }
            (PointerKind::Drag, Some((last, takes_away))) => {
                self.paint(last, event.at[0], takes_away, context);
                self.stroke = Some((event.at[0], takes_away));
            }
            (PointerKind::Release, Some(_)) => self.finish(context),
            _ => {}
        }
    }

    fn is_busy(&self) -> bool {
        self.stroke.is_some()
    }

    fn finish(&mut self, context: &mut ToolContext<'_>) {
        if self.stroke.take().is_some() {
            context.commit();
        }
    }

    fn cancel(&mut self, context: &mut ToolContext<'_>) {
        if self.stroke.take().is_some() {
            context.abort();
        }
    }

    fn put_away(&mut self, context: &mut ToolContext<'_>) {
        self.finish(context);
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        let page = overlay.session.page();
        let bottom = page.scan.height() as f32;
        let column = |from: f32, to: f32| {
            let (top_left, low_right) = (overlay.screen([from, 0.0]), overlay.screen([to, bottom]));
            Rect::from_min_max(top_left, low_right)
        };
        for (x, &shadow) in page.appearance.shadows.iter().enumerate().filter(|(_, shadow)| **shadow > 0) {
            let rect = column(x as f32, x as f32 + 1.0);
            let share = f32::from(shadow) / 255.0;
            painter.rect_filled(rect, 0.0, theme::ACCENT.gamma_multiply(0.25 * share));
            let strip = Rect::from_min_max(rect.min, pos2(rect.max.x, rect.min.y + STRIP_HEIGHT));
            painter.rect_filled(strip, 0.0, theme::ACCENT.gamma_multiply(0.4 + 0.6 * share));
        }
        if let Some([x, _]) = overlay.pointer_in_image() {
            let radius = self.radius_px(page.scan.spacing);
            let rect = column(x - radius, x + radius);
            painter.vline(rect.left(), rect.y_range(), (1.0, theme::ACCENT));
            painter.vline(rect.right(), rect.y_range(), (1.0, theme::ACCENT));
        }
    }

    fn hint(&self) -> Cow<'static, str> {
        text!("tool-vessel-hint").into()
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        let spacing = context.session.page().scan.spacing;
        let (name, about) = (text!("tool-vessel-width"), text!("tool-vessel-width-about"));
        self.width.show(ui, name, about, WIDTHS_UM, spacing);
        let (name, about) = (text!("tool-vessel-darkness"), text!("tool-vessel-darkness-about"));
        options::percent(ui, name, about, &mut self.darkness, 0.1..=0.9);
        self.width.show_unit(ui, spacing);
    }
}
