//! Grow and shrink: the lesion under the pointer becomes larger or smaller by a distance all around.
//!
//! Where no lesion is and a layer is chosen, that layer becomes thicker or thinner in every column: both of
//! its interfaces move by the distance, and in ordered mode push the others. Layer warp does it in one place.

use std::borrow::Cow;
use std::sync::Arc;

use eframe::egui::{Align2, Painter, Ui, vec2};

use super::interfaces::{PageLines, line_settings, paint_meant};
use super::lesion_hover::LesionHover;
use super::options::Length;
use super::{
    About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, feedback, options,
};
use crate::anatomy::{BELOW_BM, Interface};
use crate::document::{Command, LabelTable};
use crate::mask::lesion::LesionRegion;
use crate::mask::morphology::{grown, shrunk};
use crate::mask::{Interfaces, PaintSettings, PaintTarget};
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::Grow,
    icon: Icon::Grow,
    name_key: "tool-grow",
    does_key: "tool-grow-does",
    group: Group::Lesions,
};

/// Grows and shrinks lesions.
#[derive(Debug)]
pub struct Grow {
    distance: Length,
    hover: LesionHover,
    lines: PageLines,
    /// The layer a click would change, while no lesion is under the pointer.
    layer: Option<u8>,
    is_on_scan: bool,
    /// Whether the primary button shrinks and the other one grows.
    is_opposite: bool,
    /// What the document calls its layers.
    labels: Arc<LabelTable>,
}

impl Default for Grow {
    fn default() -> Self {
        Self {
            distance: Length::new(10.0, 2.0),
            hover: LesionHover::default(),
            lines: PageLines::default(),
            layer: None,
            is_on_scan: false,
            is_opposite: false,
            labels: Arc::default(),
        }
    }
}

impl Grow {
    fn change(&mut self, lesion: &LesionRegion, shrinks: bool, context: &mut ToolContext<'_>) {
        let (mask, page) = (context.mask(), context.session.page_index());
        let (width, height) = (mask.width(), mask.height());
        let spacing = context.session.page().scan.spacing;
        let radii = self.distance.pixels(spacing);
        let name = context.labels().name(lesion.composite());
        let (region, target, name) = if shrinks {
            let left = shrunk(&lesion.region, radii, width, height);
            let rim = lesion.region.filtered(|x, y| !left.contains(x, y));
            (rim, PaintTarget::EraseLesion, text!("step-shrink", %name))
        } else {
            // Other lesions are not grown over.
            let larger = grown(&lesion.region, radii, width, height);
            let free = larger.filtered(|x, y| [0, lesion.code].contains(&mask.lesions.get(x, y)));
            (free, PaintTarget::Lesion(lesion.code), text!("step-grow", %name))
        };
        let locked = context.locked();
        let settings = PaintSettings { target, radius_px: 0.0, ordered: context.settings.ordered, locked };
        context.apply(Command::PaintRegion { page, region: Arc::new(region), settings, name });
    }
}

impl Grow {
    /// Moves both interfaces of a layer away from each other, or towards each other until they meet.
    fn change_layer(&mut self, code: u8, shrinks: bool, context: &mut ToolContext<'_>) {
        let by = self.distance.pixels(context.session.page().scan.spacing)[1];
        let lines = Interfaces::from_layers(&context.mask().layers);
        let rows_of = |interface: Option<Interface>| interface.map(|k| &lines.rows[k.index()]);
        let borders = borders(code);
        let [above, below] = borders.map(rows_of);
        let moved = |x: usize, row: f32, outwards: f32| {
            if !shrinks {
                return row + outwards * by;
            }
            let inwards = row - outwards * by;
            let (Some(above), Some(below)) = (above, below) else { return inwards };
            let middle = (above[x] + below[x]) / 2.0;
            if outwards < 0.0 { inwards.min(middle) } else { inwards.max(middle) }
        };
        let (page, settings) = (context.session.page_index(), line_settings(context));
        let name = context.labels().name(code);
        context.begin(if shrinks { text!("step-shrink", name) } else { text!("step-grow", name) });
        for (border, outwards) in borders.into_iter().zip([-1.0, 1.0]) {
            let Some(interface) = border else { continue };
            let rows = lines.rows[interface.index()].iter().enumerate();
            let rows = rows.map(|(x, row)| moved(x, *row, outwards)).collect();
            context.apply(Command::MoveInterface { page, interface, x0: 0, rows, settings });
        }
        context.commit();
    }

    fn look_at(&mut self, at: [f32; 2], context: &ToolContext<'_>) {
        self.hover.follow(at, context.session);
        self.is_on_scan = context.pixel_at(at).is_some();
        self.choose_layer(context);
    }

    fn choose_layer(&mut self, context: &ToolContext<'_>) {
        let chosen = Some(context.settings.label).filter(|label| *label <= BELOW_BM);
        self.layer = chosen.filter(|_| self.is_on_scan && self.hover.lesion().is_none());
    }
}

/// The interfaces above and below a layer-plane code.
fn borders(code: u8) -> [Option<Interface>; 2] {
    let interface = |index: Option<usize>| index.and_then(|index| Interface::ALL.get(index).copied());
    [interface(usize::from(code).checked_sub(1)), interface(Some(usize::from(code)))]
}

impl CanvasTool for Grow {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        match event.kind {
            PointerKind::Press { .. } => {
                self.look_at(event.at, context);
                let shrinks = event.inverted() != self.is_opposite;
                if let Some(lesion) = self.hover.lesion().cloned() {
                    self.change(&lesion, shrinks, context);
                } else if let Some(layer) = self.layer {
                    self.change_layer(layer, shrinks, context);
                }
                self.look_at(event.at, context);
            }
            PointerKind::Hover => self.look_at(event.at, context),
            PointerKind::Drag | PointerKind::Release => {}
        }
    }

    fn cancel(&mut self, _context: &mut ToolContext<'_>) {
        self.hover = LesionHover::default();
    }

    fn frame(&mut self, context: &mut ToolContext<'_>) {
        self.hover.refresh(context.session);
        self.lines.follow(context.session);
        self.labels = context.labels().clone();
        // The label may have been chosen since the pointer moved.
        self.choose_layer(context);
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        let Some(pointer) = overlay.pointer else { return };
        match (self.hover.lesion(), self.layer) {
            (Some(lesion), _) => feedback::region_outline(painter, overlay, &lesion.region, theme::ACCENT),
            (None, Some(layer)) => borders(layer)
                .into_iter()
                .flatten()
                .for_each(|interface| paint_meant(painter, overlay, &self.lines, interface)),
            (None, None) => return,
        }
        let sign = if overlay.modifiers.alt != self.is_opposite { "−" } else { "+" };
        let text = format!("{sign}{}", self.distance.shown(overlay.session.page().scan.spacing));
        feedback::tag(painter, pointer + vec2(14.0, -16.0), Align2::LEFT_CENTER, &text);
    }

    fn hint(&self) -> Cow<'static, str> {
        match (self.hover.lesion(), self.layer) {
            (Some(_), _) => text!("tool-grow-lesion-hint").into(),
            (None, Some(layer)) => {
                let name = self.labels.name(layer);
                text!("tool-grow-layer-hint", %name).into()
            }
            (None, None) => text!("tool-grow-hint").into(),
        }
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        let spacing = context.session.page().scan.spacing;
        let choices = [
            (text!("tool-grow-grow"), text!("tool-grow-grow-spoken")),
            (text!("tool-grow-shrink"), text!("tool-grow-shrink-spoken")),
        ];
        options::opposite(ui, &mut self.is_opposite, &choices);
        self.distance.show(ui, text!("tool-grow-by"), text!("tool-grow-by-about"), [1.0, 200.0], spacing);
        self.distance.show_unit(ui, spacing);
    }
}
