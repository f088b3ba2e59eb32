//! Grow and shrink: the lesion under the pointer becomes larger or smaller by a distance all around.

use std::borrow::Cow;
use std::sync::Arc;

use eframe::egui::{Align2, Painter, Ui, vec2};

use super::lesion_hover::LesionHover;
use super::options::Length;
use super::{About, CanvasTool, Easel, Group, PointerEvent, PointerKind, Workbench, feedback, options};
use crate::anatomy::label;
use crate::document::Command;
use crate::mask::lesion::LesionRegion;
use crate::mask::morphology::{grown, shrunk};
use crate::mask::{PaintSettings, PaintTarget};
use crate::studio::icons::Icon;
use crate::studio::settings::Tool;
use crate::studio::theme;

const ABOUT: About = About {
    tool: Tool::Grow,
    icon: Icon::Grow,
    name: "Grow",
    does: "Grow the lesion under the pointer; right button or Alt shrinks it",
    group: Group::Lesions,
};

/// Grows and shrinks lesions.
#[derive(Debug)]
pub struct Grow {
    distance: Length,
    hover: LesionHover,
    /// Whether the primary button shrinks and the other one grows.
    is_opposite: bool,
}

impl Default for Grow {
    fn default() -> Self {
        Self { distance: Length::new(10.0, 2.0), hover: LesionHover::default(), is_opposite: false }
    }
}

impl Grow {
    fn change(&mut self, lesion: &LesionRegion, shrinks: bool, bench: &mut Workbench<'_>) {
        let (mask, page) = (bench.mask(), bench.session.page_index());
        let (width, height) = (mask.width(), mask.height());
        let spacing = bench.session.page().scan.spacing;
        let radii = self.distance.pixels(spacing);
        let name = label(lesion.composite()).map_or("lesion", |label| label.name);
        let (region, target, name) = if shrinks {
            let left = shrunk(&lesion.region, radii, width, height);
            let rim = lesion.region.filtered(|x, y| !left.contains(x, y));
            (rim, PaintTarget::EraseLesion, format!("shrink {name}"))
        } else {
            // Other lesions are not grown over.
            let larger = grown(&lesion.region, radii, width, height);
            let free = larger.filtered(|x, y| [0, lesion.code].contains(&mask.lesions.get(x, y)));
            (free, PaintTarget::Lesion(lesion.code), format!("grow {name}"))
        };
        let locked = bench.locked();
        let settings = PaintSettings { target, radius_px: 0.0, ordered: bench.settings.ordered, locked };
        bench.apply(Command::PaintRegion { page, region: Arc::new(region), settings, name });
    }
}

impl CanvasTool for Grow {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, bench: &mut Workbench<'_>) {
        match event.kind {
            PointerKind::Press { .. } => {
                self.hover.follow(event.at, bench.session);
                if let Some(lesion) = self.hover.lesion().cloned() {
                    self.change(&lesion, event.inverted() != self.is_opposite, bench);
                    self.hover.follow(event.at, bench.session);
                }
            }
            PointerKind::Hover => self.hover.follow(event.at, bench.session),
            PointerKind::Drag | PointerKind::Release => {}
        }
    }

    fn cancel(&mut self, _bench: &mut Workbench<'_>) {
        self.hover = LesionHover::default();
    }

    fn frame(&mut self, bench: &mut Workbench<'_>) {
        self.hover.refresh(bench.session);
    }

    fn paint_feedback(&self, painter: &Painter, easel: &Easel<'_>) {
        let (Some(pointer), Some(lesion)) = (easel.pointer, self.hover.lesion()) else { return };
        feedback::region_outline(painter, easel, &lesion.region, theme::ACCENT);
        let sign = if easel.modifiers.alt != self.is_opposite { "−" } else { "+" };
        let text = format!("{sign}{}", self.distance.shown(easel.session.page().scan.spacing));
        feedback::tag(painter, pointer + vec2(14.0, -16.0), Align2::LEFT_CENTER, &text);
    }

    fn hint(&self) -> Cow<'static, str> {
        if self.hover.lesion().is_some() {
            "Click to change this lesion; the right button or Alt does the opposite".into()
        } else {
            "Point at a lesion".into()
        }
    }

    fn show_options(&mut self, ui: &mut Ui, bench: &mut Workbench<'_>) {
        let spacing = bench.session.page().scan.spacing;
        let choices = [("Grow", "Click grows"), ("Shrink", "Click shrinks")];
        options::opposite(ui, &mut self.is_opposite, &choices);
        self.distance.show(ui, "By", "How far the border moves at each click", [1.0, 200.0], spacing);
        self.distance.show_unit(ui, spacing);
    }
}
