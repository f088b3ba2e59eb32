//! Interface pen: an interface redrawn by hand; its neighbours keep out of the way.

use std::borrow::Cow;

use eframe::egui::{Painter, PointerButton, Ui};

use super::{PageLines, line_settings, meant, paint_meant, show_shared_options, straight};
use crate::anatomy::Interface;
use crate::document::Command;
use crate::studio::canvas;
use crate::studio::icons::Icon;
use crate::studio::settings::Tool;
use crate::studio::theme;
use crate::studio::tools::{About, CanvasTool, Easel, Group, PointerEvent, PointerKind, Workbench};

const ABOUT: About = About {
    tool: Tool::InterfacePen,
    icon: Icon::InterfacePen,
    name: "Interface pen",
    does: "Redraw part of an interface by hand",
    group: Group::Interfaces,
};

/// A line being drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stroke {
    interface: Interface,
    /// The last sample in image coordinates.
    last: [f32; 2],
}

/// The interface pen.
#[derive(Debug, Default)]
pub struct InterfacePen {
    stroke: Option<Stroke>,
    hovered: Option<Interface>,
    lines: PageLines,
}

impl InterfacePen {
    fn draw(&mut self, stroke: Stroke, to: [f32; 2], bench: &mut Workbench<'_>) {
        let (x0, rows) = straight(&bench.mask().layers, stroke.last, to);
        let (page, settings) = (bench.session.page_index(), line_settings(bench));
        let rows = rows.into();
        bench.apply(Command::MoveInterface { page, interface: stroke.interface, x0, rows, settings });
        self.stroke = Some(Stroke { last: to, ..stroke });
    }
}

impl CanvasTool for InterfacePen {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, bench: &mut Workbench<'_>) {
        match (event.kind, self.stroke) {
            (PointerKind::Hover, _) => {
                self.hovered = meant(bench.settings.interface, &bench.mask().layers, event.at);
            }
            (PointerKind::Press { .. }, _) if event.button == PointerButton::Primary => {
                let Some(interface) = meant(bench.settings.interface, &bench.mask().layers, event.at) else {
                    return;
                };
                self.hovered = Some(interface);
                bench.begin(format!("interface pen: {}", interface.name()));
                self.draw(Stroke { interface, last: event.at }, event.at, bench);
            }
            (PointerKind::Drag, Some(stroke)) => self.draw(stroke, event.at, bench),
            (PointerKind::Release, Some(_)) => self.finish(bench),
            _ => {}
        }
    }

    fn is_busy(&self) -> bool {
        self.stroke.is_some()
    }

    fn finish(&mut self, bench: &mut Workbench<'_>) {
        if self.stroke.take().is_some() {
            bench.commit();
        }
    }

    fn cancel(&mut self, bench: &mut Workbench<'_>) {
        if self.stroke.take().is_some() {
            bench.abort();
        }
    }

    fn put_away(&mut self, bench: &mut Workbench<'_>) {
        self.finish(bench);
        self.hovered = None;
    }

    fn frame(&mut self, bench: &mut Workbench<'_>) {
        if self.stroke.is_none() {
            self.lines.follow(bench.session);
        }
    }

    fn paint_feedback(&self, painter: &Painter, easel: &Easel<'_>) {
        let Some(pointer) = easel.pointer else { return };
        if let (Some(interface), None) = (self.hovered, self.stroke) {
            paint_meant(painter, easel, &self.lines, interface);
        }
        canvas::paint_crosshair(painter, pointer, theme::OVER_SCAN);
    }

    fn hint(&self) -> Cow<'static, str> {
        match self.hovered {
            Some(interface) => format!("Drag to redraw the {}", interface.name()).into(),
            None => "Drag along an edge to redraw the nearest interface".into(),
        }
    }

    fn show_options(&mut self, ui: &mut Ui, bench: &mut Workbench<'_>) {
        show_shared_options(ui, bench);
    }
}
