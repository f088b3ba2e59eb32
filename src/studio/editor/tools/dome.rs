//! Dome: subretinal fluid or a pigment epithelial detachment, which lifts the layers above instead of covering them.
//!
//! A click raises a dome of the chosen height and width; a drag draws one out, sideways to its width and upwards to its
//! height. Where it stands is decided by the layers: SRF opens above the pigment epithelium, a PED below it.

use std::borrow::Cow;

use eframe::egui::{Align2, Painter, Pos2, Ui, vec2};

use super::drawing_out::DrawingOut;
use super::options::Length;
use super::{About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, feedback};
use crate::anatomy::{BELOW_BM, Interface, LESION_BASE, Lesion};
use crate::document::Command;
use crate::mask::dome::{Dome, dome_rise};
use crate::scan::Spacing;
use crate::studio::shell::settings::{PanelSettings, Tool};
use crate::studio::texts::text;
use crate::studio::widgets::controls::segments;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::Dome,
    icon: Icon::Dome,
    name_key: "tool-dome",
    does_key: "tool-dome-does",
    group: Group::Lesions,
};

/// Lowest and highest dome, narrowest and widest, in µm.
const HEIGHTS_UM: [f32; 2] = [10.0, 1000.0];
const WIDTHS_UM: [f32; 2] = [50.0, 5000.0];
/// Points of the outline under the pointer.
const OUTLINE_POINTS: usize = 33;

/// The dome tool.
#[derive(Debug)]
pub struct DomeTool {
    lesion: Lesion,
    height: Length,
    width: Length,
    drawing: Option<DrawingOut>,
    /// Whether the last dome changed nothing.
    was_refused: bool,
}

impl Default for DomeTool {
    fn default() -> Self {
        Self {
            lesion: Lesion::Srf,
            height: Length::new(150.0, 38.0),
            width: Length::new(1200.0, 106.0),
            drawing: None,
            was_refused: false,
        }
    }
}

impl DomeTool {
    /// Of the chosen size, or as it is drawn out.
    fn dome(&self, centre: [f32; 2], spacing: Option<Spacing>) -> Dome {
        let [mut width_px, mut height_px] = [self.width.pixels(spacing)[0], self.height.pixels(spacing)[1]];
        if let Some(DrawingOut { centre, towards: Some(towards) }) = self.drawing {
            width_px = 2.0 * (towards[0] - centre[0]).abs();
            height_px = (centre[1] - towards[1]).max(0.0);
        }
        Dome {
            lesion: self.lesion,
            center_x: f64::from(centre[0]),
            width_px: f64::from(width_px),
            height_px: f64::from(height_px),
            lean: 0.0,
        }
    }

    /// Draws the dome under way anew, within its step.
    fn raise(&mut self, context: &mut ToolContext<'_>) {
        let Some(drawing) = self.drawing else { return };
        context.abort();
        context.begin(text!("step-dome", lesion = lesion_name(self.lesion, context.settings)));
        let dome = self.dome(drawing.centre, context.session.page().scan.spacing);
        let (page, locked) = (context.session.page_index(), context.locked());
        let before = context.mask().clone();
        context.apply(Command::RaiseDome { page, dome, locked });
        self.was_refused =
            dome.width_px >= 2.0 && dome.height_px >= 1.0 && context.mask().difference(&before).is_empty();
    }

    /// The outline of a dome where the layers put it; `None` where no layers are.
    fn outline(&self, overlay: &OverlayPainter<'_>, centre: [f32; 2]) -> Option<Vec<Pos2>> {
        let page = overlay.session.page();
        let dome = self.dome(centre, page.scan.spacing);
        let (x, _) = overlay.session.pixel_at([centre[0], 0.5])?;
        let layers = &page.mask.layers;
        // The upper edge of the band that it splits or lifts.
        let base = match self.lesion {
            Lesion::Ped => Interface::ALL.len() as u8,
            _ => BELOW_BM - 1,
        };
        let row = (0..page.mask.height()).find(|&y| (base..=BELOW_BM).contains(&layers.get(x, y)))?;
        let half = dome.width_px / 2.0;
        let points = (0..OUTLINE_POINTS).map(|index| {
            let u = 2.0 * index as f64 / (OUTLINE_POINTS - 1) as f64 - 1.0;
            let point = [dome.center_x + u * half, f64::from(row) - dome.height_px * dome_rise(u)];
            overlay.screen(point.map(|value| value as f32))
        });
        Some(points.collect())
    }
}

impl CanvasTool for DomeTool {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        match event.kind {
            PointerKind::Press { .. } => {
                self.drawing = Some(DrawingOut::at(event.at));
                self.raise(context);
            }
            PointerKind::Drag => {
                let reach = context.reach();
                if self.drawing.as_mut().is_some_and(|drawing| drawing.drag(event.at, reach)) {
                    self.raise(context);
                }
            }
            PointerKind::Release => self.finish(context),
            PointerKind::Hover => self.was_refused = false,
        }
    }

    fn is_busy(&self) -> bool {
        self.drawing.is_some()
    }

    fn finish(&mut self, context: &mut ToolContext<'_>) {
        if self.drawing.take().is_some() {
            context.commit();
        }
    }

    fn cancel(&mut self, context: &mut ToolContext<'_>) {
        if self.drawing.take().is_some() {
            context.abort();
        }
    }

    fn put_away(&mut self, context: &mut ToolContext<'_>) {
        self.finish(context);
        self.was_refused = false;
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        let centre = self.drawing.map(|drawing| drawing.centre).or(overlay.pointer_in_image());
        let (Some(centre), Some(pointer)) = (centre, overlay.pointer) else { return };
        let spacing = overlay.session.page().scan.spacing;
        let text = match (self.drawing, self.outline(overlay, centre)) {
            (Some(_), _) => {
                let dome = self.dome(centre, spacing);
                let unit = self.width.unit_per_px(spacing);
                let [wide, high] = [dome.width_px * f64::from(unit[0]), dome.height_px * f64::from(unit[1])];
                format!("{wide:.0} × {high:.0} {}", self.width.unit(spacing))
            }
            (None, Some(outline)) => {
                let color = theme::swatch_color(LESION_BASE + self.lesion.code());
                feedback::line(painter, &outline, color);
                return;
            }
            (None, None) => text!("tool-dome-no-layers").to_owned(),
        };
        feedback::tag(painter, pointer + vec2(14.0, 20.0), Align2::LEFT_CENTER, &text);
    }

    fn hint(&self) -> Cow<'static, str> {
        match (self.drawing, self.was_refused) {
            (_, true) => text!("tool-dome-refused").into(),
            (Some(_), _) => text!("tool-dome-drag").into(),
            (None, _) => text!("tool-dome-hint").into(),
        }
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        let spacing = context.session.page().scan.spacing;
        let choices = [
            (text!("tool-dome-srf"), text!("tool-dome-srf-about")),
            (text!("tool-dome-ped"), text!("tool-dome-ped-about")),
        ];
        let chosen = segments(ui, 100.0, &choices, usize::from(self.lesion == Lesion::Ped));
        if let Some(chosen) = chosen {
            self.lesion = if chosen == 1 { Lesion::Ped } else { Lesion::Srf };
        }
        self.height.same_unit(self.width);
        self.width.show(ui, text!("tool-dome-width"), text!("tool-dome-size-about"), WIDTHS_UM, spacing);
        self.height.show(ui, text!("tool-dome-height"), text!("tool-dome-size-about"), HEIGHTS_UM, spacing);
        self.width.show_unit(ui, spacing);
    }
}

fn lesion_name(lesion: Lesion, settings: &PanelSettings) -> &str {
    settings.table.name(LESION_BASE + lesion.code())
}
